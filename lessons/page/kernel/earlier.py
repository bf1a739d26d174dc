"""Grades a function with what it builds on: the learner's functions where they work, or ours."""

import contextlib
import shutil
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from grader.course import registry, stubs
from grader.course.places import REFERENCE, STUBS
from grader.course.results import FunctionResult
from grader.grading import checks, lending, verdict
from grader.learner import progress
from grader.submission.uses import Uses, blocks

from . import flags, learner, libraries, losses
from .limited import Limited

YOURS, REFERENCES = "yours", "reference"
_known: dict[tuple[str, str, str], FunctionResult] = {}  # by function and hash of its texts


def grade(stem, name, source, watched=False):
    """Return the `FunctionResult` and what the function was built on, as `assemble` does.

    Where a function fails on others that work but are not finished, it is graded once more with
    the reference's: as in the terminal, a mistake costs points once. With `watched`, the page is
    told the losses of a training.
    """
    result, built_on = _grade(stem, name, source, watched)
    if not result.passed and any(part["whose"] == YOURS for part in built_on):
        again, finished = _grade(stem, name, source, watched, finished=True)
        if finished != built_on and again.score > result.score:
            return again, finished
    return result, built_on


def _grade(stem, name, source, watched, finished=False):
    with TemporaryDirectory() as folder:
        built_on = assemble(folder, stem, source, [name], finished)
        libraries.prepare(texts(folder, stem, built_on))
        watch = losses.watched(folder) if watched else contextlib.nullcontext()
        from_reference, dataset = references(stem, built_on), _images(stem, name)
        trains = dataset is not None
        with watch, Limited(folder, from_reference, trains) as workers, flags.watched():
            return verdict.grade_function(workers, stem, name, dataset=dataset), built_on


def assemble(folder, stem, source, names, finished=False):
    """Write a chapter file and all that these functions of it use into a folder.

    The learner's other functions are replaced by the reference's where they do not work, or, with
    `finished`, where anything at all is left to do.
    Return `[{"stem", "name", "whose"}]` for the other functions used; `whose` is "yours" where
    it is the learner's own, else "reference".
    """
    folder = Path(folder)
    _write_all(folder, stem, source)
    uses = Uses(folder)

    def is_good(other, name):
        own = source if other == stem else _begun(other)
        return own is not None and _is_good(folder, uses, other, name, own, finished)

    return _choose(folder, _used(uses, stem, names), is_good, own={stem})


def working(folder, stem, uses, is_working=None):
    """Write a chapter and what it builds on into a folder, with these functions working.

    uses: names of functions, those of other chapters as `"stem name"`
    is_working: tells whether a function of this chapter works, in place of grading it
    Return `[{"stem", "name", "whose"}]` for them and for those they build on.
    """
    folder = Path(folder)
    own = _begun(stem)
    _write_all(folder, stem, own or (REFERENCE / f"{stem}.py").read_text(encoding="utf-8"))
    graph = Uses(folder)
    pairs = [tuple(use.split()) if " " in use else (stem, use) for use in uses]
    found = set(pairs).union(*(graph.closure(*pair) for pair in pairs))

    def is_good(other, name):
        if other == stem and is_working:
            return is_working(other, name)
        text = _begun(other)
        return text is not None and _is_good(folder, graph, other, name, text, False)

    return _choose(folder, _in_order(found), is_good)


def works(stem, name):
    """Return True if the learner's function of this name gives the right numbers."""
    source = _begun(stem)
    if source is None:
        return False
    with TemporaryDirectory() as folder:
        _write_all(Path(folder), stem, source)
        return _is_good(Path(folder), Uses(Path(folder)), stem, name, source, False)


def remember(stem, result, source):
    """Keep a function's result, so that others that use it need not have it graded again."""
    with TemporaryDirectory() as folder:
        _write_all(Path(folder), stem, source)
        _known[_key(Path(folder), Uses(Path(folder)), stem, result.name)] = result


def _choose(folder, pairs, is_good, own=frozenset()):
    """Replace what is not good in chapters begun or `own`; return whose each function is."""
    built_on = [
        {"stem": stem, "name": name, "whose": YOURS if is_good(stem, name) else REFERENCES}
        for stem, name in pairs
    ]
    loan = _loan(built_on, own)
    for file, text in loan.replace({p.name: p.read_bytes() for p in folder.glob("*.py")}).items():
        (folder / file).write_bytes(text)
    return built_on


def references(stem, built_on):
    """Return the stems of the other files of which nothing that is built on is the learner's."""
    mine = {part["stem"] for part in built_on if part["whose"] == YOURS}
    return {part["stem"] for part in built_on} - mine - {stem}


def texts(folder, stem, built_on):
    """Return the texts of a chapter file and of those that it is built on."""
    stems = {stem} | {part["stem"] for part in built_on}
    return [Path(folder, f"{other}.py").read_text(encoding="utf-8") for other in sorted(stems)]


def _used(uses, stem, names):
    """Return the other graded functions that these use and that the reference may replace."""
    targets = [(stem, name) for name in names]
    found = {
        pair
        for target in targets
        for pair in uses.closure(*target)
        if lending.may_lend(pair, target)
    }
    return _in_order(found.difference(targets))


def _in_order(pairs):
    position = learner.order()
    return sorted(pairs, key=lambda pair: (position[pair[0]], pair[1]))


def _loan(built_on, own):
    """Return what the reference lends; where nothing of a file works, it is left out as a whole."""
    whose = {}
    for part in built_on:
        if part["stem"] in own or learner.has_begun(part["stem"]):
            whose.setdefault(part["stem"], set()).add(part["whose"])
    return lending.Loan(
        lent=frozenset(
            (part["stem"], part["name"])
            for part in built_on
            if part["stem"] in whose and part["whose"] == REFERENCES
        ),
        unusable=frozenset(
            other for other in whose if other not in own and YOURS not in whose[other]
        ),
    )


def _begun(stem):
    """Return the learner's text of a chapter's file, or None."""
    return learner.file(stem).read_text(encoding="utf-8") if learner.has_begun(stem) else None


def _is_good(folder, uses, stem, name, source, finished):
    """Return True if the learner's function gives the right numbers, or is `finished`."""
    if source == _begun(stem) and _has_passed(stem, name):
        return True
    key = _key(folder, uses, stem, name)
    result = _known.get(key) or grade(stem, name, source)[0]
    if not libraries.missing:
        _known[key] = result
    return result.is_done if finished else result.works


def _key(folder, uses, stem, name):
    return stem, name, fingerprint(folder, {(stem, name), *uses.all(stem, name)})


def _has_passed(stem, name):
    entry = progress.read(learner.FOLDER).get(registry.by_stem(stem).id)
    graded = entry is not None and not entry["changed"]
    return graded and entry["functions"].get(name, {}).get("status") == "passed"


def fingerprint(folder, pairs):
    """Return a hash of the texts of these functions, and of what stands outside of functions."""
    stems = sorted({stem for stem, _ in pairs})
    whole = {s: blocks(Path(folder, f"{s}.py").read_text(encoding="utf-8")) for s in stems}
    outside = ["".join(whole[stem][None]) for stem in stems]
    own = ["".join(whole[stem].get(name, ())) for stem, name in sorted(pairs)]
    return sha256("\0".join([*outside, *own]).encode()).hexdigest()


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


def _images(stem, name):
    wanted = any(check.wants_images for check in checks.for_function(stem, name))
    return _digits(stem) if wanted else None


@cache
def _digits(stem):
    import data

    return data.load("digits")
