"""Finds where the learner's code spends its time: a thread samples it every few milliseconds."""

import ast
import collections
import sys
import threading
from collections.abc import Callable

PAUSE = 0.002  # seconds between samples

Place = tuple[str, int, str]  # (file, line, function)


class Hotspot:
    """Samples the learner's lines while a call runs; `is_own(file)` is True for learner's files."""

    def __init__(self, is_own: Callable[[str], bool]) -> None:
        self.is_own = is_own
        self.main = threading.get_ident()
        self.samples: collections.Counter[tuple[Place, ...]] = collections.Counter()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def loop(self) -> tuple[str, int, str, str] | None:
        """Return `(file, line, function, source)` of the loop that took the most time, or None."""
        for lines, _ in self.samples.most_common():
            for file, line, function in lines:  # the innermost first
                if loop := _enclosing_loop(file, line):
                    return file, loop[0], function, loop[1]
        return None

    def _sample(self):
        while not self.over.wait(PAUSE):
            frame = sys._current_frames().get(self.main)
            lines: list[Place] = []
            while frame is not None:
                if self.is_own(frame.f_code.co_filename):
                    code = frame.f_code
                    lines.append((code.co_filename, frame.f_lineno, code.co_name))
                frame = frame.f_back
            if lines:
                self.samples[tuple(lines)] += 1


def _enclosing_loop(file, line):
    """Return `(line, source)` of the innermost loop or comprehension around this line, or None."""
    with open(file, encoding="utf-8") as source:
        text = source.read()
    loops = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)
    around = [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, loops) and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return (max(around), text.splitlines()[max(around) - 1].strip()[:200]) if around else None
