"""Writes a submission's files to the folder where they are graded."""

from collections.abc import Mapping
from pathlib import Path

from ..course import stubs
from ..files.writing import write_files


def write(files: Mapping[str, bytes], folder: Path) -> None:
    """Write them to an empty folder, with those that no learner has to hand in."""
    write_files(files, folder)
    stubs.add_whole(folder)
