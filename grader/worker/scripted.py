"""Performs a script on objects of a class, from the first step to the last.

A step is `[what, which, name, args, kwargs]`, where `which` numbers the objects:

    new     make another object with these arguments
    ask     call its method of this name, and record the answer
    do      call the method, and ignore the answer
    get     record its attribute of this name
    start   the same for an attribute that the object starts with: see `starts` below
    set     set its attribute to a copy of `args[0]`

Each script has objects of its own, so nothing carries over to the next one. The worker performs
scripts on a learner's class, the diagnosis on the wrong classes of the misconception bank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or __package__:
    from grader.worker import wire
else:
    import wire


def perform(
    kind: type,
    steps: Iterable[tuple[str, int, str, list, dict]],
    begins: Callable[[int], object] | None = None,
    *,
    drain: Callable[[object], list | None] | None = None,
    starts: Callable[[object, str, int], object] | None = None,
) -> list[Any]:
    """Return copies of the values that the steps `ask`, `get` and `start` recorded, in order.

    kind: the class
    begins: called with the number of each step before it
    drain: turns an iterator into a list, as for `wire.pack`
    starts: `starts(object, name, i)` is called before a `start` that records the i-th value
    """
    objects: list[Any] = []
    recorded: list[Any] = []
    for number, (what, which, name, args, kwargs) in enumerate(steps):
        if begins:
            begins(number)
        if what == "new":
            objects.append(kind(*args, **kwargs))
        elif what == "set":
            setattr(objects[which], name, _copy(args[0], drain))
        elif what == "do":
            getattr(objects[which], name)(*args, **kwargs)
        else:
            if what == "start" and starts:
                starts(objects[which], name, len(recorded))
            value = getattr(objects[which], name)
            recorded.append(_copy(value(*args, **kwargs) if what == "ask" else value, drain))
    return recorded


def _copy(value, drain):
    """Copy a value, because a later step may change it in place; raise `NotPlain` if impossible."""
    tree, arrays = wire.pack(value, drain)
    return wire.unpack(tree, [array.copy() for array in arrays])
