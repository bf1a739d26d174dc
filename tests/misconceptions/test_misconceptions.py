"""The bank proved: every wrong version is caught and named, every right one is accepted."""

import ast
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
from support import grade_versions
from support.running import SOLUTIONS

import data
from grader import misconceptions
from grader.course import registry
from grader.diagnosis import diagnose
from grader.grading import checks

CHAPTERS = registry.chapters()
QUICK = ("1.1", "1.2", "1.3")  # the others take minutes in all

# Of these a few versions here; `.ci/run` takes them all.
TRAINING = ("3.1", "3.4", "4.1", "4.3", "4.4", "4.5", "5.2", "5.3", "5.4")
LONGEST = ("5.4",)  # half a minute for each version


def per_chapter():
    return [pytest.param(chapter, id=chapter.id, marks=_marks(chapter.id)) for chapter in CHAPTERS]


def _marks(id):
    if id in QUICK:
        return []
    return [pytest.mark.exhaustive if id in LONGEST else pytest.mark.slow]


@pytest.fixture(scope="module")
def pool():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@pytest.mark.parametrize("chapter", per_chapter())
def test_every_misconception_is_caught_and_named_as_itself(chapter, pool):
    each = 8 if chapter.id in TRAINING else 1
    graded = grade_versions.grade_all(pool, chapter.stem, "wrong", each=each)
    wrong = [
        (one.function, one.version, one.names)
        for one in graded
        if not grade_versions.holds("wrong", one)
    ]
    assert each > 1 or len(graded) >= 3 * len(chapter.functions)
    assert wrong == []


@pytest.mark.parametrize("chapter", per_chapter())
def test_every_right_answer_has_full_marks(chapter, pool):
    each = 6 if chapter.id in TRAINING else 1
    graded = grade_versions.grade_all(pool, chapter.stem, "right", each=each)
    refused = [(one.function, one.version, one.failures) for one in graded if one.failures]
    assert each > 1 or {one.function for one in graded} == set(chapter.functions)
    assert refused == []


def test_the_bank_is_as_large_as_promised():
    everything = misconceptions.everything()
    assert len(everything) >= 150
    for chapter in CHAPTERS:
        bank = misconceptions.bank(chapter.stem)
        assert set(bank) == set(chapter.functions)
        for function, known in bank.items():
            assert len(known) >= 3, function
            assert len({one.name for one in known}) == len(known)


def test_every_message_says_what_happened_and_asks_a_question():
    fields = {"got": "0.5", "expected": "1", "ratio": "0.5", "n": 5}
    for _, function, known in misconceptions.everything():
        for text in (known.happened, known.question):
            assert text.isascii(), (function, known.name)
            filled = text.format(**fields)
            assert "{" not in filled
            assert filled[0].isupper() or filled[0] in "`0123456789", (function, known.name, text)
        assert known.happened.endswith((".", ".)")), (function, known.name)
        assert "?" in known.question, (function, known.name)


def test_no_message_holds_a_line_of_the_reference():
    for chapter in CHAPTERS:
        tree = ast.parse((SOLUTIONS / f"{chapter.stem}.py").read_text(encoding="utf-8"))
        for node in (node for node in tree.body if hasattr(node, "name")):
            functions = [node] if isinstance(node, ast.FunctionDef) else node.body[1:]
            code = [line for function in functions for line in function.body[1:]]
            lines = [ast.unparse(line).removeprefix("return ") for line in code]
            for known in misconceptions.for_function(chapter.stem, node.name):
                told = known.happened + known.question
                assert not any(line in told for line in lines if len(line) > 12), known.name


def test_the_reference_has_nothing_to_diagnose():
    for chapter in CHAPTERS[:3]:
        with grade_versions.submission(chapter.stem, []) as (workers, _):
            for function in chapter.functions:
                graded = grade_versions.grade(workers, chapter.stem, function)
                assert (graded.failures, graded.names) == ({}, [])


@pytest.mark.slow
def test_a_diagnosis_takes_less_than_the_checks_before_it():
    """As a ratio, for machines differ: 0.1 s at the most on an idle one."""
    chapter = registry.by_stem("ch3_4_backpropagation")
    some = grade_versions.versions(chapter.stem, "wrong")[::6]
    texts = [
        grade_versions.chapter_with(chapter.stem, grade_versions.source_of(v, name))
        for name, v in some
    ]
    checking = diagnosing = 0.0
    with grade_versions.submission(chapter.stem, texts) as (workers, files):
        for (name, _), file in zip(some, files, strict=True):
            begin = time.perf_counter()
            checked = checks.run_function(
                workers, chapter.stem, name, file=file, dataset=data.load("digits")
            )
            middle = time.perf_counter()
            diagnose(misconceptions.for_function(chapter.stem, name), checked)
            checking += middle - begin
            diagnosing += time.perf_counter() - middle
    assert diagnosing < checking
