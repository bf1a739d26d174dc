"""`grade notebook`: what becomes of a chapter's file."""

import nbformat
import pytest
from support.notebooks import CHAPTER, code, course
from support.running import EXERCISES, SOLUTIONS, call_grade, run_grade

from grader.course import registry
from grader.notebook import making


@pytest.mark.parametrize("chapter", registry.chapters(), ids=lambda chapter: chapter.id)
def test_every_chapter_becomes_a_notebook(chapter):
    for folder in (EXERCISES, SOLUTIONS):
        source = (folder / f"{chapter.stem}.py").read_bytes()
        book = nbformat.reads(making.notebook(chapter, source).decode(), 4)
        nbformat.validate(book)
        cells = code(book)
        assert book.metadata.kernelspec.name == "python3"
        assert book.cells[0].source.startswith(f"# {chapter.id} {chapter.title}")
        assert "from grader import check, plot" in cells[0]
        assert cells[-1] == f'plot("{chapter.id}")'
        for name in chapter.functions:
            heads = f"def {name}(", f"class {name}:"
            (place,) = [i for i, text in enumerate(cells) if text.startswith(heads)]
            assert cells[place + 1].startswith(f'check("{name}"')
        everything = "\n".join(cells)
        assert "from ." not in everything
        assert "__all__" not in everything
        for text in cells:
            compile(text, "cell", "exec")


def test_what_two_chapters_have_names_its_chapter():
    for id in ("2.2", "2.3"):
        (chapter,) = registry.select([id])
        source = (EXERCISES / f"{chapter.stem}.py").read_bytes()
        cells = code(nbformat.reads(making.notebook(chapter, source).decode(), 4))
        assert f'check("gradient_descent", "{id}")' in cells


ODD = '''"""Title

Prose with * and `a * b`.

    formula = x_1 * y

More.
"""
# about NumPy
import numpy as np; import math
from . import ch1_2_matrix_operations
from .ch1_3_activation_basics import (
    sigmoid,
)

# %% an editor's cell
# %timeit relu(3)
SLOPE = 0.01; STEP = 2
TEXT = """
# %% kept
"""


# my helper
@np.vectorize
def helper(z):
    return z


def relu(Z):
    from .ch1_1_numpy_arrays import one_hot

    return Z  # %% kept


__all__ = ["relu"]
# notes to myself
if __name__ == "__main__":
    relu(3)
# the end
'''


def test_nothing_of_the_learners_is_lost():
    (chapter,) = registry.select(["3.2"])
    book = nbformat.reads(making.notebook(chapter, ODD.encode()).decode(), 4)
    prose, cells = book.cells[0].source, code(book)
    assert "Prose with \\* and `a * b`.\n\n```text\nformula = x_1 * y\n```\n\nMore." in prose
    assert cells == [
        "from grader import check, plot\n\n"
        "# about NumPy\nimport numpy as np; import math\nfrom exercises import "
        "ch1_2_matrix_operations\n"
        "from exercises.ch1_3_activation_basics import (\n    sigmoid,\n)",
        '# %timeit relu(3)\nSLOPE = 0.01; STEP = 2\nTEXT = """\n# %% kept\n"""',
        "# my helper\n@np.vectorize\ndef helper(z):\n    return z",
        "def relu(Z):\n    from exercises.ch1_1_numpy_arrays import one_hot\n\n"
        "    return Z  # %% kept",
        'check("relu")',
        "# notes to myself\n# the end",
        'plot("3.2")',
    ]


def test_the_command_never_overwrites(tmp_path):
    folder = course(tmp_path / "mine", EXERCISES)
    book = folder / f"{CHAPTER}.ipynb"
    done = call_grade("notebook", "3.2", "--submission", folder)
    assert done.returncode == 0, done.stderr
    assert str(book) in done.stdout
    before = book.read_bytes()
    done = call_grade("notebook", "3.2", "--submission", folder)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "--out" in done.stderr
    assert book.read_bytes() == before
    book.write_bytes(b"mine")
    assert call_grade("notebook", "3.2", "--submission", folder, "--force").returncode == 0
    assert book.read_bytes() == before
    (kept,) = folder.glob("*.backup")
    assert kept.read_bytes() == b"mine"
    other = tmp_path / "other.ipynb"
    assert call_grade("notebook", "3.2", "--submission", folder, "--out", other).returncode == 0
    assert other.read_bytes() == before


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (b"def relu(Z:\n", "not valid Python (line 1"),
        (b"x = 1\0", "Python"),
        (b"# coding: nonsense\n", "Python"),
        (None, "cannot be read"),
    ],
)
def test_a_file_of_which_no_notebook_can_be_made(source, said, tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    if source is not None:
        (folder / f"{CHAPTER}.py").write_bytes(source)
    done = call_grade("notebook", "3.2", "--submission", folder)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_without_the_extra_it_is_named(tmp_path):
    (tmp_path / "nbformat.py").write_text("raise ModuleNotFoundError(name='nbformat')\n")
    done = run_grade("notebook", "3.2", "--out", tmp_path / "x.ipynb", PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    assert "pip install jupyterlab" in done.stderr
    assert done.stderr.count("\n") == 1
