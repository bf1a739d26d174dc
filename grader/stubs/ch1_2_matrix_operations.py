"""Matrix operations for neural networks

A layer of a network computes weighted sums of its inputs, for every example and every output
at once. That is one matrix product, plus a bias added to each row:

    Z = X W        (n, d_in) times (d_in, d_out) gives (n, d_out)
    Z = X W + b    the same b, (d_out,), for each of the n rows

X holds one example per row, W one output per column. `linear` is the first half of every
layer in this course; the activation of the next chapter is the second half.
"""

import numpy as np

__all__ = ["matrix_multiply", "linear"]


def matrix_multiply(X, W):
    """Multiply two matrices.

    Args:
        X: array of shape (n, d_in), float32, float64 or integer.
        W: array of shape (d_in, d_out), float32, float64 or integer.

    Returns:
        X W of shape (n, d_out), entry (i, j) = sum over k of X[i, k] W[k, j]. Two float32
        arrays give float32; integers give float64, even int times int.

    Raises:
        ValueError: if X does not have as many columns as W has rows (the error that
            NumPy's own product raises is fine).

    Source: Goodfellow et al. 2016, section 2.2, eq. 2.5.

    >>> matrix_multiply(np.array([[1, 2]]), np.array([[3], [4]])).tolist()
    [[11.0]]
    """
    raise NotImplementedError("write `matrix_multiply`")


def linear(X, W, b):
    """Compute the linear part of a layer, X W + b.

    Args:
        X: inputs of shape (n, d_in), one example per row.
        W: weights of shape (d_in, d_out).
        b: biases of shape (d_out,), added to every row.

    Returns:
        Array of shape (n, d_out); float32 if all three are float32, float64 if one is
        float64 or all are integers.

    Raises:
        ValueError: if X and W do not fit together, or if b does not have d_out entries
            (NumPy's own errors are fine).

    NumPy also adds one number, or a column, to every row. How you handle such a b is up to you:
    to the reference it is a mistake, because layers have one bias per output.

    Source: Nielsen, chapter 2, eq. 25, with one example per row.

    >>> linear(np.array([[1.0, 2.0]]), np.eye(2), np.array([10.0, 20.0])).tolist()
    [[11.0, 22.0]]
    """
    raise NotImplementedError("write `linear`")


def demo():
    """Send four examples with two features through a layer of three outputs."""
    X = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [2.0, -1.0]])
    W = np.array([[1.0, 2.0, 3.0], [10.0, 20.0, 30.0]])
    b = np.array([0.5, 0.0, -0.5])
    print(f"X {X.shape} times W {W.shape} gives {matrix_multiply(X, W).shape}")
    print(matrix_multiply(X, W))
    print("with the bias", b.tolist(), "on every row:")
    print(linear(X, W, b))


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
