"""Grades folders one after the other in the sandbox.

    python -m tests.support.grade_each KIND FOLDER ...

Prints one JSON line for each, as soon as it is there: the folder's name, and its result.
"""

import json
import sys
from pathlib import Path

from grader import isolation
from grader.course import registry
from grader.course.images import Images
from grader.grading import run
from grader.grading.selfcheck import Quiet
from grader.isolation.bubblewrap import Bubblewrap
from grader.isolation.landlock import Landlock

BUDGET = 6  # seconds; an honest submission needs one


def main(kind, folders, chapters=("1",)):
    sandbox = {"bubblewrap": Bubblewrap, "landlock": Landlock}[kind]()
    if reason := isolation.fault(sandbox):
        sys.exit(f"{kind}: {reason}")
    for folder in map(Path, folders):
        result = run.grade(
            folder,
            registry.select(chapters),
            images=Images("digits", "digits"),
            seed=0,
            listener=Quiet(),
            isolation=sandbox,
            budget=BUDGET,
            secret=True,
        )
        print(json.dumps([folder.name, result.to_json()]), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
