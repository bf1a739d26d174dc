"""`grade diff CHAPTER`: compares the learner's functions with the reference's, also in speed."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..console import arguments, terminal
from ..console.printing import say
from ..course import images
from ..submission import excerpt
from . import progress

if TYPE_CHECKING:
    from ..course.registry import Chapter

PROSE = 92  # columns of a note
SIDES = ("yours", "reference")


@click.command("diff")
@click.argument("chapter")
@click.argument("function", required=False)
@click.option("--submission", metavar="DIR", help="Folder or notebook (default: exercises).")
@click.option("--yes", is_flag=True, help="Show the reference even if yours does not pass yet.")
def diff_command(chapter: str, function: str | None, submission: str | None, yes: bool) -> int:
    """Show your functions of CHAPTER next to the reference's, or only FUNCTION.

    FUNCTION alone is enough if only one chapter has it.
    """
    opened = arguments.opened(submission)
    chosen, function = arguments.chapter_and_function(chapter, function)
    names = [function] if function else list(chosen.functions)
    with _comparison(chosen, opened.folder) as comparison:
        shown = [_show_if_agreed(comparison, name, yes) for name in names]
    return 0 if all(shown) else 1


def show(chapter: Chapter, function: str, folder: Path, timed: bool = True) -> None:
    """Print the comparison of one function without asking, or one line on why it is impossible.

    Set `timed` only for a function that is known to pass: others may take long to end.
    """
    try:
        with _comparison(chapter, folder) as comparison:
            comparison.show(function, timed)
    except click.UsageError as error:
        say(error.format_message())


def passes(chapter: Chapter, function: str, folder: Path) -> bool:
    """True if the function passes its checks as it is now."""
    with _comparison(chapter, folder) as comparison:
        return comparison.passes(function)


def _show_if_agreed(comparison, name, yes):
    if not yes and not comparison.passes(name):
        fact = f"`{name}` does not pass yet."
        if not sys.stdin.isatty():
            say(f"grade: {fact[:-1]}: see the reference anyway with `--yes`", err=True)
            return False
        if not click.confirm(f"{fact} See the reference anyway?", err=True):
            return False
    comparison.show(name)
    return True


@contextlib.contextmanager
def _comparison(chapter, folder):
    from ..boundary.workers import NotStarted
    from ..course import merged

    with merged.solutions() as reference:
        comparison = _Comparison(chapter, folder, reference)
        try:
            yield comparison
        except NotStarted as error:
            raise click.UsageError(f"this machine cannot compare functions: {error}") from None
        finally:
            comparison.close()


class _Comparison:
    """The learner's and the reference's version of a chapter; processes start when needed."""

    def __init__(self, chapter, folder, reference):
        if not (reference / f"{chapter.stem}.py").is_file():
            raise click.UsageError(
                "this copy has no reference: `grade diff` needs the folder `solutions`"
            )
        self.chapter, self.folder, self.reference = chapter, folder, reference
        try:
            self.files = [
                excerpt.File(parent / f"{chapter.stem}.py") for parent in (folder, reference)
            ]
        except excerpt.Unreadable as error:
            raise click.UsageError(str(error)) from None
        self.checked = {}  # function: [Checked]
        self.workers = {}  # folder: Workers

    def close(self):
        for workers in self.workers.values():
            workers.close()

    def passes(self, name):
        return self._passed_before(name) or not any(c.finding for c in self._checked(name))

    def show(self, name, timed=True):
        from . import sidebyside

        pieces = [file.excerpt(name, self.chapter.functions) for file in self.files]
        titles = [
            f"{whose} ({file.path.parent.name}), "
            + (f"line {piece.start}" if piece.start else "not there yet")
            for whose, file, piece in zip(SIDES, self.files, pieces, strict=True)
        ]
        say(f"{self.chapter.id}  {name}  ({self.chapter.stem}.py)", bold=True)
        yours, reference = ([piece.own, piece.used] for piece in pieces)
        say(sidebyside.show(yours, reference, titles), nl=False)
        for text in [*pieces[1].notes, self._speeds(name) if timed else None]:
            if text:
                say("\n" + "\n".join(terminal.wrap(sidebyside.printable_here(text), widest=PROSE)))
        say()

    def _speeds(self, name):
        """One line that compares the times, or None if yours fails or no call can be timed."""
        from . import stopwatch

        checked = self._quickly_checked(name)
        if any(check.finding for check in checked):
            return None
        calls = [call for check in checked for call in check.calls]
        both = [self._workers(folder) for folder in (self.folder, self.reference)]
        return stopwatch.compare(name, calls, self.chapter.stem, *both)

    def _quickly_checked(self, name):
        """Run its checks, except those that train on images if the function passed before."""
        from ..grading import checks

        if name in self.checked or not self._passed_before(name):
            return self._checked(name)
        return [
            check.run(self._workers(self.folder), self.chapter.stem)
            for check in checks.for_function(self.chapter.stem, name)
            if not check.wants_images
        ]

    def _passed_before(self, name):
        """True if it passed when it was last graded and nothing has changed since."""
        if name not in self.files[0].bindings:
            return False
        entry = progress.read(self.folder).get(self.chapter.id)
        if entry is None or entry["changed"]:
            return False
        return entry["functions"].get(name, entry)["status"] == "passed"

    def _checked(self, name):
        """Run its checks once, up to the first that fails."""
        from ..grading import checks

        if name not in self.checked:
            self.checked[name] = checks.run_function(
                self._workers(self.folder),
                self.chapter.stem,
                name,
                dataset=self._images(name),
                stop=True,
            )
        return self.checked[name]

    def _workers(self, folder):
        from ..boundary.workers import Workers

        if folder not in self.workers:
            self.workers[folder] = Workers(folder)
        return self.workers[folder]

    def _images(self, name):
        from ..grading import checks

        wanted = any(check.wants_images for check in checks.for_function(self.chapter.stem, name))
        return images.load("digits") if wanted else None
