"""Runs an exported graph with ONNX Runtime, to judge what ships rather than what was trained."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from edgemark_trainer.batches import by_length, pad


def run_graph(path: Path, ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
    """Give logits [rows, classes] for token ids, in the order of the rows."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
    classes = session.get_outputs()[0].shape[1]
    result = np.zeros((len(ids), classes), dtype=np.float32)
    for rows in by_length(ids, 32768, 256):
        tokens, mask = pad([ids[i] for i in rows])
        feeds = {"input_ids": tokens.numpy(), "attention_mask": mask.numpy()}
        result[rows] = session.run(["logits"], feeds)[0]
    return result
