"""A worker of the misbehaving submission, which every test must leave able to answer."""

import pytest
from support.misbehaving import LEARNER
from support.running import write_submission

from grader.boundary.workers import Workers


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    folder = write_submission(tmp_path_factory.mktemp("learner") / "s", {"ch1_1_x": LEARNER})
    workers = Workers(folder)
    yield workers
    workers.close()


@pytest.fixture
def call(workers):
    def call(name, *args, seconds=10.0, want_arguments=False, **kwargs):
        return workers.call("ch1_1_x", name, args, kwargs, seconds, want_arguments=want_arguments)

    yield call
    workers.hung.clear()
    assert call("same", "still there").value == "still there"
