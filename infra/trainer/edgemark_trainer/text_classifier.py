"""The text-classifier family: a bag of hashed token n-grams beside a small convolution.

logits = head([bag, max pool, mean pool]); the bag sums one table's rows for tokens and n-grams,
divided by the square root of the token count; the pools are over ReLU(conv(embeddings)).
Either part may be switched off by size 0.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

# Odd multipliers of the n-gram hash by distance from the current token; the graph uses the same.
MULTIPLIERS = (1_000_003, 2_654_435_761, 1_540_483_477)


@dataclass(frozen=True, slots=True)
class TextClassifierShape:
    """Sizes: `vocabulary` tokens, `hashed` buckets of n-grams of `orders` (2 and 3 at most).

    `groups` divide embedding columns and filters among networks that stand side by side.
    """

    vocabulary: int
    classes: int
    hashed: int = 0
    orders: tuple[int, ...] = (2, 3)
    bag: int = 3
    embedding: int = 0
    filters: int = 0
    width: int = 3
    groups: int = 1

    def __post_init__(self) -> None:
        """Refuse orders that the graph cannot compute."""
        if not set(self.orders) <= {2, 3}:
            raise ValueError("orders of n-grams are 2 and 3")


def ngram_indices(ids: Tensor, mask: Tensor, shape: TextClassifierShape) -> Tensor:
    """Give rows of the bag's table [batch, tokens x (1 + orders)] int64; 0 where masked.

    A token's n-gram ends at it; before the first token stand zeros.
    """
    ids = ids * mask
    earlier = nn.functional.pad(ids, (2, 0))
    rows = [ids]
    total = ids * MULTIPLIERS[0]
    for order in (2, 3):
        start = 3 - order
        total = total + earlier[:, start : start + ids.shape[1]] * MULTIPLIERS[order - 1] + 1
        if order in shape.orders and shape.hashed:
            rows.append((total % shape.hashed + shape.vocabulary) * mask)
    return torch.cat(rows, dim=1)


class TextClassifier(nn.Module):
    """Gives logits [batch, classes] for ids and mask, int64 [batch, tokens]."""

    def __init__(
        self,
        shape: TextClassifierShape,
        *,
        feature_dropout: float = 0.15,
        hidden_dropout: float = 0.3,
    ) -> None:
        super().__init__()
        self.shape = shape
        self.feature_dropout = feature_dropout
        self.table = nn.Embedding(shape.vocabulary + shape.hashed, shape.bag, padding_idx=0)
        nn.init.normal_(self.table.weight, std=0.02)
        features = shape.bag
        if shape.filters:
            self.embeddings = nn.Embedding(shape.vocabulary, shape.embedding, padding_idx=0)
            nn.init.normal_(self.embeddings.weight, std=0.1)
            self.conv = nn.Conv1d(
                shape.embedding,
                shape.filters,
                shape.width,
                padding=shape.width // 2,
                groups=shape.groups,
            )
            features += 2 * shape.filters
        self.dropout = nn.Dropout(hidden_dropout)
        self.head = nn.Linear(features, shape.classes)
        with torch.no_grad():
            self.table.weight[0] = 0
            if shape.filters:
                self.embeddings.weight[0] = 0
            if shape.bag == shape.classes:
                self.head.weight[:, : shape.bag] = torch.eye(shape.classes)
            if shape.bag == 1:  # one scale from the first label to the last
                self.head.weight[:, 0] = torch.linspace(-1, 1, shape.classes)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """Compute the logits; in training, single features are dropped as well as hidden ones."""
        count = mask.sum(1, keepdim=True).clamp(min=1).float()
        indices = ngram_indices(ids, mask, self.shape)
        if self.training and self.feature_dropout:
            indices = indices * (
                torch.rand(indices.shape, device=indices.device) >= self.feature_dropout
            )
        bag = self.bag(indices) / count.sqrt()
        if not self.shape.filters:
            return self.logits(self.dropout(bag))
        pooled = self.pools(ids * mask, mask.float().unsqueeze(1), count)
        return self.logits(torch.cat([bag, self.dropout(pooled)], dim=1))

    def logits(self, features: Tensor) -> Tensor:
        """Apply the linear head."""
        return nn.functional.linear(features, self.head.weight, self.head.bias)

    def bag(self, indices: Tensor) -> Tensor:
        """Sum the table's rows of each text: [batch, bag]."""
        return nn.functional.embedding_bag(
            indices, self.table.weight, mode="sum", padding_idx=self.table.padding_idx
        )

    def pools(self, ids: Tensor, mask: Tensor, count: Tensor) -> Tensor:
        """Maximum and mean over tokens of the convolution's ReLU: [batch, 2 x filters].

        The outputs are not negative, so a masked zero never wins the maximum wrongly.
        """
        embedded = self.embeddings(ids).transpose(1, 2)
        if self.training and self.feature_dropout:
            drawn = torch.rand(ids.shape[0], 1, ids.shape[1], device=ids.device)
            keep = drawn >= self.feature_dropout
            embedded = embedded * keep
        active = self.conv(embedded).relu() * mask
        return torch.cat([active.amax(2), active.sum(2) / count], dim=1)
