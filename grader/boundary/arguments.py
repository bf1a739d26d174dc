"""Sends arguments that are not plain data to a worker, and answers its calls back.

Generators go over as their seeds, functions as numbers that the worker can call.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..worker import wire
from .reply import TEXT_KEPT, typed


@dataclass(frozen=True)
class Seeded:
    """A `numpy.random.Generator` as an argument, made from the seed for each call."""

    seed: int


def pack_argument(callbacks: list[Callable]) -> Callable[[object], dict | None]:
    """Return a function that packs generators by seed and functions by number.

    It appends the functions to `callbacks`, and returns None for any other value.
    """

    def pack(value):
        if isinstance(value, Seeded):
            return {"generator": value.seed}
        if callable(value):
            callbacks.append(value)
            return {"callback": len(callbacks) - 1, "name": getattr(value, "__name__", "callback")}
        return None

    return pack


def call_back(
    message: Mapping[str, Any], arrays: Sequence[np.ndarray], callbacks: Sequence[Callable]
) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Run the examiner's function for the worker; an error is passed on and raised over there."""
    function = dict(enumerate(callbacks))[typed(message["callback"], int)]
    args, kwargs = wire.unpack(message["value"], arrays)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about numbers that the learner's code computed
            tree, out = wire.pack(function(*args, **kwargs))
    except Exception as error:
        return {"refused": str(error)[:TEXT_KEPT]}, []
    return {"value": tree}, out
