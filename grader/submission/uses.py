"""Finds which graded functions each function of a submission uses, by reading its text."""

import itertools
import re

from ..course import registry
from .reading import read_text

LONGEST_SIGNATURE = 2000  # characters
IMPORT = re.compile(
    r"^[ \t]*from[ \t]+(?:\.|exercises\.)?(ch\d+_\d+_\w{1,50}|neural_network)"
    r"[ \t]+import[ \t]+(\([^)]{1,2000}\)|[^\n#]*)",
    re.M,
)
DEFINITION = re.compile(r"^(?:async )?(?:def|class)[ \t]+(\w+)", re.M)
NO_CODE = re.compile(  # strings, docstrings among them, and comments
    r"""\"{3}[\s\S]*?\"{3}|'{3}[\s\S]*?'{3}|"[^"\n]*"|'[^'\n]*'|#[^\n]*"""
)
SCRIPT = re.compile(r"^if __name__\b.*(\n[ \t].*)*", re.M)  # what runs as a script only
COLON = re.compile(r":[^\n]*\n")
BLOCK_END = re.compile(r"^\S", re.M)
WORD = re.compile(r"[A-Za-z_]\w*")


class Uses:
    """Which graded functions each function of a submission uses, itself or through others."""

    def __init__(self, folder):
        self.graded = {chapter.stem: set(chapter.functions) for chapter in registry.chapters()}
        self.texts = {stem: _read(folder / f"{stem}.py") for stem in self.graded}
        self.imports = {stem: _imports(text, stem) for stem, text in self.texts.items()}
        self.blocks = {stem: blocks(text) for stem, text in self.texts.items()}
        self.outside = {
            stem: {word for text in blocks[None] for word in WORD.findall(text)}
            for stem, blocks in self.blocks.items()
        }

    def text(self, stem, name):
        """The function's own lines; of several of that name, the last."""
        return self.blocks[stem].get(name, [""])[-1]

    def closure(self, stem, name):
        """Every graded `(stem, function)` that this one needs, without itself."""
        found, waiting = set(), [(stem, name)]
        while waiting:
            for pair in self.direct(*waiting.pop()) - found:
                found.add(pair)
                waiting.append(pair)
        return {(s, n) for s, n in found if n in self.graded[s] and (s, n) != (stem, name)}

    def direct(self, stem, name):
        """What the text of a function, or of the file outside of functions, names."""
        blocks, imported = self.blocks[stem], self.imports[stem]
        words = self.outside[stem] | set(WORD.findall(self.text(stem, name)))
        here = {(stem, word) for word in words & blocks.keys() if word != name}
        return here | {imported[word] for word in words & imported.keys() if word not in blocks}


def _read(path):
    return SCRIPT.sub("", NO_CODE.sub("''", read_text(path)))


def _imports(text, stem):
    """`{local name: (stem, function)}` of the graded functions imported from other chapters."""
    found = {}
    for source, names in IMPORT.findall(text):
        offered = _functions_of(source, stem)
        for name in names.strip("() \t").split(","):
            original, _, local = (part.strip() for part in name.partition(" as "))
            if original == "*":
                found |= offered
            elif original in offered:
                found[local or original] = offered[original]
    return found


def _functions_of(source, stem):
    """`{function: (stem, function)}` that a chapter's file offers, or `neural_network.py`."""
    chapters = registry.chapters()
    if source == "neural_network":  # of a name defined twice it has the later one
        chapters = itertools.takewhile(lambda chapter: chapter.stem != stem, chapters)
    else:
        chapters = [chapter for chapter in chapters if chapter.stem == source]
    return {name: (chapter.stem, name) for chapter in chapters for name in chapter.functions}


def blocks(text):
    """`{name: [texts]}` of the functions at the left margin; None: what is outside of them."""
    found, outside, end = {}, [], 0
    for match in DEFINITION.finditer(text):
        if match.start() < end:
            continue
        outside.append(text[end : match.start()])
        after = BLOCK_END.search(text, _signature_end(text, match.end()))
        end = after.start() if after else len(text)
        found.setdefault(match[1], []).append(text[match.end() : end])
    outside.append(text[end:])
    found[None] = [IMPORT.sub("", part) for part in outside]
    return found


def _signature_end(text, start):
    """Behind the first line that ends in a colon: a signature may go over several lines."""
    match = COLON.search(text, start, start + LONGEST_SIGNATURE)
    return match.end() if match else start
