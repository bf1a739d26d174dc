"""`grade notebook CHAPTER`: turns a chapter's file, as it is now, into a Jupyter notebook."""

from pathlib import Path

import click

from ..console import arguments
from ..console.report import say
from ..files import writing


@click.command("notebook")
@click.argument("chapter")
@click.option("--submission", metavar="DIR", help="Folder of chapter files (default: exercises).")
@click.option("--out", metavar="FILE", help="The notebook (default: next to the chapter's file).")
@click.option("--force", is_flag=True, help="Replace a notebook; keep the old one as a backup.")
def notebook_command(chapter, submission, out, force):
    """Turn your file of CHAPTER, as it is now, into a Jupyter notebook."""
    from ..files.backup import backup

    folder, chapter = arguments.folder(submission), arguments.chapter(chapter)
    out = Path(out) if out else folder / f"{chapter.stem}.ipynb"
    if out.suffix != ".ipynb":
        raise click.UsageError(f"`{out}` is not a notebook name: it must end in `.ipynb`")
    if out.exists() and not force:
        raise click.UsageError(
            f"`{out}` already exists: name another file with `--out`, or replace it with "
            "`--force`, which keeps a backup"
        )
    data = _notebook(chapter, folder / f"{chapter.stem}.py")
    try:
        kept = backup(out) if out.exists() else None
        writing.write_whole(data, out)
    except (OSError, writing.Unwritable) as error:
        raise click.UsageError(str(error)) from None
    if kept:
        say(f"The old notebook is now `{kept}`.")
    say(f"Wrote `{out}`: open it in Jupyter or your editor; this command grades all of it:")
    say(f"  grade run {chapter.id} --submission {arguments.quoted(out)}")


def _notebook(chapter, file):
    try:
        from . import making
    except ModuleNotFoundError as error:
        raise click.UsageError(
            f"notebooks need the package `{error.name}`: `pip install -e '.[notebook]'`"
        ) from None
    try:
        if file.is_fifo():  # reading it would wait forever
            raise OSError(0, "it is a pipe")
        return making.notebook(chapter, file.read_bytes())
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
