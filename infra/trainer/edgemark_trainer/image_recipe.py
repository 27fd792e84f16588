"""An image recipe: the TOML file that says from what and how an image pack is made."""

import tomllib
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class Outsiders:
    """Images that a pack knows nothing of: a part of a set, kept to `labels` of an attribute."""

    set: str
    part: str
    note: str
    attribute: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImageRecipe:
    """Everything that decides an image pack, apart from data and seed.

    `attributes` are the set's attributes that get a head each. The pack sees `size` x `size`
    pixels; training crops come from images of `source_size`. Training parts of `outliers` and
    `pages` drawn pages of text teach what is none of the labels; `outsiders` are only measured.
    `mirrored` packs answer by the mean of a picture and its mirror image, in twice the time.
    `rejection_loss` (0 to 1) is the share of validation rows that each head's threshold for
    `other` may make wrong.
    """

    name: str
    version: str
    title: str
    description: str
    licence: str
    set: str
    attributes: tuple[str, ...]
    size: int
    source_size: int
    rejection_loss: float
    network: dict[str, Any]
    augmentation: dict[str, Any]
    training: dict[str, Any]
    family: str = "image-classifier"
    outliers: tuple[str, ...] = ()
    pages: int = 0
    mirrored: bool = False
    outsiders: tuple[Outsiders, ...] = ()
    card: dict[str, Any] = field(default_factory=dict)


def parse_image_recipe(text: str) -> ImageRecipe:
    """Parse an image recipe's TOML; unknown keys are errors."""
    document = tomllib.loads(text)
    unknown = set(document) - {f.name for f in fields(ImageRecipe)}
    if unknown:
        raise ValueError(f"unknown keys in recipe: {', '.join(sorted(unknown))}")
    document["outsiders"] = tuple(
        Outsiders(**spec | {"labels": tuple(spec.get("labels", ()))})
        for spec in document.get("outsiders", ())
    )
    for key in ("attributes", "outliers"):
        document[key] = tuple(document.get(key, ()))
    return ImageRecipe(**document)
