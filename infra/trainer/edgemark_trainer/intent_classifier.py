"""The intent family: a normalised bag of tokens and hashed token pairs beside a convolution.

logits = head([LayerNorm(bag), max pool of ReLU(conv(embeddings))]). A token's bag vector is its
own plus the vectors of its character 3- to 5-grams (Bojanowski et al. 2017); both are constant
per token, so the export folds them into one table and serving never sees character n-grams.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

# Token pairs (a, b) fall into bucket (a + OFFSET) * b mod buckets: with a prime number of buckets
# one-to-one in a and in b, and bucket 0 exactly where b is padding.
OFFSET = 977
WIDTH = 3
PAD_ID = 0


@dataclass(frozen=True, slots=True)
class IntentShape:
    """Sizes; `pairs` is a prime, larger than `vocabulary` + OFFSET."""

    vocabulary: int
    classes: int
    pairs: int = 28_001
    bag: int = 80
    embedding: int = 64
    filters: int = 64
    characters: int = 20_000


def character_ngrams(piece: str, buckets: int) -> list[int]:
    """Give the buckets (from 1; 0 is none) of a piece's character 3- to 5-grams with its edges."""
    if piece.startswith("[") and piece.endswith("]") and len(piece) > 2:
        return []
    marked = f"{piece[2:]}>" if piece.startswith("##") else f"<{piece}>"
    grams = {marked[i : i + n] for n in (3, 4, 5) for i in range(len(marked) - n + 1)}
    return sorted({zlib.crc32(gram.encode()) % buckets + 1 for gram in grams})


def padded(rows: Sequence[Sequence[int]]) -> Tensor:
    """Give rows as int64 [rows, longest], filled up with 0."""
    longest = max(map(len, rows))
    return torch.tensor([[*row, *[0] * (longest - len(row))] for row in rows])


class IntentClassifier(nn.Module):
    """Gives logits [batch, classes] for ids int64 [batch, tokens], padded with 0."""

    def __init__(
        self,
        shape: IntentShape,
        pieces: Sequence[str],
        *,
        feature_dropout: float = 0.15,
        hidden_dropout: float = 0.2,
    ) -> None:
        super().__init__()
        if shape.pairs <= shape.vocabulary + OFFSET:
            raise ValueError("there must be more pair buckets than vocabulary + offset")
        self.shape = shape
        self.feature_dropout = feature_dropout
        self.table = nn.Parameter(torch.randn(shape.vocabulary + shape.pairs, shape.bag) * 0.05)
        self.characters = nn.Parameter(torch.randn(shape.characters + 1, shape.bag) * 0.025)
        grams = padded([character_ngrams(piece, shape.characters) for piece in pieces])
        self.grams: Tensor
        self.register_buffer("grams", grams, persistent=False)
        self.normalise = nn.LayerNorm(shape.bag)
        self.embeddings = nn.Parameter(torch.randn(shape.vocabulary, shape.embedding) * 0.3)
        self.conv = nn.Conv1d(shape.embedding, shape.filters, WIDTH, padding=WIDTH // 2)
        self.dropout = nn.Dropout(hidden_dropout)
        self.head = nn.Linear(shape.bag + shape.filters, shape.classes)

    def forward(self, ids: Tensor) -> Tensor:
        """Compute the logits; in training, single features are dropped as well as hidden ones."""
        bag = self.normalise(self.bag(ids))
        logits: Tensor = self.head(self.dropout(torch.cat([bag, self.pool(ids)], dim=1)))
        return logits

    def rows(self, ids: Tensor) -> Tensor:
        """Give the table's rows of each text [batch, 2 tokens - 1]; 0 for nothing."""
        pair = (ids[:, :-1] + OFFSET) * ids[:, 1:] % self.shape.pairs
        shifted = torch.where(pair > 0, pair + self.shape.vocabulary, 0)
        return torch.cat([ids, shifted], dim=1)

    def bag(self, ids: Tensor) -> Tensor:
        """Sum the vectors of each text's tokens and pairs: [batch, bag]."""
        rows = self.rows(ids)
        if self.training and self.feature_dropout:
            rows = rows * (torch.rand(rows.shape) >= self.feature_dropout)
        used, position = torch.unique(rows, return_inverse=True)
        return nn.functional.embedding_bag(position, self.vectors(used), mode="sum")

    def vectors(self, rows: Tensor) -> Tensor:
        """Give table vectors with the tokens' character n-grams added in; zero for row 0."""
        tokens = rows < self.shape.vocabulary
        grams = nn.functional.embedding_bag(
            self.grams[rows[tokens]], self.characters, mode="sum", padding_idx=0
        )
        vectors = self.table[rows].index_add(0, tokens.nonzero()[:, 0], grams)
        return vectors * (rows != PAD_ID).unsqueeze(1)

    def folded_table(self) -> Tensor:
        """Give the bag's whole table as served: [vocabulary + pairs, bag]."""
        with torch.no_grad():
            table = self.vectors(torch.arange(len(self.table)))
            table[self.shape.vocabulary] = 0
            return table

    def pool(self, ids: Tensor) -> Tensor:
        """Maximum over tokens of the convolution's ReLU: [batch, filters]; padding never wins."""
        real = (ids != PAD_ID).unsqueeze(1)
        embedded = nn.functional.embedding(ids, self.embeddings).transpose(1, 2) * real
        if self.training and self.feature_dropout:
            keep = torch.rand(ids.shape[0], 1, ids.shape[1]) >= self.feature_dropout
            embedded = embedded * keep
        active: Tensor = self.conv(embedded).relu() * real
        return active.amax(2)
