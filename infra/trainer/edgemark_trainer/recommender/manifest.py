"""manifest.json and items.json of a recommender pack."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Unpack

from edgemark_trainer.manifest import Shared, framed
from edgemark_trainer.readers.interactions import Floats, Interactions
from edgemark_trainer.recommender.graph import INPUTS, ONNX_NAMES, OUTPUTS, made_at_load_bytes
from edgemark_trainer.recommender.recipe import RecommenderRecipe, RepeatWeights

ITEMS_FILE = "items.json"


def items_document(data: Interactions, popularity: Floats) -> dict[str, Any]:
    """Give the columns of the catalogue, in the order of the graph's indexes."""
    document: dict[str, Any] = {"schemaVersion": 1, "ids": list(data.item_ids)}
    if data.titles:
        document["titles"] = list(data.titles)
    if data.prices:
        document["prices"] = list(data.prices)
    return document | {"popularity": [round(float(value), 6) for value in popularity]}


def iso(seconds: float) -> str:
    """Write Unix seconds as ISO 8601."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def recommender_section(
    recipe: RecommenderRecipe, items: int, trained_until: float
) -> dict[str, Any]:
    """Say how a caller turns events into the graph's inputs; see `RepeatWeights`."""
    serving, repeat = recipe.serving, recipe.repeat
    section: dict[str, Any] = {
        "items": ITEMS_FILE,
        "itemCount": items,
        "dimensions": recipe.dimensions,
        "eventWeights": serving.event_weights,
        "historyHalfLifeDays": serving.history_half_life_days,
        "maxHistory": serving.max_history,
        "popularityHalfLifeDays": serving.popularity_half_life_days,
        "trainedUntil": iso(trained_until),
    }
    if repeat == RepeatWeights():
        return section
    return section | {
        "repeat": {
            "countWeight": repeat.count_weight,
            "recencyWeight": repeat.recency_weight,
            "recencyHalfLifeDays": repeat.recency_half_life_days,
            "popularityWeight": repeat.popularity_weight,
        }
    }


def recommender_manifest(
    recipe: RecommenderRecipe,
    folder: Path,
    *,
    section: dict[str, Any],
    coverage: list[dict[str, Any]],
    **shared: Unpack[Shared],
) -> dict[str, Any]:
    """Describe the finished files of `folder`; call it last. `shared` is as of `framed`."""
    inputs, outputs = (
        [{"name": name, "type": ONNX_NAMES[kind], "shape": shape} for name, kind, shape in specs]
        for specs in (INPUTS, OUTPUTS)
    )
    return framed(
        recipe,
        folder,
        "recommendation",
        inputs=inputs,
        outputs=outputs,
        made_at_load_bytes=made_at_load_bytes(section["itemCount"], recipe.dimensions),
        body={"languages": list(recipe.languages), "recommender": section, "slices": coverage},
        **shared,
    )
