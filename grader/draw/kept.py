"""Keeps trained networks next to the progress file, under a hash of the code that trained them."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from ..files import writing
from ..worker import wire
from .reading import Network

FOLDER = ".learn-dl-networks"
MOST_BYTES = 2**29  # of a file


def digest(folder: Path, data: str) -> str:
    """Return a hash of all Python files in a folder and of the name of the data set."""
    hashed = hashlib.sha256(data.encode())
    for path in sorted(folder.glob("*.py")):
        if path.is_file():
            hashed.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return hashed.hexdigest()[:24]


def load(home: Path, id: str, digest: str) -> Network | None:
    """Return a chapter's network that this code has trained before, or None."""
    file = _file(home, id, digest)
    try:
        if file.stat().st_size > MOST_BYTES:
            return None
        with np.load(file, allow_pickle=False) as kept:
            header = json.loads(str(kept["header"]))
            arrays = [kept[f"array{i}"] for i in range(header["arrays"])]
        return Network(wire.unpack(header["params"], arrays), float(header["right"]))
    except Exception:  # a damaged file is as good as none: the network is trained again
        return None


def save(home: Path, id: str, digest: str, network: Network) -> None:
    """Keep a network in place of the chapter's last one, if the folder can be written to."""
    tree, arrays = wire.pack(network.params)
    header = json.dumps({"params": tree, "right": network.right, "arrays": len(arrays)})
    parts: dict[str, Any] = {f"array{i}": array for i, array in enumerate(arrays)}
    stream = io.BytesIO()
    np.savez(stream, header=header, **parts)
    file = _file(home, id, digest)
    try:
        file.parent.mkdir(exist_ok=True)
        for old in file.parent.glob(f"{id}-*.npz"):
            old.unlink()
        writing.write_whole(stream.getvalue(), file)
    except (OSError, writing.Unwritable):
        return


def _file(home, id, digest):
    return home.parent / FOLDER / f"{id}-{digest}.npz"
