"""Wrong `NeuralNetwork`: `__init__` and `forward`."""

# ruff: noqa: N801 - a version has the name of its misconception and no `self`

import copy

import numpy as np

from .. import Versions, recognized
from ..pieces import Network
from ..reference import (
    backward_deep_mlp,
    cross_entropy,
    forward_mlp,
    he_init,
    he_spread,
    relu,
    sigmoid,
    softmax,
    xavier_spread,
)
from ..shows import starts


def _in_a_layer(predicate):
    """Recognizes a new network of which at least one large layer starts like this."""

    def recognizes(answer, steps):
        W1, b1, W2, b2 = answer
        layers = [layer for layer in ((W1, b1), (W2, b2)) if layer[0].size > 1000]
        return any(predicate(layer, *layer[0].shape, None) for layer in layers)

    return recognizes


def _has_spread(scale):
    return _in_a_layer(starts.spread(he_spread, scale))


def _overwritten(answer, steps):
    """The parameters of a first network, read again, are those of a second one, and its step moves
    the second one too.
    """
    first, second, still, _, second_now = (answer[i : i + 4] for i in range(0, 20, 4))
    return _same(second, still) and not _same(first, still) and not _same(second, second_now)


def _same(params, others):
    return all(map(np.array_equal, params, others))


class WrongNeuralNetwork(Versions, of="NeuralNetwork"):
    class biases_as_rows(Network):
        """`__init__` makes the biases rows of shape (1, k), not vectors of shape (k,).

        What argument makes `np.zeros` return one number per unit, without a second axis?"""

        def __init__(self, input_size, hidden_size, output_size, rng):
            super().__init__(input_size, hidden_size, output_size, rng)
            self.b1, self.b2 = self.b1[None], self.b2[None]

        def backward(self, X, y, lr):
            dW1, db1, dW2, db2 = self._gradients(X, y)
            self._step(dW1, db1[None], dW2, db2[None], lr)

    @recognized(_in_a_layer(starts.no_root))
    class variance_as_deviation(Network):
        """`__init__` scales by 2 / fan_in. That is the variance, but a scale is a standard
        deviation.

        Which function turns a variance into a standard deviation?"""

        def _layer(self, fan_in, fan_out, rng):
            return rng.normal(0, 2 / fan_in, size=(fan_in, fan_out)), np.zeros(fan_out)

    @recognized(_has_spread(lambda *fans: 1))
    class start_not_scaled(Network):
        """`__init__` draws weights with standard deviation 1, whatever the size of the layer:
        hundreds of inputs add up, and the network is very sure before it knows anything.

        What should you divide the variance by, so that many inputs do not make a large sum?"""

        def _layer(self, fan_in, fan_out, rng):
            return rng.normal(size=(fan_in, fan_out)), np.zeros(fan_out)

    @recognized(_in_a_layer(starts.fixed(he_spread)))
    class start_times_a_fixed_factor(Network):
        """`__init__` scales the weights by a fixed small factor. That suits one size of layer; He's
        rule depends on the number of inputs.

        How large should the weights be in a layer with 100 inputs, and in one with 300?"""

        def _layer(self, fan_in, fan_out, rng):
            return 0.01 * rng.normal(size=(fan_in, fan_out)), np.zeros(fan_out)

    @recognized(_in_a_layer(starts.is_uniform))
    class uniform_start(Network):
        """`__init__` spreads the weights evenly between two limits. He's rule draws them from the
        normal distribution, the bell curve around 0.

        Which method of a generator draws normal numbers, and which spread do they need here?"""

        def _layer(self, fan_in, fan_out, rng):
            return rng.uniform(0, 1, size=(fan_in, fan_out)), np.zeros(fan_out)

    @recognized(_has_spread(lambda fan_in, fan_out: np.sqrt(1 / fan_in)))
    class factor_two_forgotten(Network):
        """`__init__` gives the weights the variance 1 / fan_in, half of what it should be. ReLU
        sets half of the units to 0, and the weights have to make up for that.

        Which number is above the fraction bar in He's rule?"""

        def _layer(self, fan_in, fan_out, rng):
            W, b = super()._layer(fan_in, fan_out, rng)
            return W / np.sqrt(2), b

    class zero_start(Network):
        """`__init__` gives all weights of a layer the same number. Then all hidden units are
        identical, get the same gradient, and stay identical forever.

        What must make two hidden units differ before the data can?"""

        def _layer(self, fan_in, fan_out, rng):
            return np.zeros((fan_in, fan_out)), np.zeros(fan_out)

    @recognized(_has_spread(xavier_spread))
    class xavier_start(Network):
        """`__init__` uses Xavier's variance 2 / (fan_in + fan_out), which is meant for tanh. ReLU
        halves the signal, and He's 2 / fan_in makes up for it.

        Which of a layer's two sizes decides how many terms a unit adds up?"""

        def _layer(self, fan_in, fan_out, rng):
            scale = np.sqrt(2 / (fan_in + fan_out))
            return rng.normal(0, scale, size=(fan_in, fan_out)), np.zeros(fan_out)

    @recognized(_in_a_layer(starts.by_fan_out))
    class scaled_by_fan_out(Network):
        """`__init__` divides the variance by the number of the layer's outputs, but He's rule
        divides by the number of its inputs.

        How many products does one unit add up?"""

        def _layer(self, fan_in, fan_out, rng):
            return rng.normal(0, np.sqrt(2 / fan_out), size=(fan_in, fan_out)), np.zeros(fan_out)

    class both_layers_scaled_by_input_size(Network):
        """`__init__` scales W2 by the number of the network's inputs, not of the hidden units.

        How many numbers does one output unit get?"""

        def __init__(self, input_size, hidden_size, output_size, rng):
            super().__init__(input_size, hidden_size, output_size, rng)
            self.W2 = self.W2 * np.sqrt(hidden_size / input_size)

    class random_biases(Network):
        """`__init__` draws the biases at random. They start at 0: the weights already differ.

        What would a bias other than 0 say before the network has seen any example?"""

        def _layer(self, fan_in, fan_out, rng):
            W, _ = he_init(fan_in, fan_out, rng)
            return W, rng.normal(0, np.sqrt(2 / fan_in), size=fan_out)

    class own_seed(Network):
        """`__init__` creates a generator with a fixed seed, so all networks start the same.

        Who should choose the random numbers: the class, or the code that creates a network?"""

        def __init__(self, input_size, hidden_size, output_size, rng):
            super().__init__(input_size, hidden_size, output_size, np.random.default_rng(0))

    class same_numbers_for_both_layers(Network):
        """`__init__` fills both layers from the same random numbers: the generator starts over.

        What happens to a generator when you draw from it, and to a copy of it when you do not?"""

        def _layer(self, fan_in, fan_out, rng):
            return he_init(fan_in, fan_out, copy.deepcopy(rng))

    @recognized(_overwritten)
    class weights_in_the_class(Network):
        """You keep the parameters on the class, not on `self`: the network created last overwrites
        those of all others, and each step changes them all.

        Where does `NeuralNetwork.W1 = ...` store the array, and where does `self.W1 = ...`?"""

        def __setattr__(self, name, value):
            setattr(type(self), name, value)

    class first_weights_in_the_class(Network):
        """`__init__` keeps the weights on the class, not on `self`: a new network changes those of
        every network that has not yet taken a step.

        Where does `NeuralNetwork.W1 = ...` store the array, and where does `self.W1 = ...`?"""

        def __init__(self, input_size, hidden_size, output_size, rng):
            type(self).W1, self.b1 = self._layer(input_size, hidden_size, rng)
            type(self).W2, self.b2 = self._layer(hidden_size, output_size, rng)

    class activations_in_the_class(Network):
        """`forward` keeps the activations on the class, not on `self`, so `backward` of one network
        uses those of whichever network ran forward last.

        Who else reads and writes what is stored on the class?"""

        def __setattr__(self, name, value):
            super().__setattr__(name, value) if name[0] in "Wb" else setattr(
                type(self), name, value
            )

    class scores_for_probabilities(Network):
        """`forward` returns the scores A1 W2 + b2 as they are. They can be negative and add up to
        anything; probabilities need softmax.

        What turns a row of scores into numbers above 0 that sum to 1?"""

        def forward(self, X):
            self.A1 = relu(X @ self.W1 + self.b1)
            self.A2 = self.A1 @ self.W2 + self.b2
            return self.A2

    class sigmoid_for_softmax(Network):
        """`forward` ends with sigmoids, so an example's numbers do not sum to 1: {got}, not
        {expected}.

        Can an example belong to several classes at once, or only to one?"""

        def forward(self, X):
            self.A1 = relu(X @ self.W1 + self.b1)
            self.A2 = sigmoid(self.A1 @ self.W2 + self.b2)
            return self.A2

    class hidden_layer_without_relu(Network):
        """`forward` leaves out the ReLU of the hidden layer. Two linear layers in a row are one
        linear layer, so the network can learn no more than that.

        What comes between X W1 + b1 and A1?"""

        def forward(self, X):
            self.A1 = X @ self.W1 + self.b1
            self.A2 = softmax(self.A1 @ self.W2 + self.b2)
            return self.A2

    class biases_not_added(Network):
        """`forward` does not add the biases. They start at 0, but after the first step they matter.

        Which two parameters does your `forward` not read?"""

        def forward(self, X):
            self.A1 = relu(X @ self.W1)
            self.A2 = softmax(self.A1 @ self.W2)
            return self.A2

    class hidden_biases_not_added(Network):
        """`forward` does not add `b1` in the hidden layer. It starts at 0, but after the first step
        it matters.

        Which parameter does your `forward` not read?"""

        def forward(self, X):
            self.A1 = relu(X @ self.W1)
            self.A2 = softmax(self.A1 @ self.W2 + self.b2)
            return self.A2

    class output_biases_not_added(Network):
        """`forward` does not add `b2` to the scores. It starts at 0, but after the first step it
        matters.

        Which parameter does your `forward` not read?"""

        def forward(self, X):
            self.A1 = relu(X @ self.W1 + self.b1)
            self.A2 = softmax(self.A1 @ self.W2)
            return self.A2

    class relu_on_the_output(Network):
        """`forward` puts the scores through ReLU, so all negative ones count as 0: {got}, not
        {expected}.

        Which layers of this network have a ReLU?"""

        def forward(self, X):
            self.A1 = relu(X @ self.W1 + self.b1)
            self.A2 = softmax(relu(self.A1 @ self.W2 + self.b2))
            return self.A2

    class softmax_over_the_examples(Network):
        """`forward` divides by sums over the examples, so the columns sum to 1 and not the rows.
        Then the answer for one example depends on the others.

        Which axis counts the classes?"""

        def forward(self, X):
            self.A1 = relu(X @ self.W1 + self.b1)
            self.A2 = softmax((self.A1 @ self.W2 + self.b2).T).T
            return self.A2

    class softmax_overflows(Network):
        """`forward` takes the exponential of large scores as they are: inf divided by inf is nan.

        What can you subtract from all scores of an example without changing its softmax?"""

        def forward(self, X):
            self.A1 = relu(X @ self.W1 + self.b1)
            e = np.exp(self.A1 @ self.W2 + self.b2)
            self.A2 = e / e.sum(axis=1, keepdims=True)
            return self.A2

    class forward_gives_both_layers(Network):
        """`forward` returns (A1, A2), like `forward_mlp` of chapter 3.3. The method should return
        only the probabilities and keep the hidden activations on `self`.

        Who needs A1, and where can that method find it?"""

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

    class forward_gives_nothing(Network):
        """`forward` keeps the probabilities on `self` and returns nothing, so the caller gets None.

        What does the last line of a method do if the caller needs a result?"""

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

    class sigmoid_in_the_hidden_layer(Network):
        """`forward` uses the sigmoid in the hidden layer, where this class has the ReLU.

        Which function of chapter 3.2 keeps a positive sum as it is?"""

        def forward(self, X):
            self.A1 = sigmoid(1.0 * X @ self.W1 + self.b1)
            self.A2 = softmax(self.A1 @ self.W2 + self.b2)
            return self.A2

    class parameters_copied_beside_the_attributes(Network):
        """`forward` uses arrays that you keep a second time, in a list or a dictionary. `backward`
        gives `self.W1` and the others new values, and those never get there.

        After `self.W1 = self.W1 - ...`, which array does your list hold: the old one or the new?"""

        def forward(self, X):
            if not hasattr(self, "kept"):
                self.kept = [self.W1, self.b1, self.W2, self.b2]
            self.A1, self.A2 = forward_mlp(X, *self.kept)
            return self.A2

    class attributes_never_updated(Network):
        """`backward` changes only the arrays that you keep a second time, in a list or a
        dictionary: `W1`, `b1`, `W2` and `b2` themselves stay as they were drawn.

        Which arrays does code outside the class see, and do your methods use those?"""

        def _kept(self):
            if not hasattr(self, "kept"):
                self.kept = [self.W1, self.b1, self.W2, self.b2]
            return self.kept

        def forward(self, X):
            self.A1, self.A2 = forward_mlp(X, *self._kept())
            return self.A2

        def backward(self, X, y, lr):
            grads = backward_deep_mlp(X, [self.A1, self.A2], y, self._kept())
            self.kept = [old - lr * grad for old, grad in zip(self.kept, grads, strict=True)]

    class activations_of_the_first_forward(Network):
        """`forward` keeps the hidden activations only when it runs for the first time, so every
        later `backward` uses those of the first inputs.

        Under which condition does `forward` store A1, and does it hold in the second call?"""

        def forward(self, X):
            A1, self.A2 = forward_mlp(X, self.W1, self.b1, self.W2, self.b2)
            self.A1 = getattr(self, "A1", A1)
            return self.A2

    class inputs_of_the_first_forward(Network):
        """`backward` uses the inputs of the very first `forward`, whatever it is given: they are
        kept once and never replaced.

        Under which condition does your code store X, and does it hold in the second call?"""

        def forward(self, X):
            self.X = getattr(self, "X", X)
            return super().forward(X)

        def backward(self, X, y, lr):
            super().backward(self.X, y, lr)

    class everything_of_the_first_forward(Network):
        """`forward` keeps the activations of both layers only when it runs for the first time, so
        every later `backward` repeats the first gradient.

        Under which condition does `forward` store A1 and A2, and does it hold in the second call?
        """

        def forward(self, X):
            A1, A2 = forward_mlp(X, self.W1, self.b1, self.W2, self.b2)
            self.A1, self.A2 = getattr(self, "A1", A1), getattr(self, "A2", A2)
            return A2

    class answer_of_the_first_forward(Network):
        """`forward` computes only once: every later call returns the answer of the first one.

        Which line returns without computing, and what has changed since the first call?"""

        def forward(self, X):
            return self.A2 if hasattr(self, "A2") else super().forward(X)
