"""Intake: which files are the chapters', in whatever names, places, encodings and notebooks."""

import ast
import codecs
import json
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.handed_in import CHAPTER, OTHER, STEM, said, written, zipped
from support.running import EXERCISES, SOLUTIONS, kit_folder

from grader.course import registry, stubs
from grader.intake import chapter_files, intake, names

FULL = "def normalize(X): return X\n\n\ndef one_hot(labels, num_classes): return labels\n"
STEMS = [*(chapter.stem for chapter in registry.chapters()), *sorted(stubs.NO_CHAPTERS)]


@pytest.fixture
def one(tmp_path):
    """The submission of one student who hands in these files, in a folder or in a zip."""

    def read(files, as_zip=False):
        name, files = ("ann.zip", zipped(files)) if as_zip else ("ann", files)
        (submission,) = intake.read(written(tmp_path / "class", {name: files})).hand_ins
        return submission

    return read


def test_every_chapter_is_taken_and_nothing_else(one):
    files = {f"{stem}.py": f"# {stem}" for stem in STEMS}
    submission = one(files | {"helpers.py": "", "ch9_9_magic.py": "", "essay.pdf": "", "a.pyc": ""})
    assert submission.files == {name: text.encode() for name, text in files.items()}
    assert submission.notes == (
        "`essay.pdf`: ignored, a document and not program text",
        "`ch9_9_magic.py`, `helpers.py`: ignored, not a chapter file",
    )


@pytest.mark.parametrize(
    "name",
    [
        *(
            f"{STEM} (1).py",
            f"{STEM}(12).py",
            f"{STEM}-2.py",
            f"{STEM} copy.py",
            f"{STEM} copy 3.py",
        ),
        *(f"{STEM} - Copy.py", f"{STEM} - Copy (2).py", f"{STEM}_copy.py", f"{STEM}_2.py"),
        *(f"Copy of {STEM}.py", f"{STEM.upper()}.PY", f" {STEM} .py ", f"a/b/c/{STEM}.py"),
        f"{STEM.title()}-1.Py",
    ],
)
@pytest.mark.parametrize("as_zip", [True, False])
def test_names_as_browsers_and_file_managers_make_them(one, name, as_zip):
    assert one({name: "x = 1"}, as_zip).files == {CHAPTER: b"x = 1"}


@pytest.mark.parametrize(
    "name",
    [
        *(f"{STEM}_test.py", f"my_{STEM}.py", f"{STEM}.py.txt", f"{STEM}.pyc", f"{STEM}s.py", STEM),
        *(f"{STEM}.py.bak", f"{STEM}-old.py", "ch1_1.py", f"{STEM}.txt", f".{STEM}.py"),
    ],
)
def test_names_that_are_not_a_chapters(one, name):
    assert one({name: "x = 1"}).files == {}


@given(
    st.sampled_from(STEMS),
    st.lists(st.sampled_from([" (1)", "-2", " copy", "_3", "(44)", " - Copy", " "]), max_size=4),
    st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_any_decoration_of_a_name_is_seen_through(stem, tails, upper):
    name = stem + "".join(tails) + ".py"
    named = names.named(name.upper() if upper else name)
    assert (named.stem, named.suffix) == (stem, "py")
    assert named.exact == (not upper and not tails)


@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_no_name_is_too_odd(name):
    for asked in (name, f"{STEM}{name}.py", f"{STEM}{'1-' * 100}{name}.py"):
        named = names.named(asked)
        assert named is None or named.stem in ("", *STEMS)


def test_litter_is_left_without_a_word(one):
    litter = [
        *("__MACOSX/._{}", "._{}", ".DS_Store", "Thumbs.db", "__pycache__/x.pyc", ".git/config"),
        *(
            ".ipynb_checkpoints/{}",
            ".venv/lib/{}",
            "node_modules/a.js",
            "index.html",
            "__init__.py",
        ),
        *(".git/{}", "venv/{}", "lib/site-packages/{}", "desktop.ini"),
    ]
    files = {name.format(CHAPTER): "x = 1" for name in litter}
    assert one(files | {CHAPTER: "mine = 1"}, as_zip=True).notes == ()
    assert one(files).notes == ()


def test_of_the_whole_project_only_the_exercises_count(one, tmp_path):
    for folder in ("exercises", "solutions", "grader/chapters", "tests/support/right"):
        source = kit_folder(folder)
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, tmp_path / "class/ann/course" / folder, ignore=ignored)
    (tmp_path / "class/ann/course/exercises" / CHAPTER).unlink()
    submission = one({f"course/{OTHER}.py": "x = 'beside'", "course/README.md": "#"})
    exercises = {p.name: p.read_bytes() for p in EXERCISES.glob("*.py") if p.name != "__init__.py"}
    del exercises[CHAPTER]
    assert submission.files == exercises
    said(submission, "the whole project", "only its folder `exercises` is graded")
    said(submission, "ignored", f"`course/{OTHER}.py`")


@pytest.mark.parametrize("folder", ["solutions", "Grader", "tests", "misconceptions", "chapters"])
def test_the_kits_own_places_are_never_taken(one, folder):
    submission = one({f"x/{folder}/{CHAPTER}": "x = 1", f"x/{folder}/y/{OTHER}.py": "x = 1"})
    assert submission.files == {}
    said(submission, "ignored", f"x/{folder}/{CHAPTER}")


def test_a_solution_in_a_zip_in_the_solutions_folder(one):
    assert one({"solutions/mine.zip": {CHAPTER: "x = 1"}}, as_zip=True).files == {}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (CHAPTER, f"old/{CHAPTER}"),
        (f"deep/er/{CHAPTER}", f"{STEM} (1).py"),
        (CHAPTER, f"{STEM}-9.py"),
        (CHAPTER, CHAPTER.upper()),
        (f"{STEM} (10).py", f"{STEM} (9).py"),
        (f"a/{STEM}-1.py", f"a/b/{STEM}-2.py"),
        (f"b/{CHAPTER}", f"a/{CHAPTER}"),
    ],
)
@pytest.mark.parametrize("as_zip", [True, False])
def test_two_files_of_one_name(one, better, worse, as_zip):
    submission = one({worse: "x = 'worse'", better: "x = 'better'"}, as_zip)
    assert submission.files == {CHAPTER: b"x = 'better'"}
    said(submission, f"`{CHAPTER}` was submitted 2 times", f"`{better}` is used, not `{worse}`")


def test_two_files_that_are_the_same_are_no_matter(one):
    assert one({CHAPTER: "x = 1", f"a/{CHAPTER}": "x = 1", f"{STEM} copy.py": "x = 1"}).notes == ()


def test_one_that_cannot_be_read_gives_way_to_another(one):
    submission = one({CHAPTER: b"\0\0", f"a/{CHAPTER}": "x = 1"})
    assert submission.files == {CHAPTER: b"x = 1"}
    said(submission, f"`{CHAPTER}` contains NUL bytes")


def test_what_is_too_large(one, monkeypatch):
    assert one({CHAPTER: "#" * 2**20}).files == {CHAPTER: b"#" * 2**20}
    submission = one({CHAPTER: "#" * 2**20 + "#"})
    assert submission.files == {}
    said(submission, f"`{CHAPTER}` is larger than 1 MB")
    monkeypatch.setattr(chapter_files, "MAX_KEPT", 2**20)
    submission = one({CHAPTER: "x = 1", f"{OTHER}.py": "#" * 2**20})
    assert list(submission.files) == [CHAPTER]
    said(submission, "more than 1 MB")


LATIN = "# -*- coding: latin-1 -*-\nname = 'é'\n"


@pytest.mark.parametrize(
    ("data", "text", "mended"),
    [
        ("é = 1\n".encode(), "é = 1\n", ""),
        (codecs.BOM_UTF8 + "é = 1\r\n".encode(), "é = 1\r\n", ""),
        (codecs.BOM_UTF8 + LATIN.encode(), LATIN.replace("latin-1", "utf-8"), ""),
        ("é = '€'".encode("cp1252"), "é = '€'", "cp1252"),
        (LATIN.encode("latin-1"), LATIN.replace("latin-1", "utf-8"), "iso8859-1"),
        (
            b"#!x\n# vim: fileencoding=cp1251\n'\xe6'",
            "#!x\n# vim: fileencoding=utf-8\n'ж'",
            "cp1251",
        ),
        (b"x\n# coding: cp1251\n'\xc3\xa9'", "x\n# coding: cp1251\n'é'", ""),
        (b"# coding: latin-1\nx = 1", "# coding: utf-8\nx = 1", ""),
        (b"# coding: utf_8\nx = '\xe9'", "# coding: utf_8\nx = 'é'", "cp1252"),
        ("é = 1".encode("utf-16"), "é = 1", "utf-16"),
        (codecs.BOM_UTF16_BE + "é = 1".encode("utf-16-be"), "é = 1", "utf-16"),
        ("é = 1".encode("utf-32"), "é = 1", "utf-32"),
        ("é = 1\n".encode("utf-16-le"), "é = 1\n", "utf-16-le"),
        ("é = 1\n".encode("utf-16-be"), "é = 1\n", "utf-16-be"),
        (b"x = 1\n\xef\xbb\xbfy = 2\n", "x = 1\ny = 2\n", ""),
        (b"x = 1\n\x1a", "x = 1\n", ""),
        ("# coding: utf8-unicode\nx = 'é'".encode(), "# coding: utf-8\nx = 'é'", ""),
        (b"# coding: no-such\nx = '\xe9'", "# coding: utf-8\nx = 'é'", "cp1252"),
        (b"# coding: " + b"a" * 900, "# coding: utf-8", ""),
        (b"x = 1\n" + b"\0" * 500, "x = 1\n", ""),
    ],
)
def test_encodings(one, data, text, mended):
    submission = one({CHAPTER: data})
    assert submission.files == {CHAPTER: text.encode()}
    ast.parse(submission.files[CHAPTER]) if b"coding: utf_8" not in data else None
    assert submission.notes == (
        (f"`{CHAPTER}` was converted from {mended} to UTF-8",) if mended else ()
    )


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"x = 1\0y", ["NUL"]),
        (codecs.BOM_UTF16_LE + b"x", ["utf-16"]),
        (b"\x89PNG\x81\x8d", ["not text"]),
        (b"# coding: unicode_escape\n\\x69mport os", ["unicode", "UTF-8"]),
        (b"# coding: utf-7\n+AGk-mport os", ["utf-7"]),
        (b"# coding: zip\n", ["zlib"]),
        (b"# coding: idna\n", ["idna"]),
    ],
)
def test_what_is_no_text_is_kept_out(one, data, words):
    submission = one({CHAPTER: data})
    assert submission.files == {}
    said(submission, f"`{CHAPTER}`", *words)


def book(*cells, **more):
    """A notebook of these code cells, with text between them."""
    cells = [{"cell_type": "code", "source": cell, "outputs": []} for cell in cells]
    text = {"cell_type": "markdown", "source": "def normalize(X): not code"}
    return json.dumps({"cells": [text, *cells, text], "nbformat": 4, **more})


def test_a_notebook_named_like_a_chapter(one):
    submission = one({f"{STEM} (1).ipynb": book(["import numpy\n", "x = 1"], "y = 2")})
    assert list(submission.files) == [CHAPTER]
    lines = submission.files[CHAPTER].decode().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == [
        "import numpy",
        "x = 1",
        "y = 2",
    ]
    said(submission, f"`{CHAPTER}` was made from the notebook")


def test_magics_are_commented_out_in_place(one):
    cell = (
        "%matplotlib inline\n!pip install x \\\n   --quiet\nimport numpy as np\nnp.zeros?\n?np\n"
        "files = !ls\nt = %timeit -o f()\nif True:\n    %time f()\nx = 7 \\\n % 4\ns = f'{x}%d'\n"
    )
    timed, shell = "%%time\ny = 1", "%%bash\nrm -rf /\ndef normalize(X): pass"
    (data,) = one(
        {f"{STEM}.ipynb": book(cell, timed, shell, "%%writefile x.py\nimport os", "z = x % y")}
    ).files.values()
    source = data.decode()
    kept = {}
    exec(compile(source.replace("import numpy as np", "np = None"), "x", "exec"), kept)
    assert (kept["x"], kept["y"], kept["z"], kept["s"]) == (3, 1, 0, "3%d")
    assert "os" not in kept
    assert "files" not in kept
    assert "normalize" not in kept
    for line, text in enumerate(cell.splitlines(), 2):
        assert text.strip() in source.splitlines()[line - 1]


def test_another_notebook_is_every_chapter_of_which_it_has_a_function(one):
    functions = ["def normalize(X):\n    return X", "class A: pass\ndef sigmoid(Z):\n    return Z"]
    submission = one({"homework.ipynb": book(*functions, "  def relu(Z): pass\n# def tanh(Z)")})
    assert sorted(submission.files) == [CHAPTER, "ch1_3_activation_basics.py"]
    assert b"sigmoid" not in submission.files[CHAPTER]
    assert b"import normalize" in submission.files["ch1_3_activation_basics.py"]


GD = "def gradient_descent(X, y, W, lr, loss_fn, steps=100):\n    return 'plain'"
SGD = "def gradient_descent(X, y, params, lr, loss_fn, batch_size=32):\n    return 'batches'"


@pytest.mark.parametrize(
    ("name", "cells", "stems"),
    [
        ("hw.ipynb", ["def grid_search(a, b): pass", GD], {"ch2_2_gradient_descent"}),
        ("hw.ipynb", ["def minibatches(a): pass", SGD], {"ch2_3_mini_batches"}),
        ("week 2.3.ipynb", [SGD], {"ch2_3_mini_batches"}),
        ("ch2_2-mine.ipynb", [GD], {"ch2_2_gradient_descent"}),
        ("hw.ipynb", [GD], {"ch2_2_gradient_descent", "ch2_3_mini_batches"}),
    ],
)
def test_a_function_of_two_chapters(one, name, cells, stems):
    submission = one({name: book(*cells)})
    assert {name.removesuffix(".py") for name in submission.files} == stems


def test_a_function_of_two_chapters_that_is_there_twice(one):
    cells = ["def grid_search(a, b): pass", GD, "def minibatches(a): pass", SGD]
    files = one({"module2.ipynb": book(*cells)}).files
    assert b"'batches'" not in files["ch2_2_gradient_descent.py"]
    assert b"grid_search" in files["ch2_2_gradient_descent.py"]
    assert b"'batches'" in files["ch2_3_mini_batches.py"]


def test_the_solutions_as_notebooks(one):
    texts = {path.name: path.read_text() for path in SOLUTIONS.glob("ch*.py")}
    files = {
        f"week {n}.ipynb": book(*text.split("\n\n\n")) for n, text in enumerate(texts.values())
    }
    submission = one(files, as_zip=True)
    assert set(submission.files) == set(texts)
    for name, text in texts.items():
        code = [line for line in text.splitlines() if line]
        made = submission.files[name].decode().splitlines()
        assert [line for line in made if line and not line.startswith("# cell")] == code


def test_a_file_beats_a_notebook(one):
    submission = one(
        {CHAPTER: FULL, f"{STEM}.ipynb": book("def normalize(X): pass"), "n.ipynb": book("x")}
    )
    assert submission.files == {CHAPTER: FULL.encode()}
    said(submission, f"`{CHAPTER}` is used, not the notebook `{STEM}.ipynb`")
    said(submission, "`n.ipynb` contains no graded function")


def test_a_named_notebook_beats_another(one):
    submission = one(
        {"a.ipynb": book("def normalize(X): 1"), f"x/{STEM}.ipynb": book("def normalize(X): 2")}
    )
    assert b"normalize(X): 2" in submission.files[CHAPTER]
    said(submission, f"from the notebook `{STEM}.ipynb`, not from `a.ipynb`")


def test_old_notebooks_and_ones_with_a_mark(one):
    old = {"worksheets": [{"cells": [{"cell_type": "code", "input": ["def normalize(X): pass"]}]}]}
    assert list(one({"x.ipynb": json.dumps(old)}).files) == [CHAPTER]
    assert list(one({"x.ipynb": codecs.BOM_UTF8 + book("def sigmoid(Z): 1").encode()}).files) != []


def test_a_cell_that_names_an_encoding_is_text_all_the_same(one):
    (data,) = one({f"{STEM}.ipynb": book("# coding: latin-1\nx = 'é'")}).files.values()
    assert "x = 'é'" in data.decode()
    assert ast.parse(data).body[0].value.value == "é"


@pytest.mark.parametrize(
    "data",
    [
        *(
            "",
            "{",
            "[]",
            "7",
            "null",
            '"x"',
            "{}",
            '{"cells": 7}',
            '{"cells": [7]}',
            '{"cells": [{}]}',
        ),
        *('{"cells": [{"cell_type": "code", "source": [1]}]}', '{"cells": {"cell_type": 1}}'),
        *(
            "[" * 200_000,
            '{"cells": ' * 50_000,
            "9" * 5000,
            '{"worksheets": [7]}',
            b"\xff\xfe1",
            b"\x81",
        ),
        book("x = '\0'"),
    ],
)
def test_what_is_no_notebook(one, data):
    submission = one({f"{STEM}.ipynb": data, f"{OTHER}.py": "x = 1"})
    assert submission.files == {f"{OTHER}.py": b"x = 1"}
    assert len(submission.notes) == 1
    said(submission, f"`{STEM}.ipynb`")


def test_a_notebook_with_broken_characters(one):
    (data,) = one({f"{STEM}.ipynb": book("x = '\ud800'")}).files.values()
    assert data.decode()


def test_pictures_in_a_notebook_do_not_count_as_code(one):
    assert CHAPTER in one({"x.ipynb": book("def normalize(X): pass", image="A" * 3 * 2**20)}).files
    submission = one({"x.ipynb": book("def normalize(X): pass\n" + "#" * 2**20)})
    said(submission, "`x.ipynb` contains too much code")
