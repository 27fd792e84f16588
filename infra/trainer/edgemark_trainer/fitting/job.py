"""A job: baseline, search, folds, the model of the pack; stopped and resumed at any step.

The job is written as if it were never interrupted. What a run found is kept under its key, and a
resumed job goes through the same steps again, taking finished runs from there: only the run that
was interrupted is gone on with, from its fit's state.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from sklearn.model_selection import KFold, StratifiedKFold

from edgemark_trainer.evaluation import LEVEL
from edgemark_trainer.families.base import (
    BadHyperparameterError,
    Comparison,
    Epoch,
    Family,
    Fit,
    Ints,
    PackReport,
    PackWords,
    Prepared,
    Run,
    State,
    TrainingError,
)
from edgemark_trainer.families.hyperparameters import Settings, draw, filled
from edgemark_trainer.fitting.comparison import paired_bootstrap
from edgemark_trainer.fitting.halving import rungs

SEARCH_SHARE, FOLDS_SHARE = 0.6, 0.8  # of the job's time: then no new trial or fold is begun


@dataclass(frozen=True, slots=True)
class Search:
    """How settings are looked for, on validation alone."""

    method: str
    trials: int
    space: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a job does; `algorithm` may be "auto"."""

    algorithm: str
    settings: Settings
    seed: int
    search: Search | None = None
    folds: int = 0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a job is told and tells while it runs.

    `watch` is called before every step and may raise, which ends the round; `spent` gives the share
    of the job's time that is used up; `on_epoch` completes a record, stores and returns it;
    `on_rest` is called where a checkpoint would be cheap.
    """

    watch: Callable[[], None]
    spent: Callable[[], float]
    on_epoch: Callable[[dict[str, Any]], dict[str, Any]]
    on_rest: Callable[[], None]


@dataclass(slots=True)
class JobResult:
    """What a job found; `run` is what the pack is made of."""

    run: Run
    comparison: Comparison | None = None
    compared: dict[str, Any] | None = None
    notice: str | None = None
    folds: dict[str, Any] | None = None
    search: dict[str, Any] | None = None


@dataclass(slots=True)
class _Current:
    key: str
    fit: Fit
    history: list[dict[str, Any]] = field(default_factory=list)


class Job:
    """Runs a plan on prepared data; `state` is that of the round before."""

    def __init__(
        self,
        plan: Plan,
        family: Family,
        prepared: Prepared,
        around: Surroundings,
        state: State | None = None,
    ) -> None:
        self.plan, self.family, self.prepared, self.around = plan, family, prepared, around
        self.done: dict[str, Run] = {}
        self.current: _Current | None = None
        self._resumed: State | None = None
        if state:
            self.done = {key: run_of(found) for key, found in state["done"].items()}
            self._resumed = state["current"]
        self._name = family.candidate if plan.algorithm == "auto" else plan.algorithm
        self._known = family.algorithms[self._name].hyperparameters
        self._planned = self._planned_epochs()

    def state(self) -> State:
        """Give everything that a later round needs."""
        current = self._resumed
        if self.current:
            found = self.current
            current = {"key": found.key, "fit": found.fit.state(), "history": found.history}
        return {
            "done": {key: run_state(run) for key, run in self.done.items()},
            "current": current,
        }

    @property
    def epochs_done(self) -> int:
        """Count the epochs of all runs."""
        now = len(self.current.history) if self.current else 0
        return sum(run.epochs for run in self.done.values()) + now

    @property
    def share_done(self) -> float:
        """Estimate which share of the job's epochs is done."""
        finished = sum(self._epochs_of(run.settings) for run in self.done.values())
        now = len(self.current.history) if self.current else 0
        return min(1.0, (finished + now) / max(1, self._planned))

    def run(self) -> JobResult:
        """Do everything but the pack."""
        baseline = None
        if self.plan.algorithm == "auto":
            known = self.family.algorithms[self.family.baseline].hyperparameters
            shared = {k: v for k, v in self.plan.settings.items() if k in known}
            baseline = self._train("baseline", self.family.baseline, filled(known, shared))
        try:
            search, run = self._searched() if self.plan.search else (None, self._final())
        except TrainingError as error:
            if baseline is None or error.code not in ("no-time", "bad-hyperparameter"):
                raise
            return JobResult(baseline, notice=f"{self._name}: {error.detail}")
        folds = self._cross_validated(run) if self.plan.folds else None
        if baseline is None:
            return JobResult(run, folds=folds, search=search)
        return self._compared(run, baseline, folds, search)

    def write_pack(self, run: Run, folder: Path, words: PackWords) -> PackReport:
        """Make the pack of a finished run."""
        fit = self.prepared.start(run.algorithm, run.settings, self.plan.seed)
        assert run.state is not None
        fit.restore(run.state)
        return self.prepared.write_pack(fit, folder, words)

    def _final(self) -> Run:
        return self._train("final", self._name, filled(self._known, self.plan.settings))

    def _train(
        self,
        key: str,
        algorithm: str,
        settings: Settings,
        parts: tuple[Ints, Ints] | None = None,
        numbers: Mapping[str, int] | None = None,
    ) -> Run:
        """Train under a key; `parts` are training rows to learn from and to measure on."""
        if key in self.done:
            return self.done[key]
        fit = self.prepared.start(
            algorithm, settings, self.plan.seed, None if parts is None else parts[0]
        )
        self.current = _Current(key, fit)
        if self._resumed and self._resumed["key"] == key:
            fit.restore(self._resumed["fit"])
            self.current.history = self._resumed["history"]
        self._resumed = None
        while not fit.is_done:
            self.around.watch()
            if self.around.spent() >= 1:
                fit.finish()
                break
            epoch = fit.advance()
            if epoch:
                record = self._record(key, epoch) | dict(numbers or {})
                self.current.history.append(record)
                self.current.history[-1] = self.around.on_epoch(record)
                self.around.on_rest()
        scores = fit.scores(None if parts is None else parts[1])
        run = Run(
            algorithm,
            settings,
            float(scores.mean()),
            scores,
            fit.epochs,
            fit.ended_by,
            self.current.history,
            None if parts else fit.state(),
        )
        self.done[key], self.current = run, None
        return run

    def _record(self, key: str, epoch: Epoch) -> dict[str, Any]:
        return {
            "run": key,
            "epoch": epoch.number,
            "epochs": epoch.total,
            "trainLoss": epoch.train_loss,
            **({} if epoch.validation_loss is None else {"validationLoss": epoch.validation_loss}),
            "validationMetric": {"name": self.family.metric, "value": epoch.value},
            "learningRate": epoch.learning_rate,
        }

    def _searched(self) -> tuple[dict[str, Any], Run]:
        """Search; give what was tried and the best trial of those that ran to the end."""
        search = self.plan.search
        assert search is not None
        points = {
            trial: draw(self._known, search.space, np.random.default_rng([self.plan.seed, trial]))
            for trial in range(1, search.trials + 1)
        }
        name = self.family.algorithms[self._name].epochs
        full = self._epochs_of(filled(self._known, self.plan.settings))
        alive, tried = list(points), []
        steps = rungs(search.trials, full) if search.method == "halving" else [full]
        for place, epochs in enumerate(steps, 1):
            last, suffix = place == len(steps), f"-rung-{place}" if len(steps) > 1 else ""
            values: dict[int, float] = {}
            for trial in alive:
                budget = {name: epochs} if name and len(steps) > 1 else {}
                run = self._trial(trial, f"trial-{trial}{suffix}", points[trial] | budget)
                if run is None:
                    continue
                if last:
                    self._forget_losers(suffix)
                values[trial] = run.value
                tried.append(_tried(trial, points[trial], run))
                if not last:
                    run.state = None
            ordered = sorted(values, key=lambda trial: (-values[trial], trial))
            if not ordered:
                break
            alive = ordered if last else ordered[: max(1, len(ordered) // 3)]
        finished = [run for key, run in self.done.items() if key.startswith("trial") and run.state]
        if not finished:
            raise TrainingError("no-time", "The time ended before a trial did.")
        found = {
            "method": search.method,
            "metric": self.family.metric,
            "best": alive[0],
            "trials": tried,
        }
        return found, finished[0]

    def _trial(self, trial: int, key: str, point: Settings) -> Run | None:
        """Run one trial; None where the time is over. One that fails scores nothing."""
        begun = key in self.done or (self._resumed and self._resumed["key"] == key)
        if not begun and self.around.spent() >= SEARCH_SHARE:
            return None
        settings = filled(self._known, self.plan.settings | point)
        try:
            return self._train(key, self._name, settings, numbers={"trial": trial})
        except BadHyperparameterError:
            return None
        except TrainingError as error:
            if error.code not in ("bad-hyperparameter", "no-time"):
                raise
            return None

    def _forget_losers(self, suffix: str) -> None:
        """Keep one trial's weights: those of the best so far, of equals the first."""
        trials = [run for key, run in self.done.items() if re.fullmatch(rf"trial-\d+{suffix}", key)]
        best = max(trials, key=lambda run: run.value)
        for run in trials:
            if run is not best:
                run.state = None

    def _cross_validated(self, run: Run) -> dict[str, Any] | None:
        """Train on all folds but one and measure on that, for each; None where time is over."""
        strata, folds = self.prepared.strata, self.plan.folds
        kind = StratifiedKFold if len(np.unique(strata)) > 1 else KFold
        splitter = kind(folds, shuffle=True, random_state=self.plan.seed)
        values = []
        for fold, parts in enumerate(splitter.split(np.zeros(len(strata)), strata), 1):
            key = f"fold-{fold}"
            begun = key in self.done or (self._resumed and self._resumed["key"] == key)
            if not begun and self.around.spent() >= FOLDS_SHARE:
                return None
            numbers = {"fold": fold}
            values.append(self._train(key, run.algorithm, run.settings, parts, numbers).value)
        return {
            "algorithm": run.algorithm,
            "folds": folds,
            "metric": self.family.metric,
            "values": values,
            "mean": float(np.mean(values)),
            "deviation": float(np.std(values, ddof=1)),
        }

    def _compared(
        self,
        run: Run,
        baseline: Run,
        folds: dict[str, Any] | None,
        search: dict[str, Any] | None,
    ) -> JobResult:
        """Take the candidate only where it is surely better on validation."""
        found = paired_bootstrap(run.scores, baseline.scores, self.plan.seed)
        compared = {
            "algorithm": baseline.algorithm,
            "candidate": run.algorithm,
            "metric": self.family.metric,
            "baselineValue": baseline.value,
            "candidateValue": run.value,
            "difference": found.difference,
            "interval": list(found.interval),
            "level": LEVEL,
            "method": "paired bootstrap",
            "rows": found.rows,
            "selected": "candidate" if found.is_gain else "baseline",
        }
        notice = None
        if not found.is_gain:
            low, high = found.interval
            notice = (
                f"{run.algorithm} did not surely beat {baseline.algorithm} on validation: "
                f"{self.family.metric} {run.value:.4f} against {baseline.value:.4f}, difference "
                f"{low:+.4f} to {high:+.4f}. The pack is the baseline's."
            )
        chosen = run if found.is_gain else baseline
        return JobResult(chosen, found, compared, notice, folds, search)

    def _epochs_of(self, settings: Settings) -> int:
        return int(settings.get("epochs", 1))

    def _planned_epochs(self) -> int:
        plan = self.plan
        epochs = self._epochs_of(filled(self._known, plan.settings))
        total = epochs * plan.folds + (plan.algorithm == "auto")
        if plan.search is None:
            return total + epochs
        if plan.search.method == "random":
            return total + epochs * plan.search.trials
        left = plan.search.trials
        for budget in rungs(plan.search.trials, epochs):
            total, left = total + budget * left, max(1, left // 3)
        return total


def _tried(trial: int, point: Settings, run: Run) -> dict[str, Any]:
    return {"trial": trial, "hyperparameters": point, "value": run.value, "epochs": run.epochs}


def run_state(run: Run) -> State:
    """Give a run as it is stored."""
    return {
        "algorithm": run.algorithm,
        "settings": run.settings,
        "value": run.value,
        "scores": torch.from_numpy(np.asarray(run.scores, np.float64)),
        "epochs": run.epochs,
        "endedBy": run.ended_by,
        "history": run.history,
        "state": run.state,
    }


def run_of(state: State) -> Run:
    """Give a stored run."""
    return Run(
        state["algorithm"],
        state["settings"],
        state["value"],
        state["scores"].numpy(),
        state["epochs"],
        state["endedBy"],
        state["history"],
        state["state"],
    )
