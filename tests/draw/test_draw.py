"""`grade draw`: the board on loopback, for the network that the learner has trained."""

import contextlib
import json

import pytest
from support.drawing import STEM, drawing_board, solved_course
from support.running import EXERCISES, call_grade

ONE = [[[10, 0], [10, 50]]]


@pytest.fixture
def course(tmp_path):
    return solved_course(tmp_path)


@pytest.fixture
def draw(course):
    """Starts `grade draw`: `draw("3.4")`."""
    with contextlib.ExitStack() as boards:
        yield lambda *args: boards.enter_context(drawing_board(course, *args))


def test_the_learner_s_network_reads_a_drawing_until_control_c(draw):
    board = draw("3.4")
    assert "Training your network of 3.4 on 1,500 digits" in board.printed
    answer = board.read(ONE)
    assert answer["answer"] == 1
    assert sum(answer["probabilities"]) == pytest.approx(1, abs=0.01)
    assert [near["label"] for near in answer["nearest"]].count(1) >= 4
    assert answer["fired"]
    assert board.read([]) == {"problem": "there is nothing drawn yet"}
    assert board.end() == 0


def test_it_is_trained_again_only_when_the_code_has_changed(draw, course):
    draw("3.4").end()
    assert "Training" not in draw("train_mlp").printed
    with (course / "exercises" / f"{STEM}.py").open("a", encoding="utf-8") as file:
        file.write("\n# changed\n")
    assert "Training" in draw("3.4").printed
    assert len(list((course / ".learn-dl-networks").iterdir())) == 1


def test_a_damaged_kept_network_is_trained_again(draw, course):
    draw("3.4").end()
    (kept,) = (course / ".learn-dl-networks").iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    assert "Training" in draw("3.4").printed


def test_only_its_own_page_on_this_machine_gets_an_answer(draw):
    board = draw("3.4")
    assert board.url.hostname == "127.0.0.1"
    own = f"127.0.0.1:{board.url.port}"
    assert board.ask()[0] == board.ask(Origin=f"http://{own}")[0] == 200
    for host in ("evil.example", f"evil.example:{board.url.port}", "127.0.0.1", "127.0.0.1:1"):
        assert board.ask(Host=host)[0] == 403, host
        assert board.ask("read", "POST", json.dumps(ONE), Host=host)[0] == 403, host
    for origin in (
        "http://evil.example",
        "null",
        f"https://{own}",
        f"http://localhost:{board.url.port}",
    ):
        assert board.ask("read", "POST", json.dumps(ONE), Origin=origin)[0] == 403, origin
    for path in ("/", "/read", f"/x{board.url.path}", "/wrong/", board.url.path + "../server.py"):
        assert board.ask(path=path)[0] == 404, path
    assert board.ask("read")[0] == 404
    assert board.ask("read", "POST", "{")[0] == 400
    assert board.ask("read", "POST", "[" * 100_000)[0] == 400
    assert board.ask("read", "POST", " " * 2_000_001)[0] == 413
    assert board.read(ONE)["answer"] == 1


@pytest.mark.parametrize("chapter", ["1.1", "softmax", "5.4"])
def test_other_chapters_are_refused_in_one_line(chapter, course):
    done = call_grade("draw", chapter, "--no-browser", cwd=course)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "has no network that reads digits: name one of 3.4, 4.3, 4.5" in done.stderr


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ((EXERCISES / f"{STEM}.py").read_text(encoding="utf-8"), "train_mlp"),
        ("def train_mlp(X, y, epochs, rng):\n    return 1\n", "(params, losses)"),
        ("def train_mlp(X, y, epochs, rng):\n    return [], [1.0]\n", "(W1, b1, W2, b2)"),
        ("def (", "cannot be imported"),
    ],
    ids=["stub", "number", "no parameters", "no Python"],
)
def test_a_network_that_cannot_be_trained_is_one_line(course, source, said):
    (course / "exercises" / f"{STEM}.py").write_text(source, encoding="utf-8")
    done = call_grade("draw", "3.4", "--no-browser", cwd=course)
    assert done.returncode == 2
    assert done.stderr.startswith("grade: `train_mlp` trained no network:")
    assert done.stderr.count("\n") == 1
    assert "`grade run 3.4`" in done.stderr
    assert said in done.stderr
