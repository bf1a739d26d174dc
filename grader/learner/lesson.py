"""`grade lesson`: the chapter's lesson in the browser, or as text in the terminal."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from ..console import arguments, terminal
from ..course import places
from ..course.registry import Chapter

VARIABLE = "LEARN_DL_SITE"  # a folder with the built site, or the address where it is published
SITE = places.ROOT / "site"  # where `python -m lessons --out site` puts it


@click.command("lesson")
@click.argument("chapter")
@click.option("--text", is_flag=True, help="Show the text here, also if the site is built.")
def lesson_command(chapter: str, text: bool) -> int:
    """Open the lesson of CHAPTER: in the browser if the site is built, else here."""
    chosen = arguments.chapter_and_function(chapter)[0]
    address = None if text else page(chosen)
    if address and _open(address):
        click.echo(f"opened {address}")
        return 0
    _show(_text(chosen))
    return 0


def page(chapter: Chapter) -> str | None:
    """Return the address of a chapter's page, or None if no site with it is known."""
    if places.ROOT not in chapter.lesson_file.parents:
        return None  # an instructor's own, which no site has
    configured = os.environ.get(VARIABLE) or str(SITE)
    if configured.startswith(("http://", "https://")):
        return f"{configured.rstrip('/')}/{chapter.stem}.html"
    file = Path(configured, f"{chapter.stem}.html")
    return file.resolve().as_uri() if file.is_file() else None


def _open(address):
    """True if a browser took it; a terminal without a screen has none."""
    import webbrowser

    if sys.platform.startswith("linux") and not (
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or os.environ.get("BROWSER")
    ):
        return False
    try:
        return webbrowser.open(address)
    except webbrowser.Error:
        return False


def _text(chapter):
    if not chapter.lesson_file.is_file():
        raise click.UsageError(
            f"there is no lesson for chapter {chapter.id}: its docstrings say what to write"
        )
    try:
        from lessons.site import parsing
        from lessons.site import terminal as as_text
    except ImportError:
        raise click.UsageError("this copy has no folder `lessons`: get the whole course") from None
    try:
        return as_text.text_of(chapter.stem, terminal.width(), terminal.utf8())
    except parsing.LessonError as error:
        raise click.UsageError(str(error)) from None


def _show(text):
    if sys.stdout.isatty():
        click.echo_via_pager(text)
    else:
        click.echo(text)
