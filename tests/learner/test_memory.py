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


def recall(memory, folder):
    return Recall(memory, CHAPTER, Uses(folder), folder)


@pytest.fixture
def memory(folder):
    """That of a run that found all sound and made one call of each function."""
    memory = Memory().at(CHAPTER, folder)
    shared = {(CHAPTER.stem, name): Call(name, (), {}, Reply()) for name in (TRAIN, PREDICT)}
    shared[CHAPTER.stem, "refused"] = Finding("no answer")
    recall(memory, folder).keep([*SOUND, ("ch4_1_deep_mlp", "forward_deep_mlp")], shared)
    return memory


def called(memory, folder):
    return [call.name for call in recall(memory, folder).calls().values()]


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


def test_a_run_whose_file_was_saved_again_leaves_nothing(folder, memory):
    run = recall(memory, folder)
    edit(folder, "0.9, lr)", "0.8, lr)")
    shared = {(CHAPTER.stem, "other"): Call(TRAIN, (), {}, Reply())}
    run.keep(SOUND, shared)
    assert called(memory, folder) == []
    edit(folder, "0.8, lr)", "0.9, lr)")
    assert called(memory, folder) == [TRAIN, PREDICT]
