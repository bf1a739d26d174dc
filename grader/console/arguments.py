"""Parses the folder and the chapters named on the command line, or refuses them in one line."""

from __future__ import annotations

import contextlib
import difflib
import os
import shlex
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..course import places, registry
from ..course.registry import Chapter

if TYPE_CHECKING:
    from ..submission.submission import Submission


data_option = click.option(
    "--data",
    type=click.Choice(["auto", "mnist", "digits"]),
    default="auto",
    help="Images to train on (default: auto, MNIST if it is on this machine, else the digits).",
)


def folder(given: str | None = None) -> Path:
    """Return the folder to grade, by default `exercises` here or in a folder above."""
    if given:
        path = Path(given)
        if path.suffix == ".ipynb" and path.is_file():
            raise click.UsageError(
                f"`{given}` is a notebook: name its folder, `--submission {quoted(path.parent)}`; "
                f"`grade run --submission {quoted(given)}` grades the notebook"
            )
        if not path.is_dir():
            raise click.UsageError(no_folder(path, "--submission"))
        return _open(path)
    if default := places.course():
        return _open(default)
    raise click.UsageError(
        f"there is no folder `exercises` here or above: {_ways_to_a_course()}, or name a folder of "
        "chapter files with --submission"
    )


def no_folder(path: Path, option: str) -> str:
    """Return the error message for an option whose path is not a folder."""
    fact = f"`{path}` is not a folder" if path.exists() else f"there is no folder `{path}`"
    return f"{fact}: name one with {option}"


def _open(path):
    if not os.access(path, os.R_OK | os.X_OK):
        raise click.UsageError(
            f"`{path}` cannot be read (Permission denied): change its permissions"
        )
    return path


def _ways_to_a_course():
    """Name the clone's folder too, but never grade it unasked: it may be another course."""
    ways = "make a course with `grade start DIR`, go to yours"
    if places.IS_INSTALLED or not (places.ROOT / places.EXERCISES).is_dir():
        return ways
    return f"{ways} (the clone's: `cd {quoted(places.ROOT)}`)"


def folder_or_notebook(given: str | None = None) -> Path:
    """Return the folder to grade, or the notebook."""
    path = Path(given or "")
    return path if path.suffix == ".ipynb" and path.is_file() else folder(given)


def handed_in(given: str | None = None) -> Path:
    """Return what is to be graded: a folder, a notebook, a zip or another file."""
    path = Path(given or "")
    return path if path.is_file() else folder(given)


def opened(given: str | None = None) -> Submission:
    """Return the `Submission` that a command names, open until the command ends."""
    from ..submission import submission

    path, course = handed_in(given), places.course()
    if given and not (course and path.samefile(course)):
        from ..intake import at_home

        opened = at_home.opened(path, course)
    else:
        opened = submission.opened(path, course)
    return click.get_current_context().with_resource(opened)


def quoted(path: Path | str) -> str:
    """Return the path as it is typed on a command line."""
    return subprocess.list2cmdline([str(path)]) if os.name == "nt" else shlex.quote(str(path))


def submission_option(given: str | None) -> str:
    """Return the option as it is typed, with a space before it; "" for the default folder."""
    return f" --submission {quoted(given)}" if given else ""


def chapters(names: Iterable[str]) -> list[Chapter]:
    """Return the chapters these names mean: ids, ranges, file names or function names."""
    with as_usage_error(registry.UnknownChapter):
        return registry.select(as_chapters(names))


@contextlib.contextmanager
def as_usage_error(*refusals: type[Exception]) -> Iterator[None]:
    """Turn these exceptions into an error of the command line, in the same words."""
    try:
        yield
    except refusals as error:
        raise click.UsageError(str(error)) from None


def as_chapters(names: Iterable[str]) -> list[str]:
    """Return the names with each file or function replaced by its chapter."""
    return [_chapter_of(name) for name in names]


def functions(names: Iterable[str]) -> set[str]:
    """Return those of the names that are a function's."""
    return {name for name in names if chapters_with(name)}


def chapter(name: str, whole: bool = False) -> Chapter:
    """Return the one chapter of this name.

    A command that works on a `whole` chapter does not accept a function's name.
    """
    if whole and (containing := chapters_with(name)):
        raise click.UsageError(
            f"`{name}` is part of chapter {containing[-1].id}: this command works on whole "
            "chapters, so name the chapter"
        )
    matching = chapters([name])
    if len(matching) > 1:
        raise click.UsageError(f"`{name}` names {len(matching)} chapters: name one, such as 3.2")
    return matching[0]


def chapter_and_function(name: str, function: str | None = None) -> tuple[Chapter, str | None]:
    """Return `(chapter, function or None)` from the arguments of `grade hint`.

    They may be a chapter and a function, a function alone, or a chapter alone.
    """
    if function is None and chapters_with(name):
        command = click.get_current_context().info_name
        return only_one(name, f"`grade {command} {{id}} {{name}}`"), name
    its_chapter = chapter(name)
    if function is not None and function not in its_chapter.functions:
        raise click.UsageError(
            f"chapter {its_chapter.id} has no function `{function}`: name one of "
            f"{', '.join(its_chapter.functions)}"
        )
    return its_chapter, function


def chapters_with(name: str) -> list[Chapter]:
    """Return the chapters that have a graded function of this name."""
    return [chapter for chapter in registry.chapters() if name in chapter.functions]


def only_one(name: str, usage: str) -> Chapter:
    """Return the one chapter with this function.

    `usage` shows how to name one of several: `{name}` and `{id}` in it are filled in.
    """
    containing = chapters_with(name)
    if not containing:
        hint = did_you_mean(name) or "`grade` lists the chapters"
        raise click.UsageError(f"no chapter has a function `{name}`: {hint}")
    if len(containing) > 1:
        ids = [chapter.id for chapter in containing]
        example = usage.format(name=name, id=ids[-1])
        raise click.UsageError(
            f"`{name}` is in chapters {' and '.join(ids)}: write {example} for the one in {ids[-1]}"
        )
    return containing[0]


def did_you_mean(name: str) -> str | None:
    """Return a question naming the most similar function, or None if none is similar."""
    similar = difflib.get_close_matches(name, sorted(registry.function_names()), 1)
    return f"did you mean `{similar[0]}`?" if similar else None


def _chapter_of(name):
    """Return the id or file of the chapter that a function or a file belongs to, else the name."""
    if chapters_with(name):
        return only_one(name, "`{id}`").id
    path = Path(name)
    if path.suffix == ".py" and len(path.parts) > 1:
        _refuse_another_folder(path)
        return path.name
    if name.isidentifier() and not registry.is_name(name) and (hint := did_you_mean(name)):
        raise click.UsageError(f"there is no chapter or function `{name}`: {hint}")
    return name


def _refuse_another_folder(path):
    """Refuse a file from another folder: its path names the chapter, never the folder to grade."""
    context = click.get_current_context(silent=True)
    graded = folder_or_notebook(context.params.get("submission") if context else None)
    home = graded.parent if graded.is_file() else graded
    if path.parent.resolve() != home.resolve():
        raise click.UsageError(
            f"`{path}` is not in `{home}`: to grade another folder, add "
            f"`--submission {quoted(path.parent)}`"
        )
