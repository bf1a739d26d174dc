"""Compares the reference's speed with PyTorch, scikit-learn, SciPy and plain Python loops.

Prints tables, and writes `speed.json` with every sample and `speed.png` to `--out`. The parts:
`epochs` of six models, interleaved, with one and with more threads; the same `busy`, beside as many
processes that only compute as there are cores; what the `kit` lets a learner wait for; `growth` of
the cost with the number of images; each of the `layers` alone; full training to the target
`accuracy`. Exits with 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import data

from .. import arguments, processes
from . import busy, document, epochs, full, growth, kit, layers, machine, report, targets
from .models import MODELS
from .workers import CONTENDERS, PACKAGES, SLOW, is_there

PARTS = ("epochs", "busy", "kit", "growth", "layers", "accuracy")
QUICK = {"parts": PARTS[:2], "images": 6000, "rounds": 3}  # with neither slow nor compiled ones
BUSY = ("mlp", "cnn", "blocks")
RESULTS = Path(__file__).resolve().parents[1] / "results"


def parser() -> argparse.ArgumentParser:
    command = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.add_argument(
        "--quick",
        action="store_true",
        help="a few minutes: epochs and busy, 3 rounds of 6000 images, no slow contenders",
    )
    command.add_argument(
        "--docs", type=Path, metavar="FILE", help="write the tables into this file, docs/speed.md"
    )
    command.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="default: all")
    command.add_argument(
        "--models", nargs="+", choices=MODELS, default=list(MODELS), help="default: all"
    )
    command.add_argument(
        "--leave-out", nargs="+", choices=list(CONTENDERS)[1:], default=[], help="contenders"
    )
    command.add_argument(
        "--images",
        type=arguments.positive,
        default=60_000,
        help="per epoch; repeated if the data set has fewer (default: 60000)",
    )
    command.add_argument("--rounds", type=arguments.positive, default=9, help="default: 9")
    command.add_argument(
        "--threads",
        type=arguments.positive,
        nargs="+",
        default=sorted({1, machine.cores()}),
        help="of every contender, tried one after another (default: 1 and one per core)",
    )
    command.add_argument("--out", type=Path, default=RESULTS, help="default: bench/results")
    return command


def main() -> int:
    options = parse()
    options.out.mkdir(parents=True, exist_ok=True)
    for package, title in PACKAGES.items():
        if not is_there(package):
            say(f"{title} is not installed, so it is left out; `pip install -e '.[bench]'` adds it")
    results = measure(options)
    results["targets"] = targets.judge(results)
    print(report.text(results))
    if options.docs:
        document.write(results, options.docs)
    (options.out / "speed.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    from . import plot  # imported late, because the worker processes need no matplotlib

    plot.save(results, options.out / "speed.png")
    say(f"speed.json and speed.png are in {options.out}")
    return 0 if all(target["passed"] for target in results["targets"]) else 1


def parse() -> argparse.Namespace:
    """Return the options; `--quick` changes the defaults, not what was asked for."""
    command = parser()
    if command.parse_args().quick:
        command.set_defaults(**QUICK, leave_out=[*SLOW, "torch-compiled"])
    options = command.parse_args()
    if options.docs and not document.is_made_for(options.docs):
        command.error(f"`{options.docs}` has no place for the tables: name docs/speed.md")
    return options


def measure(options: argparse.Namespace) -> dict[str, Any]:
    results = {
        "schema": 1,
        "machine": machine.versions() | {"cores": machine.cores(), "threads": options.threads},
        "dataset": data.resolve("auto"),
        "images": options.images,
        "rounds": options.rounds,
        "batch_size": machine.BATCH_SIZE,
        "dtype": "float32",
    }
    if "epochs" in options.parts:
        results["by_threads"], results["gemm"] = epochs.measure(
            options.models, options.leave_out, options.images, options.rounds, options.threads, say
        )
        results["models"] = epochs.best(results["by_threads"])
    if "busy" in options.parts:
        names = [name for name in options.models if name in BUSY]
        work = options.images, options.rounds, say
        results["busy"] = busy.measure(names, options.leave_out, *work)
        results["demonstration"] = busy.demonstration(options.rounds, say)
    if "kit" in options.parts:
        results["kit"] = kit.measure(3, say)
    most = max(options.threads)
    if "growth" in options.parts:
        results["growth"] = growth.measure(options.images, options.rounds, most, say)
    if "layers" in options.parts:
        results["layers"] = layers.measure(most, say)
    if "accuracy" in options.parts:
        results["accuracy"] = full.measure(most, say)
    return results


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    processes.run(main)
