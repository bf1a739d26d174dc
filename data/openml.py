"""Downloads data from OpenML into the cache, where only verified files are put."""

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
from typing import BinaryIO
from urllib.error import HTTPError, URLError

import numpy as np

from . import cifar, files, mnist
from .dataset import DataError
from .files import Source

SETS = {"mnist": mnist, "cifar10": cifar}
NAMES_THERE = {"mnist": "mnist_784", "cifar10": "CIFAR_10"}  # version 1 of both
SIZES = {
    "mnist": "15 MB; reading it then takes a minute or two",
    "cifar10": "several hundred MB; reading it then takes many minutes and 3 GB of memory",
}
RETRIES, PAUSE = 1, 1.0  # scikit-learn tries once more after a network error, seconds later
TIMEOUT = 30.0  # seconds without a single byte; scikit-learn itself would wait forever


def fetch(report: Callable[[str], object] = print, name: str = "mnist") -> Path:
    """Make sure that an intact `mnist` or `cifar10` is on this machine, and return its file.

    An intact file is left alone; a bad one in the cache is replaced. Two processes may do this at
    the same time. It needs a network; MNIST takes a minute or two and about 1 GB of memory,
    CIFAR-10 many minutes and 3 GB.

    report: called with each progress line.

    Raises `DataError` when the download fails, and leaves everything as it was before.
    """
    module = SETS[name]
    source = module.find()
    if source is not None and _is_good(module, source, report):
        report(f"{name} is there: `{source.path}`")
        return source.path
    report(f"downloading {name} from OpenML ({SIZES[name]}) ...")
    arrays = _download(name)
    fault = module.find_fault(arrays)
    if fault is not None:
        raise DataError(f"the file from OpenML {fault}; {_remedy(module)}")
    path = files.cache_dir() / module.FILE_NAME
    if name == "cifar10":  # its arrays have no published checksum, so this one is recorded
        note = cifar.digests_text(arrays).encode()
        _put_in_place(path.with_name(cifar.DIGESTS_NAME), lambda stream: stream.write(note))
    # Not compressed: that saves half a second on every load.
    _put_in_place(path, lambda stream: np.savez(stream, **arrays))  # type: ignore[arg-type]
    report(f"{name} is there: `{path}`")
    return path


def _remedy(module: ModuleType) -> str:
    return (
        f"try again later, or put `{module.FILE_NAME}` into a folder "
        f"and set `{files.FOLDER_VARIABLE}` to it"
    )


def _is_good(module: ModuleType, source: Source, report: Callable[[str], object]) -> bool:
    try:
        module.read(source)
    except DataError as error:
        if not source.in_cache:
            raise  # the user's own folder is not ours to repair
        report(str(error))
        return False
    return True


def _download(name: str) -> dict[str, np.ndarray]:
    """Return the four arrays of a data set as OpenML has them, unverified."""
    from sklearn.datasets import fetch_openml  # takes seconds, so not at the top

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
    except Exception as error:  # whatever OpenML sends, the user gets one line
        reason = f"{name} was not downloaded: {_reason(error)}"
        raise DataError(f"{reason}; {_remedy(SETS[name])}") from error


def _folder_of_its_own() -> tempfile.TemporaryDirectory:
    """Make a folder for scikit-learn's own cache, so that no attempt finds half a file."""
    return tempfile.TemporaryDirectory(prefix="learn-dl-", ignore_cleanup_errors=True)


@contextmanager
def _quiet_and_impatient() -> Iterator[None]:
    """Suppress warnings about retries, and set a timeout."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(TIMEOUT)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        socket.setdefaulttimeout(before)


def _split(data: np.ndarray, target: np.ndarray, shapes: dict) -> dict[str, np.ndarray]:
    """Split data (n, pixels) of 0..255 and target (n,) of "0".."9" into the four arrays."""
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
    """Say in a few words what went wrong with a download."""
    if isinstance(error, HTTPError):
        error.close()  # it holds the connection
        return f"OpenML answered `HTTP {error.code}`"
    if isinstance(error, URLError):
        if not isinstance(error.reason, TimeoutError):
            return f"OpenML cannot be reached (`{error.reason}`)"
        error = error.reason
    if isinstance(error, TimeoutError):
        return f"OpenML sent nothing for {TIMEOUT:g} seconds"
    if isinstance(error, EOFError | HTTPException | ConnectionError):
        return f"the connection was cut halfway (`{files.first_line(error)}`)"
    if isinstance(error, MemoryError):
        return "there is not enough memory to read it"
    if isinstance(error, OSError):
        return f"the system reports `{files.first_line(error)}`"
    if "md5" in str(error):
        return "the file arrived incomplete or altered"
    return f"OpenML sent something unexpected (`{files.first_line(error)}`)"


def _put_in_place(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file atomically, in the same folder, so that nobody ever sees half of it."""
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
