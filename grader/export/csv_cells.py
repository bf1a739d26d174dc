"""Replaces cells of a CSV file in place; nothing else in the file changes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import Refused

BOM = b"\xef\xbb\xbf"
QUOTED = rb'"(?:[^"]|"")*+"'
FIRST = re.compile(rb'(?:%b|[^",;\t\r\n]*+)([,;\t])' % QUOTED)  # the header's first cell


@dataclass(frozen=True)
class Cell:
    """The bytes from `start` to `end` of the file."""

    start: int
    end: int
    raw: bytes

    @property
    def is_quoted(self) -> bool:
        return self.raw.startswith(b'"')

    @property
    def text(self) -> str:
        raw = self.raw
        if closed := re.match(QUOTED, raw):
            raw = closed[0][1:-1].replace(b'""', b'"') + raw[closed.end() :]
        try:
            return raw.decode()
        except UnicodeDecodeError:
            return raw.decode("cp1252", "replace")


class Sheet:
    """A CSV file; `rows` are lists of cells, of any length, and the first is the header."""

    def __init__(self, data: bytes, name: str) -> None:
        """`name`: the file's name in messages."""
        if b"\0" in data:
            raise Refused(f"`{name}` is not a CSV file in UTF-8: export it again as CSV")
        self.data = data
        self.edits: dict[Cell, bytes] = {}  # cell: its new bytes
        self.rows = _rows(data)
        if not self.rows:
            raise Refused(f"`{name}` is empty: export the gradebook again")
        for number, row in enumerate(self.rows, start=1):
            if any(cell.is_quoted and not re.match(QUOTED, cell.raw) for cell in row):
                raise Refused(
                    f"`{name}` has an unclosed quotation mark in row {number}: export it again"
                )

    def replace(self, cell: Cell, text: str) -> None:
        """Put `text`, plain digits, into the cell; a quoted cell stays quoted."""
        self.edits[cell] = (f'"{text}"' if cell.is_quoted else text).encode()

    def edited(self) -> bytes:
        """Return the bytes of the file with all replacements."""
        parts, at = [], 0
        for cell in sorted(self.edits, key=lambda cell: cell.start):
            parts += [self.data[at : cell.start], self.edits[cell]]
            at = cell.end
        return b"".join([*parts, self.data[at:]])


def _rows(data):
    rows: list[list[Cell]] = []
    row: list[Cell] = []
    at = len(BOM) if data.startswith(BOM) else 0
    first = FIRST.match(data, at)
    end = first[1] if first else b","
    pattern = re.compile(rb"(%b[^%b\r\n]*|[^%b\r\n]*)(%b|\r\n?|\n|\Z)" % (QUOTED, end, end, end))
    while at < len(data) or row:
        found = pattern.match(data, at)
        assert found  # the pattern matches anywhere
        row.append(Cell(found.start(1), found.end(1), found[1]))
        at = found.end()
        if found[2] != end:
            rows.append(row)
            row = []
    return rows
