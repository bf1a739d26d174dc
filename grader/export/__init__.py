"""Results as other systems read them: a module for each format of `grade export`.

Each has `write(results, out, **options)`, which may return lines for the instructor. Text from a
submission, names among it, is data: it passes through `plain` on its way into any of them.
"""

import re
import unicodedata


class Refused(Exception):
    """This cannot be exported; the message is one line for the user."""


def name_of(result):
    """The submission's id, or the last part of the path that `grade run` was given."""
    return plain(re.split(r"[\\/]", result.submission.rstrip("\\/"))[-1]) or "submission"


def plain(text):
    """The text less what could mislead a program or a reader: controls, direction marks and such.

    Lines and tabs stay; what is left is legal in XML 1.0.
    """
    text = re.sub("[\u2028\u2029]|\r\n?", "\n", str(text))
    return re.sub(r"[^\n\t -~]", lambda found: found[0] if _is_shown(found[0]) else "", text)


def _is_shown(character):
    return unicodedata.category(character)[0] != "C"
