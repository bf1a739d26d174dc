"""`grade hint`: three steps to each function, and one that fits what was diagnosed.

The steps are in `grader/hints/`, one file a chapter: a question, the formula with its shapes,
nearly the code. What was given is remembered beside the progress.
"""

import textwrap
import tomllib
from functools import cache
from pathlib import Path

import click

from .. import asked, registry, terminal
from ..report import say
from . import progress

HINTS = Path(__file__).parent.parent / "hints"
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
    folder = asked.folder(submission)
    chapter = asked.chapter(chapter) if chapter else _following(folder)
    if function:
        asked.function(chapter, function)
    else:
        function = unfinished(folder, chapter)
    if function is None:
        say(f"Chapter {chapter.id} is done: `grade diff {chapter.id}` compares with the reference")
    elif again:
        _show_again(folder, chapter, function)
    else:
        show_next(folder, chapter, function)
    return 0


def _following(folder):
    every = registry.chapters()
    return progress.next_unfinished(every, progress.read(folder)) or every[-1]


def unfinished(folder, chapter):
    """The first function of the chapter that is not known to pass, or None."""
    entry = progress.read(folder).get(chapter.id)
    known = entry["functions"] if entry else {}
    for function in chapter.functions:
        if function not in known or known[function]["status"] != "passed":
            return function
    return None


def show_next(folder, chapter, function):
    """Print the next hint and remember it; after the last one, that one again."""
    diagnosed = _diagnosed(folder, chapter, function)
    steps = (diagnosed, *STEPS) if diagnosed else STEPS
    hint = progress.next_hint(folder, chapter, function, steps)
    _show(chapter, function, hint or STEPS[-1])
    if hint in (None, STEPS[-1]):
        say(f"That is the last hint; `grade hint {chapter.id} {function} --again` shows them all,")
        say(f"and `grade diff {chapter.id} {function}` the reference, once yours passes.")
    else:
        say(f"Next: `grade run {chapter.id}`, or for more `grade hint {chapter.id} {function}`")


def _show_again(folder, chapter, function):
    given = progress.hints(folder, chapter, function)
    for hint in given:
        _show(chapter, function, hint)
    if not given:
        say(f"No hint was given yet: `grade hint {chapter.id} {function}` gives the first one")


def _diagnosed(folder, chapter, function):
    """The misconception that grading found last, of several acting together the first."""
    entry = progress.read(folder).get(chapter.id)
    name = entry and entry["functions"].get(function, {}).get("misconception")
    return name and name.partition(" + ")[0]


def _show(chapter, function, hint):
    say(f"{chapter.id} `{function}`, ", nl=False)
    if hint in STEPS:
        say(f"hint {STEPS.index(hint) + 1} of {len(STEPS)}", bold=True)
        text = of(chapter.stem)[function][hint]
    else:
        say(f"for what it does now: {hint.replace('_', ' ')}", bold=True)
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
