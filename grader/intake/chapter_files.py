"""Chooses the chapter files among the files handed in.

A file that is named like a chapter comes first, then any file that holds the chapter's functions.
Which of several files counts is one rule, `_rank`; a function that it lacks comes from the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..submission import splitting
from . import archives, candidates, data_files, helpers, names, reasons, sanitize
from .candidates import Candidate

MAX_KEPT = 8 * archives.MB


@dataclass
class Chosen:
    """A chapter's file: the candidate that it is made from, and those that complete it."""

    main: Candidate
    text: str
    rest: list[Candidate] = field(default_factory=list)


def choose(
    members: Iterable[tuple[tuple, archives.Member]],
) -> tuple[dict[str, bytes], dict[str, str], list[str]]:
    """Return `(files, origins, notes)` of one submission, from pairs of a version and a `Member`.

    The files are the chapters', under their own names, the helper modules that they import and the
    data files that they open;
    the origins map stems to the paths of the files that they were made from.
    """
    found = candidates.read(members)
    chosen, notes = _chapters(found.candidates)
    files, used, more = helpers.with_helpers(
        {stem: (each.main, each.text) for stem, each in chosen.items()}, found.candidates
    )
    used |= {c.path for each in chosen.values() for c in (each.main, *each.rest)}
    used_texts = {candidate.text for candidate in found.candidates if candidate.path in used}
    told = " ".join(notes)
    for candidate in found.candidates:
        shown = (candidate.member.name, candidate.path)
        mentioned = any(
            f"`{sanitize.clean(name, most)}`" in told for name in shown for most in (50, 60)
        )
        silent = candidate.member.name == "__init__.py"
        if candidate.text not in used_texts and not mentioned and not silent:
            found.leave_out(candidate.member, _why_unused(candidate, not chosen))
    files |= _opened(found.left_out, chosen.values(), files)
    left_out = [reasons.note(each, why) for why, each in sorted(found.left_out.items()) if each]
    files, capped = _capped(files, {f"{stem}.py" for stem in chosen})
    origins = {stem: each.main.path for stem, each in chosen.items() if f"{stem}.py" in files}
    return files, origins, found.notes + left_out + notes + more + capped


def _opened(left_out, chosen, files):
    """Take the data files that the code opens, such as `weights.npz`, from what is left out."""
    text = "\n".join(code.decode() for code in files.values())
    ignored = [why for why in left_out if why.startswith(reasons.IGNORED)]
    found, taken, refused = data_files.take(
        (member for why in ignored for member in left_out[why]),
        {each.main.member.parts[:-1] for each in chosen},
        text,
    )
    told = set(map(id, taken + refused))
    for why in ignored:
        left_out[why] = [member for member in left_out[why] if id(member) not in told]
    left_out[reasons.OPENED] += refused
    return found


def _why_unused(candidate, nothing_found):
    if candidate.never_run:
        return reasons.NEVER_RUN
    if candidate.member.name.partition(".")[0] in helpers.NOT_HELPERS:
        return reasons.LIBRARY
    if nothing_found and candidate.names_functions:
        return reasons.NOT_DEFINED
    if candidate.is_notebook and not candidate.chapters:
        return " contains no graded function: ignored"
    if candidate.chapters:
        return ": ignored, because its chapters have files of their own"
    return reasons.NO_CHAPTER


def _chapters(found: list[Candidate]) -> tuple[dict[str, Chosen], list[str]]:
    """Return the file of each chapter, and notes on how they were chosen and made."""
    named: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in found:
        if candidate.bears_its_name:
            named[candidate.named.stem].append(candidate)
    chosen: dict[str, Chosen] = {}
    notes: list[str] = []
    sources: dict[str, list[str]] = defaultdict(list)  # texts on the origin: chapter files
    for stem in sorted(names.stems()):
        own = sorted(named[stem], key=lambda candidate: _rank(candidate, stem), reverse=True)
        begun = any(candidate.written(stem, imported=True) for candidate in own)
        others = _others(stem, found, begun)
        main = next(iter(own), None)
        if main is None or (others and _gives_way(main, others[0], stem)):
            main = next(iter(others), main)
        if main is None:
            continue
        made = chosen[stem] = _made(stem, main, _others(stem, found, False))
        notes += _notes(stem, made, own, others)
        if main not in own or main.is_notebook:
            unused = _unused(stem, main, [c for c in others if c not in made.rest], made.text)
            sources[f"{main.kind}{sanitize.quote(main.member.name)}{unused}"].append(stem)
        for each in made.rest:
            notes.append(f"`{stem}.py` was completed from {sanitize.quote(each.member.name)}")
    notes += [f"{_files(stems)} made from {origin}" for origin, stems in sources.items()]
    return chosen, notes + _repeated(chosen)


def _gives_way(own, other, stem):
    """True if a chapter's file is a stub, or of an earlier date, and a file of another name is not.

    Canvas has no dates: its numbers count the uploads of one name.
    """
    dated = len(other.version) > 1
    return not own.written(stem, imported=True) or (
        dated and other.version > own.version and bool(other.written(stem))
    )


def _rank(candidate, stem):
    """The order of files for one chapter, the best last."""
    written = candidate.written(stem, imported=True)
    named, member = candidate.named, candidate.member
    return (
        bool(written),
        candidate.in_exercises,
        candidate.version,
        candidate.parses,
        not candidate.is_notebook,
        candidate.bears_its_name,
        not named.set_aside and not names.is_set_aside(member.archives + member.parts[:-1]),
        len(written),
        named.exact,
        not named.by_person,
        named.final,
        -len(member.archives),
        names.order_of_archives(member.archives),
        -len(member.parts),
        named.number,
        member.parts,
        candidate.index,
    )


def _others(stem, found, begun):
    """The files of another name that hold functions of the chapter, the best first.

    Another chapter's file does so only if this chapter's own is missing or not begun.
    """
    others = [
        candidate
        for candidate in found
        if not (candidate.bears_its_name and (begun or candidate.named.stem == stem))
        and stem in candidate.chapters
    ]
    return sorted(others, key=lambda candidate: _rank(candidate, stem), reverse=True)


def _made(stem, main, others):
    """The chapter's file from `main`, completed by what only `others` have."""
    chosen = Chosen(main, _part(main, stem))
    if (chapter := candidates.chapter_of(stem)) is None:
        return chosen
    missing = set(chapter.functions) - set(main.written(stem, imported=True))
    for other in others:
        if other is not main and (more := missing & set(other.written(stem))):
            missing -= more
            chosen.rest.append(other)
            chosen.text += f"\n\n{_part(other, stem)}"
    return chosen


def _part(candidate, stem):
    if candidate.named.stem == stem:
        return candidate.text
    return splitting.part(candidate.source, stem, candidate.chapters)


def _notes(stem, made, own, others):
    """The notes on repairs and on which of several files is used."""
    main, notes = made.main, []
    if main.repair:
        notes.append(f"`{stem}.py` was {main.repair}")
    rivals = [c for c in own if c is not main and c.text != main.text]
    files = [c for c in rivals if not c.is_notebook]
    if main in own and not main.is_notebook:
        if files:
            notes.append(_choice(stem, main, files))
        books = [c for c in (*rivals, *others) if c.is_notebook and c not in made.rest]
        shown = ", ".join(sanitize.quote(c.member.name) for c in books[:3])
        notes += [f"`{stem}.py` is used, not the notebook {shown}"] if books else []
    return notes


def _choice(stem, chosen, others):
    """The note on which of several versions of a file is used."""
    used, *paths = (each.path for each in (chosen, *others))
    if used in paths:  # in several archives
        used, *paths = (f"{'/'.join(c.member.archives)}/{c.path}" for c in (chosen, *others))
    name = sanitize.quote(used)
    if any(chosen.version != other.version for other in others):
        name = f"the latest, {name},"
    paths = [path for path in paths if path != used]
    not_used = f", not {sanitize.listing(paths)}" if paths else ""
    return f"`{stem}.py` was submitted {len(others) + 1} times: {name} is used{not_used}"


def _unused(stem, main, others, text):
    """Which other files hold the same chapter and are not used."""
    rivals = [c for c in others if c is not main and _part(c, stem) != text]
    shown = dict.fromkeys(sanitize.quote(c.member.name) for c in rivals)
    return f", not from {', '.join(list(shown)[:3])}" if shown else ""


def _files(stems):
    if len(stems) == 1:
        return f"`{stems[0]}.py` was"
    chapters = [candidates.chapter_of(stem) for stem in stems]
    return f"chapters {', '.join(chapter.id for chapter in chapters if chapter)} were"


def _repeated(chosen: Mapping[str, Chosen]) -> list[str]:
    """Note the graded functions that a file defines more often than chapters use them."""
    found: dict[tuple[str, str], int] = {}
    for stem, each in chosen.items():
        source = each.main.source
        for name in each.main.written(stem):
            turns = sum(name in other.main.written(s) for s, other in chosen.items())
            if (count := source.times(name)) > turns:
                found[each.main.member.name, name] = count
    return [
        f"{sanitize.quote(file)} defines `{name}` {count} times: the last one counts"
        for (file, name), count in found.items()
    ]


def _capped(files, chapters):
    """The files up to a size in all, chapters first."""
    kept, size = {}, 0
    for name in sorted(files, key=lambda name: (name not in chapters, name)):
        size += len(files[name])
        if size <= MAX_KEPT:
            kept[name] = files[name]
    if len(kept) == len(files):
        return kept, []
    return kept, [f"more than {MAX_KEPT // archives.MB} MB: only {len(kept)} files were kept"]
