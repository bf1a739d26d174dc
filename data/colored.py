"""Colored digits: small pictures that a network can only read by combining the color channels.

Each shows two of the embedded digits at once. One is drawn in color, greener than the background
but no brighter; it is the label. The other is drawn in light or shadow, the same in all channels,
and has no meaning. So the mean over the channels shows only the wrong digit, and any one channel
shows both on top of each other: seeing the color takes the difference of channels. Tests for color
blindness are made the same way.
"""

import numpy as np

from . import digits
from .dataset import Dataset, contents

CONTENTS = contents(digits.TRAIN, digits.TEST)
ORIGIN = "made from the embedded digits"
SEED = 54
MARGIN = 2  # pixels around the 28x28 of a digit: CIFAR-10's images are 32x32


def load() -> Dataset:
    """Return the colored digits: X (n, 3, 32, 32) float32 in [0, 1], y (n,) int64.

    They are the same on every machine and in every call: 1,500 to train, and 297 to test by other
    writers. Raises `DataError` as `digits.load` does.
    """
    plain = digits.load()
    rng = np.random.default_rng(SEED)
    X_train, X_test = (_painted(X, rng) for X in (plain.X_train, plain.X_test))
    description = f"colored_digits: {CONTENTS}, {ORIGIN}"
    return Dataset(X_train, plain.y_train, X_test, plain.y_test, "colored_digits", description)


def _painted(X: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Paint (n, 784) in [0, 1] as (n, 3, 32, 32) in whole 255ths, each under another digit's shade.

    The colors of ink and shade, their strength, and a fine grain are drawn from `rng`.
    """
    n = len(X)
    image = X.reshape(n, 1, 28, 28).astype(np.float64)
    image = np.pad(image, ((0, 0), (0, 0), (MARGIN, MARGIN), (MARGIN, MARGIN)))
    shade = image[rng.permutation(n)]
    red = rng.uniform(-0.5, 0.5, n)
    ink = np.column_stack([red, 1 - red / 2, -1 - red / 2])  # sums to 0: neither lighter nor darker
    ink *= rng.uniform(0.2, 0.25, (n, 1))
    light = rng.choice([-1, 1], n) * rng.uniform(0.2, 0.25, n)
    ground = 0.5 + rng.uniform(-0.04, 0.04, (n, 3))
    painted = ground[:, :, None, None] + ink[:, :, None, None] * image
    painted += light[:, None, None, None] * shade
    painted += rng.uniform(-0.03, 0.03, painted.shape)
    return (np.rint(255 * np.clip(painted, 0, 1)) / 255).astype(np.float32)
