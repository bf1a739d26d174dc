"""Wrong answers in chapter 1.2."""

import numpy as np

from . import wrong
from .reference import sigmoid


def _fits(X, W, b):
    if b.shape != W.shape[1:]:
        raise ValueError(f"b has shape {b.shape}")
    return 1.0 * X


@wrong("matrix_multiply")
def elementwise_product(X, W):
    """`*` multiplies entry by entry. It wants two arrays of fitting shapes and adds nothing up; the
    matrix product takes each row of X with each column of W and sums.

    Which operator does NumPy have for the matrix product? And which shape should (5, 3) times (3,
    4) have?
    """
    return 1.0 * X * W


@wrong("matrix_multiply")
def factors_swapped(X, W):
    """You multiplied W by X. The order counts: the course has one example in each row of X, so X
    stands on the left and W on the right.

    Write the two shapes side by side in your order: are the two inner numbers the same?
    """
    return np.matmul(1.0 * W, X)


@wrong("matrix_multiply")
def weights_transposed(X, W):
    """You multiplied by the transpose of W. W has a row for each input and a column for each
    output, so it fits X as it is.

    X is (n, d_in) and W is (d_in, d_out): which sizes have to meet in the middle?
    """
    return np.matmul(1.0 * X, W.T)


@wrong("matrix_multiply")
def inputs_transposed(X, W):
    """You multiplied the transpose of X. X has a row for each example, and every row should meet
    every column of W, so X fits as it is.

    X is (n, d_in) and W is (d_in, d_out): which sizes have to meet in the middle?
    """
    return np.matmul(1.0 * X.T, W)


@wrong("matrix_multiply")
def integers_not_made_floats(X, W):
    """Integers times integers stayed integers. float64 is asked for, and for a reason: pixels of
    dtype uint8 count to 255 and then start again at 0, so their products come out wrong.

    What is `np.array([200], np.uint8) * np.array([2], np.uint8)`, and what could you do to X before
    the product?
    """
    return np.matmul(X, W)


@wrong("matrix_multiply")
def result_array_is_float64(X, W):
    """The values are right, but float32 went in and float64 came out. `np.zeros` makes float64
    unless it is told otherwise.

    Which dtype should the array have that you fill, and from where can you read it?
    """
    Z = np.zeros((X.shape[0], W.shape[1]))
    Z += np.matmul(1.0 * X, W)
    return Z


@wrong("matrix_multiply")
def last_term_missing(X, W):
    """Each of your sums lacks its last term: the inner loop ends one step too early.

    Which numbers does your `range` count, and what is the last index of a row of X?
    """
    if X.shape[1] != len(W):
        raise ValueError("X and W do not fit")
    return np.matmul(1.0 * X[:, :-1], W[:-1])


@wrong("matrix_multiply")
def only_last_term_kept(X, W):
    """Each entry holds only the last of its products: in the inner loop every new product takes the
    place of the one before.

    What is the difference between `=` and `+=` in a loop that should add up?
    """
    if X.shape[1] != len(W):
        raise IndexError("X and W do not fit")
    return 1.0 * X[:, -1:] * W[-1:]


@wrong("matrix_multiply")
def inner_loop_counts_the_rows(X, W):
    """Your inner loop runs over the number of rows of X. The sum runs over what X and W have in
    common: the columns of X, which are the rows of W.

    In X[i, k] times W[k, j], which size does k run through?
    """
    X = 1.0 * X
    Z = np.zeros((len(X), W.shape[1]), np.result_type(X, W))
    for k in range(len(X)):
        Z += X[:, k, None] * W[k]
    return Z


@wrong("matrix_multiply")
def cut_to_fit(X, W):
    """X has more columns than W has rows, and you gave an answer all the same: what does not fit
    was dropped in silence, as `zip` does. A mistake of shapes should be heard.

    How can you tell from the two shapes that the product does not exist, and which error does NumPy
    raise for it?
    """
    common = min(X.shape[1], len(W))
    return np.matmul(1.0 * X[:, :common], W[:common])


@wrong("matrix_multiply")
def only_one_row_with_one_column(X, W):
    """Row i of X meets only column i of W in your code. In a matrix product every row meets every
    column: n rows and d_out columns make n times d_out numbers.

    How many loops do you need for the entries of the answer, and which indices do they have?
    """
    return np.sum(1.0 * X * W.T, axis=1)


@wrong("linear")
def bias_forgotten(X, W, b):
    """This is X W without the bias: every row of your answer is off by the same b.

    What does an example of nothing but zeros give in your code, and what should it give?
    """
    return np.matmul(_fits(X, W, b), W) + 0 * b


@wrong("linear")
def bias_subtracted(X, W, b):
    """The bias is subtracted: you got {got} where {expected} is right.

    Which sign has b in the formula of the layer?
    """
    return np.matmul(_fits(X, W, b), W) - b


@wrong("linear")
def bias_as_a_column(X, W, b):
    """`b` was made a column, so its first number went to the first row. b has one number for each
    output, that is for each column of X W.

    To which axis of X W, (n, d_out), does an array of shape (d_out,) line up by itself?
    """
    return np.matmul(_fits(X, W, b), W) + b[:, None]


@wrong("linear")
def layer_weights_transposed(X, W, b):
    """You multiplied by the transpose of W. W has a row for each input and a column for each
    output, so it fits X as it is.

    X is (n, d_in) and W is (d_in, d_out): which sizes have to meet in the middle?
    """
    return np.matmul(_fits(X, W, b), W.T) + b


@wrong("linear")
def layer_factors_swapped(X, W, b):
    """You multiplied W by X. The course has one example in each row of X, so X stands on the left.

    Write the two shapes side by side in your order: are the two inner numbers the same?
    """
    return np.matmul(1.0 * W, _fits(X, W, b)) + b


@wrong("linear")
def layer_elementwise(X, W, b):
    """`*` multiplies entry by entry; a layer needs the matrix product, which sums over the inputs.

    Which of the functions of this chapter multiplies matrices?
    """
    return _fits(X, W, b) * W + b


@wrong("linear")
def layer_of_integers(X, W, b):
    """Integers in gave integers out. float64 is asked for: learning moves weights by less than 1,
    and pixels of dtype uint8 start again at 0 after 255.

    What does your `matrix_multiply` do with integers, and do you use it here?
    """
    return np.matmul(X, W) + b


@wrong("linear")
def bias_added_to_the_weights(X, W, b):
    """The bias was added to W before the product, so it was multiplied by the inputs. It should be
    added once to each output, whatever the inputs are.

    In X W + b, what is worked out first?
    """
    return np.matmul(_fits(X, W, b), W + b)


@wrong("linear")
def first_bias_for_all_outputs(X, W, b):
    """All outputs got the same bias, the first number of b. Each column of X W has its own.

    How many numbers are in b, and how many of them does your code use?
    """
    return np.matmul(_fits(X, W, b), W) + b[0]


@wrong("linear")
def biases_summed(X, W, b):
    """All numbers of b were added up before they were added to X W. Each column of X W has a bias
    of its own.

    What does NumPy do with (n, d_out) + (d_out,) without any help?
    """
    return np.matmul(_fits(X, W, b), W) + b.sum()


@wrong("linear")
def negative_outputs_cut_off(X, W, b):
    """Your answer has no negative numbers: a ReLU was applied on top. This function is the linear
    part of a layer alone; the activation has a function of its own.

    Which of the two steps of a layer is asked for here?
    """
    return np.maximum(np.matmul(_fits(X, W, b), W) + b, 0)


@wrong("linear")
def squeezed_by_a_sigmoid(X, W, b):
    """All your numbers lie between 0 and 1: a sigmoid was applied on top. This function is the
    linear part of a layer alone; the activation has a function of its own.

    Which of the two steps of a layer is asked for here?
    """
    return sigmoid(np.matmul(_fits(X, W, b), W) + b)


@wrong("linear")
def layer_result_is_float64(X, W, b):
    """The values are right, but float32 went in and float64 came out. `np.zeros` and
    `astype(float)` make float64 whatever the inputs are.

    Which step of your function brings float64 in, and is it needed?
    """
    return (np.matmul(_fits(X, W, b), W) + b).astype(np.float64)
