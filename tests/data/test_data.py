"""Which data set `data.load` gives, and what is in it."""

import doctest
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import load_digits
from support import needs, small_mnist
from support.running import ROOT

import data
from data import digits, files

REAL_MNIST = needs.mnist()


@pytest.fixture(autouse=True)
def cache(monkeypatch, tmp_path):
    """An empty cache, so that no test sees or touches the real one."""
    return small_mnist.use_cache(monkeypatch, tmp_path / "cache")


@pytest.fixture
def small(monkeypatch, cache):
    """A cache that, once `small_mnist.save` has been there, passes for one with MNIST."""
    return small_mnist.install(monkeypatch, cache)


def no_download(*_):
    raise AssertionError("nothing was to be downloaded")


def test_digits_have_the_promised_shapes_and_ranges():
    loaded = data.load("digits")
    assert (loaded.X_train.shape, loaded.y_train.shape) == ((1500, 784), (1500,))
    assert (loaded.X_test.shape, loaded.y_test.shape) == ((297, 784), (297,))
    for X, y in [(loaded.X_train, loaded.y_train), (loaded.X_test, loaded.y_test)]:
        assert (X.dtype, y.dtype) == (np.float32, np.int64)
        assert (X.min(), X.max()) == (0, 1)
        assert set(y) == set(range(10))
    assert loaded.name == "digits"
    assert loaded.description == "digits: 1,500 training and 297 test images, embedded"


def test_digits_are_those_of_scikit_learn_in_their_order():
    loaded = data.load("digits")
    labels = load_digits().target
    np.testing.assert_array_equal(np.concatenate([loaded.y_train, loaded.y_test]), labels)


def test_digits_lie_in_the_central_20x20():
    loaded = data.load("digits")
    images = np.concatenate([loaded.X_train, loaded.X_test]).reshape(-1, 28, 28)
    centre = images[:, 4:24, 4:24]
    assert centre.sum(dtype=np.float64) == images.sum(dtype=np.float64)
    assert centre.any(axis=(0, 2)).all()  # the digits reach every row of it


def test_digits_are_linear_interpolations_of_the_small_images():
    from scipy.interpolate import RegularGridInterpolator

    images = load_digits().images  # (1797, 8, 8)
    grid = np.clip((np.arange(20) + 0.5) * 8 / 20 - 0.5, 0, 7)
    points = np.stack(np.meshgrid(grid, grid, indexing="ij"), axis=-1)  # (20, 20, 2)
    small = np.moveaxis(images, 0, -1)  # (8, 8, 1797)
    expected = RegularGridInterpolator((np.arange(8), np.arange(8)), small)(points) / 16
    loaded = data.load("digits")
    got = np.concatenate([loaded.X_train, loaded.X_test]).reshape(-1, 28, 28)[:, 4:24, 4:24]
    np.testing.assert_allclose(got, np.moveaxis(expected, -1, 0), atol=1e-6)


def test_digits_load_without_importing_scikit_learn():
    script = "import sys, data; data.load('digits'); print('sklearn' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "False"


def test_digits_are_the_same_through_scikit_learn_itself(monkeypatch):
    expected = data.load("digits")
    monkeypatch.setattr(digits, "find_spec", lambda _: None)
    np.testing.assert_array_equal(data.load("digits").X_train, expected.X_train)


@pytest.mark.parametrize("column", [30, 64], ids=["pixel", "label"])
def test_altered_digits_are_an_error(monkeypatch, column):
    table = digits._table()
    table[5, column] += 1
    monkeypatch.setattr(digits, "_table", lambda: table)
    with pytest.raises(data.DataError, match=r"`scikit-learn`.*reinstall"):
        data.load("digits")


def test_unreadable_digits_are_an_error(monkeypatch, tmp_path):
    folder = tmp_path / "datasets" / "data"
    folder.mkdir(parents=True)
    (folder / "digits.csv.gz").write_bytes(b"no gzip at all")
    package = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(digits, "find_spec", lambda _: package)
    with pytest.raises(data.DataError, match=r"`scikit-learn` cannot be read; reinstall"):
        data.load("digits")


def test_load_gives_arrays_of_its_own():
    data.load("digits").X_train[:] = 0.5
    assert data.load("digits").X_train[0, 0] == 0


def test_dataset_cannot_be_reassigned_and_prints_in_one_line():
    loaded = data.load("digits")
    with pytest.raises(AttributeError):
        loaded.X_train = loaded.X_test
    assert len(repr(loaded)) < 120


def test_an_unknown_name_is_an_error_that_names_the_choices():
    with pytest.raises(
        data.DataError, match=r"`cifar`; choose one of `auto`, `mnist`, `digits`, `color`, "
    ):
        data.load("cifar")


def test_auto_gives_digits_where_there_is_no_mnist_and_never_downloads(monkeypatch):
    monkeypatch.setattr(data, "fetch", no_download)
    assert data.load().name == "digits"


@pytest.mark.parametrize("name", ["auto", "mnist"])
def test_mnist_comes_from_the_cache(small, monkeypatch, name):
    monkeypatch.setattr(data, "fetch", no_download)
    small_mnist.save(small)
    loaded = data.load(name)
    assert loaded.name == "mnist"
    assert loaded.description == "mnist: 12 training and 4 test images, from the cache"


@pytest.mark.parametrize("name", ["auto", "mnist"])
def test_the_folder_of_the_user_comes_before_the_cache(small, monkeypatch, tmp_path, name):
    small_mnist.save(small, x_train=None)  # would be an error
    small_mnist.save(tmp_path / "mine")
    monkeypatch.setenv("LEARN_DL_DATA", str(tmp_path / "mine"))
    assert data.load(name).description.endswith("from the folder in `LEARN_DL_DATA`")


def test_the_folder_of_the_user_may_start_with_a_tilde(small, monkeypatch, tmp_path):
    small_mnist.save(tmp_path / "mine")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("LEARN_DL_DATA", "~/mine")
    assert data.load().name == "mnist"


def test_an_empty_variable_is_none(small, monkeypatch):
    monkeypatch.setenv("LEARN_DL_DATA", "")
    assert data.load().name == "digits"


@pytest.mark.parametrize("name", ["auto", "mnist"])
@pytest.mark.parametrize("folder", ["empty", "missing", "a_file"])
def test_a_variable_that_leads_nowhere_is_an_error(small, monkeypatch, tmp_path, name, folder):
    small_mnist.save(small)
    (tmp_path / "empty").mkdir()
    (tmp_path / "a_file").touch()
    monkeypatch.setenv("LEARN_DL_DATA", str(tmp_path / folder))
    with pytest.raises(data.DataError) as caught:
        data.load(name)
    message = str(caught.value)
    assert f"there is no file `{tmp_path / folder / 'mnist.npz'}`" in message
    assert "unset `LEARN_DL_DATA`" in message


def test_resolve_says_what_would_be_loaded_without_reading_it(small):
    found = ["digits", "mnist", "digits", "colored_digits", "cifar10", "colored_digits"]
    assert [data.resolve(name) for name in data.NAMES] == found
    small_mnist.save(small, x_train=None)  # no good, but there: still not digits
    assert [data.resolve(name) for name in data.NAMES] == ["mnist", "mnist", *found[2:]]
    with pytest.raises(data.DataError, match="`cifar`"):
        data.resolve("cifar")


def test_digits_do_not_care_about_the_variable(monkeypatch, tmp_path):
    monkeypatch.setenv("LEARN_DL_DATA", str(tmp_path / "missing"))
    assert data.load("digits").name == "digits"


def test_mnist_is_scaled_and_keeps_its_order(small):
    small_mnist.save(small)
    raw, loaded = small_mnist.arrays(), data.load("mnist")
    np.testing.assert_allclose(loaded.X_test, raw["x_test"].reshape(4, 784) / 255, rtol=1e-7)
    np.testing.assert_array_equal(loaded.y_train, raw["y_train"])
    assert (loaded.X_train.dtype, loaded.y_train.dtype) == (np.float32, np.int64)


@pytest.mark.needs("mnist")
def test_the_real_mnist(monkeypatch):
    monkeypatch.setenv("LEARN_DL_DATA", str(REAL_MNIST))
    loaded = data.load("auto")
    assert (loaded.X_train.shape, loaded.y_train.shape) == ((60000, 784), (60000,))
    assert (loaded.X_test.shape, loaded.y_test.shape) == ((10000, 784), (10000,))
    assert (loaded.X_train.dtype, loaded.y_train.dtype) == (np.float32, np.int64)
    assert (loaded.X_train.min(), loaded.X_train.max()) == (0, 1)
    assert loaded.y_test[:4].tolist() == [7, 2, 1, 0]
    assert loaded.description.startswith("mnist: 60,000 training and 10,000 test images")


@pytest.mark.needs("mnist")
def test_the_real_mnist_with_one_pixel_changed_is_an_error(monkeypatch, cache):
    with np.load(REAL_MNIST / "mnist.npz") as archive:
        arrays = dict(archive)
    arrays["x_test"][9999, 27, 27] ^= 1
    cache.mkdir()
    np.savez(cache / "mnist.npz", **arrays)
    with pytest.raises(data.DataError, match="checksum of `x_test`"):
        data.load("auto")


def test_status_tells_what_is_there(small):
    path = small_mnist.save(small)
    assert data.status() == [
        "digits: 1,500 training and 297 test images, embedded",
        f"mnist: 12 training and 4 test images, in `{path}`",
        "colored_digits: 1,500 training and 297 test images, made from the embedded digits",
        "cifar10: not on this machine; `grade data fetch cifar10` downloads it (optional)",
    ]


def test_status_tells_what_is_missing(cache):
    missing = "mnist: not on this machine; `grade data fetch` downloads it"
    assert data.status()[1] == missing
    assert not cache.exists()


def test_status_tells_what_is_wrong(small, monkeypatch, tmp_path):
    small_mnist.save(small, y_test=None)
    assert "y_test.npy" in data.status()[1]
    monkeypatch.setenv("LEARN_DL_DATA", str(tmp_path))
    assert "there is no file" in data.status()[1]


@pytest.fixture
def package(monkeypatch, tmp_path):
    """The folder of `data`, as if the kit had just been installed there."""
    monkeypatch.setattr(files, "__file__", str(tmp_path / "data" / "files.py"))
    (tmp_path / "data").mkdir()
    return tmp_path / "data"


def test_the_cache_is_beside_the_package_if_that_can_be_written_to(package, monkeypatch):
    monkeypatch.setattr(files.os, "access", lambda *_: True)
    assert data.cache_dir() == package / "cache"


def test_the_cache_is_the_users_own_if_the_package_is_read_only(package, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setattr(files.os, "access", lambda *_: False)
    assert data.cache_dir() == tmp_path / ".cache" / "learn-deep-learning-with-numpy"


@pytest.mark.parametrize("name", ["mnist.npz", "cifar10.npz"])
def test_a_read_only_cache_with_data_in_it_is_used(package, monkeypatch, name):
    monkeypatch.setattr(files.os, "access", lambda *_: False)
    (package / "cache").mkdir()
    (package / "cache" / name).touch()
    assert data.cache_dir() == package / "cache"


def test_the_examples_in_the_docstrings_hold():
    result = doctest.testmod(data)
    assert (result.failed, result.attempted > 0) == (0, True)


def test_scikit_learn_still_keeps_its_digits_where_we_read_them():
    folder = Path(find_spec("sklearn").origin).parent / "datasets" / "data"
    assert (folder / "digits.csv.gz").is_file(), "digits now cost an import of scikit-learn"
