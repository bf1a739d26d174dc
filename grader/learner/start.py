"""`grade start DIR`: makes a folder with the stubs, a README and settings for VS Code."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from ..console import arguments
from ..console.printing import say
from ..course import places, stubs

README = Path(__file__).parent / "course_folder" / "README.md"
SETTINGS = (".vscode/settings.json", ".vscode/launch.json")


@click.command("start")
@click.argument("folder", metavar="DIR")
def start_command(folder: str) -> int:
    """Make a course folder DIR: the stubs, a README, and settings for VS Code."""
    path = Path(folder)
    try:
        _refuse_unless_empty(path)
        write(path)
    except OSError as error:
        raise click.UsageError(
            f"`{folder}` cannot be written ({error.strerror}): name another folder"
        ) from None
    say(f"Made a course in `{path}`. Begin with these commands:")
    if path.resolve() != Path.cwd():
        say(f"  cd {arguments.quoted(path)}")
    own = f" --course {arguments.quoted(course)}" if (course := places.own()) else ""
    say(f"  grade{own}\n  grade watch{own}")
    return 0


def write(folder: Path) -> None:
    """Write the course's files into an empty or new folder."""
    exercises = folder / places.EXERCISES
    exercises.mkdir(parents=True)
    stubs.copy_all(exercises)
    shutil.copyfile(README, folder / README.name)
    for name in filter(lambda name: (places.ROOT / name).is_file(), SETTINGS):
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        text = json.dumps(settings(name), indent=2)
        file.write_text(f"{text}\n", encoding="utf-8")


def settings(name: str) -> dict[str, Any]:
    """Return the clone's settings for VS Code, adapted to a folder without the kit in it."""
    adapted = _adapted(json.loads((places.ROOT / name).read_text(encoding="utf-8")))
    if name == SETTINGS[0]:
        adapted["python.defaultInterpreterPath"] = sys.executable
    return adapted


def _adapted(value):
    """Replace each path of the clone in these settings by the kit's own, wherever that is."""
    if isinstance(value, dict):
        return {key: _adapted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_adapted(item) for item in value]
    if isinstance(value, str):
        plain = value.removeprefix("${workspaceFolder}/")
        package, slash, rest = plain.partition("/")
        if package in ("grader", "data"):
            return f"{places.package(package)}{slash}{rest}"
    return value


def _refuse_unless_empty(path):
    if path.exists() and not path.is_dir():
        raise click.UsageError(f"`{path}` is a file: name a new folder")
    if path.is_dir() and any(path.iterdir()):
        raise click.UsageError(
            f"`{path}` is not empty: name a new folder, such as "
            f"`grade start {arguments.quoted(path / 'deep-learning')}`"
        )
