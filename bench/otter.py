"""Compares a cold start with otter-grader's: `python -m bench.otter [--otter PATH]`.

Five functions of chapters 1.1 to 1.3 are graded by `grade run` and, as a notebook with comparable
tests, by `otter run`; then six submissions by one `grade class`. The runs are interleaved. Prints
medians of the time that passes and of processor time, which other programs disturb less. Needs
otter-grader, from the extra `otter` or in an environment of its own.
"""

from __future__ import annotations

import json
import resource
import shutil
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from grader.course import registry

from . import arguments, processes
from .submissions import GRADE, ROOT, run, text_of

CHAPTERS = ("1.1", "1.2", "1.3")
CLASS = 6  # submissions
TESTS = {
    "normalize": (
        "np.allclose(normalize(X), (X - X.mean()) / X.std())",
        "(normalize(np.full((3, 2), 4.0)) == 0).all()",
        "normalize(X.astype('f4')).dtype == np.float32",
    ),
    "one_hot": (
        "(one_hot(np.array([0, 2, 1]), 4) == np.eye(4)[[0, 2, 1]]).all()",
        "one_hot(np.array([1]), 3).dtype == np.float64",
    ),
    "matrix_multiply": (
        "np.allclose(matrix_multiply(X, W), X @ W)",
        "matrix_multiply(X, W).shape == (2, 2)",
    ),
    "linear": (
        "np.allclose(linear(X, W, b), X @ W + b)",
        "linear(X, W, b).shape == (2, 2)",
    ),
    "sigmoid": (
        "np.allclose(sigmoid(X), 1 / (1 + np.exp(-X)))",
        "np.isfinite(sigmoid(np.array([-1e3, 1e3]))).all()",
    ),
}
GIVEN = (
    "import numpy as np",
    "X = np.array([[1.0, 2.0, 4.0], [-1.0, 0.5, 3.0]])",
    "W, b = np.arange(6.0).reshape(3, 2), np.array([0.5, -1.0])",
)


def make(home: Path, otter: str) -> None:
    """Make the submission of both graders, a class of it, and otter's autograder, in `home`."""
    folder, texts = home / "submission", []
    folder.mkdir()
    for chapter in registry.select(CHAPTERS):
        shutil.copy(ROOT / "solutions" / f"{chapter.stem}.py", folder)
        own = text_of("solutions", chapter.stem).partition("\ndef demo")[0].splitlines(True)
        texts.append("".join(line for line in own if not line.startswith("from .")))
    for number in range(CLASS):
        copy = shutil.copytree(folder, home / "class" / f"student{number}")
        with open(copy / f"{chapter.stem}.py", "a", encoding="utf-8") as file:
            file.write(f"# {number}\n")
    (home / "homework.ipynb").write_text(json.dumps(_notebook(texts)), encoding="utf-8")
    (home / "tests").mkdir()
    for name, checks in TESTS.items():
        (home / "tests" / f"{name}.py").write_text(_test_file(name, checks), encoding="utf-8")
    run([otter, "generate", "-t", "tests", "-o", "autograder.zip"], home)


def _notebook(texts):
    cell = {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": []}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {"kernelspec": kernel},
        "cells": [cell | {"source": text} for text in texts],
    }


def _test_file(name, checks):
    given = "".join(f">>> {line}\n" for line in GIVEN)
    cases = [{"code": f"{given}>>> bool({check})\nTrue", "hidden": False} for check in checks]
    suite = {"cases": cases, "scored": True, "setup": "", "teardown": "", "type": "doctest"}
    test = {"name": name, "points": 1, "suites": [suite]}
    return f"OK_FORMAT = True\n\ntest = {test!r}\n"


def measure(home: Path, otter: str, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Return `{contender: [(seconds that passed, seconds of processor time)]}`."""
    grade_class = [*GRADE, "class", "class", "--out", "out", "--data", "digits"]
    contenders = {
        "otter run": [otter, "run", "-a", "autograder.zip", "homework.ipynb"],
        "grade run": [*GRADE, "run", *CHAPTERS, "--submission", "submission"],
        "grade class": [*grade_class, *(word for id in CHAPTERS for word in ("--chapters", id))],
    }
    found = defaultdict(list)
    for number in range(rounds + 1):
        for name, command in contenders.items():
            shutil.rmtree(home / "out", ignore_errors=True)
            seconds = _seconds(lambda command=command: run(command, home))
            if number:  # the first round only fills the caches of files and bytecode
                found[name].append(seconds)
        _check_results(home)
    return found


def _seconds(work: Callable[[], object]) -> tuple[float, float]:
    begin, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    passed, after = time.perf_counter() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return passed, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _check_results(home):
    """Exit unless all that was graded passed."""
    document = json.loads((home / "results.json").read_text(encoding="utf-8"))
    points = sum(test.get("score") or 0 for test in document["tests"])
    lines = (home / "out" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    passed = [json.loads(line) for line in lines]
    if points != len(TESTS) or len(passed) != CLASS:
        sys.exit(f"otter gave {points} of {len(TESTS)} points, the class has {len(passed)} results")
    if any(result["score"] != result["max_score"] for result in passed):
        sys.exit("a submission of the class lost points")


def main() -> None:
    parser = arguments.parser("bench.otter", __doc__)
    parser.add_argument("--otter", default="otter", help="otter's command (default: on the PATH)")
    parser.add_argument("--rounds", type=arguments.positive, default=9)
    options = parser.parse_args()
    if (otter := shutil.which(options.otter)) is None:
        sys.exit(f"there is no command `{options.otter}`: install the extra `otter`")
    with tempfile.TemporaryDirectory(prefix="bench-otter-") as folder:
        make(Path(folder), otter)
        found = measure(Path(folder), otter, options.rounds)
    _print(found)


def _print(found):
    medians = {
        name: [statistics.median(each) for each in zip(*samples, strict=True)]
        for name, samples in found.items()
    }
    passed, computed = medians["otter run"]
    print(f"otter run    {passed:6.2f} s, processor {computed:5.2f} s")
    own, processor = medians["grade run"]
    print(f"grade run    {own:6.2f} s, processor {processor:5.2f} s", end="")
    print(f": {own / passed:.2f} and {processor / computed:.2f} of otter's")
    each = medians["grade class"][0] / CLASS  # the processor time in a sandbox is not seen
    print(f"grade class  {each:6.2f} s for each of {CLASS}: {each / passed:.2f} of otter's")


if __name__ == "__main__":
    processes.run(main)
