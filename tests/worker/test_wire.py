"""The wire: plain data crosses unchanged, and no bytes do more harm than a `BadFrame`."""

import io
import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.boundary.reply import read_reply
from grader.worker import wire

NAMES = sorted(wire.DTYPES)
PLAIN_ARRAYS = st.sampled_from(NAMES).flatmap(
    lambda name: hnp.arrays(np.dtype(name), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0))
)
NUMBERS = st.integers(-(2**4095), 2**4095) | st.floats() | st.booleans() | st.none()
TEXT = st.text(st.characters())  # surrogates too
PLAIN = st.recursive(
    NUMBERS | TEXT | PLAIN_ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(NUMBERS.filter(lambda key: key == key) | TEXT, inner, max_size=3)
    ),
    max_leaves=10,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)


def sent(value, special=None):
    tree, arrays = wire.pack(value, special)
    stream = io.BytesIO()
    wire.write(stream, {"value": tree}, arrays)
    stream.seek(0)
    message, arrays = wire.read(stream)
    assert stream.read() == b""
    return wire.unpack(message["value"], arrays)


def frame(header, rest=b""):
    data = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(data).to_bytes(8, "big") + data + rest


def same(a, b):
    if type(a) is not type(b):
        return False
    if isinstance(a, (np.ndarray, np.generic)):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(map(same, a.values(), b.values()))
    return a == b or (a != a and b != b)


@settings(max_examples=60, deadline=None)
@given(PLAIN)
def test_plain_data_arrives_as_it_was(value):
    assert same(sent(value), value)


@pytest.mark.parametrize("name", NAMES)
def test_every_dtype_and_layout(name):
    array = np.arange(24).reshape(2, 3, 4).astype(name)
    views = [array, array.T, array[:, ::-2], np.asfortranarray(array), array[0, 0, 0], array[:0]]
    for view in [*views, np.array(1).astype(name), array.astype(array.dtype.newbyteorder(">"))]:
        got = sent(view)
        assert type(got) is type(view)
        assert got.dtype.str == name
        assert got.shape == view.shape
        assert np.array_equal(got, view)


def test_what_arrives_is_a_copy_that_can_be_written_to():
    frozen = np.zeros(3)
    frozen.flags.writeable = False
    got = sent(frozen)
    got += 1
    assert frozen.sum() == 0


CYCLE = []
CYCLE.append(CYCLE)
WIDE = []
WIDE += [WIDE] * 10


class Liar:
    __class__ = np.float64


LONG_DOUBLE = pytest.mark.needs("long-double")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (CYCLE, "nested more than 16 deep"),
        (WIDE, "nested more than 16 deep"),
        ([[0] * 1000] * 1000, "more than 100,000 values"),
        ("x" * 10**6, "more than 100,000 values"),
        ([2**4000] * 5000, "more than 100,000 values"),
        (2**5000, "an integer of more than 4,096 bits"),
        (np.broadcast_to(np.zeros(1), (2**28,)), "more than 1 GB of arrays"),
        (np.empty((0, 2**31)), "more than 1 GB of arrays"),
        (np.array([None]), "dtype `object`"),
        (np.array(["a"]), "dtype `<U1`"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "dtype `datetime64[D]`"),
        (np.array([1j]), "dtype `complex128`"),
        pytest.param(np.zeros(2, np.longdouble), "dtype `float128`", marks=LONG_DOUBLE),
        pytest.param(np.longdouble(1), "dtype `float128`", marks=LONG_DOUBLE),
        (np.zeros(2, [("a", "f8")]), "dtype `[('a', '<f8')]`"),
        (np.ma.masked_array([1.0]), "a `MaskedArray`"),
        (np.zeros(3).view(np.recarray), "a `recarray`"),
        (1j, "a `complex`"),
        (b"bytes", "a `bytes`"),
        (Liar(), "a `Liar`"),
        (np.float64, "a `type`"),
        ({(1, 2): 3}, "a dictionary with a `tuple` as a key"),
        ({np.int64(1): 3}, "a dictionary with a `int64` as a key"),
        (range(3), "a `range`"),
    ],
    ids=range(24),  # an object's own name holds its address
)
def test_what_is_not_plain_data_is_named(value, said):
    with pytest.raises(wire.NotPlain) as caught:
        wire.pack(value)
    assert said in str(caught.value)


BAD = {
    "announces 16 EB": (2**64 - 1).to_bytes(8, "big"),
    "ends in the header": b"\0" * 7 + b"\x09{}",
    "not JSON": frame(b"\xff\xfe"),
    "not an object": frame([]),
    "nested JSON": frame(b"[" * 10**5),
    "huge number": frame(b'{"n": ' + b"1" * 10**4 + b"}"),
    "arrays of no list": frame({"arrays": 3}),
    "array of no pair": frame({"arrays": [3]}),
    "unknown dtype": frame({"arrays": [["|O", [1]]]}),
    "dtype of no text": frame({"arrays": [[{}, [1]]]}),
    "negative shape": frame({"arrays": [["<f8", [-1]]]}),
    "two negative": frame({"arrays": [["<f8", [-1, -8]]]}),
    "huge shape": frame({"arrays": [["<f8", [2**39]]]}),
    "huge empty shape": frame({"arrays": [["<f8", [0, 2**39, 2**39]]]}),
    "empty, but wide": frame({"arrays": [["<f8", [0, 2**31]]]}),
    "many empty ones": frame({"arrays": [["<f8", [0]]] * 200_000}),
    "many huge": frame({"arrays": [["<f8", [2**26]]] * 3}),
    "many dimensions": frame({"arrays": [["<f8", [1] * 17]]}),
    "bool in a shape": frame({"arrays": [["<f8", [True]]]}),
    "text in a shape": frame({"arrays": [["<f8", ["1"]]]}),
    "ends in an array": frame({"arrays": [["<f8", [2]]]}, b"12345678"),
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_forged_bytes_are_a_bad_frame(data):
    with pytest.raises(wire.BadFrame):
        wire.read(io.BytesIO(data))


def test_a_forged_bool_is_true_or_false():
    _, [array, single] = wire.read(
        io.BytesIO(frame({"arrays": [["|b1", [3]], ["|b1", []]]}, b"\x00\x02\xff\x80"))
    )
    assert array.tobytes() == b"\x00\x01\x01"
    assert single.tobytes() == b"\x01"
    assert single.shape == ()


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60) | JSON.map(frame) | JSON.map(lambda j: frame({"arrays": j})))
def test_no_bytes_do_more_than_a_bad_frame(data):
    try:
        got = wire.read(io.BytesIO(data))
    except wire.BadFrame:
        return
    assert got is None or isinstance(got[0], dict)


@pytest.mark.parametrize(
    "tree",
    [
        [],
        {},
        {"list": 3},
        {"dict": [[1]]},
        {"dict": [[{"list": []}, 1]]},
        {"array": True},
        {"generator": 1},
        {"list": [{"callback": 0}]},
    ],
)
def test_forged_trees_are_a_bad_frame(tree):
    with pytest.raises(wire.BadFrame):
        wire.unpack(tree, [])


def test_forged_nesting_is_a_bad_frame():
    tree = 0
    for _ in range(500):
        tree = {"tuple": [tree]}
    with pytest.raises(wire.BadFrame):
        wire.unpack(tree, [])


FIELDS = st.sampled_from(
    ["value", "raised", "missing", "not_plain", "warnings", "global_random", "imported"]
)
RAISED = st.fixed_dictionaries(dict.fromkeys(("type", "bases", "message", "lines"), JSON))
ANSWER = st.dictionaries(st.sampled_from(["value", "arguments"]), JSON, max_size=2).map(
    lambda answer: {"dict": [[key, {"list": [item]}] for key, item in answer.items()]}
)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(FIELDS, JSON | RAISED | ANSWER, max_size=3))
def test_a_forged_reply_is_refused_or_bounded(message):
    """These exceptions, and no others, are what the worker is ended for."""
    try:
        reply = read_reply(message, [np.zeros(2)])
    except (wire.BadFrame, KeyError, TypeError, ValueError, IndexError):
        return
    assert all(isinstance(text, str) for _, text, _, _ in reply.warnings)
    assert reply.raised is None or isinstance(reply.raised["message"], str)


def test_a_forged_reply_keeps_no_more_text_than_an_honest_one():
    long = "x" * 10**6
    lines = [[long, 1, long, long]] * 10**3
    raised = {"type": long, "bases": [long] * 10**3, "message": long, "lines": lines}
    reply = read_reply({"raised": raised, "warnings": [[long, long, long, 1]] * 10**3}, [])
    assert len(str(reply)) < 10**6


def test_a_forged_expression_is_never_deep():
    raised = dict.fromkeys(("type", "message"), "") | {"bases": [], "lines": []}
    reply = read_reply({"raised": raised | {"expression": "f" + ".a" * 900 + "() @ x"}}, [])
    assert reply.raised["expression"].count(".") <= 100


def test_special_trees_come_from_the_examiner_only():
    tree, _ = wire.pack([len], lambda value: {"callback": 0})
    assert tree == {"list": [{"callback": 0}]}
    assert wire.unpack(tree, [], lambda tree: math.pi) == [math.pi]
