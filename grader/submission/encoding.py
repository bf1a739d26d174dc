"""Converts program text in any encoding to UTF-8; nothing here parses or runs it."""

import codecs
import re
from contextlib import suppress

MARKS = (  # the longer ones first: UTF-32's mark begins like UTF-16's
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MARK = "\ufeff"
PADDING = "\0\x1a"  # at the end of a file: of disk blocks, and MS-DOS's end of file
COOKIE = re.compile(r"^([ \t\f]*#.*?coding[:=][ \t]*)([-\w.]+)", re.ASCII)  # PEP 263
BLANK = re.compile(r"^[ \t\f]*(?:#.*)?$")
# Encodings of ordinary text; not unicode_escape and the like, which hide what the text says.
KNOWN = re.compile(
    r"utf-8(?:-sig)?|ascii|iso8859-\d+|cp\d+|mac-\w+|koi8-\w|gb\w+|big5\w*|\w*jis\w*|euc_\w+"
)


class Undecodable(Exception):
    """A file is not text; the message says why and is to be put after the file's name."""


def to_utf8(data: bytes) -> tuple[bytes, str]:
    """Return a Python file as UTF-8, and a note on the conversion ("" if none was needed).

    Raises:
        Undecodable: when it is not text.
    """
    text, encoding = decode(data)
    if text is None or encoding is None:
        text, encoding = _unmarked_utf16(data) or _by_cookie(data) or _guessed(data)
    text = text.replace(MARK, "")  # in the middle where files were joined
    text = text.rstrip(PADDING) or text
    text = text if "\n" in text else text.replace("\r", "\n")  # of an old Mac
    same = encoding in ("utf-8", "utf-8-sig") or (text.isascii() and len(text) == len(data))
    return checked(text), "" if same else f"converted from {encoding} to UTF-8"


def checked(text: str) -> bytes:
    """Return the UTF-8 bytes of a program text; an encoding that it names becomes `utf-8`."""
    if "\0" in text:
        raise Undecodable("contains NUL bytes: save it as UTF-8 text")
    return _with_utf8_cookie(text).encode("utf-8", "replace")


def decode(data: bytes) -> tuple[str | None, str | None]:
    """Return `(text, encoding)` by a byte order mark, `(None, None)` without one."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            try:
                text = data.decode(encoding)
            except UnicodeError:
                raise Undecodable(f"is not the {encoding} that it claims to be") from None
            return text.removeprefix(MARK), encoding
    return None, None


def _unmarked_utf16(data):
    """Decode UTF-16 without a mark: every other byte of ordinary program text is NUL."""
    core = data.rstrip(PADDING.encode())
    for encoding, zeros in (("utf-16-le", core[1::2]), ("utf-16-be", core[::2])):
        if zeros.count(0) * 2 > len(zeros):
            with suppress(UnicodeError):
                return data.decode(encoding), encoding
    return None


def _by_cookie(data):
    named = _cookie(_lines(data[:1000].decode("latin-1")))
    if not named:
        return None
    try:
        encoding = codecs.lookup(named[1][2]).name
    except (LookupError, ValueError):  # such as `utf8-unicode`: see what the text is
        return None
    if not KNOWN.fullmatch(encoding):
        raise Undecodable(f"is in {encoding[:30]}: save it as UTF-8")
    try:
        return data.decode(encoding), encoding
    except UnicodeError:
        return None


def _lines(text):
    """Split into lines as Python counts them, with their ends."""
    return re.split(r"(?<=\n)|(?<=\r)(?!\n)", text)


def _cookie(lines):
    """Return `(line number, match)` for the line that names the encoding, one of the first two."""
    for number, line in enumerate(lines[:2]):
        if found := COOKIE.match(line):
            return number, found
        if not BLANK.match(line.rstrip("\r\n")):
            return None
    return None


def _guessed(data):
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeError:
            continue
    raise Undecodable("is not text: save it as UTF-8")


def _with_utf8_cookie(text):
    lines = _lines(text[:1000])
    named = _cookie(lines)
    if not named or named[1][2].lower().replace("_", "-") in ("utf-8", "utf8"):
        return text
    number, found = named
    start = sum(len(line) for line in lines[:number])
    return text[: start + found.start(2)] + "utf-8" + text[start + found.end(2) :]
