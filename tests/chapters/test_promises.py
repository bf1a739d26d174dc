"""Every promise of a docstring has a check that enforces it, and every check enforces a promise.

A check quotes what it enforces in `@grades`: words of the function's docstring or signature, or of
the conventions in `docs/learners.md`. The table of promises and checks is built here from these
quotes. `python -m tests.chapters.test_promises` prints it.
"""

import inspect
import re
from functools import cache
from pathlib import Path

import pytest

from grader.course import registry
from grader.grading import checks
from solutions import neural_network

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = ("Args", "Returns", "Raises", "Attributes", "Source")
# An argument's description promises something only where it says one of these.
PROMISING = re.compile(
    r"float32|float64|integer|raise|Error|default|None|not changed|any shape|at least|exactly"
)
# Sentences of `Returns:` that explain and promise nothing: (function, how the sentence begins).
EXPLANATIONS: set[tuple[str, str]] = {
    ("one_hot", "The reference raises"),
    ("relative_error", "With h = 1e-5 in float64, a correct gradient stays below"),
}
GRADED = [
    pytest.param(chapter.stem, function, id=f"{chapter.id}-{function}")
    for chapter in registry.chapters()
    for function in chapter.functions
]


def squeeze(text):
    return " ".join(text.split())


@cache
def module(stem):
    return __import__(f"solutions.{stem}", fromlist=["_"])


@cache
def written(stem, name):
    """The signature and docstring of a function, or of a class and its methods, on one line."""
    thing = getattr(module(stem), name)
    parts = [thing]
    if inspect.isclass(thing):
        parts += [method for method in vars(thing).values() if inspect.isfunction(method)]
    words = []
    for part in parts:
        if not inspect.isclass(part):
            words.append(f"{part.__name__}{inspect.signature(part)}")
        words.append(part.__doc__ or "")
    return squeeze(" ".join(words))


@cache
def conventions():
    text = (ROOT / "docs" / "learners.md").read_text(encoding="utf-8")
    return squeeze(text.split("## Conventions", 1)[1].split("\n## ", 1)[0])


def sections(docstring):
    """`{section: text}` of a docstring, without its examples."""
    found, section = {}, "Summary"
    for line in inspect.cleandoc(docstring).splitlines():
        heading = line.split(":", 1)[0]
        if line.startswith(">>>"):
            break
        if line and not line[0].isspace():
            section = heading if heading in SECTIONS and ":" in line else "Summary"
        found.setdefault(section, []).append(line)
    return {name: squeeze(" ".join(lines)) for name, lines in found.items()}


def sentences(text):
    return [part for part in re.split(r"(?<=[.;])\s+(?=[A-Za-z(`])", text) if part]


def promised(stem, name):
    """The sentences of a docstring that a check must quote from."""
    thing = getattr(module(stem), name)
    docstrings = [thing.__doc__]
    if inspect.isclass(thing):
        docstrings += [m.__doc__ for m in vars(thing).values() if inspect.isfunction(m)]
    for docstring in filter(None, docstrings):
        parts = sections(docstring)
        for section in ("Returns", "Raises"):
            yield from sentences(parts.get(section, "").removeprefix(f"{section}:").strip())
        for section in ("Summary", "Args"):
            yield from filter(PROMISING.search, sentences(parts.get(section, "")))


def graded(stem, name):
    return checks.for_function(stem, name)


def quotes(stem, name):
    return [squeeze(text) for check in graded(stem, name) for text in check.promises]


@pytest.mark.parametrize(("stem", "name"), GRADED)
def test_every_check_enforces_what_the_docstring_says(stem, name):
    for check in graded(stem, name):
        assert check.promises, f"`{check.name}` quotes no promise"
        for text in check.promises:
            assert squeeze(text) in written(stem, name) or squeeze(text) in conventions(), (
                f"`{check.name}` enforces {text!r}, which no docstring says"
            )


@pytest.mark.parametrize(("stem", "name"), GRADED)
def test_every_promise_has_a_check(stem, name):
    cited = quotes(stem, name)
    for sentence in promised(stem, name):
        explains = any(name == f and sentence.startswith(start) for f, start in EXPLANATIONS)
        assert explains or any(text in sentence or sentence in text for text in cited), (
            f"no check of `{name}` enforces: {sentence}"
        )


@pytest.mark.parametrize(("stem", "name"), GRADED)
def test_every_default_has_a_check(stem, name):
    thing = getattr(module(stem), name)
    functions = [thing]
    if inspect.isclass(thing):
        functions = [m for m in vars(thing).values() if inspect.isfunction(m)]
    for function in functions:
        for parameter in inspect.signature(function).parameters.values():
            if parameter.default is not parameter.empty:
                assert any(str(parameter) in text for text in quotes(stem, name)), (
                    f"no check of `{name}` enforces the default `{parameter}`"
                )


@pytest.mark.parametrize(("stem", "name"), GRADED)
def test_value_checks_come_first_and_carry_most_points(stem, name):
    found = graded(stem, name)
    kinds = [check.kind for check in found]
    assert kinds == sorted(kinds, reverse=True), "value checks come first"
    total = sum(check.points for check in found)
    value = sum(check.points for check in found if check.kind == "value")
    assert value >= 0.6 * total


@pytest.mark.parametrize(("stem", "name"), GRADED)
def test_a_refusal_is_a_finish_check_of_its_own_with_few_points(stem, name):
    total = sum(check.points for check in graded(stem, name))
    for check in graded(stem, name):
        source = inspect.getsource(check.test)
        refuses = "expect.refuses(" in source or "expect.raises(" in source
        assert refuses == ("refuses" in check.name), f"`{check.name}`"
        if refuses:
            assert check.kind == "finish"
            assert check.points <= 0.1 * total + 1e-9


def test_the_course_is_re_exported():
    for chapter in registry.chapters():
        for function in chapter.functions:
            assert hasattr(neural_network, function)


if __name__ == "__main__":
    for chapter in registry.chapters():
        for function in chapter.functions:
            print(f"\n{chapter.id} {function}")
            for check in graded(chapter.stem, function):
                print(f"  {check.kind:6} {check.points:4g}  {check.name}")
                for text in check.promises:
                    print(f"                 {squeeze(text)}")
