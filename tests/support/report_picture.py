"""Draws the README's picture of a report: `python -m tests.support.report_picture`."""

import io
import re
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from .running import ROOT, run_grade

FILE = ROOT / "docs" / "images" / "report.svg"
SOURCE = """import numpy as np


def softmax(Z):
    e = np.exp(Z - Z.max(axis=0))
    return e / e.sum(axis=0)
"""
STYLES = {
    r"^  FAIL": "bold red",
    r"(?m)^ {10}(likely|next)": "bold",
    r"(?m)^ {10}(call|expected|got|where|off by)": "dim",
}


def report():
    """What `grade run 3.2` prints of a softmax that sums over the wrong axis."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "ch3_2_activation_functions.py").write_text(SOURCE, encoding="utf-8")
        lines = run_grade("run", "3.2", "--submission", folder, COLUMNS="80").stdout.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("  FAIL  softmax"))
    last = next(i for i in range(first + 1, len(lines)) if not lines[i].startswith(" " * 8))
    return "\n".join(lines[first:last])


def drawn(report):
    """The report as the text of an SVG file that loads nothing from elsewhere."""
    text = Text(report)
    for pattern, style in STYLES.items():
        text.highlight_regex(pattern, style)
    console = Console(record=True, width=82, force_terminal=True, file=io.StringIO())
    console.print(text)
    svg = console.export_svg(title="grade run 3.2", unique_id="report")
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)


def shown():
    """The text in the file, without markup and spaces."""
    svg = FILE.read_text(encoding="utf-8")
    svg = re.sub(r"<style>.*?</style>|<defs>.*?</defs>", "", svg, flags=re.DOTALL)
    text = re.sub(r"<[^>]+>", "", svg).replace("&#160;", " ").replace("&#x27;", "'")
    return "".join(text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").split())


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(drawn(report()), encoding="utf-8", newline="\n")
