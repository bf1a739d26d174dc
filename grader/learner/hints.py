"""`grade hint`: three hints per function, and one for the mistake that was diagnosed.

The hints are in `grader/hints/`, one file per chapter: a question, the formula with its shapes,
almost the code. The progress file records which ones were given.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..console import arguments, terminal
from ..console.printing import say, say_wrapped
from ..course import places, registry
from . import progress

if TYPE_CHECKING:
    from ..course.registry import Chapter
    from .progress import State

STEPS = ("question", "formula", "nearly")
WIDEST = 88  # columns of a hint


@cache
def for_chapter(stem: str) -> dict[str, Any]:
    """Map each function to its hints: the three steps, and `misconceptions` by name."""
    return tomllib.loads(places.find("hints", f"{stem}.toml").read_text(encoding="utf-8"))


@click.command("hint")
@click.argument("chapter", required=False)
@click.argument("function", required=False)
@click.option("--submission", metavar="DIR", help="Folder of chapter files (default: exercises).")
@click.option("--again", is_flag=True, help="Show the hints already given, oldest first.")
def hint_command(
    chapter: str | None, function: str | None, submission: str | None, again: bool
) -> int:
    """Show the next, more detailed hint for a function: a question, the formula, almost the code.

    Without CHAPTER, the hint is for the next unfinished one.
    """
    folder = arguments.folder(submission)
    if chapter:
        chosen, function = arguments.chapter_and_function(chapter, function)
    else:
        chosen = _following(folder)
    wanted = (chosen, function) if function else unfinished(chosen, progress.read(folder))
    if wanted is None:
        say_wrapped(
            f"Chapter {chosen.id} is done: `grade diff {chosen.id}` compares with the reference"
        )
    elif again:
        _show_again(folder, *wanted)
    else:
        _show_next_of_command(folder, *wanted)
    return 0


def _following(folder):
    every = registry.chapters()
    return progress.next_unfinished(every, progress.read(folder)) or every[-1]


def unfinished(
    chapter: Chapter, state: State, first: Iterable[str] = ()
) -> tuple[Chapter, str] | None:
    """Return `(chapter, function)` to work on next for a chapter, or None if it is done.

    If that is in another chapter, print a line that says why.
    """
    following = progress.next_function(state, chapter, first)
    if following is None:
        return None
    id, function = following
    (other,) = registry.select([id])
    if other != chapter:
        say_wrapped(f"Chapter {chapter.id} depends on `{function}` ({other.id}):")
    return other, function


def show_next(folder: Path, chapter: Chapter, function: str) -> bool:
    """Print the next hint, or the last one again; return True if it is the last."""
    diagnosed = _diagnosed(folder, chapter, function)
    fits = diagnosed and _fitting(chapter, function, diagnosed)
    steps = (diagnosed, *STEPS) if fits else STEPS
    hint = progress.next_hint(folder, chapter, function, steps)
    _show(chapter, function, hint or STEPS[-1])
    return hint in (None, STEPS[-1])


def _show_next_of_command(folder, chapter, function):
    if show_next(folder, chapter, function):
        say_wrapped(
            f"That is the last hint. `grade hint {chapter.id} {function} --again` shows them all; "
            f"once yours passes, `grade diff {chapter.id} {function}` shows the reference."
        )
    else:
        say_wrapped(
            f"Next: `grade run {chapter.id}`, or `grade hint {chapter.id} {function}` for more"
        )


def _show_again(folder, chapter, function):
    given = progress.hints(folder, chapter, function)
    for hint in given:
        _show(chapter, function, hint)
    if not given:
        say_wrapped(
            f"No hint was given yet: `grade hint {chapter.id} {function}` shows the first one"
        )


def _diagnosed(folder, chapter, function):
    """The misconception in the last grading; the first, if several act together."""
    entry = progress.read(folder).get(chapter.id)
    name = entry and entry["functions"].get(function, {}).get("misconception")
    return name and name.partition(" + ")[0]


def _show(chapter, function, hint):
    say(f"{chapter.id} `{function}`, ", nl=False)
    if hint in STEPS:
        say(f"hint {STEPS.index(hint) + 1} of {len(STEPS)}", bold=True)
        text = for_chapter(chapter.stem)[function][hint]
    else:
        say(f"hint for this mistake: {hint.replace('_', ' ')}", bold=True)
        text = _fitting(chapter, function, hint) or for_chapter(chapter.stem)[function]["question"]
    for line in _laid_out(text):
        say(line)


def _fitting(chapter, function, misconception):
    """The hint for this misconception; if there is none, the bank's question, or None."""
    written = for_chapter(chapter.stem)[function].get("misconceptions", {})
    if misconception in written:
        return written[misconception]
    from .. import misconceptions

    for version in misconceptions.for_function(chapter.stem, function):
        if version.name == misconception and "{" not in version.question:  # no numbers to fill in
            return version.question
    return None


def _laid_out(text):
    """Wrap paragraphs to the terminal's width; leave indented lines (code, formulas) alone."""
    yield ""
    for block in text.strip("\n").split("\n\n"):
        if any(line.startswith("    ") for line in block.splitlines()):
            yield from block.splitlines()
        else:
            yield from terminal.wrap(" ".join(block.split()), "  ", widest=WIDEST)
        yield ""
