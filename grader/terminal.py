"""What the terminal can show: characters beyond ASCII, colour, and how wide it is."""

import os
import shutil
import sys

WIDTH, WIDEST = 80, 120


def utf8():
    """Whether more than ASCII may be printed."""
    return (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"


def colour():
    """What click is told: False where `NO_COLOR` forbids it, None to look at the stream."""
    return False if os.environ.get("NO_COLOR") else None


def width():
    """Columns that may be used."""
    return max(WIDTH, min(WIDEST, shutil.get_terminal_size((WIDTH, 24)).columns))


def bar(share, columns=40):
    """A progress bar with its percentage; full only when all is done."""
    full, rest = ("█", "░") if utf8() else ("#", "-")
    done = int(share * columns)
    return f"[{full * done}{rest * (columns - done)}] {int(100 * share):3} %"
