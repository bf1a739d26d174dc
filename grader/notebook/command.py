"""`grade notebook CHAPTER`: turns a chapter's file, as it is now, into a Jupyter notebook."""

from __future__ import annotations

from pathlib import Path

import click

from ..console import arguments
from ..console.printing import say
from ..files import writing
from ..files.reading import read_bytes


@click.command("notebook")
@click.argument("chapter")
@click.option("--submission", metavar="DIR", help="Folder of chapter files (default: exercises).")
@click.option("--out", metavar="FILE", help="The notebook (default: next to the chapter's file).")
@click.option("--force", is_flag=True, help="Replace a notebook; keep the old one as a backup.")
def notebook_command(chapter: str, submission: str | None, out: str | None, force: bool) -> int:
    """Turn your file of CHAPTER, as it is now, into a Jupyter notebook."""
    from ..files.backup import backup

    folder, chosen = arguments.folder(submission), arguments.chapter(chapter)
    file = Path(out) if out else folder / f"{chosen.stem}.ipynb"
    if file.suffix != ".ipynb":
        raise click.UsageError(f"`{file}` is not a notebook name: it must end in `.ipynb`")
    if file.exists() and not force:
        raise click.UsageError(
            f"`{file}` already exists: name another file with `--out`, or replace it with "
            "`--force`, which keeps a backup"
        )
    data = _notebook(chosen, folder / f"{chosen.stem}.py")
    with arguments.as_usage_error(OSError, writing.Unwritable):
        kept = backup(file) if file.exists() else None
        writing.write_whole(data, file)
    if kept:
        say(f"The old notebook is now `{kept}`.")
    say(f"Wrote `{file}`: open it in Jupyter or your editor.")
    say("This command grades all of it:")
    say(f"  grade run {chosen.id} --submission {arguments.quoted(file)}")
    return 0


def _notebook(chapter, file):
    try:
        from . import making
    except ModuleNotFoundError as error:
        raise click.UsageError(
            f"notebooks need the package `{error.name}`: `pip install jupyterlab`"
        ) from None
    try:
        return making.notebook(chapter, read_bytes(file))
    except OSError as error:
        raise click.UsageError(
            f"`{file}` cannot be read ({error.strerror}): `grade reset {chapter.id}` restores it"
        ) from None
    except SyntaxError as error:
        line = f"line {error.lineno}: " if error.lineno else ""
        raise click.UsageError(
            f"`{file}` is not valid Python ({line}{error.msg}): fix that first"
        ) from None
    except ValueError as error:  # null bytes, on Python 3.11
        raise click.UsageError(f"`{file}` is not a Python file ({error}): fix that first") from None
