"""Finds which functions each function of a submission uses, by reading its text."""

import functools
import itertools
import re
from pathlib import Path

from ..course import registry, stubs
from ..files.reading import python_files, read_text

LONGEST_SIGNATURE = 2000  # characters
IMPORT = re.compile(
    r"^[ \t]*from[ \t]+(?:[\w.]{0,200}\.)?(ch\d+_\d+_\w{1,50}|neural_network)"
    r"[ \t]+import[ \t]+(\([^)]{1,2000}\)|[^\n#]*)",
    re.M,
)
IMPORT_FILE = re.compile(
    r"^[ \t]*(?:from[ \t]+(?:\.|exercises)[ \t]+)?import[ \t]+(?:exercises\.)?"
    r"(ch\d+_\d+_\w{1,50}|neural_network)\b",
    re.M,
)
FROM = re.compile(
    r"^[ \t]*from[ \t]+([.\w]{1,200})[ \t]+import[ \t]+(\([^)]{1,2000}\)|[^\n#]*)", re.M
)
IMPORT_ANY = re.compile(r"^[ \t]*import[ \t]+([^\n#]*)", re.M)
KIT_FILES = {"__init__", *stubs.NO_CHAPTERS}
BLOCK = re.compile(r"^([ \t]*)(?:async )?(?:def|class)[ \t]+(\w+)", re.M)
NO_CODE = re.compile(  # strings, including docstrings, and comments
    r"""\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|"[^"\n]*"|'[^'\n]*'|#[^\n]*"""
)
SCRIPT = re.compile(r"^if __name__\b.*(\n[ \t].*)*", re.M)  # code that only runs as a script
COLON = re.compile(r":[^\n]*\n")
WORD = re.compile(r"[A-Za-z_]\w*")

Pair = tuple[str, str]  # (stem, function)


class Uses:
    """The functions that each function of a submission uses, directly or indirectly.

    Only names that an ordinary import statement brings from another file count, also where the
    file later gives them another meaning: what a call really enters is seen when it runs. Helper
    modules belong to the submission. A graded function that lies in one, and that its chapter
    imports from there, is the chapter's: `homes` maps it to its place.
    """

    def __init__(self, folder: Path) -> None:
        self.known: dict[Pair, set[Pair]] = {}  # what `all` has found out
        self.graded = {chapter.stem: set(chapter.functions) for chapter in registry.chapters()}
        self.helpers = _helpers(folder, self.graded)
        sources = {stem: read_text(folder / f"{stem}.py") for stem in self.graded}
        sources |= {
            name: data.decode("utf-8", "replace") for name, (_, data) in self.helpers.items()
        }
        parsed = {stem: _parsed(source) for stem, source in sources.items()}
        self.texts = {stem: text for stem, (text, _, _) in parsed.items()}
        self.blocks = {stem: blocks for stem, (_, blocks, _) in parsed.items()}
        self.outside = {stem: words for stem, (_, _, words) in parsed.items()}
        self.brought: dict[str, dict[str, Pair]] = {}  # by imports; helpers' functions included
        for stem in self.texts:
            self._bring(stem)
        self.homes = self._homes()
        self.owners = {home: pair for pair, home in self.homes.items()}
        self.imports = {
            stem: {
                name: pair for name, pair in self._owned(pairs).items() if pair[0] in self.graded
            }
            for stem, pairs in self.brought.items()
        }

    def owner(self, pair: Pair) -> Pair:
        """Return the graded function that a helper module's function is, or the pair itself."""
        return self.owners.get(pair, pair)

    def file(self, pair: Pair) -> str | None:
        """Return the helper module's file in which a chapter's function lies, or None."""
        return self.helpers[self.homes[pair][0]][0] if pair in self.homes else None

    def text(self, stem: str, name: str) -> str:
        """Return the function's own lines; if several have that name, those of the last."""
        return self.blocks[stem].get(name, [""])[-1]

    def is_stub(self, stem: str, name: str) -> bool:
        """Return True for a function that is still as it was handed out."""
        text = self.text(stem, name)
        return bool(text) and text == _parsed(stubs.text(stem))[1].get(name, [""])[-1]

    def all(self, stem: str, name: str) -> set[Pair]:
        """Return every `(stem, function)` of chapters that this one needs, itself excluded."""
        if (stem, name) not in self.known:
            needed: set[Pair] = set()
            waiting = [(stem, name)]
            while waiting:
                for pair in self.direct(*waiting.pop()) - needed:
                    needed.add(pair)
                    waiting.append(pair)
            chapters = {pair for pair in needed if pair[0] in self.graded}
            self.known[stem, name] = chapters - {(stem, name)}
        return self.known[stem, name]

    def closure(self, stem: str, name: str) -> set[Pair]:
        """Return the graded ones of `all`."""
        return {(s, n) for s, n in self.all(stem, name) if n in self.graded[s]}

    def direct(self, stem: str, name: str) -> set[Pair]:
        """Return what a function's text names, or the text outside of functions."""
        stem, name = self.homes.get((stem, name), (stem, name))
        blocks, imported = self.blocks[stem], self.brought[stem]
        words = self.outside[stem] | set(WORD.findall(self.text(stem, name)))
        here = {(stem, word) for word in words & blocks.keys() if word != name}
        used = here | {imported[word] for word in words & imported.keys()}
        return {self.owner(pair) for pair in used}

    def _owned(self, pairs):
        return {name: self.owner(pair) for name, pair in pairs.items()}

    def _homes(self):
        """Map graded functions to the helper module's function that alone their chapter imports."""
        claims: dict[Pair, list[Pair]] = {}
        for stem, names in self.graded.items():
            for name in names - self.blocks[stem].keys():
                home = self.brought[stem].get(name, ("", ""))
                if home[0] in self.helpers and home[1] == name:
                    claims.setdefault(home, []).append((stem, name))
        return {pairs[0]: home for home, pairs in claims.items() if len(pairs) == 1}

    def _bring(self, stem):
        """Map local names to the `(stem, function)` that a file imports from others."""
        if stem in self.brought:
            return self.brought[stem]
        imported = self.brought[stem] = {}
        text = self.texts[stem]
        for source, names in IMPORT.findall(text):
            offered = self._offered(source, stem)
            for original, local in _imported(names):
                if original == "*":
                    imported |= offered
                elif original in offered:
                    imported[local] = offered[original]
                elif source in self.graded:
                    imported[local] = source, original
        for source in IMPORT_FILE.findall(text):
            # `import exercises.ch1_1_... as first`, then `first.one_hot(...)`
            self.brought[stem] = imported = self._offered(source, stem) | imported
        if self.helpers:
            self.brought[stem] = imported = self._from_helpers(text) | imported
        return imported

    def _from_helpers(self, text):
        imported: dict[str, Pair] = {}
        for source, names in FROM.findall(text):
            module = source.rpartition(".")[2]
            offered = self._offered_by_helper(module) if module in self.helpers else {}
            for original, local in _imported(names):
                if original == "*":
                    imported |= offered
                elif original in offered:
                    imported[local] = offered[original]
                elif original in self.helpers:  # `from . import mylib`
                    imported |= self._offered_by_helper(original)
        for names in IMPORT_ANY.findall(text):
            for word in WORD.findall(names):
                imported |= self._offered_by_helper(word) if word in self.helpers else {}
        return imported

    def _offered_by_helper(self, helper):
        own = {name: (helper, name) for name in filter(None, self.blocks[helper])}
        return self._bring(helper) | own

    def _offered(self, source, stem):
        """Map the names that a chapter's file, or `neural_network`, offers to their functions."""
        chapters = list(registry.chapters())
        if source == "neural_network":  # a name defined twice is the later chapter's
            chapters = list(itertools.takewhile(lambda chapter: chapter.stem != stem, chapters))
        else:
            chapters = [chapter for chapter in chapters if chapter.stem == source]
        return {
            name: (chapter.stem, name)
            for chapter in chapters
            for name in (*filter(None, self.blocks[chapter.stem]), *chapter.functions)
        }


@functools.lru_cache(maxsize=100)  # of the files of a folder, few change from one time to the next
def _parsed(source):
    """Return a file's code, its `blocks`, and the words outside of them."""
    text = SCRIPT.sub("", NO_CODE.sub("''", source))
    parts = blocks(text)
    return text, parts, {word for part in parts[None] for word in WORD.findall(part)}


def _imported(names):
    """Yield `(name, local name)` of an import statement's list."""
    for name in names.strip("() \t").split(","):
        original, _, local = (part.strip() for part in name.partition(" as "))
        yield original, local or original


def _helpers(folder, chapters):
    """Map the names of a submission's helper modules to their files and bytes."""
    found: dict[str, tuple[str, bytes]] = {}
    for file, data in python_files(folder, deep=True).items():
        way = file.removesuffix(".py").removesuffix("/__init__")
        name = way.rpartition("/")[2]
        if name not in {*chapters, *KIT_FILES}:
            found.setdefault(name, (file, data))
    return found


def blocks(text: str) -> dict[str | None, list[str]]:
    """Map a module's functions to their texts, and None to the text outside of them.

    These are the functions at the left margin, or in a block there such as `try:`.
    """
    texts: dict[str | None, list[str]] = {}
    outside, end = [], 0
    for match in BLOCK.finditer(text):
        if match.start() < end:
            continue
        outside.append(text[end : match.start()])
        block_end = re.compile(rf"^[ \t]{{0,{len(match[1])}}}\S", re.M)
        after = block_end.search(text, _signature_end(text, match.end()))
        end = after.start() if after else len(text)
        texts.setdefault(match[2], []).append(text[match.end() : end])
    outside.append(text[end:])
    texts[None] = [IMPORT.sub("", part) for part in outside]
    return texts


def _signature_end(text, start):
    """Return the end of the first line that ends in a colon: a signature may span several lines."""
    match = COLON.search(text, start, start + LONGEST_SIGNATURE)
    return match.end() if match else start
