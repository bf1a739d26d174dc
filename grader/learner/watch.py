"""`grade watch`: grades a chapter's file every time it is saved.

One thread watches for saves, one reads keys, one grades; all printing happens here. A save in the
middle of a run ends that run and starts another. The next chapter is never started automatically.
"""

from __future__ import annotations

import contextlib
import queue
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..console import arguments, terminal
from ..console.function import (
    InFull,
    command_for,
    echo_function,
    echo_line,
    echo_line_at_fault,
    echo_title,
    indent,
)
from ..console.printing import is_unread, points, say, say_wrapped
from ..console.ticker import Ticker
from ..course import images, registry, results
from ..files.reading import read_text
from ..submission import helper_modules
from . import progress

if TYPE_CHECKING:
    from ..course.registry import Chapter

KEYS = {
    "n": "next chapter",
    "b": "back",
    "h": "hint",
    "d": "diff",
    "l": "list",
    "r": "run again",
    "q": "quit",
}
BURST_SECONDS = 0.5  # between two files of one burst, when something saves many at once


@click.command("watch")
@click.argument("chapter", required=False)
@click.option("--submission", metavar="DIR", help="Folder of chapter files (default: exercises).")
@arguments.data_option
def watch_command(chapter: str | None, submission: str | None, data: str) -> int:
    """Grade CHAPTER (default: the next one), then every chapter whose file is saved."""
    folder = arguments.folder(submission)
    images.find(data)  # report a missing data set now, not in the middle of a run
    _end_on_signals()
    watch = WatchScreen(folder, data, arguments.submission_option(submission))
    chosen = arguments.chapter(chapter) if chapter else watch.following()
    watch.run(chosen or registry.chapters()[0])
    return 0


def _end_on_signals():
    """Treat `kill` and a closed terminal like Ctrl-C, so that the worker ends, too."""
    names = ("SIGHUP", "SIGTERM")  # Windows has no SIGHUP
    signals = [getattr(signal, name) for name in names if hasattr(signal, name)]

    def end(*_):
        for number in (*signals, signal.SIGINT):  # a second one would interrupt the cleanup
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in signals:
        signal.signal(number, end)


class WatchScreen:
    """The screen of `grade watch`: handles saves, keys and verdicts, and prints."""

    def __init__(self, folder: Path, data_name: str, options: str = "") -> None:
        """`options` is added to the commands that are shown, with a space before it."""
        self.folder, self.data_name, self.options = folder, data_name, options
        self.events: queue.SimpleQueue[tuple] = queue.SimpleQueue()
        self.chapter: Any = None  # the `Chapter` being watched
        self.grader: Any = None  # the `BackgroundGrader`
        self.previous_chapter: Chapter | None = None
        self.helpers: list[str] = []  # the learner's own helper modules that this chapter uses
        self.results: dict[
            str, results.FunctionResult
        ] = {}  # function of this chapter: its result, once graded
        self.texts = {c.stem: self._functions(c) for c in registry.chapters()}  # as last graded
        self.edited: list[str] = []  # the functions that the last save changed
        self.passing: dict[tuple[str, str], int] = {}  # (stem, function): passed checks
        self.saved_at = -BURST_SECONDS
        self.burst: list[Chapter] = []  # the chapters saved in the current burst
        self.chapter_before_burst: Chapter | None = None
        self.in_full = InFull()
        self.asked_for: str | None = None  # the function whose reference d will show
        self.ticker = Ticker()

    def run(self, chapter: Chapter) -> None:
        """Watch until `q` or Ctrl-C, or until the folder is gone."""
        from . import file_watcher, keyboard
        from .background import BackgroundGrader  # imports NumPy

        self.grader = BackgroundGrader(self.folder, self._post, self._images)
        with (
            contextlib.closing(self.grader),
            file_watcher.watching(self.folder, self._post),
            keyboard.listening(self._post),
        ):
            self._grade(chapter)
            going = True
            while going:
                event, *details = self._next_event()
                going = getattr(self, f"_on_{event}")(*details) is not False

    def following(self) -> Chapter | None:
        """Return the next unfinished chapter after this one, else the first unfinished, or None."""
        every, state = registry.chapters(), progress.read(self.folder)
        here = every.index(self.chapter) + 1 if self.chapter else 0
        return progress.next_unfinished((*every[here:], *every[: max(here - 1, 0)]), state)

    def _post(self, event, *details):
        self.events.put((event, *details))

    def _next_event(self):
        while not is_unread():
            with contextlib.suppress(queue.Empty):
                return self.events.get(timeout=0.5)  # Ctrl-C cannot end a longer wait on Windows
        return "key", "q"

    def _images(self):
        return images.load(self.data_name)

    def _grade(self, chapter, edited=()):
        self.ticker.stop()
        first = edited or (self._failing() if chapter == self.chapter else ())
        if chapter != self.chapter:
            self.previous_chapter = self.chapter
        self.chapter, self.edited, self.asked_for = chapter, list(edited), None
        self.helpers = helper_modules.for_chapter(self.folder, chapter.stem)
        self.results = {}
        self.in_full = InFull()
        self.began = time.perf_counter()
        self.begun = progress.begin(self.folder, [chapter])
        self._clear()
        echo_title(chapter, f"{self.folder}/{chapter.stem}.py")
        self.grader.grade(chapter, first)

    def _functions(self, chapter):
        """Map the names of the functions in a chapter's file to their texts."""
        from ..submission.uses import blocks

        return blocks(read_text(self.folder / f"{chapter.stem}.py"))

    def _failing(self):
        """The functions of this chapter that are not done, those just edited first."""
        failing = [n for n, result in self.results.items() if not result.is_done]
        return sorted(failing, key=lambda n: (n not in self.edited, self.results[n].works))

    def _clear(self):
        if sys.stdout.isatty():
            click.clear()
        else:
            say()

    # Events

    def _on_saved(self, stems):
        saved = [chapter for chapter in registry.chapters() if self._concerns(stems, chapter)]
        if not saved:
            return
        now = time.monotonic()
        if now - self.saved_at > BURST_SECONDS:
            self.burst, self.chapter_before_burst = [], self.chapter
        self.saved_at = now
        self.burst += [chapter for chapter in saved if chapter not in self.burst]
        before = self.chapter_before_burst
        chosen = before if before in self.burst else self.burst[0]
        if chosen in saved or chosen != self.chapter:
            self._grade(chosen, self._edited(chosen))
        self.ticker.stop()
        if others := [chapter.id for chapter in self.burst if chapter != chosen]:
            say_wrapped(f"Also saved: `grade run {' '.join(others)}{self.options}`")

    def _concerns(self, stems, chapter):
        """True if a chapter's file was saved, or a helper module of the watched chapter."""
        if chapter != self.chapter or chapter.stem in stems:
            return chapter.stem in stems
        return not stems.isdisjoint(
            (*self.helpers, *helper_modules.for_chapter(self.folder, chapter.stem))
        )

    def _edited(self, chapter):
        """The functions of a chapter that changed since the last call."""
        before, now = self.texts[chapter.stem], self._functions(chapter)
        self.texts[chapter.stem] = now
        return [name for name in chapter.functions if before.get(name) != now.get(name)]

    def _on_begins(self, run, check):
        self.ticker.stop()
        if run is self.grader.run:
            self.ticker.start(check.replace("_", " "))

    def _on_verdict(self, run, function):
        self.ticker.stop()
        if run is not self.grader.run:
            return
        in_full = self.in_full.wants(function)
        if in_full:
            self._show_in_full(function, first=not self.results)
        else:
            echo_line(function)
        self.results[function.name] = function
        self._count(function, in_full)
        self.grader.prepare(self.chapter)  # the next save may come before this run ends

    def _show_in_full(self, function, first=True):
        for_more = command_for(self.chapter.id, function.name, whole=True, options=self.options)
        echo_function(function, first, for_more=for_more)

    def _count(self, function, in_full):
        """Print how many checks of an unfinished function pass, and how many did before.

        For a function that is reported in one line, only print it if the number changed.
        """
        key, checks = (self.chapter.stem, function.name), function.checks
        before, now = self.passing.get(key), len(checks) - len(function.failing)
        if checks[0].unimportable:
            return
        self.passing[key] = now
        news = in_full or before not in (None, now)
        if not function.is_done and news and (now or before):
            was = "" if before is None else f", {before} before"
            say_wrapped(f"{now} of {len(checks)} checks pass{was}", indent(), bold=True)

    def _on_ends(self, run, result):
        self.ticker.stop()
        if run is not self.grader.run:
            return
        if last := self.in_full.last():
            say()
            self._show_in_full(last)
        seconds = time.perf_counter() - self.began
        self._show_foot(result, seconds, progress.record(self.folder, [result], begun=self.begun))

    def _on_line(self, run, function):
        if run is self.grader.run:
            self.ticker.stop()
            say()
            echo_line_at_fault(function)
            self._show_keys()

    def _on_broke(self, run, reason):
        if run is self.grader.run:
            say(f"grade: grading failed ({reason})", err=True)

    def _on_lost(self, reason):
        raise click.UsageError(f"{reason}: there is nothing left to watch")

    def _on_key(self, key):
        action = {
            "n": self._go_on,
            "b": self._go_back,
            "h": self._hint,
            "d": self._diff,
            "l": self._list,
            "r": lambda: self._grade(self.chapter, self.edited),
            "q": lambda: False,
        }.get(key, self._show_keys)
        self.ticker.stop()  # it restarts with the next check
        self.saved_at = -BURST_SECONDS  # a key ends the burst
        going = action()
        if key in "hdl":
            self._show_keys()
        return going

    # Keys

    def _go_on(self):
        chapter = self.following()
        if chapter is None or chapter == self.chapter:
            say_wrapped("No other chapter is unfinished." if chapter else "All chapters are done.")
        else:
            self._grade(chapter)

    def _go_back(self):
        if self.previous_chapter:
            self._grade(self.previous_chapter)
        else:
            say_wrapped("No other chapter has been watched yet.")

    def _hint(self):
        from . import hints

        say()
        failing, state = self._failing(), progress.read(self.folder)
        if not failing and self.results.keys() != self.chapter.functions.keys():
            say_wrapped("Grading is still in progress: press h again when it is finished.")
            return
        state[self.chapter.id] = self._so_far()
        unfinished = hints.unfinished(self.chapter, state, failing)
        if not unfinished:
            say_wrapped(f"Chapter {self.chapter.id} has no failing function: no hint needed.")
        elif hints.show_next(self.folder, *unfinished):
            say_wrapped("That is the last hint; d shows the reference once yours passes.")
        else:
            say_wrapped("Press h again for a more detailed hint.")

    def _so_far(self):
        """This chapter's entry in the progress, from the results so far."""
        so_far = results.ChapterResult.from_functions(self.chapter, self.results.values())
        return progress.summary_of(so_far) | {"changed": False}

    def _diff(self):
        from . import diff

        names = self.edited or list(self.chapter.functions)
        passing = [name for name in names if self._standing(name) == "passed"]
        unproven = next((name for name in names if name not in passing), None)
        say()
        if unproven and self.asked_for != unproven:
            self.asked_for = unproven
            fact = "does not pass yet" if self._standing(unproven) else "is still being graded"
            say_wrapped(f"`{unproven}` {fact}. Press d again to see the reference anyway.")
            return
        for name in names:
            if name in (*passing, unproven):
                diff.show(self.chapter, name, self.folder, timed=name in passing)

    def _standing(self, name):
        """The function's status, or None while it is being graded."""
        return self.results[name].status_or_done if name in self.results else None

    def _list(self):
        from . import board

        say()
        board.show(self.folder)

    def _show_foot(self, result, seconds, state):
        score, full = progress.course_score(state)
        say(f"  {points(result.score, result.max_score)} points in {seconds:.2f} s\n")
        say(terminal.bar(score / full, beside=" of the course"))
        if result.is_done:
            following = self.following()
            say_wrapped(
                f"Chapter {self.chapter.id} is done. Press d to compare with the reference"
                + (f", n to go on to {following.id}." if following else ".")
            )
            if missing := progress.next_function(state, self.chapter):
                say_wrapped("It still depends on `{1}` ({0}): press h for a hint.".format(*missing))
        elif result.works and (following := self.following()):
            say_wrapped(
                f"Chapter {self.chapter.id} works. Its finishing touches can wait: press n to go "
                f"on to {following.id}."
            )
        self._show_keys()

    def _show_keys(self):
        for line in terminal.in_lines(f"{key} {action}" for key, action in KEYS.items()):
            say(line, dim=True)
