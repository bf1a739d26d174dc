"""The words of the checks: each raises a `Finding` where the submission is not as it must be.

`answers` compares numbers, `gradients` compares with central differences, and `behavior` looks at
dtypes, side effects, randomness and refusals.
"""

from ...boundary.arguments import Seeded  # a random generator as an argument
from .answers import (
    array,
    arrays,
    at_least,
    at_most,
    close,
    close_list,
    losses,
    number,
    parts,
    right,
)
from .behavior import (
    depends_on_arguments,
    keeps_dtype,
    leaves_arguments_alone,
    raises,
    refuses,
    reproducible,
    silent,
    takes_integers,
    unchanged,
)
from .failing import calls, fail, that
from .gradients import central_differences, gradient

__all__ = [
    "Seeded",
    "array",
    "arrays",
    "at_least",
    "at_most",
    "calls",
    "central_differences",
    "close",
    "close_list",
    "depends_on_arguments",
    "fail",
    "gradient",
    "keeps_dtype",
    "leaves_arguments_alone",
    "losses",
    "number",
    "parts",
    "raises",
    "refuses",
    "reproducible",
    "right",
    "silent",
    "takes_integers",
    "that",
    "unchanged",
]
