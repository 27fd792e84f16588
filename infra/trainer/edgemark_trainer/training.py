"""The training loop: soft cross-entropy, AdamW, one cycle, early stopping on validation."""

import copy
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from edgemark_trainer.batches import by_length, pad


@dataclass(frozen=True, slots=True)
class Examples:
    """Token ids with target distributions [rows, classes] and weights [rows]."""

    ids: list[list[int]]
    targets: NDArray[np.float32]
    weights: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """What the loop may be told; rates are per step, penalties as usual in AdamW and lasso.

    `resegmented` is for the examples: the share of cuts in a second copy of Chinese texts.
    """

    epochs: int = 6
    learning_rate: float = 5e-3
    l1: float = 0.0
    l2: float = 0.01
    batch_rows: int = 128
    batch_tokens: int = 16384
    patience: int = 3
    label_smoothing: float = 0.02
    optimizer: str = "adamw"
    resegmented: float = 0.0


@dataclass(frozen=True, slots=True)
class Epoch:
    """One line of the training history."""

    epoch: int
    loss: float
    validation: float
    seconds: float


def seed_everything(seed: int) -> np.random.Generator:
    """Seed torch and give the generator for everything else; one thread, so that sums repeat."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    return np.random.default_rng(seed)


def make_optimizer(model: nn.Module, options: TrainingOptions) -> torch.optim.Optimizer:
    """AdamW or SGD with momentum, both with decoupled or plain L2 as usual."""
    if options.optimizer == "sgd":
        return torch.optim.SGD(
            model.parameters(), options.learning_rate, momentum=0.9, weight_decay=options.l2
        )
    return torch.optim.AdamW(model.parameters(), options.learning_rate, weight_decay=options.l2)


def weighted_loss(logits: Tensor, targets: Tensor, weights: Tensor, smoothing: float) -> Tensor:
    """Mean over weights of the cross-entropy against target distributions."""
    losses = nn.functional.cross_entropy(
        logits, targets, reduction="none", label_smoothing=smoothing
    )
    return (losses * weights).sum() / weights.sum()


def train(
    model: nn.Module,
    examples: Examples,
    options: TrainingOptions,
    rng: np.random.Generator,
    validate: Callable[[nn.Module], float],
) -> list[Epoch]:
    """Train in place; the weights with the best `validate` (higher is better) stay."""
    optimizer = make_optimizer(model, options)
    batches = list(by_length(examples.ids, options.batch_tokens, options.batch_rows, rng))
    steps = options.epochs * len(batches) + options.epochs * 32  # jitter changes counts a little
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, options.learning_rate, total_steps=steps, pct_start=0.15
    )
    targets = torch.from_numpy(examples.targets)
    weights = torch.from_numpy(examples.weights)
    history: list[Epoch] = []
    best, best_state, waited = -np.inf, copy.deepcopy(model.state_dict()), 0
    for epoch in range(1, options.epochs + 1):
        started, losses = time.monotonic(), []
        model.train()
        for rows in by_length(examples.ids, options.batch_tokens, options.batch_rows, rng):
            ids, mask = pad([examples.ids[i] for i in rows])
            chosen = torch.from_numpy(rows)
            loss = weighted_loss(
                model(ids, mask), targets[chosen], weights[chosen], options.label_smoothing
            )
            if options.l1:
                loss = loss + options.l1 * sum(p.abs().sum() for p in model.parameters())
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
        score = validate(model)
        history.append(Epoch(epoch, float(np.mean(losses)), score, time.monotonic() - started))
        print(history[-1], flush=True)
        if score > best:
            best, best_state, waited = score, copy.deepcopy(model.state_dict()), 0
        else:
            waited += 1
            if waited >= options.patience:
                break
    model.load_state_dict(best_state)
    return history


def predict(model: nn.Module, ids: Sequence[Sequence[int]], classes: int) -> NDArray[np.float32]:
    """Give logits [rows, classes], in the order of the rows."""
    model.eval()
    result = np.zeros((len(ids), classes), dtype=np.float32)
    device = next(model.parameters()).device
    with torch.inference_mode():
        for rows in by_length(ids, 32768, 512):
            tokens, mask = pad([ids[i] for i in rows])
            result[rows] = model(tokens.to(device), mask.to(device)).float().cpu().numpy()
    return result
