"""A course with one chapter as a notebook."""

import pytest
from support.notebooks import course
from support.running import run_grade


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The solutions, and chapter 3.2 also as the notebook that the kit makes."""
    folder = course(tmp_path_factory.mktemp("made") / "exercises")
    assert run_grade("notebook", "3.2", "--submission", folder).returncode == 0
    return folder
