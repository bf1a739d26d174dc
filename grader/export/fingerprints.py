"""Compares submissions by their fingerprints; a process of its own, for a lexer can be stalled.

    python -m grader.export.fingerprints < REQUEST > ANSWER      (both JSON, see `similarity`)

copydetect reduces the code to its tokens: names, texts, comments and spaces do not count. Of that
all pieces of `LENGTH` characters are compared, but for those that the stubs have. The share of two
submissions is how much of their reduced code lies in pieces that both have.
"""

import bisect
import io
import json
import signal
import sys
from contextlib import contextmanager
from functools import lru_cache
from itertools import pairwise

import numpy as np
from copydetect import CodeFingerprint

LENGTH = 25  # copydetect's own default
LEAST = 200  # pieces: below that there is too little code of one's own to say anything
PATIENCE = 5.0  # seconds for one submission; an ordinary one takes 0.2
FEW = 5  # submissions: the median over fewer says nothing of what is typical
PASSAGES, LINES, WIDTH = 3, 14, 100  # what is shown of a pair
CANDIDATES = 20  # stretches, and places of each in the other text, that are looked at for these


class Stalled(Exception):
    """The lexer takes too long over one submission."""


class Compared:
    """Answers the request: which pairs are closest, and what is typical of the class."""

    def __init__(self, stubs, submissions):
        self.texts = {id: Text(files) for id, files in submissions.items()}
        self.stubs = _fingerprint(Text(stubs).whole).hashes
        self.notes = []
        self.pieces = self._pieces()

    def _pieces(self):
        """`{id: (hashes, where)}` of the submissions that can be compared."""
        found, small = {}, 0
        for id, text in self.texts.items():
            try:
                shared = self._own(text)[0]
            except Stalled:
                self.notes.append(f"`{id}` is left out: its text stalls the detector")
                continue
            if len(shared) >= LEAST:
                where = np.array(sorted(shared))
                found[id] = np.array([shared[i] for i in where.tolist()]), where
            else:
                small += 1
        if small:
            self.notes.append(f"{small} left out: too little code beyond the stubs")
        return found

    def _own(self, text):
        """`({where: piece}, fingerprint)` without the stubs' pieces.

        copydetect can do that itself, but misses some of those that repeat.
        """
        fingerprint = _fingerprint(text.whole)
        pieces = fingerprint.hash_idx.items()
        return {int(i): h for h, at in pieces if h not in self.stubs for i in at}, fingerprint

    def answer(self, count):
        ids = list(self.pieces)
        if len(ids) < 2:
            return {"pairs": [], "typical": None, "compared": len(ids), "notes": self.notes}
        one, other = np.triu_indices(len(ids), k=1)
        shares = self._shares()[one, other]
        closest = np.argsort(-shares, kind="stable")[:count]
        return {
            "pairs": [
                [
                    ids[one[i]],
                    ids[other[i]],
                    float(shares[i]),
                    *self._common(ids[one[i]], ids[other[i]]),
                ]
                for i in closest
                if shares[i] > 0
            ],
            "typical": float(np.median(shares)) if len(ids) >= FEW else None,
            "compared": len(ids),
            "notes": self.notes,
        }

    def _shares(self):
        """The shares of all pairs, as a square."""
        hashes, where = zip(*self.pieces.values(), strict=True)
        known, numbers = np.unique(np.concatenate(hashes), return_inverse=True)
        numbers = np.split(numbers, np.cumsum([len(part) for part in hashes])[:-1])
        covered = np.zeros((len(hashes), len(hashes)))
        for i, own in enumerate(numbers):
            has = np.zeros(len(known), dtype=bool)
            has[own] = True
            covered[i] = [_covered(where[j][has[n]]) for j, n in enumerate(numbers)]
        whole = np.diag(covered)
        return (covered + covered.T) / (whole[:, None] + whole)

    def _common(self, one, other):
        """`(lines, passages)`: the lines of the first with shared code, the longest pieces."""
        one, other = self.texts[one], self.texts[other]
        (pieces, left), (others, right) = self._own(one), self._own(other)
        theirs = set(others.values())
        shared = {i: piece for i, piece in pieces.items() if piece in theirs}
        runs = sorted(_runs(shared), key=lambda run: run[0] - run[1])
        lines = {line for run in runs for line in range(*one.lines(left, *run))}
        found = [_placed(left, right, shared[run[0]], *run) for run in runs[:CANDIDATES]]
        found.sort(key=lambda place: -place[-1])
        passages = [
            [one.passage(left, start, start + length), other.passage(right, begin, begin + length)]
            for start, begin, length in found[:PASSAGES]
        ]
        return len(lines), passages


def _placed(left, right, piece, start, end):
    """`(start, begin, length)`: where in the other text this stretch goes on for longest."""
    run, there = left.filtered_code[start:end], right.filtered_code
    places = [int(at) for at in right.hash_idx[piece][:CANDIDATES]]
    lengths = [_alike(run, there[at : at + end - start]) for at in places]
    length = max(lengths)
    return start, places[lengths.index(length)], length


class Text:
    """The files of one submission as one text, and the way back to their lines."""

    def __init__(self, files):
        self.names, self.starts, parts, line = [], [], [], 0
        for name, text in sorted(files.items()):
            part = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"
            skipped = len(text) - len(text.lstrip("\r\n"))
            self.names.append((name, skipped - line))
            self.starts.append(line)
            parts.append(part)
            line += part.count("\n")
        self.whole = "".join(parts)
        self.rows = self.whole.split("\n")
        self.ends = [i for i, character in enumerate(self.whole) if character == "\n"]

    def lines(self, fingerprint, start, end):
        """The rows, first and behind the last, of a stretch of the reduced code."""
        offsets = fingerprint.offsets
        at = np.searchsorted(offsets[:, 0], [start, end - 1])
        raw = np.array([start, end - 1]) + offsets[np.clip(at, 0, len(offsets) - 1), 1]
        first, last = (bisect.bisect_left(self.ends, int(i)) for i in raw)
        return first, min(max(first, last) + 1, len(self.rows))

    def passage(self, fingerprint, start, end):
        """`{where, text}` of a stretch of the reduced code."""
        first, beyond = self.lines(fingerprint, start, end)
        name, shift = self.names[bisect.bisect_right(self.starts, first) - 1]
        rows = [row[:WIDTH] for row in self.rows[first:beyond] if row.strip()]
        if len(rows) > LINES:
            rows[LINES:] = [f"... {len(rows) - LINES} more lines"]
        where = f"{name}, lines {first + shift + 1} to {beyond + shift}"
        return {"where": where, "text": "\n".join(rows)}


@lru_cache(maxsize=8)
def _fingerprint(text):
    """All pieces of the text, by a lexer that is stopped when it takes too long."""
    with _patience():
        return CodeFingerprint("text.py", LENGTH, 1, fp=io.StringIO(text), language="python")


@contextmanager
def _patience():
    """Raises `Stalled` in the block after `PATIENCE` seconds, where the system has alarms."""
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


def _covered(where):
    """How many characters lie in pieces that begin there."""
    return int(np.minimum(np.diff(where), LENGTH).sum()) + LENGTH * bool(len(where))


def _alike(one, other):
    """How many characters two texts have in common from their beginning."""
    both = enumerate(zip(one, other, strict=False))
    return next((i for i, (a, b) in both if a != b), min(len(one), len(other)))


def _runs(shared):
    """Stretches `(start, end)` of the reduced code whose pieces are all shared."""
    starts = sorted(shared)
    cuts = [i for i, (a, b) in enumerate(pairwise(starts), 1) if b > a + 1]
    edges = [0, *cuts, len(starts)]
    return [(int(starts[a]), int(starts[b - 1]) + LENGTH) for a, b in pairwise(edges) if a < b]


if __name__ == "__main__":
    request = json.load(sys.stdin)
    compared = Compared(request["stubs"], request["submissions"])
    json.dump(compared.answer(request["count"]), sys.stdout)
