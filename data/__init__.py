"""Data for the course: handwritten digits to learn on, and toy sets small enough to see through.

    >>> import data
    >>> digits = data.load("digits")
    >>> digits.X_train.shape, digits.X_train.dtype, digits.name
    ((1500, 784), dtype('float32'), 'digits')

`load` gives images, `fetch` downloads MNIST or CIFAR-10 once, `status` says what is on this
machine.
`xor`, `logical_and`, `logical_or`, `two_moons` and `noisy_line` make toy sets from a NumPy
Generator. Whatever is wrong with a file or a download is a `DataError` of one line.
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
    """What `load(name)` would load, found out without reading any image."""
    if name not in NAMES:
        choices = ", ".join(f"`{choice}`" for choice in NAMES)
        raise DataError(f"there is no data set `{name}`; choose one of {choices}")
    if name == "auto":
        return "digits" if mnist.find() is None else "mnist"
    if name == "color":
        return "colored_digits" if cifar.find() is None else "cifar10"
    return name


def load(name: str = "auto", report: Callable[[str], object] = _to_stderr) -> Dataset:
    """The images called `name`: a `Dataset`, freshly made, yours to change.

    name: `digits` (embedded, no network), `mnist` (downloaded when it is not on this machine yet)
        or `auto` (mnist if it is on this machine, else digits; never downloads). In color:
        `colored_digits`, `cifar10` and `color`, which are to each other as those three.
    report: called with each line of news while a download runs; standard error by default.

    Raises `DataError` for another name, and for a file that is missing where `LEARN_DL_DATA` says
    it is, unreadable, truncated or altered. There is no falling back: `auto` gives digits only
    where there is no MNIST at all.
    """
    name = resolve(name)
    embedded = {"digits": digits, "colored_digits": colored}
    if name in embedded:
        return embedded[name].load()
    kept = {"mnist": mnist, "cifar10": cifar}[name]
    source = kept.find()
    if source is None:
        fetch(report, name)
        source = kept.find()
    return kept.load(source)


def fetch(report: Callable[[str], object] = print, name: str = "mnist") -> Path:
    """Sees to it that a good MNIST, or `cifar10`, is on this machine: see `openml.fetch`."""
    from . import openml  # whose HTTP client takes longer to import than all of `data`

    return openml.fetch(report, name)


def status() -> list[str]:
    """One line on each data set: what is on this machine, and where.

    Never raises for a bad file and never downloads: the line on MNIST says what is wrong.
    """
    return [
        f"digits: {digits.CONTENTS}, {digits.ORIGIN}",
        f"mnist: {mnist.status()}",
        f"colored_digits: {colored.CONTENTS}, {colored.ORIGIN}",
        f"cifar10: {cifar.status()}",
    ]
