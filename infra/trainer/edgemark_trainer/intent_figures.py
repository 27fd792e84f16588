"""Figures of the intent pack on the test parts, in the joint label space and in each set's own."""

import numpy as np
from numpy.typing import NDArray

from edgemark_trainer.evaluation import Figure, bootstrap, restricted_argmax
from edgemark_trainer.intent_corpus import IntentCorpus
from edgemark_trainer.out_of_scope import rejection_loss

Logits = dict[str, NDArray[np.float32]]
TITLES = {"clinc": "CLINC150 in-scope", "banking": "Banking77", "outside": "CLINC150 out-of-scope"}


def intent_figures(corpus: IntentCorpus, logits: Logits, seed: int) -> list[Figure]:
    """Give accuracies with intervals, the recall of rejection and what rejection costs.

    `logits` [rows, labels] by part of `corpus.test`.
    """
    number = {label: i for i, label in enumerate(corpus.labels())}
    figures = []
    for part in ("clinc", "banking"):
        actual = np.array([number[row.label] for row in corpus.test[part]])
        own = np.array(sorted(number[label] for label in corpus.labels_of(part)))
        views = (
            (logits[part].argmax(axis=1), "argmax over all 227 labels, out_of_scope included"),
            (logits[part][:, :-1].argmax(axis=1), "argmax over all in-scope labels of both sets"),
            (restricted_argmax(logits[part], own), "argmax over this set's own labels only"),
        )
        figures += [_figure("accuracy", p, actual, part, note, seed) for p, note in views]
        loss = rejection_loss(logits[part], actual)
        rejected = (logits[part].argmax(axis=1) == len(number) - 1) & (
            logits[part][:, :-1].argmax(axis=1) == actual
        )
        note = "share of rows that only rejection makes wrong: lower is better"
        interval = bootstrap(
            "accuracy", rejected.astype(np.int64), np.ones(len(actual), np.int64), seed
        )
        figures.append(
            Figure("rejectionLoss", loss, interval, TITLES[part], "test", len(actual), note)
        )
    outside = np.full(len(logits["outside"]), len(number) - 1)
    predicted = logits["outside"].argmax(axis=1)
    note = "share of out-of-scope texts answered out_of_scope"
    figures.append(_figure("recall", predicted, outside, "outside", note, seed))
    return figures


def _figure(
    name: str,
    predicted: NDArray[np.int64],
    actual: NDArray[np.int64],
    part: str,
    note: str,
    seed: int,
) -> Figure:
    value = float(np.mean(predicted == actual))
    interval = bootstrap("accuracy", predicted, actual, seed)
    return Figure(name, value, interval, TITLES[part], "test", len(actual), note)
