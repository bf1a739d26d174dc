"""Results as `grade class` writes them, made by hand for the tests of `grade export`."""

import json
import re

from .running import call_grade

SECRET = "MESSAGE-FOR-INSTRUCTORS"  # in every message, and never in what a student reads
SEED = 918_273_645
ESCAPE, BELL, NUL, LONE, RIGHT_TO_LEFT = "\x1b", "\x07", "\x00", "\ud800", "\u202e"
HOSTILE = (
    f"]]><script>alert(1)</script>&amp;\"'{ESCAPE}[31m{BELL}{NUL}{LONE}{RIGHT_TO_LEFT}\ufffe"
    "\x85\u2028\r\n=cmd|' /C calc'!A0,;\t@SUM(1)"
)


def check(name, status="passed", feedback="", misconception=None, message=None):
    return {
        "name": name,
        "status": status,
        "message": message or ("" if status == "passed" else f"{SECRET} {feedback}"),
        "misconception": misconception,
        "seconds": 0.0123,
        "feedback": feedback,
    }


def function(name, *checks, points=2.0, because_of=()):
    each = points / len(checks)
    worst = next((c["status"] for c in checks if c["status"] != "passed"), "passed")
    return {
        "name": name,
        "status": worst,
        "score": each * sum(c["status"] == "passed" for c in checks),
        "max_score": points,
        "checks": list(checks),
        "because_of": [{"id": id, "name": other} for id, other in because_of],
        "score_with_reference": None,
    }


def chapter(id, *functions):
    return {"id": id, "title": f"Chapter {id}", **_totals(functions), "functions": list(functions)}


def result(id="smith_1", /, *chapters, notes=(), **student):
    chapters = chapters or (CHAPTER_11, CHAPTER_32)
    return {
        "schema": 1,
        "submission": id,
        "dataset": "digits",
        "isolation": "sandbox",
        "sandbox": "bubblewrap",
        "seed": SEED,
        **_totals(chapters),
        "seconds": 3.25,
        "chapters": list(chapters),
        "student": student,
        "notes": list(notes),
        "digest": "0" * 64,
        "grader": "0.1.0+abcdefabcdef",
        "graded": "2026-11-21T07:00:00+00:00",
    }


def _totals(parts):
    return {key: float(sum(part[key] for part in parts)) for key in ("score", "max_score")}


CHAPTER_11 = chapter("1.1", function("normalize", check("normalize_has_mean_0"), points=6.0))
CHAPTER_32 = chapter(
    "3.2",
    function("relu", check("relu_is_0_below_0"), check("relu_keeps_ints", "todo", "to do")),
    function(
        "softmax",
        check("softmax_sums_to_1", "failed", "wrong values\nlikely: axis", "softmax_over_columns"),
        check("softmax_survives", "timeout", "it took too long"),
        because_of=[("1.1", "normalize")],
        points=3.0,
    ),
)


def scored(id, score, /, **student):
    """A result of so many points out of 10."""
    part = function("f", check("f_is_right"), points=10.0) | {"score": float(score)}
    return result(id, chapter("1.1", part), **student)


def written(folder, *results):
    """The results as a file of `grade run --json` if there is one, else as a class's."""
    if len(results) == 1:
        file = folder / "result.json"
        file.write_text(json.dumps(results[0]))
        return file
    (folder / "class").mkdir()
    lines = "".join(json.dumps(each) + "\n" for each in results)
    (folder / "class" / "results.jsonl").write_text(lines)
    return folder / "class"


def grade(*args):
    """`(exit code, standard output, standard error)` of `grade ARGS`, in this process."""
    done = call_grade(*args, cwd=".")
    return done.returncode, done.stdout, done.stderr


def without_tally(error):
    """The lines on standard error that tell more than how many rows of a gradebook were filled."""
    tally = re.compile(r"grade: \d+ (of \d+ rows of students were filled|left )")
    return [line for line in error.splitlines() if not tally.match(line)]


def refused(*args):
    """The one line with which `grade ARGS` declines, exit code 2."""
    code, out, error = grade(*args)
    assert (code, out) == (2, ""), (code, out, error)
    (line,) = error.splitlines()
    assert line.startswith("grade: ")
    return line
