"""The list of equivalent mutants is kept; `tests/mutants.py` proves it in full."""

import mutants
import pytest

from grader import registry


@pytest.mark.slow  # a thousand texts are made
def test_every_mutant_that_is_listed_exists_and_has_its_reason():
    every = {
        mutant.key for chapter in registry.chapters() for mutant in mutants.mutants(chapter.stem)
    }
    listed = mutants.equivalent()
    assert set(listed) <= every
    assert all(len(reason) > 10 for reason in listed.values())
    assert len(listed) < 0.15 * len(every)


@pytest.mark.slow
def test_every_contract_function_has_mutants():
    mutated = {(m.stem, m.function) for c in registry.chapters() for m in mutants.mutants(c.stem)}
    graded = {(chapter.stem, name) for chapter in registry.chapters() for name in chapter.functions}
    assert graded <= mutated


@pytest.mark.parametrize("function", ["tanh_derivative", "leaky_relu"])
def test_what_survives_is_listed(function):
    stem = "ch3_2_activation_functions"
    some = [mutant for mutant in mutants.mutants(stem) if mutant.function == function]
    left = mutants.survivors(some, [function])
    assert {mutant.key for mutant in left} <= set(mutants.equivalent())
    assert len(left) < len(some) / 2
