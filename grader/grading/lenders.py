"""Starts the worker that runs a submission with something lent, and goes on with it.

From loan to loan the same process goes on with other files, unless something that it was lent
before could help the function that is graded now: the submission's code may have kept it.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ..boundary.workers import Workers
from ..files import temporary
from ..files.reading import submission_files
from ..files.writing import clear
from ..submission import staging
from ..submission.uses import Pair, Uses
from . import lending
from .lending import Loan


@dataclass(frozen=True)
class Lender:
    """Workers with a loan, and what their process was lent before."""

    loan: Loan
    before: frozenset[Pair]
    workers: Workers

    @property
    def known(self) -> frozenset[Pair]:
        """All that the process has been lent."""
        return self.before | self.loan.lent


class Lenders:
    """The workers that run a submission with something lent; those of the last loan are kept."""

    def __init__(self, folder: Path, own: Workers) -> None:
        self.folder, self.own = folder, own
        self.kept: Lender | None = None
        self.copy: tempfile.TemporaryDirectory | None = None  # of the submission, with the loan

    @cached_property
    def uses(self) -> Uses:
        return Uses(self.folder)

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The submission's files, read once."""
        return submission_files(self.folder)

    def workers(self, loan: Loan, to: Pair) -> Workers:
        """Return the workers with this loan, for grading the function `to`."""
        kept = self.kept
        if kept is None or kept.loan != loan or not _may_know(kept.before, to):
            try:
                kept = self.kept = self._lend(loan, to)
            except temporary.NoRoom as error:
                self.own.no_room = error  # or pytest would report a fault of the kit
                raise
        return kept.workers

    def _lend(self, loan, to):
        last, self.kept = self.kept, None
        with contextlib.ExitStack() as stack:
            if last:
                stack.callback(last.workers.close)
            folder = self._write(loan)
            if last and _may_know(last.known, to) and (worker := last.workers.hand_over()):
                stack.pop_all()
                return Lender(loan, last.known, self._start(folder, worker))
        return Lender(loan, frozenset(), self._start(folder))

    def _write(self, loan):
        with temporary.room():
            self.copy = self.copy or tempfile.TemporaryDirectory(prefix=temporary.OURS)
            folder = Path(self.copy.name)
            clear(folder)
            staging.write(loan.replace(self.files, self.uses.file), folder)
        return folder

    def _start(self, folder, worker=None):
        own = self.own
        return Workers(
            folder,
            own.isolation,
            until=own.until,
            latest=own.latest,
            apart=own.apart,
            worker=worker,
        )

    def abandon(self) -> None:
        """End the current call, and all later ones with this loan, from another thread."""
        if kept := self.kept:
            kept.workers.abandon()

    def close(self) -> None:
        """End them."""
        if self.kept:
            self.kept.workers.close()
            self.kept = None
        if self.copy:
            self.copy.cleanup()
            self.copy = None


def _may_know(known: Iterable[Pair], to: Pair) -> bool:
    """Return True if code that has kept these lent functions cannot use them for another one."""
    return all(lending.may_lend(other, to) for other in known)
