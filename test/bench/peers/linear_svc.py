"""scikit-learn: TF-IDF of words and characters, LinearSVC."""

import pickle
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline, make_union
from sklearn.svm import LinearSVC

from peers.part import Part

FILE = "linear-svc.pickle"


class LinearSvcClassifier:
    """Scores are a softmax of the decision values, so that every peer answers numbers of one kind."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline = pipeline
        self.labels = [str(label) for label in pipeline[-1].classes_]

    @classmethod
    def train(cls, part: Part, language: str) -> "LinearSvcClassifier":
        """Word 1-2 and character 2-5 grams for Latin script, characters 1-3 for Chinese."""
        return cls(
            make_pipeline(features_for(language), LinearSVC()).fit(
                part.texts, part.labels
            )
        )

    @classmethod
    def load(cls, folder: Path) -> "LinearSvcClassifier":
        """Read what `save` wrote."""
        return cls(pickle.loads((folder / FILE).read_bytes()))

    def save(self, folder: Path) -> None:
        """Write the fitted pipeline."""
        (folder / FILE).write_bytes(pickle.dumps(self.pipeline))

    def scores(self, texts: list[str]) -> NDArray[np.float64]:
        """Give [texts, labels]."""
        decision = self.pipeline.decision_function(texts)
        if decision.ndim == 1:
            decision = np.stack([-decision, decision], axis=1)
        exponent = np.exp(decision - decision.max(axis=1, keepdims=True))
        return exponent / exponent.sum(axis=1, keepdims=True)


def features_for(language: str) -> FeatureUnion:
    """Build the vectorisers of a language."""
    if language == "zh":
        return make_union(
            TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True)
        )
    return make_union(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True),
    )
