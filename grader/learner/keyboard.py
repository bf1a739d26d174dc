"""Reads single keys from the terminal without waiting for Enter, or lines from other input."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Callable, Iterator

PAUSE = 0.1  # seconds between two checks whether to stop
ESCAPE = "\x1b"  # Left is ESC [ D, F2 is ESC O Q, and F5 is ESC [ 1 5 ~


@contextlib.contextmanager
def listening(post: Callable[[str, str], object]) -> Iterator[None]:
    """Within the block, call `post("key", character)` for each key."""
    over = threading.Event()
    with contextlib.ExitStack() as stack:
        read = _reader(stack, over)
        threading.Thread(target=_listen, args=(read, post, over), daemon=True).start()
        try:
            yield
        finally:
            over.set()


def _listen(read, post, over):
    while not over.is_set():
        key = read()
        if key is None:  # the end of the input, which does not end the watching
            return
        if key.strip() and not over.is_set():
            post("key", key.lower())


def _reader(stack, over):
    """A function that returns the next character, "" if none came in time, None at the end."""
    if sys.stdin is None:
        return lambda: None
    if not sys.stdin.isatty():
        return lambda: sys.stdin.read(1) or None
    try:
        import msvcrt
    except ImportError:
        return _posix(stack)
    return lambda: _windows(msvcrt, over)


def _posix(stack):
    import errno
    import os
    import select
    import signal
    import termios
    import tty

    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    stack.callback(termios.tcsetattr, number, termios.TCSADRAIN, before)

    def set_single_key_mode(*_):
        try:
            tty.setcbreak(number, termios.TCSADRAIN)  # Ctrl-C still interrupts
        except termios.error as error:
            if error.args[0] != errno.EINTR:
                raise
            set_single_key_mode()  # `bg` and `fg` stopped and continued it meanwhile

    set_single_key_mode()
    # After Ctrl-Z and `fg` the shell has put the terminal back into line mode.
    before_cont = signal.signal(signal.SIGCONT, set_single_key_mode)
    stack.callback(signal.signal, signal.SIGCONT, before_cont)

    def read_character():
        if not select.select([number], [], [], PAUSE)[0]:
            return ""
        try:
            return os.read(number, 1).decode("ascii", "replace") or None
        except OSError:  # the terminal is gone
            return None

    return lambda: _typed(read_character)


def _typed(read):
    """The next ordinary character; "" for an arrow or function key."""
    key = read()
    if key != ESCAPE:
        return key
    while key == ESCAPE:
        key = read()
    if key == "O":
        key = read()
    elif key == "[":
        key = read()
        if key == "[":  # F1 to F5 of the Linux console
            key = read()
        while key and " " <= key < "@":  # parameters, up to the letter or `~` that ends it
            key = read()
    return None if key is None else ""


def _windows(msvcrt, over):
    if not msvcrt.kbhit():
        over.wait(PAUSE)
        return ""
    key = msvcrt.getwch()
    if key in "\0\xe0":  # an arrow or function key, which sends a second code
        msvcrt.getwch()
        return ""
    return key
