"""What a class costs: `python -m bench.classes` grades a made-up one over all chapters.

In turn its submissions are right, half done, wrong and untouched, each a little different from
the others. Prints submissions per minute, the peak of the memory of all processes together, and
what share of a submission's time went into other things than its checks.
"""

import argparse
import ast
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from grader.classroom import ledger
from grader.course import registry

ROOT = Path(__file__).resolve().parents[1]
LOOK_SECONDS = 0.2
# What makes a right function wrong; the first that fits.
SLIPS = (
    ("axis=0", "axis=1"),
    (" - ", " + "),
    (".mean(", ".sum("),
    ("np.maximum", "np.minimum"),
    (" / ", " * "),
    ("return ", "return -1 * "),
)


def make_class(folder, count):
    """As many folders of chapter files."""
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
    """The first few chapters right, as many as it comes to this one's turn."""
    done = 1 + number // 4 * 5 % (len(_stems()) - 1)
    return [
        (stem, _text("solutions" if i < done else "exercises", stem))
        for i, stem in enumerate(_stems())
    ]


def _wrong(number):
    """In every chapter one function, another one each time, with a slip in it."""
    return [
        (stem, made_wrong(text, list(chapter.functions)[number // 4 % len(chapter.functions)]))
        for chapter, (stem, text) in zip(registry.chapters(), _right(number), strict=True)
    ]


def made_wrong(text, name):
    """A chapter's text with one of its functions once more at the end, wrong."""
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


def grade(submissions, out, jobs):
    """Runs `grade class`: `(seconds, peak of the memory in bytes, most processes at once)`."""
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
        sys.exit(f"`grade class` ended with {process.returncode}")
    return time.perf_counter() - begin, peak, most


def _sizes(root):
    """Resident bytes of this process and of each that descends from it, shared pages included."""
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-class-") as folder:
        submissions, out = Path(folder, "in"), Path(folder, "out")
        make_class(submissions, options.count)
        seconds, peak, most = grade(submissions, out, options.jobs)
        results = ledger.read(out)
    _tell(results, seconds, options.jobs)
    print(f"  {peak / 2**20:.0f} MiB resident at the peak, in at most {most} processes")


def _tell(results, seconds, jobs):
    count, busy = len(results), sum(result["seconds"] for result in results)
    overhead = sum(result["overhead"] for result in results)
    print(f"{count} submissions in {seconds:.0f} s with {jobs} jobs:")
    print(f"  {60 * count / seconds:.1f} submissions per minute")
    print(f"  {busy / count:.2f} s for one, of which {overhead / count:.2f} s are startup and end,")
    print(f"  before the first check and after the last: {overhead / busy:.1%} of it")
    print(f"  {1 - busy / seconds / jobs:.1%} of the examiners' time without a submission")


if __name__ == "__main__":
    main()
