"""A made-up CIFAR-10 of 30 images, put in place of the real one: same formats, own statistics."""

import io
import tarfile
from pathlib import Path

import numpy as np
import pytest

from data import cifar

from . import small_mnist

TRAIN, TEST = 20, 10


def arrays() -> dict[str, np.ndarray]:
    """The four arrays of a `cifar10.npz`, always the same: each class as often as the others."""
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, size=(TRAIN + TEST, *cifar.IMAGE), dtype=np.uint8)
    return {
        "x_train": images[:TRAIN],
        "y_train": rng.permutation(TRAIN).astype(np.uint8) % 10,
        "x_test": images[TRAIN:],
        "y_test": rng.permutation(TEST).astype(np.uint8),
    }


def install(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Path:
    """Makes `arrays()` the genuine CIFAR-10 and `folder` the cache, which is returned."""
    means, deviations = cifar.statistics(arrays()["x_train"])
    monkeypatch.setattr(cifar, "SHAPES", {key: a.shape for key, a in arrays().items()})
    monkeypatch.setattr(cifar, "MEANS", means)
    monkeypatch.setattr(cifar, "DEVIATIONS", deviations)
    return small_mnist.use_cache(monkeypatch, folder)


def save(folder: Path, note: bool = True, **changes: np.ndarray | None) -> Path:
    """Writes `cifar10.npz` into `folder`, some arrays changed or (None) left out.

    note: with the checksums of the unchanged arrays beside it, as after a download.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = {key: a for key, a in {**arrays(), **changes}.items() if a is not None}
    np.savez(folder / cifar.FILE_NAME, **kept)
    if note:
        (folder / cifar.DIGESTS_NAME).write_text(cifar.digests_text(arrays()))
    return folder / cifar.FILE_NAME


def save_archive(folder: Path, monkeypatch: pytest.MonkeyPatch, leave_out: str = "") -> Path:
    """Writes the official archive's like, two records in each of its batches, ten in the last."""
    folder.mkdir(parents=True, exist_ok=True)
    made, path = arrays(), folder / cifar.ARCHIVE_NAME
    with tarfile.open(path, "w:gz") as archive:
        for part, members in cifar.MEMBERS.items():
            records = np.column_stack([made[f"y_{part}"], made[f"x_{part}"].reshape(-1, 3072)])
            for member, some in zip(members, np.array_split(records, len(members)), strict=True):
                entry = tarfile.TarInfo(member)
                entry.size = some.size
                if leave_out not in member or not leave_out:
                    archive.addfile(entry, io.BytesIO(some.astype(np.uint8).tobytes()))
    trust(path, monkeypatch)
    return path


def trust(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes the md5 of this archive the genuine one."""
    import hashlib

    monkeypatch.setattr(cifar, "ARCHIVE_MD5", hashlib.md5(path.read_bytes()).hexdigest())
