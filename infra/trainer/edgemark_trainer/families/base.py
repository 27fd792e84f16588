"""What a family of models has to offer to be trained by an endpoint. A new family is one module.

A family prepares a dataset, starts fits of its algorithms and makes a pack of a finished one. The
job around it (`fitting.job`) does the rest: rounds, checkpoints, search, folds, comparison.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from edgemark_trainer.evaluation import Figure
from edgemark_trainer.families.hyperparameters import FieldError, Hyperparameters, Settings

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
State = dict[str, Any]  # of tensors, numbers, strings, lists and dicts alone: it is stored


class TrainingError(Exception):
    """An end that a job can come to; `code` and `detail` are told to the caller."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code, self.detail = code, detail


class BadDatasetError(TrainingError):
    """The dataset cannot be trained on; `detail` says why."""

    def __init__(self, detail: str) -> None:
        super().__init__("bad-dataset", detail)


class BadHyperparameterError(TrainingError):
    """Only the data showed that a setting cannot be."""

    def __init__(self, detail: str) -> None:
        super().__init__("bad-hyperparameter", detail)


class Dataset(Protocol):
    """A version of a dataset, where it may be read from."""

    name: str
    version: str
    labels: tuple[str, ...]

    def rows(self, split: str) -> Iterator[dict[str, Any]]:
        """Give a split's rows in order; `test` is asked for once, when the pack is measured."""
        ...

    def picture(self, path: str) -> Path:
        """Fetch a row's picture and give where it lies."""
        ...


@dataclass(frozen=True, slots=True)
class Device:
    """What trains: `kind` is "cpu" or "cuda", `precision` what products are computed in."""

    kind: str
    name: str
    precision: str

    def document(self) -> dict[str, str]:
        """Describe the device as JSON."""
        return {"kind": self.kind, "name": self.name, "precision": self.precision}


@dataclass(frozen=True, slots=True)
class Epoch:
    """One line of a fit's history; `value` is the validation metric, more being better."""

    number: int
    total: int
    train_loss: float
    validation_loss: float | None
    value: float
    learning_rate: float


class Fit(Protocol):
    """One training. After `restore` of another fit's `state` it goes on as that one would have."""

    is_done: bool
    ended_by: str
    epochs: int

    def advance(self) -> Epoch | None:
        """Do one small piece of work; give the epoch that it ended."""
        ...

    def finish(self) -> None:
        """End now with the best so far; raises TrainingError where there is nothing yet."""
        ...

    def scores(self, rows: Ints | None = None) -> Floats:
        """Give what the finished model scores on each validation row (or on training rows).

        The mean is the family's metric.
        """
        ...

    def state(self) -> State:
        """Give everything that decides how it goes on."""
        ...

    def restore(self, state: State) -> None:
        """Go on from a state."""
        ...


@dataclass(frozen=True, slots=True)
class PackWords:
    """How the pack is called, and where it comes from."""

    name: str
    version: str
    title: str
    description: str
    licence: str
    languages: tuple[str, ...]
    job: str
    dataset: str
    dataset_version: str
    algorithm: str
    settings: Settings
    seed: int

    def lineage(self) -> dict[str, Any]:
        """Give what the manifest's `lineage` has beside the trainer's own."""
        return {
            "job": self.job,
            "dataset": {"name": self.dataset, "version": self.dataset_version},
            "algorithm": self.algorithm,
            "hyperparameters": self.settings,
        }


@dataclass(frozen=True, slots=True)
class PackReport:
    """What was measured when the pack was made."""

    figures: list[Figure]
    test_rows: int


class Prepared(Protocol):
    """A dataset made ready for a family's algorithms."""

    rows: dict[str, int]
    strata: Ints  # of each training row: folds get like shares of each

    def state(self) -> State:
        """Give what a later round must not find anew, such as a tokenizer."""
        ...

    def start(self, algorithm: str, settings: Settings, seed: int, rows: Ints | None = None) -> Fit:
        """Start a fit of an algorithm on all training rows, or on some."""
        ...

    def write_pack(self, fit: Fit, folder: Path, words: PackWords) -> PackReport:
        """Export a finished fit's model with card and manifest; measure it on the test split."""
        ...


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One way to train; `epochs` names the hyperparameter that halving may shorten."""

    title: str
    hyperparameters: Hyperparameters
    epochs: str | None = None


class Family(Protocol):
    """A kind of model. `auto` tries `baseline` first, then `candidate`."""

    name: str
    kind: str
    metric: str
    algorithms: Mapping[str, Algorithm]
    baseline: str
    candidate: str

    def dataset_errors(self, dataset: Mapping[str, Any]) -> list[FieldError]:
        """Find what the request alone shows to be wrong with its dataset."""
        ...

    def prepare(
        self, dataset: Dataset, settings: Settings, seed: int, device: Device, state: State | None
    ) -> Prepared:
        """Read the training and validation splits; raises BadDatasetError.

        `state` is that of an earlier round's preparation.
        """
        ...


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two models' scores on the same rows: the mean difference with its interval."""

    difference: float
    interval: tuple[float, float]
    rows: int

    @property
    def is_gain(self) -> bool:
        """Whether the interval lies above 0."""
        return self.interval[0] > 0


@dataclass(slots=True)
class Run:
    """A finished training of a job: its figures, and its state where the pack may need it."""

    algorithm: str
    settings: Settings
    value: float
    scores: Floats
    epochs: int
    ended_by: str
    history: list[dict[str, Any]] = field(default_factory=list)
    state: State | None = None
