"""How far a right answer may be from the expected one: the one place where that is set.

Errors are measured against the largest entry expected, and follow from the arithmetic:

- **Rounding.** A sum of n products, added up in any order, is off by at most n eps times the sum
  of the sizes of its terms, and typically by sqrt(n) of that eps (Higham 2002, section 4.2). The
  longest sums that are compared have TERMS terms; CONDITION is how many times larger than the
  largest entry expected the sizes of an entry's terms add up to. eps is 2.2e-16 in float64 and
  1.2e-7 in float32.
- **Form.** Another right form may carry an epsilon of its own, such as 1e-12 in a denominator.
- **Differences** (f(x + h) - f(x - h)) / 2h with h = 1e-5 are off by h^2 / 6 times the third
  derivative and by eps / h times the size of f: 1e-10 each for the functions here.
- **Updates** multiply the rounding error of the parameters they start from.
"""

import numpy as np

TERMS = 1000
CONDITION = 8
FORM = 1e-9

EPSILON_ALLOWED = 2e-6  # an epsilon of 1e-7 in the logarithm of a probability of 0.05
NUMERICAL_GRADIENT = EPSILON_ALLOWED  # the loss that is differentiated may hold one
PROBABILITIES = 1e-4  # rows that sum to 1, by float32 networks hundreds of units wide
SURE = 2e-5  # what a sure right answer may cost, whatever keeps the logarithm finite
AFTER_UPDATES = 1e-8  # tens of updates in float64
AFTER_FLOAT32_UPDATES = 1e-4  # tens of updates, which may be in float32
ONE_UPDATE = 1e-5  # one update that may be in float32
STEP = 1e-3  # read off float32 parameters before and after: eps |W| over lr |gradient|
CONVERGED = 1e-6  # what sixty steps leave of the way to the minimum
LAST_STEP = 0.01  # a loss just before the last update and just after it
LARGE_LAST_STEP = 0.2  # the same in a small network on a few points, far from the minimum


def rounding(dtype):
    """The relative error of a right answer of this dtype that is written in another form."""
    dtype = np.dtype(dtype)
    eps = np.finfo(dtype).eps if dtype.kind == "f" else 0.0
    return CONDITION * TERMS**0.5 * eps + FORM
