"""`grade watch` as a learner has it: in a terminal, driven by keys and by saved files."""

import os
import re
import shutil
import sys
import time

import pexpect

from .running import EXERCISES, PATIENCE, ROOT

ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
MARK = r"(?:ok|given|works|todo|FAIL|ERROR|TIME|CRASH)"
FOOT = "q quit"


class Watching:
    """A learner's folder with `grade watch` running beside it, as a context manager."""

    def __init__(self, folder, *arguments, submission=EXERCISES, **environment):
        self.folder = folder / "exercises"
        if not self.folder.exists():
            shutil.copytree(
                submission, self.folder, ignore=shutil.ignore_patterns("__pycache__", "*.backup")
            )
        self.terminal = pexpect.spawn(
            sys.executable,
            ["-m", "grader", "watch", *arguments],
            cwd=str(folder),
            env=os.environ
            | {"LEARN_DL_DATA": "", "TERM": "xterm", "PYTHONPATH": str(ROOT)}
            | environment,
            encoding="utf-8",
            dimensions=(50, 100),
            timeout=PATIENCE,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.terminal.close(force=True)

    def path(self, stem):
        return self.folder / f"{stem}.py"

    def verdict(self, name, timeout=PATIENCE):
        """`(mark, all that was printed up to the mark of the next line)` of this function."""
        self.terminal.expect(rf"({MARK})\W[^\n]*?[m ]{name} +[\d.]+ of", timeout=timeout)
        return self.terminal.match[1]

    def until_foot(self, timeout=PATIENCE):
        """What is printed up to the line of keys, without colours."""
        self.terminal.expect_exact(FOOT, timeout=timeout)
        return ESCAPE.sub("", self.terminal.before).replace("\r\n", "\n")

    def press(self, key):
        self.terminal.send(key)

    def said(self, text, timeout=PATIENCE):
        self.terminal.expect_exact(text, timeout=timeout)

    def silent_for(self, seconds):
        """Whether nothing at all is printed for so long."""
        self.terminal.expect(pexpect.TIMEOUT, timeout=seconds)
        return not ESCAPE.sub("", self.terminal.before).strip()

    def end(self):
        """Press q; the exit code, and how long it took."""
        begin = time.perf_counter()
        self.press("q")
        self.terminal.expect(pexpect.EOF, timeout=PATIENCE)
        self.terminal.close()
        return self.terminal.exitstatus, time.perf_counter() - begin
