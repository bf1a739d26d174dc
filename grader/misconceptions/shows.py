"""Predicates for `wrong(..., recognizes=...)`: signs of a mistake in what any training returned.

`answer` is what training or prediction returned. The predicates for training also see the
predictions that follow, whose arguments are X and the trained parameters.
"""

from copy import deepcopy
from functools import cached_property

import numpy as np

from .reference import deep_mlp_loss, forward_deep_mlp


def params_of(answer, params):
    """The trained parameters: part of what training returned, or an argument of prediction."""
    return params if isinstance(answer, np.ndarray) else answer[0]


def losses_of(answer):
    if isinstance(answer, np.ndarray):
        raise TypeError("a prediction has no losses")
    return np.array(answer[1], dtype=float)


def fifths(losses):
    """The mean of the first fifth of the losses, and of the last fifth."""
    part = max(1, len(losses) // 5)
    return np.mean(losses[:part]), np.mean(losses[-part:])


def grows(answer, X, y, **settings):
    losses = losses_of(answer)
    first, last = fifths(losses)
    enough = len(losses) >= 10  # a short list may rise by chance
    return not np.isfinite(losses).all() or (enough and last > 1.2 * first)


def untrained(answer, X, params, **settings):
    return not any(np.any(b) for b in params_of(answer, params)[1::2])


def without_weights(answer, X, params, **settings):
    params = params_of(answer, params)
    return not any(np.any(W) for W in params[::2]) and any(np.any(b) for b in params[1::2])


def rows_sum_to_one(A):
    return np.allclose(A.sum(axis=1), 1, atol=1e-3)


def scores_for_probabilities(answer, X, params):
    shares = answer.ndim == 2 and (rows_sum_to_one(answer) or rows_sum_to_one(-answer))
    return answer.ndim == 2 and not shares and bool((answer < 0).any())


def classes_by_themselves(answer, X, params):
    if answer.ndim != 2:
        return False
    inside = bool((answer >= 0).all() and (answer <= 1).all())
    other = np.allclose(answer.sum(axis=0), 1, atol=1e-3) or np.isclose(answer.sum(), 1, atol=1e-3)
    return inside and answer.shape[1] > 1 and not rows_sum_to_one(answer) and not other


def columns_sum_to_one(answer, X, params):
    sums = np.allclose(answer.sum(axis=0), 1, atol=1e-3)
    one_each = answer.ndim == 2 and len(answer) == len(X) > 1
    return one_each and sums and not rows_sum_to_one(answer)


def one_label_each(answer, X, params):
    return answer.shape == (len(X),) and len(X) > 1


class Run:
    """A learner's training: its settings, and the parameters and losses it returned."""

    @classmethod
    def observe(cls, answer, train, *args, **kwargs):
        """Return the run behind an answer; `train` is the graded function done right."""
        return cls(answer, train(*args, **kwargs))

    def __init__(self, answer, train):
        self.__dict__.update(vars(train))
        self.train, self.answer, (self.params, self.losses) = train, answer, answer

    @property
    def batches(self):
        """The number of batches in an epoch."""
        return -(-len(self.X) // self.batch_size)

    def generator(self):
        """A generator as training got it."""
        return np.random.default_rng(deepcopy(self.rng))


def drops_rest(run):
    whole, rest = divmod(len(run.X), run.batch_size)
    return rest > 0 and whole > 1 and len(run.losses) == run.epochs * whole


def has_as_many_losses_as_epochs(run):
    return len(run.losses) == run.epochs and run.batches > 1


def has_losses_of_one_epoch(run):
    return run.epochs > 1 and len(run.losses) == run.batches != run.epochs


def has_seed_of_its_own(run, starts=({},)):
    """The answer is that of a right training from a usual seed."""
    if len(run.X) * run.epochs > 500:
        return False
    for seed in (0, 1, 42, 123, 1234):
        for start in starts:
            params, _ = run.train(rng=seed, **start)
            if all(map(np.allclose, params, run.params)):
                return True
    return False


STILL = 1e-6  # a learning rate that leaves everything where it is
LARGEST = 2_000_000  # numbers in the examples of a run that is judged


class MlpRun(Run):
    """The training of a network of dense relu layers, as far as one can judge it afterwards."""

    latest = ()  # the answer asked about last, and its run: many predicates ask about the same one

    @classmethod
    def observe(cls, answer, train, *args, **kwargs):
        if not cls.latest or cls.latest[0] is not answer:
            cls.latest = answer, cls(answer, train(*args, **kwargs))
        return cls.latest[1]

    def __init__(self, answer, train):
        super().__init__(answer, train)
        if self.X.size > LARGEST:
            raise ValueError("too much to go through again")
        self.params = [np.asarray(param, np.float64) for param in self.params]
        self.losses = np.array([float(loss) for loss in self.losses])
        self.X, self.y = np.asarray(self.X, np.float64), np.asarray(self.y, np.float64)
        self.n = len(self.X)
        self.whole = len(self.losses) == self.epochs * self.batches  # as many as there should be
        self.still = self.lr <= STILL
        self.W, self.b = self.params[::2], self.params[1::2]

    @cached_property
    def after(self):
        """Loss and gradients at the end."""
        return deep_mlp_loss(self.X, self.y, self.params)

    @cached_property
    def drawn(self):
        """The numbers that a start from `rng` draws first."""
        return self.generator().standard_normal(self.W[0].size) if self.rng else None

    @cached_property
    def downhill(self):
        """How far the next step on all the examples would lower the loss."""
        return self.lr * sum(np.sum(grad**2) for grad in self.after[1])

    @cached_property
    def means(self):
        """The mean loss of each epoch."""
        sizes = np.minimum(self.batch_size, self.n - self.batch_size * np.arange(self.batches))
        return self.losses.reshape(self.epochs, self.batches) @ (sizes / self.n)

    def singles(self):
        """The final loss of each example with each example's label: (n, n)."""
        A = forward_deep_mlp(self.X, self.params)[-1]
        return -np.log(np.maximum(A, 1e-300)) @ self.y.T


def undone(run, loss_fn, rate):
    """The loss before the one update on all examples that led to the final parameters."""
    before = run.params
    for _ in range(200):
        _, grads = loss_fn(run.X, run.y, before)
        old, before = before, [p + rate * grad for p, grad in zip(run.params, grads, strict=True)]
    still = all(np.allclose(a, b, rtol=0, atol=1e-9) for a, b in zip(old, before, strict=True))
    return loss_fn(run.X, run.y, before)[0] if still else np.nan


def is_one_update(run):
    return len(run.losses) == 1 and run.n <= run.batch_size and run.X.size < 5000


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
    late = len(run.losses) == 1 and any(b.any() for b in run.b)  # a loss taken after the step
    same = run.whole and np.allclose(run.means, run.after[0], rtol=1e-4)
    return same and not run.still and not late


def has_biases_fixed(run):
    return run.whole and not is_never_updated(run) and not any(b.any() for b in run.b)


def has_last_layer_alone_updated(run):
    *first, last = run.b
    if not run.whole or not last.any() or any(b.any() for b in first) or not run.W[0].any():
        return False
    if is_one_update(run):
        return abs(undone(run, _last_layer_loss, run.lr) - run.losses[0]) < 1e-6
    return run.drawn is not None and np.corrcoef(run.W[0].ravel(), run.drawn)[0, 1] > 1 - 1e-9


def _last_layer_loss(X, y, params):
    loss, grads = deep_mlp_loss(X, y, params)
    return loss, [0 * grad for grad in grads[:-2]] + grads[-2:]


def _begins_with_guesses(run):
    return abs(run.losses[0] - np.log(run.y.shape[1])) < 1e-3


def has_zero_start(run):
    return _begins_with_guesses(run) and not run.W[0].any()


def has_units_alike(run):
    W = run.W[0]
    return W.any() and W.shape[1] > 1 and np.ptp(W, axis=1).max() < 1e-4 * np.abs(W).max()


def _size(run):
    """The size of the first weights, relative to that of `he_init`."""
    return np.sqrt(np.mean(run.W[0] ** 2) * len(run.W[0]) / 2)


def has_tiny_start(run):
    """Weights that are tiny to the end, or for many steps in which the last bias alone learns."""
    if not _begins_with_guesses(run) or not run.whole or run.still or not run.W[0].any():
        return False
    share = run.y.mean(axis=0)[run.y.any(axis=0)]
    without_looking = -np.sum(share * np.log(share))  # the least loss that a bias can reach
    waits = run.batches == 1 and len(run.losses) > 20
    slow = waits and run.losses[:20].min() > without_looking - 1e-3
    return slow or max(np.sqrt(np.mean(W**2) * len(W) / 2) for W in run.W) < 0.02


def has_large_start(run):
    return run.losses[0] > 4 < _size(run) and abs(run.W[0].mean()) < 0.3 * run.W[0].std()


def has_positive_start(run):
    return run.losses[0] > 4 < _size(run) and run.W[0].mean() > 0.7 * run.W[0].std()


def _pace(run):
    """How fast the loss falls at the end; 1 is right if each update uses all the examples."""
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


def ends_when_the_loss_is_small(run):
    """The losses end before the last epoch, with the smallest of all, and go down to it."""
    early = 1 < len(run.losses) < run.epochs * run.batches and run.epochs > 2
    few = len(run.losses) in (run.epochs, run.batches)
    return early and not few and run.losses[-1] <= min(0.5, *run.losses)


def has_settings_exchanged(run):
    """As many losses as with the batch size for the number of epochs, and the other way round."""
    exchanged = run.batch_size * -(-len(run.X) // run.epochs)
    usual = {run.epochs * factor for factor in (1, run.batches, len(run.X))}
    return len(run.losses) == exchanged and exchanged not in usual


def ignores_epochs(run):
    return run.epochs != 5 and len(run.losses) == 5 * run.batches


def trains_one_epoch(run):
    return len(run.losses) == run.batches and run.epochs > 2 and run.losses[0] > 1


def trains_twice(run):
    return len(run.losses) == 2 * run.epochs * run.batches


def is_one_epoch_short(run):
    return run.epochs != 2 and len(run.losses) == (run.epochs - 1) * run.batches


def ignores_hidden(run):
    widths = tuple(len(b) for b in run.b[:-1])
    return widths != run.hidden and widths in ((256,), (256, 128), (128,), (64,), (10,))


DEFAULT_RATE = 0.1


def ignores_rate(run):
    if run.lr < 1e-4:  # an entry of the bias moves by less than the rate in each update
        return np.abs(run.b[-1]).max() > 1000 * run.lr * len(run.losses)
    if abs(run.lr / DEFAULT_RATE - 1) < 0.05:
        return False
    if not is_one_update(run):
        return _has_pace(run, DEFAULT_RATE / run.lr)
    return abs(undone(run, deep_mlp_loss, DEFAULT_RATE) - run.losses[0]) < 1e-6


def _has_pace(run, pace):
    """The steps in every layer are too short by this factor."""
    if run.batches > 1 or not run.whole or not all(b.any() for b in run.b):
        return False
    return pace < 0.7 and abs(_pace(run) / pace - 1) < 0.15


def has_gradients_averaged_twice(run):
    k = run.y.shape[1]
    if run.n <= 2 or abs(run.n / k - 1) < 0.3:  # a division by the number of classes looks the same
        return False
    if is_one_update(run):
        return abs(undone(run, deep_mlp_loss, run.lr / run.n) - run.losses[0]) < 1e-6
    return _has_pace(run, 1 / run.n)


def one_by_one(run):
    """For training that moves nothing, in batches of one: `(table, losses of each epoch)`."""
    if run.still and run.batch_size == 1 and run.whole:
        return run.singles(), run.losses.reshape(run.epochs, run.n)
    return np.zeros((run.n, run.n)), np.ones((run.epochs, run.n))


def are_of_other_pairs(losses, table):
    """True if these single losses are in the table of examples and labels, off its diagonal."""
    known = np.isclose(losses[:, None], np.diag(table), atol=1e-5).any(axis=1)
    found = np.isclose(losses[:, None], table.ravel(), atol=1e-5).any(axis=1)
    return found.all() and not known.all()


def has_pairs_broken(run):
    table, epochs = one_by_one(run)
    if table.any():
        return are_of_other_pairs(epochs[0], table)
    late = np.diff(run.losses[len(run.losses) // 2 :])
    shaky = len(late) > 20 and 0.2 < np.mean(late > 0) < 0.8 and np.abs(late).max() > 1e-3
    restless = run.batches == 1 and run.whole and shaky
    learns = np.abs(run.b[-1]).max(initial=0) > run.lr  # how frequent each class is
    return restless and learns and run.losses.max() < 3.5 and run.losses[-1] > 1


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
