"""Rules between the numbers of a wrong answer and the expected ones."""

import numpy as np
import pytest
from support.findings import N, V, W, X, finding_of, name, told

from grader.boundary.reply import Reply
from grader.diagnosis import diagnose
from grader.grading.checks import Checked
from grader.vocabulary import expect
from grader.vocabulary.call import Call
from grader.vocabulary.finding import Finding

RNG = np.random.default_rng(1)
Z = RNG.permuted(np.linspace(-1.1, 1.2, 12)).reshape(4, 3)


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
        (W * V, "one_factor_per_line"),
        (W + V, "one_offset_per_line"),
        (W * (2.5 + np.arange(len(W)))[:, None], "one_factor_per_line"),
        (W * np.array([1, 0, 1]), "never_filled"),
        (W * (np.arange(len(W)) > 0)[:, None], "first_one_wrong"),
        (1 / (1 + np.exp(-W)), "sigmoid_once_more"),
        (np.exp(W) / np.exp(W).sum(axis=1, keepdims=True), "softmax_once_more"),
        (W + RNG.normal(size=W.shape), None),
    ],
)
def test_the_rule_between_the_numbers_is_named(got, names):
    assert name(expect.close, got, W, call_args=(X, 0.3, Z)) == names


def test_an_activation_that_is_missing():
    sigmoids = 1 / (1 + np.exp(-W))
    assert name(expect.close, W, sigmoids) == "sigmoid_missing"
    shares = np.exp(W) / np.exp(W).sum(axis=1, keepdims=True)
    assert name(expect.close, W + Z[:, :1], shares) == "softmax_missing"


def test_a_factor_or_an_offset_that_changes_from_call_to_call():
    for change, told_as in [
        (lambda want, by: by * want, "factor_of_each_call"),
        (lambda want, by: by + want, "offset_of_each_call"),
    ]:
        found = [finding_of(expect.close, change(W, by), W) for by in (0.371, 0.832)]
        checks = [Checked(f"{i}", finding, [call]) for i, (finding, call) in enumerate(found)]
        assert {found.name for found in diagnose([], checks).values()} == {told_as}


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


def test_several_wrong_parts_are_the_subject_of_one_sentence():
    got, want = (3 * W, 3 * V, 3 * V, W), (W, V, V, W)
    found = told(expect.close_list, list(got), list(want), ("dW", "db", "dc", "dV"))
    assert found.happened.startswith("Each of `dW`, `db` and `dc` is 3.0 times")


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


def test_a_check_that_passes_or_is_to_do_has_no_diagnosis():
    call = Call("f", (X,), {}, Reply(value=W))
    stub = Finding("it is still to be written", "todo")
    assert diagnose([], [Checked("a", None, [call]), Checked("b", stub, [])]) == {}


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


def test_a_chosen_candidate_is_not_called_a_multiple_of_the_right_one():
    candidates = [3.0, 1.5, 6.0]
    finding, call = finding_of(expect.close, 3.0, 1.5, call_args=(abs, candidates))
    assert diagnose([], [Checked("check", finding, [call])]) == {}
    finding, call = finding_of(expect.close, 3.0, 1.5, call_args=(V,))
    assert diagnose([], [Checked("check", finding, [call])])["check"].name == "factor_2_too_many"
