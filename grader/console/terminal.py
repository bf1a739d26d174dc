"""What the terminal can show: characters beyond ASCII, color, and how many columns."""

import os
import re
import shutil
import sys
import textwrap

NARROWEST, WIDTH, WIDEST = 40, 80, 120
QUOTED = re.compile(r"`[^`\n]{1,72}`")
GLUE = "\0"  # stands for a space at which no line may be broken


def utf8() -> bool:
    """Return True if more than ASCII may be printed."""
    return (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "") == "utf8"


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
    sticks out, so that a path or a command can be copied, unless `cut_words`.
    """
    hanging = indent if hanging is None else hanging
    columns = min(width(), widest)
    lines: list[str] = []

    def glued(quoted):
        whole = not cut_words or len(quoted[0]) <= columns - len(hanging)
        return quoted[0].replace(" ", GLUE) if whole else quoted[0]

    for line in QUOTED.sub(glued, text).splitlines():
        lines += textwrap.wrap(
            line,
            columns,
            initial_indent=hanging if lines else indent,
            subsequent_indent=hanging,
            break_long_words=cut_words,
            break_on_hyphens=False,
        ) or [""]
    return [line.replace(GLUE, " ") for line in lines]


def bar(share: float, columns: int = 40) -> str:
    """Return a progress bar with its percentage; it is full only when everything is done."""
    full, rest = ("█", "░") if utf8() else ("#", "-")
    done = int(share * columns)
    return f"[{full * done}{rest * (columns - done)}] {int(100 * share):3} %"
