"""Chooses the chapter files among the files handed in."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from ..course import registry
from ..submission import encoding, notebooks
from . import archives, lms, sanitize

MAX_FILE = archives.MB
MAX_NOTEBOOK = 8 * archives.MB  # includes pictures
MAX_KEPT = 8 * archives.MB
MAX_NOTEBOOKS = 20
MAX_TRIED = 8  # files of one name that are read
KIT = {"solutions", "grader", "tests", "misconceptions", "chapters"}  # never a learner's folder
EXERCISES = "exercises"
# Suffixes that browsers, file managers and platforms add to a name: ` (1)`, `-2`, ` - copy`.
COPY = re.compile(r"(?:[ _.-]*+(?:\(\d{1,9}\)|copy|\d{1,9}(?!\d)))*+[ _.-]*+")


@dataclass(frozen=True)
class Named:
    """A parsed file name: the chapter's stem, or "" for a notebook of another name."""

    stem: str
    suffix: str
    exact: bool
    number: int


@dataclass(frozen=True)
class Candidate:
    """A file that may be a chapter's; the one with the highest `rank` is used."""

    rank: tuple
    member: archives.Member
    named: Named

    @property
    def path(self) -> str:
        return "/".join(self.member.parts)


@cache
def stems() -> list[str]:
    """List the stems of the files that are taken, the longest first."""
    names = {chapter.stem for chapter in registry.chapters()} | {"neural_network", "fast_layers"}
    return sorted(names, key=len, reverse=True)


def named(name: str) -> Named | None:
    """Parse names such as `ch1_1_numpy_arrays (1).py`; None for a file of another name."""
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


def choose(members: Iterable[tuple[tuple, archives.Member]]) -> tuple[dict[str, bytes], list[str]]:
    """Return `(files, notes)` of one submission, from pairs of a version and a `Member`."""
    notes: list[str] = []
    candidates = _candidates(members, notes)
    files = {}
    for stem, versions in sorted(candidates["py"].items()):
        data = _best(stem, versions, notes)
        if data is not None:
            files[f"{stem}.py"] = data
    _add_notebooks(files, candidates["ipynb"].get("", []), notes)
    return _capped(files, notes), notes


def _candidates(members, notes):
    """Map suffix to stem to candidates, all notebooks under ""; note the skipped files."""
    members = [(version, member) for version, member in members if not _litter(member)]
    has_exercises = any(_within(member, {EXERCISES}) for _, member in members)
    project = has_exercises and any(_within(member, KIT) for _, member in members)
    candidates: dict[str, dict[str, list[Candidate]]] = {
        "py": defaultdict(list),
        "ipynb": defaultdict(list),
    }
    skipped = defaultdict(list)
    for index, (version, member) in enumerate(members):
        name = named(member.name)
        reason = _reason_to_skip(member, name, project)
        if name and reason is None:
            rank = (version, name.exact, -len(member.parts), name.number, member.parts, index)
            group = name.stem if name.suffix == "py" else ""
            candidates[name.suffix][group].append(Candidate(rank, member, name))
        if member.strayed and reason is None:
            reason = ": the path points outside the archive, so only the file name is used"
            skipped[reason].append(member.name)
        elif reason:
            skipped[reason].append("/".join(member.parts))
    if project:
        notes.append("the whole project was handed in: only its folder `exercises` is graded")
    notes += [f"{sanitize.listing(names)}{reason}" for reason, names in sorted(skipped.items())]
    return candidates


def _reason_to_skip(member, name, project):
    """The reason to ignore a file; "" if that needs no note, None if the file is used."""
    in_kit = _within(member, KIT)
    if project and not _within(member, {EXERCISES}):
        return ": ignored, because only `exercises` is graded" if name and not in_kit else ""
    if in_kit:
        return ": ignored, because it lies in one of the kit's own folders" if name else ""
    if member.odd:
        return f" {member.odd}"
    return None if name else ": ignored, not a chapter file"


def _litter(member):
    return member.name == lms.METADATA or any(archives.is_litter(part) for part in member.parts)


def _within(member, folders):
    return any(part.casefold() in folders for part in member.parts[:-1])


def _best(stem, candidates, notes):
    """The bytes of the first readable candidate; note the others that differ."""
    candidates = sorted(candidates, key=lambda candidate: candidate.rank, reverse=True)
    chosen, data, others = None, None, candidates[MAX_TRIED:]
    for candidate in candidates[:MAX_TRIED]:
        try:
            source, repair = encoding.to_utf8(candidate.member.read(MAX_FILE))
        except (archives.Unreadable, encoding.Undecodable) as error:
            notes.append(f"{sanitize.quote(candidate.member.name)} {error}")
            continue
        if chosen is None:
            chosen, data = candidate, source
            notes += [f"`{stem}.py` was {repair}"] if repair else []
        elif source != data:
            others.append(candidate)
    if chosen and others:
        notes.append(_choice(stem, chosen, others))
    return data


def _choice(stem, chosen, others):
    """The note on which of several versions of a file is used."""
    name = sanitize.quote(chosen.path)
    if any(chosen.rank[0] != other.rank[0] for other in others):
        name = f"the latest, {name},"
    paths = [other.path for other in others if other.path != chosen.path]
    not_used = f", not {sanitize.listing(paths)}" if paths else ""
    return f"`{stem}.py` was submitted {len(others) + 1} times: {name} is used{not_used}"


def _add_notebooks(files, candidates, notes):
    """Add to `files` the chapters that only notebooks hold."""
    candidates = sorted(candidates, key=_rank_of_notebook, reverse=True)
    if len(candidates) > MAX_NOTEBOOKS:
        notes.append(f"of {len(candidates)} notebooks only {MAX_NOTEBOOKS} were read")
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
            notes.append(f"`{name}` is used, not the notebook {shown}")
            continue
        files[name] = source
        others = list(dict.fromkeys(other for other, text in sources if text != source))
        not_used = f", not from {', '.join(others[:3])}" if others else ""
        notes.append(f"`{name}` was made from the notebook {shown}{not_used}")


def _rank_of_notebook(candidate):
    return bool(candidate.named.stem), candidate.rank


def _from_notebook(candidate):
    """Map stems to sources, for each chapter that the notebook holds."""
    cells = notebooks.cells(candidate.member.read(MAX_NOTEBOOK))
    stem = candidate.named.stem
    parts = {stem: len(cells)} if stem else notebooks.chapters(cells, candidate.member.name)
    if not parts:
        raise encoding.Undecodable("contains no graded function: ignored")
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
        notes.append(f"more than {MAX_KEPT // archives.MB} MB: only {len(kept)} files were kept")
    return kept
