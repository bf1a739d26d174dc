"""What is asked of a class: a script for objects of it, done from the first step to the last.

A step is `[what, which, name, args, kwargs]`, where `which` numbers the objects:

    new     make another object with these arguments
    ask     call its method of this name, and tell what it gives
    do      call it, whatever it gives
    get     read its attribute of this name
    start   the same, of what the object starts from: see `starts` below
    set     give its attribute this value, a copy of `args[0]`

Each script has objects of its own, so nothing is left over for the next one. The worker performs
scripts on a learner's class, the diagnosis on the wrong classes of the bank.
"""

if __package__:
    from grader.worker import wire
else:
    import wire


def perform(kind, steps, begins=None, *, drain=None, starts=None):
    """What the steps `ask`, `get` and `start` gave, in their order, as it was at that moment.

    kind: the class
    begins: is told the number of each step before it is done
    drain: makes a list of an iterator, as for `wire.pack`
    starts: `starts(object, name, i)` comes before a step `start`, the i-th that gives something
    """
    objects, given = [], []
    for number, (what, which, name, args, kwargs) in enumerate(steps):
        if begins:
            begins(number)
        if what == "new":
            objects.append(kind(*args, **kwargs))
        elif what == "set":
            setattr(objects[which], name, _as_it_is(args[0], drain))
        elif what == "do":
            getattr(objects[which], name)(*args, **kwargs)
        else:
            if what == "start" and starts:
                starts(objects[which], name, len(given))
            value = getattr(objects[which], name)
            given.append(_as_it_is(value(*args, **kwargs) if what == "ask" else value, drain))
    return given


def _as_it_is(value, drain):
    """A copy, for a later step may change the value in place; `wire.NotPlain` if it has none."""
    tree, arrays = wire.pack(value, drain)
    return wire.unpack(tree, [array.copy() for array in arrays])
