"""Dropout masks: which units are left out, and what stays the same on average."""

import numpy as np

from grader.boundary.arguments import Seeded
from grader.vocabulary import expect

from . import figure

SHAPE = (8, 16)
DRAWS = 200


@figure("dropout")
def dropout_noise(student, p, draw):
    """Return the units, the same with one mask, and the mean of the layer over many masks."""
    A = np.random.default_rng(0).uniform(0.2, 1.0, size=SHAPE)

    def dropped(seed):
        got, mask = expect.parts(student.dropout(A, p, Seeded(seed)), "A_dropped", "mask")
        return expect.array(got, SHAPE), expect.array(mask, SHAPE)

    out, mask = dropped(draw)
    means = [float(dropped(1000 + seed)[0].mean()) for seed in range(DRAWS)]
    return {
        "before": A.tolist(),
        "after": out.tolist(),
        "kept": int(np.count_nonzero(mask)),
        "mean": float(A.mean()),
        "mean_after": float(out.mean()),
        "means": means,
    }
