"""Compares submissions by their fingerprints; runs in its own process, because a lexer can hang.

    python -m grader.export.fingerprints < REQUEST > ANSWER      (both JSON, see `similarity`)

copydetect reduces the code to its tokens: names, strings, comments and spaces do not count. All
pieces of `LENGTH` characters are compared, except for those in the stubs. The share of a pair is
how much of their reduced code lies in pieces that both have.
"""

from __future__ import annotations

import bisect
import io
import json
import re
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from copydetect import CodeFingerprint

from ..submission.syntax import SILENT

LENGTH = 25  # copydetect's default
LEAST = 200  # pieces; with fewer, there is too little code of its own to compare
PATIENCE = 5.0  # seconds for one submission; most take 0.2
FEW = 5  # submissions; a median over fewer does not show what is typical
PASSAGES, LINES, WIDTH = 3, 14, 100  # limits on the passages shown of a pair
CANDIDATES = 20  # runs, and positions of each in the other text, considered for these


NO_CODE = re.compile(rf"\s*(?:{SILENT.pattern})?[\s;\\]*")  # a line


class Stalled(Exception):
    """The lexer takes too long on one submission."""


class Comparison:
    """Finds the closest pairs, and the share that is typical of the class."""

    def __init__(
        self, stubs: Mapping[str, str], submissions: Mapping[str, Mapping[str, str]], most: int
    ) -> None:
        """`most`: characters of a file's code that are compared."""
        self.texts = {id: Text(files, most) for id, files in submissions.items()}
        self.stubs = _fingerprint(Text(stubs, most).whole).hashes
        self.notes = [
            f"`{id}`: only the first {most:,} characters of code in `{name}` were compared"
            for id, text in self.texts.items()
            for name in text.cut
        ]
        self.pieces = self._pieces()

    def _pieces(self):
        """`{id: (hashes, positions)}` of the submissions that can be compared."""
        pieces, small = {}, 0
        for id, text in self.texts.items():
            try:
                own = self._own(text)[0]
            except Stalled:
                self.notes.append(f"`{id}` was skipped: the detector hangs on its text")
                continue
            if len(own) >= LEAST:
                positions = np.array(sorted(own))
                pieces[id] = np.array([own[i] for i in positions.tolist()]), positions
            else:
                small += 1
        if small:
            self.notes.append(f"{small} skipped: too little code beyond the stubs")
        return pieces

    def _own(self, text):
        """`({position: piece}, fingerprint)` without the stubs' pieces.

        copydetect can remove these itself, but misses some repeated ones.
        """
        fingerprint = _fingerprint(text.whole)
        pieces = fingerprint.hash_idx.items()
        return {int(i): h for h, at in pieces if h not in self.stubs for i in at}, fingerprint

    def answer(self, count: int) -> dict[str, Any]:
        """Return the answer to a request for the `count` closest pairs."""
        ids = list(self.pieces)
        if len(ids) < 2:
            return {"pairs": [], "typical": None, "compared": len(ids), "notes": self.notes}
        first, second = np.triu_indices(len(ids), k=1)
        shares = self._shares()[first, second]
        closest = np.argsort(-shares, kind="stable")[:count]
        pairs = [(ids[first[i]], ids[second[i]], float(shares[i])) for i in closest]
        return {
            "pairs": [[a, b, share, *self._common(a, b)] for a, b, share in pairs if share > 0],
            "typical": float(np.median(shares)) if len(ids) >= FEW else None,
            "compared": len(ids),
            "notes": self.notes,
        }

    def _shares(self):
        """The shares of all pairs, as a square matrix."""
        hashes, positions = zip(*self.pieces.values(), strict=True)
        distinct, numbers = np.unique(np.concatenate(hashes), return_inverse=True)
        parts = np.split(numbers, np.cumsum([len(part) for part in hashes])[:-1])
        covered = np.zeros((len(hashes), len(hashes)))
        for i, own in enumerate(parts):
            has = np.zeros(len(distinct), dtype=bool)
            has[own] = True
            covered[i] = [_covered(positions[j][has[n]]) for j, n in enumerate(parts)]
        whole = np.diag(covered)
        return (covered + covered.T) / (whole[:, None] + whole)

    def _common(self, a, b):
        """`(lines, passages)`: how many lines of `a` share code with `b`, and the longest parts."""
        text_a, text_b = self.texts[a], self.texts[b]
        (pieces, left), (others, right) = self._own(text_a), self._own(text_b)
        in_b = set(others.values())
        shared = {i: piece for i, piece in pieces.items() if piece in in_b}
        runs = sorted(_runs(shared), key=lambda run: run[0] - run[1])
        lines = {line for run in runs for line in range(*text_a.lines(left, *run))}
        longest = [_longest(left, right, shared[run[0]], *run) for run in runs[:CANDIDATES]]
        longest.sort(key=lambda passage: -passage[-1])
        passages = [
            [text_a.passage(left, i, i + length), text_b.passage(right, j, j + length)]
            for i, j, length in longest[:PASSAGES]
        ]
        return len(lines), passages


def _longest(left, right, piece, start, end):
    """`(start, start in the other text, length)` of the longest match of this run there."""
    run, other_code = left.filtered_code[start:end], right.filtered_code
    positions = [int(at) for at in right.hash_idx[piece][:CANDIDATES]]
    lengths = [_common_prefix(run, other_code[at : at + end - start]) for at in positions]
    length = max(lengths)
    return start, positions[lengths.index(length)], length


class Text:
    """The code of one submission's files as one text; maps positions back to files and lines.

    `cut` lists the files with more code than is compared.
    """

    def __init__(self, files: Mapping[str, str], most: int) -> None:
        self.places: list[tuple[str, int]] = []  # for each row its file, and its line there
        self.cut: list[str] = []
        self.files = files
        rows: list[str] = []
        for name, text in sorted(files.items()):
            left = most
            for line, row in code_lines(text):
                if left <= 0:
                    self.cut.append(name)
                    break
                rows.append(row[:left])
                left -= len(row) + 1
                self.places.append((name, line))
        self.rows = [*rows, ""]
        self.whole = "\n".join(self.rows)
        self.ends = [i for i, character in enumerate(self.whole) if character == "\n"]

    def lines(self, fingerprint: CodeFingerprint, start: int, end: int) -> tuple[int, int]:
        """Return the first row, and the one after the last, of a part of the reduced code."""
        offsets = fingerprint.offsets
        at = np.searchsorted(offsets[:, 0], [start, end - 1])
        raw = np.array([start, end - 1]) + offsets[np.clip(at, 0, len(offsets) - 1), 1]
        first, last = (bisect.bisect_left(self.ends, int(i)) for i in raw)
        return first, min(max(first, last) + 1, len(self.places))

    def passage(self, fingerprint: CodeFingerprint, start: int, end: int) -> dict[str, str]:
        """Return `{where, text}` of a part of the reduced code."""
        first, beyond = self.lines(fingerprint, start, end)
        name, line = self.places[first]
        last = max(line for file, line in self.places[first:beyond] if file == name)
        original = _plain(self.files[name]).split("\n")
        rows = [row[:WIDTH] for row in original[line - 1 : last] if row.strip()]
        if len(rows) > LINES:
            rows[LINES:] = [f"... {len(rows) - LINES} more lines"]
        where = f"{name}, lines {line} to {last}"
        return {"where": where, "text": "\n".join(rows)}


def code_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield `(number, line)` of each line with code, without comments and docstrings.

    Long strings are emptied: their texts do not count either.
    """
    bare = SILENT.sub(_without_text, _plain(text))
    for number, line in enumerate(bare.split("\n"), 1):
        if not NO_CODE.fullmatch(line):
            yield number, line.rstrip()


def _plain(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _without_text(match):
    """Shorten a match to what counts, and to its line ends so that lines keep their numbers."""
    text, ends = match[0], "\n" * match[0].count("\n")
    if text.startswith("#"):
        return ""
    return f'""{ends}' if ends or len(text) > WIDTH else text


@lru_cache(maxsize=8)
def _fingerprint(text):
    """Fingerprint the text; the lexer is stopped if it takes too long."""
    with _patience():
        return CodeFingerprint("text.py", LENGTH, 1, fp=io.StringIO(text), language="python")


@contextmanager
def _patience():
    """Raise `Stalled` in the block after `PATIENCE` seconds, on systems with alarms."""
    if not hasattr(signal, "SIGALRM"):
        yield
        return
    signal.signal(signal.SIGALRM, _stall)
    signal.setitimer(signal.ITIMER_REAL, PATIENCE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _stall(*_):
    raise Stalled


def _covered(positions):
    """The number of characters in the pieces that start at these positions."""
    return int(np.minimum(np.diff(positions), LENGTH).sum()) + LENGTH * bool(len(positions))


def _common_prefix(text, other):
    """The length of the common prefix."""
    both = enumerate(zip(text, other, strict=False))
    return next((i for i, (a, b) in both if a != b), min(len(text), len(other)))


def _runs(shared):
    """Parts `(start, end)` of the reduced code whose pieces are all shared."""
    starts = sorted(shared)
    cuts = [i for i, (a, b) in enumerate(pairwise(starts), 1) if b > a + 1]
    edges = [0, *cuts, len(starts)]
    return [(int(starts[a]), int(starts[b - 1]) + LENGTH) for a, b in pairwise(edges) if a < b]


if __name__ == "__main__":
    request = json.load(sys.stdin)
    comparison = Comparison(request["stubs"], request["submissions"], request["most"])
    json.dump(comparison.answer(request["count"]), sys.stdout)
