"""Wrong `mse_gradient`."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from .. import Versions


def _error(X, y, W):
    """X W - y, in floats."""
    y_pred = (1.0 * X) @ W
    if y_pred.shape != y.shape:
        raise ValueError(f"X W has shape {y_pred.shape}, y {y.shape}")
    return y_pred - y


class WrongMseGradient(Versions, of="mse_gradient"):
    def factor_2_missing(X, y, W):
        """Every number is half of what it should be: {got}, not {expected}. The derivative of a
        square brings a factor 2, and the mean squared error has no 1/2 to cancel it.

        What is the derivative of (w x - y)^2 with respect to w, step by step?"""
        error = _error(X, y, W)
        return (1.0 * X).T @ error / error.size

    def mean_forgotten(X, y, W):
        """This is the gradient of the sum of the squared errors. The loss is their mean, so the
        gradient is smaller by the number of entries: {got} should be {expected}.

        Which number divides the sum in `mse_loss`, and why does it stay when you differentiate?"""
        return 2 * ((1.0 * X).T @ _error(X, y, W))

    def neither_factor_2_nor_mean(X, y, W):
        """You have the core, X^T times the error, but none of the factors around it: {got}, not
        {expected}. The square brings a 2, and the mean divides by the number of entries.

        Write the loss as a sum with all its factors, then differentiate: which of them disappear?
        """
        return (1.0 * X).T @ _error(X, y, W)

    def points_downhill(X, y, W):
        """Every number has the wrong sign. The gradient points to where the loss grows; the update
        goes the other way, with its own minus.

        In the inner derivative of (X W - y)^2 with respect to W, what sign does X have?"""
        error = _error(X, y, W)
        return -2 * ((1.0 * X).T @ error) / error.size

    def averaged_over_the_examples_only(X, y, W):
        """With one output your gradient is right, but here y has several columns, and `mse_loss` is
        the mean over all its entries. You divided only by the number of rows.

        How many squared errors does the loss average when y is (5, 3)?"""
        return 2 * ((1.0 * X).T @ _error(X, y, W)) / len(X)

    def divided_by_the_size_of_x(X, y, W):
        """You divided by the number of entries of X. The loss is a mean over the errors, one per
        entry of y.

        How many numbers are averaged in `mse_loss(X @ W, y)`?"""
        return 2 * ((1.0 * X).T @ _error(X, y, W)) / X.size

    def true_values_not_subtracted(X, y, W):
        """Your gradient does not depend on y: you used the predictions in place of the errors.

        What should the gradient be when every prediction is exactly right?"""
        error = _error(X, y, W)
        return 2 * ((1.0 * X).T @ (error + y)) / error.size

    def gradient_in_the_predictions(X, y, W):
        """This is the derivative of the loss with respect to the predictions: one number per
        prediction. You need the one with respect to W, which has the shape of W.

        The predictions are X W: what does the chain rule add when you go one step further back?"""
        error = _error(X, y, W)
        return 2 * error / error.size

    def inputs_not_transposed(X, y, W):
        """X is (n, d) and the error has n rows, so the product of X and the error does not exist.
        To get one number for each of the d weights, you have to sum over the n examples.

        Which form of X has n as its second size?"""
        error = _error(X, y, W)
        return 2 * ((1.0 * X) @ error) / error.size

    def gradient_of_the_absolute_error(X, y, W):
        """Your gradient contains only the signs of the errors, as for the mean absolute error.

        What is the derivative of e^2, and does it still depend on how large e is?"""
        error = _error(X, y, W)
        return (1.0 * X).T @ np.sign(error) / error.size

    def errors_still_squared(X, y, W):
        """You square the errors in your gradient. Differentiating e^2 lowers the power: 2 e.

        Can your gradient be negative for a positive input, as it must when predictions are too low?
        """
        error = _error(X, y, W)
        return 2 * ((1.0 * X).T @ error**2) / error.size

    def gradient_in_the_inputs(X, y, W):
        """This is the derivative of the loss with respect to X, and has its shape. The data stay as
        they are; the weights should change.

        Which factor of X W is left over when you differentiate with respect to W?"""
        error = _error(X, y, W)
        return 2 * error @ W.T / error.size

    def best_weights_themselves(X, y, W):
        """You return the weights of the best fit, the solution of least squares. The answer should
        be the gradient at W, the slope of the loss there.

        Does your answer change with W, and is it 0 where W is the best fit?"""
        _error(X, y, W)
        return np.linalg.lstsq(1.0 * X, 1.0 * y, rcond=None)[0]

    def inputs_left_out(X, y, W):
        """Every weight of an output gets the same number, the mean error: your gradient does not
        contain the inputs. A weight whose input is large has more to answer for.

        What is the inner derivative of (w x - y)^2 with respect to w?"""
        error = _error(X, y, W)
        return np.ones_like(1.0 * W) * 2 * error.sum(axis=0) / error.size

    def last_example_only(X, y, W):
        """Your answer is the share of the last example alone: each round of your loop replaces the
        number of the round before.

        Which operator adds to what is there already?"""
        error = _error(X, y, W)
        return 2 * np.outer(X[-1], error[-1]) / error.size
