"""Which figures a test set gets: over all labels, and over those labels that the set has."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edgemark_trainer.corpus import Source
from edgemark_trainer.evaluation import METRICS, Figure, accuracy, bootstrap, restricted_argmax
from edgemark_trainer.readers import DATASETS

Labels = NDArray[np.int64]
Logits = NDArray[np.float32]


def present_classes(source: Source, labels: Sequence[str]) -> Labels:
    """Give the indices of the pack's labels that the data set knows."""
    names = {row.label for row in [*source.train, *source.validation, *source.test]}
    return np.array([i for i, label in enumerate(labels) if label in names], dtype=np.int64)


def score_sources(
    sources: Sequence[Source], logits: Sequence[Logits], actual: Sequence[Labels]
) -> dict[str, float]:
    """Accuracy of each validation part among the classes that it has."""
    scores = {}
    for source, values, right in zip(sources, logits, actual, strict=True):
        if len(right):
            scores[source.spec.set] = accuracy(restricted_argmax(values, np.unique(right)), right)
    return scores


def source_figures(
    source: Source,
    logits: Logits,
    actual: Labels,
    classes: Labels,
    labels: Sequence[str],
    seed: int,
) -> list[Figure]:
    """Give accuracy, macro recall and F1 over all labels, and accuracy among the set's own.

    A three-class sentiment set also gets its two-class accuracy: neutral rows and logit left out.
    """
    known = DATASETS[source.spec.set]
    split = "test" if source.spec.test else f"{source.spec.test_fraction:.0%} held out"

    def figure(name: str, predicted: Labels, right: Labels, note: str) -> Figure:
        interval = bootstrap(name, predicted, right, seed)
        value = METRICS[name](predicted, right)
        return Figure(name, value, interval, known.title, split, len(right), note)

    everything = logits.argmax(1)
    figures = []
    if len(classes) < len(labels):
        note = "among the set's own labels" if len(classes) > 2 else "two-class"
        figures.append(figure("accuracy", restricted_argmax(logits, classes), actual, note))
    elif "neutral" in labels:
        polar = actual != list(labels).index("neutral")
        poles = classes[classes != list(labels).index("neutral")]
        predicted = restricted_argmax(logits[polar], poles)
        figures.append(figure("accuracy", predicted, actual[polar], "two-class"))
    note = f"among all {len(labels)} labels"
    figures.append(figure("accuracy", everything, actual, note))
    if len(classes) == len(labels) or len(classes) > 2:
        figures.append(figure("macroRecall", everything, actual, note))
        figures.append(figure("macroF1", everything, actual, note))
    return figures
