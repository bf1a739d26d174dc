"""What the tests of the kit share."""

import textwrap

import pytest


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


def write_submission(folder, files):
    """The folder, with a file for each stem; the source is text or bytes."""
    folder.mkdir(exist_ok=True)
    for stem, source in files.items():
        data = source if isinstance(source, bytes) else textwrap.dedent(source).encode()
        (folder / f"{stem}.py").write_bytes(data)
    return folder
