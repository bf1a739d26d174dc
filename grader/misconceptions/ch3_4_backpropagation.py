"""What people get wrong in chapter 3.4.

Training draws at random and takes long, so its mistakes are told by what it returns. What can be
seen there serves networks of any depth: chapter 4.1 uses it as well.
"""

from functools import cached_property

import numpy as np

from . import wrong
from .course import (
    cross_entropy,
    deep_mlp_loss,
    forward_deep_mlp,
    he_params,
    minibatches,
)


def _backward(X, A1, A2, y, W2, delta2=None, slope=None, bias=None):
    """The right gradients, but for what is given."""
    if A2.shape != np.shape(y):
        raise ValueError("shapes differ")
    delta2 = (A2 - y) / len(X) if delta2 is None else delta2
    delta1 = delta2 @ W2.T * (A1 > 0 if slope is None else slope)
    bias = bias or (lambda delta: delta.sum(axis=0))
    return X.T @ delta1, bias(delta1), A1.T @ delta2, bias(delta2)


@wrong("backward_mlp")
def one_over_n_missing(X, A1, A2, y, W1, W2):
    """Your gradients are {n} times too large: {got} for {expected}. They are those of the sum over
    the {n} examples, as many books write them; the loss of this course is the mean.

    Where does the 1/n of the mean go when the loss is differentiated?
    """
    return _backward(X, A1, A2, y, W2, delta2=A2 - y)


@wrong("backward_mlp")
def sign_flipped(X, A1, A2, y, W1, W2):
    """All your gradients have the wrong sign: {got} for {expected}. Where the network says too
    much, A2 - y is positive, and the loss grows with the score.

    In which order does the error compare the output and the label?
    """
    return _backward(X, A1, A2, y, W2, delta2=(y - A2) / len(X))


@wrong("backward_mlp")
def divided_by_n_twice(X, A1, A2, y, W1, W2):
    """Your gradients are {n} times too small: {got} for {expected}. The 1/n of the mean is in them
    twice.

    Follow one gradient from A2 - y to the end: how many times is it divided by n?
    """
    return _backward(X, A1, A2, y, W2, delta2=(A2 - y) / len(X) ** 2)


@wrong("backward_mlp")
def divided_by_all_entries(X, A1, A2, y, W1, W2):
    """Your gradients are smaller by the number of classes: {got} for {expected}. You divide by the
    number of entries of y; the mean of the loss runs over the examples only.

    Which axis of (n, k) counts the examples?
    """
    return _backward(X, A1, A2, y, W2, delta2=(A2 - y) / A2.size)


@wrong("backward_mlp")
def factor_two(X, A1, A2, y, W1, W2):
    """Your gradients are twice as large as they should be: {got} for {expected}. A 2 comes from the
    derivative of a square; the cross-entropy has no square.

    For which loss of chapter 2 is the derivative 2 (A - y)?
    """
    return _backward(X, A1, A2, y, W2, delta2=2 * (A2 - y) / len(X))


@wrong("backward_mlp")
def relu_slope_forgotten(X, A1, A2, y, W1, W2):
    """The second layer is right. On its way into the first layer the error passes all units, also
    those that relu had switched off. (`A1 >= 0` lets all of them pass too: A1 is never negative.)

    For which units of an example does a small change of Z1 change nothing at all?
    """
    return _backward(X, A1, A2, y, W2, slope=1)


@wrong("backward_mlp")
def activation_instead_of_its_slope(X, A1, A2, y, W1, W2):
    """The second layer is right. In the first one the error is multiplied by `A1` itself, where the
    chain rule asks for the slope of relu.

    How steep is relu for a unit whose activation is 5?
    """
    return _backward(X, A1, A2, y, W2, slope=A1)


@wrong("backward_mlp")
def sigmoid_slope_for_relu(X, A1, A2, y, W1, W2):
    """The second layer is right. In the first one the error is multiplied by A1 (1 - A1), the slope
    of the sigmoid; the hidden layer of this network is a relu.

    Which function of chapter 3.2 is the slope of relu?
    """
    return _backward(X, A1, A2, y, W2, slope=A1 * (1 - A1))


@wrong("backward_mlp")
def tanh_slope_for_relu(X, A1, A2, y, W1, W2):
    """The second layer is right. In the first one the error is multiplied by 1 - A1^2, the slope of
    tanh; the hidden layer of this network is a relu.

    Which function of chapter 3.2 is the slope of relu?
    """
    return _backward(X, A1, A2, y, W2, slope=1 - A1**2)


@wrong("backward_mlp")
def relu_of_the_error(X, A1, A2, y, W1, W2):
    """The second layer is right. In the first one negative errors are cut off: relu, or its slope,
    is applied to the error that comes back. An error may well be negative.

    Of which quantity of the forward pass do you need to know whether it was above 0?
    """
    delta2 = (A2 - y) / len(X)
    return _backward(X, A1, A2, y, W2, slope=delta2 @ W2.T > 0)


@wrong("backward_mlp")
def softmax_slope_left_in(X, A1, A2, y, W1, W2):
    """The error of the output is multiplied by A2 (1 - A2): {got} for {expected}. Softmax and
    cross-entropy together leave the plain A2 - y; that slope has cancelled already.

    Which quantity is A2 - y the derivative in: A2 or Z2?
    """
    return _backward(X, A1, A2, y, W2, delta2=(A2 - y) * A2 * (1 - A2) / len(X))


@wrong("backward_mlp")
def softmax_left_out(X, A1, A2, y, W1, W2):
    """You start with -y / A2, the derivative of the loss in the probabilities, and go on as if it
    were that in the scores: {got} for {expected}. Softmax lies between the two.

    What do softmax and cross-entropy together have as derivative in Z2?
    """
    return _backward(X, A1, A2, y, W2, delta2=-y / A2 / len(X))


@wrong("backward_mlp")
def bias_gradients_averaged_again(X, A1, A2, y, W1, W2):
    """The weights are right, and the gradients of the biases are {n} times too small: they are
    means of an error that has the 1/n in it already.

    Where is the 1/n in `dW2`, and how many of them are there in `db2`?
    """
    return _backward(X, A1, A2, y, W2, bias=lambda delta: delta.mean(axis=0))


@wrong("backward_mlp")
def bias_gradients_not_averaged(X, A1, A2, y, W1, W2):
    """The weights are right, and the gradients of the biases are {n} times too large: errors summed
    over the examples and not averaged.

    Which of your four lines has the 1/n, and which has not?
    """
    return _backward(X, A1, A2, y, W2, bias=lambda delta: len(X) * delta.sum(axis=0))


@wrong("backward_mlp")
def weight_gradients_not_averaged(X, A1, A2, y, W1, W2):
    """The biases are right, and the gradients of the weights are {n} times too large. A mean over
    the examples is taken for the biases; the matrix product of the weights sums over them.

    Over which axis does the product with A1^T sum, and what turns that sum into a mean?
    """
    return _backward(X, A1, A2, y, W2, delta2=A2 - y, bias=lambda delta: delta.mean(axis=0))


@wrong("backward_mlp")
def first_layer_divided_again(X, A1, A2, y, W1, W2):
    """The second layer is right, and the gradients of the first are {n} times too small: they are
    divided by n once more. The error that comes back through W2 has the 1/n in it already.

    Where does the error of the first layer come from, and what has been divided there?
    """
    dW1, db1, dW2, db2 = _backward(X, A1, A2, y, W2)
    return dW1 / len(X), db1 / len(X), dW2, db2


def _per_example(answer, X, *args):
    return any(np.shape(db) == (len(X),) and len(db) != n for db, n in _biases(answer))


def _biases(answer):
    """Each gradient of a bias with the number of units of its layer."""
    dW1, db1, dW2, db2 = answer
    return [(db1, dW1.shape[1]), (db2, dW2.shape[1])]


@wrong("backward_mlp", shows=_per_example)
def bias_summed_over_units(X, A1, A2, y, W1, W2):
    """The gradients of the biases have one entry for each example. The bias of a unit is shared by
    all examples, so it collects their errors.

    Which axis of (n, h) has to disappear for a gradient of shape (h,)?
    """
    return _backward(X, A1, A2, y, W2, bias=lambda delta: delta.sum(axis=1))


def _one_number(answer, *args):
    return any(np.ndim(db) == 0 for db, _ in _biases(answer))


@wrong("backward_mlp", shows=_one_number, of_form=True)
def bias_summed_over_everything(X, A1, A2, y, W1, W2):
    """The gradient of a layer's biases is a single number. Every unit has a bias of its own, and
    its gradient has the shape of the biases.

    Which axis of (n, h) should the sum run over, and which should stay?
    """
    return _backward(X, A1, A2, y, W2, bias=lambda delta: delta.sum())


def _as_a_row(answer, *args):
    return any(np.shape(db) == (1, n) for db, n in _biases(answer))


@wrong("backward_mlp", shows=_as_a_row)
def bias_gradients_as_rows(X, A1, A2, y, W1, W2):
    """The gradients of the biases are rows of shape (1, h). In this course a bias is a vector, and
    so is its gradient.

    What does `keepdims` keep, and do you need it here?
    """
    return _backward(X, A1, A2, y, W2, bias=lambda delta: delta.sum(axis=0, keepdims=True))


@wrong("backward_mlp")
def second_layer_first(X, A1, A2, y, W1, W2):
    """The four gradients are right, and those of the second layer come first, in the order in which
    they are computed. What is returned has the order of the parameters.

    In which order does the docstring name the four?
    """
    dW1, db1, dW2, db2 = _backward(X, A1, A2, y, W2)
    return dW2, db2, dW1, db1


@wrong("backward_mlp")
def transpose_missing(X, A1, A2, y, W1, W2):
    """On the way back the error is multiplied by W2 as it is, and the inner sizes do not meet: the
    error has k columns and W2 has h rows. Forward it took h numbers to k; now it is k to h.

    Which shape should the error of the hidden layer have, and which form of W2 leads to it?
    """
    delta2 = (A2 - y) / len(X)
    delta1 = delta2 @ W2 * (A1 > 0)
    return X.T @ delta1, delta1.sum(axis=0), A1.T @ delta2, delta2.sum(axis=0)


@wrong("backward_mlp")
def first_layer_fed_with_a1(X, A1, A2, y, W1, W2):
    """The gradient of `W1` is made with A1, which is the output of that layer. A weight's gradient
    is the error after it times the number that came in before it.

    What did the first layer get as its input?
    """
    delta2 = (A2 - y) / len(X)
    delta1 = delta2 @ W2.T * (A1 > 0)
    return A1.T @ delta1, delta1.sum(axis=0), A1.T @ delta2, delta2.sum(axis=0)


@wrong("mlp_loss")
def loss_summed_over_examples(X, y, params):
    """The gradients are right, and the loss is {n} times too large, {got} for {expected}: it is the
    sum over the {n} examples. Loss and gradient have to belong to each other.

    What is averaged in the cross-entropy of chapter 3.3?
    """
    loss, grads = deep_mlp_loss(X, y, params)
    return loss * len(X), grads


@wrong("mlp_loss")
def loss_averaged_over_classes(X, y, params):
    """The gradients are right, and the loss is smaller by the number of classes: {got} for
    {expected}. The mean runs over all entries in place of all examples.

    How many logarithms does one example contribute?
    """
    loss, grads = deep_mlp_loss(X, y, params)
    return loss / y.shape[-1], grads


@wrong("mlp_loss")
def loss_negative(X, y, params):
    """The gradients are right, and the loss has lost its minus: {got} for {expected}.

    Can a cost that is made of logarithms of probabilities be below 0?
    """
    loss, grads = deep_mlp_loss(X, y, params)
    return -loss, grads


@wrong("mlp_loss")
def gradients_not_averaged(X, y, params):
    """The loss is right, and the gradients are {n} times too large: those of a sum over the {n}
    examples. Loss and gradient have to belong to each other.

    Where is the 1/n of the mean in your gradients?
    """
    loss, grads = deep_mlp_loss(X, y, params)
    return loss, [len(X) * grad for grad in grads]


@wrong("mlp_loss")
def gradients_averaged_twice(X, y, params):
    """The loss is right, and the gradients are {n} times too small. What `backward_mlp` returns has
    the 1/n of the mean in it already.

    Is there a division by n in both of your functions?
    """
    loss, grads = deep_mlp_loss(X, y, params)
    return loss, [grad / len(X) for grad in grads]


@wrong("mlp_loss")
def gradients_point_downhill(X, y, params):
    """The loss is right, and the gradients have the wrong sign. They should point to where the loss
    grows; it is `gradient_descent` that goes the other way.

    How many minus signs are there between A2 - y and the updated weights?
    """
    loss, grads = deep_mlp_loss(X, y, params)
    return loss, [-grad for grad in grads]


@wrong("mlp_loss")
def relu_slope_forgotten_in_the_gradients(X, y, params):
    """The loss and the gradients of the second layer are right. On its way into the first layer the
    error passes all units, also those that relu had switched off.

    For which units of an example does a small change of Z1 change nothing at all?
    """
    A1, A2 = forward_deep_mlp(X, params)
    return cross_entropy(A2, y), list(_backward(X, A1, A2, y, params[2], slope=1))


@wrong("mlp_loss")
def squared_error_for_the_loss(X, y, params):
    """The gradients are those of the cross-entropy, as they should be, but the loss is the mean
    squared error: {got} for {expected}. What goes down would then not be what you watch.

    Which loss did chapter 3.3 build for class probabilities?
    """
    A2 = forward_deep_mlp(X, params)[-1]
    return float(np.mean((A2 - y) ** 2)), deep_mlp_loss(X, y, params)[1]


@wrong("mlp_loss")
def share_of_errors_for_the_loss(X, y, params):
    """The gradients are right, but what you return as the loss is the share of wrong answers. It
    moves in jumps, so no gradient belongs to it.

    Which function of chapter 3.3 says how bad the probabilities are?
    """
    A2, grads = forward_deep_mlp(X, params)[-1], deep_mlp_loss(X, y, params)[1]
    return float(np.mean(A2.argmax(axis=1) != y.argmax(axis=1))), grads


@wrong("mlp_loss")
def gradients_before_loss(X, y, params):
    """Loss and gradients are right, and they are returned in the wrong order. Gradient descent
    takes the first one for the loss.

    What does `loss_fn` return everywhere in this course?
    """
    loss, grads = deep_mlp_loss(X, y, params)
    return grads, loss


@wrong("mlp_loss")
def logarithm_of_zero(X, y, params):
    """For a network that is sure, some probabilities are exactly 0, and the logarithm of 0 is minus
    infinity: the loss becomes infinite or nan.

    How did chapter 3.3 keep its loss finite?
    """
    A1, A2 = forward_deep_mlp(X, params)
    loss = float(-np.sum(y * np.log(A2)) / len(X))
    return loss, list(_backward(X, A1, A2, y, params[2]))


@wrong("mlp_loss")
def divided_by_a_probability_of_0(X, y, params):
    """Your error goes through -y / A2, and for a network that is sure this divides by 0. Together
    with the slope of softmax that division cancels on paper; then it does no harm.

    What is left of the two factors, loss and softmax, when they are multiplied out?
    """
    A1, A2 = forward_deep_mlp(X, params)
    towards = -y / A2 / len(X)
    delta2 = A2 * (towards - np.sum(towards * A2, axis=1, keepdims=True))
    return cross_entropy(A2, y), list(_backward(X, A1, A2, y, params[2], delta2=delta2))


@wrong("mlp_loss")
def first_weights_for_the_second(X, y, params):
    """`backward_mlp` is called with the weights in the wrong places, so the error is sent back
    through W1 and the shapes do not fit.

    In which order does `backward_mlp` name its arguments?
    """
    A1, A2 = forward_deep_mlp(X, params)
    return cross_entropy(A2, y), list(_backward(X, A1, A2, y, params[0]))


@wrong("mlp_loss")
def shapes_not_compared(X, y, params):
    """The labels have another shape than the output, and NumPy stretched them until they fitted.
    The numbers that came out mean nothing.

    What could your function ask of y and A2 before it computes anything?
    """
    A1, A2 = forward_deep_mlp(X, params)
    loss = float(-np.sum(y * np.log(np.maximum(A2, np.finfo(A2.dtype).tiny))) / len(X))
    delta2 = (A2 - y) / len(X)
    delta1 = delta2 @ params[2].T * (A1 > 0)
    return loss, [X.T @ delta1, delta1.sum(axis=0), A1.T @ delta2, delta2.sum(axis=0)]


# --- training ---------------------------------------------------------------------------------


def _train(X, y, hidden, lr, epochs, batch_size, rng, **wrong):
    """Training as it should be, but for `start`, `batches`, `step` or `loss`."""
    start, batches = wrong.get("start", he_params), wrong.get("batches", minibatches)
    step = wrong.get("step", lambda param, grad: param - lr * grad)
    rng, X = np.random.default_rng(rng), 1.0 * X
    params, losses = start([X.shape[1], hidden, y.shape[1]], rng, X.dtype), []
    for _ in range(epochs):
        for X_batch, y_batch in batches(X, y.astype(X.dtype), batch_size, rng):
            loss, grads = wrong.get("loss", deep_mlp_loss)(X_batch, y_batch, params)
            losses.append(loss)
            params = [step(param, grad) for param, grad in zip(params, grads, strict=True)]
    return params, losses


LARGEST = 2_000_000  # numbers in the examples of a run that is judged


class _Run:
    """A training run as it can be judged afterwards."""

    def __init__(self, answer, X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
        params, losses = answer
        if X.size > LARGEST:
            raise ValueError("too much to go through again")
        self.params = [np.asarray(param, np.float64) for param in params]
        self.losses = np.array([float(loss) for loss in losses])
        self.X, self.y = np.asarray(X, np.float64), np.asarray(y, np.float64)
        self.hidden = tuple(np.atleast_1d(hidden))
        self.lr, self.epochs, self.batch_size = lr, epochs, batch_size
        self.n, self.rng = len(X), rng
        self.batches = -(-self.n // batch_size)
        self.whole = len(self.losses) == epochs * self.batches  # as many losses as there should be
        self.still = lr <= 1e-6  # a rate that leaves everything where it is
        self.W, self.b = self.params[::2], self.params[1::2]

    @cached_property
    def after(self):
        """Loss and gradients at the end."""
        return deep_mlp_loss(self.X, self.y, self.params)

    @cached_property
    def drawn(self):
        """What a start from `rng` draws first."""
        return self.rng.standard_normal(self.W[0].size) if self.rng else None

    @cached_property
    def downhill(self):
        """By how much the next step on all the examples would lower the loss."""
        return self.lr * sum(np.sum(grad**2) for grad in self.after[1])

    @cached_property
    def means(self):
        """The mean loss of each epoch."""
        sizes = np.minimum(self.batch_size, self.n - self.batch_size * np.arange(self.batches))
        return self.losses.reshape(self.epochs, self.batches) @ (sizes / self.n)

    def singles(self):
        """The loss of each example with each example's label at the end: (n, n)."""
        A = forward_deep_mlp(self.X, self.params)[-1]
        return -np.log(np.maximum(A, 1e-300)) @ self.y.T


def undone(run, loss_fn, rate):
    """The parameters before the one update on all examples that led to the end, and their loss."""
    before = run.params
    for _ in range(200):
        _, grads = loss_fn(run.X, run.y, before)
        old, before = before, [p + rate * grad for p, grad in zip(run.params, grads, strict=True)]
    still = all(np.allclose(a, b, rtol=0, atol=1e-9) for a, b in zip(old, before, strict=True))
    return loss_fn(run.X, run.y, before)[0] if still else np.nan


def is_one_update(run):
    return len(run.losses) == 1 and run.n <= run.batch_size and run.X.size < 5000


def told_by(test, **defaults):
    """A predicate on the answer and the arguments of training."""

    def shows(answer, *args, **kwargs):
        with np.errstate(all="ignore"):
            return test(_run(answer, *args, **(defaults | kwargs)))

    return shows


LATEST = []  # the answer that was asked about last, and its run: many predicates ask about one


def _run(answer, *args, **kwargs):
    if not LATEST or LATEST[0] is not answer:
        LATEST[:] = answer, _Run(answer, *args, **kwargs)
    return LATEST[1]


def is_uphill(run):
    if run.still:
        return False
    if is_one_update(run):
        return abs(undone(run, deep_mlp_loss, -run.lr) - run.losses[0]) < 1e-6
    if len(run.losses) == run.batches == 1:
        return 0.3 < (run.after[0] - run.losses[0]) / run.downhill < 3
    finite = run.losses[np.isfinite(run.losses)]
    stays_up = len(finite) < len(run.losses) or finite[-1] > 0.5 * finite.max()
    rise = finite[: np.argmax(finite) + 1]
    rises = len(rise) > 3 and rise[-1] > rise[0] + 1 and np.mean(np.diff(rise) > 0) > 0.6
    return rises and stays_up


def is_never_updated(run):
    return run.whole and not run.still and np.allclose(run.means, run.after[0], rtol=1e-4)


def has_biases_fixed(run):
    return run.whole and not is_never_updated(run) and not any(b.any() for b in run.b)


def has_last_layer_alone_updated(run):
    *first, last = run.b
    slopes = [np.abs(grad).max() for grad in run.after[1][1:-2:2]]
    return (
        run.whole
        and last.any()
        and run.W[0].any()
        and not any(b.any() for b in first)
        and max(slopes) > 1e-9
    )


def has_zero_start(run):
    return not run.W[0].any()


def has_units_alike(run):
    W = run.W[0]
    return W.any() and W.shape[1] > 1 and np.ptp(W, axis=1).max() < 1e-4 * np.abs(W).max()


def _size(run):
    """Of the first weights, where that of `he_init` is 1."""
    return np.sqrt(np.mean(run.W[0] ** 2) * len(run.W[0]) / 2)


def has_large_start(run):
    return run.losses[0] > 4 < _size(run) and abs(run.W[0].mean()) < 0.3 * run.W[0].std()


def has_positive_start(run):
    return run.losses[0] > 4 < _size(run) and run.W[0].mean() > 0.7 * run.W[0].std()


def _pace(run):
    """How fast the loss falls at the end, where 1 is right if each update has all the examples."""
    smooth = len(run.losses) > 1 and not run.still and np.all(np.diff(run.losses[-20:]) < 0)
    return (run.losses[-1] - run.after[0]) / run.downhill if smooth else np.nan


def _in_full_batches(run):
    return 0.2 < _pace(run) < 1.6  # below 1 in a bent valley; a loss per epoch falls faster


def has_one_loss_per_epoch(run):
    few = 1 < len(run.losses) == run.epochs and run.batches > 1
    if run.still:  # then all the examples together would give the loss at the end
        return few and abs(run.losses[-1] - run.after[0]) > 1e-4
    return few and not _in_full_batches(run)


def ignores_batch_size(run):
    if run.batches > 1 and len(run.losses) == run.epochs:
        return _in_full_batches(run)
    default = run.epochs * -(-run.n // 64)
    return not run.whole and run.n > 64 and len(run.losses) == default


def drops_last_batch(run):
    full = run.n // run.batch_size
    return 0 < full < run.batches and full > 1 and len(run.losses) == run.epochs * full


def ignores_epochs(run):
    return run.epochs != 5 and len(run.losses) == 5 * run.batches


def trains_one_epoch(run):
    return len(run.losses) == run.batches and run.epochs > 2 and run.losses[0] > 1


def is_one_epoch_short(run):
    return run.epochs != 2 and len(run.losses) == (run.epochs - 1) * run.batches


def ignores_hidden(run):
    widths = tuple(len(b) for b in run.b[:-1])
    return widths != run.hidden and widths in ((256,), (256, 128), (128,), (64,), (10,))


def ignores_rate(run):
    if run.lr < 1e-4:  # an entry of the bias moves by less than the rate in each update
        return np.abs(run.b[-1]).max() > 1000 * run.lr * len(run.losses)
    rates = [rate for rate in (1, 0.5, 0.1, 0.05, 0.01, 0.001) if abs(rate / run.lr - 1) > 0.05]
    if not is_one_update(run):
        return _has_pace(run, [rate / run.lr for rate in rates])
    found = np.array([undone(run, deep_mlp_loss, rate) for rate in rates])
    return bool((abs(found - run.losses[0]) < 1e-6).any())


def _has_pace(run, paces):
    """Steps that are too short, by one of these factors, in every layer."""
    if run.batches > 1 or not run.whole or not all(b.any() for b in run.b):
        return False
    return any(pace < 0.7 and abs(_pace(run) / pace - 1) < 0.15 for pace in paces)


def has_gradients_averaged_twice(run):
    if is_one_update(run):
        return abs(undone(run, deep_mlp_loss, run.lr / run.n) - run.losses[0]) < 1e-6
    return run.n > 2 and _has_pace(run, [1 / run.n])


def has_gradients_summed(run):
    if not run.whole or ignores_rate(run) or is_uphill(run) or run.losses[0] > 4:
        return False
    if (
        is_one_update(run)
        and abs(undone(run, deep_mlp_loss, run.lr * run.n) - run.losses[0]) < 1e-6
    ):
        return not run.still and run.n > 1
    if np.abs(run.b[-1]).max() > 1.001 * run.lr * len(run.losses):
        return True  # no entry of a mean error is above 1
    jumps = np.diff(run.losses)
    if not np.isfinite(jumps).all():
        return False
    return not run.still and run.batch_size > 4 and len(jumps) > 10 and jumps.max() > 1.5


def one_by_one(run):
    """Of training that moves nothing, in batches of one: `(table, the losses of each epoch)`."""
    if run.still and run.batch_size == 1 and run.whole:
        return run.singles(), run.losses.reshape(run.epochs, run.n)
    return np.zeros((run.n, run.n)), np.ones((run.epochs, run.n))


def has_pairs_broken(run):
    table, epochs = one_by_one(run)
    if table.any():
        known = np.isclose(epochs[0][:, None], np.diag(table), atol=1e-5).any(axis=1)
        found = np.isclose(epochs[0][:, None], table.ravel(), atol=1e-5).any(axis=1)
        return found.all() and not known.all()
    late = np.diff(run.losses[len(run.losses) // 2 :])
    shaky = len(late) > 20 and 0.2 < np.mean(late > 0) < 0.8 and np.abs(late).max() > 1e-3
    restless = run.batches == 1 and run.whole and shaky
    return restless and run.losses.max() < 3.5 and run.losses[-1] > 1


def has_losses_summed(run):
    size, k = min(run.batch_size, run.n), run.y.shape[1]
    return (
        size > 3
        and _size(run) < 4
        and abs(run.losses[0] / size - np.log(k)) < 1 < run.losses[0] / 4
    )


def has_own_seed(run):
    W = run.W[0].ravel()
    own = [np.random.default_rng(seed).standard_normal(W.size) for seed in (0, 1, 2, 7, 42, 123)]
    alike = [np.corrcoef(W, numbers)[0, 1] > 0.8 for numbers in [run.drawn, *own]]
    return any(alike) and not alike[0]


@wrong("train_mlp", shows=told_by(is_uphill))
def uphill(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """Your loss grows from update to update: the parameters move along the gradient, which points
    to where the loss grows fastest.

    With which sign does the gradient enter the update?
    """
    return _train(
        X, y, hidden, lr, epochs, batch_size, rng, step=lambda param, grad: param + lr * grad
    )


@wrong("train_mlp", shows=told_by(is_never_updated))
def never_updated(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """The loss is the same at the end as at the start, because the parameters are. They are
    computed anew somewhere, but the next round of the loop reads the old ones.

    Under which names does your loop keep the new parameters, and which names does it read?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, rng, step=lambda param, grad: param)


@wrong("train_mlp", shows=told_by(has_last_layer_alone_updated))
def only_the_last_layer_updated(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """`W2` and `b2` are trained, `W1` and `b1` stay where they started. The hidden layer keeps
    looking for the random patterns that it was born with.

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
        step=lambda param, grad: param - lr * grad * (param.shape[-1] == y.shape[1]),
    )


@wrong("train_mlp", shows=told_by(has_zero_start))
def weights_start_at_zero(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """Your weights start at 0. Then all hidden units are off, no error gets through them, and `W1`
    is still 0 at the end: only the last bias learns.

    Which function of chapter 3.3 gives weights to start from?
    """
    return _train(
        X,
        y,
        hidden,
        lr,
        epochs,
        batch_size,
        rng,
        start=lambda *args: [0 * param for param in he_params(*args)],
    )


@wrong("train_mlp", shows=told_by(has_units_alike))
def hidden_units_start_alike(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """All columns of `W1` are equal, at the end as at the start. Hidden units that begin alike get
    the same gradient, so all of them together are worth one.

    What makes one hidden unit different from another before anything is learnt?
    """
    return _train(
        X,
        y,
        hidden,
        lr,
        epochs,
        batch_size,
        rng,
        start=lambda *args: [0 * p + 0.01 * (p.ndim == 2) for p in he_params(*args)],
    )


@wrong("train_mlp", shows=told_by(has_large_start))
def weights_start_too_large(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """The first loss is far above ln 10 = 2.3, which is what guessing costs: the weights start so
    large that the network is very sure, and wrong.

    How should the spread of the weights go with the number of inputs, by chapter 3.3?
    """
    return _train(
        X,
        y,
        hidden,
        lr,
        epochs,
        batch_size,
        rng,
        start=lambda sizes, rng, dtype: [
            (param * np.sqrt(len(param) / 2)).astype(dtype)
            for param in he_params(sizes, rng, dtype)
        ],
    )


def _uniform(sizes, rng, dtype):
    params = he_params(sizes, rng, dtype)
    return [(rng.random(p.shape) * (p.ndim == 2)).astype(dtype) for p in params]


@wrong("train_mlp", shows=told_by(has_positive_start))
def weights_start_positive(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """Your weights start positive, as those of `rng.random` do, and so large that the first loss is
    far above ln 10 = 2.3. Every hidden unit adds up the whole image, and they all agree.

    Around which number should the weights lie, and how far from it, by chapter 3.3?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, rng, start=_uniform)


@wrong("train_mlp", shows=told_by(has_one_loss_per_epoch))
def one_loss_per_epoch(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """There is one loss for each epoch. The list should have one for each update, that is for each
    batch of each epoch.

    In which of the two loops does your code append to the list?
    """
    params, losses = _train(X, y, hidden, lr, epochs, batch_size, rng)
    return params, losses[len(losses) // epochs - 1 :: len(losses) // epochs]


@wrong("train_mlp", shows=told_by(ignores_batch_size))
def batch_size_ignored(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """The number of updates does not go by `batch_size`: the batches have a size of their own,
    whatever the caller asks for.

    Is `batch_size` handed on to the function that cuts the batches?
    """
    return _train(X, y, hidden, lr, epochs, 64, rng)


@wrong("train_mlp", shows=told_by(drops_last_batch))
def last_batch_dropped(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """There are fewer updates than batches: the examples that are left over when the full batches
    are done are never used.

    How many batches of 16 do 70 examples make, and how many does your loop run through?
    """
    full = lambda X, y, size, rng: minibatches(X, y, size, rng)[: len(X) // size]  # noqa: E731
    return _train(X, y, hidden, lr, epochs, batch_size, rng, batches=full)


@wrong("train_mlp", shows=told_by(ignores_epochs))
def epochs_ignored(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """Training always lasts five epochs, whatever the caller asks for.

    Where does your loop take the number of epochs from, and is `epochs` handed on?
    """
    return _train(X, y, hidden, lr, 5, batch_size, rng)


@wrong("train_mlp", shows=told_by(trains_one_epoch))
def only_one_epoch(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """There are losses for a single epoch, whatever number the caller asks for: the data is gone
    through once only, or the list of losses begins anew in each epoch.

    What stands inside your loop over the epochs that belongs before it, or after it?
    """
    return _train(X, y, hidden, lr, 1, batch_size, rng)


@wrong("train_mlp", shows=told_by(is_one_epoch_short))
def one_epoch_short(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """Training ends one epoch too early, or begins one too late.

    What are the first and the last number that your `range` gives?
    """
    return _train(X, y, hidden, lr, epochs - 1, batch_size, rng)


@wrong("train_mlp", shows=told_by(ignores_hidden))
def hidden_ignored(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """The hidden layer has a size of its own, whatever `hidden` the caller asks for.

    Which numbers do you hand to `he_init`, for the first layer and for the second?
    """
    return _train(X, y, 256, lr, epochs, batch_size, rng)


@wrong("train_mlp", shows=told_by(ignores_rate))
def learning_rate_ignored(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """The steps have a length of their own: with a tiny `lr` the parameters still move as far as
    before.

    Is `lr` handed on, or does a fixed number stand in the update?
    """
    return _train(X, y, hidden, 0.1, epochs, batch_size, rng)


@wrong("train_mlp", shows=told_by(has_gradients_summed))
def gradients_summed_over_the_batch(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """Your steps are longer than `lr` times the gradient of a mean can be, and the loss jumps
    about. That happens when gradients are summed over the batch.

    Is the 1/n of the mean in the gradients that your update uses, and is it there only once?
    """
    return _train(
        X,
        y,
        hidden,
        lr,
        epochs,
        batch_size,
        rng,
        loss=lambda X, y, params: (
            deep_mlp_loss(X, y, params)[0],
            [len(X) * grad for grad in deep_mlp_loss(X, y, params)[1]],
        ),
    )


@wrong("train_mlp", shows=told_by(has_gradients_averaged_twice))
def update_divided_by_the_batch_again(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """Your loss falls too slowly, by about the number of examples in a batch: the gradients are
    divided by it once more, though the 1/n of the mean is in them already.

    In which of your functions does the 1/n enter, and is there another one in the update?
    """
    return _train(
        X, y, hidden, lr, epochs, batch_size, rng, step=lambda p, grad: p - lr * grad / batch_size
    )


@wrong("train_mlp", shows=told_by(has_pairs_broken))
def images_and_labels_shuffled_apart(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """Your network is trained on the wrong labels: the images are in a new order, and the labels
    are not in the same one. So the best it can learn is which digits are frequent.

    Which order do the rows of X and the rows of y have in your batches?
    """
    apart = lambda X, y, size, rng: minibatches(X[rng.permutation(len(X))], y, size, rng)  # noqa: E731
    return _train(X, y, hidden, lr, epochs, batch_size, rng, batches=apart)


@wrong("train_mlp", shows=told_by(has_own_seed))
def generator_with_its_own_seed(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """Your weights start the same whatever `rng` is handed over: they come from a generator that
    your code makes for itself, with a seed of its own.

    Which argument is there to draw from, and is it handed on to `he_init`?
    """
    return _train(X, y, hidden, lr, epochs, batch_size, 0)


@wrong("train_mlp", shows=told_by(has_losses_summed))
def losses_summed_over_the_batch(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    """Your losses are sums over the batch: the first one is about ln 10 = 2.3 times the number of
    examples in it. The loss of the course is a mean.

    Which function of chapter 3.3 gives the mean, and is something multiplied to it?
    """
    return _train(
        X,
        y,
        hidden,
        lr,
        epochs,
        batch_size,
        rng,
        loss=lambda X, y, params: (
            len(X) * deep_mlp_loss(X, y, params)[0],
            deep_mlp_loss(X, y, params)[1],
        ),
    )
