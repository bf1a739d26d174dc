"""Reads a lesson: front matter, title, and blocks with the line each begins on.

The runner, the report, the terminal view and notebooks all use this one parser. The website
itself is parsed by MyST; `directives.py` uses `choices` from here.
"""

import re
from dataclasses import dataclass, field

FENCE = re.compile(r"(`{3,}|~{3,})\s*(.*?)\s*$")
COLONS = re.compile(r"(:{3,})\s*(.*?)\s*$")
DIRECTIVE = re.compile(r"\{(\w+)\}\s*(.*)$")
OPTION = re.compile(r":(\w+):\s*(.*)$")
CHOICE = re.compile(r"- \[([ xX])\]\s+(.*)$")
HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
NUM = re.compile(r"\{num\}`([^`|]+?)\s*\\?\|\s*([^`]+)`")
FENCES = {"python", "output", "text", "check", "torch"}
CONTAINERS = {"exercise", "predict", "picture", "problem", "answer", "coursemap"}


class LessonError(Exception):
    """A mistake in a lesson; the message is one line that begins with file and line."""


@dataclass(frozen=True)
class Choice:
    """One answer of a `predict` block, and what choosing it means."""

    right: bool
    text: str
    why: str


@dataclass(frozen=True)
class Block:
    """A piece of a lesson.

    kind: `heading`, `prose`, `math`, one of FENCES or one of CONTAINERS.
    line: its first line in the file, counted from 1.
    text: what it holds, without fences; of a container without options and nested blocks.
    argument: the title or name after `{kind}`.
    level: of a heading, 1 to 6.
    """

    kind: str
    line: int
    text: str = ""
    argument: str = ""
    level: int = 0
    options: dict = field(default_factory=dict)
    children: tuple = ()

    def walk(self):
        """Yield this block, then those inside it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class Lesson:
    """A lesson; `meta` holds its front matter."""

    name: str
    meta: dict
    blocks: tuple

    @property
    def title(self):
        """Return the text of its first heading of level 1."""
        titles = (b.text for b in self.blocks if b.kind == "heading" and b.level == 1)
        return next(titles, self.name)

    def walk(self):
        """Yield every block in reading order, containers before what is inside them."""
        for block in self.blocks:
            yield from block.walk()

    def of(self, *kinds):
        """Return the blocks of these kinds."""
        return [block for block in self.walk() if block.kind in kinds]


def read(path):
    """Parse a lesson's file."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LessonError(f"{path.name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise LessonError(f"{path.name} is not UTF-8 text") from None
    return parse(text, path.name)


def parse(text, name="lesson"):
    """Parse a lesson's text; `name` is for messages."""
    lines = text.replace("\r\n", "\n").split("\n")
    meta, start = _front_matter(lines, name)
    return Lesson(name, meta, tuple(_Parser(name, lines).blocks(start, len(lines))))


def choices(lines):
    """Return the choices in the lines of a `predict` block, and the prose around them."""
    items, prose = [], []
    for line in lines:
        if start := CHOICE.match(line):
            items.append([start[1] != " ", start[2]])
        elif items and line.startswith("  ") and line.strip():
            items[-1][1] += " " + line.strip()
        elif line.strip():
            prose.append(line.strip())
    parted = [(right, *text.partition(" -- ")) for right, text in items]
    return [Choice(right, a.strip(), why.strip()) for right, a, _, why in parted], " ".join(prose)


def _front_matter(lines, name):
    """Return `(values, index of the first line after it)`."""
    if not lines or lines[0].strip() != "---":
        return {}, 0
    end = next((i for i in range(1, len(lines)) if lines[i].strip() == "---"), None)
    if end is None:
        raise LessonError(f"{name}:1: the front matter is never closed with ---")
    pairs = (line.partition(":") for line in lines[1:end] if line.strip())
    return {key.strip(): value.strip().strip("\"'") for key, _, value in pairs}, end + 1


class _Parser:
    """Walks over the lines once; positions are indexes into them."""

    def __init__(self, name, lines):
        self.name, self.lines = name, lines

    def blocks(self, start, end):
        """Return the blocks between two positions."""
        found, at = [], start
        while at < end:
            block, at = self._next(at, end)
            if block:
                found.append(block)
        return found

    def _next(self, at, end):
        """Return the block at this position, or None for an empty line, and where it ends."""
        line = self.lines[at]
        if not line.strip():
            return None, at + 1
        if fence := FENCE.match(line):
            return self._fence(at, end, *fence.groups())
        if colons := COLONS.match(line):
            return self._container(at, end, *colons.groups())
        if line.strip().startswith("$$"):
            return self._math(at, end)
        if heading := HEADING.match(line):
            return Block("heading", at + 1, heading[2], level=len(heading[1])), at + 1
        return self._prose(at, end)

    def _fence(self, at, end, marks, info):
        close = self._closing(at, end, marks)
        text = "\n".join(self.lines[at + 1 : close])
        directive = DIRECTIVE.match(info)
        kind, argument = directive.groups() if directive else (info, "")
        if kind not in FENCES:
            raise self._error(at, f"unknown code block `{info}`")
        return Block(kind, at + 1, text, argument.strip()), close + 1

    def _container(self, at, end, marks, info):
        directive = DIRECTIVE.match(info)
        if not directive or directive[1] not in CONTAINERS:
            raise self._error(at, f"unknown block `{info}`" if info else "`:::` closes nothing")
        close, inside, options = self._closing(at, end, marks), at + 1, {}
        while inside < close and (option := OPTION.match(self.lines[inside])):
            options[option[1]], inside = option[2].strip(), inside + 1
        kind, argument = directive[1], directive[2].strip()
        text = "\n".join(self.lines[inside:close])
        children = () if kind == "predict" else tuple(self.blocks(inside, close))
        return Block(kind, at + 1, text, argument, options=options, children=children), close + 1

    def _closing(self, at, end, marks):
        """Return the position of the line that closes the fence opened at `at`."""
        for i in range(at + 1, end):
            if self.lines[i].strip() == marks:
                return i
        raise self._error(at, f"this block is never closed with {marks}")

    def _math(self, at, end):
        first = self.lines[at].strip()
        if len(first) > 4 and first.endswith("$$"):
            return Block("math", at + 1, first[2:-2].strip()), at + 1
        rows = [first[2:]]
        for i in range(at + 1, end):
            row = self.lines[i].strip()
            if row.endswith("$$"):
                rows.append(row[:-2])
                return Block("math", at + 1, "\n".join(rows).strip()), i + 1
            rows.append(self.lines[i])
        raise self._error(at, "`$$` is never closed")

    def _prose(self, at, end):
        stop = at + 1
        while stop < end and not self._starts_block(self.lines[stop]):
            stop += 1
        return Block("prose", at + 1, "\n".join(self.lines[at:stop])), stop

    @staticmethod
    def _starts_block(line):
        starts = ("```", "~~~", ":::", "$$")
        return not line.strip() or line.startswith(starts) or bool(HEADING.match(line))

    def _error(self, at, message):
        return LessonError(f"{self.name}:{at + 1}: {message}")
