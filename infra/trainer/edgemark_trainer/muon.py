"""Muon (Jordan et al. 2024): momentum whose matrices are made nearly orthogonal before each step.

https://kellerjordan.github.io/posts/muon/. PyTorch has one for matrices only, which computes in
bfloat16: slow on processors without it. This one takes convolutions and computes in float32.
"""

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.optim import Optimizer

# Coefficients of the quintic Newton-Schulz iteration in the reference above: steep at 0, and they
# bring singular values into about 0.7 to 1.2.
LINEAR, CUBIC, QUINTIC = 3.4445, -4.775, 2.0315
ITERATIONS = 5


def orthogonalized(matrix: Tensor) -> Tensor:
    """Give a matrix of the same singular vectors whose singular values are all near 1."""
    wide = matrix if matrix.shape[0] <= matrix.shape[1] else matrix.T
    result: Tensor = wide / wide.norm().clamp(min=1e-7)
    for _ in range(ITERATIONS):
        gram = result @ result.T
        update = torch.addmm(gram, gram, gram, beta=CUBIC, alpha=QUINTIC)
        result = torch.addmm(result, update, result, beta=LINEAR)
    return result if wide is matrix else result.T


class Muon(Optimizer):
    """Steps of matrices [outputs, inputs] or convolutions [outputs, inputs, height, width].

    `learning_rate` is the size of a step's singular values, `momentum` the decay of the gradients'
    average (Nesterov's form), `weight_decay` is decoupled.
    """

    def __init__(
        self,
        parameters: Iterable[Tensor],
        learning_rate: float,
        momentum: float = 0.95,
        weight_decay: float = 0.0,
    ) -> None:
        defaults = {"lr": learning_rate, "momentum": momentum, "weight_decay": weight_decay}
        super().__init__(parameters, defaults)

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override] # closures are not taken
        """Move every parameter that has a gradient."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._move(parameter, group["lr"], group["momentum"], group["weight_decay"])

    def _move(self, parameter: Tensor, rate: float, momentum: float, decay: float) -> None:
        gradient = parameter.grad
        if gradient is None:
            raise ValueError("the parameter has no gradient")
        state = self.state[parameter]
        average = state.setdefault("average", torch.zeros_like(parameter))
        average.lerp_(gradient, 1 - momentum)
        step = orthogonalized(gradient.lerp(average, momentum).reshape(len(parameter), -1))
        tall = max(1.0, step.shape[0] / step.shape[1]) ** 0.5
        parameter.mul_(1 - rate * decay)
        parameter.add_(step.reshape(parameter.shape), alpha=-rate * tall)
