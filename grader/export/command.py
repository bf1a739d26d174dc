"""`grade export` and `grade autograder`: bring results to the systems that keep grades."""

from __future__ import annotations

import importlib
import os
import re
from pathlib import Path
from typing import Any

import click

from ..classroom import course
from ..console import arguments, terminal
from ..course import merged, registry
from . import Refused

# Each format's module, and the options that it takes.
FORMATS = {
    "gradescope": ("gradescope", ("hide", "visibility")),
    "canvas": ("canvas", ("gradebook", "column", "scale", "zeros")),
    "csv": ("csv_table", ("per", "zeros")),
    "feedback": ("feedback", ("platform", "title")),
    "comments": ("comments", ()),
    "summary": ("summary", ()),
    "junit": ("junit", ("audience",)),
    "html": ("html", ("title", "similarity", "stubs")),
    "similarity": ("similarity", ("stubs",)),
}
NEEDED = {"canvas": ("gradebook", "column")}

hide_option = click.option(
    "--hide", multiple=True, metavar="CHAPTER", help="Hide this chapter's tests from students."
)
visibility_option = click.option(
    "--visibility",
    type=click.Choice(["after_due_date", "after_published", "hidden"]),
    help="When students see the tests of --hide (default: after_published).",
)


@click.command("export")
@click.argument("format", type=click.Choice(list(FORMATS)))
@click.argument("results")
@click.option("--out", metavar="FILE", required=True, help="The file or folder to write.")
@hide_option
@visibility_option
@click.option("--gradebook", metavar="CSV", help="canvas: the exported gradebook.")
@click.option("--column", metavar="TITLE", help="canvas: the column to fill.")
@click.option("--scale", is_flag=True, default=None, help="canvas: scale to the points possible.")
@click.option(
    "--zeros",
    is_flag=True,
    default=None,
    help="canvas, csv: 0 points where nothing could be read (default: no grade).",
)
@click.option(
    "--audience",
    type=click.Choice(["student", "instructor"]),
    help="junit: who reads the messages (default: student).",
)
@click.option(
    "--per",
    type=click.Choice(["submission", "function", "misconception"]),
    help="csv: what a row is for (default: submission).",
)
@click.option(
    "--platform",
    type=click.Choice(["moodle", "canvas", "brightspace", "pages"]),
    help="feedback: whose names the pages get (default: the one the submissions came from).",
)
@click.option("--title", help="html, feedback: the title of the pages.")
@click.option("--similarity", is_flag=True, default=None, help="html: include the closest pairs.")
@click.option("--stubs", metavar="DIR", help="similarity: the stubs everyone started from.")
def export_command(format: str, results: str, out: str, **options: Any) -> int:
    """Write RESULTS, from `grade class` or `grade run --json`, in the format of another system."""
    module, _ = FORMATS[format]
    with _refusals_as_usage_errors():
        options = _of_format(format, options)
        _refuse_results(out, results)
        with course.at_rest(_home(results)):
            contents, lines = _graded(_read(results), format, options.pop("zeros", False))
            writer = importlib.import_module(f".{module}", __package__)
            if format == "similarity":
                lines = writer.write_export(Path(out), *_handed_in(results, **options))
            else:
                if options.get("similarity"):
                    options["similarity"] = _closest(results, options.pop("stubs", None))
                lines = [*lines, *(writer.write(contents, Path(out), **options) or ())]
        for line in lines:
            click.echo(f"grade: {terminal.shown(line)}", err=True)
    return 0


def _graded(results, format, zeros):
    """The results for this format, and lines on those in which nothing could be read."""
    from . import unread

    if zeros:
        return unread.with_zeros(results), []
    results = unread.without_chapters(results)
    if format == "csv":
        return unread.for_table(results), []
    return unread.for_gradebook(results) if format == "canvas" else (results, [])


def _home(results):
    """The folder of the results."""
    return Path(results if os.path.isdir(results) else os.path.dirname(results))


def _closest(results, stubs):
    from . import similarity

    return similarity.pairs(*_handed_in(results, stubs))


def _handed_in(results, stubs=None):
    """The folders of the graded files, next to the results, and of the stubs."""
    if stubs is None:
        stubs = click.get_current_context().with_resource(merged.pristine())
    return _home(results) / "submissions", Path(stubs)


def _refusals_as_usage_errors():
    from ..files.writing import Unwritable

    return arguments.as_usage_error(Refused, Unwritable, course.CourseError)


def _of_format(format, options):
    """The given options; a usage error if the format does not take one of them."""
    given = {name: value for name, value in options.items() if value not in (None, ())}
    for name in given:
        if name not in FORMATS[format][1]:
            owners = " and ".join(f for f, (_, names) in FORMATS.items() if name in names)
            raise click.UsageError(f"`--{name}` is for {owners}: omit it for {format}")
    if "stubs" in given and format == "html" and "similarity" not in given:
        raise click.UsageError("`--stubs` needs --similarity: give both")
    for name in NEEDED.get(format, ()):
        if name not in given:
            raise click.UsageError(f"{format} needs `--{name}`")
    return _with_hidden_chapters(given)


def _with_hidden_chapters(options):
    if "visibility" in options and "hide" not in options:
        raise click.UsageError("`--visibility` only applies to chapters given with --hide")
    if "hide" in options:
        options["hide"] = _ids(options["hide"])
    return options


def _ids(names):
    """The ids of the named chapters; each name is as in `grade run`."""
    words = [word for name in names for word in re.split(r"[\s,]+", name) if word]
    with arguments.as_usage_error(registry.UnknownChapter):
        return [chapter.id for chapter in registry.select(words)]


def _read(path):
    from ..classroom import ledger

    with arguments.as_usage_error(ledger.Unreadable):
        results = ledger.read(path)
    if not results:
        raise click.UsageError(f"`{path}` contains no results: run `grade class` first")
    return results


def _refuse_results(out, results):
    """Refuse to overwrite the results that the export is made from."""
    for kept in (results, *(os.path.join(results, n) for n in course.FILES)):
        if os.path.isfile(kept) and os.path.exists(out) and os.path.samefile(kept, out):
            raise click.UsageError(
                f"`{out}` is the results file itself: name another file with --out"
            )


@click.command("autograder")
@click.option("--out", metavar="ZIP", required=True, help="The zip to upload to Gradescope.")
@click.option("--chapters", multiple=True, metavar="CHAPTER", help="Default: all.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    help="Seed for the test inputs (default: a secret one, kept when ZIP is built again).",
)
@hide_option
@visibility_option
@click.option(
    "--minutes",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="The time limit set in Gradescope.",
)
@click.option(
    "--isolation",
    type=click.Choice(["sandbox", "none"]),
    default="sandbox",
    show_default=True,
    help="none: for submissions that you trust.",
)
def autograder_command(
    out: str,
    chapters: tuple[str, ...],
    seed: int | None,
    minutes: int,
    isolation: str,
    **hidden: Any,
) -> int:
    """Build an autograder for Gradescope."""
    from . import bundle, gradescope

    with _refusals_as_usage_errors():
        given = {name: value for name, value in hidden.items() if value not in (None, ())}
        settings = {
            "chapters": _ids(chapters or ["all"]),
            "data": "digits",  # the container has no network to fetch more
            "isolation": isolation,
            "minutes": minutes,
            "seed": seed,
            "hide": [],
            "visibility": gradescope.LATER,
            **_with_hidden_chapters(given),
        }
        bundle.write(Path(out), settings)
    click.echo(f"`{out}` is ready for Gradescope; do not share it, because its seed is secret")
    return 0
