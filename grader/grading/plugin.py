"""A pytest plugin with the fixtures and options for the checks in `grader/chapters/`.

Plain `pytest grader/chapters/ch3_2_activation_functions.py` uses it, as editors' test panels do.
`grade` runs the checks without pytest, whose import takes longer than they do. The process that
runs pytest is trusted; the submission runs in another one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .. import threads

threads.limit_blas_threads()  # before numpy is imported here

from ..boundary import inprocess  # noqa: E402
from ..boundary.workers import Workers  # noqa: E402
from ..course import images  # noqa: E402
from ..course.places import KIT  # noqa: E402
from ..vocabulary import expect  # noqa: E402
from ..vocabulary.finding import Finding  # noqa: E402
from ..vocabulary.grades import grade_of  # noqa: E402
from ..vocabulary.student import Student  # noqa: E402
from . import checks, verdict  # noqa: E402

if TYPE_CHECKING:
    import numpy as np

    from data import Dataset

OUTCOMES = pytest.StashKey[dict]()
FUNCTIONS = pytest.StashKey[dict]()  # (chapter's stem, function): its `FunctionProgress`


@dataclass
class FunctionProgress:
    """The checks of one function: how many are still to run, and the outcomes so far."""

    waiting: int = 0
    checked: list = field(default_factory=list)
    reports: list = field(default_factory=list)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("learn-dl", "Learn Deep Learning with NumPy")
    group.addoption("--submission", default="exercises", help="folder of chapter files to grade")
    group.addoption("--data", default="auto", choices=("auto", "mnist", "digits"))
    group.addoption("--seed", type=int, default=0, help="seed for the random test inputs")
    group.addoption(
        "--in-process",
        action="store_true",
        help="run the submission in pytest's own process, for a debugger; --pdb does so, too",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.stash[OUTCOMES] = {}
    config.stash[FUNCTIONS] = {}


def pytest_collection_finish(session: pytest.Session) -> None:
    functions, config = session.config.stash[FUNCTIONS], session.config
    graded = any(grade_of(item) for item in session.items)
    if graded and not Path(config.option.submission).is_dir():
        raise pytest.UsageError(
            f"`{config.option.submission}` is not a folder: name one with --submission"
        )
    for item in session.items:
        if grade := grade_of(item):
            functions.setdefault((item.path.stem, grade.function), FunctionProgress()).waiting += 1


@pytest.fixture(scope="session")
def workers(request: pytest.FixtureRequest) -> Iterator[Any]:
    folder = Path(request.config.getoption("submission"))
    workers: Any = inprocess.Folder(folder) if _debugged(request.config) else Workers(folder)
    yield workers
    workers.close()


def _debugged(config):
    """True if breakpoints in the learner's code should stop."""
    requested = [config.getoption(name, False) for name in ("in_process", "usepdb", "trace")]
    return any(requested) or inprocess.debugging()


@pytest.fixture
def student(request: pytest.FixtureRequest, workers: Any) -> Iterator[Student]:
    """The learner's functions of this chapter."""
    student = Student(workers, request.path.stem)
    token = expect.calls.set(student.calls)
    yield student
    expect.calls.reset(token)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """The grader's random generator: a new one for each check, from `--seed`."""
    name = request.node.nodeid.rpartition("::")[2]
    return checks.generator(name, request.config.getoption("seed"))


@pytest.fixture(scope="session")
def dataset(request: pytest.FixtureRequest) -> Dataset:
    """The images for checks that train: MNIST or the embedded digits."""
    return images.load(request.config.getoption("data"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Function) -> Generator:
    grade = grade_of(item)
    if grade and (earlier := grade.after):
        status = item.config.stash[OUTCOMES].get((item.path.stem, earlier), "passed")
        if status != "passed":
            raise verdict.not_run(earlier, status)
    workers: Any = item.funcargs.get("workers")
    limits = checks.examining(workers) if grade else contextlib.nullcontext()
    try:
        with limits:
            return (yield)
    except Finding as finding:
        if grade and _debugged(item.config):
            _end_in_the_check(finding.__traceback__, item)
        raise


def _end_in_the_check(traceback, item):
    """Drop the kit's frames, so that `--pdb` stops in the learner's function, or in the check."""
    check = kit = None
    while traceback is not None:
        file = Path(traceback.tb_frame.f_code.co_filename)
        check = traceback if file == item.path else check
        kit = KIT in file.parents
        traceback = traceback.tb_next
    if check and kit:
        check.tb_next = None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Function, call: pytest.CallInfo[None]) -> Generator:
    if call.excinfo and isinstance(call.excinfo.value, Finding):
        # pytest would read and parse the source of every frame: 20 ms per failure.
        item.repr_failure = lambda excinfo: str(excinfo.value)  # type: ignore[method-assign]
    report: Any = yield
    grade = grade_of(item)
    if grade is None or (call.when != "call" and not call.excinfo):
        return report
    student: Any = item.funcargs.get("student")
    checked = checks.Checked(
        item.name.removeprefix("test_"),
        _finding(call.excinfo),
        student.calls if student else [],
        call.duration,
    )
    stem, check = item.path.stem, checks.from_grade(grade, item.name)
    report.stem, report.function = stem, check.function
    report.verdict = verdict.for_check(check, checked)
    item.config.stash[OUTCOMES][stem, check.name] = report.verdict.status
    progress = item.config.stash[FUNCTIONS][stem, check.function]
    progress.checked.append(checked)
    progress.reports.append(report)
    progress.waiting -= 1
    if not progress.waiting:
        verdicts = [report.verdict for report in progress.reports]
        workers: Any = item.funcargs.get("workers")
        verdict.add_diagnosis(workers, stem, check.function, progress.checked, verdicts)
        for outcome, its_report in zip(progress.checked, progress.reports, strict=True):
            if outcome.finding:
                its_report.longrepr = str(outcome.finding)
        progress.checked.clear()  # the calls keep data sets in memory
    return report


def _finding(excinfo):
    """The `Finding`; any other exception is a bug in the check, and the message says so."""
    if excinfo is None or isinstance(excinfo.value, Finding):
        return excinfo and excinfo.value
    return checks.bug(excinfo.value)
