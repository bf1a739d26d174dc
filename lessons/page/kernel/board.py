"""The drawing board's network: trained with the learner's functions, or the reference's."""

import contextlib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import data
from grader.course import registry
from grader.draw import kept, reading, strokes
from grader.vocabulary.finding import Finding

from . import earlier, learner, losses
from .limited import Limited

# To grade these would take longer than to train once: they are the learner's unless they fail.
TRIED = ("train_mlp", "train_cnn", "train_capstone", "predict_capstone")
_networks = {}  # hash of the code: the network that it trained, or the `Finding`


def train(stem):
    """Train a chapter's network, unless this code has trained it before.

    Return `{"right", "count", "used", "failed"}`: the share of right answers to so many test
    digits, whose functions it was trained with, and how the learner's failed, or None.
    """
    with _trained(stem) as (network, _, used, failed):
        return {
            "right": network.right,
            "count": len(_digits().X_test),
            "used": used,
            "failed": failed,
        }


def read(stem, drawing):
    """Return what the network makes of a drawing, or `{"problem": sentence}`."""
    try:
        x = strokes.image(drawing)
        with _trained(stem) as (network, student, _, _):
            return reading.read(_id(stem), student, _digits(), network, x)
    except strokes.NoDrawing as error:
        return {"problem": str(error)}
    except Finding as finding:
        return {"problem": f"the network cannot read this: {finding.headline}"}


@contextlib.contextmanager
def _trained(stem):
    """Yield `(network, student, used, failed)`."""
    failed = None
    with TemporaryDirectory() as folder:
        used = _write(folder, stem, tried=True)
        try:
            with _functions(folder, stem) as student:
                _network(folder, stem, student)
        except Finding as finding:
            failed = finding.headline
            used = _write(folder, stem, tried=False)
        with _functions(folder, stem) as student:
            yield _network(folder, stem, student), student, used, failed


@contextlib.contextmanager
def _functions(folder, stem):
    with Limited(folder) as workers:
        yield reading.Functions(workers, stem)


def _write(folder, stem, tried):
    """Write the learner's working functions into a folder, else the reference's."""

    def works(own, name):
        if name in TRIED:
            return tried and learner.has_begun(own)
        return earlier.works(own, name)

    return earlier.working(folder, stem, reading.READERS[_id(stem)].uses, works)


def _network(folder, stem, student):
    """Return the network that this code trains, or raise its `Finding`."""
    key = kept.digest(Path(folder), "digits")
    if key not in _networks:
        try:
            with losses.watched(folder):
                _networks[key] = reading.train(_id(stem), student, _digits())
        except Finding as finding:
            _networks[key] = finding
    if isinstance(_networks[key], Finding):
        raise _networks[key]
    return _networks[key]


@cache
def _digits():
    return data.load("digits")


def _id(stem):
    return registry.by_stem(stem).id
