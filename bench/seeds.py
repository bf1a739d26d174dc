"""Tests that no check ever fails the reference: `python -m bench.seeds`.

Every check with random inputs runs once for each of many seeds, on the digits; the others run
once. Prints the failures, and exits with 1 if there are any.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterable
from concurrent.futures import as_completed
from pathlib import Path

from . import arguments, processes

SUBMISSION = Path(__file__).resolve().parents[1] / "solutions"


def failures(
    seeds: Iterable[int], names: list[str], submission: Path
) -> tuple[int, list[tuple[int, str, str]]]:
    """Return `(number of checks run, [(seed, check, message)])`; runs in its own process."""
    from grader import threads

    threads.limit_blas_threads()
    import data
    from grader.boundary.workers import Workers
    from grader.course import registry
    from grader.grading import checks

    dataset, workers = data.load("digits"), Workers(submission)
    count, failed = 0, []
    for seed in seeds:
        for chapter in registry.select(names):
            stem = chapter.stem
            for check in [c for name in chapter.functions for c in checks.for_function(stem, name)]:
                drawn = "rng" in inspect.signature(check.test).parameters
                if not drawn and seed:
                    continue
                finding = check.run(workers, stem, seed, dataset).finding
                count += 1
                if finding:
                    failed.append((seed, check.name, str(finding)))
    workers.close()
    return count, failed


def main() -> int:
    parser = arguments.parser("bench.seeds", __doc__)
    parser.add_argument("chapters", nargs="*", help="as in `grade run` (default: all)")
    parser.add_argument("--seeds", type=arguments.positive, default=200)
    parser.add_argument("--jobs", type=arguments.positive, default=os.cpu_count())
    parser.add_argument("--submission", type=arguments.folder, default=SUBMISSION)
    options = parser.parse_args()
    chapters = [chapter.id for chapter in arguments.chapters(parser, options.chapters)]
    parts = [range(i, options.seeds, 4 * options.jobs) for i in range(4 * options.jobs)]
    total, bad = 0, 0
    with processes.pool(options.jobs) as pool:
        runs = [pool.submit(failures, part, chapters, options.submission) for part in parts if part]
        for run in as_completed(runs):
            count, failed = run.result()
            total, bad = total + count, bad + len(failed)
            for seed, name, text in failed:
                print(f"seed {seed}, {name}:\n{text}", flush=True)
    print(f"{options.seeds} seeds, {total} checks run, {bad} failed")
    return 1 if bad else 0


if __name__ == "__main__":
    processes.run(main)
