"""What stands around a worker: nothing (`none`), or the strongest sandbox that this machine has.

`choose("sandbox")` tries bubblewrap, then Landlock, each by starting a worker in it.
"""

import importlib
import json
import subprocess
import tempfile
from functools import cache

from .unconfined import Unconfined

SANDBOXES = (("bubblewrap", "Bubblewrap"), ("landlock", "Landlock"))  # the stronger one first
PROBE_SECONDS = 30


class Unavailable(Exception):
    """This machine has no sandbox; the message is one line for the user."""


@cache
def choose(level):
    """The isolation of this level, an object with `level`, `mechanism`, `launch` and `end`."""
    if level == "none":
        return Unconfined()
    reasons = []
    for module, name in SANDBOXES:
        sandbox = getattr(importlib.import_module(f".{module}", __package__), name)()
        if not (reason := fault(sandbox)):
            return sandbox
        reasons.append(f"{sandbox.mechanism}: {reason}")
    raise Unavailable(
        f"there is no sandbox on this machine ({'; '.join(reasons)}): install bubblewrap on Linux, "
        "or choose `--isolation none` for code that you would also run by hand"
    )


def fault(sandbox):
    """What keeps a worker from starting there, or None."""
    if reason := sandbox.missing():
        return reason
    with tempfile.TemporaryDirectory(prefix="learn-dl-") as home:
        try:
            launch = sandbox.launch(None, home)
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
    said = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return said[-1][:200] if said else f"it ended with {done.returncode}"
