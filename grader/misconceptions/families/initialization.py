"""Wrong start weights: `he_init` of chapter 3.3 and `xavier_init` of chapter 4.1."""

import numpy as np

from .. import wrong
from ..reference import he_spread, xavier_spread
from ..shows import starts


@wrong("he_init", right=he_spread, recognizes=starts.no_root, words={"variance": "2 / fan_in"})
@wrong(
    "xavier_init",
    right=xavier_spread,
    recognizes=starts.spread(xavier_spread, lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
    words={"variance": "2 / (fan_in + fan_out)"},
)
def variance_as_standard_deviation(fan_in, fan_out, rng, right):
    """The standard deviation of your weights is {variance}. That is the required variance, but
    generators take the standard deviation, so your weights are much too small.

    How do you get from a variance to a standard deviation?"""
    return rng.normal(0, right(fan_in, fan_out) ** 2, size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", recognizes=starts.by_fan_out)
def fan_out_for_fan_in(fan_in, fan_out, rng):
    """The spread of your weights depends on the number of outputs. But a unit sums over its inputs,
    and their number makes the sum large.

    How many numbers are added up in one entry of X W?"""
    return rng.normal(0, np.sqrt(2 / fan_out), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong(
    "xavier_init",
    recognizes=starts.spread(xavier_spread, lambda fan_in, fan_out: np.sqrt(2 / fan_out)),
)
def outputs_alone(fan_in, fan_out, rng):
    """The variance of your weights is 2 / fan_out: it ignores the number of inputs.

    Which two numbers does Xavier's rule add up?"""
    return rng.normal(0, np.sqrt(2 / fan_out), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", recognizes=starts.spread(he_spread, lambda fan_in, fan_out: np.sqrt(1 / fan_in)))
def factor_two_forgotten(fan_in, fan_out, rng):
    """The variance of your weights is 1 / fan_in, half of what it should be. That suits layers
    without relu. Relu sets half of the units to 0, and the weights have to make up for that.

    Which factor appears in the variance that He proposed for relu?"""
    return rng.normal(0, np.sqrt(1 / fan_in), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong(
    "xavier_init",
    recognizes=starts.spread(xavier_spread, lambda fan_in, fan_out: np.sqrt(1 / fan_in)),
)
def inputs_alone(fan_in, fan_out, rng):
    """The variance of your weights is 1 / fan_in. This older rule preserves the size of the signal,
    but not the size of the gradient on its way back, which depends on the number of outputs.

    Which two numbers does Xavier's rule average?"""
    return rng.normal(0, np.sqrt(1 / fan_in), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong(
    "xavier_init",
    recognizes=starts.spread(
        xavier_spread, lambda fan_in, fan_out: np.sqrt(1 / (fan_in + fan_out))
    ),
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
    recognizes=starts.spread(xavier_spread, lambda fan_in, fan_out: np.sqrt(2 / fan_in + fan_out)),
)
def parentheses_missing(fan_in, fan_out, rng):
    """The variance of your weights is 2 / fan_in + fan_out, which is far too large: only fan_in is
    below the fraction bar.

    In which order does Python evaluate `2 / a + b`, and which order does the formula need?"""
    scale = np.sqrt(2 / fan_in + fan_out)
    return rng.normal(0, scale, size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", recognizes=starts.spread(he_spread, xavier_spread))
def xavier_instead_of_he(fan_in, fan_out, rng):
    """The variance of your weights is 2 / (fan_in + fan_out). That is Xavier's rule for tanh and
    sigmoid, which comes in chapter 4.1. He's rule for relu uses the number of inputs alone.

    Which of the two numbers appears in this chapter's variance?"""
    return rng.normal(0, xavier_spread(fan_in, fan_out), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("xavier_init", recognizes=starts.spread(xavier_spread, he_spread))
def he_instead_of_xavier(fan_in, fan_out, rng):
    """The variance of your weights is 2 / fan_in. That is He's rule for relu. Xavier's rule uses
    inputs and outputs together, so that signal and gradient both keep their size.

    Which of the two numbers is missing from your variance?"""
    return rng.normal(0, he_spread(fan_in, fan_out), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong(
    "xavier_init",
    recognizes=starts.spread(
        xavier_spread, lambda fan_in, fan_out: np.sqrt(6 / (fan_in + fan_out))
    ),
)
def limit_as_standard_deviation(fan_in, fan_out, rng):
    """The standard deviation of your weights is the square root of 6 / (fan_in + fan_out). That is
    the limit of a uniform distribution with the right variance, not a standard deviation.

    Which number appears in this chapter's variance?"""
    scale = np.sqrt(6 / (fan_in + fan_out))
    return rng.normal(0, scale, size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong(
    "he_init",
    recognizes=starts.spread(he_spread, lambda *fans: 1),
    words={"harm": "With 784 inputs, the sums are 28 times as large as the inputs, in every layer"},
)
@wrong(
    "xavier_init",
    recognizes=starts.spread(xavier_spread, lambda *fans: 1),
    words={
        "harm": "Hundreds of inputs then push a sigmoid or tanh to its flat ends, where no "
        "gradient passes"
    },
)
def weights_not_scaled(fan_in, fan_out, rng):
    """Your weights have a standard deviation of 1, whatever the size of the layer. {harm}.

    How should the weights shrink as the layer grows?"""
    return rng.normal(size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", recognizes=starts.fixed(he_spread))
@wrong("xavier_init", recognizes=starts.fixed(xavier_spread))
def fixed_small_scale(fan_in, fan_out, rng):
    """Your weights have the same small spread in layers of every size. A fixed number is too small
    for some layers and too large for others.

    Which of the arguments should the spread depend on?"""
    return 0.01 * rng.normal(size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", recognizes=starts.spread(he_spread, lambda fan_in, fan_out: np.sqrt(2) / fan_in))
def root_of_the_two_alone(fan_in, fan_out, rng):
    """The standard deviation of your weights is the square root of 2, divided by fan_in. The root
    should be taken of the whole fraction.

    Which bracket closes first in your line: that of the root, or that of the fraction?"""
    return rng.normal(0, np.sqrt(2) / fan_in, size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", recognizes=starts.spread(he_spread, lambda fan_in, fan_out: np.sqrt(fan_in / 2)))
def fraction_upside_down(fan_in, fan_out, rng):
    """The standard deviation of your weights is the square root of fan_in / 2, so they grow with
    the number of inputs. They should shrink.

    Does fan_in belong above or below the fraction bar?"""
    return rng.normal(0, np.sqrt(fan_in / 2), size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong(
    "he_init", right=he_spread, recognizes=starts.is_uniform, words={"who": "as in some libraries"}
)
@wrong(
    "xavier_init",
    right=xavier_spread,
    recognizes=starts.is_uniform,
    words={"who": "as in the paper by Glorot and Bengio"},
)
def uniform_instead_of_normal(fan_in, fan_out, rng, right):
    """Your weights are spread evenly between two limits, {who}. This course draws them from the
    normal distribution, the bell curve.

    Which method of a generator draws normal numbers?"""
    limit = np.sqrt(3) * right(fan_in, fan_out)
    return rng.uniform(-limit, limit, size=(fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", right=he_spread, recognizes=starts.all_positive)
@wrong("xavier_init", right=xavier_spread, recognizes=starts.all_positive)
def negative_weights_missing(fan_in, fan_out, rng, right):
    """None of your weights is negative, so every unit adds up all inputs and learns much the same.

    Around which number should the weights be centered?"""
    W = rng.normal(0, right(fan_in, fan_out), size=(fan_in, fan_out))
    return np.abs(W), np.zeros(fan_out)


@wrong("he_init", recognizes=starts.constant)
@wrong("xavier_init", recognizes=starts.constant)
def weights_all_equal(fan_in, fan_out, rng):
    """All your weights are the same number. All units of the layer then compute the same result,
    get the same gradient and stay identical forever, as if there were only one of them.

    What makes one unit different from another before anything is learned?"""
    return np.zeros((fan_in, fan_out)), np.zeros(fan_out)


@wrong("he_init", right=he_spread, recognizes=starts.axes_swapped)
@wrong("xavier_init", right=xavier_spread, recognizes=starts.axes_swapped)
def outputs_before_inputs(fan_in, fan_out, rng, right):
    """Your `W` has shape (fan_out, fan_in), as in books that write W x; this course writes X W.

    Which size of `W` has to match the columns of X?"""
    return rng.normal(0, right(fan_in, fan_out), size=(fan_out, fan_in)), np.zeros(fan_out)


@wrong("he_init", right=he_spread, recognizes=starts.row_bias)
@wrong("xavier_init", right=xavier_spread, recognizes=starts.row_bias)
def bias_as_a_row(fan_in, fan_out, rng, right):
    """Your `b` has shape (1, fan_out). In this course biases and their gradients are vectors.

    How many numbers are in the shape of a vector?"""
    return rng.normal(0, right(fan_in, fan_out), size=(fan_in, fan_out)), np.zeros((1, fan_out))


@wrong("he_init", recognizes=starts.bias_per_input)
def bias_for_each_input(fan_in, fan_out, rng):
    """Your `b` has one entry per input of the layer. There is one weighted sum, and one bias, per
    output.

    What shape does X W have, and which of its axes does b run along?"""
    return rng.normal(0, np.sqrt(2 / fan_in), size=(fan_in, fan_out)), np.zeros(fan_in)


@wrong("he_init", right=he_spread, recognizes=starts.bias_drawn)
@wrong("xavier_init", right=xavier_spread, recognizes=starts.bias_drawn)
def random_biases(fan_in, fan_out, rng, right):
    """Your biases are random numbers. Random weights are enough; the biases start at 0.

    What does the docstring say about b?"""
    scale = right(fan_in, fan_out)
    return rng.normal(0, scale, size=(fan_in, fan_out)), rng.normal(0, scale, size=fan_out)


@wrong("he_init", recognizes=starts.bias_constant)
def biases_not_zero(fan_in, fan_out, rng):
    """Your biases all start at the same number, and it is not 0. Some people do that to keep the
    units of a relu layer active; here they start at 0.

    Which function of NumPy fills an array with the number you want?"""
    return rng.normal(0, np.sqrt(2 / fan_in), size=(fan_in, fan_out)), np.ones(fan_out)


@wrong("he_init", right=he_spread, recognizes=starts.own_seed)
@wrong("xavier_init", right=xavier_spread, recognizes=starts.own_seed, name="seed_of_its_own")
def generator_with_its_own_seed(fan_in, fan_out, rng, right):
    """Your weights are the same whatever `rng` you get: your code creates a generator with its own
    seed.

    Which argument should you draw from?"""
    scale = right(fan_in, fan_out)
    W = np.random.default_rng(0).normal(0, scale, size=(fan_in, fan_out))
    return W, np.zeros(fan_out)


@wrong("he_init", recognizes=starts.repeats_itself)
@wrong("xavier_init", recognizes=starts.repeats_itself)
def one_row_or_column_repeated(fan_in, fan_out, rng):
    """All columns of your `W` are the same, or all rows. Units with the same weights stay the same
    forever.

    How many random numbers do you draw, and how many weights are there?"""
    column = rng.normal(0, np.sqrt(2 / fan_in), size=(fan_in, 1))
    return np.repeat(column, fan_out, axis=1), np.zeros(fan_out)


@wrong("he_init", recognizes=starts.lacks_tails)
@wrong("xavier_init", recognizes=starts.lacks_tails)
def large_weights_cut_off(fan_in, fan_out, rng):
    """Your weights have no large values: you cut the normal distribution off, or draw again what is
    beyond a limit. This course uses the whole distribution.

    Which line clips, or compares the weights with a limit?"""
    W = np.clip(rng.standard_normal((fan_in, fan_out)), -2, 2)
    return W * np.sqrt(2 / fan_in), np.zeros(fan_out)
