"""Wrong predictions: the mistakes that the networks of chapters 4.3, 4.5 and 5.4 have in common."""

import numpy as np

from .. import wrong
from ..reference import cnn_scores, color_cnn_scores, deep_mlp_scores, softmax
from ..shows import free_networks


def _over_all(answer, X, params):
    one_each = answer.ndim == 2 and len(answer) == len(X) > 1
    return one_each and bool(np.isclose(answer.sum(), 1, atol=1e-3))


@wrong("forward_cnn", scores=cnn_scores)
@wrong(
    "predict_capstone", scores=deep_mlp_scores, recognizes=free_networks.scores_for_probabilities
)
@wrong(
    "predict_color_cnn", scores=color_cnn_scores, recognizes=free_networks.scores_for_probabilities
)
def scores_without_softmax(X, params, scores):
    """You return scores, some of them negative, but predictions should be probabilities.

    Which function turns a row of scores into numbers between 0 and 1 that sum to 1?"""
    return scores(X, params)


@wrong("forward_cnn", scores=cnn_scores)
@wrong("predict_capstone", scores=deep_mlp_scores, recognizes=free_networks.classes_by_themselves)
@wrong("predict_color_cnn", scores=color_cnn_scores, recognizes=free_networks.classes_by_themselves)
def sigmoid_for_softmax(X, params, scores):
    """Your rows do not sum to 1: like a sigmoid, you judge each class by itself.

    An image shows exactly one of the classes: which function makes its scores compete?"""
    return 1 / (1 + np.exp(-scores(X, params)))


@wrong("forward_cnn", scores=cnn_scores)
@wrong("predict_capstone", scores=deep_mlp_scores, recognizes=free_networks.columns_sum_to_one)
@wrong("predict_color_cnn", scores=color_cnn_scores, recognizes=free_networks.columns_sum_to_one)
def softmax_over_the_batch(X, params, scores):
    """Your probabilities sum to 1 over the images of the batch, not over the classes.

    Which axis of the scores counts the classes?"""
    return softmax(scores(X, params), 0)


@wrong("forward_cnn", scores=cnn_scores)
@wrong("predict_capstone", scores=deep_mlp_scores, recognizes=_over_all)
@wrong("predict_color_cnn", scores=color_cnn_scores, recognizes=_over_all)
def softmax_over_everything(X, params, scores):
    """All your probabilities together sum to 1, but those of each image should.

    Over which axis should you add up the exponentials, and over which do you if you name none?"""
    return softmax(scores(X, params), None)


@wrong("forward_cnn", scores=cnn_scores)
@wrong("predict_capstone", scores=deep_mlp_scores, recognizes=free_networks.one_label_each)
@wrong("predict_color_cnn", scores=color_cnn_scores, recognizes=free_networks.one_label_each)
def labels_for_probabilities(X, params, scores):
    """You return one label per image, but the answer should be the probabilities of all classes.

    Which step of your code comes after the probabilities, and who should take it?"""
    return scores(X, params).argmax(axis=1)


def _decisions(answer, X, params):
    certain = np.isin(answer, (0, 1)).all() and np.all(answer.sum(axis=1) == 1)
    return answer.ndim == 2 and len(X) > 20 and certain


@wrong("forward_cnn", scores=cnn_scores)
@wrong("predict_capstone", scores=deep_mlp_scores, recognizes=_decisions)
@wrong("predict_color_cnn", scores=color_cnn_scores, recognizes=_decisions)
def decisions_for_probabilities(X, params, scores):
    """Every answer is exactly 0 or 1: you return the class that you decide for, as a one-hot row.
    The probabilities also say how sure the network is, and how likely the other classes are.

    What does softmax give, before anything is rounded or compared?"""
    Z = scores(X, params)
    return np.eye(Z.shape[1])[Z.argmax(axis=1)]


def _black_alone(answer, X, params):
    return len(X) == 1 and np.allclose(answer, softmax(deep_mlp_scores(0 * X, params)), atol=1e-5)


def _gray_alone(answer, X, params):
    gray = softmax(color_cnn_scores(0 * X + np.float32(0.5), params))
    return len(X) == 1 and np.allclose(answer, gray, atol=1e-4)


@wrong(
    "predict_capstone",
    scores=deep_mlp_scores,
    middle=np.float32(0),
    recognizes=_black_alone,
    words={"color": "black"},
)
@wrong(
    "predict_color_cnn",
    scores=color_cnn_scores,
    middle=np.float32(0.5),
    recognizes=_gray_alone,
    words={"color": "an even gray"},
)
def images_shifted_by_their_mean(X, params, scores, middle):
    """Your prediction for an image depends on the others in the batch: you subtract the mean of the
    batch from all of them. A single image then becomes {color}.

    What do you know about an image that comes alone?"""
    return softmax(scores(X - X.mean(axis=0) + middle, params))


def _dark(scores):
    def recognizes(answer, X, params):
        answer, X = answer[:20], X[:20]  # enough to know it by
        right, dark = (softmax(scores(images, params)) for images in (X, X / 255))
        known = np.any(X) and np.allclose(answer, dark, atol=1e-5)
        return known and not np.allclose(answer, right, atol=1e-3)

    return recognizes


@wrong("predict_capstone", scores=deep_mlp_scores, recognizes=_dark(deep_mlp_scores))
@wrong("predict_color_cnn", scores=color_cnn_scores, recognizes=_dark(color_cnn_scores))
def pixels_divided_by_255(X, params, scores):
    """Your images are dark: you divide the pixels by 255, but they already lie between 0 and 1.

    In which range are the values of `X`, and is `X` the same here as in training?"""
    return softmax(scores(X / 255, params))
