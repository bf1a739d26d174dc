"""How values are shown in messages."""

import numpy as np
import pytest

from grader.vocabulary import values as shown
from grader.vocabulary.values import printable, show, show_call


def nested(depth):
    value = ["x" * 100] * 20
    for _ in range(depth):
        value = [value] * 20
    return value


@pytest.mark.parametrize(
    "value",
    [
        2**4000,
        "x" * 10**6,
        "\x1b[2J\ud800\r\n",
        nested(2),
        {str(i): nested(1) for i in range(100)},
        {},
        [],
        (),
        (1,),
        None,
        float("nan"),
        np.float32(np.nan),
        np.float16(1),
        np.bool_(True),
        np.array([]),
        np.zeros((0, 3)),
        np.zeros((3,) * 10),
        np.zeros((1,) * 16),
        np.full(100, np.nan),
        np.array([np.nan, np.inf] * 50, np.float16),
        np.zeros(100, bool),
        np.zeros(3, bool),
        np.array(3),
        np.full(24, 2**63 - 1),
        np.full(24, -1.234567890123e-300),
    ],
    ids=lambda value: printable(str(type(value))),
)
def test_every_value_is_shown_in_bounded_ascii(value):
    for text in (show(value), show_call("f", (value,), {"key": value})):
        assert text.isascii()
        assert "\x1b" not in text
        assert 0 < len(text) < 1500
    assert "\n" not in show_call("f", (value,), {"key": value})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.5, "1.5"),
        ([1, (2, "a")], "[1, (2, 'a')]"),
        ((1,), "(1,)"),
        ({"a": [1]}, "{'a': [1]}"),
        (list(range(10)), "[0, 1, 2, 3, 4, 5, 6, 7, ... 10 in all]"),
        ([[[[1]]]], "[[[[...]]]]"),
        (np.float32(0.5), "float32 0.5"),
        (np.array([1.0, np.nan]), "float64 (2,) [1., nan]"),
        (np.array([True, False]), "bool (2,) [True, False]"),
        (np.zeros((0, 3)), "float64 (0, 3) []"),
        (np.arange(100), "int64 (100,), from 0 to 99"),
        (np.full(100, np.nan), "float64 (100,), from nan to nan"),
    ],
)
def test_show(value, text):
    assert show(value) == text


def test_a_long_text_is_cut():
    assert len(shown.cut("x" * 1000)) == shown.WIDTH
