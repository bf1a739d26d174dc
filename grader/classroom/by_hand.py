"""`grade override` and `grade comment`: points and comments by hand, which outlive regrading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from ..console import arguments
from ..course.results import Result
from ..intake.sanitize import listing
from . import corrections, course, course_file, ledger
from .terms import Terms, is_person

out_option = click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The --out folder of `grade class` (default: here, or the only one in this folder).",
)
undo_option = click.option("--undo", is_flag=True, help="Take it back.")


@click.command("override")
@click.argument("id")
@click.argument("function")
@click.argument("points", type=float, required=False)
@click.option("--why", metavar="TEXT", help="The reason, for the log and other instructors.")
@undo_option
@out_option
def override_command(
    id: str, function: str, points: float | None, why: str | None, undo: bool, out: Path | None
) -> int:
    """Set the POINTS of a FUNCTION, such as softmax or 2.3.gradient_descent, by hand."""

    def correct(result, folder):
        place = _place(result, function)
        if undo:
            if place not in corrections.read(folder).overrides:
                raise click.UsageError(f"`{id}` has no points by hand in `{function}`")
            corrections.add(folder, "undo override", place)
            return
        if points is None or not (why or "").strip():
            raise click.UsageError("give the points, and the reason with --why")
        most = _function(result, place).max_score
        if not 0 <= points <= most:
            raise click.UsageError(f"`{function}` has {most:g} points: write 0 to {most:g}")
        corrections.add(folder, "override", place, points=points, why=why)

    return _corrected(id, out, correct)


@click.command("comment")
@click.argument("id")
@click.argument("words", metavar="[FUNCTION] TEXT", nargs=-1)
@undo_option
@out_option
def comment_command(id: str, words: tuple[str, ...], undo: bool, out: Path | None) -> int:
    """Add a comment for the student, on a FUNCTION or on the whole submission."""
    most = 1 if undo else 2
    if len(words) > most or not (undo or "".join(words[-1:]).strip()):
        raise click.UsageError('write the text in quotes: `grade comment ID [FUNCTION] "TEXT"`')

    def correct(result, folder):
        named = words if undo else words[:-1]
        place = _place(result, named[0]) if named else (result.submission, None, None)
        if not undo:
            corrections.add(folder, "comment", place, text=words[-1])
        elif corrections.read(folder).comments.get(place):
            corrections.add(folder, "undo comment", place)
        else:
            raise click.UsageError(f"there is no such comment on `{id}`")

    return _corrected(id, out, correct)


def _corrected(id: str, out: Path | None, correct: Callable[[Result, Path], Any]) -> int:
    """Note a correction; put it into the results, or leave that to the class run that is on."""
    folder = _folder(out)
    with arguments.as_usage_error(
        course.CourseError,
        course_file.CourseFileError,
        corrections.CorrectionsError,
        ledger.Unreadable,
    ):
        before = _result(folder, id)
        correct(before, folder)
        if not course.renew(folder, Terms.read(folder).applied):
            click.echo("noted; the class run that is on puts it into the results when it ends")
            return 0
        after = _result(folder, before.submission)
    now = f"{_grade(after)} of {after.max_score:g} points" if after.has_grade else _grade(after)
    was = "noted" if _grade(before) == _grade(after) else f"{_grade(before)} -> {now}"
    click.echo(f"{after.submission}: {was}")
    return 0


def _grade(result):
    return f"{result.score:g}" if result.has_grade else "no grade"


def _folder(out):
    """The class's folder: the one named, this one, or the only one in it."""
    here = Path()
    found = (
        [here]
        if (here / ledger.FILE).exists()
        else [p.parent for p in here.glob(f"*/{ledger.FILE}")]
    )
    if out is None and len(found) != 1:
        raise click.UsageError(
            f"{'several folders' if found else 'no folder'} here with results of `grade class`: "
            "name its --out folder with --out"
        )
    return out or found[0]


def _result(folder, id):
    """The submission of this id, or the only one of the person with this login, e-mail or name."""
    results = {result.submission: result for result in ledger.read(folder)}
    if id in results:
        return results[id]
    found = [name for name, result in results.items() if is_person(id, result)]
    if len(found) == 1:
        return results[found[0]]
    if found:
        names = " or ".join(f"`{name}`" for name in sorted(found)[:5])
        raise click.UsageError(f"`{id}` has {len(found)} submissions: write {names}")
    example = f", such as `{min(results)}`" if results else ""
    raise click.UsageError(f"`{folder}` has no submission `{id}`: name one{example}")


def _place(result, name):
    """`(submission, chapter, function)` of a name such as `softmax` or `2.3.gradient_descent`."""
    places = [
        (result.submission, chapter.id, function.name)
        for chapter, function in result.functions
        if name in (function.name, f"{chapter.id}.{function.name}")
    ]
    if not places:
        graded = listing(sorted({function.name for _, function in result.functions}))
        raise click.UsageError(
            f"`{result.submission}` has no graded function `{name}`: name one of {graded}"
        )
    if len(places) > 1:
        names = " or ".join(f"`{chapter}.{function}`" for _, chapter, function in places)
        raise click.UsageError(f"`{name}` is in several chapters: write {names}")
    return places[0]


def _function(result, place):
    return next(f for chapter, f in result.functions if (chapter.id, f.name) == place[1:])
