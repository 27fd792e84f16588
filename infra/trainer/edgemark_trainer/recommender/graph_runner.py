"""Runs an exported recommender with ONNX Runtime, to judge what ships."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from scipy.sparse import csr_array

from edgemark_trainer.readers.interactions import Floats

Singles = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Recommended:
    """One answer of the graph."""

    ids: NDArray[np.int64]
    scores: Singles
    contributions: Singles
    item_scores: Singles


class GraphRecommender:
    """A loaded graph of task `recommendation`."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])

    def top_again(
        self, history: csr_array, bonus: csr_array, item_bias: Floats, k: int
    ) -> NDArray[np.int64]:
        """Give each best items, those of the history included: [histories, k]."""
        lists = []
        for row in range(history.shape[0]):
            part = slice(history.indptr[row], history.indptr[row + 1])
            ids = history.indices[part].astype(np.int64)
            bias = bonus.data[bonus.indptr[row] : bonus.indptr[row + 1]]
            lists.append(self.run(ids, history.data[part], bias, item_bias, k).ids)
        return np.array(lists)

    def run(
        self,
        ids: NDArray[np.int64],
        weights: Floats,
        history_bias: Floats,
        item_bias: Floats,
        k: int,
    ) -> Recommended:
        """Give the k best for one history; biases as the graph takes them."""
        feeds = {
            "history_ids": ids.astype(np.int64),
            "history_weights": weights.astype(np.float32),
            "history_bias": history_bias.astype(np.float32),
            "item_bias": item_bias.astype(np.float32),
            "k": np.array([k], dtype=np.int64),
        }
        names = ["ids", "scores", "contributions", "item_scores"]
        return Recommended(*self._session.run(names, feeds))

    def top_new(self, history: csr_array, k: int) -> NDArray[np.int64]:
        """Give each history's best items, its own masked: [histories, k], -1 where none is left."""
        lists = np.full((history.shape[0], k), -1, dtype=np.int64)
        for row in range(history.shape[0]):
            part = slice(history.indptr[row], history.indptr[row + 1])
            ids = history.indices[part].astype(np.int64)
            mask = np.full(len(ids), -np.inf)
            found = self.run(ids, history.data[part], mask, np.zeros(1), k)
            open_ids = found.ids[np.isfinite(found.scores)]
            lists[row, : len(open_ids)] = open_ids
        return lists

    def score(self, history: csr_array) -> Floats:
        """Give all scores before biases: [histories, items]; those of an empty one are 0."""
        rows = []
        for row in range(history.shape[0]):
            part = slice(history.indptr[row], history.indptr[row + 1])
            ids = history.indices[part].astype(np.int64)
            if len(ids) == 0:
                rows.append(np.zeros(history.shape[1], dtype=np.float32))
                continue
            bias = np.zeros(len(ids))
            rows.append(self.run(ids, history.data[part], bias, np.zeros(1), 1).item_scores)
        return np.array(rows, dtype=np.float64)
