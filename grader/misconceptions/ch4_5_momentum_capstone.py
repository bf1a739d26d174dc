"""Wrong answers in chapter 4.5."""

import numpy as np

from . import wrong
from .reference import (
    classes_by_themselves,
    columns_sum_to_one,
    deep_mlp_loss,
    forward_deep_mlp,
    grows,
    he_params,
    minibatches,
    one_label_each,
    scores_for_probabilities,
    softmax,
    untrained,
    without_weights,
)


def _fit(v, grad):
    if np.shape(v) != np.shape(grad):
        raise ValueError(f"v {np.shape(v)} and grad {np.shape(grad)} differ in shape")


@wrong("momentum_update")
def gradient_added(v, grad, mu, lr):
    """The gradient is added to the velocity: `{got}` for `{expected}`. With the update W + v of
    this chapter that goes uphill.

    Which sign has the gradient in the formula, and which one in yours?
    """
    _fit(v, grad)
    return mu * v + lr * grad


@wrong("momentum_update")
def everything_negative(v, grad, mu, lr):
    """Your velocity has the wrong sign altogether: `{got}` for `{expected}`. Both the old velocity
    and the step have changed sides.

    Which of the two terms of the formula has a minus before it?
    """
    _fit(v, grad)
    return lr * grad - mu * v


@wrong("momentum_update")
def learning_rate_on_both(v, grad, mu, lr):
    """The learning rate shortens the old velocity as well: `{got}` for `{expected}`. Then hardly
    anything is left of the momentum.

    Which of the two terms does `lr` belong to?
    """
    _fit(v, grad)
    return lr * (mu * v - grad)


@wrong("momentum_update")
def learning_rate_left_out(v, grad, mu, lr):
    """The gradient comes in at full length, whatever `lr` says: `{got}` for `{expected}`.

    By what is the gradient multiplied in the formula?
    """
    _fit(v, grad)
    return mu * v - grad


@wrong("momentum_update")
def gradient_accumulated(v, grad, mu, lr):
    """Your velocity adds up gradients, without minus and without learning rate, as some libraries
    do: `{got}` for `{expected}`. In this course both are inside the velocity, and the update is W +
    v.

    What must be inside v if W + v is to be a step downhill?
    """
    _fit(v, grad)
    return mu * v + grad


@wrong("momentum_update")
def velocity_not_damped(v, grad, mu, lr):
    """The whole old velocity is kept, whatever `mu` says: `{got}` for `{expected}`. A ball without
    friction never comes to rest.

    Which share of the old velocity does the formula keep?
    """
    _fit(v, grad)
    return v - lr * grad


@wrong("momentum_update")
def velocity_forgotten(v, grad, mu, lr):
    """The old velocity has no effect: `{got}` for `{expected}` is the step of plain gradient
    descent.

    What does the formula keep of the step before?
    """
    _fit(v, grad)
    return -lr * grad


@wrong("momentum_update")
def moving_average(v, grad, mu, lr):
    """The gradient is multiplied by 1 - mu as well, as in a moving average: `{got}` for
    `{expected}`.

    Which factors does the gradient have in the formula of this chapter?
    """
    _fit(v, grad)
    return mu * v - (1 - mu) * lr * grad


@wrong("momentum_update")
def average_of_gradients(v, grad, mu, lr):
    """Your velocity is a moving average of gradients, as in Adam: `{got}` for `{expected}`. In this
    chapter the velocity is a step, with the minus and the learning rate inside.

    Which factors does the gradient have in the formula of this chapter?
    """
    _fit(v, grad)
    return mu * v + (1 - mu) * grad


@wrong("momentum_update")
def average_without_learning_rate(v, grad, mu, lr):
    """The gradient is multiplied by 1 - mu where it should be multiplied by `lr`: `{got}` for
    `{expected}`.

    What is the learning rate for, if it is not in the velocity?
    """
    _fit(v, grad)
    return mu * v - (1 - mu) * grad


@wrong("momentum_update")
def mu_and_lr_exchanged(v, grad, mu, lr):
    """`mu` and `lr` have changed places: `{got}` for `{expected}`.

    Which of the two belongs to the old velocity?
    """
    _fit(v, grad)
    return lr * v - mu * grad


@wrong("momentum_update")
def velocity_and_gradient_exchanged(v, grad, mu, lr):
    """`v` and `grad` have changed places: `{got}` for `{expected}`.

    In which order do the arguments come, and which of them does `mu` belong to?
    """
    _fit(v, grad)
    return mu * grad - lr * v


@wrong("momentum_update")
def step_ahead(v, grad, mu, lr):
    """You apply the momentum once more to the new velocity, as Nesterov's method does: `{got}` for
    `{expected}`. This chapter asks for the plain one.

    How often does `mu` stand in the formula?
    """
    _fit(v, grad)
    return mu * (mu * v - lr * grad) - lr * grad


@wrong("momentum_update")
def arguments_changed_in_place(v, grad, mu, lr):
    """You write into an array that you were given, the velocity or the gradient. Whoever called the
    function may need it still, and an array of whole numbers cannot take fractions.

    Which operators of Python change an array in place, and which give a new one?
    """
    _fit(v, grad)
    v *= mu
    v -= lr * grad
    return v


def _labels(y, largest=np.argmax):
    return largest(y, axis=1) if y.ndim == 2 else y


def _both(y_pred, y):
    """Labels of both; refuses different numbers of examples."""
    y_pred, y = _labels(y_pred), _labels(y)
    if y_pred.shape != y.shape:
        raise ValueError(f"{y_pred.shape} predictions for {y.shape} labels")
    return y_pred, y


@wrong("accuracy")
def percent_for_share(y_pred, y):
    """You give the accuracy in percent, {got}, and it should be a share between 0 and 1,
    {expected}.

    What is the accuracy when everything is right?
    """
    y_pred, y = _both(y_pred, y)
    return float(100 * np.mean(y_pred == y))


@wrong("accuracy")
def number_for_share(y_pred, y):
    """You count the right answers, {got} of {n}, and do not divide by the number of examples.

    What is the accuracy when everything is right?
    """
    y_pred, y = _both(y_pred, y)
    return float(np.sum(y_pred == y))


@wrong("accuracy")
def share_of_mistakes(y_pred, y):
    """You give the share of wrong answers, {got}, and the accuracy is the share of right ones,
    {expected}.

    What is the accuracy when everything is right?
    """
    y_pred, y = _both(y_pred, y)
    return float(np.mean(y_pred != y))


@wrong("accuracy")
def all_or_nothing(y_pred, y):
    """Your answer is 1 when all predictions are right, and 0 otherwise: {got} for {expected}.
    Either it asks for all of them at once, or the fraction of the share is cut off.

    What do `/` and `//` make of 3 and 4, and what share of the predictions agrees?
    """
    y_pred, y = _both(y_pred, y)
    return float(np.all(y_pred == y))


@wrong("accuracy")
def one_minus_mean_difference(y_pred, y):
    """Your answer depends on how far apart the labels are: {got} for {expected}. A 7 taken for a 1
    is no more wrong than a 7 taken for a 6.

    Which question about two labels has yes or no for an answer?
    """
    y_pred, y = _both(y_pred, y)
    return float(1 - np.mean(np.abs(y_pred.astype(float) - y)))


@wrong("accuracy")
def labels_expected(y_pred, y):
    """Your function compares the two arguments as they are, which works for labels alone. Each of
    them may also have a row of scores for each example.

    How do you find the label in a row of scores, and how do you see that there are rows?
    """
    return float(np.mean(y_pred == y))


@wrong("accuracy")
def scores_expected(y_pred, y):
    """Your function counts on rows of scores in both arguments. Each of them may also hold labels,
    one number for each example.

    How many axes does an array of labels have, and how many an array of scores?
    """
    y_pred, y = y_pred.argmax(axis=1), y.argmax(axis=1)
    if len(y_pred) != len(y):
        raise ValueError(f"{len(y_pred)} predictions for {len(y)} labels")
    return float(np.mean(y_pred == y))


@wrong("accuracy")
def scores_and_labels_expected(y_pred, y):
    """Your function counts on scores in `y_pred` and on labels in `y`. Either argument may be of
    either kind.

    How many axes does an array of labels have, and how many an array of scores?
    """
    y_pred = y_pred.argmax(axis=1)
    if len(y_pred) != len(y):
        raise ValueError(f"{len(y_pred)} predictions for {len(y)} labels")
    return float(np.mean(y_pred == y))


@wrong("accuracy")
def truth_never_turned_into_labels(y_pred, y):
    """Scores in `y_pred` are turned into labels, and one-hot rows in `y` are not.

    Which forms may `y` have, and does what you do for `y_pred` do for it as well?
    """
    y_pred = _labels(y_pred)
    if len(y_pred) != len(y):
        raise ValueError(f"{len(y_pred)} predictions for {len(y)} labels")
    return float(np.mean(y_pred == y))


@wrong("accuracy")
def predictions_never_turned_into_labels(y_pred, y):
    """One-hot rows in `y` are turned into labels, and scores in `y_pred` are not.

    Which forms may `y_pred` have, and does what you do for `y` do for it as well?
    """
    y = _labels(y)
    if len(y_pred) != len(y):
        raise ValueError(f"{len(y_pred)} predictions for {len(y)} labels")
    return float(np.mean(y_pred == y))


@wrong("accuracy")
def entries_of_rows_compared(y_pred, y):
    """Where both arguments have rows, you compare them entry by entry: {got} for {expected}. Most
    entries of one-hot rows are 0 and agree even when the label is wrong, and scores never agree.

    What has to be found in each row before anything is compared?
    """
    if y_pred.shape == y.shape:
        return float(np.mean(y_pred == y))
    y_pred, y = _both(y_pred, y)
    return float(np.mean(y_pred == y))


@wrong("accuracy")
def scores_above_one_half(y_pred, y):
    """You ask which scores are above 0.5: {got} for {expected}. The label is the class with the
    largest score, however small that is.

    What does `np.argmax` give for a row like [-3, -1, -2]?
    """

    def _sure(y):
        return _labels(y > 0.5) if y.ndim == 2 else y

    y_pred, y = _both(_sure(y_pred), _sure(y))
    return float(np.mean(y_pred == y))


@wrong("accuracy")
def largest_along_the_wrong_axis(y_pred, y):
    """You look for the largest score of each column, over the examples. There is one label for each
    row.

    Which axis of (n, k) has to go so that n labels are left?
    """
    y_pred, y = (np.argmax(a, axis=0) if a.ndim == 2 else a for a in (y_pred, y))
    return float(np.mean(y_pred == y))


@wrong("accuracy")
def largest_of_all_scores(y_pred, y):
    """You look for the largest of all scores together, and there is one label for each row: {got}
    for {expected}.

    What does `np.argmax` do when no axis is named?
    """
    y_pred, y = (np.argmax(a) if a.ndim == 2 else a for a in (y_pred, y))
    return float(np.mean(y_pred == y))


@wrong("accuracy")
def smallest_score_taken(y_pred, y):
    """You take the class with the smallest score for the prediction: {got} for {expected}.

    Does a large score speak for a class or against it?
    """
    y_pred, y = _labels(y_pred, np.argmin), _labels(y, np.argmin)
    if y_pred.shape != y.shape:
        raise ValueError(f"{y_pred.shape} predictions for {y.shape} labels")
    return float(np.mean(y_pred == y))


@wrong("accuracy")
def one_example_compared_with_all(y_pred, y):
    """One prediction for many examples is accepted: NumPy stretches the single one and compares it
    with all of them.

    What can you compare, before the labels themselves, to see that the numbers of examples differ?
    """
    return float(np.mean(_labels(y_pred) == _labels(y)))


@wrong("accuracy")
def rest_ignored(y_pred, y):
    """Different numbers of examples are accepted: the pairs end with the shorter one, and the rest
    is left out without a word.

    What can you compare, before the labels themselves, to see that the numbers of examples differ?
    """
    pairs = zip(_labels(y_pred), _labels(y), strict=False)
    return sum(int(predicted == true) for predicted, true in pairs) / len(y_pred)


def _pairs(y_pred, y, k):
    """The confusion matrix done right."""
    matrix = np.zeros((k, k), dtype=int)
    np.add.at(matrix, (y, y_pred), 1)
    return matrix


@wrong("confusion_matrix")
def rows_and_columns_swapped(y_pred, y, num_classes):
    """Your rows are the predicted classes, and your columns the true ones: {got} for {expected}. In
    this course it is the other way round.

    Which index comes first in an array, and which of the two labels do you put there?
    """
    return _pairs(y_pred, y, num_classes).T


@wrong("confusion_matrix")
def repeated_pairs_counted_once(y_pred, y, num_classes):
    """No entry of your matrix is more than 1: each pair of labels counts once, however often it
    occurs. An addition to `M[rows, columns]` reads all entries before it writes any.

    What can visit the examples one by one, or add for each of them?
    """
    matrix = np.zeros((num_classes, num_classes), dtype=int)
    matrix[y, y_pred] += 1
    return matrix


@wrong("confusion_matrix")
def marked_not_counted(y_pred, y, num_classes):
    """Your matrix says whether a pair of labels occurs, and should say how often.

    What do you do to an entry when its pair occurs for the second time?
    """
    return _pairs(y_pred, y, num_classes) > 0


@wrong("confusion_matrix")
def shares_of_all_examples(y_pred, y, num_classes):
    """Your entries are shares of all examples, and should be counts.

    What should all the entries sum to?
    """
    return _pairs(y_pred, y, num_classes) / len(y)


@wrong("confusion_matrix")
def shares_of_each_row(y_pred, y, num_classes):
    """Your entries are shares of each true class, and should be counts.

    What should all the entries sum to?
    """
    matrix = _pairs(y_pred, y, num_classes)
    return matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)


@wrong("confusion_matrix")
def counts_as_floats(y_pred, y, num_classes):
    """Your counts are right, and they are floats; a count is a whole number.

    Which dtype does `np.zeros` give when it is not told?
    """
    return _pairs(y_pred, y, num_classes).astype(float)


@wrong("confusion_matrix")
def right_ones_only(y_pred, y, num_classes):
    """Only the diagonal of your matrix is filled: the right predictions are counted, and what was
    confused with what is not.

    In which entry should a 7 be counted that was taken for a 1?
    """
    return np.diag(np.diag(_pairs(y_pred, y, num_classes)))


@wrong("confusion_matrix")
def mistakes_only(y_pred, y, num_classes):
    """The diagonal of your matrix is empty: the mistakes are counted, and the right predictions are
    not.

    In which entry should a 7 be counted that was recognised?
    """
    matrix = _pairs(y_pred, y, num_classes)
    return matrix - np.diag(np.diag(matrix))


@wrong("confusion_matrix")
def size_from_the_labels(y_pred, y, num_classes):
    """Your matrix is as large as the largest label in the data wants it, and should have
    `num_classes` rows and columns, also for classes that do not occur.

    Which of the arguments says how many classes there are?
    """
    return _pairs(y_pred, y, int(max(y_pred.max(), y.max())) + 1)


@wrong("confusion_matrix")
def classes_that_occur(y_pred, y, num_classes):
    """Your matrix has rows and columns for the classes that occur in the data alone, and should
    have `num_classes` of them.

    Which of the arguments says how many classes there are?
    """
    matrix = _pairs(y_pred, y, num_classes)
    found = np.unique(np.concatenate([y_pred, y]))
    return matrix[np.ix_(found, found)]


@wrong("confusion_matrix")
def ten_classes_assumed(y_pred, y, num_classes):
    """Your matrix is 10 by 10 whatever `num_classes` says.

    Which number in your code should be an argument?
    """
    matrix = np.zeros((10, 10), dtype=int)
    for true, predicted in zip(y, y_pred, strict=True):
        matrix[true, predicted] += 1
    return matrix


@wrong("confusion_matrix")
def bincount_too_short(y_pred, y, num_classes):
    """Your list of counts ends with the largest pair that occurs, so it cannot always be laid out
    as a square.

    How many counts are needed for all pairs of classes, and which argument of `np.bincount` sees to
    it that there are as many?
    """
    return np.bincount(num_classes * y.astype(int) + y_pred).reshape(num_classes, num_classes)


@wrong("confusion_matrix")
def class_numbers_overflow(y_pred, y, num_classes):
    """For labels of type `uint8` the number of a pair does not fit: it holds nothing above 255, and
    starts again from 0.

    What is the largest number that your formula can give, and which dtype holds it?
    """
    pairs = (num_classes * y + y_pred).ravel()
    counts = np.bincount(pairs, minlength=num_classes**2)
    return counts[: num_classes**2].reshape(num_classes, num_classes)


@wrong("confusion_matrix")
def classes_counted_from_one(y_pred, y, num_classes):
    """Your labels are one place off: class 1 is counted in the first row, and class 0 in the last.

    What is the first row of an array called in Python, and what is the first class?
    """
    matrix = np.zeros((num_classes, num_classes), dtype=int)
    np.add.at(matrix, (y.astype(int) - 1, y_pred.astype(int) - 1), 1)
    return matrix


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


@wrong("train_capstone", recognizes=grows)
def losses_grow(X, y, rng=None):
    """Your losses grow from update to update, or end in something that is no number. Either the
    steps go uphill, or they are far too long. Mind that the velocity of this chapter has the minus
    inside.

    With which sign is the velocity joined to the parameter, and what happens when the learning rate
    is ten times smaller?
    """
    with np.errstate(all="ignore"):
        params, losses, _ = _descend(X, y, rng, rate=-0.05)
    return params, losses


@wrong("train_capstone", recognizes=untrained)
def start_parameters_returned(X, y, rng=None):
    """The parameters that you return have biases of 0, as at the start: either no step changes
    them, or the trained ones are lost.

    Where in your code do the new values take the place of the old ones, and which of them does
    `return` name?
    """
    _, losses, first = _descend(X, y, rng)
    return first, losses


@wrong("train_capstone", recognizes=without_weights)
def weights_start_at_zero(X, y, rng=None):
    """All weights that you return are 0, as they must have been at the start: no gradient gets
    through layers of zeros, and only the biases of the output learn something.

    What should the weights be drawn from, so that the units can become different?
    """
    params, losses, _ = _descend(X, y, rng, start=0.0)
    return params, losses


def _network(X, params):
    """Scores of the network of this chapter's solution."""
    A = X
    for W, b in zip(params[:-2:2], params[1:-2:2], strict=True):
        A = np.maximum(A @ W + b, 0)
    return A @ params[-2] + params[-1]


@wrong("predict_capstone", recognizes=scores_for_probabilities)
def scores_without_softmax(X, params):
    """Your predictions are scores, of which some are negative; they should be probabilities.

    Which function turns a row of scores into numbers between 0 and 1 with the sum 1?
    """
    return _network(X, params)


@wrong("predict_capstone", recognizes=classes_by_themselves)
def sigmoid_for_softmax(X, params):
    """Every number of your answer lies between 0 and 1, and the rows do not sum to 1: each class is
    judged by itself, as by a sigmoid.

    An image shows exactly one of the classes: which function makes its scores compete?
    """
    return 1 / (1 + np.exp(-_network(X, params)))


@wrong("predict_capstone", recognizes=columns_sum_to_one)
def softmax_over_the_batch(X, params):
    """Your probabilities sum to 1 over the images of the batch, and should sum to 1 over the
    classes.

    Which axis of the scores counts the classes?
    """
    return softmax(_network(X, params), 0)


def _over_all(answer, X, params):
    return len(X) > 1 and bool(np.isclose(answer.sum(), 1, atol=1e-3))


@wrong("predict_capstone", recognizes=_over_all)
def softmax_over_everything(X, params):
    """All your probabilities together sum to 1; those of each image should.

    Over which axis should the exponentials be added up, and over which are they when none is named?
    """
    return softmax(_network(X, params), None)


@wrong("predict_capstone", recognizes=one_label_each)
def labels_for_probabilities(X, params):
    """Your answer is one label for each image, and should be the probabilities of all classes.

    Which step of your code comes after the probabilities, and who should take it?
    """
    return _network(X, params).argmax(axis=1)


def _black_alone(answer, X, params):
    return len(X) == 1 and np.allclose(answer, softmax(_network(0 * X, params), 1), atol=1e-5)


@wrong("predict_capstone", recognizes=_black_alone)
def images_shifted_by_their_mean(X, params):
    """What you predict for an image depends on the others in the batch: the mean of the batch is
    taken from all of them. A single image then becomes black.

    What do you know of an image that comes alone?
    """
    return forward_deep_mlp(X - X.mean(axis=0), params)[-1]


def _dark(answer, X, params):
    return np.any(X) and np.allclose(answer, softmax(_network(X / 255, params), 1), atol=1e-5)


@wrong("predict_capstone", recognizes=_dark)
def pixels_divided_by_255(X, params):
    """Your predictions look as if the images were dark: the pixels are divided by 255, and they lie
    between 0 and 1 already.

    Which range do the values of `X` have, and is `X` the same here as in training?
    """
    return forward_deep_mlp(X / 255, params)[-1]
