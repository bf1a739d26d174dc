"""Runs a notebook's cells one by one, as Jupyter does: one that fails keeps no other from running.

So a cell of notes, an experiment that raises, or one that cannot be parsed costs no points of the
functions in other cells. Why a cell failed is kept for the functions that it was to define.
"""

from __future__ import annotations
import __future__

import os
import re
import traceback
from types import ModuleType
from typing import Any

HEAD = re.compile(r"^# cell \d+$", re.M)  # the line before each cell
FUTURE = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
CHAPTER = re.compile(r"(?:exercises\.)?(?:ch\d+_\d+_\w+|neural_network)")

_failed: dict[str, list[tuple[str, BaseException]]] = {}  # by module: texts of cells, and why


def run(module: ModuleType, text: str, path: str) -> None:
    """Run the cells of a file in a module.

    Raises what the import of another file of the submission raised: that is not the cell's fault.
    """
    failed = _failed[module.__name__] = []
    starts = sorted({0, *(found.start() for found in HEAD.finditer(text))})
    flags = 0
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        cell = text[start:end]
        try:
            padded = "\n" * text.count("\n", 0, start) + cell  # every line keeps its number
            code = compile(padded, path, "exec", flags, dont_inherit=True)
            flags |= code.co_flags & FUTURE
            exec(code, module.__dict__)
        except (Exception, SystemExit) as error:
            if _is_anothers(error, path):
                raise
            failed.append((cell, error))


def failure(module: ModuleType, name: str) -> BaseException | None:
    """Return what kept the last cell with this name from running, if any."""
    errors = [e for cell, e in _failed.get(module.__name__, []) if re.search(rf"\b{name}\b", cell)]
    return errors[-1] if errors else None


def _is_anothers(error: Any, path: str) -> bool:
    """True if an error comes from the import of another file in the same folder."""
    if isinstance(error, ImportError) and CHAPTER.fullmatch(error.name or ""):
        return True
    frames = traceback.extract_tb(error.__traceback__)
    files = [frame.filename for frame in frames if frame.name == "<module>"]
    if isinstance(error, SyntaxError):
        files.append(error.filename or path)
    return any(os.path.dirname(file) == os.path.dirname(path) != file != path for file in files)
