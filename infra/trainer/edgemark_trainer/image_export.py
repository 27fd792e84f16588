"""Writes an ImageClassifier as an ONNX graph: normalisation folded, weights stored as int8.

Convolutions compute in float32, which is faster than int8 in WebAssembly; DequantizeLinear with
a scale per output channel makes the stored weights float32 when the graph is run.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from edgemark_trainer.image_network import ImageClassifier, NormalisedConvolution, ResidualBlock
from edgemark_trainer.onnx_graph import GraphBuilder
from edgemark_trainer.quantize import quantize

Floats = NDArray[np.float32]


def output_names(attributes: Sequence[str]) -> list[str]:
    """Name the heads' outputs: `logits` alone, or `logits_<attribute>`."""
    return ["logits"] if len(attributes) == 1 else [f"logits_{name}" for name in attributes]


def folded(layer: NormalisedConvolution) -> tuple[Floats, Floats]:
    """Give the weight and bias of the convolution that equals convolution and normalisation."""
    norm = layer.norm
    scale = _array(norm.weight) / np.sqrt(_array(norm.running_var) + np.float32(norm.eps))
    weight = _array(layer.convolution.weight) * scale[:, None, None, None]
    bias = _array(norm.bias) - _array(norm.running_mean) * scale
    return weight.astype(np.float32), bias.astype(np.float32)


def export_images(
    model: ImageClassifier,
    path: Path,
    *,
    size: int,
    attributes: Sequence[str],
    temperatures: Sequence[float],
    precision: str,
    mirrored: bool = False,
) -> None:
    """Write the graph with `precision` "int8" or "fp32" weights.

    Each head's temperature is folded into its weights. `embedding` is the mean over places of
    the last block; where `mirrored`, of a picture and its mirror image, which takes twice the
    time. As heads are linear, their logits are the means of both pictures' logits then.
    """
    writer = _Writer(precision)
    views = writer.both_views("pixel_values") if mirrored else "pixel_values"
    images = writer.rectify(writer.convolve(model.stem, views, "stem"))
    for place, block in enumerate(model.blocks):
        if not isinstance(block, ResidualBlock):
            raise TypeError("only residual blocks can be exported")
        images = writer.block(block, images, f"block{place}")
    pooled = writer.graph.add("GlobalAveragePool", images)
    if mirrored:
        writer.mean_of_views(writer.graph.add("Flatten", pooled, axis=1), model.shape.features)
    else:
        writer.graph.add("Flatten", pooled, axis=1, name="embedding")
    outputs = output_names(attributes)
    start = 0
    for output, classes, temperature in zip(outputs, model.shape.heads, temperatures, strict=True):
        rows = slice(start, start + classes)
        weight = _array(model.head.weight)[rows] / np.float32(temperature)
        bias = _array(model.head.bias)[rows] / np.float32(temperature)
        writer.head(weight, bias, output)
        start += classes
    columns = dict(zip(outputs, model.shape.heads, strict=True))
    writer.graph.save_image_model(path, size, columns | {"embedding": model.shape.features})


class _Writer:
    """Appends layers to a graph, with weights in one precision."""

    def __init__(self, precision: str) -> None:
        self.graph = GraphBuilder()
        self.precision = precision

    def both_views(self, images: str) -> str:
        """Put the mirror images behind the images: [2 * batch, ...]."""
        graph = self.graph
        ends = [graph.constant([place]) for place in (-1, -(2**31), 3, -1)]
        return graph.add("Concat", images, graph.add("Slice", images, *ends), axis=0)

    def mean_of_views(self, vectors: str, features: int) -> None:
        """Give the mean of an image's and its mirror image's vectors as `embedding`."""
        graph = self.graph
        pairs = graph.add("Reshape", vectors, graph.constant([2, -1, features]))
        graph.add("ReduceMean", pairs, axes=[0], keepdims=0, name="embedding")

    def block(self, block: ResidualBlock, images: str, name: str) -> str:
        inner = self.rectify(self.convolve(block.first, images, f"{name}_first"))
        residual = self.convolve(block.second, inner, f"{name}_second")
        skipped = images
        if block.skip is not None:
            skipped = self.convolve(block.skip, images, f"{name}_skip")
        return self.rectify(self.graph.add("Add", residual, skipped))

    def convolve(self, layer: NormalisedConvolution, images: str, name: str) -> str:
        weight, bias = folded(layer)
        kernel, stride = weight.shape[-1], layer.convolution.stride[0]
        return self.graph.add(
            "Conv",
            images,
            self._stored(weight, f"{name}_weight"),
            self.graph.constant(bias, f"{name}_bias"),
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=[kernel // 2] * 4,
        )

    def rectify(self, images: str) -> str:
        return self.graph.add("Relu", images)

    def head(self, weight: Floats, bias: Floats, output: str) -> None:
        self.graph.add(
            "Gemm",
            "embedding",
            self._stored(weight, f"{output}_weight"),
            self.graph.constant(bias, f"{output}_bias"),
            transB=1,
            name=output,
        )

    def _stored(self, weight: Floats, name: str) -> str:
        """Store a weight [outputs, ...]; int8 has a scale per output."""
        if self.precision != "int8":
            return self.graph.constant(weight, name)
        table = quantize(weight.reshape(len(weight), -1).T)
        values = self.graph.constant(table.values.T.reshape(weight.shape), f"{name}_int8")
        scale = self.graph.constant(table.scale, f"{name}_scale")
        return self.graph.add("DequantizeLinear", values, scale, axis=0, name=name)


def _array(values: Tensor | None) -> Floats:
    if values is None:
        raise ValueError("the layer has no such parameter")
    copied: Floats = values.detach().contiguous().numpy().astype(np.float32).copy()
    return copied
