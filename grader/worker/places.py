"""Names places in a submission as the learner knows them: file or notebook cell, and line."""

from __future__ import annotations

import contextlib
import os
import re

CELL = re.compile(r"# cell (\d+)\n")  # the line before each cell of a notebook
NOTEBOOK = "# made from a notebook\n"  # the first line of such a file: `submission/submission.py`


class Places:
    """The places in the files of one submission's folder."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.module: str | None = None  # that the request is about

    def is_own(self, filename: str) -> bool:
        """Return True if a file is the submission's."""
        return filename.startswith(self.folder + os.sep)

    def shown(self, filename: str, line: int | None) -> tuple[str, int]:
        """Return `(file, line)` as the learner knows it; in a notebook, the cell and its line."""
        shown = os.path.relpath(filename, self.folder)
        broken = contextlib.suppress(OSError, ValueError, IndexError)
        with broken, open(filename, encoding="utf-8") as file:
            if file.readline() == NOTEBOOK:
                cell, line = _cell(file, line)
                stem = shown.removesuffix(".py")
                return cell if stem == self.module else f"{stem}.ipynb {cell}", line
        return shown, line or 0


def _cell(rest, line):
    """Return `("cell 5", line in it)`; `rest` is a file from its second line on."""
    heads = [
        (number, match[1])
        for number, row in enumerate(rest, 2)
        if number < (line or 0) and (match := CELL.fullmatch(row))
    ]
    start, cell = heads[-1]
    return f"cell {cell}", line - start
