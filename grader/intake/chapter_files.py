"""Which of the files handed in are the chapters'."""

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cache

from ..course import registry
from ..submission import encoding, notebooks
from . import archives, lms, sanitize

MAX_FILE = archives.MB
MAX_NOTEBOOK = 8 * archives.MB  # pictures are in it
MAX_KEPT = 8 * archives.MB
MAX_NOTEBOOKS = 20
MAX_TRIED = 8  # files of one name that are looked at
KIT = {"solutions", "grader", "tests", "misconceptions", "chapters"}  # never a learner's own
EXERCISES = "exercises"
# What browsers, file managers and platforms put after a name: ` (1)`, `-2`, ` - copy`.
COPY = re.compile(r"(?:[ _.-]*+(?:\(\d{1,9}\)|copy|\d{1,9}(?!\d)))*+[ _.-]*+")


@dataclass(frozen=True)
class Named:
    """What a file's name says: a chapter's stem, or "" for a notebook of another name."""

    stem: str
    suffix: str
    exact: bool
    number: int


@dataclass(frozen=True)
class Candidate:
    """A file that may be a chapter's; the highest `rank` is taken."""

    rank: tuple
    member: archives.Member
    named: Named

    @property
    def path(self):
        return "/".join(self.member.parts)


@cache
def stems():
    """The names that are taken, the longest first."""
    known = {chapter.stem for chapter in registry.chapters()} | {"neural_network", "fast_layers"}
    return sorted(known, key=len, reverse=True)


def named(name):
    """`Named` for `ch1_1_numpy_arrays (1).py` and the like, None for a file of another name."""
    plain = unicodedata.normalize("NFKC", sanitize.clean(name, 300)).casefold()
    base, dot, suffix = plain.rpartition(".")
    if not dot or suffix not in ("py", "ipynb"):
        return None
    base = base.removeprefix("copy of ").strip()
    for stem in stems():
        rest = base[len(stem) :]
        if base.startswith(stem) and COPY.fullmatch(rest):
            numbers = re.findall(r"\d+", rest)
            number = int(numbers[-1]) if numbers else int(bool(rest))
            return Named(stem, suffix, name == f"{stem}.{suffix}", number)
    return Named("", suffix, False, 0) if suffix == "ipynb" else None


def choose(found):
    """`(files, notes)` of one submission, from pairs of a version and a `Member`."""
    notes = []
    candidates = _candidates(found, notes)
    files = {}
    for stem, its in sorted(candidates["py"].items()):
        data = _best(stem, its, notes)
        if data is not None:
            files[f"{stem}.py"] = data
    _add_notebooks(files, candidates["ipynb"].get("", []), notes)
    return _capped(files, notes), notes


def _candidates(found, notes):
    """Suffix -> stem -> candidates, all notebooks under ""; what is left out is noted."""
    found = [(version, member) for version, member in found if not _litter(member)]
    own = any(_within(member, {EXERCISES}) for _, member in found)
    project = own and any(_within(member, KIT) for _, member in found)
    candidates = {"py": defaultdict(list), "ipynb": defaultdict(list)}
    left = defaultdict(list)
    for place, (version, member) in enumerate(found):
        name = named(member.name)
        reason = _reason_to_leave(member, name, project)
        if reason is None:
            rank = (version, name.exact, -len(member.parts), name.number, member.parts, place)
            group = name.stem if name.suffix == "py" else ""
            candidates[name.suffix][group].append(Candidate(rank, member, name))
        if member.strayed and reason is None:
            left[": a path out of the archive, only the name counts"].append(member.name)
        elif reason:
            left[reason].append("/".join(member.parts))
    if project:
        notes.append("the whole project was handed in: only its `exercises/` count")
    notes += [f"{sanitize.listing(names)}{reason}" for reason, names in sorted(left.items())]
    return candidates


def _reason_to_leave(member, name, project):
    """What is to be said of a file that is not taken, "" for nothing, None of one that is."""
    theirs = _within(member, KIT)
    if project and not _within(member, {EXERCISES}):
        return ": not taken, as only `exercises/` count" if name and not theirs else ""
    if theirs:
        return ": not taken, as the kit's own places do not count" if name else ""
    if member.odd:
        return f" {member.odd}"
    return None if name else ": left out, no chapter's file"


def _litter(member):
    return member.name == lms.METADATA or any(archives.is_litter(part) for part in member.parts)


def _within(member, folders):
    return any(part.casefold() in folders for part in member.parts[:-1])


def _best(stem, candidates, notes):
    """The bytes of the first candidate that can be read; others that differ are noted."""
    candidates = sorted(candidates, key=lambda candidate: candidate.rank, reverse=True)
    chosen, data, others = None, None, candidates[MAX_TRIED:]
    for candidate in candidates[:MAX_TRIED]:
        try:
            source, mended = encoding.to_utf8(candidate.member.read(MAX_FILE))
        except (archives.Unreadable, encoding.Undecodable) as error:
            notes.append(f"{sanitize.quote(candidate.member.name)} {error}")
            continue
        if chosen is None:
            chosen, data = candidate, source
            notes += [f"`{stem}.py` was {mended}"] if mended else []
        elif source != data:
            others.append(candidate)
    if chosen and others:
        notes.append(_rather(stem, chosen, others))
    return data


def _rather(stem, chosen, others):
    latest = "the latest, " if any(chosen.rank[0] != other.rank[0] for other in others) else ""
    paths = [other.path for other in others if other.path != chosen.path]
    not_taken = f", not {sanitize.listing(paths)}" if paths else ""
    taken = f"{latest}{sanitize.quote(chosen.path)} is taken{not_taken}"
    return f"`{stem}.py` is there {len(others) + 1} times: {taken}"


def _add_notebooks(files, candidates, notes):
    """Put the chapters that only notebooks hold among `files`."""
    candidates = sorted(candidates, key=_rank_of_notebook, reverse=True)
    if len(candidates) > MAX_NOTEBOOKS:
        notes.append(f"of {len(candidates)} notebooks only {MAX_NOTEBOOKS} are read")
    made = defaultdict(list)
    for candidate in candidates[:MAX_NOTEBOOKS]:
        shown = sanitize.quote(candidate.member.name)
        try:
            for stem, source in _from_notebook(candidate).items():
                made[f"{stem}.py"].append((shown, source))
        except (archives.Unreadable, encoding.Undecodable) as error:
            notes.append(f"{shown} {error}")
    for name, sources in sorted(made.items()):
        shown, source = sources[0]
        if name in files:
            notes.append(f"`{name}` is taken, not the notebook {shown}")
            continue
        files[name] = source
        others = list(dict.fromkeys(other for other, its in sources if its != source))
        rather = f", not from {', '.join(others[:3])}" if others else ""
        notes.append(f"`{name}` was made from the notebook {shown}{rather}")


def _rank_of_notebook(candidate):
    return bool(candidate.named.stem), candidate.rank


def _from_notebook(candidate):
    """Stem -> source, for each chapter that a notebook is to be."""
    cells = notebooks.cells(candidate.member.read(MAX_NOTEBOOK))
    stem = candidate.named.stem
    parts = {stem: len(cells)} if stem else notebooks.chapters(cells, candidate.member.name)
    if not parts:
        raise encoding.Undecodable("has no graded function in it: left out")
    return {stem: _source(cells, count) for stem, count in parts.items()}


def _source(cells, count):
    source = notebooks.source(cells[:count])
    if len(source) > MAX_FILE:
        raise encoding.Undecodable("holds too much code")
    return source


def _capped(files, notes):
    kept, size = {}, 0
    for name, data in sorted(files.items()):
        size += len(data)
        if size <= MAX_KEPT:
            kept[name] = data
    if len(kept) < len(files):
        notes.append(f"more than {MAX_KEPT // archives.MB} MB: only {len(kept)} files are kept")
    return kept
