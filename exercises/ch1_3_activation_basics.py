"""Mathematical functions and activation basics

NumPy's exp, log and maximum work on each entry of an array. The first activation built
from them squeezes any number into the range from 0 to 1, so that it can be read as a
probability:

    sigmoid(z) = 1 / (1 + exp(-z))

The formula is short, but exp overflows: at -z = 89 in float32 and at 710 in float64. The
task of this chapter is to write it so that exp never receives a number above 0. The
sigmoid returns in logistic regression (2.3) and in the perceptron (3.1).
"""

import numpy as np

__all__ = ["sigmoid"]


def sigmoid(Z):
    """Compute the logistic sigmoid of each entry, without overflow.

    Args:
        Z: array of any shape, float32, float64, int32 or int64, any finite values.

    Returns:
        Array of the same shape with 1 / (1 + exp(-z)) for each entry z, in [0, 1].
        float32 gives float32; float64, int32 and int64 give float64. No warning for any
        finite z: for z < 0 use the equal form exp(z) / (1 + exp(z)).

    Source: Nielsen, chapter 1, eq. 3.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [0.0, 0.5, 1.0]
    """
    raise NotImplementedError("write `sigmoid`")


def demo():
    """Draw the sigmoid with characters."""
    Z = np.linspace(-6, 6, 13)
    for z, a in zip(Z, sigmoid(Z), strict=True):
        print(f"sigmoid({z:4.0f}) = {a:.3f} " + "#" * round(40 * float(a)))
    print("far out:", sigmoid(np.array([-1e4, 1e4])).tolist(), "and no overflow")


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
