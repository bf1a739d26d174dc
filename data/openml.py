"""Data from OpenML into the cache: verified before it is put in place, or not at all."""

import os
import socket
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from types import ModuleType
from urllib.error import HTTPError, URLError

import numpy as np

from . import cifar, files, mnist
from .dataset import DataError

SETS = {"mnist": mnist, "cifar10": cifar}
NAMES_THERE = {"mnist": "mnist_784", "cifar10": "CIFAR_10"}  # version 1 of both
SIZES = {
    "mnist": "15 MB, then a minute or two to read it",
    "cifar10": "some hundred MB, then many minutes and 3 GB of memory to read it",
}
RETRIES, PAUSE = 1, 1.0  # scikit-learn asks once more after a network error, seconds later
TIMEOUT = 30.0  # seconds without a single byte; scikit-learn itself would wait for ever


def fetch(report: Callable[[str], object] = print, name: str = "mnist") -> Path:
    """Sees to it that a good `mnist` or `cifar10` is on this machine, and returns its file.

    What is already there and good is left alone; what is bad in the cache is replaced. Two
    processes may do this at once. It needs a network; MNIST a minute or two and about 1 GB of
    memory, CIFAR-10 many minutes and 3 GB.

    report: called with each line of news.

    Raises `DataError` when it cannot be had, and leaves everything as it was before.
    """
    wanted = SETS[name]
    source = wanted.find()
    if source is not None and _is_good(wanted, source, report):
        report(f"{name} is there: `{source.path}`")
        return source.path
    report(f"downloading {name} from OpenML ({SIZES[name]}) ...")
    arrays = _download(name)
    fault = wanted.find_fault(arrays)
    if fault is not None:
        raise DataError(f"what OpenML sent {fault}; {_remedy(wanted)}")
    path = files.cache_dir() / wanted.FILE_NAME
    if wanted is cifar:  # whose arrays have no published checksum: what came is noted
        note = cifar.digests_text(arrays).encode()
        _put_in_place(path.with_name(cifar.DIGESTS_NAME), lambda stream: stream.write(note))
    # not compressed: half a second less on every load
    _put_in_place(path, lambda stream: np.savez(stream, **arrays))
    report(f"{name} is there: `{path}`")
    return path


def _remedy(wanted: ModuleType) -> str:
    return (
        f"try again later, or put `{wanted.FILE_NAME}` into a folder "
        f"and set `{files.FOLDER_VARIABLE}` to it"
    )


def _is_good(wanted: ModuleType, source, report: Callable[[str], object]) -> bool:
    try:
        wanted.read(source)
    except DataError as error:
        if not source.in_cache:
            raise  # the user's own folder is not ours to repair
        report(str(error))
        return False
    return True


def _download(name: str) -> dict[str, np.ndarray]:
    """The four arrays of a data set as OpenML has them, unverified."""
    from sklearn.datasets import fetch_openml  # seconds, so not at import

    try:
        with _folder_of_its_own() as data_home, _quiet_and_impatient():
            bunch = fetch_openml(
                NAMES_THERE[name],
                version=1,
                data_home=data_home,
                as_frame=False,
                parser="liac-arff",  # slow, but the other one needs pandas
                n_retries=RETRIES,
                delay=PAUSE,
            )
            return _split(bunch.data, bunch.target, SETS[name].SHAPES)
    except Exception as error:  # whatever the far end sends, it is one line to the user
        reason = f"{name} was not downloaded: {_reason(error)}"
        raise DataError(f"{reason}; {_remedy(SETS[name])}") from error


def _folder_of_its_own() -> tempfile.TemporaryDirectory:
    """For scikit-learn's own cache, so that half a file is never what the next attempt finds."""
    return tempfile.TemporaryDirectory(prefix="learn-dl-", ignore_cleanup_errors=True)


@contextmanager
def _quiet_and_impatient() -> Iterator[None]:
    """No warnings about retries, and no waiting for ever."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        socket.setdefaulttimeout(before)


def _split(data: np.ndarray, target: np.ndarray, shapes: dict) -> dict[str, np.ndarray]:
    """data (n, pixels) of 0..255, target (n,) of "0".."9" -> the four arrays, training first."""
    images = data.astype(np.uint8).reshape(-1, *shapes["x_test"][1:])
    labels = target.astype(np.uint8)
    train = len(labels) - shapes["y_test"][0]
    return {
        "x_train": images[:train],
        "y_train": labels[:train],
        "x_test": images[train:],
        "y_test": labels[train:],
    }


def _reason(error: Exception) -> str:
    """What went wrong on the way, in a few words."""
    if isinstance(error, HTTPError):
        error.close()  # it holds the connection
        return f"OpenML answered `HTTP {error.code}`"
    if isinstance(error, URLError):
        if not isinstance(error.reason, TimeoutError):
            return f"OpenML cannot be reached (`{error.reason}`)"
        error = error.reason
    if isinstance(error, TimeoutError):
        return f"nothing came from OpenML for {TIMEOUT:g} seconds"
    if isinstance(error, EOFError | HTTPException | ConnectionError):
        return f"the connection was cut half-way (`{files.first_line(error)}`)"
    if isinstance(error, MemoryError):
        return "there is not enough memory to read it"
    if isinstance(error, OSError):
        return f"the system says `{files.first_line(error)}`"
    if "md5" in str(error):
        return "the file arrived incomplete or altered"
    return f"OpenML sent something unexpected (`{files.first_line(error)}`)"


def _put_in_place(path: Path, write: Callable[[object], object]) -> None:
    """Writes a file beside its place and moves it there whole, so that nobody sees half of it."""
    temporary = path.with_name(f"{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open(temporary, "xb") as stream:
                write(stream)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            f"`{path}` cannot be written ({error.strerror or error}); make room for it, or put "
            f"`{path.name}` into a folder and set `{files.FOLDER_VARIABLE}` to it"
        ) from error
