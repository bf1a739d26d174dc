"""How values cross the process boundary: a JSON header, then the arrays as raw bytes.

A frame is the header's length (8 bytes, big-endian), the header, and the bytes of every array
that the header announces. Only plain data has a form here, nothing is ever unpickled, and both
ends check everything that they read, so a forged frame is at worst a wrong answer.
"""

import json
import math

import numpy as np

MAX_HEADER = 16 * 2**20  # bytes
MAX_ARRAYS = 2**30  # bytes, all arrays of one answer together
MAX_DEPTH = 16
MAX_ITEMS = 100_000  # what is drained from an iterator
DTYPES = frozenset(
    np.dtype(code).str for code in ("?", "b", "B", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8")
)


class NotPlain(Exception):
    """A value that is not plain data; the message names what it is."""


class BadFrame(Exception):
    """Bytes that are not a frame."""


def pack(value, special=None):
    """`(tree, arrays)`: the value as JSON, its arrays beside it.

    `special(value)` may give the tree of a value that is not plain data; without it, or where it
    returns None, such a value raises `NotPlain`.
    """
    arrays = []
    return _pack(value, arrays, special, MAX_DEPTH), arrays


def _pack(value, arrays, special, depth):
    if depth == 0:
        raise NotPlain(f"something nested more than {MAX_DEPTH} deep")
    kind = type(value)
    if value is None or kind in (bool, float, str):
        return value
    if kind is int:
        if value.bit_length() > 4096:
            raise NotPlain("an integer of more than 4,096 bits")
        return value
    if kind in (list, tuple):
        return {kind.__name__: [_pack(item, arrays, special, depth - 1) for item in value]}
    if kind is dict:
        items = [
            [_pack(part, arrays, special, depth - 1) for part in item] for item in value.items()
        ]
        return {"dict": items}
    if kind is np.ndarray or isinstance(value, np.generic):
        return _pack_array(value, arrays)
    tree = special(value) if special else None
    if tree is None:
        raise NotPlain(f"a `{kind.__name__}`")
    # An iterator comes back from `special` as a list of what it gave.
    return _pack(tree, arrays, special, depth - 1) if type(tree) is list else tree


def _pack_array(value, arrays):
    native = value.dtype.newbyteorder("=")
    if native.str not in DTYPES:
        raise NotPlain(f"an array of dtype `{value.dtype}`")
    array = np.asarray(value, dtype=native, order="C")  # unlike ascontiguousarray it keeps 0-d
    arrays.append(array)
    return {"array": [array.dtype.str, list(array.shape)], "scalar": isinstance(value, np.generic)}


def unpack(tree, arrays, special=None):
    """The value again; `special(tree)` makes what is not plain data, else it is a `BadFrame`."""
    return _unpack(tree, iter(arrays), special, MAX_DEPTH)


def _unpack(tree, arrays, special, depth):
    if depth == 0:
        raise BadFrame("nested too deep")
    if tree is None or isinstance(tree, (bool, int, float, str)):
        return tree
    if not isinstance(tree, dict):
        raise BadFrame("a bare JSON list")
    for kind, make in (("list", list), ("tuple", tuple)):
        if kind in tree:
            return make(_unpack(item, arrays, special, depth - 1) for item in _list(tree[kind]))
    if "dict" in tree:
        return _unpack_dict(tree, arrays, special, depth)
    if "array" in tree:
        array = next(arrays, None)
        if array is None:
            raise BadFrame("an array without bytes")
        return array[()] if tree.get("scalar") is True and array.ndim == 0 else array
    if special is None:
        raise BadFrame("not plain data")
    return special(tree)


def _unpack_dict(tree, arrays, special, depth):
    result = {}
    for item in _list(tree["dict"]):
        key, value = (_unpack(part, arrays, special, depth - 1) for part in _list(item, length=2))
        if not isinstance(key, (str, int, float, bool, type(None))):
            raise BadFrame("a key that is no string or number")
        result[key] = value
    return result


def _list(value, length=None):
    if not isinstance(value, list) or (length is not None and len(value) != length):
        raise BadFrame("not a list of the right length")
    return value


def write(stream, message, arrays=()):
    """Send one frame: a JSON object and the arrays that its trees speak of."""
    header = dict(message, arrays=[[array.dtype.str, list(array.shape)] for array in arrays])
    data = json.dumps(header).encode()
    stream.write(len(data).to_bytes(8, "big") + data)
    for array in arrays:
        if array.size:
            stream.write(memoryview(array).cast("B"))
    stream.flush()


def read(stream, max_arrays=MAX_ARRAYS):
    """`(message, arrays)`, or None where the stream ends; anything malformed is a `BadFrame`."""
    prefix = stream.read(8)
    if len(prefix) < 8:
        return None
    length = int.from_bytes(prefix, "big")
    if length > MAX_HEADER:
        raise BadFrame(f"a header of {length} bytes")
    try:
        message = json.loads(_exactly(stream, length))
    except (ValueError, RecursionError) as error:
        raise BadFrame("the header is not JSON") from error
    if not isinstance(message, dict):
        raise BadFrame("the header is not an object")
    layouts = [_layout(entry) for entry in _list(message.pop("arrays", []))]
    if sum(dtype.itemsize * math.prod(shape) for dtype, shape in layouts) > max_arrays:
        raise BadFrame(f"more than {max_arrays} bytes of arrays")
    return message, [_read_array(stream, dtype, shape) for dtype, shape in layouts]


def _layout(entry):
    name, shape = _list(entry, length=2)
    if not isinstance(name, str) or name not in DTYPES or len(_list(shape)) > 16:
        raise BadFrame("an array of an unknown form")
    if not all(type(size) is int and 0 <= size < 2**40 for size in shape):
        raise BadFrame("an array of an impossible shape")
    return np.dtype(name), tuple(shape)


def _read_array(stream, dtype, shape):
    try:
        array = np.empty(shape, dtype)
    except (ValueError, MemoryError) as error:
        raise BadFrame("an array of an impossible shape") from error
    if array.size:
        view = memoryview(array).cast("B")
        while len(view):
            count = stream.readinto(view)
            if not count:
                raise BadFrame("the stream ends inside an array")
            view = view[count:]
    return array


def _exactly(stream, length):
    data = stream.read(length)
    if len(data) < length:
        raise BadFrame("the stream ends inside a header")
    return data
