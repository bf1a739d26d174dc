"""Keeps what a learner's code changes in Python and NumPy apart from the grader beside it.

In the terminal, the learner's code has a process of its own. Here a `np.mean = None` would be the
grader's, too: such changes are put aside after each call, and made again for the next one.
"""

import builtins
import math
import random
import sys
import time
from operator import is_

import numpy as np

NAMESPACES = [vars(m) for m in (builtins, np, np.linalg, np.random, math, random, time)]
LISTS = (sys.path, sys.meta_path)
MISSING = object()
ALL, MAP, LEN = all, map, len  # as they are before a learner's code replaces them


class Apart:
    """While it lasts, the learner's changes are there; `changes` keeps them for the next time."""

    def __init__(self, changes=None):
        self.changes = {} if changes is None else changes

    def __enter__(self):
        self.before = [namespace.copy() for namespace in NAMESPACES]
        self.lists = [entries.copy() for entries in LISTS]
        self.modules = sys.modules.copy()
        self.options = np.get_printoptions()
        for number, changes in self.changes.items():
            for name, value in changes.items():
                _put(NAMESPACES[number], name, value)

    def __exit__(self, *_):
        if ALL(MAP(_is_same, NAMESPACES, self.before)):
            self.changes.clear()
        else:
            self._put_aside()
        for entries, ours in zip(LISTS, self.lists, strict=True):
            entries[:] = [*ours, *(entry for entry in entries if entry not in ours)]
        if not _is_same(sys.modules, self.modules):
            sys.modules.update(self.modules)
        if np.get_printoptions() != self.options:  # setting them takes longer
            np.set_printoptions(**self.options)
        sys.settrace(None)

    def _put_aside(self):
        # Methods only, until `builtins` is as it was.
        after = [NAMESPACES[0].copy()]
        NAMESPACES[0].update(self.before[0])
        after += [namespace.copy() for namespace in NAMESPACES[1:]]
        for namespace, ours in zip(NAMESPACES, self.before, strict=True):
            namespace.update(ours)
        for number, pair in enumerate(zip(self.before, after, strict=True)):
            self.changes[number] = _changes(*pair)


def _is_same(namespace, ours):
    return LEN(namespace) == LEN(ours) and ALL(MAP(is_, namespace.values(), ours.values()))


def _put(namespace, name, value):
    if value is MISSING:
        namespace.pop(name, None)
    else:
        namespace[name] = value


def _changes(ours, theirs):
    """Return what the learner's code has replaced, or deleted, with its value."""
    got = map(theirs.get, ours, [MISSING] * len(ours))
    return {name: value for name, value in zip(ours, got, strict=True) if value is not ours[name]}
