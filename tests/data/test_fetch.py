"""Downloading MNIST: from a stand-in for OpenML on loopback, which can also fail."""

import os
import socket
import tempfile
import threading
from types import SimpleNamespace
from urllib.error import URLError

import numpy as np
import pytest
from support import openml_server, small_mnist
from support.openml_server import OpenML

import data
from data import openml


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """An empty cache for a small MNIST, and places of our own for all that sklearn may leave."""
    openml_server.keep_apart(monkeypatch, tmp_path)
    return small_mnist.install(monkeypatch, tmp_path / "cache")


@pytest.fixture
def serve(monkeypatch):
    """serve(mode): starts a stand-in for OpenML that has the small MNIST."""
    with openml_server.starting(monkeypatch, small_mnist.arrays) as start:
        yield start


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def fail_to_fetch():
    """The one line that a failing `fetch` ends with."""
    with pytest.raises(data.DataError) as caught:
        data.fetch(report=lambda line: None)
    message = str(caught.value)
    assert "\n" not in message
    return message


def assert_nothing_left(cache):
    assert names(cache) == []
    assert names(cache.parent / "temporary") == []
    assert names(cache.parent / "scikit_learn_data") == []
    assert socket.getdefaulttimeout() is None


REMEDY = "; try again later, or put `mnist.npz` into a folder and set `LEARN_DL_DATA` to it"


def test_fetch_puts_mnist_into_the_cache(cache, serve):
    serve()
    lines = []
    assert data.fetch(report=lines.append) == cache / "mnist.npz"
    assert names(cache) == ["mnist.npz"]
    loaded = data.load("auto")
    assert loaded.name == "mnist"
    expected = small_mnist.arrays()
    np.testing.assert_array_equal(loaded.y_test, expected["y_test"])
    X_train = expected["x_train"].reshape(-1, 784) / 255
    np.testing.assert_allclose(loaded.X_train, X_train, rtol=1e-6)
    assert lines[0].startswith("downloading mnist from OpenML")
    assert lines[1:] == [f"mnist is there: `{cache / 'mnist.npz'}`"]
    assert names(cache.parent / "temporary") == []
    assert names(cache.parent / "scikit_learn_data") == []
    assert socket.getdefaulttimeout() is None


def test_the_file_may_be_read_by_whoever_may_read_others(cache, serve, tmp_path):
    serve()
    (tmp_path / "other").touch()
    data.fetch(report=lambda line: None)
    assert (cache / "mnist.npz").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_loading_mnist_downloads_it_once(cache, serve, capsys):
    server = serve()
    assert data.load("mnist").name == "mnist"
    asked = len(server.asked)
    assert data.load("mnist").name == "mnist"
    assert len(server.asked) == asked > 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "downloading" in err


def test_fetch_leaves_a_good_file_alone(cache, serve):
    server, lines = serve(), []
    path = small_mnist.save(cache)
    assert data.fetch(report=lines.append) == path
    assert lines == [f"mnist is there: `{path}`"]
    assert server.asked == []


def test_fetch_replaces_a_bad_file_in_the_cache(cache, serve):
    serve()
    lines = []
    small_mnist.save(cache, y_train=None)
    data.fetch(report=lines.append)
    assert "y_train.npy" in lines[0]
    assert data.load("auto").name == "mnist"


def test_fetch_leaves_the_users_own_bad_file_alone(cache, serve, monkeypatch, tmp_path):
    server = serve()
    path = small_mnist.save(tmp_path / "mine", y_train=None)
    before = path.read_bytes()
    monkeypatch.setenv("LEARN_DL_DATA", str(tmp_path / "mine"))
    assert "unset `LEARN_DL_DATA`" in fail_to_fetch()
    assert path.read_bytes() == before
    assert server.asked == []


FAILURES = {
    "503": "OpenML answered `HTTP 503`",
    "cut": "arrived incomplete",
    "cut-gzip": "the connection was cut halfway",
    "silent": "OpenML sent nothing for 0.1 seconds",
    "html": "OpenML sent something unexpected",
}


@pytest.mark.parametrize("mode", FAILURES)
def test_a_failing_server_is_one_line_and_leaves_nothing(cache, serve, monkeypatch, mode):
    monkeypatch.setattr(openml, "TIMEOUT", 0.1 if mode == "silent" else 30.0)
    serve(mode)
    message = fail_to_fetch()
    assert FAILURES[mode] in message
    assert message.endswith(REMEDY)
    assert_nothing_left(cache)


@pytest.mark.parametrize("mode", ["503", "cut"])
def test_a_failed_fetch_does_not_spoil_the_next(cache, serve, mode):
    serve(mode)
    fail_to_fetch()
    serve("good")
    data.fetch(report=lambda line: None)
    assert data.load("auto").name == "mnist"


def test_a_failed_fetch_keeps_what_was_there(cache, serve):
    path = small_mnist.save(cache, y_train=None)
    before = path.read_bytes()
    serve("503")
    fail_to_fetch()
    assert path.read_bytes() == before
    assert names(cache) == ["mnist.npz"]


def test_loading_mnist_without_a_network_is_an_error_not_digits(cache, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    server = OpenML(small_mnist.arrays()["x_test"], small_mnist.arrays()["y_test"])
    server.server = SimpleNamespace(server_port=port)  # where nobody listens
    monkeypatch.setattr("sklearn.datasets._openml.urlopen", server.urlopen)
    with pytest.raises(data.DataError, match="OpenML cannot be reached") as caught:
        data.load("mnist", report=lambda line: None)
    assert str(caught.value).endswith(REMEDY)
    assert_nothing_left(cache)


def test_other_images_than_mnist_are_refused(cache, serve):
    images = small_mnist.arrays()["x_train"]
    images[0, 14, 14] ^= 1
    serve(x_train=images)
    message = fail_to_fetch()
    assert "the checksum of `x_train` is wrong" in message
    assert message.endswith(REMEDY)
    assert_nothing_left(cache)


def test_fewer_images_than_mnist_has_are_refused(cache, serve):
    some = {key: small_mnist.arrays()[key][1:] for key in ("x_train", "y_train")}
    serve(**some)
    assert "`x_train` is uint8 of shape (11, 28, 28)" in fail_to_fetch()
    assert_nothing_left(cache)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(28, "No space left on device"), "the system reports `[Errno 28] No space left"),
        (MemoryError(), "there is not enough memory to read it"),
        (ConnectionResetError(104, "reset by peer"), "the connection was cut halfway"),
        (URLError(TimeoutError("timed out")), "OpenML sent nothing for 30 seconds"),
        (URLError("no such host"), "OpenML cannot be reached (`no such host`)"),
        (KeyError("data"), "OpenML sent something unexpected"),
    ],
    ids=["full disk", "memory", "reset", "timeout", "no host", "unexpected"],
)
def test_each_mishap_has_its_own_words(cache, monkeypatch, error, reason):
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("sklearn.datasets.fetch_openml", fail)
    assert fail_to_fetch().startswith(f"mnist was not downloaded: {reason}")
    assert_nothing_left(cache)


def test_no_room_for_temporary_files_is_one_line(cache, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(cache / "nowhere"))
    assert "the system reports `[Errno 2]" in fail_to_fetch()


def test_two_at_once_do_no_harm(cache, monkeypatch):
    together = threading.Barrier(2, timeout=10)

    def download(name):
        together.wait()
        return small_mnist.arrays()

    monkeypatch.setattr(openml, "_download", download)
    threads = [threading.Thread(target=data.fetch, args=(lambda line: None,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names(cache) == ["mnist.npz"]
    assert data.load("auto").name == "mnist"


@pytest.mark.parametrize("obstacle", ["a file for a folder", "a folder for a file"])
def test_a_cache_that_cannot_be_written_is_one_line(cache, serve, obstacle):
    if obstacle == "a file for a folder":
        cache.write_text("in the way")
    else:
        (cache / "mnist.npz").mkdir(parents=True)
    serve()
    message = fail_to_fetch()
    assert f"`{cache / 'mnist.npz'}` cannot be written" in message
    assert "set `LEARN_DL_DATA`" in message
    assert cache.is_file() or names(cache) == ["mnist.npz"]


def test_a_full_disk_leaves_nothing(cache, serve, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    serve()
    assert "cannot be written (No space left on device)" in fail_to_fetch()
    assert_nothing_left(cache)
