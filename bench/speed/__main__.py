"""How fast the reference is, beside PyTorch, scikit-learn, SciPy and plain Python loops.

Prints tables, and writes `speed.json` with every sample and `speed.png` into `--out`. Four parts:
`epochs` of six models, interleaved; `growth` of the cost with the number of images; each of the
`layers` alone; full training to the promised `accuracy`. Exits with 1 when a target is missed.
"""

import argparse
import json
import sys
from pathlib import Path

import data

from . import epochs, full, growth, layers, machine, report, targets
from .models import MODELS
from .workers import CONTENDERS, torch_is_there

PARTS = ("epochs", "growth", "layers", "accuracy")
RESULTS = Path(__file__).resolve().parents[1] / "results"


def parser():
    found = argparse.ArgumentParser(prog="python -m bench.speed", description=__doc__)
    found.formatter_class = argparse.RawDescriptionHelpFormatter
    found.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS, help="default: all")
    found.add_argument(
        "--models", nargs="+", choices=MODELS, default=list(MODELS), help="default: all"
    )
    found.add_argument(
        "--leave-out", nargs="+", choices=list(CONTENDERS)[1:], default=[], help="contenders"
    )
    found.add_argument(
        "--images",
        type=positive,
        default=60_000,
        help="in an epoch; again and again the same if there are fewer (default: 60000)",
    )
    found.add_argument("--rounds", type=positive, default=5, help="default: 5")
    found.add_argument(
        "--threads",
        type=positive,
        default=machine.cores(),
        help="for BLAS and PyTorch alike (default: one for each core)",
    )
    found.add_argument("--out", type=Path, default=RESULTS, help="default: bench/results")
    return found


def positive(text):
    if int(text) < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return int(text)


def main():
    options = parser().parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if not torch_is_there():
        say("PyTorch is not installed and left out; `pip install '.[bench]'` adds it")
    results = measure(options)
    results["targets"] = targets.judge(results)
    print(report.text(results))
    (options.out / "speed.json").write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    from . import plot  # here: the processes that work for this one need no matplotlib

    plot.save(results, options.out / "speed.png")
    say(f"speed.json and speed.png are in {options.out}")
    return 0 if all(target["passed"] for target in results["targets"]) else 1


def measure(options):
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


def say(line):
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
