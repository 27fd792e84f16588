"""spaCy: a blank pipeline with the bag-of-words text categoriser."""

import random
from pathlib import Path

import numpy as np
import spacy
from numpy.typing import NDArray
from spacy.language import Language
from spacy.training import Example
from spacy.util import fix_random_seed, minibatch

from peers.part import Part

FOLDER = "spacy-bow"
LEARN_RATE = 0.005
CONFIG = {
    "model": {
        "@architectures": "spacy.TextCatBOW.v3",
        "exclusive_classes": True,
        # The optimizer touches the whole table at each step: a quarter of the default trains in minutes with 227 classes.
        "length": 65536,
        "ngram_size": 2,
        "no_output_layer": False,
    }
}


class SpacyBowClassifier:
    """Exclusive classes, so scores are probabilities. Chinese is segmented by character, spaCy's default."""

    def __init__(self, pipeline: Language) -> None:
        self.pipeline = pipeline
        self.labels = list(pipeline.get_pipe("textcat").labels)

    @classmethod
    def train(cls, part: Part, language: str) -> "SpacyBowClassifier":
        """8 epochs on short texts with many classes, 3 on reviews; batches of 64."""
        fix_random_seed(0)
        pipeline = spacy.blank(language)
        textcat = pipeline.add_pipe("textcat", config=CONFIG)
        classes = sorted(set(part.labels))
        for label in classes:
            textcat.add_label(label)
        examples = [
            Example.from_dict(
                pipeline.make_doc(text),
                {"cats": {c: float(c == label) for c in classes}},
            )
            for text, label in zip(part.texts, part.labels, strict=True)
        ]
        optimizer = pipeline.initialize(lambda: examples[:1000])
        optimizer.learn_rate = LEARN_RATE
        rng = random.Random(0)
        for _ in range(8 if len(classes) > 2 else 3):
            rng.shuffle(examples)
            for batch in minibatch(examples, size=64):
                pipeline.update(batch, sgd=optimizer)
        return cls(pipeline)

    @classmethod
    def load(cls, folder: Path) -> "SpacyBowClassifier":
        """Read what `save` wrote."""
        return cls(spacy.load(folder / FOLDER))

    def save(self, folder: Path) -> None:
        """Write the pipeline."""
        self.pipeline.to_disk(folder / FOLDER)

    def scores(self, texts: list[str]) -> NDArray[np.float64]:
        """Give [texts, labels]."""
        docs = (
            self.pipeline.pipe(texts, batch_size=128)
            if len(texts) > 1
            else [self.pipeline(texts[0])]
        )
        return np.array([[doc.cats[label] for label in self.labels] for doc in docs])
