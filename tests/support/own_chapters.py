"""The complete chapter that docs/chapters.md shows, as files."""

import re

from .running import ROOT

STEM = "ch6_1_moving_average"
FILE = re.compile(r"^`my-chapters/([\w./-]+)`:\n\n```\w+\n(.*?)^```", re.DOTALL | re.MULTILINE)
WRONG = "return np.convolve(x, np.ones(width, x.dtype), 'valid')"


def write(folder):
    """Write the example's files into a new folder, and return it."""
    text = (ROOT / "docs" / "chapters.md").read_text(encoding="utf-8")
    for name, content in FILE.findall(text):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def with_wrong_average(stub):
    """The stub's text with a sum in place of the mean."""
    return stub.replace('raise NotImplementedError("write `moving_average`")', WRONG)
