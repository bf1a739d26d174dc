"""Keeps results by the content they were made from, in a folder that git ignores."""

import hashlib
import json
import os
from pathlib import Path


def fingerprint(*parts):
    """Return a short hash of texts, bytes and files (a missing file counts as empty)."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            part = part.read_bytes() if part.is_file() else b""
        digest.update(part if isinstance(part, bytes) else str(part).encode())
        digest.update(b"\0")
    return digest.hexdigest()[:20]


def python_files(*folders):
    """Return the Python files of these folders in a fixed order."""
    return [path for folder in folders for path in sorted(Path(folder).glob("*.py"))]


def recall(file):
    """Return the JSON value kept in this file, or None when there is none that can be read."""
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def keep(file, value):
    """Keep a JSON value; a reader never sees half of it."""
    place(file, json.dumps(value))


def place(file, text):
    """Write a text file in one step."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    part.write_text(text, encoding="utf-8")
    part.replace(file)
