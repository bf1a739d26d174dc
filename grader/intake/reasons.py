"""Says why a file that was handed in is not read, so that its author knows what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable

from . import sanitize
from .archives import Member, Unreadable

IGNORED = ": ignored"
NO_CHAPTER = ": ignored, not a chapter file"
OPENED = (
    ": left out, not text, arrays or a picture of up to 1 MB under a plain name; "
    "code that opens it fails"
)
NEVER_RUN = (
    ': what is defined below `if __name__ == "__main__":` does not count: move it to the margin'
)
LIBRARY = ": ignored, because it has the name of a library: rename it"
LINKED = ": ignored, a link and not the file itself"
DOCUMENT = ": ignored, a document and not program text"
WEB_PAGE = ": ignored, a web page and not program text"
EMPTY = ": ignored, empty"
NOT_DEFINED = ": ignored, no graded function begins with `def` at the margin"
KINDS = {
    ": ignored, a picture": "png jpg jpeg heic gif bmp tif tiff webp",
    DOCUMENT: "pdf doc docx odt rtf pages ppt pptx md qmd rmd",
    WEB_PAGE: "html htm mht mhtml",
    LINKED: "url webloc website lnk gdoc desktop",
}
BY_SUFFIX = {suffix: why for why, suffixes in KINDS.items() for suffix in suffixes.split()}
BEGINNINGS = {r"%pdf|\{\\rtf": DOCUMENT, r"<[!?a-z]": WEB_PAGE}  # of texts of any name
MAX_LINK = 2**16  # bytes of a file that may hold little more than a link
LINK = re.compile(
    rb"https?://[-\w.]*\b(?:(?:drive|docs|colab\.research)\.google|1drv|onedrive|sharepoint|dropbox"
    rb"|icloud|github|gitlab|kaggle|replit|wetransfer|mega)\.[a-z]+"
)
PLURALS = {
    " is a link": " are links",
    " is not a regular file": " are not regular files",
    " is hidden": " are hidden",
    " is not a readable notebook": " are not readable notebooks",
    " is encrypted": " are encrypted",
    " is larger": " are larger",
}


def by_kind(member: Member) -> str:
    """Return why a file of this kind is not read, to follow its name."""
    suffix = member.name.casefold().rpartition(".")[2]
    if suffix in ("txt", "html", "htm", "md") and _is_link(member):
        return LINKED
    return BY_SUFFIX.get(suffix, NO_CHAPTER)


def by_beginning(text: str) -> str:
    """Return why a file with this text is not read, whatever its name; "" if it is."""
    start = text[:100].lstrip().casefold()
    return next((why for begin, why in BEGINNINGS.items() if re.match(begin, start)), "")


def _is_link(member):
    try:
        return bool(LINK.search(member.read(MAX_LINK)))
    except Unreadable:
        return False


def note(members: Iterable[Member], why: str) -> str:
    """Return the note on files that are not read for one reason."""
    paths = sorted({"/".join(member.parts) for member in members})
    if len(paths) > 1:
        one = next((one for one in PLURALS if why.startswith(one)), "")
        why = PLURALS.get(one, "") + why.removeprefix(one)
    return sanitize.listing(paths) + why
