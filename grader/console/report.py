"""What `grade` prints: one line for each function, and for each failure what went wrong."""

import os
import sys
import threading
import time

import click

from ..course import registry
from ..vocabulary import finding
from . import terminal

MARKS = {
    "passed": ("ok", "green"),
    "todo": ("todo", "yellow"),
    "failed": ("FAIL", "red"),
    "error": ("ERROR", "red"),
    "timeout": ("TIME", "red"),
    "crashed": ("CRASH", "red"),
}
GIVEN = ("given", "yellow")  # the full points, with the reference's earlier chapters
NAME_WIDTH, MARK_AND_POINTS = 46, 19  # columns of a line about a function
NARROW = 60  # columns, below which there is none to give away
MOST_BLAMED = 3  # functions that are named


def say(text="", **options):
    """Print with colour where there is a terminal; a reader that has gone away ends no grading."""
    try:
        click.secho(text, **options)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def tell(text, indent="", hanging=None, *, cut_words=False, **options):
    """`say` a text of any length in lines that fit the terminal."""
    for line in terminal.wrap(text, indent, hanging, cut_words=cut_words):
        say(line, **options)


def points(score, maximum):
    return f"{score:g} of {maximum:g}"


class Report:
    """Prints a run as it goes; told by `grading.grade` what begins and ends."""

    def __init__(self, folder, file=None):
        """`file(chapter)` is where a chapter is written, if not a file of the folder."""
        self.folder = folder
        self.file = file or self._file
        self.ticker = Ticker()
        self.first = True  # of the functions of a chapter

    def begin(self, description, seed):
        tell(f"Grading `{self.folder}`, data: {description}, seed {seed}")

    def chapter_begins(self, chapter):
        self.first = True
        say()
        echo_title(chapter, self.file(chapter))

    def _file(self, chapter):
        return f"{self.folder}/{chapter.stem}.py"

    def check_begins(self, function, name):
        self.ticker.start(name.replace("_", " "))

    def check_ends(self, check):
        self.ticker.stop()

    def function_ends(self, function):
        echo_function(function, self.first)
        self.first = False

    def chapter_ends(self, chapter):
        say(f"  {points(chapter.score, chapter.max_score)} points")

    def end(self, result, following):
        """The total, and what to do next: `following` is a chapter, or None when all is done."""
        say()
        total = points(result.score, result.max_score)
        say(f"{total} points in {result.seconds:.1f} s", bold=True)
        if following is not None:
            tell(_next_step(result, following, self.file))


def echo_title(chapter, file):
    """A chapter's title and its file, on two lines where one is too short."""
    title, place = f"{chapter.id}  {chapter.title}", f"({file})"
    if len(title) + 2 + len(place) <= terminal.width():
        say(title, bold=True, nl=False)
    else:
        tell(title, hanging="     ", bold=True)
    say(f"  {place}")


def echo_function(function, first=True):
    """The verdict on one function; `first`: none of its chapter was told before it.

    That the chapter's file cannot be imported is told with that one only.
    """
    mark, colour = GIVEN if is_given(function) else MARKS[function.status]
    say("  ", nl=False)
    say(f"{mark:<6}", fg=colour, nl=False)
    score = points(function.score, function.max_score)
    width = min(NAME_WIDTH, terminal.width() - MARK_AND_POINTS)
    say(f"{function.name:<{width}} {score}")
    failing = function.failing
    indent = " " * (8 if terminal.width() >= NARROW else 2)
    if not failing or (failing[0].unimportable and not first):
        return
    blame = _blame(function)
    for line in blame:
        tell(line, indent, bold=True)
    if failing[0].unimportable:
        _echo_lines(failing[0].lines, indent)
    elif function.status != "todo":
        _echo_failures(failing, indent)
    elif not blame:
        tell(failing[0].lines[0], indent)


def is_given(function):
    """Whether it has its full points and does not pass: it needs another that is missing."""
    return function.is_done and function.status != "passed"


def _echo_failures(failing, indent):
    # The first failure is the simplest one; but one that is understood helps more.
    shown = next((check for check in failing if check.misconception), failing[0])
    tell(f"{_title(shown)}:", indent)
    _echo_lines(shown.lines, indent)
    others = [_title(check) for check in failing if check is not shown]
    if others:
        more = "; ..." if len(others) > 2 else ""
        tell(f"and {len(others)} more: {'; '.join(others[:2])}{more}", indent)


def _echo_lines(lines, indent):
    """What `Finding.lines` gives: the headline, and the details, whose labels form a column."""
    tell(lines[0], indent)
    for line in lines[1:]:
        label, text = line[: finding.COLUMN], line[finding.COLUMN :]
        space = " " * len(label)
        prose = label.strip() in finding.WRAPPED
        rows = [" ".join(text.split())] if prose else text.split(f"\n{space}")
        hanging = indent + space + "  " * (len(rows) > 1)  # else what is left is like a new row
        for number, row in enumerate(rows):
            tell(row, indent + (space if number else label), hanging, cut_words=True)


def _blame(function):
    """What stands first: that the fault is another function's, and what this one earns itself."""
    guilty = [f"`{other.name}` ({other.id})" for other in function.because_of]
    if not guilty:
        return []
    named, name = _listed(guilty), f"`{function.name}`"
    those = "that" if len(guilty) == 1 else "those"
    does = "does" if len(guilty) == 1 else "do"
    fact = f"{name} fails because {named} {does}: repair {those} first"
    if function.status == "todo":
        fact = f"{name} needs {named}: write {those} first"
    lines = [fact]
    if function.score_with_reference:
        given = points(function.score_with_reference, function.max_score)
        lines.append(f"with the reference's it earns {given} points, which are given")
    return lines


def _listed(names):
    """`a, b, c and 7 more`."""
    shown, more = names[:MOST_BLAMED], len(names) - MOST_BLAMED
    *others, last = [*shown, f"{more} more"] if more > 0 else shown
    return f"{', '.join(others)} and {last}" if others else last


def _title(check):
    return check.name.replace("_", " ")


def _next_step(result, chapter, file):
    every = result.functions
    unfinished = [f for part, f in every if part.id == chapter.id and not f.is_done]
    unfinished += [f for _, f in every if is_given(f)]
    if not unfinished:
        return f"Next: chapter {chapter.id}, {chapter.title}: `grade run {chapter.id}`"
    first = unfinished[0]
    if first.because_of:
        first = first.because_of[0]
        (chapter,) = registry.select([first.id])
    return f"Next: `{first.name}` in {file(chapter)}, then `grade run {chapter.id}`"


class Ticker:
    """Says on stderr that a long check is still at work: often on a terminal, rarely in a log."""

    def __init__(self):
        self.stopped, self.thread = threading.Event(), None

    def start(self, what):
        self.stop()
        self.stopped = threading.Event()
        work = self._rewrite if sys.stderr.isatty() else self._log
        self.thread = threading.Thread(target=work, args=(what, self.stopped), daemon=True)
        self.thread.start()

    def stop(self):
        """Once this returns, its line is gone from the terminal."""
        self.stopped.set()
        if self.thread:
            self.thread.join(timeout=1)
        self.thread = None

    def _rewrite(self, what, stopped):
        begin = time.perf_counter()
        shown = ""
        while not stopped.wait(1.0):
            room = terminal.width() - MARK_AND_POINTS
            shown = f"  ...   {what[:room]}: {time.perf_counter() - begin:.0f} s"
            say(f"\r{shown}", nl=False, err=True)
        if shown:
            say(f"\r{' ' * len(shown)}\r", nl=False, err=True)

    def _log(self, what, stopped):
        pause = 15.0
        waited = 0.0
        while not stopped.wait(pause):
            waited += pause
            say(f"  ...   {what}: {waited:.0f} s so far", err=True)
            pause = waited  # 15, 30, 60, ...
