"""Keeps OUT, the folder of a class: its lock, its secret seed, the results, the graded files.

results.jsonl       one line per submission
course.json         the secret seed; anyone who knows it can guess the checks' inputs
course.toml         the rules of the course, if there are any
corrections.jsonl   points and comments by hand, if there are any
submissions/<id>/   the files that were graded
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..course import registry, results
from ..files import temporary
from . import corrections, course_file, ledger

if TYPE_CHECKING:
    from ..course.results import Result
    from ..intake.intake import HandIn

COURSE_SEED_BITS = 128
SUBMISSION_SEED_BITS = 63
LOCK = ".lock"
FILES = (ledger.FILE, "course.json", course_file.FILE, corrections.FILE)
PREFIX = "learn-dl-class-"


def seed_of(course_seed: int, digest: str) -> int:
    """Return a submission's own seed: always the same, and no clue to any other one's."""
    mac = hmac.new(str(course_seed).encode(), digest.encode(), hashlib.sha256).digest()
    return int.from_bytes(mac[:8], "big") >> (64 - SUBMISSION_SEED_BITS)


class CourseError(Exception):
    """The folder cannot be used; the message is one line for the user."""


class Course:
    """A class's folder, locked for as long as it is open."""

    def __init__(self, folder: str | Path, seed: int | None = None) -> None:
        self.folder = Path(folder)
        self.file = self.folder / "course.json"
        self.work = ""
        with explained(self.folder), contextlib.ExitStack() as opened:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # grades are private
            self.lock = _lock(self.folder / LOCK)
            if self.lock is None:
                raise CourseError(
                    f"another `grade class` is running in `{folder}`: wait for it, or stop it"
                )
            opened.callback(self.lock.close)  # unless the rest succeeds
            self._remove_left_over()
            self._read_or_make(seed)
            self.ledger = ledger.Ledger(self.folder / ledger.FILE)
            opened.callback(self.ledger.close)
            self._check_seed()
            self._make_work_folder()
            opened.pop_all()

    def _read_or_make(self, seed):
        if self.file.exists():
            kept = self._read()
            if seed not in (None, kept["seed"]):
                raise CourseError(
                    f"`{self.folder}` has another seed: leave out --seed, or name another --out"
                )
            self.seed, self.regrade = kept["seed"], kept["regrade"]
        elif (self.folder / ledger.FILE).exists():
            raise CourseError(
                f"`{self.file}` with the seed is missing, but there are results: restore your copy "
                "of it, or name another --out to grade all again with a new seed"
            )
        else:
            self.seed = secrets.randbits(COURSE_SEED_BITS) if seed is None else seed
            self.set_regrade({})

    def _read(self):
        try:
            kept = json.loads(self.file.read_text(encoding="utf-8"))
            valid = isinstance(kept["seed"], int) and all(
                isinstance(attempt, int) for attempt in kept["regrade"].values()
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            valid = False
        if not valid:
            raise CourseError(
                f"`{self.file}` is damaged: restore your copy of it, or name another --out"
            )
        return kept

    def _check_seed(self):
        """Refuse a seed that did not make the results: everything would be graded again."""
        for id, entry in self.ledger.entries.items():
            for facts in entry.chapters.values():
                digest, seed = (facts.key[ledger.RESULT_KEY.index(n)] for n in ("digest", "seed"))
                if digest and seed is not None and seed != seed_of(self.seed, digest):
                    raise CourseError(
                        f"`{self.file}` is another course's: its seed is not the one that `{id}` "
                        "was graded with. Restore the right one, or name another --out"
                    )

    def set_regrade(self, regrade: dict[str, int]) -> None:
        """Store which submissions to grade again, each with the attempt to replace."""
        self.regrade = regrade
        kept = {"schema": results.SCHEMA, "seed": self.seed, "regrade": regrade}
        with explained(self.folder):
            number, name = tempfile.mkstemp(prefix=".course.json.", dir=self.folder)  # mode 0600
            with open(number, "w", encoding="utf-8") as file:
                json.dump(kept, file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, self.file)
            ledger.sync_folder(self.folder)

    def record(self, hand_in: HandIn, result: Result) -> None:
        """Store the graded files, then the result, whose presence means that both are complete."""
        with explained(self.folder):
            self._store(hand_in, result)
            self.ledger.append(result)

    def compact(self, renewed: Callable[[Result], Result]) -> None:
        with explained(self.folder):
            self.ledger.compact(renewed)

    def _store(self, hand_in, result):
        """Store its files; those of chapters that an earlier hand-in brought stay."""
        folder = self.folder / "submissions" / hand_in.id
        folder.mkdir(parents=True, exist_ok=True)
        earlier = {
            chapter.id
            for chapter in result.chapters
            if (chapter.made_with or {}).get("digest") != hand_in.digest
        }
        kept = {f"{chapter.stem}.py" for chapter in registry.chapters() if chapter.id in earlier}
        for old in [path for path in folder.rglob("*") if path.is_file()]:
            if old.relative_to(folder).as_posix() not in hand_in.files.keys() | kept:
                old.unlink()
        for name, data in hand_in.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists() or path.read_bytes() != data:
                path.write_bytes(data)

    def earlier_chapters(self, hand_in: HandIn) -> dict[str, bytes]:
        """Return the files of chapters from earlier uploads, which those of this one may import."""
        folder = self.folder / "submissions" / hand_in.id
        names = [f"{chapter.stem}.py" for chapter in registry.chapters()]
        with explained(self.folder):
            return {
                name: (folder / name).read_bytes()
                for name in names
                if name not in hand_in.files and (folder / name).is_file()
            }

    def _make_work_folder(self):
        """Make one folder for all temporary files of the examiners; the next run removes leftovers.

        It is not in OUT, because some sandboxes run the worker as a user who cannot enter OUT.
        """
        with temporary.room():
            self.work = tempfile.mkdtemp(prefix=PREFIX)
            os.chmod(self.work, 0o711)
        (self.folder / ".work").write_text(self.work, encoding="utf-8")

    def _remove_left_over(self):
        for pattern in (".course.json.*", f".{ledger.FILE}.*"):
            for path in self.folder.glob(pattern):
                path.unlink()
        self.was_killed = (self.folder / ".work").exists()
        with contextlib.suppress(OSError, ValueError):
            left = Path((self.folder / ".work").read_text(encoding="utf-8"))
            ours = left.name.startswith(PREFIX) and left.parent == Path(tempfile.gettempdir())
            if ours and not left.is_symlink():
                shutil.rmtree(left, ignore_errors=True)

    def close(self) -> None:
        self.ledger.close()
        shutil.rmtree(self.work, ignore_errors=True)
        (self.folder / ".work").unlink(missing_ok=True)
        self.lock.close()


def renew(folder: Path, renewed: Callable[[Result], Result]) -> bool:
    """Bring the results up to date; return False if a class run is on, which does that itself."""
    with explained(folder):
        lock = _lock(folder / LOCK)
        if lock is None:
            return False
        with (
            contextlib.closing(lock),
            contextlib.closing(ledger.Ledger(folder / ledger.FILE)) as book,
        ):
            book.compact(renewed)
    return True


@contextlib.contextmanager
def at_rest(folder: Path) -> Iterator[None]:
    """Keep class runs from the folder while it is read; refuse if one is on.

    Folders without a lock, and those that cannot be written, have no run.
    """
    path = folder / LOCK
    if not path.exists() or not os.access(path, os.W_OK):
        yield
        return
    with explained(folder):
        lock = _lock(path)
    if lock is None:
        raise CourseError(
            f"a `grade class` is running in `{folder}`: wait for it, or stop it with Ctrl-C, then "
            "export"
        )
    with contextlib.closing(lock):
        yield


@contextlib.contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn an error of the file system into one line."""
    try:
        yield
    except OSError as error:
        raise CourseError(
            f"`{folder}` cannot be written ({error.strerror or error}): make room or name another "
            "--out; the results so far are kept"
        ) from None


def _lock(path):
    """The locked file, or None if another process holds the lock; it ends with this process."""
    file = open(path, "wb")  # noqa: SIM115
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    return file
