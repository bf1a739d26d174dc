"""Finds which functions each function of a submission uses, by reading its text."""

import functools
import itertools
import re
from pathlib import Path

from ..course import registry
from ..files.reading import read_text

LONGEST_SIGNATURE = 2000  # characters
IMPORT = re.compile(
    r"^[ \t]*from[ \t]+(?:\.|exercises\.)?(ch\d+_\d+_\w{1,50}|neural_network)"
    r"[ \t]+import[ \t]+(\([^)]{1,2000}\)|[^\n#]*)",
    re.M,
)
IMPORT_FILE = re.compile(
    r"^[ \t]*(?:from[ \t]+(?:\.|exercises)[ \t]+)?import[ \t]+(?:exercises\.)?"
    r"(ch\d+_\d+_\w{1,50}|neural_network)\b",
    re.M,
)
DEFINITION = re.compile(r"^(?:async )?(?:def|class)[ \t]+(\w+)", re.M)
NO_CODE = re.compile(  # strings, including docstrings, and comments
    r"""\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|"[^"\n]*"|'[^'\n]*'|#[^\n]*"""
)
SCRIPT = re.compile(r"^if __name__\b.*(\n[ \t].*)*", re.M)  # code that only runs as a script
COLON = re.compile(r":[^\n]*\n")
BLOCK_END = re.compile(r"^\S", re.M)
WORD = re.compile(r"[A-Za-z_]\w*")

Pair = tuple[str, str]  # (stem, function)


class Uses:
    """The functions that each function of a submission uses, directly or indirectly.

    Only names that an ordinary import statement brings from another chapter count, also where the
    file later gives them another meaning: what a call really enters is seen when it runs.
    """

    def __init__(self, folder: Path) -> None:
        self.known: dict[Pair, set[Pair]] = {}  # what `all` has found out
        self.graded = {chapter.stem: set(chapter.functions) for chapter in registry.chapters()}
        parsed = {stem: _parsed(read_text(folder / f"{stem}.py")) for stem in self.graded}
        self.texts = {stem: text for stem, (text, _, _) in parsed.items()}
        self.blocks = {stem: blocks for stem, (_, blocks, _) in parsed.items()}
        self.outside = {stem: words for stem, (_, _, words) in parsed.items()}
        self.imports = {stem: self._imports(stem) for stem in self.texts}

    def text(self, stem: str, name: str) -> str:
        """Return the function's own lines; if several have that name, those of the last."""
        return self.blocks[stem].get(name, [""])[-1]

    def all(self, stem: str, name: str) -> set[Pair]:
        """Return every `(stem, function)` that this one needs, graded or not, itself excluded."""
        if (stem, name) not in self.known:
            needed: set[Pair] = set()
            waiting = [(stem, name)]
            while waiting:
                for pair in self.direct(*waiting.pop()) - needed:
                    needed.add(pair)
                    waiting.append(pair)
            self.known[stem, name] = needed - {(stem, name)}
        return self.known[stem, name]

    def closure(self, stem: str, name: str) -> set[Pair]:
        """Return the graded ones of `all`."""
        return {(s, n) for s, n in self.all(stem, name) if n in self.graded[s]}

    def direct(self, stem: str, name: str) -> set[Pair]:
        """Return what a function's text names, or the text outside of functions."""
        blocks, imported = self.blocks[stem], self.imports[stem]
        words = self.outside[stem] | set(WORD.findall(self.text(stem, name)))
        here = {(stem, word) for word in words & blocks.keys() if word != name}
        return here | {imported[word] for word in words & imported.keys()}

    def _imports(self, stem):
        """Map local names to the `(stem, function)` that they import from other chapters."""
        imported: dict[str, Pair] = {}
        text = self.texts[stem]
        for source, names in IMPORT.findall(text):
            offered = self._offered(source, stem)
            for name in names.strip("() \t").split(","):
                original, _, local = (part.strip() for part in name.partition(" as "))
                if original == "*":
                    imported |= offered
                elif original in offered:
                    imported[local or original] = offered[original]
                elif source in self.graded:
                    imported[local or original] = source, original
        for source in IMPORT_FILE.findall(text):
            # `import exercises.ch1_1_... as first`, then `first.one_hot(...)`
            imported = self._offered(source, stem) | imported
        return imported

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


def blocks(text: str) -> dict[str | None, list[str]]:
    """Map the functions at the left margin to their texts, and None to the text outside of them."""
    texts: dict[str | None, list[str]] = {}
    outside, end = [], 0
    for match in DEFINITION.finditer(text):
        if match.start() < end:
            continue
        outside.append(text[end : match.start()])
        after = BLOCK_END.search(text, _signature_end(text, match.end()))
        end = after.start() if after else len(text)
        texts.setdefault(match[1], []).append(text[match.end() : end])
    outside.append(text[end:])
    texts[None] = [IMPORT.sub("", part) for part in outside]
    return texts


def _signature_end(text, start):
    """Return the end of the first line that ends in a colon: a signature may span several lines."""
    match = COLON.search(text, start, start + LONGEST_SIGNATURE)
    return match.end() if match else start
