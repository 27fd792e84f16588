"""The ONNX graphs of task `recommendation`: a history's items and weights in, the best items out.

Both kinds have the same inputs and outputs, so that a caller cannot tell them apart. Scores are
linear in the weights: an item's score is the sum of its contributions and of the two biases.

Low-rank graphs store bytes. What they multiply is a matter of size. Where output rows are few,
they are made float32 once, at load (ONNX Runtime folds operators of constants): a third less time a
run in WebAssembly, for four bytes a number of its heap. Where they are many, the graph multiplies
bytes: there are fast kernels for uint8 with a zero point of 128, and none for int8 on the left. The
query is then written as two bytes a dimension (the second holds what the first rounds away), so
that in both only the stored rows are rounded.
"""

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, helper

from edgemark_trainer.onnx_graph import GraphBuilder
from edgemark_trainer.readers.interactions import Floats
from edgemark_trainer.recommender.low_rank import Factors, Int8Rows

ZERO_POINT = 128
SMALLEST_STEP = 1e-30  # a history of weight 0 divides by it
MOST_UNFOLDED = 2**20  # numbers of the output rows that are made float32 at load: 4 MB

INPUTS = (
    ("history_ids", TensorProto.INT64, ["history"]),
    ("history_weights", TensorProto.FLOAT, ["history"]),
    ("history_bias", TensorProto.FLOAT, ["history"]),
    ("item_bias", TensorProto.FLOAT, ["bias"]),
    ("k", TensorProto.INT64, [1]),
)
OUTPUTS = (
    ("ids", TensorProto.INT64, ["k"]),
    ("scores", TensorProto.FLOAT, ["k"]),
    ("contributions", TensorProto.FLOAT, ["k", "history"]),
    ("item_scores", TensorProto.FLOAT, ["items"]),
)
ONNX_NAMES = {TensorProto.INT64: "int64", TensorProto.FLOAT: "float32"}


def export_low_rank(factors: Factors, path: Path, seed: int = 0, own: Floats | None = None) -> None:
    """Write a low-rank graph; the factors are turned, then rounded to int8.

    Up to `MOST_UNFOLDED` numbers the output rows are multiplied as float32, else as bytes.

    `own` [items] is what an item in the history adds to its own score, beside the factors: how
    likely it is to be taken again, which no low rank can hold.
    """
    turned = factors.turned(seed)
    inputs, outputs = Int8Rows.of(turned.inputs), Int8Rows.of(turned.outputs)
    graph = GraphBuilder()
    weighted = _weighted_rows(graph, inputs)
    query = graph.add("ReduceSum", weighted, graph.constant([0]), keepdims=1)
    is_float32 = made_at_load_bytes(*outputs.values.shape) > 0
    columns: Columns = (Float32Columns if is_float32 else ByteColumns)(graph, outputs)
    item_scores = columns.scores(query, "item_scores" if own is None else "by_factors")
    if own is not None:
        graph.constant(own.astype(np.float32), "own_weights")
        item_scores = _with_own(graph, item_scores)
    ids = _best(graph, item_scores)
    parts = columns.products(weighted, ids)
    if own is None:
        graph.add("Transpose", parts, name="contributions", perm=[1, 0])
    else:
        _own_contributions(graph, graph.add("Transpose", parts, perm=[1, 0]), ids)
    _save(graph, path)


def _weighted_rows(graph: GraphBuilder, inputs: Int8Rows) -> str:
    """Fetch the history's input rows times its weights: [history, dimensions]."""
    graph.constant(inputs.values, "input_rows")
    graph.constant(inputs.scales, "input_scales")
    rows = graph.add("Cast", graph.add("Gather", "input_rows", "history_ids"), to=TensorProto.FLOAT)
    scales = graph.add("Gather", "input_scales", "history_ids")
    weights = graph.add("Mul", scales, "history_weights")
    return graph.add("Mul", rows, graph.add("Unsqueeze", weights, graph.constant([1])))


class Columns(Protocol):
    """Output rows in a graph, as columns [dimensions, items], in the numbers it multiplies."""

    def scores(self, query: str, name: str) -> str:
        """Multiply a query [1, dimensions] with all columns: scores [items]."""
        ...

    def products(self, rows: str, ids: str) -> str:
        """Multiply rows [history, dimensions] with the columns of items: [history, ids]."""
        ...


def made_at_load_bytes(items: int, dimensions: int) -> int:
    """Give what a low-rank graph's output rows take as float32; 0 where they stay bytes."""
    count = items * dimensions
    return 4 * count if count <= MOST_UNFOLDED else 0


class Float32Columns:
    """Stored as int8; the operator that makes them float32 has a constant input, so runs once.

    Scales are left to every run: they are a number an item, and folding them takes longer at load.
    """

    def __init__(self, graph: GraphBuilder, outputs: Int8Rows) -> None:
        self._graph = graph
        graph.constant(outputs.values.T, "output_columns")
        graph.constant(outputs.scales, "output_scales")
        self._columns = graph.add("Cast", "output_columns", to=TensorProto.FLOAT)

    def scores(self, query: str, name: str) -> str:
        """Multiply a query [1, dimensions] with all columns: scores [items]."""
        graph = self._graph
        line = graph.add("Squeeze", graph.add("MatMul", query, self._columns), graph.constant([0]))
        return graph.add("Mul", line, "output_scales", name=name)

    def products(self, rows: str, ids: str) -> str:
        """Multiply rows [history, dimensions] with the columns of items: [history, ids]."""
        graph = self._graph
        products = graph.add("MatMul", rows, graph.add("Gather", self._columns, ids, axis=1))
        return graph.add("Mul", products, graph.add("Gather", "output_scales", ids))


class ByteColumns:
    """Stored and multiplied as uint8 around a zero point."""

    def __init__(self, graph: GraphBuilder, outputs: Int8Rows) -> None:
        self._graph = graph
        graph.constant(bytes_of(outputs.values.T), "output_columns")
        graph.constant(np.array(ZERO_POINT, dtype=np.uint8), "zero_point")
        graph.constant(outputs.scales, "output_scales")

    def scores(self, query: str, name: str) -> str:
        """Multiply a query [1, dimensions] with all columns: scores [items]."""
        return _integer_product(self._graph, query, name)

    def products(self, rows: str, ids: str) -> str:
        """Multiply rows [history, dimensions] with the columns of items: [history, ids]."""
        graph = self._graph
        columns = graph.add("Gather", "output_columns", ids, axis=1)
        steps = graph.add("Sub", graph.add("Cast", columns, to=TensorProto.FLOAT), "zero_step")
        products = graph.add("MatMul", rows, steps)
        return graph.add("Mul", products, graph.add("Gather", "output_scales", ids))


def _with_own(graph: GraphBuilder, item_scores: str) -> str:
    """Add each history item's own weight to its score; gives the name of all scores."""
    own = graph.add("Gather", "own_weights", "history_ids")
    graph.add("Mul", own, "history_weights", name="own_parts")
    found = graph.add("Add", graph.add("Gather", item_scores, "history_ids"), "own_parts")
    return graph.add(
        "ScatterElements", item_scores, "history_ids", found, name="item_scores", axis=0
    )


def _own_contributions(graph: GraphBuilder, contributions: str, ids: str) -> None:
    """Add the own weights where a listed item [k] is one of the history [history]."""
    listed = graph.add("Unsqueeze", ids, graph.constant([1]))
    same = graph.add("Cast", graph.add("Equal", listed, "history_ids"), to=TensorProto.FLOAT)
    parts = graph.add("Mul", same, "own_parts")
    graph.add("Add", contributions, parts, name="contributions")


def bytes_of(values: NDArray[np.int8]) -> NDArray[np.uint8]:
    """Write whole numbers from -127 to 127 as bytes around the zero point."""
    return (values.astype(np.int16) + ZERO_POINT).astype(np.uint8)


def _integer_product(graph: GraphBuilder, query: str, name: str) -> str:
    """Multiply the query [1, dimensions] with all output rows: scores [items].

    query = step * (high + low / 254), high and low from -127 to 127.
    """
    largest = graph.add("ReduceMax", graph.add("Abs", query), keepdims=1)
    step = graph.add("Div", largest, _number(graph, 127.0, "int8_largest"))
    step = graph.add("Max", step, _number(graph, SMALLEST_STEP, "smallest_step"))
    exact = graph.add("Div", query, step)
    high = graph.add("Round", exact)
    finer = _number(graph, 254.0, "finer_steps")
    low = graph.add("Round", graph.add("Mul", graph.add("Sub", exact, high), finer))
    both = graph.add("Concat", high, low, axis=0)
    shifted = graph.add("Add", both, _number(graph, float(ZERO_POINT), "zero_step"))
    whole = graph.add("Cast", shifted, to=TensorProto.UINT8)
    products = graph.add("MatMulInteger", whole, "output_columns", "zero_point", "zero_point")
    shares = graph.constant(np.array([[1.0, 1 / 254]], dtype=np.float32), "query_shares")
    sums = graph.add("Cast", products, to=TensorProto.FLOAT)
    joined = graph.add("MatMul", graph.add("Mul", shares, step), sums)
    flat = graph.add("Squeeze", joined, graph.constant([0]))
    return graph.add("Mul", flat, "output_scales", name=name)


def export_dense(weights: Floats, path: Path) -> None:
    """Write a graph of the whole item-item matrix [from, to] in int8 with a scale a row."""
    rows = Int8Rows.of(weights)
    graph = GraphBuilder()
    graph.constant(rows.values, "weight_rows")
    graph.constant(rows.scales, "weight_scales")
    found = graph.add(
        "Cast", graph.add("Gather", "weight_rows", "history_ids"), to=TensorProto.FLOAT
    )
    scales = graph.add("Gather", "weight_scales", "history_ids")
    weighted = graph.add("Mul", scales, "history_weights")
    line = graph.add("Unsqueeze", weighted, graph.constant([0]))
    product = graph.add("MatMul", line, found)
    item_scores = graph.add("Squeeze", product, graph.constant([0]), name="item_scores")
    ids = _best(graph, item_scores)
    columns = graph.add("Transpose", graph.add("Gather", found, ids, axis=1), perm=[1, 0])
    graph.add("Mul", columns, line, name="contributions")
    _save(graph, path)


def _number(graph: GraphBuilder, value: float, name: str) -> str:
    """Store a float constant."""
    return graph.constant(np.array(value, dtype=np.float32), name)


def _best(graph: GraphBuilder, item_scores: str) -> str:
    """Add both biases and take the k best, all items where k is more; gives the name of the ids."""
    filtered = graph.add("Add", item_scores, "item_bias")
    found = graph.add("Add", graph.add("Gather", filtered, "history_ids"), "history_bias")
    final = graph.add("ScatterElements", filtered, "history_ids", found, axis=0)
    count = graph.add("Min", "k", graph.add("Shape", final))
    graph.nodes.append(
        helper.make_node("TopK", [final, count], ["scores", "ids"], axis=0, largest=1, sorted=1)
    )
    return "ids"


def _save(graph: GraphBuilder, path: Path) -> None:
    inputs = [helper.make_tensor_value_info(*spec) for spec in INPUTS]
    outputs = [helper.make_tensor_value_info(*spec) for spec in OUTPUTS]
    graph.write(path, "recommender", inputs, outputs)
