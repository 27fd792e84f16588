"""Soft targets of teachers that see the same views as their student.

Function matching (Beyer et al. 2022, "Knowledge distillation: a good teacher is patient and
consistent"): teachers answer for every crop, turn and mixture that the student is shown. Networks
of the student's own shape from other seeds are enough (Furlanello et al. 2018).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from edgemark_trainer.image_network import ImageClassifier
from edgemark_trainer.image_pixels import normalise


@dataclass(frozen=True, slots=True)
class DistillationOptions:
    """Teachers' seeds and epochs, and the share (0 to 1) of the targets that is theirs."""

    seeds: tuple[int, ...]
    epochs: int
    share: float


@dataclass(frozen=True, slots=True)
class Teachers:
    """Networks whose mean probabilities make up `share` of a student's targets."""

    networks: tuple[ImageClassifier, ...]
    share: float

    def blend(self, images: Tensor, targets: Tensor) -> Tensor:
        """Give targets [rows, classes] that are in part the teachers' for these very images.

        A teacher's part of a row has weight 1 in every head, also where the label is unknown.
        """
        return targets * (1 - self.share) + self.probabilities(images) * self.share

    def probabilities(self, images: Tensor) -> Tensor:
        """Give the mean over networks of each head's probabilities: [rows, classes]."""
        with torch.no_grad():
            pixels = normalise(images)
            answers = [head_probabilities(network, pixels) for network in self.networks]
        return torch.stack(answers).mean(0)


def head_probabilities(network: ImageClassifier, images: Tensor) -> Tensor:
    """Give each head's softmax, all heads side by side: [rows, classes]."""
    logits: Sequence[Tensor] = network(images).split(list(network.shape.heads), dim=1)
    return torch.cat([head.softmax(dim=1) for head in logits], dim=1)
