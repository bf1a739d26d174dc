"""Right answers of chapter 5.1 that are not the reference's."""

import math

import numpy as np

from . import right


def _refuse(m, v, grad):
    if m.shape != grad.shape or v.shape != grad.shape:
        raise ValueError("the shapes differ")


@right("adam_update")
def the_formula_as_it_stands(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    _refuse(m, v, grad)
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    return [m, v, -lr * m_hat / (np.sqrt(v_hat) + eps)]


@right("adam_update")
def by_the_difference(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, debug=False):
    _refuse(m, v, grad)
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (np.square(grad) - v)
    divisor = (v / (1 - beta2**t)) ** 0.5 + eps
    return m, v, -(lr / (1 - beta1**t) * m) / divisor


@right("adam_update")
def with_folded_corrections(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    _refuse(m, v, grad)
    first, second = 1 - beta1**t, math.sqrt(1 - beta2**t)
    m = np.add(np.multiply(beta1, m), np.multiply(1 - beta1, grad))
    v = np.add(np.multiply(beta2, v), np.multiply(1 - beta2, grad * grad))
    return m, v, m * (-lr * second / first) / (np.sqrt(v) + eps * second)


@right("adam_update")
def on_copies(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    _refuse(m, v, grad)
    m, v, grad = (1.0 * array for array in (m, v, grad))
    m *= beta1
    m += (1 - beta1) * grad
    v *= beta2
    v += (1 - beta2) * grad * grad
    step = m / (1 - beta1**t)
    step /= np.sqrt(v / (1 - beta2**t)) + eps
    step *= -lr
    return m, v, step


@right("adam_update")
def entry_after_entry(m, v, grad, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    _refuse(m, v, grad)
    kind = grad.dtype if grad.dtype.kind == "f" else float
    new = [np.empty(grad.shape[::-1], kind).T for _ in range(3)]
    for place in np.ndindex(grad.shape):
        g = float(grad[place])
        first = beta1 * float(m[place]) + (1 - beta1) * g
        second = beta2 * float(v[place]) + (1 - beta2) * g * g
        root = math.sqrt(second / (1 - beta2**t))
        values = first, second, -lr * first / (1 - beta1**t) / (root + eps)
        for array, value in zip(new, values, strict=True):
            array[place] = value
    return tuple(new)
