"""Wrong convolutional networks: `forward_cnn`, `cnn_loss` and `train_cnn`."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from .. import Versions, recognized
from ..pieces import CnnLoss, TrainCnn
from ..reference import (
    cnn_scores,
    conv_forward,
    max_pool,
    max_pool_backward,
    pool_windows,
    relu,
    softmax,
)
from ..shows import cnn


def _forward(X, params, bend=relu, pool=lambda hidden: max_pool(hidden, 2), padding=0):
    """`forward_cnn`, right but for what is given."""
    features = pool(bend(conv_forward(X, params[0], params[1], 1, padding)))
    return softmax(features.reshape(len(X), -1) @ params[2] + params[3])


class WrongForwardCnn(Versions, of="forward_cnn"):
    def relu_forgotten(X, params):
        """There is no ReLU between the convolution and the dense layer: `{got}`, not `{expected}`.
        The filters' negative answers then go on into the pooling.

        Which step is between convolution and pooling in this network?"""
        return _forward(X, params, bend=lambda Z: Z)

    def mean_pooled(X, params):
        """Your network pools with the mean: `{got}`, not `{expected}`.

        Which of the two kinds of pooling does this network use?"""
        return _forward(X, params, pool=lambda hidden: pool_windows(hidden, 2).mean(axis=-1))

    def pooling_left_out(X, params):
        """You do not pool, so there are about four times as many features as `W` has rows.

        Which step comes between the ReLU and `flatten`?"""
        return _forward(X, params, pool=lambda hidden: hidden)

    def images_padded(X, params):
        """Your convolution pads the images, so there are more features than `W` has rows.

        What is the shape of an image of 8 by 8 after a filter of 3 by 3 that stays inside?"""
        return _forward(X, params, padding=1)

    def filters_turned_round(X, params):
        """You apply the filters upside down and back to front: `{got}`, not `{expected}`.

        Does the convolution that you use here leave the filters as they are?"""
        filters, *others = params
        return _forward(X, [filters[:, :, ::-1, ::-1], *others])

    def convolution_without_bias(X, params):
        """The biases of the filters have no effect: `{got}`, not `{expected}`.

        Where in your code do you use `conv_b`?"""
        filters, conv_b, W, b = params
        return _forward(X, [filters, 0 * conv_b, W, b])

    def dense_layer_without_bias(X, params):
        """The biases of the dense layer have no effect: `{got}`, not `{expected}`.

        Where in your code do you use `b`?"""
        return _forward(X, [*params[:3], 0 * params[3]])

    def bias_after_the_relu(X, params):
        """You add the biases of the filters after the ReLU: `{got}`, not `{expected}`.

        Is the bias part of what the ReLU cuts off at 0?"""
        filters, conv_b, W, b = params
        shifted = conv_b[:, None, None]
        return _forward(X, [filters, 0 * conv_b, W, b], pool=lambda A: max_pool(A, 2) + shifted)

    def relu_on_the_scores(X, params):
        """You put the scores of the dense layer through a ReLU before the softmax, so all classes
        with a score below 0 look the same: `{got}`, not `{expected}`.

        Which step comes right after the dense layer of this network?"""
        return softmax(relu(cnn_scores(X, params)))

    def features_in_another_order(X, params):
        """Your features are in an order that does not match the rows of `W`: `{got}`, not
        `{expected}`. The filters of a pixel are next to each other.

        In which order does `flatten` read (C, H, W), and what do you do to the axes before it?"""
        return _forward(X, params, pool=lambda hidden: max_pool(hidden, 2).transpose(0, 2, 3, 1))

    def first_channel_of_the_images(X, params):
        """Only the first channel of the images has an effect: `{got}`, not `{expected}`.

        Where does your convolution add up the channels?"""
        filters, *others = params
        return _forward(X[:, :1], [filters[:, :1], *others])


def _route_to_all(dout, X, size):
    dX = np.zeros(X.shape, dout.dtype)
    spread = dout.repeat(size, axis=-2).repeat(size, axis=-1)
    dX[..., : spread.shape[-2], : spread.shape[-1]] = spread
    return dX


def _infinite(answer, X, y, params):
    loss, grads = answer
    return not np.isfinite(loss) and all(np.isfinite(grad).all() for grad in grads)


def _capped(answer, X, y, params):
    """The network is sure of wrong classes, and yet the loss is small."""
    A = softmax(cnn_scores(X, params))
    return bool((np.sum(A * y, axis=1) < 1e-12).all()) and 2.3 < answer[0] < 10


class WrongCnnLoss(Versions, of=CnnLoss):
    def relu_left_out_of_the_gradient(right):
        """The gradient goes back to the filters as if there were no ReLU: `dfilters` and `dconv_b`
        are wrong, but `dW` and `db` are right.

        What does the ReLU do to the gradient where its output is 0?"""
        return right(relu_slope=False)

    def relu_skipped_on_the_way_back(right):
        """On the way back the gradient goes straight to the largest sum Z of each window, even to a
        negative one, as if there were no ReLU: `dfilters` and `dconv_b` are wrong.

        Which array did the pooling see in the forward pass, and which slope lies between it and Z?
        """
        filters, conv_b, *_ = right.params
        Z = conv_forward(right.X, filters, conv_b)
        route = lambda dout, hidden, size: max_pool_backward(dout, Z, size)  # noqa: E731
        return right(route=route, relu_slope=False)

    def relu_instead_of_its_slope(right):
        """On the way back you multiply the gradient by the ReLU's output, not by its slope:
        `dfilters` and `dconv_b` are wrong, but `dW` and `db` are right.

        How steep is the ReLU where its output is 5?"""
        return right(route=lambda *args: max_pool_backward(*args) * right.hidden)

    def features_returned_in_another_order(right):
        """On the way back you put the gradient of the features into the pooled maps in another
        order than `flatten` took them out: `dfilters` and `dconv_b` are wrong.

        Which shape did the pooled maps have before `flatten`, and with which shape does `reshape`
        restore them without moving any axis?"""
        n, F, height, width = right.pooled.shape

        def route(dpooled, hidden, size):
            mixed = dpooled.reshape(n, height, width, F).transpose(0, 3, 1, 2)
            return max_pool_backward(mixed, hidden, size)

        return right(route=route)

    def pooling_gradient_for_everybody(right):
        """On the way back every number of a pooling window gets the whole gradient, so `dfilters`
        and `dconv_b` are too large; `dW` and `db` are right.

        Which number of a window influenced the maximum?"""
        return right(route=_route_to_all)

    def pooling_gradient_spread_evenly(right):
        """On the way back you spread the gradient evenly over each pooling window. That is right
        for average pooling, but here it makes `dfilters` and `dconv_b` wrong.

        Which number of a window influenced the maximum?"""
        return right(route=lambda dout, X, size: _route_to_all(dout, X, size) / size**2)

    def filter_gradient_turned_round(right):
        """`dfilters` holds the right numbers upside down and back to front.

        Does a function that you use flip its second argument, as `convolve2d` does?"""
        return right(arrange=lambda grads: [grads[0][:, :, ::-1, ::-1], *grads[1:]])

    def dense_bias_averaged(right):
        """You take the mean over the examples for `db`, but what you add up already contains the
        1/n.

        At which places does your code divide by the number of examples?"""
        return right(bias=lambda error: error.mean(axis=0))

    def conv_bias_averaged(right):
        """You take the mean over examples and pixels for `dconv_b`, but it should be the sum: a
        filter's bias is added to each of its outputs.

        By the chain rule, what happens to the gradients from all the places where a bias is used?
        """
        loss, (dfilters, _, *dense) = right()
        return loss, [dfilters, right.dhidden.mean(axis=(0, 2, 3)), *dense]

    def biases_averaged(right):
        """`dconv_b` and `db` are means, not sums: what you add up already contains the 1/n.

        By the chain rule, what happens to the gradients from all the places where a bias is used?
        """
        loss, (dfilters, _, *dense) = right(bias=lambda error: error.mean(axis=0))
        return loss, [dfilters, right.dhidden.mean(axis=(0, 2, 3)), *dense]

    def filters_without_gradient(right):
        """The gradients of the dense layer are right, but those of the filters and their biases are
        0: the chain of gradients stops at the dense layer.

        How does the loss depend on the filters, and which steps lie between?"""
        return right(route=lambda dout, X, size: 0 * X)

    def negative_gradients_cut_off(right):
        """You set gradients below 0 to 0 on their way back through the ReLU. What counts there is
        the sign of the ReLU's input, not that of the gradient.

        Which array should you compare with 0?"""
        return right(route=lambda dout, X, size: max_pool_backward(np.maximum(dout, 0), X, size))

    def relu_of_the_gradient(right):
        """On the way back you apply ReLU, or its slope, to the gradient: negative gradients become
        0, and positive ones pass through units that were off. What counts is the sign of Z.

        Which array should you compare with 0?"""

        def route(dpooled, hidden, size):
            return np.maximum(max_pool_backward(dpooled, hidden, size), 0)

        return right(route=route, relu_slope=False)

    @recognized(_infinite)
    def logarithm_of_zero(right):
        """The network is quite sure of a wrong class: the true one has probability 0, whose
        logarithm makes the loss infinite or nan.

        What is the smallest number to take the logarithm of, and how did chapter 3.3 ensure that?
        """
        with np.errstate(all="ignore"):
            return right(loss=lambda mean: float(-np.sum(right.y * np.log(right.A)) / right.n))

    @recognized(lambda answer, *args: any(np.isnan(grad).any() for grad in answer[1]))
    def softmax_overflows(right):
        """With large scores your gradients are nan: `np.exp(2000)` is inf, and inf / inf is nan.

        Which number can you subtract from all scores of a row to keep the exponentials small?"""
        with np.errstate(all="ignore"):
            e = np.exp(right.inputs[0] @ right.weights[0] + right.b)
            right.A = e / e.sum(axis=1, keepdims=True)
            return right()

    @recognized(_capped)
    def clip_too_coarse(right):
        """A mistake that the network is quite sure of costs too little: you keep the probabilities
        so far from 0 that the loss cannot get large.

        What is minus the logarithm of the number you clip at, and is it more than 10?"""
        clipped = np.clip(right.A, 1e-3, 1)
        return right(loss=lambda mean: float(-np.sum(right.y * np.log(clipped)) / right.n))


def _one_order(X, y, batch_size, rng):
    return [(X[i : i + batch_size], y[i : i + batch_size]) for i in range(0, len(X), batch_size)]


class WrongTrainCnn(Versions, of=TrainCnn):
    @recognized(cnn.keeps_the_order_of_x)
    def never_shuffled(train):
        """Every epoch keeps the original order, so neighbors always end up in the same batch.

        Where does your code use `rng`, apart from the start weights?"""
        return train(batches=_one_order)

    @recognized(cnn.keeps_one_order)
    def shuffled_once_for_all_epochs(train):
        """You shuffle the images once, and all epochs go through them in that same order.

        Does your code draw the order before the loop over the epochs, or inside it?"""
        order = np.random.default_rng(train.rng).permutation(len(train.X))
        return train(X=train.X[order], y=train.y[order], batches=_one_order)

    @recognized(cnn.has_filters_fixed)
    def filters_never_updated(train):
        """The dense layer is trained, but the filters are still their random start.

        Which of the four parameters does your update go through?"""
        return train(step=lambda i, param, grad: param - train.lr * grad * (i > 1))

    @recognized(cnn.has_conv_bias_fixed)
    def conv_bias_never_updated(train):
        """The biases of the filters are still 0 after training; the other parameters are trained.

        Which of the four parameters does your update go through?"""
        return train(step=lambda i, param, grad: param - train.lr * grad * (i != 1))

    @recognized(cnn.has_dense_bias_fixed)
    def dense_bias_never_updated(train):
        """The biases of the dense layer are still 0 after training, unlike the other parameters.

        Which of the four parameters does your update go through?"""
        return train(step=lambda i, param, grad: param - train.lr * grad * (i != 3))

    @recognized(cnn.has_filters_alike)
    def filters_start_alike(train):
        """All your filters start as the same one, so they see the same pattern: together they are
        worth hardly more than one.

        How many random numbers do all the filters need, and how many do you draw?"""
        return train(start=lambda params, rng: [0 * params[0] + params[0][:1], *params[1:]])

    @recognized(cnn.ignores_filters)
    def number_of_filters_ignored(train):
        """Your network always has 8 filters, whatever `num_filters` says.

        Where in your code should you use `num_filters`?"""
        return train(num_filters=8)
