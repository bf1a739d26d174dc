"""Wrong `NeuralNetwork`: `backward`."""

# ruff: noqa: N801 - a version has the name of its misconception and no `self`

import numpy as np

from .. import Versions
from ..pieces import Network


class WrongNeuralNetwork(Versions, of="NeuralNetwork"):
    class one_over_n_missing(Network):
        """`backward` takes the gradient of the sum over the {n} examples, so its step is {n} times
        too long. The loss of this course is the mean.

        Where does the 1/n of the mean go when you differentiate the loss?"""

        def _gradients(self, X, y):
            return [len(X) * grad for grad in super()._gradients(X, y)]

    class divided_by_n_twice(Network):
        """`backward` divides by the number of examples twice, so its step is {n} times too short.

        Follow one gradient from A2 - y to the update: how many divisions and means are on the way?
        """

        def _gradients(self, X, y):
            return [grad / len(X) for grad in super()._gradients(X, y)]

    class divided_by_all_entries(Network):
        """`backward` divides by the number of entries of y, n times k, not by that of the examples.

        Which axis of (n, k) counts the examples?"""

        def _gradients(self, X, y):
            return [grad / y.shape[1] for grad in super()._gradients(X, y)]

    class uphill(Network):
        """`backward` steps up the loss, not down: either you add the gradient, or the error
        compares label and output in the wrong order.

        Where the network says too much, A2 - y is positive. Which way should its score go?"""

        def _step(self, dW1, db1, dW2, db2, lr):
            super()._step(dW1, db1, dW2, db2, -lr)

    class relu_slope_forgotten(Network):
        """`backward` leaves out relu's slope, so even hidden units that were off learn.

        What is the slope of ReLU where its input is negative?"""

        def _gradients(self, X, y):
            delta2 = (self.A2 - y) / len(X)
            return self._gradients_of(X, delta2, delta2 @ self.W2.T)

    class activation_for_its_slope(Network):
        """`backward` multiplies the error by the hidden activations, not by ReLU's slope, 1 or 0.

        Two units have the activations 0.1 and 5: how steep is ReLU at each?"""

        def _gradients(self, X, y):
            delta2 = (self.A2 - y) / len(X)
            return self._gradients_of(X, delta2, delta2 @ self.W2.T * self.A1)

    class relu_of_the_error(Network):
        """`backward` puts the error itself through ReLU and drops its negative entries. It is the
        hidden unit that decides whether an error gets through, not the error's sign.

        At which numbers is the slope of ReLU taken: those of the forward pass, or the errors?"""

        def _gradients(self, X, y):
            delta2 = (self.A2 - y) / len(X)
            return self._gradients_of(X, delta2, np.maximum(delta2 @ self.W2.T, 0))

    class w2_changed_before_it_is_used(Network):
        """`backward` updates W2 first and then sends the error back through the new W2. The first
        layer's gradient belongs to the weights of the forward pass.

        Which lines still need W2 when you change it?"""

        def backward(self, X, y, lr):
            delta2 = (self.A2 - y) / len(X)
            self.W2 = self.W2 - lr * self.A1.T @ delta2
            self.b2 = self.b2 - lr * delta2.sum(axis=0)
            delta1 = delta2 @ self.W2.T * (self.A1 > 0)
            self.W1 = self.W1 - lr * X.T @ delta1
            self.b1 = self.b1 - lr * delta1.sum(axis=0)

    class softmax_slope_left_in(Network):
        """`backward` multiplies A2 - y by A2 (1 - A2). Softmax and loss together give A2 - y.

        What is left of softmax's slope when you multiply in the derivative of the logarithm?"""

        def _gradients(self, X, y):
            delta2 = (self.A2 - y) * self.A2 * (1 - self.A2) / len(X)
            return self._gradients_of(X, delta2, delta2 @ self.W2.T * (self.A1 > 0))

    class error_of_the_decision(Network):
        """`backward` compares the label with the chosen class, not with the probabilities: where
        the largest one is at the label, the network learns nothing.

        If an example is right with a probability of 0.4, is there nothing left to learn?"""

        def _gradients(self, X, y):
            chosen = np.eye(y.shape[1])[self.A2.argmax(axis=1)]
            delta2 = (chosen - y) / len(X)
            return self._gradients_of(X, delta2, delta2 @ self.W2.T * (self.A1 > 0))

    class labels_smoothed(Network):
        """`backward` moves a tenth of each label to all classes, which is called label smoothing.
        The step should belong to the labels as they are.

        Which `y` does the loss that `train` returns compare the probabilities with?"""

        def _gradients(self, X, y):
            return super()._gradients(X, 0.9 * y + 0.1 / y.shape[1])

    class bias_gradients_averaged_again(Network):
        """`backward` takes the mean of the error for the biases, although the error already
        contains the 1/n: their steps are {n} times too short.

        What does `sum(axis=0)` of an error that was divided by n give?"""

        def _gradients(self, X, y):
            dW1, db1, dW2, db2 = super()._gradients(X, y)
            return dW1, db1 / len(X), dW2, db2 / len(X)

    class bias_gradients_not_averaged(Network):
        """`backward` divides the gradients of the weights by the number of examples, but not those
        of the biases: their steps are {n} times too long.

        Which of your four gradients contain the 1/n of the mean?"""

        def _gradients(self, X, y):
            dW1, db1, dW2, db2 = super()._gradients(X, y)
            return dW1, len(X) * db1, dW2, len(X) * db2

    class biases_per_example(Network):
        """`backward` subtracts every example's error from the biases without adding up the
        examples, so a bias gets a row for each example.

        Which axis of (n, h) has to disappear, and what makes it disappear?"""

        def backward(self, X, y, lr):
            delta2 = (self.A2 - y) / len(X)
            delta1 = delta2 @ self.W2.T * (self.A1 > 0)
            self._step(X.T @ delta1, delta1, self.A1.T @ delta2, delta2, lr)

    class biases_never_updated(Network):
        """`backward` leaves the biases as they are: they stay 0 forever.

        How many parameters does the network have, and how many lines of `backward` change one?"""

        def _step(self, dW1, db1, dW2, db2, lr):
            super()._step(dW1, 0 * db1, dW2, 0 * db2, lr)

    class first_layer_never_updated(Network):
        """`backward` changes only the output layer; W1 and b1 stay as they were drawn.

        Which of the four gradients does your update use?"""

        def _step(self, dW1, db1, dW2, db2, lr):
            super()._step(0 * dW1, 0 * db1, dW2, db2, lr)

    class gradients_not_applied(Network):
        """`backward` changes no parameter. Gradients that are returned, or subtracted from a
        variable of the method, leave `self.W1` and the others as they are.

        Which line of `backward` gives `self.W1` a new value, and does it stand on the left of `=`?
        """

        def backward(self, X, y, lr):
            return self._gradients(X, y)

    class steps_for_parameters(Network):
        """`backward` replaces each parameter by its step, -lr times the gradient, instead of adding
        the step to it. Python reads `W =- step` as `W = -step`.

        Which operator subtracts from what is there, and in which order are its two signs?"""

        def _step(self, dW1, db1, dW2, db2, lr):
            self.W1, self.b1, self.W2, self.b2 = -lr * dW1, -lr * db1, -lr * dW2, -lr * db2

    class lr_ignored_by_backward(Network):
        """`backward` takes steps of 0.01 times the gradient, whatever `lr` it gets.

        Where does the argument `lr` appear in your update?"""

        def backward(self, X, y, lr=0.01):
            super().backward(X, y, 0.01)

    class gradients_pile_up(Network):
        """`backward` adds up the gradients of all calls, so the second step is already wrong.

        Which of the numbers that you keep on `self` should start over with each call?"""

        def backward(self, X, y, lr):
            grads = self._gradients(X, y)
            before = getattr(self, "grads", [0.0] * 4)
            self.grads = [old + new for old, new in zip(before, grads, strict=True)]
            self._step(*self.grads, lr)

    class forward_repeated_between_the_layers(Network):
        """`backward` updates the output layer, runs `forward` again, and only then computes the
        gradient of the hidden layer. All four gradients belong to the same forward pass.

        Which lines of `backward` read numbers that have already changed?"""

        def backward(self, X, y, lr):
            _, _, dW2, db2 = self._gradients(X, y)
            self._step(0 * self.W1, 0 * self.b1, dW2, db2, lr)
            self.forward(X)
            dW1, db1, _, _ = self._gradients(X, y)
            self._step(dW1, db1, 0 * self.W2, 0 * self.b2, lr)

    class momentum_kept(Network):
        """`backward` also repeats 0.9 of the step before, which is momentum. Here a step is `lr`
        times the gradient and nothing else.

        Which of the numbers that you keep on `self` belong to an earlier step?"""

        def _step(self, dW1, db1, dW2, db2, lr):
            steps = getattr(self, "steps", [0.0] * 4)
            grads = (dW1, db1, dW2, db2)
            self.steps = [0.9 * v - lr * grad for v, grad in zip(steps, grads, strict=True)]
            super()._step(*self.steps, -1)
