"""A learner's training as far as one can judge it afterwards, and what several predicates ask."""

from copy import deepcopy
from functools import cached_property

import numpy as np

from ..reference import deep_mlp_loss, forward_deep_mlp

STILL = 1e-6  # a learning rate that leaves everything where it is
LARGEST = 2_000_000  # numbers in the examples of a run that is judged


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


def is_one_update(run):
    return len(run.losses) == 1 and run.n <= run.batch_size and run.X.size < 5000


def undone(run, loss_fn, rate):
    """The loss before the one update on all examples that led to the final parameters."""
    before = run.params
    for _ in range(200):
        _, grads = loss_fn(run.X, run.y, before)
        old, before = before, [p + rate * grad for p, grad in zip(run.params, grads, strict=True)]
    still = all(np.allclose(a, b, rtol=0, atol=1e-9) for a, b in zip(old, before, strict=True))
    return loss_fn(run.X, run.y, before)[0] if still else np.nan


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
