"""Training checks: no points without the work, and partly right training keeps its part."""

import pytest
from support import grade_versions
from support.attacks import WITHOUT_WORK

import data
from grader.grading import checks


def graded(stem, source, *functions):
    """`{function: (value points, finish points, share of value, names of failed checks)}`."""
    text, points = grade_versions.chapter_with(stem, source), {}
    with grade_versions.submission(stem, [text]) as (workers, (file,)):
        for function in functions:
            every = checks.for_function(stem, function)
            ran = checks.run_function(
                workers, stem, function, file=file, dataset=data.load("digits")
            )
            passed = {check.name for check in ran if not check.finding}
            points[function] = [check for check in every if check.name not in passed]
    return points


@pytest.mark.slow
@pytest.mark.parametrize("name", WITHOUT_WORK)
def test_no_value_point_without_the_work(name):
    stem, functions, source = WITHOUT_WORK[name]
    lost = graded(stem, source, *functions)
    for function in functions:
        every = checks.for_function(stem, function)
        kept = [check.name for check in every if check not in lost[function]]
        assert kept == []


PARTLY = """
def trained(X, y, hidden, lr, epochs, batch_size, rng, factors=(1, 1, 1, 1), late=False):
    rng, X, y, losses = np.random.default_rng(rng), 1.0 * X, 1.0 * y, []
    params = [*he_init(X.shape[1], hidden, rng), *he_init(hidden, y.shape[1], rng)]
    for _ in range(epochs):
        order = rng.permutation(len(X))
        for start in range(0, len(X), batch_size):
            rows = order[start : start + batch_size]
            loss, grads = mlp_loss(X[rows], y[rows], params)
            params = [p - f * lr * g for p, f, g in zip(params, factors, grads, strict=True)]
            losses.append(mlp_loss(X[rows], y[rows], params)[0] if late else loss)
    return params, losses

def train_mlp(X, y, hidden=256, lr=0.1, epochs=5, batch_size=64, rng=None):
    return trained(X, y, hidden, lr, epochs, batch_size, {how})
"""


def lost(how):
    stem, source = "ch3_4_backpropagation", PARTLY.replace("{how}", how)
    return {check.name: check for check in graded(stem, source, "train_mlp")["train_mlp"]}


@pytest.mark.parametrize(
    "how",
    ["rng, (1, 0, 1, 1)", "rng, (1, 1, 1, 0)", "rng, (0, 1, 1, 1)", "rng, [1 / y.shape[1]] * 4"],
)
def test_each_parameter_takes_the_step_that_lr_and_gradient_say(how):
    assert "train_mlp_steps_down_the_gradient" in lost(how)


@pytest.mark.slow
def test_a_loss_taken_after_the_step_costs_its_part_only():
    assert list(lost("rng, late=True")) == ["train_mlp_records_the_loss_before_each_update"]


@pytest.mark.slow
@pytest.mark.parametrize("rng", ["None", "np.random.randint(2**31)"])
def test_training_that_ignores_rng_works(rng):
    assert all(check.kind == "finish" for check in lost(rng).values())


PERCEPTRON = """
def train_perceptron(X, y, lr, epochs, rng):
    X = 1.0 * X
    start = [np.random.randn(X.shape[1], 1), np.zeros(1)]
    return gradient_descent(X, y, start, lr, logistic_loss, {how}epochs=epochs, rng=rng)
"""


def test_a_perceptron_uses_all_examples_and_may_start_anywhere():
    stem, function = "ch3_1_perceptron", "train_perceptron"
    random = graded(stem, PERCEPTRON.replace("{how}", "batch_size=None, "), function)[function]
    assert {check.kind for check in random} == {"finish"}
    batches = graded(stem, PERCEPTRON.replace("{how}", ""), function)[function]
    assert f"{function}_steps_down_the_gradient_of_all_examples" in [c.name for c in batches]
