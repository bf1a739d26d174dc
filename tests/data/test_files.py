"""A `mnist.npz` that is no good: one line with the file and the remedy, never another data set."""

import os
import zipfile

import numpy as np
import pytest
from support import small_mnist

import data
from data import files


def truncate(path):
    path.write_bytes(path.read_bytes()[:-1000])


def empty(path):
    path.write_bytes(b"")


def write_text(path):
    path.write_text("<html>404 Not Found</html>")


def write_single_array(path):
    with path.open("wb") as stream:
        np.save(stream, small_mnist.arrays()["x_train"])


def flip_a_bit_of_the_packed_data(path):
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def make_directory(path):
    path.unlink()
    path.mkdir()


def make_pipe(path):
    path.unlink()
    os.mkfifo(path)


def make_broken_link(path):
    path.unlink()
    path.symlink_to(path.parent / "nowhere")


def leave_out_a_key(path):
    small_mnist.save(path.parent, y_train=None)


def drop_an_image(path):
    small_mnist.save(path.parent, x_train=small_mnist.arrays()["x_train"][1:])


def flatten_images(path):
    small_mnist.save(path.parent, x_test=small_mnist.arrays()["x_test"].reshape(-1, 784))


def widen_to_int16(path):
    small_mnist.save(path.parent, y_test=small_mnist.arrays()["y_test"].astype(np.int16))


def change_a_pixel(path):
    images = small_mnist.arrays()["x_train"]
    images[3, 5, 7] ^= 1
    small_mnist.save(path.parent, x_train=images)


def change_a_label(path):
    labels = small_mnist.arrays()["y_test"]
    labels[0] = 9 - labels[0]
    small_mnist.save(path.parent, y_test=labels)


def store_objects(path):
    small_mnist.save(path.parent, y_train=small_mnist.arrays()["y_train"].astype(object))


def declare_gigabytes(path):
    """A few bytes whose header announces 10^15."""
    rewrite(path, "x_train.npy", header((10**15,)) + b"few")


def inflate_to_megabytes(path):
    """A zip bomb: 4 MB of zeros in 4 kB."""
    rewrite(path, "x_train.npy", header((2**22,)) + bytes(2**22))


def header(shape):
    text = str({"descr": "|u1", "fortran_order": False, "shape": shape}).encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text


def rewrite(path, name, content):
    with zipfile.ZipFile(path) as archive:
        members = {member: archive.read(member) for member in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, old in members.items():
            archive.writestr(member, content if member == name else old)


BAD_FILES = {
    truncate: "is damaged",
    empty: "is damaged",
    write_text: "is damaged",
    write_single_array: "is damaged",
    flip_a_bit_of_the_packed_data: "is damaged",
    make_directory: "is not a file",
    make_pipe: "is not a file",
    make_broken_link: "cannot be read",
    leave_out_a_key: "y_train.npy",
    drop_an_image: r"`x_train` is uint8 of shape \(11, 28, 28\), not uint8 of shape \(12, 28, 28\)",
    flatten_images: r"`x_test` is uint8 of shape \(4, 784\)",
    widen_to_int16: "`y_test` is int16",
    change_a_pixel: "checksum of `x_train` is wrong",
    change_a_label: "checksum of `y_test` is wrong",
    store_objects: "is damaged",
    declare_gigabytes: "is damaged",
    inflate_to_megabytes: "`x_train` is too large",
}
POSIX_ONLY = {make_pipe, make_broken_link}  # on Windows, links take a privilege


@pytest.fixture(params=["cache", "folder"])
def good_file(request, monkeypatch, tmp_path):
    """A good `mnist.npz`, in the cache or in the user's own folder, with the remedy for each."""
    cache = small_mnist.install(monkeypatch, tmp_path / "cache")
    if request.param == "cache":
        return small_mnist.save(cache), "run `grade data fetch` to replace it, or delete it"
    monkeypatch.setenv("LEARN_DL_DATA", str(tmp_path / "mine"))
    return small_mnist.save(tmp_path / "mine"), "or unset `LEARN_DL_DATA`"


WAYS_TO_SPOIL = [
    pytest.param(
        spoil,
        id=spoil.__name__,
        marks=[pytest.mark.needs("posix")] if spoil in POSIX_ONLY else [],
    )
    for spoil in BAD_FILES
]


@pytest.mark.parametrize("spoil", WAYS_TO_SPOIL)
@pytest.mark.parametrize("name", ["auto", "mnist"])
def test_a_bad_file_is_one_line_with_file_and_remedy(good_file, spoil, name):
    path, remedy = good_file
    assert data.load(name).name == "mnist"
    spoil(path)
    with pytest.raises(data.DataError, match=BAD_FILES[spoil]) as caught:
        data.load(name)
    message = str(caught.value)
    assert message.startswith(f"`{path}` ")
    assert remedy in message
    assert "\n" not in message


def test_a_file_without_read_permission_is_an_error(good_file, monkeypatch):
    path, remedy = good_file

    def refuse(*_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(files.zipfile, "ZipFile", refuse)  # a superuser can read everything
    with pytest.raises(data.DataError, match=r"cannot be read \(Permission denied\)") as caught:
        data.load("auto")
    assert remedy in str(caught.value)


def test_no_single_damaged_byte_gives_other_data_or_another_error(monkeypatch, tmp_path):
    path = small_mnist.save(small_mnist.install(monkeypatch, tmp_path))
    good, X_train = path.read_bytes(), data.load("mnist").X_train
    rng = np.random.default_rng(0)
    for place in rng.choice(len(good), size=150, replace=False):
        damaged = bytearray(good)
        damaged[place] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        try:
            loaded = data.load("auto")
        except data.DataError:
            continue
        np.testing.assert_array_equal(loaded.X_train, X_train)  # a date in the zip, for example


def test_no_truncation_gives_other_data_or_another_error(monkeypatch, tmp_path):
    path = small_mnist.save(small_mnist.install(monkeypatch, tmp_path))
    good = path.read_bytes()
    for length in range(0, len(good), 197):
        path.write_bytes(good[:length])
        with pytest.raises(data.DataError):
            data.load("auto")
