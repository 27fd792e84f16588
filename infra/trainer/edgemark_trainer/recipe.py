"""A recipe: the TOML file that says from what and how a pack is made."""

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

RECIPES = Path(__file__).parent.parent / "recipes"


@dataclass(frozen=True, slots=True)
class DataSpec:
    """How one data set is used.

    `labels` maps the set's labels to the pack's (absent: as they are); labels mapped to "" are
    left out. `train`, `validation` and `test` name parts of the set; the fractions split off a
    test part (always with seed 0, to be comparable with published baselines) and a validation
    part where the set has none. `yields_to` names sets whose training texts leave this set's test
    and validation parts, so that they may be trained on. `limit` keeps at most so many training
    rows. `soft` sets give only texts, which the teacher labels.
    """

    set: str
    train: str = ""
    validation: str = ""
    test: str = ""
    labels: dict[str, str] = field(default_factory=dict)
    test_fraction: float = 0.0
    validation_fraction: float = 0.0
    grouped: bool = False
    unique: bool = False
    yields_to: tuple[str, ...] = ()
    limit: int = 0
    weight: float = 1.0
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that decides a pack, apart from data and seed.

    `members` networks are trained from different starts and merged into one graph.
    `blend` (penalty, shares to choose from) adds a linear model to the bag's table.
    `family` is "text", or "intent" for the distilled intent model, which reads its own data.
    """

    name: str
    version: str
    title: str
    description: str
    licence: str
    languages: tuple[str, ...]
    labels: tuple[str, ...]
    max_tokens: int
    data: tuple[DataSpec, ...]
    tokenizer: dict[str, Any]
    model: dict[str, Any]
    training: dict[str, Any]
    family: str = "text"
    members: int = 1
    teacher: dict[str, Any] = field(default_factory=dict)
    blend: dict[str, Any] = field(default_factory=dict)
    card: dict[str, Any] = field(default_factory=dict)


def recipe_text(name_or_path: str) -> str:
    """Give a recipe's TOML by name (in the recipes folder) or by path."""
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = RECIPES / f"{name_or_path}.toml"
    return path.read_text(encoding="utf-8")


def recipe_family(text: str) -> str:
    """Say which family of packs a recipe's TOML is for."""
    return str(tomllib.loads(text).get("family", "text"))


def read_recipe(name_or_path: str) -> Recipe:
    """Read a recipe of texts by name or path; unknown keys are errors."""
    return parse_recipe(recipe_text(name_or_path))


def parse_recipe(text: str) -> Recipe:
    """Parse a recipe's TOML."""
    document = tomllib.loads(text)
    known = {f.name for f in fields(Recipe)}
    unknown = set(document) - known
    if unknown:
        raise ValueError(f"unknown keys in recipe: {', '.join(sorted(unknown))}")
    document["data"] = tuple(DataSpec(**spec) for spec in document["data"])
    for key in ("languages", "labels"):
        document[key] = tuple(document[key])
    return Recipe(**document)
