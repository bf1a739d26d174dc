"""What the kind of failure alone explains: form, dtype, warnings, exceptions."""

import numpy as np
import pytest
from support.findings import V, W, X, finding_of, name, told

from grader.boundary.reply import Output, Reply
from grader.diagnosis import diagnose
from grader.diagnosis.texts import GENERAL
from grader.grading.checks import Checked
from grader.vocabulary import expect
from grader.vocabulary.call import Call
from grader.vocabulary.finding import Finding
from grader.vocabulary.scripts import ScriptCall

RNG = np.random.default_rng(1)


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
    assert name(expect.parts, [(W, V), (W, V)], "dW1", "db1", "dW2", "db2") is None
    back = [np.round(V), np.round(W)]
    assert name(expect.close_list, back, [W, V], ("dW", "db"), reply=Reply(value=back)) is None


def test_a_gradient_with_the_shape_of_another_array_is_told_which():
    got = [X, V]
    found = told(expect.close_list, got, [W, V], ("dW", "db"), reply=Reply(value=got))
    assert (found.name, "as `argument 1` does" in found.happened) == ("shape_of_an_argument", True)
    assert found.happened.startswith("`dW` has shape (7, 4)")


def test_arrays_in_a_list_are_not_called_numbers():
    got = [W, V]
    found = told(expect.close, got, W, reply=Reply(value=got))
    assert found.name == "parts_for_an_array"


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
    "foreign_character": "exec('\\u00a0\\u00a0return 1')",
    "asks_for_input": "raise EOFError('EOF when reading a line')",
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


IN_A_CLASS = {
    "self_missing": ("NameError", "name 'forward' is not defined"),
    "name_not_defined": ("NameError", "name 'softmax' is not defined"),
    "attribute_not_stored_yet": (
        "AttributeError",
        "'NeuralNetwork' object has no attribute 'A2'",
    ),
    "no_such_attribute": ("AttributeError", "'numpy.ndarray' object has no attribute 'length'"),
}


@pytest.mark.parametrize("name", IN_A_CLASS)
def test_a_name_without_self_and_an_attribute_that_is_not_there_yet_are_told_apart(name):
    error, message = IN_A_CLASS[name]
    raised = {"type": error, "bases": [error], "message": message, "lines": []}
    call = ScriptCall("NeuralNetwork", ([],), {}, Reply(raised=raised))
    call.chapter = "ch5_2_neural_network_class"
    finding = Finding("it raises", "error", kind="raised", call=call)
    assert diagnose([], [Checked("check", finding, [call])])["check"].name == name


KINDS = {
    "changed": "argument_changed",
    "global random": "global_random_state",
    "unrepeatable": "own_random_numbers",
    "changing": "another_answer_each_time",
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


def test_a_named_finishing_touch_does_not_speak_for_unnamed_wrong_values():
    wrong, call = finding_of(expect.close, W + RNG.normal(size=W.shape), W)
    dtype, other = finding_of(expect.close, W, W.astype(np.float32))
    checked = [Checked("values", wrong, [call]), Checked("float32", dtype, [other])]
    assert diagnose([], checked) == {}
    assert diagnose([], checked[1:])["float32"].name == "float32_not_kept"


def test_wrong_values_come_before_a_finish_that_they_explain():
    value, call = finding_of(expect.close, W + RNG.normal(size=W.shape), W)
    finish, other = finding_of(expect.close, 2 * W, W)
    checked = [
        Checked("value", value, [call]),
        Checked("finish", finish, [other], finish=True),
    ]
    assert diagnose([], checked) == {}


def test_values_are_told_before_the_dtype():
    finding, _ = finding_of(expect.close, (3 * W).astype(np.float32), W)
    assert finding.kind == "values"
    order = ["todo", "raised", "values", "shape", "dtype"]
    statuses = {"todo": "todo", "raised": "error"}
    found = [Finding("x", statuses.get(kind, "failed"), kind=kind).severity for kind in order]
    assert found == [0, 1, 2, 3, 4]


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


def test_lists_in_each_others_place_are_not_called_too_long():
    losses, params = [0.7, 0.6, 0.5], [W, V]
    finding, call = finding_of(expect.parts, losses, "W", "b", reply=Reply(value=(losses, params)))
    assert diagnose([], [Checked("check", finding, [call])])["check"].name == "lists_interchanged"
    finding, call = finding_of(expect.parts, losses, "W", "b", reply=Reply(value=losses))
    assert diagnose([], [Checked("check", finding, [call])])["check"].name == "parts_too_many"
