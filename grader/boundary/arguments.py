"""Arguments on their way to a worker: what is not plain data, and calls back into the examiner."""

import warnings
from dataclasses import dataclass

from ..worker import wire
from .reply import TEXT_KEPT, typed


@dataclass(frozen=True)
class Seeded:
    """A `numpy.random.Generator` as an argument: made afresh from the seed for each call."""

    seed: int


def pack_argument(callbacks):
    """How arguments that are not plain data go over: generators by seed, functions by number."""

    def pack(value):
        if isinstance(value, Seeded):
            return {"generator": value.seed}
        if callable(value):
            callbacks.append(value)
            return {"callback": len(callbacks) - 1, "name": getattr(value, "__name__", "callback")}
        return None

    return pack


def call_back(message, arrays, callbacks):
    """Run the examiner's function for the worker; what it refuses is raised over there."""
    function = dict(enumerate(callbacks))[typed(message["callback"], int)]
    args, kwargs = wire.unpack(message["value"], arrays)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of numbers that the learner's code made
            tree, out = wire.pack(function(*args, **kwargs))
    except Exception as error:
        return {"refused": str(error)[:TEXT_KEPT]}, []
    return {"value": tree}, out
