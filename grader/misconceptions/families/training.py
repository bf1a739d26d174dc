"""Wrong training: the mistakes that the training functions of chapters 3.4 to 4.4 have in common.

`train(...)` is right training but for the pieces or settings that the mistake replaces.
"""

import numpy as np

from .. import wrong
from ..pieces import TrainCnn, TrainDeepMlp, TrainMlp, TrainRegularizedMlp
from ..reference import minibatches
from ..shows import any_run, cnn, dense, regularized, runs, updates


@wrong(TrainMlp, recognizes=dense.is_uphill)
@wrong(TrainDeepMlp, recognizes=dense.is_uphill)
def uphill(train):
    """Your loss grows from update to update: the parameters move along the gradient, not against
    it.

    With which sign does the gradient enter the update?"""
    return train(lr=-train.lr)


@wrong(TrainCnn, recognizes=cnn.is_uphill)
@wrong(TrainRegularizedMlp, recognizes=regularized.is_uphill)
def step_uphill(train):
    """Training goes uphill: a class that never occurs among the labels becomes more likely with
    each step. The gradient points to where the loss grows, and the step should go the other way.

    Which sign is between the parameter and `lr` times its gradient?"""
    return train(lr=-train.lr)


@wrong(TrainMlp, recognizes=dense.is_never_updated)
@wrong(TrainDeepMlp, recognizes=dense.is_never_updated)
def never_updated(train):
    """The parameters that you return are the ones from the start. Either the next round of the loop
    reads the old ones again, or the new ones never get into what you return.

    Under which names does your code keep the new parameters, and which names does it read?"""
    return train(step=lambda i, param, grad: param)


@wrong(TrainCnn, recognizes=cnn.is_not_moved)
@wrong(TrainRegularizedMlp, recognizes=regularized.is_not_moved)
def start_parameters_returned(train):
    """You return the start parameters: either no step changes them, or the changed ones get lost.

    Where do the new values replace the old ones, and which of them does `return` name?"""
    return train(step=lambda i, param, grad: param)


@wrong(TrainDeepMlp, recognizes=dense.has_biases_fixed)
@wrong(TrainCnn, recognizes=cnn.has_biases_fixed)
@wrong(TrainRegularizedMlp, recognizes=regularized.has_biases_fixed)
def biases_never_updated(train):
    """The weights are trained, but all biases are still 0 at the end.

    How many arrays are in the parameters, and how many does your update reach?"""
    return train(step=lambda i, param, grad: param - train.lr * grad * (i % 2 == 0))


@wrong(TrainMlp, recognizes=dense.has_last_layer_alone_updated)
@wrong(TrainDeepMlp, recognizes=dense.has_last_layer_alone_updated)
def only_the_last_layer_updated(train):
    """The last layer is trained, but the earlier parameters stay where they started. The hidden
    layers keep looking for the random patterns they were born with.

    How many arrays are in `params`, and how many does your update reach?"""
    last = 2 * len(train.hidden)
    return train(step=lambda i, param, grad: param - train.lr * grad * (i >= last))


@wrong(TrainMlp, recognizes=dense.has_zero_start)
@wrong(TrainDeepMlp, recognizes=dense.has_zero_start)
@wrong(TrainCnn, recognizes=cnn.has_zero_weights)
@wrong(TrainRegularizedMlp, recognizes=regularized.has_zero_weights)
def weights_start_at_zero(train):
    """Your weights start at 0 and are still 0 at the end: every relu gives 0 with slope 0, so no
    error gets back through it, and only the last bias learns.

    What should the weights be drawn from, so that the units can become different?"""
    return train(start=lambda params, rng: [0 * param for param in params])


@wrong(TrainMlp, recognizes=dense.has_units_alike)
@wrong(TrainDeepMlp, recognizes=dense.has_units_alike)
def hidden_units_start_alike(train):
    """All columns of `W1` are equal, at the end as at the start. Hidden units that start out
    identical get the same gradient, so all of them together are worth only one.

    What makes one hidden unit different from another before anything is learned?"""
    return train(start=lambda params, rng: [0 * p + 0.01 * (p.ndim == 2) for p in params])


@wrong(TrainMlp, recognizes=dense.has_tiny_start)
@wrong(TrainDeepMlp, recognizes=dense.has_tiny_start)
def weights_start_too_small(train):
    """Your weights start so near 0 that hardly any signal gets through the layers, nor any error
    back: nothing but the last bias learns.

    How should the spread of a layer's weights depend on the number of its inputs?"""
    return train(start=lambda params, rng: [1e-5 * param for param in params])


def _unscaled(params, rng):
    return [rng.normal(size=param.shape) * (param.ndim > 1) for param in params]


def _twelvefold(params, rng):
    return [12 * param for param in params]


@wrong(TrainMlp, recognizes=dense.has_large_start)
@wrong(TrainDeepMlp, recognizes=dense.has_large_start)
@wrong(TrainCnn, recognizes=cnn.has_large_start)
@wrong(TrainRegularizedMlp, start=_twelvefold, recognizes=regularized.has_large_start)
def weights_start_too_large(train, start=_unscaled):
    """Your first loss is far above what guessing costs, ln 10 = 2.3 for ten classes: the weights
    start so large that the network is very sure of its guesses, and mostly wrong.

    How should the spread of a layer's weights depend on the number of its inputs?"""
    return train(start=start)


@wrong(TrainMlp, recognizes=dense.has_positive_start)
@wrong(TrainDeepMlp, recognizes=dense.has_positive_start)
def weights_start_positive(train):
    """Your weights start positive, like those from `rng.random`, and so large that the first loss
    is far above ln 10 = 2.3. Every hidden unit adds up the whole image, and they all agree.

    Around which number should the weights be centered, and how widely spread, by chapter 3.3?"""
    return train(start=lambda params, rng: [rng.random(p.shape) * (p.ndim == 2) for p in params])


@wrong(TrainMlp, recognizes=dense.has_one_loss_per_epoch)
@wrong(TrainDeepMlp, recognizes=dense.has_one_loss_per_epoch)
def one_loss_per_epoch(train):
    """Your list has one loss per epoch. It should have one per update: per batch of each epoch.
    Either you keep only one loss of each epoch, or you make only one update.

    How many updates does an epoch of 50 examples make with batches of 16, and which of them add a
    loss to the list?"""
    params, losses = train()
    each = len(losses) // train.epochs
    return params, losses[each - 1 :: each]


@wrong(TrainCnn, recognizes=any_run.has_as_many_losses_as_epochs)
@wrong(TrainRegularizedMlp, recognizes=any_run.has_as_many_losses_as_epochs)
def as_many_losses_as_epochs(train):
    """Your list has one loss per epoch, but there should be one per update. Either you keep only
    one loss of each epoch, or all images go into one batch, whatever `batch_size` says.

    How many updates does an epoch of 50 images make with batches of 16?"""
    params, losses = train()
    return params, losses[:: len(losses) // train.epochs]


@wrong(TrainMlp, recognizes=any_run.has_settings_exchanged)
@wrong(TrainDeepMlp, recognizes=any_run.has_settings_exchanged)
@wrong(TrainCnn, recognizes=any_run.has_settings_exchanged)
@wrong(TrainRegularizedMlp, recognizes=any_run.has_settings_exchanged)
def epochs_and_batch_size_exchanged(train):
    """There are as many losses as if `batch_size` were the number of epochs and `epochs` the size
    of a batch.

    In which order does the function that you call take the two?"""
    return train(epochs=train.batch_size, batch_size=train.epochs)


@wrong(TrainMlp, recognizes=dense.ignores_batch_size)
@wrong(TrainDeepMlp, recognizes=dense.ignores_batch_size)
def batch_size_ignored(train):
    """The number of updates does not depend on `batch_size`: your batches have a fixed size, or all
    the examples are one batch.

    Do you pass `batch_size` on to the function that cuts the batches?"""
    return train(batch_size=64)


def _until_small(params, losses):
    """Cut a longer run off after the first small loss."""
    small = [i for i, loss in enumerate(losses) if loss < 0.1 and i > 10]
    return params, losses[: small[0] + 1] if small else losses


@wrong(TrainMlp, recognizes=any_run.ends_when_the_loss_is_small)
@wrong(TrainDeepMlp, recognizes=any_run.ends_when_the_loss_is_small)
@wrong(TrainCnn, recognizes=any_run.ends_when_the_loss_is_small)
@wrong(TrainRegularizedMlp, recognizes=any_run.ends_when_the_loss_is_small)
def ends_when_the_loss_is_small(train):
    """Your training ends before the last epoch, as soon as the loss is small enough. It should go
    on for all the epochs that the caller asks for.

    Which line leaves the loop, and does the docstring speak of such a condition?"""
    return _until_small(*train())


def _full_batches(X, y, batch_size, rng):
    return minibatches(X, y, batch_size, rng)[: max(len(X) // batch_size, 1)]


@wrong(TrainMlp, recognizes=any_run.drops_rest)
@wrong(TrainDeepMlp, recognizes=any_run.drops_rest)
@wrong(TrainCnn, recognizes=any_run.drops_rest)
@wrong(TrainRegularizedMlp, recognizes=any_run.drops_rest)
def last_batch_dropped(train):
    """There are fewer updates than batches: you never use the rest after the full batches.

    How many batches of 16 do 50 examples make, if the last one may be smaller?"""
    return train(batches=_full_batches)


@wrong(TrainMlp, recognizes=dense.ignores_epochs, words={"number": "five"})
@wrong(TrainDeepMlp, recognizes=dense.ignores_epochs, words={"number": "five"})
@wrong(TrainCnn, default=3, recognizes=cnn.ignores_epochs, words={"number": "three"})
@wrong(TrainRegularizedMlp, recognizes=regularized.ignores_epochs, words={"number": "five"})
def epochs_ignored(train, default=5):
    """Training always lasts {number} epochs, whatever `epochs` says.

    Where does your loop get the number of epochs?"""
    return train(epochs=default)


@wrong(TrainMlp, recognizes=dense.trains_one_epoch)
@wrong(TrainDeepMlp, recognizes=dense.trains_one_epoch)
@wrong(TrainCnn, name="one_epoch_only", recognizes=any_run.has_losses_of_one_epoch)
@wrong(TrainRegularizedMlp, name="one_epoch_only", recognizes=any_run.has_losses_of_one_epoch)
def only_one_epoch(train):
    """There are losses for a single epoch, whatever `epochs` says: you go through the data only
    once, `return` is inside the loop, or you start a new list of losses in each epoch.

    What is inside your loop over the epochs that belongs before it, or after it?"""
    return train(epochs=1)


@wrong(TrainMlp, recognizes=any_run.trains_twice)
@wrong(TrainDeepMlp, recognizes=any_run.trains_twice)
def every_epoch_twice(train):
    """You make twice as many updates as there are batches in all the epochs.

    Which two loops, or which two calls, go through the batches of one epoch?"""
    return train(epochs=2 * train.epochs)


@wrong(TrainMlp, recognizes=any_run.is_one_epoch_short)
@wrong(TrainDeepMlp, recognizes=any_run.is_one_epoch_short)
def one_epoch_short(train):
    """Training ends one epoch too early, or begins one too late.

    What are the first and the last number of your `range`?"""
    return train(epochs=train.epochs - 1)


@wrong(TrainMlp, default=(256,), recognizes=dense.ignores_hidden)
@wrong(TrainDeepMlp, recognizes=dense.ignores_hidden)
@wrong(TrainRegularizedMlp, name="hidden_sizes_ignored", recognizes=regularized.ignores_hidden)
def hidden_ignored(train, default=(256, 128)):
    """Your hidden layers have fixed sizes, whatever `hidden` says.

    Which numbers determine the sizes of your layers?"""
    return train(hidden=default)


@wrong(TrainMlp, recognizes=dense.ignores_rate)
@wrong(TrainDeepMlp, recognizes=dense.ignores_rate)
@wrong(TrainCnn, default=0.05, recognizes=cnn.ignores_rate)
@wrong(TrainRegularizedMlp, recognizes=regularized.ignores_rate)
def learning_rate_ignored(train, default=0.1):
    """Your steps do not have the length that `lr` asks for, but seem to be the same for every `lr`.

    Does your update use `lr`, or is there a fixed number in its place?"""
    return train(lr=default)


@wrong(TrainMlp, recognizes=updates.has_gradients_summed)
@wrong(TrainDeepMlp, recognizes=updates.has_gradients_summed)
@wrong(TrainCnn, name="step_along_the_sum", recognizes=cnn.has_gradients_summed)
@wrong(
    TrainRegularizedMlp,
    name="step_along_the_sum",
    recognizes=regularized.has_gradients_summed,
)
def gradients_summed_over_the_batch(train):
    """Your steps are longer than `lr` times the gradient of the mean loss. That happens when the
    gradients are summed over the batch and not averaged.

    Do the gradients that your update uses contain the 1/n of the mean?"""
    size = min(train.batch_size, len(train.X))
    penalty = getattr(train, "lambda_", 0) / size  # it is not part of the sum
    return train(lr=size * train.lr, lambda_=penalty)


@wrong(TrainMlp, recognizes=dense.has_gradients_averaged_twice)
@wrong(TrainDeepMlp, recognizes=dense.has_gradients_averaged_twice)
def update_divided_by_the_batch_again(train):
    """Your steps are too short by the number of examples in a batch: you divide the gradients by it
    once more, although they already contain the 1/n of the mean.

    Which of your functions applies the 1/n, and does the update apply another one?"""
    return train(step=lambda i, param, grad: param - train.lr * grad / train.batch_size)


@wrong(TrainMlp, recognizes=dense.has_losses_summed)
@wrong(TrainDeepMlp, recognizes=dense.has_losses_summed)
@wrong(TrainCnn, name="losses_are_sums", recognizes=cnn.has_losses_summed)
def losses_summed_over_the_batch(train):
    """Your losses are sums over the batch: the first one is about ln 10 = 2.3 times the number of
    examples in it. The loss of this course is a mean.

    What do you divide a sum by to get a mean?"""
    params, losses = train()
    size = min(train.batch_size, len(train.X))
    return params, [size * loss for loss in losses]


def _of_all_examples(run):
    singles, epochs = runs.one_by_one(run)
    own = np.diag(singles)
    return np.ptp(own) > 1e-3 and np.allclose(epochs, own.mean(), atol=1e-5)


@wrong(TrainMlp, recognizes=_of_all_examples)
@wrong(TrainDeepMlp, recognizes=_of_all_examples)
@wrong(TrainCnn, name="losses_of_all_images", recognizes=cnn.has_losses_of_all_images)
def losses_of_all_examples(train):
    """Your losses are those of all the examples, but each should be that of the batch which the
    update is made from.

    Which examples does the line that computes the loss get?"""
    right = train.right_loss(None)

    def loss_fn(X, y, params):
        return right(1.0 * train.X, train.y, params)[0], right(X, y, params)[1]

    return train(loss_fn=loss_fn)


def _torn_apart(X, y, batch_size, rng):
    shift = 1 + rng.integers(max(1, len(y) - 1))
    return minibatches(X, np.roll(y, shift, axis=0), batch_size, rng)


@wrong(TrainMlp, name="images_and_labels_shuffled_apart", recognizes=dense.has_pairs_broken)
@wrong(TrainDeepMlp, name="examples_and_labels_shuffled_apart", recognizes=dense.has_pairs_broken)
@wrong(TrainCnn, recognizes=cnn.has_pairs_broken)
@wrong(TrainRegularizedMlp, recognizes=regularized.has_pairs_broken)
def images_and_labels_torn_apart(train):
    """Your network is trained on the wrong labels: examples and labels are not shuffled into the
    same order. All it can learn that way is how frequent each class is.

    How many random orders does your code draw, and to which arrays does it apply each?"""
    return train(batches=_torn_apart)


@wrong(TrainMlp, name="generator_with_its_own_seed", recognizes=dense.has_own_seed)
@wrong(TrainDeepMlp, name="generator_with_its_own_seed", recognizes=dense.has_own_seed)
@wrong(TrainCnn, recognizes=cnn.has_seed_of_its_own)
@wrong(TrainRegularizedMlp, name="generator_of_its_own", recognizes=any_run.has_seed_of_its_own)
def seed_of_its_own(train):
    """Your training is the same whatever `rng` it gets: your code creates a generator with a fixed
    seed.

    Where does `rng` get its value in your code, and do you pass it on?"""
    return train(rng=0)
