"""Renders formulas at build time with KaTeX, so that a reader needs no script for them.

A formula that KaTeX cannot read fails the build with its text. KaTeX itself lies in `katex/`;
V8, from the package `mini-racer`, runs it.
"""

import json
from functools import cache

from . import cache as kept
from . import places

KATEX = places.SITE / "katex" / "katex.min.js"
RENDER = """
function render(formula, display, output) {
  return katex.renderToString(formula, {
    displayMode: display, output: output, throwOnError: true, strict: "error", maxExpand: 1000
  });
}
"""


class BadFormula(Exception):
    """KaTeX cannot read a formula; the message is one line."""


class Formulas:
    """Renders formulas and remembers them in a file, because starting V8 takes a moment."""

    def __init__(self, file):
        self.file = file
        self.known = kept.recall(file) or {}

    def html(self, formula, display, output="htmlAndMathml"):
        """Return the HTML of a formula; `output` may also be `mathml`."""
        key = kept.fingerprint(formula, display, output, _version())
        if key not in self.known:
            self.known[key] = _render(formula, display, output)
        return self.known[key]

    def save(self):
        """Keep what was rendered for the next build."""
        kept.place(self.file, json.dumps(self.known))


def _render(formula, display, output):
    from py_mini_racer import JSEvalException

    try:
        return _engine().call("render", formula, display, output)
    except JSEvalException as error:
        first = str(error).partition("\n")[0]
        reason = first.partition("ParseError: ")[2] or first
        raise BadFormula(f"`{' '.join(formula.split())}`: {reason}") from None


@cache
def _engine():
    from py_mini_racer import MiniRacer

    engine = MiniRacer()
    engine.eval(KATEX.read_text(encoding="utf-8"))
    engine.eval(RENDER)
    return engine


@cache
def _version():
    return kept.fingerprint(KATEX)
