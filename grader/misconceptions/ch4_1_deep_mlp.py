"""What people get wrong in chapter 4.1.

What a training run shows afterwards is told by chapter 3.4, for networks of any depth.
"""

import numpy as np

from . import ch3_4_backpropagation as shallow
from . import wrong
from .course import (
    ACTIVATIONS,
    SLOPES,
    backward_deep_mlp,
    cross_entropy,
    deep_mlp_loss,
    forward_deep_mlp,
    he_params,
    minibatches,
    relu,
    sigmoid,
    softmax,
)


def _alone(W):
    """Numbers around 0 that are not uniform: their spread is all there is to tell."""
    return abs(W.mean()) < 0.1 * W.std() and np.mean(W**4) > 2.2 * np.mean(W**2) ** 2


def _spread(scale):
    """True of normal weights with this standard deviation."""

    def shows(answer, fan_in, fan_out, rng):
        W, _ = answer
        right = abs(W.std() / np.sqrt(2 / (fan_in + fan_out)) - 1) < 0.02
        return _alone(W) and not right and abs(W.std() / scale(fan_in, fan_out) - 1) < 0.02

    return shows


@wrong("xavier_init", shows=_spread(lambda fan_in, fan_out: np.sqrt(2 / fan_in)))
def he_instead_of_xavier(fan_in, fan_out, rng):
    """The variance of your weights is 2 / fan_in. That is He's, for relu. Xavier's goes by inputs
    and outputs together, so that signal and gradient both keep their size.

    Which of the two numbers is missing in your variance?
    """
    return rng.normal(0, np.sqrt(2 / fan_in), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("xavier_init", shows=_spread(lambda fan_in, fan_out: 2 / (fan_in + fan_out)))
def variance_as_standard_deviation(fan_in, fan_out, rng):
    """The weights spread by 2 / (fan_in + fan_out). That is the variance that is asked for, and
    generators take the standard deviation: your weights are much too small.

    What leads from a variance to a standard deviation?
    """
    return rng.normal(0, 2 / (fan_in + fan_out), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("xavier_init", shows=_spread(lambda fan_in, fan_out: np.sqrt(1 / fan_in)))
def inputs_alone(fan_in, fan_out, rng):
    """The variance of your weights is 1 / fan_in. This older rule keeps the size of the signal, but
    not that of the gradient on its way back, which goes by the outputs.

    Which two numbers does Xavier's rule take the mean of?
    """
    return rng.normal(0, np.sqrt(1 / fan_in), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("xavier_init", shows=_spread(lambda fan_in, fan_out: np.sqrt(1 / (fan_in + fan_out))))
def factor_two_forgotten(fan_in, fan_out, rng):
    """The variance of your weights is 1 / (fan_in + fan_out), half of what it should be. It is 1
    divided by the mean of the two sizes, and a mean has a 2 in it.

    Where does the 2 go when 1 is divided by half of a sum?
    """
    scale = np.sqrt(1 / (fan_in + fan_out))
    return rng.normal(0, scale, size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("xavier_init", shows=_spread(lambda fan_in, fan_out: np.sqrt(6 / (fan_in + fan_out))))
def limit_as_standard_deviation(fan_in, fan_out, rng):
    """Your weights spread by the root of 6 / (fan_in + fan_out). That is the limit of a uniform
    distribution with the right variance; the normal one takes the standard deviation.

    Which number stands in the variance of this chapter?
    """
    scale = np.sqrt(6 / (fan_in + fan_out))
    return rng.normal(0, scale, size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("xavier_init", shows=_spread(lambda fan_in, fan_out: np.sqrt(2 / fan_out)))
def outputs_alone(fan_in, fan_out, rng):
    """The variance of your weights is 2 / fan_out: the number of inputs is not in it.

    Which two numbers does Xavier's rule add up?
    """
    return rng.normal(0, np.sqrt(2 / fan_out), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("xavier_init", shows=_spread(lambda fan_in, fan_out: 1))
def weights_not_scaled(fan_in, fan_out, rng):
    """Your weights have a standard deviation of 1 whatever the size of the layer. With hundreds of
    inputs a sigmoid or tanh is then driven to its flat ends, where no gradient passes.

    How should the weights shrink as the layer grows?
    """
    return rng.normal(size=(fan_in, fan_out)), np.zeros(fan_out)


def _fixed_spread(answer, fan_in, fan_out, rng):
    return any(
        _spread(lambda *fans, scale=scale: scale)(answer, fan_in, fan_out, rng)
        for scale in (0.5, 0.1, 0.05, 0.01, 0.001)
        if abs(2 / (fan_in + fan_out) / scale - 1) > 0.1
    )


@wrong("xavier_init", shows=_fixed_spread)
def fixed_small_scale(fan_in, fan_out, rng):
    """Your weights have the same small spread for layers of every size. A fixed number is too small
    for some layers and too large for others.

    On which of the arguments should the spread depend?
    """
    return 0.01 * rng.normal(size=(fan_in, fan_out)), np.zeros(fan_out)


def _is_uniform(answer, fan_in, fan_out, rng):
    W, _ = answer
    W = W - W.mean()
    return bool(W.any() and np.mean(W**4) < 2.2 * np.mean(W**2) ** 2 and len(np.unique(W)) > 9)


@wrong("xavier_init", shows=_is_uniform)
def uniform_instead_of_normal(fan_in, fan_out, rng):
    """Your weights are spread evenly between two limits, as in the paper of Glorot and Bengio. The
    course draws them from the normal distribution, the bell curve.

    Which method of a generator draws normal numbers?
    """
    limit = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-limit, limit, size=(fan_in, fan_out)), np.zeros(fan_out)


def _all_positive(answer, fan_in, fan_out, rng):
    W, _ = answer
    return bool(W.min() >= 0 and W.std() > 0 and not _is_uniform(answer, fan_in, fan_out, rng))


@wrong("xavier_init", shows=_all_positive)
def negative_weights_missing(fan_in, fan_out, rng):
    """None of your weights is negative. Then every unit adds up all of its inputs, and they all
    learn much the same.

    Around which number should the weights lie?
    """
    scale = np.sqrt(2 / (fan_in + fan_out))
    return np.abs(rng.normal(0, scale, size=(fan_in, fan_out))), np.zeros(fan_out)


def _constant(answer, fan_in, fan_out, rng):
    W, _ = answer
    return W.size > 1 and np.ptp(W) == 0


@wrong("xavier_init", shows=_constant)
def weights_all_equal(fan_in, fan_out, rng):
    """All your weights are the same number. Then all the units of the layer compute the same, get
    the same gradient and stay alike for ever, as if there were one of them.

    What makes one unit different from another before anything is learnt?
    """
    return np.zeros((fan_in, fan_out)), np.zeros(fan_out)


def _axes_swapped(answer, fan_in, fan_out, rng):
    W, _ = answer
    return fan_in != fan_out and W.shape == (fan_out, fan_in)


@wrong("xavier_init", shows=_axes_swapped)
def outputs_before_inputs(fan_in, fan_out, rng):
    """Your `W` has the shape (fan_out, fan_in). Books that write W x keep it so; this course writes
    X W with one example a row.

    Which size of `W` has to meet the columns of X?
    """
    scale = np.sqrt(2 / (fan_in + fan_out))
    return rng.normal(0, scale, size=(fan_out, fan_in)), np.zeros(fan_out)


def _row_bias(answer, fan_in, fan_out, rng):
    _, b = answer
    return b.shape == (1, fan_out)


@wrong("xavier_init", shows=_row_bias)
def bias_as_a_row(fan_in, fan_out, rng):
    """Your `b` has the shape (1, fan_out). It would broadcast as well, but the course keeps biases
    as vectors, and the gradients of a bias have that shape too.

    How many numbers are there in the shape of a vector?
    """
    scale = np.sqrt(2 / (fan_in + fan_out))
    return rng.normal(0, scale, size=(fan_in, fan_out)), np.zeros((1, fan_out))


def _bias_drawn(answer, fan_in, fan_out, rng):
    _, b = answer
    return b.size > 1 and np.ptp(b) > 0


@wrong("xavier_init", shows=_bias_drawn)
def random_biases(fan_in, fan_out, rng):
    """Your biases are random numbers. It is enough that the weights are: the units differ already,
    and the biases start at 0.

    What does the docstring say about b?
    """
    scale = np.sqrt(2 / (fan_in + fan_out))
    return rng.normal(0, scale, size=(fan_in, fan_out)), rng.normal(0, scale, size=fan_out)


def _own_seed(answer, fan_in, fan_out, rng):
    W, _ = answer
    W = W.ravel()
    own = [np.random.default_rng(seed).standard_normal(W.size) for seed in (0, 1, 2, 7, 42, 123)]
    return any(np.corrcoef(W, numbers)[0, 1] > 0.999 for numbers in own)


@wrong("xavier_init", shows=_own_seed)
def seed_of_its_own(fan_in, fan_out, rng):
    """Your weights are the same whatever `rng` is handed over: they come from a generator that your
    code makes for itself, with a seed of its own.

    Which argument is there to draw from?
    """
    scale = np.sqrt(2 / (fan_in + fan_out))
    W = np.random.default_rng(0).normal(0, scale, size=(fan_in, fan_out))
    return W, np.zeros(fan_out)


def _forward(X, params, activation, hidden=None, last=softmax, linear=None):
    """The right layers, but for the function of the hidden ones, of the last, or the sums."""
    linear = linear or (lambda A, W, b: A @ W + b)
    layers = [X]
    for i in range(0, len(params), 2):
        Z = linear(layers[-1], *params[i : i + 2])
        end = i == len(params) - 2
        layers.append(last(Z) if end else (hidden or ACTIVATIONS[activation])(Z))
    return layers[1:]


@wrong("forward_deep_mlp")
def softmax_forgotten(X, params, activation="relu"):
    """The last entry of your list holds scores, which can be any numbers. Its rows should be
    probabilities.

    Which function of chapter 3.2 belongs to the last layer?
    """
    return _forward(X, params, activation, last=lambda Z: 1.0 * Z)


@wrong("forward_deep_mlp")
def hidden_activation_in_the_last_layer(X, params, activation="relu"):
    """The hidden layers are right. The last one goes through the hidden activation and then through
    softmax.

    How many activations does each layer have, and which one has the last?
    """
    return _forward(X, params, activation, last=lambda Z: softmax(ACTIVATIONS[activation](Z)))


@wrong("forward_deep_mlp")
def no_softmax_but_the_hidden_activation(X, params, activation="relu"):
    """The last layer has the activation of the hidden ones: your loop treats all layers alike. Its
    rows should be probabilities that sum to 1.

    What is different about the last round of the loop?
    """
    return _forward(X, params, activation, last=lambda Z: 1.0 * ACTIVATIONS[activation](Z))


@wrong("forward_deep_mlp")
def softmax_in_every_layer(X, params, activation="relu"):
    """Every layer goes through softmax. In the hidden ones it makes the units compete for one
    whole; it belongs to the last layer alone.

    Which function does `activation` name for the other layers?
    """
    return _forward(X, params, activation, hidden=softmax)


@wrong("forward_deep_mlp")
def hidden_activation_forgotten(X, params, activation="relu"):
    """The hidden layers have no activation. Linear layers in a row, however many, are one linear
    layer.

    What happens to Z between two layers, by the formula of this chapter?
    """
    return _forward(X, params, activation, hidden=lambda Z: 1.0 * Z)


@wrong("forward_deep_mlp")
def always_relu(X, params, activation="relu"):
    """Every hidden layer uses relu, whatever `activation` says.

    Where does your code look at the third argument?
    """
    return _forward(X, params, activation, hidden=relu)


@wrong("forward_deep_mlp")
def always_sigmoid(X, params, activation="relu"):
    """Every hidden layer uses the sigmoid, whatever `activation` says: {got} for {expected}.

    Where does your code look at the third argument, and what is its default?
    """
    return _forward(X, params, activation, hidden=sigmoid)


@wrong("forward_deep_mlp")
def sigmoid_in_the_output(X, params, activation="relu"):
    """In the last layer each score goes through the sigmoid by itself, so the rows do not sum to 1.
    An image shows one digit, and the classes have to share.

    Which function looks at a whole row of scores?
    """
    return _forward(X, params, activation, last=sigmoid)


@wrong("forward_deep_mlp")
def biases_forgotten(X, params, activation="relu"):
    """The weighted sums come without their biases: {got} for {expected}.

    Which entries of `params` does your loop never use?
    """
    return _forward(X, params, activation, linear=lambda A, W, b: A @ W)


@wrong("forward_deep_mlp")
def bias_after_the_activation(X, params, activation="relu"):
    """In the hidden layers the bias is added after the activation: {got} for {expected}.

    Is the bias a part of the weighted sum Z or of the activation A?
    """
    layers, f = [X], ACTIVATIONS[activation]
    for i in range(0, len(params) - 2, 2):
        layers.append(f(layers[-1] @ params[i]) + params[i + 1])
    return [*layers[1:], softmax(layers[-1] @ params[-2] + params[-1])]


@wrong("forward_deep_mlp")
def softmax_over_the_columns(X, params, activation="relu"):
    """In the last layer the columns sum to 1 and not the rows. A row is one example, and its
    classes share one whole.

    Along which axis of (n, k) do the classes lie?
    """
    return _forward(X, params, activation, last=lambda Z: softmax(Z.T).T)


@wrong("forward_deep_mlp")
def softmax_overflows(X, params, activation="relu"):
    """For small scores this is right, but the exponential of a large score is larger than any
    float, and infinity divided by infinity is nan.

    What does the softmax of chapter 3.2 do to the scores before it takes the exponential?
    """

    def last(Z):
        E = np.exp(1.0 * Z)
        return E / E.sum(axis=1, keepdims=True)

    return _forward(X, params, activation, last=last)


@wrong("forward_deep_mlp")
def tanh_overflows(X, params, activation="relu"):
    """The quotient of exponentials for tanh overflows where Z is large: infinity divided by
    infinity is nan.

    Which function did chapter 3.2 find for that?
    """

    def quotient(Z):
        return (np.exp(Z) - np.exp(-Z)) / (np.exp(Z) + np.exp(-Z))

    hidden = quotient if activation == "tanh" else ACTIVATIONS[activation]
    return _forward(X, params, activation, hidden=hidden)


@wrong("forward_deep_mlp")
def input_in_the_list(X, params, activation="relu"):
    """Your list begins with X, so it is one entry longer than there are layers. That is handy
    inside of the loop; what is returned are the activations alone.

    How many activations has a network of three layers?
    """
    return [X, *_forward(X, params, activation)]


@wrong("forward_deep_mlp")
def output_first(X, params, activation="relu"):
    """The activations are right, and their list begins with the output. It should begin with the
    first layer, like `params`.

    At which end of the list does your loop put a new layer?
    """
    return _forward(X, params, activation)[::-1]


@wrong("forward_deep_mlp")
def leaky_hidden_layers(X, params, activation="relu"):
    """With relu the hidden layers let a hundredth of negative sums through: {got} for {expected}.
    That is the leaky variant; here it is the plain relu.

    Which of your activation functions does "relu" name?
    """
    leaky = (lambda Z: np.where(Z > 0, Z, 0.01 * Z)) if activation == "relu" else None
    return _forward(X, params, activation, hidden=leaky)


@wrong("forward_deep_mlp")
def only_the_output_returned(X, params, activation="relu"):
    """You return the output alone. Backpropagation will need the activations of all layers.

    Where does your loop keep what the hidden layers gave?
    """
    return _forward(X, params, activation)[-1]


@wrong("forward_deep_mlp")
def sums_instead_of_activations(X, params, activation="relu"):
    """The hidden entries of your list are the sums Z before the activation: {got} for {expected}.
    The next layer is fed rightly, but backpropagation relies on A.

    At which moment of the loop is the list appended to?
    """
    layers = [X, *_forward(X, params, activation)]
    sums = [A @ W + b for A, W, b in zip(layers[:-1], params[::2], params[1::2], strict=True)]
    return [*[1.0 * Z for Z in sums[:-1]], layers[-1]]


@wrong("forward_deep_mlp")
def next_layer_reads_the_sums(X, params, activation="relu"):
    """The list holds the activations, but the next layer is fed with the sum Z before the
    activation. So the network is linear inside.

    Which variable does the next round of the loop multiply with its weights?
    """
    Z, layers = X, []
    for i in range(0, len(params), 2):
        Z = Z @ params[i] + params[i + 1]
        layers.append(softmax(Z) if i == len(params) - 2 else ACTIVATIONS[activation](Z))
    return layers


@wrong("forward_deep_mlp")
def always_three_layers(X, params, activation="relu"):
    """Your code takes exactly six arrays out of `params`. The network may have any number of
    layers, a single one included.

    Which loop would run once for each pair of weights and bias?
    """
    W1, b1, W2, b2, W3, b3 = params
    return _forward(X, [W1, b1, W2, b2, W3, b3], activation)


@wrong("forward_deep_mlp")
def integers_stay_integers(X, params, activation="relu"):
    """The values are right, but when all arguments are integers the hidden layers hold integers.
    The contract wants float64 there.

    Which kind of number is the zero that relu compares with in your code?
    """
    hidden = (lambda Z: np.maximum(0, Z)) if activation == "relu" else None
    return _forward(X, params, activation, hidden=hidden)


def _backward(X, activations, y, params, activation, **wrong):
    """The right gradients, but for `delta`, the `slope`, a `layer`'s pair, or the way `back`."""
    if activations[-1].shape != np.shape(y):
        raise ValueError("shapes differ")
    inputs = [X, *activations[:-1]]
    slope = wrong.get("slope", SLOPES[activation])
    pair = wrong.get("pair", lambda A, delta: [A.T @ delta, delta.sum(axis=0)])
    delta, grads = wrong.get("delta", (activations[-1] - y) / len(X)), []
    for layer in reversed(range(len(inputs))):
        grads = [*pair(inputs[layer], delta), *grads]
        if layer > 0:
            delta = delta @ params[2 * layer].T * slope(inputs[layer])
            delta = wrong.get("back", lambda delta: delta)(delta)
    return grads


@wrong("backward_deep_mlp")
def one_over_n_missing(X, activations, y, params, activation="relu"):
    """Your gradients are {n} times too large: {got} for {expected}. They are those of the sum over
    the {n} examples; the loss of this course is the mean.

    Where does the 1/n of the mean go when the loss is differentiated?
    """
    return _backward(X, activations, y, params, activation, delta=activations[-1] - y)


@wrong("backward_deep_mlp")
def sign_flipped(X, activations, y, params, activation="relu"):
    """All your gradients have the wrong sign: {got} for {expected}. Where the network says too
    much, output minus label is positive, and the loss grows with the score.

    In which order does the error compare the output and the label?
    """
    delta = (y - activations[-1]) / len(X)
    return _backward(X, activations, y, params, activation, delta=delta)


@wrong("backward_deep_mlp")
def factor_two(X, activations, y, params, activation="relu"):
    """Your gradients are twice as large as they should be: {got} for {expected}. A 2 comes from the
    derivative of a square; the cross-entropy has no square.

    For which loss of chapter 2 is the derivative 2 (A - y)?
    """
    delta = 2 * (activations[-1] - y) / len(X)
    return _backward(X, activations, y, params, activation, delta=delta)


@wrong("backward_deep_mlp")
def divided_by_n_twice(X, activations, y, params, activation="relu"):
    """Your gradients are {n} times too small: {got} for {expected}. The 1/n of the mean is in them
    twice.

    Follow one gradient from the output to the end: how many times is it divided by n?
    """
    delta = (activations[-1] - y) / len(X) ** 2
    return _backward(X, activations, y, params, activation, delta=delta)


@wrong("backward_deep_mlp")
def divided_by_all_entries(X, activations, y, params, activation="relu"):
    """Your gradients are smaller by the number of classes: {got} for {expected}. You divide by the
    number of entries of y; the mean of the loss runs over the examples only.

    Which axis of (n, k) counts the examples?
    """
    delta = (activations[-1] - y) / activations[-1].size
    return _backward(X, activations, y, params, activation, delta=delta)


@wrong("backward_deep_mlp")
def divided_by_n_at_every_layer(X, activations, y, params, activation="relu"):
    """The last layer is right, and each one before it is {n} times smaller again than it should be:
    the error is divided by n at every layer on its way back.

    How many times does a mean over the examples occur in the loss?
    """
    n = len(X)
    return _backward(X, activations, y, params, activation, back=lambda delta: delta / n)


@wrong("backward_deep_mlp")
def slope_forgotten(X, activations, y, params, activation="relu"):
    """The last layer is right. On its way back the error passes the hidden layers without being
    multiplied by the slope of their activation.

    Which factor does the chain rule put at each layer besides the weights?
    """
    return _backward(X, activations, y, params, activation, slope=lambda A: 1)


@wrong("backward_deep_mlp")
def always_the_slope_of_relu(X, activations, y, params, activation="relu"):
    """With relu your gradients are right. For sigmoid and tanh you still use the slope of relu,
    which does not even shrink where these are flat.

    Where does the backward pass look at `activation`?
    """
    return _backward(X, activations, y, params, activation, slope=SLOPES["relu"])


@wrong("backward_deep_mlp")
def relu_slope_of_one_at_zero(X, activations, y, params, activation="relu"):
    """With relu the error passes all units, also those that are off: `A >= 0` is true of every
    activation that relu can give.

    What is A for a unit whose Z is negative, and what should the slope be there?
    """
    slope = (lambda A: A >= 0) if activation == "relu" else SLOPES[activation]
    return _backward(X, activations, y, params, activation, slope=slope)


@wrong("backward_deep_mlp")
def activation_applied_again(X, activations, y, params, activation="relu"):
    """The formula of the slope is given A and takes it for Z: sigmoid or tanh is applied to what
    has been through it already. (For relu it makes no difference.)

    What do the entries of `activations` hold: Z or A, and how is the slope written with that?
    """
    f = ACTIVATIONS[activation]
    return _backward(
        X, activations, y, params, activation, slope=lambda A: SLOPES[activation](f(A))
    )


@wrong("backward_deep_mlp")
def sigmoid_rule_for_tanh(X, activations, y, params, activation="relu"):
    """With relu and sigmoid your gradients are right; for tanh you use A (1 - A), the slope of the
    sigmoid.

    How steep is tanh at 0, and what does your rule give there?
    """
    slope = SLOPES["relu" if activation == "relu" else "sigmoid"]
    return _backward(X, activations, y, params, activation, slope=slope)


@wrong("backward_deep_mlp")
def square_of_tanh_forgotten(X, activations, y, params, activation="relu"):
    """With relu and sigmoid your gradients are right; for tanh you use 1 - A, and a square is
    missing.

    What was the derivative of tanh in chapter 3.2?
    """
    slope = (lambda A: 1 - A) if activation == "tanh" else SLOPES[activation]
    return _backward(X, activations, y, params, activation, slope=slope)


@wrong("backward_deep_mlp")
def activation_instead_of_its_slope(X, activations, y, params, activation="relu"):
    """The last layer is right. At the hidden layers the error is multiplied by the activation A
    itself, where the chain rule asks for the slope.

    How steep is relu for a unit whose activation is 5?
    """
    return _backward(X, activations, y, params, activation, slope=lambda A: A)


@wrong("backward_deep_mlp")
def softmax_slope_left_in(X, activations, y, params, activation="relu"):
    """The error of the output is multiplied by A (1 - A): {got} for {expected}. Softmax and
    cross-entropy together leave the plain A - y; that slope has cancelled already.

    Which quantity is A - y the derivative in: A or Z of the last layer?
    """
    A = activations[-1]
    delta = (A - y) * A * (1 - A) / len(X)
    return _backward(X, activations, y, params, activation, delta=delta)


@wrong("backward_deep_mlp")
def hidden_slope_in_the_last_layer(X, activations, y, params, activation="relu"):
    """The error of the output is multiplied by the slope of the hidden activation. The last layer
    has a softmax, and its slope has cancelled against the loss already.

    In which layers does `activation` act in the forward pass?
    """
    delta = (activations[-1] - y) / len(X) * SLOPES[activation](activations[-1])
    return _backward(X, activations, y, params, activation, delta=delta)


@wrong("backward_deep_mlp")
def bias_gradients_averaged_again(X, activations, y, params, activation="relu"):
    """The weights are right, and the gradients of the biases are {n} times too small: they are
    means of an error that has the 1/n in it already.

    Where is the 1/n in the gradients of the weights, and how many are there in those of the biases?
    """

    def pair(A, delta):
        return [A.T @ delta, delta.mean(axis=0)]

    return _backward(X, activations, y, params, activation, pair=pair)


@wrong("backward_deep_mlp")
def bias_gradients_not_averaged(X, activations, y, params, activation="relu"):
    """The weights are right, and the gradients of the biases are {n} times too large: errors summed
    over the examples and not averaged.

    Which of your two lines has the 1/n, and which has not?
    """
    n = len(X)

    def pair(A, delta):
        return [A.T @ delta, n * delta.sum(axis=0)]

    return _backward(X, activations, y, params, activation, pair=pair)


@wrong("backward_deep_mlp")
def weight_gradients_not_averaged(X, activations, y, params, activation="relu"):
    """The biases are right, and the gradients of the weights are {n} times too large. A mean over
    the examples is taken for the biases; the matrix product of the weights sums over them.

    Over which axis does the product with A^T sum, and what turns that sum into a mean?
    """

    def pair(A, delta):
        return [A.T @ delta, delta.mean(axis=0)]

    delta = activations[-1] - y
    return _backward(X, activations, y, params, activation, pair=pair, delta=delta)


@wrong("backward_deep_mlp")
def weight_gradients_divided_again(X, activations, y, params, activation="relu"):
    """The biases are right, and the gradients of the weights are {n} times too small: the error has
    the 1/n in it already, and the weights get another one.

    Where does the 1/n of the mean enter, and is it enough to do that once?
    """
    n = len(X)

    def pair(A, delta):
        return [A.T @ delta / n, delta.sum(axis=0)]

    return _backward(X, activations, y, params, activation, pair=pair)


@wrong("backward_deep_mlp")
def bias_summed_over_units(X, activations, y, params, activation="relu"):
    """The gradients of the biases have one entry for each example. The bias of a unit is shared by
    all examples, so it collects their errors.

    Which axis of (n, units) has to disappear for a gradient of shape (units,)?
    """

    def pair(A, delta):
        return [A.T @ delta, delta.sum(axis=1)]

    return _backward(X, activations, y, params, activation, pair=pair)


def _as_rows(answer, X, activations, y, params, activation="relu"):
    return len(answer) == len(params) and any(
        np.shape(grad) == (1, len(b)) for grad, b in zip(answer[1::2], params[1::2], strict=True)
    )


@wrong("backward_deep_mlp", shows=_as_rows)
def bias_gradients_as_rows(X, activations, y, params, activation="relu"):
    """The gradients of the biases are rows of shape (1, units). In this course a bias is a vector,
    and so is its gradient.

    What does `keepdims` keep, and do you need it here?
    """

    def pair(A, delta):
        return [A.T @ delta, delta.sum(axis=0, keepdims=True)]

    return _backward(X, activations, y, params, activation, pair=pair)


@wrong("backward_deep_mlp")
def last_layer_first(X, activations, y, params, activation="relu"):
    """The gradients are right, and their list begins with the last layer, in the order in which the
    error meets them. Gradient descent takes them in the order of `params`.

    At which end of the list does the gradient of an earlier layer belong?
    """
    grads = _backward(X, activations, y, params, activation)
    return [grad for i in range(len(grads) - 2, -1, -2) for grad in grads[i : i + 2]]


@wrong("backward_deep_mlp")
def list_back_to_front(X, activations, y, params, activation="relu"):
    """The gradients are right, and their list runs from the last bias to the first weights. It
    should have the order of `params`.

    Is the list turned round at the end, and was it the right way round before?
    """
    return _backward(X, activations, y, params, activation)[::-1]


@wrong("backward_deep_mlp")
def bias_before_weights(X, activations, y, params, activation="relu"):
    """The gradients are right, but each layer has its bias first. In `params` the weights come
    first.

    In which order do the two gradients of a layer enter your list?
    """

    def pair(A, delta):
        return [delta.sum(axis=0), A.T @ delta]

    return _backward(X, activations, y, params, activation, pair=pair)


@wrong("backward_deep_mlp")
def gradients_in_pairs(X, activations, y, params, activation="relu"):
    """You return one pair for each layer. The list should be flat, [dW1, db1, dW2, db2, ...], like
    `params`.

    How does your loop add the two gradients of a layer to the list?
    """
    grads = _backward(X, activations, y, params, activation)
    return list(zip(grads[::2], grads[1::2], strict=True))


@wrong("backward_deep_mlp")
def first_layer_left_out(X, activations, y, params, activation="relu"):
    """The gradients of the first layer are missing: your loop ends before it reaches the layer that
    was fed with X.

    Which numbers does your loop run through, and which of them stands for the first layer?
    """
    return _backward(X, activations, y, params, activation)[2:]


@wrong("backward_deep_mlp")
def transpose_missing(X, activations, y, params, activation="relu"):
    """On the way back the error is multiplied by the weights as they are, and the inner sizes do
    not meet. Forward they took the inputs of the layer to its outputs; now it is the other way.

    Which form of the weights leads from the outputs of a layer back to its inputs?
    """
    if activations[-1].shape != np.shape(y):
        raise ValueError("shapes differ")
    inputs = [X, *activations[:-1]]
    delta, grads = (activations[-1] - y) / len(X), []
    for layer in reversed(range(len(inputs))):
        grads = [inputs[layer].T @ delta, delta.sum(axis=0), *grads]
        if layer > 0:
            delta = delta @ params[2 * layer] * SLOPES[activation](inputs[layer])
    return grads


def _of_weights(norm):
    return lambda grads: np.array([norm(dW) for dW in grads[::2]])


@wrong("gradient_norms")
def list_instead_of_array(grads):
    """The norms are right, in a list. The answer should be a NumPy array of shape (layers,).

    Which function of NumPy makes an array of a list?
    """
    return [float(np.linalg.norm(dW)) for dW in grads[::2]]


@wrong("gradient_norms")
def biases_measured_too(grads):
    """Your array has an entry for each bias as well: twice as many as there are layers. Asked for
    are the gradients of the weights alone.

    Which entries of `grads` belong to weights?
    """
    return np.array([np.linalg.norm(grad) for grad in grads])


@wrong("gradient_norms")
def biases_instead_of_weights(grads):
    """You measure the gradients of the biases: {got} for {expected}. Those of the weights stand at
    the even places, counted from 0.

    With which index does the list of a layer's two gradients begin?
    """
    return np.array([np.linalg.norm(grad) for grad in grads[1::2]])


@wrong("gradient_norms")
def weights_and_biases_together(grads):
    """The bias of each layer is counted in: {got} for {expected}. Asked for is the size of the
    gradient of the weights alone.

    Which entries of `grads` does one of your numbers use?
    """
    pairs = zip(grads[::2], grads[1::2], strict=True)
    return np.array([np.sqrt(np.sum(dW**2) + np.sum(db**2)) for dW, db in pairs])


@wrong("gradient_norms")
def root_forgotten(grads):
    """You give the sum of the squares: {got} for {expected}. A norm is the root of it, so that
    twice the gradient has twice the norm.

    What did Pythagoras do after adding the squares?
    """
    return _of_weights(lambda dW: np.sum(dW**2))(grads)


@wrong("gradient_norms")
def absolute_values_summed(grads):
    """You add up the absolute values: {got} for {expected}. That is a norm as well, the 1-norm; the
    Frobenius norm goes by the squares.

    What is done to each entry before the sum in the docstring?
    """
    return _of_weights(lambda dW: np.sum(np.abs(dW)))(grads)


@wrong("gradient_norms")
def mean_of_the_squares(grads):
    """You take the root of the mean square: {got} for {expected}. That tells the size of a typical
    entry; the norm takes the root of the sum.

    Is there a division in the definition of the norm?
    """
    return _of_weights(lambda dW: np.sqrt(np.mean(dW**2)))(grads)


@wrong("gradient_norms")
def mean_absolute_value(grads):
    """You take the mean of the absolute values: {got} for {expected}. That tells the size of a
    typical entry; the norm is the root of the sum of the squares.

    Is there a division in the definition of the norm?
    """
    return _of_weights(lambda dW: np.mean(np.abs(dW)))(grads)


@wrong("gradient_norms")
def spectral_norm(grads):
    """You give the spectral norm, the largest factor by which the matrix stretches: {got} for
    {expected}. That is what `np.linalg.norm` does to a matrix when its second argument is 2.

    Which norm does it give a matrix when nothing else is asked for?
    """
    return _of_weights(lambda dW: np.linalg.norm(dW, 2))(grads)


@wrong("gradient_norms")
def largest_entry(grads):
    """You give the largest entry of each gradient: {got} for {expected}. The norm counts them all.

    How do all the entries of a matrix enter one number, by the docstring?
    """
    return _of_weights(lambda dW: np.max(np.abs(dW)))(grads)


@wrong("gradient_norms")
def norms_last_layer_first(grads):
    """The norms are right, and they begin with the last layer. The first layer comes first, so that
    vanishing gradients show as small numbers on the left.

    In which direction does your code walk through `grads`?
    """
    return _of_weights(np.linalg.norm)(grads)[::-1]


@wrong("gradient_norms")
def one_norm_of_all_layers(grads):
    """You give one number for the whole network. What vanishes shows only when the layers are
    compared, so each has a norm of its own.

    How many numbers should come out for a network of four layers?
    """
    return np.sqrt(sum(np.sum(dW**2) for dW in grads[::2]))


def _train(X, y, hidden, lr, epochs, batch_size, rng, **wrong):
    """Training as it should be, but for `start`, `batches`, `step` or `loss`."""
    start, batches = wrong.get("start", he_params), wrong.get("batches", minibatches)
    step = wrong.get("step", lambda i, param, grad: param - lr * grad)
    rng, X = np.random.default_rng(rng), 1.0 * X
    params, losses = start([X.shape[1], *hidden, y.shape[1]], rng, X.dtype), []
    for _ in range(epochs):
        for X_batch, y_batch in batches(X, y.astype(X.dtype), batch_size, rng):
            loss, grads = wrong.get("loss", deep_mlp_loss)(X_batch, y_batch, params)
            losses.append(loss)
            params = [
                step(i, param, grad)
                for i, (param, grad) in enumerate(zip(params, grads, strict=True))
            ]
    return params, losses


HIDDEN = (256, 128)


def _told_by(test):
    return shallow.told_by(test, hidden=HIDDEN)


def _in_the_order_of_x(run):
    table, epochs = shallow.one_by_one(run)
    return np.allclose(epochs, np.diag(table), atol=1e-5)


def _in_one_order(run):
    table, epochs = shallow.one_by_one(run)
    same = len(epochs) > 1 and np.allclose(epochs, epochs[0], atol=1e-5)
    return table.any() and same and not _in_the_order_of_x(run)


def _some_more_than_once(run):
    table, epochs = shallow.one_by_one(run)
    known = np.isclose(epochs[:, :, None], np.diag(table), atol=1e-5).any(axis=2)
    return known.all() and not np.allclose(np.sort(epochs), np.sort(np.diag(table)), atol=1e-5)


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
        losses = [shallow.undone(run, loss_fn, run.lr) for loss_fn in OTHERS]
        first = run.losses[0] if shallow.is_one_update(run) else np.nan
    return min(abs(loss - first) for loss in losses) < 1e-6 < abs(run.after[0] - first)


def _one_hidden_layer(run):
    return len(run.params) == 4 != 2 * len(run.hidden) + 2


def _zeros(sizes, rng, dtype):
    return [0 * param for param in he_params(sizes, rng, dtype)]


def _constants(sizes, rng, dtype):
    return [0 * param + 0.01 * (param.ndim == 2) for param in he_params(sizes, rng, dtype)]


def _unscaled(sizes, rng, dtype):
    params = he_params(sizes, rng, np.float64)
    return [(param * np.sqrt(len(param) / 2)).astype(dtype) for param in params]


def _uniform(sizes, rng, dtype):
    params = he_params(sizes, rng, dtype)
    return [(rng.random(p.shape) * (p.ndim == 2)).astype(dtype) for p in params]


def _full_ones(X, y, batch_size, rng):
    return minibatches(X, y, batch_size, rng)[: max(len(X) // batch_size, 1)]


def _apart(X, y, batch_size, rng):
    return minibatches(X[rng.permutation(len(X))], y, batch_size, rng)


def _in_order(X, y, batch_size, rng):
    starts = range(0, len(X), batch_size)
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in starts]


def _any_ones(X, y, batch_size, rng):
    drawn = rng.integers(len(X), size=len(X))
    return _in_order(X[drawn], y[drawn], batch_size, rng)


def _summed_gradients(X, y, params):
    loss, grads = deep_mlp_loss(X, y, params)
    return loss, [len(X) * grad for grad in grads]


def _summed_losses(X, y, params):
    loss, grads = deep_mlp_loss(X, y, params)
    return len(X) * loss, grads


@wrong("train_deep_mlp", shows=_told_by(shallow.is_uphill))
def uphill(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """Your loss grows from update to update: the parameters move along the gradient, which
    points to where the loss grows fastest.

    With which sign does the gradient enter the update?
    """
    return _train(
        X, y, hidden, lr, epochs, batch_size, rng, step=lambda i, param, grad: param + lr * grad
    )


@wrong("train_deep_mlp", shows=_told_by(shallow.is_never_updated))
def never_updated(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """The parameters at the end are those of the start. They are computed anew somewhere, but
    the next round of the loop reads the old ones.

    Under which names does your loop keep the new parameters, and which names does it read?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, rng, step=lambda i, param, grad: param)


@wrong("train_deep_mlp", shows=_told_by(shallow.has_biases_fixed))
def biases_never_updated(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """The weights are trained, and all the biases are still 0 at the end.

    How many arrays are there in `params`, and how many does your update reach?
    """
    return _train(
        X,
        y,
        hidden,
        lr,
        epochs,
        batch_size,
        rng,
        step=lambda i, param, grad: param - lr * grad * (i % 2 == 0),
    )


@wrong("train_deep_mlp", shows=_told_by(shallow.has_last_layer_alone_updated))
def only_the_last_layer_updated(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """The last layer is trained, and the others stay where they started. They keep looking for
    the random patterns that they were born with.

    How many arrays are there in `params`, and how many does your update reach?
    """
    return _train(
        X,
        y,
        hidden,
        lr,
        epochs,
        batch_size,
        rng,
        step=lambda i, param, grad: param - lr * grad * (i >= 2 * len(hidden)),
    )


@wrong("train_deep_mlp", shows=_told_by(shallow.has_zero_start))
def weights_start_at_zero(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """Your weights start at 0. Then all hidden units are off, no error gets through them, and
    `W1` is still 0 at the end: only the last bias learns.

    Which function of chapter 3.3 gives weights to start from?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, rng, start=_zeros)


@wrong("train_deep_mlp", shows=_told_by(shallow.has_units_alike))
def hidden_units_start_alike(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """All columns of `W1` are equal, at the end as at the start. Hidden units that begin alike
    get the same gradient, so all of them together are worth one.

    What makes one hidden unit different from another before anything is learnt?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, rng, start=_constants)


@wrong("train_deep_mlp", shows=_told_by(shallow.has_large_start))
def weights_start_too_large(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """The first loss is far above ln 10 = 2.3, which is what guessing costs: the weights start
    so large that the network is very sure, and wrong.

    How should the spread of the weights go with the number of inputs, by chapter 3.3?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, rng, start=_unscaled)


@wrong("train_deep_mlp", shows=_told_by(shallow.has_positive_start))
def weights_start_positive(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """Your weights start positive, as those of `rng.random` do, and so large that the first
    loss is far above ln 10 = 2.3. Every hidden unit adds up the whole image, and they all
    agree.

    Around which number should the weights lie, and how far from it, by chapter 3.3?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, rng, start=_uniform)


@wrong("train_deep_mlp", shows=_told_by(shallow.has_one_loss_per_epoch))
def one_loss_per_epoch(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """There is one loss for each epoch. The list should have one for each update, that is for
    each batch of each epoch.

    In which of the two loops does your code append to the list?
    """
    params, losses = _train(X, y, hidden, lr, epochs, batch_size, rng)
    return params, losses[len(losses) // epochs - 1 :: len(losses) // epochs]


@wrong("train_deep_mlp", shows=_told_by(shallow.ignores_batch_size))
def batch_size_ignored(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """The number of updates does not go by `batch_size`: the batches have a size of their own,
    whatever the caller asks for.

    Is `batch_size` handed on to the function that cuts the batches?
    """
    return _train(X, y, hidden, lr, epochs, 64, rng)


@wrong("train_deep_mlp", shows=_told_by(shallow.drops_last_batch))
def last_batch_dropped(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """There are fewer updates than batches: the examples that are left over when the full
    batches are done are never used.

    How many batches of 8 do 20 examples make, and how many does your loop run through?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, rng, batches=_full_ones)


@wrong("train_deep_mlp", shows=_told_by(shallow.ignores_epochs))
def epochs_ignored(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """Training always lasts five epochs, whatever the caller asks for.

    Where does your loop take the number of epochs from, and is `epochs` handed on?
    """
    return _train(X, y, hidden, lr, 5, batch_size, rng)


@wrong("train_deep_mlp", shows=_told_by(shallow.trains_one_epoch))
def only_one_epoch(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """There are losses for a single epoch, whatever number the caller asks for: the data is
    gone through once only, or the list of losses begins anew in each epoch.

    What stands inside your loop over the epochs that belongs before it, or after it?
    """
    return _train(X, y, hidden, lr, 1, batch_size, rng)


@wrong("train_deep_mlp", shows=_told_by(shallow.is_one_epoch_short))
def one_epoch_short(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """Training ends one epoch too early, or begins one too late.

    What are the first and the last number that your `range` gives?
    """
    return _train(X, y, hidden, lr, epochs - 1, batch_size, rng)


@wrong("train_deep_mlp", shows=_told_by(_one_hidden_layer), of_form=True)
def one_hidden_layer(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """Your network has one hidden layer, as in chapter 3.4, and more of them are asked for.

    How many numbers are there in `hidden`, and how many of them does your start use?
    """
    return _train(X, y, hidden[:1], lr, epochs, batch_size, rng)


@wrong("train_deep_mlp", shows=_told_by(shallow.ignores_hidden))
def hidden_ignored(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """The hidden layers have sizes of their own, whatever `hidden` the caller asks for.

    From which numbers are the sizes of your layers made?
    """
    return _train(X, y, (256, 128), lr, epochs, batch_size, rng)


@wrong("train_deep_mlp", shows=_told_by(shallow.ignores_rate))
def learning_rate_ignored(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """The steps have a length of their own, whatever `lr` the caller gives.

    Is `lr` handed on, or does a fixed number stand in the update?
    """
    return _train(X, y, hidden, 0.1, epochs, batch_size, rng)


@wrong("train_deep_mlp", shows=_told_by(shallow.has_gradients_summed))
def gradients_summed_over_the_batch(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None
):
    """Your steps are longer than `lr` times the gradient of the mean loss. That happens when
    gradients are summed over the batch.

    Is the 1/n of the mean in the gradients that your update uses?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, rng, loss=_summed_gradients)


@wrong("train_deep_mlp", shows=_told_by(shallow.has_gradients_averaged_twice))
def update_divided_by_the_batch_again(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None
):
    """Your steps are too short by the number of examples in a batch: the gradients are divided
    by it once more, though the 1/n of the mean is in them already.

    In which of your functions does the 1/n enter, and is there another one in the update?
    """
    return _train(
        X,
        y,
        hidden,
        lr,
        epochs,
        batch_size,
        rng,
        step=lambda i, p, grad: p - lr * grad / batch_size,
    )


@wrong("train_deep_mlp", shows=_told_by(shallow.has_pairs_broken))
def examples_and_labels_shuffled_apart(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None
):
    """Your network is trained on the wrong labels: the examples are in a new order, and the
    labels are not in the same one.

    Which order do the rows of X and the rows of y have in your batches?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, rng, batches=_apart)


@wrong("train_deep_mlp", shows=_told_by(_in_the_order_of_x))
def never_shuffled(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """Every epoch goes through the examples in the order in which they came. Neighbours in the
    data then always meet in the same batch.

    Where does your code use `rng` besides the start weights?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, rng, batches=_in_order)


@wrong("train_deep_mlp", shows=_told_by(_in_one_order))
def shuffled_once_for_all_epochs(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None
):
    """The examples are shuffled once, and all epochs go through them in that same order.

    Does your code draw the order before the loop over the epochs, or inside of it?
    """
    order = np.random.default_rng(rng).permutation(len(X))
    return _train(X[order], y[order], hidden, lr, epochs, batch_size, rng, batches=_in_order)


@wrong("train_deep_mlp", shows=_told_by(_some_more_than_once))
def drawn_with_replacement(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """In one epoch some examples come more than once and others not at all: each batch, or each
    index, is drawn without a look at what has been drawn before.

    Which method of a generator puts all the indices into a new order?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, rng, batches=_any_ones)


@wrong("train_deep_mlp", shows=_told_by(_another_activation))
def another_hidden_activation(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """Your hidden layers are not made of relu: the losses are those of a network with sigmoid
    or tanh inside. The weights that you return will be used with relu.

    Which activation does `forward_deep_mlp` take when none is named, and which one does your
    training name?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, rng, loss=_loss_of("sigmoid"))


@wrong("train_deep_mlp", shows=_told_by(shallow.has_losses_summed))
def losses_summed_over_the_batch(
    X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None
):
    """Your losses are sums over the batch: the first one is about ln 10 = 2.3 times the number
    of examples in it. The loss of the course is a mean.

    Which function of chapter 3.3 gives the mean, and is something multiplied to it?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, rng, loss=_summed_losses)


@wrong("train_deep_mlp", shows=_told_by(shallow.has_own_seed))
def generator_with_its_own_seed(X, y, hidden=(256, 128), lr=0.1, epochs=5, batch_size=64, rng=None):
    """Your weights start the same whatever `rng` is handed over: they come from a generator
    that your code makes for itself, with a seed of its own.

    Which argument is there to draw from, and is it handed on to `he_init`?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, 0)
