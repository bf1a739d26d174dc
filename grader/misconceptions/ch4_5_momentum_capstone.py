"""Wrong answers in chapter 4.5."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from . import Versions, recognized
from .reference import deep_mlp_loss, he_params, minibatches
from .shows import free_networks


def _fit(v, grad):
    if np.shape(v) != np.shape(grad):
        raise ValueError(f"v {np.shape(v)} and grad {np.shape(grad)} differ in shape")


def _labels(y, largest=np.argmax):
    return largest(y, axis=1) if y.ndim == 2 else y


def _both(y_pred, y):
    """The labels of both; raises if the numbers of examples differ."""
    y_pred, y = _labels(y_pred), _labels(y)
    if y_pred.shape != y.shape:
        raise ValueError(f"{y_pred.shape} predictions for {y.shape} labels")
    return y_pred, y


class WrongMomentumUpdate(Versions, of="momentum_update"):
    def momentum_on_the_new_step_too(v, grad, mu, lr):
        """You multiply the new step by mu as well, not only the old velocity: `{got}`, not
        `{expected}`.

        Which of the two terms does mu stand before in the formula?"""
        if np.shape(v) != np.shape(grad):
            raise ValueError(f"v {np.shape(v)} and grad {np.shape(grad)} differ in shape")
        return mu * (v - lr * grad)

    def gradient_added(v, grad, mu, lr):
        """You add the gradient: `{got}`, not `{expected}`. With the update W + v that goes uphill.

        What sign does the gradient have in the formula, and what sign in yours?"""
        _fit(v, grad)
        return mu * v + lr * grad

    def everything_negative(v, grad, mu, lr):
        """Your velocity has the wrong sign altogether: `{got}`, not `{expected}`. Both the old
        velocity and the step have changed sign.

        Which of the two terms of the formula has a minus before it?"""
        _fit(v, grad)
        return lr * grad - mu * v

    def learning_rate_on_both(v, grad, mu, lr):
        """You also multiply the old velocity by the learning rate: `{got}`, not `{expected}`. Then
        hardly anything is left of the momentum.

        Which of the two terms does `lr` belong to?"""
        _fit(v, grad)
        return lr * (mu * v - grad)

    def learning_rate_left_out(v, grad, mu, lr):
        """The gradient comes in at full length: `{got}`, not `{expected}`.

        What does the formula multiply the gradient by?"""
        _fit(v, grad)
        return mu * v - grad

    def gradient_accumulated(v, grad, mu, lr):
        """Your velocity adds up gradients without the minus and the learning rate, as in some
        libraries: `{got}`, not `{expected}`. Here v contains both; the update is W + v.

        What must v contain so that W + v is a step downhill?"""
        _fit(v, grad)
        return mu * v + grad

    def velocity_not_damped(v, grad, mu, lr):
        """You keep the whole old velocity, whatever `mu` says: `{got}`, not `{expected}`. A ball
        without friction never comes to rest.

        Which share of the old velocity does the formula keep?"""
        _fit(v, grad)
        return v - lr * grad

    def share_lost_for_share_kept(v, grad, mu, lr):
        """You keep the share 1 - mu of the old velocity: `{got}`, not `{expected}`.

        With mu = 0.9, how much of the old velocity should be left?"""
        _fit(v, grad)
        return (1 - mu) * v - lr * grad

    def velocity_turned_round(v, grad, mu, lr):
        """The old velocity has the wrong sign: `{got}`, not `{expected}`. The minus in the formula
        belongs to the gradient alone, so a ball that rolls goes on in the same direction.

        Which terms are inside your brackets, and which of them does the minus before them turn?"""
        _fit(v, grad)
        return -mu * v - lr * grad

    def velocity_forgotten(v, grad, mu, lr):
        """The old velocity has no effect: `{got}`, not `{expected}` is plain gradient descent.

        What does the formula keep from the previous step?"""
        _fit(v, grad)
        return -lr * grad

    def moving_average(v, grad, mu, lr):
        """You multiply the gradient by 1 - mu, as in a moving average: `{got}`, not `{expected}`.

        Which factors does the gradient have in this chapter's formula?"""
        _fit(v, grad)
        return mu * v - (1 - mu) * lr * grad

    def average_of_gradients(v, grad, mu, lr):
        """Your velocity is a moving average of gradients, as in Adam: `{got}`, not `{expected}`.
        Here the velocity is a step that contains the minus and the learning rate.

        Which factors does the gradient have in this chapter's formula?"""
        _fit(v, grad)
        return mu * v + (1 - mu) * grad

    def average_without_learning_rate(v, grad, mu, lr):
        """You multiply the gradient by 1 - mu instead of `lr`: `{got}`, not `{expected}`.

        What is the learning rate for, if it is not in the velocity?"""
        _fit(v, grad)
        return mu * v - (1 - mu) * grad

    def mu_and_lr_exchanged(v, grad, mu, lr):
        """You swapped `mu` and `lr`: `{got}`, not `{expected}`.

        Which of the two belongs to the old velocity?"""
        _fit(v, grad)
        return lr * v - mu * grad

    def velocity_and_gradient_exchanged(v, grad, mu, lr):
        """You swapped `v` and `grad`: `{got}`, not `{expected}`.

        In which order do the arguments come, and which of them does `mu` belong to?"""
        _fit(v, grad)
        return mu * grad - lr * v

    def step_ahead(v, grad, mu, lr):
        """You apply the momentum once more to the new velocity, as in Nesterov's method: `{got}`,
        not `{expected}`. This chapter uses the plain form.

        How often does `mu` appear in the formula?"""
        _fit(v, grad)
        return mu * (mu * v - lr * grad) - lr * grad

    def whole_velocity_scaled(v, grad, mu, lr):
        """You compute mu v + grad and multiply all of it by -lr: `{got}`, not `{expected}`. That is
        for a velocity without the learning rate, as some libraries keep it; here `lr` and the minus
        are in the velocity already.

        Which of the two terms do lr and the minus belong to in the formula?"""
        _fit(v, grad)
        return -lr * (mu * v + grad)

    def arguments_changed_in_place(v, grad, mu, lr):
        """You write into an array that you were given, the velocity or the gradient. The caller may
        still need it, and an array of integers cannot hold fractions.

        Which Python operators change an array in place, and which create a new one?"""
        _fit(v, grad)
        v *= mu
        v -= lr * grad
        return v


def _pairs(y_pred, y, k):
    """The confusion matrix done right."""
    matrix = np.zeros((k, k), dtype=int)
    np.add.at(matrix, (y, y_pred), 1)
    return matrix


class WrongAccuracy(Versions, of="accuracy"):
    def percent_for_share(y_pred, y):
        """You return the accuracy in percent, {got}, but it should be a share, {expected}.

        What is the accuracy when everything is right?"""
        y_pred, y = _both(y_pred, y)
        return float(100 * np.mean(y_pred == y))

    def number_for_share(y_pred, y):
        """You count the right answers, {got} of {n}, without dividing by the number of examples.

        What is the accuracy when everything is right?"""
        y_pred, y = _both(y_pred, y)
        return float(np.sum(y_pred == y))

    def share_of_mistakes(y_pred, y):
        """You return the share of wrong answers, {got}, not that of the right ones, {expected}.

        What is the accuracy when everything is right?"""
        y_pred, y = _both(y_pred, y)
        return float(np.mean(y_pred != y))

    def all_or_nothing(y_pred, y):
        """Your answer is 1 when all predictions are right, and 0 otherwise: {got}, not {expected}.
        Either your code asks about all of them at once, or it cuts off the fraction.

        What do `/` and `//` give for 3 and 4, and what share of the predictions agrees?"""
        y_pred, y = _both(y_pred, y)
        return float(np.all(y_pred == y))

    def one_minus_mean_difference(y_pred, y):
        """Your answer depends on how far apart the labels are: {got}, not {expected}. A 7 mistaken
        for a 1 is no worse than a 7 mistaken for a 6.

        Which question about two labels has yes or no as its answer?"""
        y_pred, y = _both(y_pred, y)
        return float(1 - np.mean(np.abs(y_pred.astype(float) - y)))

    def entries_compared(y_pred, y):
        """You compare one-hot rows entry by entry: {got}, not {expected}. Most entries of a row
        are 0 and agree anyway; the largest score of a row decides, even if it is 0.4 or 7.

        How many entries of a row decide which class is predicted?"""
        if np.ndim(y_pred) == np.ndim(y) == 1:
            return float(np.mean(y_pred == y))
        k = max(np.shape(side)[-1] for side in (y_pred, y) if np.ndim(side) == 2)
        scores, rows = (side if np.ndim(side) == 2 else np.eye(k)[side] for side in (y_pred, y))
        return float(np.mean(np.round(scores) == rows))

    def labels_expected(y_pred, y):
        """Your function does not look for the largest score of each row, so it works only for
        labels. Each of the two arguments may also have a row of scores per example.

        How do you find the label in a row of scores, and how can you tell that there are rows?"""
        return float(np.mean(y_pred == y))

    def scores_expected(y_pred, y):
        """Your function expects rows of scores in both arguments. Each may also hold labels.

        How many axes does an array of labels have, and how many an array of scores?"""
        y_pred, y = y_pred.argmax(axis=1), y.argmax(axis=1)
        if len(y_pred) != len(y):
            raise ValueError(f"{len(y_pred)} predictions for {len(y)} labels")
        return float(np.mean(y_pred == y))

    def scores_and_labels_expected(y_pred, y):
        """Your function expects scores in `y_pred` and labels in `y`. Each may be of either kind.

        How many axes does an array of labels have, and how many an array of scores?"""
        y_pred = y_pred.argmax(axis=1)
        if len(y_pred) != len(y):
            raise ValueError(f"{len(y_pred)} predictions for {len(y)} labels")
        return float(np.mean(y_pred == y))

    def truth_never_turned_into_labels(y_pred, y):
        """Your function does not turn one-hot rows in `y` into labels.

        Which forms can `y` have, and would what you do for `y_pred` work for it too?"""
        y_pred = _labels(y_pred)
        if len(y_pred) != len(y):
            raise ValueError(f"{len(y_pred)} predictions for {len(y)} labels")
        return float(np.mean(y_pred == y))

    def predictions_never_turned_into_labels(y_pred, y):
        """Your function does not turn rows of scores in `y_pred` into labels.

        Which forms can `y_pred` have, and would what you do for `y` work for it too?"""
        y = _labels(y)
        if len(y_pred) != len(y):
            raise ValueError(f"{len(y_pred)} predictions for {len(y)} labels")
        return float(np.mean(y_pred == y))

    def entries_of_rows_compared(y_pred, y):
        """Where both arguments have rows, you compare them entry by entry: {got}, not {expected}.
        Most entries of one-hot rows are 0 and agree anyway, and scores never agree.

        What must you find in each row before you compare anything?"""
        if y_pred.shape == y.shape:
            return float(np.mean(y_pred == y))
        y_pred, y = _both(y_pred, y)
        return float(np.mean(y_pred == y))

    def rounded_entries_compared(y_pred, y):
        """Where both arguments have rows, you round the entries and compare them one by one:
        `{got}`, not `{expected}`. Most entries of a one-hot row are 0 and agree anyway.

        What must you find in each row before you compare anything?"""
        if y_pred.shape == y.shape and y.ndim == 2:
            return float(np.mean(np.round(y_pred) == y))
        y_pred, y = _both(y_pred, y)
        return float(np.mean(y_pred == y))

    def scores_above_one_half(y_pred, y):
        """You ask which scores are above 0.5: {got}, not {expected}. The label is the class with
        the largest score, however small that is.

        What does `np.argmax` give for a row like [-3, -1, -2]?"""

        def _sure(y):
            return _labels(y > 0.5) if y.ndim == 2 else y

        y_pred, y = _both(_sure(y_pred), _sure(y))
        return float(np.mean(y_pred == y))

    def largest_along_the_wrong_axis(y_pred, y):
        """You look for the largest score of each column. There is one label per row.

        Which axis of (n, k) must disappear so that n labels remain?"""
        y_pred, y = (np.argmax(a, axis=0) if a.ndim == 2 else a for a in (y_pred, y))
        return float(np.mean(y_pred == y))

    def largest_of_all_scores(y_pred, y):
        """You look for the largest of all scores, not one per row: {got}, not {expected}.

        What does `np.argmax` do if you name no axis?"""
        y_pred, y = (np.argmax(a) if a.ndim == 2 else a for a in (y_pred, y))
        return float(np.mean(y_pred == y))

    def smallest_score_taken(y_pred, y):
        """You predict the class with the smallest score: {got}, not {expected}.

        Does a large score speak for a class or against it?"""
        y_pred, y = _labels(y_pred, np.argmin), _labels(y, np.argmin)
        if y_pred.shape != y.shape:
            raise ValueError(f"{y_pred.shape} predictions for {y.shape} labels")
        return float(np.mean(y_pred == y))

    def one_example_compared_with_all(y_pred, y):
        """You accept one prediction for many examples: NumPy compares it with all of them.

        What can you compare first, to see that the numbers of examples differ?"""
        return float(np.mean(_labels(y_pred) == _labels(y)))

    def rest_ignored(y_pred, y):
        """You accept different numbers of examples and silently ignore the rest.

        What can you compare first, to see that the numbers of examples differ?"""
        pairs = zip(_labels(y_pred), _labels(y), strict=False)
        return sum(int(predicted == true) for predicted, true in pairs) / len(y_pred)


def _descend(X, y, rng, rate=0.05, epochs=None, start=1.0, batches=minibatches):
    """A capstone done right: a small network, momentum, and its start as well."""
    rng = np.random.default_rng(rng)
    X = 1.0 * X
    first = [start * param for param in he_params([X.shape[1], 64, y.shape[1]], rng, X.dtype)]
    params, losses = [param.copy() for param in first], []
    y, steps = y.astype(X.dtype), [0 * param for param in params]
    for _ in range(epochs or max(8, 15_000 // len(X))):
        for X_batch, y_batch in batches(X, y, 64, rng):
            loss, grads = deep_mlp_loss(X_batch, y_batch, params)
            losses.append(float(loss))
            steps = [0.9 * v - rate * grad for v, grad in zip(steps, grads, strict=True)]
            params = [param + v for param, v in zip(params, steps, strict=True)]
    return params, losses, first


def _apart(X, y, batch_size, rng):
    """Batches whose labels are those of other images."""
    pairs = minibatches(X, y, batch_size, rng)
    return [(X_batch, rng.permutation(y)[: len(X_batch)]) for X_batch, _ in pairs]


class WrongConfusionMatrix(Versions, of="confusion_matrix"):
    def rows_and_columns_swapped(y_pred, y, num_classes):
        """Your rows are the predicted classes, and your columns the true ones: {got}, not
        {expected}. In this course it is the other way around.

        Which index comes first in an array, and which of the two labels do you put there?"""
        return _pairs(y_pred, y, num_classes).T

    def repeated_pairs_counted_once(y_pred, y, num_classes):
        """No entry of your matrix is more than 1: each pair of labels counts once, however often it
        occurs. Adding to `M[rows, columns]` reads all entries before it writes any.

        How could you visit the examples one by one, or add once for each of them?"""
        matrix = np.zeros((num_classes, num_classes), dtype=int)
        matrix[y, y_pred] += 1
        return matrix

    def marked_not_counted(y_pred, y, num_classes):
        """Your matrix says whether a pair of labels occurs, but it should say how often.

        What do you do to an entry when its pair occurs a second time?"""
        return _pairs(y_pred, y, num_classes) > 0

    def shares_of_all_examples(y_pred, y, num_classes):
        """Your entries are shares of all examples, but they should be counts.

        What should all the entries add up to?"""
        return _pairs(y_pred, y, num_classes) / len(y)

    def shares_of_each_row(y_pred, y, num_classes):
        """Your entries are shares of each true class, but they should be counts.

        What should all the entries add up to?"""
        matrix = _pairs(y_pred, y, num_classes)
        return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)

    def counts_as_floats(y_pred, y, num_classes):
        """Your counts are right, but they are floats; a count is an integer.

        Which dtype does `np.zeros` give by default?"""
        return _pairs(y_pred, y, num_classes).astype(float)

    def right_ones_only(y_pred, y, num_classes):
        """Only the diagonal of your matrix is filled: you count only the right predictions.

        In which entry should you count a 7 that was mistaken for a 1?"""
        return np.diag(np.diag(_pairs(y_pred, y, num_classes)))

    def mistakes_only(y_pred, y, num_classes):
        """The diagonal of your matrix is empty: you count only the mistakes.

        In which entry should you count a 7 that was recognized?"""
        matrix = _pairs(y_pred, y, num_classes)
        return matrix - np.diag(np.diag(matrix))

    def size_from_the_labels(y_pred, y, num_classes):
        """Your matrix is only as large as the largest label in the data requires. It should have
        `num_classes` rows and columns, even for classes that do not occur.

        Which of the arguments says how many classes there are?"""
        return _pairs(y_pred, y, int(max(y_pred.max(), y.max())) + 1)

    def classes_that_occur(y_pred, y, num_classes):
        """Your matrix has rows and columns only for classes that occur, not for `num_classes`.

        Which of the arguments says how many classes there are?"""
        matrix = _pairs(y_pred, y, num_classes)
        found = np.unique(np.concatenate([y_pred, y]))
        return matrix[np.ix_(found, found)]

    def ten_classes_assumed(y_pred, y, num_classes):
        """Your matrix is 10 by 10, whatever `num_classes` says.

        Which number in your code should be an argument?"""
        matrix = np.zeros((10, 10), dtype=int)
        for true, predicted in zip(y, y_pred, strict=True):
            matrix[true, predicted] += 1
        return matrix

    def bincount_too_short(y_pred, y, num_classes):
        """Your list of counts ends with the largest pair, so it does not always fill a square.

        How many pairs of classes are there, and which argument of `np.bincount` counts them all?"""
        return np.bincount(num_classes * y.astype(int) + y_pred).reshape(num_classes, num_classes)

    def class_numbers_overflow(y_pred, y, num_classes):
        """The number of a pair does not fit into `uint8`, which holds nothing above 255.

        What is the largest number that your formula can give, and which dtype holds it?"""
        pairs = (num_classes * y + y_pred).ravel()
        counts = np.bincount(pairs, minlength=num_classes**2)
        return counts[: num_classes**2].reshape(num_classes, num_classes)

    def classes_counted_from_one(y_pred, y, num_classes):
        """Your labels are off by one: you count class 1 in the first row, and class 0 in the last.

        What is the index of the first row of an array in Python, and what is the first class?"""
        matrix = np.zeros((num_classes, num_classes), dtype=int)
        np.add.at(matrix, (y.astype(int) - 1, y_pred.astype(int) - 1), 1)
        return matrix


class WrongTrainCapstone(Versions, of="train_capstone"):
    @recognized(free_networks.grows)
    def losses_grow(X, y, rng=None):
        """Your losses grow from update to update, or end in nan: steps go uphill, or are too long.
        Remember that this chapter's velocity contains the minus.

        With which sign does the velocity enter, and what if the learning rate is ten times smaller?
        """
        with np.errstate(all="ignore"):
            params, losses, _ = _descend(X, y, rng, rate=-0.05)
        return params, losses

    @recognized(free_networks.guesses)
    def nothing_learned_from_the_images(X, y, rng=None):
        """Your predictions are nearly the same for every image. If your losses stay near ln 10,
        images and labels do not belong together in training, or the steps are far too long or too
        short. If they fall, prediction does something to the images that training does not.

        Which of the two do your last losses show?"""
        params, losses, _ = _descend(X, y, rng, batches=_apart)
        return params, losses

    @recognized(free_networks.hesitates)
    def stopped_too_early(X, y, rng=None):
        """Your network learns, but is still far from sure of its answers: its training ends too
        early, or its steps are too short. With momentum that lasts, they would be longer.

        How many updates do you make, how fast do the losses still fall at the end, and is the
        velocity of one update still there at the next?"""
        params, losses, _ = _descend(X, y, rng, rate=0.002, epochs=3)
        return params, losses

    @recognized(free_networks.untrained)
    def start_parameters_returned(X, y, rng=None):
        """You return biases of 0, as at the start: no step changes them, or the trained ones get
        lost.

        Where do the new values replace the old ones, and which of them does `return` name?"""
        _, losses, first = _descend(X, y, rng)
        return first, losses

    @recognized(free_networks.without_weights)
    def weights_start_at_zero(X, y, rng=None):
        """All weights you return are 0, as they must have been at the start: no gradient gets
        through layers of zeros, and only the output's biases learn something.

        What should the weights be drawn from, so that the units can become different?"""
        params, losses, _ = _descend(X, y, rng, start=0.0)
        return params, losses
