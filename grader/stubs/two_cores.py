"""Training on two cores: a gift to read and use, with nothing to write.

This file is complete, in `exercises` too. No chapter asks for it and nothing in it is graded. It
trains the two-layer perceptron of chapter 3.4 in two processes, which takes about half the time.
The results are those of `gradient_descent` with `mlp_loss`, or of `adam_descent`, up to rounding:

    if __name__ == "__main__":
        with TwoCores(X, y, [W1, b1, W2, b2], Descent(lr=0.1)) as network:
            losses = network.train(epochs=5, rng=np.random.default_rng(0))
            params = network.params

How the work is divided ("tensor parallelism"):

- Each process owns half of the hidden units: their columns of W1, entries of b1 and rows of W2.
  It alone computes with these and updates them, so they stay in its own core's cache.
- A score is a sum over all hidden units. Once per update, the processes exchange their sums over
  half of them, (n, k) numbers, through memory that both see. They exchange nothing else.
- Both then compute the same probabilities and the same b2. A second exchange would take longer.

Python runs one thread of a process at a time, except inside long NumPy calls. The calls here are
short, so two threads were slower than one. The threads of BLAS, the library behind NumPy's matrix
products, share each product and then wait for each other; here BLAS uses one thread per process.

A script needs the `if`: the second process imports the script, and must not start a third process.
A notebook needs none. With one core, or in a browser, one process does all the work.
"""

import contextlib
import multiprocessing
import os
import signal
import sys

import numpy as np

SPINS = 2000  # how often a process asks, for a fraction of a millisecond, before it falls asleep
PATIENCE = 0.2  # seconds of sleep after which it looks whether the other process is still there
LARGE = 1e3  # Adam's unit is 1 again from here on, long before numbers overflow
PLACE = 'in a script, `TwoCores` belongs below `if __name__ == "__main__":`'


class Descent:
    """Plain gradient descent with learning rate lr.

    `scale` is a factor that the gradients already contain. They are proportional to delta2, which
    has a few hundred entries, so the factor costs next to nothing there.
    """

    def __init__(self, lr):
        self.scale = lr

    def start(self, params):
        """Prepare to update these parameters, a one-dimensional array."""

    def step(self, params, grads):
        """Update params in place."""
        params -= grads


class Adam:
    """Adam, as in chapter 5.1 but in place and with fewer operations; 0 < beta2 < 1.

    It divides an average of gradients by one of their size, so their unit does not matter. A unit
    that shrinks by sqrt(beta2) with each update makes the old squares in v count less by itself,
    without a multiplication: `scale` grows, and all gradients arrive multiplied by it.
    """

    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.growth = beta2**-0.5

    def start(self, params):
        """Set the averages and the number of updates to 0."""
        self.m, self.v = np.zeros_like(params), np.zeros_like(params)
        self.t, self.scale = 0, 1.0

    def step(self, params, grads):
        """Update params in place; grads is used as workspace."""
        self.t += 1
        root = ((1 - self.beta2**self.t) / (1 - self.beta2)) ** 0.5
        self.m *= self.beta1 * self.growth
        self.m += grads
        grads *= grads
        self.v += grads
        np.sqrt(self.v, out=grads)
        grads += self.eps * root * self.scale
        np.divide(self.m, grads, out=grads)
        grads *= self.lr * root * (1 - self.beta1) / (1 - self.beta1**self.t)
        params -= grads
        if self.scale > LARGE:
            self.m /= self.scale
            self.v /= self.scale**2
            self.scale = 1.0
        self.scale *= self.growth


class TwoCores:
    """A two-layer perceptron that two processes train; the second starts here, once.

    Args:
        X: inputs of shape (n, d).
        y: one-hot labels of shape (n, k).
        params: [W1, b1, W2, b2] to start from, with h hidden units; not changed.
        update: `Descent(lr)` or `Adam(lr)`.
        batch_size: examples per update, an int of at least 1.
        processes: 1 or 2; None means 2 where there are two cores.

    Raises:
        ValueError: if X, y and params do not fit together.
        RuntimeError: if a second process cannot be started.
    """

    def __init__(self, X, y, params, update, batch_size=64, processes=None):
        W1, b1, W2, b2 = params
        if X.shape != (len(y), len(W1)) or y.shape != (len(X), len(b2)):
            raise ValueError(f"X {X.shape}, y {y.shape}, W1 {W1.shape}, b2 {b2.shape} do not fit")
        processes = min(processes or possible_processes(), len(b1))
        dtype = np.result_type(np.float32, X, *params)
        parts = [  # each is one array, so that an update is a few operations on all of it
            np.concatenate([A.ravel() for A in (W1[:, units], b1[units], W2[units], b2)])
            for units in np.array_split(np.arange(len(b1)), processes)
        ]
        sums = np.zeros((2, processes, len(b2), min(batch_size, len(X))))  # each is (k, n), as y.T
        arrays = [np.ascontiguousarray(A, dtype) for A in (X, y.T, sums, *parts)]
        arrays += [np.arange(len(X)), np.zeros(1, bool)]  # the order, and is_first
        self.process, meeting = None, None
        if processes == 2:
            if multiprocessing.current_process().daemon:
                message = f"this process may not start another: {PLACE}; elsewhere pass processes=1"
                raise RuntimeError(message)
            context = multiprocessing.get_context("spawn")  # a fresh process on every system
            memory = [shared(A) for A in arrays]
            arrays = [opened(*each) for each in memory]
            first, second = context.Semaphore(0), context.Semaphore(0)
            self.process = context.Process(
                target=serve, args=(memory, update, batch_size, second, first), daemon=True
            )
            self.process.start()
            meeting = Meeting(first, second, self.process)
            meeting.wait()  # until it has started
        self.part = Part(0, arrays, update, batch_size, meeting)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """End the second process."""
        if self.process:
            self.process.terminate()
            self.process.join()

    @property
    def params(self):
        """The current [W1, b1, W2, b2], new arrays."""
        W1, b1, W2, b2 = zip(*map(self.part.layers, self.part.all_params), strict=True)
        return [np.hstack(W1), np.hstack(b1), np.vstack(W2), b2[0].copy()]

    def train(self, epochs=1, rng=None):
        """Train from the current parameters; Adam's averages start from 0.

        Args:
            epochs: number of passes over the data.
            rng: numpy.random.Generator for the shuffling; None means `np.random.default_rng()`.

        Returns:
            List of floats, one per update: the loss of that batch just before it.

        Raises:
            Ended: if the second process has ended; it is a RuntimeError.
        """
        rng, part, losses = np.random.default_rng(rng), self.part, []
        try:
            with one_thread() if self.process else contextlib.nullcontext():
                for number in range(epochs):
                    part.order[:], part.is_first[:] = rng.permutation(len(part.X)), number == 0
                    losses += part.epoch()
        except BaseException:  # Ctrl-C, for example: the processes are no longer at the same batch
            self.close()
            raise
        return losses


class Part:
    """What a process does with its part of the hidden units.

    Scores, probabilities and labels are (k, n) here: a maximum over the first axis compares whole
    rows, which is faster.
    """

    def __init__(self, number, arrays, update, batch_size, meeting):
        self.X, self.y, self.sums, *self.all_params, self.order, self.is_first = arrays
        self.number, self.update, self.batch_size = number, update, batch_size
        self.meeting, self.turn = meeting, 0
        self.params = self.all_params[number]
        self.grads = np.empty_like(self.params)
        self.images = np.empty((self.sums.shape[3], self.X.shape[1]), self.X.dtype)

    def layers(self, flat):
        """Return W1, b1, W2 and b2 as views of parts of one array."""
        d, k = self.X.shape[1], len(self.y)
        h = (len(flat) - k) // (d + 1 + k)
        W1, b1, W2, b2 = np.split(flat, np.cumsum([d * h, h, h * k]))
        return W1.reshape(d, h), b1, W2.reshape(h, k), b2

    def epoch(self):
        """Train for one epoch, in the order that the first process has drawn; return the losses."""
        self.meet()  # the order is there
        if self.is_first[0]:
            self.update.start(self.params)
        layers, gradients = self.layers(self.params), self.layers(self.grads)
        starts = range(0, len(self.X), self.batch_size)
        losses = [self.step(self.order[i : i + self.batch_size], layers, gradients) for i in starts]
        self.meet()  # the last update is done
        return losses

    def step(self, batch, layers, gradients):
        """Train on one batch; return its loss."""
        (_, _, W2, _), (dW1, db1, dW2, db2) = layers, gradients
        n = len(batch)
        X = self.X.take(batch, axis=0, out=self.images[:n], mode="clip")  # "raise" copies twice
        H, A = self.forward(X, *layers)
        y = self.y.take(batch, axis=1)
        loss = -np.vdot(y, np.log(np.maximum(A, np.finfo(A.dtype).tiny))) / n
        A -= y
        A *= self.update.scale / n  # now delta2, times scale
        dH = np.matmul(A.T, W2.T)
        dH *= H > 0
        np.matmul(X.T, dH, out=dW1)
        dH.sum(axis=0, out=db1)
        np.matmul(H.T, A.T, out=dW2)
        A.sum(axis=1, out=db2)
        self.update.step(self.params, self.grads)
        return float(loss)

    def forward(self, X, W1, b1, W2, b2):
        """Return the activations of the own hidden units, and the probabilities."""
        H = np.matmul(X, W1)
        H += b1
        np.maximum(H, 0, out=H)
        self.turn = 1 - self.turn  # the other may still be reading the sums of the last batch
        sums = self.sums[self.turn, ..., : len(X)]
        np.matmul(W2.T, H.T, out=sums[self.number])
        self.meet()  # the other sum is there
        A = sums.sum(axis=0)
        A += b2[:, None]
        A -= A.max(axis=0)
        np.exp(A, out=A)
        A /= A.sum(axis=0)
        return H, A

    def meet(self):
        """Wait for the other process, if there is one."""
        if self.meeting:
            self.meeting.wait()


class Ended(RuntimeError):
    """The other process is no longer there."""


class Meeting:
    """A point where two processes wait for each other.

    Semaphores also guarantee, on every kind of processor, that what a process wrote before the
    meeting can be read by the other one after it.
    """

    def __init__(self, mine, theirs, other):
        self.mine, self.theirs, self.other = mine, theirs, other

    def wait(self):
        """Return when the other process is here too; raise `Ended` if it is no longer there."""
        self.mine.release()
        for _ in range(SPINS):  # waking up takes longer than the usual wait
            if self.theirs.acquire(False):
                return
        while not self.theirs.acquire(True, PATIENCE):
            if not self.other.is_alive():
                raise Ended(f"the second process has ended: {PLACE}; elsewhere make a new one")


def serve(memory, update, batch_size, mine, theirs):
    """Train the second part, in the second process, for as long as the first process is there."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the first, which ends this one
    meeting = Meeting(mine, theirs, multiprocessing.parent_process())
    part = Part(1, [opened(*each) for each in memory], update, batch_size, meeting)
    with one_thread(), contextlib.suppress(Ended):
        meeting.wait()
        while True:
            part.epoch()


def possible_processes():
    """Return 2 if there are two cores, else 1; a browser has no processes."""
    if sys.platform == "emscripten":
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return min(2, cores or 1)


def one_thread():
    """Return a context in which BLAS uses one thread."""
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, user_api="blas")


def shared(A):
    """Copy an array to memory that both processes see; return the arguments of `opened`."""
    memory = multiprocessing.RawArray("b", A.nbytes)
    opened(memory, A.shape, A.dtype)[...] = A
    return memory, A.shape, A.dtype


def opened(memory, shape, dtype):
    """Return the array in this memory, without a copy."""
    return np.frombuffer(memory, dtype).reshape(shape)
