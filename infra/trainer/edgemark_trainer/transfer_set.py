"""The texts on which the intent student learns, with the teachers' mean probabilities."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from edgemark_trainer.augmentation import Augmenter, near_words, words
from edgemark_trainer.calibration import softmax
from edgemark_trainer.distillation import UNKNOWN_LABEL
from edgemark_trainer.intent_corpus import OUT_OF_SCOPE, IntentCorpus
from edgemark_trainer.minilm_teacher import MiniLMTeacher, weights_folder
from edgemark_trainer.outsiders import assistant_requests, candidates, unlike
from edgemark_trainer.rows import Row

OUTSIDE_REPEATS = 3
OUTSIDERS = 1200
REQUESTS = 5000


@dataclass(frozen=True, slots=True)
class TransferSet:
    """Texts with probabilities [texts, labels] and label numbers (-1: not known)."""

    texts: list[str]
    targets: NDArray[np.float16]
    labels: NDArray[np.int64]


def labelled_rows(corpus: IntentCorpus) -> list[Row]:
    """Give every row the student may learn from: training parts and Banking77's validation part."""
    return corpus.known() + corpus.validation["banking"]


def draw_texts(corpus: IntentCorpus, root: Path, rounds: int, seed: int) -> list[str]:
    """Give unlabelled texts: other sets' and augmented ones, none of a validation or test part."""
    held_out = {
        row.text.lower()
        for part in (corpus.validation, corpus.test)
        for rows in part.values()
        for row in rows
    }
    others = sorted({*candidates(root), *assistant_requests(root, REQUESTS)})
    in_scope = {
        "clinc": corpus.train["clinc"],
        "banking": corpus.train["banking"] + corpus.validation["banking"],
    }
    known_words = {w for rows in in_scope.values() for row in rows for w in words(row.text)}
    augmenter = Augmenter(in_scope, _near_words(known_words), seed)
    return [text for text in others + augmenter.draw(rounds) if text.lower() not in held_out]


def _near_words(wanted: set[str]) -> dict[str, list[str]]:
    """Look up near words by the teacher's input vectors."""
    from safetensors.numpy import load_file

    weights = load_file(str(weights_folder() / "model.safetensors"))
    tokenizer = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
    vectors = weights["embeddings.word_embeddings.weight"].astype(np.float32)
    return near_words(wanted, tokenizer.get_vocab(), vectors)


def teacher_rows(corpus: IntentCorpus, root: Path, with_validation: bool) -> list[Row]:
    """Give a teacher's training rows: out-of-scope rows repeated, and outsiders beside them."""
    in_scope = corpus.train["clinc"] + corpus.train["banking"]
    outside = [Row(text, OUT_OF_SCOPE) for text in unlike(candidates(root), in_scope, OUTSIDERS)]
    rows = in_scope + corpus.train["outside"] * OUTSIDE_REPEATS + outside
    return rows + corpus.validation["banking"] if with_validation else rows


def transfer_set(
    corpus: IntentCorpus, root: Path, *, rounds: int, teachers: list[int], seed: int, cache: Path
) -> TransferSet:
    """Draw texts, fine-tune a teacher per seed in `teachers`, and average their probabilities.

    Texts and logits are kept in `cache` and read from there when they exist. The first teacher
    does not see Banking77's validation part, so that ideas can be compared on it; later ones do.
    """
    cache.mkdir(parents=True, exist_ok=True)
    number = {label: i for i, label in enumerate(corpus.labels())}
    labelled = labelled_rows(corpus)
    path = cache / "texts.json"
    if not path.exists():
        path.write_text(json.dumps(draw_texts(corpus, root, rounds, seed)), encoding="utf-8")
    drawn: list[str] = json.loads(path.read_text(encoding="utf-8"))
    texts = [row.text for row in labelled] + drawn
    total = np.zeros((len(texts), len(number)), dtype=np.float32)
    for order, teacher_seed in enumerate(teachers):
        path = cache / f"teacher-{teacher_seed}.npy"
        if not path.exists():
            rows = teacher_rows(corpus, root, with_validation=order > 0)
            labels = np.array([number[row.label] for row in rows])
            teacher = MiniLMTeacher(len(number))
            teacher.fit([row.text for row in rows], labels, seed=teacher_seed)
            np.save(path, teacher.logits(texts))
        total += softmax(np.load(path).astype(np.float32)).astype(np.float32)
    known = [number[row.label] for row in labelled] + [UNKNOWN_LABEL] * len(drawn)
    return TransferSet(texts, (total / len(teachers)).astype(np.float16), np.array(known))
