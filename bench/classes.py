"""Measures the cost of a class: `python -m bench.classes` grades a made-up one on all chapters.

Its submissions are right, half done, wrong and untouched in turn, each slightly different. Prints
submissions per minute, the peak memory of all processes together, and the share of a submission's
time that was spent outside of its checks.
"""

from __future__ import annotations

import argparse
import ast
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from grader.classroom import ledger
from grader.course import registry

if TYPE_CHECKING:
    pass

ROOT = Path(__file__).resolve().parents[1]
LOOK_SECONDS = 0.2
# Replacements that make a right function wrong; the first one that applies is used.
SLIPS = (
    ("axis=0", "axis=1"),
    (" - ", " + "),
    (".mean(", ".sum("),
    ("np.maximum", "np.minimum"),
    (" / ", " * "),
    ("return ", "return -1 * "),
)


def make_class(folder: Path, count: int) -> None:
    """Make `count` folders of chapter files."""
    kinds = (_right, _half_done, _wrong, _untouched)
    for number in range(count):
        target = folder / f"student-{number:03}"
        target.mkdir(parents=True)
        for stem, text in kinds[number % len(kinds)](number):
            (target / f"{stem}.py").write_text(f"{text}\n# {number}\n", encoding="utf-8")


def _right(number):
    return [(stem, _text("solutions", stem)) for stem in _stems()]


def _untouched(number):
    return [(stem, _text("exercises", stem)) for stem in _stems()]


def _half_done(number):
    """The first chapters right, a different number of them each time."""
    done = 1 + number // 4 * 5 % (len(_stems()) - 1)
    return [
        (stem, _text("solutions" if i < done else "exercises", stem))
        for i, stem in enumerate(_stems())
    ]


def _wrong(number):
    """One wrong function per chapter, a different one each time."""
    return [
        (stem, made_wrong(text, list(chapter.functions)[number // 4 % len(chapter.functions)]))
        for chapter, (stem, text) in zip(registry.chapters(), _right(number), strict=True)
    ]


def made_wrong(text: str, name: str) -> str:
    """Return a chapter's text with a wrong version of one function added at the end."""
    (node,) = [node for node in ast.parse(text).body if getattr(node, "name", None) == name]
    node.body = node.body[1:]  # without the docstring
    source = ast.unparse(node)
    for right, wrong in SLIPS:
        if right in source:
            return f"{text}\n\n{source.replace(right, wrong, 1)}\n"
    return text


def _stems():
    return [chapter.stem for chapter in registry.chapters()]


def _text(folder, stem):
    return (ROOT / folder / f"{stem}.py").read_text(encoding="utf-8")


def grade(submissions: Path, out: Path, jobs: int) -> tuple[float, int, int]:
    """Run `grade class`; return `(seconds, peak memory in bytes, most processes at once)`."""
    begin, peak, most = time.perf_counter(), 0, 0
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "grader", "class", str(submissions), "--out", str(out)),
            *("--jobs", str(jobs), "--data", "digits"),
        ],
        cwd=ROOT,
    )
    while process.poll() is None:
        sizes = _sizes(process.pid)
        peak, most = max(peak, sum(sizes)), max(most, len(sizes))
        time.sleep(LOOK_SECONDS)
    if process.returncode:
        sys.exit(f"`grade class` exited with code {process.returncode}")
    return time.perf_counter() - begin, peak, most


def _sizes(root):
    """The resident bytes of a process and of all its descendants, including shared pages."""
    parents, sizes = {}, {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            pid = int(folder.name)
            parents[pid] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            pages = int((folder / "statm").read_text().split()[1])
        except OSError:  # it has ended
            continue
        sizes[pid] = pages * os.sysconf("SC_PAGE_SIZE")
    family = {root}
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return [sizes[pid] for pid in family & sizes.keys()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-class-") as folder:
        submissions, out = Path(folder, "in"), Path(folder, "out")
        make_class(submissions, options.count)
        seconds, peak, most = grade(submissions, out, options.jobs)
        results = ledger.read(out)
    _print_rates(results, seconds, options.jobs)
    print(f"  {peak / 2**20:.0f} MiB resident at the peak, in at most {most} processes")


def _print_rates(results, seconds, jobs):
    count, busy = len(results), sum(result.seconds for result in results)
    overhead = sum(result.overhead for result in results)
    print(f"{count} submissions in {seconds:.0f} s with {jobs} jobs:")
    print(f"  {60 * count / seconds:.1f} submissions per minute")
    print(f"  {busy / count:.2f} s per submission, including {overhead / count:.2f} s before the")
    print(f"  first check and after the last one: {overhead / busy:.1%} of it")
    print(f"  {1 - busy / seconds / jobs:.1%} of the examiners' time was idle")


if __name__ == "__main__":
    main()
