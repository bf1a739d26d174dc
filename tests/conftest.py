"""Settings and fixtures that all the tests share."""

import signal
from collections import Counter

import pytest
from support import needs
from support.running import write_submission

collect_ignore = ["support"]  # helpers, and versions to be graded: no tests
MISSING = "missing"


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Two processes, unless another number is asked for or a debugger is.

    Not in `addopts`: those also hold for a learner, who has no xdist, in `pytest grader/chapters`.
    """
    asked = config.option.usepdb or getattr(config.option, "numprocesses", 0) is not None
    if not asked and not hasattr(config, "workerinput"):
        config.option.numprocesses, config.option.dist = 2, "worksteal"


def pytest_configure():
    """Have Ctrl-C switched on: a job in the background has it off and hands that on."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items):
    unknown = {need for item in items for need in _needs(item)} - set(needs.NEEDS)
    if unknown:
        raise pytest.UsageError(f"unknown needs, see tests/support/needs.py: {sorted(unknown)}")


def _needs(item):
    return [need for mark in item.iter_markers("needs") for need in mark.args]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Before any fixture: skip a test, or fail it, for what this machine does not have."""
    for need in _needs(item):
        if remedy := needs.missing(need):
            item.user_properties.append((MISSING, need))
            stop = pytest.fail if needs.required(need) else pytest.skip
            stop(f"needs {need}, which is missing here: {remedy}")


def pytest_terminal_summary(terminalreporter):
    """One line for everything that could not be tested here."""
    skipped = terminalreporter.stats.get("skipped", ())
    properties = [item for report in skipped for item in report.user_properties]
    for need, tests in Counter(need for name, need in properties if name == MISSING).items():
        count = f"{tests} test{'' if tests == 1 else 's'}"
        line = f"NOT TESTED HERE: {need} ({count}): {needs.missing(need)}"
        terminalreporter.write_line(line, yellow=True, bold=True)


@pytest.fixture
def submission(tmp_path):
    """Makes a submission's folder: `submission({"ch1_1_numpy_arrays": "source"})`."""
    return lambda files: write_submission(tmp_path / "submission", files)


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The built site, as a folder."""
    from support.site import built_once  # not everybody who runs tests has Playwright

    return built_once(tmp_path_factory)


@pytest.fixture(scope="session")
def host(site):
    """The built site on a host of its own."""
    from support.site import Host

    host = Host(site)
    yield host
    host.close()


@pytest.fixture(scope="session")
def browser():
    """Chromium. One for all files: a process cannot start Playwright twice at a time."""
    from support.site import browsing

    with browsing() as browser:
        yield browser
