"""Splits a file, or a notebook's text, that holds the functions of several chapters.

It is split by what it defines at the left margin, or in blocks there such as `try:`, and read by
patterns, because it may hold anything. Functions may also be assigned: `relu = lambda Z: ...`. What
is below `if __name__ == "__main__":` does not count: grading imports the file. A chapter's part is
the file up to the last of the chapter's functions, or to what they need from further below. So of
two versions of a function the later one counts, as in Python. A function of several chapters, such
as `gradient_descent`, that is there more than once counts for the first of them first. What an
earlier chapter grades is imported from there.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

from ..course import registry
from . import assignments, syntax
from .uses import NO_CODE, WORD

NAME = r"[*(\[ \t]*+[A-Za-z_]\w*+[)\] \t]*+"
TYPE = r":[^\n=]*+"
DEFINITION = re.compile(
    r"^(?P<indent>[ \t]*+)(?:(?:async[ \t]+)?(?:def|class)[ \t]+(?P<block>\w+)"
    rf"|(?P<targets>(?:{NAME}(?:,{NAME})*+,?[)\] \t]*+(?:{TYPE})?=(?!=))++))"
    r"|^(?:from[ \t]+[\w.]+[ \t]+)?import\b(?P<imports>[ \t]*\([^)]{0,2000}\)|[^\n]*)",
    re.M,
)
MARGIN = re.compile(r"^[^\s)\]}]", re.M)
NEVER = re.compile(r"if[ \t(]+(?:__name__|False|0)\b")  # what is below it is not run by an import
NO_DEFINITIONS = re.compile(rf"{NEVER.pattern}|(?:for|while)\b")  # but variables
RESULT = re.compile(r"[ \t]*+(\w+)[ \t]*+=[ \t]*+\1[ \t]*+\(")  # `accuracy = accuracy(Y, P)`
GOES_ON = re.compile(r"(?:elif|else|except|finally)\b")
METHOD = re.compile(r"^[ \t]+(?:async[ \t]+)?def\b", re.M)
TODO = re.compile(r"^[ \t]+raise[ \t]+NotImplementedError\b", re.M)
NOT_WRITTEN = re.compile(r"\s*raise[ \t]+NotImplementedError\b[^\n]*\s*")


@dataclass(frozen=True)
class Definition:
    """Where a name gets its meaning.

    is_function: a function, a class, or a name that may be given to one
    is_written: false for what a stub leaves to write
    is_run: false below `if __name__ == "__main__":`, where an import does not come
    """

    name: str
    start: int
    end: int
    is_function: bool = False
    is_written: bool = True
    is_run: bool = True


class Source:
    """The text of a file or of a notebook's cells, and what it defines."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.code = NO_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
        self.margins = [found.start() for found in MARGIN.finditer(self.code)]

    @cached_property
    def definitions(self) -> list[Definition]:
        """The definitions at the left margin or in blocks there, in order."""
        return [definition for definition in self._found if definition.is_run]

    @cached_property
    def never_run(self) -> set[str]:
        """The functions that are defined where an import does not come, and nowhere else."""
        return {found.name for found in self._found if not found.is_run} - self.places.keys()

    @cached_property
    def _found(self) -> list[Definition]:
        found: list[Definition] = []
        end = seen = depth = 0
        for match in DEFINITION.finditer(self.code):
            if match.start() < end:
                continue
            depth = depth + _opened(self.code[seen : match.start()]) if match["indent"] else 0
            seen = match.start()
            if match["targets"] and (depth > 0 or self._is_variable(match)):
                continue  # `depth`: an argument such as `axis=1`
            start, end = self._span(match)
            if match["targets"]:
                found += self._assigned(match, start, end)
            elif name := match["block"]:
                written = self._is_written(match.end(), end)
                found.append(Definition(name, start, end, True, written, self._is_run(start)))
            else:
                found += [Definition(name, start, end) for name in WORD.findall(match["imports"])]
        return found

    def _is_variable(self, match):
        """True for what is given a result: by its own name, in the main program, or in a loop."""
        in_block = match["indent"] and self._below(match.start(), NO_DEFINITIONS)
        return in_block or RESULT.match(self.code, match.start())

    def _assigned(self, match, start, end):
        """Return the definitions of an assignment; in a block, only one that gives a function."""
        graded = registry.function_names()
        functions: list[str] = []
        if not graded.isdisjoint(WORD.findall(self.code[start:end])):
            functions = assignments.functions(self.text[start:end])
        if match["indent"] and graded.isdisjoint(functions):
            return []
        names = [] if match["indent"] else WORD.findall(re.sub(TYPE, "", match["targets"]))
        return [
            Definition(name, start, end, name in functions)
            for name in dict.fromkeys([*names, *functions])
        ]

    def _span(self, match):
        """Return where a definition starts, with its decorators, and ends."""
        if indent := match["indent"]:
            ends = re.compile(rf"^[ \t]{{0,{len(indent)}}}[^\s)\]}}]", re.M)
            below = ends.search(self.code, match.end())
            return self._decorated(match.start()), below.start() if below else len(self.code)
        first = bisect_left(self.margins, match.start())
        after = bisect_left(self.margins, match.end())
        while first and self.code[self.margins[first - 1]] == "@":
            first -= 1
        end = self.margins[after] if after < len(self.margins) else len(self.code)
        return self.margins[first], end

    def _decorated(self, start):
        """Return where the decorators above a line start."""
        while start:
            above = self.code.rfind("\n", 0, start - 1) + 1
            if not self.code[above:start].lstrip().startswith("@"):
                break
            start = above
        return start

    def _is_run(self, position):
        """True unless it lies below `if __name__ == "__main__":` or the like."""
        return not self._below(position, NEVER)

    def _below(self, position, pattern):
        """Return whether the statement at the margin above a position is of a kind."""
        before = bisect_right(self.margins, position)
        return bool(before and pattern.match(self.code, self.margins[before - 1]))

    def clauses(self, position: int) -> tuple[int, int]:
        """Return where the clauses, such as `except:`, of a block that is cut here lie."""
        margins = [*self.margins[bisect_left(self.margins, position) :], len(self.text)]
        return margins[0], next(n for n in margins if not GOES_ON.match(self.code, n))

    def _is_written(self, start, end):
        block = self.code[start:end]
        if methods := len(METHOD.findall(block)):  # a class, or a function with others inside
            return len(TODO.findall(block)) < methods
        return not NOT_WRITTEN.fullmatch(_after_signature(block))

    @cached_property
    def places(self) -> dict[str, list[Definition]]:
        """Map names to their definitions; to those that are written, if there are any."""
        places: dict[str, list[Definition]] = {}
        for definition in self.definitions:
            places.setdefault(definition.name, []).append(definition)
        return {name: [d for d in found if d.is_written] or found for name, found in places.items()}

    def times(self, name: str) -> int:
        """Return how often a name is defined; the branches of `if` and `try` count once."""
        starts = [n for n in self.margins if not GOES_ON.match(self.code, n)]
        return len({bisect_right(starts, place.start) for place in self.places.get(name, ())})

    @cached_property
    def imports(self) -> set[str]:
        """The names that are imported, `*` among them."""
        texts = [match["imports"] or "" for match in DEFINITION.finditer(self.code)]
        return {word for text in texts for word in re.findall(r"\w+|\*", text)}

    def functions_of(self, chapter: registry.Chapter, written: bool = True) -> list[str]:
        """Return the chapter's functions that are here; only those that are `written`."""
        return [
            name
            for name in chapter.functions
            if (last := self.places.get(name, [None])[-1])
            and last.is_function
            and last.is_written >= written
        ]

    def words(self, definition: Definition) -> set[str]:
        """Return the words of a definition's code."""
        return set(WORD.findall(self.code[definition.start : definition.end]))


def _opened(code):
    """Return how many more brackets are opened than closed."""
    return sum(map(code.count, "([{")) - sum(map(code.count, ")]}"))


def _after_signature(block):
    """Return what follows the colon that ends a signature."""
    depth = 0
    for position, character in enumerate(block):
        depth += (character in "([{") - (character in ")]}")
        if character == ":" and depth == 0:
            return block[position + 1 :]
    return block


def chapters(source: Source, name: str) -> list[str]:
    """Return the stems of the chapters of which a graded function is in the source.

    A function of several chapters, such as `gradient_descent`, counts for those that have another
    function there; failing that, for the one whose number is in the file's `name`; failing that,
    for all. If nothing is written, what is left to write counts.
    """
    return _chapters(source, name, True) or _chapters(source, name, False)


def _chapters(source, name, written):
    found = {c.stem: source.functions_of(c, written) for c in registry.chapters()}
    here = {stem: functions for stem, functions in found.items() if functions}
    shared = _shared() if here else set()
    chosen = {stem for stem, functions in here.items() if not shared.issuperset(functions)}
    for function in sorted({function for functions in here.values() for function in functions}):
        candidates = [stem for stem, functions in here.items() if function in functions]
        if not chosen.intersection(candidates):
            chosen.update([stem for stem in candidates if _has_number(name, stem)] or candidates)
    return [stem for stem in here if stem in chosen]


def _shared():
    """Return the graded functions that several chapters have."""
    counts = Counter(name for chapter in registry.chapters() for name in chapter.functions)
    return {name for name, count in counts.items() if count > 1}


def _own(chapter, source):
    """Return the functions there, written or not, that belong to this chapter only."""
    shared = _shared()
    return [name for name in source.functions_of(chapter, False) if name not in shared]


def _has_number(name, stem):
    """Return True if a file's name contains the chapter's number: `week 2.3`, `ch2_3-mine`."""
    major, minor = registry.by_stem(stem).id.split(".")
    return re.search(rf"(?<!\d){major}[._ -]{minor}(?!\d)", name) is not None


def part(source: Source, stem: str, stems: Collection[str]) -> str:
    """Return the text of one chapter's file, made from the source.

    stems: all chapters that are made from it
    """
    if len(stems) == 1:
        return source.text
    chapter = registry.by_stem(stem)
    owners = _earlier(chapter, stems)
    end = _end(source, chapter, stems)
    start, after = source.clauses(end)
    text = _up_to(end, source, owners) + source.text[start:after]
    if end < start and not syntax.is_python(text):  # cut in a block in a block
        return _up_to(after, source, owners)
    return text


def _up_to(end, source, owners):
    """Return the source up to there, with imports in place of what earlier chapters own."""
    pieces: list[str] = []
    position = 0
    for (start, stop), group in itertools.groupby(source.definitions, lambda d: (d.start, d.end)):
        found = {d.name: owners.get(d.name) if d.is_function else None for d in group}
        if stop > end or not all(found.values()):
            continue
        pieces.append(source.text[position:start])
        pieces.append(_imported(found, source.text[start:stop]))
        position = stop
    return "".join([*pieces, source.text[position:end]])


def _earlier(chapter, stems):
    """Map functions of earlier chapters to the stem of the last one of them."""
    owners: dict[str, str] = {}
    for other in registry.chapters():
        if other == chapter:
            break
        if other.stem in stems:
            owners |= dict.fromkeys(other.functions, other.stem)
    return {name: stem for name, stem in owners.items() if name not in chapter.functions}


def _imported(owners, text):
    """Return as many lines as the text has, the first of which imports the names.

    Comments stay: they tell the cells of a notebook apart.
    """
    lines = [line if line.startswith("#") else "" for line in text.split("\n")]
    first = next((n for n, line in enumerate(lines) if not line), 0)
    indent = text[: len(text) - len(text.lstrip(" \t"))]
    imports = [f"from exercises.{stem} import {name}" for name, stem in owners.items()]
    lines[first] = indent + "; ".join(imports)
    return "\n".join(lines)


def _end(source, chapter, stems):
    """Return where the chapter's part of the text ends."""
    own = [source.places[name][-1] for name in _own(chapter, source)]
    shared = [
        mine
        for name in source.functions_of(chapter, written=False)
        if (mine := _turn(source, chapter, name, stems, own)) not in own
    ]
    waiting, seen = own + shared, set[str]()
    end = max((definition.end for definition in waiting), default=len(source.text))
    while waiting:
        for word in source.words(waiting.pop()) - seen:
            seen.add(word)
            if places := source.places.get(word):
                before = [place for place in places if place.end <= end]
                needed = before[-1] if before else places[0]
                end = max(end, needed.end)
                waiting.append(needed)
    return end


def _turn(source, chapter, name, stems, own):
    """Return the definition of a function that is this chapter's among those that share it."""
    sharing = [c.stem for c in registry.chapters() if name in c.functions and c.stem in stems]
    places = source.places[name]
    if chapter.stem not in sharing or chapter.stem == sharing[-1]:
        return places[-1]
    return places[min(sharing.index(chapter.stem), len(places) - 1)]
