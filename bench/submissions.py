"""The submissions that the measurements grade, and the runs of the kit that grade them."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GRADE = (sys.executable, "-m", "grader")
# The digits. Compiled bytecode may be kept, as it is for installed packages.
ENVIRONMENT = {key: text for key, text in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
ENVIRONMENT |= {"LEARN_DL_DATA": "", "PYTHONPATH": str(ROOT)}
# Replacements that make a right function wrong; the first one that applies is used.
SLIPS = (
    ("axis=0", "axis=1"),
    (" - ", " + "),
    (".mean(", ".sum("),
    ("np.maximum", "np.minimum"),
    (" / ", " * "),
    ("return ", "return -1 * "),
)


def text_of(folder: str, stem: str) -> str:
    """Return the text of a chapter's file in `solutions` or `exercises`."""
    return (ROOT / folder / f"{stem}.py").read_text(encoding="utf-8")


def made_wrong(text: str, name: str) -> str:
    """Return a chapter's text with a wrong version of one function added at the end."""
    (node,) = [node for node in ast.parse(text).body if getattr(node, "name", None) == name]
    node.body = node.body[1:]  # without the docstring
    source = ast.unparse(node)
    for right, wrong in SLIPS:
        if right in source:
            return f"{text}\n\n{source.replace(right, wrong, 1)}\n"
    return text


def run(command: list[str], home: str | Path) -> None:
    """Run a command in the folder `home`; exit with its message if it fails."""
    done = subprocess.run(command, cwd=home, env=ENVIRONMENT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"`{' '.join(command)}` exited with code {done.returncode}:\n{done.stderr}")
