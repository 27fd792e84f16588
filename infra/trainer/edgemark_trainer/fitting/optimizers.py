"""Optimizers, learning-rate schedules and penalties, by name."""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

from edgemark_trainer.families.hyperparameters import Hyperparameter, Settings

WARM_UP = 0.1  # of the steps, where a schedule warms up
CYCLE_UP = 0.15  # of the steps, in which one-cycle rises
CYCLE_START = 1 / 25  # of the peak rate
DECAY_AT = (0.5, 0.75)  # of the steps, where "step" divides the rate
DECAY_BY = 0.1

OPTIMIZER_HYPERPARAMETERS = {
    "optimizer": Hyperparameter(
        "how weights are stepped",
        "choice",
        "adamw",
        choices=("sgd", "momentum", "adam", "adamw"),
    ),
    "learningRate": Hyperparameter(
        "peak of the schedule", "number", 0.005, low=1e-6, high=10, log=True
    ),
    "schedule": Hyperparameter(
        "how the rate changes over all steps",
        "choice",
        "one-cycle",
        choices=("constant", "linear", "cosine", "one-cycle", "step"),
    ),
    "clipNorm": Hyperparameter(
        "gradients longer than this are shortened to it; 0: never", "number", 1.0, low=0, high=1e6
    ),
    "l1": Hyperparameter(
        "weight of the sum of absolute weights; with l2 an elastic net",
        "number",
        0.0,
        low=0,
        high=1,
        log=True,
    ),
    "l2": Hyperparameter(
        "weight decay: decoupled with adamw, else in the gradient",
        "number",
        0.01,
        low=0,
        high=1,
        log=True,
    ),
}


def make_optimizer(parameters: Iterable[Tensor], settings: Settings) -> torch.optim.Optimizer:
    """Make the optimizer that the settings name."""
    rate, decay, name = settings["learningRate"], settings["l2"], settings["optimizer"]
    if name == "adamw":
        return torch.optim.AdamW(parameters, rate, weight_decay=decay)
    if name == "adam":
        return torch.optim.Adam(parameters, rate, weight_decay=decay)
    momentum = 0.9 if name == "momentum" else 0.0
    return torch.optim.SGD(parameters, rate, momentum=momentum, weight_decay=decay)


def rate_share(schedule: str, step: int, steps: int) -> float:
    """Give the share of the peak rate at a step (from 0) of so many."""
    place = min(1.0, step / max(1, steps))
    if schedule == "constant":
        return 1.0
    if schedule == "step":
        return DECAY_BY ** sum(place >= at for at in DECAY_AT)
    if schedule == "one-cycle":
        if place < CYCLE_UP:
            return CYCLE_START + (1 - CYCLE_START) * half_cosine(1 - place / CYCLE_UP)
        return half_cosine((place - CYCLE_UP) / (1 - CYCLE_UP))
    if place < WARM_UP:
        return (step + 1) / (WARM_UP * steps + 1)
    rest = (place - WARM_UP) / (1 - WARM_UP)
    return 1 - rest if schedule == "linear" else half_cosine(rest)


def half_cosine(place: float) -> float:
    """Fall from 1 to 0 as `place` rises from 0 to 1."""
    return 0.5 * (1 + math.cos(math.pi * place))


def set_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the rate of all parameters."""
    for group in optimizer.param_groups:
        group["lr"] = rate


def absolute_sum(model: nn.Module) -> Tensor:
    """Give the sum of the absolute values of all weights but biases and normalisation."""
    parts = [p.abs().sum() for p in model.parameters() if p.ndim > 1]
    return torch.stack(parts).sum()
