"""A rating pack's recipe: the TOML file that says from what and how it is made."""

import tomllib
from dataclasses import dataclass, field, fields
from typing import Any

from edgemark_trainer.recommender.recipe import ServingSettings


@dataclass(frozen=True, slots=True)
class RatingRecipe:
    """Everything that decides a rating pack, apart from data and seed.

    `model` has the settings of `RatingBayes`, of whose sweeps `kept_sweeps` ship; predictions stay
    within `scale`. Figures are of `folds` parts drawn by `folds_seed` as Surprise draws them.
    """

    name: str
    version: str
    title: str
    description: str
    licence: str
    languages: tuple[str, ...]
    set: str
    scale: tuple[float, float]
    kept_sweeps: int
    model: dict[str, Any]
    serving: ServingSettings
    folds: int = 5
    folds_seed: int = 0
    family: str = "rating"
    card: dict[str, Any] = field(default_factory=dict)


def parse_rating_recipe(text: str) -> RatingRecipe:
    """Parse a rating pack's TOML; unknown keys are errors."""
    document = tomllib.loads(text)
    unknown = set(document) - {f.name for f in fields(RatingRecipe)}
    if unknown:
        raise ValueError(f"unknown keys in recipe: {', '.join(sorted(unknown))}")
    least, most = document["scale"]
    document["scale"] = (float(least), float(most))
    document["languages"] = tuple(document["languages"])
    document["serving"] = ServingSettings(**document["serving"])
    return RatingRecipe(**document)
