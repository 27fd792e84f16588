"""Training by gradients, one step at a time, with a state that goes on to the last bit.

On a CPU a fit that is restored from a state ends with the very weights of one that was never
interrupted: the state holds weights, optimizer, both random generators, the place in the epoch
(its batches are drawn again from the generator as it was at the epoch's start) and the best so far.
"""

import copy
import math
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from edgemark_trainer.families.base import Device, Epoch, Floats, Ints, State, TrainingError
from edgemark_trainer.families.hyperparameters import Hyperparameter, Settings
from edgemark_trainer.fitting.devices import autocast, fitting_batch
from edgemark_trainer.fitting.optimizers import (
    OPTIMIZER_HYPERPARAMETERS,
    absolute_sum,
    make_optimizer,
    rate_share,
    set_rate,
)
from edgemark_trainer.training import seed_everything

LOOP_HYPERPARAMETERS = OPTIMIZER_HYPERPARAMETERS | {
    "epochs": Hyperparameter(
        "passes over the training rows, at most", "integer", 20, low=1, high=1000
    ),
    "batchRows": Hyperparameter(
        "rows a step; without a value 32 on a CPU, on a GPU as many as fit its memory",
        "integer",
        None,
        low=1,
        high=4096,
        log=True,
    ),
    "patience": Hyperparameter(
        "epochs without a gain on validation after which training stops; 0: never",
        "integer",
        5,
        low=0,
        high=1000,
        searchable=False,
    ),
    "minDelta": Hyperparameter(
        "what counts as a gain", "number", 0.0, low=0, high=1, searchable=False
    ),
}
CPU_BATCH = 32


class Learner(Protocol):
    """A model with its data: what the loop does not know."""

    model: nn.Module

    def batches(self, rng: np.random.Generator, rows: int) -> list[Ints]:
        """Draw the batches of an epoch, of about so many training rows."""
        ...

    def loss(self, rows: Ints) -> Tensor:
        """Give the mean loss on some training rows."""
        ...

    def validate(self, rows: Ints | None) -> tuple[Floats, float | None]:
        """Give each validation row's (or training row's) score, and the mean loss."""
        ...


MakeLearner = Callable[[np.random.Generator], Learner]


class GradientFit:
    """A `Fit` by gradients. `make` builds the model with weights drawn from seeded generators."""

    def __init__(self, make: MakeLearner, settings: Settings, seed: int, device: Device) -> None:
        self.settings, self.device = settings, device
        self.rng = seed_everything(seed)
        self.learner = make(self.rng)
        self.model = self.learner.model.to(device.kind)
        self.batch_rows = settings["batchRows"] or self._found_batch()
        self.optimizer = make_optimizer(self.model.parameters(), settings)
        self.scaler = torch.amp.GradScaler(device.kind, enabled=device.precision == "float16")
        self.is_done, self.ended_by, self.epochs = False, "epochs", 0
        self.step, self.steps = 0, 0
        self._batches: list[Ints] | None = None
        self._position = 0
        self._epoch_start: Mapping[str, Any] = {}
        self._losses = self._zero()
        self._best: State | None = None
        self._gain_epoch = 0

    def advance(self) -> Epoch | None:
        """Take one step."""
        if self._batches is None:
            self._begin_epoch()
        assert self._batches is not None
        self._losses += self._train(self._batches[self._position])
        self._position += 1
        return self._end_epoch() if self._position == len(self._batches) else None

    def finish(self) -> None:
        """End with the best weights so far."""
        if self._best is None:
            raise TrainingError("no-time", "The time ended before the first epoch was validated.")
        self._end("time")

    def scores(self, rows: Ints | None = None) -> Floats:
        """Score validation rows, or training rows, by the best weights."""
        if rows is not None:
            return self.learner.validate(rows)[0]
        assert self._best is not None
        scores: Floats = self._best["scores"].numpy()
        return scores

    def state(self) -> State:
        """Give a copy of everything that decides the rest."""
        state: State = {
            "done": self.is_done,
            "endedBy": self.ended_by,
            "epochs": self.epochs,
            "best": self._best,
        }
        if self.is_done:
            return state
        return state | {
            "model": _copied(self.model.state_dict()),
            "optimizer": copy.deepcopy(self.optimizer.state_dict()),
            "scaler": self.scaler.state_dict(),
            "rng": self.rng.bit_generator.state,
            "torchRng": torch.get_rng_state(),
            "cudaRng": torch.cuda.get_rng_state() if self.device.kind == "cuda" else None,
            "batchRows": self.batch_rows,
            "steps": [self.step, self.steps],
            "position": self._position if self._batches is not None else None,
            "epochStart": self._epoch_start,
            "losses": float(self._losses),
            "gainEpoch": self._gain_epoch,
        }

    def restore(self, state: State) -> None:
        """Go on from a state."""
        self.is_done, self.ended_by = state["done"], state["endedBy"]
        self.epochs, self._best = state["epochs"], state["best"]
        if self.is_done:
            self._load_best()
            return
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.scaler.load_state_dict(state["scaler"])
        self.batch_rows = state["batchRows"]
        self.step, self.steps = state["steps"]
        self._losses = self._zero() + state["losses"]
        self._gain_epoch = state["gainEpoch"]
        self._batches = None
        if state["position"] is not None:
            self._epoch_start = state["epochStart"]
            self.rng.bit_generator.state = self._epoch_start
            self._batches = self.learner.batches(self.rng, self.batch_rows)
            self._position = state["position"]
        self.rng.bit_generator.state = state["rng"]
        torch.set_rng_state(state["torchRng"])
        if state["cudaRng"] is not None and self.device.kind == "cuda":
            torch.cuda.set_rng_state(state["cudaRng"])

    def _found_batch(self) -> int:
        """Find how many rows fit a GPU's step; weights and generators are as before."""
        if self.device.kind != "cuda":
            return CPU_BATCH
        kept, rng = torch.get_rng_state(), np.random.default_rng(0)
        weights = copy.deepcopy(self.model.state_dict())  # normalisation counts what it has seen

        def step(rows: int) -> None:
            longest = max(self.learner.batches(rng, rows), key=len)
            with autocast(self.device):
                loss = self.learner.loss(longest)
            loss.backward()
            self.model.zero_grad(set_to_none=True)

        rows = fitting_batch(step, CPU_BATCH, self._most_rows())
        torch.set_rng_state(kept)
        self.model.load_state_dict(weights)
        return rows

    def _most_rows(self) -> int:
        """Leave at least thirty steps an epoch: fewer, larger ones would learn less."""
        batches = self.learner.batches(np.random.default_rng(0), CPU_BATCH)
        return max(CPU_BATCH, sum(map(len, batches)) // 30)

    def _begin_epoch(self) -> None:
        self._epoch_start = self.rng.bit_generator.state
        self._batches = self.learner.batches(self.rng, self.batch_rows)
        self._position, self._losses = 0, self._zero()
        if not self.steps:
            self.steps = self.settings["epochs"] * len(self._batches)

    def _zero(self) -> Tensor:
        """Give a sum to add losses to: on the device, as fetching each would make steps wait."""
        return torch.zeros((), dtype=torch.float64, device=self.device.kind)

    def _rate(self) -> float:
        share = rate_share(self.settings["schedule"], self.step, self.steps)
        return float(self.settings["learningRate"] * share)

    def _train(self, rows: Ints) -> Tensor:
        settings = self.settings
        self.model.train()
        set_rate(self.optimizer, self._rate())
        with autocast(self.device):
            loss = self.learner.loss(rows)
        total = loss + settings["l1"] * absolute_sum(self.model) if settings["l1"] else loss
        self.optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(total).backward()
        if settings["clipNorm"]:
            self.scaler.unscale_(self.optimizer)
            nn.utils.clip_grad_norm_(self.model.parameters(), settings["clipNorm"])
        self.scaler.step(self.optimizer)
        self.scaler.update()
        self.step += 1
        return loss.detach().double()

    def _end_epoch(self) -> Epoch:
        assert self._batches is not None
        loss, rate = float(self._losses) / len(self._batches), self._rate()
        if not math.isfinite(loss):
            raise TrainingError(
                "bad-hyperparameter",
                f"The loss is no number any more in epoch {self.epochs + 1}: "
                "lower learningRate, or set clipNorm.",
            )
        self._batches, self.epochs = None, self.epochs + 1
        scores, validation_loss = self.learner.validate(None)
        value, total = float(scores.mean()), self.settings["epochs"]
        self._judge(value, validation_loss, scores)
        patience = self.settings["patience"]
        if self.epochs >= total:
            self._end("epochs")
        elif patience and self.epochs - self._gain_epoch >= patience:
            self._end("early-stopping")
        return Epoch(self.epochs, total, loss, validation_loss, value, rate)

    def _judge(self, value: float, loss: float | None, scores: Floats) -> None:
        """Keep weights with a better metric, of equals those with the smaller validation loss.

        A small validation split has few values of the metric: the loss still tells them apart.
        """
        low = math.inf if loss is None else loss
        best = self._best
        if best is None or (value, -low) > (best["value"], -best["loss"]):
            least = self.settings["minDelta"]
            if best is None or value > best["value"] + least or best["loss"] - low > least:
                self._gain_epoch = self.epochs
            self._best = {
                "model": _copied(self.model.state_dict()),
                "value": value,
                "loss": low,
                "scores": torch.from_numpy(np.asarray(scores, np.float64)),
                "epoch": self.epochs,
            }

    def _end(self, by: str) -> None:
        self.is_done, self.ended_by, self._batches = True, by, None
        self._load_best()

    def _load_best(self) -> None:
        assert self._best is not None
        self.model.load_state_dict(self._best["model"])
        self.model.eval()


def _copied(tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: value.detach().cpu().clone() for name, value in tensors.items()}
