"""NLTK: its naive Bayes over the presence of words (characters and pairs of them for Chinese)."""

import pickle
from collections import Counter
from pathlib import Path

import numpy as np
from nltk import NaiveBayesClassifier
from nltk.tokenize import wordpunct_tokenize
from numpy.typing import NDArray

from peers.part import Part

FILE = "naive-bayes.pickle"
MAX_FEATURES = 5000
MIN_COUNT = 2


class NltkBayesClassifier:
    """NLTK keeps a distribution per label and feature: the vocabulary is bounded to keep it in memory."""

    def __init__(
        self, model: NaiveBayesClassifier, vocabulary: set[str], language: str
    ) -> None:
        self.model = model
        self.vocabulary = vocabulary
        self.language = language
        self.labels = sorted(model.labels())

    @classmethod
    def train(cls, part: Part, language: str) -> "NltkBayesClassifier":
        """Keep the most frequent words."""
        token_sets = [tokens(text, language) for text in part.texts]
        counts = Counter(token for found in token_sets for token in found)
        vocabulary = {
            t for t, count in counts.most_common(MAX_FEATURES) if count >= MIN_COUNT
        }
        rows = [
            ({token: True for token in found & vocabulary}, label)
            for found, label in zip(token_sets, part.labels, strict=True)
        ]
        return cls(NaiveBayesClassifier.train(rows), vocabulary, language)

    @classmethod
    def load(cls, folder: Path) -> "NltkBayesClassifier":
        """Read what `save` wrote."""
        return cls(*pickle.loads((folder / FILE).read_bytes()))

    def save(self, folder: Path) -> None:
        """Write model, vocabulary and language."""
        (folder / FILE).write_bytes(
            pickle.dumps((self.model, self.vocabulary, self.language))
        )

    def scores(self, texts: list[str]) -> NDArray[np.float64]:
        """Give [texts, labels]."""
        rows = []
        for text in texts:
            found = tokens(text, self.language) & self.vocabulary
            distribution = self.model.prob_classify({token: True for token in found})
            rows.append([distribution.prob(label) for label in self.labels])
        return np.array(rows)


def tokens(text: str, language: str) -> set[str]:
    """Give the distinct words, or characters and pairs of them."""
    if language == "zh":
        return set(text) | {text[i : i + 2] for i in range(len(text) - 1)}
    return set(wordpunct_tokenize(text.lower()))
