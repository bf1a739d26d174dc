"""Notebooks graded like files."""

import re
import shutil

import pytest
from support.notebooks import CHAPTER, changed, code, course, read, write
from support.running import EXERCISES, SOLUTIONS, call_grade, functions, grade_json

LATER = ("ch1_3_activation_basics", "ch3_1_perceptron")


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
    from grader.course import stubs
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
    assert names == {"own.py", f"{CHAPTER}.py", *stubs.WHOLE}


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
