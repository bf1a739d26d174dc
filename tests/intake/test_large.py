"""A zip of very many files is read in a small multiple of the time that listing it takes."""

import time
import zipfile

import pytest

from grader.intake import intake

CHAPTER = "ch1_1_numpy_arrays.py"
SOURCE = "def normalize(X):\n    return X\n"
MOST = 100  # times as long; 7 to 35 on the machine that this was written on
KINDS = {  # how the file of this number is called
    "a student each": lambda n: f"lee{n}_{n}_{900_000 + n}_{CHAPTER}",
    "a folder each": lambda n: f"student{n}/{CHAPTER}",
    "environments": lambda n: f"Ann{n % 40}_{n % 40}_assignsubmission_file_/p/.venv/lib/f{n}.py",
    "data": lambda n: f"hw/student{n % 40}/project/data/file{n}.txt",
    "long names": lambda n: f"{'word ' * 30}{n}.py",
    "flat": lambda n: f"student{n // 25}_{CHAPTER[:-3]}{n}.py",
}


def zipped(path, kind, count):
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(count):
            archive.writestr(KINDS[kind](n), SOURCE)
        for n in range(2):
            archive.writestr(f"Zoe{n}_{n + 90}_assignsubmission_file_/{CHAPTER}", SOURCE)
    return path


def ratio(path):
    """How many times as long as listing its files reading the class takes, in CPU time."""
    begin = time.process_time()
    with zipfile.ZipFile(path) as archive:
        archive.infolist()
    listed = time.process_time()
    assert intake.read(path).hand_ins
    return (time.process_time() - listed) / (listed - begin)


@pytest.mark.parametrize("kind", KINDS)
def test_thousands_of_files(tmp_path, kind):
    assert ratio(zipped(tmp_path / "class.zip", kind, 2000)) < MOST


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_fifty_thousand_files(tmp_path, kind):
    assert ratio(zipped(tmp_path / "class.zip", kind, 50_000)) < MOST
