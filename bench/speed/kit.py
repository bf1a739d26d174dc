"""Measures what a learner waits for: the grading of everything, and a verdict after a save."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from typing import Any

import data
from bench import saves
from grader.course import registry

from .busy import seconds
from .workers import is_there

LIMITS = {"digits": 18.0, "mnist": 60.0}  # seconds


def measure(rounds: int, say: Callable[[str], object]) -> dict[str, Any]:
    """Return `{"grade": {data set: [seconds]}, "saves": {"3.4 mlp_loss": median seconds}}`."""
    there = LIMITS if data.resolve("auto") == "mnist" else {"digits": 18.0}
    found: dict[str, Any] = {"grade": {name: [] for name in there}, "saves": {}}
    command = [sys.executable, "-m", "grader", "run", "all", "--submission", "solutions"]
    for _ in range(rounds):
        for name in there:
            say(f"grade run all --submission solutions --data {name}")
            found["grade"][name].append(seconds([*command, "--data", name]))
    if not is_there("pexpect"):
        say("pexpect is not installed, so `grade watch` is left out; `pip install pexpect` adds it")
        return found
    say("from save to verdict, function by function")
    for chapter, name, waits in saves.measure(registry.select(["all"])):
        found["saves"][f"{chapter.id} {name}"] = statistics.median(waits)
    return found
