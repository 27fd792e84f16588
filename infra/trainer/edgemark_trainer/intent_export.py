"""Writes an IntentClassifier as an ONNX graph in which padding needs no mask arithmetic.

Masked ids become 0. Row 0 of the bag's table and pair bucket 0 are zero, so padding adds nothing
to the sum. The convolution over embeddings is linear per token, so its products are folded into
a table of each piece's contribution at each tap: looking up and adding is several times cheaper
than a convolution. Padding contributes SILENCE at the middle tap, which ReLU turns into zero.
"""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from edgemark_trainer.intent_classifier import OFFSET, PAD_ID, WIDTH, IntentClassifier
from edgemark_trainer.onnx_graph import GraphBuilder
from edgemark_trainer.quantize import quantize
from edgemark_trainer.wordpiece import END, SPECIAL

Floats = NDArray[np.float32]
SILENCE = -127
FAR = 2**31 - 1
END_ID = SPECIAL.index(END)


def export_intents(
    model: IntentClassifier, path: Path, *, precision: str, temperature: float, out_of_scope: float
) -> None:
    """Write the graph with `precision` "int8" or "fp32" tables.

    `out_of_scope` is added to the last logit: the calibrated threshold of rejection.
    """
    graph = GraphBuilder()
    ids = graph.add("Mul", "input_ids", "attention_mask")
    bag = _bag(graph, model, ids, precision)
    pooled, scale = _pool(graph, model, ids, precision)
    features = graph.add("Concat", bag, pooled, axis=1)
    weight, bias = _array(model.head.weight), _array(model.head.bias)
    weight[:, model.shape.bag :] *= scale
    bias[-1] += out_of_scope
    graph.add(
        "Gemm",
        features,
        _folded(graph, weight / np.float32(temperature), "head_weight", precision),
        graph.constant(bias / np.float32(temperature), "head_bias"),
        transB=1,
        name="logits",
    )
    graph.save(path, model.shape.classes)


def _bag(graph: GraphBuilder, model: IntentClassifier, ids: str, precision: str) -> str:
    """Normalised sum of the vectors of tokens and pairs: [batch, bag]."""
    one, last, end = graph.constant([1]), graph.constant([-1]), graph.constant([FAR])
    left = graph.add("Slice", ids, graph.constant([0]), last, one)
    right = graph.add("Slice", ids, one, end, one)
    product = graph.add("Mul", graph.add("Add", left, graph.constant([OFFSET])), right)
    bucket = graph.add("Mod", product, graph.constant([model.shape.pairs]))
    pair = graph.add("Add", bucket, graph.constant([model.shape.vocabulary]))
    table: Floats = model.folded_table().numpy().copy()
    scale = np.float32(1)
    stored: NDArray[np.generic] = table
    if precision == "int8":
        # One scale for the whole table: the normalisation cancels it, only its epsilon needs it.
        whole = quantize(table.reshape(-1, 1))
        stored, scale = whole.values.reshape(table.shape), whole.scale[0]
    rows = graph.add("Concat", ids, pair, axis=1)
    gathered = graph.add("Gather", graph.constant(stored, "bag_table"), rows)
    if precision == "int8":
        gathered = graph.add("Cast", gathered, to=1)
    return graph.add(
        "LayerNormalization",
        graph.add("ReduceSum", gathered, one, keepdims=0),
        graph.constant(_array(model.normalise.weight), "normalise_weight"),
        graph.constant(_array(model.normalise.bias), "normalise_bias"),
        axis=-1,
        epsilon=float(model.normalise.eps / np.square(scale)),
    )


def _pool(
    graph: GraphBuilder, model: IntentClassifier, ids: str, precision: str
) -> tuple[str, np.float32]:
    """Maximum over tokens of the convolution's ReLU: [batch, filters].

    Sums and their maximum are taken over whole numbers; bias and ReLU follow the maximum, and
    the scale follows in the head, for both keep the order.
    """
    taps = tap_table(model)
    scale = np.float32(1)
    stored: NDArray[np.generic] = taps
    if precision == "int8":
        whole = quantize(taps.reshape(-1, 1))
        stored, scale = whole.values.reshape(taps.shape), whole.scale[0]
    stored[PAD_ID, 1] = SILENCE
    filters = model.shape.filters
    edged = graph.add("Pad", ids, graph.constant([0, 1, 0, 1]))
    rows = graph.constant(stored.reshape(len(stored), -1), "taps")
    gathered = graph.add("Gather", rows, edged)
    if precision == "int8":
        gathered = graph.add("Cast", gathered, to=1)
    axes, steps = graph.constant([1, 2]), graph.constant([1, 1])
    parts = [
        graph.add(
            "Slice",
            gathered,
            graph.constant([tap, tap * filters]),
            graph.constant([tap - 2 if tap < WIDTH - 1 else FAR, (tap + 1) * filters]),
            axes,
            steps,
        )
        for tap in range(WIDTH)
    ]
    window = graph.add("Add", graph.add("Add", parts[0], parts[1]), parts[2])
    largest = graph.add("ReduceMax", window, axes=[1], keepdims=0)
    bias = np.minimum(_array(model.conv.bias) / scale, -SILENCE)
    active = graph.add("Relu", graph.add("Add", largest, graph.constant(bias, "conv_bias")))
    return active, scale


def tap_table(model: IntentClassifier) -> Floats:
    """Give each piece's contribution to the filters at each tap: [vocabulary, taps, filters].

    After the end piece only padding follows, so as a left neighbour it adds nothing.
    """
    with torch.no_grad():
        table = torch.einsum("ve,fet->vtf", model.embeddings, model.conv.weight)
    taps: Floats = table.numpy().astype(np.float32).copy()
    taps[PAD_ID] = 0
    taps[END_ID, 0] = 0
    return taps


def _folded(graph: GraphBuilder, weight: Floats, name: str, precision: str) -> str:
    """Store a weight as int8 with a scale per input.

    Cast and Mul of constants are folded when a session is created; DequantizeLinear would
    run with every request.
    """
    if precision != "int8":
        return graph.constant(weight, name)
    table = quantize(weight)
    values = graph.add("Cast", graph.constant(table.values, name), to=1)
    return graph.add("Mul", values, graph.constant(table.scale, f"{name}_scale"))


def _array(values: Tensor | None) -> Floats:
    if values is None:
        raise ValueError("the layer has no such parameter")
    copied: Floats = values.detach().numpy().astype(np.float32).copy()
    return copied
