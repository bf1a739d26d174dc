"""Wrong answers in chapter 1.2."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from . import Versions
from .reference import sigmoid


def _fits(X, W, b):
    if b.shape != W.shape[1:]:
        raise ValueError(f"b has shape {b.shape}")
    return 1.0 * X


class WrongMatrixMultiply(Versions, of="matrix_multiply"):
    def elementwise_product(X, W):
        """`*` multiplies entry by entry. It needs two arrays of compatible shapes and adds nothing
        up. The matrix product takes each row of X with each column of W and sums.

        Which NumPy operator is the matrix product? And which shape should (5, 3) times (3, 4) have?
        """
        return 1.0 * X * W

    def factors_swapped(X, W):
        """You multiplied W by X. Each row of X is an example, so X goes on the left.

        Write the two shapes side by side in your order: are the two inner numbers the same?"""
        return np.matmul(1.0 * W, X)

    def weights_transposed(X, W):
        """You multiplied by the transpose of W. W has one row per input: it fits as it is.

        X is (n, d_in) and W is (d_in, d_out): which sizes have to meet in the middle?"""
        return np.matmul(1.0 * X, W.T)

    def inputs_transposed(X, W):
        """You multiplied the transpose of X. X has one row per example, and every row should meet
        every column of W, so X fits as it is.

        X is (n, d_in) and W is (d_in, d_out): which sizes have to meet in the middle?"""
        return np.matmul(1.0 * X.T, W)

    def integers_not_made_floats(X, W):
        """Integers times integers stayed integers. The answer should be float64, and for a reason:
        pixels of dtype uint8 count to 255 and then start again at 0, so their products are wrong.

        What is `np.uint8(200) * np.uint8(2)`, and what could you do to X first?"""
        return np.matmul(X, W)

    def result_array_is_float64(X, W):
        """Your values are right, but float32 went in and float64 came out. `np.zeros` creates
        float64 unless you ask for another dtype.

        Which dtype should the array that you fill have, and where can you read it?"""
        Z = np.zeros((X.shape[0], W.shape[1]))
        Z += np.matmul(1.0 * X, W)
        return Z

    def last_term_missing(X, W):
        """Each of your sums lacks its last term: the inner loop ends one step too early.

        Which numbers does your `range` count, and what is the last index of a row of X?"""
        if X.shape[1] != len(W):
            raise ValueError("X and W do not fit")
        return np.matmul(1.0 * X[:, :-1], W[:-1])

    def only_last_term_kept(X, W):
        """Each entry holds only its last product: every new one replaces the one before.

        What is the difference between `=` and `+=` in a loop that should add up?"""
        if X.shape[1] != len(W):
            raise IndexError("X and W do not fit")
        return 1.0 * X[:, -1:] * W[-1:]

    def inner_loop_counts_the_rows(X, W):
        """Your inner loop runs over the number of rows of X. The sum runs over what X and W have in
        common: the columns of X, which are the rows of W.

        In X[i, k] times W[k, j], which size does k run through?"""
        X = 1.0 * X
        Z = np.zeros((len(X), W.shape[1]), np.result_type(X, W))
        for k in range(len(X)):
            Z += X[:, k, None] * W[k]
        return Z

    def cut_to_fit(X, W):
        """X has more columns than W has rows, but you returned an answer anyway: what does not fit
        was dropped silently, as `zip` does. A mismatch of shapes should be reported.

        How do the two shapes show that the product does not exist? Which error does NumPy raise?"""
        common = min(X.shape[1], len(W))
        return np.matmul(1.0 * X[:, :common], W[:common])

    def only_one_row_with_one_column(X, W):
        """In your code row i of X meets only column i of W. In a matrix product every row meets
        every column: n rows and d_out columns give n times d_out numbers.

        How many loops do you need for the entries of the answer, and which indices do they have?"""
        return np.sum(1.0 * X * W.T, axis=1)

    def return_inside_the_loop(X, W):
        """Only the first row of your answer is filled; the others are still 0.

        How often does your loop run before it meets `return`, and how far is that indented?"""
        Z = np.zeros((len(X), W.shape[1]), np.result_type(X, W, 1.0))
        Z[0] = np.matmul(1.0 * X[:1], W)[0]
        return Z


class WrongLinear(Versions, of="linear"):
    def bias_forgotten(X, W, b):
        """This is X W without the bias: every row of your answer is off by the same b.

        What does your code return for an example of all zeros, and what should it return?"""
        return np.matmul(_fits(X, W, b), W) + 0 * b

    def bias_subtracted(X, W, b):
        """You subtract the bias: {got}, not {expected}.

        Which sign does b have in the formula of the layer?"""
        return np.matmul(_fits(X, W, b), W) - b

    def bias_as_a_column(X, W, b):
        """You turned `b` into a column, so its first number went to the first row. b has one number
        per output, that is, per column of X W.

        Which axis of X W, (n, d_out), does an array of shape (d_out,) line up with by itself?"""
        return np.matmul(_fits(X, W, b), W) + b[:, None]

    def bias_once_per_input(X, W, b):
        """You add the bias once for each input, not once for each output: {got}, not {expected}.

        Is the line that adds b inside the loop that sums over the inputs, or after it?"""
        return np.matmul(_fits(X, W, b), W) + len(W) * b

    def layer_weights_transposed(X, W, b):
        """You multiplied by the transpose of W. W has one row per input: it fits as it is.

        X is (n, d_in) and W is (d_in, d_out): which sizes have to meet in the middle?"""
        return np.matmul(_fits(X, W, b), W.T) + b

    def layer_factors_swapped(X, W, b):
        """You multiplied W by X. Each row of X is one example, so X goes on the left.

        Write the two shapes side by side in your order: are the two inner numbers the same?"""
        return np.matmul(1.0 * W, _fits(X, W, b)) + b

    def layer_elementwise(X, W, b):
        """`*` multiplies entry by entry, but a layer needs the matrix product, which sums.

        Which function of this chapter multiplies matrices?"""
        return _fits(X, W, b) * W + b

    def layer_of_integers(X, W, b):
        """Integers in gave integers out. The answer should be float64: learning changes weights by
        less than 1, and pixels of dtype uint8 start again at 0 after 255.

        What does your `matrix_multiply` do with integers, and do you use it here?"""
        return np.matmul(X, W) + b

    def bias_added_to_the_weights(X, W, b):
        """You added the bias to W before the product, so it was multiplied by the inputs. Add it
        once to each output, whatever the inputs are.

        In X W + b, what is computed first?"""
        return np.matmul(_fits(X, W, b), W + b)

    def first_bias_for_all_outputs(X, W, b):
        """All outputs got the same bias, the first number of b. Each column of X W has its own.

        How many numbers are in b, and how many of them does your code use?"""
        return np.matmul(_fits(X, W, b), W) + b[0]

    def biases_summed(X, W, b):
        """You added up the numbers of b first, but each column of X W has its own bias.

        What does NumPy do with (n, d_out) + (d_out,) without any help?"""
        return np.matmul(_fits(X, W, b), W) + b.sum()

    def negative_outputs_cut_off(X, W, b):
        """Your answer has no negative numbers: you applied a ReLU on top. This function is only the
        linear part of a layer; the activation is a separate function.

        Which of the two steps of a layer does this function compute?"""
        return np.maximum(np.matmul(_fits(X, W, b), W) + b, 0)

    def squeezed_by_a_sigmoid(X, W, b):
        """All your numbers lie between 0 and 1: you applied a sigmoid on top. This function is only
        the linear part of a layer; the activation is a separate function.

        Which of the two steps of a layer does this function compute?"""
        return sigmoid(np.matmul(_fits(X, W, b), W) + b)

    def layer_result_is_float64(X, W, b):
        """Your values are right, but float32 went in and float64 came out. `np.zeros` and
        `astype(float)` create float64 whatever the inputs are.

        Which step of your function introduces float64, and do you need it?"""
        return (np.matmul(_fits(X, W, b), W) + b).astype(np.float64)

    def bias_added_twice(X, W, b):
        """You add the bias twice: {got}, not {expected}.

        On which two lines, or in which two functions, does b enter?"""
        return np.matmul(_fits(X, W, b), W) + 2 * b

    def bias_by_the_row(X, W, b):
        """You add `b[i]` to all of row i. The biases belong to the outputs, so b[j] is added to
        column j, in every row.

        What does i count in your loop, and which shape does `Z[i]` have?"""
        Z = 1.0 * X @ W
        if np.shape(b) != W.shape[1:]:
            raise ValueError("b")
        for i in range(len(Z)):
            Z[i] += b[i % len(b)]
        return Z

    def ones_on_the_wrong_side(X, W, b):
        """You made the bias a row of W and added a column of ones to X, but at different ends: the
        ones meet weights, and the bias meets inputs.

        If the ones are the last column of X, which row of W should be the bias?"""
        ones = np.ones((len(X), 1), np.result_type(X))
        return np.hstack([X, ones]) @ np.vstack([1.0 * b, W])
