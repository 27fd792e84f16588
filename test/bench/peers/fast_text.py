"""fastText: supervised, word bigrams; Chinese is split into characters."""

import tempfile
from pathlib import Path

import fasttext
import numpy as np
from numpy.typing import NDArray

from peers.part import Part

FILE = "fasttext.bin"
PREFIX = "__label__"
# fastText ends a label at a blank; it takes this for a letter.
BLANK_IN_LABEL = "\u00a0"


def name_of(label: str) -> str:
    """Write a label as fastText's files have it."""
    return PREFIX + label.replace(" ", BLANK_IN_LABEL)


def label_of(name: str) -> str:
    """Give the label of fastText's name."""
    return name.removeprefix(PREFIX).replace(BLANK_IN_LABEL, " ")


class FastTextClassifier:
    """Softmax loss, so scores are probabilities."""

    def __init__(self, model: "fasttext.FastText._FastText", language: str) -> None:
        self.model = model
        self.language = language
        self.labels = [label_of(name) for name in model.get_labels()]
        self.positions = {
            name_of(label): index for index, label in enumerate(self.labels)
        }

    @classmethod
    def train(cls, part: Part, language: str) -> "FastTextClassifier":
        """lr 0.5; 50 epochs on short texts, 10 on reviews (more overfits); 100 dimensions."""
        epochs = 50 if len(set(part.labels)) > 2 else 10
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
            for text, label in zip(part.texts, part.labels, strict=True):
                file.write(f"{name_of(label)} {prepare(text, language)}\n")
            file.flush()
            model = fasttext.train_supervised(
                file.name,
                lr=0.5,
                epoch=epochs,
                wordNgrams=2,
                dim=100,
                thread=1,
                verbose=0,
            )
        return cls(model, language)

    @classmethod
    def load(cls, folder: Path, language: str = "en") -> "FastTextClassifier":
        """Read what `save` wrote."""
        return cls(fasttext.load_model(str(folder / FILE)), language)

    def save(self, folder: Path) -> None:
        """Write the model in fastText's own format."""
        self.model.save_model(str(folder / FILE))

    def scores(self, texts: list[str]) -> NDArray[np.float64]:
        """Give [texts, labels]."""
        result = np.zeros((len(texts), len(self.labels)))
        for row, text in enumerate(texts):
            for label, score in zip(
                *self.model.predict(prepare(text, self.language), k=-1), strict=True
            ):
                result[row, self.positions[label]] = score
        return result

    def top(self, text: str, k: int) -> list[tuple[str, float]]:
        """Give the best labels by fastText's own search, which is faster than scoring all."""
        labels, scores = self.model.predict(prepare(text, self.language), k=k)
        return [
            (label_of(label), float(score))
            for label, score in zip(labels, scores, strict=True)
        ]


def prepare(text: str, language: str) -> str:
    """Lower case, punctuation apart, one line; Chinese characters stand apart, since nothing else splits them."""
    line = " ".join(text.lower().split())
    if language == "zh":
        return " ".join(line.replace(" ", ""))
    return "".join(
        f" {c} " if not c.isalnum() and not c.isspace() and c != "'" else c
        for c in line
    )
