"""Notebooks among a submission's chapters become files, so that they are graded like files."""

import contextlib
import shutil
import tempfile
from itertools import chain
from pathlib import Path

import click

from ..console import arguments
from ..console.report import Report
from ..course import registry, stubs

HEAD = b"# made from a notebook\n"  # by which the worker names cells: see worker/session.py
LARGEST = 2**24  # bytes of a notebook; pictures in it count


@contextlib.contextmanager
def staged(path):
    """The folder to grade for a folder or a notebook: the same one, where no notebook is needed."""
    path = Path(path)
    found = books(path)
    if not found:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="learn-dl-") as temporary:
        target = Path(temporary) / "exercises"
        target.mkdir()
        beside = path.parent.glob("*.py") if path.is_file() else ()
        for file in filter(_lies_here, (*beside, *home(path).glob("*.py"))):
            with contextlib.suppress(OSError):
                shutil.copyfile(file, target / file.name)
        for stem, book in found.items():
            (target / f"{stem}.py").write_bytes(source(book, stem))
        yield target


def home(path):
    """The folder of chapters for a folder, itself, or a notebook: around it, or the default one."""
    if path.is_dir():
        return path
    others = (path.parent.glob(f"{chapter.stem}.*") for chapter in registry.chapters())
    if not any(found != path and found.suffix in (".py", ".ipynb") for found in chain(*others)):
        with contextlib.suppress(click.UsageError):
            return arguments.folder()
    return path.parent


def books(path):
    """Stem -> the notebook that stands for this chapter, for a folder or a notebook.

    A notebook stands for the chapters in it. Beside it, or in a folder, one with the name of a
    chapter's file does so where that file is missing or is still the stub.
    """
    folder = home(path)
    found = {
        chapter.stem: book
        for chapter in registry.chapters()
        if (book := folder / f"{chapter.stem}.ipynb").is_file()
        and _lies_here(book)
        and not _begun(folder / f"{chapter.stem}.py")
    }
    if path.is_file():
        found |= {chapter.stem: path for chapter in chapters(path)}
    return found


def chapters(path):
    """The chapters that a notebook holds, as `grade run` takes them when none is named."""
    counts = _counts(path, _cells(path))
    return [chapter for chapter in registry.chapters() if chapter.stem in counts]


def source(path, stem):
    """What a notebook holds of this chapter, as a file."""
    from . import notebooks

    cells = _cells(path)
    return HEAD + notebooks.source(cells[: _counts(path, cells)[stem]])


def _begun(file):
    return file.exists() and not stubs.is_stub(file)


def _lies_here(file):
    """Not a link to somewhere else, which would bring along what is none of the submission's."""
    return file.resolve().parent == file.parent.resolve()


def _counts(path, cells):
    """Stem -> how many of the cells are of it: its name's chapter, or those of its functions."""
    from . import notebooks

    if path.stem in [chapter.stem for chapter in registry.chapters()]:
        return {path.stem: len(cells)}
    counts = notebooks.chapters(cells, path.name)
    if not counts:
        raise click.UsageError(
            f"`{path}` has no graded function in it: name it after a chapter, such as "
            f"`{registry.chapters()[0].stem}.ipynb`"
        )
    return counts


def _cells(path):
    from . import notebooks
    from .encoding import Undecodable

    try:
        if path.stat().st_size > LARGEST:
            raise Undecodable("is too large for a notebook: clear the outputs of its cells")
        return notebooks.cells(path.read_bytes())
    except OSError as error:
        raise click.UsageError(f"`{path}` cannot be read ({error.strerror})") from None
    except Undecodable as error:
        raise click.UsageError(f"`{path}` {error}") from None


class BookReport(Report):
    """The report where notebooks stand for chapters: it names those, not files of the chapters."""

    def __init__(self, path):
        super().__init__(path)
        self.home, self.books = home(path), books(path)

    def file(self, chapter):
        return self.books.get(chapter.stem, self.home / f"{chapter.stem}.py")
