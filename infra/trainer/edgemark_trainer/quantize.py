"""int8 storage of tables: values rounded to a scale per column, chosen for the least error."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Quantized:
    """`values * scale` (scale per column) is near the original; fp32 tables have scale 1."""

    values: NDArray[np.int8] | NDArray[np.float32]
    scale: NDArray[np.float32]


def quantize(table: NDArray[np.float32]) -> Quantized:
    """Quantise [rows, columns] symmetrically.

    Of several clipping points the one with the least squared error is taken: a few huge weights
    must not cost all others their precision.
    """
    largest = np.maximum(np.abs(table).max(axis=0), 1e-12)
    best = np.full(table.shape[1], np.inf)
    scale = largest / 127
    for share in (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3):
        candidate = largest * share / 127
        rounded = np.clip(np.rint(table / candidate), -127, 127) * candidate
        error = np.square(rounded - table).sum(axis=0)
        scale = np.where(error < best, candidate, scale)
        best = np.minimum(error, best)
    values = np.clip(np.rint(table / scale), -127, 127).astype(np.int8)
    return Quantized(values, scale.astype(np.float32))
