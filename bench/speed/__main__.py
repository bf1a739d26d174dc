"""Compares the reference's speed with PyTorch, scikit-learn, SciPy and plain Python loops.

Prints tables, and writes `speed.json` with every sample and `speed.png` to `--out`. Four parts:
`epochs` of six models, interleaved; `growth` of the cost with the number of images; each of the
`layers` alone; full training to the target `accuracy`. Exits with 1 if a target is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import data

from . import epochs, full, growth, layers, machine, report, targets
from .models import MODELS
from .workers import CONTENDERS, torch_is_there

PARTS = ("epochs", "growth", "layers", "accuracy")
RESULTS = Path(__file__).resolve().parents[1] / "results"


def parser() -> argparse.ArgumentParser:
    command = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="default: all")
    command.add_argument(
        "--models", nargs="+", choices=MODELS, default=list(MODELS), help="default: all"
    )
    command.add_argument(
        "--leave-out", nargs="+", choices=list(CONTENDERS)[1:], default=[], help="contenders"
    )
    command.add_argument(
        "--images",
        type=positive,
        default=60_000,
        help="per epoch; repeated if the data set has fewer (default: 60000)",
    )
    command.add_argument("--rounds", type=positive, default=5, help="default: 5")
    command.add_argument(
        "--threads",
        type=positive,
        default=machine.cores(),
        help="for both BLAS and PyTorch (default: one per core)",
    )
    command.add_argument("--out", type=Path, default=RESULTS, help="default: bench/results")
    return command


def positive(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return int(text)


def main() -> int:
    options = parser().parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if not torch_is_there():
        say("PyTorch is not installed, so it is left out; `pip install '.[bench]'` adds it")
    results = measure(options)
    results["targets"] = targets.judge(results)
    print(report.text(results))
    (options.out / "speed.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    from . import plot  # imported late, because the worker processes need no matplotlib

    plot.save(results, options.out / "speed.png")
    say(f"speed.json and speed.png are in {options.out}")
    return 0 if all(target["passed"] for target in results["targets"]) else 1


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
        results["models"], results["gemm"] = epochs.measure(
            options.models, options.leave_out, options.images, options.rounds, options.threads, say
        )
    if "growth" in options.parts:
        results["growth"] = growth.measure(options.images, options.rounds, options.threads, say)
    if "layers" in options.parts:
        results["layers"] = layers.measure(options.threads, say)
    if "accuracy" in options.parts:
        results["accuracy"] = full.measure(options.threads, say)
    return results


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
