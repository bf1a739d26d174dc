"""Wrong answers in chapter 2.3."""

from itertools import pairwise

import numpy as np

from . import wrong
from .reference import binary_cross_entropy, minibatches, sigmoid


class _Epoch:
    """The batches of an answer: their sizes, and which example is in each of their rows."""

    def __init__(self, answer, X, y):
        pairs = [(np.asarray(X_batch), np.asarray(y_batch)) for X_batch, y_batch in answer]
        self.sizes = [len(X_batch) for X_batch, _ in pairs]
        assert self.sizes == [len(y_batch) for _, y_batch in pairs]
        self.X_order = _numbers(np.concatenate([X_batch for X_batch, _ in pairs]), X)
        self.y_order = _numbers(np.concatenate([y_batch for _, y_batch in pairs]), y)
        self.together = np.array_equal(self.X_order, self.y_order)
        starts = np.cumsum([0, *self.sizes])
        self.batches = [self.X_order[a:b].tolist() for a, b in pairwise(starts)]


def _numbers(rows, whole):
    """The positions of these rows in `whole`."""
    places = {row.tobytes(): i for i, row in enumerate(whole)}
    assert len(places) == len(whole)
    return np.array([places[row.astype(whole.dtype).tobytes()] for row in rows])


def _sizes(n, batch_size):
    return [min(batch_size, n - start) for start in range(0, n, batch_size)]


def _even_sizes(n, parts):
    return [len(part) for part in np.array_split(np.arange(n), parts) if len(part)]


def _is_whole(order, n):
    return np.array_equal(np.sort(order), np.arange(n))


def _kept_in_order(answer, X, y, batch_size, rng):
    order = np.arange(len(X))
    epoch = _Epoch(answer, X, y)
    return len(X) > 11 and np.array_equal(epoch.X_order, order) and epoch.together


def _shuffled_apart(answer, X, y, batch_size, rng):
    """All rows of both are there, each shuffled, but they do not match."""
    epoch, n = _Epoch(answer, X, y), len(X)
    moved = [not np.array_equal(order, np.arange(n)) for order in (epoch.X_order, epoch.y_order)]
    whole = _is_whole(epoch.X_order, n) and _is_whole(epoch.y_order, n)
    return whole and not epoch.together and (all(moved) or n < 4)


def _one_shuffled(answer, X, y, batch_size, rng):
    epoch, n = _Epoch(answer, X, y), len(X)
    moved = [not np.array_equal(order, np.arange(n)) for order in (epoch.X_order, epoch.y_order)]
    whole = _is_whole(epoch.X_order, n) and _is_whole(epoch.y_order, n)
    return whole and sum(moved) == 1


def _rest_dropped(answer, X, y, batch_size, rng):
    n = len(X)
    if n < batch_size:
        return len(answer) == 0
    epoch = _Epoch(answer, X, y)
    return n % batch_size and epoch.sizes == [batch_size] * (n // batch_size)


def _drawn_again(answer, X, y, batch_size, rng):
    """Some examples occur twice and others not at all."""
    epoch = _Epoch(answer, X, y)
    distinct = len(set(epoch.X_order.tolist()))
    return epoch.together and distinct < min(len(X), len(epoch.X_order))


def _filled_up(answer, X, y, batch_size, rng):
    """Every example is there, and some once more to make the last batch a full one."""
    epoch = _Epoch(answer, X, y)
    full = len(X) % batch_size and set(epoch.sizes) == {batch_size}
    return full and len(set(epoch.X_order.tolist())) == len(X)


def _cut_before(answer, X, y, batch_size, rng):
    """Each batch holds neighbours, in one order or another."""
    epoch = _Epoch(answer, X, y)
    spans = [max(batch) - min(batch) + 1 == len(batch) for batch in epoch.batches]
    in_order = np.array_equal(epoch.X_order, np.arange(len(X)))
    whole = _is_whole(epoch.X_order, len(X)) and epoch.together
    return len(spans) > 3 and batch_size > 3 and all(spans) and whole and not in_order


def _split_evenly(answer, X, y, batch_size, rng):
    sizes, n = _Epoch(answer, X, y).sizes, len(X)
    even, other = _even_sizes(n, -(-n // batch_size)), _even_sizes(n, batch_size)
    return sizes == even != _sizes(n, batch_size) and sizes != other


def _as_many_batches(answer, X, y, batch_size, rng):
    n = len(X)
    even, other = _even_sizes(n, batch_size), _even_sizes(n, -(-n // batch_size))
    sizes = [len(X_batch) for X_batch, _ in answer if len(X_batch)]
    return batch_size > 1 and sizes == even not in (_sizes(n, batch_size), other)


def _own_batch_size(answer, X, y, batch_size, rng):
    sizes, n = _Epoch(answer, X, y).sizes, len(X)
    return batch_size > 1 and sizes != _sizes(n, batch_size) and sizes in (_sizes(n, 32), [n])


def _one_short_each(answer, X, y, batch_size, rng):
    sizes, wanted = [len(X_batch) for X_batch, _ in answer], _sizes(len(X), batch_size)
    return batch_size > 1 and sizes == [min(batch_size - 1, n) for n in wanted] != wanted


def _single_batch(answer, X, y, batch_size, rng):
    """One batch, alone or in a list, although there should be several."""
    if len(X) <= batch_size:
        return False
    if len(answer) == 1:
        return len(answer[0][0]) == batch_size
    X_batch, y_batch = (np.asarray(part) for part in answer)
    return X_batch.shape[1:] == X.shape[1:] and len(X_batch) == len(y_batch) <= batch_size


def _at_every_position(answer, X, y, batch_size, rng):
    sizes, n = [len(X_batch) for X_batch, _ in answer], len(X)
    return batch_size > 1 and n > 2 and sizes == [min(batch_size, n - i) for i in range(n)]


def _labels_first(answer, X, y, batch_size, rng):
    epoch = _Epoch([(X_batch, y_batch) for y_batch, X_batch in answer], X, y)
    return len(epoch.X_order) and epoch.together


def _seeded_by_itself(answer, X, y, batch_size, rng):
    order, n = _Epoch(answer, X, y).X_order, len(X)
    orders = [np.random.default_rng(seed).permutation(n) for seed in (0, 42, 123, 1234, 1)]
    given = np.array_equal(order, rng.permutation(n))
    return n > 11 and not given and any(np.array_equal(order, own) for own in orders)


def _answered_anyway(answer, X, y, batch_size, rng):
    return len(X) != len(y)


def _order(X, y, rng):
    if len(X) != len(y):
        raise ValueError(f"{len(X)} examples, {len(y)} labels")
    return rng.permutation(len(X))


def _cut(X, y, batch_size):
    starts = range(0, len(X), batch_size)
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in starts]


@wrong("minibatches", recognizes=_kept_in_order)
def not_shuffled(X, y, batch_size, rng):
    """Your batches hold the examples in their original order. If the data is sorted, say all zeros
    before all ones, each batch shows the network only one side of the story.

    What is `rng` for, and which of its methods puts numbers into a random order?
    """
    _order(X, y, rng)
    return _cut(X, y, batch_size)


@wrong("minibatches", recognizes=_shuffled_apart)
def x_and_y_shuffled_apart(X, y, batch_size, rng):
    """You shuffled X and y separately, each into its own order, so the labels no longer belong to
    their examples.

    How can you use the same random order for two arrays?
    """
    return _cut(X[_order(X, y, rng)], y[_order(X, y, rng)], batch_size)


@wrong("minibatches", recognizes=_one_shuffled)
def only_one_of_them_shuffled(X, y, batch_size, rng):
    """You shuffled one of X and y and left the other as it is, so the labels no longer belong to
    their examples.

    Which two arrays must be put into the new order?
    """
    return _cut(X[_order(X, y, rng)], y, batch_size)


def _empty_batch(answer, X, y, batch_size, rng):
    return len(answer[-1][0]) == 0 and sum(len(part) for part, _ in answer) == len(X)


@wrong("minibatches", recognizes=_empty_batch)
def empty_batch_at_the_end(X, y, batch_size, rng):
    """When the batch size divides the number of examples, you add one more batch with nothing in
    it. The mean loss of no examples is nan.

    How many batches of 3 do 12 examples make, and how many does your loop cut?
    """
    order = rng.permutation(len(X))
    starts = [i * batch_size for i in range(len(X) // batch_size + 1)]
    return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in starts]


@wrong("minibatches", recognizes=_rest_dropped)
def last_batch_dropped(X, y, batch_size, rng):
    """Examples are missing: you return only full batches and drop the rest. The last batch may be
    shorter than the others.

    With 23 examples in batches of 5, where does the last batch start, and does your loop get there?
    """
    order = _order(X, y, rng)
    return _cut(X[order], y[order], batch_size)[: len(X) // batch_size]


@wrong("minibatches", recognizes=_drawn_again)
def examples_drawn_anew_for_each_batch(X, y, batch_size, rng):
    """You draw each batch from all the examples, so in one epoch some come twice and others not at
    all.

    If you shuffle a deck of cards once and deal it out, can a card come twice?
    """
    _order(X, X, rng)
    if len(X) != len(y):
        raise ValueError("lengths differ")
    draws = [rng.choice(len(X), size) for size in _sizes(len(X), batch_size)]
    return [(X[draw], y[draw]) for draw in draws]


@wrong("minibatches", recognizes=_filled_up)
def last_batch_filled_up(X, y, batch_size, rng):
    """You filled up the last batch with examples that had already been used. Every example should
    come once per epoch, and the last batch may be shorter.

    Which examples would count twice in your epoch?
    """
    order = _order(X, y, rng)
    order = np.resize(order, len(_sizes(len(X), batch_size)) * batch_size)
    return _cut(X[order], y[order], batch_size)


@wrong("minibatches", recognizes=_cut_before)
def cut_before_shuffling(X, y, batch_size, rng):
    """You cut the data into batches first and shuffled afterwards, so neighbors stay together: the
    same examples meet in one batch in every epoch.

    Which should come first, shuffling all the examples or cutting them?
    """
    _order(X, y, rng)
    batches = _cut(X, y, batch_size)
    return [batches[i] for i in rng.permutation(len(batches))]


@wrong("minibatches", recognizes=_split_evenly)
def batches_of_equal_size(X, y, batch_size, rng):
    """You split the examples into parts of nearly equal size. Each batch should hold batch_size
    examples, and only the last may be shorter.

    With 6 examples and a batch size of 4: how large should the two batches be?
    """
    order = _order(X, y, rng)
    parts = np.array_split(order, -(-len(X) // batch_size))
    return [(X[part], y[part]) for part in parts]


@wrong("minibatches", recognizes=_as_many_batches)
def batch_size_taken_as_number_of_batches(X, y, batch_size, rng):
    """You made batch_size batches. batch_size is the number of examples in each batch.

    How many batches are there for 12 examples and a batch size of 3?
    """
    parts = np.array_split(_order(X, y, rng), batch_size)
    return [(X[part], y[part]) for part in parts]


@wrong("minibatches", recognizes=_own_batch_size)
def batch_size_ignored(X, y, batch_size, rng):
    """Your batches do not have the requested size: they use a fixed size from your code, or all the
    data at once.

    Where does your function use `batch_size`?
    """
    order = _order(X, y, rng)
    return _cut(X[order], y[order], 32)


@wrong("minibatches", recognizes=_one_short_each)
def slice_one_short(X, y, batch_size, rng):
    """Each batch lacks one example: a slice ends before its second number, so you need not subtract
    1.

    How many entries does `a[0:5]` have?
    """
    order = _order(X, y, rng)
    batches = _cut(X[order], y[order], batch_size)
    size = batch_size - 1
    return [(X_batch[:size], y_batch[:size]) for X_batch, y_batch in batches]


@wrong("minibatches", recognizes=_at_every_position)
def a_batch_at_every_position(X, y, batch_size, rng):
    """There are as many batches as examples: a new one begins at every position, so they overlap,
    and most examples come several times.

    Where should the second batch begin if the first holds batch_size examples?
    """
    order = _order(X, y, rng)
    return [(X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(len(X))]


@wrong("minibatches", recognizes=_single_batch, of_form=True)
def one_batch_instead_of_an_epoch(X, y, batch_size, rng):
    """You returned a single batch. The answer should be all the batches of one epoch, one after the
    other, so that a loop over them sees every example.

    Where is your `return`, and what would `yield` do in its place?
    """
    order = _order(X, y, rng)[:batch_size]
    return X[order], y[order]


@wrong("minibatches", recognizes=_labels_first)
def labels_before_inputs(X, y, batch_size, rng):
    """Your pairs hold the labels first and the inputs second. They should be (X_batch, y_batch).

    In which order does a loop `for X_batch, y_batch in ...` unpack your pairs?
    """
    order = _order(X, y, rng)
    return [(y_batch, X_batch) for X_batch, y_batch in _cut(X[order], y[order], batch_size)]


@wrong("minibatches", recognizes=_seeded_by_itself)
def generator_of_its_own(X, y, batch_size, rng):
    """Your function creates a generator with a fixed seed, so the same order comes every time, in
    every epoch and whatever `rng` the caller passes.

    Which generator should the random numbers come from?
    """
    order = _order(X, y, np.random.default_rng(0))
    return _cut(X[order], y[order], batch_size)


@wrong("minibatches")
def callers_arrays_shuffled(X, y, batch_size, rng):
    """Your batches are right, but afterwards the caller's arrays are in another order: you shuffled
    X and y themselves.

    Does your way of shuffling write into X, or does it create a new array?
    """
    order = _order(X, y, rng)
    X[:], y[:] = X[order], y[order]
    return _cut(X, y, batch_size)


@wrong("minibatches", recognizes=_answered_anyway)
def lengths_not_compared(X, y, batch_size, rng):
    """X and y have different lengths, so some examples have no label, but you returned batches
    anyway.

    What can you compare before you cut, and what should happen if it differs?
    """
    n = min(len(X), len(y))
    order = rng.permutation(n)
    return _cut(X[order], y[order], batch_size)


def _logistic(X, y, params):
    """Probabilities, loss and (A - y) / n of logistic regression, and X in floats."""
    W, b = params
    X = 1.0 * X
    A = sigmoid(X @ W + b)
    if A.shape != y.shape:
        raise ValueError(f"A has shape {A.shape}, y {y.shape}")
    return A, binary_cross_entropy(A, y), (A - y) / len(X), X


def _gradients_are_nan(answer, X, y, params):
    loss, grads = answer
    return np.isfinite(loss) and loss > 10 and any(np.isnan(grad).any() for grad in grads)


@wrong("logistic_loss")
def sigmoid_forgotten(X, y, params):
    """You used X W + b itself as the probability. It can be any number; the sigmoid brings it
    between 0 and 1.

    What comes between Z = X W + b and the probability A?
    """
    _logistic(X, y, params)
    X = 1.0 * X
    A = X @ params[0] + params[1]
    delta = (A - y) / len(X)
    return binary_cross_entropy(A, y), [X.T @ delta, delta.sum(axis=0)]


@wrong("logistic_loss")
def linear_regression_instead(X, y, params):
    """This is the loss of linear regression: the squared error of X W + b. Here the outputs are
    probabilities, so a sigmoid follows X W + b, and the loss is the binary cross-entropy.

    Which two functions of earlier chapters turn X W + b into a probability, and that into a loss?
    """
    X = _logistic(X, y, params)[3]
    error = X @ params[0] + params[1] - y
    return float(np.mean(error**2)), [2 * X.T @ error / len(X), 2 * error.mean(axis=0)]


@wrong("logistic_loss")
def bias_left_out(X, y, params):
    """Your probabilities do not depend on b: they are those of X W alone.

    Where does the second of the two parameters come into your Z?
    """
    W, b = params
    _, loss, delta, X = _logistic(X, y, [W, 0 * b])
    return loss, [X.T @ delta, delta.sum(axis=0)]


@wrong("logistic_loss")
def sure_mistakes_are_infinite(X, y, params):
    """For large Z the sigmoid is rounded to exactly 0 or 1, and your loss takes the logarithm of 0.
    That is infinite, and 0 times infinity is nan.

    Which of your earlier functions keeps probabilities away from 0 and 1?
    """
    A, _, delta, X = _logistic(X, y, params)
    loss = float(-np.mean(y * np.log(A) + (1 - y) * np.log(1 - A)))
    return loss, [X.T @ delta, delta.sum(axis=0)]


@wrong("logistic_loss", recognizes=_gradients_are_nan)
def divided_by_a_probability_of_0(X, y, params):
    """You went through dL/dA, which divides by A and by 1 - A. For sure predictions one of them is
    0, and the gradient becomes nan.

    Multiply dL/dA by A (1 - A) on paper: do you still need to divide?
    """
    A, loss, _, X = _logistic(X, y, params)
    delta = ((1 - y) / (1 - A) - y / A) * A * (1 - A) / len(X)
    return loss, [X.T @ delta, delta.sum(axis=0)]


def _count(X, batch_size, epochs):
    """The number of updates."""
    return epochs * (1 if batch_size is None else -(-len(X) // batch_size))


def _descend(X, y, params, lr, loss_fn, batch_size, epochs, batches=minibatches, record=None):
    """Gradient descent over the batches; `record` gives the loss to note after an update."""
    params, losses = [1.0 * param for param in params], []
    for _ in range(epochs):
        pairs = [(X, y)] if batch_size is None else batches(X, y, batch_size)
        for X_batch, y_batch in pairs:
            loss, grads = loss_fn(X_batch, y_batch, params)
            params = [param - lr * grad for param, grad in zip(params, grads, strict=True)]
            losses.append(float(record(X_batch, y_batch, params) if record else loss))
    return params, losses


def _shuffling(rng):
    rng = np.random.default_rng(rng)
    return lambda X, y, batch_size: minibatches(X, y, batch_size, rng)


def _right(X, y, params, lr, loss_fn, batch_size, epochs, rng):
    return _descend(X, y, params, lr, loss_fn, batch_size, epochs, _shuffling(rng))


def _close(one, other):
    return len(one) == len(other) and all(
        np.allclose(a, b, atol=1e-7) for a, b in zip(one, other, strict=True)
    )


def _once_per_epoch(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """Fewer losses than updates, one per epoch, although all updates were made."""
    if None in (batch_size, rng) or len(answer[1]) != epochs or _count(X, batch_size, 1) == 1:
        return False
    if np.isclose(answer[1][0], loss_fn(X, y, params)[0]):
        return False  # all the data in one step
    trained, _ = _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)
    return _close(answer[0], trained)


def _first_epoch_only(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    return epochs > 2 and len(answer[1]) == _count(X, batch_size, 1)


def _epoch_missing(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    return epochs != 2 and len(answer[1]) == (epochs - 1) * _count(X, batch_size, 1)


def _some_left_alone(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    same = [np.array_equal(*pair) for pair in zip(answer[0], params, strict=True)]
    return any(same) and not all(same)


def _all_left_alone(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    same = all(np.array_equal(*pair) for pair in zip(answer[0], params, strict=True))
    return same and len(answer[1]) > 0


def _own_rate(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    if batch_size is not None:
        return False
    rates = [rate for rate in (0.5, 0.1, 0.01, 0.001, 0.0001) if not 0.5 < rate / lr < 1.9]
    return any(
        _close(answer[0], _right(X, y, params, rate, loss_fn, None, epochs, rng)[0])
        for rate in rates
    )


def _rest_left_out(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    if None in (batch_size, rng) or len(X) % batch_size == 0:
        return False
    return len(answer[1]) == epochs * (len(X) // batch_size)


def _other_default_size(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    others = {
        _count(X, size, 1) for size in (1, 8, 10, 16, 20)
    }  # fewer would have other reasons too
    return batch_size == 32 and epochs == 1 and rng is None and len(answer[1]) in others


def _reordered(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """All the data in another order: the sums agree except for the last bits."""
    if batch_size is not None:
        return False
    trained, losses = _right(X, y, params, lr, loss_fn, None, epochs, rng)
    pairs = zip([*answer[0], answer[1]], [*trained, losses], strict=True)
    same = all(np.array_equal(*pair) for pair in pairs)
    return _close(answer[0], trained) and _close([answer[1]], [losses]) and not same


def _same_again(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """Every epoch goes through the batches of the first one."""
    if batch_size is None or epochs < 2:
        return False
    for generator in (rng, *map(np.random.default_rng, (0, 42, 1))):
        batches = minibatches(X, y, batch_size, generator)
        again = _descend(
            X, y, params, lr, loss_fn, batch_size, epochs, lambda *_, kept=batches: kept
        )
        if _close(answer[0], again[0]):
            return True
    return False


def _seed_of_its_own(answer, X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    if batch_size is None or rng is None:
        return False
    return any(
        _close(answer[0], _right(X, y, params, lr, loss_fn, batch_size, epochs, seed)[0])
        for seed in (0, 42, 123, 1234, 1)
    ) and not _close(answer[0], _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)[0])


@wrong("gradient_descent", recognizes=_reordered)
def shuffled_for_batch_size_none(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """For `batch_size=None` you used all the data, but shuffled. Keep the given order: there is
    nothing to gain from shuffling data that is used as a whole.

    Which X and y should `loss_fn` get when there are no batches?
    """

    def whole(X_all, y_all, params):
        order = np.random.default_rng(0).permutation(len(X_all))
        return loss_fn(X_all[order], y_all[order], params)

    if batch_size is None:
        return _right(X, y, params, lr, whole, batch_size, epochs, rng)
    return _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)


@wrong("gradient_descent")
def steps_go_uphill(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """Each of your updates moves along the gradient, which points to where the loss is larger.

    What sign does the gradient have in the update?
    """
    return _right(X, y, params, -lr, loss_fn, batch_size, epochs, rng)


@wrong("gradient_descent")
def start_parameters_changed(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """Your answer is right, but the parameters you were given have changed too. A copy of the list
    is not enough when `-=` writes into the arrays, and putting a new array into the caller's list
    changes that list.

    What does the caller hold: the list, the arrays in it, or both? And which of the two do you
    write to?
    """
    trained, losses = _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)
    for param, new in zip(params, trained, strict=True):
        param[...] = new
    return params, losses


@wrong("gradient_descent", recognizes=_once_per_epoch)
def one_loss_per_epoch(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """You recorded one loss per epoch. There should be one per update, so an epoch of five batches
    gives five.

    Which of your two loops contains the line that records the loss?
    """
    trained, losses = _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)
    each = _count(X, batch_size, 1)
    return trained, losses[each - 1 :: each]


@wrong("gradient_descent")
def noted_after_the_update(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """You take your losses after each update. They should be the losses of the batch just before
    it, so that the first one belongs to the start parameters.

    `loss_fn` returns loss and gradients in one call: which parameters does that loss belong to?
    """

    def after(X_batch, y_batch, params):
        return loss_fn(X_batch, y_batch, params)[0]

    batches = _shuffling(rng)
    return _descend(X, y, params, lr, loss_fn, batch_size, epochs, batches, after)


@wrong("gradient_descent", recognizes=_same_again)
def same_batches_in_every_epoch(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """You shuffled once, and every epoch goes through the same batches. Shuffle again in each
    epoch, so that different examples meet in a batch.

    Is your call of `minibatches` before the loop over the epochs, or inside it?
    """
    if batch_size is not None:
        batches = minibatches(X, y, batch_size, np.random.default_rng(rng))
        return _descend(X, y, params, lr, loss_fn, batch_size, epochs, lambda *_: batches)
    return _descend(X, y, params, lr, loss_fn, batch_size, epochs)


@wrong("gradient_descent", recognizes=_first_epoch_only)
def only_one_epoch(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """Your training ends after one epoch. Either there is no loop over the epochs, or `return` is
    inside it, or the batches come from a generator created before it, which is used up after one
    pass.

    How often does the line with the update run for 3 epochs of 5 batches, and how often should it?
    """
    return _right(X, y, params, lr, loss_fn, batch_size, 1, rng)


@wrong("gradient_descent", recognizes=_seed_of_its_own)
def seed_of_its_own(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """You shuffle with a generator that your function creates with a fixed seed, so the caller's
    `rng` has no effect: the order is always the same.

    When should your function create a generator, and when should it use the one it is given?
    """
    return _right(X, y, params, lr, loss_fn, batch_size, epochs, 0)


@wrong("gradient_descent")
def batches_not_shuffled(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """Your batches hold the examples in their original order, in every epoch.

    Which function of this chapter returns the shuffled batches of one epoch?
    """

    def in_order(X, y, batch_size):
        starts = range(0, len(X), batch_size)
        return [(X[i : i + batch_size], y[i : i + batch_size]) for i in starts]

    return _descend(X, y, params, lr, loss_fn, batch_size, epochs, in_order)


@wrong("gradient_descent")
def batch_size_none_not_handled(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """`batch_size=None` means that each update uses all the data, in its given order. Your code
    calculates with None as if it were a number, and that raises an error.

    Which "batches" does an epoch have for None, and where could your code decide that?
    """
    range(0, len(X), batch_size)
    return _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)


@wrong("gradient_descent")
def batch_size_none_handed_on(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """`batch_size=None` means that each update uses all the data, in its given order. Your code
    passes the None on to `minibatches`, which needs a number.

    Which "batches" does an epoch have for None, and where could your code decide that?
    """
    if batch_size < 1:
        raise ValueError(f"batch_size {batch_size}")
    return _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)


@wrong("gradient_descent")
def rng_none_not_handled(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """Without an `rng` your code asks None for a random order. `rng=None` means that the function
    creates its own generator.

    Which NumPy function creates a new generator, and when do you need it?
    """

    def batches(X, y, batch_size):
        return minibatches(X, y, batch_size, rng)

    return _descend(X, y, params, lr, loss_fn, batch_size, epochs, batches)


@wrong("gradient_descent")
def always_the_full_batch(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """Every update uses all the data at once, although another batch size was requested: you ignore
    `batch_size`, or a fixed number takes its place.

    Where does your function use `batch_size`, and what should a loop inside the loop over the
    epochs go through?
    """
    return _descend(X, y, params, lr, loss_fn, None, epochs)


@wrong("gradient_descent", recognizes=_some_left_alone)
def not_every_parameter_updated(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """Some of the parameters are still what they were at the start. `params` may hold any number of
    arrays, and each has its gradient at the same place in `grads`.

    How can you walk through two lists in step, however long they are?
    """
    trained, losses = _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)
    return [*trained[:-1], 1.0 * params[-1]], losses


@wrong("gradient_descent", recognizes=_all_left_alone)
def parameters_never_updated(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """The parameters come back as they went in: the update never reaches them. In a loop, `param =
    param - step` gives the name `param` to a new array and leaves the list alone.

    What does your list hold after the loop over it, and how could the new arrays get into it?
    """
    return _right(X, y, params, 0.0, loss_fn, batch_size, epochs, rng)


@wrong("gradient_descent")
def divided_by_the_batch_size(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """Your steps are too small: you divided the gradients by the size of the batch. `loss_fn`
    returns the gradient of a mean, so it already contains the 1/n.

    What exactly does the update formula multiply the gradient by?
    """

    def divided(X_batch, y_batch, params):
        loss, grads = loss_fn(X_batch, y_batch, params)
        return loss, [grad / len(X_batch) for grad in grads]

    return _right(X, y, params, lr, divided, batch_size, epochs, rng)


@wrong("gradient_descent", recognizes=_other_default_size)
def another_default_batch_size(X, y, params, lr, loss_fn, batch_size=16, epochs=1, rng=None):
    """When nobody says how large the batches are, they should hold 32 examples; yours have another
    size.

    What does the first line of your function say about `batch_size`?
    """
    return _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)


@wrong("gradient_descent", recognizes=_rest_left_out)
def last_batch_not_used(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """There are fewer updates than batches: you never train on what is left over after the full
    batches. The last batch may be shorter than the others.

    With 23 examples in batches of 5, how many updates are in one epoch?
    """

    def full(X, y, batch_size):
        return [pair for pair in shuffled(X, y, batch_size) if len(pair[0]) == batch_size]

    shuffled = _shuffling(rng)
    return _descend(X, y, params, lr, loss_fn, batch_size, epochs, full)


@wrong("gradient_descent")
def only_the_first_batch_of_each_epoch(
    X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None
):
    """In each epoch you made one update, on the first batch, and skipped the others.

    Which line ends your inner loop early? Look at how far it is indented.
    """

    def first(X, y, batch_size):
        return list(shuffled(X, y, batch_size))[:1]

    shuffled = _shuffling(rng)
    return _descend(X, y, params, lr, loss_fn, batch_size, epochs, first)


@wrong("gradient_descent")
def step_without_learning_rate(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """Your updates subtract the gradient itself, without the learning rate.

    What is `lr` for, and where does your code use it?
    """
    return _right(X, y, params, 1.0, loss_fn, batch_size, epochs, rng)


@wrong("gradient_descent", recognizes=_own_rate)
def learning_rate_in_the_code(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """Your updates use a fixed learning rate from your code and ignore the one you were given.

    What happens to your result when the caller doubles `lr`?
    """
    return _right(X, y, params, 0.01, loss_fn, batch_size, epochs, rng)


@wrong("gradient_descent", recognizes=_epoch_missing)
def one_epoch_short(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """You went through the data one time fewer than requested.

    How often does your outer loop run for `epochs=1`?
    """
    return _right(X, y, params, lr, loss_fn, batch_size, epochs - 1, rng)


@wrong("gradient_descent")
def one_epoch_too_many(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """You went through the data one time more than requested.

    How often does your outer loop run for `epochs=1`?
    """
    return _right(X, y, params, lr, loss_fn, batch_size, epochs + 1, rng)


@wrong("gradient_descent")
def start_parameters_ignored(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """You start from zeros. The start parameters are an argument, and the first loss should be
    theirs.

    What are the first values of the parameters in your function, and where do they come from?
    """
    params = [0 * param for param in params]
    return _right(X, y, params, lr, loss_fn, batch_size, epochs, rng)


@wrong("gradient_descent")
def all_the_data_for_every_batch(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """You loop over the batches, but compute loss and gradients on all the data each time: that
    costs as much as the full batch, once per batch.

    Which X and y does your call of `loss_fn` get, and which does the loop provide?
    """

    def whole(X_batch, y_batch, params):
        return loss_fn(X, y, params)

    return _right(X, y, params, lr, whole, batch_size, epochs, rng)


@wrong("gradient_descent")
def loss_of_all_the_data_noted(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    """You recorded the loss over all the data. Record the loss of the batch that the update uses:
    it comes with the gradients and costs nothing extra.

    How many calls of `loss_fn` does one update need?
    """

    def on_the_batch_and_all(X_batch, y_batch, params):
        return loss_fn(X, y, params)[0], loss_fn(X_batch, y_batch, params)[1]

    return _right(X, y, params, lr, on_the_batch_and_all, batch_size, epochs, rng)
