"""A zip of very many files is read in a time that grows no faster than their number."""

import time
import zipfile

import pytest

from grader.intake import intake

CHAPTER = "ch1_1_numpy_arrays.py"
SOURCE = "def normalize(X):\n    return X\n"
MOST = 2.5  # times as long for each file among 20,000 as among 2,000
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


def seconds(path):
    """The CPU time of reading the class."""
    begin = time.process_time()
    assert intake.read(path).hand_ins
    return time.process_time() - begin


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_the_time_grows_as_the_files_do(tmp_path, kind):
    few = min(seconds(zipped(tmp_path / "few.zip", kind, 2000)) for _ in range(3))
    many = seconds(zipped(tmp_path / "many.zip", kind, 20_000))
    assert many < MOST * 10 * few
