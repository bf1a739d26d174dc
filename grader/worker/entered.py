"""Notes which of the submission's functions a call really enters."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
import threading
from collections.abc import Callable
from types import CodeType, ModuleType
from typing import Any

MOST = 1000  # functions that are noted


class Entered:
    """A context in which every start of a submission's function is noted.

    From Python 3.12 on by `sys.monitoring`, which asks once for each function, before by
    `sys.setprofile`, which asks for each call.
    """

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self.is_own = is_own
        self.codes: dict[CodeType, None] = {}
        self.monitoring: Any = getattr(sys, "monitoring", None)

    def __enter__(self) -> Entered:
        if self.monitoring:
            tool, events = self.monitoring.PROFILER_ID, self.monitoring.events
            with contextlib.suppress(ValueError):  # the submission itself may use it
                self.monitoring.use_tool_id(tool, "grader")
            self.monitoring.register_callback(tool, events.PY_START, self._start)
            self.monitoring.set_events(tool, events.PY_START)
            self.monitoring.restart_events()
        else:
            threading.setprofile(self._profile)
            sys.setprofile(self._profile)
        return self

    def __exit__(self, *_: object) -> None:
        if self.monitoring:
            with contextlib.suppress(ValueError):
                self.monitoring.set_events(self.monitoring.PROFILER_ID, 0)
                self.monitoring.free_tool_id(self.monitoring.PROFILER_ID)
        else:
            sys.setprofile(None)
            threading.setprofile(None)

    def _start(self, code, _):
        self._note(code)
        return self.monitoring.DISABLE

    def _profile(self, frame, event, _):
        if event == "call":
            self._note(frame.f_code)

    def _note(self, code):
        if len(self.codes) < MOST and self.is_own(code.co_filename):
            self.codes[code] = None

    def names(self) -> list[list[str]]:
        """Return `[file's stem, function]` of what was entered so far, under all its names."""
        codes = dict(self.codes)
        pairs = [(_stem(code.co_filename), code.co_qualname.partition(".")[0]) for code in codes]
        pairs += self._other_names(codes)
        named = dict.fromkeys(pair for pair in pairs if not pair[1].startswith("<"))
        return [list(pair) for pair in named]

    def _other_names(self, codes):
        """Yield what a file calls its own functions, as in `relu = np.vectorize(_relu)`."""
        for file, variables in self._own_modules():
            for name, value in variables.items():
                code = _code(value)
                if type(name) is str and code and code in codes and code.co_filename == file:
                    yield _stem(file), name

    def _own_modules(self):
        """Yield the file and the variables of each module of the submission."""
        for module in _modules():
            if type(module) is ModuleType:  # `sys.modules` may hold anything
                variables = dict(vars(module))
                file = variables.get("__file__")
                if type(file) is str and self.is_own(file):
                    yield file, variables


def _modules():
    with contextlib.suppress(BaseException):  # the learner's code may have replaced it
        return list(sys.modules.values())
    return []


def _code(value: Any) -> CodeType | None:
    with contextlib.suppress(BaseException):  # the learner's objects answer here
        for _ in range(5):
            if isinstance(value, functools.partial):
                value = value.func
            inner = vars(value) if hasattr(value, "__dict__") else {}
            value = inner.get("__wrapped__") or inner.get("pyfunc") or value
        return value.__code__ if type(value.__code__) is CodeType else None
    return None


def _stem(file):
    name = os.path.basename(file).removesuffix(".py")
    return os.path.basename(os.path.dirname(file)) if name == "__init__" else name
