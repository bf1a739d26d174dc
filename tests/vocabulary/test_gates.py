"""Gates on training: what each lets pass and what it says where it does not."""

import itertools
import json
import time
from types import SimpleNamespace

import numpy as np
import pytest

from grader.boundary.workers import Workers
from grader.course import registry
from grader.vocabulary import gates
from grader.vocabulary.finding import Finding
from grader.vocabulary.student import Student
from grader.vocabulary.values import figure


def headline(word, *args, **options):
    with pytest.raises(Finding) as caught:
        word(*args, **options)
    return caught.value.headline


def test_training_starts_near_chance():
    gates.starts_near_chance(np.array([2.5, 1.0]))
    text = headline(gates.starts_near_chance, np.array([7.0, 2.3]))
    assert text.startswith("training should start near a loss of ln 10 = 2.303")
    assert text.endswith("starts at 7.0")


def test_a_few_images_are_memorized():
    gates.falls_to(np.array([2.3, *[0.01] * 5]), 0.1, 6)
    text = headline(gates.falls_to, np.array([2.3] * 9), 0.1, 9)
    assert text == "the network should be able to memorize a few images, but the loss ends at 2.3"


def test_the_losses_of_a_whole_training_fall():
    gates.falls(np.array([3.0, 9.0, 9.0, 9.0, 2.9]), about=None)
    text = headline(gates.falls, np.array([2.0, 2.2, 0.0, 2.1, 2.3, 2.0] * 2), about=None)
    assert text == "the losses should fall, but go from 2.1 to 2.15"


def test_probabilities_are_a_row_of_ten_for_each_image():
    A = np.eye(10, dtype=np.float32)[:3]
    assert gates.probabilities(A, 3).dtype == np.float64
    assert "shape (4, 10) but has (3, 10)" in headline(gates.probabilities, A, 4)
    assert headline(gates.probabilities, A - 0.1, 3) == "probabilities should not be below 0"
    assert headline(gates.probabilities, 2 * A, 3).startswith("the sum of each row")


def test_an_image_gets_the_same_probabilities_in_every_batch():
    X, labels = np.eye(100)[:, :10] + 0.1, np.arange(100) % 10
    own = lambda X: X / X.sum(axis=1, keepdims=True)  # noqa: E731
    words = gates.judges_each_independently
    assert headline(words, own, X, labels).endswith("at least 30% but is 19.0%")
    X = np.eye(10)[labels] + 0.1
    words(own, X, labels)
    text = headline(words, lambda X: own(X) + len(X) / 1000, X, labels)
    assert text.startswith("the prediction for an image depends on the batch it is in")


def test_accuracy_reaches_the_gate_of_the_data_set():
    dataset = SimpleNamespace(name="digits", X_test=np.zeros((297, 784)))
    gate = gates.thresholds()["digits"]["train_mlp"]
    gates.reaches(gate / 100, "train_mlp", dataset)
    text = headline(gates.reaches, gate / 100 - 0.01, "train_mlp", dataset)
    got = figure(gate - 1)
    assert text == f"test accuracy on 297 digits images should be at least {gate:g}% but is {got}%"


@pytest.mark.parametrize(
    ("epochs", "right_after", "trainings"),
    [
        (30, {5: 0.95}, [5]),  # certain after a sixth
        (30, {5: 0.5, 10: 0.95}, [5, 10]),
        (30, {5: 0.5, 10: 0.5, 30: 0.95}, [5, 10, 30]),
        (5, {5: 0.95}, [5]),  # too few epochs to stop early
    ],
)
def test_a_training_ends_when_the_gate_is_reached(epochs, right_after, trainings):
    dataset, seen = SimpleNamespace(name="digits", X_test=np.zeros((297, 784))), []

    def accuracy_after(number):
        seen.append(number)
        return right_after[number]

    gates.reaches_after(epochs, accuracy_after, "train_mlp", dataset)
    assert seen == trainings


def test_a_training_fails_by_its_last_epoch():
    dataset = SimpleNamespace(name="digits", X_test=np.zeros((297, 784)))
    text = headline(gates.reaches_after, 30, {5: 0.1, 10: 0.1, 30: 0.2}.get, "train_mlp", dataset)
    assert text.endswith("but is 20.0%")


def test_every_gate_keeps_the_promise_of_the_outline():
    trained = {"train_mlp", "train_deep_mlp", "train_cnn", "train_regularized_mlp"}
    for gate in (gates.thresholds()[name] for name in ("digits", "mnist")):
        assert set(gate) >= {*trained, "train_capstone"}
        assert all(gate[name] >= 85 for name in trained)
        assert gate["train_capstone"] >= 90
    text = gates.Path(gates.__file__).with_name("thresholds.json").read_text()
    assert json.loads(text) == gates.thresholds()


def call_taking(seconds, value=None, check=lambda value: None):
    loop = ("ch3_4_x.py", 7, "mlp_loss", "for i in range(n):")
    reply = SimpleNamespace(seconds=seconds, loop=loop, value=value)
    return lambda: (lambda **_: SimpleNamespace(reply=reply), check)


def test_time_is_a_ratio_and_the_best_of_several_tries_counts():
    def calibrate():
        time.sleep(0.01)

    gates.vectorized(call_taking(0.02), calibrate, 10, "training")
    times = iter([5.0, 5.0, 0.02])
    gates.vectorized(lambda: call_taking(next(times))(), calibrate, 10, "training")


def test_each_try_has_arguments_of_its_own_and_its_answer_is_checked():
    drawn, checked = itertools.count(), []

    def draw():
        number, seconds = next(drawn), 5.0 if len(checked) < 2 else 0.0
        return call_taking(seconds, number, checked.append)()

    gates.vectorized(draw, lambda: time.sleep(0.001), 10, "training")
    assert checked == [0, 1, 2]

    def refuse(value):
        raise Finding("not the sum")

    assert headline(gates.vectorized, call_taking(0, 1, refuse), lambda: None, 10, "it").startswith(
        "not the sum"
    )


@pytest.mark.parametrize("several", [False, True])
def test_an_answer_that_is_quick_and_wrong_for_many_examples_is_refused(several):
    rng = np.random.default_rng(0)
    X, W = rng.normal(size=(50, 4)), rng.normal(size=(4, 3))

    def oracle(X, W):
        return [X @ W, X] if several else X @ W

    class Function:
        factor = 1

        def __call__(self, X, W):
            return oracle(self.factor * X, W)

        def call(self, *arguments):
            return arguments

    call, check = gates.some_right(Function(), oracle, rng, (X[:2], W), (X, W))
    assert call() == (X, W)
    check(oracle(X, W))
    assert "wrong values" in headline(check, oracle(X, 0 * W))
    assert "shape" in headline(check, oracle(X[:3], W))
    # What is wrong for few examples too costs its points elsewhere.
    wrong = Function()
    wrong.factor = 2
    _, check = gates.some_right(wrong, oracle, rng, (X[:2], W), (X, W))
    check(wrong(X, W))
    assert "wrong values" in headline(check, oracle(X, W))


def test_too_slow_a_call_is_told_what_was_measured_against_what_and_where_the_loop_is(monkeypatch):
    clock = itertools.count(step=0.5)
    monkeypatch.setattr(gates.time, "perf_counter", lambda: next(clock))
    with pytest.raises(Finding) as caught:
        gates.vectorized(call_taking(60.0), lambda: None, 10, "training")
    assert str(caught.value) == (
        "training takes 120 times as long as its matrix products alone: let NumPy do the loops\n"
        "  expected  at most 10 times 500 ms, just measured on this machine\n"
        "  got       60 s\n"
        "  where     ch3_4_x.py:7, in mlp_loss: for i in range(n):"
    )


def test_a_machine_that_is_ten_times_slower_changes_nothing(monkeypatch):
    for slowness in (1, 10):
        clock = itertools.count(step=0.01 * slowness)
        monkeypatch.setattr(gates.time, "perf_counter", lambda clock=clock: next(clock))
        gates.vectorized(call_taking(0.09 * slowness), lambda: None, 10, "training")
        text = headline(gates.vectorized, call_taking(0.2 * slowness), lambda: None, 10, "it")
        assert text.startswith("it takes 20 times as long")


LOOPS = """
import numpy as np


def one_hot(labels, num_classes):
    rows = []
    for i in range(3):  # not this one
        rows.append(i)
    for label in labels:
        total = 0
        for _ in range(2000):
            total += label
    return np.eye(num_classes)[labels]


def normalize(X):
    return np.linalg.inv(X)
"""


def test_the_loop_that_takes_the_time_is_found(submission):
    workers = Workers(submission({"ch1_1_numpy_arrays": LOOPS}))
    student = Student(workers, "ch1_1_numpy_arrays")
    labels = np.arange(900) % 10
    assert student.one_hot.call(labels, 10).reply.loop is None  # nobody asked
    loop = student.one_hot.call(labels, 10, find_loop=True).reply.loop
    assert loop == ("ch1_1_numpy_arrays.py", 11, "one_hot", "for _ in range(2000):")
    X = np.eye(300)
    assert student.normalize.call(X, find_loop=True).reply.loop is None
    workers.close()


def test_the_points_of_the_course():
    chapters = registry.chapters()
    assert len(chapters) >= 16
    points = {chapter.id: chapter.points for chapter in chapters}
    assert points.pop("4.5") == 20
    assert set(points.values()) == {10}


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["3.2"], ["3.2"]),
        (["1"], ["1.1", "1.2", "1.3"]),
        (["1.3-2.2"], ["1.3", "2.1", "2.2"]),
        (["1-2"], ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4"]),
        (["2.1", "1.1", "2.1"], ["1.1", "2.1"]),
        (["ch3_2_activation_functions.py"], ["3.2"]),
    ],
)
def test_chapters_are_selected_by_number_range_and_module(names, ids):
    assert [chapter.id for chapter in registry.select(names)] == ids


@pytest.mark.parametrize("name", ["", "0", "3.9", "3.2-", "-3.2", "2.2-1.1", "module"])
def test_what_names_no_chapter_is_said_in_one_line(name):
    with pytest.raises(registry.UnknownChapter) as caught:
        registry.select([name])
    assert "\n" not in str(caught.value)
