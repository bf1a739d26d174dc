"""Wrong answers in chapter 5.1."""

import numpy as np

from . import wrong


def _fit(m, v, grad):
    if not np.shape(m) == np.shape(v) == np.shape(grad):
        raise ValueError("m, v and grad differ in shape")


def _averages(m, v, grad, beta1, beta2):
    _fit(m, v, grad)
    return beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2


def _step(m, v, t, lr, beta1, beta2, eps):
    return -lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)


@wrong("adam_update")
def step_uphill(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Both averages are right, and the step has the wrong sign: `{got}` for `{expected}`. With the
    update W + step of this chapter that goes uphill.

    Where is the minus of a step downhill, in the step or with whoever adds it?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    return m, v, -_step(m, v, t, lr, beta1, beta2, eps)


@wrong("adam_update")
def no_bias_correction(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Both averages are right, and the step is made of them without bias correction: `{got}` for
    `{expected}`. They began at 0 and are still too small, by different factors, so the first steps
    have the wrong length.

    What is m after one update from 0, as a share of the gradient, and what has to be divided away?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    return m, v, -lr * m / (np.sqrt(v) + eps)


@wrong("adam_update")
def first_average_not_corrected(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Only `v` is corrected for its start from 0, and `m` is used as it is: the step is `{got}` and
    should be `{expected}`.

    Which of the two averages began at 0?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    return m, v, -lr * m / (np.sqrt(v / (1 - beta2**t)) + eps)


@wrong("adam_update")
def second_average_not_corrected(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Only `m` is corrected for its start from 0, and `v` is used as it is: the step is `{got}` and
    should be `{expected}`. The first steps are much too long then.

    Which of the two averages began at 0?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    return m, v, -lr * (m / (1 - beta1**t)) / (np.sqrt(v) + eps)


@wrong("adam_update")
def corrected_averages_returned(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The step is right, but what you return beside it are the corrected averages, m_hat and v_hat:
    `{got}` for `{expected}`. The next update goes on from them and corrects them once more.

    Which of the four quantities does the next update start from?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    step = _step(m, v, t, lr, beta1, beta2, eps)
    return m / (1 - beta1**t), v / (1 - beta2**t), step


@wrong("adam_update")
def updates_counted_from_zero(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The corrections are those of update t + 1: the step is `{got}` and should be `{expected}`.
    Here t counts from 1, so the first update has t = 1.

    How many gradients are in m when t is 1, and what is 1 - beta1^t then?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    return m, v, _step(m, v, t + 1, lr, beta1, beta2, eps)


@wrong("adam_update")
def correction_with_a_product(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The corrections multiply beta by t, where t is an exponent: the step is `{got}` and should be
    `{expected}`. With a product the divisor is soon below 0.

    What is left of the start after t updates, each of which keeps the share beta?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    with np.errstate(all="ignore"):
        step = -lr * (m / (1 - beta1 * t)) / (np.sqrt(v / (1 - beta2 * t)) + eps)
    return m, v, step


@wrong("adam_update")
def multiplied_by_the_correction(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The averages are multiplied by 1 - beta^t, which makes them smaller still: the step is
    `{got}` and should be `{expected}`.

    The averages are too small at first: which operation with a number below 1 makes them larger?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    return m, v, -lr * (m * (1 - beta1**t)) / (np.sqrt(v * (1 - beta2**t)) + eps)


@wrong("adam_update")
def one_beta_for_both_corrections(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Both averages are corrected with `beta1`: the step is `{got}` and should be `{expected}`.

    Which share does each of the two averages keep, and which power belongs to its correction?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    return m, v, -lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta1**t)) + eps)


@wrong("adam_update")
def correction_outside_the_root(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The correction of `v` is outside of the root: the step is `{got}` and should be `{expected}`.
    Whoever takes it out of the root has to take the root of it as well.

    Of what is the root taken in the formula, of v or of v_hat?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    return m, v, -lr * (m / (1 - beta1**t)) / (np.sqrt(v) / (1 - beta2**t) + eps)


@wrong("adam_update")
def eps_left_out(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Nothing is added to the root, so a weight whose gradients are all 0 divides 0 by 0, and the
    step is NaN. A pixel that is black in every image has such weights.

    Which small number keeps the divisor above 0, and where does it stand?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    return m, v, _step(m, v, t, lr, beta1, beta2, 0.0)


@wrong("adam_update")
def eps_inside_the_root(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """`eps` is added under the root: the step is `{got}` and should be `{expected}`. In there 1e-8
    counts as 1e-4, and weights with small gradients hardly move.

    In which order does the formula take the root and add eps?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    return m, v, -lr * (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t) + eps)


@wrong("adam_update")
def eps_before_the_correction(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """`eps` is added to the root of `v`, and the correction comes after that: the step is `{got}`
    and should be `{expected}`. Some programs do so; then eps counts for more in the first updates.

    To the root of what does the formula add eps, and by what must eps be multiplied if it is added
    earlier?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    rate = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return m, v, -float(rate) * m / (np.sqrt(v) + eps)


@wrong("adam_update")
def eps_in_both_places(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """`eps` is added to both averages, the numerator and the divisor: the step is `{got}` and
    should be `{expected}`. Then a gradient of 0 gives a step that is not 0.

    Which part of a fraction has to be kept off 0?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    top = m / (1 - beta1**t) + eps
    return m, v, -lr * top / (np.sqrt(v / (1 - beta2**t)) + eps)


@wrong("adam_update")
def betas_exchanged(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """`beta1` and `beta2` have changed places: `{got}` for `{expected}`.

    Which of the two averages is to have the longer memory?
    """
    m, v = _averages(m, v, grad, beta2, beta1)
    return m, v, _step(m, v, t, lr, beta2, beta1, eps)


@wrong("adam_update")
def old_and_new_exchanged(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The factors beta and 1 - beta have changed places: `{got}` for `{expected}`. So the newest
    gradient has nearly all the weight, and the average is none.

    Which share of the old average does beta1 = 0.9 keep?
    """
    m, v = _averages(m, v, grad, 1 - beta1, 1 - beta2)
    return m, v, _step(m, v, t, lr, beta1, beta2, eps)


@wrong("adam_update")
def new_gradient_in_full(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The gradient and its square come in at full size, without the factor 1 - beta: `{got}` for
    `{expected}`. That is a sum with momentum, not an average.

    To what do the two weights of an average add up?
    """
    _fit(m, v, grad)
    m, v = beta1 * m + grad, beta2 * v + grad**2
    return m, v, _step(m, v, t, lr, beta1, beta2, eps)


@wrong("adam_update")
def gradient_not_squared(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """`v` averages the gradients themselves, not their squares: `{got}` for `{expected}`. They can
    be negative, and then the root is NaN.

    What has to happen to a gradient so that its sign does not matter?
    """
    _fit(m, v, grad)
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad
    with np.errstate(invalid="ignore"):
        step = _step(m, v, t, lr, beta1, beta2, eps)
    return m, v, step


@wrong("adam_update")
def size_for_square(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """`v` averages the sizes of the gradients, |grad|, and not their squares: `{got}` for
    `{expected}`.

    The step divides by a root: of which quantity must v be an average for that?
    """
    _fit(m, v, grad)
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * abs(grad)
    return m, v, _step(m, v, t, lr, beta1, beta2, eps)


@wrong("adam_update")
def square_of_the_average(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """`v` averages the squares of `m`, and it should be those of the gradient: `{got}` for
    `{expected}`.

    Which two quantities does the new v depend on in the formula?
    """
    _fit(m, v, grad)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * m**2
    return m, v, _step(m, v, t, lr, beta1, beta2, eps)


@wrong("adam_update")
def root_forgotten(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The step divides by `v_hat` itself and not by its root: `{got}` for `{expected}`. (The size
    of v_hat is no root either: a square is never negative.) Then a gradient ten times as large
    gives a step a tenth as long.

    How does v_hat grow with the gradient, and which function of it grows as the gradient does?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    return m, v, -lr * (m / (1 - beta1**t)) / (v / (1 - beta2**t) + eps)


@wrong("adam_update")
def learning_rate_left_out(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The step has full length, whatever `lr` says: `{got}` for `{expected}`.

    How long is a step when all gradients have been the same?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    return m, v, _step(m, v, t, 1, beta1, beta2, eps)


@wrong("adam_update")
def gradient_for_its_average(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The step is made of the newest gradient alone, as in RMSProp: `{got}` for `{expected}`. The
    average `m` is computed and then not used.

    What stands above the line in the formula of the step?
    """
    m, v = _averages(m, v, grad, beta1, beta2)
    return m, v, -lr * grad / (np.sqrt(v / (1 - beta2**t)) + eps)


@wrong("adam_update")
def averages_of_the_update_before(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The step is made of the averages that came in, and the newest gradient is not in it: `{got}`
    for `{expected}`.

    Which names does the line of the step read, and what is stored in them at that moment?
    """
    step = _step(m, v, t, lr, beta1, beta2, eps)
    return *_averages(m, v, grad, beta1, beta2), step


@wrong("adam_update")
def settings_ignored(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your function works with the usual settings, whichever the caller gives: `{got}` for
    `{expected}`.

    Which of lr, beta1, beta2 and eps does your code never read?
    """
    m, v = _averages(m, v, grad, 0.9, 0.999)
    return m, v, _step(m, v, t, 1e-3, 0.9, 0.999, 1e-8)


@wrong("adam_update")
def arguments_changed_in_place(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """You write into an array that you were given. Whoever called the function may need it still,
    and an array of whole numbers cannot take fractions.

    Which operators of Python change an array in place, and which give a new one?
    """
    _fit(m, v, grad)
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad**2
    return m, v, _step(m, v, t, lr, beta1, beta2, eps)


@wrong("adam_update")
def shapes_not_compared(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Arrays of different shapes get an answer: NumPy stretches the smaller one over the larger,
    and every weight moves by a gradient that is not its own.

    What does NumPy make of the shapes (3, 4) and (4,), and what should your function do with them?
    """
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
    return m, v, _step(m, v, t, lr, beta1, beta2, eps)
