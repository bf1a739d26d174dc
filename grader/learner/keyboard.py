"""Single keys from the terminal, without waiting for Enter; lines where there is no terminal."""

import contextlib
import sys
import threading

PAUSE = 0.1  # seconds between two looks whether to stop
ESCAPE = "\x1b"  # Left is ESC [ D, F2 is ESC O Q, and F5 is ESC [ 1 5 ~


@contextlib.contextmanager
def listening(post):
    """While this lasts, `post("key", character)` is called for each key."""
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
        if key is None:  # the end of the input: what is watched goes on being watched
            return
        if key.strip() and not over.is_set():
            post("key", key.lower())


def _reader(stack, over):
    """A function that gives the next character, "" where none came in time, None at the end."""
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
    import os
    import select
    import signal
    import termios
    import tty

    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    stack.callback(termios.tcsetattr, number, termios.TCSADRAIN, before)

    def by_keys(*_):
        tty.setcbreak(number, termios.TCSADRAIN)  # Ctrl-C still interrupts

    by_keys()
    # After Ctrl-Z and `fg` the shell has put the terminal back to lines.
    stack.callback(signal.signal, signal.SIGCONT, signal.signal(signal.SIGCONT, by_keys))

    def one():
        if not select.select([number], [], [], PAUSE)[0]:
            return ""
        try:
            return os.read(number, 1).decode("ascii", "replace") or None
        except OSError:  # the terminal is gone
            return None

    return lambda: _typed(one)


def _typed(one):
    """The next character that is a key of its own; of an arrow or a function key nothing."""
    key = one()
    if key != ESCAPE:
        return key
    while key == ESCAPE:
        key = one()
    if key == "O":
        key = one()
    elif key == "[":
        key = one()
        if key == "[":  # F1 to F5 of the Linux console
            key = one()
        while key and " " <= key < "@":  # parameters, up to the letter or `~` that ends it
            key = one()
    return None if key is None else ""


def _windows(msvcrt, over):
    if not msvcrt.kbhit():
        over.wait(PAUSE)
        return ""
    key = msvcrt.getwch()
    if key in "\0\xe0":  # an arrow or a function key: its second half says which
        msvcrt.getwch()
        return ""
    return key
