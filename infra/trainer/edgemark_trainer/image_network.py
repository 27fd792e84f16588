"""The network: a plain residual net (He et al. 2016), cheap where dense convolutions are.

In WebAssembly dense 3 x 3 convolutions run several times nearer to the machine's peak than
depthwise ones do, and skip connections cost nothing.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class ImageNetworkShape:
    """Channels of the first stage (they double), blocks a stage, classes of each head.

    The width must be a multiple of 8: see `ImageClassifier.embed`.
    """

    heads: tuple[int, ...]
    width: int = 24
    blocks: tuple[int, ...] = (1, 1, 1, 1)

    def __post_init__(self) -> None:
        """Refuse widths that training could not handle."""
        if self.width % 8:
            raise ValueError(f"the width must be a multiple of 8, not {self.width}")

    @property
    def features(self) -> int:
        """Length of the embedding."""
        return int(self.width * 2 ** (len(self.blocks) - 1))


class NormalisedConvolution(nn.Module):
    """A convolution without bias and its batch normalisation, folded into one at export."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, images: Tensor) -> Tensor:
        """Give normalised channels."""
        result: Tensor = self.norm(self.convolution(images))
        return result


class ResidualBlock(nn.Module):
    """Two 3 x 3 convolutions beside a skip, which is a 1 x 1 convolution where shapes change.

    The last normalisation starts at zero, so that a new block passes its input on.
    """

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.first = NormalisedConvolution(inputs, outputs, 3, stride)
        self.second = NormalisedConvolution(outputs, outputs, 3, 1)
        nn.init.zeros_(self.second.norm.weight)
        changes = stride != 1 or inputs != outputs
        self.skip = NormalisedConvolution(inputs, outputs, 1, stride) if changes else None

    def forward(self, images: Tensor) -> Tensor:
        """Give [rows, outputs, height / stride, width / stride]."""
        residual = self.second(self.first(images).relu_())
        skipped = images if self.skip is None else self.skip(images)
        return torch.relu_(residual + skipped)


class ImageClassifier(nn.Module):
    """Normalised pixels [rows, 3, size, size] to the logits of all heads, side by side."""

    def __init__(self, shape: ImageNetworkShape, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape = shape
        self.stem = NormalisedConvolution(3, shape.width, 3, 2)
        blocks, inputs = [], shape.width
        for stage, count in enumerate(shape.blocks):
            outputs = shape.width * 2**stage
            for place in range(count):
                blocks.append(ResidualBlock(inputs, outputs, 2 if stage and not place else 1))
                inputs = outputs
        self.blocks = nn.ModuleList(blocks)
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(shape.features, sum(shape.heads))

    def embed(self, images: Tensor) -> Tensor:
        """Give the mean over places of the last block: [rows, features]."""
        images = self.stem(images).relu_()
        # Channels-last is a quarter faster, but PyTorch 2.15's weight gradients write outside
        # their memory in that format when channels are no multiple of 8. The stem has 3.
        images = images.contiguous(memory_format=torch.channels_last)
        for block in self.blocks:
            images = block(images)
        return images.mean(dim=(2, 3))

    def forward(self, images: Tensor) -> Tensor:
        """Give logits [rows, classes of all heads]."""
        result: Tensor = self.head(self.dropout(self.embed(images)))
        return result
