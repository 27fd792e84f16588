"""Random views of training images, as batched tensor operations: crop, flip, turn, colour, mix.

Images stay uint8 in memory; one affine sampling per batch makes all geometric changes at once,
so that a single core keeps up with a small network.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample


@dataclass(frozen=True, slots=True)
class AugmentationOptions:
    """How far views may differ from the image.

    `least_area` is the smallest crop (share of the area), `log_aspect` the largest logarithm of
    its aspect ratio, `rotation` the deviation of the angle in radians, `jitter` the largest share
    by which brightness, contrast and saturation change, `gain` the same for single channels.
    `mixup` and `cutmix` are the shares of batches that are mixed, with Beta(alpha, alpha).
    """

    least_area: float = 0.35
    log_aspect: float = 0.25
    rotation: float = 0.12
    jitter: float = 0.25
    gain: float = 0.08
    mixup: float = 0.3
    cutmix: float = 0.3
    alpha: float = 0.8


class ImageAugmenter:
    """Draws views and mixtures; the same seed draws the same."""

    def __init__(self, options: AugmentationOptions, seed: int) -> None:
        self.options = options
        self.rng = np.random.default_rng(seed)

    def views(self, pixels: Tensor, size: int) -> Tensor:
        """Draw a view [rows, 3, size, size] of each image, values 0 to 255 as float32."""
        theta = torch.from_numpy(self._transforms(len(pixels)))
        grid = affine_grid(theta, [len(pixels), 3, size, size], align_corners=False)
        sampled = grid_sample(
            pixels.float(), grid, mode="bilinear", padding_mode="reflection", align_corners=False
        )
        return self._recolour(sampled)

    def mix(self, images: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Mix a batch with itself in another order: mixup, CutMix or not at all.

        mixup (Zhang et al. 2018) averages; CutMix (Yun et al. 2019) pastes a rectangle. Targets
        [rows, classes] are averaged by the same shares.
        """
        kind = self.rng.random()
        if kind >= self.options.mixup + self.options.cutmix:
            return images, targets
        other = torch.from_numpy(self.rng.permutation(len(images)))
        share = float(self.rng.beta(self.options.alpha, self.options.alpha))
        if kind < self.options.mixup:
            mixed = images * share + images[other] * (1 - share)
        else:
            mixed, share = self._paste(images, images[other], share)
        return mixed, targets * share + targets[other] * (1 - share)

    def _transforms(self, rows: int) -> np.ndarray:
        """Draw affine maps [rows, 2, 3] from places in the view to places in the image."""
        options, rng = self.options, self.rng
        scale = np.sqrt(rng.uniform(options.least_area, 1.0, rows))
        stretch = np.exp(rng.uniform(-options.log_aspect, options.log_aspect, rows) / 2)
        width, height = np.minimum(scale * stretch, 1), np.minimum(scale / stretch, 1)
        left, top = rng.uniform(-1, 1, rows) * (1 - width), rng.uniform(-1, 1, rows) * (1 - height)
        angle = rng.normal(0, options.rotation, rows)
        side = np.where(rng.random(rows) < 0.5, -1.0, 1.0)
        cosine, sine = np.cos(angle), np.sin(angle)
        theta = np.zeros((rows, 2, 3), dtype=np.float32)
        theta[:, 0] = np.stack([side * width * cosine, -height * sine, left], axis=1)
        theta[:, 1] = np.stack([side * width * sine, height * cosine, top], axis=1)
        return theta

    def _recolour(self, images: Tensor) -> Tensor:
        """Change saturation, contrast, brightness and the channels' balance of each image."""
        rows, jitter = len(images), self.options.jitter
        saturation, contrast, brightness = (self._factors(rows, 1, jitter) for _ in range(3))
        grey = images.mean(dim=1, keepdim=True)
        images = grey + (images - grey) * saturation
        centre = grey.mean(dim=(2, 3), keepdim=True)
        images = centre + (images - centre) * contrast
        return (images * brightness * self._factors(rows, 3, self.options.gain)).clamp_(0, 255)

    def _factors(self, rows: int, channels: int, width: float) -> Tensor:
        drawn = self.rng.uniform(1 - width, 1 + width, (rows, channels, 1, 1))
        return torch.from_numpy(drawn.astype(np.float32))

    def _paste(self, images: Tensor, others: Tensor, share: float) -> tuple[Tensor, float]:
        """Paste one rectangle of `others` and give the share of the area that stayed."""
        size = images.shape[-1]
        side = round(size * np.sqrt(1 - share))
        top, left = self.rng.integers(0, size - side + 1, 2)
        mixed = images.clone()
        region = (..., slice(top, top + side), slice(left, left + side))
        mixed[region] = others[region]
        return mixed, 1 - side * side / (size * size)
