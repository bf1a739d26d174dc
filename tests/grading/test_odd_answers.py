"""Checks against answers of any form: each is a finding, and none breaks the check itself.

The reference runs in this process, and a part of each answer is replaced on its way back.
"""

import random

import numpy as np
import pytest
from support.running import SOLUTIONS

from grader.boundary.inprocess import Folder
from grader.boundary.reply import Reply
from grader.course import registry
from grader.grading import checks, verdict
from grader.vocabulary.call import Call

HUGE = 10**1200  # of about as many bits as a worker may send
ODD = (
    *(None, True, HUGE, -HUGE, float("nan"), 5e-324, "\ud800\x1b[2J<b>`", "", [], (), {}),
    *([[1, 2], [3]], [None, "a", 1.0], [[]] * 5, [HUGE] * 3, {1: 2, None: [], "a": [1, {}]}),
    *(np.zeros(0), np.zeros((3, 0)), np.float16(1), np.array(True), np.zeros((1,) * 16)),
    *(np.array([2**64 - 1], np.uint64), np.int8(-128), [np.zeros(2)] * 3, [np.zeros((0, 5)), None]),
)
OF_ARRAYS = (
    np.ndarray.tolist,
    np.ravel,
    np.transpose,
    lambda part: part[None],
    lambda part: part[:0],
    lambda part: part.astype(bool),
    lambda part: part.astype(np.int8),
    lambda part: part * np.nan,
    lambda part: np.full(part.shape, 1e300),
)


class Odd:
    """A submission whose answers `change` changes."""

    def __init__(self, inner, change):
        self.inner, self.change = inner, change

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def call(self, *args, **options):
        reply = self.inner.call(*args, **options)
        if not reply.raised:
            with np.errstate(all="ignore"):
                reply.value = self.change(reply.value)
        return reply


@pytest.fixture
def reference():
    folder = Folder(SOLUTIONS)
    yield folder
    folder.close()


def in_turn(*changes):
    """A change of the first answers, one by one, to or by these; None leaves an answer alone."""
    left = list(changes)

    def change(value):
        odd = left.pop(0) if left else None
        return odd(value) if callable(odd) else value if odd is None else odd

    return change


@pytest.mark.parametrize(
    ("stem", "check", "change"),
    [
        ("ch1_1_numpy_arrays", "normalize_scales_small", in_turn([[1, 2], [3]], np.zeros((3, 4)))),
        ("ch4_2_convolution", "conv_backward_takes_integers", in_turn(None, None, lambda v: v[:2])),
        ("ch5_3_two_moons", "forward_binary_saturates", in_turn(np.zeros(0))),
        ("ch3_3_forward_mlp", "forward_mlp_leaves_the_loops", in_turn(None, None, np.array(1))),
        ("ch4_1_deep_mlp", "forward_deep_mlp_survives", in_turn(None, None, np.array(1.0))),
    ],
)
def test_an_answer_of_another_form_is_a_finding(reference, stem, check, change):
    functions = registry.by_stem(stem).functions
    every = [c for name in functions for c in checks.for_function(stem, name)]
    (each,) = [each for each in every if each.name.startswith(check)]
    assert each.run(Odd(reference, change), stem).finding is not None


def test_no_array_is_made_of_integers_that_are_too_large():
    assert not Call("f", (), {}, Reply(value=[HUGE, 1])).holds(np.zeros(2))


@pytest.mark.exhaustive
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # as when a submission is graded
@pytest.mark.parametrize("seed", range(4))
def test_no_answer_breaks_a_check(reference, seed):
    chance = random.Random(seed)

    def change(value, rate=0.5):
        if chance.random() > rate:
            return value
        if isinstance(value, (list, tuple)) and value and chance.random() < 0.75:
            at = chance.randrange(len(value))
            return type(value)(change(p, 1) if i == at else p for i, p in enumerate(value))
        if isinstance(value, np.ndarray) and value.ndim and chance.random() < 0.5:
            return chance.choice(OF_ARRAYS)(value)
        return chance.choice(ODD)

    for chapter in registry.chapters():
        for name in chapter.functions:
            if any(c.wants_images for c in checks.for_function(chapter.stem, name)):
                continue
            for _ in range(5):
                reference.shared.clear()
                result = verdict.grade_function(
                    Odd(reference, change), chapter.stem, name, seed=seed
                )
                assert not [c.message for c in result.checks if "diagnosis broke" in c.message]
