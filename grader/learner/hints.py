"""`grade hint`: three steps to each function, and one that fits what was diagnosed.

The steps are in `grader/hints/`, one file a chapter: a question, the formula with its shapes,
nearly the code. What was given is remembered beside the progress.
"""

import textwrap
import tomllib
from functools import cache

import click

from ..console import arguments, terminal
from ..console.report import say
from ..course import registry
from ..course.places import HINTS
from . import progress

STEPS = ("question", "formula", "nearly")


@cache
def of(stem):
    """Function -> its hints: the three steps, and `misconceptions` by name."""
    return tomllib.loads((HINTS / f"{stem}.toml").read_text(encoding="utf-8"))


@click.command("hint")
@click.argument("chapter", required=False)
@click.argument("function", required=False)
@click.option("--submission", metavar="DIR", help="Folder of chapter files (default: exercises).")
@click.option("--again", is_flag=True, help="Those that were given, from the first.")
def hint_command(chapter, function, submission, again):
    """The next, more telling hint for a function: a question, the formula, nearly the code.

    Without CHAPTER for the next unfinished one.
    """
    folder = arguments.folder(submission)
    if chapter:
        chapter, function = arguments.chapter_and_function(chapter, function)
    else:
        chapter = _following(folder)
    found = (chapter, function) if function else unfinished(chapter, progress.read(folder))
    if found is None:
        say(f"Chapter {chapter.id} is done: `grade diff {chapter.id}` compares with the reference")
    elif again:
        _show_again(folder, *found)
    else:
        _show_next_of_command(folder, *found)
    return 0


def _following(folder):
    every = registry.chapters()
    return progress.next_unfinished(every, progress.read(folder)) or every[-1]


def unfinished(chapter, state, first=()):
    """What `progress.next_function` gives, with the chapter itself.

    Where that is another chapter than the one asked about, a line says why.
    """
    found = progress.next_function(state, chapter, first)
    if found is None:
        return None
    (other,) = registry.select([found[0]])
    if other != chapter:
        say(f"Chapter {chapter.id} waits for `{found[1]}` ({other.id}):")
    return other, found[1]


def show_next(folder, chapter, function):
    """Print the next hint and remember it; after the last one, that one again. Whether it is."""
    diagnosed = _diagnosed(folder, chapter, function)
    steps = (diagnosed, *STEPS) if diagnosed else STEPS
    hint = progress.next_hint(folder, chapter, function, steps)
    _show(chapter, function, hint or STEPS[-1])
    return hint in (None, STEPS[-1])


def _show_next_of_command(folder, chapter, function):
    if show_next(folder, chapter, function):
        say(f"That is the last hint; `grade hint {chapter.id} {function} --again` shows them all,")
        say(f"and `grade diff {chapter.id} {function}` the reference, once yours passes.")
    else:
        say(f"Next: `grade run {chapter.id}`, or for more `grade hint {chapter.id} {function}`")


def _show_again(folder, chapter, function):
    given = progress.hints(folder, chapter, function)
    for hint in given:
        _show(chapter, function, hint, "did then")
    if not given:
        say(f"No hint was given yet: `grade hint {chapter.id} {function}` gives the first one")


def _diagnosed(folder, chapter, function):
    """The misconception that grading found last, of several acting together the first."""
    entry = progress.read(folder).get(chapter.id)
    name = entry and entry["functions"].get(function, {}).get("misconception")
    return name and name.partition(" + ")[0]


def _show(chapter, function, hint, does="does now"):
    say(f"{chapter.id} `{function}`, ", nl=False)
    if hint in STEPS:
        say(f"hint {STEPS.index(hint) + 1} of {len(STEPS)}", bold=True)
        text = of(chapter.stem)[function][hint]
    else:
        say(f"for what it {does}: {hint.replace('_', ' ')}", bold=True)
        text = _fitting(chapter, function, hint)
    for line in _laid_out(text):
        say(line)


def _fitting(chapter, function, misconception):
    """The hint for this misconception; where there is none, what the bank says of it."""
    written = of(chapter.stem)[function].get("misconceptions", {})
    if misconception in written:
        return written[misconception]
    from .. import misconceptions

    for known in misconceptions.of(chapter.stem, function):
        if known.name == misconception and "{" not in known.question:  # its numbers are gone
            return known.question
    return of(chapter.stem)[function]["question"]


def _laid_out(text):
    """Paragraphs filled to the terminal's width, indented lines (code, formulas) as they are."""
    yield ""
    for block in text.strip("\n").split("\n\n"):
        if any(line.startswith("    ") for line in block.splitlines()):
            yield from block.splitlines()
        else:
            yield from textwrap.wrap(
                " ".join(block.split()),
                min(terminal.width(), 88),
                initial_indent="  ",
                subsequent_indent="  ",
            )
        yield ""
