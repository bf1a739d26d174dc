"""A class that several files of tests look at."""

import pytest
from support.class_runs import make_class, run


@pytest.fixture(scope="session")
def graded(tmp_path_factory):
    """A class of eight, graded without a disturbance: `(submissions, out, what was printed)`."""
    folder = tmp_path_factory.mktemp("class")
    make_class(folder / "in", 8)
    code, stdout, stderr = run(folder / "in", folder / "out", "--seed", 7)
    assert (code, stderr) == (0, "")
    return folder / "in", folder / "out", stdout
