"""Sends arguments that are not plain data to a worker, and answers its calls back.

Generators go over as their seeds, functions as numbers that the worker can call.
"""

import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..worker import wire
from .reply import TEXT_KEPT, typed

SMALL = 1000  # entries of an array that a callback may be given in any shape
FEW = 1000  # values in a list, or arrays beyond those handed out
LONGEST = 1000  # characters
COMPUTED = {np.dtype(kind) for kind in (bool, np.int64, np.float32, np.float64)}


def in_words(error: Exception) -> str:
    """Return the message of an error, without the grader's names before that of a function."""
    return re.sub(r"\w+\.<locals>\.", "", str(error))


@dataclass(frozen=True)
class Seeded:
    """A `numpy.random.Generator` as an argument, made from the seed for each call."""

    seed: int


class Callbacks:
    """The functions among the arguments of one call, and what they may be given by the worker.

    handed_out: the arrays among the arguments of the call
    """

    def __init__(self) -> None:
        self.functions: list[Callable] = []
        self.handed_out: Sequence[np.ndarray] = ()

    def pack(self, value: object) -> dict | None:
        """Pack a generator by its seed and a function by its number; None for any other value."""
        if isinstance(value, Seeded):
            return {"generator": value.seed}
        if callable(value):
            self.functions.append(value)
            name = getattr(value, "__name__", "callback")
            return {"callback": len(self.functions) - 1, "name": name}
        return None

    def answer(
        self, message: Mapping[str, Any], arrays: Sequence[np.ndarray]
    ) -> tuple[dict[str, Any], list[np.ndarray]]:
        """Run the examiner's function for the worker; an error is passed on and raised over there.

        What it computes on is looked at first: it must not take longer than for honest arguments.
        """
        function = dict(enumerate(self.functions))[typed(message["callback"], int)]
        args, kwargs = wire.unpack(message["value"], arrays)
        try:
            self._check(arrays, [*args, *kwargs.values()])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about numbers that the learner's code computed
                tree, out = wire.pack(function(*args, **kwargs))
        except Exception as error:
            return {"refused": in_words(error)[:TEXT_KEPT]}, []
        return {"value": tree}, out

    def _check(self, arrays, values):
        """Raise `ValueError` for what nothing that was handed out can have led to."""
        for value in values:
            _check_plain(value)
        if len(arrays) > FEW + len(self.handed_out):
            raise ValueError(f"a callback was given {len(arrays)} arrays")
        dtypes = {*COMPUTED, *(array.dtype for array in self.handed_out)}
        for array in arrays:
            if array.dtype not in dtypes:
                raise ValueError(f"a callback was given an array of dtype {array.dtype}")
            if wire.extent(array.shape) > SMALL and not self._is_part(array.shape):
                raise ValueError(f"a callback was given an array of shape {array.shape}")

    def _is_part(self, shape):
        """Return True for the shape of an array that was handed out, or of some of its rows."""
        return any(
            len(shape) == other.ndim and shape[1:] == other.shape[1:] and shape[0] <= len(other)
            for other in self.handed_out
        )


def _check_plain(value):
    if isinstance(value, (list, tuple, dict)):
        if len(value) > FEW:
            raise ValueError(f"a callback was given {len(value)} values in one argument")
        for item in value.values() if isinstance(value, dict) else value:
            _check_plain(item)
    elif isinstance(value, str) and len(value) > LONGEST:
        raise ValueError(f"a callback was given a text of {len(value)} characters")
    elif isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("a callback was given an integer of more than 64 bits")
