"""An item-item matrix as two thin ones in int8: what ships of a linear model."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.utils.extmath import randomized_svd

from edgemark_trainer.readers.interactions import Floats

POWER_ITERATIONS = 6


@dataclass(frozen=True, slots=True)
class Factors:
    """Weights of item i for item j are `inputs[i] @ outputs[j]`; both [items, dimensions]."""

    inputs: Floats
    outputs: Floats

    def score(self, history: csr_array) -> Floats:
        """Score every item for every history."""
        scores: Floats = np.asarray(history @ self.inputs) @ self.outputs.T
        return scores

    def turned(self, seed: int) -> "Factors":
        """Turn both by one random rotation, which leaves their products alone.

        Singular vectors come with the strongest first, so a row's scale would be set by its first
        number and the others would share few of int8's steps; turned, they are of like size.
        """
        rng = np.random.default_rng(seed)
        dimensions = self.inputs.shape[1]
        rotation = np.linalg.qr(rng.standard_normal((dimensions, dimensions)))[0]
        return Factors(self.inputs @ rotation, self.outputs @ rotation)


class LinearRanker(Protocol):
    """A fitted model whose scores are a history times a matrix of weights [items, items]."""

    def score(self, history: csr_array) -> Floats:
        """Score every item for every history."""
        ...

    def times(self, columns: Floats) -> Floats:
        """Multiply the weights with columns [items, any]."""
        ...


def reduced(model: LinearRanker, matrix: csr_array, dimensions: int, seed: int) -> Factors:
    """Give the weights of a rank that come nearest to the model's scores of `matrix`.

    Reduced-rank regression: with V the first right singular vectors of the scores (Halko et al.
    2011), the weights become B V V'. It never needs B itself, so it works for large catalogues.
    """
    scores = model.score(matrix)
    _, _, right = randomized_svd(scores, dimensions, n_iter=POWER_ITERATIONS, random_state=seed)
    outputs: Floats = right.T
    return Factors(model.times(outputs), outputs)


@dataclass(frozen=True, slots=True)
class Int8Rows:
    """A matrix [rows, columns] as whole numbers from -127 to 127 and a scale a row."""

    values: NDArray[np.int8]
    scales: NDArray[np.float32]

    @classmethod
    def of(cls, matrix: Floats) -> Self:
        """Round each row to 127ths of its largest magnitude; a row of zeros has scale 0."""
        scales = np.abs(matrix).max(axis=1, initial=0) / 127
        steps = np.divide(
            matrix, scales[:, None], out=np.zeros_like(matrix), where=scales[:, None] > 0
        )
        return cls(np.rint(steps).astype(np.int8), scales.astype(np.float32))

    def dense(self) -> Floats:
        """Give what the numbers stand for."""
        result: Floats = self.values.astype(np.float64) * self.scales[:, None]
        return result
