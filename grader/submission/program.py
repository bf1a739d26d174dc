"""Reads a Python file, in any encoding, also if it is a notebook."""

from . import encoding, marimo, notebooks


def read(data: bytes) -> tuple[str, str]:
    """Return the text of a Python file, and a note on how it was made readable, or "".

    Raises:
        Undecodable: when it is not text.
    """
    if data.lstrip()[:1] == b"{" and b'"cells"' in data:
        return notebooks.source(notebooks.cells(data)).decode(), "read as a notebook"
    data, repair = encoding.to_utf8(data)
    text = data.decode()
    if cells := marimo.cells(text):
        return notebooks.source(cells).decode(), "read as a marimo notebook"
    if (mended := notebooks.script(text)) != text:
        repair = " and ".join(filter(None, (repair, "rid of a notebook's commands")))
    return mended, repair
