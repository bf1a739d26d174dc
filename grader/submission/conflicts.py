"""Finds the conflict markers that a failed merge leaves in a file."""

import re

CONFLICT_MESSAGE = (
    "holds git's conflict markers (line {}): keep what you want of both versions and delete the "
    "lines with the markers"
)
CONFLICT = re.compile(r"[<>]{7} ")  # what git leaves around two versions of the same lines


def conflict(text):
    """The number of the first line with a conflict marker, or None."""
    lines = enumerate(text.splitlines(), 1)
    return next((number for number, line in lines if CONFLICT.match(line)), None)
