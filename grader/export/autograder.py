"""Runs in Gradescope's container: grades /autograder/submission, writes results/results.json.

    python -m grader.export.autograder /autograder

One process supervises another one that does the work, so that there is always a result. Students
read the result; instructors also read the printed output.
"""

from __future__ import annotations

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

PRIVATE = ("source", "submission", "results")  # folders that no other user may enter
BROKEN = (
    "The grader itself failed; your submission is not at fault. "
    "Please tell your instructor, who finds the reason in the autograder's output."
)
HINT = "Submit files such as `{}.py`, or a notebook, or a zip of them."
# Shares of Gradescope's time limit: for grading, and until the supervisor ends the work.
TO_GRADE, TO_SUPERVISE = 0.8, 0.95


def supervise(root: Path) -> None:
    """Run the work in another process; if that fails, write a result that says so."""
    file = root / "results" / "results.json"
    file.unlink(missing_ok=True)
    try:
        _run_work(root)
    except Exception:
        traceback.print_exc()
    if not file.exists():
        writing.write_json(gradescope.broken(BROKEN), file)


def _run_work(root):
    for name in PRIVATE:
        (root / name).chmod(0o700)
    seconds = _settings(root)["minutes"] * 60 * TO_SUPERVISE
    command = [sys.executable, "-m", "grader.export.autograder", str(root), "--work"]
    done = subprocess.run(command, timeout=seconds, check=False)
    print(f"the grading exited with code {done.returncode}", flush=True)


def work(root: Path) -> None:
    """Grade the submission and write the result at the end."""
    from ..intake import intake

    settings = _settings(root)
    hand_in = intake.read_one(root / "submission")
    if hand_in.files:
        document = gradescope.document(
            _grade(hand_in, settings),
            hide=settings["hide"],
            visibility=settings["visibility"],
            notes=hand_in.notes,
        )
    else:
        hint = HINT.format(registry.select(settings["chapters"])[0].stem)
        document = gradescope.broken("\n".join([*hand_in.notes, hint]))
    writing.write_json(document, root / "results" / "results.json")


def _settings(root):
    return json.loads((root / "source" / SETTINGS).read_text(encoding="utf-8"))


def _grade(hand_in, settings):
    from .. import isolation
    from ..classroom import examine, grader_version, run
    from ..console.report import Report

    options = {
        "chapters": settings["chapters"],
        "dataset": settings["data"],
        "seed": run.seed_of(settings["seed"], hand_in.digest),  # as in `grade class`
        "isolation": settings["isolation"],
        "budget": settings["minutes"] * 60 * TO_GRADE,
        "hide": settings["hide"],
        "stretch": 1.0,  # minutes of Gradescope count, whatever else runs there
    }
    try:
        result = examine.grade(hand_in.files, options, Report(Path("submission"), everything=True))
    except isolation.Unavailable as error:
        sys.exit(f"grade: {error}")
    return replace(result, digest=hand_in.digest, grader=grader_version.current())


if __name__ == "__main__":
    threads.limit_blas_threads()  # before numpy is imported
    (work if "--work" in sys.argv[2:] else supervise)(Path(sys.argv[1]))
