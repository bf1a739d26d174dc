"""Says what an undefined name or a failed import means: a name of the course, of NumPy, of Python.

The exact names of the course, of modules and of NumPy come before names that are only similar.
"""

from __future__ import annotations

import difflib
import math
import re
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..course import registry, stubs

DEFINITION = re.compile(r"^(?:async )?(?:def|class)[ \t]+(\w+)", re.M)
UNDEFINED = re.compile(r"name '(\w+)' is not defined")
NOT_IN_MODULE = re.compile(r"cannot import name '(\w+)' from '[\w.]*\b(ch\d+_\d+_\w+)'")
NO_CHAPTER = re.compile(r"No module named '[\w.]*\b(ch\d+_\d+_\w+)'")
IN_PARTS = "most likely due to a circular import"
ABBREVIATIONS = {"np": "numpy", "sp": "scipy", "plt": "matplotlib.pyplot"}
# Syntax that only newer versions of Python know: (version, a pattern of the line).
NEWER_SYNTAX = [
    ((3, 12), re.compile(r"^type \w+(\[.*\])? =|^(async )?def \w+\[|^class \w+\[")),
    ((3, 12), re.compile(r"""\bf(["'])(?!\1)[^"']*\{[^{}"']*\1""")),  # the same quotes inside
    ((3, 14), re.compile(r"""^except [\w.]+(, [\w.]+)+:|\bt(["']).*\{""")),
]


def meant(raised: Mapping[str, Any], stem: str) -> str | None:
    """Return what to write or import in place of what failed, or None if that is unknown.

    `stem` is the chapter in which the exception was raised.
    """
    message = raised["message"]
    if "SyntaxError" in raised["bases"]:
        return _newer_python(raised)
    if "NameError" in raised["bases"] and (match := UNDEFINED.fullmatch(message)):
        line = raised["lines"][-1][-1] if raised["lines"] else ""
        return _undefined(match[1], stem, line, bool(raised.get("did_you_mean")))
    if missing := missing_from_chapter(raised):
        name, other = missing
        return f"`{other}.py` has no `{name}`: put it back there, or do without it"
    if match := NO_CHAPTER.search(message):
        return f"`{match[1]}.py` is not in the folder: its stub comes with `grade reset`"
    return None


def missing_from_chapter(raised: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return `(name, stem)` if a name was to be imported from a chapter that does not define it."""
    match = NOT_IN_MODULE.search(raised["message"])
    if match is None or "ImportError" not in raised["bases"] or IN_PARTS in raised["message"]:
        return None
    return match[1], match[2]


def is_of_a_class(name: str, stem: str | None) -> bool:
    """Return True for a method in a chapter's stub, or an attribute in its class's docstring."""
    listed = rf"^    (def {name}\(self|    {name}: )"
    return stem is not None and bool(re.search(listed, stubs.text(stem), re.M))


def similar(name: str, text: str) -> str | None:
    """Return the name like this one, and not the course's, of something a text defines, or None."""
    own = [defined for defined in DEFINITION.findall(text) if not is_of_the_course(defined)]
    simplified = {defined.lower().replace("_", ""): defined for defined in own}
    found = difflib.get_close_matches(name.lower().replace("_", ""), simplified, n=1, cutoff=0.7)
    return simplified[found[0]] if found else None


def is_of_the_course(name: str) -> bool:
    """Return True if a chapter defines a function of this name."""
    return _chapter_of(name, "") is not None


def newer_syntax(line: str, version: tuple[int, ...] = sys.version_info[:2]) -> str | None:
    """Return the version of Python that first knew the syntax of a line, if `version` does not."""
    for since, pattern in NEWER_SYNTAX:
        if version < since and pattern.search(line.strip()):
            return ".".join(map(str, since))
    return None


def _newer_python(raised):
    line = raised["lines"][-1][-1] if raised["lines"] else ""
    if since := newer_syntax(line):
        here = ".".join(map(str, sys.version_info[:2]))
        return f"this looks like Python {since} or newer, and the grader runs {here}"
    return None


def _undefined(name, stem, line, similar):
    """`similar` says that the learner's own code has a name like this one."""
    called = re.search(rf"\b{name}\s*\(", line)
    dotted = re.search(rf"\b{name}\s*\.", line)
    chapter = _chapter_of(name, stem)
    if chapter is not None and (called or not similar):
        if chapter.stem == stem:
            return f"`{name}` belongs to this chapter: write it in this file"
        return f"import `{name}` from chapter {chapter.id}: `from .{chapter.stem} import {name}`"
    if dotted and name in ABBREVIATIONS:
        return f"write `import {ABBREVIATIONS[name]} as {name}` at the top of the file"
    if dotted and name == "numpy":
        return "write `import numpy as np` at the top of the file, and `np` here"
    if dotted and name in {"scipy", *sys.stdlib_module_names}:
        return f"write `import {name}` at the top of the file"
    modules = [("np", np), ("math", math)] if called else []
    return next((f"did you mean `{m}.{name}`?" for m, of in modules if hasattr(of, name)), None)


def _chapter_of(name, stem):
    """The chapter with a function of this name: this one, else the latest before it, else any."""
    having = [
        chapter
        for chapter in registry.chapters()
        if name in chapter.functions or name in stubs.parameters(chapter.stem)
    ]
    own = [chapter for chapter in having if chapter.stem == stem]
    before = [chapter for chapter in having if chapter.stem < stem]
    return next(iter([*own, *reversed(before), *having]), None)
