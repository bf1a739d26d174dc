"""`grade diff`: the learner's functions beside the reference's, why, and how fast."""

import os
import shutil
import sys

import pytest
from support.running import EXERCISES, ROOT, SOLUTIONS, call_grade, kit_folder, run_grade

from grader.boundary.process import Worker
from grader.course.registry import by_stem
from grader.learner import diff, sidebyside, stopwatch
from grader.submission import excerpt

STEM = "ch3_2_activation_functions"
FIRST = "ch1_1_numpy_arrays"
SOFTMAX = '''
def softmax(Z):
    """Mine."""
    Z = 1.0 * Z
    powers = np.zeros_like(Z)
    for row in range(len(Z)):
        powers[row] = np.exp(Z[row] - Z[row].max())
    return powers / powers.sum(axis=-1, keepdims=True)
'''


@pytest.fixture
def with_softmax(submission):
    """A submission whose only function is a right `softmax` of another form."""
    return submission({STEM: f"import numpy as np\n{SOFTMAX}"})


@pytest.fixture(scope="module")
def kit(tmp_path_factory):
    """A copy of the kit with a note of two lines in `normalize`, the one of `one_hot` left out."""
    root = tmp_path_factory.mktemp("kit")
    for name in ("grader", "data", "exercises", "solutions"):
        shutil.copytree(
            kit_folder(name), root / name, ignore=shutil.ignore_patterns("cache", "__py*")
        )
    reference = root / "solutions" / f"{FIRST}.py"
    lines = reference.read_text(encoding="utf-8").splitlines()
    lines = [line for line in lines if not line.lstrip().startswith("#")]
    place = next(n for n, line in enumerate(lines) if line.startswith("    X = 1.0 * X"))
    lines[place:place] = ["    # Why this form: the first reason,", "    # and the second."]
    reference.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return root


def test_both_forms_are_beside_each_other_without_docstrings(with_softmax):
    done = call_grade("diff", "3.2", "softmax", "--submission", with_softmax)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert any(line.split() == ["def", "softmax(Z):"] * 2 for line in lines)
    assert any("for row in range(len(Z)):" in line and "|" in line for line in lines)
    assert "Mine." not in done.stdout
    assert "Goodfellow" not in done.stdout
    assert "relu" not in done.stdout
    assert max(map(len, lines)) <= 80
    assert done.stdout.isascii()
    assert "\x1b" not in done.stdout


def test_the_times_of_both_are_told_on_the_same_arguments(with_softmax):
    done = call_grade("diff", "3.2", "softmax", "--submission", with_softmax)
    told = " ".join(done.stdout.split())
    assert "Time: yours " in told
    assert " for softmax(<float64 (" in told
    assert told.endswith("as fast")


def test_what_does_not_pass_is_refused_where_nobody_can_be_asked(with_softmax):
    done = call_grade("diff", "3.2", "--submission", with_softmax)
    assert done.returncode == 1
    assert "def softmax(Z):" in done.stdout
    assert "def relu(Z):" not in done.stdout
    refusals = done.stderr.splitlines()
    assert len(refusals) == 5
    assert all("--yes" in line and "does not pass yet" in line for line in refusals)


@pytest.mark.parametrize("source", ["", "def relu(Z):\n    return Z\n", None])
def test_yes_shows_the_reference_without_asking_and_times_nothing_wrong(submission, source):
    folder = submission({} if source is None else {STEM: source})
    done = call_grade("diff", "3.2", "relu", "--submission", folder, "--yes")
    assert done.returncode == 0, done.stderr
    assert "np.maximum" in done.stdout
    assert "Time:" not in done.stdout
    assert ("not there yet" in done.stdout) == (not source)


def test_of_a_stub_the_reference_is_not_shown(tmp_path):
    done = call_grade("diff", "3.2", "relu", "--submission", EXERCISES)
    assert (done.returncode, done.stdout) == (1, "")
    assert "`relu` does not pass yet" in done.stderr


@pytest.mark.needs("posix")
@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 1), ("", 1)])
def test_on_a_terminal_it_asks_first(answer, code):
    import pexpect

    arguments = ["-m", "grader", "diff", "3.2", "relu", "--submission", str(EXERCISES)]
    terminal = pexpect.spawn(sys.executable, arguments, cwd=ROOT, encoding="utf-8", timeout=60)
    terminal.expect_exact("`relu` does not pass yet. See the reference anyway? [y/N]")
    terminal.sendline(answer)
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == code
    assert ("maximum" in terminal.before) == (code == 0)


@pytest.mark.slow
@pytest.mark.needs("posix")
@pytest.mark.parametrize(("no_colour", "coloured"), [("", True), ("1", False)])
def test_colour_is_for_terminals_that_want_it(no_colour, coloured):
    import pexpect

    arguments = ["-m", "grader", "diff", "1.2", "linear", "--submission", str(SOLUTIONS)]
    env = os.environ | {"NO_COLOR": no_colour, "TERM": "xterm-256color"}
    terminal = pexpect.spawn(sys.executable, arguments, cwd=ROOT, env=env, encoding="utf-8")
    terminal.expect(pexpect.EOF, timeout=60)
    assert "def" in terminal.before
    assert ("\x1b[" in terminal.before) == coloured


def test_what_was_graded_as_passed_is_not_graded_again(tmp_path, monkeypatch):
    folder = tmp_path / "exercises"
    folder.mkdir()
    shutil.copy(SOLUTIONS / f"{FIRST}.py", folder)
    assert call_grade("run", "1.1", "--submission", folder).returncode == 0
    from grader.grading import checks

    monkeypatch.setattr(checks, "run_function", None)
    assert diff.passes(by_stem(FIRST), "normalize", folder)
    with (folder / f"{FIRST}.py").open("a") as file:
        file.write("\n")
    with pytest.raises(TypeError):
        diff.passes(by_stem(FIRST), "normalize", folder)


def test_why_the_reference_has_this_form_is_a_paragraph_of_its_own(kit):
    done = run_grade("diff", "1.1", "--submission", kit / "solutions", cwd=kit)
    assert done.returncode == 0, done.stderr
    first, second = done.stdout.split("1.1  one_hot")
    assert "\nWhy this form: the first reason, and the second.\n" in first
    assert "# Why" not in first
    assert "# and the second" not in first
    assert "Why this form" not in second


def test_without_solutions_it_says_so(kit, tmp_path):
    for name in ("grader", "exercises"):
        shutil.copytree(kit / name, tmp_path / name)
    done = run_grade("diff", "1.1", "--yes", cwd=tmp_path)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "`solutions`" in line
    assert "this copy" in line


CONFLICT = "<<<<<<< HEAD\na = 1\n=======\na = 2\n>>>>>>> theirs\n"
BROKEN = [
    (b"x = 1\ndef relu(:\n", "line 2"),
    (b"\xff\xfe", "UTF-8"),
    (b"a\0b", "not valid Python"),
    (b"(" * 5000, "not valid Python"),
    (f"x = 1\n{CONFLICT}".encode(), "git's conflict markers (line 2)"),
]


@pytest.mark.parametrize(("source", "word"), BROKEN)
@pytest.mark.parametrize("option", [[], ["--yes"]])
def test_a_file_that_is_no_python_is_one_line(submission, source, word, option):
    folder = submission({STEM: source})
    done = call_grade("diff", "3.2", "--submission", folder, *option)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert f"{STEM}.py" in line
    assert word in line


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["diff", "3"], "name one"),
        (["diff", "3.2", "sigmoid"], "`sigmoid`"),
        (["diff", "3.2", "--submission", "nowhere"], "`nowhere`"),
    ],
)
def test_misuse_is_one_line(arguments, word):
    done = call_grade(*arguments)
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert word in line


@pytest.mark.slow
def test_where_utf8_cannot_be_printed_ascii_is(submission):
    source = 'def relu(Z):\n    return Z * (Z > 0)  # größer \x1b[31m "ł"\n'
    folder = submission({STEM: source})
    for encoding, word in [("ascii", "gr\\xf6"), ("latin-1", "gr\\xf6"), ("utf-8", "größer")]:
        arguments = ["diff", "3.2", "relu", "--submission", folder, "--yes"]
        done = run_grade(*arguments, PYTHONIOENCODING=encoding)
        assert done.returncode == 0, done.stderr
        assert word in done.stdout
        assert "\x1b" not in done.stdout


def test_a_tab_and_a_form_feed_do_not_shift_the_lines(submission):
    folder = submission({STEM: "\x0c\ndef relu(Z):\n\treturn Z * (Z > 0)\x0c\n\n\x0c\nx = 1\n"})
    done = call_grade("diff", "3.2", "relu", "--submission", folder, "--yes")
    assert "line 2" in done.stdout
    assert "return Z * (Z > 0)" in done.stdout
    assert "x = 1" not in done.stdout


def own_and_used(tmp_path, source, name="f", others=()):
    path = tmp_path / "chapter.py"
    path.write_text(source, encoding="utf-8")
    found = excerpt.File(path).excerpt(name, others)
    return "\n".join(found.own), "\n".join(found.used).strip()


SOURCES = {
    "a decorator": ("@cache\n@other\ndef f():\n    pass", None),
    "an async one": ("async def f():\n    pass", None),
    "an assignment": ("f = np.tanh", None),
    "an import": ("from .ch1 import g as f", None),
    "of two the last": ("def f():\n    old\n\n\ndef f():\n    new", "def f():\n    new"),
    "in a block": ("if True:\n    def f():\n        pass", "def f():\n    pass"),
    "in a try": ("try:\n    import g\nexcept E:\n    def f():\n        pass", "def f():\n    pass"),
    "a class": (
        'class f:\n    """Doc."""\n\n    def g(self):\n        """Doc."""\n        pass',
        "class f:\n    def g(self):\n        pass",
    ),
    "a function within": (
        'def f():\n    """Doc\n\n    more"""\n\n    def g():\n        r"""Doc"""\n        return 1',
        "def f():\n    def g():\n        return 1",
    ),
    "a line of both": ('def f(): "doc"', None),
    "doc and code": ('def f():\n    "doc"; return 1', None),
    "no docstring": ("def f():\n    x = 1\n    'not doc'", None),
    "many lines": ("def f(\n    a,\n):\n    return (\n        a\n    )", None),
}


@pytest.mark.parametrize("name", SOURCES)
def test_functions_of_every_form_are_found(tmp_path, name):
    source, wanted = SOURCES[name]
    assert own_and_used(tmp_path, source)[0] == (wanted or source)


def test_what_a_function_uses_comes_along_but_not_other_graded_ones(tmp_path):
    source = (
        "import numpy as np\nEPS = 1e-9\nX = 3\ndef g(x):\n    return h(x) + EPS\n"
        "def h(x):\n    return x\ndef graded(x):\n    return x\n"
        "def f(X):\n    return np.exp(g(graded(X)))\n"
        "if __name__ == '__main__':\n    h = 5\n"
    )
    own, used = own_and_used(tmp_path, source, others={"graded"})
    assert own == "def f(X):\n    return np.exp(g(graded(X)))"
    assert used == ("def g(x):\n    return h(x) + EPS\n\ndef h(x):\n    return x\n\nEPS = 1e-9")


def test_marks_without_colour_tell_what_differs():
    left, right = ["same", "total = a + b", "mine", ""], ["same", "his", "total = a - b", "x", "y"]
    assert [row[0] for row in sidebyside.rows(["a"], ["a"])] == [" "]
    text = sidebyside.show([left], [right], ["yours", "reference"])
    pairs = [line.split() for line in text.splitlines()[2:-1]]
    assert ["same", "same"] in pairs
    assert ["total", "=", "a", "+", "b", "|", "total", "=", "a", "-", "b"] in pairs


def test_what_is_the_same_is_shown_once():
    text = sidebyside.show([["def f():", "    pass"]], [["def f():", "    pass"]], ["yours", "his"])
    assert [text.count(word) for word in ("pass", "yours", "his", sidebyside.ALL_SAME)] == [1] * 4


def test_on_a_narrow_terminal_one_is_below_the_other(monkeypatch):
    monkeypatch.setenv("COLUMNS", "45")
    long = "    A = relu(Z)  # the hidden layer's activations, which are needed again"
    text = sidebyside.show([["def f():", long]], [["def f():", "    x"]], ["yours", "reference"])
    lines = text.splitlines()
    assert max(map(len, lines)) <= 45
    assert lines.index("  def f():") < lines.index("reference") < lines.index("|     x")
    comment = lines[lines.index("|     A = relu(Z)") + 1 : lines.index("reference")]
    assert len(comment) == 2
    assert all(line.startswith("|         # ") for line in comment)


@pytest.mark.parametrize("width", [45, 80, 100, 300])
def test_long_lines_are_wrapped_and_lose_nothing(width, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(width))
    line = "        total = " + " + ".join(f"value_{n}" for n in range(60)) + "X" * 200
    wide = "    # 漢字" * 30
    text = sidebyside.show([[line, wide]], [["y = 1"]], ["yours", "reference"])
    assert max(map(len, text.splitlines())) <= min(width, 120)
    assert all(f"value_{n}" in text for n in range(60))
    assert text.count("漢字") == 30
    assert text.count("X") == 200


def times(folder, source, *args, **options):
    (folder / f"{STEM}.py").write_text(source)
    worker = Worker(folder)
    try:
        return worker.call(STEM, "f", args, {}, repeat=0.05, **options)
    finally:
        worker.kill()


@pytest.mark.slow
def test_each_timed_run_has_arguments_of_its_own_and_iterators_are_run_through(tmp_path):
    import numpy as np

    source = "def f(x):\n    assert x[0] == 0\n    x[0] += 1\n    return x\n"
    assert 0 < times(tmp_path, source, np.zeros(3)).best < 0.05
    lazy = "import time\ndef f(x):\n    yield x\n    time.sleep(0.02)\n"
    assert times(tmp_path, lazy, 1).best >= 0.02
    assert times(tmp_path, "def f(x):\n    1 / 0\n", 1).best is None
    assert times(tmp_path, "def f(x):\n    while True: pass\n", 1, seconds=0.5).best is None


@pytest.mark.parametrize(
    ("yours", "reference", "words"),
    [
        (1.8e-3, 0.4e-3, "yours 1.8 ms, reference 0.4 ms for f(): the reference is 4.5 times"),
        (1e-5, 1.2e-5, "yours 10 us, reference 12 us for f(): about as fast"),
        (1.0, 3.0, "yours 1 s, reference 3 s for f(): yours is 3 times as fast"),
        (1e-9, 1e-9, "about as fast"),
        (0.0, 1e-7, "about as fast"),
        (250.0, 1.0, "yours 250 s"),
    ],
)
def test_times_are_told_as_a_person_would(yours, reference, words):
    assert words in stopwatch._sentence(yours, reference, "f()")


def test_show_for_watch_asks_nothing_and_raises_nothing(with_softmax, capsys):
    diff.show(by_stem(STEM), "softmax", with_softmax)
    assert "Time: " in capsys.readouterr().out
    diff.show(by_stem(STEM), "relu", with_softmax)
    assert "np.maximum" in capsys.readouterr().out
    (with_softmax / f"{STEM}.py").write_text("def relu(:\n")
    diff.show(by_stem(STEM), "relu", with_softmax)
    assert "line 1" in capsys.readouterr().out


def test_a_function_that_is_not_there_does_not_pass_whatever_is_remembered(tmp_path):
    folder = shutil.copytree(SOLUTIONS, tmp_path / "exercises")
    call_grade("run", "1.3", cwd=tmp_path)
    (folder / "ch1_3_activation_basics.py").unlink()
    done = call_grade("diff", "1.3", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "--yes" in done.stderr
