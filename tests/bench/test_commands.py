"""The command lines of the measurements: a mistake is one line, and measures nothing."""

import sys

import pytest

from bench import classes, saves, seeds, thresholds


@pytest.mark.parametrize(
    ("command", "options", "told"),
    [
        (saves, ["9.9"], "there is no chapter `9.9`"),
        (seeds, ["softmax_"], "there is no chapter `softmax_`"),
        (seeds, ["--seeds", "0"], "must be at least 1"),
        (seeds, ["--submission", "nowhere"], "there is no folder `nowhere`"),
        (classes, ["--count", "0"], "must be at least 1"),
        (thresholds, ["--submission", "nowhere"], "there is no folder `nowhere`"),
    ],
)
def test_a_mistake_is_one_line(monkeypatch, capsys, command, options, told):
    monkeypatch.setattr(sys, "argv", [command.__name__, *options])
    with pytest.raises(SystemExit) as stopped:
        command.main()
    assert stopped.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith(f"python -m {command.__name__}: error: ")
    assert told in last
