"""Wrong answers in chapter 5.1."""

# ruff: noqa: N805 - a wrong version has the graded function's arguments, and no `self`

import numpy as np

from . import Versions


def _fit(m, v, grad):
    if not np.shape(m) == np.shape(v) == np.shape(grad):
        raise ValueError("m, v and grad differ in shape")


def _averages(m, v, grad, beta1, beta2):
    _fit(m, v, grad)
    return beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2


def _step(m, v, t, lr, beta1, beta2, eps):
    return -lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)


class WrongAdamUpdate(Versions, of="adam_update"):
    def step_uphill(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """Both averages are right, but the step has the wrong sign: `{got}`, not `{expected}`. With
        this chapter's update W + step that goes uphill.

        Where is the minus of a step downhill: in the step, or in the code that adds it?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, -_step(m, v, t, lr, beta1, beta2, eps)

    def no_bias_correction(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """Both averages are right, but you compute the step without bias correction: `{got}`, not
        `{expected}`. The averages began at 0 and are still too small, by different factors.

        What is m after one update from 0, as a share of the gradient, and what must you divide by?
        """
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, -lr * m / (np.sqrt(v) + eps)

    def first_average_not_corrected(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You correct only `v`, not `m`: the step is `{got}`, not `{expected}`.

        Which of the two averages began at 0?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, -lr * m / (np.sqrt(v / (1 - beta2**t)) + eps)

    def second_average_not_corrected(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You correct only `m` for its start from 0 and use `v` as it is: the step is `{got}`, not
        `{expected}`. The first steps are then much too long.

        Which of the two averages began at 0?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, -lr * (m / (1 - beta1**t)) / (np.sqrt(v) + eps)

    def corrected_averages_returned(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """The step is right, but you return the corrected averages, m_hat and v_hat: `{got}`, not
        `{expected}`. The next update would correct them again.

        Which of the four quantities does the next update start from?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        step = _step(m, v, t, lr, beta1, beta2, eps)
        return m / (1 - beta1**t), v / (1 - beta2**t), step

    def updates_counted_from_zero(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """Your corrections are those of update t + 1: the step is `{got}`, not `{expected}`. Here t
        counts from 1, so the first update has t = 1.

        How many gradients are in m when t is 1, and what is 1 - beta1^t then?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, _step(m, v, t + 1, lr, beta1, beta2, eps)

    def corrected_as_one_update_before(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """Your corrections are those of update t - 1: the step is `{got}`, not `{expected}`. In the
        first one, t = 1, you divide by 1 - beta^0 = 0. Here t already counts from 1.

        How many gradients are in m when t is 1, and what is 1 - beta1^t then?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, _step(m, v, t - 1, lr, beta1, beta2, eps)

    def corrected_m_returned(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """`v` and the step are right, but you return the corrected average m_hat in place of `m`:
        `{got}`, not `{expected}`. The next update would correct it again.

        Does your line for m_hat overwrite m, and which of the two does the next update start from?
        """
        m, v = _averages(m, v, grad, beta1, beta2)
        return m / (1 - beta1**t), v, _step(m, v, t, lr, beta1, beta2, eps)

    def corrected_v_returned(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """`m` and the step are right, but you return the corrected average v_hat in place of `v`:
        `{got}`, not `{expected}`. The next update would correct it again.

        Does your line for v_hat overwrite v, and which of the two does the next update start from?
        """
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v / (1 - beta2**t), _step(m, v, t, lr, beta1, beta2, eps)

    def corrected_in_both_places(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You correct twice, once in the averages and once in the learning rate: the step is
        `{got}`, not `{expected}`. Programs do either the one or the other.

        How often is each of your averages divided by its 1 - beta^t on its way into the step?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        rate = lr * float(np.sqrt(1 - beta2**t)) / (1 - beta1**t)
        return m, v, _step(m, v, t, rate, beta1, beta2, eps)

    def learning_rate_falls(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """Your learning rate falls with the root of t: the step is `{got}`, not `{expected}`. Some
        programs lower it in this way; this chapter's formula has the same `lr` in every update.

        Where does t appear in the formula, and where in your code?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, _step(m, v, t, lr / t**0.5, beta1, beta2, eps)

    def learning_rate_divided_by_t(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You divide the learning rate by t: the step is `{got}`, not `{expected}`. This chapter's
        formula has the same `lr` in every update.

        Where does t appear in the formula, and where in your code?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, _step(m, v, t, lr / t, beta1, beta2, eps)

    def correction_with_a_product(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """Your corrections multiply beta by t, but t is an exponent: the step is `{got}`, not
        `{expected}`. With a product the divisor soon falls below 0.

        What remains of the start after t updates, each of which keeps the share beta?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        with np.errstate(all="ignore"):
            step = -lr * (m / (1 - beta1 * t)) / (np.sqrt(v / (1 - beta2 * t)) + eps)
        return m, v, step

    def parentheses_missing(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """Both averages are right, but your step is not: `{got}`, not `{expected}`. Python reads
        `m / 1 - beta1**t` from left to right: first m / 1, then the subtraction.

        What belongs below the fraction bar of m_hat, and how do you tell Python?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        m_hat = m / 1 - beta1**t
        return m, v, -lr * m_hat / (np.sqrt(v / (1 - beta2**t)) + eps)

    def parentheses_missing_twice(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """Both averages are right, but your step is not. Python reads `m / 1 - beta1**t` from left
        to right: first m / 1, then the subtraction, and the same for v, whose root may be nan then.

        What belongs below the fraction bars of m_hat and v_hat, and how do you tell Python?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        with np.errstate(invalid="ignore"):
            step = -lr * (m - beta1**t) / (np.sqrt(v - beta2**t) + eps)
        return m, v, step

    def betas_in_the_code(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """Your averages have the shares 0.9 and 0.999, whatever `beta1` and `beta2` say: `{got}`,
        not `{expected}`.

        Where does your code read the arguments `beta1` and `beta2`?"""
        m, v = _averages(m, v, grad, 0.9, 0.999)
        return m, v, _step(m, v, t, lr, 0.9, 0.999, eps)

    def multiplied_by_the_correction(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """Multiplied by 1 - beta^t the averages are even smaller: the step is `{got}`, not
        `{expected}`.

        The averages start too small: which operation with a number below 1 makes them larger?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, -lr * (m * (1 - beta1**t)) / (np.sqrt(v * (1 - beta2**t)) + eps)

    def one_beta_for_both_corrections(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You correct both averages with `beta1`: the step is `{got}`, not `{expected}`.

        Which share does each of the two averages keep, and which power belongs to its correction?
        """
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, -lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta1**t)) + eps)

    def correction_outside_the_root(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """Your correction of `v` is outside the root: the step is `{got}`, not `{expected}`. If you
        move it out of the root, you must take its root too.

        What does the formula take the root of: v or v_hat?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, -lr * (m / (1 - beta1**t)) / (np.sqrt(v) / (1 - beta2**t) + eps)

    def eps_left_out(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You add nothing to the root, so a weight whose gradients are all 0 divides 0 by 0, and
        the step is nan. A pixel that is black in every image has such weights.

        Which small number keeps the divisor above 0, and where does it go?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, _step(m, v, t, lr, beta1, beta2, 0.0)

    def eps_inside_the_root(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You add `eps` under the root: the step is `{got}`, not `{expected}`. There, 1e-8 counts
        as 1e-4, and weights with small gradients hardly move.

        In which order does the formula take the root and add eps?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, -lr * (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t) + eps)

    def eps_before_the_correction(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You add `eps` to the root of `v` and correct afterward: the step is `{got}`, not
        `{expected}`. Some programs do that, but it makes eps count for more in the first updates.

        The formula adds eps to the root of what? What must you multiply eps by to add it earlier?
        """
        m, v = _averages(m, v, grad, beta1, beta2)
        rate = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
        return m, v, -float(rate) * m / (np.sqrt(v) + eps)

    def eps_in_both_places(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You add `eps` to both averages, the numerator and the divisor: the step is `{got}`, not
        `{expected}`. Then a gradient of 0 gives a step that is not 0.

        Which part of a fraction must not become 0?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        top = m / (1 - beta1**t) + eps
        return m, v, -lr * top / (np.sqrt(v / (1 - beta2**t)) + eps)

    def betas_exchanged(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You swapped `beta1` and `beta2`: `{got}`, not `{expected}`.

        Which of the two averages should have the longer memory?"""
        m, v = _averages(m, v, grad, beta2, beta1)
        return m, v, _step(m, v, t, lr, beta2, beta1, eps)

    def one_beta_for_both_averages(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You average the squares with `beta1`, like the gradients: `v` is `{got}`, not
        `{expected}`. The squares have a longer memory of their own.

        Which share does each of the two averages keep?"""
        m, v = _averages(m, v, grad, beta1, beta1)
        return m, v, _step(m, v, t, lr, beta1, beta2, eps)

    def beta1_everywhere(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You average and correct the squares with `beta1`, like the gradients: `v` is `{got}`, not
        `{expected}`. The squares have a longer memory of their own.

        Where does your code read `beta2`?"""
        m, v = _averages(m, v, grad, beta1, beta1)
        return m, v, _step(m, v, t, lr, beta1, beta1, eps)

    def old_and_new_exchanged(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You swapped the factors beta and 1 - beta: `{got}`, not `{expected}`. So the newest
        gradient has nearly all the weight, and the average hardly averages.

        Which share of the old average does beta1 = 0.9 keep?"""
        m, v = _averages(m, v, grad, 1 - beta1, 1 - beta2)
        return m, v, _step(m, v, t, lr, beta1, beta2, eps)

    def shares_of_m_exchanged(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """`v` is right, but in `m` you swapped the factors beta1 and 1 - beta1: `{got}`, not
        `{expected}`. So the newest gradient has nearly all the weight.

        Which share of the old average does beta1 = 0.9 keep?"""
        m, v = _averages(m, v, grad, 1 - beta1, beta2)
        return m, v, _step(m, v, t, lr, beta1, beta2, eps)

    def shares_of_v_exchanged(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """`m` is right, but in `v` you swapped the factors beta2 and 1 - beta2: `{got}`, not
        `{expected}`. So the newest square has nearly all the weight.

        Which share of the old average does beta2 = 0.999 keep?"""
        m, v = _averages(m, v, grad, beta1, 1 - beta2)
        return m, v, _step(m, v, t, lr, beta1, beta2, eps)

    def new_gradient_in_full(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """The gradient and its square come in at full size, without the factor 1 - beta: `{got}`,
        not `{expected}`. That is a sum with momentum, not an average.

        What do the two weights of an average add up to?"""
        _fit(m, v, grad)
        m, v = beta1 * m + grad, beta2 * v + grad**2
        return m, v, _step(m, v, t, lr, beta1, beta2, eps)

    def squares_summed(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """`v` is the sum of all squares, as in AdaGrad, not their moving average: `{got}`, not
        `{expected}`. It only grows, and the steps become shorter and shorter.

        Which two shares does the formula give to the old v and to the new square?"""
        _fit(m, v, grad)
        m, v = beta1 * m + (1 - beta1) * grad, v + grad**2
        return m, v, _step(m, v, t, lr, beta1, beta2, eps)

    def gradient_not_squared(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """`v` averages the gradients themselves, not their squares: `{got}`, not `{expected}`. They
        can be negative, and then the root is nan.

        What must you do to a gradient so that its sign does not matter?"""
        _fit(m, v, grad)
        m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad
        with np.errstate(invalid="ignore"):
            step = _step(m, v, t, lr, beta1, beta2, eps)
        return m, v, step

    def size_for_square(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """`v` averages |grad| and not the squares of the gradients: `{got}`, not `{expected}`.

        The step divides by a root: which quantity must v average for that?"""
        _fit(m, v, grad)
        m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * abs(grad)
        return m, v, _step(m, v, t, lr, beta1, beta2, eps)

    def square_of_the_average(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """`v` averages the squares of `m`, not those of the gradient: `{got}`, not `{expected}`.

        Which two quantities does the new v depend on in the formula?"""
        _fit(m, v, grad)
        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * m**2
        return m, v, _step(m, v, t, lr, beta1, beta2, eps)

    def root_forgotten(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """Your step divides by `v_hat` itself and not by its root: `{got}`, not `{expected}`. (The
        absolute value of v_hat is not a root either: a square is never negative.) Then a gradient
        ten times as large gives a step a tenth as long.

        How does v_hat grow with the gradient, and which function of it grows as the gradient does?
        """
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, -lr * (m / (1 - beta1**t)) / (v / (1 - beta2**t) + eps)

    def learning_rate_left_out(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """The step has full length, whatever `lr` says: `{got}`, not `{expected}`.

        How long is a step when all gradients have been the same?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, _step(m, v, t, 1, beta1, beta2, eps)

    def gradient_for_its_average(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You compute the step from the newest gradient alone, as in RMSProp: `{got}`, not
        `{expected}`. You compute the average `m` but never use it.

        What is above the fraction bar in the formula of the step?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, -lr * grad / (np.sqrt(v / (1 - beta2**t)) + eps)

    def averages_of_the_update_before(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You compute the step from the old averages: `{got}`, not `{expected}`.

        Which names does the line of the step read, and what do they hold at that moment?"""
        step = _step(m, v, t, lr, beta1, beta2, eps)
        return *_averages(m, v, grad, beta1, beta2), step

    def settings_ignored(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """Your function always uses the default settings: `{got}`, not `{expected}`.

        Which of lr, beta1, beta2 and eps does your code never read?"""
        m, v = _averages(m, v, grad, 0.9, 0.999)
        return m, v, _step(m, v, t, 1e-3, 0.9, 0.999, 1e-8)

    def arguments_changed_in_place(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You write into an array you were given. The caller may need it, and integers hold no
        fractions.

        Which Python operators change an array in place, and which create a new one?"""
        _fit(m, v, grad)
        m *= beta1
        m += (1 - beta1) * grad
        v *= beta2
        v += (1 - beta2) * grad**2
        return m, v, _step(m, v, t, lr, beta1, beta2, eps)

    def shapes_not_compared(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """Arrays of different shapes get an answer: NumPy stretches the smaller one over the larger
        one, and every weight moves by a gradient that is not its own.

        What does NumPy do with the shapes (3, 4) and (4,), and what should your function do?"""
        m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad**2
        return m, v, _step(m, v, t, lr, beta1, beta2, eps)

    def correction_without_t(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You divide by 1 - beta in every step: the step is `{got}`, not `{expected}`. That is
        right for the first one alone; later the averages are nearly large enough.

        How does the share of the gradient that is missing from an average change with t?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, _step(m, v, 1, lr, beta1, beta2, eps)

    def first_correction_without_t(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You divide `m` by 1 - beta1 in every step, without the power t: the step is `{got}`, not
        `{expected}`. The correction of `v` has its power.

        How does the share of the gradient that is missing from m change with t?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, _step(m * (1 - beta1**t) / (1 - beta1), v, t, lr, beta1, beta2, eps)

    def second_correction_without_t(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """You divide `v` by 1 - beta2 in every step, without the power t: the step is `{got}`, not
        `{expected}`. The correction of `m` has its power.

        How does the share of the square that is missing from v change with t?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, _step(m, v * (1 - beta2**t) / (1 - beta2), t, lr, beta1, beta2, eps)

    def largest_square_kept(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """`v` never falls: you keep the larger of the old and the new average, as in AMSGrad:
        `{got}`, not `{expected}`.

        Does this chapter's formula choose between two values of v?"""
        new_m, new_v = _averages(m, v, grad, beta1, beta2)
        new_v = np.maximum(v, new_v)
        return new_m, new_v, _step(new_m, new_v, t, lr, beta1, beta2, eps)

    def step_ahead(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """Both averages are right, but your step mixes the gradient into `m` once more, as in
        NAdam: `{got}`, not `{expected}`.

        How often does the gradient enter the formula of the step?"""
        m, v = _averages(m, v, grad, beta1, beta2)
        return m, v, _step(beta1 * m + (1 - beta1) * grad, v, t, lr, beta1, beta2, eps)

    def square_of_the_deviation(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        """`v` averages the squares of the gradient minus `m`, as in AdaBelief: `{got}`, not
        `{expected}`.

        What does this chapter's formula square?"""
        _fit(m, v, grad)
        m = beta1 * m + (1 - beta1) * grad
        v = beta2 * v + (1 - beta2) * (grad - m) ** 2
        return m, v, _step(m, v, t, lr, beta1, beta2, eps)
