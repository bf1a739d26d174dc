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
        raise NotImplementedError("write `__init__`")

    def forward(self, X):
        """Compute the probabilities of all classes, and store what `backward` will need.

        Args:
            X: inputs of shape (n, d); float32, float64 or integers.

        Returns:
            Probabilities of shape (n, k), each row summing to 1.
        """
        raise NotImplementedError("write `forward`")

    def backward(self, X, y, lr):
        """Take one gradient step on the mean cross-entropy of the latest `forward`.

        Args:
            X: the inputs that `forward` was called with, (n, d).
            y: their one-hot labels, (n, k).
            lr: learning rate; lr times its gradient is subtracted from every parameter.
        """
        raise NotImplementedError("write `backward`")

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
        raise NotImplementedError("write `train`")

    def predict(self, X):
        """Compute the most probable class of each example.

        Args:
            X: inputs of shape (n, d).

        Returns:
            Integer labels of shape (n,).
        """
        raise NotImplementedError("write `predict`")


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
