"""The worker: runs one submission's functions, in a process of its own, for the examiner.

Started as `python -I -S grader/worker`, it exchanges frames (`wire.py`) over its first stdin and
stdout, and redirects everything that the learner's code prints to the captured stderr. It gives no
verdicts: it sends what a call returned, and the examiner judges it.
"""

import contextlib
import os
import sys
from typing import Any


def main() -> None:
    """Answer the examiner's requests until it closes the connection."""
    receive, send = _private_channel()
    settings = _read_settings(receive)
    sys.path += settings["path"]
    _limit(settings["limits"])
    if settings["fences"] is not None:
        from confine import confine

        confine(**settings["fences"])
    if settings.get("probe"):
        _prove_itself(send)
        return
    _follow_parent()

    # Only now: NumPy is on the path that the examiner has sent.
    import wire
    from session import Session

    _forget_own_modules()
    session = Session(settings["folder"], receive, send, settings["fences"] is not None)
    wire.write(send, {"ready": True})
    _preload(settings.get("preload", ()))
    while (frame := wire.read(receive)) is not None:
        session.answer(*frame)


def _private_channel():
    """Return stdin and stdout under other numbers; fd 0 now reads nothing, and fd 1 equals fd 2."""
    receive = os.fdopen(os.dup(0), "rb")
    send = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    streams: Any = sys.stdout, sys.stderr
    for stream in streams:
        # Line by line, so that output before a crash is not lost.
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", line_buffering=True)
    return receive, send


def _forget_own_modules():
    """Leave the names of this folder's modules to a submission's helper modules."""
    folder = sys.path.pop(0)
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        if name != "__main__" and os.path.dirname(file) == folder:
            del sys.modules[name]


def _read_settings(receive):
    import json

    return json.loads(receive.readline())


def _preload(modules):
    """Import these libraries now, while nobody is waiting."""
    import importlib

    for name in modules:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


def _limit(limits):
    """Set resource limits such as `{"AS": bytes}`, named after `RLIMIT_AS` etc."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for name, value in limits.items():
        kind = getattr(resource, f"RLIMIT_{name}")
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        with contextlib.suppress(ValueError, OSError):  # macOS refuses some of them
            resource.setrlimit(kind, (value, value))


def _prove_itself(send):
    """Answer a probe: the worker has come this far and can read its libraries."""
    import importlib.util
    import signal  # noqa: F401  # any module of the standard library would do

    numpy: Any = importlib.util.find_spec("numpy")
    with open(numpy.origin):
        send.write(b"ready")
    send.flush()


def _follow_parent():
    """End when the examiner ends, even in the middle of a learner's endless loop."""
    if os.name == "nt":  # where a process cannot see that its parent has ended
        return
    import signal
    import threading
    import time

    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        if os.getpgrp() == os.getpid():  # processes started by the learner's code end too
            with contextlib.suppress(PermissionError):  # the sandbox allows no signals
                os.killpg(0, signal.SIGKILL)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main()
