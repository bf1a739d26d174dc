"""PyTorch on the CPU, eager and compiled, written the way its users write it.

The images are one tensor in memory, and a batch is an index into it. There is no `DataLoader`: its
work per image would cost more than these models do.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812 - its usual name
from torch import nn

from .contenders import BATCH_SIZE, judge
from .models import shapes

if TYPE_CHECKING:
    from .models import Images, Model


class PyTorch:
    def __init__(self, model: Model, images: Images, start: list[np.ndarray], threads: int) -> None:
        torch.set_num_threads(threads)
        self.model, self.images, self.start = model, images, start
        self.net = self.call = network(model)
        self.reset()
        self.X, self.y = torch.from_numpy(images.X), torch.from_numpy(images.labels).long()
        if model.classes == 2:
            self.y = self.y[:, None].float()
        self.loss_fn = F.cross_entropy
        if model.classes == 2:
            self.loss_fn = F.binary_cross_entropy_with_logits
        self.share = len(self.X)

    def reset(self) -> None:
        fill(self.net, self.start)
        self.rng = np.random.default_rng(0)  # the solutions' batches, for the same accuracy

    def new_optimizer(self) -> torch.optim.Optimizer:
        if self.model.optimizer == "adam":
            return torch.optim.Adam(self.net.parameters(), lr=self.model.lr)
        return torch.optim.SGD(self.net.parameters(), lr=self.model.lr)

    def epoch(self) -> list[float]:
        losses, optimizer = [], self.new_optimizer()
        for batch in torch.from_numpy(self.rng.permutation(self.share)).split(BATCH_SIZE):
            loss = self.loss_fn(self.call(self.X[batch]), self.y[batch])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    def accuracy(self) -> float:
        with torch.no_grad():
            return judge(lambda X: self.net(torch.from_numpy(X)).numpy(), self.images)


class Fused(PyTorch):
    """Adam in one pass over each parameter, which PyTorch does not do by default."""

    def new_optimizer(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.net.parameters(), lr=self.model.lr, fused=True)


class Compiled(PyTorch):
    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)
        self.call = torch.compile(self.net, dynamic=False)


def network(model: Model) -> nn.Sequential:
    parts = []
    for layer, given in zip(model.layers, shapes(model), strict=False):
        kind, _, size = layer.partition(" ")
        if kind == "conv":
            parts.append(nn.Conv2d(given[0], int(size), 3))
        elif kind == "dense":
            parts += [nn.Flatten()] * (len(given) > 1)
            parts.append(nn.Linear(prod(given), int(size)))
        else:
            parts.append(nn.ReLU() if kind == "relu" else nn.MaxPool2d(2))
    return nn.Sequential(*parts)


def fill(net: nn.Module, start: list[np.ndarray]) -> None:
    """Set the start weights of the network; nn.Linear stores its weights transposed."""
    with torch.no_grad():
        for param, given in zip(net.parameters(), start, strict=True):
            given = given.T if param.ndim == 2 else given
            param.copy_(torch.from_numpy(given.copy()))
