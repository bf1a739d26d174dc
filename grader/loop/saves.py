"""Which chapter files of a folder are saved, as soon as they are, whatever the editor does.

Editors write in place, or write another file and rename it, or move the old one away first. So the
folder is watched, and what counts is whether a chapter's file is there with another content or
time than before.
"""

import contextlib
import threading

from .. import registry

SETTLED, LONGEST = 10, 100  # milliseconds without, and with, further changes
POLL = 200  # milliseconds
GONE_SECONDS = 0.3  # how long a file may be missing or empty in the middle of a save


@contextlib.contextmanager
def watching(folder, post):
    """While this lasts, `post("saved", chapter)` is called for each chapter file that is saved."""
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
        if not folder.is_dir():
            post("lost", f"the folder `{folder}` is gone")
            return
        for chapter in files.saved(over):
            post("saved", chapter)


def _moments(folder, over):
    """Comes each time that something may have changed, until `over`."""
    import watchfiles

    # That it comes five times a second anyway costs nothing and helps where a system tells nothing.
    with contextlib.suppress(OSError, RuntimeError):  # no more watches to give
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
    """The chapter files as they were seen last."""

    def __init__(self, folder):
        self.folder = folder
        self.seen = {chapter.stem: self._state(chapter) for chapter in registry.chapters()}

    def saved(self, over):
        """The chapters whose files are others than last time."""
        for chapter in registry.chapters():
            state = self._state(chapter)
            if state == self.seen[chapter.stem]:
                continue
            if not state or not state[1]:  # perhaps half way through a save
                over.wait(GONE_SECONDS)
                state = self._state(chapter)
                if state == self.seen[chapter.stem]:
                    continue
            self.seen[chapter.stem] = state
            yield chapter

    def _state(self, chapter):
        """`(time, size, number)` of the file, or None where there is none."""
        try:
            found = (self.folder / f"{chapter.stem}.py").stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino
