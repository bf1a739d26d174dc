"""Jupyter notebooks as program text: the code of their cells, in order.

What only IPython understands is commented out, so that each line keeps its number; so are the
calls of `check` and `plot`, for what they name is no part of the functions' own work.
"""

import json
import re

from ..course import registry
from .encoding import Undecodable, checked, decode

MAX_CODE, MAX_LINES = 2**20, 20_000  # characters and lines of all cells
MAX_BRACKETS = 200_000  # each is an object in memory, 30 times its size
PYTHON_CELLS = ("capture", "time", "timeit", "prun", "python", "python3")  # `%%time`: still Python
MAGIC = re.compile(r"%%?[A-Za-z]|!|\?|[\w.]+\?\??\s*$|[\w, ]+=[ \t]*[%!][A-Za-z]")
ASKED = re.compile(r"(?:check|plot)\([^()]*\)[ \t]*;?[ \t]*(?:#.*)?$")
LOOKED_AT = 200  # characters of a line: a pattern must not cost the square of its length
DEFINED = re.compile(r"^(?:async +)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
HEAD = re.compile(r"%%\s*(\w*)")


def cells(data):
    """The program text of each code cell; `Undecodable` if this is no notebook."""
    text, _ = decode(data)
    if data.count(b"[") + data.count(b"{") > MAX_BRACKETS:
        raise Undecodable("is too large for a notebook")
    try:
        book = json.loads(data.decode() if text is None else text)
        texts = list(_code_cells(book))
    except RecursionError:
        raise Undecodable("is nested too deeply for a notebook") from None
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        raise Undecodable("is no notebook that can be read") from None
    lines = sum(1 + text.count("\n") + text.count("\r") for text in texts)
    if lines > MAX_LINES or sum(map(len, texts)) > MAX_CODE:
        raise Undecodable("holds too much code")
    return [_plain(text) for text in texts]


def source(texts):
    """One Python file of these cells, a comment before each."""
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
    """The cell with magics commented out, line by line."""
    lines = re.split(r"\r\n|\r|\n", cell)
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    head = HEAD.match(lines[first]) if lines else None
    whole = bool(head) and head[1] not in PYTHON_CELLS  # of another language, or of a file's text
    continued = False
    for number, line in enumerate(lines):
        if whole or continued or (head and number == first):
            lines[number] = f"# {line}"
        elif MAGIC.match(line.lstrip()[:LOOKED_AT]) or ASKED.match(line[:LOOKED_AT]):
            lines[number] = _commented(line)
        else:
            continue
        continued = line.rstrip().endswith("\\")
    return "\n".join(lines)


def _commented(line):
    code = line.lstrip()
    indent = line[: len(line) - len(code)]
    return f"{indent}pass  # {code}" if indent and code else f"# {code}"


def chapters(texts, name):
    """Stem -> how many of the cells are its own: each chapter of which a graded function is there.

    A function of several chapters, such as `gradient_descent`, counts for those of which something
    else is there, or else whose number the notebook's name has, or else for all.
    """
    graded = registry.chapters()
    places = _definitions(texts)
    chosen = {c.stem for c in graded if _own(c, places)}
    for function in sorted(places):
        having = [c for c in graded if function in c.functions]
        if not chosen & {c.stem for c in having}:
            hinted = [c for c in having if _hints(name, c)]
            chosen |= {c.stem for c in hinted or having}
    return {c.stem: _upto(c, places, chosen, len(texts)) for c in graded if c.stem in chosen}


def _definitions(texts):
    """Name -> the cells that define a function or class of that name at the margin."""
    places = {}
    for number, text in enumerate(texts):
        for name in set(DEFINED.findall(text)):
            places.setdefault(name, []).append(number)
    return places


def _own(chapter, places):
    """The functions defined that are this chapter's alone."""
    others = {f for c in registry.chapters() if c != chapter for f in c.functions}
    return [f for f in chapter.functions if f in places and f not in others]


def _hints(name, chapter):
    """Whether a notebook's name has the number of the chapter: `week 2.3`, `ch2_3-mine`."""
    major, minor = chapter.id.split(".")
    return re.search(rf"(?<!\d){major}[._ -]{minor}(?!\d)", name) is not None


def _upto(chapter, places, chosen, count):
    """The number of cells before a later chapter defines a function of the same name anew."""
    for function in set(chapter.functions) & set(places):
        having = [c.stem for c in registry.chapters() if function in c.functions]
        following = [stem for stem in having if stem in chosen].index(chapter.stem) + 1
        again = places[function][following:]
        last = max((places[own][0] for own in _own(chapter, places)), default=0)
        if again and following < len(chosen & set(having)) and last < again[0]:
            count = min(count, again[0])
    return count
