"""The grader in the page against the grader in the terminal."""

import re

import pytest
from support import grade_versions
from support.running import ROOT
from support.site import check

from grader.course import registry
from grader.grading import checks

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium", "npm")]
STEMS = [chapter.stem for chapter in registry.chapters()]
FUNCTIONS = [(chapter.stem, name) for chapter in registry.chapters() for name in chapter.functions]
SHARED = re.compile(r"from \.(reference|pieces) import")
# Of so many versions one is graded, so that the exhaustive tests take minutes, too.
EVERYDAY, EXHAUSTIVE, TRAINING = 9, 3, 9
OTHERWISE: dict[str, str] = {}  # versions that are named differently in the page: the reason


def trains(stem, name):
    return any(check.wants_images for check in checks.for_function(stem, name))


def source(stem):
    return (ROOT / "solutions" / f"{stem}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("stem", "name"),
    [pytest.param(*pair, marks=[pytest.mark.slow] if trains(*pair) else []) for pair in FUNCTIONS],
)
def test_the_reference_gets_full_points(running, stem, name):
    verdict = check(running, stem, name, source(stem))
    assert verdict["score"] == verdict["max_score"], verdict["text"]
    assert verdict["status"] == "passed"


def test_the_lesser_part_of_scipy_waits_until_it_is_used(open_page):
    stem, name = "ch4_2_convolution", "conv2d"
    page = open_page(stem)
    text = source(stem)
    own = "from scipy import signal"
    for line, more in [(own, False), (f"{own}\n    from scipy.stats import norm", True)]:
        verdict = check(page, stem, name, text.replace(own, line))
        assert verdict["status"] == "passed", verdict["text"]
        fetched = {url.rpartition("/")[2].rpartition("-")[0] for url in page.asked}
        assert ("scipy" in fetched, "scipy-more" in fetched) == (True, more)


def test_a_verdict_has_the_keys_that_scripts_rely_on(running):
    verdict = check(running, STEMS[0], "normalize", source(STEMS[0]))
    keys = {"status", "works", "score", "max_score", "misconceptions", "text", "seconds"}
    assert keys <= verdict.keys()


@pytest.mark.parametrize(
    ("stem", "name", "seconds"),
    [("ch1_1_numpy_arrays", "normalize", 10), ("ch3_4_backpropagation", "train_mlp", 40)],
)
def test_calls_that_train_may_take_longer_than_in_the_terminal(running, stem, name, seconds):
    text = f"def {name}(*args, **kwargs):\n    return None\n"
    limits = running.evaluate(
        "async ([stem, name, text]) => { const limits = [];"
        "const onEvent = ({ limit }) => limit && limits.push(limit);"
        "await course.check(stem, name, text, { onEvent }); return limits; }",
        [stem, name, text],
    )
    assert seconds in limits
    assert min(limit for limit in limits if limit > 1) == seconds


def sample(stem, kind):
    """The versions that the exhaustive tests grade: fewer of those that train."""
    versions = grade_versions.versions(stem, kind)
    slow = [pair for pair in versions if trains(stem, pair[0])]
    return [pair for pair in versions if pair not in slow][1::EXHAUSTIVE] + slow[::TRAINING]


def misnamed(page, stem, versions):
    """The versions that the page does not name as themselves, with what it says instead."""
    wrong = {}
    for function, version in versions:
        text = grade_versions.source_of(version, function)
        text = SHARED.sub(r"from grader.misconceptions.\1 import", text)
        base = source(stem).partition("\ndef demo():")[0]
        verdict = check(page, stem, function, f"{base}\n\n{text}\n")
        named = verdict["status"] != "passed" and verdict["misconceptions"] == [version.__name__]
        if not named and version.__name__ not in OTHERWISE:
            wrong[version.__name__] = verdict["text"]
    return wrong


@pytest.mark.parametrize("stem", STEMS)
def test_misconceptions_are_named_as_in_the_terminal(running, stem):
    bank = grade_versions.versions(stem, "wrong")
    quick = [(name, version) for name, version in bank if not trains(stem, name)]
    assert misnamed(running, stem, quick[::EVERYDAY]) == {}


@pytest.mark.exhaustive
@pytest.mark.parametrize("stem", STEMS)
def test_more_misconceptions_are_named_as_in_the_terminal(running, stem):
    assert misnamed(running, stem, sample(stem, "wrong")) == {}


@pytest.mark.exhaustive
@pytest.mark.parametrize("stem", STEMS)
def test_right_answers_are_accepted(running, stem):
    for function, version in sample(stem, "right"):
        text = grade_versions.source_of(version, function)
        base = source(stem).partition("\ndef demo():")[0]
        verdict = check(running, stem, function, f"{base}\n\n{text}\n")
        assert verdict["status"] == "passed", f"{version.__name__}: {verdict['text']}"
