"""Getting started with NumPy arrays

A network sees the world as arrays of numbers: a photograph, a label, a weight.
This chapter does two things to whole arrays at once, without a loop:

    normalize:  (x - mean) / std        so that every input has the same scale
    one_hot:    label 2 of 4 classes -> [0, 0, 1, 0]

Both prepare data for every network in the course: the labels of handwritten digits, for
example, become rows of zeros and ones to compare with a network's ten outputs.
"""

import numpy as np

__all__ = ["normalize", "one_hot"]


def normalize(X):
    """Shift and scale an array to mean 0 and standard deviation 1.

    Mean and standard deviation are taken over all entries together, not per row or column.

    Args:
        X: array of any shape, float32, float64 or integer; it is not changed.

    Returns:
        A new array of the same shape, (x - mean) / std for each entry x, however small std
        is; you may add at most 1e-8 to it. std is the population standard deviation (NumPy's
        default, which divides by the number of entries). float32 gives float32, float64 and
        integers give float64. An array of one repeated value has no spread to scale: it gives
        zeros, even if rounding makes its computed std slightly different from 0, as in
        `np.full(3, 0.1)`.

    Source: LeCun et al. 1998, "Efficient BackProp", section 4.3.

    >>> normalize(np.array([[1.0, 3.0], [3.0, 1.0]])).tolist()
    [[-1.0, 1.0], [1.0, -1.0]]
    """
    raise NotImplementedError("write `normalize`")


def one_hot(labels, num_classes):
    """Turn integer labels into rows with a single 1.

    Args:
        labels: integers of any dtype, of shape (n,), each in 0, 1, ..., num_classes - 1.
        num_classes: number of classes k, a positive int.

    Returns:
        float64 array of shape (n, k): row i is 1 in column labels[i] and 0 elsewhere.

    Other labels (-1, num_classes, a table of labels) have no such row; how you handle them is
    up to you. The reference raises `ValueError`.

    Source: Goodfellow et al. 2016, section 6.2.2.3 (targets of a softmax output).

    >>> one_hot(np.array([2, 0]), 3).tolist()
    [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
    """
    raise NotImplementedError("write `one_hot`")


def demo():
    """Normalize a small random array and encode three labels."""
    rng = np.random.default_rng(0)
    X = rng.normal(loc=50, scale=10, size=(3, 2))
    Z = normalize(X)
    print("raw:       ", X.round(1).tolist())
    print("normalized:", Z.round(2).tolist())
    print(f"mean {X.mean():.1f} -> {abs(Z.mean()):.1f}, std {X.std():.1f} -> {Z.std():.1f}")
    print("labels 3, 0, 1 as rows:")
    print(one_hot(np.array([3, 0, 1]), 4))


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
