"""`grade watch`: save a chapter's file and see at once how it does.

One thread hears of saves, one of keys, one grades; all that is printed is printed here. A save in
the middle of a run ends that run and begins another. Nothing ever goes on to the next chapter by
itself.
"""

import contextlib
import queue
import signal
import time

import click

from ..console import arguments, terminal
from ..console.report import Ticker, echo_function, echo_title, points, say, say_wrapped
from ..course import images, registry, results
from ..submission import helper_modules
from . import progress

KEYS = {
    "n": "next chapter",
    "b": "back",
    "h": "hint",
    "d": "diff",
    "l": "list",
    "r": "run again",
    "q": "quit",
}
TOGETHER = 0.5  # seconds from one file to the next that something saves many of


@click.command("watch")
@click.argument("chapter", required=False)
@click.option("--submission", metavar="DIR", help="Folder of chapter files (default: exercises).")
@click.option("--data", type=click.Choice(["auto", "mnist", "digits"]), default="auto")
def watch_command(chapter, submission, data):
    """Grade CHAPTER, and whichever chapter's file is saved from then on (default: the next one)."""
    folder = arguments.folder(submission)
    images.find(data)  # a missing data set is reported now, not in the middle of a run
    _end_when_told()
    watch = Watch(folder, data)
    chapter = arguments.chapter(chapter) if chapter else watch.following()
    watch.run(chapter or registry.chapters()[0])
    return 0


def _end_when_told():
    """A terminal that is closed, or `kill`, ends it as Ctrl-C does, and its worker with it."""
    names = ("SIGHUP", "SIGTERM")  # Windows has no SIGHUP
    told = [getattr(signal, name) for name in names if hasattr(signal, name)]

    def end(*_):
        for one in (*told, signal.SIGINT):  # a second one would stop the clearing up
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt

    for one in told:
        signal.signal(one, end)


class Watch:
    """The screen, and what happens on it."""

    def __init__(self, folder, data_name):
        self.folder, self.data_name = folder, data_name
        self.events = queue.SimpleQueue()
        self.chapter = self.left = self.examiner = None
        self.helpers = []  # the modules beside the chapters that this one uses
        self.results = {}  # function of this chapter: its result, as far as it is graded
        self.texts = {c.stem: self._functions(c) for c in registry.chapters()}  # as last graded
        self.edited = []  # the functions that the last save changed
        self.passing = {}  # (stem, function): how many of its checks passed
        self.saved_at = -TOGETHER
        self.together, self.home = [], None  # the chapters saved; the one that was watched then
        self.asked_for = None  # a function whose reference was asked for before it passed
        self.ticker = Ticker()

    def run(self, chapter):
        """Until `q`, Ctrl-C, or until the folder is gone."""
        from . import file_watcher, keyboard
        from .background import Examiner  # imports NumPy

        self.examiner = Examiner(self.folder, self._post, self._images)
        with (
            contextlib.closing(self.examiner),
            file_watcher.watching(self.folder, self._post),
            keyboard.listening(self._post),
        ):
            self._grade(chapter)
            going = True
            while going:
                event, *details = self._next_event()
                going = getattr(self, f"_on_{event}")(*details) is not False

    def following(self):
        """The next unfinished chapter after this one, else the first unfinished, or None."""
        every, state = registry.chapters(), progress.read(self.folder)
        here = every.index(self.chapter) + 1 if self.chapter else 0
        return progress.next_unfinished((*every[here:], *every[: max(here - 1, 0)]), state)

    def _post(self, event, *details):
        self.events.put((event, *details))

    def _next_event(self):
        while True:
            with contextlib.suppress(queue.Empty):
                return self.events.get(timeout=0.5)  # a wait without end hears no Ctrl-C on Windows

    def _images(self):
        return images.load(self.data_name)

    def _grade(self, chapter, edited=()):
        self.ticker.stop()
        first = edited or (self._failing() if chapter == self.chapter else ())
        if chapter != self.chapter:
            self.left = self.chapter
        self.chapter, self.edited, self.asked_for = chapter, list(edited), None
        self.helpers = helper_modules.for_chapter(self.folder, chapter.stem)
        self.results = {}
        self.began = time.perf_counter()
        self._clear()
        echo_title(chapter, f"{self.folder}/{chapter.stem}.py")
        self.examiner.grade(chapter, first)

    def _functions(self, chapter):
        """Name -> text of the functions in a chapter's file as it is now."""
        from ..submission.uses import blocks

        try:
            text = (self.folder / f"{chapter.stem}.py").read_text("utf-8", "replace")
        except OSError:
            return {}
        return blocks(text)

    def _failing(self):
        """The functions of this chapter that are not done, those edited last before the others."""
        failing = [n for n, result in self.results.items() if not result.is_done]
        return sorted(failing, key=lambda name: name not in self.edited)

    def _clear(self):
        if click.get_text_stream("stdout").isatty():
            click.clear()
        else:
            say()

    # What happens

    def _on_saved(self, stems):
        saved = [chapter for chapter in registry.chapters() if self._concerns(stems, chapter)]
        if not saved:
            return
        now = time.monotonic()
        if now - self.saved_at > TOGETHER:
            self.together, self.home = [], self.chapter
        self.saved_at = now
        self.together += [chapter for chapter in saved if chapter not in self.together]
        chosen = self.home if self.home in self.together else self.together[0]
        if chosen in saved or chosen != self.chapter:
            self._grade(chosen, self._edited(chosen))
        self.ticker.stop()
        if others := [chapter.id for chapter in self.together if chapter != chosen]:
            say_wrapped(f"Also saved: `grade run {' '.join(others)}`")

    def _concerns(self, stems, chapter):
        """Whether a chapter's file is among those saved, or a helper that the watched one uses."""
        if chapter != self.chapter or chapter.stem in stems:
            return chapter.stem in stems
        return not stems.isdisjoint(
            (*self.helpers, *helper_modules.for_chapter(self.folder, chapter.stem))
        )

    def _edited(self, chapter):
        """The functions of a chapter that were changed since this was asked last."""
        before, now = self.texts[chapter.stem], self._functions(chapter)
        self.texts[chapter.stem] = now
        return [name for name in chapter.functions if before.get(name) != now.get(name)]

    def _on_begins(self, run, check):
        self.ticker.stop()
        if run is self.examiner.run:
            self.ticker.start(check.replace("_", " "))

    def _on_verdict(self, run, function):
        self.ticker.stop()
        if run is not self.examiner.run:
            return
        echo_function(function, first=not self.results)
        self.results[function.name] = function
        self._count(function)
        self.examiner.prepare(self.chapter)  # for the next save may come before the end

    def _count(self, function):
        """How many checks pass of a function that is not done, and how many did before."""
        key, checks = (self.chapter.stem, function.name), function.checks
        before, now = self.passing.get(key), len(checks) - len(function.failing)
        if checks[0].unimportable:
            return
        self.passing[key] = now
        if not function.is_done and (now or before):
            was = "" if before is None else f", {before} before"
            say_wrapped(f"{now} of {len(checks)} checks pass{was}", "        ", bold=True)

    def _on_ends(self, run, result):
        self.ticker.stop()
        if run is not self.examiner.run:
            return
        seconds = time.perf_counter() - self.began
        self._show_foot(result, seconds, progress.record(self.folder, [result]))

    def _on_broke(self, run, reason):
        if run is self.examiner.run:
            say(f"grade: this could not be graded ({reason})", err=True)

    def _on_lost(self, reason):
        raise click.UsageError(f"{reason}: nothing is left to watch")

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
        self.ticker.stop()  # it goes on with the next check
        self.saved_at = -TOGETHER  # what is saved from now on is another matter
        going = action()
        if key in "hdl":
            self._show_keys()
        return going

    # What a key does

    def _go_on(self):
        chapter = self.following()
        if chapter is None or chapter == self.chapter:
            say("No other chapter is left to do." if chapter else "All chapters are done.")
        else:
            self._grade(chapter)

    def _go_back(self):
        if self.left:
            self._grade(self.left)
        else:
            say("No other chapter was watched yet.")

    def _hint(self):
        from . import hints

        say()
        failing, state = self._failing(), progress.read(self.folder)
        if not failing and self.results.keys() != self.chapter.functions.keys():
            say("It is still being graded: press h again once the verdict is there.")
            return
        state[self.chapter.id] = self._so_far()
        found = hints.unfinished(self.chapter, state, failing)
        if not found:
            say(f"Nothing of chapter {self.chapter.id} fails: there is nothing to hint at.")
        elif hints.show_next(self.folder, *found):
            say("That is the last hint; d shows the reference once yours passes.")
        else:
            say("Press h again for a hint that tells more.")

    def _so_far(self):
        """This chapter's part of the progress, as far as it is graded."""
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
            say(f"`{unproven}` {fact}. Press d again to see the reference all the same.")
            return
        for name in names:
            if name in (*passing, unproven):
                diff.show(self.chapter, name, self.folder, timed=name in passing)

    def _standing(self, name):
        """None while it is being graded."""
        return self.results[name].status_or_done if name in self.results else None

    def _list(self):
        from . import board

        say()
        board.show(self.folder)

    def _show_foot(self, result, seconds, state):
        score, full = progress.course_score(state)
        say(f"  {points(result.score, result.max_score)} points in {seconds:.2f} s\n")
        say(f"{terminal.bar(score / full)} of the course")
        if result.is_done:
            following = self.following()
            say_wrapped(
                f"Chapter {self.chapter.id} is done. Press d to compare with the reference"
                + (f", n to go on to {following.id}." if following else ".")
            )
            if missing := progress.next_function(state, self.chapter):
                say_wrapped(
                    "It still waits for `{1}` ({0}), which h has a hint for.".format(*missing)
                )
        self._show_keys()

    def _show_keys(self):
        say("   ".join(f"{key} {what}" for key, what in KEYS.items()), dim=True)
