"""Measures the cost of a class: `python -m bench.classes` grades a made-up one on all chapters.

Its submissions are right, half done, wrong and untouched in turn, each slightly different. Prints
submissions per minute, the peak memory of all processes together, and the share of a submission's
time that was spent outside of its checks.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.classroom import ledger
from grader.course import registry

from . import arguments, processes
from .submissions import GRADE, ROOT, made_wrong, text_of

LOOK_SECONDS = 0.2


def make_class(folder: Path, count: int) -> None:
    """Make `count` folders of chapter files."""
    kinds = (_right, _half_done, _wrong, _untouched)
    for number in range(count):
        target = folder / f"student-{number:03}"
        target.mkdir(parents=True)
        for chapter, text in zip(registry.chapters(), kinds[number % 4](number // 4), strict=True):
            (target / f"{chapter.stem}.py").write_text(f"{text}\n# {number}\n", encoding="utf-8")


# The texts of the chapters, for the first, second, ... submission of a kind.


def _right(number):
    return [text_of("solutions", chapter.stem) for chapter in registry.chapters()]


def _untouched(number):
    return [text_of("exercises", chapter.stem) for chapter in registry.chapters()]


def _half_done(number):
    """The first chapters right, a different number of them each time."""
    right, untouched = _right(number), _untouched(number)
    done = 1 + 5 * number % (len(right) - 1)
    return right[:done] + untouched[done:]


def _wrong(number):
    """One wrong function per chapter, a different one each time."""
    functions = [list(chapter.functions) for chapter in registry.chapters()]
    pairs = zip(_right(number), functions, strict=True)
    return [made_wrong(text, names[number % len(names)]) for text, names in pairs]


def grade(submissions: Path, out: Path, jobs: int) -> tuple[float, int, int]:
    """Run `grade class`; return `(seconds, peak memory in bytes, most processes at once)`."""
    begin, peak, most = time.perf_counter(), 0, 0
    process = subprocess.Popen(
        [
            *(*GRADE, "class", str(submissions), "--out", str(out)),
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
    parser = arguments.parser("bench.classes", __doc__)
    parser.add_argument("--count", type=arguments.positive, default=100)
    parser.add_argument("--jobs", type=arguments.positive, default=os.cpu_count())
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
    processes.run(main)
