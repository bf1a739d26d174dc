"""Wrong answers in chapter 3.3."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from . import Versions, recognized
from .reference import relu, sigmoid, softmax


def _check(A, y):
    if np.shape(A) != np.shape(y):
        raise ValueError("shapes differ")


def _logarithm(A):
    return np.log(np.maximum(A, np.finfo(A.dtype).tiny))


def _drops_units(answer, X, W1, b1, W2, b2):
    right = relu(X @ W1 + b1)
    A1, on = answer[0], right > 0
    kept = A1[on & (A1 != 0)] / right[on & (A1 != 0)]
    dropped = np.any(A1[on] == 0) and kept.size > 1
    return dropped and np.ptp(kept) < 1e-6 and not A1[~on].any()


def _smooths_labels(answer, A, y):
    true, all_classes = (
        float(-np.sum(labels * _logarithm(1.0 * A)) / len(A))
        for labels in (y, np.full(np.shape(y), 1 / np.shape(y)[1]))
    )
    share = (answer - true) / (all_classes - true)
    return any(abs(share - usual) < 1e-4 for usual in (0.01, 0.05, 0.1, 0.2))


class WrongForwardMlp(Versions, of="forward_mlp"):
    def hidden_relu_forgotten(X, W1, b1, W2, b2):
        """Your hidden layer has no activation: `A1` holds negative numbers, such as {got}. Two
        linear layers in a row are one, so the network could do no more than a single layer.

        Which function comes between the first weighted sum and `A1`?"""
        A1 = 1.0 * (X @ W1 + b1)
        return A1, softmax(A1 @ W2 + b2)

    def second_layer_reads_z1(X, W1, b1, W2, b2):
        """`A1` is right, but your second layer reads Z1, the sums before relu.

        What is the input of the second layer in the chapter's formula?"""
        Z1 = X @ W1 + b1
        return relu(Z1), softmax(Z1 @ W2 + b2)

    def z1_returned(X, W1, b1, W2, b2):
        """`A2` is right, but you return Z1, the sums before relu: {got}, not {expected}.

        Which of the two does backpropagation need, and what does it hold where a unit is off?"""
        Z1 = 1.0 * (X @ W1 + b1)
        return Z1, softmax(relu(Z1) @ W2 + b2)

    def scores_instead_of_probabilities(X, W1, b1, W2, b2):
        """`A1` is right, but `A2` holds the scores themselves. Its rows should sum to 1.

        Which function of chapter 3.2 turns scores into probabilities?"""
        A1 = relu(X @ W1 + b1)
        return A1, 1.0 * (A1 @ W2 + b2)

    def sigmoid_in_the_hidden_layer(X, W1, b1, W2, b2):
        """Your hidden layer uses the sigmoid: {got}, not {expected} in `A1`. It should use relu,
        which lets positive sums through as they are.

        Which activation does the chapter name for A1?"""
        A1 = sigmoid(X @ W1 + b1)
        return A1, softmax(A1 @ W2 + b2)

    def tanh_in_the_hidden_layer(X, W1, b1, W2, b2):
        """Your hidden layer uses tanh: {got}, not {expected} in `A1`. It should use relu, which
        lets positive sums through as they are.

        Which activation does the chapter name for A1?"""
        A1 = np.tanh(1.0 * (X @ W1 + b1))
        return A1, softmax(A1 @ W2 + b2)

    def sigmoid_in_the_output(X, W1, b1, W2, b2):
        """`A1` is right, but in `A2` each score went through the sigmoid by itself, so the rows do
        not sum to 1. An image shows one digit, and the classes have to share.

        Which function of chapter 3.2 looks at a whole row of scores?"""
        A1 = relu(X @ W1 + b1)
        return A1, sigmoid(A1 @ W2 + b2)

    def relu_before_softmax(X, W1, b1, W2, b2):
        """`A1` is right, but the output's scores went through relu before softmax. That makes all
        classes with a negative score equally likely.

        How many activations does each layer have?"""
        A1 = relu(X @ W1 + b1)
        return A1, softmax(relu(A1 @ W2 + b2))

    def relu_in_both_layers(X, W1, b1, W2, b2):
        """`A1` is right, but your output goes through relu, as the hidden layer does. The rows of
        `A2` should be probabilities that sum to 1.

        Which activation does the output layer have in the chapter's formula?"""
        A1 = relu(X @ W1 + b1)
        return A1, relu(A1 @ W2 + b2)

    def softmax_in_both_layers(X, W1, b1, W2, b2):
        """Your hidden layer uses softmax: its units compete instead of detecting things of their
        own.

        Which activation does the chapter name for A1?"""
        A1 = softmax(X @ W1 + b1)
        return A1, softmax(A1 @ W2 + b2)

    def columns_made_probabilities(X, W1, b1, W2, b2):
        """`A1` is right, but in `A2` the columns sum to 1 and not the rows, the examples.

        Along which axis of (n, k) do the classes lie?"""
        A1 = relu(X @ W1 + b1)
        return A1, softmax((A1 @ W2 + b2).T).T

    def batch_made_probabilities(X, W1, b1, W2, b2):
        """`A1` is right, but in `A2` all numbers of the batch together sum to 1, not each row. The
        probabilities of one example must not depend on the others.

        Over which entries does the sum in your softmax run?"""
        A1 = relu(X @ W1 + b1)
        Z2 = A1 @ W2 + b2
        return A1, softmax(Z2.reshape(1, -1)).reshape(Z2.shape)

    def softmax_overflows(X, W1, b1, W2, b2):
        """Your code is right for small scores, but the exponential of a large score is larger than
        any float, and infinity divided by infinity is nan.

        What does the softmax of chapter 3.2 do to the scores before it takes the exponential?"""
        A1 = relu(X @ W1 + b1)
        E = np.exp(1.0 * (A1 @ W2 + b2))
        return A1, E / E.sum(axis=1, keepdims=True)

    def b1_forgotten(X, W1, b1, W2, b2):
        """Your hidden layer has no bias: {got}, not {expected} in `A1`.

        Which of the five arguments does your code never use?"""
        A1 = relu(X @ W1)
        return A1, softmax(A1 @ W2 + b2)

    def b2_forgotten(X, W1, b1, W2, b2):
        """`A1` is right, but your output layer has no bias.

        Which of the five arguments does your code never use?"""
        A1 = relu(X @ W1 + b1)
        return A1, softmax(A1 @ W2)

    def both_biases_forgotten(X, W1, b1, W2, b2):
        """Neither of your layers has a bias: {got}, not {expected} in `A1`.

        Which of the five arguments does your code never use?"""
        A1 = relu(X @ W1)
        return A1, softmax(A1 @ W2)

    def bias_after_relu(X, W1, b1, W2, b2):
        """You add the bias after relu, so `A1` can be negative: {got}, not {expected}.

        Is the bias part of the weighted sum Z1 or of the activation A1?"""
        A1 = relu(X @ W1) + b1
        return A1, softmax(A1 @ W2 + b2)

    def absolute_value_for_relu(X, W1, b1, W2, b2):
        """Negative sums come out positive in `A1`: {got}, not {expected}. ReLU sets them to 0.

        What should be left of a sum that is below 0?"""
        A1 = np.abs(1.0 * (X @ W1 + b1))
        return A1, softmax(A1 @ W2 + b2)

    def leaky_hidden_layer(X, W1, b1, W2, b2):
        """Negative sums keep a hundredth of themselves in `A1`: {got}, not {expected}. That is the
        leaky variant, but this layer uses the plain relu.

        Which of your activation functions does the hidden layer call?"""
        Z1 = 1.0 * (X @ W1 + b1)
        A1 = np.where(Z1 > 0, Z1, 0.01 * Z1)
        return A1, softmax(A1 @ W2 + b2)

    def output_before_hidden_layer(X, W1, b1, W2, b2):
        """Both activations are right, but you return the output before the hidden layer.

        In which order does the docstring name the return values?"""
        A1 = relu(X @ W1 + b1)
        return softmax(A1 @ W2 + b2), A1

    def second_layer_reads_the_input(X, W1, b1, W2, b2):
        """Your second layer reads X again and not what the first layer found. Unless the sizes
        happen to agree, the shapes do not even fit.

        Whose output is the input of the second layer?"""
        A1 = relu(X @ W1 + b1)
        return A1, softmax(X @ W2 + b2)

    def weights_times_inputs(X, W1, b1, W2, b2):
        """Your product has the weights on the left. With one example per row, `X` is (n, d) and
        `W1` is (d, h): in your order the inner sizes do not match.

        Write the two shapes side by side: in which order are the two d next to each other?"""
        A1 = relu(W1 @ X + b1)
        return A1, softmax(W2 @ A1 + b2)

    def integers_stay_integers(X, W1, b1, W2, b2):
        """Your values are right, but when all arguments are integers, `A1` holds integers. It
        should be float64, and the gradients of the next chapter need that too.

        What kind of number is the zero that relu compares with in your code?"""
        A1 = np.maximum(0, X @ W1 + b1)
        return A1, softmax(A1 @ W2 + b2)

    def hidden_sums_standardized(X, W1, b1, W2, b2):
        """You bring the hidden sums to mean 0 and standard deviation 1 over the examples, as batch
        normalization does. Here nothing comes between the weighted sum and relu.

        Does the answer for one example depend on the others in your function?"""
        Z1 = X @ W1 + b1
        A1 = relu((Z1 - Z1.mean(axis=0)) / (Z1.std(axis=0) + 1e-5))
        return A1, softmax(A1 @ W2 + b2)

    def shares_of_sigmoids(X, W1, b1, W2, b2):
        """`A1` is right, but `A2` holds sigmoids divided by their sum. Softmax divides
        exponentials.

        Which function of chapter 3.2 turns scores into probabilities?"""
        A1 = relu(X @ W1 + b1)
        shares = sigmoid(A1 @ W2 + b2)
        return A1, shares / shares.sum(axis=1, keepdims=True)

    def b1_added_twice(X, W1, b1, W2, b2):
        """You add b1 twice: `linear` has added it already.

        Which functions on your line for the hidden layer contain a `+ b1`?"""
        A1 = relu(X @ W1 + b1 + b1)
        return A1, softmax(A1 @ W2 + b2)

    def b2_added_twice(X, W1, b1, W2, b2):
        """`A1` is right, but you add b2 twice: `linear` has added it already.

        Which functions on your line for the output contain a `+ b2`?"""
        A1 = relu(X @ W1 + b1)
        return A1, softmax(A1 @ W2 + b2 + b2)

    @recognized(_drops_units)
    def units_dropped(X, W1, b1, W2, b2):
        """Some numbers in `A1` are 0 and others too large by one factor: you drop units at random.
        That is a way to train, and comes in chapter 4.4.

        Which line draws random numbers, although the function gets no generator?"""
        A1 = relu(X @ W1 + b1)
        A1 = A1 * (np.random.default_rng(0).random(A1.shape) < 0.5) / 0.5
        return A1, softmax(A1 @ W2 + b2)


def _is_infinite(answer, A, y):
    hidden = answer == 0 and (A[y > 0] < 0.9).any()  # by `np.nan_to_num`
    return A.shape == y.shape and (A == 0).any() and (hidden or not np.isfinite(answer))


def _capped(answer, A, y):
    sure = A.shape == y.shape and np.min(A, where=y > 0, initial=1) == 0
    return sure and 0 <= answer < 9.5 and abs(answer + np.mean(np.log(A.max(axis=1)))) > 1e-6


def _coarse(answer, A, y):
    right = -np.sum(y * _logarithm(A)) / len(A)
    return any(
        abs(answer - -np.sum(y * np.log(A + eps)) / len(A)) < 1e-7 < 1e-6 < abs(answer - right)
        for eps in (0.1, 0.01, 1e-3, 1e-4, 1e-5)
    )


def _yes_or_no(answer, A, y):
    A = np.clip(A, 1e-9, 1 - 1e-7)
    mean = -np.mean(y * np.log(A) + (1 - y) * np.log(1 - A))
    return A.shape == y.shape and min(abs(answer / mean - f) for f in (1, A.shape[1])) < 1e-5


def _swapped(answer, A, y):
    """The labels are under the logarithm, with any stand-in for 0."""
    with np.errstate(all="ignore"):
        for eps in (0, 1e-300, 1e-15, 1e-12, 1e-10, 1e-9, 1e-8, 1e-7):
            for log in (np.log(np.maximum(y, eps)), np.log(y + eps)):
                swapped = -np.sum(A * log) / len(A)
                if not np.isfinite(answer) and eps == 0:
                    return (A > 0).all() and A.shape == y.shape and answer == np.inf
                if np.isclose(answer, swapped, rtol=1e-5):
                    return True
    return False


class WrongCrossEntropy(Versions, of="cross_entropy"):
    def last_example_only(A, y):
        """Your answer is the cost of the last example alone: each round of your loop replaces the
        number of the round before.

        Which operator adds to what is there already?"""
        _check(A, y)
        return float(-np.sum(y[-1] * _logarithm(A[-1])))

    def mean_over_classes_too(A, y):
        """Your loss is smaller by the number of classes, {got}, not {expected}: your mean runs over
        all entries, and the zeros of the one-hot labels count as if they were examples.

        How many logarithms does one example contribute, and what should you average?"""
        _check(A, y)
        return float(-np.mean(y * _logarithm(A)))

    def sum_instead_of_mean(A, y):
        """You add up the costs of the examples without averaging: {got}, not {expected}. Such a
        loss would grow with the size of the batch.

        What do you divide a sum by to get a mean?"""
        _check(A, y)
        return float(-np.sum(y * _logarithm(A)))

    def divided_by_the_classes(A, y):
        """You divide the sum by the number of classes, not of examples: {got}, not {expected}.

        Which axis of (n, k) counts the examples?"""
        _check(A, y)
        return float(-np.sum(y * _logarithm(A)) / A.shape[1])

    def minus_forgotten(A, y):
        """Your loss is negative, {got}, not {expected}. The logarithm of a probability is never
        positive, and a cost should be 0 at best.

        What turns the negative number into a cost?"""
        _check(A, y)
        return float(np.sum(y * _logarithm(A)) / len(A))

    @recognized(lambda answer, A, y: A.dtype == np.float32 and _is_infinite(answer, A, y))
    def epsilon_lost_in_float32(A, y):
        """Your loss stays finite in float64 but not in float32: the small number that you use in
        place of 0 is itself rounded to 0 there.

        How small can a float32 be, and where does NumPy say so?"""
        _check(A, y)
        return float(-np.sum(y * np.log(np.maximum(A, 1e-300))) / len(A))

    @recognized(_is_infinite)
    def logarithm_of_zero(A, y):
        """Where a probability is 0, its logarithm is minus infinity. Times a label of 1 that is an
        infinite loss, and times a label of 0 it is nan. Replacing the nan afterward is too late.

        What is the smallest number that could stand in for a probability of 0?"""
        _check(A, y)
        return float(-np.sum(y * np.log(A)) / len(A))

    @recognized(_capped)
    def loss_of_a_sure_mistake_capped(A, y):
        """A probability of 0 for the true class costs next to nothing in your loss. Either your
        stand-in for 0 is too large, or you leave out such examples.

        What is the logarithm of your stand-in, and how bad should certainty of the wrong class be?
        """
        _check(A, y)
        return float(-np.sum(y * np.log(np.maximum(A, 1e-3))) / len(A))

    @recognized(_coarse)
    def epsilon_too_large(A, y):
        """The number you add to every probability, so that no logarithm is infinite, is so large
        that it changes the loss: {got}, not {expected}.

        How much smaller could it be and still keep the logarithm of 0 finite?"""
        _check(A, y)
        return float(-np.sum(y * np.log(A + 1e-3)) / len(A))

    @recognized(_yes_or_no)
    def binary_cross_entropy_for_classes(A, y):
        """You ask yes or no for each class separately, so the wrong classes cost too, through the
        logarithm of 1 - A: {got}, not {expected}. With softmax the true class alone is enough,
        because what it gains the others lose.

        How many terms of the sum should remain for one example when y is one-hot?"""
        _check(A, y)
        return float(-np.mean(y * _logarithm(A) + (1 - y) * _logarithm(1 - A)))

    def logarithm_of_base_2(A, y):
        """Your logarithm has base 2: {got}, not {expected}, larger by 1 / ln 2 = 1.4427. That
        counts bits; the gradient A - y needs the natural logarithm.

        Which NumPy logarithm is the inverse of exp?"""
        _check(A, y)
        return float(-np.sum(y * np.log2(np.maximum(A, np.finfo(A.dtype).tiny))) / len(A))

    def logarithm_of_base_10(A, y):
        """Your logarithm has base 10: {got}, not {expected}, smaller by 1 / ln 10 = 0.4343. The
        gradient A - y needs the natural logarithm.

        Which NumPy logarithm is the inverse of exp?"""
        _check(A, y)
        return float(-np.sum(y * np.log10(np.maximum(A, np.finfo(A.dtype).tiny))) / len(A))

    def losses_not_averaged(A, y):
        """You return one loss per example. They are right, but training needs a single number.

        What turns the losses of a batch into one number?"""
        _check(A, y)
        return -np.sum(y * _logarithm(A), axis=1)

    @recognized(_swapped)
    def labels_under_the_logarithm(A, y):
        """You take the logarithm of the labels, mostly 0. It belongs to the probabilities.

        In -y log(A), which of the two arrays does your logarithm get?"""
        _check(A, y)
        return float(-np.sum(A * np.log(np.maximum(y, 1e-12))) / len(A))

    def likeliest_instead_of_true_class(A, y):
        """You charge for the class with the largest probability, whether or not it is the true one:
        {got}, not {expected}. So a network that is sure of the wrong class pays nothing.

        Which array says which class is the true one?"""
        _check(A, y)
        return float(-np.mean(_logarithm(A.max(axis=1))))

    def logarithm_forgotten(A, y):
        """You average the probabilities without the logarithm: {got}, not {expected}.

        Which function makes the cost of a small probability large?"""
        _check(A, y)
        return float(-np.sum(y * (1.0 * A)) / len(A))

    def all_classes_charged(A, y):
        """You charge for every class, not only for the true one: {got}, not {expected}. Your sum of
        logarithms does not look at the labels.

        Which factor of y log(A) keeps the wrong classes out of the sum?"""
        _check(A, y)
        return float(-np.sum(_logarithm(A)) / len(A))

    def squared_error_instead(A, y):
        """You return the mean squared error: {got}, not {expected}. For probabilities you need the
        cross-entropy, which punishes a sure mistake far more.

        Where is the logarithm in your formula?"""
        _check(A, y)
        return float(np.mean((A - y) ** 2))

    def shapes_not_compared(A, y):
        """The labels have a different shape from the probabilities, and NumPy stretched them until
        they fit. The resulting number means nothing. Labels such as 3 in place of a one-hot row are
        an easy slip, and it should be reported.

        What could your function check about the two arguments before it computes anything?"""
        return float(-np.sum(y * _logarithm(A)) / len(A))

    @recognized(_smooths_labels)
    def labels_smoothed(A, y):
        """You take a share of each label away from the true class and give it to all classes. That
        is label smoothing, which this loss does not have.

        Which y does your logarithm multiply, and is it the `y` that the caller passes?"""
        _check(A, y)
        y = 0.9 * y + 0.1 / y.shape[1]
        return float(-np.sum(y * _logarithm(A)) / len(A))

    def softmax_once_more(A, y):
        """You put A through softmax, as losses that take scores do. A already holds probabilities:
        they went through softmax before.

        What does a sure and right prediction cost, and what should it?"""
        _check(A, y)
        return float(-np.sum(y * np.log(softmax(1.0 * A))) / len(A))

    def logarithm_of_the_mean(A, y):
        """You take the mean of the probabilities first, and then one logarithm: {got}, not
        {expected}. One sure mistake among good answers then costs next to nothing.

        In which order do the logarithm and the mean come?"""
        _check(A, y)
        return float(-_logarithm(np.mean(np.sum(A * y, axis=1), keepdims=True)).item())

    def distance_from_1(A, y):
        """You return the distance of the true class's probability from 1, without a logarithm. A
        sure mistake then costs 1 at most.

        What does -log(p) do as p approaches 0?"""
        _check(A, y)
        return float(np.mean(1 - np.sum(A * y, axis=1)))
