"""Explains an exception by its class, its message, the expression that raised, and its operands."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from typing import Any

from ..vocabulary import names
from ..vocabulary.call import Call
from ..vocabulary.values import cut, printable

Named = tuple[str | None, dict[str, Any]]  # the name of an explanation, fields of its texts

PATTERNS = [  # (a class among the exception's bases, a pattern of its message)
    ("SyntaxError", r"unicode error|can't decode|null bytes|unknown encoding", "no_text"),
    ("ValueError", r"null bytes", "no_text"),
    ("SyntaxError", r"invalid (non-printable )?character", "foreign_character"),
    ("SyntaxError", "", "syntax"),
    ("EOFError", r"EOF when reading a line", "asks_for_input"),
    ("RecursionError", "", "calls_itself"),
    ("ImportError", "circular import", "imports_in_a_circle"),
    ("ImportError", "", "module_not_there"),
    ("UnboundLocalError", "", "read_before_assigned"),
    ("NameError", "", "name_not_defined"),
    ("ZeroDivisionError", "", "division_by_zero"),
    ("OverflowError", "", "number_too_large"),
    ("TypeError", r"Cannot cast ufunc", "integers_changed_in_place"),
    ("TypeError", r"NoneType", "none_there"),
    ("AttributeError", r"NoneType.*(permutation|shuffle|choice|normal|random|integers)", "no_rng"),
    ("AttributeError", r"NoneType", "none_there"),
    ("TypeError", r"only (integer scalar|length-1|0-dimensional) arrays", "array_for_one_number"),
    ("TypeError", r"cannot unpack", "wrong_number_of_parts"),
    ("TypeError", r"float\w*' object cannot be interpreted", "float_for_a_count"),
    ("TypeError", r"object is not callable", "not_a_function"),
    ("TypeError", r"unsupported operand.*'(tuple|list)'|multiply sequence", "list_in_a_formula"),
    (
        "TypeError",
        r"unsupported operand.*'(function|numpy\.ufunc|method)'",
        "function_in_a_formula",
    ),
    ("TypeError", r"can only concatenate", "lists_and_tuples_joined"),
    ("TypeError", r"argument|takes \d+ positional", "signature_changed"),
    ("TypeError", r"for \^|'bitwise_xor' not supported", "hat_for_a_power"),
    ("ValueError", r"missing \d+ required positional|takes \d+ positional", "called_otherwise"),
    ("ValueError", r"truth value of an array", "one_answer_for_many"),
    ("ValueError", r"inhomogeneous", "shapes_differ_in_a_list"),
    ("ValueError", r"setting an array element", "many_numbers_for_one_place"),
    ("ValueError", r"matmul|not aligned", "inner_sizes_differ"),
    ("ValueError", r"broadcast|cannot reshape|mismatch|same shape|shape|axes", "shapes_do_not_fit"),
    ("ValueError", r"values to unpack", "wrong_number_of_parts"),
    ("ValueError", r"read-only", "read_only_array"),
    ("IndexError", r"must be of integer|only integers", "arrays_as_index"),
    ("IndexError", r"tuple index out of range", "too_few_axes"),
    ("IndexError", r"too many indices", "too_many_indices"),
    ("IndexError", r"boolean index", "shapes_do_not_fit"),
    ("IndexError", r"out of (bounds|range)", "index_out_of_range"),
    ("AttributeError", r"has no attribute", "no_such_attribute"),
]
REDUCTIONS = ("max", "amax", "min", "amin")


def explain(raised: Mapping[str, Any], call: Call) -> Named:
    """The name of the explanation and the fields of its texts; `(None, {})` if there is none."""
    fields: dict[str, Any] = {"error": cut(printable(" ".join(raised["message"].split())), 160)}
    if on_purpose(raised):
        return _refusal(raised, call, fields)
    for base, pattern, name in PATTERNS:
        if base in raised["bases"] and re.search(pattern, raised["message"]):
            return _specific(name, raised, call, fields)
    return None, {}


def on_purpose(raised: Mapping[str, Any]) -> bool:
    """True for a `raise` or an `assert` of the submission's own."""
    return bool(raised["lines"]) and raised["lines"][-1][-1].startswith(("raise ", "assert "))


def _refusal(raised, call, fields):
    """A `raise` or `assert` of the function's own, or of one that it calls."""
    if {"ValueError", "TypeError", "AssertionError"}.isdisjoint(raised["bases"]):
        return None, {}
    function = raised["lines"][-1][2]
    if call.owns(function):
        return "refuses_legal_arguments", fields
    return "refused_by_a_function", fields | {"function": printable(function)}


def _specific(name, raised, call, fields):
    """A more specific name, by the expression that raised and by its operands."""
    find = {
        "none_there": _none,
        "module_not_there": _import,
        "syntax": _syntax,
        "array_for_one_number": _one_number,
        "too_few_axes": _axes,
        "name_not_defined": _method,
        "no_such_attribute": _own_attribute,
    }.get(name)
    specific: Named = (find(raised, call) if find else None) or (name, {})
    return specific[0], fields | specific[1]


def _none(raised, call):
    operands = [operand for operand in raised.get("operands", ()) if operand[1] == "is None"]
    if len(operands) == 1:
        text, _, origin = operands[0]
        own = raised["lines"] and call.owns(raised["lines"][-1][2])
        name = "argument_is_none" if origin and own else "variable_is_none"
        return name, {"variable": printable(text)}
    if functions := _called_operands(_tree(raised)):
        return "none_from_a_helper", {"function": functions[0]}
    return None


def _called_operands(tree):
    """The functions whose results are operands themselves, as in `f(x) @ W` or `f(x).T`."""
    if isinstance(tree, ast.BinOp):
        sides = [tree.left, tree.right]
    else:
        sides = [tree.value] if isinstance(tree, (ast.Attribute, ast.Subscript)) else []
    calls = [side for side in sides if isinstance(side, ast.Call)]
    return [printable(ast.unparse(call.func)) for call in calls] if len(calls) == 1 else []


def _import(raised, call):
    if missing := names.missing_from_chapter(raised):
        return "earlier_name_missing", dict(zip(("name", "stem"), missing, strict=True))
    if match := names.NO_CHAPTER.search(raised["message"]):
        return "earlier_chapter_missing", {"stem": match[1]}
    return None


def _syntax(raised, call):
    line = raised["lines"][-1][-1] if raised["lines"] else ""
    since = names.newer_syntax(line)
    return since and ("newer_python", {"version": since})


def _one_number(raised, call):
    if found := _reduction(raised, call):
        return found
    tree = _tree(raised)
    if isinstance(tree, ast.Call):
        function = printable(ast.unparse(tree.func))
        if function in ("float", "int") or function.startswith("math."):
            return "array_for_a_single_number", {"function": function}
    return None


def _reduction(raised, call):
    """`np.max(0, Z)` takes `Z` for the axis."""
    tree = _tree(raised)
    if not isinstance(tree, ast.Call) or len(tree.args) < 2:
        return None
    module, _, function = ast.unparse(tree.func).rpartition(".")
    if module in ("np", "numpy") and function in REDUCTIONS:
        return "reduction_for_entrywise", {"function": function}
    return None


def _method(raised, call):
    """A method or attribute of the class that is used without its object."""
    undefined = names.UNDEFINED.search(raised["message"])
    if call.kind == "class" and undefined and names.is_of_a_class(undefined[1], call.chapter):
        return "self_missing", {"name": undefined[1]}
    return None


def _own_attribute(raised, call):
    """An attribute of the learner's own class."""
    own = re.match(r"'(\w+)' object has no attribute '(\w+)'", raised["message"])
    if call.kind != "class" or not own or own[1] != call.name:
        return None
    return "attribute_not_stored_yet", {"attribute": own[2]}


def _axes(raised, call):
    return None if ".shape[" in raised.get("expression", "") else ("index_out_of_range", {})


def _tree(raised):
    """The syntax tree of the expression that raised, or None if it is none."""
    expression = raised.get("expression", "")
    for source in (expression, expression.partition(" = ")[2]):
        try:
            return ast.parse(f"({source})", mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
    return None
