"""What the tests of `grade class` share: small classes, runs in a process of their own."""

import json
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

from .running import EXERCISES, PATIENCE, ROOT, SOLUTIONS

CHAPTERS = ("ch1_1_numpy_arrays", "ch1_2_matrix_operations", "ch1_3_activation_basics")
CHANGING = ("seconds", "overhead", "graded")  # from one grading to the next


def make_class(folder, count):
    """Submissions to module 1, right, half done, wrong and untouched ones; their ids."""
    ids = [f"student-{number:03}" for number in range(count)]
    for number, id in enumerate(ids):
        make_submission(folder / id, ("right", "half", "wrong", "stub")[number % 4], id)
    return ids


def make_submission(folder, kind, mark=""):
    folder.mkdir(parents=True, exist_ok=True)
    for number, stem in enumerate(CHAPTERS):
        solved = kind in ("right", "wrong") or (kind == "half" and number == 0)
        source = ((SOLUTIONS if solved else EXERCISES) / f"{stem}.py").read_text(encoding="utf-8")
        if kind == "wrong":
            source = source.replace("X @ W", "X @ W + 1").replace(".mean()", ".max()")
        (folder / f"{stem}.py").write_text(f"{source}\n# {mark}\n", encoding="utf-8")
    return folder


def make_hanging(folder, count):
    """Submissions that are graded last and take ten seconds on any machine; their folders.

    With them a run is in the middle of its work for as long as a test needs that.
    """
    folders = [make_submission(folder / f"waiting-{number}", "stub") for number in range(count)]
    for path in folders:
        (path / f"{CHAPTERS[0]}.py").write_text("while True:\n    pass\n", encoding="utf-8")
    return folders


def command(submissions, out, *options):
    return [
        *(sys.executable, "-m", "grader", "class", str(submissions), "--out", str(out)),
        *("--chapters", "1", "--data", "digits", *map(str, options)),
    ]


def start(submissions, out, *options, mark=None):
    """The run as a process; `mark` is in the environment of all that it starts."""
    return subprocess.Popen(
        command(submissions, out, *options),
        cwd=ROOT,
        env=os.environ | {"CLASS_TEST": mark or uuid.uuid4().hex},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a Ctrl-C of ours is for it alone
    )


def run(submissions, out, *options):
    """`(exit code, standard output, standard error)`."""
    process = start(submissions, out, *options)
    stdout, stderr = process.communicate(timeout=PATIENCE)
    assert "Traceback" not in stdout + stderr, stdout + stderr
    return process.returncode, stdout, stderr


def lines(out):
    """The results as they stand in the file, each by itself."""
    text = (Path(out) / "results.jsonl").read_text(encoding="ascii")
    return [json.loads(line) for line in text.splitlines()]


def lasting(result):
    """A result without what differs from one grading to the next."""
    if isinstance(result, dict):
        return {key: lasting(value) for key, value in result.items() if key not in CHANGING}
    return [lasting(item) for item in result] if isinstance(result, list) else result


def by_id(out):
    """id -> what lasts of its result; each is there once."""
    found = lines(out)
    assert len({result["submission"] for result in found}) == len(found)
    return {result["submission"]: lasting(result) for result in found}


def marked(mark):
    """The processes with this mark in their environment."""
    wanted = f"CLASS_TEST={mark}".encode()
    found = []
    for file in Path("/proc").glob("[0-9]*/environ"):
        try:
            if wanted in file.read_bytes().split(b"\0"):
                found.append(int(file.parent.name))
        except OSError:
            continue
    return found


def examiner_processes(process, mark):
    """The processes that grade for it."""
    found = []
    for pid in marked(mark):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == process.pid and b"loky" in command and b"resource_tracker" not in command:
            found.append(pid)
    return found


def wait_for(condition, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def copied(graded, tmp_path):
    """A copy of the graded class that a test may change."""
    for name, path in (("in", graded[0]), ("out", graded[1])):
        subprocess.run(["cp", "-r", str(path), str(tmp_path / name)], check=True)
    return tmp_path / "in", tmp_path / "out"


def graded_so_far(out):
    """How many results a run has written."""
    file = out / "results.jsonl"
    return file.read_bytes().count(b"\n") if file.exists() else 0


def plain_result(options):
    """The result of a submission without functions, as an examiner returns it."""
    return {
        "schema": 1,
        "submission": "one",
        "dataset": options["dataset"],
        "isolation": options["isolation"],
        "sandbox": None,
        "seed": options["seed"],
        "score": 1.0,
        "max_score": 2.0,
        "seconds": 0.1,
        "chapters": [
            {"id": id, "score": 1.0, "max_score": 2.0, "functions": []}
            for id in options["chapters"]
        ],
    }
