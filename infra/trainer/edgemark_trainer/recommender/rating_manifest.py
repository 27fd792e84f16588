"""manifest.json of a rating pack."""

from pathlib import Path
from typing import Any, Unpack

from edgemark_trainer.manifest import Shared, framed
from edgemark_trainer.recommender.graph import ONNX_NAMES
from edgemark_trainer.recommender.manifest import ITEMS_FILE, iso
from edgemark_trainer.recommender.rating_graph import INPUTS, OUTPUTS
from edgemark_trainer.recommender.rating_recipe import RatingRecipe


def rating_section(recipe: RatingRecipe, items: int, trained_until: float) -> dict[str, Any]:
    """Say how a caller turns ratings into the graph's inputs."""
    serving = recipe.serving
    return {
        "items": ITEMS_FILE,
        "itemCount": items,
        "dimensions": recipe.model["dimensions"],
        "eventWeights": serving.event_weights,
        "historyHalfLifeDays": serving.history_half_life_days,
        "maxHistory": serving.max_history,
        "popularityHalfLifeDays": serving.popularity_half_life_days,
        "ratingScale": list(recipe.scale),
        "trainedUntil": iso(trained_until),
    }


def rating_manifest(
    recipe: RatingRecipe, folder: Path, *, section: dict[str, Any], **shared: Unpack[Shared]
) -> dict[str, Any]:
    """Describe the finished files of `folder`; call it last. `shared` is as of `framed`."""
    inputs, outputs = (
        [{"name": name, "type": ONNX_NAMES[kind], "shape": shape} for name, kind, shape in specs]
        for specs in (INPUTS, OUTPUTS)
    )
    return framed(
        recipe,
        folder,
        "rating",
        inputs=inputs,
        outputs=outputs,
        body={"languages": list(recipe.languages), "recommender": section, "slices": []},
        **shared,
    )
