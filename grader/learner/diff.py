"""`grade diff CHAPTER`: the learner's functions beside the reference's, why, and how fast."""

import contextlib
import sys

import click

from ..console import arguments, terminal
from ..console.report import say
from ..course import images
from ..submission import excerpt
from . import progress

PROSE = 92  # columns of a note
SIDES = ("yours", "reference")


@click.command("diff")
@click.argument("chapter")
@click.argument("function", required=False)
@click.option("--submission", metavar="DIR", help="Folder or notebook (default: exercises).")
@click.option("--yes", is_flag=True, help="Show the reference also where yours does not pass yet.")
def diff_command(chapter, function, submission, yes):
    """Show your functions of CHAPTER beside the reference's, or only FUNCTION.

    FUNCTION alone will do where one chapter has it.
    """
    opened = arguments.opened(submission)
    chapter, function = arguments.chapter_and_function(chapter, function)
    names = [function] if function else list(chapter.functions)
    with _comparison(chapter, opened.folder) as comparison:
        seen = [_show_if_agreed(comparison, name, yes) for name in names]
    return 0 if all(seen) else 1


def show(chapter, function, folder, timed=True):
    """Print all about one function without asking; what keeps it from that is a line, too.

    Only one that is known to pass should be `timed`, for others may take long to come to an end.
    """
    try:
        with _comparison(chapter, folder) as comparison:
            comparison.show(function, timed)
    except click.UsageError as error:
        say(error.format_message())


def passes(chapter, function, folder):
    """Whether the function passes its checks as it is now."""
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

    comparison = _Comparison(chapter, folder)
    try:
        yield comparison
    except NotStarted as error:
        raise click.UsageError(f"nothing can be compared on this machine: {error}") from None
    finally:
        comparison.close()


class _Comparison:
    """A chapter of the learner's and of the reference; their processes start when needed."""

    def __init__(self, chapter, folder):
        from ..course.places import REFERENCE

        if not (REFERENCE / f"{chapter.stem}.py").is_file():
            raise click.UsageError(
                "there is no reference in this copy: `grade diff` needs the folder `solutions`"
            )
        self.chapter, self.folder, self.reference = chapter, folder, REFERENCE
        try:
            self.files = [
                excerpt.File(place / f"{chapter.stem}.py") for place in (folder, REFERENCE)
            ]
        except excerpt.Unreadable as error:
            raise click.UsageError(str(error)) from None
        self.checked = {}  # function: [Checked]
        self.workers = {}  # folder: Workers

    def close(self):
        for workers in self.workers.values():
            workers.close()

    def passes(self, name):
        return self._known(name) or not any(check.finding for check in self._checked(name))

    def show(self, name, timed=True):
        from . import sidebyside

        pieces = [file.excerpt(name, self.chapter.functions) for file in self.files]
        titles = [
            f"{whose} ({file.path.parent.name}), "
            + (f"line {piece.start}" if piece.start else "not there yet")
            for whose, file, piece in zip(SIDES, self.files, pieces, strict=True)
        ]
        say(f"{self.chapter.id}  {name}  ({self.chapter.stem}.py)", bold=True)
        say(sidebyside.show(*([piece.own, piece.used] for piece in pieces), titles), nl=False)
        for text in [*pieces[1].notes, self._speeds(name) if timed else None]:
            if text:
                say("\n" + "\n".join(terminal.wrap(sidebyside.shown(text), widest=PROSE)))
        say()

    def _speeds(self, name):
        """How the two compare in time, where the learner's is right and there is a call to time."""
        from . import stopwatch

        checked = self._quickly_checked(name)
        if any(check.finding for check in checked):
            return None
        calls = [call for check in checked for call in check.calls]
        both = [self._workers(place) for place in (self.folder, self.reference)]
        return stopwatch.compare(name, calls, self.chapter.stem, *both)

    def _quickly_checked(self, name):
        """Its checks; without those that train on images where it is known to pass."""
        from ..grading import checks

        if name in self.checked or not self._known(name):
            return self._checked(name)
        return [
            check.run(self._workers(self.folder), self.chapter.stem)
            for check in checks.of(self.chapter.stem, name)
            if not check.wants_images
        ]

    def _known(self, name):
        """Whether it passed when it was graded last, and nothing was changed since."""
        if name not in self.files[0].bindings:
            return False
        entry = progress.read(self.folder).get(self.chapter.id)
        if entry is None or entry["changed"]:
            return False
        known = entry["functions"].get(name, entry)
        return known["status"] == "passed"

    def _checked(self, name):
        """Its checks, run once and no further than the first that fails."""
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

        wanted = any(check.wants_images for check in checks.of(self.chapter.stem, name))
        return images.load("digits") if wanted else None
