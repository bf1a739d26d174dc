"""`grade notebook`, notebooks graded like files, and `check` in a notebook's cells."""

import json
import os
import re
import shutil
import subprocess
import sys
import textwrap

import nbformat
import pytest
from support.running import EXERCISES, ROOT, SOLUTIONS, call_grade, functions, grade_json, run_grade

from grader.course import registry
from grader.notebook import making

CHAPTER = "ch3_2_activation_functions"
LATER = ("ch1_3_activation_basics", "ch3_1_perceptron")


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


# ---- made


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
    assert "pip install -e '.[notebook]'" in done.stderr
    assert done.stderr.count("\n") == 1


# ---- graded


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The solutions, and chapter 3.2 also as the notebook that the kit makes."""
    folder = course(tmp_path_factory.mktemp("made") / "exercises")
    assert run_grade("notebook", "3.2", "--submission", folder).returncode == 0
    return folder


def test_a_right_notebook_passes_and_the_result_names_it(made, tmp_path):
    book = made / f"{CHAPTER}.ipynb"
    status, result = grade_json("3.2", "--submission", book, tmp_path=tmp_path)
    assert status == 0
    assert result["submission"] == str(book)
    assert result["score"] == result["max_score"] == 10
    board = call_grade(cwd=made.parent).stdout
    assert re.search(r"3\.2 .* \(notebook\) +done +10 of 10", board)


def test_a_notebook_elsewhere_stands_on_the_chapters_of_the_course(made):
    made_book = call_grade("notebook", "2.2", "--out", "my nb.ipynb", cwd=made.parent)
    assert made_book.returncode == 0, made_book.stderr
    done = call_grade("run", "--submission", "my nb.ipynb", cwd=made.parent)
    assert "10 of 10 points" in done.stdout, done.stdout
    (line,) = re.findall(r"  2\.2 .*", call_grade(cwd=made.parent).stdout)
    assert "ungraded   0 of 10" in line  # the board is of what lies in the folder


@pytest.mark.parametrize("command", ["hint", "watch"])
def test_what_takes_a_folder_says_so_of_a_notebook(made, command):
    book = made / f"{CHAPTER}.ipynb"
    done = call_grade(command, "3.2", "--submission", book)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"`--submission {made}`" in done.stderr
    assert f"`grade run --submission {book}`" in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_wrong_cell_is_named(made, tmp_path):
    folder = course(tmp_path / "mine", made)
    book = folder / f"{CHAPTER}.ipynb"
    changed(book, "np.exp(", "np.exq(")
    done = call_grade("run", "--submission", book)
    assert done.returncode == 1
    assert f"({book})" in done.stdout
    (number,) = [i for i, text in enumerate(code(read(book)), 1) if "np.exq(" in text]
    assert f"your line cell {number}:" in done.stdout
    assert "in softmax: " in done.stdout


def test_a_cell_that_does_not_parse_is_named(tmp_path):
    book = write(tmp_path / f"{CHAPTER}.ipynb", "import numpy as np", "x = 1\ndef relu(Z:\n  pass")
    _, result = grade_json("3.2", "--submission", book, tmp_path=tmp_path)
    message = functions(result)["3.2", "relu"]["checks"][0]["message"]
    assert "cannot be imported: SyntaxError" in message
    assert "cell 2:2" in message


def test_a_cell_that_fails_costs_no_other_cell(tmp_path):
    """As in Jupyter, where each cell is run by itself."""
    text = (SOLUTIONS / "ch1_3_activation_basics.py").read_text(encoding="utf-8")
    before = (
        "these are my notes",
        "from google.colab import drive, files\ndrive.mount('/content')\nfiles.upload()",
        "name = input('your name? ')",
        "from __future__ import annotations\nassert 1 + 1 == 3",
    )
    after = ("exit()", "def sigmoid(Z:\n    unfinished", "def linear(X):\n    return 0")
    book = write(tmp_path / "work" / "hw.ipynb", *before, text, *after)
    for path in (book, book.parent):
        _, result = grade_json("1.3", "--submission", path, tmp_path=tmp_path)
        assert functions(result)["1.3", "sigmoid"]["score"] == 10, path


@pytest.mark.slow
def test_a_failed_cell_is_repaired_for_those_that_need_it(tmp_path):
    """The functions of a cell that cannot be run are lent as a missing file's are."""
    texts = {s: (SOLUTIONS / f"{s}.py").read_text(encoding="utf-8") for s in LATER}
    sigmoid = texts[LATER[0]].replace("def sigmoid(Z", "def sigmoid((Z")
    step = texts[LATER[1]].partition("def step")
    cells = (sigmoid, step[0].replace(f".{LATER[0]}", f"exercises.{LATER[0]}"), "".join(step[1:]))
    book = write(tmp_path / "work" / "hw.ipynb", *cells)
    _, result = grade_json("1.3", "3.1", "--submission", book.parent, tmp_path=tmp_path)
    found = functions(result)
    assert found["1.3", "sigmoid"]["score"] == 0
    assert all(each["score"] == each["max_score"] for (id, _), each in found.items() if id == "3.1")


@pytest.mark.slow
def test_a_chapter_that_is_there_only_as_a_notebook(made, tmp_path):
    folder = course(tmp_path / "exercises", made)
    (folder / f"{CHAPTER}.py").unlink()
    for path in (folder, folder / f"{CHAPTER}.ipynb"):
        status, result = grade_json("3.2", "--submission", path, tmp_path=tmp_path)
        assert (status, result["submission"]) == (0, str(path))
        shutil.copy(EXERCISES / f"{CHAPTER}.py", folder)  # the stub is as good as nothing
    # Later chapters use it, too.
    status, _ = grade_json("3.3", "--submission", folder, tmp_path=tmp_path)
    assert status == 0
    changed(folder / f"{CHAPTER}.ipynb", "np.exp(", "np.exq(")
    done = call_grade("run", "3.3", "--submission", folder)
    assert f"{CHAPTER}.ipynb cell " in done.stdout


def test_a_link_to_somebody_elses_file_is_not_brought_along(tmp_path):
    from grader.submission.submission import opened

    secret = tmp_path / "secret.py"
    secret.write_text("KEY = 1\n")
    folder = tmp_path / "submission"
    folder.mkdir()
    (folder / "theirs.py").symlink_to(secret)
    (folder / "own.py").write_text("mine = 1\n")
    write(folder / f"{CHAPTER}.ipynb", "def relu(Z):\n    return Z")
    with opened(folder) as submission:
        names = {path.name for path in submission.folder.iterdir()}
    assert names == {"own.py", f"{CHAPTER}.py", "fast_layers.py"}


def test_what_jupyter_alone_knows_is_harmless_in_a_class_run_too(submission):
    source = b"# cell 1\ndisplay(get_ipython().config)\ndef relu(Z):\n    return Z\n"
    folder = submission({CHAPTER: source, "ch1_1_numpy_arrays": source[9:]})
    said = call_grade("run", "1.1", "3.2", "--submission", folder).stdout
    assert "NameError: name 'display' is not defined" in " ".join(said.split())
    assert said.count("ERROR ") == 2  # both functions of 1.1
    assert "FAIL  relu" in said


BY_HAND = [
    "%matplotlib inline\nimport numpy as np\nfrom grader import check, plot\n"
    "from IPython.display import HTML, display as show\nimport matplotlib.pyplot as plt",
    "get_ipython().run_line_magic('matplotlib', 'inline')\ndisplay(HTML('<b>1.1</b>'))\nshow(3)",
    "def normalize(X):\n    spread = X.std()\n    if spread < 1e-12:\n"
    "        return np.zeros(X.shape, X.dtype if X.dtype.kind == 'f' else float)\n"
    "    return ((X - X.mean()) / spread).astype(X.dtype if X.dtype.kind == 'f' else float)",
    'check("normalize")\ncheck(normalize)\nplot("1.1")',
    "def one_hot(labels, num_classes):\n    return np.eye(num_classes)[labels]",
    "plt.plot(normalize(np.arange(3.0)))\nif __name__ == '__main__':\n    1 / 0",
]


def test_a_notebook_made_by_hand_with_what_only_jupyter_knows(tmp_path):
    book = write(tmp_path / "my first.ipynb", *BY_HAND)
    done = call_grade("run", "--submission", book)
    assert "cannot be imported" not in done.stdout
    assert "10 of 10 points" in done.stdout
    assert "ok    normalize" in done.stdout, done.stdout


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("x.ipynb", "{", "not a readable notebook"),
        ("x.ipynb", '{"cells": []}', "no graded function"),
        ("none.ipynb", None, "there is no folder `none.ipynb`"),
    ],
)
def test_what_is_no_notebook_is_one_line(name, text, said, tmp_path):
    if text:
        (tmp_path / name).write_text(text, encoding="utf-8")
    done = call_grade("run", "3.2", "--submission", name, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_file_may_import_check_and_sees_nothing_of_the_kit(submission, tmp_path):
    source = """
        import grader
        from grader import check, plot
        found = sorted(name for name in vars(grader) if not name.startswith("_"))
        check("relu")
        plot("3.2")
        def relu(Z):
            raise ValueError(f"{found} {grader.__path__}")
    """
    folder = submission({CHAPTER: source})
    _, result = grade_json("3.2", "--submission", folder, tmp_path=tmp_path)
    message = functions(result)["3.2", "relu"]["checks"][0]["message"]
    assert "ValueError: ['check', 'plot'] []" in message


# ---- checked in place


def session(*statements):
    """What an interactive Python prints that is given these statements, one after the other."""
    # As `exec` of a file's text would, but for globals of its own and a file for each, as cells.
    program = """
        import json, sys
        names = {"__name__": "__main__"}
        for number, text in enumerate(json.load(sys.stdin), 1):
            print(f"<{number}>")
            exec(compile(text, f"<cell {number}>", "exec"), names)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        input=json.dumps(statements),
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stdout
    return [part.strip() for part in done.stdout.split("\n<")]


START = "import numpy as np\nfrom grader import check"
WRONG = "def softmax(Z):\n    return exponentials(Z) / exponentials(Z).sum(axis=0)"
HELPER = "def exponentials(Z):\n    return np.exp(Z - Z.max(axis=1, keepdims=True))"
RIGHT = (
    "def softmax(Z):\n    Z = Z if Z.dtype.kind == 'f' else Z.astype(float)\n"
    "    E = exponentials(Z)\n    return E / E.sum(axis=1, keepdims=True)"
)


def test_check_grades_what_is_defined_now():
    said = session(
        START, HELPER, WRONG, 'check("softmax")', RIGHT, 'check("softmax")', "check(softmax)"
    )
    assert "FAIL  softmax" in said[3]
    assert "Your columns sum to 1" in said[3]
    assert "ok    softmax" in said[5]
    assert "3 of 3" in said[6]


def test_check_says_the_same_as_grade_run(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    text = f"import numpy as np\n{HELPER}\n{WRONG}\n"
    (folder / f"{CHAPTER}.py").write_text(text, encoding="utf-8")
    graded = call_grade("run", "3.2", "--submission", folder).stdout
    part = (
        graded[graded.index("  FAIL  softmax") :].partition(" of 10 points")[0].rpartition("\n")[0]
    )
    checked = session(START, HELPER, WRONG, 'check("softmax")')[3].partition("\n")[2]
    assert checked.strip() == part.strip()


def test_check_of_a_stub_and_of_what_is_not_there():
    said = session(
        START,
        "def relu(Z):\n    raise NotImplementedError('write')",
        'check("relu")',
        'check("tanh")',
        'check("sofmax")',
        'check("gradient_descent")',
        'check("relu", "9.9")',
        'check("relu", "2.1")',
        "check(3)",
        "check(lambda Z: Z)",
    )
    assert "todo  relu" in said[2]
    assert "`relu` is still to be written" in said[2]
    assert "check: `tanh` is not defined here" in said[3]
    assert "did you mean `softmax`?" in said[4]
    assert '`check("gradient_descent", "2.3")`' in said[5]
    assert "there is no chapter `9.9`" in said[6]
    assert "chapter 2.1 has no function `relu`" in said[7]
    assert all("\n" not in one.partition("\n")[2] for one in said[3:])


def test_check_names_the_line_that_raised():
    said = session(START, "def relu(Z):\n    return Z @ np.ones(99)", "check(relu)")
    assert "ERROR relu" in said[2]
    assert "<cell 2>:2, in relu" in said[2]


@pytest.mark.slow
def test_check_is_not_led_astray_by_the_sessions_settings():
    settings = "np.set_printoptions(precision=1, suppress=True)\nnp.seterr(divide='raise')"
    calm = session(START, HELPER, WRONG, 'check("softmax")')[3]
    assert session(START + "\n" + settings, HELPER, WRONG, 'check("softmax")')[3] == calm


def test_check_keeps_what_functions_print_for_its_message():
    said = session(
        START, "def relu(Z):\n    print('shape', Z.shape)\n    return Z", "check(relu)\nprint(1)"
    )
    assert len(re.findall(r"printed +shape \(\d+, \d+\)", said[2])) == 1


@pytest.mark.slow
def test_check_trains():
    source = SOLUTIONS / "ch3_4_backpropagation.py"
    text = source.read_text(encoding="utf-8").replace("from .ch", "from solutions.ch")
    said = session(START, text.partition("def demo(")[0], 'check("train_mlp")')
    assert "ok    train_mlp" in said[2]


def test_importing_grader_stays_cheap():
    program = "import sys, grader; print(sorted({'numpy', 'click', 'pytest'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "[]\n"


@pytest.mark.slow
def test_where_a_kernel_starts_no_picture_is_lost(made):
    """In `exercises/`; a picture of 1.3 needs `linear` of 1.2, which 1.3 does not import."""
    code = (
        "import grader, pathlib\n"
        "from grader.course import registry\n"
        "from grader.notebook import plotting\n"
        "source = pathlib.Path('ch1_3_activation_basics.py').read_text(encoding='utf-8')\n"
        "names = {'__name__': 'kernel'}\n"
        "exec(compile(source, 'cell', 'exec'), names)\n"
        "chapter = registry.by_stem('ch1_3_activation_basics')\n"
        "print(len(plotting._drawn_here(chapter, names)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=made,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.stdout == "2\n", done.stdout + done.stderr


def test_in_a_kernel(made):
    from jupyter_client import manager

    cells = code(read(made / f"{CHAPTER}.ipynb"))
    wrong = "def softmax(Z):\n    return Z @ np.ones(99)\ncheck(softmax)"
    kernel, client = manager.start_new_kernel(kernel_name="python3", cwd=str(made))
    try:
        printed = [_run(client, text) for text in [*cells, wrong]]
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
    graded = [text for text, cell in zip(printed, cells, strict=False) if cell.startswith("check(")]
    assert len(graded) == 6
    assert all("ok" in text for text in graded)
    assert "softmax of [2.0, 1.0, -1.0] is" in "".join(printed)
    assert "<picture>" in printed[len(cells) - 1]
    assert f"cell In[{len(cells) + 1}]:2, in softmax" in printed[-1]


def _run(client, text):
    printed = []

    def hear(message):
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])
        if "image/png" in message["content"].get("data", {}):
            printed.append("<picture>")
        assert message["msg_type"] != "error", message["content"]

    client.execute_interactive(text, output_hook=hear, timeout=120)
    return "".join(printed)
