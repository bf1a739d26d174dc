"""Where calls from the page come in, and what Python tells the page meanwhile goes out."""

import importlib
import json
import re
import traceback

from . import libraries

NAME = re.compile(r"([a-z]\w*)\.([a-z]\w*)")


def answer(text):
    """Carry out one call, `{"call": "module.function", "args": {...}}`, and send its answer.

    The answer is `{"value": ...}`; or `{"needs": [...]}`, the libraries to mount before the call
    is made again; or `{"error": ...}`, one line, if the kernel itself is at fault.
    """
    request = json.loads(text)
    libraries.missing.clear()
    try:
        reply = {"value": _function(request["call"])(**request["args"])}
    except libraries.Missing:
        reply = None
    except BaseException as error:
        traceback.print_exc()
        reply = {"error": f"{type(error).__name__}: {error}"}
    if libraries.missing:
        reply = {"needs": sorted(libraries.missing)}
    _send({"answer": reply})


def tell(**event):
    """Send an event to the page while a call runs; outside a page this does nothing."""
    _send(event)


def _function(name):
    module, function = NAME.fullmatch(name).groups()
    return getattr(importlib.import_module(f".{module}", __package__), function)


def _send(message):
    try:
        import _host
    except ImportError:
        return
    _host.call(_json(message).encode())


def _json(message):
    """Return JSON as JavaScript reads it: without NaN and infinities, which become null."""
    try:
        return json.dumps(message, allow_nan=False)
    except ValueError:
        return json.dumps(json.loads(json.dumps(message), parse_constant=lambda name: None))


libraries.install()
