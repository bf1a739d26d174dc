"""What a function earns that does nothing, that is wrong in one way, or unfinished in one way.

Each version wraps the reference's function, so that the rules are tried on every function of a
chapter.
"""

import inspect
from functools import cache

import pytest
from support import grade_versions

from grader.course import registry
from grader.grading import checks

CHAPTERS = ("3.2", "3.3", "3.4", "4.1", "4.2", "4.3", "4.4", "4.5", "5.1", "5.3")
NOTHING = {
    "none": "return None",
    "refusal": "raise ValueError('no')",
    "number": "return 1.0",
    "zeros": "return each(lambda part: 0 * np.abs(part), {answer})",
    "argument": "return next(iter(locals().values()))",
    "arguments": "return tuple(locals().values())",
}
VERSIONS = {
    **NOTHING,
    "twice": "return each(lambda part: 2 * part, {answer})",
    "minus": "return each(lambda part: -part, {answer})",
    "float32": "return each(lambda part: np.asarray(part).astype(np.float32), {answer})",
    "changed": "answer, array = {answer}, arrays(list(locals().values()))[0]; array += 1\n"
    "    return answer",
}
TEXT = """
right = {name}


def each(change, value):
    if isinstance(value, (list, tuple)):
        return type(value)(each(change, part) for part in value)
    return change(value)


def arrays(values):
    lists = [array for value in values if isinstance(value, list) for array in arrays(value)]
    return [value for value in values if isinstance(value, np.ndarray)] + lists


def {name}{signature}:
    {body}
"""


def functions(*without):
    return [
        pytest.param(chapter.stem, name, id=f"{chapter.id}-{name}")
        for chapter in registry.select(CHAPTERS)
        for name in chapter.functions
        if name not in without and not name.startswith(("train_", "predict_"))
    ]


@cache
def graded(stem, name):
    """`{version: (points, failed checks)}` of a function."""
    function = getattr(__import__(f"solutions.{stem}", fromlist=["_"]), name)
    signature, every = inspect.signature(function), checks.for_function(stem, name)
    answer = f"right({', '.join(signature.parameters)})"
    sources = [
        TEXT.format(name=name, signature=signature, body=body.format(answer=answer))
        for body in VERSIONS.values()
    ]
    texts = [grade_versions.chapter_with(stem, source) for source in sources]
    found = {}
    with grade_versions.submission(stem, texts) as (workers, files):
        for version, file in zip(VERSIONS, files, strict=True):
            done = checks.run_function(workers, stem, name, file=file)
            passed = {check.name for check in done if not check.finding}
            failed = [check for check in every if check.name not in passed]
            found[version] = sum(c.points for c in every if c.name in passed), failed
    return found


@pytest.mark.parametrize(("stem", "name"), functions())
def test_a_function_that_does_nothing_earns_nothing(stem, name):
    assert {version: graded(stem, name)[version][0] for version in NOTHING} == dict.fromkeys(
        NOTHING, 0
    )


@pytest.mark.parametrize("version", ["twice", "minus"])
@pytest.mark.parametrize(("stem", "name"), functions())
def test_wrong_values_cost_no_finish(stem, name, version):
    _, failed = graded(stem, name)[version]
    assert not [check.name for check in failed if check.kind == "finish"]
    assert failed or name.endswith("_init")  # random weights have no sign


@pytest.mark.parametrize(("stem", "name"), functions())
def test_another_dtype_costs_only_the_checks_of_dtypes(stem, name):
    _, failed = graded(stem, name)["float32"]
    assert {check.kind for check in failed} <= {"finish"}
    assert all("float" in check.name or "integers" in " ".join(check.promises) for check in failed)


# The first two take no arrays; what `flatten` returns may share the memory of its argument.
@pytest.mark.parametrize(("stem", "name"), functions("he_init", "xavier_init", "flatten"))
def test_a_changed_argument_costs_its_own_check_alone(stem, name):
    _, failed = graded(stem, name)["changed"]
    assert [check.kind for check in failed] == ["finish"], [check.name for check in failed]
    assert failed[0].name.endswith("alone")
