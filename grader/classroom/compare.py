"""`grade compare`: whose points differ between two class runs, in which function, and why."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ..console import arguments, terminal
from ..course.results import FunctionResult, Result
from . import ledger

EXIT_DIFFERENT = 1
SHOWN = 3  # failing checks of a function


@click.command("compare")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
def compare_command(old: Path, new: Path) -> int:
    """Show whose points differ between OLD and NEW, two folders or files of results, and why."""
    with arguments.as_usage_error(ledger.Unreadable):
        before, after = (_by_id(path) for path in (old, new))
    different = 0
    for id in sorted(before.keys() | after.keys()):
        if lines := differences(before.get(id), after.get(id)):
            different += 1
            click.echo("\n  ".join([terminal.shown(id), *map(terminal.shown, lines)]))
    total = len(before.keys() | after.keys())
    click.echo(f"different: {different} of {total} submissions")
    return EXIT_DIFFERENT if different else 0


def _by_id(path):
    return {result.submission: result for result in ledger.read(path)}


def differences(old: Result | None, new: Result | None) -> list[str]:
    """Return a line for the total and for each function and rule that changes it."""
    if old is None or new is None:
        there, where = (new, "OLD") if old is None else (old, "NEW")
        assert there is not None
        return [f"not in {where}; {_total(there)}"]
    lines = [*_functions(old, new), *_rules(old, new)]
    if _total(old) != _total(new):
        lines.insert(0, f"{_total(old)} -> {_total(new)}")
    return lines


def _total(result):
    return _points(result) if result.has_grade else "no grade"


def _points(part):
    return f"{part.score:g} of {part.max_score:g}"


def _functions(old: Result, new: Result) -> Iterator[str]:
    before, after = (
        {(chapter.id, function.name): function for chapter, function in result.functions}
        for result in (old, new)
    )
    for key in before | after:
        was, now = before.get(key), after.get(key)
        name = " ".join(key)
        if was is None or now is None:
            there, what = (now, "new") if was is None else (was, "gone")
            assert there is not None
            yield f"{name}: {what}, {_points(there)}"
        elif (was.score, was.max_score) != (now.score, now.max_score):
            yield f"{name}: {_points(was)} -> {_points(now)}; {_why(was, now)}"


def _why(was: FunctionResult, now: FunctionResult) -> str:
    """What else is different about the function."""
    told = [
        f"{word} {_shown(a)} -> {_shown(b)}"
        for word, a, b in (
            ("status", was.status, now.status),
            ("misconception", _misconceptions(was), _misconceptions(now)),
            ("by hand", _by_hand(was), _by_hand(now)),
            ("because of", _guilty(was), _guilty(now)),
            ("failing", _failing(was), _failing(now)),
            ("grading", was.version, now.version),
        )
        if a != b
    ]
    return "; ".join(told) or "nothing else differs"


def _shown(text):
    return text or "none"


def _misconceptions(function):
    return ", ".join(dict.fromkeys(c.misconception for c in function.failing if c.misconception))


def _by_hand(function):
    override = function.override
    return f"{override['points']:g} ({override['who']}: {override['why']})" if override else ""


def _guilty(function):
    return ", ".join(f"{other.name} ({other.id})" for other in function.because_of)


def _failing(function):
    names = [check.name for check in function.failing]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def _rules(old: Result, new: Result) -> Iterator[str]:
    """Yield what the rules of the course do differently, by chapter."""
    before, after = (
        {part["id"]: part for part in (result.policy or {}).get("chapters", ())}
        for result in (old, new)
    )
    for id in before | after:
        was, now = _rule(before.get(id, {})), _rule(after.get(id, {}))
        if was != now:
            yield f"{id}: {was} -> {now}"


def _rule(part):
    """The rules at work in a chapter, in a few words."""
    told = []
    if part.get("days_late"):
        told.append(f"{part['days_late']} d late, -{part['percent_off']:g}%")
    if part.get("refused"):
        told.append(f"refused {', '.join(part['refused'])}")
    if "weight" in part:
        told.append(f"weight {part['weight']:g}")
    if "optional" in part:
        told.append("optional")
    return ", ".join(told) or "no rule"
