"""Runs an exported rating graph with ONNX Runtime, to judge what ships."""

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from edgemark_trainer.readers.interactions import Floats, Interactions, Ints


class GraphRater:
    """A loaded graph of task `rating`."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])

    def rate(self, history: Ints, ratings: Floats, candidates: Ints) -> NDArray[np.float32]:
        """Predict the candidates' ratings from a history, which may be empty."""
        feeds = {
            "history_ids": history.astype(np.int64),
            "history_ratings": ratings.astype(np.float32),
            "candidate_ids": candidates.astype(np.int64),
        }
        found: NDArray[np.float32] = self._session.run(["ratings"], feeds)[0]
        return found

    def rate_pairs(self, given: Interactions, users: Ints, items: Ints) -> Floats:
        """Predict pairs, each user folded in from the ratings that `given` has of the user."""
        order = np.argsort(given.users, kind="stable")
        starts = np.searchsorted(given.users[order], np.arange(given.shape[0] + 1))
        result = np.zeros(len(users))
        for user in np.unique(users):
            own = order[starts[user] : starts[user + 1]]
            asked = np.flatnonzero(users == user)
            result[asked] = self.rate(given.items[own], given.values[own], items[asked])
        return result
