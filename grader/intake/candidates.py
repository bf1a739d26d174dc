"""Reads the program text among the files handed in: what each file may be used for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

from ..course import registry
from ..submission import encoding, notebooks, program, splitting, syntax
from . import archives, lms, names, reasons, sanitize

MAX_FILE = archives.MB
MAX_NOTEBOOKS = 20
MAX_PICTURES = 4 * notebooks.LARGEST  # bytes of all notebooks
MAX_READ = 500  # files of program text
MAX_BYTES = 32 * archives.MB  # of all of them
KIT = {"solutions", "grader", "tests", "misconceptions", "chapters"}  # the kit's own folders
EXERCISES = "exercises"
ONLY = "only its folder `exercises` is graded"
FIRST = "its folder `exercises` comes before other files"
KITS_OWN = ": ignored, because it lies in one of the kit's own folders"


@dataclass(frozen=True)
class Candidate:
    """The text of a file or notebook, and what its name says."""

    member: archives.Member
    named: names.Named
    version: tuple
    text: str
    repair: str = ""  # how the text was made readable
    index: int = 0

    @property
    def path(self) -> str:
        return "/".join(self.member.parts)

    @property
    def is_notebook(self) -> bool:
        return self.named.suffix == "ipynb"

    @property
    def kind(self) -> str:
        return "the notebook " if self.is_notebook else ""

    @property
    def in_exercises(self) -> bool:
        return _within(self.member, {EXERCISES})

    @cached_property
    def source(self) -> splitting.Source:
        return splitting.Source(self.text)

    @cached_property
    def parses(self) -> bool:
        """True for Python, and for a notebook, whose cells are read one by one."""
        return self.is_notebook or syntax.is_python(self.text)

    @cached_property
    def chapters(self) -> list[str]:
        """The stems of the chapters of which it has functions."""
        return splitting.chapters(self.source, self.member.name)

    @cached_property
    def bears_its_name(self) -> bool:
        """True if its name is a chapter's and its functions are, or no other chapter's are.

        A name with additions by people says less: there the functions alone decide.
        """
        stem = self.named.stem
        if not stem:
            return False
        if stem in self.chapters or self.written(stem, imported=True):
            return True
        return not self.named.by_person and (chapter_of(stem) is None or not self._of_others)

    @property
    def _of_others(self) -> bool:
        """True if functions are written here, and the chapter in its name has not even a stub."""
        own = chapter_of(self.named.stem)
        left = self.source.functions_of(own, written=False) if own else []
        return not left and any(self.written(stem) for stem in self.chapters)

    @cached_property
    def never_run(self) -> bool:
        """True if it defines graded functions where an import of it does not come."""
        return not self.source.never_run.isdisjoint(registry.function_names())

    @property
    def names_functions(self) -> bool:
        """True if the name of a graded function is anywhere in the text."""
        return not registry.function_names().isdisjoint(splitting.WORD.findall(self.text))

    def written(self, stem: str, imported: bool = False) -> list[str]:
        """Return the chapter's functions that are written here, or also those `imported`."""
        chapter = chapter_of(stem)
        if chapter is None:
            return []
        here = self.source.functions_of(chapter)
        if imported:
            names = chapter.functions if "*" in self.source.imports else self.source.imports
            here += [name for name in chapter.functions if name in names and name not in here]
        return here


@dataclass
class Found:
    """What was found: candidates, and the files that are left out, by reason."""

    candidates: list[Candidate] = field(default_factory=list)
    left_out: dict[str, list[archives.Member]] = field(default_factory=lambda: defaultdict(list))
    notes: list[str] = field(default_factory=list)

    def leave_out(self, member: archives.Member, reason: str) -> None:
        self.left_out[reason].append(member)


def chapter_of(stem: str) -> registry.Chapter | None:
    """Return the chapter with this stem; None for the other modules of `exercises`."""
    return next((chapter for chapter in registry.chapters() if chapter.stem == stem), None)


def holds_functions(member: archives.Member) -> bool:
    """Return True if a file of another name than a chapter's holds functions of the course."""
    try:
        named = names.parsed(member.name)
        return bool(named and splitting.chapters(splitting.Source(_text(member, named)[0]), ""))
    except (archives.Unreadable, encoding.Undecodable):
        return False


def read(members: Iterable[tuple[tuple, archives.Member]]) -> Found:
    """Read the program text among pairs of a version and a `Member`."""
    found = Found()
    members = _with_cells((version, m) for version, m in members if m.name != lms.METADATA)
    has_exercises = any(_within(member, {EXERCISES}) for _, member in members)
    project = has_exercises and any(_within(member, KIT) for _, member in members)
    asked = []
    for index, (version, member) in enumerate(members):
        named = names.parsed(member.name)
        if named is None or member.odd:
            if not (project and not _within(member, {EXERCISES})):
                found.leave_out(member, f" {member.odd}" if member.odd else reasons.by_kind(member))
        elif project and _within(member, KIT):
            continue
        else:
            asked.append((index, version, member, named))
    asked.sort(
        key=lambda one: (
            not one[3].stem,
            one[3].by_person,
            not one[3].suffix,
            len(one[2].parts),
            one[0],
        )
    )
    _read_all(found, asked, project)
    if project:
        beside = not all(_within(c.member, {EXERCISES}) for c in found.candidates)
        found.notes.append(f"the whole project was handed in: {FIRST if beside else ONLY}")
    return found


def _read_all(found, asked, project):
    size = books = 0
    for number, (index, version, member, named) in enumerate(asked):
        books += named.suffix == "ipynb"
        if number >= MAX_READ or size > MAX_BYTES or books > MAX_NOTEBOOKS:
            found.leave_out(member, ": ignored, too many files")
            continue
        try:
            text, repair = _text(member, named)
        except (archives.Unreadable, encoding.Undecodable) as error:
            found.notes.append(f"{sanitize.quote(member.name)} {error}")
            continue
        size += len(text)
        candidate = Candidate(member, named, version, text, repair, index)
        if member.strayed:
            reason = ": the path points outside the archive, so only the file name is used"
            found.leave_out(member, reason)
        if candidate.never_run:
            found.leave_out(member, reasons.NEVER_RUN)
        if reason := _reason_to_skip(candidate, project):
            found.leave_out(member, reason)
        else:
            found.candidates.append(candidate)


def _text(member, named):
    if named.suffix == "ipynb":
        data = notebooks.source(notebooks.cells(member.read(notebooks.LARGEST)))
        if len(data) > MAX_FILE:
            raise encoding.Undecodable("holds too much code")
        return data.decode(), ""
    return program.read(member.read(MAX_FILE))


def _with_cells(members):
    """The members, notebooks without their outputs, and the files that cells write.

    So a notebook, which may be large, is read once.
    """
    found, written, left, books = [], [], MAX_PICTURES, 0
    for version, member in members:
        if member.name.casefold().endswith(".ipynb") and books < MAX_NOTEBOOKS and not member.odd:
            books += 1
            try:
                data = member.read(min(left, notebooks.LARGEST))
                left -= len(data)
                data = notebooks.without_outputs(data)
                member = archives.holding(member, data)
                for path, text in notebooks.written(data).items():
                    written.append((version, archives.made(member, path, text)))
            except (archives.Unreadable, encoding.Undecodable) as error:
                member = replace(member, odd=str(error))
        found.append((version, member))
    return found + written


def _reason_to_skip(candidate, project):
    """The reason to ignore it, or ""; whatever its place, what holds graded functions counts."""
    member, stem = candidate.member, candidate.named.stem
    if why := reasons.by_beginning(candidate.text):
        return why
    if stem and not candidate.text.strip():
        return reasons.EMPTY
    if candidate.written(stem) if stem else candidate.chapters:
        return ""
    if project and not _within(member, {EXERCISES}):
        return ": ignored, because only `exercises` is graded"
    if _within(member, KIT) and stem:
        return KITS_OWN
    return reasons.by_kind(member) if candidate.named.suffix == "" else ""


def _within(member, folders):
    return any(part.casefold() in folders for part in member.parts[:-1])
