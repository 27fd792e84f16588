"""Writes a TextClassifier as an ONNX graph that starts at token ids.

Integer tables are summed as they are and scaled once, in the head: sums of int8 in float32 are
exact, so padding cannot change them. The temperature is folded into the head.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, nn

from edgemark_trainer.onnx_graph import GraphBuilder
from edgemark_trainer.quantize import Quantized, quantize
from edgemark_trainer.text_classifier import MULTIPLIERS, TextClassifier, TextClassifierShape

Floats = NDArray[np.float32]


def export(model: TextClassifier, path: Path, *, precision: str, temperature: float) -> None:
    """Write the graph with `precision` "int8" or "fp32" tables."""
    graph, shape = GraphBuilder(), model.shape
    ids = graph.add("Mul", "input_ids", "attention_mask")
    mask = graph.add("Cast", "attention_mask", to=1)
    count = graph.add(
        "Max",
        graph.add("ReduceSum", mask, graph.constant([1]), keepdims=1),
        graph.constant(np.array(1, dtype=np.float32), "one"),
    )
    features, scales = _bag(graph, model, ids, count, precision)
    if shape.filters:
        pools = _pools(graph, model, ids, mask, count, precision)
        features = graph.add("Concat", features, *pools, axis=1)
    weight, bias = _array(model.head.weight), _array(model.head.bias)
    weight[:, : shape.bag] *= scales
    graph.add(
        "Gemm",
        features,
        graph.constant(weight / np.float32(temperature), "head_weight"),
        graph.constant(bias / np.float32(temperature), "head_bias"),
        transB=1,
        name="logits",
    )
    graph.save(path, shape.classes)


def _bag(
    graph: GraphBuilder, model: TextClassifier, ids: str, count: str, precision: str
) -> tuple[str, Floats]:
    """Sum of table rows over the square root of the token count, and the columns' scales."""
    rows = ngram_rows(graph, ids, model.shape)
    table = _table(model.table, precision)
    gathered = graph.add("Gather", graph.constant(table.values, "bag_table"), rows)
    if precision == "int8":
        gathered = graph.add("Cast", gathered, to=1)
    total = graph.add("ReduceSum", gathered, graph.constant([1]), keepdims=0)
    return graph.add("Div", total, graph.add("Sqrt", count)), table.scale


def ngram_rows(graph: GraphBuilder, ids: str, shape: TextClassifierShape) -> str:
    """Mirror of `ngram_indices`: rows of the bag's table, [batch, tokens x (1 + orders)]."""
    if not shape.hashed:
        return ids
    earlier = graph.add("Pad", ids, graph.constant([0, 2, 0, 0]))
    total = graph.add("Mul", ids, graph.constant([MULTIPLIERS[0]]))
    rows = [ids]
    for order in range(2, max(shape.orders) + 1):
        start, end = graph.constant([3 - order]), graph.constant([1 - order])
        shifted = graph.add("Slice", earlier, start, end, graph.constant([1]))
        product = graph.add("Mul", shifted, graph.constant([MULTIPLIERS[order - 1]]))
        # The 1 that tells orders apart.
        total = graph.add("Add", graph.add("Add", total, product), graph.constant([1]))
        if order in shape.orders:
            bucket = graph.add("Mod", total, graph.constant([shape.hashed]))
            row = graph.add("Add", bucket, graph.constant([shape.vocabulary]))
            rows.append(graph.add("Mul", row, "attention_mask"))
    return graph.add("Concat", *rows, axis=1)


def _pools(
    graph: GraphBuilder, model: TextClassifier, ids: str, mask: str, count: str, precision: str
) -> tuple[str, str]:
    """Maximum and mean pool of the convolution; its weights stay float32, being small."""
    table = _table(model.embeddings, precision)
    embedded = graph.add("Gather", graph.constant(table.values, "embeddings"), ids)
    if precision == "int8":
        embedded = graph.add("Cast", embedded, to=1)
    groups = model.shape.groups
    scales = table.scale.reshape(groups, 1, -1, 1)  # of each group's own columns
    weight = _array(model.conv.weight)
    weight = (weight.reshape(groups, -1, *weight.shape[1:]) * scales).reshape(weight.shape)
    half = model.shape.width // 2
    convolved = graph.add(
        "Conv",
        graph.add("Transpose", embedded, perm=[0, 2, 1]),
        graph.constant(weight, "conv_weight"),
        graph.constant(_array(model.conv.bias), "conv_bias"),
        pads=[half, half],
        group=groups,
    )
    rectified = graph.add("Relu", convolved)
    active = graph.add("Mul", rectified, graph.add("Unsqueeze", mask, graph.constant([1])))
    largest = graph.add("ReduceMax", active, axes=[2], keepdims=0)
    total = graph.add("ReduceSum", active, graph.constant([2]), keepdims=0)
    return largest, graph.add("Div", total, count)


def _table(embedding: nn.Embedding, precision: str) -> Quantized:
    weight = _array(embedding.weight)
    if precision == "int8":
        return quantize(weight)
    return Quantized(weight, np.ones(weight.shape[1], dtype=np.float32))


def _array(parameter: Tensor | None) -> Floats:
    if parameter is None:
        raise ValueError("the layer has no such parameter")
    return parameter.detach().numpy().astype(np.float32).copy()
