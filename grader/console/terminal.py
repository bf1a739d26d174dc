"""What the terminal can show: characters beyond ASCII, color, and how many columns."""

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Iterable

NARROWEST, WIDTH, WIDEST = 40, 80, 120
QUOTED = re.compile(r"`[^`\n]{1,72}`")
GLUE = "\0"  # stands for a space at which no line may be broken
PERCENT = len("[] 100%")
# Pieces of code: a long word of it may be broken after these characters, never inside a name.
PIECE = re.compile(r"[^(\[{,=]*[(\[{,=]+|[^(\[{,=]+")


def utf8() -> bool:
    """Return True if more than ASCII may be printed."""
    encoding = (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "")
    return encoding == "utf8" and not _is_assumed()


def _is_assumed():
    """True if Python chose UTF-8 by itself, as it does in the locale C, and nobody asked for it.

    `LC_CTYPE` says nothing: Python sets it then.
    """
    if not sys.flags.utf8_mode or os.name == "nt":
        return False
    asked = os.environ.get("PYTHONUTF8") or os.environ.get("PYTHONIOENCODING")
    locale = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return not asked and "utf" not in locale.lower()


def shown(text: str) -> str:
    """Return one line of anybody's text as it may be printed: letters only if the terminal can."""
    beyond = utf8()
    return "".join(c if c.isprintable() and (beyond or c.isascii()) else "?" for c in text)


def color() -> bool | None:
    """Return click's `color`: False if the environment forbids it, None to leave it to click."""
    return False if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" else None


def width() -> int:
    """Return the columns to use: the terminal's, within limits, or `WIDTH` if there is none."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDTH, 24)).columns))


def wrap(
    text: str,
    indent: str = "",
    hanging: str | None = None,
    *,
    widest: int = WIDEST,
    cut_words: bool = False,
) -> list[str]:
    """Return the text in lines that fit, broken at spaces but not inside `backticks`.

    The first line begins with `indent`, the others with `hanging`. A word too long for a line
    sticks out, so that a path or a command can be copied, unless `cut_words`, which is for code: it
    is cut after a bracket or a comma if possible.
    """
    hanging = indent if hanging is None else hanging
    columns = min(width(), widest)
    lines: list[str] = []

    def glued(quoted):
        whole = not cut_words or len(quoted[0]) <= columns - len(hanging)
        return quoted[0].replace(" ", GLUE) if whole else quoted[0]

    for line in QUOTED.sub(glued, text).splitlines():
        wrapper = _Wrapper(
            columns,
            initial_indent=hanging if lines else indent,
            subsequent_indent=hanging,
            break_long_words=cut_words,
            break_on_hyphens=False,
        )
        lines += wrapper.wrap(line) or [""]
    return [line.replace(GLUE, " ") for line in lines]


class _Wrapper(textwrap.TextWrapper):
    """Breaks long words of code where a reader would, if long words may be broken at all."""

    def _split(self, text):
        room = self.width - len(self.subsequent_indent)
        pieces: list[str] = []
        for word in super()._split(text):
            may_break = self.break_long_words and len(word) > room
            pieces += PIECE.findall(word) if may_break else [word]
        return pieces


def in_lines(items: Iterable[str], gap: str = "   ") -> list[str]:
    """Return the items next to each other, in as many lines as they need; none is broken."""
    return wrap(gap.join(item.replace(" ", GLUE) for item in items))


def row(label: str, title: str, ending: str, columns: int) -> list[str]:
    """Return a row of a table in lines: `ending` ends in that column, in the last line.

    A title that is too long goes on below itself.
    """
    hanging = " " * len(label)
    room = columns - len(ending)

    def within(widest):
        lines = wrap(title, label, hanging, widest=widest)
        return lines if len(lines[-1]) < room else [*lines, ""]

    lines = within(columns)
    if len(lines) > 1:
        lines = min(map(within, range(columns, room - 1, -1)), key=len)
    return [*lines[:-1], lines[-1].ljust(room) + ending]


def bar(share: float, columns: int = 40, beside: str = "") -> str:
    """Return a progress bar with its percentage, and the text `beside` it, in one line.

    It has `columns` or as many as there is room for, and is full only when everything is done.
    """
    full, rest = ("█", "░") if utf8() else ("#", "-")
    columns = min(columns, width() - PERCENT - len(beside))
    done = int(share * columns)
    return f"[{full * done}{rest * (columns - done)}] {int(100 * share):3}%{beside}"
