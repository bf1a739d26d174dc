"""Packs files into a zip in memory; the same files always give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

MODE = 0o100644  # a regular file, for those who unpack it on Unix


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    """Return the zip of these files, by their paths in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)  # dated 1980
            info.external_attr = MODE << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return stream.getvalue()
