"""Losses of classification: logits and one right label a row to one loss a row."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from edgemark_trainer.families.hyperparameters import Hyperparameter, Settings

Loss = Callable[[Tensor, Tensor], Tensor]

LOSS_HYPERPARAMETERS = {
    "loss": Hyperparameter(
        "what training makes small; mse and huber are of the probabilities (Brier's score)",
        "choice",
        "cross-entropy",
        choices=("cross-entropy", "focal", "bce", "mse", "huber"),
    ),
    "smoothing": Hyperparameter(
        "share of the right label's probability that is spread over all (cross-entropy, bce)",
        "number",
        0.05,
        low=0,
        high=0.5,
    ),
    "gamma": Hyperparameter(
        "how much less focal loss minds what is already right", "number", 2.0, low=0, high=10
    ),
    "delta": Hyperparameter(
        "where Huber's loss turns from square to straight", "number", 0.5, low=0.01, high=1
    ),
}


def smoothed(targets: Tensor, classes: int, smoothing: float) -> Tensor:
    """Give target distributions [rows, classes] of label numbers [rows]."""
    rest = torch.full((len(targets), classes), smoothing / classes, device=targets.device)
    return rest.scatter_add_(
        1, targets[:, None], torch.full((len(targets), 1), 1 - smoothing, device=targets.device)
    )


def focal(logits: Tensor, targets: Tensor, gamma: float) -> Tensor:
    """(1 - p)^gamma times minus log p of the right label (Lin et al. 2017)."""
    logs = functional.log_softmax(logits, dim=1).gather(1, targets[:, None])[:, 0]
    return -((1 - logs.exp()) ** gamma) * logs


def binary_cross_entropy(logits: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    """Sum over labels of each one's own yes-or-no cross-entropy."""
    wanted = smoothed(targets, logits.shape[1], smoothing)
    return functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none").sum(1)


def of_probabilities(logits: Tensor, targets: Tensor, delta: float | None) -> Tensor:
    """Squared (or Huber's) error of the probabilities, summed over labels."""
    wanted = smoothed(targets, logits.shape[1], 0.0)
    found = logits.softmax(dim=1)
    if delta is None:
        return (found - wanted).square().sum(1)
    return functional.huber_loss(found, wanted, reduction="none", delta=delta).sum(1)


def make_loss(settings: Settings) -> Loss:
    """Choose a loss by its settings."""
    gamma, smoothing = settings["gamma"], settings["smoothing"]
    losses: dict[str, Loss] = {
        "cross-entropy": lambda logits, targets: functional.cross_entropy(
            logits, targets, reduction="none", label_smoothing=smoothing
        ),
        "focal": lambda logits, targets: focal(logits, targets, gamma),
        "bce": lambda logits, targets: binary_cross_entropy(logits, targets, smoothing),
        "mse": lambda logits, targets: of_probabilities(logits, targets, None),
        "huber": lambda logits, targets: of_probabilities(logits, targets, settings["delta"]),
    }
    name: Any = settings["loss"]
    return losses[name]
