"""The family `text-classifier`: one label a text, from token ids on in one small graph."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from scipy.sparse import csr_matrix, diags
from sklearn.linear_model import LogisticRegression
from torch import Tensor, nn

from edgemark_trainer.batches import by_length, pad
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
from edgemark_trainer.families.hyperparameters import FieldError, Hyperparameter, Settings
from edgemark_trainer.families.text_data import TEXT_HYPERPARAMETERS, TextData
from edgemark_trainer.families.text_pack import write_text_pack
from edgemark_trainer.fitting.gradient_fit import LOOP_HYPERPARAMETERS, GradientFit
from edgemark_trainer.fitting.losses import LOSS_HYPERPARAMETERS, make_loss
from edgemark_trainer.fitting.solved_fit import SolvedFit
from edgemark_trainer.image_targets import class_weights
from edgemark_trainer.linear_blend import features
from edgemark_trainer.text_classifier import TextClassifier, TextClassifierShape
from edgemark_trainer.training import predict

MOST_LABELS = 1000
WIDEST_BAG = 96  # columns: beyond so many labels, rows of the table are shared by all of them
BATCH_TOKENS = 512  # a row, at most, on average

LINEAR = TEXT_HYPERPARAMETERS | {
    "hashed": Hyperparameter(
        "buckets of the hashed token 2- and 3-grams", "integer", 30000, low=100, high=200_000
    ),
    "inversePenalty": Hyperparameter(
        "C of the logistic regression", "number", 10.0, low=1e-3, high=1e4, log=True
    ),
    "classWeights": Hyperparameter(
        "0: rows count alike, 1: classes do", "number", 0.0, low=0, high=1
    ),
}
BAG_CNN = (
    TEXT_HYPERPARAMETERS
    | LOOP_HYPERPARAMETERS
    | LOSS_HYPERPARAMETERS
    | {
        "hashed": LINEAR["hashed"],
        "embedding": Hyperparameter("columns of the embeddings", "integer", 48, low=4, high=256),
        "filters": Hyperparameter(
            "filters of the convolution; 0: the bag alone", "integer", 96, low=0, high=512
        ),
        "dropout": Hyperparameter(
            "share of hidden features dropped in training", "number", 0.3, low=0, high=0.9
        ),
        "featureDropout": Hyperparameter(
            "share of tokens and n-grams dropped in training", "number", 0.15, low=0, high=0.9
        ),
        "classWeights": LINEAR["classWeights"],
    }
)


class BagCnnLearner:
    """The network and its texts, for the loop."""

    def __init__(self, data: TextData, rows: Ints, settings: Settings, device: Device) -> None:
        self.data, self.rows, self.device = data, rows, device
        classes = len(data.labels)
        shape = TextClassifierShape(
            data.tokenizer.get_vocab_size(),
            classes,
            hashed=settings["hashed"],
            bag=min(max(classes, 2), WIDEST_BAG),
            embedding=settings["embedding"],
            filters=settings["filters"],
        )
        self.model: nn.Module = TextClassifier(
            shape,
            feature_dropout=settings["featureDropout"],
            hidden_dropout=settings["dropout"],
        )
        self._loss = make_loss(settings)
        self._ids = [data.train_ids[row] for row in rows]
        self._actual = torch.from_numpy(data.train.actual[rows])
        weights = class_weights(data.train.actual[rows], classes, settings["classWeights"])
        self._weights = torch.from_numpy(weights)[self._actual]

    def batches(self, rng: np.random.Generator, rows: int) -> list[Ints]:
        """Draw batches of texts of like length."""
        return list(by_length(self._ids, rows * BATCH_TOKENS, rows, rng))

    def loss(self, rows: Ints) -> Tensor:
        """Give the mean weighted loss on some of the rows."""
        kind = self.device.kind
        ids, mask = pad([self._ids[row] for row in rows])
        chosen = torch.from_numpy(rows)
        logits = self.model(ids.to(kind), mask.to(kind))
        weights = self._weights[chosen].to(kind)
        losses = self._loss(logits.float(), self._actual[chosen].to(kind))
        return (losses * weights).sum() / weights.sum()

    def validate(self, rows: Ints | None) -> tuple[Floats, float | None]:
        """Give 1 for each row that is right, and the mean log loss."""
        data = self.data
        if rows is None:
            ids, actual = data.validation_ids, data.validation.actual
        else:
            ids, actual = [data.train_ids[row] for row in rows], data.train.actual[rows]
        logits = predict(self.model, ids, len(data.labels))
        loss = torch.nn.functional.cross_entropy(
            torch.from_numpy(logits).double(), torch.from_numpy(actual)
        )
        return (logits.argmax(1) == actual).astype(np.float64), float(loss)


class LinearTexts:
    """Multinomial logistic regression on tf-idf of tokens and hashed n-grams.

    It is the network without a convolution: one column of the bag's table a label.
    """

    def __init__(self, data: TextData, rows: Ints, settings: Settings, seed: int) -> None:
        self.data, self.rows, self.settings, self.seed = data, rows, settings, seed
        self.shape = TextClassifierShape(
            data.tokenizer.get_vocab_size(),
            len(data.labels),
            hashed=settings["hashed"],
            bag=len(data.labels),
        )

    def solve(self) -> State:
        """Fit; the inverse document frequencies become part of the weights."""
        counts = features([self.data.train_ids[row] for row in self.rows], self.shape)
        actual = self.data.train.actual[self.rows]
        present = np.asarray((counts > 0).sum(axis=0)).ravel()
        rarity = np.log((1 + len(actual)) / (1 + present)) + 1
        weights = class_weights(actual, len(self.data.labels), self.settings["classWeights"])
        machine = LogisticRegression(
            C=self.settings["inversePenalty"], max_iter=300, random_state=self.seed
        )
        machine.fit(csr_matrix(counts @ diags(rarity)), actual, sample_weight=weights[actual])
        table = (machine.coef_ * rarity).T
        bias = machine.intercept_
        if len(machine.classes_) == 2:  # one column, of the second label
            table = np.concatenate([-table, table], axis=1) / 2
            bias = np.concatenate([-bias, bias]) / 2
        if table.shape[1] != len(self.data.labels):
            raise BadHyperparameterError("Some label has no training row in this part.")
        return {
            "table": torch.from_numpy(table.astype(np.float32)),
            "bias": torch.from_numpy(bias.astype(np.float32)),
        }

    def network(self, state: State) -> TextClassifier:
        """Give the network that computes the solution."""
        model = TextClassifier(self.shape)
        with torch.no_grad():
            model.table.weight.copy_(state["table"])
            model.table.weight[0] = 0
            model.head.weight.copy_(torch.eye(self.shape.classes))
            model.head.bias.copy_(state["bias"])
        return model.eval()

    def score(self, state: State, rows: Ints | None) -> Floats:
        """Give 1 for each row that is right."""
        data = self.data
        if rows is None:
            ids, actual = data.validation_ids, data.validation.actual
        else:
            ids, actual = [data.train_ids[row] for row in rows], data.train.actual[rows]
        logits = predict(self.network(state), ids, len(data.labels))
        hits: Floats = (logits.argmax(1) == actual).astype(np.float64)
        return hits


class PreparedTexts:
    """Texts ready for both algorithms."""

    def __init__(self, data: TextData, device: Device) -> None:
        self.data, self.device = data, device
        self.rows = {"train": len(data.train), "validation": len(data.validation)}
        self.strata: Ints = data.train.actual

    def state(self) -> State:
        """Give the tokenizer."""
        return {"tokenizer": self.data.tokenizer.to_str()}

    def start(self, algorithm: str, settings: Settings, seed: int, rows: Ints | None = None) -> Fit:
        """Start a fit."""
        chosen = np.arange(len(self.data.train)) if rows is None else rows
        if algorithm == "linear":
            return LinearFit(LinearTexts(self.data, chosen, settings, seed))
        return GradientFit(
            lambda _: BagCnnLearner(self.data, chosen, settings, self.device),
            settings,
            seed,
            self.device,
        )

    def write_pack(self, fit: Fit, folder: Path, words: PackWords) -> PackReport:
        """Write the finished fit's pack."""
        if isinstance(fit, LinearFit):
            network = fit.linear.network(fit.model)
        else:
            network = cast(TextClassifier, cast(GradientFit, fit).model).cpu()
        return write_text_pack(network, self.data, folder, words)


class LinearFit(SolvedFit):
    """The baseline's fit."""

    def __init__(self, linear: LinearTexts) -> None:
        super().__init__(linear.solve, linear.score)
        self.linear = linear


class TextClassifierFamily:
    """See the module."""

    name = "text-classifier"
    kind = "text-classification"
    metric = "accuracy"
    algorithms: Mapping[str, Algorithm] = {
        "linear": Algorithm("logistic regression over token n-grams", LINEAR),
        "bag-cnn": Algorithm("a bag of token n-grams beside a convolution", BAG_CNN, "epochs"),
    }
    baseline = "linear"
    candidate = "bag-cnn"

    def dataset_errors(self, dataset: Mapping[str, Any]) -> list[FieldError]:
        """Check the labels' number."""
        return label_errors(dataset["labels"])

    def prepare(
        self, dataset: Dataset, settings: Settings, seed: int, device: Device, state: State | None
    ) -> PreparedTexts:
        """Read the texts, train the tokenizer."""
        return PreparedTexts(TextData(dataset, settings, seed, state), device)


def label_errors(labels: list[str]) -> list[FieldError]:
    """Refuse fewer than two labels, more than `MOST_LABELS`, and repeats."""
    if len(labels) < 2:
        return [FieldError("dataset.labels", "two labels are the least")]
    if len(labels) > MOST_LABELS:
        return [FieldError("dataset.labels", f"{MOST_LABELS} labels are the most")]
    if len(set(labels)) < len(labels):
        return [FieldError("dataset.labels", "labels must differ")]
    return []
