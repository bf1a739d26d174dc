"""`grade draw CHAPTER`: a drawing board in the browser, for the learner's own network to read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..console import arguments
from ..console.report import say
from ..course import images

if TYPE_CHECKING:
    from data import Dataset

    from ..course.registry import Chapter
    from .reading import Functions, Network

CHAPTERS = ("3.4", "4.3", "4.5")  # whose networks read digits


@click.command("draw")
@click.argument("chapter")
@click.option("--submission", metavar="DIR", help="Folder or notebook (default: exercises).")
@click.option("--data", type=click.Choice(["digits", "mnist"]), default="digits")
@click.option("--no-browser", is_flag=True, help="Only print the address.")
def draw_command(chapter: str, submission: str | None, data: str, no_browser: bool) -> int:
    """Draw digits for the network that you have trained in CHAPTER: 3.4, 4.3 or 4.5.

    It is trained with your own functions, on this machine, and kept until you change them.
    """
    chosen = arguments.chapter_and_function(chapter)[0]
    if chosen.id not in CHAPTERS:
        raise click.UsageError(
            f"chapter {chosen.id} has no network that reads digits: name one of "
            f"{', '.join(CHAPTERS)}"
        )
    opened = arguments.opened(submission)
    digits = images.load(data)
    with _functions(opened.folder, chosen) as student:
        network = _trained(student, chosen, opened.folder, opened.home, digits)
        _serve(student, chosen, digits, network, no_browser)
    return 0


@contextlib.contextmanager
def _functions(folder: Path, chapter: Chapter) -> Iterator[Functions]:
    """Start a worker for the learner's functions."""
    from ..boundary.workers import NotStarted, Workers
    from .reading import Functions

    with contextlib.closing(Workers(folder)) as workers:
        try:
            yield Functions(workers, chapter.stem)
        except NotStarted as error:
            raise click.UsageError(str(error)) from None


def _trained(student, chapter, folder, home, digits):
    """Return the learner's network, trained now unless this code has trained it before."""
    from ..vocabulary.finding import Finding
    from . import kept, reading

    digest = kept.digest(folder, digits.name)
    network = kept.load(home, chapter.id, digest)
    if network is None:
        say(f"Training your network of {chapter.id} on {len(digits.X_train):,} digits ...")
        try:
            network = reading.train(chapter.id, student, digits)
        except Finding as finding:
            raise click.UsageError(
                f"`{reading.READERS[chapter.id].uses[0]}` trained no network: {finding.headline}; "
                f"`grade run {chapter.id}` shows what is wrong"
            ) from None
        kept.save(home, chapter.id, digest, network)
    return network


def _serve(
    student: Functions, chapter: Chapter, digits: Dataset, network: Network, no_browser: bool
) -> None:
    from ..vocabulary.finding import Finding
    from . import reading, strokes
    from .server import Server

    def read(drawing: object) -> dict[str, Any]:
        try:
            x = strokes.image(drawing)
            return reading.read(chapter.id, student, digits, network, x)
        except strokes.NoDrawing as error:
            return {"problem": str(error)}
        except Finding as finding:
            return {"problem": f"your network cannot read this: {finding.headline}"}

    right = f"It reads {network.right:.1%} of {len(digits.X_test):,} new digits correctly."
    with Server(f"The network that you trained in chapter {chapter.id}. {right}", read) as server:
        say(right)
        say(f"The drawing board is at {server.address}")
        say("Ctrl-C ends it.")
        if not no_browser:
            _open(server.address)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


def _open(address):
    import webbrowser

    with contextlib.suppress(webbrowser.Error):
        webbrowser.open(address)
