"""Starts the workers that run a submission with something lent, and keeps the last."""

from __future__ import annotations

import tempfile
from functools import cached_property
from pathlib import Path

from ..boundary.workers import Workers
from ..files import temporary
from ..files.reading import submission_files
from ..submission import staging
from ..submission.uses import Uses
from .lending import Loan


class Lenders:
    """The workers that run a submission with something lent; those of the last loan are kept."""

    def __init__(self, folder: Path, own: Workers) -> None:
        self.folder, self.own = folder, own
        self.kept: tuple[Loan, tempfile.TemporaryDirectory, Workers] | None = None

    @cached_property
    def uses(self) -> Uses:
        return Uses(self.folder)

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The submission's files, read once."""
        return submission_files(self.folder)

    def workers(self, loan: Loan) -> Workers:
        """Return the workers with this loan."""
        if self.kept is None or self.kept[0] != loan:
            self.close()
            self.kept = loan, *self._lent(loan)
        return self.kept[2]

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
        """End the current call, and all later ones with this loan, from another thread."""
        if kept := self.kept:
            kept[2].abandon()

    def close(self) -> None:
        """End them."""
        if self.kept:
            _, folder, workers = self.kept
            self.kept = None
            workers.close()
            folder.cleanup()
