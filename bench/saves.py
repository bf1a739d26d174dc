"""Measures the time from a save to its verdict: `python -m bench.saves [CHAPTER ...]`.

Runs `grade watch` in a pseudo-terminal, and makes each function of the chapters wrong and right
again in turn, every other time through a rename. Between a verdict and the next save it waits as
long as somebody who reads and types at the very least; meanwhile the next worker imports NumPy, and
SciPy for chapter 4.2. Prints the median per function, compared with a cold `grade run` of the
chapter.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from pathlib import Path

from . import arguments, processes
from .submissions import ENVIRONMENT, GRADE, ROOT, made_wrong, run

SAVES = 8
PAUSE = 1.0  # seconds between a verdict and the next save
VERDICT = r"(?:ok|works|FAIL|ERROR)\W[^\n]*?[m ]{name} +[\d.]+ of"


def main() -> None:
    command = arguments.parser("bench.saves", __doc__)
    command.add_argument("chapters", nargs="*", help="as in `grade run` (default: all)")
    chapters = arguments.chapters(command, command.parse_args().chapters)
    cold = {}
    for chapter, name, waits in measure(chapters, cold):
        median, longest = statistics.median(waits), max(waits)
        print(
            f"{chapter.id} {name:<26} median {1000 * median:4.0f} ms, longest "
            f"{1000 * longest:4.0f}, {median / cold[chapter.id]:.2f} of a cold run",
            flush=True,
        )


def measure(chapters, cold=None):
    """Yield `(chapter, function, [seconds from each save to its verdict])`.

    If `cold` is a dictionary, it receives the seconds of `grade run` by chapter id.
    """
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "exercises"
        shutil.copytree(ROOT / "solutions", folder)
        for chapter in chapters:
            if cold is not None:
                cold[chapter.id] = _seconds(run, [*GRADE, "run", chapter.id], home)
            for name, waits in _watched(home, folder / f"{chapter.stem}.py", chapter):
                yield chapter, name, waits


def _watched(home, file, chapter):
    """Yield `(function, [seconds from each save to its verdict])`."""
    import pexpect  # here, because the other measurements of `bench.speed` do without it

    python, *command = [*GRADE, "watch", chapter.id]
    environment = ENVIRONMENT | {"TERM": "xterm"}
    terminal = pexpect.spawn(
        python, command, cwd=home, env=environment, encoding="utf-8", timeout=120
    )
    terminal.expect_exact("q quit")
    right = file.read_text(encoding="utf-8")
    for name in chapter.functions:
        wrong = made_wrong(right, name)
        texts = [wrong, right] * (SAVES // 2)
        yield name, [_wait(terminal, file, text, name, i % 4 > 1) for i, text in enumerate(texts)]
    terminal.send("q")
    terminal.expect(pexpect.EOF)
    terminal.close()


def _wait(terminal, file, text, name, rename):
    time.sleep(PAUSE)
    begin = time.perf_counter()
    if rename:
        file.with_suffix(".new").write_text(text, encoding="utf-8")
        file.with_suffix(".new").replace(file)
    else:
        file.write_text(text, encoding="utf-8")
    terminal.expect(VERDICT.format(name=name))
    waited = time.perf_counter() - begin
    terminal.expect_exact("q quit")
    return waited


def _seconds(function, *arguments):
    begin = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - begin


if __name__ == "__main__":
    processes.run(main)
