"""Data for the course: handwritten digits to learn from, and toy sets small enough to grasp.

    >>> import data
    >>> digits = data.load("digits")
    >>> digits.X_train.shape, digits.X_train.dtype, digits.name
    ((1500, 784), dtype('float32'), 'digits')

`load` returns images, `fetch` downloads MNIST or CIFAR-10 once, and `status` says what is on this
machine. `xor`, `logical_and`, `logical_or`, `two_moons` and `noisy_line` make toy sets from a NumPy
Generator. A faulty file or a failed download raises a `DataError` with a one-line message.
"""

import sys
from collections.abc import Callable
from pathlib import Path

from . import cifar, colored, digits, mnist
from .dataset import DataError, Dataset
from .files import cache_dir
from .toys import TOYS, logical_and, logical_or, noisy_line, toy, two_moons, xor

__all__ = [
    "NAMES",
    "TOYS",
    "DataError",
    "Dataset",
    "cache_dir",
    "fetch",
    "load",
    "logical_and",
    "logical_or",
    "noisy_line",
    "resolve",
    "status",
    "toy",
    "two_moons",
    "xor",
]

NAMES = ("auto", "mnist", "digits", "color", "cifar10", "colored_digits")


def _to_stderr(line: str) -> None:
    print(line, file=sys.stderr)


def resolve(name: str = "auto") -> str:
    """Return the name of what `load(name)` would load, without reading any image."""
    if name not in NAMES:
        choices = ", ".join(f"`{choice}`" for choice in NAMES)
        raise DataError(f"there is no data set `{name}`; choose one of {choices}")
    if name == "auto":
        return "digits" if mnist.find() is None else "mnist"
    if name == "color":
        return "colored_digits" if cifar.find() is None else "cifar10"
    return name


def load(name: str = "auto", report: Callable[[str], object] = _to_stderr) -> Dataset:
    """Return the images called `name` as a new `Dataset`, which you may change.

    name: `digits` (embedded, no network), `mnist` (downloaded if it is not on this machine yet)
        or `auto` (mnist if it is on this machine, else digits; never downloads). In color,
        `colored_digits`, `cifar10` and `color` relate to one another in the same way.
    report: called with each progress line of a download; prints to standard error by default.

    Raises `DataError` for any other name, and for a file that is unreadable, truncated, altered, or
    missing from the folder in `LEARN_DL_DATA`. There is no fallback: `auto` loads digits only if
    there is no MNIST at all.
    """
    name = resolve(name)
    embedded = {"digits": digits, "colored_digits": colored}
    if name in embedded:
        return embedded[name].load()
    in_files = {"mnist": mnist, "cifar10": cifar}[name]
    source = in_files.find()
    if source is None:
        fetch(report, name)
        source = in_files.find()
    return in_files.load(source)


def fetch(report: Callable[[str], object] = print, name: str = "mnist") -> Path:
    """Make sure that an intact `mnist` or `cifar10` is on this machine: see `openml.fetch`."""
    from . import openml  # its HTTP client takes longer to import than all of `data`

    return openml.fetch(report, name)


def status() -> list[str]:
    """Return one line per data set: what is on this machine, and where.

    It never downloads, and does not raise for a bad file: the line says what is wrong with it.
    """
    return [
        f"digits: {digits.CONTENTS}, {digits.ORIGIN}",
        f"mnist: {mnist.status()}",
        f"colored_digits: {colored.CONTENTS}, {colored.ORIGIN}",
        f"cifar10: {cifar.status()}",
    ]
