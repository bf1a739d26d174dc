"""A neural network as a class

So far, parameters were passed from function to function. An object stores them: it is created
with random weights, and its methods use and update what it stores:

    net = NeuralNetwork(784, 32, 10, rng)    W1 (784, 32), b1 (32,), W2 (32, 10), b2 (10,)
    A2 = net.forward(X)                      relu(X W1 + b1), then softmax(A1 W2 + b2)
    net.backward(X, y, lr)                   one step: W <- W - lr dL/dW, all four at once
    losses = net.train(X, y, epochs, lr)     one step per epoch, each with all the examples
    labels = net.predict(X)                  the most probable class of each example

The mathematics is that of chapters 3.3 and 3.4, and L is still the mean over the examples.
Full-batch training takes one careful step per epoch where chapter 3.4 takes hundreds of
rough ones: the loss falls smoothly but slowly.
"""

import numpy as np

from .ch3_3_forward_mlp import cross_entropy, forward_mlp, he_init
from .ch3_4_backpropagation import backward_mlp

__all__ = ["NeuralNetwork"]


class NeuralNetwork:
    """A two-layer perceptron that stores its own parameters: ReLU hidden layer, softmax output.

    Attributes:
        W1: weights of the hidden layer, (input_size, hidden_size).
        b1: its biases, (hidden_size,).
        W2: weights of the output layer, (hidden_size, output_size).
        b2: its biases, (output_size,).

    Each network has its own four arrays, and its methods use whatever values these hold at
    the time. Only `backward` and `train` change them. No method changes its arguments.

    Source: Nielsen, chapter 1, "Implementing our network to classify digits": class Network.

    >>> net = NeuralNetwork(2, 16, 2, np.random.default_rng(0))
    >>> X, y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.eye(2)[[0, 1, 1, 0]]  # XOR
    >>> losses = net.train(X, y, epochs=500, lr=0.1)
    >>> net.predict(X).tolist(), losses[-1] < 0.1 < losses[0]
    ([0, 1, 1, 0], True)
    """

    def __init__(self, input_size, hidden_size, output_size, rng):
        """Draw the initial weights of both layers by He's rule; the biases are zeros.

        Args:
            input_size: number of inputs d.
            hidden_size: number of hidden units h.
            output_size: number of classes k.
            rng: numpy.random.Generator, the only source of randomness: W1 gets the variance
                2 / input_size and W2 the variance 2 / hidden_size.
        """
        # Why this form: the class adds no mathematics, only memory. Each method is a few calls of
        # functions from chapters 3.3 and 3.4; written out line by line it is just as correct.
        # Anything stored on the class is shared by all networks, so keep state on `self`.
        self.W1, self.b1 = he_init(input_size, hidden_size, rng)
        self.W2, self.b2 = he_init(hidden_size, output_size, rng)

    def forward(self, X):
        """Compute the probabilities of all classes, and store what `backward` will need.

        Args:
            X: inputs of shape (n, d); float32, float64 or integers.

        Returns:
            Probabilities of shape (n, k), each row summing to 1.
        """
        # Why this form: the weights are used in the dtype of X, because one float64 array among
        # float32 arrays turns everything into float64, at half the speed. The stored weights stay
        # as they are.
        dtype = np.result_type(X, 1.0)  # integers give float64
        params = [param.astype(dtype) for param in (self.W1, self.b1, self.W2, self.b2)]
        self.A1, self.A2 = forward_mlp(X, *params)  # (n, h), (n, k)
        return self.A2

    def backward(self, X, y, lr):
        """Take one gradient step on the mean cross-entropy of the latest `forward`.

        Args:
            X: the inputs that `forward` was called with, (n, d).
            y: their one-hot labels, (n, k).
            lr: learning rate; lr times its gradient is subtracted from every parameter.
        """
        # Why this form: all four gradients are computed before any weight changes, because they
        # belong to the same weights. `self.W1 -= ...` is just as correct; a new array does not
        # affect other code that still uses the old one. Labels and W2 in the dtype of the
        # activations keep the products in float32 if X is float32.
        y, W2 = np.asarray(y, self.A2.dtype), self.W2.astype(self.A2.dtype)
        dW1, db1, dW2, db2 = backward_mlp(X, self.A1, self.A2, y, self.W1, W2)
        self.W1, self.b1 = self.W1 - lr * dW1, self.b1 - lr * db1
        self.W2, self.b2 = self.W2 - lr * dW2, self.b2 - lr * db2

    def train(self, X, y, epochs, lr):
        """Train with all the examples in every step, starting from the current weights.

        Args:
            X: inputs of shape (n, d).
            y: one-hot labels of shape (n, k).
            epochs: number of steps.
            lr: learning rate.

        Returns:
            A list of floats, one per epoch: the mean cross-entropy before the step, where
            the mean is taken over the examples only.
        """
        # Why this form: `forward` gives the loss and prepares the step, so each epoch needs only
        # one forward pass.
        losses = []
        for _ in range(epochs):
            losses.append(cross_entropy(self.forward(X), y))
            self.backward(X, y, lr)
        return losses

    def predict(self, X):
        """Compute the most probable class of each example.

        Args:
            X: inputs of shape (n, d).

        Returns:
            Integer labels of shape (n,).
        """
        # Why this form: softmax keeps the order of the scores, so the largest probability is where
        # the largest score is. `argmax` along the classes leaves one number per example.
        return self.forward(X).argmax(axis=1)


def demo():
    """Train a network of 32 hidden units on handwritten digits, all of them in every step."""
    from data import load

    from .ch1_1_numpy_arrays import one_hot

    digits = load("digits")
    net = NeuralNetwork(784, 32, 10, np.random.default_rng(0))
    X, y = digits.X_train, one_hot(digits.y_train, 10)
    for epochs in [1, 9, 40, 150]:
        losses = net.train(X, y, epochs, lr=0.3)
        right = (net.predict(digits.X_test) == digits.y_test).mean()
        print(f"{epochs:3} epochs more: loss {losses[-1]:.3f}, {right:.1%} of unseen digits right")


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
