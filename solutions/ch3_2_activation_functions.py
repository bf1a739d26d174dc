"""Activation functions for neural networks

Two linear layers in a row are just one linear layer, so something between them must bend.

    relu(z) = max(0, z)            tanh(z) = (e^z - e^-z) / (e^z + e^-z)
    leaky_relu(z) = z or alpha z   softmax(z)_i = e^(z_i) / sum of e^(z_j)

The first three belong in hidden layers, with their derivatives for backpropagation (3.4).
Softmax turns the last layer's scores into class probabilities. Its exponentials overflow
unless the largest score is subtracted first, which does not change the result:
e^(z - m) / sum e^(z - m) has the factor e^-m above and below.
"""

import numpy as np

__all__ = ["relu", "relu_derivative", "tanh", "tanh_derivative", "leaky_relu", "softmax"]


def relu(Z):
    """Compute max(0, z), the rectified linear unit, of each entry.

    Args:
        Z: array of any shape, float32, float64 or integer.

    Returns:
        New array of the same shape; float32 gives float32, integers give float64.

    Source: Goodfellow et al. 2016, section 6.3.1; Nair & Hinton 2010.

    >>> relu(np.array([-2, 0, 3])).tolist()
    [0.0, 0.0, 3.0]
    """
    # Why this form: `np.maximum` compares entry by entry and creates a new array in one pass.
    # `np.where(Z > 0, Z, 0.0)` and `Z * (Z > 0)` are just as correct, but the product turns -inf
    # into nan.
    return np.maximum(Z, 0.0)  # 0.0, not 0: integers become float64, float32 stays


def relu_derivative(Z):
    """Compute the derivative of relu at each entry.

    Args:
        Z: array of any shape, the argument of relu; float32, float64 or integer.

    Returns:
        Array of the same shape: 1 where z > 0, otherwise 0. At z = 0, where relu has a
        corner, this course uses 0. float32 gives float32, integers give float64.

    Source: Goodfellow et al. 2016, section 6.3.

    >>> relu_derivative(np.array([-2.0, 0.0, 3.0])).tolist()
    [0.0, 0.0, 1.0]
    """
    # Why this form: the comparison is the derivative, and `astype` turns its True and False into
    # numbers with the dtype of Z, so float32 backpropagation stays in float32.
    # `np.where(Z > 0, 1.0, 0.0)` would always be float64; `np.heaviside(Z, 0.0)` works too.
    return (Z > 0).astype(np.result_type(Z, 1.0))  # integers become float64


def tanh(Z):
    """Compute the hyperbolic tangent of each entry.

    Args:
        Z: array of any shape, float32, float64 or integer, any finite values.

    Returns:
        Array of the same shape with values in [-1, 1]; float32 gives float32, integers
        give float64. No overflow: the quotient of exponentials above fails for large z,
        `np.tanh` does not.

    Source: Goodfellow et al. 2016, section 6.3.2.

    >>> tanh(np.array([-1000.0, 0.0, 1000.0])).tolist()
    [-1.0, 0.0, 1.0]
    """
    # Why this form: NumPy's own function never computes e^z, so no z is too large. The factor 1.0
    # is for small integers such as uint8, which `np.tanh` would turn into float16.
    # `2 * sigmoid(2 * Z) - 1` is correct too, but loses digits near 0.
    return np.tanh(1.0 * Z)


def tanh_derivative(Z):
    """Compute the derivative of tanh with respect to its argument at each entry.

    Args:
        Z: array of any shape, the argument of tanh (not its value); float32, float64 or
            integer, any finite values.

    Returns:
        Array of the same shape, 1 - tanh(z)^2, with no overflow; float32 gives float32,
        integers give float64.

    Source: LeCun et al. 1998, "Efficient BackProp", section 4.4.

    >>> tanh_derivative(np.array([0.0, 1.0])).round(4).tolist()
    [1.0, 0.42]
    """
    # Why this form: 1 - tanh^2 is bounded, while cosh(z)^2 in 1 / cosh(z)^2 overflows. In
    # backpropagation a = tanh(z) is known from the forward pass, and 1 - a^2 is computed from it.
    # The 1 is a Python number, so float32 stays float32.
    return 1 - tanh(Z) ** 2


def leaky_relu(Z, alpha=0.01):
    """Compute relu with a small slope for negative entries, so that units do not die.

    Args:
        Z: array of any shape, float32, float64 or integer.
        alpha: slope for z < 0, a float with 0 <= alpha <= 1.

    Returns:
        Array of the same shape: z where z > 0, otherwise alpha z. float32 gives float32,
        integers give float64.

    Source: Maas et al. 2013, section 2.

    >>> leaky_relu(np.array([-2.0, 0.0, 3.0]), alpha=0.5).tolist()
    [-1.0, 0.0, 3.0]
    """
    # Why this form: `np.where` reads like the definition and creates a new array. For alpha from 0
    # to 1, `np.maximum(Z, alpha * Z)` is the same; `np.where` also works for a larger alpha.
    Z = 1.0 * Z
    return np.where(Z > 0, Z, alpha * Z)


def softmax(Z):
    """Turn each row of scores into probabilities.

    Args:
        Z: scores (logits) of shape (n, k), float32, float64 or integer.

    Returns:
        Array of shape (n, k): e^(z_i) / sum of e^(z_j) over the row. Every row sums to 1.
        float32 gives float32, integers give float64. No overflow and no warning for scores
        in the thousands, no matter how far the rows lie apart.

    Source: Goodfellow et al. 2016, section 6.2.2.3, eq. 6.29 and 6.33.

    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    # Why this form: subtracting the largest score changes nothing, because e^-m cancels in the
    # quotient, and exp cannot overflow. Each row has its own maximum: with one maximum for the
    # whole array, a row far below it would give 0 / 0. `keepdims` gives (n, 1), which fits the rows
    # of (n, k). `scipy.special.softmax(Z, axis=-1)` does the same.
    Z = np.asarray(Z, np.result_type(Z, 1.0))  # integers become float64
    with np.errstate(over="ignore"):  # -3e38 - 3e38 is -inf in float32, and exp(-inf) is 0
        powers = np.exp(Z - Z.max(axis=-1, keepdims=True))  # the largest is exp(0) = 1
    return powers / powers.sum(axis=-1, keepdims=True)


def demo():
    """Tabulate the activations and turn three scores into probabilities."""
    Z = np.array([-3.0, -1.0, 0.0, 1.0, 3.0])
    print(f"{'z':>15}", *(f"{z:7.2f}" for z in Z))
    for f in [relu, relu_derivative, leaky_relu, tanh, tanh_derivative]:
        print(f"{f.__name__:>15}", *(f"{a:7.2f}" for a in f(Z)))
    scores = np.array([[2.0, 1.0, -1.0]])
    print("softmax of", scores[0].tolist(), "is", softmax(scores)[0].round(3).tolist())
    print("and of the same plus 1000:", softmax(scores + 1000)[0].round(3).tolist())


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
