"""Right answers of chapter 2.4 that are not the reference's."""

import numpy as np

from . import right


def _check(a, b):
    if a.shape != b.shape:
        raise ValueError(f"{a.shape} is not {b.shape}")


def _dtype(param):
    return np.result_type(param, 1.0)


@right("numerical_gradient")
def with_copies_for_every_entry(X, y, params, loss_fn, h=1e-5):
    def loss_at(which, place, step):
        moved = [param.astype(np.float64) for param in params]
        moved[which].flat[place] += step
        return loss_fn(X, y, moved)[0]

    grads = []
    for which, param in enumerate(params):
        slopes = [
            (loss_at(which, place, h) - loss_at(which, place, -h)) / (2 * h)
            for place in range(param.size)
        ]
        grads.append(np.array(slopes).reshape(param.shape).astype(_dtype(param)))
    return tuple(grads)


@right("numerical_gradient")
def in_place_where_the_dtype_allows(X, y, params, loss_fn, h=1e-5):
    grads = []
    for which, param in enumerate(params):
        moved = param if param.dtype == np.float64 else param.astype(np.float64)
        everything = [*params[:which], moved, *params[which + 1 :]]
        grad = np.zeros(param.shape, _dtype(param))
        places = np.nditer(param, flags=["multi_index"])
        for _ in places:
            i = places.multi_index
            before = moved[i]
            moved[i] = before + h
            above, _ = loss_fn(X, y, everything)
            moved[i] = before - h
            below, _ = loss_fn(X, y, everything)
            moved[i] = before
            grad[i] = (above - below) / (2 * h)
        grads.append(grad)
    return grads


@right("numerical_gradient")
def divided_by_the_distance_moved(X, y, params, loss_fn, h=1e-5):
    points, grads = [param.astype(np.float64) for param in params], []
    for point, param in zip(points, params, strict=True):
        flat, slopes = point.reshape(-1), []
        for i, w in enumerate(flat.tolist()):
            right, left = w + h, w - h
            flat[i] = right
            above = loss_fn(X=X, y=y, params=points)[0]
            flat[i] = left
            below = loss_fn(X=X, y=y, params=points)[0]
            flat[i] = w
            slopes.append((above - below) / (right - left))
        grads.append(np.asfortranarray(np.reshape(slopes, param.shape).astype(_dtype(param))))
    return grads


@right("numerical_gradient")
def with_unit_vectors(X, y, params, loss_fn, h=1e-5):
    sizes = np.cumsum([param.size for param in params])[:-1]
    theta = np.concatenate([param.ravel().astype(np.float64) for param in params])

    def loss(vector):
        parts = np.split(vector, sizes)
        shaped = [part.reshape(p.shape) for part, p in zip(parts, params, strict=True)]
        return loss_fn(X, y, shaped)[0]

    steps = h * np.eye(theta.size)
    slopes = np.array([(loss(theta + step) - loss(theta - step)) / 2 / h for step in steps])
    parts = np.split(slopes, sizes)
    return [part.reshape(p.shape).astype(_dtype(p)) for part, p in zip(parts, params, strict=True)]


@right("relative_error")
def one_entry_at_a_time(analytic, numeric):
    _check(analytic, numeric)
    pairs = zip(analytic.ravel(), numeric.ravel(), strict=True)
    return max(abs(a - n) / max(1e-8, abs(a) + abs(n)) for a, n in pairs)


@right("relative_error")
def with_small_sizes_replaced(analytic, numeric):
    _check(analytic, numeric)
    size = np.abs(analytic) + np.abs(numeric)
    size[size < 1e-8] = 1e-8
    return np.asarray((np.abs(analytic - numeric) / size).max())


@right("relative_error")
def as_a_maximum_norm(analytic, numeric):
    _check(analytic, numeric)
    a, n = analytic.astype(float).ravel(), numeric.astype(float).ravel()
    return np.linalg.norm((a - n) / np.clip(abs(a) + abs(n), 1e-8, None), np.inf)


@right("relative_error")
def with_the_largest_sorted_last(analytic, numeric):
    _check(analytic, numeric)
    size = np.where(abs(analytic) + abs(numeric) > 1e-8, abs(analytic) + abs(numeric), 1e-8)
    return float(np.sort(np.abs(numeric - analytic) / size, axis=None)[-1])
