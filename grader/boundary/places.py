"""Checks the places in a submission's code that its own process names, and quotes their lines.

A place comes from the submission's side, so it could be made up to carry a text. What is shown is
the name of a file that the submission has, the number of a line, and that line as read here.
"""

from __future__ import annotations

import re
from pathlib import Path

from ..files.reading import read_text
from .reply import Reply

CELL = re.compile(r"(?:(?P<stem>\w+)\.ipynb )?cell (?P<number>\d{1,6})")  # of a notebook
FILE = re.compile(r"(?:\w+/){0,5}\w+\.py")
NAME = re.compile(r"[\w.<>]{0,100}")  # of a function
LONGEST = 200  # characters of a line

Place = tuple[str, int, str, str]  # file, line, function, source


class Places:
    """The lines of one submission's files."""

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.lines: dict[str, list[str]] = {}

    def check(self, reply: Reply, chapter: str) -> None:
        """Leave out of a reply to a call of this chapter every place that there is not."""
        if reply.raised:
            lines = [self.quoted(place, chapter) for place in reply.raised["lines"]]
            reply.raised["lines"] = list(filter(None, lines))
        if reply.loop:
            reply.loop = self.quoted(reply.loop, chapter)
        for number, (category, text, file, line) in enumerate(reply.warnings):
            if file and not self.quoted((file, line, "", ""), chapter):
                reply.warnings[number] = category, text, "", 0

    def quoted(self, place: Place, chapter: str) -> Place | None:
        """Return the place with the line that is there, None if there is none."""
        file, number, function, _ = place
        lines = self._cell(file, chapter) or self._file(file)
        if not 1 <= number <= len(lines):
            return None
        name = function if NAME.fullmatch(function) else ""
        return file, number, name, lines[number - 1].strip()[:LONGEST]

    def _cell(self, shown, chapter):
        """Return the lines of a cell as the learner knows it, such as `cell 5`, and those after."""
        if not (named := CELL.fullmatch(shown)):
            return []
        lines = self._file(f"{named['stem'] or chapter}.py")
        head = f"# cell {named['number']}"
        return lines[lines.index(head) + 1 :] if head in lines else []

    def _file(self, name):
        if name not in self.lines:
            text = read_text(self.folder / name) if FILE.fullmatch(name) else ""
            plain = text.replace("\r\n", "\n").replace("\r", "\n")
            self.lines[name] = plain.split("\n") if plain else []
        return self.lines[name]
