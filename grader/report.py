"""What `grade` prints: one line for each function, and for each failure what went wrong."""

import os
import sys
import threading
import time

import click

from . import results

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
        self.function, self.checks = None, []
        self.ticker = Ticker()

    def begin(self, description, seed):
        say(f"Grading `{self.folder}`, data: {description}, seed {seed}")

    def chapter_begins(self, chapter):
        say()
        say(f"{chapter.id}  {chapter.title}", bold=True, nl=False)
        say(f"  ({self.folder}/{chapter.stem}.py)")

    def check_begins(self, function, name):
        if function != self.function:
            self._end_function()
            self.function = function
        self.ticker.start(name.replace("_", " "))

    def check_ends(self, check):
        self.ticker.stop()
        self.checks.append(check)

    def chapter_ends(self, chapter):
        self._end_function()
        self.function = None
        say(f"  {points(chapter['score'], chapter['max_score'])} points")

    def _end_function(self):
        if self.checks:
            _echo_function(results.function_result(self.function, self.checks), self.checks)
        self.checks = []

    def end(self, result, following):
        """The total, and what to do next: `following` is a chapter, or None when all is done."""
        say()
        total = points(result["score"], result["max_score"])
        say(f"{total} points in {result['seconds']:.1f} s", bold=True)
        if following is not None:
            say(_next_step(result, following, self.folder))


def _echo_function(function, checks):
    mark, colour = MARKS[function["status"]]
    say("  ", nl=False)
    say(f"{mark:<6}", fg=colour, nl=False)
    score = points(function["score"], function["max_score"])
    say(f"{function['name']:<{NAME_WIDTH}} {score}")
    failing = [check for check in checks if check["status"] != "passed"]
    if not failing:
        return
    if function["status"] == "todo":
        say(INDENT + failing[0]["lines"][0])
        return
    first, *others = (check["name"].replace("_", " ") for check in failing)
    say(f"{INDENT}{first}:")
    for line in "\n".join(failing[0]["lines"]).splitlines():
        say(INDENT + line)
    if others:
        more = "; ..." if len(others) > 2 else ""
        say(f"{INDENT}and {len(others)} more: {'; '.join(others[:2])}{more}")


def _next_step(result, chapter, folder):
    functions = next((c["functions"] for c in result["chapters"] if c["id"] == chapter.id), [])
    unfinished = [f["name"] for f in functions if f["status"] != "passed"]
    if not unfinished:
        return f"Next: chapter {chapter.id}, {chapter.title}: `grade run {chapter.id}`"
    return f"Next: `{unfinished[0]}` in {folder}/{chapter.stem}.py, then `grade run {chapter.id}`"


class Ticker:
    """Says on stderr that a long check is still at work: often on a terminal, rarely in a log."""

    def __init__(self):
        self.stopped = threading.Event()

    def start(self, what):
        self.stopped = threading.Event()
        work = self._rewrite if sys.stderr.isatty() else self._log
        threading.Thread(target=work, args=(what, self.stopped), daemon=True).start()

    def stop(self):
        self.stopped.set()

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
