"""The family `recommender`: what a customer may take next, by what they had."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch

from edgemark_trainer.families.base import (
    Algorithm,
    BadHyperparameterError,
    Dataset,
    Device,
    Fit,
    Floats,
    Ints,
    PackReport,
    PackWords,
    State,
)
from edgemark_trainer.families.hyperparameters import (
    FieldError,
    Hyperparameter,
    Settings,
)
from edgemark_trainer.families.interaction_data import (
    Catalogue,
    Event,
    Questions,
    check_events,
    questions,
    read_events,
)
from edgemark_trainer.families.pairwise_learner import PairwiseLearner, PairwiseModel
from edgemark_trainer.families.ranking_scores import ndcg_of
from edgemark_trainer.families.recommender_pack import PackEvents, write_recommender_pack
from edgemark_trainer.fitting.gradient_fit import LOOP_HYPERPARAMETERS, GradientFit
from edgemark_trainer.fitting.solved_fit import SolvedFit
from edgemark_trainer.readers.interactions import DAY_SECONDS, Interactions
from edgemark_trainer.recommender.ease import EASE
from edgemark_trainer.recommender.forward import ForwardBlend, ForwardSettings
from edgemark_trainer.recommender.item_knn import ItemKNN
from edgemark_trainer.recommender.low_rank import Factors, LinearRanker, reduced
from edgemark_trainer.recommender.pack import of_users

MOST_DENSE_ITEMS = 20_000  # EASE's matrix of so many has 3.2 GB
MOST_REDUCED_USERS = 20_000
FORWARD_SHARE = 0.6
LONG = 2.0  # times the days that a first cut needs before and after it

SERVING: dict[str, Hyperparameter] = {
    name: Hyperparameter(
        description,
        "integer" if name == "maxHistory" else "number",
        default,
        low,
        high,
        searchable=False,
    )
    for name, description, default, low, high in (
        ("maxHistory", "items of a history that serving reads", 200, 1, 1000),
        ("popularityHalfLifeDays", "of the popularity in items.json", 14.0, 0.1, 10_000),
        ("countWeight", "what each purchase adds to an item of the history", 0.0, 0, 100),
        ("recencyWeight", "what a recent purchase adds to it", 0.0, 0, 100),
        ("recencyHalfLifeDays", "of that", 60.0, 0.1, 10_000),
        ("popularityWeight", "what popularity adds to every item", 0.0, 0, 100),
    )
}
DIMENSIONS = Hyperparameter("columns of the factors that ship", "integer", 128, 2, 512)
ITEM_KNN = SERVING | {
    "dimensions": DIMENSIONS,
    "neighbours": Hyperparameter("kept of each item", "integer", 100, 1, 2000),
    "alpha": Hyperparameter("power of the history item's count", "number", 0.5, 0, 1),
    "beta": Hyperparameter("power of the listed item's count", "number", 0.5, 0, 1),
}
EASE_SETTINGS = SERVING | {
    "dimensions": DIMENSIONS,
    "penalty": Hyperparameter("of the ridge regression", "number", 300.0, 0.1, 1e6, log=True),
    "userPower": Hyperparameter("users weigh count^-power", "number", 0.0, 0, 1),
    "inputDropout": Hyperparameter("share of the input dropped (EDLAE)", "number", 0.0, 0, 0.9),
    "columnPower": Hyperparameter("1: EASE, 0: user-side EASE", "number", 0.0, 0, 1),
    "forwardShare": Hyperparameter(
        "deviations of weights from what was had to what came next, beside EASE's; without a value "
        f"{FORWARD_SHARE} where events are of a long time",
        "number",
        None,
        0,
        5,
    ),
    "forwardPenalty": Hyperparameter("of these weights", "number", 400.0, 0.1, 1e6, log=True),
    "windowDays": Hyperparameter("that count as next", "number", 30.0, 0.1, 1000),
}
LOOP = {
    name: found
    for name, found in LOOP_HYPERPARAMETERS.items()
    if name not in ("l2", "learningRate", "batchRows")
}
PAIRWISE = (
    SERVING
    | LOOP
    | {
        "dimensions": Hyperparameter("columns of the factors", "integer", 64, 2, 512),
        "loss": Hyperparameter("what ranks", "choice", "warp", choices=("bpr", "warp")),
        "learningRate": Hyperparameter("peak of the schedule", "number", 0.01, 1e-6, 10, log=True),
        "l2": Hyperparameter("weight decay", "number", 1e-4, 0, 1, log=True),
        "batchRows": Hyperparameter("pairs a step", "integer", 512, 1, 65536, log=True),
    }
)


class PreparedInteractions:
    """Events ready for all algorithms."""

    def __init__(self, dataset: Dataset, device: Device) -> None:
        self.dataset, self.device = dataset, device
        self.train_events = read_events(dataset.rows("train"), "train")
        self.validation_events = read_events(dataset.rows("validation"), "validation")
        catalogue = Catalogue([*self.train_events, *self.validation_events])
        self.catalogue = catalogue
        self.train = catalogue.interactions(self.train_events)
        self.asked = questions(self.train, catalogue.interactions(self.validation_events))
        check_events(self.train, self.asked)
        self.rows = {"train": len(self.train), "validation": len(self.validation_events)}
        self.strata: Ints = np.zeros(len(self.train), dtype=np.int64)

    def state(self) -> State:
        """Give nothing: reading the events anew gives the same numbers."""
        return {}

    def start(self, algorithm: str, settings: Settings, seed: int, rows: Ints | None = None) -> Fit:
        """Start a fit on all training events, or on some."""
        train = self.train if rows is None else self.train.take(rows)
        if algorithm == "pairwise":
            return PairwiseFit(self, train, settings, seed)

        def score(state: State, held: Ints | None) -> Floats:
            return ndcg_of(factors_of(state), self.asked_of(train, held))

        return SolvedFit(lambda: state_of(solved(algorithm, settings, train, seed)), score)

    def asked_of(self, train: Interactions, held: Ints | None) -> Questions:
        """Give the validation split's questions, or those of events held out of training."""
        if held is None:
            return self.asked
        found = questions(train, self.train.take(held))
        if not found.wanted.shape[0]:
            raise BadHyperparameterError("A fold has nobody who takes anything new.")
        return found

    def write_pack(self, fit: Fit, folder: Path, words: PackWords) -> PackReport:
        """Measure the model on the test split; ship one of all events, where that is cheap.

        Customers go on: a recommender that never saw the newest sales would be old at once. What is
        solved for is solved for again, with the validation events to be measured and with all to
        ship; factors that were trained step by step are measured and ship as they are.
        """
        test_events = read_events(self.dataset.rows("test"), "test")
        before: list[Event] = [*self.train_events, *self.validation_events]
        asked_of = Catalogue(before, strangers=test_events)
        known = asked_of.interactions(before)
        events, catalogue = before, self.catalogue
        if isinstance(fit, PairwiseFit):
            measured = shipped = fit.factors()
        else:
            measured = solved(words.algorithm, words.settings, known, words.seed)
            events = [*before, *test_events]
            catalogue = Catalogue(events)
            everything = catalogue.interactions(events)
            shipped = solved(words.algorithm, words.settings, everything, words.seed)
        types = sorted({event.type for event in events})
        parts = PackEvents(
            measured,
            shipped,
            known,
            asked_of.interactions(test_events),
            catalogue.interactions(events),
            types,
            len(test_events),
        )
        return write_recommender_pack(parts, folder, words)


class PairwiseFit(GradientFit):
    """A fit by gradients whose held-out rows are events."""

    def __init__(
        self, data: PreparedInteractions, train: Interactions, settings: Settings, seed: int
    ) -> None:
        self.data, self.train_part = data, train
        super().__init__(
            lambda _: PairwiseLearner(train.binary(), data.asked, settings, data.device),
            settings,
            seed,
            data.device,
        )

    def factors(self) -> Factors:
        """Give the best factors."""
        return cast(PairwiseModel, self.model).factors()

    def scores(self, rows: Ints | None = None) -> Floats:
        """Score the validation split's users, or those of held-out events."""
        if rows is None:
            return super().scores()
        return ndcg_of(self.factors(), self.data.asked_of(self.train_part, rows))


def solved(algorithm: str, settings: Settings, train: Interactions, seed: int) -> Factors:
    """Solve for a model and reduce it to the dimensions that ship."""
    items = train.shape[1]
    matrix = of_users(train)
    if algorithm == "popularity":
        counts = np.bincount(train.items, minlength=items).astype(np.float64)
        return Factors(np.ones((items, 1)), counts[:, None] / counts.max())
    if algorithm == "ease" and items > MOST_DENSE_ITEMS:
        raise BadHyperparameterError(
            f"EASE takes {MOST_DENSE_ITEMS} items at most, there are {items}: try item-knn."
        )
    ranker = fitted_ranker(algorithm, settings, train)
    if matrix.shape[0] > MOST_REDUCED_USERS:
        rng = np.random.default_rng(seed)
        matrix = matrix[np.sort(rng.choice(matrix.shape[0], MOST_REDUCED_USERS, replace=False))]
    dimensions = min(settings["dimensions"], *(side - 1 for side in matrix.shape))
    return reduced(ranker, matrix, dimensions, seed)


def fitted_ranker(algorithm: str, settings: Settings, train: Interactions) -> LinearRanker:
    """Fit an item-item model."""
    matrix = of_users(train)
    if algorithm == "item-knn":
        neighbours, alpha, beta = (settings[k] for k in ("neighbours", "alpha", "beta"))
        return ItemKNN(neighbours, alpha=alpha, beta=beta).fit(matrix)
    ease = EASE(
        settings["penalty"],
        user_power=settings["userPower"],
        dropout=settings["inputDropout"],
        column_power=settings["columnPower"],
    )
    forward = ForwardSettings(settings["forwardPenalty"], settings["windowDays"])
    days = float(train.times.max() - train.times.min()) / DAY_SECONDS
    needed = forward.least_history_days + forward.window_days
    share = settings["forwardShare"]
    if share is None:
        share = FORWARD_SHARE if days >= LONG * needed else 0.0
    if not share:
        return ease.fit(matrix)
    if days <= needed:
        raise BadHyperparameterError(
            f"forwardShare needs events of more than {needed:g} days; these are of {days:.0f}."
        )
    return ForwardBlend(ease, forward, share).fit(train)


def state_of(factors: Factors) -> State:
    """Give factors as they are stored."""
    return {name: torch.from_numpy(getattr(factors, name)) for name in ("inputs", "outputs")}


def factors_of(state: State) -> Factors:
    """Give stored factors."""
    return Factors(state["inputs"].numpy(), state["outputs"].numpy())


class RecommenderFamily:
    """See the module."""

    name = "recommender"
    kind = "interactions"
    metric = "ndcg@10"
    algorithms: Mapping[str, Algorithm] = {
        "popularity": Algorithm("the same for everybody: what is taken most", SERVING),
        "item-knn": Algorithm("neighbours of items by who took both", ITEM_KNN),
        "ease": Algorithm("ridge regression of items on each other", EASE_SETTINGS),
        "pairwise": Algorithm("factors by BPR or WARP", PAIRWISE, "epochs"),
    }
    baseline = "item-knn"
    candidate = "ease"

    def dataset_errors(self, dataset: Mapping[str, Any]) -> list[FieldError]:
        """Find nothing: interactions have no labels."""
        return []

    def prepare(
        self, dataset: Dataset, settings: Settings, seed: int, device: Device, state: State | None
    ) -> PreparedInteractions:
        """Read the events."""
        return PreparedInteractions(dataset, device)
