"""Times each layer of the solutions alone, as a share of the machine's speed.

Convolution and pooling are those of `solutions/fast_layers.py`, alone and as the block of both
that the networks use; chapters 4.2 and 4.3 write them in their clearest form.

Dense and convolutional layers are compared with the product of two large matrices. The others only
move memory, and are compared with a copy of as many numbers as they read and write.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from solutions.ch1_2_matrix_operations import linear, matrix_multiply
from solutions.ch3_2_activation_functions import relu, relu_derivative, softmax
from solutions.fast_layers import (
    conv_filter_gradients,
    conv_input_gradient,
    conv_pool,
    conv_pool_backward,
    convolve,
    im2col,
    pool_max,
    send_back,
)

from . import machine, workers

if TYPE_CHECKING:
    from .workers import Bench

BATCHES = tuple(4**power for power in range(7))  # 1 to 4096
CHANNELS = (1, 4, 16, 64)
SIDE = 28  # pixels of an image
DENSE = (784, 256)  # inputs and outputs
FLOPS = "FLOP/s"
MEMORY = 2**30  # bytes; a size that may need more is left out


@dataclass(frozen=True)
class Layer:
    """A layer to time.

    work: "gemm" if `amount` counts FLOPs, "memory" if it counts float32 numbers read and written;
        both per image, with c channels in and out.
    needs: about how many float32 numbers per image are in memory at once.
    """

    name: str
    title: str
    work: str
    amount: Callable
    needs: Callable
    setup: Callable
    channels: tuple = CHANNELS


def pixels(c: int) -> int:
    return c * SIDE * SIDE


def conv_flops(c: int) -> int:
    return 2 * c * c * 9 * (SIDE - 2) ** 2


def random(*shape: int) -> np.ndarray:
    """Return numbers in [-0.5, 0.5): a million of them, repeated, which is faster to make."""
    numbers = np.random.default_rng(0).random(min(prod(shape), 2**20), np.float32) - np.float32(0.5)
    return np.resize(numbers, shape)


def dense(n: int, c: int) -> Callable[[], object]:
    X, dout, W, b = random(n, DENSE[0]), random(n, DENSE[1]), random(*DENSE), random(DENSE[1])

    def run():
        linear(X, W, b)
        matrix_multiply(X.T, dout), dout.sum(axis=0), matrix_multiply(dout, W.T)

    return run


def conv(n: int, c: int) -> Callable[[], object]:
    X, filters, b = random(n, c, SIDE, SIDE), random(c, c, 3, 3), random(c)
    return lambda: convolve(im2col(X, 3, 3), filters, b)


def conv_back(n: int, c: int) -> Callable[[], object]:
    X, filters = random(n, c, SIDE, SIDE), random(c, c, 3, 3)
    dout = random(n, c, SIDE - 2, SIDE - 2)

    def run():
        conv_filter_gradients(dout, im2col(X, 3, 3))
        conv_input_gradient(dout, filters, X.shape)

    return run


def block(n: int, c: int) -> Callable[[], object]:
    X, filters, b = random(n, c, SIDE, SIDE), random(c, c, 3, 3), random(c)
    dpooled = random(n, c, SIDE // 2 - 1, SIDE // 2 - 1)
    return lambda: conv_pool_backward(dpooled, conv_pool(X, filters, b)[1])


def pool(n: int, c: int) -> Callable[[], object]:
    X = random(n, c, SIDE, SIDE)
    return lambda: pool_max(X, 2)


def pool_back(n: int, c: int) -> Callable[[], object]:
    X, dout = random(n, c, SIDE, SIDE), random(n, c, SIDE // 2, SIDE // 2)

    def run():
        peak = pool_max(X, 2)
        send_back(dout, X, peak, 2, np.ones_like(peak, bool), np.empty_like(X))

    return run


def relu_both(n: int, c: int) -> Callable[[], object]:
    Z, dout = random(n, c, SIDE, SIDE), random(n, c, SIDE, SIDE)

    def run():
        relu(Z)
        dout * relu_derivative(Z)

    return run


def softmax_rows(n: int, c: int) -> Callable[[], object]:
    Z = random(n, 10 * c)
    return lambda: softmax(Z)


LAYERS = [
    Layer(
        "dense",
        "dense 784-256, forward and back",
        "gemm",
        lambda c: 6 * prod(DENSE),
        lambda c: 4 * DENSE[0],
        dense,
        (1,),
    ),
    Layer("conv", "conv 3x3, forward", "gemm", conv_flops, lambda c: 12 * pixels(c), conv),
    Layer(
        "conv back",
        "conv 3x3, back (dX, dfilters)",
        "gemm",
        lambda c: 2 * conv_flops(c),
        lambda c: 23 * pixels(c),
        conv_back,
    ),
    Layer(
        "block",
        "conv 3x3, pool 2x2, ReLU, forward and back",
        "gemm",
        lambda c: 3 * conv_flops(c),
        lambda c: 16 * pixels(c),
        block,
    ),
    Layer(
        "pool",
        "max pool 2x2, forward",
        "memory",
        lambda c: 1.25 * pixels(c),
        lambda c: 2 * pixels(c),
        pool,
    ),
    Layer(
        "pool back",
        "max pool 2x2, back",
        "memory",
        lambda c: 2.25 * pixels(c),
        lambda c: 5 * pixels(c),
        pool_back,
    ),
    Layer(
        "relu",
        "ReLU, forward and back",
        "memory",
        lambda c: 5 * pixels(c),
        lambda c: 6 * pixels(c),
        relu_both,
    ),
    Layer(
        "softmax",
        "softmax, 10 c classes",
        "memory",
        lambda c: 20 * c,
        lambda c: 50 * c,
        softmax_rows,
    ),
]


def measure(
    threads: int,
    say: Callable[[str], object],
    batches: Sequence[int] = BATCHES,
    all_channels: Sequence[int] = CHANNELS,
) -> list[dict[str, Any]]:
    """Return a list of {"layer", "batch", "channels", "seconds", "rate", "attainable", "share"}."""
    worker, results = workers.Worker(threads), []
    for layer in LAYERS:
        say(f"layer alone: {layer.title}")
        for channels in layer.channels if len(layer.channels) == 1 else all_channels:
            for batch in batches:
                results.append(worker.ask(time_one, layer.name, batch, channels))
    worker.close()
    with_flops = [result for result in results if result.get("unit") == FLOPS]
    best = max((result["attainable"] for result in with_flops), default=None)
    for result in with_flops:  # use the best of all, because other programs sometimes interfere
        result.update(attainable=best, share=result["rate"] / best)
    return results


def time_one(bench: Bench, name: str, batch: int, channels: int) -> dict[str, Any]:
    """Time one call, and right after it the machine's speed on the same amount of work."""
    layer = next(layer for layer in LAYERS if layer.name == name)
    result = {"layer": name, "title": layer.title, "batch": batch, "channels": channels}
    if 4 * batch * layer.needs(channels) > MEMORY:
        return result | {"left_out": "would need more than 1 GB"}
    seconds = machine.seconds_per_call(layer.setup(batch, channels), 0.02, 3)
    amount = batch * layer.amount(channels)
    if layer.work == "gemm":
        rate, attainable = amount / seconds, machine.gemm_rate(1024)
    else:
        rate, attainable = 4 * amount / seconds, machine.copy_rate(max(1, round(amount / 2)))
    share = rate / attainable
    return result | {
        "seconds": seconds,
        "unit": FLOPS if layer.work == "gemm" else "bytes/s",
        "rate": rate,
        "attainable": attainable,
        "share": share,
    }
