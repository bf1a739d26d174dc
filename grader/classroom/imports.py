"""Lists what a submission imports beyond NumPy, SciPy and the standard library, by its text.

Nothing is run. A module that is only imported under a computed name is not seen; the sandbox does
not have it either.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Mapping

from ..course import registry
from ..submission import syntax
from .course_file import CourseRules

KIT = {"exercises", "solutions", "data", "grader"}  # a stub's own demo imports from it
NOTEBOOKS = {"IPython", "google", "marimo"}  # nothing there computes
WELCOME = {"numpy"} | KIT | NOTEBOOKS | sys.stdlib_module_names
MOST = 50  # names of one chapter


def of_chapters(files: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Map chapter ids to foreign packages and the names used from SciPy, helper modules included.

    files: maps names to source, as in a `HandIn`
    """
    used = {name: _names(source) for name, source in files.items() if name.endswith(".py")}
    own = {name.removesuffix(".py").replace("/", ".").partition(".")[0] for name in used}
    found = {}
    for chapter in registry.chapters():
        names = _with_helpers(f"{chapter.stem}.py", used)
        if kept := {_kept(name, own) for name in names} - {""}:
            found[chapter.id] = sorted(kept)[:MOST]
    return found


def judged(names: list[str], rules: CourseRules) -> tuple[list[str], list[str]]:
    """Return `(reported, refused)` of the names found in a chapter."""
    reported: set[str] = set()
    refused: set[str] = set()
    for name in names:
        shortcut = next((r for r in rules.ready_made if name == r or name.startswith(f"{r}.")), "")
        package = name.partition(".")[0]
        foreign = package not in rules.also | WELCOME | {"scipy"}
        use = rules.ready_made_use if shortcut else rules.others if foreign else "allow"
        if use != "allow":
            (refused if use == "refuse" else reported).add(shortcut or package)
    return sorted(reported), sorted(refused)


def _with_helpers(file, used):
    """The names in a chapter's file and in the helper modules that it imports."""
    chapters = {f"{chapter.stem}.py" for chapter in registry.chapters()}
    waiting, seen, names = [file], set(), set()
    while waiting:
        this = waiting.pop()
        seen.add(this)
        names |= used.get(this, set())
        first = {name.lstrip(".").replace(".", "/") for name in used.get(this, ())}
        for other in used.keys() - seen - chapters:
            module = other.removesuffix(".py").removesuffix("/__init__")
            if any(name == module or name.startswith(f"{module}/") for name in first):
                waiting.append(other)
    return names


def _kept(name, own):
    """The package, or the whole name if it is SciPy's; empty if nobody minds it."""
    package = name.partition(".")[0]
    if package == "scipy":
        return name
    return "" if not package or package in WELCOME or package in own else package


def _names(source):
    """The dotted names that a file imports or reaches through what it imports."""
    tree = syntax.tree(source.decode("utf-8-sig", "replace"))
    if tree is None:
        return set()
    aliases, names = {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                top = alias.name.partition(".")[0]
                aliases[alias.asname or top] = alias.name if alias.asname else top
                names.add(alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            for alias in node.names:
                name = f"{base}{'.' * bool(node.module)}{alias.name}"
                aliases[alias.asname or alias.name] = name
                names.add(name)
    reached = (_dotted(node, aliases) for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return names | {name for name in reached if name}


def _dotted(node, aliases):
    """`scipy.special.expit` for `special.expit`, or None for an attribute of anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in aliases:
        return None
    return ".".join([aliases[node.id], *reversed(parts)])
