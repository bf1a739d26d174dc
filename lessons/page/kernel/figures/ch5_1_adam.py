"""Adam and momentum in a valley that can be turned."""

import numpy as np

from grader.vocabulary import expect

from . import figure

START = np.array([-1.2, 0.8])  # along the valley, across it
MU, RATE = 0.9, 1.0  # of momentum; it diverges where lr is above 3.8 / curvature


@figure("adam_update", "ch4_5_momentum_capstone momentum_update")
def turned_valley(student, turn, steep, lr, steps):
    """Return path and losses of Adam, before and after the turn, and of momentum after it."""
    momentum_update = student.of("ch4_5_momentum_capstone").momentum_update

    def adam(state, grad, t):
        m, v = np.zeros((2, *grad.shape)) if state is None else state
        got = student.adam_update(m, v, grad, t, lr)
        m, v, step = expect.arrays(got, [grad.shape] * 3, ["m", "v", "step"], what="the answer")
        return (m, v), step

    def momentum(state, grad, t):
        v = np.zeros(2) if state is None else state
        v = expect.array(momentum_update(v, grad, MU, RATE / steep), (2,))
        return v, v

    valleys = [_rotation(turn), _rotation(0)]
    turned, straight = _way(adam, np.stack(valleys), steep, steps)  # entry by entry: both at once
    (with_momentum,) = _way(momentum, valleys[0], steep, steps)
    return {"turned": turned, "straight": straight, "momentum": with_momentum}


def _rotation(degrees):
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    return np.array([[c, -s], [s, c]])


def _way(method, R, steep, steps):
    """Return `{"path", "losses"}` of each valley, for rotations R (..., 2, 2)."""
    H = R @ np.diag([1.0, steep]) @ np.swapaxes(R, -1, -2)
    path, state = [R @ START], None
    for t in range(1, steps + 1):
        state, step = method(state, _times(H, path[-1]), t)
        path.append(path[-1] + step)
    points = np.clip(path, -1e6, 1e6)
    losses = 0.5 * (points * _times(H, points)).sum(axis=-1)
    points, losses = points.reshape(steps + 1, -1, 2), losses.reshape(steps + 1, -1)
    ways = zip(points.swapaxes(0, 1).tolist(), losses.T.tolist(), strict=True)
    return [{"path": path, "losses": losses} for path, losses in ways]


def _times(H, w):
    return (H @ w[..., np.newaxis])[..., 0]
