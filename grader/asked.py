"""What a command line asks for: the folder to grade and the chapters, or a one-line refusal."""

from pathlib import Path

import click

from . import registry


def folder(given=None):
    """The folder to grade; the default one is looked for in the folders above, too."""
    if given:
        path = Path(given)
        if not path.is_dir():
            raise click.UsageError(f"there is no folder `{given}`: name one with --submission")
        return path
    for above in (Path(), *Path.cwd().parents):
        if (above / "exercises").is_dir():
            return above / "exercises"
    raise click.UsageError(
        "there is no folder `exercises` here: go to the course's folder, or name a folder of "
        "chapter files with --submission"
    )


def submission(given=None):
    """The folder to grade, or the notebook."""
    book = Path(given or "")
    return book if book.suffix == ".ipynb" and book.is_file() else folder(given)


def chapters(names):
    """Those that the names mean, as in `grade run 1.1-2.4`."""
    try:
        return registry.select(names)
    except registry.UnknownChapter as error:
        raise click.UsageError(str(error)) from None


def chapter(name):
    """The one chapter of this name."""
    found = chapters([name])
    if len(found) > 1:
        raise click.UsageError(f"`{name}` names {len(found)} chapters: name one, such as 3.2")
    return found[0]


def function(chapter, name):
    """`name` if it is a graded function of the chapter."""
    if name not in chapter.functions:
        raise click.UsageError(
            f"chapter {chapter.id} has no function `{name}`: name one of "
            f"{', '.join(chapter.functions)}"
        )
    return name
