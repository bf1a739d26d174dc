"""Color images: the colored digits, and CIFAR-10 from a file, an archive or a download."""

import os

import numpy as np
import pytest
from support import openml_server, small_cifar
from support.running import run_grade

import data
from data import cifar, files


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """An empty cache for a small CIFAR-10, and places of our own for all that sklearn may leave."""
    openml_server.keep_apart(monkeypatch, tmp_path)
    return small_cifar.install(monkeypatch, tmp_path / "cache")


@pytest.fixture
def serve(monkeypatch):
    """serve(mode): starts a stand-in for OpenML that has the small CIFAR-10."""
    with openml_server.starting(monkeypatch, small_cifar.arrays) as start:
        yield start


def names(folder):
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def failure(call, *arguments):
    """The one line that it ends with."""
    with pytest.raises(data.DataError) as caught:
        call(*arguments)
    message = str(caught.value)
    assert "\n" not in message
    return message


def assert_is_the_small_one(loaded):
    made = small_cifar.arrays()
    assert loaded.name == "cifar10"
    assert (loaded.X_train.dtype, loaded.y_train.dtype) == (np.float32, np.int64)
    np.testing.assert_allclose(loaded.X_train, made["x_train"] / 255, rtol=1e-6)
    np.testing.assert_array_equal(loaded.y_test, made["y_test"])


def test_colored_digits_have_the_promised_form_and_the_labels_of_the_digits():
    colored, digits = data.load("colored_digits"), data.load("digits")
    for part, count in [("train", 1500), ("test", 297)]:
        X, y = getattr(colored, f"X_{part}"), getattr(colored, f"y_{part}")
        assert (X.shape, X.dtype, X.flags.c_contiguous) == ((count, 3, 32, 32), np.float32, True)
        assert 0 <= X.min() < X.max() <= 1
        assert np.mean((X == 0) | (X == 1)) < 1e-3  # hardly a pixel is cut off
        np.testing.assert_array_equal(y, getattr(digits, f"y_{part}"))
    assert colored.name == "colored_digits"
    assert "1,500 training and 297 test images" in colored.description


def test_colored_digits_are_the_same_in_every_call_and_ones_own():
    first = data.load("colored_digits")
    np.testing.assert_array_equal(first.X_test, data.load("colored_digits").X_test)
    first.X_test[:] = 0
    assert data.load("colored_digits").X_test.any()


def shape_seen(X, digits):
    """How well each image, as a picture of one channel, goes with the digit that it is labelled by:
    the mean of the correlations.
    """
    X = X[:, 2:30, 2:30].reshape(len(X), -1)
    X, digits = (A - A.mean(axis=1, keepdims=True) for A in (X, digits))
    scale = np.linalg.norm(X, axis=1) * np.linalg.norm(digits, axis=1)
    return np.mean(np.sum(X * digits, axis=1) / scale)


def test_the_digit_is_in_the_difference_of_channels_and_neither_in_grey_nor_in_red():
    X, digits = data.load("colored_digits").X_test, data.load("digits").X_test
    assert shape_seen(X[:, 1] - X[:, 2], digits) > 0.95
    assert abs(shape_seen(X.mean(axis=1), digits)) < 0.1
    assert abs(shape_seen(X[:, 0], digits)) < 0.2


def nearest_mean(X_train, y_train, X_test):
    """A simple reader: the class whose mean picture is nearest."""
    means = np.stack([X_train[y_train == c].mean(axis=0).ravel() for c in range(10)])
    distances = ((X_test.reshape(len(X_test), 1, -1) - means) ** 2).sum(axis=2)
    return distances.argmin(axis=1)


@pytest.mark.parametrize(
    ("view", "least", "most"),
    [
        (lambda X: X[:, 1] - X[:, 2], 0.75, 1.0),
        (lambda X: X.mean(axis=1), 0.0, 0.2),
        (lambda X: X[:, 0], 0.0, 0.2),
    ],
    ids=["green less blue", "grey", "red"],
)
def test_a_simple_reader_needs_more_than_one_channel(view, least, most):
    colored = data.load("colored_digits")
    said = nearest_mean(view(colored.X_train), colored.y_train, view(colored.X_test))
    assert least <= np.mean(said == colored.y_test) <= most


def test_color_gives_the_colored_digits_where_there_is_no_cifar10(cache, monkeypatch):
    monkeypatch.setattr(data, "fetch", None)  # nothing is to be downloaded
    assert data.load("color").name == "colored_digits"
    small_cifar.save(cache)
    assert_is_the_small_one(data.load("color"))
    assert data.resolve("auto") == "digits"


@pytest.mark.parametrize("kind", ["npz", "archive", "npz beside an archive"])
def test_cifar10_comes_from_the_users_folder(cache, monkeypatch, tmp_path, kind):
    folder = tmp_path / "mine"
    if "archive" in kind:
        small_cifar.save_archive(folder, monkeypatch)
    if "npz" in kind:
        small_cifar.save(folder, note=False)
    monkeypatch.setenv("LEARN_DL_DATA", str(folder))
    assert_is_the_small_one(data.load("cifar10"))
    name = cifar.FILE_NAME if "npz" in kind else cifar.ARCHIVE_NAME
    assert data.status()[3] == f"cifar10: 20 training and 10 test images, in `{folder / name}`"


def test_a_folder_for_mnist_alone_leaves_cifar10_to_the_cache(cache, monkeypatch, tmp_path):
    small_cifar.save(cache)
    monkeypatch.setenv("LEARN_DL_DATA", str(tmp_path))
    assert_is_the_small_one(data.load("cifar10"))


def test_fetch_puts_cifar10_and_its_checksums_into_the_cache(cache, serve):
    server, lines = serve(), []
    assert data.fetch(lines.append, "cifar10") == cache / "cifar10.npz"
    assert names(cache) == ["cifar10.npz", "cifar10.sha256"]
    assert_is_the_small_one(data.load("cifar10"))
    assert lines[0].startswith("downloading cifar10 from OpenML")
    assert lines[1:] == [f"cifar10 is there: `{cache / 'cifar10.npz'}`"]
    assert names(cache.parent / "temporary") == []
    asked = len(server.asked)
    data.fetch(lines.append, "cifar10")
    assert len(server.asked) == asked > 0


def test_loading_cifar10_downloads_it_once(cache, serve, capsys):
    serve()
    assert_is_the_small_one(data.load("cifar10"))
    assert "downloading cifar10" in capsys.readouterr().err
    assert_is_the_small_one(data.load("cifar10"))
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("mode", ["503", "cut", "cut-gzip", "html"])
def test_a_failing_server_is_one_line_and_leaves_nothing(cache, serve, mode):
    serve(mode)
    message = failure(data.fetch, lambda line: None, "cifar10")
    assert message.startswith("cifar10 was not downloaded: ")
    assert message.endswith(
        "; try again later, or put `cifar10.npz` into a folder and set `LEARN_DL_DATA` to it"
    )
    assert names(cache) == []


def test_other_images_than_cifar10_are_refused(cache, serve):
    images = small_cifar.arrays()["x_train"]
    images[3, 1] = 0
    serve(x_train=images)
    message = failure(data.fetch, lambda line: None, "cifar10")
    assert "the mean colors of `x_train` are wrong" in message
    assert names(cache) == []


def test_training_and_test_images_in_another_order_are_refused(cache, serve):
    made = small_cifar.arrays()
    images = np.concatenate([made["x_test"], made["x_train"]])
    serve(x_train=images[:20], x_test=images[20:])
    assert "mean colors" in failure(data.fetch, lambda line: None, "cifar10")


def truncate(path):
    path.write_bytes(path.read_bytes()[:-1000])


def change_a_pixel(path):
    images = small_cifar.arrays()["x_test"]
    images[3, 1, 5, 7] ^= 1
    small_cifar.save(path.parent, note=False, x_test=images)


def exchange_two_labels(path):
    labels = small_cifar.arrays()["y_test"]
    labels[:2] = labels[1::-1]
    small_cifar.save(path.parent, note=False, y_test=labels)


def change_a_label(path):
    labels = small_cifar.arrays()["y_train"]
    labels[0] = 9 - labels[0]
    small_cifar.save(path.parent, y_train=labels)


def paint_it_black(path):
    small_cifar.save(path.parent, x_train=0 * small_cifar.arrays()["x_train"])


def put_channels_last(path):
    images = small_cifar.arrays()["x_train"].transpose(0, 2, 3, 1)
    small_cifar.save(path.parent, x_train=images)


def store_objects(path):
    small_cifar.save(path.parent, y_test=small_cifar.arrays()["y_test"].astype(object))


def leave_out_a_key(path):
    small_cifar.save(path.parent, y_test=None)


def make_directory(path):
    path.unlink()
    path.mkdir()


def lose_the_checksums(path):
    path.with_name(cifar.DIGESTS_NAME).unlink()


def garble_the_checksums(path):
    path.with_name(cifar.DIGESTS_NAME).write_text("no checksums at all\n")


BAD_FILES = {
    truncate: "is damaged",
    change_a_pixel: "the checksums in `cifar10.sha256` next to it differ",
    exchange_two_labels: "the checksums in `cifar10.sha256` next to it differ",
    change_a_label: "the classes in `y_train` are not equally frequent",
    paint_it_black: "the mean colors of `x_train` are wrong",
    put_channels_last: r"`x_train` is uint8 of shape \(20, 32, 32, 3\)",
    store_objects: "is damaged",
    leave_out_a_key: "y_test.npy",
    make_directory: "is not a file",
    lose_the_checksums: "the checksums in `cifar10.sha256` next to it differ",
    garble_the_checksums: "is damaged",
}


@pytest.mark.parametrize("spoil", BAD_FILES, ids=lambda spoil: spoil.__name__)
def test_a_bad_file_is_one_line_with_file_and_remedy(cache, spoil):
    path = small_cifar.save(cache)
    assert data.load("color").name == "cifar10"
    spoil(path)
    for name in ("color", "cifar10"):
        with pytest.raises(data.DataError, match=BAD_FILES[spoil]) as caught:
            data.load(name)
        message = str(caught.value)
        assert message.startswith(f"`{path}` ")
        assert message.endswith("; run `grade data fetch cifar10` to replace it, or delete it")
        assert "\n" not in message
        assert data.status()[3] == f"cifar10: {message}"


def test_fetch_replaces_a_bad_file_in_the_cache(cache, serve):
    serve()
    change_a_pixel(small_cifar.save(cache))
    data.fetch(lambda line: None, "cifar10")
    assert_is_the_small_one(data.load("cifar10"))


def test_an_archive_with_another_md5_is_refused_unread(cache, monkeypatch, tmp_path):
    path = small_cifar.save_archive(tmp_path / "mine", monkeypatch)
    path.write_bytes(path.read_bytes() + b"\0")
    monkeypatch.setenv("LEARN_DL_DATA", str(tmp_path / "mine"))
    message = failure(data.load, "cifar10")
    assert message.startswith(f"`{path}` is not the genuine CIFAR-10: its md5 is wrong")
    assert message.endswith("; put a good one there, or unset `LEARN_DL_DATA`")


def test_an_archive_without_a_batch_is_one_line(cache, monkeypatch, tmp_path):
    small_cifar.save_archive(tmp_path, monkeypatch, leave_out="data_batch_3")
    monkeypatch.setenv("LEARN_DL_DATA", str(tmp_path))
    assert "is damaged" in failure(data.load, "cifar10")


def test_the_statistics_are_those_of_the_pixels():
    images = small_cifar.arrays()["x_train"]
    means, deviations = cifar.statistics(images)
    np.testing.assert_allclose(means, images.mean(axis=(0, 2, 3)) / 255)
    np.testing.assert_allclose(deviations, images.std(axis=(0, 2, 3)) / 255)


def test_the_command_fetches_what_is_named(tmp_path):
    done = run_grade("data", "fetch", "cifar", cwd=tmp_path)
    assert done.returncode == 2
    assert "cifar10" in done.stderr
    shown = run_grade("data", cwd=tmp_path, LEARN_DL_DATA="").stdout.splitlines()
    assert [line.partition(":")[0] for line in shown] == [
        "digits", "mnist", "colored_digits", "cifar10",
    ]  # fmt: skip
    assert os.environ.get(files.FOLDER_VARIABLE) or "not on this machine" in shown[3]
