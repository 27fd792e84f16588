"""A recommender's recipe: the TOML file that says from what and how its pack is made."""

import tomllib
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class RepeatWeights:
    """What taking an item again is worth, beside the model's score (all zero: nothing).

    An item of the history gets count_weight * its events + recency_weight * the sum over them of
    2^(-age / recency_half_life_days); any item gets popularity_weight * its popularity. The share
    of customers who took an item again is part of the graph, rate_weight times.
    """

    count_weight: float = 0.0
    recency_weight: float = 0.0
    recency_half_life_days: float = 60.0
    popularity_weight: float = 0.0
    rate_weight: float = 0.0


@dataclass(frozen=True, slots=True)
class ServingSettings:
    """How a caller turns events into the graph's inputs.

    An item counts as its best event: the event's weight, halved with every half life of its age.
    """

    event_weights: dict[str, float]
    max_history: int
    popularity_half_life_days: float
    history_half_life_days: float | None = None


@dataclass(frozen=True, slots=True)
class RecommenderRecipe:
    """Everything that decides a recommender pack, apart from data and seed.

    The model is EASE's family (`model` has its settings), with forward weights where `forward` has
    their settings and share, at so many `dimensions`.
    """

    name: str
    version: str
    title: str
    description: str
    licence: str
    languages: tuple[str, ...]
    set: str
    dimensions: int
    model: dict[str, Any]
    serving: ServingSettings
    repeat: RepeatWeights
    forward: dict[str, Any] = field(default_factory=dict)
    family: str = "recommender"
    card: dict[str, Any] = field(default_factory=dict)


def parse_recommender_recipe(text: str) -> RecommenderRecipe:
    """Parse a recommender's TOML; unknown keys are errors."""
    document = tomllib.loads(text)
    unknown = set(document) - {f.name for f in fields(RecommenderRecipe)}
    if unknown:
        raise ValueError(f"unknown keys in recipe: {', '.join(sorted(unknown))}")
    document["languages"] = tuple(document["languages"])
    document["serving"] = ServingSettings(**document["serving"])
    document["repeat"] = RepeatWeights(**document.get("repeat", {}))
    return RecommenderRecipe(**document)
