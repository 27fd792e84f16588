"""Figures of an image head: over all images, by class, and the confusions that happen most."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edgemark_trainer.evaluation import METRICS, Figure, accuracy, bootstrap
from edgemark_trainer.image_rejection import lost, rejected

Floats = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class HeadAnswers:
    """One head's probabilities [rows, labels] on the test rows whose label is known."""

    attribute: str
    labels: tuple[str, ...]
    threshold: float
    probabilities: Floats
    actual: Labels

    @property
    def predicted(self) -> Labels:
        """The best label of each row, whatever its probability."""
        best: Labels = self.probabilities.argmax(axis=1)
        return best


def selection_score(predicted: Sequence[Labels], actual: Sequence[Labels]) -> float:
    """Give what weights are chosen by: mean over heads of accuracy and macro recall, half each.

    Macro recall has a say because shops' shares of classes differ from the set's.
    """
    scores = []
    for guess, right in zip(predicted, actual, strict=True):
        known = right >= 0
        for name in ("accuracy", "macroRecall"):
            scores.append(METRICS[name](guess[known], right[known]))
    return float(np.mean(scores))


def share_figure(
    name: str, hits: NDArray[np.bool_], dataset: str, split: str, note: str, seed: int
) -> Figure:
    """Give the share of rows that are hits, with its interval."""
    values = hits.astype(np.int64)
    interval = bootstrap("accuracy", values, np.ones_like(values), seed)
    return Figure(name, float(values.mean()), interval, dataset, split, len(values), note)


def head_figures(head: HeadAnswers, dataset: str, seed: int) -> list[Figure]:
    """Give accuracy and macro recall without rejection, and what rejection costs."""
    note = f"{head.attribute}: best of {len(head.labels)} labels"
    actual, predicted = head.actual, head.predicted
    figures = [
        Figure(
            name,
            METRICS[name](predicted, actual),
            bootstrap(name, predicted, actual, seed),
            dataset,
            "test",
            len(actual),
            note,
        )
        for name in ("accuracy", "macroRecall")
    ]
    answered = (predicted == actual) & ~rejected(head.probabilities, head.threshold)
    wrong = lost(head.probabilities, actual, head.threshold)
    notes = (
        f"{head.attribute}: `other` below {head.threshold:.4f} counts as wrong",
        f"{head.attribute}: share that only `other` makes wrong; lower is better",
    )
    return [
        *figures,
        share_figure("accuracy", answered, dataset, "test", notes[0], seed),
        share_figure("rejectionLoss", wrong, dataset, "test", notes[1], seed),
    ]


def class_figures(head: HeadAnswers, dataset: str, seed: int) -> list[tuple[str, Figure]]:
    """Give each class's recall, and its precision where it was ever answered."""
    figures = []
    for number, label in enumerate(head.labels):
        of_class, answered = head.actual == number, head.predicted == number
        right = of_class & answered
        for name, among in (("recall", of_class), ("precision", answered)):
            if among.any():
                figure = share_figure(name, right[among], dataset, "test", "", seed)
                figures.append((f"{head.attribute}={label}", figure))
    return figures


def worst_confusions(head: HeadAnswers, most: int = 8) -> list[dict[str, Any]]:
    """Give the pairs of right and given label that happen most, with the right label's rows."""
    pairs = Counter(
        (int(right), int(given))
        for right, given in zip(head.actual, head.predicted, strict=True)
        if right != given
    )
    ordered = sorted(pairs.items(), key=lambda item: (-item[1], item[0]))
    return [
        {
            "attribute": head.attribute,
            "label": head.labels[right],
            "answered": head.labels[given],
            "count": count,
            "rows": int(np.sum(head.actual == right)),
        }
        for (right, given), count in ordered[:most]
    ]


def mean_accuracy(heads: Sequence[tuple[Labels, Labels]]) -> float:
    """Mean over heads of the accuracy on rows whose label is known, from (predicted, actual)."""
    return float(np.mean([accuracy(p[a >= 0], a[a >= 0]) for p, a in heads]))
