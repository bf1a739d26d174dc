"""The misconception bank: wrong answers that people really give, and what to tell whoever does.

One file per chapter; one function per misconception. Its name is the misconception's, its body is
the mistake, its docstring the message in two paragraphs: what happened, in terms of the learner's
numbers, and a question that leads to the repair. `{got}` and `{expected}` are the first numbers
that differ, `{ratio}` is the one divided by the other, `{n}` the number of examples.
"""

import importlib.util
import inspect
from dataclasses import dataclass
from functools import cache

from ..course import registry

BANK = {}  # (module, graded function): its misconceptions, filled by `wrong`


@dataclass(frozen=True)
class Misconception:
    """A wrong version of a graded function; `shows`, if given, recognises it by what it gives."""

    name: str
    happened: str
    question: str
    version: object
    shows: object = None
    of_form: bool = False


def wrong(function, shows=None, of_form=False):
    """The decorated function is a well-known wrong version of this one.

    `shows(answer, *args, **kwargs)` is for mistakes that cannot be told by replaying them, as in
    training from a random start: true if the answer to a call can only come of this mistake. With
    `of_form` it looks at the form of the answer, and so explains a wrong type or dtype or parts
    that are missing, which numbers cannot.
    """

    def add(version):
        happened, question = (inspect.getdoc(version) or "").split("\n\n")
        known = Misconception(
            version.__name__,
            " ".join(happened.split()),
            " ".join(question.split()),
            version,
            shows,
            of_form,
        )
        BANK.setdefault((version.__module__, function), []).append(known)
        return version

    return add


def of(stem, function):
    """The misconceptions of one function of a chapter."""
    return bank(stem).get(function, [])


@cache
def bank(stem):
    """`{function: [Misconception]}` of a chapter."""
    if importlib.util.find_spec(f"{__name__}.{stem}") is None:
        return {}
    module = importlib.import_module(f"{__name__}.{stem}")
    # In the order of the file: processes that share out the versions count them alike.
    return {function: BANK[name, function] for name, function in BANK if name == module.__name__}


def everything():
    """Every misconception of the kit as `(chapter, function, misconception)`."""
    return [
        (chapter, function, known)
        for chapter in registry.chapters()
        for function, versions in bank(chapter.stem).items()
        for known in versions
    ]
