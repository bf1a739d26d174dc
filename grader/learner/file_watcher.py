"""Reports the Python files of a folder as they are saved, with any editor.

Editors write in place, or write another file and rename it, or move the old one away first. So
this watches the folder and compares each file's time, size and inode with those seen before.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Set
from pathlib import Path

SETTLED, LONGEST = 10, 100  # milliseconds without, and with, further changes
POLL = 200  # milliseconds
GONE_SECONDS = 0.3  # how long a file may be missing or empty in the middle of a save
FOLDER_GONE_SECONDS = 1.0  # how long the folder may be missing while it is replaced


@contextlib.contextmanager
def watching(folder: Path, post: Callable[..., object]) -> Iterator[None]:
    """Within the block, call `post("saved", stems)` for each group of files saved together."""
    over = threading.Event()
    files = Files(folder)
    thread = threading.Thread(target=_watch, args=(folder, files, post, over), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(timeout=2)


def _watch(folder, files, post, over):
    for _ in _moments(folder, over):
        if not folder.is_dir() and (over.wait(FOLDER_GONE_SECONDS) or not folder.is_dir()):
            post("lost", f"the folder `{folder}` is gone")
            return
        if stems := files.saved(over):
            post("saved", stems)


def _moments(folder, over):
    """Yield each time something may have changed, until `over` is set."""
    import watchfiles

    # Also yields five times a second, for systems that report no changes; that costs nothing.
    with contextlib.suppress(OSError, RuntimeError):  # the system has no more watches
        yield from watchfiles.watch(
            folder,
            watch_filter=None,
            step=SETTLED,
            debounce=LONGEST,
            rust_timeout=POLL,
            yield_on_timeout=True,
            stop_event=over,
            raise_interrupt=False,
            recursive=False,
        )
    while not over.wait(POLL / 1000):
        yield


class Files:
    """The Python files of a folder, as they were last seen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.seen = self._states()

    def saved(self, over: threading.Event) -> Set[str]:
        """Return the stems of the files that changed since the last call."""
        changed = self._changed()
        if not all(state and state[1] for state in changed.values()):  # perhaps in mid-save
            over.wait(GONE_SECONDS)
            changed = self._changed()
        self.seen |= changed
        return changed.keys()

    def _changed(self):
        """Map the stems of changed files to their states, None for a missing one."""
        now = self._states()
        stems = now.keys() | self.seen.keys()
        return {stem: now.get(stem) for stem in stems if now.get(stem) != self.seen.get(stem)}

    def _states(self):
        """Map stems to `(time, size, inode)`."""
        states = {}
        with contextlib.suppress(OSError):
            for path in self.folder.glob("[!.]*.py"):  # some editors' lock files start with a dot
                with contextlib.suppress(OSError):
                    status = path.stat()
                    states[path.stem] = status.st_mtime_ns, status.st_size, status.st_ino
        return states
