"""Signs of a mistake in any `Run`; most are in the number of its losses."""

import numpy as np


def drops_rest(run):
    whole, rest = divmod(len(run.X), run.batch_size)
    return rest > 0 and whole > 1 and len(run.losses) == run.epochs * whole


def has_as_many_losses_as_epochs(run):
    return len(run.losses) == run.epochs and run.batches > 1


def has_losses_of_one_epoch(run):
    return run.epochs > 1 and len(run.losses) == run.batches != run.epochs


def trains_twice(run):
    return len(run.losses) == 2 * run.epochs * run.batches


def is_one_epoch_short(run):
    return run.epochs != 2 and len(run.losses) == (run.epochs - 1) * run.batches


def has_settings_exchanged(run):
    """As many losses as with the batch size for the number of epochs, and the other way round."""
    exchanged = run.batch_size * -(-len(run.X) // run.epochs)
    usual = {run.epochs * factor for factor in (1, run.batches, len(run.X))}
    return len(run.losses) == exchanged and exchanged not in usual


def ends_when_the_loss_is_small(run):
    """The losses end before the last epoch, with the smallest of all, and go down to it."""
    early = 1 < len(run.losses) < run.epochs * run.batches and run.epochs > 2
    few = len(run.losses) in (run.epochs, run.batches)
    return early and not few and run.losses[-1] <= min(0.5, *run.losses)


def has_seed_of_its_own(run, starts=({},)):
    """The answer is that of a right training from a usual seed."""
    if len(run.X) * run.epochs > 500:
        return False
    for seed in (0, 1, 42, 123, 1234):
        for start in starts:
            params, _ = run.train(rng=seed, **start)
            if all(map(np.allclose, params, run.params)):
                return True
    return False
