"""Texts for distillation: recombined and disturbed training texts, for a teacher to label."""

import random
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from edgemark_trainer.rows import Row

_WORD = re.compile(r"[a-z0-9']+|[^\sa-z0-9']")
MOST_WORDS = 48


def words(text: str) -> list[str]:
    """Split into lower-case words and single other signs."""
    return _WORD.findall(text.lower())


class Chain:
    """Word chains of one label: each word follows one or two that it followed in some text."""

    def __init__(self, texts: Sequence[list[str]]) -> None:
        self.after_two: dict[tuple[str, str], list[str]] = defaultdict(list)
        self.after_one: dict[str, list[str]] = defaultdict(list)
        for text in texts:
            marked = ["<s>", "<s>", *text, "</s>"]
            for first, second, third in zip(marked, marked[1:], marked[2:], strict=False):
                self.after_two[first, second].append(third)
                self.after_one[second].append(third)

    def draw(self, rng: random.Random) -> list[str]:
        """Draw a text of at most 40 words."""
        drawn = ["<s>", "<s>"]
        while len(drawn) < 42:
            two = rng.random() < 0.6
            follow = self.after_two[drawn[-2], drawn[-1]] if two else self.after_one[drawn[-1]]
            word = rng.choice(follow)
            if word == "</s>":
                break
            drawn.append(word)
        return drawn[2:]


class Augmenter:
    """Draws new texts from labelled ones.

    40 % are spliced from two texts (70 % of one label, 22 % of one set), 20 % are drawn from
    their label's chain; then words are swapped for near ones, dropped or misspelt.
    `near` gives words that may stand for a word.
    """

    def __init__(
        self, rows: Mapping[str, Sequence[Row]], near: Mapping[str, list[str]], seed: int
    ) -> None:
        self.rng = random.Random(seed)
        self.near = near
        self.texts: list[list[str]] = []
        self.by_label: dict[str, list[int]] = defaultdict(list)
        self.by_set: dict[str, list[int]] = defaultdict(list)
        self.origin: list[tuple[str, str]] = []
        for name, part in rows.items():
            for row in part:
                self.by_label[row.label].append(len(self.texts))
                self.by_set[name].append(len(self.texts))
                self.origin.append((name, row.label))
                self.texts.append(words(row.text))
        self.chains = {
            label: Chain([self.texts[i] for i in numbers])
            for label, numbers in self.by_label.items()
        }

    def draw(self, rounds: int) -> list[str]:
        """Draw `rounds` texts from every row; give the distinct ones in random order."""
        drawn = {self._disturb(self._recombine(i)) for _ in range(rounds) for i in self._rows()}
        texts = sorted(drawn - {""})
        self.rng.shuffle(texts)
        return texts

    def _rows(self) -> range:
        return range(len(self.texts))

    def _recombine(self, number: int) -> list[str]:
        rng, text = self.rng, self.texts[number]
        name, label = self.origin[number]
        kind = rng.random()
        if kind < 0.4 and len(text) > 2:
            nearness = rng.random()
            same_set = self.by_set[name] if nearness < 0.92 else self._rows()
            other = self.texts[rng.choice(self.by_label[label] if nearness < 0.7 else same_set)]
            cut, start = rng.randint(1, len(text) - 1), rng.randint(0, max(0, len(other) - 1))
            if rng.random() < 0.7:
                return text[:cut] + other[start:]
            return other[start:] + text[:cut]
        return self.chains[label].draw(rng) if kind < 0.6 else text

    def _disturb(self, text: Sequence[str]) -> str:
        rng = self.rng
        swap = 0.22 if rng.random() < 0.6 else 0.0
        drop = 0.08 if rng.random() < 0.5 else 0.0
        misspell = 0.06 if rng.random() < 0.4 else 0.0
        result = []
        for word in text:
            if rng.random() < drop:
                continue
            if rng.random() < swap and word in self.near:
                word = rng.choice(self.near[word])
            if len(word) > 3 and rng.random() < misspell:
                word = self._misspell(word)
            result.append(word)
        return " ".join(result[:MOST_WORDS])

    def _misspell(self, word: str) -> str:
        i = self.rng.randint(0, len(word) - 2)
        swapped = word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        return self.rng.choice([swapped, word[:i] + word[i + 1 :], word[: i + 1] + word[i:]])


def near_words(
    wanted: set[str], vocabulary: Mapping[str, int], vectors: np.ndarray, least_cosine: float = 0.45
) -> dict[str, list[str]]:
    """Give up to eight whole words of `vocabulary` near each wanted word, by cosine of vectors."""
    candidates = [w for w in vocabulary if len(w) > 1 and w.isalpha() and w.isascii()]
    centred = vectors - vectors.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True) + 1e-9
    table = centred[[vocabulary[w] for w in candidates]]
    result = {}
    for word in sorted(wanted & vocabulary.keys()):
        cosines = table @ centred[vocabulary[word]]
        best = np.argsort(-cosines)[:9]
        near = [candidates[i] for i in best if cosines[i] > least_cosine and candidates[i] != word]
        if near and word.isalpha():
            result[word] = near[:8]
    return result
