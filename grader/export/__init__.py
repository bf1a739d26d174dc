"""Writes results in the formats of other systems: one module per format of `grade export`.

Each module has `write(results, out, **options)`, which may return lines for the instructor. Text
from a submission, including names, is untrusted: it passes through `plain` before it is written.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..course.results import Result


class Refused(Exception):
    """The export is not possible; the message is one line for the user."""


def name_of(result: Result) -> str:
    """Return the submission's id, or the last part of the path given to `grade run`."""
    return plain(re.split(r"[\\/]", result.submission.rstrip("\\/"))[-1]) or "submission"


def plain(text: object) -> str:
    """Remove what could mislead a program or a reader: control characters, direction marks.

    Line ends and tabs stay; the rest is legal in XML 1.0.
    """
    text = re.sub("[\u2028\u2029]|\r\n?", "\n", str(text))
    return re.sub(r"[^\n\t -~]", lambda found: found[0] if _is_shown(found[0]) else "", text)


def _is_shown(character):
    return unicodedata.category(character)[0] != "C"
