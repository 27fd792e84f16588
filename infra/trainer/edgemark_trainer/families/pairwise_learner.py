"""BPR and WARP by mini-batches, for the resumable loop; what is learned is linear in the history.

A user is the sum of their history's input vectors, so that the factors are those of the graph. (The
recommender's benchmark has a twin with biases and its own loop, `recommender.pairwise`.)
"""

import numpy as np
import torch
from scipy.sparse import csr_array
from torch import Tensor, nn

from edgemark_trainer.families.base import Device, Floats, Ints
from edgemark_trainer.families.hyperparameters import Settings
from edgemark_trainer.families.interaction_data import Questions
from edgemark_trainer.families.ranking_scores import ndcg_of
from edgemark_trainer.recommender.low_rank import Factors

CANDIDATES = 16  # of which WARP takes the first that violates the margin


class PairwiseModel(nn.Module):
    """Item vectors in and out."""

    def __init__(self, items: int, dimensions: int) -> None:
        super().__init__()
        self.inputs = nn.Parameter(torch.randn(items, dimensions) / dimensions**0.5)
        self.outputs = nn.Parameter(torch.randn(items, dimensions) / dimensions**0.5)

    def factors(self) -> Factors:
        """Give the factors as the graph stores them."""
        return Factors(*(p.detach().cpu().double().numpy() for p in (self.inputs, self.outputs)))


class PairwiseLearner:
    """The factors and the pairs that they learn from."""

    def __init__(
        self, matrix: csr_array, asked: Questions, settings: Settings, device: Device
    ) -> None:
        self.matrix, self.asked, self.settings, self.device = matrix, asked, settings, device
        self.model: nn.Module = PairwiseModel(matrix.shape[1], settings["dimensions"])
        pairs = matrix.tocoo()
        self._users, self._items = pairs.row.astype(np.int64), pairs.col.astype(np.int64)

    def batches(self, rng: np.random.Generator, rows: int) -> list[Ints]:
        """Draw batches of pairs."""
        order: Ints = rng.permutation(len(self._users)).astype(np.int64)
        return [order[start : start + rows] for start in range(0, len(order), rows)]

    def loss(self, rows: Ints) -> Tensor:
        """Give the mean loss of some pairs."""
        kind, model = self.device.kind, self.model
        assert isinstance(model, PairwiseModel)
        users, places = np.unique(self._users[rows], return_inverse=True)
        had = torch.from_numpy(self.matrix[users].toarray().astype(np.float32)).to(kind)
        place = torch.from_numpy(places).to(kind)
        item = torch.from_numpy(self._items[rows]).to(kind)
        lengths = had.sum(1).clamp(min=1).sqrt()
        vectors = (had @ model.inputs)[place] - model.inputs[item]
        vectors = vectors / lengths[place][:, None]
        others = torch.randint(self.matrix.shape[1], (len(rows), CANDIDATES)).to(kind)
        free = had[place[:, None], others] == 0
        right = (vectors * model.outputs[item]).sum(1)
        drawn = torch.einsum("bd,bcd->bc", vectors, model.outputs[others])
        if self.settings["loss"] == "bpr":
            return bpr(right, drawn, free)
        return warp(right, drawn, free, self.matrix.shape[1])

    def validate(self, rows: Ints | None) -> tuple[Floats, float | None]:
        """Give nDCG of the questions asked; `rows` are not known here: see the family."""
        assert isinstance(self.model, PairwiseModel) and rows is None
        return ndcg_of(self.model.factors(), self.asked), None


def bpr(right: Tensor, drawn: Tensor, free: Tensor) -> Tensor:
    """Mean of -log sigmoid of the difference to one item not taken (Rendle et al. 2009)."""
    first = free.float().argmax(dim=1, keepdim=True)
    losses = -nn.functional.logsigmoid(right - drawn.gather(1, first)[:, 0])
    return (losses * free.any(dim=1)).mean()


def warp(right: Tensor, drawn: Tensor, free: Tensor, items: int) -> Tensor:
    """Hinge to the first item drawn within a margin of 1, weighed by log of the rank that this
    suggests (Weston et al. 2011).
    """
    violates = free & (drawn.detach() > right.detach()[:, None] - 1)
    first = violates.float().argmax(dim=1, keepdim=True)
    rank = torch.clamp((items - 1) / (first[:, 0] + 1), min=1)
    weight = torch.log(rank) * violates.any(dim=1)
    return (weight * torch.relu(1 - right + drawn.gather(1, first)[:, 0])).mean()
