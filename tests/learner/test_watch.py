"""`grade watch` in a real pseudo-terminal: what a save gives, and how soon."""

import errno
import os
import queue
import re
import shutil
import signal
import statistics
import subprocess
import sys
import termios
import threading
import time
import tty

import pexpect
import pytest
from support.running import EXERCISES, PATIENCE, POINTS, ROOT, SOLUTIONS, call_grade, run_grade
from support.watching import Watching

from grader.learner import keyboard

STEM = "ch3_2_activation_functions"
RIGHT = (SOLUTIONS / f"{STEM}.py").read_text(encoding="utf-8")
WRONG = RIGHT.replace("powers.sum(axis=-1", "powers.sum(axis=0")
NO_LETTERS = ("\x1b[D", "\x1b[H", "\x1bOQ", "\x1b[15~", "\x1b\x1b[D", "\x1b[[A")  # Left, F2, ...
SAVES = 20
MOST = 250 / 700  # of a cold `grade run`, which takes 0.7 s on the machine that the 250 ms are for


def in_place(path, text):
    path.write_text(text, encoding="utf-8")


def in_two_pieces(path, text):
    """Emptied first, as by a slow disk."""
    with path.open("w", encoding="utf-8") as file:
        file.flush()
        time.sleep(0.05)
        file.write(text)


def by_rename(path, text):
    """As VS Code's atomic save and PyCharm's safe write do."""
    other = path.with_name(f"{path.name}___jb_tmp___")
    other.write_text(text, encoding="utf-8")
    os.replace(other, path)


def with_backup(path, text):
    """As vim does: a probe, the old file moved away, a new one in its place, the old one gone."""
    probe, old = path.with_name("4913"), path.with_name(f"{path.name}~")
    probe.write_text("")
    probe.unlink()
    path.rename(old)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o644)
    old.unlink()


def deleted_first(path, text):
    path.unlink()
    time.sleep(0.05)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def watching(tmp_path):
    with Watching(tmp_path, "3.2", submission=SOLUTIONS) as watching:
        watching.until_foot()
        yield watching


@pytest.mark.slow
def test_a_save_has_its_verdict_in_a_fraction_of_a_cold_run(watching, tmp_path, record_property):
    """20 saves, half of them through a rename; each changes `softmax` alone, which comes first."""
    path, waits = watching.path(STEM), []
    for number in range(SAVES):
        text, mark = (WRONG, "FAIL") if number % 2 == 0 else (RIGHT, "ok")
        begin = time.perf_counter()
        (in_place if number % 4 < 2 else by_rename)(path, text)
        assert watching.verdict("softmax") == mark
        waits.append(time.perf_counter() - begin)
        watching.until_foot()
    cold = []
    for _ in range(3):
        begin = time.perf_counter()
        run_grade("run", "3.2", "--submission", SOLUTIONS, cwd=tmp_path)
        cold.append(time.perf_counter() - begin)
    median = statistics.median(waits)
    record_property("median_ms", round(1000 * median))
    print(f"median of {SAVES} saves: {1000 * median:.0f} ms, cold {1000 * min(cold):.0f} ms")
    assert median < MOST * statistics.median(cold)


@pytest.mark.parametrize(
    "save",
    [in_place, in_two_pieces, by_rename, with_backup, deleted_first],
    ids=lambda f: f.__name__,
)
def test_however_an_editor_saves_each_save_is_graded_once(watching, save):
    save(watching.path(STEM), WRONG)
    shown = watching.until_foot()
    assert shown.count("softmax  ") == 1, shown
    assert "FAIL" in shown
    assert watching.silent_for(0.7)
    save(watching.path(STEM), RIGHT)
    shown = watching.until_foot()
    assert "10 of 10 points" in shown
    assert shown.count("softmax  ") == 1, shown


def test_the_line_at_fault_comes_after_the_report(tmp_path):
    with Watching(tmp_path, "1.2", submission=SOLUTIONS) as watching:
        watching.until_foot()
        path = watching.path("ch1_2_matrix_operations")
        slip = "\n\ndef linear(X, W, b):\n    b = b.mean()\n    return (1.0 * X) @ W + b\n"
        in_place(path, path.read_text() + slip)
        assert "your line" not in watching.until_foot()
        watching.said("The line at fault in `linear`:")
        watching.said("b = b.mean()")


def test_the_edited_function_comes_first_and_the_others_follow(watching):
    in_place(watching.path(STEM), RIGHT.replace("return np.maximum(Z, 0.0)", "return Z"))
    in_place(watching.path(STEM), WRONG)
    shown = watching.until_foot()
    assert re.search(r"\d of (\d) checks pass, \1 before", shown), shown
    verdicts = [
        line.split()[1] for line in shown.splitlines() if line.startswith("  ok") or "FAIL" in line
    ]
    assert verdicts[0] == "softmax"
    assert sorted(verdicts) == sorted(
        ["softmax", "relu", "relu_derivative", "tanh", "tanh_derivative", "leaky_relu"]
    )


def test_a_save_in_the_middle_of_a_run_ends_it_and_begins_another(watching):
    endless = RIGHT.replace(
        "    return powers /", "    while True:\n        pass\n    return powers /"
    )
    assert endless != RIGHT
    in_place(watching.path(STEM), endless)
    watching.said("Activation functions")
    time.sleep(0.5)
    begin = time.perf_counter()
    in_place(watching.path(STEM), WRONG)
    assert watching.verdict("softmax") == "FAIL"
    assert time.perf_counter() - begin < 5  # and not the ten seconds that a hanging call has
    assert "TIME" not in watching.until_foot()


def test_a_file_that_does_not_parse_or_is_gone_is_said_and_watching_goes_on(watching):
    path = watching.path(STEM)
    in_place(path, RIGHT + "\ndef half(\n")
    shown = watching.until_foot()
    assert "cannot be imported" in shown
    assert "Traceback" not in shown
    path.unlink()
    assert "is not in the submission" in watching.until_foot()
    in_place(path, RIGHT)
    assert "10 of 10 points" in watching.until_foot()


def test_what_is_still_being_graded_is_not_taken_for_passed(watching):
    endless = RIGHT.replace(
        "    return powers /", "    while True:\n        pass\n    return powers /"
    )
    in_place(watching.path(STEM), endless)
    watching.said("Activation functions")
    watching.press("h")
    watching.said("still in progress")
    watching.press("d")
    watching.said("`softmax` is still being graded")
    begin = time.perf_counter()
    watching.press("d")  # once more: shown, and not timed
    watching.said("reference (solutions)")
    assert watching.end()[0] == 0
    assert time.perf_counter() - begin < 8


def test_keys_work_again_after_a_stop(watching):
    watching.terminal.kill(signal.SIGSTOP)
    settings = termios.tcgetattr(watching.terminal.child_fd)
    settings[3] |= termios.ICANON | termios.ECHO  # as a shell does
    termios.tcsetattr(watching.terminal.child_fd, termios.TCSANOW, settings)
    watching.terminal.kill(signal.SIGCONT)
    time.sleep(0.5)
    watching.press("l")
    watching.said(f"of {POINTS} points")
    assert watching.end()[0] == 0


def test_a_stop_while_the_terminal_is_set_up_is_no_error(monkeypatch):
    set_mode, calls = tty.setcbreak, []

    def interrupted_once(*arguments):
        calls.append(arguments)
        if len(calls) == 1:
            raise termios.error(errno.EINTR, "Interrupted system call")
        set_mode(*arguments)

    monkeypatch.setattr(tty, "setcbreak", interrupted_once)
    keys, before = queue.Queue(), set(threading.enumerate())
    ours, its = os.openpty()
    with os.fdopen(ours, "wb", buffering=0) as typing, os.fdopen(its) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        with keyboard.listening(lambda *event: keys.put(event)):
            typing.write(b"n")  # without Enter
            assert keys.get(timeout=PATIENCE) == ("key", "n")
        for thread in set(threading.enumerate()) - before:
            thread.join()  # it still reads from the terminal
    assert len(calls) == 2


def test_another_chapters_file_is_graded_when_it_is_saved(watching):
    other = "ch1_3_activation_basics"
    text = watching.path(other).read_text(encoding="utf-8")
    in_place(watching.path(other), text + "\n")
    shown = watching.until_foot()
    assert "1.3  Mathematical" in shown
    assert "10 of 10 points" in shown
    watching.press("b")
    assert "3.2  Activation" in watching.until_foot()


def test_it_never_goes_on_by_itself_and_its_keys_do_what_they_say(tmp_path):
    with Watching(tmp_path, "1.3") as watching:
        watching.until_foot()
        watching.press("".join(NO_LETTERS) + "h")
        shown = watching.until_foot()
        assert "hint 1 of 3" in shown
        assert "Press h again" in shown
        assert "does not pass" not in shown  # as d says
        watching.press("d")
        watching.said("does not pass yet")
        watching.until_foot()
        in_place(watching.path("ch1_3_activation_basics"), _solution("ch1_3_activation_basics"))
        shown = watching.until_foot()
        assert "Chapter 1.3 is done" in shown
        assert watching.silent_for(1)
        watching.press("d")
        watching.said("reference")
        watching.until_foot()
        watching.press("l")
        watching.said(f"10 of {POINTS} points")
        watching.until_foot()
        watching.press("?")
        watching.until_foot()
        watching.press("n")
        watching.said("2.1  Understanding loss functions")
        watching.until_foot()
        watching.press("r")
        watching.said("2.1  Understanding loss functions")
        watching.until_foot()
        code, seconds = watching.end()
    assert code == 0
    assert seconds < 5


def _solution(stem):
    return (SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8")


def test_it_keeps_to_the_chapter_that_is_watched_and_to_what_it_uses(tmp_path):
    with Watching(tmp_path, "1.1") as watching:
        watching.until_foot()
        watching.press("d")
        watching.said("`normalize` does not pass yet")
        watching.until_foot()
        watching.press("d")
        shown = watching.until_foot()
        assert "reference" in shown
        assert "one_hot" not in shown  # nobody asked about that one
        first, other = "ch1_1_numpy_arrays", "ch2_1_loss_functions"
        in_place(watching.path("shapes"), "")
        in_place(watching.path(other), _solution(other))
        in_place(watching.path(first), f"{_solution(first)}\nfrom . import shapes\n")
        watching.said("Also saved: `grade run 2.1`")
        assert "10 of 10 points" in watching.until_foot()
        in_place(watching.path("shapes"), "half = (")
        assert "cannot be imported" in watching.until_foot()
        watching.path("shapes").unlink()
        assert "cannot be imported" in watching.until_foot()


def test_what_the_reference_stands_in_for_is_what_is_left_to_do(tmp_path):
    shutil.copytree(SOLUTIONS, tmp_path / "exercises")
    shutil.copy(EXERCISES / f"{STEM}.py", tmp_path / "exercises")
    with Watching(tmp_path, "3.3") as watching:
        shown = watching.until_foot()
        assert "given forward_mlp" in shown
        assert "Chapter 3.3 is done" in shown
        assert "still depends on `relu` (3.2)" in shown
        watching.press("h")
        assert "3.2 `relu`, hint 1 of 3" in watching.until_foot()


@pytest.mark.needs("ps")
@pytest.mark.parametrize("way", ["q", "the terminal is closed", "terminated"])
def test_whatever_ends_it_in_the_middle_of_training_nothing_is_left(tmp_path, way):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with Watching(tmp_path, "3.4", submission=SOLUTIONS, TMPDIR=str(scratch)) as watching:
        watching.said("Backpropagation")
        time.sleep(1)
        if way == "q":
            code, seconds = watching.end()
            assert code == 0
            assert seconds < 5
        elif way == "terminated":
            watching.terminal.kill(signal.SIGTERM)
            watching.terminal.expect(pexpect.EOF, timeout=PATIENCE)
            watching.terminal.close()
            assert watching.terminal.exitstatus == 130
        else:
            watching.terminal.ptyproc.fileobj.close()
            for _ in range(300):  # not `close`, which waits for half a second alone
                if not watching.terminal.isalive():
                    break
                time.sleep(0.1)
    for _ in range(50):
        if not list(scratch.iterdir()):
            break
        time.sleep(0.1)
    assert list(scratch.iterdir()) == []
    listed = subprocess.run(
        ["ps", "-eo", "args"], capture_output=True, text=True, check=True
    ).stdout
    assert str(tmp_path) not in listed


@pytest.fixture
def piped(tmp_path):
    """`grade watch` without a terminal."""
    shutil.copytree(EXERCISES, tmp_path / "exercises")
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "grader", "watch", "1.3"],
        cwd=tmp_path,
        env=os.environ
        | {"LEARN_DL_DATA": "", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
        | {"PYTHONFAULTHANDLER": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process, tmp_path / "exercises"
    process.kill()
    process.communicate()


def _read_until(process, text):
    shown = ""
    while text not in shown:
        line = process.stdout.readline()
        assert line, shown + process.stderr.read()
        shown += line
    return shown


def _exit_code(process):
    """Once it has ended; where it hangs, the test fails with what each of its threads is at."""
    try:
        return process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)
        raise AssertionError(process.stderr.read()) from None


def test_without_a_terminal_it_prints_plain_lines_and_reads_keys_from_lines(piped):
    process, _ = piped
    shown = _read_until(process, "q quit")
    assert shown.isascii()
    assert "\x1b" not in shown
    out, err = process.communicate("l\nq\n", timeout=PATIENCE)
    assert f"of {POINTS} points" in out
    assert (process.returncode, err) == (0, "")


def test_without_any_input_it_goes_on_until_it_is_interrupted(piped):
    process, folder = piped
    _read_until(process, "q quit")
    process.stdin.close()
    in_place(folder / "ch1_3_activation_basics.py", _solution("ch1_3_activation_basics"))
    assert "is done" in _read_until(process, "q quit")
    process.send_signal(signal.SIGINT)
    assert _exit_code(process) == 130
    assert process.stderr.read().strip() == "grade: stopped"
    process.stdin = None


@pytest.mark.needs("posix")
@pytest.mark.parametrize("seen", ["1.3", "q quit"])
def test_it_ends_when_nobody_reads_its_output(piped, seen):
    process, _ = piped
    _read_until(process, seen)
    process.stdout.close()
    assert _exit_code(process) == 0
    assert process.stderr.read() == ""


def test_data_that_is_not_where_it_should_be_is_said_at_once(tmp_path):
    shutil.copytree(EXERCISES, tmp_path / "exercises")
    done = call_grade("watch", "3.4", cwd=tmp_path, LEARN_DL_DATA=str(tmp_path / "nowhere"))
    assert done.returncode == 2
    (line,) = done.stderr.splitlines()
    assert "LEARN_DL_DATA" in line


def test_when_the_folder_goes_away_it_says_so_in_one_line(piped):
    process, folder = piped
    _read_until(process, "q quit")
    shutil.rmtree(folder)
    assert _exit_code(process) == 2
    (line,) = process.stderr.read().splitlines()
    assert "exercises" in line
    assert "gone" in line
