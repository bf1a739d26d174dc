"""The command lines of the contributors' tools: a mistake is one line, and measures nothing."""

import sys

import pytest
from support import grade_versions, mutants, truth

from bench import classes, saves, seeds, thresholds


@pytest.mark.parametrize(
    ("command", "options", "told"),
    [
        (saves, ["9.9"], "there is no chapter `9.9`"),
        (seeds, ["softmax_"], "there is no chapter `softmax_`"),
        (seeds, ["--seeds", "0"], "must be at least 1"),
        (seeds, ["--submission", "nowhere"], "there is no folder `nowhere`: name one with --sub"),
        (classes, ["--count", "0"], "must be at least 1"),
        (grade_versions, ["wrongg", "1.1"], "invalid choice: 'wrongg'"),
        (mutants, ["9.9"], "there is no chapter `9.9`"),
        (truth, ["1.1", "strange"], "there is no kind `strange`"),
        (thresholds, ["--submission", "setup.cfg"], "there is no folder `setup.cfg`: name one"),
    ],
)
def test_a_mistake_is_one_line(monkeypatch, capsys, command, options, told):
    monkeypatch.setattr(sys, "argv", [command.__name__, *options])
    with pytest.raises(SystemExit) as stopped:
        command.main()
    assert stopped.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("python -m ")
    assert told in last
