"""Turns Jupyter notebooks into program text: the code of their cells, in order.

Lines that only IPython understands are commented out, so that each line keeps its number. So are
calls of `check` and `plot`: a function must not seem to depend on the ones they name. What
`%%writefile` writes is a file of its own, and `%run` of a file imports all of it.
"""

import json
import re
from collections.abc import Iterable

from ..course import registry
from . import syntax
from .encoding import Undecodable, checked, decode, to_utf8

LARGEST = 2**26  # bytes of a notebook, including its pictures
MAX_CODE, MAX_LINES = 2**20, 20_000  # characters and lines of all cells
MAX_BRACKETS = 200_000  # each is an object in memory, 30 times its size
PYTHON_CELLS = ("capture", "time", "timeit", "prun", "python", "python3")  # `%%time`: still Python
MAGIC = re.compile(r"%%?[A-Za-z]|!|\?|[\w.]+\?\??\s*$|[\w, ]+=[ \t]*[%!][A-Za-z]")
COMMAND = re.compile(r"^[ \t]*+[!%?]", re.M)  # in a script
CHECK_OR_PLOT = re.compile(r"(?:check|plot)\([^()]*\)[ \t]*;?[ \t]*(?:#.*)?$")
NO_NOTEBOOK = "is not a readable notebook: open it in Jupyter and save it again"
PROGRAM = re.compile(r"^(?:def|class)\b", re.M)
LINE_START = 200  # characters of a line that patterns see, as they may take quadratic time
HEAD = re.compile(r"%%\s*(\w*)")
WRITE = re.compile(r"\s*%%(?:writefile|file)[ \t]+(-a[ \t]+|--append[ \t]+)?([^\r\n]+)\r?\n")
MAIN = re.compile(r"^if[ \t(]+__name__\b[^\n]*\n((?:[ \t][^\n]*\n|\n)*)", re.M)
DEFINED = re.compile(r"^[ \t]+(?:def|class)[ \t]+(\w+)", re.M)
RUN = re.compile(r"%run[ \t]+(?:-i[ \t]+)?[\"']?(?:\./)?([A-Za-z_]\w*)(?:\.py)?[\"']?[ \t]*$")


def cells(data: bytes) -> list[str]:
    """Return the program text of each code cell.

    Raises:
        Undecodable: when this is not a notebook.
    """
    return [_plain(text) for text in _texts(data)]


def written(data: bytes) -> dict[str, str]:
    """Map the paths of the files that cells write, by `%%writefile`, to their texts.

    Raises:
        Undecodable: when this is not a notebook.
    """
    files: dict[str, str] = {}
    for text in _texts(data) if b"%%" in data else ():
        if found := WRITE.match(text):
            path = found[2].strip().strip("\"'")
            before = files.get(path, "") if found[1] else ""
            files[path] = f"{before}{text[found.end() :]}\n"
    return files


def without_outputs(data: bytes) -> bytes:
    """Return a notebook of nothing but its code cells.

    Raises:
        Undecodable: when this is not a notebook.
    """
    cells = [{"cell_type": "code", "source": text} for text in _texts(data)]
    return json.dumps({"cells": cells}).encode()


def script(text: str) -> str:
    """Return a Python file without what IPython alone understands.

    Notebooks that are saved as scripts may keep it. Only a file that is no Python is changed.
    """
    if not COMMAND.search(text) or syntax.is_python(text):
        return text
    mended = "\n".join(
        _commented(line) if COMMAND.match(line) else line for line in text.split("\n")
    )
    return mended if syntax.is_python(mended) else text


def _texts(data):
    """The texts of the code cells as they are."""
    text, _ = decode(data)
    if data.count(b"[") + data.count(b"{") > MAX_BRACKETS:
        raise Undecodable("is too large for a notebook")
    try:
        book = json.loads(data.decode() if text is None else text)
        texts = list(_code_cells(book))
    except ValueError:
        texts = [_script(data)]  # named as a notebook
    except RecursionError:
        raise Undecodable("is nested too deeply for a notebook") from None
    except (TypeError, KeyError, AttributeError, IndexError):
        raise Undecodable(NO_NOTEBOOK) from None
    lines = sum(1 + text.count("\n") + text.count("\r") for text in texts)
    if lines > MAX_LINES or sum(map(len, texts)) > MAX_CODE:
        raise Undecodable("contains too much code")
    return texts


def _script(data):
    """Return the text of a program that is named as a notebook."""
    text = to_utf8(data)[0].decode()
    if PROGRAM.search(text) and syntax.is_python(text):
        return text
    raise Undecodable(NO_NOTEBOOK)


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
    lines = MAIN.sub(_main, re.sub(r"\r\n?", "\n", cell)).split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    head = HEAD.match(lines[first])
    # A whole cell in another language, or one that holds the text of a file.
    whole = head is not None and head[1] not in PYTHON_CELLS
    continued = False
    for number, line in enumerate(lines):
        if whole or continued or (head and number == first):
            lines[number] = f"# {line}"
        elif found := RUN.match(line):
            lines[number] = f"from {found[1]} import *"
        elif MAGIC.match(line.lstrip()[:LINE_START]) or CHECK_OR_PLOT.match(line[:LINE_START]):
            lines[number] = _commented(line)
        else:
            continue
        continued = line.rstrip().endswith("\\")
    return "\n".join(lines)


def _main(block):
    """Return a block of the main program, which a cell is, so that its graded functions count.

    One without them, such as a demonstration, is not run.
    """
    graded = registry.function_names().intersection(DEFINED.findall(block[1]))
    return f"if True:\n{block[1]}" if graded else block[0]


def _commented(line):
    code = line.lstrip()
    indent = line[: len(line) - len(code)]
    return f"{indent}pass  # {code}" if indent and code else f"# {code}"
