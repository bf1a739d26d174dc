"""Notices whether a call uses the global random generators of NumPy and Python."""

from __future__ import annotations

import copy
import random

import numpy as np


class GlobalRandom:
    """The global generators and their twins: as long as nobody else draws, they draw the same.

    A number is drawn each time, so that seeding shows even with the seed of the previous call.
    """

    def __init__(self) -> None:
        self._follow()

    def moved(self) -> bool:
        """Return True if a generator was seeded or drawn from since this was last called."""
        drawn = np.random.random(), random.random()  # noqa: NPY002
        if drawn == (self.numpy.random(), self.python.random()):
            return False
        self._follow()
        return True

    def _follow(self):
        bits = np.random.get_bit_generator()  # type: ignore[attr-defined]
        self.numpy = np.random.RandomState(copy.deepcopy(bits))
        self.python = random.Random()
        self.python.setstate(random.getstate())
