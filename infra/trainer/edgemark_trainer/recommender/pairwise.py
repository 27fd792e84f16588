"""BPR and WARP: factors that put a taken item above one that was not.

A user is the sum of their history's input vectors over its length's root (asymmetric SVD's way,
Koren 2008), so that a new history is folded in without training and scores are linear in it.
"""

from typing import Literal, Self

import numpy as np
import torch
from scipy.sparse import csr_array
from torch import Tensor

from edgemark_trainer.readers.interactions import Floats

Loss = Literal["bpr", "warp"]
CANDIDATES = 16  # of which WARP takes the first that violates the margin


class PairwiseFactors:
    """Item vectors in, item vectors and biases out, stepped by Adam on mini-batches of pairs.

    BPR (Rendle et al. 2009) raises the log-sigmoid of the difference to one random item. WARP
    (Weston et al. 2011) draws until an item comes within a margin of 1, and weighs the step by
    log of the rank that the number of draws suggests.
    """

    def __init__(
        self,
        loss: Loss = "warp",
        dimensions: int = 64,
        *,
        epochs: int = 30,
        rate: float = 0.01,
        penalty: float = 1e-5,
        batch: int = 2048,
        seed: int = 0,
    ) -> None:
        self.loss = loss
        self.dimensions = dimensions
        self.epochs = epochs
        self.rate = rate
        self.penalty = penalty
        self.batch = batch
        self.seed = seed
        self.inputs_: Floats = np.zeros((0, 0))
        self.outputs_: Floats = np.zeros((0, 0))
        self.biases_: Floats = np.zeros(0)

    def fit(self, matrix: csr_array) -> Self:
        """Step through all pairs in random order, once an epoch."""
        generator = torch.Generator().manual_seed(self.seed)
        items = matrix.shape[1]

        def start(*shape: int) -> Tensor:
            scale = float(np.sqrt(self.dimensions))
            values = torch.randn(*shape, generator=generator) / scale
            values.requires_grad_()
            return values

        inputs, outputs = start(items, self.dimensions), start(items, self.dimensions)
        biases = torch.zeros(items, requires_grad=True)
        optimizer = torch.optim.AdamW(
            [inputs, outputs, biases], lr=self.rate, weight_decay=self.penalty / self.rate
        )
        users = torch.from_numpy(np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr)))
        taken = torch.from_numpy(matrix.indices.astype(np.int64))
        rows = torch.from_numpy(matrix.toarray() > 0)
        lengths = torch.from_numpy(np.diff(matrix.indptr)).float()
        for _ in range(self.epochs):
            order = torch.randperm(len(taken), generator=generator)
            for part in order.split(self.batch):
                user, item = users[part], taken[part]
                found, place = torch.unique(user, return_inverse=True)
                sums = (rows[found].float() @ inputs)[place]
                vectors = (sums - inputs[item]) / torch.sqrt(lengths[user])[:, None]
                others = torch.randint(items, (len(part), CANDIDATES), generator=generator)
                free = ~rows[user[:, None], others]
                loss = self._loss(vectors, outputs, biases, item, others, free)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        self.inputs_ = inputs.detach().double().numpy()
        self.outputs_ = outputs.detach().double().numpy()
        self.biases_ = biases.detach().double().numpy()
        return self

    def _loss(
        self,
        vectors: Tensor,
        outputs: Tensor,
        biases: Tensor,
        item: Tensor,
        others: Tensor,
        free: Tensor,
    ) -> Tensor:
        right = (vectors * outputs[item]).sum(dim=1) + biases[item]
        if self.loss == "bpr":
            first = free.float().argmax(dim=1)
            chosen, some = others.gather(1, first[:, None])[:, 0], free.any(dim=1)
            wrong = (vectors * outputs[chosen]).sum(dim=1) + biases[chosen]
            losses = -torch.nn.functional.logsigmoid(right - wrong)
            return (losses * some).mean()
        with torch.no_grad():
            drawn = torch.einsum("bd,bcd->bc", vectors, outputs[others]) + biases[others]
            violates = free & (drawn > right[:, None] - 1)
            some, first = violates.any(dim=1), violates.float().argmax(dim=1)
            rank = torch.clamp((len(biases) - 1) / (first + 1), min=1)
            weight = torch.log(rank) * some
            chosen = others.gather(1, first[:, None])[:, 0]
        wrong = (vectors * outputs[chosen]).sum(dim=1) + biases[chosen]
        return (weight * torch.relu(1 - right + wrong)).mean()

    def score(self, history: csr_array) -> Floats:
        """Sum the history's input vectors and multiply with all output vectors."""
        lengths = np.maximum(np.asarray(history.sum(axis=1)).reshape(-1, 1), 1)
        vectors = np.asarray(history @ self.inputs_) / np.sqrt(lengths)
        scores: Floats = vectors @ self.outputs_.T + self.biases_
        return scores
