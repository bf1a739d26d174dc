"""Notebooks among a submission's chapters become files, so that they are graded like files."""

import contextlib
import shutil
import tempfile
from pathlib import Path

import click

from .. import registry
from ..report import Report, say

HEAD = b"# made from a notebook\n"  # by which the worker names cells: see worker/session.py
LARGEST = 2**24  # bytes of a notebook; pictures in it count


@contextlib.contextmanager
def staged(path):
    """The folder to grade for a folder or a notebook: the same one, where no notebook is needed.

    A notebook stands for its chapter, and beside it lie the others: `.py` files, or notebooks of
    the chapters that have none.
    """
    path = Path(path)
    folder = path.parent if path.is_file() else path
    books = _books(folder) | (_given(path) if path.is_file() else {})
    if not books:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="learn-dl-") as home:
        target = Path(home) / "exercises"
        target.mkdir()
        for file in filter(_lies_here, folder.glob("*.py")):
            with contextlib.suppress(OSError):
                shutil.copyfile(file, target / file.name)
        for stem, data in books.items():
            (target / f"{stem}.py").write_bytes(data)
        yield target


def chapters(path):
    """The chapters that a notebook holds, as `grade run` takes them when none is named."""
    return [chapter for chapter in registry.chapters() if chapter.stem in _given(Path(path))]


def _books(folder):
    """Stem -> source of the chapters that only a notebook of that name holds."""
    return {
        chapter.stem: _source(book, len)
        for chapter in registry.chapters()
        if not (folder / f"{chapter.stem}.py").exists()
        and (book := folder / f"{chapter.stem}.ipynb").is_file()
        and _lies_here(book)
    }


def _lies_here(file):
    """Not a link to somewhere else, which would bring along what is none of the submission's."""
    return file.resolve().parent == file.parent.resolve()


def _given(path):
    """Stem -> source of what a notebook holds: its name's chapter, or those of its functions."""
    from ..classroom import notebooks

    if path.stem in [chapter.stem for chapter in registry.chapters()]:
        return {path.stem: _source(path, len)}
    counts = notebooks.chapters(_cells(path), path.name)
    if not counts:
        raise click.UsageError(
            f"`{path}` has no graded function in it: name it after a chapter, such as "
            f"`{registry.chapters()[0].stem}.ipynb`"
        )
    return {stem: _source(path, lambda cells, count=count: count) for stem, count in counts.items()}


def _source(path, count):
    from ..classroom import notebooks

    cells = _cells(path)
    return HEAD + notebooks.source(cells[: count(cells)])


def _cells(path):
    from ..classroom import notebooks
    from ..classroom.encoding import Undecodable

    try:
        if path.stat().st_size > LARGEST:
            raise Undecodable("is too large for a notebook: clear the outputs of its cells")
        return notebooks.cells(path.read_bytes())
    except OSError as error:
        raise click.UsageError(f"`{path}` cannot be read ({error.strerror})") from None
    except Undecodable as error:
        raise click.UsageError(f"`{path}` {error}") from None


class BookReport(Report):
    """The report on one notebook: it names that, not a file of the chapter."""

    def chapter_begins(self, chapter):
        say()
        say(f"{chapter.id}  {chapter.title}", bold=True, nl=False)
        say(f"  ({self.folder})")
