"""manifest.json and config.json of an image pack."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Unpack

from edgemark_trainer.evaluation import Figure
from edgemark_trainer.image_export import output_names
from edgemark_trainer.image_recipe import ImageRecipe
from edgemark_trainer.manifest import Shared, figure_entry, framed

PREPROCESSOR_FILE = "preprocessor_config.json"


@dataclass(frozen=True, slots=True)
class Head:
    """An attribute's labels in the order of its logits, and its threshold for `other`."""

    attribute: str
    labels: tuple[str, ...]
    threshold: float


def image_config(heads: list[Head]) -> dict[str, Any]:
    """Give config.json with the label maps that Hugging Face tools look for (the first head's)."""
    labels = heads[0].labels
    return {
        "architectures": ["EdgemarkImageClassifier"],
        "model_type": "edgemark-image-classifier",
        "id2label": {str(i): label for i, label in enumerate(labels)},
        "label2id": {label: i for i, label in enumerate(labels)},
    }


def image_manifest(
    recipe: ImageRecipe,
    folder: Path,
    heads: list[Head],
    *,
    embedding: int,
    calibration: dict[str, Any],
    slices: list[tuple[str, Figure]],
    confusions: list[dict[str, Any]],
    **shared: Unpack[Shared],
) -> dict[str, Any]:
    """Describe the finished files of `folder`; call it last. `shared` is as of `framed`.

    Temperatures are part of the graph, so the heads have 1.
    """
    outputs = output_names(recipe.attributes)
    columns = [len(head.labels) for head in heads]
    shapes = [*zip(outputs, columns, strict=True), ("embedding", embedding)]
    size = recipe.size
    return framed(
        recipe,
        folder,
        "image-classification",
        inputs=[{"name": "pixel_values", "type": "float32", "shape": ["batch", 3, size, size]}],
        outputs=[
            {"name": name, "type": "float32", "shape": ["batch", count]} for name, count in shapes
        ],
        body={
            "image": {"preprocessor": PREPROCESSOR_FILE},
            "heads": [
                {
                    "attribute": head.attribute,
                    "output": output,
                    "labels": list(head.labels),
                    "otherBelow": round(head.threshold, 6),
                    "temperature": 1.0,
                }
                for head, output in zip(heads, outputs, strict=True)
            ],
            "scores": "softmax",
            "calibration": calibration,
            "slices": [figure_entry(figure) | {"slice": name} for name, figure in slices],
            "confusions": confusions,
        },
        **shared,
    )
