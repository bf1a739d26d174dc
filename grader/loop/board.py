"""`grade` alone: every chapter, how far it is, and the next step as a command to copy."""

import textwrap
from itertools import groupby

from .. import mirror, registry, terminal
from ..report import MARKS, points, say
from . import progress

STATES = {"passed": "done", "todo": "todo"}
TITLE_WIDTH = 52


def show(folder):
    """Print the board; true when every chapter is done, optional ones aside."""
    chapters, lost = registry.chapters(), progress.unreadable(folder)
    state, before = progress.read(folder), progress.last_look(folder)
    say(f"Learn Deep Learning with NumPy   (`{folder}`, data: {_data()})", bold=True)
    for module, members in groupby(chapters, key=lambda chapter: chapter.module):
        _show_module(module, list(members), folder, state)
    score = sum(entry["score"] for entry in state.values())
    full = sum(chapter.points for chapter in chapters)
    say(f"\n{terminal.bar(score / full)}   {points(score, full)} points")
    following = progress.next_unfinished(chapters, state)
    done = following is None or following.optional
    last = ["All chapters are done."] if following is None else _next_step(following, state)
    if done and following:
        last = ["The course is done. What is left is optional.", *last]
    for line in (*_news(state, before, lost), *last):
        say(textwrap.fill(line, terminal.width()))
    return done


def _data():
    import data

    try:
        return data.resolve()
    except data.DataError:
        return "see `grade data`"


def _show_module(module, chapters, folder, state):
    score = sum(state[chapter.id]["score"] for chapter in chapters if chapter.id in state)
    title = f"Module {module}  {registry.MODULES[module]}"
    say(f"\n{title:<{TITLE_WIDTH + 15}}", bold=True, nl=False)
    say(f"{points(score, sum(chapter.points for chapter in chapters)):>11}")
    for chapter in chapters:
        _show_chapter(chapter, folder, state.get(chapter.id))


def _show_chapter(chapter, folder, entry):
    word, colour = _standing(chapter, folder, entry)
    say(f"  {chapter.id:<4} {chapter.title[: TITLE_WIDTH - 1]:<{TITLE_WIDTH}} ", nl=False)
    say(f"{word:<9}", fg=colour, nl=False)
    say(f"{points(entry['score'] if entry else 0, chapter.points):>9}")


def _standing(chapter, folder, entry):
    """`(word, colour)`: done, failing, todo, or that it is not known how the file does now."""
    if entry is None:
        untouched = progress.digest(folder, chapter.id) in (None, _stub(chapter))
        return ("todo", "yellow") if untouched else ("ungraded", "magenta")
    if entry["changed"]:
        return "changed", "magenta"
    return STATES.get(entry["status"], "failing"), MARKS[entry["status"]][1]


def _stub(chapter):
    return progress.digest(mirror.STUBS, chapter.id)


def _news(state, before, lost):
    """What is new since the last look, and what became of a progress file that broke."""
    if lost:
        kept = "is kept as a backup" if lost.is_file() else "has to be moved away"
        yield (f"`{lost.name}` could not be read and {kept}: `grade run all` fills the board again")
    if not before:
        return
    when, scores = before
    changes = {id: entry["score"] - scores.get(id, 0) for id, entry in state.items()}
    moved = [f"{id} {change:+g}" for id, change in changes.items() if change]
    if moved:
        yield (f"Since {when}: {sum(changes.values()):+g} points ({', '.join(moved)})")


def _next_step(chapter, state):
    yield f"Next: `grade run {chapter.id}`, or `grade watch {chapter.id}` to see each save graded"
    known = state.get(chapter.id, {}).get("functions", {})
    unfinished = [name for name, function in known.items() if function["status"] != "passed"]
    if unfinished:
        yield f"Stuck on `{unfinished[0]}`? `grade hint {chapter.id} {unfinished[0]}`"
