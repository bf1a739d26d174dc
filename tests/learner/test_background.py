"""What is known of other chapters from one save to the next."""

import queue
import shutil

import pytest
from support.running import SOLUTIONS

from grader.course import registry
from grader.learner.background import BackgroundGrader

NAME, BUILT_ON = "forward_perceptron", "linear"


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "exercises"
    folder.mkdir()
    for file in SOLUTIONS.glob("ch[123]_*.py"):
        shutil.copy(file, folder)
    return folder


def add(file, text):
    file.write_text(f"{file.read_text()}\n\n{text}\n")


def test_another_chapter_is_blamed_once_it_is_at_fault(folder):
    chapter = registry.by_stem("ch3_1_perceptron")
    own, other = folder / f"{chapter.stem}.py", folder / "ch1_2_matrix_operations.py"
    events = queue.SimpleQueue()
    grader = BackgroundGrader(folder, lambda *event: events.put(event), lambda: None)

    def blamed():
        grader.grade(chapter, [NAME])
        while (event := events.get(timeout=120))[0] != "verdict":
            pass
        grader.stop()
        function = event[2]
        assert function.name == NAME
        assert not function.works
        return [part.name for part in function.because_of]

    right = own.read_text()
    add(own, f"def {NAME}(X, W, b):\n    return -sigmoid(linear(X, W, b))")
    assert blamed() == []
    add(own, "# saved again")
    assert blamed() == []
    own.write_text(right)
    add(other, f"def {BUILT_ON}(X, W, b):\n    return X @ W - b")
    assert blamed() == [BUILT_ON]
    grader.close()
