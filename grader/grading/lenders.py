"""Starts the workers that run a submission with something lent, and keeps them for a while."""

from __future__ import annotations

import tempfile
from functools import cached_property
from pathlib import Path

from ..boundary.workers import Workers
from ..files import temporary
from ..files.reading import submission_files
from ..submission import staging
from ..submission.uses import Uses
from .lending import NOTHING, Loan

MOST_KEPT = 3  # loans whose workers are kept: the next function often needs the same


class Lenders:
    """The workers that run a submission with something lent; those of the last loans are kept."""

    def __init__(self, folder: Path, own: Workers) -> None:
        self.folder, self.own = folder, own
        self.kept: dict[Loan, tuple[tempfile.TemporaryDirectory, Workers]] = {}  # the latest last

    @cached_property
    def uses(self) -> Uses:
        return Uses(self.folder)

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The submission's files, read once."""
        return submission_files(self.folder)

    def workers(self, loan: Loan) -> Workers:
        """Return the workers with this loan."""
        if loan == NOTHING:
            return self.own
        if loan not in self.kept:
            while len(self.kept) >= MOST_KEPT:
                self._close(next(iter(self.kept)))
        kept = self.kept.pop(loan, None)
        self.kept[loan] = kept or self._lent(loan)
        return self.kept[loan][1]

    def _lent(self, loan):
        try:
            with temporary.room():
                folder = tempfile.TemporaryDirectory(prefix="learn-dl-")
                staging.write(loan.replace(self.files, self.uses.file), Path(folder.name))
            return folder, self._start(Path(folder.name))
        except temporary.NoRoom as error:
            self.own.no_room = error  # or pytest would report a fault of the kit
            raise

    def _start(self, folder):
        own = self.own
        return Workers(folder, own.isolation, until=own.until, latest=own.latest, apart=own.apart)

    def abandon(self) -> None:
        """End the current call, and all later ones with these loans, from another thread."""
        for _, workers in list(self.kept.values()):
            workers.abandon()

    def close(self) -> None:
        """End them all."""
        for loan in list(self.kept):
            self._close(loan)

    def _close(self, loan):
        folder, workers = self.kept.pop(loan)
        workers.close()
        folder.cleanup()
