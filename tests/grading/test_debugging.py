"""The in-process mode: the same verdicts as through the worker, and a debugger that stops there."""

import contextlib
import json
import os
import shutil
import subprocess
import sys

import pytest
from support.running import EXERCISES, LEARNERS_PYTEST, ROOT, SOLUTIONS, run_grade

import data
from grader.boundary import inprocess
from grader.boundary.workers import Workers
from grader.course import registry
from grader.grading import checks, verdict

CHAPTER = "ch3_2_activation_functions"
CHECKS = f"grader/chapters/{CHAPTER}.py"

# What beginners and their mistakes do: each is put in place of the function in the solution.
WRONG = {
    ("ch1_1_numpy_arrays", "normalize"): [
        "def normalize(X):\n    return X / 0 - np.log(-1.0)",
        "def normalize(X):\n    X -= X.mean()\n    return X / X.std()",
        "def normalize(X):\n    print('here', X.shape)\n    return X.tolist()",
        "def normalize(X):\n    np.random.seed(0)\n    return (X - X.mean()) / X.std()",
        "def normalize(X):\n    return normalize(X)",
        "def normalize(X):\n    raise SystemExit(3)",
        "def normalize(X):\n    raise NotImplementedError",
        "def normalize(X):\n    return helper(X)\ndef helper(X):\n    return X @ np.ones(99)",
        "def normalize(X):\n    return {X.shape: object()}",
        "def normalize(X):\n    return X.astype(object)",
        "def normalise(X):\n    return X",
        "def normalize(X:\n    return X",
        "normalize = nothing",
    ],
    ("ch2_2_gradient_descent", "gradient_descent"): [
        "def gradient_descent(X, y, W, lr, loss_fn, steps=100):\n    return W, [loss_fn(X, W, y)]",
        "def gradient_descent(X, y, W, lr, loss_fn, steps=100):\n    return W, [loss_fn(X)]",
        "def gradient_descent(X, y, W, lr, loss_fn, steps=100):\n    return loss_fn(X, y, print)",
    ],
    ("ch2_3_mini_batches", "minibatches"): [
        "def minibatches(X, y, batch_size, rng):\n    while True:\n        yield X, y",
        "def minibatches(X, y, batch_size, rng):\n    order = rng.permutation(len(X))\n"
        "    for start in range(0, len(X) - batch_size, batch_size):\n"
        "        batch = order[start : start + batch_size]\n        yield X[batch], y[batch]",
    ],
    ("ch3_2_activation_functions", "softmax"): [
        "def softmax(Z):\n    return np.exp(Z) / np.exp(Z).sum(axis=0)",
        "def softmax(Z):\n    e = np.exp(Z)\n    return e / e.sum(axis=1, keepdims=True)",
        "def softmax(Z):\n    return [[float(z) for z in row] for row in Z]",
    ],
}


def both(folder, stem, name, dataset=None):
    """The function's verdict through a worker and in this process, less what takes how long."""
    verdicts = []
    for make in (Workers, inprocess.Folder):
        workers = make(folder)
        try:
            result = verdict.grade_function(workers, stem, name, seed=3, dataset=dataset)
        finally:
            workers.close()
        for check in result.checks:
            check.seconds = 0.0
        verdicts.append(result)
    return verdicts


def with_function(folder, stem, name, source):
    """The solutions with this in place of one function."""
    shutil.copytree(SOLUTIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    path = folder / f"{stem}.py"
    text = path.read_text(encoding="utf-8").replace(f"def {name}(", "def _right(")
    path.write_text(f"{text.partition('def demo(')[0]}\n\n{source}\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("stem", "name", "source"),
    [(*key, source) for key, sources in WRONG.items() for source in sources],
    ids=[f"{name}-{i}" for (_, name), sources in WRONG.items() for i in range(len(sources))],
)
def test_a_wrong_function_is_judged_alike(stem, name, source, tmp_path):
    there, here = both(with_function(tmp_path / "mine", stem, name, source), stem, name)
    assert there.status != "passed"
    assert here == there


@pytest.mark.slow
@pytest.mark.parametrize("stem", ["ch1_1_numpy_arrays", "ch2_4_numerical_gradients", CHAPTER])
def test_a_right_chapter_is_judged_alike(stem):
    for name in registry.by_stem(stem).functions:
        there, here = both(SOLUTIONS, stem, name)
        assert there.status == "passed"
        assert here == there


@pytest.mark.slow
def test_training_is_judged_alike():
    there, here = both(SOLUTIONS, "ch3_4_backpropagation", "train_mlp", data.load("digits"))
    assert there.status == "passed"
    assert here == there


def test_a_stub_and_a_missing_file_are_judged_alike(tmp_path):
    for folder in (EXERCISES, tmp_path):
        there, here = both(folder, CHAPTER, "softmax")
        assert here == there


RAISES = "def softmax(Z):\n    W = np.ones(99)\n    return Z @ W"
STOPS = "def softmax(Z):\n    breakpoint()\n    return Z"
WRONG_AXIS = "def softmax(Z):\n    return np.exp(Z) / np.exp(Z).sum(axis=0)"


def debugged(tmp_path, source, *options):
    """pytest over the checks of softmax, at the debugger's first prompt."""
    import pexpect

    mine = with_function(tmp_path / "mine", CHAPTER, "softmax", source)
    command = ["-m", "pytest", CHECKS, f"--submission={mine}", "-k", "softmax", *options]
    child = pexpect.spawn(
        sys.executable,
        command,
        cwd=str(ROOT),
        env=os.environ | LEARNERS_PYTEST,
        encoding="utf-8",
        timeout=60,
        dimensions=(50, 200),
    )
    child.expect_exact("(Pdb)")
    return child


def said(child, command):
    child.sendline(command)
    child.expect_exact("(Pdb)")
    return child.before


def left(child):
    import pexpect

    child.sendline("q")
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus


@pytest.mark.parametrize(
    ("source", "options", "line"),
    [(RAISES, ["--pdb"], "return Z @ W"), (STOPS, ["--in-process"], "softmax()")],
)
def test_the_debugger_stops_in_the_learners_function(source, options, line, tmp_path):
    child = debugged(tmp_path, source, *options)
    assert f"{CHAPTER}.py(" in child.before
    assert "softmax()" in child.before
    assert line in child.before
    assert "(4, 6)" in said(child, "p Z.shape")
    assert left(child) != 0


@pytest.mark.slow
def test_where_nothing_was_raised_the_debugger_stops_in_the_check(tmp_path):
    child = debugged(tmp_path, WRONG_AXIS, "--pdb")
    assert "is_softmax()" in child.before  # where the check compares
    assert "the answer has wrong values" in child.before
    assert "(4, 6)" in said(child, "p got.shape")
    left(child)


PIDS = "def softmax(Z):\n    import os\n    raise ValueError(f'in {os.getpid()}')"


@pytest.mark.slow
@pytest.mark.parametrize(
    "attached",
    [
        "sys.settrace(lambda *args: None)",
        "sys.modules['debugpy'] = sys",
        pytest.param(
            "sys.monitoring.use_tool_id(sys.monitoring.DEBUGGER_ID, 'debugger')",
            marks=pytest.mark.needs("python-3.12"),
        ),
    ],
)
def test_an_attached_debugger_is_noticed(attached, tmp_path):
    mine = with_function(tmp_path / "mine", CHAPTER, "softmax", PIDS)
    assert process_of_softmax(mine, "import sys", attached) == "same"
    assert process_of_softmax(mine) == "another"


def process_of_softmax(mine, *lines):
    arguments = [CHECKS, f"--submission={mine}", "-k", "turns_rows"]
    program = [
        *lines,
        "import os, pytest",
        f"pytest.main({arguments!r})",
        "print('pid', os.getpid())",
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(program)],
        cwd=ROOT,
        env=os.environ | LEARNERS_PYTEST,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    number = done.stdout.rpartition("pid ")[2].strip()
    assert "ValueError: in " in done.stdout
    return "same" if f"ValueError: in {number}" in done.stdout else "another"


def test_grade_never_runs_it_here(tmp_path):
    mine = with_function(tmp_path / "mine", CHAPTER, "softmax", PIDS)
    spy = "import os, sys; sys.settrace(lambda *args: None); print('pid', os.getpid())"
    (tmp_path / "sitecustomize.py").write_text(spy, encoding="utf-8")
    done = run_grade(
        *("run", "3.2", "--submission", mine),
        PYTEST_ADDOPTS="--in-process",
        PYTHONPATH=str(tmp_path),
    )
    number = done.stdout.partition("pid ")[2].split()[0]
    assert "ValueError: in " in done.stdout
    assert f"ValueError: in {number}" not in done.stdout


def test_this_process_is_left_as_it_was():
    before = dict(sys.modules), list(sys.path), list(sys.meta_path), sys.stdout
    workers = inprocess.Folder(SOLUTIONS)
    checks.run_function(workers, CHAPTER, "softmax")
    assert f"exercises.{CHAPTER}" in sys.modules
    workers.close()
    workers.close()
    assert [name for name in sys.modules if name.startswith("exercises")] == [
        name for name in before[0] if name.startswith("exercises")
    ]
    assert (sys.path, sys.meta_path, sys.stdout) == before[1:]


def test_a_function_with_another_name_is_named(submission):
    folder = submission({CHAPTER: "def soft_max(Z):\n    return Z\n"})
    with contextlib.closing(inprocess.Folder(str(folder))) as workers:
        result = verdict.grade_function(workers, CHAPTER, "softmax")
    assert (result.status, "soft_max" in result.main_failure.message) == ("todo", True)


def test_the_editors_files():
    settings, launch = (
        json.loads((ROOT / ".vscode" / name).read_text(encoding="utf-8"))
        for name in ("settings.json", "launch.json")
    )
    first = launch["configurations"][0]
    assert first["name"] == "Debug the checks of this chapter"
    assert first["args"][0] == "grader/chapters/${fileBasename}"
    assert "--in-process" in first["args"]
    # What "Debug Python File" runs: as a module, or a chapter could not import another one.
    (button,) = [c for c in launch["configurations"] if "debug-in-terminal" in c.get("purpose", ())]
    assert button["module"] == "exercises.${fileBasenameNoExtension}"
    assert settings["python.testing.pytestEnabled"]
    # As the editor does it, and with nothing but what a learner has installed.
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", f"--rootdir={ROOT}", "--collect-only", "-q"),
            *settings["python.testing.pytestArgs"],
        ],
        cwd=ROOT,
        env=os.environ | LEARNERS_PYTEST,
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for stem in [chapter.stem for chapter in registry.chapters()]:
        assert f"{stem}.py::test_" in done.stdout
