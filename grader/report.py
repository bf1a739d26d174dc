"""What `grade` prints: one line for each function, and for each failure what went wrong."""

import os
import sys
import threading
import time

import click

from . import registry

MARKS = {
    "passed": ("ok", "green"),
    "todo": ("todo", "yellow"),
    "failed": ("FAIL", "red"),
    "error": ("ERROR", "red"),
    "timeout": ("TIME", "red"),
    "crashed": ("CRASH", "red"),
}
NAME_WIDTH = 46
INDENT = " " * 8


def say(text="", **options):
    """Print with colour where there is a terminal; a reader that has gone away ends no grading."""
    try:
        click.secho(text, **options)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def points(score, maximum):
    return f"{score:g} of {maximum:g}"


class Report:
    """Prints a run as it goes; told by `grading.grade` what begins and ends."""

    def __init__(self, folder):
        self.folder = folder
        self.ticker = Ticker()

    def begin(self, description, seed):
        say(f"Grading `{self.folder}`, data: {description}, seed {seed}")

    def chapter_begins(self, chapter):
        say()
        say(f"{chapter.id}  {chapter.title}", bold=True, nl=False)
        say(f"  ({self.folder}/{chapter.stem}.py)")

    def check_begins(self, function, name):
        self.ticker.start(name.replace("_", " "))

    def check_ends(self, check):
        self.ticker.stop()

    def function_ends(self, function, checks):
        echo_function(function, checks)

    def chapter_ends(self, chapter):
        say(f"  {points(chapter['score'], chapter['max_score'])} points")

    def end(self, result, following):
        """The total, and what to do next: `following` is a chapter, or None when all is done."""
        say()
        total = points(result["score"], result["max_score"])
        say(f"{total} points in {result['seconds']:.1f} s", bold=True)
        if following is not None:
            say(_next_step(result, following, self.folder))


def echo_function(function, checks):
    mark, colour = MARKS[function["status"]]
    say("  ", nl=False)
    say(f"{mark:<6}", fg=colour, nl=False)
    score = points(function["score"], function["max_score"])
    say(f"{function['name']:<{NAME_WIDTH}} {score}")
    failing = [check for check in checks if check["status"] != "passed"]
    if not failing:
        return
    for line in _blame(function):
        say(INDENT + line, bold=True)
    if function["status"] == "todo":
        say(INDENT + failing[0]["lines"][0])
        return
    # The first failure is the simplest one; but one that is understood helps more.
    shown = next((check for check in failing if check["misconception"]), failing[0])
    say(f"{INDENT}{_title(shown)}:")
    for line in "\n".join(shown["lines"]).splitlines():
        say(INDENT + line)
    others = [_title(check) for check in failing if check is not shown]
    if others:
        more = "; ..." if len(others) > 2 else ""
        say(f"{INDENT}and {len(others)} more: {'; '.join(others[:2])}{more}")


def _blame(function):
    """What stands first: that the fault is another function's, and what this one earns itself."""
    guilty = [f"`{other['name']}` ({other['id']})" for other in function["because_of"]]
    if not guilty:
        return
    does = "does" if len(guilty) == 1 else "do"
    first = "that" if len(guilty) == 1 else "those"
    yield f"`{function['name']}` fails because {' and '.join(guilty)} {does}: repair {first} first"
    if function["score_with_reference"]:
        given = points(function["score_with_reference"], function["max_score"])
        yield f"with the reference's it earns {given} points, which are given"


def _title(check):
    return check["name"].replace("_", " ")


def _next_step(result, chapter, folder):
    functions = next((c["functions"] for c in result["chapters"] if c["id"] == chapter.id), [])
    unfinished = [f for f in functions if f["status"] != "passed"]
    if not unfinished:
        return f"Next: chapter {chapter.id}, {chapter.title}: `grade run {chapter.id}`"
    first = unfinished[0]
    if first["because_of"]:
        first = first["because_of"][0]
        (chapter,) = registry.select([first["id"]])
    return f"Next: `{first['name']}` in {folder}/{chapter.stem}.py, then `grade run {chapter.id}`"


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
            shown = f"  ...   {what[:58]}: {time.perf_counter() - begin:.0f} s"
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
