"""Wrong `NeuralNetwork`: `train` and `predict`."""

# ruff: noqa: N801 - a version has the name of its misconception and no `self`

import numpy as np

from .. import Versions, recognized
from ..pieces import Network
from ..reference import cross_entropy, forward_mlp


def _changed_by_asking(answer, steps):
    """The parameters read at the end differ from those at the start, and nothing has learned."""
    actions, _, names, *_ = zip(*steps, strict=True)
    read = actions[1:5] == ("start",) * 4 and actions[-4:] == ("get",) * 4
    learned = {"backward", "train"} & set(names)
    return read and not learned and not all(map(np.array_equal, answer[:4], answer[-4:]))


def _with_others_before(answer, steps):
    """The losses that `train` should give come last, after some of an earlier training."""
    actions, _, names, args, kwargs = zip(*steps, strict=True)
    if actions[:6] != ("new", *["start"] * 4, "ask") or names[5] != "train":
        return False
    given = dict(zip(("X", "y", "epochs"), args[5], strict=False)) | kwargs[5]
    first = cross_entropy(forward_mlp(given["X"], *answer[:4])[1], given["y"])
    losses = np.array(answer[4], dtype=float)
    others = len(losses) - given["epochs"]
    return others > 0 and np.isclose(losses[others], first) and not np.isclose(losses[0], first)


class WrongNeuralNetwork(Versions, of="NeuralNetwork"):
    class loss_over_all_entries(Network):
        """`train` returns losses of {got}, not {expected}: `np.mean(y * np.log(A))` divides by n
        times k. The mean is over the examples, and the classes of an example are added up.

        Which number does `np.mean` of an array of shape (n, k) divide by?"""

        def _loss(self, A, y):
            return cross_entropy(A, y) / y.shape[1]

    class loss_summed(Network):
        """`train` returns losses of {got}, not {expected}: sums over the examples, not means.

        Should the loss double when every example is there twice?"""

        def _loss(self, A, y):
            return cross_entropy(A, y) * len(y)

    class loss_with_its_sign(Network):
        """`train` returns negative losses, {got}, not {expected}: the logarithm of a probability is
        negative, and the minus before it is missing.

        Which sign makes a bad probability a large loss?"""

        def _loss(self, A, y):
            return -cross_entropy(A, y)

    class loss_after_the_step(Network):
        """`train` returns the loss after each step: {got}, not {expected}. The list should begin
        with the loss before the network has learned anything.

        In which order does your loop do the forward pass, the loss and the step?"""

        def train(self, X, y, epochs, lr):
            losses = []
            for _ in range(epochs):
                self.forward(X)
                self.backward(X, y, lr)
                losses.append(self._loss(self.forward(X), y))
            return losses

    class every_tenth_loss(Network):
        """`train` keeps only the loss of every tenth epoch. There should be one per epoch.

        How many losses should there be after 12 epochs?"""

        def train(self, X, y, epochs, lr):
            return super().train(X, y, epochs, lr)[::10]

    class last_loss_alone(Network):
        """`train` returns only the loss of the last epoch. It should return those of all epochs.

        Where in the loop do you add a loss to a list?"""

        def train(self, X, y, epochs, lr):
            return super().train(X, y, epochs, lr)[-1]

    class last_loss_in_a_list(Network):
        """`train` returns a list of one loss, that of the last epoch: the list starts over in every
        round, or is made only after the loop.

        Which lines have to run once per epoch, and which only once before the loop?"""

        def train(self, X, y, epochs, lr):
            return super().train(X, y, epochs, lr)[-1:]

    class return_inside_the_loop(Network):
        """`train` ends in its first epoch, with one loss and one step, whatever `epochs` says.

        How far is your `return` indented, and so in which round of the loop is it reached?"""

        def train(self, X, y, epochs, lr):
            return super().train(X, y, 1, lr)

    class accuracies_for_losses(Network):
        """`train` returns the share of examples that the network gets right, {got}, not the loss,
        {expected}.

        Which of the two does `backward` go down, and which does the docstring ask for?"""

        def _loss(self, A, y):
            return float(np.mean(A.argmax(axis=1) == y.argmax(axis=1)))

    class running_means_for_losses(Network):
        """`train` returns the mean of all losses so far, {got}, not the loss of each epoch,
        {expected}.

        Which number of an epoch goes into the list, and which numbers add up over the epochs?"""

        def train(self, X, y, epochs, lr):
            losses = super().train(X, y, epochs, lr)
            return [float(np.mean(losses[: i + 1])) for i in range(len(losses))]

    class losses_not_returned(Network):
        """`train` prints the losses and returns nothing, so the caller gets None.

        Who can draw a curve of what was only printed?"""

        def train(self, X, y, epochs, lr):
            super().train(X, y, epochs, lr)

    class losses_of_earlier_trainings_too(Network):
        """`train` also returns the losses of earlier calls: its list is kept on the object and
        grows from call to call.

        Where is the list created that you append to, and how often?"""

        losses: tuple = ()

        def train(self, X, y, epochs, lr):
            self.losses = [*self.losses, *super().train(X, y, epochs, lr)]
            return self.losses

    @recognized(_with_others_before)
    class losses_of_other_networks_too(Network):
        """`train` also returns the losses of other networks: the list belongs to the class, or is a
        default value, so all networks append to the same one.

        Where is the list created that you append to, and how often does that line run?"""

        others = (1.0, 0.5)

        def train(self, X, y, epochs, lr):
            return [*self.others, *super().train(X, y, epochs, lr)]

    class best_parameters_restored(Network):
        """`train` ends with the parameters that had the smallest loss in its list, and so without
        the last step. It should leave those of the last step.

        How many steps should there be after `epochs` rounds, and which line takes one back?"""

        def train(self, X, y, epochs, lr):
            losses, kept = [], []
            for _ in range(epochs):
                losses.append(self._loss(self.forward(X), y))
                kept.append((self.W1, self.b1, self.W2, self.b2))
                self.backward(X, y, lr)
            self.W1, self.b1, self.W2, self.b2 = kept[int(np.argmin(losses))]
            return losses

    class one_epoch_too_few(Network):
        """`train` runs one epoch fewer than requested.

        How many numbers does `range(1, epochs)` give?"""

        def train(self, X, y, epochs, lr):
            return super().train(X, y, epochs - 1, lr)

    class one_epoch_too_many(Network):
        """`train` runs one epoch more than requested.

        How many numbers does `range(epochs + 1)` give?"""

        def train(self, X, y, epochs, lr):
            return super().train(X, y, epochs + 1, lr)

    class starts_anew_in_train(Network):
        """`train` draws new weights before it begins, so what an earlier call has learned is lost.

        Which method creates the weights, and how often does it run for one network?"""

        def __init__(self, input_size, hidden_size, output_size, rng):
            super().__init__(input_size, hidden_size, output_size, rng)
            self.sizes, self.rng = (input_size, hidden_size, output_size), rng

        def train(self, X, y, epochs, lr):
            self.__init__(*self.sizes, self.rng)
            return super().train(X, y, epochs, lr)

    class one_example_at_a_time(Network):
        """`train` takes one step per example, not one step per epoch on all the examples together.

        How many steps should there be after 3 epochs?"""

        def train(self, X, y, epochs, lr):
            losses = []
            for _ in range(epochs):
                losses.append(self._loss(self.forward(X), y))
                for i in range(len(X)):
                    self.forward(X[i : i + 1])
                    self.backward(X[i : i + 1], y[i : i + 1], lr)
            return losses

    class batches_of_32(Network):
        """`train` takes one step per batch of 32, but here all the examples make one step.

        How large is a batch that holds all the data?"""

        def train(self, X, y, epochs, lr):
            losses = []
            for _ in range(epochs):
                losses.append(self._loss(self.forward(X), y))
                for start in range(0, len(X), 32):
                    rows = slice(start, start + 32)
                    self.forward(X[rows])
                    self.backward(X[rows], y[rows], lr)
            return losses

    class forward_once(Network):
        """`train` runs forward only before the loop: every step uses the first activations.

        Which lines must run again after the weights have changed?"""

        def train(self, X, y, epochs, lr):
            losses, A = [], self.forward(X)
            for _ in range(epochs):
                losses.append(self._loss(A, y))
                self.backward(X, y, lr)
            return losses

    class lr_ignored_by_train(Network):
        """`train` uses its own learning rate, 0.01, and not the `lr` it gets.

        With which `lr` does your `train` call `backward`?"""

        def train(self, X, y, epochs, lr):
            return super().train(X, y, epochs, 0.01)

    class learning_rate_decays(Network):
        """`train` lowers the learning rate from epoch to epoch, but `lr` should stay the same.

        How long should the second step be, relative to its gradient?"""

        def train(self, X, y, epochs, lr):
            losses = []
            for epoch in range(epochs):
                losses += super().train(X, y, 1, lr / (epoch + 1))
            return losses

    class probabilities_for_labels(Network):
        """`predict` returns the probabilities of all classes, not one label per example.

        Which function finds the position of the largest number in a row?"""

        def predict(self, X):
            return self.forward(X)

    class decisions_for_labels(Network):
        """`predict` returns a row for each example, with a 1 where a probability is above 0.5. With
        several classes there may be none, and the label is the position of the largest.

        Which function finds the position of the largest number in a row?"""

        def predict(self, X):
            return (self.forward(X) > 0.5).astype(int)

    class labels_of_the_latest_forward(Network):
        """`predict` answers for the inputs of the latest `forward`, not for those it is given.

        Where does `predict` use its argument X?"""

        def predict(self, X):
            if not hasattr(self, "A2"):
                self.forward(X)
            return self.A2.argmax(axis=1)

    class one_hot_for_labels(Network):
        """`predict` returns one-hot rows. A label is the number of the class, one per example.

        How do you get from the row [0, 0, 1] to the number 2?"""

        def predict(self, X):
            A = self.forward(X)
            return np.equal(A, A.max(axis=1, keepdims=True)).astype(int)

    class largest_probability_for_its_place(Network):
        """`predict` returns the largest probability, {got}, but it should return its position.

        Which function returns the position of a maximum, and not the maximum?"""

        def predict(self, X):
            return self.forward(X).max(axis=1)

    class best_example_of_each_class(Network):
        """`predict` looks down the columns: it returns the example that fits each class best.

        Which axis counts the classes?"""

        def predict(self, X):
            return self.forward(X).argmax(axis=0)

    class labels_from_one(Network):
        """`predict` counts the classes from 1: {got}, not {expected}. Labels begin with 0.

        What is the index of the first entry of an array?"""

        def predict(self, X):
            return self.forward(X).argmax(axis=1) + 1

    class labels_as_a_column(Network):
        """`predict` returns a column of shape (n, 1), but it should return a vector of shape (n,).

        What does `keepdims=True` keep?"""

        def predict(self, X):
            return self.forward(X).argmax(axis=1)[:, None]

    class labels_as_floats(Network):
        """`predict` returns the labels as floating-point numbers. A label counts classes and is
        used as an index, so it is an integer.

        Which dtype does `argmax` give, before you do anything with it?"""

        def predict(self, X):
            return self.forward(X).argmax(axis=1).astype(float)

    @recognized(_changed_by_asking)
    class changed_by_asking(Network):
        """`predict` or `forward` changes the parameters. Asking a network for labels should leave
        it as it is; only `backward` and `train` learn.

        Which lines of `predict` and of `forward` write to W1, b1, W2 or b2?"""

        def predict(self, X):
            A = self.forward(X)
            labels = A.argmax(axis=1)
            self.backward(X, np.eye(A.shape[1])[labels], 0.1)
            return labels
