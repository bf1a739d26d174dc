"""The allowed differences between a correct answer and the expected one, all in one place.

Errors are measured against the largest expected entry, and follow from the arithmetic:

- **Rounding.** A sum of n products, added in any order, is off by at most n eps times the sum of
  the absolute values of its terms, and typically by sqrt(n) eps times that (Higham 2002, section
  4.2). The longest sums compared have TERMS terms; CONDITION is how many times larger than the
  largest expected entry the absolute values of an entry's terms add up to. eps is 2.2e-16 in
  float64 and 1.2e-7 in float32.
- **Form.** Another correct form may contain a small epsilon, such as 1e-12 in a denominator.
- **Differences** (f(x + h) - f(x - h)) / 2h with h = 1e-5 are off by h^2 / 6 times the third
  derivative and by eps / h times the size of f: 1e-10 each for the functions here.
- **Updates** multiply the rounding error of the parameters they start from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import DTypeLike

TERMS = 1000
CONDITION = 8
FORM = 1e-9

EPSILON_ALLOWED = 2e-6  # an epsilon of 1e-7 in the logarithm of a probability of 0.05
NUMERICAL_GRADIENT = EPSILON_ALLOWED  # the differentiated loss may contain such an epsilon
PROBABILITIES = 1e-4  # rows that sum to 1, from float32 networks hundreds of units wide
CONFIDENT = 2e-5  # loss of a confident correct answer, however its logarithm is kept finite
AFTER_UPDATES = 1e-8  # tens of updates in float64
AFTER_FLOAT32_UPDATES = 1e-4  # tens of updates that may be in float32
ONE_UPDATE = 1e-5  # one update that may be in float32
STEP = 1e-3  # a step computed from float32 parameters: eps |W| over lr |gradient|
CERTAIN = 1e-3  # change of the gradients when a probability of e^-14 becomes 0
CONVERGED = 1e-6  # distance to the minimum left after sixty steps
LAST_STEP = 0.01  # change of the loss in the last update


def rounding(dtype: DTypeLike) -> float:
    """The relative error of a correct answer of this dtype that is computed in another form."""
    dtype = np.dtype(dtype)
    eps = float(np.finfo(dtype).eps) if dtype.kind == "f" else 0.0
    return CONDITION * TERMS**0.5 * eps + FORM
