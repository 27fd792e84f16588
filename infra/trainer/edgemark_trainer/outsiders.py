"""Texts from other sets: questions (TREC), sentences (Tatoeba), requests (SNIPS).

Those unlike any known intent teach rejection; the others only travel as unlabelled texts.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from edgemark_trainer.rows import Row
from edgemark_trainer.translations import read_pairs

MOST_CONFIDENT = 0.12
SENTENCES = 6000


def candidates(root: Path, seed: int = 1) -> list[str]:
    """Read questions and a draw of sentences of 4 to 14 words."""
    trec = (root / "text/harvard-sent-conv/TREC.train.all").read_text(encoding="latin-1")
    questions = [" ".join(line.split()[1:]) for line in trec.splitlines()]
    english = {english for english, _ in read_pairs(root)}
    fitting = sorted(text for text in english if 4 <= len(text.split()) <= 14)
    drawn = random.Random(seed).sample(fitting, min(SENTENCES, len(fitting)))
    return sorted({*questions, *drawn} - {""})


def assistant_requests(root: Path, count: int, seed: int = 0) -> list[str]:
    """Draw requests of SNIPS, whose labels are not used; one of its files is in Latin-1."""
    texts: set[str] = set()
    for path in sorted((root / "text/snips-intents").glob("train_*_full.json")):
        content = path.read_bytes()
        try:
            document = json.loads(content.decode("utf-8"))
        except UnicodeDecodeError:
            document = json.loads(content.decode("latin-1"))
        for rows in document.values():
            for row in rows:
                texts.add(" ".join("".join(part["text"] for part in row["data"]).split()))
    drawn = sorted(texts)
    random.Random(seed).shuffle(drawn)
    return drawn[:count]


def unlike(texts: Sequence[str], known: Sequence[Row], count: int, seed: int = 0) -> list[str]:
    """Draw texts to which a classifier of the known intents gives no intent more than 12 %."""
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    features = vectorizer.fit_transform([row.text for row in known])
    model = LogisticRegression(C=10, max_iter=60).fit(features, [row.label for row in known])
    best = model.predict_proba(vectorizer.transform(texts)).max(axis=1)
    chosen = [text for text, p in zip(texts, best, strict=True) if p < MOST_CONFIDENT]
    random.Random(seed).shuffle(chosen)
    return chosen[:count]
