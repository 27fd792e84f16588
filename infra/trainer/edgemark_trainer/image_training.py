"""The training loop: Muon and AdamW, cosine with warm-up, growing images, averaged weights."""

import copy
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR

from edgemark_trainer.image_augmentation import ImageAugmenter
from edgemark_trainer.image_network import ImageClassifier
from edgemark_trainer.image_pixels import normalise
from edgemark_trainer.image_targets import heads_loss, outlier_targets
from edgemark_trainer.muon import Muon
from edgemark_trainer.training import Epoch


@dataclass(frozen=True, slots=True)
class ImageTrainingOptions:
    """What the loop may be told; times are in steps (warm-up) or epochs.

    `sizes` are the views' sizes in pixels: all but the last share the first `growth` (0 to 1) of
    the epochs, the last has the rest. `class_power` weighs rare classes (0 to 1). `outliers` is
    the number of outliers added to every batch, `outlier_weight` their weight against a labelled
    row.
    `muon_rate` is the peak rate of convolutions, `learning_rate` that of heads, biases and
    normalisation. `average` is the decay of the weights' moving average, which is what is
    validated, every `validate_every` epochs, and kept; training stops after `patience`
    validations without a better one, once views have their last size.
    """

    epochs: int = 80
    batch: int = 64
    muon_rate: float = 0.03
    learning_rate: float = 5e-3
    weight_decay: float = 0.05
    warmup: int = 100
    smoothing: float = 0.1
    class_power: float = 0.0
    dropout: float = 0.1
    average: float = 0.998
    sizes: tuple[int, ...] = (32, 48, 64)
    growth: float = 0.75
    outliers: int = 0
    outlier_weight: float = 0.5
    validate_every: int = 2
    patience: int = 20


@dataclass(frozen=True, slots=True)
class ImageExamples:
    """uint8 pixels [rows, 3, side, side] with targets [rows, classes]; outliers have none."""

    pixels: Tensor
    targets: Tensor
    outliers: Tensor


class AveragedWeights:
    """An exponential moving average of a model's parameters and normalisation statistics."""

    def __init__(self, model: ImageClassifier, decay: float) -> None:
        self.model = copy.deepcopy(model).eval()
        self.decay = decay
        self.steps = 0

    @torch.no_grad()
    def update(self, model: ImageClassifier) -> None:
        """Move towards the model; in the first steps faster, as there is little to average."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        current = model.state_dict()
        for name, value in self.model.state_dict().items():
            if value.is_floating_point():
                value.lerp_(current[name], 1 - decay)
            else:
                value.copy_(current[name])


def view_size(epoch: int, options: ImageTrainingOptions) -> int:
    """Give the views' size in an epoch (from 0)."""
    *growing, last = options.sizes
    place = int(epoch / max(options.growth * options.epochs, 1e-9) * len(growing))
    return growing[place] if place < len(growing) else last


def learning_rate_share(step: int, warmup: int, steps: int) -> float:
    """Give the share of the peak rate at a step: linear warm-up, then half a cosine to 0."""
    if step < warmup:
        return (step + 1) / warmup
    return 0.5 * (1 + math.cos(math.pi * (step - warmup) / max(1, steps - warmup)))


def make_image_optimizers(model: nn.Module, options: ImageTrainingOptions) -> list[Optimizer]:
    """Muon for convolutions, AdamW for the rest; biases and normalisation have no weight decay."""
    convolutions = [p for p in model.parameters() if p.ndim == 4]
    matrices = [p for p in model.parameters() if p.ndim == 2]
    vectors = [p for p in model.parameters() if p.ndim == 1]
    groups = [
        {"params": matrices, "weight_decay": options.weight_decay},
        {"params": vectors, "weight_decay": 0.0},
    ]
    return [
        Muon(convolutions, options.muon_rate, weight_decay=options.weight_decay),
        torch.optim.AdamW(groups, options.learning_rate, betas=(0.9, 0.99)),
    ]


def shuffled_batches(rows: int, batch: int, rng: np.random.Generator) -> Iterator[Tensor]:
    """Give all rows in random order, in batches; a rest smaller than half a batch is left out."""
    order = torch.from_numpy(rng.permutation(rows))
    for start in range(0, rows, batch):
        chosen = order[start : start + batch]
        if 2 * len(chosen) >= batch or start == 0:
            yield chosen


class ImageTrainer:
    """Holds what the steps of one training share."""

    def __init__(
        self,
        model: ImageClassifier,
        examples: ImageExamples,
        options: ImageTrainingOptions,
        augmenter: ImageAugmenter,
        seed: int,
    ) -> None:
        self.model, self.examples = model, examples
        self.options, self.augmenter = options, augmenter
        self.rng = np.random.default_rng(seed)
        self.optimizers = make_image_optimizers(model, options)
        self.average = AveragedWeights(model, options.average)
        self.steps = options.epochs * len(
            list(shuffled_batches(len(examples.pixels), options.batch, np.random.default_rng(0)))
        )
        self.schedules = [
            LambdaLR(found, lambda step: learning_rate_share(step, options.warmup, self.steps))
            for found in self.optimizers
        ]

    def epoch(self, size: int) -> float:
        """Train one epoch on views of a size; give the mean loss."""
        self.model.train()
        losses = [
            self._step(rows, size)
            for rows in shuffled_batches(len(self.examples.pixels), self.options.batch, self.rng)
        ]
        return float(np.mean(losses))

    def _step(self, rows: Tensor, size: int) -> float:
        pixels, targets = self._with_outliers(rows)
        images = self.augmenter.views(pixels, size)
        # Outliers are not mixed in: that would only smooth the labelled rows' targets further.
        labelled = len(rows)
        mixed, wanted = self.augmenter.mix(images[:labelled], targets[:labelled])
        images = torch.cat([mixed, images[labelled:]])
        targets = torch.cat([wanted, targets[labelled:]])
        loss = heads_loss(self.model(normalise(images)), targets, self.model.shape.heads)
        self.model.zero_grad(set_to_none=True)
        loss.backward()
        for optimizer, schedule in zip(self.optimizers, self.schedules, strict=True):
            optimizer.step()
            schedule.step()
        self.average.update(self.model)
        return loss.item()

    def _with_outliers(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        examples, count = self.examples, self.options.outliers
        pixels, targets = examples.pixels[rows], examples.targets[rows]
        if not count or not len(examples.outliers):
            return pixels, targets
        drawn = torch.from_numpy(self.rng.integers(0, len(examples.outliers), count))
        wanted = outlier_targets(count, self.model.shape.heads, self.options.outlier_weight)
        return torch.cat([pixels, examples.outliers[drawn]]), torch.cat([targets, wanted])


def train_images(
    trainer: ImageTrainer, validate: Callable[[ImageClassifier], float]
) -> tuple[ImageClassifier, list[Epoch]]:
    """Train; give the averaged model with the best `validate` (higher is better), and history."""
    options = trainer.options
    history: list[Epoch] = []
    best, best_state, waited = -np.inf, copy.deepcopy(trainer.average.model.state_dict()), 0
    for epoch in range(options.epochs):
        started = time.monotonic()
        size = view_size(epoch, options)
        loss = trainer.epoch(size)
        last = epoch + 1 == options.epochs
        if not last and (epoch + 1) % options.validate_every:
            continue
        score = validate(trainer.average.model)
        history.append(Epoch(epoch + 1, loss, score, time.monotonic() - started))
        print(history[-1], flush=True)
        if score > best:
            best, best_state = score, copy.deepcopy(trainer.average.model.state_dict())
            waited = 0
        elif size == options.sizes[-1]:
            waited += 1
            if waited >= options.patience:
                break
    trainer.average.model.load_state_dict(best_state)
    return trainer.average.model, history


def predict_images(model: ImageClassifier, pixels: Tensor, batch: int = 128) -> Tensor:
    """Give logits [rows, classes of all heads] for uint8 pixels."""
    model.eval()
    with torch.inference_mode():
        parts: Sequence[Tensor] = [model(normalise(part)) for part in pixels.split(batch)]
    return torch.cat(list(parts))
