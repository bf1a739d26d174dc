"""The misconception bank: wrong answers that people really give, and what to say about each.

One module per chapter, or a package of modules where a chapter has many; `families/` holds the
mistakes that functions have in common. One class per graded function, and in it one function per
misconception: its name is the misconception's, its body is the mistake, and its docstring is the
message in two paragraphs. The first says what happened in terms of the learner's numbers; the
second asks a question that leads to the repair. `{got}` and `{expected}` are the first numbers that
differ, `{ratio}` is the first divided by the second, and `{n}` is the number of examples.
"""

import importlib.util
import inspect
import pkgutil
from dataclasses import dataclass
from functools import cache, wraps
from pathlib import Path

from ..course import registry

BANK: dict[
    tuple[str, str], list
] = {}  # (module, graded function): its misconceptions, filled by `wrong`
FAMILIES = f"{__name__}.families"
PACKED = Path(__file__).parent / "bank.zip"  # holds the modules in the learner's edition
if PACKED.is_file():
    __path__.append(str(PACKED))


@dataclass(frozen=True)
class Misconception:
    """A wrong version of a graded function; `recognizes`, if given, knows it by its answer."""

    name: str
    happened: str
    question: str
    version: object
    recognizes: object = None
    of_form: bool = False


def wrong(right, /, recognizes=None, of_form=False, name=None, words=None, **bound):
    """Register the decorated function as a well-known wrong version of a graded function.

    right: the function's name, or a class of `pieces.py` that is this function done right; the
        decorated function then has one argument, an object of that class
    recognizes: for mistakes that replaying cannot reveal, as in training from a random start:
        `recognizes(answer, *args, **kwargs)` is true if only this mistake explains the answer
    of_form: `recognizes` looks at the answer's form, so that it can explain a wrong type, a wrong
        dtype or missing parts, which numbers cannot

    One mistake can be registered for several functions, each with

    name: the misconception's name, if it is not that of the decorated function
    words: what stands for further `{placeholders}` in the message
    any other keyword: the value of the mistake's argument of that name
    """

    function, given = (right, None) if isinstance(right, str) else (right.function, right)

    def add(mistake):
        happened, question = _message(mistake, words or {})
        version = _version(mistake, name or mistake.__name__, given, bound)
        shows = _observing(given, recognizes)
        known = Misconception(version.__name__, happened, question, version, shows, of_form)
        BANK.setdefault((mistake.__module__, function), []).append(known)
        return mistake

    return add


class Versions:
    """The wrong versions of one graded function: each function or class in a subclass is one."""

    def __init_subclass__(cls, of):
        for mistake in vars(cls).values():
            if inspect.isfunction(mistake) or inspect.isclass(mistake):
                mistake.__qualname__ = mistake.__name__  # as in a learner's file
                wrong(of, *getattr(mistake, "recognized", ()))(mistake)


def recognized(by, of_form=False):
    """Say how to recognize a version in a subclass of `Versions`; see `wrong`."""

    def add(mistake):
        mistake.recognized = by, of_form
        return mistake

    return add


def _message(mistake, words):
    text = inspect.getdoc(mistake) or ""
    for placeholder, word in words.items():
        text = text.replace(f"{{{placeholder}}}", word)
    paragraphs = [part for part in text.split("\n\n") if part.strip()]
    if len(paragraphs) != 2:
        raise ValueError(
            f"the docstring of `{mistake.__name__}` needs two paragraphs: what happened, a question"
        )
    happened, question = paragraphs
    return " ".join(happened.split()), " ".join(question.split())


def _version(mistake, name, given, bound):
    """The mistake as a function with the graded function's signature."""
    if not bound and given is None and name == mistake.__name__:
        return mistake

    @wraps(mistake)
    def version(*args, **kwargs):
        if given is not None:
            return mistake(given(*args, **kwargs), **bound)
        return mistake(*args, **kwargs, **bound)

    signature = inspect.signature(given or mistake)
    kept = [p for p in signature.parameters.values() if p.name not in bound]
    version.__signature__ = signature.replace(parameters=kept)  # type: ignore[attr-defined]
    version.__name__ = version.__qualname__ = name
    return version


def _observing(given, recognizes):
    """Where `given` says how to observe an answer, `recognizes` gets what it observes."""
    if recognizes is None or not hasattr(given, "observed_as"):
        return recognizes
    from .shows import runs

    run = getattr(runs, given.observed_as)
    return lambda answer, *args, **kwargs: recognizes(run.observe(answer, given, *args, **kwargs))


def for_function(stem, function):
    """The misconceptions of one function of a chapter."""
    return bank(stem).get(function, [])


@cache
def bank(stem):
    """`{function: [Misconception]}` of a chapter, always in the same order."""
    if importlib.util.find_spec(f"{__name__}.{stem}") is None:
        return {}
    modules = [*_modules(f"{__name__}.{stem}"), *_modules(FAMILIES)]
    return {
        function: [known for module in modules for known in BANK.get((module, function), [])]
        for function in registry.by_stem(stem).functions
    }


def _modules(name):
    """The names of a module, or of a package's modules, once imported."""
    module = importlib.import_module(name)
    if not hasattr(module, "__path__"):
        return [name]
    inside = sorted(found.name for found in pkgutil.iter_modules(module.__path__))
    return [importlib.import_module(f"{name}.{each}").__name__ for each in inside]


def everything():
    """Every misconception of the kit as `(chapter, function, misconception)`."""
    return [
        (chapter, function, known)
        for chapter in registry.chapters()
        for function, versions in bank(chapter.stem).items()
        for known in versions
    ]
