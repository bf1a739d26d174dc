"""`grade` without a command: the status of every chapter, and the next command to run."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import click

from ..console import terminal
from ..console.function import MARKS, WORKS
from ..console.printing import points, say
from ..course import images, registry
from . import progress

STATES = {"passed": "done", "todo": "todo"}
WIDEST = 78  # columns: the longest title, and what stands next to it
FROM_NOTEBOOK = " (notebook)"


def show(folder: Path) -> bool:
    """Print the board; return True if every chapter is done, not counting optional ones."""
    chapters, lost = registry.chapters(), progress.unreadable(folder)
    state = progress.read(folder)
    before = progress.last_look(folder, state)
    _say_wrapped(f"Learn Deep Learning with NumPy   (`{folder}`, data: {_data()})", bold=True)
    for module, members in groupby(chapters, key=lambda chapter: chapter.module):
        _show_module(module, list(members), folder, state)
    score, full = progress.course_score(state)
    say("\n" + terminal.bar(score / full, beside=f"   {points(score, full)} points"))
    following = progress.next_unfinished(chapters, state)
    done = following is None or following.optional
    last = ["All chapters are done."] if following is None else _next_step(following, state)
    if done and following:
        last = ["The course is complete. The remaining chapters are optional.", *last]
    for text in (*_lost(folder, lost), *_news(state, before), *last):
        _say_wrapped(text)
    return done


def _say_wrapped(text, **options):
    for line in terminal.wrap(text):
        say(line, **options)


def _data():
    try:
        return images.find()
    except click.UsageError:
        return "see `grade data`"


def _show_module(module, chapters, folder, state):
    score = registry.total(state[c.id]["score"] for c in chapters if c.id in state)
    total = points(score, registry.total(chapter.points for chapter in chapters))
    say()
    for line in terminal.row(
        f"Module {module}  ", registry.module_title(module), total, _columns()
    ):
        say(line, bold=True)
    for chapter in chapters:
        _show_chapter(chapter, folder, state.get(chapter.id))


def _show_chapter(chapter, folder, entry):
    word, color = _standing(chapter, folder, entry)
    title = chapter.title + (FROM_NOTEBOOK if entry and entry["notebook"] else "")
    score = f"{points(entry['score'] if entry else 0, chapter.points):>9}"
    ending = f"{word:<9}{score}"
    lines = terminal.row(f"  {chapter.id:<4} ", title, ending, _columns())
    for line in lines[:-1]:
        say(line)
    say(lines[-1].removesuffix(ending), nl=False)
    say(f"{word:<9}", fg=color, nl=False)
    say(score)


def _standing(chapter, folder, entry):
    """`(word, color)`: done, works, failing, todo, or that the file was not graded as it is now."""
    if entry is None:
        book = folder / f"{chapter.stem}.ipynb"
        begun = book.is_file() or not progress.untouched(folder, chapter.id)
        return ("ungraded", "magenta") if begun else ("todo", "yellow")
    if entry["changed"]:
        return "changed", "magenta"
    if entry["status"] != "passed" and progress.works(entry, chapter):
        return WORKS
    return STATES.get(entry["status"], "failing"), MARKS[entry["status"]][1]


def _columns():
    return min(WIDEST, terminal.width())


def _lost(folder, file):
    """Yield a line on a progress file that could not be read."""
    if file is None:
        return
    if progress.unreadable(folder):
        yield f"`{file}` cannot be read: move it away; `grade run all` then rebuilds the board"
    else:
        yield (
            f"`{file.name}` could not be read and was kept as a backup: "
            "`grade run all` rebuilds the board"
        )


def _news(state, before):
    """Yield a line on the points that changed since the board was last shown."""
    if not before:
        return
    when, scores = before
    now = {id: entry["score"] for id, entry in state.items()}
    changes = {id: now.get(id, 0) - scores.get(id, 0) for id in now | scores}
    moved = [f"{id} {change:+g}" for id, change in changes.items() if change]
    if moved:
        yield (f"Since {when}: {sum(changes.values()):+g} points ({', '.join(moved)})")


def _next_step(chapter, state):
    yield f"Next: `grade run {chapter.id}`, or `grade watch {chapter.id}` to grade every save"
    if chapter.lesson_file.is_file():
        yield f"Its lesson: `grade lesson {chapter.id}`"
    function = progress.next_function(state, chapter)
    if function and state.get(chapter.id, {}).get("functions"):
        id, name = function
        yield f"Stuck on `{name}`? `grade hint {id} {name}`"
