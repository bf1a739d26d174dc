"""`grade` alone: every chapter, how far it is, and the next step as a command to copy."""

import click

from .. import registry
from ..report import MARKS, points
from . import progress

STATES = {"passed": "done", "todo": "todo"}


def show(submission):
    chapters = registry.chapters()
    state = progress.read(submission)
    for chapter in chapters:
        _echo_line(chapter, state.get(chapter.id))
    done = sum(entry["score"] for entry in state.values())
    click.echo(f"\n{points(done, sum(chapter.points for chapter in chapters))} points")
    following = progress.next_unfinished(chapters, state)
    click.echo(f"Next: `grade run {following.id}`" if following else "All chapters are done.")
    return following is None


def _echo_line(chapter, entry):
    status = entry["status"] if entry else "todo"
    click.echo(f"  {chapter.id:<4} {chapter.title[:50]:<50} ", nl=False)
    click.secho(f"{STATES.get(status, 'failing'):<8}", fg=MARKS[status][1], nl=False)
    score = entry["score"] if entry else 0
    changed = "  changed since" if entry and entry["changed"] else ""
    click.echo(f"{points(score, chapter.points):>9}{changed}")
