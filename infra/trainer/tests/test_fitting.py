"""Losses, optimizers, schedules, halving, comparison, hyperparameters: against known values."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from edgemark_trainer.families.base import Device, Floats, Ints, TrainingError
from edgemark_trainer.families.hyperparameters import Hyperparameter, draw, filled, setting_errors
from edgemark_trainer.families.pairwise_learner import bpr, warp
from edgemark_trainer.families.registry import families_text
from edgemark_trainer.fitting.comparison import paired_bootstrap
from edgemark_trainer.fitting.devices import fitting_batch
from edgemark_trainer.fitting.gradient_fit import LOOP_HYPERPARAMETERS, GradientFit
from edgemark_trainer.fitting.halving import rungs
from edgemark_trainer.fitting.losses import LOSS_HYPERPARAMETERS, make_loss
from edgemark_trainer.fitting.optimizers import rate_share

CPU = Device("cpu", "", "float32")
KNOWN = LOOP_HYPERPARAMETERS | LOSS_HYPERPARAMETERS


def loss_of(logits: Any, target: int, **settings: Any) -> float:
    loss = make_loss(filled(LOSS_HYPERPARAMETERS, settings))
    return float(loss(torch.tensor([logits]), torch.tensor([target]))[0])


def test_losses_have_their_formulas_values() -> None:
    logits = [2.0, 0.0, -1.0]
    p = functional.softmax(torch.tensor(logits), 0).tolist()
    entropy = -math.log(p[0])
    assert loss_of(logits, 0, smoothing=0) == pytest.approx(entropy, rel=1e-5)
    others = sum(-math.log(q) for q in p) / 3
    assert loss_of(logits, 0, smoothing=0.3) == pytest.approx(
        0.7 * entropy + 0.3 * others, rel=1e-5
    )
    assert loss_of(logits, 0, loss="focal", gamma=2) == pytest.approx(
        (1 - p[0]) ** 2 * entropy, rel=1e-5
    )
    assert loss_of(logits, 0, loss="focal", gamma=0) == pytest.approx(entropy, rel=1e-5)
    brier = (1 - p[0]) ** 2 + p[1] ** 2 + p[2] ** 2
    assert loss_of(logits, 0, loss="mse") == pytest.approx(brier, rel=1e-5)
    assert loss_of(logits, 0, loss="huber", delta=1) == pytest.approx(brier / 2, rel=1e-5)
    far = 0.1 * (p[0] - 0.05) + 0.1 * (1 - p[1] - 0.05) + p[2] ** 2 / 2
    assert loss_of(logits, 1, loss="huber", delta=0.1) == pytest.approx(far, rel=1e-5)
    sigmoid = [1 / (1 + math.exp(-v)) for v in logits]
    yes_or_no = -math.log(sigmoid[0]) - math.log(1 - sigmoid[1]) - math.log(1 - sigmoid[2])
    assert loss_of(logits, 0, loss="bce", smoothing=0) == pytest.approx(yes_or_no, rel=1e-5)


def test_ranking_losses_look_at_items_that_were_not_taken() -> None:
    right = torch.tensor([1.0])
    drawn = torch.tensor([[5.0, 0.5, 3.0]])
    free = torch.tensor([[False, True, True]])
    assert float(bpr(right, drawn, free)) == pytest.approx(math.log(1 + math.exp(-0.5)), rel=1e-5)
    # The first free item within the margin is the second drawn: the rank is (11 - 1) / 2.
    assert float(warp(right, drawn, free, 11)) == pytest.approx(math.log(5) * 0.5, rel=1e-5)
    far = torch.tensor([[5.0, -1.0, -2.0]])
    assert float(warp(right, far, free, 11)) == 0
    assert float(bpr(right, drawn, torch.tensor([[False] * 3]))) == 0


def test_schedules_begin_peak_and_end_where_they_should() -> None:
    shares = {
        name: [rate_share(name, step, 100) for step in range(101)]
        for name in ("constant", "linear", "cosine", "one-cycle", "step")
    }
    assert set(shares["constant"]) == {1.0}
    assert shares["step"][49::25] == pytest.approx([1, 0.1, 0.01])
    for name in ("linear", "cosine", "one-cycle"):
        assert 0 < shares[name][0] < 0.2 and max(shares[name]) == pytest.approx(1, abs=0.02)
        assert shares[name][100] == pytest.approx(0, abs=1e-9)
    assert shares["linear"][55] == pytest.approx(0.5)
    assert shares["cosine"][55] == pytest.approx(0.5)


class Line:
    """y = 3x - 1 as two labels, by one weight and bias a label; counts its batches."""

    def __init__(self, settings: dict[str, Any]) -> None:
        rng = np.random.default_rng(0)
        self.x = torch.from_numpy(rng.uniform(-1, 1, (60, 2)).astype(np.float32))
        self.y = (3 * self.x[:, 0] > 1).long()
        self.model: nn.Module = nn.Linear(2, 2)
        self._loss = make_loss(settings)

    def batches(self, rng: np.random.Generator, rows: int) -> list[Ints]:
        return np.array_split(rng.permutation(40), 40 // rows)

    def loss(self, rows: Ints) -> torch.Tensor:
        return self._loss(self.model(self.x[rows]), self.y[rows]).mean()

    def validate(self, rows: Ints | None) -> tuple[Floats, float | None]:
        chosen = np.arange(40, 60) if rows is None else rows
        with torch.no_grad():
            logits = self.model(self.x[chosen])
        hits = (logits.argmax(1) == self.y[chosen]).double().numpy()
        return hits, float(functional.cross_entropy(logits, self.y[chosen]))


def fitted(**settings: Any) -> GradientFit:
    full = filled(KNOWN, {"epochs": 30, "batchRows": 8, "learningRate": 0.1} | settings)
    fit = GradientFit(lambda _: Line(full), full, 1, CPU)
    while not fit.is_done:
        fit.advance()
    return fit


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adamw"])
@pytest.mark.parametrize("loss", ["cross-entropy", "focal", "bce", "mse", "huber"])
def test_every_optimizer_lowers_every_loss(optimizer: str, loss: str) -> None:
    rate = 1.0 if optimizer == "sgd" else 0.1
    fit = fitted(optimizer=optimizer, loss=loss, l2=0, learningRate=rate)
    assert fit.scores().mean() >= 0.9


def test_penalties_shrink_weights() -> None:
    def size(**settings: Any) -> float:
        fit = fitted(patience=0, **settings)
        return sum(float(p.detach().abs().sum()) for p in fit.model.parameters() if p.ndim > 1)

    free = size(l2=0)
    assert size(l2=0, l1=0.05) < 0.7 * free
    assert size(l2=0.1, optimizer="sgd") < size(l2=0, optimizer="sgd")
    assert size(l2=0.1, l1=0.05) < 0.7 * free


def test_patience_ends_a_fit_that_gains_nothing_and_the_best_weights_stay() -> None:
    fit = fitted(epochs=200, patience=3, minDelta=0.02)
    assert fit.ended_by == "early-stopping" and fit.epochs < 200
    assert fit.learner.validate(None)[0].mean() == fit.scores().mean()


def test_a_loss_that_explodes_is_told() -> None:
    full = filled(KNOWN, {"clipNorm": 0})
    learner = Line(full)
    learner.x[:] = math.inf
    fit = GradientFit(lambda _: learner, full, 1, CPU)
    with pytest.raises(TrainingError, match="lower learningRate") as caught:
        while not fit.is_done:
            fit.advance()
    assert caught.value.code == "bad-hyperparameter"


def test_clipping_bounds_a_step() -> None:
    def moved(clip: float) -> float:
        full = filled(KNOWN, {"optimizer": "sgd", "clipNorm": clip, "l2": 0, "batchRows": 8})
        full |= {"learningRate": 1.0, "schedule": "constant"}
        fit = GradientFit(lambda _: Line(full), full, 1, CPU)
        before = [p.detach().clone() for p in fit.model.parameters()]
        fit.advance()
        after = fit.model.parameters()
        pairs = zip(after, before, strict=True)
        return math.sqrt(sum(float((a - b).detach().square().sum()) for a, b in pairs))

    assert moved(0.01) == pytest.approx(0.01, rel=1e-3) and moved(0) > 0.02


def test_a_batch_is_doubled_until_it_does_not_fit() -> None:
    tried = []

    def step(rows: int) -> None:
        tried.append(rows)
        if rows > 300:
            raise torch.cuda.OutOfMemoryError

    assert fitting_batch(step, 32, 10_000) == 256
    assert tried == [32, 64, 128, 256, 512]
    assert fitting_batch(step, 32, 100) == 64


def test_halving_gives_the_best_third_three_times_as_many_epochs() -> None:
    assert rungs(27, 27) == [1, 3, 9, 27]
    assert rungs(9, 20) == [2, 6, 20]
    assert rungs(2, 20) == [20]
    assert rungs(100, 2) == [2]


def test_the_paired_bootstrap_sees_a_small_difference_on_the_same_rows() -> None:
    rng = np.random.default_rng(0)
    baseline = (rng.random(1000) < 0.7).astype(float)
    candidate = baseline.copy()
    candidate[np.flatnonzero(baseline == 0)[:25]] = 1
    found = paired_bootstrap(candidate, baseline, 1)
    assert found.is_gain and found.difference == pytest.approx(0.025)
    deviation = math.sqrt(0.025 * 0.975 / 1000)
    assert found.interval[0] == pytest.approx(0.025 - 1.96 * deviation, abs=0.002)
    assert not paired_bootstrap(baseline, baseline, 1).is_gain
    assert not paired_bootstrap(baseline, candidate, 1).is_gain


def test_points_are_drawn_inside_the_space_and_by_logarithm_where_asked() -> None:
    known = {"rate": Hyperparameter("", "number", 1.0), "size": Hyperparameter("", "integer", 1)}
    space = {"rate": {"low": 1e-4, "high": 1, "log": True}, "size": {"low": 2, "high": 5}}
    points = [draw(known, space, np.random.default_rng(seed)) for seed in range(300)]
    assert all(1e-4 <= p["rate"] <= 1 and p["size"] in (2, 3, 4, 5) for p in points)
    assert 0.35 < np.mean([p["rate"] < 1e-2 for p in points]) < 0.65
    assert points[0] == draw(known, space, np.random.default_rng(0))
    assert not setting_errors(known, points[0], "x")


def test_the_committed_list_of_families_is_the_codes() -> None:
    path = Path(__file__).parent.parent / "families.json"
    assert json.loads(path.read_text()) == json.loads(families_text())
    for family in json.loads(families_text())["families"].values():
        assert {family["auto"]["baseline"], family["auto"]["candidate"]} <= set(
            family["algorithms"]
        )
