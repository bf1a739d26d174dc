"""Wrong answers in chapter 4.1."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from . import Versions, recognized
from .pieces import TrainDeepMlp
from .reference import (
    ACTIVATIONS,
    backward_deep_mlp,
    cross_entropy,
    forward_deep_mlp,
    relu,
    sigmoid,
    softmax,
)
from .shows import runs


def _forward(X, params, activation, hidden=None, last=softmax, linear=None):
    """Right layers, but for the hidden ones' function, the last one's, or the sums."""
    linear = linear or (lambda A, W, b: A @ W + b)
    layers = [X]
    for i in range(0, len(params), 2):
        Z = linear(layers[-1], *params[i : i + 2])
        end = i == len(params) - 2
        layers.append(last(Z) if end else (hidden or ACTIVATIONS[activation])(Z))
    return layers[1:]


def _of_weights(norm):
    return lambda grads: np.array([norm(dW) for dW in grads[::2]])


def _of_rows_or_columns(answer, grads):
    """One number for each weight gradient, made of the norms of its rows or columns."""

    def made_by(reduce, axis):
        return _of_weights(lambda dW: reduce(np.linalg.norm(dW, axis=axis)))(grads)

    ways = [(reduce, axis) for reduce in (np.sum, np.mean, np.max) for axis in (0, 1)]
    return any(np.allclose(answer, made_by(*way)) for way in ways)


class WrongForwardDeepMlp(Versions, of="forward_deep_mlp"):
    def softmax_forgotten(X, params, activation="relu"):
        """The last entry of your list holds scores. Its rows should be probabilities.

        Which function of chapter 3.2 belongs to the last layer?"""
        return _forward(X, params, activation, last=lambda Z: 1.0 * Z)

    def hidden_activation_in_the_last_layer(X, params, activation="relu"):
        """Only the last layer is wrong: it goes through the hidden activation and then softmax.

        How many activations does each layer have, and which one does the last layer have?"""
        return _forward(X, params, activation, last=lambda Z: softmax(ACTIVATIONS[activation](Z)))

    def no_softmax_but_the_hidden_activation(X, params, activation="relu"):
        """The last layer has the activation of the hidden ones: your loop treats all layers the
        same. Its rows should be probabilities that sum to 1.

        What is different about the last round of the loop?"""
        return _forward(X, params, activation, last=lambda Z: 1.0 * ACTIVATIONS[activation](Z))

    def softmax_in_every_layer(X, params, activation="relu"):
        """Every layer goes through softmax. In hidden layers it makes the units compete for one
        whole; it belongs to the last layer alone.

        Which function does `activation` name for the other layers?"""
        return _forward(X, params, activation, hidden=softmax)

    def hidden_activation_forgotten(X, params, activation="relu"):
        """The hidden layers have no activation. Any number of linear layers is one linear layer.

        What happens to Z between two layers in the formula of this chapter?"""
        return _forward(X, params, activation, hidden=lambda Z: 1.0 * Z)

    def first_layer_without_activation(X, params, activation="relu"):
        """The first layer has no activation, but the other hidden layers do: `{got}`, not
        `{expected}`.

        Which lines compute your first layer, and what is done to Z in those that follow?"""
        if len(params) == 2:
            return _forward(X, params, activation)
        first = 1.0 * X @ params[0] + params[1]
        return [first, *_forward(first, params[2:], activation)]

    def last_hidden_layer_without_activation(X, params, activation="relu"):
        """The last hidden layer has no activation, but the ones before it do: your loop stops
        using `activation` one layer too early.

        With three layers, which values of the loop's counter belong to hidden layers?"""
        layers = _forward(X, params[:-2], activation, last=lambda Z: 1.0 * Z)
        return [*layers, *_forward((layers or [X])[-1], params[-2:], activation)]

    def always_relu(X, params, activation="relu"):
        """Every hidden layer uses relu, whatever `activation` says.

        Where does your code look at its third argument?"""
        return _forward(X, params, activation, hidden=relu)

    def always_sigmoid(X, params, activation="relu"):
        """Every hidden layer uses the sigmoid, whatever `activation` says: {got}, not {expected}.

        Where does your code look at its third argument, and what is the default?"""
        return _forward(X, params, activation, hidden=sigmoid)

    def sigmoid_in_the_output(X, params, activation="relu"):
        """In the last layer each score goes through the sigmoid by itself, so the rows do not sum
        to 1. An image shows one digit, and the classes have to share.

        Which function looks at a whole row of scores?"""
        return _forward(X, params, activation, last=sigmoid)

    def biases_forgotten(X, params, activation="relu"):
        """Your weighted sums have no biases: {got}, not {expected}.

        Which entries of `params` does your loop never use?"""
        return _forward(X, params, activation, linear=lambda A, W, b: A @ W)

    def hidden_biases_forgotten(X, params, activation="relu"):
        """Only your last layer has a bias; the hidden layers have none: {got}, not {expected}.

        Which entries of `params` does your loop over the hidden layers never use?"""
        without = [0 * param if i % 2 else param for i, param in enumerate(params[:-2])]
        return _forward(X, [*without, *params[-2:]], activation)

    def last_bias_forgotten(X, params, activation="relu"):
        """Your last layer has no bias, unlike the hidden ones: {got}, not {expected}.

        Which entries of `params` belong to the last layer?"""
        return _forward(X, [*params[:-1], 0 * params[-1]], activation)

    def second_layer_reads_the_input(X, params, activation="relu"):
        """The weights of the second layer meet X, and only by chance do the sizes fit. Either each
        of your layers multiplies X and not what the layer before it computed, or your loop begins
        with the second layer.

        Which variable does the loop multiply by the weights, and which weights come first?"""
        layers = []
        for i in range(0, len(params) - 2, 2):
            layers.append(ACTIVATIONS[activation](X @ params[i] + params[i + 1]))
        return [*layers, softmax((layers or [X])[-1] @ params[-2] + params[-1])]

    def weights_before_the_biases(X, params, activation="relu"):
        """You read `params` as if all the weights came first and all the biases after them, so a
        weight matrix stands where a bias belongs. Each layer has two neighbors in the list.

        At which two places of [W1, b1, W2, b2, ...] are the parameters of layer 2?"""
        A, layers, count = X, [], len(params) // 2
        for i in range(count):
            W, b = params[i], params[count + i]
            Z = A @ W + b
            A = softmax(Z) if i == count - 1 else ACTIVATIONS[activation](Z)
            layers.append(A)
        return layers

    def bias_after_the_activation(X, params, activation="relu"):
        """In the hidden layers you add the bias after the activation: {got}, not {expected}.

        Is the bias part of the weighted sum Z or of the activation A?"""
        layers, f = [X], ACTIVATIONS[activation]
        for i in range(0, len(params) - 2, 2):
            layers.append(f(layers[-1] @ params[i]) + params[i + 1])
        return [*layers[1:], softmax(layers[-1] @ params[-2] + params[-1])]

    def softmax_over_the_columns(X, params, activation="relu"):
        """In the last layer the columns sum to 1, but the classes of a row share one whole.

        Along which axis of (n, k) do the classes lie?"""
        return _forward(X, params, activation, last=lambda Z: softmax(Z.T).T)

    def softmax_overflows(X, params, activation="relu"):
        """Your code is right for small scores, but the exponential of a large score is larger than
        any float, and infinity divided by infinity is nan.

        What does the softmax of chapter 3.2 do to the scores before it takes the exponential?"""

        def last(Z):
            E = np.exp(1.0 * Z)
            return E / E.sum(axis=1, keepdims=True)

        return _forward(X, params, activation, last=last)

    def tanh_overflows(X, params, activation="relu"):
        """The quotient of exponentials for tanh overflows for large Z: inf divided by inf is nan.

        Which function solved that problem in chapter 3.2?"""

        def quotient(Z):
            return (np.exp(Z) - np.exp(-Z)) / (np.exp(Z) + np.exp(-Z))

        hidden = quotient if activation == "tanh" else ACTIVATIONS[activation]
        return _forward(X, params, activation, hidden=hidden)

    def input_in_the_list(X, params, activation="relu"):
        """Your list begins with X, so it is one entry longer than there are layers. That is handy
        inside the loop, but return only the activations.

        How many activations has a network of three layers?"""
        return [X, *_forward(X, params, activation)]

    def output_first(X, params, activation="relu"):
        """The activations are right, but their list begins with the output, not with the first
        layer.

        At which end of the list does your loop put a new layer?"""
        return _forward(X, params, activation)[::-1]

    def leaky_hidden_layers(X, params, activation="relu"):
        """With relu the hidden layers let a hundredth of negative sums through: {got}, not
        {expected}. That is the leaky variant; "relu" means the plain one.

        Which of your activation functions does "relu" name?"""
        leaky = (lambda Z: np.where(Z > 0, Z, 0.01 * Z)) if activation == "relu" else None
        return _forward(X, params, activation, hidden=leaky)

    def only_the_output_returned(X, params, activation="relu"):
        """You return only the output. Backpropagation will need the activations of all layers.

        Where does your loop keep the results of the hidden layers?"""
        return _forward(X, params, activation)[-1]

    def sums_instead_of_activations(X, params, activation="relu"):
        """The hidden entries of your list are the sums Z before the activation: {got}, not
        {expected}. The next layer gets the right input, but backpropagation relies on A.

        At which moment of the loop do you append to the list?"""
        layers = [X, *_forward(X, params, activation)]
        sums = [A @ W + b for A, W, b in zip(layers[:-1], params[::2], params[1::2], strict=True)]
        return [*[1.0 * Z for Z in sums[:-1]], layers[-1]]

    def next_layer_reads_the_sums(X, params, activation="relu"):
        """The list holds the activations, but the next layer reads the sum Z before it.

        Which variable does the next round of the loop multiply by its weights?"""
        Z, layers = X, []
        for i in range(0, len(params), 2):
            Z = Z @ params[i] + params[i + 1]
            layers.append(softmax(Z) if i == len(params) - 2 else ACTIVATIONS[activation](Z))
        return layers

    def always_three_layers(X, params, activation="relu"):
        """Your code takes exactly six arrays out of `params`. There may be any number of layers.

        Which loop would run once per pair of weights and bias?"""
        W1, b1, W2, b2, W3, b3 = params
        return _forward(X, [W1, b1, W2, b2, W3, b3], activation)

    def integers_stay_integers(X, params, activation="relu"):
        """Your values are right, but for integer arguments the hidden layers hold integers, not
        float64.

        What kind of number is the zero that relu compares with in your code?"""
        hidden = (lambda Z: np.maximum(0, Z)) if activation == "relu" else None
        return _forward(X, params, activation, hidden=hidden)


def _loss_of(activation):
    def loss_fn(X, y, params):
        activations = forward_deep_mlp(X, params, activation)
        grads = backward_deep_mlp(X, activations, y, params, activation)
        return cross_entropy(activations[-1], y), grads

    return loss_fn


OTHERS = [_loss_of("sigmoid"), _loss_of("tanh")]


def _another_activation(run):
    if run.still:
        losses = [loss_fn(run.X, run.y, run.params)[0] for loss_fn in OTHERS]
        first = run.means[0]
    else:
        losses = [runs.undone(run, loss_fn, run.lr) for loss_fn in OTHERS]
        first = run.losses[0] if runs.is_one_update(run) else np.nan
    return min(abs(loss - first) for loss in losses) < 1e-6 < abs(run.after[0] - first)


class WrongGradientNorms(Versions, of="gradient_norms"):
    def list_instead_of_array(grads):
        """The norms are right, but in a list, not in a NumPy array of shape (layers,).

        Which NumPy function turns a list into an array?"""
        return [float(np.linalg.norm(dW)) for dW in grads[::2]]

    def biases_measured_too(grads):
        """Your array also has an entry for each bias. Measure only the gradients of the weights.

        Which entries of `grads` belong to weights?"""
        return np.array([np.linalg.norm(grad) for grad in grads])

    def biases_instead_of_weights(grads):
        """You measure the gradients of the biases: {got}, not {expected}. Those of the weights are
        at the even positions, counted from 0.

        With which index does the list of a layer's two gradients begin?"""
        return np.array([np.linalg.norm(grad) for grad in grads[1::2]])

    def weights_and_biases_together(grads):
        """You include the biases: {got}, not {expected}. Measure only the weights' gradients.

        Which entries of `grads` does one of your numbers use?"""
        pairs = zip(grads[::2], grads[1::2], strict=True)
        return np.array([np.sqrt(np.sum(dW**2) + np.sum(db**2)) for dW, db in pairs])

    def root_forgotten(grads):
        """You return the sum of the squares: {got}, not {expected}. A norm is its square root, so
        that twice the gradient has twice the norm.

        What did Pythagoras do after adding the squares?"""
        return _of_weights(lambda dW: np.sum(dW**2))(grads)

    def absolute_values_summed(grads):
        """You add up the absolute values: {got}, not {expected}. That is also a norm, the 1-norm;
        the Frobenius norm uses the squares.

        What happens to each entry before the sum, according to the docstring?"""
        return _of_weights(lambda dW: np.sum(np.abs(dW)))(grads)

    def mean_of_the_squares(grads):
        """You take the root of the mean square: {got}, not {expected}. That is the size of a
        typical entry; the norm takes the root of the sum.

        Is there a division in the definition of the norm?"""
        return _of_weights(lambda dW: np.sqrt(np.mean(dW**2)))(grads)

    def mean_absolute_value(grads):
        """You take the mean of the absolute values: {got}, not {expected}. That is the size of a
        typical entry; the norm is the root of the sum of the squares.

        Is there a division in the definition of the norm?"""
        return _of_weights(lambda dW: np.mean(np.abs(dW)))(grads)

    @recognized(_of_rows_or_columns)
    def rows_or_columns_measured(grads):
        """You take the norms of rows or columns, and then their sum, mean or maximum: {got}, not
        {expected}. The Frobenius norm has one root, over all the entries of a matrix.

        Over which axis does your norm go, and what if you name none?"""
        return _of_weights(lambda dW: np.linalg.norm(dW, axis=0).sum())(grads)

    def spectral_norm(grads):
        """You return the spectral norm, the largest factor by which the matrix stretches: {got},
        not {expected}. That is `np.linalg.norm` of a matrix with 2 as second argument.

        Which norm of a matrix does it compute by default?"""
        return _of_weights(lambda dW: np.linalg.norm(dW, 2))(grads)

    def largest_entry(grads):
        """You return the largest entry of each gradient: {got}, not {expected}.

        How does the docstring turn all entries of a matrix into one number?"""
        return _of_weights(lambda dW: np.max(np.abs(dW)))(grads)

    def norms_last_layer_first(grads):
        """The norms are right, but they begin with the last layer. The first layer comes first, so
        that vanishing gradients show up as small numbers on the left.

        In which direction does your code walk through `grads`?"""
        return _of_weights(np.linalg.norm)(grads)[::-1]

    def one_norm_of_all_layers(grads):
        """You return one number for the whole network. Vanishing gradients show only when you
        compare the layers, so each has a norm of its own.

        How many numbers should come out for a network of four layers?"""
        return np.sqrt(sum(np.sum(dW**2) for dW in grads[::2]))


class WrongTrainDeepMlp(Versions, of=TrainDeepMlp):
    @recognized(lambda run: len(run.params) == 4 != 2 * len(run.hidden) + 2, of_form=True)
    def one_hidden_layer(train):
        """Your network has one hidden layer, as in chapter 3.4, but `hidden` asks for more.

        How many numbers are in `hidden`, and how many of them does your start use?"""
        return train(hidden=train.hidden[:1])

    @recognized(_another_activation)
    def another_hidden_activation(train):
        """Your hidden layers do not use relu: the losses are those of a network with sigmoid or
        tanh inside. The weights that you return will be used with relu.

        Which activation is the default of `forward_deep_mlp`, and which one does your training use?
        """
        return train(loss_fn=_loss_of("sigmoid"))
