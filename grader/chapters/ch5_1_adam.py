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


def is_adam(got, *args, only=NAMES, **kwargs):
    expect.close_list(got, adam(*args, **kwargs), NAMES, only=only, dtype=None)


def in_the_middle(rng, shape=(3, 4)):
    """Arguments after some updates, with settings unlike the defaults."""
    return *averages(rng, shape), int(rng.integers(2, 9)), *settings(rng).values()


@grades("adam_update", "m: moving average of the gradients so far", points=1)
def test_adam_update_averages_the_gradients(student, rng):
    for _ in range(2):
        args = in_the_middle(rng)
        is_adam(student.adam_update(*args), *args, only=["m"])


@grades("adam_update", "v: moving average of their squares", points=1)
def test_adam_update_averages_their_squares(student, rng):
    for _ in range(2):
        args = in_the_middle(rng)
        is_adam(student.adam_update(*args), *args, only=["v"])


@grades(
    "adam_update",
    "number of this update, an int that counts from 1",
    "about the length of a step in each weight",
    points=1,
)
def test_adam_update_starts_with_steps_of_length_lr_at_any_scale(student, rng):
    for scale in (1e-3, 1, 1e3):
        grad = scale * rng.choice([-1, 1], size=(2, 3)) * rng.uniform(0.5, 5, size=(2, 3))
        args = np.zeros((2, 3)), np.zeros((2, 3)), grad, 1
        given = settings(rng) | {"eps": 1e-8}
        is_adam(student.adam_update(*args, **given), *args, **given, only=["step"])


@grades(
    "adam_update",
    "(m, v, step), new arrays of the same shape: both averages without bias correction",
    "the step to add to the parameter, W + step: the minus sign is already included.",
    "array of any shape",
    points=2,
)
def test_adam_update_is_algorithm_1(student, rng):
    for shape in SHAPES:
        args, given = averages(rng, shape), settings(rng)
        t = int(rng.integers(2, 9))
        is_adam(student.adam_update(*args, t, **given), *args, t, **given)
    args = in_the_middle(rng)
    is_adam(student.adam_update(*args), *args)


@grades("adam_update", "ready for the next update", points=1)
def test_adam_update_keeps_its_step_while_the_gradient_stays_the_same(student, rng):
    grad, given = rng.normal(size=(3, 2)), settings(rng)
    m = v = np.zeros((3, 2))
    step = -given["lr"] * grad / (np.abs(grad) + given["eps"])  # m_hat = grad, v_hat = grad^2
    for t in (1, 2, 3, 4, 5):
        seen = 1 - given["beta1"] ** t, 1 - given["beta2"] ** t
        want = seen[0] * grad, seen[1] * grad**2, step
        got = student.adam_update(m, v, grad, t, **given)
        m, v, _ = expect.close_list(got, want, NAMES, dtype=None)


def agree(got, own):
    """Both are the learner's answers: to the same arguments, or nearly the same."""
    own = [
        expect.array(part, what=f"`{name}`", dtype=None)
        for part, name in zip(expect.parts(own, *NAMES), NAMES, strict=True)
    ]
    expect.close_list(got, own, NAMES, dtype=None)


@grades("adam_update", "lr=0.001", "beta1=0.9", "beta2=0.999", "eps=1e-08", points=1, kind="finish")
def test_adam_update_has_the_usual_settings_by_default(student, rng):
    usual = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8}
    expect.depends_on_arguments(student.adam_update, lambda: in_the_middle(rng))
    for scale in (1, 1e-8):  # eps counts where the gradients are as small
        m, v, grad = averages(rng, (3, 4))
        args = scale * m, scale**2 * v, scale * grad, int(rng.integers(1, 300))
        agree(student.adam_update(*args), student.adam_update(*args, **usual))


@grades("adam_update", "0 <= beta1 < 1", "0 <= beta2 < 1", points=0.25, kind="finish")
def test_adam_update_can_keep_nothing_of_the_past(student, rng):
    """A beta of 0 goes on smoothly from one near 0."""
    expect.depends_on_arguments(student.adam_update, lambda: in_the_middle(rng))
    for beta in ("beta1", "beta2"):
        args, given = averages(rng, (3, 4)), settings(rng)
        near = student.adam_update(*args, 3, **given | {beta: 1e-15})
        agree(student.adam_update(*args, 3, **given | {beta: 0.0}), near)


@grades("adam_update", "a gradient of 0 gives a step of 0", points=0.75, kind="finish")
def test_adam_update_stands_still_where_the_gradient_is_zero(student, rng):
    expect.depends_on_arguments(student.adam_update, lambda: in_the_middle(rng))
    grad = rng.normal(size=(3, 4))
    grad[:, rng.permutation(4)[:2]] = 0
    m = v = np.zeros((3, 4))
    for t in (1, 2, 3):
        got = expect.silent(student.adam_update, m, v, grad, t)
        m, v, step = (
            expect.array(part, grad.shape, what=f"`{name}`", dtype=None)
            for part, name in zip(expect.parts(got, *NAMES), NAMES, strict=True)
        )
        expect.right(np.where(grad == 0, step, 0), np.zeros((3, 4)), what="`step` where grad is 0")


@grades("adam_update", "float32 gives float32", points=0.5, kind="finish")
def test_adam_update_keeps_float32_and_float64(student, rng):
    expect.keeps_dtype(student.adam_update, lambda: in_the_middle(rng), NAMES)


@grades("adam_update", "float64 and integers give float64", points=0.25, kind="finish")
def test_adam_update_makes_floats_of_integers(student, rng):
    def whole():
        m, grad = rng.integers(-9, 10, size=(2, 3, 4))
        return m, rng.integers(1, 9, size=(3, 4)), grad, 2, 0.5

    expect.takes_integers(student.adam_update, whole, NAMES)


@grades("adam_update", "None of the three arrays is changed.", points=0.5, kind="finish")
def test_adam_update_leaves_its_arguments_alone(student, rng):
    expect.leaves_arguments_alone(student.adam_update, lambda: in_the_middle(rng))


@grades("adam_update", "ValueError: if m, v and grad differ in shape.", points=0.75, kind="finish")
def test_adam_update_refuses_shapes_that_differ(student, rng):
    (m, v, grad, *_), _ = expect.depends_on_arguments(
        student.adam_update, lambda: in_the_middle(rng)
    )
    for part in (np.s_[:1], np.s_[0], np.s_[:, :1], np.s_[:2]):
        for args in [(m[part], v, grad), (m, v[part], grad), (m, v, grad[part])]:
            shapes = ", ".join(str(arg.shape) for arg in args)
            why = f"the shapes of `m`, `v` and `grad` differ: {shapes}"
            expect.raises(ValueError, student.adam_update, *args, 2, why=why)
