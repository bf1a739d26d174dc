"""Wrong start weights: `he_init` of chapter 3.3 and `xavier_init` of chapter 4.1.

No two learners draw random weights the same way, so most mistakes are recognized by moments.
"""

import numpy as np

from .. import wrong

SCALES = (0.5, 0.1, 0.05, 0.01, 0.001)
SEEDS = (0, 1, 2, 3, 7, 42, 123, 1234, 2024, 2025)


def _he(fan_in, fan_out):
    return np.sqrt(2 / fan_in)


def _xavier(fan_in, fan_out):
    return np.sqrt(2 / (fan_in + fan_out))


EXACT = {_he: 0.025, _xavier: 0.02}  # how closely the spread of random weights is known


def _spread(right, scale):
    """Recognizes normal weights with this standard deviation, unless it is also the right one."""

    def recognizes(answer, fan_in, fan_out, rng):
        W, _ = answer
        centered = abs(W.mean()) < 0.1 * W.std()
        normal = np.mean(W**4) > 2.2 * np.mean(W**2) ** 2
        off = [abs(W.std() / size(fan_in, fan_out) - 1) for size in (right, scale)]
        return centered and normal and off[0] >= EXACT[right] and off[1] < EXACT[right]

    return recognizes


def _by_fan_out(answer, *args):
    scales = (lambda _, fan_out, k=k: np.sqrt(k / fan_out) for k in (1, 2))
    return any(_spread(_he, scale)(answer, *args) for scale in scales)


def _no_root(answer, fan_in, fan_out, rng):
    same = [scale for scale in SCALES if abs(2 / fan_in / scale - 1) < 0.1]  # which of the two?
    return not same and _spread(_he, lambda *fans: 2 / fan_in)(answer, fan_in, fan_out, rng)


def _fixed(right):
    def recognizes(answer, fan_in, fan_out, rng):
        return any(
            _spread(right, lambda *fans, scale=scale: scale)(answer, fan_in, fan_out, rng)
            for scale in SCALES
            if abs(right(fan_in, fan_out) ** 2 / scale - 1) > 0.1
        )

    return recognizes


def _is_uniform(answer, fan_in, fan_out, rng):
    W = answer[0] - answer[0].mean()
    return bool(
        W.any() and np.mean(W**4) < 2.2 * np.mean(W**2) ** 2 and len(np.unique(W)) > 0.5 * W.size
    )


def _all_positive(answer, *args):
    W, _ = answer
    return bool(W.min() >= 0 and W.std() > 0 and not _is_uniform(answer, *args))


def _repeats_itself(answer, fan_in, fan_out, rng):
    W = answer[0]
    several = min(W.shape) > 1 and np.ptp(W) > 0
    return bool(several and (np.ptp(W, axis=0).max() == 0 or np.ptp(W, axis=1).max() == 0))


def _lacks_tails(answer, *args):
    """Normal numbers without those beyond some 2 standard deviations."""
    W, _ = answer
    return not _is_uniform(answer, *args) and W.size > 1000 and np.abs(W).max() < 2.7 * W.std()


def _constant(answer, fan_in, fan_out, rng):
    return answer[0].size > 1 and np.ptp(answer[0]) == 0


def _axes_swapped(answer, fan_in, fan_out, rng):
    return fan_in != fan_out and answer[0].shape == (fan_out, fan_in)


def _row_bias(answer, fan_in, fan_out, rng):
    return answer[1].shape == (1, fan_out)


def _bias_per_input(answer, fan_in, fan_out, rng):
    return fan_in != fan_out and answer[1].shape == (fan_in,)


def _bias_drawn(answer, fan_in, fan_out, rng):
    return answer[1].size > 1 and np.ptp(answer[1]) > 0


def _bias_constant(answer, fan_in, fan_out, rng):
    return np.ptp(answer[1]) == 0 and answer[1].flat[0] != 0


def _own_seed(answer, fan_in, fan_out, rng):
    W = answer[0].ravel()
    own = [np.random.default_rng(seed).standard_normal(W.size) for seed in SEEDS]
    return any(np.corrcoef(W, numbers)[0, 1] > 0.999 for numbers in own)


@wrong("he_init", right=_he, recognizes=_no_root, words={"variance": "2 / fan_in"})
@wrong(
    "xavier_init",
    right=_xavier,
    recognizes=_spread(_xavier, lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
    words={"variance": "2 / (fan_in + fan_out)"},
)
def variance_as_standard_deviation(fan_in, fan_out, rng, right):
    """The standard deviation of your weights is {variance}. That is the required variance, but
    generators take the standard deviation, so your weights are much too small.

    How do you get from a variance to a standard deviation?"""
    return rng.normal(0, right(fan_in, fan_out) ** 2, size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", recognizes=_by_fan_out)
def fan_out_for_fan_in(fan_in, fan_out, rng):
    """The spread of your weights depends on the number of outputs. But a unit sums over its inputs,
    and their number makes the sum large.

    How many numbers are added up in one entry of X W?"""
    return rng.normal(0, np.sqrt(2 / fan_out), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("xavier_init", recognizes=_spread(_xavier, lambda fan_in, fan_out: np.sqrt(2 / fan_out)))
def outputs_alone(fan_in, fan_out, rng):
    """The variance of your weights is 2 / fan_out: it ignores the number of inputs.

    Which two numbers does Xavier's rule add up?"""
    return rng.normal(0, np.sqrt(2 / fan_out), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", recognizes=_spread(_he, lambda fan_in, fan_out: np.sqrt(1 / fan_in)))
def factor_two_forgotten(fan_in, fan_out, rng):
    """The variance of your weights is 1 / fan_in, half of what it should be. That suits layers
    without relu. Relu sets half of the units to 0, and the weights have to make up for that.

    Which factor appears in the variance that He proposed for relu?"""
    return rng.normal(0, np.sqrt(1 / fan_in), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("xavier_init", recognizes=_spread(_xavier, lambda fan_in, fan_out: np.sqrt(1 / fan_in)))
def inputs_alone(fan_in, fan_out, rng):
    """The variance of your weights is 1 / fan_in. This older rule preserves the size of the signal,
    but not the size of the gradient on its way back, which depends on the number of outputs.

    Which two numbers does Xavier's rule average?"""
    return rng.normal(0, np.sqrt(1 / fan_in), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong(
    "xavier_init",
    recognizes=_spread(_xavier, lambda fan_in, fan_out: np.sqrt(1 / (fan_in + fan_out))),
    name="factor_two_forgotten",
)
def no_two_in_the_mean(fan_in, fan_out, rng):
    """The variance of your weights is 1 / (fan_in + fan_out), half of what it should be. The rule
    is 1 divided by the mean of the two sizes, and a mean contains a 2.

    Where does the 2 go when you divide 1 by half of a sum?"""
    scale = np.sqrt(1 / (fan_in + fan_out))
    return rng.normal(0, scale, size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong(
    "xavier_init",
    recognizes=_spread(_xavier, lambda fan_in, fan_out: np.sqrt(2 / fan_in + fan_out)),
)
def parentheses_missing(fan_in, fan_out, rng):
    """The variance of your weights is 2 / fan_in + fan_out, which is far too large: only fan_in is
    below the fraction bar.

    In which order does Python evaluate `2 / a + b`, and which order does the formula need?"""
    scale = np.sqrt(2 / fan_in + fan_out)
    return rng.normal(0, scale, size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", recognizes=_spread(_he, _xavier))
def xavier_instead_of_he(fan_in, fan_out, rng):
    """The variance of your weights is 2 / (fan_in + fan_out). That is Xavier's rule for tanh and
    sigmoid, which comes in chapter 4.1. He's rule for relu uses the number of inputs alone.

    Which of the two numbers appears in this chapter's variance?"""
    return rng.normal(0, _xavier(fan_in, fan_out), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("xavier_init", recognizes=_spread(_xavier, _he))
def he_instead_of_xavier(fan_in, fan_out, rng):
    """The variance of your weights is 2 / fan_in. That is He's rule for relu. Xavier's rule uses
    inputs and outputs together, so that signal and gradient both keep their size.

    Which of the two numbers is missing from your variance?"""
    return rng.normal(0, _he(fan_in, fan_out), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong(
    "xavier_init",
    recognizes=_spread(_xavier, lambda fan_in, fan_out: np.sqrt(6 / (fan_in + fan_out))),
)
def limit_as_standard_deviation(fan_in, fan_out, rng):
    """The standard deviation of your weights is the square root of 6 / (fan_in + fan_out). That is
    the limit of a uniform distribution with the right variance, not a standard deviation.

    Which number appears in this chapter's variance?"""
    scale = np.sqrt(6 / (fan_in + fan_out))
    return rng.normal(0, scale, size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong(
    "he_init",
    recognizes=_spread(_he, lambda *fans: 1),
    words={"harm": "With 784 inputs, the sums are 28 times as large as the inputs, in every layer"},
)
@wrong(
    "xavier_init",
    recognizes=_spread(_xavier, lambda *fans: 1),
    words={
        "harm": "Hundreds of inputs then push a sigmoid or tanh to its flat ends, where no "
        "gradient passes"
    },
)
def weights_not_scaled(fan_in, fan_out, rng):
    """Your weights have a standard deviation of 1, whatever the size of the layer. {harm}.

    How should the weights shrink as the layer grows?"""
    return rng.normal(size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", recognizes=_fixed(_he))
@wrong("xavier_init", recognizes=_fixed(_xavier))
def fixed_small_scale(fan_in, fan_out, rng):
    """Your weights have the same small spread in layers of every size. A fixed number is too small
    for some layers and too large for others.

    Which of the arguments should the spread depend on?"""
    return 0.01 * rng.normal(size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", recognizes=_spread(_he, lambda fan_in, fan_out: np.sqrt(2) / fan_in))
def root_of_the_two_alone(fan_in, fan_out, rng):
    """The standard deviation of your weights is the square root of 2, divided by fan_in. The root
    should be taken of the whole fraction.

    Which bracket closes first in your line: that of the root, or that of the fraction?"""
    return rng.normal(0, np.sqrt(2) / fan_in, size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", recognizes=_spread(_he, lambda fan_in, fan_out: np.sqrt(fan_in / 2)))
def fraction_upside_down(fan_in, fan_out, rng):
    """The standard deviation of your weights is the square root of fan_in / 2, so they grow with
    the number of inputs. They should shrink.

    Does fan_in belong above or below the fraction bar?"""
    return rng.normal(0, np.sqrt(fan_in / 2), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", right=_he, recognizes=_is_uniform, words={"who": "as in some libraries"})
@wrong(
    "xavier_init",
    right=_xavier,
    recognizes=_is_uniform,
    words={"who": "as in the paper by Glorot and Bengio"},
)
def uniform_instead_of_normal(fan_in, fan_out, rng, right):
    """Your weights are spread evenly between two limits, {who}. This course draws them from the
    normal distribution, the bell curve.

    Which method of a generator draws normal numbers?"""
    limit = np.sqrt(3) * right(fan_in, fan_out)
    return rng.uniform(-limit, limit, size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", right=_he, recognizes=_all_positive)
@wrong("xavier_init", right=_xavier, recognizes=_all_positive)
def negative_weights_missing(fan_in, fan_out, rng, right):
    """None of your weights is negative, so every unit adds up all inputs and learns much the same.

    Around which number should the weights be centered?"""
    W = rng.normal(0, right(fan_in, fan_out), size=(fan_in, fan_out))
    return np.abs(W), np.zeros(fan_out)


@wrong("he_init", recognizes=_constant)
@wrong("xavier_init", recognizes=_constant)
def weights_all_equal(fan_in, fan_out, rng):
    """All your weights are the same number. All units of the layer then compute the same result,
    get the same gradient and stay identical forever, as if there were only one of them.

    What makes one unit different from another before anything is learned?"""
    return np.zeros((fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", right=_he, recognizes=_axes_swapped)
@wrong("xavier_init", right=_xavier, recognizes=_axes_swapped)
def outputs_before_inputs(fan_in, fan_out, rng, right):
    """Your `W` has shape (fan_out, fan_in), as in books that write W x; this course writes X W.

    Which size of `W` has to match the columns of X?"""
    return rng.normal(0, right(fan_in, fan_out), size=(fan_out, fan_in)), np.zeros(fan_out)


@wrong("he_init", right=_he, recognizes=_row_bias)
@wrong("xavier_init", right=_xavier, recognizes=_row_bias)
def bias_as_a_row(fan_in, fan_out, rng, right):
    """Your `b` has shape (1, fan_out). In this course biases and their gradients are vectors.

    How many numbers are in the shape of a vector?"""
    return rng.normal(0, right(fan_in, fan_out), size=(fan_in, fan_out)), np.zeros((1, fan_out))


@wrong("he_init", recognizes=_bias_per_input)
def bias_for_each_input(fan_in, fan_out, rng):
    """Your `b` has one entry per input of the layer. There is one weighted sum, and one bias, per
    output.

    What shape does X W have, and which of its axes does b run along?"""
    return rng.normal(0, np.sqrt(2 / fan_in), size=(fan_in, fan_out)), np.zeros(fan_in)


@wrong("he_init", right=_he, recognizes=_bias_drawn)
@wrong("xavier_init", right=_xavier, recognizes=_bias_drawn)
def random_biases(fan_in, fan_out, rng, right):
    """Your biases are random numbers. Random weights are enough; the biases start at 0.

    What does the docstring say about b?"""
    scale = right(fan_in, fan_out)
    return rng.normal(0, scale, size=(fan_in, fan_out)), rng.normal(0, scale, size=fan_out)


@wrong("he_init", recognizes=_bias_constant)
def biases_not_zero(fan_in, fan_out, rng):
    """Your biases all start at the same number, and it is not 0. Some people do that to keep the
    units of a relu layer active; here they start at 0.

    Which function of NumPy fills an array with the number you want?"""
    return rng.normal(0, np.sqrt(2 / fan_in), size=(fan_in, fan_out)), np.ones(fan_out)


@wrong("he_init", right=_he, recognizes=_own_seed)
@wrong("xavier_init", right=_xavier, recognizes=_own_seed, name="seed_of_its_own")
def generator_with_its_own_seed(fan_in, fan_out, rng, right):
    """Your weights are the same whatever `rng` you get: your code creates a generator with its own
    seed.

    Which argument should you draw from?"""
    scale = right(fan_in, fan_out)
    W = np.random.default_rng(0).normal(0, scale, size=(fan_in, fan_out))
    return W, np.zeros(fan_out)


@wrong("he_init", recognizes=_repeats_itself)
@wrong("xavier_init", recognizes=_repeats_itself)
def one_row_or_column_repeated(fan_in, fan_out, rng):
    """All columns of your `W` are the same, or all rows. Units with the same weights stay the same
    forever.

    How many random numbers do you draw, and how many weights are there?"""
    column = rng.normal(0, np.sqrt(2 / fan_in), size=(fan_in, 1))
    return np.repeat(column, fan_out, axis=1), np.zeros(fan_out)


@wrong("he_init", recognizes=_lacks_tails)
@wrong("xavier_init", recognizes=_lacks_tails)
def large_weights_cut_off(fan_in, fan_out, rng):
    """Your weights have no large values: you cut the normal distribution off, or draw again what is
    beyond a limit. This course uses the whole distribution.

    Which line clips, or compares the weights with a limit?"""
    W = np.clip(rng.standard_normal((fan_in, fan_out)), -2, 2)
    return W * np.sqrt(2 / fan_in), np.zeros(fan_out)
