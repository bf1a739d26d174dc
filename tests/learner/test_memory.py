"""What `grade watch` knows from one save to the next, and when it forgets it."""

import shutil

import pytest
from support.running import SOLUTIONS

from grader.boundary.reply import Reply
from grader.course import registry
from grader.learner.memory import Memory, Recall
from grader.submission.uses import Uses
from grader.vocabulary.call import Call
from grader.vocabulary.finding import Finding

CHAPTER = registry.by_stem("ch4_5_momentum_capstone")
TRAIN, PREDICT = "train_capstone", "predict_capstone"
SOUND = [(CHAPTER.stem, name) for name in ("momentum_update", TRAIN, PREDICT)]


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "exercises"
    shutil.copytree(SOLUTIONS, folder)
    return folder


class Repeating:
    """Workers whose functions always give the same answer."""

    answer = 1.0

    def __init__(self):
        self.shared, self.hung = {}, set()

    def call(self, *_, **__):
        return Reply(value=self.answer)


def recall(memory, folder):
    return Recall(memory, CHAPTER, Uses(folder), folder)


@pytest.fixture
def memory(folder):
    """That of a run that found all sound and made two calls of each function."""
    memory = Memory().at(CHAPTER, folder)
    shared = {
        (CHAPTER.stem, f"{name} {i}"): Call(name, (), {}, Reply(value=Repeating.answer))
        for name in (TRAIN, PREDICT)
        for i in range(2)
    }
    shared[CHAPTER.stem, "refused"] = Finding("no answer")
    recall(memory, folder).keep([*SOUND, ("ch4_1_deep_mlp", "forward_deep_mlp")], shared)
    return memory


def called(memory, folder, graded=()):
    """The functions whose calls are lent to the checks of others."""
    workers = Repeating()
    run = recall(memory, folder)
    run.lend(workers, graded)
    lent = [call.name for call in workers.shared.values()]
    run.take_back(workers)
    assert not workers.shared
    return list(dict.fromkeys(lent))


def sound(memory, folder):
    return [name for _, name in recall(memory, folder).sound()]


def edit(folder, old, new, stem=CHAPTER.stem):
    file = folder / f"{stem}.py"
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


ALL = ["momentum_update", TRAIN, PREDICT, "forward_deep_mlp"]


@pytest.mark.parametrize(
    ("old", "new", "calls", "still_sound"),
    [
        ("", "", [TRAIN, PREDICT], ALL),
        ("    images = X.resh", "    print()\n    images = X.resh", [TRAIN], [*ALL[:2], ALL[3]]),
        ("0.9, lr)", "0.8, lr)", [], [ALL[0], *ALL[2:]]),  # what it returns goes into the other
        ("mu * v", "mu + v", [], ALL[2:]),  # training uses it
        ("Compute the share", "Compute a share", [TRAIN, PREDICT], ALL),  # in `accuracy`
        ("SHIFTS = ", "SHIFTS = 1 * ", [], ALL[3:]),  # outside of functions: anything may use it
    ],
)
def test_what_an_edit_does_not_touch_still_holds(folder, memory, old, new, calls, still_sound):
    edit(folder, old, new)
    memory = memory.at(CHAPTER, folder)
    assert called(memory, folder) == calls
    assert sound(memory, folder) == still_sound


def test_an_edit_of_another_chapter_ends_all(folder, memory):
    edit(folder, "def relu(", "def relu(  # rectified", "ch3_2_activation_functions")
    memory = memory.at(CHAPTER, folder)
    assert called(memory, folder) == sound(memory, folder) == []


def test_a_change_of_a_data_file_that_the_code_opens_ends_all(folder, memory):
    (folder / "weights.csv").write_text("1")
    memory = memory.at(CHAPTER, folder)
    assert sound(memory, folder) == ALL
    edit(folder, "Compute the share", "weights.csv: the share")
    memory = memory.at(CHAPTER, folder)
    assert called(memory, folder) == sound(memory, folder) == []


def test_the_calls_of_what_is_graded_are_made_again(folder, memory):
    assert called(memory, folder, [PREDICT]) == [TRAIN]
    assert called(memory, folder, [TRAIN]) == []


def test_nothing_is_lent_if_a_repeated_call_gives_another_answer(folder, memory, monkeypatch):
    monkeypatch.setattr(Repeating, "answer", 2.0)
    assert called(memory, folder) == []


def test_a_run_whose_file_was_saved_again_leaves_nothing(folder, memory):
    run = recall(memory, folder)
    edit(folder, "0.9, lr)", "0.8, lr)")
    shared = {(CHAPTER.stem, "other"): Call(TRAIN, (), {}, Reply())}
    run.keep(SOUND, shared)
    assert called(memory, folder) == []
    edit(folder, "0.8, lr)", "0.9, lr)")
    assert called(memory, folder) == [TRAIN, PREDICT]
