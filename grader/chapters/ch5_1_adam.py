"""Adam and step sizes that adapt"""

import numpy as np

from grader.vocabulary import expect
from grader.vocabulary.grades import grades

SHAPES = [(4, 3), (5,), (1, 1), (2, 3, 2, 2)]
NAMES = ("m", "v", "step")


def averages(rng, shape):
    """`(m, v, grad)` in the middle of training: v is positive, grad has any sign and size."""
    m, grad = rng.normal(size=(2, *shape))
    return m, rng.uniform(0.2, 2, size=shape), grad


def settings(rng):
    """Settings unlike the defaults, with an eps so large that its place matters."""
    return {
        "lr": rng.uniform(0.2, 0.8),
        "beta1": rng.uniform(0.5, 0.8),
        "beta2": rng.uniform(0.85, 0.95),
        "eps": rng.uniform(0.1, 0.3),
    }


def adam(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Algorithm 1 of Kingma and Ba, 2015."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return m, v, -lr * m_hat / (np.sqrt(v_hat) + eps)


def is_adam(got, *args, **kwargs):
    expect.close_list(got, adam(*args, **kwargs), NAMES)


@grades("adam_update", points=2)
def test_adam_update_is_algorithm_1(student, rng):
    for shape in SHAPES:
        args, given = averages(rng, shape), settings(rng)
        t = int(rng.integers(2, 9))
        is_adam(student.adam_update(*args, t, **given), *args, t, **given)
    for forgetful in ({"beta1": 0.0}, {"beta2": 0.0}):  # keeps nothing of the past
        given = settings(rng) | forgetful
        is_adam(student.adam_update(*args, 3, **given), *args, 3, **given)
    m, v, grad = averages(rng, (3, 2))
    lr, beta1, beta2, eps = settings(rng).values()
    got = student.adam_update(m, v, grad, 3, lr, beta1, beta2, eps)
    is_adam(got, m, v, grad, 3, lr, beta1, beta2, eps)


@grades("adam_update", points=1)
def test_adam_update_has_the_usual_settings_by_default(student, rng):
    for t in (1, 4, 250):
        args = averages(rng, (3, 4))
        is_adam(student.adam_update(*args, t), *args, t)
        is_adam(student.adam_update(*args, t=t, eps=0.2), *args, t, eps=0.2)


@grades("adam_update", points=1)
def test_adam_update_starts_with_steps_of_length_lr_at_any_scale(student, rng):
    for scale in (1e-3, 1, 1e6):
        grad = scale * rng.choice([-1, 1], size=(2, 3)) * rng.uniform(0.5, 5, size=(2, 3))
        zeros, lr = np.zeros((2, 3)), rng.uniform(0.1, 2)
        want = 0.1 * grad, 0.001 * grad**2, -lr * grad / (np.abs(grad) + 1e-8)
        expect.close_list(student.adam_update(zeros, zeros, grad, 1, lr), want, NAMES)


@grades("adam_update", points=1.5)
def test_adam_update_keeps_its_step_while_the_gradient_stays_the_same(student, rng):
    grad, given = rng.normal(size=(3, 2)), settings(rng)
    m = v = np.zeros((3, 2))
    step = -given["lr"] * grad / (np.abs(grad) + given["eps"])  # m_hat = grad, v_hat = grad^2
    for t in (1, 2, 3, 4, 5):
        seen = 1 - given["beta1"] ** t, 1 - given["beta2"] ** t
        want = seen[0] * grad, seen[1] * grad**2, step
        m, v, _ = expect.close_list(student.adam_update(m, v, grad, t, **given), want, NAMES)


@grades("adam_update", points=1)
def test_adam_update_stands_still_where_the_gradient_is_zero(student, rng):
    grad = rng.normal(size=(3, 4))
    grad[:, 1:3] = 0
    m = v = np.zeros((3, 4))
    for t in (1, 2, 3):
        want = adam(m, v, grad, t)
        got = expect.silent(student.adam_update, m, v, grad, t)
        m, v, _ = expect.close_list(got, want, NAMES)
    zeros = np.zeros(5)
    got = expect.silent(student.adam_update, zeros, zeros, zeros, 1, 0.5)
    expect.close_list(got, [zeros] * 3, NAMES)


@grades("adam_update", points=0.5)
def test_adam_update_needs_no_correction_after_very_many_updates(student, rng):
    args, given = averages(rng, (4, 2)), settings(rng)
    m, v, _ = adam(*args, 10**6, **given)
    got = expect.silent(student.adam_update, *args, t=10**6, **given)
    expect.close_list(got, (m, v, -given["lr"] * m / (np.sqrt(v) + given["eps"])), NAMES)


@grades("adam_update", points=1)
def test_adam_update_keeps_float32_and_takes_integers(student, rng):
    for t in (1, 6):
        args = [arg.astype(np.float32) for arg in averages(rng, (3, 4))]
        want = adam(*(arg.astype(np.float64) for arg in args), t)
        want = [array.astype(np.float32) for array in want]
        expect.close_list(student.adam_update(*args, t), want, NAMES)
    m, grad = rng.integers(-9, 10, size=(2, 3, 4))
    v = rng.integers(1, 9, size=(3, 4))
    is_adam(student.adam_update(m, v, grad, 2, lr=0.5), m, v, grad, 2, lr=0.5)


@grades("adam_update", points=1)
def test_adam_update_leaves_its_arguments_alone(student, rng):
    args, given = averages(rng, (3, 4)), settings(rng)
    is_adam(expect.unchanged(student.adam_update, *args, 2, **given), *args, 2, **given)


@grades("adam_update", points=1)
def test_adam_update_refuses_shapes_that_differ(student, rng):
    m, v, grad = averages(rng, (3, 4))
    is_adam(student.adam_update(m, v, grad, 2), m, v, grad, 2)
    for part in (np.s_[:1], np.s_[0], np.s_[:, :1], np.s_[:2]):
        for args in [(m[part], v, grad), (m, v[part], grad), (m, v, grad[part])]:
            shapes = ", ".join(str(arg.shape) for arg in args)
            why = f"the shapes of `m`, `v` and `grad` differ: {shapes}"
            expect.raises(ValueError, student.adam_update, *args, 2, why=why)
