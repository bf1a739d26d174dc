"""Writes the measured tables in Markdown, and puts them into `docs/speed.md`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from . import machine, targets

PLACE = re.compile(r"(<!-- measured: [^\n]* -->\n).*?(<!-- end of what was measured -->)", re.S)
OURS = {"solutions": "NumPy", "two-cores": "NumPy, half per core"}
PEERS = {"torch": "PyTorch", "torch-fused": "PyTorch fused", "jax": "JAX"}
DATA = {"mnist": "MNIST", "digits": "the digits that come with the course"}


def is_made_for(path: Path) -> bool:
    return path.is_file() and bool(PLACE.search(path.read_text(encoding="utf-8")))


def write(results: dict[str, Any], path: Path) -> None:
    """Put the tables where the file has its place for them."""
    tables = text(results)
    new = PLACE.sub(
        lambda found: f"{found[1]}\n{tables}\n\n{found[2]}", path.read_text(encoding="utf-8")
    )
    path.write_text(new, encoding="utf-8")


def facts(here: dict[str, Any]) -> str:
    """Return the kind of machine and the versions in one line."""
    versions = [f"{name} {here[name]}" for name in ("python", *machine.PACKAGES) if here.get(name)]
    blas = f"{here['blas']} in NumPy" if here.get("blas") else "BLAS unknown"
    return f"{here['processor']}, {here['cores']} cores; {', '.join([*versions, blas])}"


def text(results: dict[str, Any]) -> str:
    """Return all tables for which there are measurements, and what they were measured on."""
    parts = [introduction(results)]
    if results.get("models"):
        parts += [epochs(results["models"]), by_threads(results["by_threads"])]
    if results.get("busy"):
        parts.append(busy(results))
    if results.get("targets"):
        parts.append(goals(results["targets"]))
    return "\n\n".join(parts)


def introduction(results: dict[str, Any]) -> str:
    images, rounds = results["images"], results["rounds"]
    told = (
        f"{facts(results['machine'])}. Medians of {rounds} interleaved rounds; epochs of "
        f"{images:,} images of {DATA[results['dataset']]}, batches of {results['batch_size']}, "
        f"{results['dtype']}."
    )
    if results.get("models") and targets.processor_share(results) <= targets.UNDISTURBED:
        told += " **Other programs were running: the times are not reliable.**"
    return told


def epochs(models: dict[str, Any]) -> str:
    ratio_titles = [f"to {title}" for title in PEERS.values()]
    head = ["one epoch", *OURS.values(), *PEERS.values(), *ratio_titles]
    rows = []
    for model in models.values():
        found = {name: model["contenders"].get(name) for name in (*OURS, *PEERS)}
        ratios = [targets.ratio(model, name) if found[name] else None for name in PEERS]
        shown = [f"{value:.2f}" if value else "-" for value in ratios]
        rows.append([model["title"], *map(timed, found.values()), *shown])
    told = (
        "In parentheses: with how many threads that was, the better number, and the accuracy. "
        '"Half per core" is `two_cores.py`: two processes, each with one thread and half of the '
        "hidden units. The ratios are those of the faster NumPy column."
    )
    return f"{table(head, rows)}\n\n{told}"


def timed(result: dict[str, Any] | None) -> str:
    """Write a contender's time, its number of threads and its accuracy: `0.50 s (2, 97.50%)`."""
    if not result or targets.seconds(result) is None:
        return "-"
    right = result.get("accuracy")
    accuracy = f", {100 * right:.2f}%" if right is not None else ""
    return f"{targets.seconds(result):.3g} s ({result['threads']}{accuracy})"


def by_threads(measured: dict[int, Any]) -> str:
    """Write the times with each number of threads."""
    columns = [  # only those with an entry
        (name, count)
        for name in (*OURS, *PEERS)
        for count, models in measured.items()
        if any(name in model["contenders"] for model in models.values())
    ]
    titles = OURS | PEERS
    rows = []
    for model_name, model in next(iter(measured.values())).items():
        cells = []
        for name, count in columns:
            contenders = measured[count][model_name]["contenders"]
            seconds = targets.seconds(contenders.get(name, {"samples": []}))
            cells.append(f"{seconds:.3g} s" if seconds else "-")
        rows.append([model["title"], *cells])
    return table(["threads", *(f"{titles[name]}, {count}" for name, count in columns)], rows)


def busy(results: dict[str, Any]) -> str:
    """Write the times on an idle and on a busy machine."""
    cores = results["machine"]["cores"]
    head = ["beside processes that only compute", "idle", "busy", "busy / idle"]
    rows = []
    for model in results["busy"].values():
        for result in model["contenders"].values():
            chosen = {kind: median(counts) for kind, counts in result["threads"].items()}
            rows.append([f"{model['title']}, {result['title']}", *pair(result, chosen)])
    if results.get("demonstration"):
        rows.append(["demonstration of 3.4", *pair(results["demonstration"], {})])
    told = (
        f"There were {cores} of these. In parentheses: the number of threads that the kit's trial "
        f"chose; PyTorch and JAX have their own default."
    )
    return f"{table(head, rows)}\n\n{told}"


def pair(samples: dict[str, list[float]], chosen: dict[str, float]) -> list[str]:
    cells = [
        f"{median(samples[kind]):.3g} s" + (f" ({chosen[kind]:.0f})" if kind in chosen else "")
        for kind in ("idle", "busy")
    ]
    return [*cells, f"{targets.times_longer(samples):.2f}"]


def goals(judged: Iterable[dict[str, Any]]) -> str:
    rows = [
        [target["what"], target["text"], "yes" if target["passed"] else "**no**"]
        for target in judged
    ]
    return table(["goal", "found", "reached"], rows)


def table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
