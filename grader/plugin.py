"""The pytest side: fixtures and options for the checks in `grader/chapters/`.

`grade` runs it and so does plain `pytest grader/chapters/ch3_2_activation_functions.py`; the
process that pytest runs in is the trusted one.
"""

import contextlib
import zlib
from pathlib import Path

import pytest

from . import threads

threads.settle()  # before numpy is imported here

from . import expect  # noqa: E402
from .finding import Finding  # noqa: E402
from .student import Student, Workers  # noqa: E402

grades = pytest.mark.grades
OUTCOMES = pytest.StashKey[dict]()
WORKERS = pytest.StashKey[Workers]()  # set by `grade`, which starts the worker early
DATASET = pytest.StashKey[object]()


def pytest_addoption(parser):
    group = parser.getgroup("learn-dl", "Learn Deep Learning with NumPy")
    group.addoption("--submission", default="exercises", help="folder of chapter files to grade")
    group.addoption("--data", default="auto", choices=("auto", "mnist", "digits"))
    group.addoption("--seed", type=int, default=0, help="what the checks' inputs are drawn from")


def pytest_configure(config):
    config.addinivalue_line(
        "markers",
        "grades(function, points, after=None): the function a check is for, its points, "
        "and the check without which it need not be run",
    )
    config.stash[OUTCOMES] = {}


@pytest.fixture(scope="session")
def workers(request):
    if given := request.config.stash.get(WORKERS, None):
        yield given
        return
    folder = Path(request.config.getoption("submission"))
    if not folder.is_dir():
        raise pytest.UsageError(f"`{folder}` is no folder: name one with --submission")
    workers = Workers(folder)
    yield workers
    workers.close()


@pytest.fixture
def student(request, workers):
    """The learner's functions of this chapter."""
    student = Student(workers, request.path.stem)
    token = expect.calls.set(student.calls)
    yield student
    expect.calls.reset(token)


@pytest.fixture
def rng(request):
    """The examiner's own random generator: a new one for each check, from `--seed`."""
    import numpy as np

    name = zlib.crc32(request.node.nodeid.rpartition("::")[2].encode())
    return np.random.default_rng([request.config.getoption("seed") % 2**63, name])


@pytest.fixture(scope="session")
def dataset(request):
    """The images that training is graded on: MNIST or the embedded digits."""
    if given := request.config.stash.get(DATASET, None):
        return given
    import data

    return data.load(request.config.getoption("data"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    mark = item.get_closest_marker("grades")
    if mark and (earlier := mark.kwargs.get("after")):
        status = item.config.stash[OUTCOMES].get((item.path.stem, earlier), "passed")
        if status != "passed":
            raise Finding(f"not run: `{earlier}` comes first and does not pass", status)
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    if call.excinfo and isinstance(call.excinfo.value, Finding):
        # pytest's own way reads and parses the source of every frame, 20 ms for each failure.
        item.repr_failure = lambda excinfo: str(excinfo.value)
    report = yield
    mark = item.get_closest_marker("grades")
    if mark is None or (call.when != "call" and not call.excinfo):
        return report
    finding = _finding(call.excinfo)
    report.check = {
        "chapter": item.path.stem,
        "function": mark.args[0],
        "points": mark.kwargs["points"],
        "name": item.name.removeprefix("test_"),
        "status": finding.status if finding else "passed",
        "lines": finding.lines() if finding else [],
        "seconds": call.duration,
    }
    item.config.stash[OUTCOMES][item.path.stem, report.check["name"]] = report.check["status"]
    if call.excinfo and isinstance(call.excinfo.value, Finding):
        report.longrepr = str(finding)
    return report


def _finding(excinfo):
    """The `Finding`; anything else that a check raises is the kit's own fault and says so."""
    if excinfo is None or isinstance(excinfo.value, Finding):
        return excinfo and excinfo.value
    with contextlib.suppress(Exception):
        place = excinfo.traceback[-1]
        return Finding(
            f"the check itself broke ({excinfo.typename}: {excinfo.value}): please report it",
            "error",
            where=f"{Path(place.path).name}:{place.lineno + 1}",
        )
    return Finding("the check itself broke: please report it", "error")
