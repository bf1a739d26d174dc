"""Notebooks of the course's chapters: made, read, written, changed."""

import shutil

import nbformat
from support.running import SOLUTIONS

CHAPTER = "ch3_2_activation_functions"


def course(folder, source=SOLUTIONS):
    return shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"))


def read(path):
    book = nbformat.read(path, 4)
    nbformat.validate(book)
    return book


def write(path, *cells):
    """A notebook of code cells, as somebody makes it by hand."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in cells])
    nbformat.write(book, path)
    return path


def code(book):
    return [cell.source for cell in book.cells if cell.cell_type == "code"]


def changed(path, before, after):
    """The notebook with one piece of text for another, in whichever code cell it is."""
    book = read(path)
    (cell,) = [c for c in book.cells if c.cell_type == "code" and before in c.source]
    cell.source = cell.source.replace(before, after)
    nbformat.write(book, path)
