"""Notices whether a call uses the global random generators of NumPy and Python."""

from __future__ import annotations

import copy
import random
from typing import Any

import numpy as np


class GlobalRandom:
    """The global generators and their twins: as long as nobody else draws, they draw the same.

    Numbers are drawn each time, so that seeding shows even with the seed of the previous call. One
    of them is normal: generators keep every second normal number for later.
    """

    def __init__(self) -> None:
        # The submission may give these names to functions of its own.
        self.own: tuple[Any, Any] = np.random.mtrand._rand, random._inst
        self._follow()

    def moved(self) -> bool:
        """Return True if a generator was seeded or drawn from since this was last called."""
        if _draw(*self.own) == _draw(*self.twins):
            return False
        self._follow()
        return True

    def _follow(self):
        self.twins = copy.deepcopy(self.own)


def _draw(numpy, python):
    return numpy.normal(), numpy.random(), python.gauss(0.0, 1.0), python.random()
