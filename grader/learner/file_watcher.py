"""Which Python files of a folder are saved, as soon as they are, whatever the editor does.

Editors write in place, or write another file and rename it, or move the old one away first. So the
folder is watched, and what counts is whether a file is there with another content or time than
before.
"""

import contextlib
import threading

SETTLED, LONGEST = 10, 100  # milliseconds without, and with, further changes
POLL = 200  # milliseconds
GONE_SECONDS = 0.3  # how long a file may be missing or empty in the middle of a save
FOLDER_GONE_SECONDS = 1.0  # and the folder, when something puts another in its place


@contextlib.contextmanager
def watching(folder, post):
    """While this lasts, `post("saved", stems)` is called for the files that are saved together."""
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
    """The Python files as they were seen last."""

    def __init__(self, folder):
        self.folder = folder
        self.seen = self._states()

    def saved(self, over):
        """The stems of those that are others than last time."""
        changed = self._changed()
        if not all(state and state[1] for state in changed.values()):  # perhaps half way in a save
            over.wait(GONE_SECONDS)
            changed = self._changed()
        self.seen |= changed
        return changed.keys()

    def _changed(self):
        """Stem -> state of those that changed, None for one that is gone."""
        now = self._states()
        stems = now.keys() | self.seen.keys()
        return {stem: now.get(stem) for stem in stems if now.get(stem) != self.seen.get(stem)}

    def _states(self):
        """Stem -> `(time, size, number)` of the file."""
        states = {}
        with contextlib.suppress(OSError):
            for path in self.folder.glob("[!.]*.py"):  # some editors' locks begin with a dot
                with contextlib.suppress(OSError):
                    found = path.stat()
                    states[path.stem] = found.st_mtime_ns, found.st_size, found.st_ino
        return states
