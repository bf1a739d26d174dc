"""`grade draw` as it runs, and requests to it."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
from urllib.parse import urlsplit

from .running import PATIENCE, ROOT, SOLUTIONS

STEM = "ch3_4_backpropagation"
FAST = """

def train_mlp(X, y, epochs, rng, train=train_mlp):
    return train(X, y, epochs=5, lr=0.3, rng=rng)
"""


def solved_course(folder):
    """A course with every chapter solved, whose network of 3.4 is trained in a moment."""
    chapters = folder / "exercises"
    shutil.copytree(SOLUTIONS, chapters, ignore=shutil.ignore_patterns("__pycache__"))
    with (chapters / f"{STEM}.py").open("a", encoding="utf-8") as file:
        file.write(FAST)
    return folder


@contextlib.contextmanager
def drawing_board(course, *args):
    """Start `grade draw ARGS` in a course, and end it if it has not ended."""
    process = subprocess.Popen(
        [sys.executable, "-m", "grader", "draw", *args, "--no-browser"],
        cwd=course,
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield Board(process)
        finally:
            process.kill()


class Board:
    """A running `grade draw`; `printed` is what it says before it serves."""

    def __init__(self, process):
        self.process, self.printed = process, ""
        while "Ctrl-C" not in self.printed:
            line = process.stdout.readline()
            assert line, self.printed
            self.printed += line
        self.address = next(word for word in self.printed.split() if word.startswith("http://"))
        self.url = urlsplit(self.address)

    def ask(self, name="", method="GET", body=None, path=None, **headers):
        """Return `(status, body)` of a request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.url.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, path or self.url.path + name, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def read(self, drawing):
        """Return what the network makes of a drawing."""
        return json.loads(self.ask("read", "POST", json.dumps(drawing))[1])

    def end(self):
        """Press Ctrl-C; return the exit code."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)
