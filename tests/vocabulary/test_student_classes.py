"""Scripts for objects of a learner's class, across the boundary: what they give, and who is told
what; hostile classes are a failed check, never an exception of the grader.
"""

import contextlib
import importlib
import textwrap

import numpy as np
import pytest
from support.inside import INSIDE
from support.running import SOLUTIONS

from grader.boundary.arguments import Seeded
from grader.boundary.inprocess import Folder
from grader.boundary.workers import Workers
from grader.learner import stopwatch
from grader.notebook import checking
from grader.submission import excerpt
from grader.submission.uses import Uses
from grader.vocabulary import expect, oracles
from grader.vocabulary.finding import Finding
from grader.vocabulary.student import Student

STEM = "ch5_2_neural_network_class"
TANK = """
import time, os
import numpy as np

class Tank:
    made = 0

    def __init__(self, size, rng=None):
        Tank.made += 1
        self.size = size
        self.level = np.zeros(size)
        self.log = []
        if rng is not None:
            self.level += rng.normal(size=size)

    def fill(self, X):
        self.level += X
        self.log.append(float(self.level.sum()))
        return self.log

    def levels(self):
        yield from self.level

    def spoil(self, X, by=1):
        X += by

    def mix(self, X):
        return self.stir(X)

    def stir(self, X):
        raise NotImplementedError("write `stir`")

    def burst(self):
        raise ValueError("too much water")

    def wait(self):
        time.sleep(60)

    def end(self):
        os._exit(3)

    def shake(self):
        np.random.rand()

    def seed(self):
        np.random.seed(0)

    def itself(self):
        return self

function = lambda size: Tank(size)
one = Tank(1)
"""


def written(folder, source):
    (folder / f"{STEM}.py").write_text(textwrap.dedent(source), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    with contextlib.closing(Workers(written(tmp_path_factory.mktemp("s"), TANK))) as workers:
        yield workers


@pytest.fixture
def student(workers):
    student = Student(workers, STEM)
    token = expect.calls.set(student.calls)
    yield student
    expect.calls.reset(token)


def refused(script):
    with pytest.raises(Finding) as caught:
        script()
    return caught.value


def test_a_script_gives_what_each_step_gave_as_it_was_then(student):
    X = np.array([1.0, 2.0])
    script = student.Tank.new(2).get("level").ask("fill", X).ask("fill", X).get("size", "level")
    start, first, second, size, level = script.ask("levels").do("itself")()[:5]
    assert (start.tolist(), first, second, size) == ([0, 0], [3.0], [3.0, 6.0], 2)
    assert level.tolist() == [2, 4]


def test_a_script_can_be_gone_on_with_in_two_ways(student):
    X = np.ones(2)
    base = student.Tank.new(2).do("fill", X)
    assert base.get("log")() == [[2.0]]
    assert base.do("fill", X).get("log")() == [[2.0, 4.0]]
    assert base.get("log")() == [[2.0]]


def test_several_objects_are_apart_and_what_is_set_is_a_copy(student):
    X = np.ones(3)
    both = student.Tank.new(3).new(size=3).set(level=X).do("fill", X).on(0).get("level").on(1)
    first, second = both.get("level")()
    assert (first.tolist(), second.tolist(), X.tolist()) == ([0] * 3, [2] * 3, [1] * 3)


def test_the_debugger_s_process_gives_the_same(tmp_path):
    with contextlib.closing(Folder(written(tmp_path, TANK))) as here:
        student = Student(here, STEM)
        script = student.Tank.new(3, Seeded(1)).get("level").ask("levels")
        level, listed = script()
        assert level.tolist() == listed == np.random.default_rng(1).normal(size=3).tolist()
        assert refused(student.Tank.new(3).ask("mix", 1)).status == "todo"
        assert "`Tank.burst` raises" in refused(student.Tank.new(3).do("burst")).headline


@pytest.mark.parametrize(
    ("steps", "status", "headline"),
    [
        (lambda t: t.do("burst"), "error", "`Tank.burst` raises ValueError: too much water"),
        (lambda t: t.ask("stir", 1), "todo", "`Tank.stir` is still to be written"),
        (lambda t: t.ask("mix", 1), "todo", "`Tank.mix` uses `Tank.stir` in"),
        (lambda t: t.ask("drain"), "todo", "`Tank` has no method `drain`: write it"),
        (lambda t: t.get("depth"), "failed", "an object of `Tank` has no attribute `depth`"),
        (
            lambda t: t.ask("itself"),
            "failed",
            "`Tank.itself` returns a `Tank`, which the grader cannot read",
        ),
        (
            lambda t: t.get("fill"),
            "failed",
            "`Tank.fill` holds a `method`, which the grader cannot read",
        ),
        (lambda t: t.do("end"), "crashed", "`Tank.end` was called, and its process ended"),
        (lambda t: t.new(1, 2, 3), "error", "`Tank.__init__` raises TypeError: Tank.__init__()"),
    ],
)
def test_what_goes_wrong_names_the_method(student, steps, status, headline):
    finding = refused(steps(student.Tank.new(2)))
    assert (finding.status, finding.headline[: len(headline)]) == (status, headline)
    assert student.Tank.new(2).get("size")() == [2]  # and the next check has a worker


def test_a_method_that_hangs_is_named(student):
    finding = refused(student.Tank.within(0.3).new(2).do("fill", 1).do("wait"))
    assert finding.status == "timeout"
    assert finding.headline.startswith("`Tank.wait` was called, and it was still running after")


def test_the_failing_script_is_shown_as_code(student):
    X = np.arange(2.0)
    assert refused(student.Tank.new(2).do("burst")).details["call"] == "Tank(2).burst()"
    script = student.Tank.new(2, Seeded(3)).get("level", "size").set(log=[]).do("fill", X)
    assert refused(script.do("burst").do("fill", X)).details["call"].splitlines() == [
        "t = Tank(2, np.random.default_rng(3))",
        "t.level, t.size",
        "t.log = []",
        "t.fill(np.array([0., 1.]))",
        "t.burst()",
    ]
    long = script
    for _ in range(30):
        long = long.do("fill", X)
    assert len(str(refused(long.do("burst")).details["call"]).splitlines()) == 10


def test_a_changed_argument_is_told_with_its_method(student):
    X = np.zeros(2)
    script = student.Tank.new(2, Seeded(0)).do("fill", X)
    assert len(expect.unchanged(script.get("level"))) == 1
    for spoiled, what in [
        (script.do("spoil", X), "`Tank.spoil` changes its argument 1: work on a copy"),
        (script.do("spoil", X=X), "`Tank.spoil` changes its `X`: work on a copy"),
    ]:
        with pytest.raises(Finding, match=what.replace("`", ".")):
            expect.unchanged(spoiled)


def test_chance_is_repeated_and_the_global_state_is_watched(student):
    assert len(expect.reproducible(student.Tank.new(2, Seeded(5)).get("level"))) == 1
    with pytest.raises(Finding, match="uses the global random state"):
        expect.reproducible(student.Tank.new(2).do("shake"))
    for _ in range(2):  # the second time the state is what it was
        assert student.Tank.new(2).do("seed").call().reply.global_random
    with pytest.raises(Finding, match="returns different answers"):
        expect.reproducible(student.Tank.new(2).get("made"))


def test_a_refusal_can_be_asked_for(student):
    expect.raises(ValueError, student.Tank.new(2).do("burst"), why="it is full")
    with pytest.raises(Finding, match="should raise ValueError"):
        expect.raises(ValueError, student.Tank.new(2).get("size"), why="it is empty")


@pytest.mark.parametrize("name", ["function", "one"])
def test_what_is_no_class_is_a_failed_check(student, name):
    finding = refused(getattr(student, name).new(2).get("size"))
    assert finding.status == "failed"
    assert finding.headline == f"`{name}` in `{STEM}.py` is not a class: write `class {name}:`"


def test_a_class_that_is_not_there_is_to_be_written(student):
    finding = refused(student.Pool.new(2))
    assert (finding.status, finding.headline) == (
        "todo",
        f"`{STEM}.py` has no `Pool`: write the class",
    )


HOSTILE = """
import sys

class Frozen:
    def __setattr__(self, name, value):
        raise SystemExit("no")

class Endless:
    def __getattr__(self, name):
        return self
    def __call__(self, *args):
        return self

class Lying:
    @property
    def __class__(self):
        return list
    def __getattribute__(self, name):
        raise KeyboardInterrupt

class Leaving:
    W1 = property(lambda self: sys.exit(0))

class Meta(type):
    def __call__(cls, *args):
        return 7
    def __getattribute__(cls, name):
        raise RuntimeError(name)
    def __instancecheck__(cls, other):
        raise RuntimeError("is it?")

class Made(metaclass=Meta):
    pass

class Other:
    def __new__(cls, *args):
        return object.__new__(type)

class Knotted:
    def forward(self, X):
        knot = []
        knot.append(knot)
        return knot

class Unending:
    def forward(self, X):
        while True:
            yield 1

class Forging:
    def forward(self, X):
        begins = sys._getframe(1).f_locals["begins"]
        for step in ("backward", -1, 10**6, True, None, [1], 0.5):
            begins(step)
        raise RuntimeError("forged")
    W1 = 1

class Odd(Exception):
    def __str__(self):
        raise self

class Raising:
    def __init__(self, *args):
        raise Odd

class Wide:
    def forward(self, X):
        return X.view(type("Mine", (type(X),), {"copy": lambda self: 1 / 0}))

class Subclassed(dict):
    def items(self):
        return 3
    W1 = property(lambda self: self)
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = written(tmp_path_factory.mktemp("hostile"), HOSTILE)
    with contextlib.closing(Workers(folder)) as workers:
        yield workers


@pytest.mark.parametrize(
    "name",
    [
        *("Frozen", "Endless", "Lying", "Leaving", "Made", "Other", "Knotted", "Unending"),
        *("Forging", "Raising", "Wide", "Subclassed"),
    ],
)
def test_a_hostile_class_is_a_failed_check(hostile, name):
    student = Student(hostile, STEM)
    script = getattr(student, name).new().set(b1=np.ones(2))
    finding = refused(script.get("W1").ask("forward", np.ones((2, 2))).get("W1"))
    assert finding.status in ("failed", "error", "todo", "crashed")
    assert str(finding).isprintable() or "\n" in str(finding)
    assert f"`{name}" in finding.headline


@pytest.mark.parametrize("answer", ["7", "[]", "[1, 2, 3]", "{'a': 1}", "None"])
def test_a_forged_answer_is_a_failed_check(tmp_path, answer):
    forging = f"""
    import scripted
    scripted.perform = lambda kind, steps, begins, drain: steps.clear() or {answer}
    class Tank:
        pass
    """
    with contextlib.closing(
        Workers(written(tmp_path, INSIDE + textwrap.dedent(forging)))
    ) as workers:
        script = Student(workers, STEM).Tank.new(2).get("size", "level")
        for call in (script, lambda: expect.unchanged(script)):
            assert refused(call).status == "crashed"


def test_a_class_in_a_notebook_is_graded_in_place(capsys):
    text = (SOLUTIONS / f"{STEM}.py").read_text(encoding="utf-8").partition("\ndef demo")[0]
    text = text.replace("from .", "from solutions.")
    names = {"__name__": "notebook"}
    exec(compile(text, "<cell>", "exec"), names)
    checking.check("NeuralNetwork", None, names)
    assert "10 of 10" in capsys.readouterr().out
    stub = text.replace("losses = []", 'raise NotImplementedError("write `train`")')
    exec(compile(stub, "<cell>", "exec"), names)
    checking.check(names["NeuralNetwork"], None, names)
    assert "`NeuralNetwork.train` is still to be written" in capsys.readouterr().out


def test_a_class_is_compared_without_its_docstrings_and_each_note_names_its_method():
    found = excerpt.File(SOLUTIONS / f"{STEM}.py").excerpt("NeuralNetwork", ["NeuralNetwork"])
    assert found.own[0] == "class NeuralNetwork:"
    assert '"""' not in "\n".join(found.own)
    assert "Why this form" not in "\n".join(found.own)
    assert found.notes[0].startswith("Why this form of `__init__`: ")


def test_a_script_is_timed_like_a_call(workers):
    student = Student(workers, STEM)
    calls = [student.Tank.new(50).do("fill", np.ones(50)).call()]
    line = stopwatch.compare("Tank", calls, STEM, workers, workers)
    assert line.startswith("Time: yours ")
    assert "for Tank.fill(<float64 (50,)>)" in line


def test_the_gradients_that_the_checks_expect_are_those_of_central_differences():
    chapter = importlib.import_module(f"grader.chapters.{STEM}")
    rng = np.random.default_rng(0)
    X, y = chapter.batch(rng)
    params = [rng.normal(size=shape) for shape in [(4, 6), (6,), (6, 3), (3,)]]
    want = expect.central_differences(
        lambda params: oracles.cross_entropy(oracles.mlp(X, params)[-1], y), params
    )
    for got, one in zip(chapter.gradients(X, y, params), want, strict=True):
        np.testing.assert_allclose(got, one, atol=1e-8)


def test_a_class_needs_what_its_methods_use():
    needed = Uses(SOLUTIONS).closure(STEM, "NeuralNetwork")
    used = {name for _, name in needed}
    assert {"he_init", "forward_mlp", "cross_entropy", "backward_mlp", "relu"} <= used
