"""`grade handout`: writes the learner's edition as one zip."""

from __future__ import annotations

from pathlib import Path

import click

from ..console import arguments
from ..console.printing import say_wrapped
from ..course import registry


@click.command("handout")
@click.option("--out", metavar="ZIP", required=True, help="The zip to write.")
@click.option(
    "--chapters",
    multiple=True,
    metavar="CHAPTERS",
    help="As in `grade run`; may be given more than once (default: all).",
)
def handout_command(out: str, chapters: tuple[str, ...]) -> int:
    """Write the learner's edition: stubs, lessons and the grader, without solutions or tests.

    Unpacked, it is a repository in which GitHub and GitLab grade every push.
    """
    from ..files import backup, writing
    from ..files.zipped import zipped
    from . import edition

    path = Path(out)
    chosen = _select(chapters or ("all",))
    with_needed = edition.with_needed(chosen)
    with arguments.as_usage_error(writing.Unwritable):
        writing.check_writable(path)
        kept = backup.backup(path) if path.exists() else None
        writing.write_whole(zipped(edition.files(with_needed)), path)
    if kept:
        say_wrapped(f"the earlier file is kept as `{kept}`")
    if added := [chapter.id for chapter in with_needed if chapter not in chosen]:
        say_wrapped(f"with {', '.join(added)}, which the others build on")
    ids = [chapter.id for chapter in with_needed]
    which = f"{len(ids)} chapters, from {ids[0]} to {ids[-1]}" if ids[1:] else f"chapter {ids[0]}"
    say_wrapped(f"`{out}` is ready to hand out: {which}")
    return 0


def _select(names):
    with arguments.as_usage_error(registry.UnknownChapter):
        return registry.select([name for text in names for name in text.split(",")])
