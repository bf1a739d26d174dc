"""What is told of wrong answers is true: the measure itself, and quick chapters in full."""

import pytest
from support import truth

from grader.course import registry
from grader.diagnosis import Diagnosis


def test_strangers_answer_graded_functions_of_most_chapters():
    every = {
        chapter.id: truth.answers(chapter.stem, ["strangers"]) for chapter in registry.chapters()
    }
    for id, answers in every.items():
        [chapter] = registry.select([id])
        assert {answer.function for answer in answers} <= set(chapter.functions), id
        for answer in answers:
            assert answer.words, answer.name
    assert sum(map(len, every.values())) >= 150
    assert sum(map(bool, every.values())) >= 15


def test_a_cause_is_true_by_its_name_or_by_the_words_noted_beside_the_answer():
    answer = truth.Answer("composed", "f", "a, then b", "", ("bias_lost",), "sign|minus")
    by_name = Diagnosis("bias_lost + factor_2_missing", "It is off.", "Why?")
    by_words = Diagnosis("sign_flipped", "It has the wrong sign.", "Why?")
    wrong = Diagnosis("transposed", "It is transposed.", "Why?")
    assert answer.outcome([]) == "silent"
    assert answer.outcome([by_name, by_words]) == "true"
    assert answer.outcome([by_name, wrong]) == "partly"
    assert answer.outcome([wrong]) == "false"


@pytest.mark.parametrize("id", ["1.1", pytest.param("1.2", marks=pytest.mark.slow), "1.3"])
def test_no_false_cause_is_told_in_the_first_chapters(id):
    [chapter] = registry.select([id])
    outcomes = [(answer.name, outcome) for answer, _, outcome in truth.judged(chapter.stem)]
    assert [pair for pair in outcomes if pair[1] not in ("true", "silent")] == []
    assert sum(outcome == "true" for _, outcome in outcomes) > 0.8 * len(outcomes)
