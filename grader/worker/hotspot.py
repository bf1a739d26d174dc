"""Where the learner's code spends its time: a thread looks at it every few milliseconds."""

import ast
import collections
import sys
import threading

PAUSE = 0.002  # seconds


class Hotspot:
    """Samples the learner's lines while a call runs; `own` says whether a file is the learner's."""

    def __init__(self, own):
        self.own = own
        self.main = threading.get_ident()
        self.seen = collections.Counter()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def loop(self):
        """`[file, line, function, source]` of the loop that takes the most time, or None."""
        for lines, _ in self.seen.most_common():
            for file, line, function in lines:  # the innermost first
                if found := _enclosing_loop(file, line):
                    return [file, found[0], function, found[1]]
        return None

    def _sample(self):
        while not self.over.wait(PAUSE):
            frame = sys._current_frames().get(self.main)
            lines = []
            while frame is not None:
                if self.own(frame.f_code.co_filename):
                    place = frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name
                    lines.append(place)
                frame = frame.f_back
            if lines:
                self.seen[tuple(lines)] += 1


def _enclosing_loop(file, line):
    """`(line, source)` of the innermost loop or comprehension around this line."""
    with open(file, encoding="utf-8") as source:
        text = source.read()
    loops = (ast.For, ast.While, ast.ListComp, ast.GeneratorExp, ast.SetComp, ast.DictComp)
    around = [
        node.lineno
        for node in ast.walk(ast.parse(text))
        if isinstance(node, loops) and node.lineno <= line <= node.end_lineno
    ]
    return (max(around), text.splitlines()[max(around) - 1].strip()[:200]) if around else None
