"""Wrong versions of the bank, replayed with a learner's arguments."""

import linecache
import time

import numpy as np
import pytest
from support.findings import V, W, X, finding_of, name, told

from grader.boundary.arguments import Seeded
from grader.boundary.reply import Reply
from grader.diagnosis import diagnose
from grader.grading.checks import Checked
from grader.misconceptions import Misconception
from grader.vocabulary import expect
from grader.vocabulary.call import Call
from grader.vocabulary.finding import Finding
from grader.worker import operands

RNG = np.random.default_rng(1)


def made(source, module):
    """The function that this source defines, as if it stood in that module."""
    scope = {"np": np, "__name__": module}
    linecache.cache[module] = (len(source), None, source.splitlines(keepends=True), module)
    exec(compile(source, module, "exec"), scope)
    return scope["product"]


def refused(function, *args):
    """The outcome of a check whose call raises, as the worker describes it."""
    with pytest.raises(ValueError, match=r"mismatch|not aligned") as caught:
        function(*args)
    tb = caught.value.__traceback__.tb_next
    raised = {
        "type": "ValueError",
        "bases": ["ValueError", "Exception"],
        "message": str(caught.value),
        "lines": [["learner.py", tb.tb_lineno, "product", "return ..."]],
        "operands": operands.describe(tb)[1],
    }
    call = Call("product", args, {}, Reply(raised=raised))
    return Checked("check", Finding("it raises", "error", kind="raised", call=call), [call])


@pytest.mark.parametrize(
    ("factors", "names"),
    [
        ("A @ B", "product"),
        ("np.dot(A, B)", "product"),  # NumPy words the same misfit differently
        ("A @ C[2 * 1 - 1].T", "inner_sizes_differ"),
    ],
)
def test_a_misfit_is_that_of_a_version_only_if_the_same_shapes_meet(factors, names):
    source = "def product(A, B, C=(0, np.ones((5, 4)))):\n    return {}\n"
    version = made(source.format("A @ B"), "grader.misconceptions.made")
    check = refused(made(source.format(factors), "learner"), np.ones((2, 3)), np.ones((4, 6)))
    assert diagnose([known(version)], [check])["check"].name == names


def half(y):
    return y / 2.5


def with_noise(y):
    return y + 0.125 * np.sign(y)


def known(version, shows=None):
    return Misconception(version.__name__, "It gives {got}.", "Why not {expected}?", version, shows)


def test_the_banks_version_that_gives_the_same_answer_is_the_diagnosis():
    versions = [known(with_noise), known(half)]
    found = told(expect.close, W / 2.5, W, versions=versions, call_args=(W,))
    assert found.name == "half"
    assert found.happened == f"It gives {W[0, 0] / 2.5:.4g}."
    assert found.question == f"Why not {W[0, 0]:.4g}?"


def test_a_version_must_agree_in_every_call_of_the_check():
    first = Call("f", (W,), {}, Reply(value=W))
    finding, last = finding_of(expect.close, V / 2.5, V, call_args=(V,))
    checked = [Checked("check", finding, [first, last])]
    assert "check" not in diagnose([known(half)], [Checked("check", finding, [first, last])]) or (
        diagnose([known(half)], checked)["check"].name != "half"
    )


def test_a_wrong_version_with_the_sign_wrong_besides_is_named_with_it():
    found = told(expect.close, -with_noise(W), W, versions=[known(with_noise)], call_args=(W,))
    assert found.name == "with_noise + sign_flipped"
    assert (
        found.question
        == f"Why not {W[0, 0]:.4g}? Which difference or which minus sign is the "
        + ("wrong way around?")
    )


def test_two_wrong_versions_explain_two_parts():
    def first(y):
        return 1.0, [y**3, y + 1]

    def second(y):
        return 1.0, [y, y**5]

    versions = [known(first), known(second)]
    call_args = (V,)
    call = Call("f", call_args, {}, Reply(value=(1.0, [V**3, V**5])))
    token = expect.calls.set([call])
    with pytest.raises(Finding) as caught:
        expect.close_list(call.reply.value[1], [V, V + 1], ("dW", "db"))
    expect.calls.reset(token)
    found = diagnose(versions, [Checked("check", caught.value, [call])])
    assert found["check"].name == "first + second"


def test_a_predicate_recognises_what_cannot_be_replayed():
    def sorted_order(answer, order, rng):
        return list(answer) == sorted(order)

    version = known(half, shows=sorted_order)
    got = np.arange(5.0)
    args = (np.array([3.0, 1, 2, 0, 4]), Seeded(3))
    assert name(expect.close, got, got + V.sum(), versions=[version], call_args=args) == "half"
    broken = known(half, shows=lambda answer, order: 1 / 0)
    assert name(expect.close, got, got**2 + W[0, 0], versions=[broken], call_args=args) is None


ODD = [10**400, [10**400], "text", {}, [], [[[]], [[1]]], (1, "a", [None]), np.array(["a"]), True]


@pytest.mark.parametrize("got", ODD)
@pytest.mark.parametrize("want", [W, 1.0])
def test_no_answer_is_too_odd_to_be_looked_at(got, want):
    versions = [known(lambda y: got), known(half), known(half, shows=lambda answer, y: answer > 0)]
    finding, call = finding_of(expect.close, got, want, call_args=(W,))
    assert isinstance(diagnose(versions, [Checked("check", finding, [call])]), dict)


def test_long_training_is_not_replayed():
    def endless(X, epochs):
        raise AssertionError("it should not be called")

    call_args = (np.zeros((60, 784)), 300)
    assert name(expect.close, W**5, W, versions=[known(endless)], call_args=call_args) is None


def test_a_diagnosis_takes_no_time_that_anybody_notices():
    def slow(y):
        time.sleep(0.0005)
        return y / 3

    finding, call = finding_of(expect.close, W**3, W, call_args=(W,))
    checked = [Checked(str(i), finding, [call] * 5) for i in range(8)]
    calls = []
    versions = [known(lambda y: calls.append(1) or slow(y)) for _ in range(10)]
    diagnose(versions, checked)
    assert len(calls) <= 20  # each version once per call, and once more for its pieces


def test_a_version_that_gives_the_right_answer_does_not_explain_a_slightly_wrong_one():
    finding, call = finding_of(expect.close, V * (1 + 3e-9), V, call_args=(V,), tolerance=1e-9)
    right = known(lambda y: 1.0 * y)
    assert diagnose([right], [Checked("check", finding, [call])]) == {}


def test_a_version_that_breaks_what_passes_is_a_coincidence():
    def breaks(y):
        return y / 2.5 if y.size == V.size else y * np.nan

    finding, call = finding_of(expect.close, V / 2.5, V, call_args=(V,))
    failed, passed = Checked("a", finding, [call]), Call("f", (W,), {}, Reply(value=W))
    version = known(breaks)
    assert diagnose([version], [failed])["a"].name == "breaks"
    assert diagnose([version], [failed, Checked("b", None, [passed])])["a"].name != "breaks"


def test_another_default_does_not_speak_for_unnamed_wrong_values():
    def another_default_for_steps(a):
        return 2.5 * a

    shows = lambda answer, a: np.array_equal(answer, 2.5 * a)  # noqa: E731
    known = Misconception(
        "another_default_for_steps", "It.", "Why?", another_default_for_steps, shows
    )
    by_default, call = finding_of(expect.close, 2.5 * X, X)
    wrong, other = finding_of(expect.close, X + RNG.normal(size=X.shape), X)
    checked = [Checked("default", by_default, [call]), Checked("values", wrong, [other])]
    assert diagnose([known], checked) == {}
    assert diagnose([known], checked[:1])["default"].name == "another_default_for_steps"


def test_a_fault_of_form_does_not_speak_for_wrong_values_of_another_part():
    def as_rows(value):
        return W, V[None]

    def has_rows(answer, value):
        return answer[1].ndim == 2

    rows = known(as_rows, shows=has_rows)
    for got, other in [((W * np.exp(W), V[None]), True), ((W, 3 * V[None]), False)]:
        part, want = (got[0], W) if other else (got[1], V[None] * np.exp(V))
        finding, call = finding_of(expect.close, part, want, reply=Reply(value=got))
        told = diagnose([rows], [Checked("check", finding, [call])])
        assert ("check" in told and told["check"].name == "as_rows") is not other
