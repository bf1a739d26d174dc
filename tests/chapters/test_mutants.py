"""The list of equivalent mutants is kept; `python -m tests.support.mutants` proves it in full."""

import pytest
from support import mutants

from grader.course import registry


@pytest.mark.slow  # a thousand texts are made
def test_every_function_has_mutants_and_every_one_that_is_listed_exists_and_has_its_reason():
    chapters = registry.chapters()
    every = {mutant.key for chapter in chapters for mutant in mutants.mutants(chapter.stem)}
    mutated = {(stem, function) for stem, function, *_ in every}
    assert {(chapter.stem, name) for chapter in chapters for name in chapter.functions} <= mutated
    listed = mutants.equivalent()
    assert set(listed) <= every
    assert all(len(reason) > 10 for reason in listed.values())
    assert len(listed) < 0.15 * len(every)


@pytest.mark.parametrize("function", ["tanh_derivative", "leaky_relu"])
def test_what_survives_is_listed(function):
    stem = "ch3_2_activation_functions"
    some = [mutant for mutant in mutants.mutants(stem) if mutant.function == function]
    left = mutants.survivors(some, [function])
    assert {mutant.key for mutant in left} <= set(mutants.equivalent())
    assert len(left) < len(some) / 2
