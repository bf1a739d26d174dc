"""Wrong answers in chapter 5.4."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from . import Versions, recognized
from .reference import (
    color_cnn_scores,
    conv_backward,
    conv_forward,
    cross_entropy,
    he_init,
    max_pool,
    max_pool_backward,
    minibatches,
    pool_windows,
    relu,
    softmax,
)
from .shows import free_networks
from .shows.free_networks import fifths, losses_of, params_of, untrained


def _start(shape, k, rng, scale=1.0):
    """Start parameters of the network of this chapter's solution."""
    C, height, width = shape
    params = []
    for F in (8, 16):
        weights, b = he_init(C * 9, F, rng)
        params += [weights.T.reshape(F, C, 3, 3), b]
        C, height, width = F, (height - 2) // 2, (width - 2) // 2
    W, b = he_init(C * height * width, k, rng)
    params += [W / 3, b]
    return [scale * param for param in params]


def _loss(X, y, params):
    """Loss and gradients of that network."""
    filters1, b1, filters2, b2, W, b = params
    Z1 = conv_forward(X, filters1, b1)
    A1 = relu(max_pool(Z1, 2))
    Z2 = conv_forward(A1, filters2, b2)
    A2 = relu(max_pool(Z2, 2))
    flat = A2.reshape(len(X), -1)
    A = softmax(flat @ W + b)
    delta = (A - y) / len(X)
    dA2 = (delta @ W.T).reshape(A2.shape) * (A2 > 0)
    dA1, dfilters2, db2 = conv_backward(max_pool_backward(dA2, Z2, 2), A1, filters2)
    _, dfilters1, db1 = conv_backward(max_pool_backward(dA1 * (A1 > 0), Z1, 2), X, filters1)
    grads = [dfilters1, db1, dfilters2, db2, flat.T @ delta, delta.sum(axis=0)]
    return cross_entropy(A, y), grads


def _descend(X, y, epochs, batch_size, rng, rate=0.05, scale=1.0, batches=minibatches):
    """`(params, losses, start)` of right training, but for the rate, start or batches."""
    rng = np.random.default_rng(rng)
    dtype = np.result_type(X, 1.0)
    X, y = X.astype(dtype) - dtype.type(0.5), y.astype(dtype)
    first = [param.astype(dtype) for param in _start(X.shape[1:], y.shape[1], rng, scale)]
    params, steps, losses = first, [0 * param for param in first], []
    for _ in range(epochs):
        for X_batch, y_batch in batches(X, y, batch_size, rng):
            loss, grads = _loss(X_batch, y_batch, params)
            losses.append(float(loss))
            steps = [0.9 * v - dtype.type(rate) * g for v, g in zip(steps, grads, strict=True)]
            params = [param + v for param, v in zip(params, steps, strict=True)]
    return params, losses, first


def _filters(answer, second):
    """The filters of the first convolution: the first array with four axes."""
    params = params_of(answer, second)
    return next(param for param in params if np.ndim(param) == 4)


def _first_alone(answer, X, second, **settings):
    filters = _filters(answer, second)
    return filters.shape[1] == 3 and np.any(filters[:, 0]) and not np.any(filters[:, 1:])


def _alike(answer, X, second, **settings):
    """The first filters have a single slice for all channels, or equal ones."""
    filters = _filters(answer, second)
    one = filters.shape[1] == 1 < X.shape[1]
    return one or (filters.shape[1] == 3 and np.ptp(filters) > 0 and not np.ptp(filters, 1).any())


def _hardly_moves(answer, X, y, **settings):
    biases = np.concatenate([param for param in answer[0] if np.ndim(param) == 1])
    return 0 < np.abs(biases).max() < 0.002 and _stuck(answer, X, y, **settings)


def _stuck(answer, X, y, **settings):
    first, last = fifths(losses_of(answer))
    return len(X) > 500 and abs(last - np.log(10)) < 0.15 and last > first - 0.15


def _apart(X, y, batch_size, rng):
    pairs = minibatches(X, y, batch_size, rng)
    return [(X_batch, rng.permutation(y)[: len(X_batch)]) for X_batch, _ in pairs]


def _guessing(answer, X, y, **settings):
    """The network is trained and well formed, but has hardly learned anything."""
    others = _first_alone, _alike, untrained, _hardly_moves
    return _stuck(answer, X, y) and not any(other(answer, X, y) for other in others)


def _summed(answer, X, y, batch_size=64, **settings):
    return 0.6 < losses_of(answer)[0] / (min(batch_size, len(X)) * np.log(y.shape[1])) < 1.6


def _sure(answer, X, y, **settings):
    first = losses_of(answer)[0]
    return first > 2 * np.log(y.shape[1]) and not _summed(answer, X, y, **settings)


def _is(change):
    """Recognizes the network's answer for images changed like this."""

    return _gives(lambda X, params: softmax(color_cnn_scores(change(X), params)))


def _gives(*networks):
    """Recognizes the answer of one of these networks."""

    def recognizes(answer, X, params):
        answer, X = answer[:20], X[:20]  # enough to know it by
        if np.allclose(answer, softmax(color_cnn_scores(X, params)), atol=1e-3):
            return False
        return any(np.allclose(answer, network(X, params), atol=1e-4) for network in networks)

    return recognizes


def _network(X, params, bends=(relu, relu), pool=max_pool, flat=lambda A: A):
    """The network of this chapter's solution, but for what is given."""
    A = X - 0.5
    for bend, filters, b in zip(bends, params[:4:2], params[1:4:2], strict=True):
        A = bend(pool(conv_forward(A, filters, b), 2))
    return softmax(flat(A).reshape(len(X), -1) @ params[4] + params[5])


def _without_relu(*bends):
    return lambda X, params: _network(X, params, bends)


def _mean_pooled(X, params):
    return _network(X, params, pool=lambda A, size: pool_windows(A, size).mean(axis=-1))


def _mean_pooled_after_relu(X, params):
    def pool(A, size):
        return pool_windows(relu(A), size).mean(axis=-1)

    return _network(X, params, (_linear, _linear), pool)


def _channels_last(X, params):
    return _network(X, params, flat=lambda A: A.transpose(0, 2, 3, 1))


def _linear(A):
    return A


def _red_alone(X):
    return np.repeat(X[:, :1], 3, axis=1)


class WrongTrainColorCnn(Versions, of="train_color_cnn"):
    @recognized(free_networks.grows)
    def losses_grow(X, y, epochs=5, batch_size=64, rng=None):
        """Your losses grow from update to update, or end in nan: steps go uphill, or are too long.

        With which sign does the gradient enter, and what if the learning rate is ten times smaller?
        """
        with np.errstate(all="ignore"):
            params, losses, _ = _descend(X, y, min(epochs, 3), batch_size, rng, rate=-0.003)
        return params, losses

    @recognized(free_networks.untrained)
    def start_parameters_returned(X, y, epochs=5, batch_size=64, rng=None):
        """You return biases of 0, as at the start: no step changes them, or the trained ones get
        lost.

        Where do the new values replace the old ones, and which of them does `return` name?"""
        _, losses, first = _descend(X, y, min(epochs, 4), batch_size, rng)
        return first, losses

    @recognized(free_networks.without_weights)
    def weights_start_at_zero(X, y, epochs=5, batch_size=64, rng=None):
        """All weights you return are 0, as they must have been at the start: no gradient gets
        through layers of zeros, and only the output's biases learn something.

        What should the weights be drawn from, so that the filters can become different?"""
        params, losses, _ = _descend(X, y, min(epochs, 2), batch_size, rng, rate=0.002, scale=0.0)
        return params, losses

    @recognized(_first_alone)
    def only_the_first_channel(X, y, epochs=5, batch_size=64, rng=None):
        """Your filters have weights only for the red channel: those for green and blue are 0. They
        cannot see what distinguishes a digit from its background.

        How many channels does an image have, and how many slices has each of your filters?"""
        params, losses, _ = _descend(X[:, :1], y, min(epochs, 3), batch_size, rng)
        zeros = np.zeros((8, 2, 3, 3), params[0].dtype)
        return [np.concatenate([params[0], zeros], axis=1), *params[1:]], losses

    @recognized(_alike)
    def channels_averaged(X, y, epochs=5, batch_size=64, rng=None):
        """Your first filters treat the three channels as one: they have a single slice, or equal
        ones, as if the images were gray or had lost two channels. They cannot distinguish a digit
        from a background that is equally bright.

        How many channels does an image have, and has each filter weights of its own for each?"""
        gray = X.mean(axis=1, keepdims=True)
        params, losses, _ = _descend(gray, y, min(epochs, 3), batch_size, rng)
        return [np.repeat(params[0] / 3, 3, axis=1), *params[1:]], losses

    @recognized(_hardly_moves)
    def steps_too_short(X, y, epochs=5, batch_size=64, rng=None):
        """Your biases are still almost 0, and your loss is almost that of the start: the steps are
        too short to learn anything in so many updates.

        What happens to the losses if the learning rate is ten or a hundred times larger?"""
        params, losses, _ = _descend(X, y, min(epochs, 3), batch_size, rng, rate=1e-5)
        return params, losses

    @recognized(_guessing)
    def nothing_learned_from_the_images(X, y, epochs=5, batch_size=64, rng=None):
        """Your network is trained but does no better than guessing. Either what distinguishes the
        digits from the background gets lost on the way in, for example by averaging the channels or
        looking at each alone, or the pixels or the steps are so small that hardly anything is
        learned, or images and labels no longer belong together.

        What is left of a digit that is no brighter than its background when the colors are gone? By
        what do you divide the pixels? And in which order do you shuffle images and labels?"""
        params, losses, _ = _descend(
            X, y, min(epochs, 3), batch_size, rng, rate=0.01, batches=_apart
        )
        return params, losses

    @recognized(_summed)
    def loss_summed_over_the_batch(X, y, epochs=5, batch_size=64, rng=None):
        """Your first loss is ln 10 times the number of images in the batch: a sum, not a mean.

        What must you divide the loss by, and is your gradient that of the same number?"""
        params, losses, _ = _descend(X, y, min(epochs, 2), batch_size, rng, rate=0.01)
        return params, [batch_size * loss for loss in losses]

    @recognized(_sure)
    def weights_start_too_large(X, y, epochs=5, batch_size=64, rng=None):
        """Your first loss is far above ln 10, the loss of guessing: the network is sure of its
        answers before it has learned anything.

        How large are the weights at the start, and how many inputs does a filter or unit add up?"""
        params, losses, _ = _descend(X, y, min(epochs, 2), batch_size, rng, rate=1e-7, scale=8.0)
        return params, losses

    def epochs_ignored(X, y, epochs=5, batch_size=64, rng=None):
        """Your network is the same whatever `epochs` says: the number of passes is fixed.

        Which loop in your code counts the passes over the data, and up to what?"""
        params, losses, _ = _descend(X, y, 5, batch_size, rng)
        return params, losses

    def batch_size_ignored(X, y, epochs=5, batch_size=64, rng=None):
        """Your network is the same whatever `batch_size` says: your batches have a fixed size.

        Where do you pass `batch_size` to the function that makes the batches?"""
        params, losses, _ = _descend(X, y, epochs, 32, rng)
        return params, losses

    def start_always_the_same(X, y, epochs=5, batch_size=64, rng=None):
        """Your network is the same whatever `rng` says: it comes from a generator that you create.

        Which generator draws the filters and shuffles the images, and where does it come from?"""
        params, losses, _ = _descend(X, y, epochs, batch_size, np.random.default_rng(0))
        return params, losses


def _gray(X):
    return np.repeat(X.mean(axis=1, keepdims=True), 3, axis=1)


def _turned(X):
    return X[:, ::-1]


def _mixed(X):
    """The images read as if the channels came last in memory."""
    return X.reshape(len(X), 32, 32, 3).transpose(0, 3, 1, 2)


def _sideways(X):
    return X.swapaxes(2, 3)


def _apart_and_summed(X, params):
    """Each channel goes through convolution and relu by itself before they are added."""
    parts = [
        relu(max_pool(conv_forward(X[:, c : c + 1] - 0.5, params[0][:, c : c + 1], params[1]), 2))
        for c in range(X.shape[1])
    ]
    A = relu(max_pool(conv_forward(sum(parts), params[2], params[3]), 2))
    return softmax(A.reshape(len(X), -1) @ params[4] + params[5])


class WrongPredictColorCnn(Versions, of="predict_color_cnn"):
    @recognized(_is(_red_alone))
    def red_for_all_channels(X, params):
        """Your predictions depend on the red channel alone, which also replaces the other two.

        Which axis of `X` counts the channels, and what does your index leave of it?"""
        return softmax(color_cnn_scores(_red_alone(X), params))

    @recognized(_is(_gray))
    def images_made_grey(X, params):
        """Your predictions are those for gray images, where each pixel is the mean of its channels.
        A digit that is no brighter than its background disappears.

        What does a filter with three slices need from the three channels?"""
        return softmax(color_cnn_scores(_gray(X), params))

    @recognized(_is(_turned))
    def channels_in_reverse(X, params):
        """Your predictions are those for channels in the order blue, green, red, as in some
        libraries.

        In which order were the channels in training?"""
        return softmax(color_cnn_scores(_turned(X), params))

    @recognized(_is(_mixed))
    def channels_last_by_reshape(X, params):
        """Your images are scrambled: `reshape` to (n, 32, 32, 3) moves no number in memory, so rows
        of red end up where the channels of a pixel should be.

        Which NumPy function reorders axes, and do you have to reorder any here?"""
        return softmax(color_cnn_scores(_mixed(X), params))

    @recognized(_is(_sideways))
    def rows_and_columns_exchanged(X, params):
        """Your predictions are those for images on their side: you swapped rows and columns.

        Which axes do height and width have in training, and which ones here?"""
        return softmax(color_cnn_scores(_sideways(X), params))

    @recognized(_gives(_apart_and_summed))
    def channels_added_after_relu(X, params):
        """Your channels go through ReLU one by one and are added afterward, like three images. So
        no filter can subtract one channel from another, and the bias comes in three times.

        At which point of a convolution are the channels added, before or after the activation?"""
        return _apart_and_summed(X, params)

    @recognized(_is(lambda X: X + np.float32(0.5)))
    def pixels_not_centered(X, params):
        """Your predictions are those for pixels as they come, but training subtracted 0.5 first.
        The network never saw images as bright as these.

        What does `train_color_cnn` do to X before its first batch, and where is that done here?"""
        return softmax(color_cnn_scores(X + np.float32(0.5), params))

    @recognized(_is(lambda X: X - np.float32(0.5)))
    def pixels_centered_twice(X, params):
        """Your predictions are those for pixels from which 0.5 was subtracted twice.

        Which lines of `predict_color_cnn`, and of the functions it calls, change X?"""
        return softmax(color_cnn_scores(X - np.float32(0.5), params))

    @recognized(_gives(_without_relu(relu, _linear)))
    def last_block_without_relu(X, params):
        """Your predictions are those of a network without relu in its last convolutional block.

        Which steps does each block have in training, and which ones here?"""
        return _network(X, params, (relu, _linear))

    @recognized(_gives(_without_relu(_linear, _linear)))
    def blocks_without_relu(X, params):
        """Your predictions are those of a network without relu.

        Which steps does each block have in training, and which ones here?"""
        return _network(X, params, (_linear, _linear))

    @recognized(_gives(_mean_pooled, _mean_pooled_after_relu))
    def mean_pooled(X, params):
        """Your predictions are those of a network that pools with the mean, but it was trained with
        the maximum.

        Which kind of pooling do the two functions use?"""
        return _mean_pooled(X, params)

    @recognized(_gives(_channels_last))
    def features_in_another_order(X, params):
        """Your predictions put the features into another order than training did: the channels of a
        pixel are next to each other, so the dense layer multiplies them by the wrong weights.

        In which order does `flatten` read (C, H, W), and what do you do to the axes before it?"""
        return _channels_last(X, params)
