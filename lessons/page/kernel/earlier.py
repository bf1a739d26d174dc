"""Puts a chapter file into a folder with what it builds on: the learner's functions, or ours."""

import ast
import shutil
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.course import registry, stubs
from grader.course.places import REFERENCE, STUBS
from grader.learner import progress
from grader.submission.uses import Uses

from . import learner

YOURS, REFERENCES = "yours", "reference"
_known: dict[tuple[str, str], bool] = {}  # (function, hash of the learner's files): it works


def assemble(folder, stem, source, names, others=()):
    """Write a chapter file and all that these functions of it use into a folder.

    others: more functions of earlier chapters that are wanted, as `(stem, name)`
    Return `[{"stem", "name", "whose"}]` for the earlier functions used; `whose` is "yours" where
    the learner's function works, else "reference".
    """
    folder = Path(folder)
    _write_all(folder, stem, source)
    uses = Uses(folder)
    needed = set(others).union(*(uses.closure(*pair) for pair in [*others, *_of(stem, names)]))
    position = learner.order()
    used = sorted(
        (pair for pair in needed if pair[0] != stem), key=lambda pair: (position[pair[0]], pair[1])
    )
    built_on = [
        {"stem": s, "name": n, "whose": YOURS if works(s, n) else REFERENCES} for s, n in used
    ]
    for other in {part["stem"] for part in built_on}:
        own = [part for part in built_on if part["stem"] == other]
        missing = [part["name"] for part in own if part["whose"] == REFERENCES]
        if learner.has_begun(other) and missing:
            _replace(folder / f"{other}.py", other, missing, whole=len(missing) == len(own))
    return built_on


def working(folder, stem, uses, is_working=None):
    """Write a chapter and what it builds on into a folder, with these functions working.

    uses: names of functions, those of other chapters as `"stem name"`
    is_working: what tells so of a function of this chapter, in place of `works`
    Return `{"stem", "name", "whose"}` for each, as `assemble` does, with those they build on.
    """
    pairs = [tuple(use.split()) if " " in use else (stem, use) for use in uses]
    names = [name for own, name in pairs if own == stem]
    begun = learner.has_begun(stem)
    source = (learner.file(stem) if begun else REFERENCE / f"{stem}.py").read_text(encoding="utf-8")
    built_on = assemble(folder, stem, source, names, [pair for pair in pairs if pair[0] != stem])
    is_working = is_working or works
    own = [
        {"stem": stem, "name": name, "whose": YOURS if is_working(stem, name) else REFERENCES}
        for name in names
    ]
    missing = [part["name"] for part in own if part["whose"] == REFERENCES]
    if begun and missing:
        _replace(Path(folder) / f"{stem}.py", stem, missing, whole=len(missing) == len(own))
    return [*built_on, *own]


def works(stem, name):
    """Return True if the learner's function of this name gives the right numbers."""
    if not learner.has_begun(stem):
        return False
    entry = progress.read(learner.FOLDER).get(registry.by_stem(stem).id)
    if entry and not entry["changed"] and _status(entry, name) == "passed":
        return True
    key = (f"{stem} {name}", _fingerprint(stem))
    if key not in _known:
        _known[key] = _grade(stem, name)
    return _known[key]


def _of(stem, names):
    return [(stem, name) for name in names]


def texts(folder, stem, built_on):
    """Return the texts of a chapter file and of those that it is built on."""
    stems = {stem} | {part["stem"] for part in built_on}
    return [Path(folder, f"{other}.py").read_text(encoding="utf-8") for other in sorted(stems)]


def _status(entry, name):
    return entry["functions"].get(name, {}).get("status")


def _grade(stem, name):
    from .checking import graded

    source = learner.file(stem).read_text(encoding="utf-8")
    with TemporaryDirectory() as folder:
        assemble(folder, stem, source, [name])
        return graded(folder, stem, name).works


def _fingerprint(stem):
    """Return a hash of the learner's files up to this chapter."""
    last = learner.order()[stem]
    files = [learner.file(other) for other, number in learner.order().items() if number <= last]
    texts = [path.read_bytes() if path.is_file() else b"" for path in files]
    return sha256(b"\0".join(texts)).hexdigest()


def _write_all(folder, stem, source):
    """Write the learner's files where there are any, else the reference's."""
    last = learner.order()[stem]
    for chapter in registry.chapters():
        target = folder / f"{chapter.stem}.py"
        earlier = learner.order()[chapter.stem] < last
        own = learner.file(chapter.stem)
        has_own = earlier and learner.has_begun(chapter.stem)
        shutil.copyfile(own if has_own else REFERENCE / target.name, target)
    shutil.copyfile(STUBS / "neural_network.py", folder / "neural_network.py")
    stubs.add_whole(folder)
    (folder / f"{stem}.py").write_text(source, encoding="utf-8")


def _replace(path, stem, names, whole):
    """Let a chapter file take these functions from the reference, or all of them."""
    text = path.read_text(encoding="utf-8")
    if whole or not _is_python(text):
        path.write_text(f"from solutions.{stem} import *\n", encoding="utf-8")
    else:
        line = f"from solutions.{stem} import {', '.join(names)}  # not yet the learner's own"
        path.write_text(f"{text}\n\n{line}\n", encoding="utf-8")


def _is_python(text):
    try:
        ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    return True
