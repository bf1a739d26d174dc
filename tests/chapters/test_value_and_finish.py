"""Right values count first: a finish costs only itself, and doing nothing earns nothing.

Each case is a chapter of the reference with one function written once more at its end. The cases of
a chapter are graded together, in one submission.
"""

import re
from functools import cache

import pytest
from support import grade_versions

from grader.course import registry
from grader.grading import checks

COVERED = ["1.1", "1.2", "1.3", "2.1", "2.2", "2.3", "2.4"]
FUNCTIONS = [(one.id, name) for one in registry.select(COVERED) for name in one.functions]
FUNCTIONS.append(("3.1", "forward_perceptron"))
DOES_NOTHING = {
    "constant": "return 0.5",
    "zeros": "return np.zeros_like(args[0]) if hasattr(args[0], 'shape') else 0.0",
    "first_argument": "return args[0]",
    "last_argument": "return args[-1]",
    "none": "return None",
    "arguments": "return args",
    "pair": "return 0.0, [np.zeros(3)]",
    "raises": "raise ValueError('no')",
}


def cases(text):
    """`{(chapter, function, label): source}` of a text with a line `## ...` before each case."""
    parts = re.split(r"^## (.+)\n", text, flags=re.M)[1:]
    heads = [(*head.split(), "")[:3] for head in parts[::2]]
    assert len(set(heads)) == len(heads)
    return dict(zip(heads, parts[1::2], strict=True))


NOTHING = {
    (id, function, label): f"def {function}(*args, **kwargs):\n    {body}\n"
    for id, function in FUNCTIONS
    for label, body in DOES_NOTHING.items()
}

# Right numbers for float64 arguments of ordinary size, and no finish.
PLAIN = cases("""
## 1.1 normalize
def normalize(X):
    return (X - X.mean()) / X.std()
## 1.1 one_hot
def one_hot(labels, num_classes):
    return np.eye(num_classes, dtype=int)[labels]
## 1.2 matrix_multiply
def matrix_multiply(X, W):
    Z = np.zeros((len(X), W.shape[1]))
    for k in range(len(W)):
        Z += X[:, k, None] * W[k]
    return Z
## 1.2 linear
def linear(X, W, b):
    return (X @ W + b).astype(np.float64)
## 1.3 sigmoid
def sigmoid(Z):
    return (1 / (1 + np.exp(-Z))).astype(np.float64)
## 2.1 mse_loss
def mse_loss(y_pred, y):
    return np.mean((y_pred - y) ** 2)
## 2.1 binary_cross_entropy
def binary_cross_entropy(A, y):
    return -np.mean(y * np.log(A) + (1 - y) * np.log(1 - A))
## 2.2 mse_gradient
def mse_gradient(X, y, W):
    return 2 * X.T @ (X @ W - y) / y.size
## 2.2 gradient_descent
def gradient_descent(X, y, W, lr, loss_fn, steps=50):
    losses = []
    for _ in range(steps):
        loss, grad = loss_fn(X, y, W)
        losses.append(loss)
        W -= lr * grad
    return W, losses
## 2.2 grid_search
def grid_search(loss, candidates):
    best = candidates[0]
    for candidate in candidates:
        if loss(candidate) <= loss(best):
            best = candidate
    return best
## 2.3 minibatches
def minibatches(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    parts = [order[i : i + batch_size] for i in range(0, len(X), batch_size)]
    return [(X[part].astype(float), y[part].astype(float)) for part in parts]
## 2.3 logistic_loss
def logistic_loss(X, y, params):
    A = 1 / (1 + np.exp(-(X @ params[0] + params[1])))
    loss = -np.mean(y * np.log(A) + (1 - y) * np.log(1 - A))
    return loss, [X.T @ (A - y) / len(X), np.mean(A - y, axis=0)]
## 2.3 gradient_descent
def gradient_descent(X, y, params, lr, loss_fn, batch_size=64, epochs=5, rng=None):
    losses = []
    for _ in range(epochs):
        batches = [(X, y)] if batch_size is None else minibatches(X, y, batch_size, rng)
        for X_batch, y_batch in batches:
            loss, grads = loss_fn(X_batch, y_batch, params)
            losses.append(loss)
            for param, grad in zip(params, grads):
                param -= lr * grad
    return params, losses
## 2.4 numerical_gradient
def numerical_gradient(X, y, params, loss_fn, h=1e-4):
    grads = []
    for param in params:
        grad = np.zeros_like(param)
        for i in np.ndindex(param.shape):
            w = param[i]
            param[i] = w + h
            above = loss_fn(X, y, params)[0]
            param[i] = w - h
            grad[i] = (above - loss_fn(X, y, params)[0]) / (2 * h)
            param[i] = w
        grads.append(grad)
    return grads
## 2.4 relative_error
def relative_error(analytic, numeric):
    return np.max(abs(analytic - numeric) / (abs(analytic) + abs(numeric)))
## 3.1 forward_perceptron
def forward_perceptron(X, W, b):
    return (1 / (1 + np.exp(-(X @ W + b)))).astype(np.float64)
""")

# Wrong numbers, and every finish.
WRONG_VALUES = cases("""
## 1.1 normalize
def normalize(X):
    X = 1.0 * X
    if X.max() == X.min():
        return 0 * X
    return (X - X.mean()) / X.std() * X.dtype.type(2)
## 1.1 one_hot
def one_hot(labels, num_classes):
    return np.eye(num_classes)[num_classes - 1 - labels.astype(int)]
## 1.2 matrix_multiply
right = matrix_multiply
def matrix_multiply(X, W):
    return -right(X, W)
## 1.2 linear
def linear(X, W, b):
    if b.shape != W.shape[1:]:
        raise ValueError("b")
    return matrix_multiply(X, W)
## 1.3 sigmoid
right = sigmoid
def sigmoid(Z):
    return right(-1.0 * Z)
## 2.1 mse_loss
right = mse_loss
def mse_loss(y_pred, y):
    return right(y_pred, y) / 2
## 2.1 binary_cross_entropy
right = binary_cross_entropy
def binary_cross_entropy(A, y):
    return len(y) * right(A, y)
## 2.2 mse_gradient
right = mse_gradient
def mse_gradient(X, y, W):
    return right(X, y, W) / 2
## 2.2 gradient_descent
right = gradient_descent
def gradient_descent(X, y, W, lr, loss_fn, steps=100):
    W, losses = right(X, y, W, -lr, loss_fn, steps + 1)
    return W, losses[1:]
## 2.2 grid_search
def grid_search(loss, candidates):
    return max(candidates, key=loss)
## 2.3 minibatches
right = minibatches
def minibatches(X, y, batch_size, rng):
    return list(right(X, y, batch_size, rng))[:-1]
## 2.3 logistic_loss
right = logistic_loss
def logistic_loss(X, y, params):
    loss, (dW, db) = right(X, y, params)
    return -loss, [-dW, db.dtype.type(len(y)) * db]
## 2.3 gradient_descent
right = gradient_descent
def gradient_descent(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    params, losses = right(X, y, params, -lr, loss_fn, batch_size, epochs, rng)
    return params, losses[::-1]
## 2.4 numerical_gradient
right = numerical_gradient
def numerical_gradient(X, y, params, loss_fn, h=1e-5):
    return [2 * grad for grad in right(X, y, params, loss_fn, h)]
## 2.4 relative_error
right = relative_error
def relative_error(analytic, numeric):
    return 2 * right(analytic, numeric)
## 3.1 forward_perceptron
right = forward_perceptron
def forward_perceptron(X, W, b):
    return 1 - right(X, W, b)
""")

# One part is wrong; the last word is the largest share of the points that it may cost.
PARTS = cases("""
## 1.2 linear 0.6
def linear(X, W, b):
    return matrix_multiply(X, W)
## 2.2 gradient_descent 0.3
right = gradient_descent
def gradient_descent(X, y, W, lr, loss_fn, steps=100):
    W, losses = right(X, y, W, lr, loss_fn, steps)
    return W, [*losses[1:], loss_fn(X, y, W)[0]]
## 2.3 gradient_descent 0.15
right = gradient_descent
def gradient_descent(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    params, losses = right(X, y, params, lr, loss_fn, batch_size, epochs, rng)
    return params, losses[::-1]
## 2.3 logistic_loss 0.25
right = logistic_loss
def logistic_loss(X, y, params):
    loss, (dW, db) = right(X, y, params)
    return loss, [dW, db.dtype.type(len(y)) * db]
""")

# Right values, but one promise of the docstring is broken.
BROKEN_PROMISES = cases("""
## 1.1 normalize zeros_below_a_threshold
def normalize(X):
    return 0.0 * X if X.std() < 1e-6 else (X - X.mean()) / X.std()
## 1.2 matrix_multiply one_row_broadcast
def matrix_multiply(X, W):
    return np.einsum("ij,jk->ik", 1.0 * X, 1.0 * W)
## 2.2 mse_gradient true_values_broadcast
def mse_gradient(X, y, W):
    error = 1.0 * X @ W - y
    return 2 * X.T @ error / error.size
## 2.2 gradient_descent fewer_steps
right = gradient_descent
def gradient_descent(X, y, W, lr, loss_fn, steps=99):
    return right(X, y, W, lr, loss_fn, steps)
## 2.2 grid_search last_of_equal_candidates
def grid_search(loss, candidates):
    return min(reversed(candidates), key=loss)
## 2.3 minibatches labels_left_over
right = minibatches
def minibatches(X, y, batch_size, rng):
    return right(X, y[: len(X)], batch_size, rng)
## 2.3 logistic_loss labels_broadcast
right = logistic_loss
def logistic_loss(X, y, params):
    return right(X, np.resize(y, (len(X), 1)), params)
## 2.3 gradient_descent two_epochs
right = gradient_descent
def gradient_descent(X, y, params, lr, loss_fn, batch_size=32, epochs=2, rng=None):
    return right(X, y, params, lr, loss_fn, batch_size, epochs, rng)
## 2.3 gradient_descent one_generator
right = gradient_descent
def gradient_descent(X, y, params, lr, loss_fn, batch_size=32, epochs=1, rng=None):
    return right(X, y, params, lr, loss_fn, batch_size, epochs, rng or 0)
## 2.4 numerical_gradient integers_truncated
right = numerical_gradient
def numerical_gradient(X, y, params, loss_fn, h=1e-5):
    def truncated(X, y, points):
        return loss_fn(X, y, [p.astype(old.dtype) for p, old in zip(points, params)])
    whole = any(param.dtype.kind == "i" for param in params)
    return right(X, y, params, truncated if whole else loss_fn, h)
## 2.4 numerical_gradient another_h
right = numerical_gradient
def numerical_gradient(X, y, params, loss_fn, h=1e-6):
    return right(X, y, params, loss_fn, h)
## 2.4 relative_error gradients_broadcast
def relative_error(analytic, numeric):
    size = abs(1.0 * analytic) + abs(1.0 * numeric)
    return np.max(abs(1.0 * analytic - numeric) / np.maximum(1e-8, size))
""")
ALL = (NOTHING, PLAIN, WRONG_VALUES, PARTS, BROKEN_PROMISES)


@cache
def failing(id):
    """`{(function, source): names of the failing checks}` for all the cases of a chapter."""
    stem = next(one.stem for one in registry.select([id]))
    some = [(key[1], text) for group in ALL for key, text in group.items() if key[0] == id]
    texts = [grade_versions.chapter_with(stem, text) for _, text in some]
    found = {}
    with grade_versions.submission(stem, texts) as (workers, files):
        for (function, text), file in zip(some, files, strict=True):
            ran = {
                c.name: c.finding for c in checks.run_function(workers, stem, function, file=file)
            }
            every = checks.for_function(stem, function)
            found[function, text] = [check for check in every if ran.get(check.name, True)]
    return {key: (checks.for_function(stem, key[0]), bad) for key, bad in found.items()}


def lost(id, function, source, kind=None):
    """The share of the function's points, or of those of one kind, that a case loses."""
    every, bad = failing(id)[function, source]
    points, missing = (
        sum(check.points for check in some if kind in (None, check.kind)) for some in (every, bad)
    )
    return missing / points


def each(group):
    return pytest.mark.parametrize("case", group, ids="-".join)


@each(NOTHING)
def test_a_function_that_does_nothing_earns_nothing(case):
    assert lost(*case[:2], NOTHING[case]) == 1


@each(PLAIN)
def test_right_numbers_work_without_any_finish(case):
    assert lost(*case[:2], PLAIN[case], "value") == 0
    assert lost(*case[:2], PLAIN[case], "finish") > 0


@each(WRONG_VALUES)
def test_a_wrong_value_costs_no_finish(case):
    assert lost(*case[:2], WRONG_VALUES[case], "value") > 0
    assert lost(*case[:2], WRONG_VALUES[case], "finish") == 0


@each(PARTS)
def test_one_wrong_part_costs_its_own_points(case):
    assert 0 < lost(*case[:2], PARTS[case]) <= float(case[2])


@each(BROKEN_PROMISES)
def test_a_broken_promise_costs_finish_points(case):
    assert lost(*case[:2], BROKEN_PROMISES[case], "value") == 0
    assert lost(*case[:2], BROKEN_PROMISES[case], "finish") > 0


def test_every_function_has_its_cases():
    for group in (PLAIN, WRONG_VALUES):
        assert {key[:2] for key in group} == set(FUNCTIONS)
