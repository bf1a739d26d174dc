"""Parses the command lines of measurements and of the contributors' other tools."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from grader.console import arguments
from grader.course import registry


def parser(module: str, doc: str) -> argparse.ArgumentParser:
    """Return a parser for `python -m MODULE`, described by its docstring's first line."""
    about = doc.partition("\n")[0].partition(":")[0].rstrip(".")
    return argparse.ArgumentParser(f"python -m {module}", description=f"{about}.")


def positive(text: str) -> int:
    """Return a whole number of at least 1."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return int(text)


def folder(text: str) -> Path:
    """Return a folder that exists, named by the option `--submission`."""
    path = Path(text)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(arguments.no_folder(path, "--submission"))
    return path


def chapters(command: argparse.ArgumentParser, names: Iterable[str]) -> list[registry.Chapter]:
    """Return the chapters these names mean, or end with one line."""
    try:
        return registry.select(names or ["all"])
    except registry.UnknownChapter as error:
        command.error(str(error))
