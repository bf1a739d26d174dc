"""Puts the reference in the place of a submission's failing functions: a `Loan`.

The submission's files stay as they are, except that a lent name means the reference's function
there. That function comes in a file of its own, `lent_<chapter>.py`, with what the reference builds
it on and nothing else: a submission can read whatever it is lent.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..course import places, registry, stubs
from ..submission.uses import Pair

PREFIX = "lent_"
FUTURE = re.compile(rb"^from[ \t]+__future__[ \t]+import[ \t]*(?:\([^)]{1,2000}\)|[^\n(]*)\n", re.M)
COMMENTS = re.compile(rb"(?:\xef\xbb\xbf)?(?:#[^\n]*\n)*")
CELLS = re.compile(rb"(?:# made from a notebook\n)?(?=# cell 1\n)")  # see `worker/cells.py`


@dataclass(frozen=True)
class Loan:
    """What of a submission is replaced.

    lent: functions that are the reference's
    missing: functions of the submission that others import and that do not exist: stubs
    unusable: the stems of files that cannot be imported or are not there: their pristine stubs
    """

    lent: frozenset[Pair] = frozenset()
    missing: frozenset[Pair] = frozenset()
    unusable: frozenset[str] = frozenset()

    def __or__(self, other: Loan) -> Loan:
        return Loan(
            self.lent | other.lent, self.missing | other.missing, self.unusable | other.unusable
        )

    def replace(
        self,
        submission: Mapping[str, bytes],
        helper: Callable[[Pair], str | None] = lambda pair: None,
    ) -> dict[str, bytes]:
        """Return the submission's files, as `submission_files` has them, with everything replaced.

        helper: returns the helper module's file in which a chapter's function lies, or None
        """
        files = dict(submission)
        for stem in self.unusable:
            files[f"{stem}.py"] = stubs.read(stem)
        for stem in {stem for stem, _ in self.lent | self.missing}:
            absent = sorted(name for other, name in self.missing if other == stem)
            lent = sorted(name for other, name in self.lent if other == stem)
            text = files.get(f"{stem}.py", b"")
            files[f"{stem}.py"] = _replaced(text, stem, lent, absent)
        for stem, name in sorted(self.lent):
            if file := helper((stem, name)):
                files[file] = _replaced(files[file], stem, [name], [])
        for stem, names in _by_stem(needed(self.lent)).items():
            whole = stem in _WHOLE
            text = stubs.read(stem) if whole else source(stem, names).encode()
            files[f"{PREFIX}{stem}.py"] = text
        return files


NOTHING = Loan()


def repair(stem: str, name: str | None) -> Loan:
    """Return the loan that lets a file be imported, or a name from it; a stub earns nothing."""
    if not stubs.exists(stem):
        return NOTHING
    if name is None or stem not in _positions():
        return Loan(unusable=frozenset([stem]))
    return Loan(missing=frozenset([(stem, name)]))


def may_lend(pair: Pair, to: Pair, lends: bool = True, by_check: bool = False) -> bool:
    """Return True if the reference's version of one function may stand in for another one's sake.

    It comes earlier in the course, and the reference does not build it on that other one. With
    `by_check`, for a function that the checks of that other one call themselves, such as the
    prediction that shows what training has learned, the same chapter is enough. Without the
    reference, with `lends` false, the order alone counts.
    """
    partner = by_check and pair[0] == to[0] and pair != to
    if not (partner or comes_before(pair, to)):
        return False
    return not lends or (pair[1] in _reference(pair[0]).names and to not in needed([pair]))


def comes_before(pair: Pair, other: Pair) -> bool:
    """Return True for an earlier graded function, or a helper in an earlier chapter or the same."""
    order, positions = _order(), _positions()
    if pair in order:
        return order[pair] < order[other]
    return positions.get(pair[0], len(positions)) <= positions[other[0]]


def _positions():
    return {chapter.stem: number for number, chapter in enumerate(registry.chapters())}


def _order():
    pairs = [(chapter.stem, name) for chapter in registry.chapters() for name in chapter.functions]
    return {pair: number for number, pair in enumerate(pairs)}


def original(pair: Pair) -> Pair:
    """Return the function of a chapter that a lent one stands for, or the pair itself."""
    return pair[0].removeprefix(PREFIX), pair[1]


def needed(pairs: Iterable[Pair]) -> frozenset[Pair]:
    """Return the parts of the reference that these are made of, themselves included."""
    found: set[Pair] = set()
    waiting = list(pairs)
    while waiting:
        pair = waiting.pop()
        if pair not in found:
            found.add(pair)
            waiting += _reference(pair[0]).uses.get(pair[1], ())
    return frozenset(found)


def source(stem: str, names: Iterable[str]) -> str:
    """Return the reference's text of these names, and what it imports for them."""
    return _reference(stem).only(set(names))


_WHOLE = {Path(name).stem for name in stubs.WHOLE}


class _Reference:
    """One file of the reference: its top-level names, and what each one is made of."""

    def __init__(self, stem: str, text: str) -> None:
        self.lines = text.splitlines()
        self.tree = ast.parse(text)
        self.defined: dict[str, ast.stmt] = {}
        self.imported: dict[str, Pair] = {}  # local name: (stem, name)
        for node in self.tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                self.defined[node.name] = node
            elif isinstance(node, ast.Assign):
                self.defined |= {t.id: node for t in node.targets if isinstance(t, ast.Name)}
            elif isinstance(node, ast.ImportFrom) and node.level:
                self.imported |= {
                    a.asname or a.name: (node.module or "", a.name) for a in node.names
                }
        self.names = frozenset(self.defined)
        self.uses = {name: self._uses(stem, name) for name in self.defined}

    def _uses(self, stem, name):
        words = _words(self.defined[name]) - {name}
        here = {(stem, word) for word in words & self.names}
        return here | {self.imported[word] for word in words & self.imported.keys()}

    def only(self, names):
        nodes = [node for name, node in self.defined.items() if name in names]
        words = set().union(*map(_words, nodes))
        lines = ['"""Lent by the reference."""', ""]
        for node in self.tree.body:
            if isinstance(node, ast.Import) or (
                isinstance(node, ast.ImportFrom) and not node.level
            ):
                lines.append(ast.unparse(node))
        lines += [
            f"from exercises.{PREFIX}{stem} import {original} as {local}"
            for local, (stem, original) in self.imported.items()
            if local in words
        ]
        texts = ["\n".join(self.lines[n.lineno - 1 : n.end_lineno]) for n in dict.fromkeys(nodes)]
        return "\n".join(lines) + "\n\n\n" + "\n\n\n".join(texts) + "\n"


@cache
def _reference(stem):
    file = places.find("stubs" if stem in _WHOLE else "solutions", f"{stem}.py")
    # An own course may come without its solutions.
    return _Reference(stem, file.read_text("utf-8") if file.is_file() else "")


def _words(node):
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _by_stem(pairs):
    stems: dict[str, set[str]] = {}
    for stem, name in pairs:
        stems.setdefault(stem, set()).add(name)
    return stems


def _replaced(text, stem, lent, absent):
    """Return a file's bytes with some of its names replaced.

    It is changed by patterns, because it may hold anything: a lent name is there from the start,
    the submission's definitions get another name, and whatever else gave it a value is overruled.
    """
    lines = "".join(f"from exercises.{PREFIX}{stem} import {name}\n" for name in lent).encode()
    stub = "".join(f"def {name}(*_, **__):\n    raise NotImplementedError\n" for name in absent)
    for name in lent:
        definition = rb"^((?:async[ \t]+)?(?:def|class)[ \t]+)" + name.encode() + rb"\b"
        text = re.sub(definition, rb"\1replaced_" + name.encode(), text, flags=re.M)
    if head := CELLS.match(text):  # in cells of their own, whatever becomes of the others
        new = b"# cell 1\n" + stub.encode() + lines
        return head[0] + new + text[head.end() :] + b"\n# cell 0\n" + lines
    heads = [COMMENTS.match(text), *FUTURE.finditer(text)]
    start = max(match.end() for match in heads if match)
    return text[:start] + stub.encode() + lines + text[start:] + b"\n" + lines
