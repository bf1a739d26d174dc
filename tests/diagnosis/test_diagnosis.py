"""What is read off a wrong answer: rules between numbers, faults of form, exceptions, replays."""

import linecache
import time

import numpy as np
import pytest

from grader.boundary.arguments import Seeded
from grader.boundary.reply import Output, Reply
from grader.diagnosis import diagnose
from grader.diagnosis.general import GENERAL
from grader.grading.checks import Checked
from grader.misconceptions import Misconception
from grader.vocabulary import expect
from grader.vocabulary.call import Call
from grader.vocabulary.finding import Finding
from grader.worker import operands

RNG = np.random.default_rng(0)
W = RNG.normal(size=(4, 3))
V = RNG.normal(size=3)
N = 7
X = RNG.normal(size=(N, 4))
Z = RNG.permuted(np.linspace(-1.1, 1.2, 12)).reshape(4, 3)


def finding_of(word, value, *args, call_args=(X,), reply=None, **options):
    """The `Finding` that a word raises about the answer of one call, and the call."""
    call = Call("f", call_args, {}, reply or Reply(value=value))
    token = expect.calls.set([call])
    try:
        with pytest.raises(Finding) as caught:
            word(value, *args, **options)
    finally:
        expect.calls.reset(token)
    return caught.value, call


def told(word, value, *args, versions=(), **options):
    """The `Diagnosis` of that finding, or None."""
    finding, call = finding_of(word, value, *args, **options)
    return diagnose(versions, [Checked("check", finding, [call])]).get("check")


def name(*args, **options):
    found = told(*args, **options)
    return found and found.name


@pytest.mark.parametrize(
    ("got", "names"),
    [
        (-W, "sign_flipped"),
        (N * W, "mean_not_taken"),
        (W / N, "mean_taken_twice"),
        (-N * W, "sign_flipped + mean_not_taken"),
        (2 * W, "factor_2_too_many"),
        (W / 2, "factor_2_missing"),
        (-W / 2, "sign_flipped + factor_2_missing"),
        (W * N / 2, "mean_not_taken + factor_2_missing"),
        (W / 4, "divided_by_the_wrong_size"),
        (W * 0.3, "scaled_by_an_argument"),
        (W / 0.7, "scaled_by_an_argument"),
        (W / np.log(2), "logarithm_of_another_base"),
        (W / np.log(10), "logarithm_of_another_base"),
        (W * 5.123, "constant_factor"),
        (0 * W, "all_zero"),
        (W + 0.25, "constant_offset"),
        (W[::-1], "reversed_order"),
        (W[:, ::-1], "reversed_order"),
        (np.abs(W), "absolute_value"),
        (W**2, "root_not_taken"),
        (1 - W, "one_minus"),
        (1 / W, "reciprocal"),
        (np.exp(W), "logarithm_missing"),
        (np.trunc(W), "rounded_to_integers"),
        (W.ravel()[RNG.permutation(12)].reshape(4, 3), "another_order"),
        (np.vstack([W[:-1], W[-1:] + 1 + V]), "last_one_wrong"),
        (np.vstack([W[:1] + 1 + V, W[1:]]), "first_one_wrong"),
        (W / np.linalg.norm(W), "scaled_to_length_1"),
        (W * np.sqrt(N), "scaled_by_the_root_of_a_size"),
        (W * N / (N - 1), "divided_by_one_less"),
        (np.cumsum(W, axis=0), "sums_carried_over"),
        (np.round(W, 2), "rounded_to_decimals"),
        (np.clip(W, -0.2, 0.2), "values_cut_off"),
        (np.repeat(W[1:2], 4, axis=0), "all_rows_alike"),
        (np.vstack([W[:1], W[1:] + 1 + V]), "only_the_first_right"),
        (W + 0.01 * Z, "argument_added"),
        (np.where(Z > 0, W, W + V), "right_for_one_sign"),
        (W + RNG.normal(size=W.shape), None),
    ],
)
def test_the_rule_between_the_numbers_is_named(got, names):
    assert name(expect.close, got, W, call_args=(X, 0.3, Z)) == names


def test_small_integers_that_wrap_around():
    pixels = np.array([[200, 100], [90, 250]], np.uint8)
    found = told(expect.close, (pixels + pixels) * 1.0, pixels * 2.0, call_args=(pixels,))
    assert (found.name, "multiples of 256" in found.happened) == ("wrapped_around", True)


def test_a_square_gradient_that_is_transposed():
    square = RNG.normal(size=(4, 4))
    assert name(expect.close, square.T, square) == "transposed"
    assert name(expect.close, -N * square.T, square) == "transposed + sign_flipped + mean_not_taken"


def test_the_message_speaks_of_the_learners_numbers():
    found = told(expect.close, N * W, W)
    assert found.happened == (
        "The answer is exactly 7 times too large, and there are 7 examples: it is a sum over the "
        "examples instead of their mean."
    )
    assert found.question == "Where does the 1/n of the mean enter your formula?"
    found = told(expect.close, 0.3 * W, W, call_args=(X, 0.3))
    assert "`argument 2` = 0.3" in found.happened


def test_an_argument_that_comes_back():
    found = told(expect.close, X.copy(), X**3)
    assert (found.name, "argument 1, unchanged" in found.happened) == ("argument_returned", True)


def test_one_number_gives_no_constant_factor():
    assert name(expect.close, 0.5123, 0.1) is None
    assert name(expect.close, -0.1, 0.1) == "sign_flipped"


@pytest.mark.parametrize("change", [lambda ones: 1.5 * ones, lambda ones: ones + 0.5])
def test_equal_numbers_do_not_tell_a_factor_from_an_offset(change):
    assert name(expect.close, change(np.ones(5)), np.ones(5)) is None


def test_an_answer_filled_only_at_its_beginning_is_that_of_a_loop_that_returns():
    first_row, first_entry = np.zeros((2, *W.shape))
    first_row[0], first_entry[0, 0] = W[0], W[0, 0]
    assert name(expect.close, first_row, W) == "only_the_first_filled"
    assert name(expect.close, first_entry, W) == "only_the_first_filled"
    assert name(expect.close, first_row, 2 * first_row) != "only_the_first_filled"


def test_the_edge_is_not_blamed_where_nothing_else_is_expected():
    want = np.zeros((4, 3))
    want[0] = V
    assert name(expect.close, want**3, want) is None


GRADS = ("dW1", "db1", "dW2", "db2")
WANT = [RNG.normal(size=shape) for shape in [(4, 3), (3,), (3, 2), (2,)]]


def changed(**new):
    return [new.get(part, want) for part, want in zip(GRADS, WANT, strict=True)]


@pytest.mark.parametrize(
    ("got", "names"),
    [
        ([-grad for grad in WANT], "sign_flipped"),
        ([-N * grad for grad in WANT], "sign_flipped + mean_not_taken"),
        (changed(db1=N * WANT[1], db2=N * WANT[3]), "mean_not_taken"),
        (changed(dW1=-WANT[0], db1=-WANT[1]), "sign_flipped"),
        (changed(dW1=N * WANT[0], db2=-WANT[3]), "mean_not_taken + sign_flipped"),
        (changed(db1=WANT[1] ** 3, db2=WANT[3] ** 3), "only_the_biases_wrong"),
        (changed(dW1=WANT[0] ** 3), "only_the_weights_wrong"),
        (changed(dW1=WANT[0] ** 3, db1=WANT[1] ** 3), "only_the_first_layer_wrong"),
        (changed(dW2=WANT[2] ** 3, db2=WANT[3] ** 3), "only_the_last_layer_wrong"),
        (changed(dW1=WANT[0] ** 3, db2=WANT[3] ** 3), None),
    ],
)
def test_the_pattern_of_a_list_of_gradients_is_named(got, names):
    assert name(expect.close_list, got, WANT, GRADS) == names


def test_parts_that_have_changed_places_are_named():
    want = [W, W + 1, V]
    found = told(expect.close_list, [W + 1, W, V], want, ("dW1", "dW2", "db"))
    assert found.name == "parts_swapped"
    assert "`dW1` holds what should be `dW2`" in found.happened


@pytest.mark.parametrize(
    ("got", "want", "names"),
    [
        (None, W, "nothing_returned"),
        (None, 1.0, "nothing_returned"),
        (W.tolist(), W, "list_for_an_array"),
        (0.5, W, "number_for_an_array"),
        (V, 0.5, "array_for_a_number"),
        (W[:, 0], W[:, :1], "flat_vector"),
        (V[None], V, "axis_kept"),
        (W.T, W + 0.1, "axes_exchanged"),
        (np.zeros(4), np.zeros(7), "wrong_axis"),
        (W[:-1], W, "off_by_one"),
        (np.zeros((9, 9)), W, None),
        (W.astype(np.float32), W, "float64_not_kept"),
        (W, W.astype(np.float32), "float32_not_kept"),
        (W.astype(np.float16), W, "narrow_float"),
        (W.astype(int), W, "rounded_to_integers"),
        (W.astype(int), np.trunc(W), "integers_not_converted"),
        (W > 0, 1.0 * (W > 0), "integers_not_converted"),
        (np.trunc(W), W.astype(int), "floats_for_integers"),
        ("text", W, None),
    ],
)
def test_a_fault_of_form_is_named(got, want, names):
    assert name(expect.close, got, want) == names


def test_a_list_of_the_wrong_length_is_named():
    assert name(expect.losses, [1.0, 2.0, 3.0], 2) == "one_too_many"
    assert name(expect.losses, [1.0, 2.0, 3.0], 4) == "one_too_few"
    assert name(expect.losses, [1.0], 9) is None
    assert name(expect.parts, [1.0], "loss", "grads") == "parts_missing"
    assert name(expect.parts, [1.0, 2.0, 3.0], "loss", "grads") == "parts_too_many"
    assert name(expect.parts, W, "loss", "grads") == "parts_not_separate"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("divide by zero encountered in log", "logarithm_of_zero"),
        ("overflow encountered in exp", "exponential_overflows"),
        ("invalid value encountered in divide", "zero_divided_by_zero"),
        ("invalid value encountered in true_divide", "zero_divided_by_zero"),
        ("something else", None),
    ],
)
def test_what_numpy_warns_of_explains_nan(text, names):
    reply = Reply(value=np.nan * W, warnings=[("RuntimeWarning", text, "f.py", 3)])
    assert name(expect.close, np.nan * W, W, reply=reply) == names


def test_parts_in_another_order_are_not_called_joined():
    got = ([1.0, 2.0], 0.5)
    assert name(expect.close_list, 0.5, [W, V], ("dW", "db"), reply=Reply(value=got)) == (
        "parts_in_another_order"
    )
    assert name(expect.close_list, W, [W, V], ("dW", "db")) == "parts_not_separate"


def test_parts_in_groups_or_in_another_order_are_not_called_missing_or_summed():
    assert name(expect.parts, [(W, V), (W, V)], *GRADS) is None
    back = [np.round(V), np.round(W)]
    assert name(expect.close_list, back, [W, V], ("dW", "db"), reply=Reply(value=back)) is None


def test_several_wrong_parts_are_the_subject_of_one_sentence():
    got, want = (3 * W, 3 * V, 3 * V, W), (W, V, V, W)
    found = told(expect.close_list, list(got), list(want), ("dW", "db", "dc", "dV"))
    assert found.happened.startswith("Each of `dW`, `db` and `dc` is 3.0 times")


def test_a_gradient_with_the_shape_of_another_array_is_told_which():
    got = [X, V]
    found = told(expect.close_list, got, [W, V], ("dW", "db"), reply=Reply(value=got))
    assert (found.name, "as `argument 1` does" in found.happened) == ("shape_of_an_argument", True)
    assert found.happened.startswith("`dW` has shape (7, 4)")


def test_arrays_in_a_list_are_not_called_numbers():
    got = [W, V]
    found = told(expect.close, got, W, reply=Reply(value=got))
    assert found.name == "parts_for_an_array"


def test_a_function_of_each_number_must_hold_in_all_the_failures():
    pairs = [(1 - W, W), (W + RNG.normal(size=W.shape), W)]
    checked = []
    for i, (got, want) in enumerate(pairs):
        finding, call = finding_of(expect.close, got, want)
        checked.append(Checked(f"check {i}", finding, [call]))
    assert diagnose([], checked) == {}


def test_a_factor_that_is_2_by_chance_depends_on_a_size_too():
    checked = []
    for i, shape in enumerate([(6, 3), (5, 4)]):
        n, want = shape[0], W * (1 + i)
        finding, call = finding_of(
            expect.close, want * n / shape[1], want, call_args=(np.ones(shape),)
        )
        checked.append(Checked(f"check {i}", finding, [call]))
    assert "factor_2_too_many" not in {found.name for found in diagnose([], checked).values()}


def test_wrong_values_come_before_a_finish_that_they_explain():
    value, call = finding_of(expect.close, W + RNG.normal(size=W.shape), W)
    finish, other = finding_of(expect.close, 2 * W, W)
    checked = [
        Checked("value", value, [call]),
        Checked("finish", finish, [other], finish=True),
    ]
    assert diagnose([], checked) == {}


def made(source, module):
    """The function that this source defines, as if it stood in that module."""
    scope = {"np": np, "__name__": module}
    linecache.cache[module] = (len(source), None, source.splitlines(keepends=True), module)
    exec(compile(source, module, "exec"), scope)
    return scope["product"]


def refused(function, *args):
    """The outcome of a check whose call raises, as the worker describes it."""
    with pytest.raises(ValueError, match="mismatch") as caught:
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
    ("factors", "names"), [("A @ B", "product"), ("A @ C[2 * 1 - 1].T", "inner_sizes_differ")]
)
def test_a_misfit_is_that_of_a_version_only_if_the_same_shapes_meet(factors, names):
    source = "def product(A, B, C=(0, np.ones((5, 4)))):\n    return {}\n"
    version = made(source.format("A @ B"), "grader.misconceptions.made")
    check = refused(made(source.format(factors), "learner"), np.ones((2, 3)), np.ones((4, 6)))
    assert diagnose([known(version)], [check])["check"].name == names


EXCEPTIONS = {
    "function_in_a_formula": "return np.tanh ** 2",
    "name_not_defined": "return undefined",
    "signature_changed": "return (lambda a, b: a)(1)",
    "inner_sizes_differ": "return np.ones((2, 3)) @ np.ones((2, 3))",
    "shapes_do_not_fit": "return np.ones((2, 3)) + np.ones((2, 4))",
    "index_out_of_range": "return np.ones(3)[3]",
    "integers_changed_in_place": "a = np.ones(3, int)\n    a -= 0.5",
    "one_answer_for_many": "return 1 if np.ones(3) > 0 else 0",
    "wrong_number_of_parts": "a, b = [1, 2, 3]",
    "none_there": "return None.T",
    "no_such_attribute": "return np.ones(3).length",
    "arrays_as_index": "return np.ones(3)[np.ones(3)]",
    "read_only_array": "a = np.ones(3)\n    a.flags.writeable = False\n    a[0] = 2",
    "module_not_there": "import module_of_nobody",
    "calls_itself": "return f()",
    "division_by_zero": "return 1 / 0",
    "lists_and_tuples_joined": "return [1] + (2, 3)",
    "called_otherwise": 'raise ValueError("loss_fn() missing 2 required positional arguments")',
    None: "raise RuntimeError('odd')",
}


@pytest.mark.parametrize("names", EXCEPTIONS)
def test_an_exception_is_explained(names):
    scope = {"np": np}
    exec(f"def f():\n    {EXCEPTIONS[names]}", scope)
    with pytest.raises(Exception) as caught:  # noqa: PT011
        scope["f"]()
    error = caught.value
    bases = [base.__name__ for base in type(error).__mro__]
    raised = {"type": bases[0], "bases": bases, "message": str(error), "lines": []}
    call = Call("f", (), {}, Reply(raised=raised))
    finding = Finding("f raises", "error", kind="raised", call=call)
    found = diagnose([], [Checked("check", finding, [call])])
    assert (found["check"].name if found else None) == names


KINDS = {
    "changed": "argument_changed",
    "global random": "global_random_state",
    "unrepeatable": "own_random_numbers",
    "not refused": "misfit_not_noticed",
    "wrong exception": "wrong_exception",
    "slow": "loops_in_python",
    "timeout": "never_ends",
    "crashed": None,
    "too low": None,
    None: None,
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_sort_of_failure_alone_may_tell(kind):
    call = Call("f", (X,), {}, Reply(value=W))
    finding = Finding("it is wrong", kind=kind, call=call)
    found = diagnose([], [Checked("check", finding, [call])])
    assert (found["check"].name if found else None) == KINDS[kind]


def test_every_general_message_is_a_statement_and_a_question():
    for happened, question in GENERAL.values():
        assert happened.endswith((".", "}."))
        assert question.endswith(("?", ")"))
        assert (happened + question).isascii()


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


def test_a_check_that_passes_or_is_to_do_has_no_diagnosis():
    call = Call("f", (X,), {}, Reply(value=W))
    stub = Finding("it is still to be written", "todo")
    assert diagnose([], [Checked("a", None, [call]), Checked("b", stub, [])]) == {}


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


def test_a_rule_that_fits_one_of_many_answers_is_not_told():
    found = []
    for i, got in enumerate([2 * W, W + RNG.normal(size=W.shape), W + RNG.normal(size=W.shape)]):
        finding, call = finding_of(expect.close, got, W)
        found.append(Checked(str(i), finding, [call]))
    assert diagnose([], found[:1])["0"].name == "factor_2_too_many"
    assert diagnose([], found) == {}


def test_a_constant_factor_of_one_answer_of_two_is_not_told():
    found = []
    for i, got in enumerate([0.43 * W, W + RNG.normal(size=W.shape)]):
        finding, call = finding_of(expect.close, got, W)
        found.append(Checked(str(i), finding, [call]))
    assert diagnose([], found[:1])["0"].name == "constant_factor"
    assert diagnose([], found) == {}


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


def test_a_named_finishing_touch_does_not_speak_for_unnamed_wrong_values():
    wrong, call = finding_of(expect.close, W + RNG.normal(size=W.shape), W)
    dtype, other = finding_of(expect.close, W, W.astype(np.float32))
    checked = [Checked("values", wrong, [call]), Checked("float32", dtype, [other])]
    assert diagnose([], checked) == {}
    assert diagnose([], checked[1:])["float32"].name == "float32_not_kept"


def test_values_are_told_before_the_dtype():
    finding, _ = finding_of(expect.close, (3 * W).astype(np.float32), W)
    assert finding.kind == "values"
    order = ["todo", "raised", "values", "shape", "dtype"]
    statuses = {"todo": "todo", "raised": "error"}
    found = [Finding("x", statuses.get(kind, "failed"), kind=kind).severity for kind in order]
    assert found == [0, 1, 2, 3, 4]


def test_a_factor_is_told_by_what_the_function_computes():
    def names_of(function, got, *args, want=W):
        call = Call(function[1], args, {}, Reply(value=got), chapter=function[0])
        token = expect.calls.set([call])
        try:
            expect.close(got, want)
        except Finding as finding:
            return diagnose([], [Checked("check", finding, [call])])["check"].name
        finally:
            expect.calls.reset(token)

    convolution = "ch4_2_convolution", "conv_backward"
    cross_entropy = "ch3_3_forward_mlp", "cross_entropy"
    assert names_of(cross_entropy, N * W, X) == "mean_not_taken"
    assert names_of(convolution, N * W, X) == "scaled_by_a_size"
    shares = W**2 / np.sum(W**2)
    assert names_of(convolution, 100 * shares, X, want=shares) == "in_percent"
    assert names_of(convolution, 100 * W, X) == "constant_factor"


def raised_diagnosis(expression, operands, error, message, lines=("f",)):
    bases = [base.__name__ for base in error.__mro__]
    raised = {
        "type": error.__name__,
        "bases": bases,
        "message": message,
        "lines": [("ch.py", 1, name, f"return {expression}") for name in lines],
        "expression": expression,
        "operands": operands,
    }
    call = Call("f", (), {}, Reply(raised=raised))
    finding = Finding("f raises", "error", kind="raised", call=call)
    return diagnose([], [Checked("check", finding, [call])])["check"].name


@pytest.mark.parametrize(
    ("expression", "operands", "error", "message", "expected"),
    [
        (
            "n // batch_size",
            [["batch_size", "is None", "argument"]],
            TypeError,
            "unsupported operand type(s) for //: 'int' and 'NoneType'",
            "argument_is_none",
        ),
        (
            "A1 @ W2",
            [["A1", "is None", ""]],
            TypeError,
            "unsupported operand type(s) for @: 'NoneType' and 'ndarray'",
            "variable_is_none",
        ),
        (
            "forward(X).T",
            [],
            AttributeError,
            "'NoneType' object has no attribute 'T'",
            "none_from_a_helper",
        ),
        (
            "np.max(0, Z)",
            [["Z", "has shape (3,)", "argument"]],
            TypeError,
            "only integer scalar arrays can be converted to a scalar index",
            "reduction_for_entrywise",
        ),
        (
            "float(x)",
            [["x", "has shape (1,)", ""]],
            TypeError,
            "only length-1 arrays can be converted to Python scalars",
            "array_for_a_single_number",
        ),
        (
            "W.shape[1]",
            [["W.shape", "is (3,)", ""]],
            IndexError,
            "tuple index out of range",
            "too_few_axes",
        ),
        ("params[4]", [], IndexError, "tuple index out of range", "index_out_of_range"),
        ("Z ^ 2", [], TypeError, "ufunc 'bitwise_xor' not supported for", "hat_for_a_power"),
    ],
)
def test_an_exception_is_explained_by_its_operands(expression, operands, error, message, expected):
    assert raised_diagnosis(expression, operands, error, message) == expected


def test_answers_in_another_order_are_not_called_transposed():
    assert name(expect.close, W.reshape(3, 4), W) == "wrong_reshape"
    assert name(expect.close, np.zeros((3, 6)), np.ones((4, 5))) is None  # one more, one less


def test_much_output_is_told_in_place_of_an_endless_loop():
    reply = Reply(died=("timeout", "it was stopped"), output=Output())
    reply.output.add(b"a line\n" * 30_000)
    call = Call("f", (X,), {}, reply)
    finding = Finding("it was stopped", "timeout", kind="timeout", call=call)
    assert diagnose([], [Checked("check", finding, [call])])["check"].name == "prints_too_much"


def test_a_chosen_candidate_is_not_called_a_multiple_of_the_right_one():
    candidates = [3.0, 1.5, 6.0]
    finding, call = finding_of(expect.close, 3.0, 1.5, call_args=(abs, candidates))
    assert diagnose([], [Checked("check", finding, [call])]) == {}
    finding, call = finding_of(expect.close, 3.0, 1.5, call_args=(V,))
    assert diagnose([], [Checked("check", finding, [call])])["check"].name == "factor_2_too_many"


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


def test_lists_in_each_others_place_are_not_called_too_long():
    losses, params = [0.7, 0.6, 0.5], [W, V]
    finding, call = finding_of(expect.parts, losses, "W", "b", reply=Reply(value=(losses, params)))
    assert diagnose([], [Checked("check", finding, [call])])["check"].name == "lists_interchanged"
    finding, call = finding_of(expect.parts, losses, "W", "b", reply=Reply(value=losses))
    assert diagnose([], [Checked("check", finding, [call])])["check"].name == "parts_too_many"
