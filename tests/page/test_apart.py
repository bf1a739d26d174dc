"""What a learner's code changes in Python and NumPy stays apart from the grader beside it."""

import builtins
import sys

import numpy as np

from lessons.page.kernel.apart import Apart


def test_changes_are_put_aside_and_made_again():
    mean, changes = np.mean, {}
    with Apart(changes):
        np.mean, builtins.len = None, lambda sequence: 7
        del np.sum
    assert np.mean is mean
    assert (len("abc"), np.sum([1, 2])) == (3, 3)
    with Apart(changes):
        seen = np.mean, len("abc"), hasattr(np, "sum")
    assert seen == (None, 7, False)
    with Apart():
        assert np.mean is mean


def test_what_is_emptied_is_filled_again():
    path, modules = sys.path.copy(), sys.modules.copy()
    with Apart():
        sys.path[:] = ["mine"]
        sys.modules.clear()
        np.set_printoptions(precision=1)
    assert sys.path == [*path, "mine"]
    sys.path.remove("mine")
    assert all(sys.modules[name] is module for name, module in modules.items())
    assert np.get_printoptions()["precision"] != 1
