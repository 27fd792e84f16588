"""The peers by name; each is imported only when asked for, so that a server starts as if it stood alone."""

from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from peers.part import Part


class Classifier(Protocol):
    """A trained peer."""

    labels: list[str]

    def scores(self, texts: list[str]) -> NDArray[np.float64]:
        """Give [texts, labels], in the order of `labels`."""

    def save(self, folder: Path) -> None:
        """Write into a folder that `load` reads."""


class ClassifierType(Protocol):
    """How a peer comes to be."""

    def train(self, part: Part, language: str) -> Classifier:
        """Fit to the rows."""

    def load(self, folder: Path) -> Classifier:
        """Read a saved one."""


PEERS = {
    "fasttext": ("peers.fast_text", "FastTextClassifier"),
    "linear-svc": ("peers.linear_svc", "LinearSvcClassifier"),
    "spacy": ("peers.spacy_bow", "SpacyBowClassifier"),
    "nltk": ("peers.naive_bayes", "NltkBayesClassifier"),
}


def classifier_type(peer: str) -> ClassifierType:
    """Import a peer."""
    module, name = PEERS[peer]
    return cast("ClassifierType", getattr(import_module(module), name))
