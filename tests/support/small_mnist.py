"""A made-up MNIST of 16 images, put in place of the real one: same format, own checksums."""

from pathlib import Path

import numpy as np
import pytest

from data import files, mnist

TRAIN, TEST = 12, 4


def arrays() -> dict[str, np.ndarray]:
    """The four arrays of a `mnist.npz`, always the same."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, size=(TRAIN + TEST, 28, 28), dtype=np.uint8)
    labels = rng.integers(0, 10, size=TRAIN + TEST, dtype=np.uint8)
    return {
        "x_train": images[:TRAIN],
        "y_train": labels[:TRAIN],
        "x_test": images[TRAIN:],
        "y_test": labels[TRAIN:],
    }


def install(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Makes `arrays()` the genuine MNIST and `folder` the cache, which is returned."""
    monkeypatch.setattr(mnist, "SHAPES", {key: a.shape for key, a in arrays().items()})
    monkeypatch.setattr(mnist, "SHA256", {key: mnist.checksum(a) for key, a in arrays().items()})
    return use_cache(monkeypatch, folder)


def use_cache(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Makes `folder`, which need not exist, the only place that data is looked for."""
    monkeypatch.delenv(files.FOLDER_VARIABLE, raising=False)
    monkeypatch.setattr(files, "cache_dir", lambda: folder)
    return folder


def save(folder: Path, **changes: np.ndarray | None) -> Path:
    """Writes `mnist.npz` into `folder`, with some arrays changed or (None) left out."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {key: a for key, a in {**arrays(), **changes}.items() if a is not None}
    np.savez_compressed(folder / mnist.FILE_NAME, **kept)
    return folder / mnist.FILE_NAME
