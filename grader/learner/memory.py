"""What is known of a submission from one save to the next, for as long as it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from ..diagnosis.agreement import agree
from ..files.reading import read_text, submission_files
from ..grading import evidence
from ..submission.uses import IMPORT, blocks
from ..vocabulary.call import Call

if TYPE_CHECKING:
    from pathlib import Path

    from ..boundary.workers import Workers
    from ..course.registry import Chapter
    from ..submission.uses import Pair, Uses

Basis = dict[Any, list[str]]  # the part of the watched file that a function rests on, by name


class Memory:
    """What runs have found out while only one chapter's file changes.

    The functions found sound: to grade them again after each save, only to see that a failure is
    not their fault, would take longer than all the rest. And the calls that several checks look at,
    such as a long training: as long as the function and what it uses stay as they were, its answer
    stays, too.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.sound: dict[Pair, Basis] = {}
        self.calls: dict[str, dict[tuple[str, str], Call]] = {}  # by function
        self.bases: dict[str, Basis] = {}  # of these functions, when they were called

    def at(self, chapter: Chapter, folder: Path) -> Memory:
        """Return this memory, or an empty one if a file other than this chapter's has changed."""
        files = submission_files(folder) | {f"{chapter.stem}.py": b""}
        if files == self.files:
            return self
        memory = Memory()
        memory.files = files
        return memory


class Recall:
    """A memory as one run sees it, with the watched file as it was when the run began."""

    def __init__(self, memory: Memory, chapter: Chapter, uses: Uses, folder: Path) -> None:
        self.memory, self.chapter, self.uses = memory, chapter, uses
        self.lent: dict[tuple[str, str], Call] = {}
        self.file = folder / f"{chapter.stem}.py"
        self.text = read_text(self.file)
        self.blocks = blocks(self.text)
        outside = [line for part in self.blocks[None] for line in part.splitlines()]
        imports = [str(found) for found in IMPORT.findall(self.text)]
        self.blocks[None] = [*imports, *filter(str.strip, outside)]

    def sound(self) -> list[Pair]:
        """Return the functions that are still sound."""
        return [pair for pair, basis in self.memory.sound.items() if basis == self._basis(pair)]

    def lend(self, workers: Workers, graded: Collection[str]) -> None:
        """Let the checks of these functions share the calls of earlier ones that still hold.

        A function may be called with what an earlier one returned, so the first one that has
        changed ends them.
        """
        for name in self.chapter.functions:
            calls = self.memory.calls.get(name, {})
            if name in graded or (calls and not self._hold(name, calls, workers)):
                return
            self.lent |= calls
            workers.shared |= calls

    def _hold(self, name, calls, workers):
        """True if a function is what it was, and answers as it did.

        The quickest call is made again for that, and because of what a training may leave behind in
        its module. If there is only one call, nothing is saved, and the check makes it.
        """
        stem, first = self.chapter.stem, min(calls.values(), key=lambda call: call.reply.seconds)
        if self.memory.bases[name] != self._basis((stem, name)) or len(calls) == 1:
            return False
        reply = evidence.repeat(workers, stem, first, trace=False)
        return agree(reply.value, first.reply.value)

    def take_back(self, workers: Workers) -> None:
        """Let the checks make the calls that were lent themselves."""
        for key in self.lent:
            workers.shared.pop(key, None)
        self.lent = {}

    def keep(self, sound: Iterable[Pair], shared: dict[tuple[str, str], Any]) -> None:
        """Remember functions that this run has found sound, and the calls that its checks share."""
        if read_text(self.file) != self.text:  # saved again: who knows which text was graded
            return
        self.memory.sound |= {pair: self._basis(pair) for pair in sound}
        calls = {key: call for key, call in shared.items() if isinstance(call, Call)}
        for name in self.chapter.functions:
            if own := {key: call for key, call in calls.items() if call.name == name}:
                self.memory.calls[name] = own
                self.memory.bases[name] = self._basis((self.chapter.stem, name))

    def _basis(self, pair):
        used = {pair, *self.uses.all(*pair)}
        names = {name for stem, name in used if stem == self.chapter.stem}
        return {name: self.blocks.get(name) for name in (None, *sorted(names)) if names}
