"""`grade plot CHAPTER`: draws the chapter's pictures as PNG with the learner's own functions."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from ..console import arguments
from ..console.printing import say
from ..course import images


@click.command("plot")
@click.argument("chapters", nargs=-1, required=True)
@click.option("--submission", metavar="DIR", help="Folder or notebook (default: exercises).")
@click.option("--out", metavar="DIR", default="pictures", help="Output folder (default: pictures).")
@arguments.data_option
def plot_command(chapters: tuple[str, ...], submission: str | None, out: str, data: str) -> int:
    """Draw pictures of CHAPTERS with your own functions: 3.2, 1.1-2.4, 3 for a module, or all."""
    from ..boundary.workers import NotStarted
    from ..files.writing import Unwritable

    opened, chosen = arguments.opened(submission), arguments.chapters(chapters)
    target = Path(out)
    with arguments.as_usage_error(Unwritable, NotStarted):
        _make_folder(target)
        drawn = [_plot(chapter, opened.folder, target, data) for chapter in chosen]
    return 0 if all(drawn) else 1


def _plot(chapter, folder, out, data_name):
    """Draw one chapter; return True if all of its pictures could be drawn."""
    from ..files.writing import write_whole
    from ..vocabulary.finding import Finding
    from . import for_chapter
    from .drawing import draw, png, unwarned

    if not for_chapter(chapter.stem):
        say(f"chapter {chapter.id} has no pictures")
    complete = True
    with unwarned():
        for name, drawn in draw(chapter, folder, partial(images.load, data_name)):
            file = out / f"{name}.png"
            if isinstance(drawn, Finding):
                say(f"{file} not drawn: {drawn.headline}")
                complete = False
            else:
                write_whole(png(drawn), file)
                say(str(file))
    return complete


def _make_folder(out):
    from ..files.writing import Unwritable, check_writable

    try:
        out.mkdir(parents=True, exist_ok=True)
        check_writable(out / "picture.png")
    except (OSError, Unwritable) as error:
        reason = getattr(error, "strerror", None) or "no file can be created in it"
        raise click.UsageError(
            f"`{out}` is not a folder to write to ({reason}): name another one with --out"
        ) from None
