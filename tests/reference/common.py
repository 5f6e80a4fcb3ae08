"""What every reference model is made of: its description, random data, and the ops with a kink."""

from dataclasses import dataclass
from typing import Callable, Dict, Optional

import numpy as np
import torch

Tensors = Dict[str, torch.Tensor]


@dataclass
class Model:
    """A model with its data.

    cost(params, inputs, scalars) returns a dictionary with "cost" (a scalar) and other outputs.
    constrain(params, scalars), if any, returns the parameters after a constraint; it is applied
    after each update. extra(params, inputs, scalars) gives further arrays, saved under its keys.
    independent(params, inputs, scalars) computes outputs from NumPy arrays in another way than
    `cost`; --check compares those it returns.
    """

    name: str
    inputs: Dict[str, np.ndarray]
    params: Dict[str, np.ndarray]
    cost: Callable[[Tensors, Tensors, Dict[str, float]], Tensors]
    scalars: Dict[str, float]
    rule: str = "sgd"
    steps: int = 3
    constrain: Optional[Callable] = None
    extra: Optional[Callable] = None
    independent: Optional[Callable] = None


class Data:
    """Seeded numbers, rounded to float so that a program in float starts from the same values."""

    def __init__(self, seed):
        self.random = np.random.RandomState(seed)

    def normal(self, *shape, scale=1.0):
        return (scale * self.random.normal(size=shape)).astype(np.float32).astype(np.float64)

    def uniform(self, *shape):
        return self.random.uniform(size=shape).astype(np.float32).astype(np.float64)

    def positive(self, *shape):
        return (0.5 + self.uniform(*shape)).astype(np.float32).astype(np.float64)

    def bernoulli(self, *shape, p=0.5):
        return (self.random.uniform(size=shape) < p).astype(np.float64)

    def labels(self, *shape, classes):
        return self.random.randint(classes, size=shape).astype(np.int32)

    def weight(self, rows, columns, gain=1.0):
        return self.normal(rows, columns, scale=gain / np.sqrt(rows))

    def bias(self, size):
        return self.normal(size, scale=0.3)


def sum_units(t):
    """Sum over all axes but the batch."""
    return t.reshape(t.shape[0], -1).sum(1)


def softplus(z):
    """log(1 + e^z). torch's own returns z above 20, which is wrong in the tenth digit."""
    return torch.logaddexp(z, torch.zeros_like(z))


def cross_entropy(z, labels):
    """-log softmax(z)[label], one number an example, from the pre-activation."""
    return -torch.log_softmax(z, 1).gather(1, labels.reshape(-1, 1)).squeeze(1)


def binary_cross_entropy(z, target):
    """-(t log s(z) + (1 - t) log(1 - s(z))), summed over units, from the pre-activation."""
    return sum_units(softplus(z) - target * z)


# Distances of all arguments from the kinks of relu, max and pooling. A reference whose distances
# are all large does not depend on the side that gets the gradient at a tie, nor can a program in
# float take another branch.
kink_distances = []


def relu(z):
    kink_distances.append(z.detach().abs().min().item())
    return torch.relu(z)


def record_runner_up(candidates):
    """candidates: [..., n]. Records how far the largest is from the next; zeros that come from a
    rectifier below its kink are left out: they tie, but none passes a gradient on."""
    top = candidates.detach().topk(2, dim=-1).values
    gap = (top[..., 0] - top[..., 1])[top[..., 0] != 0]
    if gap.numel():
        kink_distances.append(gap.min().item())


def max_last(z):
    record_runner_up(z)
    return z.max(-1).values
