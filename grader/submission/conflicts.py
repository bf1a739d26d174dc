"""Finds the conflict markers that a failed merge leaves in a file."""

import re

CONFLICT_MESSAGE = (
    "contains git's conflict markers (line {}): keep what you want of the two versions and delete "
    "the lines with the markers"
)
CONFLICT = re.compile(r"[<>]{7} ")  # what git puts around two versions of the same lines


def conflict_line(text: str) -> int | None:
    """Return the number of the first line with a conflict marker, or None."""
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if CONFLICT.match(line)), None)
