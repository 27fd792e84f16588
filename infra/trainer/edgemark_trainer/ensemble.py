"""Several networks, trained from different starts, as one: their logits' mean in one graph.

Networks of the same recipe err differently (Hansen and Salamon 1990, Neural Network Ensembles).
Their convolutions stand side by side as groups of one; the bag's table has one column either way,
so that only embeddings and filters take more room.
"""

import dataclasses
from collections.abc import Sequence

import torch
from torch import Tensor

from edgemark_trainer.text_classifier import TextClassifier


def merged(members: Sequence[TextClassifier]) -> TextClassifier:
    """Give one network whose logits are the mean of the members', which have equal shapes.

    Needs a bag of one column. Each head spreads its bag over the labels in its own direction; the
    merged one uses their mean, on which the members' tables are projected: exact where the
    directions are parallel, nearly so where they were trained from the same start.
    """
    first = members[0]
    if len(members) == 1:
        return first
    if first.shape.bag != 1 or not first.shape.filters:
        raise ValueError("only networks with a bag of one column and filters can be merged")
    shape = dataclasses.replace(
        first.shape,
        embedding=first.shape.embedding * len(members),
        filters=first.shape.filters * len(members),
        groups=len(members),
    )
    result = TextClassifier(shape)
    with torch.no_grad():
        result.embeddings.weight.copy_(torch.cat([m.embeddings.weight for m in members], dim=1))
        result.conv.weight.copy_(torch.cat([m.conv.weight for m in members]))
        _bias(result.conv.bias).copy_(torch.cat([_bias(m.conv.bias) for m in members]))
        result.head.bias.copy_(torch.stack([m.head.bias for m in members]).mean(dim=0))
        result.head.weight.copy_(torch.cat([_direction(members), *_pools(members)], dim=1))
        result.table.weight.copy_(_table(members))
    return result.eval()


def _direction(members: Sequence[TextClassifier]) -> Tensor:
    """Mean of the heads' columns for the bag: [classes, 1]."""
    return torch.stack([m.head.weight[:, :1] for m in members]).mean(dim=0)


def _table(members: Sequence[TextClassifier]) -> Tensor:
    """Mean of the bags' tables, each times its head's length along the common direction."""
    common = _direction(members)
    lengths = [(m.head.weight[:, :1] * common).sum() / common.square().sum() for m in members]
    tables = [m.table.weight * length for m, length in zip(members, lengths, strict=True)]
    return torch.stack(tables).mean(dim=0)


def _pools(members: Sequence[TextClassifier]) -> tuple[Tensor, Tensor]:
    """The heads' weights of maxima and of means, all members' filters side by side."""
    pools = [m.head.weight[:, 1:] / len(members) for m in members]
    halves = [pool.chunk(2, dim=1) for pool in pools]
    return torch.cat([h[0] for h in halves], dim=1), torch.cat([h[1] for h in halves], dim=1)


def _bias(bias: Tensor | None) -> Tensor:
    if bias is None:
        raise ValueError("the convolution has no bias")
    return bias
