"""The ONNX graph of task `rating`: ratings that a user gave in, predicted ratings out.

The graph folds the user in as `rating_fold_in` describes, for all kept sweeps at once, and gives
the mean of their predictions within the scale. An empty history gives what the model believes of
somebody who rated nothing. The equations of each sweep are solved by Gauss-Jordan elimination, a
few nodes a dimension: their matrix is one plus a sum of squares, which needs no pivoting.

Every history is read with one more rating, of an item of zeros that stands behind the catalogue: it
changes nothing, and no tensor is empty (on those ONNX Runtime 1.30 in WebAssembly divides by zero).
"""

from pathlib import Path
from typing import Literal

import numpy as np
from onnx import TensorProto, helper

from edgemark_trainer.onnx_graph import GraphBuilder
from edgemark_trainer.readers.interactions import Floats
from edgemark_trainer.recommender.low_rank import Int8Rows
from edgemark_trainer.recommender.rating_fold_in import RatingFoldIn

Precision = Literal["int8", "fp32"]

INPUTS = (
    ("history_ids", TensorProto.INT64, ["history"]),
    ("history_ratings", TensorProto.FLOAT, ["history"]),
    ("candidate_ids", TensorProto.INT64, ["candidates"]),
)
OUTPUTS = (("ratings", TensorProto.FLOAT, ["candidates"]),)


def export_rating(model: RatingFoldIn, path: Path, precision: Precision = "int8") -> None:
    """Write the graph; in int8 each item's row and each item's loadings have a scale of their own.

    Every history item must be given once, and ids must lie within the catalogue.
    """
    sweeps, size = model.means.shape
    graph = GraphBuilder()
    graph.add("Concat", "history_ids", graph.constant([len(model.rows)]), name="read_ids", axis=0)
    nothing = _floats(graph, np.zeros(1), "rating_of_nothing")
    graph.add("Concat", "history_ratings", nothing, name="read_ratings", axis=0)
    items = _Table(graph, "item_rows", model.rows.reshape(len(model.rows), -1), precision)
    priors = _priors(graph, model, precision)
    rows = graph.add("Reshape", items.rows("read_ids"), graph.constant([0, sweeps, size + 1]))
    graph.nodes.append(
        helper.make_node("Split", [rows, graph.constant([size, 1])], ["rated", "biases"], axis=2)
    )
    rated = graph.add("Transpose", "rated", perm=[1, 0, 2])
    left = _left(graph, model.mean, rated, priors)
    users = graph.add("Add", priors, _solved(graph, *_equations(graph, model, rated, left), size))
    bias_share = _floats(graph, np.ones((sweeps, 1, 1)), "bias_share")
    query = graph.add("Concat", users, bias_share, axis=1)
    column = graph.add("Reshape", query, graph.constant([sweeps * (size + 1), 1]))
    sums = graph.add("MatMul", items.rows("candidate_ids"), column)
    mean = graph.add("Div", sums, _floats(graph, sweeps, "sweeps"))
    flat = graph.add("Squeeze", mean, graph.constant([1]))
    found = graph.add("Add", flat, _floats(graph, model.mean, "mean_rating"))
    least, most = (
        _floats(graph, bound, name)
        for bound, name in zip(model.scale, ("least_rating", "greatest_rating"), strict=True)
    )
    graph.add("Clip", found, least, most, name="ratings")
    inputs = [helper.make_tensor_value_info(*spec) for spec in INPUTS]
    outputs = [helper.make_tensor_value_info(*spec) for spec in OUTPUTS]
    graph.write(path, "rating", inputs, outputs)


class _Table:
    """Stored rows and one of zeros behind them, of which a node gathers some as floats."""

    def __init__(self, graph: GraphBuilder, name: str, rows: Floats, precision: Precision) -> None:
        self._graph = graph
        self._is_rounded = precision == "int8"
        rows = np.vstack([rows, np.zeros((1, rows.shape[1]))])
        if self._is_rounded:
            whole = Int8Rows.of(rows)
            self._name = graph.constant(whole.values, name)
            self._scales = graph.constant(whole.scales[:, None], f"{name}_scales")
        else:
            self._name = _floats(graph, rows, name)

    def rows(self, ids: str) -> str:
        """Gather [ids, columns]."""
        found = self._graph.add("Gather", self._name, ids)
        if not self._is_rounded:
            return found
        steps = self._graph.add("Cast", found, to=TensorProto.FLOAT)
        return self._graph.add("Mul", steps, self._graph.add("Gather", self._scales, ids))


def _priors(graph: GraphBuilder, model: RatingFoldIn, precision: Precision) -> str:
    """Give the prior's mean of each sweep [sweeps, size, 1], by which items were rated at all."""
    sweeps, size = model.means.shape
    means = _floats(graph, model.means[:, :, None], "prior_means")
    columns = model.loadings.shape[1]
    if columns == 0:
        return means
    loadings = _Table(graph, "pattern_loadings", model.loadings, precision)
    sums = graph.add("ReduceSum", loadings.rows("read_ids"), graph.constant([0]), keepdims=1)
    one_more = graph.add("Cast", graph.add("Shape", "read_ids"), to=TensorProto.FLOAT)
    root = graph.add("Sqrt", one_more)
    weights = _floats(graph, model.weights.reshape(columns, -1), "pattern_weights")
    shift = graph.add("MatMul", graph.add("Div", sums, root), weights)
    return graph.add("Add", graph.add("Reshape", shift, graph.constant([sweeps, size, 1])), means)


def _left(graph: GraphBuilder, mean: float, rated: str, priors: str) -> str:
    """Give what mean, items' biases and priors leave of the ratings [sweeps, history, 1]."""
    given = graph.add("Unsqueeze", "read_ratings", graph.constant([1]))
    off_mean = graph.add("Sub", given, _floats(graph, mean, "mean_rating"))
    biases = graph.add("Transpose", "biases", perm=[1, 0, 2])
    expected = graph.add("Add", graph.add("MatMul", rated, priors), biases)
    return graph.add("Sub", off_mean, expected)


def _equations(graph: GraphBuilder, model: RatingFoldIn, rated: str, left: str) -> tuple[str, str]:
    """Give matrices [sweeps, size, size] and right sides [sweeps, size, 1]."""
    noise = _floats(graph, model.noise[:, None, None], "noise")
    weighed = graph.add("Mul", graph.add("Transpose", rated, perm=[0, 2, 1]), noise)
    one = _floats(graph, np.eye(model.means.shape[1]), "identity")
    matrices = graph.add("Add", graph.add("MatMul", weighed, rated), one)
    return matrices, graph.add("MatMul", weighed, left)


def _solved(graph: GraphBuilder, matrices: str, sides: str, size: int) -> str:
    """Solve all sweeps' equations: [sweeps, size, 1].

    Each step divides a row by its pivot, takes it from all others and drops the column, which
    nothing reads any more; the last column left is the solution.
    """
    rest = graph.add("Concat", matrices, sides, axis=2)
    identity = np.eye(size)
    for step in range(size):
        column, others = f"column_{step}", f"others_{step}"
        widths = graph.constant([1, size - step])
        graph.nodes.append(helper.make_node("Split", [rest, widths], [column, others], axis=2))
        place = graph.constant([step])
        pivot = graph.add("Gather", column, place, axis=1)
        row = graph.add("Div", graph.add("Gather", others, place, axis=1), pivot)
        # Less one at the pivot's own row, so that what stays of it is the divided row.
        unit = _floats(graph, identity[:, step : step + 1], f"unit_{step}")
        rest = graph.add("Sub", others, graph.add("Mul", graph.add("Sub", column, unit), row))
    return rest


def _floats(graph: GraphBuilder, values: Floats | float, name: str) -> str:
    """Store a float32 constant."""
    return graph.constant(np.asarray(values, dtype=np.float32), name)
