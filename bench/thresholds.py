"""Derives the accuracy gates: `python -m bench.thresholds` writes `thresholds.json`.

Runs the checks of accuracy (`gates.reaches`) on the reference, with the same data, settings and
worker as in grading, once for each of many seeds. A gate is the mean minus five standard
deviations, rounded down to half a percent, and never below the minimum in `MINIMUM`. If learners
choose the architecture themselves, the gate is set by hand and the reference is only measured: 90%
for the capstone, and for the colored digits a value well above what a network that sees only one
channel can reach (60%) and well below plain descent with the reference's network (85%).
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import math
import os
import statistics
import sys
from concurrent.futures import as_completed
from pathlib import Path
from typing import TYPE_CHECKING

from . import arguments, processes

if TYPE_CHECKING:
    import pytest

ROOT = Path(__file__).resolve().parents[1]
THRESHOLDS = ROOT / "grader" / "vocabulary" / "thresholds.json"
DEVIATIONS = 5
STEP = 0.5  # percent
PATIENCE = 3600.0  # seconds for one training run, several at a time on a busy machine
MINIMUM = {  # percent, from the goals of the course
    "train_mlp": 85,
    "train_deep_mlp": 85,
    "train_cnn": 85,
    "train_regularized_mlp": 85,
    "NeuralNetwork": 75,  # trained on only 600 images, all at once
}
COLORED = "colored_digits"
SET_BY_HAND = {  # percent, for architectures of the learner's own
    "digits": {"train_capstone": 90},
    "mnist": {"train_capstone": 98},
    COLORED: {"train_color_cnn": 75},
}
EXPECTED = {  # percent, to be expected with MNIST's 60,000 images: a lower gate is marked
    "mnist": {
        "train_mlp": 96.5,
        "train_deep_mlp": 96.5,
        "train_cnn": 97,
        "train_regularized_mlp": 96.5,
    }
}


class Round:
    """A pytest plugin that records accuracies instead of judging them, with its own seeds."""

    def __init__(self, number: int, dataset: str) -> None:
        from grader.boundary import arguments
        from grader.vocabulary import draws, expect, gates

        self.accuracies, self.dataset = {}, dataset
        gates.reaches = self.record
        gates.EARLY = ()  # the whole training counts
        gates.TRAINING_SECONDS.update(dict.fromkeys(gates.TRAINING_SECONDS, PATIENCE))
        expect.Seeded = draws.Seeded = lambda seed: arguments.Seeded(2**32 * number + seed)

    def record(self, accuracy: float, function: str, dataset: object) -> None:
        self.accuracies[function] = 100 * accuracy

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if self._measures(item)]

    def _measures(self, item):
        """True for checks of accuracy on this data set; those without `dataset` use colors."""
        colored = "dataset" not in item.fixturenames
        names = item.function.__code__.co_names
        judged = not {"reaches", "reaches_after"}.isdisjoint(names)
        return judged and colored == (self.dataset == COLORED)


def measure(dataset: str, number: int, submission: Path) -> dict[str, float]:
    """Return `{function: accuracy in percent}` of one round; runs in its own process."""
    import pytest

    this_round = Round(number, dataset)
    name = "digits" if dataset == COLORED else dataset
    options = [f"--submission={submission}", f"--data={name}", "-q", "-p", "no:cacheprovider"]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        code = pytest.main([str(ROOT / "grader" / "chapters"), *options], plugins=[this_round])
    if code != 0:
        raise RuntimeError(f"round {number} on {dataset}:\n{printed.getvalue()}")
    return this_round.accuracies


def measure_all(dataset: str, rounds: int, submission: Path, jobs: int) -> dict[str, list[float]]:
    """Return `{function: [accuracy of each round]}`."""
    samples = {}
    # a fresh interpreter for each round, as for each grading
    with processes.pool(jobs, max_tasks_per_child=1) as pool:
        runs = [pool.submit(measure, dataset, i, submission) for i in range(rounds)]
        for done, run in enumerate(as_completed(runs), 1):
            for function, accuracy in run.result().items():
                samples.setdefault(function, []).append(accuracy)
            print(f"{dataset}: {done} of {rounds} rounds", file=sys.stderr)
    return samples


def gate(function: str, accuracies: list[float]) -> float:
    """Return the threshold in percent from these accuracies of the reference."""
    spread = statistics.stdev(accuracies)
    lowest = statistics.mean(accuracies) - DEVIATIONS * spread
    return max(MINIMUM[function], STEP * math.floor(lowest / STEP))


def table(dataset: str, samples: dict[str, list[float]], gates: dict[str, float]) -> None:
    """Print one line per function: the accuracies and the gate."""
    print(f"\n{dataset:<24}rounds    mean  deviation  lowest    gate")
    for function, accuracies in samples.items():
        mean, deviation = statistics.mean(accuracies), statistics.stdev(accuracies)
        short = gates[function] < EXPECTED.get(dataset, {}).get(function, 0)
        print(
            f"  {function:<22}{len(accuracies):>6}{mean:>8.2f}{deviation:>11.3f}"
            f"{min(accuracies):>8.2f}{gates[function]:>8.1f}"
            + (f"  below the expected {EXPECTED[dataset][function]}" if short else "")
        )


def main() -> None:
    parser = arguments.parser("bench.thresholds", __doc__)
    parser.add_argument("--digits", type=int, default=20, help="rounds on digits; 0: none")
    parser.add_argument("--mnist", type=int, default=5, help="rounds on MNIST, if available")
    parser.add_argument("--color", type=int, default=20, help="rounds on the colored digits")
    parser.add_argument(
        "--jobs", type=arguments.positive, default=os.cpu_count(), help="rounds at a time"
    )
    parser.add_argument(
        "--submission", type=arguments.folder, default=ROOT / "solutions", help="folder to measure"
    )
    parser.add_argument("--dry-run", action="store_true", help="leave thresholds.json as it is")
    options = parser.parse_args()
    thresholds = json.loads(THRESHOLDS.read_text(encoding="utf-8"))
    for dataset, rounds in rounds_wanted(options).items():
        samples = measure_all(dataset, rounds, options.submission, options.jobs)
        gates = {f: gate(f, samples[f]) for f in MINIMUM if f in samples} | SET_BY_HAND[dataset]
        thresholds[dataset] = gates
        table(dataset, samples, gates)
    if not options.dry_run:
        THRESHOLDS.write_text(json.dumps(thresholds, indent=2) + "\n", encoding="utf-8")


def rounds_wanted(options: argparse.Namespace) -> dict[str, int]:
    """Return the rounds per data set on this machine, at least two, as a deviation needs."""
    from data import mnist

    wanted = {"digits": options.digits, COLORED: options.color}
    if mnist.find() is not None:
        wanted["mnist"] = options.mnist
    return {dataset: max(2, rounds) for dataset, rounds in wanted.items() if rounds > 0}


if __name__ == "__main__":
    processes.run(main)
