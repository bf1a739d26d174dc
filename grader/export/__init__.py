"""Results as other systems read them: a module for each format of `grade export`.

Each has `write(results, out, **options)`, which may return lines for the instructor. Text from a
submission, names among it, is data: it passes through `plain` on its way into any of them.
"""

import os
import re
import unicodedata
from pathlib import Path


class Refused(Exception):
    """This cannot be exported; the message is one line for the user."""


def name_of(result):
    """The submission's id, or the last part of the path that `grade run` was given."""
    return plain(re.split(r"[\\/]", str(result["submission"]).rstrip("\\/"))[-1]) or "submission"


def plain(text):
    """The text less what could mislead a program or a reader: controls, direction marks and such.

    Lines and tabs stay; what is left is legal in XML 1.0.
    """
    text = re.sub("[\u2028\u2029]|\r\n?", "\n", str(text))
    return re.sub(r"[^\n\t -~]", lambda found: found[0] if _is_shown(found[0]) else "", text)


def _is_shown(character):
    return unicodedata.category(character)[0] != "C"


def place(data, path):
    """Put these bytes at `path` as a whole: a reader never sees half of them."""
    import tempfile

    from ..results import Unwritable

    path = Path(path)
    file = None
    try:
        if path.exists() and not path.is_file():  # a device, say, would be replaced as well
            raise OSError(0, "it is a folder" if path.is_dir() else "it is no regular file")
        descriptor, file = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:50]}.")
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        os.replace(file, path)
    except OSError as error:
        if file:
            Path(file).unlink(missing_ok=True)
        raise Unwritable(
            f"`{path}` cannot be written ({error.strerror}): name another file"
        ) from None
