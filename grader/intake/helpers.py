"""Finds the helper modules that a submission's chapters import, wherever they were handed in.

Only what is imported comes along, up to a limit. It is put where the import statement looks for it
beside the chapters. There it can hide no module of Python, NumPy or the kit: `worker/package.py`
looks into a submission's folder last, except for what only the submission has. A helper with the
name of a module of Python gets another name where what is imported from it is its own.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..course.places import EXERCISES
from ..files import data
from ..submission import syntax
from . import archives, names, sanitize
from .candidates import Candidate

MOST_FILES = 120  # with the chapters
MAX_HELPERS = 2 * archives.MB
INIT = "__init__"
STANDARD = sys.stdlib_module_names
NOT_HELPERS = {"numpy", "scipy", "matplotlib", "__main__", "__future__"}
# Added to a name: `-2`, ` (1)`. Possessive, or a long row of digits could be parted in many ways.
COPY_END = re.compile(r"(?:[ _.-]*+(?:\(\d{1,9}\)|copy|(?<!\d)\d{1,9}(?!\d)))++$")
RESERVED = "lent_"  # names of the examiner's own files: see grading/lending.py
# Imports of a helper with the name of a module of Python, which may be imported elsewhere as well.
FROM_OR_AS = r"^([ \t]*(?:from|import)[ \t]+){}(?=\.|[ \t]+(?:import|as)\b)"
ALONE = r"^([ \t]*import[ \t]+){}(?=[ \t]*(?:#.*)?$)"
# For a chapter that is imported as a part of a package.
SHIM = (
    'import sys\n\nimport exercises.{0}\n\nsys.modules[__name__] = sys.modules["exercises.{0}"]\n'
)
# What a chapter imports from the folder above it lies beside it.
OUTSIDE = re.compile(r"^([ \t]*from[ \t]+)\.{2,}", re.M)
CALLS = {"import_module", "__import__"}

Way = tuple[str, ...]  # the folders and the name of a file without its suffix


@dataclass
class Staged:
    """A file to be graded, where it comes from, and where it goes.

    root: the folder of the chapter on whose behalf it is imported
    renamed: modules that it imports under another name than they have here
    """

    target: Way
    origin: Way
    root: Way
    text: str
    renamed: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{'/'.join(self.target)}.py"

    def data(self) -> bytes:
        text = OUTSIDE.sub(r"\1.", self.text) if len(self.target) == 1 else self.text
        for old, new in self.renamed.items():
            if old in STANDARD:
                text = re.sub(FROM_OR_AS.format(old), rf"\1{new}", text, flags=re.M)
                text = re.sub(ALONE.format(old), rf"\1{new} as {old}", text, flags=re.M)
            else:
                text = re.sub(rf"(?<![\w.]){old}\b|(?<=from \.){old}\b", new, text)
        return text.encode()


def with_helpers(
    chapters: Mapping[str, tuple[Candidate, str]], candidates: Sequence[Candidate]
) -> tuple[dict[str, bytes], set[str], list[str]]:
    """Return the chapters' files with those of helpers, the helpers' paths, and notes.

    chapters: maps stems to the candidate that a chapter is made from, and to its text
    """
    search = _Search(chapters, candidates)
    search.run()
    files = {staged.name: staged.data() for staged in search.staged.values()}
    notes = [f"{sanitize.listing(search.left_out)}: left out, too many helper modules"] * bool(
        search.left_out
    )
    return files, search.used, notes


class _Search:
    """Follows import statements from file to file."""

    def __init__(
        self, chapters: Mapping[str, tuple[Candidate, str]], candidates: Sequence[Candidate]
    ) -> None:
        self.pool = _pool(candidates)
        self.folders = {way[:depth] for way in self.pool for depth in range(len(way))}
        self.staged: dict[Way, Staged] = {}
        self.used: set[str] = set()
        self.left_out: list[str] = []
        self.size = 0
        self.places: dict[str, Way] = {}  # top-level names here, and the folders they come from
        self.aliases: dict[Way, str] = {}  # files that are a chapter's, and its stem
        for stem, (candidate, text) in chapters.items():
            root = candidate.member.parts[:-1]
            origin = (*root, _base(candidate))
            self.staged[(stem,)] = Staged((stem,), origin, root, text)
            if candidate.named.stem == stem:
                self.aliases[origin] = stem

    def run(self) -> None:
        """Stage what is imported, what that imports, and so on."""
        if all(self.aliases.get(way) == way[-1] for way in self.pool) and not self._named_folders():
            return  # nothing but chapters under their own names
        waiting = list(self.staged.values())
        while waiting:
            importer = waiting.pop(0)
            for level, module in imports(importer.text):
                waiting += self._import(importer, level, module)

    def _named_folders(self):
        """The folders that a chapter's text names, perhaps as packages."""
        folders = {part for folder in self.folders for part in folder} - {EXERCISES}
        return {part for part in folders for each in self.staged.values() if part in each.text}

    def _import(self, importer, level, module):
        """Stage the files that an import of the dotted `module` runs; return the new ones."""
        if not level and module[0] in NOT_HELPERS:
            return []
        self._know_by_another_name(importer, module)
        for base, target in self._bases(importer, level, module):
            way = module[1:] if not level and module[0] == EXERCISES else module
            if found := self._ways(base, way):
                if not level and way[0] in STANDARD and not self._is_own(importer, base, way):
                    continue
                new = [self._stage(importer, base, target, way, level) for way in found]
                return [staged for staged in new if staged]
        return []

    def _know_by_another_name(self, importer, module):
        """Let a module that is not there be the file that has its name and more: `own_final.py`."""
        name = next((part for part in module if part != EXERCISES), "*")
        known = {*names.stems(), *STANDARD, "*"}
        if name in known or any(name in way for way in self.pool):
            return
        word = re.compile(rf"(?<![^\W_]){re.escape(name)}(?![^\W_])", re.IGNORECASE)
        near = importer.origin[:-1]
        similar = [
            (way[:-1] == near, candidate.version, candidate.index, way)
            for way, candidate in self.pool.items()
            if not candidate.named.stem and way != importer.origin and word.search(way[-1])
        ]
        if similar:
            way = max(similar)[-1]
            self.pool[*way[:-1], name] = self.pool[way]

    def _bases(self, importer, level, module):
        """Yield the folders in which an import may look, and where they are here."""
        if level:
            yield importer.origin[:-level], importer.target[:-level]
        elif module[0] == EXERCISES:
            yield importer.root, ()
        else:
            yield importer.origin[:-1], ()
            for depth in range(len(importer.root), -1, -1):
                yield importer.root[:depth], ()
            ends = [end for name in (module, module[:-1]) if name for end in (name, (*name, INIT))]
            others = [way[: -len(end)] for way in self.pool for end in ends if _ends(way, end)]
            yield from ((other, ()) for other in sorted(others, key=len))

    def _is_own(self, importer, base, module):
        """True if what a file takes from a module named as one of Python's is in the helper."""
        if base != importer.origin[:-1]:
            return False
        top = (*base, module[0])
        if len(module) > 1 and (*base, *module[:2]) in self.pool:  # in a package
            return True
        helper = self.pool.get(top) or self.pool.get((*top, INIT))
        if helper is None or len(module) > 2:
            return False
        here = helper.source.places.keys() | helper.source.imports
        if len(module) == 2:
            return module[1] in here | {"*"} or "*" in here
        local = re.search(rf"\bimport[ \t]+{module[0]}[ \t]+as[ \t]+(\w+)", importer.text)
        alias = local[1] if local else module[0]
        used = set(re.findall(rf"(?<![\w.]){alias}\.(\w+)", importer.text))
        return bool(used) and used <= here

    def _ways(self, base, module):
        """The ways, below `base`, of the files that the import of a module runs."""
        ways = []
        for depth in range(1, len(module) + 1):
            way = module[:depth]
            if (*base, *way, INIT) in self.pool:
                ways.append((*way, INIT))
            elif (*base, *way) in self.pool:
                return [*ways, way]
            elif (*base, *way) not in self.folders:
                break
        return ways

    def _stage(self, importer, base, target, way, level):
        """Stage one file; return it if it is new."""
        origin = (*base, *way)
        candidate = self.pool[origin]
        text = candidate.text
        if (target or len(way) > 1) and (stem := self.aliases.get(origin)):
            text = SHIM.format(stem)
        if not target:
            name = self._name(base, way, candidate, level)
            if name != way[0]:
                importer.renamed[way[0]] = name
            way = (name, *way[1:])
        new = (*target, *way)
        taken = new in self.staged or new[0].startswith(RESERVED)
        if taken or not data.has_place("/".join(new)):
            return None
        self.size += len(text)
        if len(self.staged) >= MOST_FILES or self.size > MAX_HELPERS:
            self.left_out.append(candidate.member.name)
            return None
        self.used.add(candidate.path)
        self.staged[new] = Staged(new, origin, importer.root, text)
        return self.staged[new]

    def _name(self, base, way, candidate, level):
        """The top-level name for a module; two of one name from different folders differ."""
        if len(way) == 1 and (stem := self.aliases.get((*base, *way))):
            return stem
        if way[0] in names.stems():
            return way[0]
        number, name = 1, way[0]
        standard = not level and way[0] in STANDARD
        while self._is_taken(name, base, way, candidate) or (standard and name == way[0]):
            number += 1
            name = f"{way[0]}_{number}"
        self.places[name] = base
        return name

    def _is_taken(self, name, base, way, candidate):
        if self.places.get(name, base) == base:
            return False
        there = self.staged.get((name, *way[1:]))
        return there is None or there.text != candidate.text


def _pool(candidates):
    """Map ways to Python files: the latest version's, then the name itself, then a copy's."""
    entries = []
    for candidate in candidates:
        if candidate.named.suffix == "py":
            folder, base = candidate.member.parts[:-1], _base(candidate)
            for exact, name in ((True, base), (False, COPY_END.sub("", base))):
                order = candidate.version, exact, candidate.index
                entries.append((order, (*folder, name), candidate))
    entries.sort(key=lambda entry: entry[0])
    return {way: candidate for _, way, candidate in entries}


def _ends(way, end):
    return way[-len(end) :] == end


def _base(candidate):
    return candidate.member.name.partition(".")[0]


def imports(text: str) -> Iterator[tuple[int, Way]]:
    """Yield `(level, dotted name)` of what a file imports; nothing if it is not Python."""
    tree = syntax.tree(text)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Import):
            yield from ((0, tuple(alias.name.split("."))) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = tuple(node.module.split(".")) if node.module else ()
            yield from ((node.level, (*module, alias.name)) for alias in node.names)
        elif isinstance(node, ast.Call) and _called(node) in CALLS and node.args:
            name = getattr(node.args[0], "value", None)
            if isinstance(name, str) and (found := re.fullmatch(r"(\.*)([-\w.]*\w)", name)):
                yield len(found[1]), tuple(found[2].split("."))


def _called(node):
    return getattr(node.func, "attr", getattr(node.func, "id", ""))
