"""Distillation: a student learns a teacher's distributions on many texts, labels where known.

Loss of a labelled row: 0.7 soft cross-entropy + 0.3 cross-entropy smoothed by 0.05
(Hinton et al. 2015); of any other row: soft cross-entropy alone.
"""

import time
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from edgemark_trainer.training import seed_everything

SOFT_SHARE = 0.7
SMOOTHING = 0.05
BUCKET_BATCHES = 20
UNKNOWN_LABEL = -1


@dataclass(frozen=True, slots=True)
class SoftRows:
    """Padded ids [rows, tokens], lengths, teacher probabilities and labels (-1: not known)."""

    ids: NDArray[np.int32]
    lengths: NDArray[np.int64]
    targets: NDArray[np.float16]
    labels: NDArray[np.int64]


def soft_rows(
    ids: list[list[int]],
    targets: NDArray[np.float16],
    labels: NDArray[np.int64],
    max_tokens: int = 48,
) -> SoftRows:
    """Pad ids with 0 to `max_tokens`, cutting longer rows."""
    table = np.zeros((len(ids), max_tokens), dtype=np.int32)
    for number, row in enumerate(ids):
        table[number, : len(row)] = row[:max_tokens]
    lengths = np.array([max(1, min(len(row), max_tokens)) for row in ids])
    return SoftRows(table, lengths, targets, labels)


def distillation_loss(logits: Tensor, targets: Tensor, labels: Tensor) -> Tensor:
    """Mean loss of a batch."""
    log_probabilities = nn.functional.log_softmax(logits, dim=1)
    soft = -(targets * log_probabilities).sum(1)
    hard = nn.functional.cross_entropy(
        logits, labels.clamp(min=0), reduction="none", label_smoothing=SMOOTHING
    )
    share = torch.where(labels == UNKNOWN_LABEL, 1.0, SOFT_SHARE)
    return (share * soft + (1 - share) * hard).mean()


def batches(
    lengths: NDArray[np.int64], rows: int, rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """Shuffle into batches; within each 20 batches rows are sorted by length to save padding."""
    order = rng.permutation(len(lengths))
    result = []
    for start in range(0, len(order), rows * BUCKET_BATCHES):
        bucket = order[start : start + rows * BUCKET_BATCHES]
        bucket = bucket[np.argsort(lengths[bucket], kind="stable")]
        result += [bucket[i : i + rows] for i in range(0, len(bucket), rows)]
    return [result[i] for i in rng.permutation(len(result))]


def distil(
    model: nn.Module,
    rows: SoftRows,
    *,
    epochs: int,
    batch: int = 256,
    learning_rate: float = 5e-3,
    seed: int = 1,
) -> None:
    """Train in place with AdamW (decay .01 on matrices only) and a one-cycle rate."""
    rng = seed_everything(seed)
    parameters = list(model.parameters())
    groups = [
        {"params": [p for p in parameters if p.ndim > 1], "weight_decay": 0.01},
        {"params": [p for p in parameters if p.ndim < 2], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=learning_rate, betas=(0.9, 0.99), fused=True)
    steps = epochs * len(batches(rows.lengths, batch, np.random.default_rng(0)))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, learning_rate, total_steps=steps)
    model.train()
    for epoch in range(epochs):
        started, losses = time.monotonic(), []
        for chosen in batches(rows.lengths, batch, rng):
            ids = rows.ids[chosen, : rows.lengths[chosen].max()].astype(np.int64)
            targets = torch.from_numpy(rows.targets[chosen].astype(np.float32))
            labels = torch.from_numpy(rows.labels[chosen])
            loss = distillation_loss(model(torch.from_numpy(ids)), targets, labels)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        seconds = time.monotonic() - started
        print(f"student epoch {epoch} loss {np.mean(losses):.4f} {seconds:.0f} s", flush=True)
    model.eval()
