"""What runs in Gradescope's container: from /autograder/submission to results/results.json.

    python -m grader.export.autograder /autograder

One process watches while another does the work, so that there is a result whatever happens to
that one. Students read the result, instructors also what is printed.
"""

import json
import subprocess
import sys
import traceback
from dataclasses import replace
from pathlib import Path

from .. import threads
from ..course import registry
from ..files import writing
from . import gradescope
from .bundle import SETTINGS

PRIVATE = ("source", "submission", "results")  # from every other user, whatever lies in there
BROKEN = (
    "The grader itself failed, which is no fault of your submission. "
    "Please tell your instructor, who can read the reason in the autograder's output."
)
HINT = "Hand in files such as `{}.py`, or a notebook or a zip of them."
# Of the minutes that Gradescope gives: to grade, and until the watching process ends the work.
TO_GRADE, TO_WATCH = 0.8, 0.95


def watch(root):
    """Have the work done; where that fails, say so in its place."""
    file = root / "results" / "results.json"
    file.unlink(missing_ok=True)
    try:
        _have_done(root)
    except Exception:
        traceback.print_exc()
    if not file.exists():
        writing.write_json(gradescope.broken(BROKEN), file)


def _have_done(root):
    for name in PRIVATE:
        (root / name).chmod(0o700)
    seconds = _settings(root)["minutes"] * 60 * TO_WATCH
    command = [sys.executable, "-m", "grader.export.autograder", str(root), "--work"]
    done = subprocess.run(command, timeout=seconds, check=False)
    print(f"the grading ended with {done.returncode}", flush=True)


def work(root):
    """Grade the submission and, last of all, write what came of it."""
    from ..intake import intake

    settings = _settings(root)
    submission = intake.read_one(root / "submission")
    if submission.files:
        document = gradescope.document(
            _grade(submission, settings),
            hide=settings["hide"],
            visibility=settings["visibility"],
            said=submission.notes,
        )
    else:
        hint = HINT.format(registry.select(settings["chapters"])[0].stem)
        document = gradescope.broken("\n".join([*submission.notes, hint]))
    writing.write_json(document, root / "results" / "results.json")


def _settings(root):
    return json.loads((root / "source" / SETTINGS).read_text(encoding="utf-8"))


def _grade(submission, settings):
    from .. import isolation
    from ..classroom import examine, grader_version, run
    from ..console.report import Report

    options = {
        "chapters": settings["chapters"],
        "dataset": settings["data"],
        "seed": run.seed_of(settings["seed"], submission.digest),  # as in `grade class`
        "isolation": settings["isolation"],
        "budget": settings["minutes"] * 60 * TO_GRADE,
        "stretch": 1.0,  # Gradescope's minutes are minutes, whoever else is at work there
    }
    try:
        result = examine.grade(submission.files, options, Report("submission"))
    except isolation.Unavailable as error:
        sys.exit(f"grade: {error}")
    return replace(result, digest=submission.digest, grader=grader_version.current())


if __name__ == "__main__":
    threads.limit_blas_threads()  # before numpy is imported
    (work if "--work" in sys.argv[2:] else watch)(Path(sys.argv[1]))
