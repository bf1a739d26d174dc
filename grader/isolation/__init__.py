"""Isolates a worker: not at all (`none`), or in the strongest sandbox that this machine has.

`choose("sandbox")` tries bubblewrap, then Landlock, each by starting a worker in it.
"""

from __future__ import annotations

import importlib
import json
import subprocess
from functools import cache
from typing import TYPE_CHECKING

from ..files import temporary
from .unconfined import Unconfined

if TYPE_CHECKING:
    from .launch import Isolation
    from .sandbox import Sandbox

SANDBOXES = (("bubblewrap", "Bubblewrap"), ("landlock", "Landlock"))  # the stronger one first
PROBE_SECONDS = 30


class Unavailable(Exception):
    """No sandbox works on this machine; the message is one line for the user."""


@cache
def choose(level: str) -> Isolation:
    """Return the isolation of this level, `none` or `sandbox`.

    Raises:
        Unavailable: when no sandbox works on this machine.
        NoRoom: when temporary files cannot be written.
    """
    if level == "none":
        return Unconfined()
    reasons = []
    for module, name in SANDBOXES:
        sandbox = getattr(importlib.import_module(f".{module}", __package__), name)()
        if not (reason := fault(sandbox)):
            return sandbox
        reasons.append(f"{sandbox.mechanism}: {reason}")
    raise Unavailable(
        f"no sandbox works on this machine ({'; '.join(reasons)}): install bubblewrap on Linux, or "
        "choose `--isolation none` for code that you trust"
    )


def fault(sandbox: Sandbox) -> str | None:
    """Return what keeps a worker from starting in this sandbox, or None."""
    if reason := sandbox.missing():
        return reason
    with temporary.folder() as home:
        try:
            launch = sandbox.launch(None, str(home))
            done = subprocess.run(
                launch.command,
                cwd=launch.folder,
                env=launch.environment,
                input=json.dumps(launch.settings | {"probe": True}).encode() + b"\n",
                capture_output=True,
                timeout=PROBE_SECONDS,
            )
        except (OSError, subprocess.SubprocessError) as error:
            return str(error)
    if done.stdout == b"ready":
        return None
    if cause := sandbox.closed_to_it(launch):
        return cause
    errors = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return errors[-1][:200] if errors else f"it exited with code {done.returncode}"
