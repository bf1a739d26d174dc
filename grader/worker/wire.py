"""Carries values across the process boundary: a JSON header, then the arrays as raw bytes.

A frame is the header's length (8 bytes, big-endian), the header, and the bytes of every array
that the header announces. Only plain data can be sent, nothing is ever unpickled, and both ends
check everything that they read, so a forged frame is at worst a wrong answer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import IO, Any

import numpy as np

MAX_HEADER = 8 * 2**20  # bytes
MAX_ARRAYS = 2**30  # bytes, all arrays of one frame together
MAX_DEPTH = 16
MAX_ITEMS = 100_000  # values outside arrays; keeps an honest header well below MAX_HEADER
MAX_MARKS = 8 * MAX_ITEMS  # brackets and commas of a header; an honest value needs about four
MAX_KEYS = 1000  # of all dictionaries of one value; more could be chosen to hash alike
PARSED = 8  # bytes of memory that a byte of a header may take once it is parsed
FRAME = 2000  # bytes of memory for a frame, however short
MAX_BITS = 4096  # of an integer: Python does not parse more than 4,300 digits
END_OF_OUTPUT = b"\0end of output\0"  # ends what each call writes to stderr
DTYPES = frozenset(
    np.dtype(code).str
    for code in ("?", "b", "B", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8")
)


Frame = tuple[dict[str, Any], list[np.ndarray]]  # a message and its arrays
Tree = Any  # a value as JSON, with markers in the places of its arrays


class NotPlain(Exception):
    """A value that is not plain data; the message names what it is."""


class BadFrame(Exception):
    """Bytes that are not a frame."""


def pack(
    value: object, special: Callable[[Any], Tree] | None = None
) -> tuple[Tree, list[np.ndarray]]:
    """Return `(tree, arrays)`: the value as JSON, and its arrays separately.

    `special(value)` may return the tree of a value that is not plain data. Without it, or if it
    returns None, such a value raises `NotPlain`.
    """
    packer = _Packer(special)
    return packer.tree(value, MAX_DEPTH), packer.arrays


class _Packer:
    def __init__(self, special):
        self.special = special
        self.arrays: list[np.ndarray] = []
        self.items = self.keys = self.bytes = 0

    def tree(self, value: Any, depth: int) -> Tree:
        if depth == 0:
            raise NotPlain(f"something nested more than {MAX_DEPTH} deep")
        self._count(1)
        kind = type(value)  # never `isinstance`: an object may lie about its class
        if value is None or kind in (bool, float):
            return value
        if kind is str:
            self._count(len(value) // 8)
            return value
        if kind is int:
            if value.bit_length() > MAX_BITS:
                raise NotPlain(f"an integer of more than {MAX_BITS:,} bits")
            self._count(value.bit_length() // 64)
            return value
        if kind in (list, tuple):
            return {kind.__name__: [self.tree(item, depth - 1) for item in value]}
        if kind is dict:
            self.keys += len(value)
            if self.keys > MAX_KEYS:
                raise NotPlain(f"dictionaries with more than {MAX_KEYS:,} keys")
            return {"dict": [self._entry(k, v, depth - 1) for k, v in value.items()]}
        if kind is np.ndarray or issubclass(kind, np.generic):
            return self._array(value, "array" if kind is np.ndarray else "scalar")
        tree = self.special(value) if self.special else None
        if tree is None:
            raise NotPlain(f"a `{kind.__name__}`")
        # For an iterator, `special` returns a list of its items.
        return self.tree(tree, depth - 1) if type(tree) is list else tree

    def _entry(self, key, value, depth):
        if type(key) not in (str, int, float, bool, type(None)):
            raise NotPlain(f"a dictionary with a `{type(key).__name__}` as a key")
        return [self.tree(key, depth), self.tree(value, depth)]

    def _array(self, value, kind):
        native = value.dtype.newbyteorder("=")
        if native.str not in DTYPES:
            raise NotPlain(f"an array of dtype `{value.dtype}`")
        self.bytes += value.nbytes
        if self.bytes > MAX_ARRAYS or extent(value.shape) > MAX_ARRAYS:
            raise NotPlain(f"more than {MAX_ARRAYS // 2**30} GB of arrays")
        # Unlike ascontiguousarray this keeps 0-d arrays 0-d.
        self.arrays.append(np.asarray(value, dtype=native, order="C"))
        return {kind: True}

    def _count(self, items):
        self.items += items
        if self.items > MAX_ITEMS:
            raise NotPlain(f"more than {MAX_ITEMS:,} values outside arrays")


def unpack(
    tree: Tree, arrays: Iterable[np.ndarray], special: Callable[[Tree], object] | None = None
) -> Any:
    """Return the value again; `special(tree)` makes values that are not plain data.

    Raises:
        BadFrame: when the tree is malformed, or needs `special` and there is none.
    """
    return _Unpacker(iter(arrays), special).value(tree, MAX_DEPTH)


class _Unpacker:
    def __init__(self, arrays, special):
        self.arrays, self.special = arrays, special
        self.items = self.keys = 0

    def value(self, tree: Tree, depth: int) -> Any:
        if depth == 0:
            raise BadFrame("nested too deep")
        if tree is None or isinstance(tree, (bool, int, float, str)):
            return tree
        if not isinstance(tree, dict):
            raise BadFrame("a bare JSON list")
        for kind, make in (("list", list), ("tuple", tuple)):
            if kind in tree:
                return make([self.value(item, depth - 1) for item in self._counted(tree[kind])])
        if "dict" in tree:
            return self._dict(tree["dict"], depth - 1)
        if "array" in tree or "scalar" in tree:
            array = next(self.arrays, None)
            if array is None:
                raise BadFrame("an array without bytes")
            return array[()] if "scalar" in tree and array.ndim == 0 else array
        if self.special is None:
            raise BadFrame("not plain data")
        return self.special(tree)

    def _dict(self, entries, depth):
        self.keys += len(_list(entries))
        if self.keys > MAX_KEYS:
            raise BadFrame("too many keys")
        result = {}
        for entry in self._counted(entries):
            key, value = (self.value(part, depth) for part in _list(entry, length=2))
            if not isinstance(key, (str, int, float, bool, type(None))):
                raise BadFrame("a key that is not a string or number")
            result[key] = value
        return result

    def _counted(self, items):
        self.items += len(_list(items))
        if self.items > MAX_ITEMS:
            raise BadFrame("too many values")
        return items


def _list(value, length=None):
    if not isinstance(value, list) or len(value) > MAX_ITEMS or length not in (None, len(value)):
        raise BadFrame("not a list of the right length")
    return value


def write(stream: IO[bytes], message: Mapping[str, Any], arrays: Sequence[np.ndarray] = ()) -> None:
    """Send one frame: a JSON object and the arrays that belong to its trees."""
    write_pieces(stream, pieces(message, arrays))


def pieces(
    message: Mapping[str, Any], arrays: Sequence[np.ndarray] = ()
) -> list[bytes | memoryview]:
    """Return the bytes of one frame in pieces; the bytes of arrays are not copied."""
    header = dict(message, arrays=[[array.dtype.str, list(array.shape)] for array in arrays])
    data = json.dumps(header).encode()
    prefix = len(data).to_bytes(8, "big") + data
    return [prefix, *(array.data.cast("B") for array in arrays if array.size)]


def write_pieces(stream: IO[bytes], frame: Iterable[bytes | memoryview]) -> None:
    """Send the pieces of one frame."""
    for piece in frame:
        stream.write(piece)
    stream.flush()


def read(stream: IO[bytes], allows: Callable[[int], bool] = lambda size: True) -> Frame | None:
    """Return `(message, arrays)`, or None at the end of the stream.

    `allows(size)` is called before the header and before the arrays are read, with the bytes of
    memory that they may take.

    Raises:
        BadFrame: when the frame is malformed, or its arrays are not allowed.
    """
    prefix = stream.read(8)
    if len(prefix) < 8:
        return None
    length = int.from_bytes(prefix, "big")
    if length > MAX_HEADER or not allows(FRAME + PARSED * length):
        raise BadFrame(f"a header of {length} bytes")
    data = _exactly(stream, length)
    if sum(map(data.count, (b",", b"[", b"{"))) > MAX_MARKS:
        raise BadFrame("a header of too many parts")
    try:
        message = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BadFrame("the header is not JSON") from error
    if not isinstance(message, dict):
        raise BadFrame("the header is not an object")
    layouts = [_layout(entry) for entry in _list(message.pop("arrays", []))]
    # An empty array counts as if it were not: to sum it takes as much.
    size = sum(dtype.itemsize * extent(shape) for dtype, shape in layouts)
    if size > MAX_ARRAYS or not allows(size):
        raise BadFrame(f"{size} bytes of arrays")
    return message, [_read_array(stream, dtype, shape) for dtype, shape in layouts]


def _layout(entry):
    name, shape = _list(entry, length=2)
    if not isinstance(name, str) or name not in DTYPES or len(_list(shape)) > 16:
        raise BadFrame("an array of an unknown form")
    if not all(type(size) is int and 0 <= size < 2**40 for size in shape):
        raise BadFrame("an array of an impossible shape")
    if extent(shape) > MAX_ARRAYS:
        raise BadFrame("an empty array of an impossible shape")
    return np.dtype(name), tuple(shape)


def extent(shape: Iterable[int]) -> int:
    """Return the number of entries if no side were empty: sums along one may have as many."""
    return math.prod(max(size, 1) for size in shape)


def _read_array(stream, dtype, shape):
    try:
        array = np.empty(shape, dtype)
    except (ValueError, MemoryError) as error:
        raise BadFrame("an array of an impossible shape") from error
    if array.size:
        view = array.data.cast("B")
        while len(view):
            count = stream.readinto(view)
            if not count:
                raise BadFrame("the stream ends inside an array")
            view = view[count:]
    # A forged bool may be any byte, and NumPy would count with it.
    return array.view(np.uint8).astype(bool) if dtype.kind == "b" else array


def _exactly(stream, length):
    data = stream.read(length)
    if len(data) < length:
        raise BadFrame("the stream ends inside a header")
    return data
