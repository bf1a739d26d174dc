"""Class runs whose examiner is made up: points are what a submission's text asks for.

A file `ch1_1_numpy_arrays.py` with the text `normalize=2 one_hot=timeout` earns 2 points of the one
function, and runs out of time in the other. What is not named earns nothing.
"""

import contextlib
import re

from support.class_runs import lines, wait_for
from support.running import call_grade

from grader.classroom import course, imports
from grader.classroom import run as class_run
from grader.course import registry
from grader.course.results import ChapterResult, FunctionResult, Result, Verdict
from grader.intake.intake import HandIn

BUDGET = 60


def examine(files, options, full=False):
    """Stands in for `grader.classroom.examine.examine`; `full`: everything earns all points."""
    chapters = [_chapter(chapter, files, full) for chapter in registry.select(options["chapters"])]
    late = any(f.status == "timeout" for chapter in chapters for f in chapter.functions)
    result = Result.from_chapters(
        chapters,
        submission="x",
        dataset=options["dataset"],
        isolation=options["isolation"],
        seed=options["seed"],
        seconds=options["budget"] if late else 1,
    )
    return {"result": result.to_json(), "imports": imports.of_chapters(files)}


def _chapter(chapter, files, full):
    text = files.get(f"{chapter.stem}.py", b"").decode()
    wanted = dict(re.findall(r"(\w+)=(\w+)", text))
    functions = []
    for name, points in chapter.functions.items():
        asked = f"{points:g}" if full else wanted.get(name, "0")
        score = float(asked) if asked.isdigit() else 0.0
        status = "passed" if score == points else "timeout" if asked == "timeout" else "failed"
        check = Verdict(f"{name}_is_right", status, points=points, feedback="secret feedback")
        functions.append(FunctionResult(name, status, score == points, score, points, [check]))
    return ChapterResult.from_functions(chapter, functions)


class InThreads:
    """A pool without processes."""

    died = ()
    jobs = 1

    def settings(self, jobs):
        return {"backend": "threading", "n_jobs": 2, "pre_dispatch": 1}


class Display:
    """Shows nothing."""

    def begin(self, total, already):
        pass

    graded = broke = begin

    def end(self):
        pass


def hand_in(id, *, handed_in="", late=False, student=None, **texts):
    """A hand-in; `ch1_1="normalize=2"` is the text of that chapter."""
    stems = {"_".join(c.stem.split("_")[:2]): c.stem for c in registry.chapters()}
    files = {f"{stems[key]}.py": f"{text}\n".encode() for key, text in texts.items()}
    origins = {name: name for name in files}
    return HandIn(id, student or {"name": id}, files, (), handed_in, late, origins)


def grade(out, hand_ins, chapters="1.1", *, budget=BUDGET, regrade=(), stop=None, full=False):
    """Run the class; the chapters of each grading, and the run.

    regrade: ids, or "changed"
    stop: how many are graded before Ctrl-C
    full: see `examine`
    """
    told = []

    def examiner(files, options):
        if len(told) == stop:
            wait_for(lambda: run.graded == stop)
            raise KeyboardInterrupt
        told.append(options["chapters"])
        return examine(files, options, full)

    with contextlib.closing(course.Course(out)) as opened:
        options = class_run.options(
            registry.select(chapters.split(",")), "digits", "none", budget, work=opened.work
        )
        changed = regrade == "changed"
        run = class_run.ClassRun(opened, hand_ins, options, Display(), changed=changed)
        if regrade and not changed:
            run.regrade(list(regrade))
        with contextlib.suppress(KeyboardInterrupt):
            run.go(InThreads(), examiner)
    return told, run


def rules(out, text):
    """Write the rules of a course."""
    out.mkdir(exist_ok=True)
    (out / "course.toml").write_text(text, encoding="utf-8")


def result(out, id="ann"):
    """The line of a submission."""
    return next(line for line in lines(out) if line["submission"] == id)


def policy(out, chapter="1.1", id="ann"):
    """What the rules did to a chapter's points."""
    return next(c for c in result(out, id)["policy"]["chapters"] if c["id"] == chapter)


def typed(*args):
    """What a command prints that succeeds."""
    done = call_grade(*args)
    assert done.returncode == 0, done.stderr
    return done.stdout


DUE = """
[course]
timezone = "Europe/Berlin"
[due]
"1.1" = 2026-10-12
"1.2" = 2026-10-19T18:00:00
[late]
percent_per_day = 10
most_percent = 25
grace_minutes = 15
"""
ANN = hand_in("ann", ch1_1="normalize=6 one_hot=4", ch1_2="matrix_multiply=5 linear=5")
