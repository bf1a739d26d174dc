"""What the tests of the kit share."""

import pytest
from support.running import write_submission

collect_ignore = ["support"]  # helpers, and versions to be graded: no tests


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config):
    """Two processes, unless another number is asked for or a debugger is.

    Not in `addopts`: those also hold for a learner, who has no xdist, in `pytest grader/chapters`.
    """
    asked = config.option.usepdb or getattr(config.option, "numprocesses", 0) is not None
    if not asked and not hasattr(config, "workerinput"):
        config.option.numprocesses, config.option.dist = 2, "worksteal"


@pytest.fixture
def submission(tmp_path):
    """Makes a submission's folder: `submission({"ch1_1_numpy_arrays": "source"})`."""
    return lambda files: write_submission(tmp_path / "submission", files)
