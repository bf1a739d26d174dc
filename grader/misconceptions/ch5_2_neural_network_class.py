"""Wrong answers in chapter 5.2: each is the right class with one method of its own."""

# ruff: noqa: N801 - each class has the name of its misconception

import copy

import numpy as np

from . import wrong
from .reference import (
    backward_deep_mlp,
    cross_entropy,
    forward_mlp,
    he_init,
    relu,
    sigmoid,
    softmax,
)


class _Network:
    """The class done right, in pieces that a wrong version can replace."""

    def __init__(self, input_size, hidden_size, output_size, rng):
        self.W1, self.b1 = self._layer(input_size, hidden_size, rng)
        self.W2, self.b2 = self._layer(hidden_size, output_size, rng)

    def _layer(self, fan_in, fan_out, rng):
        return he_init(fan_in, fan_out, rng)

    def forward(self, X):
        self.A1, self.A2 = forward_mlp(X, self.W1, self.b1, self.W2, self.b2)
        return self.A2

    def _gradients(self, X, y):
        params = [self.W1, self.b1, self.W2, self.b2]
        return backward_deep_mlp(X, [self.A1, self.A2], y, params)

    def _gradients_of(self, X, delta2, delta1):
        return [X.T @ delta1, delta1.sum(axis=0), self.A1.T @ delta2, delta2.sum(axis=0)]

    def _step(self, dW1, db1, dW2, db2, lr):
        self.W1, self.b1 = self.W1 - lr * dW1, self.b1 - lr * db1
        self.W2, self.b2 = self.W2 - lr * dW2, self.b2 - lr * db2

    def backward(self, X, y, lr):
        self._step(*self._gradients(X, y), lr)

    def _loss(self, A, y):
        return cross_entropy(A, y)

    def train(self, X, y, epochs, lr):
        losses = []
        for _ in range(epochs):
            losses.append(self._loss(self.forward(X), y))
            self.backward(X, y, lr)
        return losses

    def predict(self, X):
        return self.forward(X).argmax(axis=1)


# The start


@wrong("NeuralNetwork")
class biases_as_rows(_Network):
    """`__init__` makes the biases rows of shape (1, k), as in some books; here they are vectors of
    shape (k,).

    What argument makes `np.zeros` return one number per unit, without a second axis?
    """

    def __init__(self, input_size, hidden_size, output_size, rng):
        super().__init__(input_size, hidden_size, output_size, rng)
        self.b1, self.b2 = self.b1[None], self.b2[None]

    def backward(self, X, y, lr):
        dW1, db1, dW2, db2 = self._gradients(X, y)
        self._step(dW1, db1[None], dW2, db2[None], lr)


@wrong("NeuralNetwork")
class variance_as_deviation(_Network):
    """`__init__` scales the normal numbers by 2 / fan_in itself. That is the variance, but a scale
    is a standard deviation.

    Which function turns a variance into a standard deviation?
    """

    def _layer(self, fan_in, fan_out, rng):
        return rng.normal(0, 2 / fan_in, size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("NeuralNetwork")
class start_not_scaled(_Network):
    """`__init__` draws weights with standard deviation 1, whatever the size of the layer: hundreds
    of inputs add up, and the network is very sure before it knows anything.

    What should you divide the variance by, so that many inputs do not make a large sum?
    """

    def _layer(self, fan_in, fan_out, rng):
        return rng.normal(size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("NeuralNetwork")
class start_times_a_hundredth(_Network):
    """`__init__` scales the weights by a fixed factor of 0.01. That suits one size of layer; He's
    rule depends on the number of inputs.

    How large should the weights be in a layer with 100 inputs, and in one with 300?
    """

    def _layer(self, fan_in, fan_out, rng):
        return 0.01 * rng.normal(size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("NeuralNetwork")
class zero_start(_Network):
    """`__init__` starts with weights of 0. Then all hidden units are identical, get the same
    gradient, and stay identical forever.

    What must make two hidden units differ before the data can?
    """

    def _layer(self, fan_in, fan_out, rng):
        return np.zeros((fan_in, fan_out)), np.zeros(fan_out)


@wrong("NeuralNetwork")
class xavier_start(_Network):
    """`__init__` uses Xavier's variance 2 / (fan_in + fan_out), which is meant for tanh. ReLU
    halves the signal, and He's 2 / fan_in makes up for it.

    Which of a layer's two sizes decides how many terms a unit adds up?
    """

    def _layer(self, fan_in, fan_out, rng):
        scale = np.sqrt(2 / (fan_in + fan_out))
        return rng.normal(0, scale, size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("NeuralNetwork")
class scaled_by_fan_out(_Network):
    """`__init__` divides the variance by the number of the layer's outputs, but He's rule divides
    by the number of its inputs.

    How many products does one unit add up?
    """

    def _layer(self, fan_in, fan_out, rng):
        return rng.normal(0, np.sqrt(2 / fan_out), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("NeuralNetwork")
class both_layers_scaled_by_input_size(_Network):
    """`__init__` scales W2 by the number of the network's inputs, but the inputs of the second
    layer are the hidden units.

    How many numbers does one output unit get?
    """

    def __init__(self, input_size, hidden_size, output_size, rng):
        super().__init__(input_size, hidden_size, output_size, rng)
        self.W2 = self.W2 * np.sqrt(hidden_size / input_size)


@wrong("NeuralNetwork")
class random_biases(_Network):
    """`__init__` draws the biases at random too. The weights already make the units differ, so the
    biases start at 0.

    What would a bias other than 0 say before the network has seen any example?
    """

    def _layer(self, fan_in, fan_out, rng):
        W, _ = he_init(fan_in, fan_out, rng)
        return W, rng.normal(0, np.sqrt(2 / fan_in), size=fan_out)


@wrong("NeuralNetwork")
class own_seed(_Network):
    """`__init__` creates a generator with a fixed seed, so every network starts with the same
    weights, whichever `rng` it gets.

    Who should choose the random numbers: the class, or the code that creates a network?
    """

    def __init__(self, input_size, hidden_size, output_size, rng):
        super().__init__(input_size, hidden_size, output_size, np.random.default_rng(0))


@wrong("NeuralNetwork")
class same_numbers_for_both_layers(_Network):
    """`__init__` fills both layers from the same random numbers: the generator starts over for the
    second one.

    What happens to a generator when you draw from it, and to a copy of it when you do not?
    """

    def _layer(self, fan_in, fan_out, rng):
        return he_init(fan_in, fan_out, copy.deepcopy(rng))


@wrong("NeuralNetwork")
class weights_in_the_class(_Network):
    """You keep the parameters on the class, not on `self`: the network created last overwrites
    those of all others, and each step changes them all.

    Where does `NeuralNetwork.W1 = ...` store the array, and where does `self.W1 = ...`?
    """

    def __setattr__(self, name, value):
        setattr(type(self), name, value)


@wrong("NeuralNetwork")
class activations_in_the_class(_Network):
    """`forward` keeps the activations on the class, not on `self`, so `backward` of one network
    uses those of whichever network ran forward last.

    Who else reads and writes what is stored on the class?
    """

    def __setattr__(self, name, value):
        super().__setattr__(name, value) if name[0] in "Wb" else setattr(type(self), name, value)


# Forward


@wrong("NeuralNetwork")
class scores_for_probabilities(_Network):
    """`forward` returns the scores A1 W2 + b2 as they are. They can be negative and add up to
    anything; probabilities need softmax.

    What turns a row of scores into numbers above 0 that sum to 1?
    """

    def forward(self, X):
        self.A1 = relu(X @ self.W1 + self.b1)
        self.A2 = self.A1 @ self.W2 + self.b2
        return self.A2


@wrong("NeuralNetwork")
class sigmoid_for_softmax(_Network):
    """`forward` ends with a sigmoid per class, so the numbers of one example do not sum to 1: {got}
    instead of {expected}.

    Can an example belong to several classes at once, or only to one?
    """

    def forward(self, X):
        self.A1 = relu(X @ self.W1 + self.b1)
        self.A2 = sigmoid(self.A1 @ self.W2 + self.b2)
        return self.A2


@wrong("NeuralNetwork")
class hidden_layer_without_relu(_Network):
    """`forward` leaves out the ReLU of the hidden layer. Two linear layers in a row are one linear
    layer, so the network can learn no more than that.

    What comes between X W1 + b1 and A1?
    """

    def forward(self, X):
        self.A1 = X @ self.W1 + self.b1
        self.A2 = softmax(self.A1 @ self.W2 + self.b2)
        return self.A2


@wrong("NeuralNetwork")
class biases_not_added(_Network):
    """`forward` does not add the biases. At the start they are 0 and nobody notices; after the
    first step they matter.

    Which two parameters does your `forward` not read?
    """

    def forward(self, X):
        self.A1 = relu(X @ self.W1)
        self.A2 = softmax(self.A1 @ self.W2)
        return self.A2


@wrong("NeuralNetwork")
class relu_on_the_output(_Network):
    """`forward` puts the output's scores through ReLU before softmax, so all negative ones count as
    0: {got} instead of {expected}.

    Which layers of this network have a ReLU?
    """

    def forward(self, X):
        self.A1 = relu(X @ self.W1 + self.b1)
        self.A2 = softmax(relu(self.A1 @ self.W2 + self.b2))
        return self.A2


@wrong("NeuralNetwork")
class softmax_over_the_examples(_Network):
    """`forward` divides by sums over the examples, so the columns sum to 1 and not the rows. Then
    the answer for one example depends on the others.

    Which axis counts the classes?
    """

    def forward(self, X):
        self.A1 = relu(X @ self.W1 + self.b1)
        self.A2 = softmax((self.A1 @ self.W2 + self.b2).T).T
        return self.A2


@wrong("NeuralNetwork")
class softmax_overflows(_Network):
    """`forward` takes the exponential of the scores as they are. Large ones overflow to inf, and
    inf divided by inf is nan.

    What can you subtract from all scores of an example without changing its softmax?
    """

    def forward(self, X):
        self.A1 = relu(X @ self.W1 + self.b1)
        e = np.exp(self.A1 @ self.W2 + self.b2)
        self.A2 = e / e.sum(axis=1, keepdims=True)
        return self.A2


@wrong("NeuralNetwork")
class forward_gives_both_layers(_Network):
    """`forward` returns (A1, A2), like `forward_mlp` of chapter 3.3. The method should return only
    the probabilities and keep the hidden activations on `self`.

    Who needs A1, and where can that method find it?
    """

    def forward(self, X):
        A2 = super().forward(X)
        return self.A1, A2

    def train(self, X, y, epochs, lr):
        losses = []
        for _ in range(epochs):
            losses.append(cross_entropy(self.forward(X)[1], y))
            self.backward(X, y, lr)
        return losses

    def predict(self, X):
        return self.forward(X)[1].argmax(axis=1)


@wrong("NeuralNetwork")
class forward_gives_nothing(_Network):
    """`forward` keeps the probabilities on `self` and returns nothing, so the caller gets None.

    What does the last line of a method do if the caller needs a result?
    """

    def forward(self, X):
        super().forward(X)

    def train(self, X, y, epochs, lr):
        losses = []
        for _ in range(epochs):
            self.forward(X)
            losses.append(cross_entropy(self.A2, y))
            self.backward(X, y, lr)
        return losses

    def predict(self, X):
        self.forward(X)
        return self.A2.argmax(axis=1)


# Backward


@wrong("NeuralNetwork")
class one_over_n_missing(_Network):
    """`backward` takes the gradient of the sum over the {n} examples, so its step is {n} times too
    long. The loss of this course is the mean.

    Where does the 1/n of the mean go when you differentiate the loss?
    """

    def _gradients(self, X, y):
        return [len(X) * grad for grad in super()._gradients(X, y)]


@wrong("NeuralNetwork")
class divided_by_n_twice(_Network):
    """`backward` divides by the number of examples twice, so its step is {n} times too short.

    Follow one gradient from A2 - y to the update: how many divisions and means are on the way?
    """

    def _gradients(self, X, y):
        return [grad / len(X) for grad in super()._gradients(X, y)]


@wrong("NeuralNetwork")
class divided_by_all_entries(_Network):
    """`backward` divides by the number of entries of y, n times k. The mean of the loss runs over
    the examples only.

    Which axis of (n, k) counts the examples?
    """

    def _gradients(self, X, y):
        return [grad / y.shape[1] for grad in super()._gradients(X, y)]


@wrong("NeuralNetwork")
class uphill(_Network):
    """`backward` steps up the loss, not down: either you add the gradient, or the error compares
    label and output in the wrong order.

    Where the network says too much, A2 - y is positive. Which way should its score go?
    """

    def _step(self, dW1, db1, dW2, db2, lr):
        super()._step(dW1, db1, dW2, db2, -lr)


@wrong("NeuralNetwork")
class relu_slope_forgotten(_Network):
    """`backward` sends the error through the hidden layer without the slope of ReLU, so units that
    were off learn too.

    What is the slope of ReLU where its input is negative?
    """

    def _gradients(self, X, y):
        delta2 = (self.A2 - y) / len(X)
        return self._gradients_of(X, delta2, delta2 @ self.W2.T)


@wrong("NeuralNetwork")
class activation_for_its_slope(_Network):
    """`backward` multiplies the error by the hidden activations themselves, but the slope of ReLU
    is 1 or 0.

    Two units have the activations 0.1 and 5: how steep is ReLU at each?
    """

    def _gradients(self, X, y):
        delta2 = (self.A2 - y) / len(X)
        return self._gradients_of(X, delta2, delta2 @ self.W2.T * self.A1)


@wrong("NeuralNetwork")
class w2_changed_before_it_is_used(_Network):
    """`backward` updates W2 first and then sends the error back through the new W2. The first
    layer's gradient belongs to the weights of the forward pass.

    Which lines still need W2 when you change it?
    """

    def backward(self, X, y, lr):
        delta2 = (self.A2 - y) / len(X)
        self.W2 = self.W2 - lr * self.A1.T @ delta2
        self.b2 = self.b2 - lr * delta2.sum(axis=0)
        delta1 = delta2 @ self.W2.T * (self.A1 > 0)
        self.W1 = self.W1 - lr * X.T @ delta1
        self.b1 = self.b1 - lr * delta1.sum(axis=0)


@wrong("NeuralNetwork")
class softmax_slope_left_in(_Network):
    """`backward` multiplies A2 - y by A2 (1 - A2). Softmax and cross-entropy together already give
    A2 - y.

    What is left of softmax's slope when you multiply in the derivative of the logarithm?
    """

    def _gradients(self, X, y):
        delta2 = (self.A2 - y) * self.A2 * (1 - self.A2) / len(X)
        return self._gradients_of(X, delta2, delta2 @ self.W2.T * (self.A1 > 0))


@wrong("NeuralNetwork")
class error_of_the_decision(_Network):
    """`backward` compares the label with the chosen class, not with the probabilities: where the
    largest one is at the label, the network learns nothing.

    If an example is right with a probability of only 0.4, is there nothing left to learn from it?
    """

    def _gradients(self, X, y):
        chosen = np.eye(y.shape[1])[self.A2.argmax(axis=1)]
        delta2 = (chosen - y) / len(X)
        return self._gradients_of(X, delta2, delta2 @ self.W2.T * (self.A1 > 0))


@wrong("NeuralNetwork")
class bias_gradients_averaged_again(_Network):
    """`backward` takes the mean of the error for the biases, although the error already contains
    the 1/n: their steps are {n} times too short.

    What does `sum(axis=0)` of an error that was divided by n give?
    """

    def _gradients(self, X, y):
        dW1, db1, dW2, db2 = super()._gradients(X, y)
        return dW1, db1 / len(X), dW2, db2 / len(X)


@wrong("NeuralNetwork")
class biases_per_example(_Network):
    """`backward` subtracts every example's error from the biases without adding up the examples, so
    a bias gets a row for each example.

    Which axis of (n, h) has to disappear, and what makes it disappear?
    """

    def backward(self, X, y, lr):
        delta2 = (self.A2 - y) / len(X)
        delta1 = delta2 @ self.W2.T * (self.A1 > 0)
        self._step(X.T @ delta1, delta1, self.A1.T @ delta2, delta2, lr)


@wrong("NeuralNetwork")
class biases_never_updated(_Network):
    """`backward` leaves the biases as they are: they stay 0 forever.

    How many parameters does the network have, and how many lines of `backward` change one?
    """

    def _step(self, dW1, db1, dW2, db2, lr):
        super()._step(dW1, 0 * db1, dW2, 0 * db2, lr)


@wrong("NeuralNetwork")
class first_layer_never_updated(_Network):
    """`backward` changes only the output layer; W1 and b1 stay as they were drawn.

    Which of the four gradients does your update use?
    """

    def _step(self, dW1, db1, dW2, db2, lr):
        super()._step(0 * dW1, 0 * db1, dW2, db2, lr)


@wrong("NeuralNetwork")
class gradients_not_applied(_Network):
    """`backward` computes the gradients and returns them, but no parameter changes.

    Who should take the step: the caller of `backward`, or `backward` itself?
    """

    def backward(self, X, y, lr):
        return self._gradients(X, y)


@wrong("NeuralNetwork")
class lr_ignored_by_backward(_Network):
    """`backward` takes steps of 0.01 times the gradient, whatever `lr` it gets.

    Where does the argument `lr` appear in your update?
    """

    def backward(self, X, y, lr=0.01):
        super().backward(X, y, 0.01)


@wrong("NeuralNetwork")
class gradients_pile_up(_Network):
    """`backward` adds the gradients of this call to those of all earlier calls, so the second step
    is already wrong.

    Which of the numbers that you keep on `self` should start over with each call?
    """

    def backward(self, X, y, lr):
        grads = self._gradients(X, y)
        before = getattr(self, "grads", [0.0] * 4)
        self.grads = [old + new for old, new in zip(before, grads, strict=True)]
        self._step(*self.grads, lr)


# Training


@wrong("NeuralNetwork")
class loss_over_all_entries(_Network):
    """`train` returns losses of {got} instead of {expected}: `np.mean(y * np.log(A))` divides by n
    times k. The mean is over the examples, and the classes of an example are added up.

    Which number does `np.mean` of an array of shape (n, k) divide by?
    """

    def _loss(self, A, y):
        return cross_entropy(A, y) / y.shape[1]


@wrong("NeuralNetwork")
class loss_summed(_Network):
    """`train` returns losses of {got} instead of {expected}: the sum over the examples, not the
    mean.

    Should the loss double when every example is there twice?
    """

    def _loss(self, A, y):
        return cross_entropy(A, y) * len(y)


@wrong("NeuralNetwork")
class loss_with_its_sign(_Network):
    """`train` returns negative losses, {got} instead of {expected}: the logarithm of a probability
    is negative, and the minus before it is missing.

    Which sign makes a bad probability a large loss?
    """

    def _loss(self, A, y):
        return -cross_entropy(A, y)


@wrong("NeuralNetwork")
class loss_after_the_step(_Network):
    """`train` returns the loss after each step: {got} instead of {expected}. The list should begin
    with the loss before the network has learned anything.

    In which order does your loop do the forward pass, the loss and the step?
    """

    def train(self, X, y, epochs, lr):
        losses = []
        for _ in range(epochs):
            self.forward(X)
            self.backward(X, y, lr)
            losses.append(self._loss(self.forward(X), y))
        return losses


@wrong("NeuralNetwork")
class every_tenth_loss(_Network):
    """`train` keeps only the loss of every tenth epoch, as if to print it. There should be one per
    epoch.

    How many losses should there be after 12 epochs?
    """

    def train(self, X, y, epochs, lr):
        return super().train(X, y, epochs, lr)[::10]


@wrong("NeuralNetwork")
class last_loss_alone(_Network):
    """`train` returns one number, the loss of the last epoch. It should return the losses of all
    epochs.

    Where in the loop do you add a loss to a list?
    """

    def train(self, X, y, epochs, lr):
        return super().train(X, y, epochs, lr)[-1]


@wrong("NeuralNetwork")
class losses_not_returned(_Network):
    """`train` prints the losses and returns nothing, so the caller gets None.

    Who can draw a curve of what was only printed?
    """

    def train(self, X, y, epochs, lr):
        super().train(X, y, epochs, lr)


@wrong("NeuralNetwork")
class one_epoch_too_few(_Network):
    """`train` runs one epoch fewer than requested.

    How many numbers does `range(1, epochs)` give?
    """

    def train(self, X, y, epochs, lr):
        return super().train(X, y, epochs - 1, lr)


@wrong("NeuralNetwork")
class one_epoch_too_many(_Network):
    """`train` runs one epoch more than requested.

    How many numbers does `range(epochs + 1)` give?
    """

    def train(self, X, y, epochs, lr):
        return super().train(X, y, epochs + 1, lr)


@wrong("NeuralNetwork")
class starts_anew_in_train(_Network):
    """`train` draws new weights before it begins, so what an earlier call has learned is lost.

    Which method creates the weights, and how often does it run for one network?
    """

    def __init__(self, input_size, hidden_size, output_size, rng):
        super().__init__(input_size, hidden_size, output_size, rng)
        self.sizes, self.rng = (input_size, hidden_size, output_size), rng

    def train(self, X, y, epochs, lr):
        self.__init__(*self.sizes, self.rng)
        return super().train(X, y, epochs, lr)


@wrong("NeuralNetwork")
class one_example_at_a_time(_Network):
    """`train` takes one step per example. Full-batch training takes one step per epoch, on all the
    examples together.

    How many steps should there be after 3 epochs?
    """

    def train(self, X, y, epochs, lr):
        losses = []
        for _ in range(epochs):
            losses.append(self._loss(self.forward(X), y))
            for i in range(len(X)):
                self.forward(X[i : i + 1])
                self.backward(X[i : i + 1], y[i : i + 1], lr)
        return losses


@wrong("NeuralNetwork")
class batches_of_32(_Network):
    """`train` cuts the examples into batches of 32, with one step each. Here all of them together
    make one step.

    How large is a batch that holds all the data?
    """

    def train(self, X, y, epochs, lr):
        losses = []
        for _ in range(epochs):
            losses.append(self._loss(self.forward(X), y))
            for start in range(0, len(X), 32):
                rows = slice(start, start + 32)
                self.forward(X[rows])
                self.backward(X[rows], y[rows], lr)
        return losses


@wrong("NeuralNetwork")
class forward_once(_Network):
    """`train` runs forward only before the loop, so every step uses the activations of the first
    weights.

    Which lines must run again after the weights have changed?
    """

    def train(self, X, y, epochs, lr):
        losses, A = [], self.forward(X)
        for _ in range(epochs):
            losses.append(self._loss(A, y))
            self.backward(X, y, lr)
        return losses


@wrong("NeuralNetwork")
class lr_ignored_by_train(_Network):
    """`train` uses its own learning rate, 0.01, and not the `lr` it gets.

    With which `lr` does your `train` call `backward`?
    """

    def train(self, X, y, epochs, lr):
        return super().train(X, y, epochs, 0.01)


@wrong("NeuralNetwork")
class learning_rate_decays(_Network):
    """`train` lowers the learning rate from epoch to epoch, but it should use the same `lr` in all
    of them.

    How long should the second step be, relative to its gradient?
    """

    def train(self, X, y, epochs, lr):
        losses = []
        for epoch in range(epochs):
            losses += super().train(X, y, 1, lr / (epoch + 1))
        return losses


# Prediction


@wrong("NeuralNetwork")
class probabilities_for_labels(_Network):
    """`predict` returns the probabilities of all classes, but it should return one label per
    example.

    Which function finds the position of the largest number in a row?
    """

    def predict(self, X):
        return self.forward(X)


@wrong("NeuralNetwork")
class one_hot_for_labels(_Network):
    """`predict` returns one-hot rows. A label is the number of the class, one per example.

    How do you get from the row [0, 0, 1] to the number 2?
    """

    def predict(self, X):
        A = self.forward(X)
        return np.equal(A, A.max(axis=1, keepdims=True)).astype(int)


@wrong("NeuralNetwork")
class largest_probability_for_its_place(_Network):
    """`predict` returns the largest probability, {got}, but it should return its position.

    Which function returns the position of a maximum, and not the maximum?
    """

    def predict(self, X):
        return self.forward(X).max(axis=1)


@wrong("NeuralNetwork")
class best_example_of_each_class(_Network):
    """`predict` looks down the columns: for each class it returns the example that fits it best.

    Which axis counts the classes?
    """

    def predict(self, X):
        return self.forward(X).argmax(axis=0)


@wrong("NeuralNetwork")
class labels_from_one(_Network):
    """`predict` counts the classes from 1: {got} instead of {expected}. The labels of this course
    begin with 0.

    What is the index of the first entry of an array?
    """

    def predict(self, X):
        return self.forward(X).argmax(axis=1) + 1


@wrong("NeuralNetwork")
class labels_as_a_column(_Network):
    """`predict` returns the labels as a column of shape (n, 1), but it should return a vector of
    shape (n,).

    What does `keepdims=True` keep?
    """

    def predict(self, X):
        return self.forward(X).argmax(axis=1)[:, None]


@wrong("NeuralNetwork")
class labels_as_floats(_Network):
    """`predict` returns the labels as floating-point numbers. A label counts classes and is used as
    an index, so it is an integer.

    Which dtype does `argmax` give, before you do anything with it?
    """

    def predict(self, X):
        return self.forward(X).argmax(axis=1).astype(float)
