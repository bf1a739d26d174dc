"""How fast a sure mistake is unlearned, with either loss."""

import numpy as np

from grader.vocabulary import expect

from . import figure

RANGE, H = (-8.0, 8.0), 1e-4


@figure("mse_loss", "binary_cross_entropy", "ch1_3_activation_basics sigmoid")
def confident_mistakes(student, truth, start, steps):
    """Return for each loss its curve over the logit, and the way down in steps of -slope."""
    y = np.array([[float(truth == "one")]])
    sigmoid = student.of("ch1_3_activation_basics").sigmoid
    axis = np.linspace(*RANGE, 49)

    def probabilities(logits):
        return expect.array(sigmoid(logits), logits.shape)

    def way(loss):
        def at(a):
            return expect.number(loss(np.array([[a]]), y))

        z, path, losses, slopes = start, [], [], []
        for _ in range(steps + 1):
            above, below = map(at, probabilities(np.array([z + H, z - H])))
            path.append(z)
            losses.append((above + below) / 2)  # off by less than H^2, for fewer calls
            slopes.append((above - below) / (2 * H))
            z -= slopes[-1]
        a = probabilities(np.array(path))
        return {
            "curve": [at(each) for each in probabilities(axis)],
            "path": path,
            "losses": losses,
            "slope": slopes[0],
            "truth": np.where(y[0] > 0, a, 1 - a).tolist(),
        }

    named = {"cross_entropy": student.binary_cross_entropy, "squares": student.mse_loss}
    return {"axis": axis.tolist(), **{name: way(loss) for name, loss in named.items()}}
