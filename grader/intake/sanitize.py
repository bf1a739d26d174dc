"""Makes hostile text harmless: names to show, one-line notes, ids that are safe file names."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

NOTE, NOTES = 200, 20  # characters of a note, notes of a submission
LISTING = 100  # characters of the names that one note lists
SLUG = 46  # characters of an id before its hash
# Latin letters that have no accent to take off
LETTERS = str.maketrans(
    {"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "þ": "th", "Þ": "Th"}
    | dict(zip("øØłŁđĐðÐħĦŧŦıŋŊ", "oOlLdDdDhHtTinN", strict=True))
)
WINDOWS_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)


def clean(text: str, length: int = NOTE) -> str:
    """Return one line of at most `length`, without control characters or direction marks."""
    text = text[:10_000]
    if not (text.isascii() and text.isprintable()):  # most names are, in zips of 50,000 files
        text = "".join(" " if c.isspace() else c for c in text if _is_shown(c))
    text = " ".join(text.split()).replace("`", "'")
    return text if len(text) <= length else text[: length - 3] + "..."


def _is_shown(character):
    return character.isspace() or unicodedata.category(character)[0] != "C"


def quote(text: str, length: int = 60) -> str:
    """Return a name as notes show it, in backticks."""
    return f"`{clean(text, length)}`"


def listing(names: Iterable[str]) -> str:
    """List the first names, as many as fit into a note, and how many more there are."""
    names = [f"`{clean(name, 50)}`" for name in dict.fromkeys(names)]
    shown = names[:1]
    for name in names[1:]:
        if len(", ".join(shown)) + len(name) > LISTING:
            break
        shown.append(name)
    more = f" and {len(names) - len(shown)} more" if len(names) > len(shown) else ""
    return ", ".join(shown) + more


def notes(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the lines as notes of a submission: harmless, without duplicates, not too many."""
    lines = list(dict.fromkeys(_note(line) for line in lines))
    if len(lines) > NOTES:
        lines[NOTES - 1 :] = [f"... and {len(lines) - NOTES + 1} more notes"]
    return tuple(lines)


def _note(line):
    kept = "".join(" " if c.isspace() else c for c in line if _is_shown(c)).strip()
    return kept if len(kept) <= NOTE else kept[: NOTE - 3] + "..."


def safe_ids(labels: Mapping[tuple, str]) -> dict[tuple, str]:
    """Map keys, which are tuples of strings, to ids made from their labels.

    An id is safe as a file name and does not depend on the order of the keys. Ids that would
    differ in case only are told apart by a hash of the key.
    """
    levels = dict.fromkeys(labels, 0)
    while True:
        ids = {key: _id(key, labels[key], level) for key, level in levels.items()}
        counts = Counter(id.lower() for id in ids.values())
        repeated = [key for key, id in ids.items() if counts[id.lower()] > 1]
        if not repeated:
            return ids
        for key in repeated:
            levels[key] += 1


def with_name(id: str, name: str) -> str:
    """Return the id with the student's name if it has nothing of that, as `submission_12`."""
    words = [word for word in _slug(name).casefold().split("_") if len(word) > 1]
    known = not name or any(word in id.casefold() for word in words)
    return id if known else f"{id} ({name})"


def _slug(text):
    """The Latin letters, digits and dots of a text, without accents and joined by `_`."""
    plain = unicodedata.normalize("NFKD", text[:10_000].translate(LETTERS))
    plain = plain.encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._-]+", "_", plain).strip("._-")


def _id(key, label, level):
    slug = _slug(label)
    if not slug:
        slug, level = "submission", level + 1
    if WINDOWS_DEVICES.fullmatch(slug):
        slug = f"_{slug}"
    hashed = hashlib.sha256("\0".join(key).encode("utf-8", "surrogatepass")).hexdigest()
    tail = f"-{hashed[: 8 * min(level, 4)]}" if level else ""
    return slug[:SLUG].rstrip(".") + tail
