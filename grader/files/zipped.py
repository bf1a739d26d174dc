"""Packs files into a zip in memory; the same files always give the same bytes."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from types import MappingProxyType

PLAIN = 0o100644  # a regular file, for those who unpack it on Unix
UNIX = 3  # the system that `zipfile` takes a mode for


def zipped(
    files: Mapping[str, str | bytes], modes: Mapping[str, int] = MappingProxyType({})
) -> bytes:
    """Return the zip of these files, by their paths in it; `modes` has those that are not plain."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            info = zipfile.ZipInfo(name)  # dated 1980
            info.create_system = UNIX
            info.external_attr = modes.get(name, PLAIN) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return stream.getvalue()
