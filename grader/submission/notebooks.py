"""Turns Jupyter notebooks into program text: the code of their cells, in order.

Lines that only IPython understands are commented out, so that each line keeps its number. So are
calls of `check` and `plot`: a function must not seem to depend on the ones they name.
"""

import json
import re
from collections.abc import Iterable

from .encoding import Undecodable, checked, decode

MAX_CODE, MAX_LINES = 2**20, 20_000  # characters and lines of all cells
MAX_BRACKETS = 200_000  # each is an object in memory, 30 times its size
PYTHON_CELLS = ("capture", "time", "timeit", "prun", "python", "python3")  # `%%time`: still Python
MAGIC = re.compile(r"%%?[A-Za-z]|!|\?|[\w.]+\?\??\s*$|[\w, ]+=[ \t]*[%!][A-Za-z]")
CHECK_OR_PLOT = re.compile(r"(?:check|plot)\([^()]*\)[ \t]*;?[ \t]*(?:#.*)?$")
LINE_START = 200  # characters of a line that patterns see, as they may take quadratic time
HEAD = re.compile(r"%%\s*(\w*)")


def cells(data: bytes) -> list[str]:
    """Return the program text of each code cell.

    Raises:
        Undecodable: when this is not a notebook.
    """
    text, _ = decode(data)
    if data.count(b"[") + data.count(b"{") > MAX_BRACKETS:
        raise Undecodable("is too large for a notebook")
    try:
        book = json.loads(data.decode() if text is None else text)
        texts = list(_code_cells(book))
    except RecursionError:
        raise Undecodable("is nested too deeply for a notebook") from None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise Undecodable("is not a readable notebook") from None
    lines = sum(1 + text.count("\n") + text.count("\r") for text in texts)
    if lines > MAX_LINES or sum(map(len, texts)) > MAX_CODE:
        raise Undecodable("contains too much code")
    return [_plain(text) for text in texts]


def source(texts: Iterable[str]) -> bytes:
    """Return one Python file made from these cells, with a comment before each."""
    parts = (f"# cell {number}\n{text}\n" for number, text in enumerate(texts, 1))
    return checked("\n".join(parts))


def _code_cells(book):
    sheets = [book] if "cells" in book else book["worksheets"]  # worksheets: before 2015
    for sheet in sheets:
        for cell in sheet["cells"]:
            if cell["cell_type"] == "code":
                text = cell.get("source", cell.get("input", ""))
                yield text if isinstance(text, str) else "".join(text)


def _plain(cell):
    """Return the cell with IPython's magics commented out, line by line."""
    lines = re.split(r"\r\n|\r|\n", cell)
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    head = HEAD.match(lines[first])
    # A whole cell in another language, or one that holds the text of a file.
    whole = head is not None and head[1] not in PYTHON_CELLS
    continued = False
    for number, line in enumerate(lines):
        if whole or continued or (head and number == first):
            lines[number] = f"# {line}"
        elif MAGIC.match(line.lstrip()[:LINE_START]) or CHECK_OR_PLOT.match(line[:LINE_START]):
            lines[number] = _commented(line)
        else:
            continue
        continued = line.rstrip().endswith("\\")
    return "\n".join(lines)


def _commented(line):
    code = line.lstrip()
    indent = line[: len(line) - len(code)]
    return f"{indent}pass  # {code}" if indent and code else f"# {code}"
