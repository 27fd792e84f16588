"""Runs an exported image graph with ONNX Runtime, to judge what ships."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from torch import Tensor

from edgemark_trainer.image_pixels import normalise


def run_image_graph(
    path: Path, pixels: Tensor, outputs: Sequence[str], batch: int = 64
) -> list[NDArray[np.float32]]:
    """Give the named outputs [rows, columns] for uint8 pixels [rows, 3, size, size]."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
    parts = [
        session.run(list(outputs), {"pixel_values": normalise(part).numpy()})
        for part in pixels.split(batch)
    ]
    return [np.concatenate(column) for column in zip(*parts, strict=True)]
