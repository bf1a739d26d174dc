"""`grade reset CHAPTER`: restores the original stub and keeps a backup of the learner's file."""

from __future__ import annotations

import os
import stat

import click

from ..console import arguments
from ..course import stubs
from ..files import writing
from ..files.backup import backup


@click.command("reset")
@click.argument("chapter")
@click.option("--submission", metavar="DIR", help="Folder of chapter files (default: exercises).")
def reset_command(chapter: str, submission: str | None) -> int:
    """Restore the original stub of CHAPTER; a backup of your file is kept next to it."""
    folder, chosen = arguments.folder(submission), arguments.chapter(chapter, whole=True)
    path, stub = folder / f"{chosen.stem}.py", _stub(chosen)
    _refuse_unless_regular(path)
    try:
        if path.exists() and stubs.is_stub(path):
            click.echo(f"`{path}` is already the original stub: nothing to do")
            return 0
        kept = backup(path) if path.exists() else None
        _write(stub, path, kept)
    except (OSError, writing.Unwritable) as error:
        reason = error if isinstance(error, OSError) else error.__context__
        why = reason.strerror if isinstance(reason, OSError) else reason
        raise click.UsageError(
            f"`{path}` cannot be reset ({why}): make sure that files in `{folder}` can be written"
        ) from None
    click.echo(f"`{path}` is the original stub again.")
    if kept:
        click.echo(f"Your file is kept as `{kept}`. To get it back:\n  {_copying(kept, path)}")
    return 0


def _stub(chapter):
    try:
        return stubs.read(chapter.stem)
    except OSError:
        raise click.UsageError(
            f"this copy is missing the stub of chapter {chapter.id}: "
            "download the course's folder `grader/stubs` again"
        ) from None


def _refuse_unless_regular(path):
    if path.is_symlink():
        raise click.UsageError(
            f"`{path}` is a link to `{os.readlink(path)}`: move the link away, then reset"
        )
    if path.exists() and not path.is_file():
        kind = "a folder" if path.is_dir() else "not a regular file"
        raise click.UsageError(f"`{path}` is {kind}: move it away, then reset")


def _write(stub, path, kept):
    writing.write_whole(stub, path)
    # `write_whole` makes files that only their owner can read. Keep the old file's permissions,
    # but let the owner write even if the old file was read-only.
    path.chmod((kept or path.parent).stat().st_mode & 0o666 | stat.S_IWUSR)


def _copying(source, target):
    copy = "copy" if os.name == "nt" else "cp"
    return f"{copy} {arguments.quoted(source)} {arguments.quoted(target)}"
