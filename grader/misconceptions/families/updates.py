"""Wrong training: another update than the plain step, and other inputs than those given.

`train(...)` is right training but for the pieces or settings that the mistake replaces.
"""

import numpy as np

from .. import wrong
from ..pieces import TrainDeepMlp, TrainMlp, momentum
from ..reference import changed_on_the_way, minibatches
from ..reference import deep_mlp_loss as right_loss
from ..shows import updates


@wrong(TrainMlp, recognizes=updates.starts_anew)
@wrong(TrainDeepMlp, recognizes=updates.starts_anew)
def weights_drawn_anew_each_epoch(train):
    """You draw new weights in every epoch, so what the earlier epochs have learned is lost.

    Which lines of your loop over the epochs belong before it?"""
    rng, losses, params = np.random.default_rng(train.rng), [], None
    for _ in range(train.epochs):
        params, more = train(epochs=1, rng=rng)
        losses += more
    return params, losses


@wrong(TrainMlp, recognizes=updates.later_layers_first)
@wrong(TrainDeepMlp, recognizes=updates.later_layers_first)
def last_layer_changed_first(train):
    """You change the last layer's weights before you send the error back through them. The gradient
    of the layer before belongs to the weights of the forward pass.

    Which lines still need a layer's weights when you change them?"""

    def loss_fn(X, y, params):
        return right_loss(X, y, params)[0], changed_on_the_way(X, y, params, train.lr)

    return train(loss_fn=loss_fn)


@wrong(TrainMlp, recognizes=updates.rate_falls)
@wrong(TrainDeepMlp, recognizes=updates.rate_falls)
def learning_rate_decays(train):
    """Your first updates are right, but later ones are shorter than `lr` times the gradient: your
    learning rate falls during training.

    Which line changes the learning rate, and does the docstring speak of that?"""
    done = []

    def loss_fn(X, y, params):
        done.append(1)
        return right_loss(X, y, params)

    def step(i, param, grad):
        epoch = (len(done) - 1) // max(1, -(-len(train.X) // train.batch_size))
        return param - train.lr * 0.5**epoch * grad

    return train(loss_fn=loss_fn, step=step)


@wrong(TrainMlp, recognizes=updates.updates_by(updates.with_momentum))
@wrong(TrainDeepMlp, recognizes=updates.updates_by(updates.with_momentum))
def momentum_added(train):
    """Your updates use momentum: the first one is right, and later ones go on in the direction of
    those before. This function takes plain steps; momentum comes in chapter 4.5.

    What does an update depend on here besides `lr` and the gradient?"""
    return train(step=momentum(train.lr))


@wrong(TrainMlp, recognizes=updates.has_steps_of_one_length)
@wrong(TrainDeepMlp, recognizes=updates.has_steps_of_one_length)
def steps_of_one_length(train):
    """Your first update moves every number equally far, however small its gradient, as Adam and
    RMSProp do. This function takes plain steps; Adam comes in chapter 5.1.

    How far should a weight move whose gradient is a tenth of another's?"""
    averages: dict = {}

    def step(i, param, grad):
        m, v, t = averages.get(i, (0.0, 0.0, 0))
        m, v, t = 0.9 * m + 0.1 * grad, 0.999 * v + 0.001 * grad**2, t + 1
        averages[i] = m, v, t
        return param - train.lr * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)

    return train(step=step)


@wrong(TrainMlp, recognizes=updates.has_short_steps)
@wrong(TrainDeepMlp, recognizes=updates.has_short_steps)
def gradients_clipped(train):
    """You shorten large gradients before the update: some numbers, or some arrays, move less than
    `lr` times their gradient. The update of this course uses the gradient itself.

    Which line limits or divides the gradients, and does the docstring speak of that?"""
    return train(
        step=lambda i, param, grad: param - train.lr * grad / max(1.0, 5 * np.linalg.norm(grad))
    )


@wrong(TrainMlp, recognizes=updates.shrinks_weights)
@wrong(TrainDeepMlp, recognizes=updates.shrinks_weights)
def weights_shrink(train):
    """In addition to the step down the gradient, your update makes every weight smaller by the same
    share, as an L2 penalty or weight decay does. That comes in chapter 4.4.

    What is added to the gradient, or what is the parameter multiplied by, in your update?"""
    return train(step=lambda i, param, grad: param - train.lr * (grad + 0.01 * param))


def _standardized(X, y, batch_size, rng):
    X = (X - X.mean(axis=0)) / (X.std(axis=0) + 1e-8)
    return minibatches(X, y, batch_size, rng)


@wrong(TrainMlp, recognizes=updates.has_changed_inputs)
@wrong(TrainDeepMlp, recognizes=updates.has_changed_inputs)
def inputs_changed_in_training(train):
    """Your network is trained on inputs that you scale or shift first. The caller applies
    the parameters to the inputs as they are, and gets other answers.

    Which line of your training changes `X`, and could the caller know of it?"""
    return train(batches=_standardized)
