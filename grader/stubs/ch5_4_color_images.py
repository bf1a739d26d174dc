"""Color images and a deeper CNN (optional)

A color image is three pictures of the same scene, one each in red, green and blue. They are
the channels of one image, not three images: a filter has a slice for each of them, and its
output is the sum over all.

    out[n, f, i, j] = sum over c, u, v of X[n, c, i + u, j + v] filters[f, c, u, v]  +  b[f]

So a filter can weigh green against blue and see what no single channel shows. The feature maps
of one convolution are the channels of the next, which combines strokes into shapes:

    (conv 3x3 -> ReLU -> max pool 2) twice -> flatten -> dense -> softmax

This chapter is optional. It is graded on colored digits, made from those that come with the
course; the demo trains on CIFAR-10's 60,000 photographs if they are on this machine.
"""

import numpy as np

from .ch1_1_numpy_arrays import one_hot
from .ch1_2_matrix_operations import linear, matrix_multiply
from .ch2_3_mini_batches import minibatches
from .ch3_2_activation_functions import relu, relu_derivative, softmax
from .ch3_3_forward_mlp import cross_entropy, he_init
from .ch4_2_convolution import conv_backward, conv_forward  # for a network of your own
from .ch4_3_pooling_cnn import flatten, max_pool, max_pool_backward  # the same
from .ch4_5_momentum_capstone import accuracy, momentum_update
from .fast_layers import conv_pool, conv_pool_backward

__all__ = ["train_color_cnn", "predict_color_cnn"]


def color_cnn_loss(X, y, params):
    """Compute `(loss, grads)` of a network with two convolutional blocks (optional helper).

    X holds images (n, C, H, W), at least 10 x 10, y one-hot labels (n, k). params is [filters1,
    b1, filters2, b2, W, b]: filters1 (F1, C, 3, 3), filters2 (F2, F1, 3, 3), W (F2*h*w, k) with
    h = ((H - 2) // 2 - 2) // 2 and w likewise. Start from `cnn_loss` of chapter 4.3.

    >>> params = [np.ones((2, 3, 3, 3)), np.zeros(2), np.ones((4, 2, 3, 3)), np.zeros(4)]
    >>> params += [np.zeros((4, 2)), np.zeros(2)]
    >>> loss, grads = color_cnn_loss(np.ones((1, 3, 10, 10)), np.array([[0, 1]]), params)
    >>> round(loss, 4), grads[5].tolist()  # the loss is ln 2
    (0.6931, [0.5, -0.5])
    """
    raise NotImplementedError("write `color_cnn_loss`")


def start_params(shape, k, rng, filters=(8, 16)):
    """Draw initial parameters of `color_cnn_loss` for (C, H, W) images (optional helper).

    `he_init` draws the weights of k classes; those of the dense layer are divided by 3, so that the
    first guesses stay cautious. Biases are 0.

    >>> params = start_params((3, 32, 32), 10, np.random.default_rng(0))
    >>> [param.shape for param in params]
    [(8, 3, 3, 3), (8,), (16, 8, 3, 3), (16,), (576, 10), (10,)]
    """
    raise NotImplementedError("write `start_params`")


def train_color_cnn(X, y, epochs=5, batch_size=64, rng=None):
    """Train a network of your choice on color images.

    Architecture, optimizer and settings are yours, as long as `predict_color_cnn` can use the
    parameters, and all three channels are looked at together. Use your own layers or those of
    `fast_layers.py`. The reference: two blocks of 8 and 16 filters 3 x 3, and a dense layer, with
    momentum.

    Args:
        X: images of shape (n, 3, 32, 32), channels red, green, blue, values in [0, 1]; float32
            (which is faster), float64 or integers.
        y: one-hot labels of shape (n, k).
        epochs, batch_size: number of passes over the data, examples per update.
        rng: numpy.random.Generator for everything random; None: `np.random.default_rng()`.

    Returns:
        (params, losses): a list of arrays for `predict_color_cnn`, at least two layers of weights
        that learn from the labels, in shapes that do not depend on n; and the mean cross-entropy
        during training, finite floats, oldest first.

    Source: LeCun et al. 1998, "Gradient-based learning"; Krizhevsky 2009 (CIFAR-10).

    >>> X, y = np.zeros((4, 3, 32, 32)), np.eye(2)[[0, 1, 0, 1]]
    >>> X[y[:, 0] == 1, 0], X[y[:, 1] == 1, 2] = 1, 1  # red images and blue images
    >>> params, losses = train_color_cnn(X, y, 10, 4, np.random.default_rng(0))
    >>> accuracy(predict_color_cnn(X, params), y)
    1.0
    """
    raise NotImplementedError("write `train_color_cnn`")


def predict_color_cnn(X, params):
    """Compute class probabilities with the trained network.

    Args:
        X: images of shape (n, 3, 32, 32), values in [0, 1].
        params: the parameters that `train_color_cnn` returned.

    Returns:
        Probabilities of shape (n, k), every row summing to 1.

    Source: the forward pass of `color_cnn_loss`.

    >>> params = [0 * param for param in start_params((3, 32, 32), 2, np.random.default_rng(0))]
    >>> predict_color_cnn(np.zeros((3, 3, 32, 32)), params).tolist()
    [[0.5, 0.5], [0.5, 0.5], [0.5, 0.5]]
    """
    raise NotImplementedError("write `predict_color_cnn`")


def demo():
    """Train on CIFAR-10 if it is on this machine, otherwise on the colored digits."""
    from data import load

    images = load("color")
    print(images.description)
    y = one_hot(images.y_train, 10)
    epochs = 5 if images.name == "cifar10" else 10
    rng = np.random.default_rng(0)
    params, losses = train_color_cnn(images.X_train, y, epochs, 32, rng)
    found = accuracy(predict_color_cnn(images.X_test, params), images.y_test)
    print(f"{len(losses)} updates, loss {losses[0]:.2f} -> {np.mean(losses[-20:]):.2f}")
    print(f"{found:.1%} of {len(images.y_test):,} new images right; guessing gives 10%")
    for c, name in enumerate(["red", "green", "blue"]):
        X = images.X_test.copy()
        X[:, c] = 0.5
        found = accuracy(predict_color_cnn(X, params), images.y_test)
        print(f"{found:.1%} without {name}")


if __name__ == "__main__":
    from grader.demo import run

    run(demo)
