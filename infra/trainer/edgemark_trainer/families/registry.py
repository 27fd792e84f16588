"""The families that an endpoint knows, by name, and their description as JSON."""

import json
from typing import Any

from edgemark_trainer.families.base import Family
from edgemark_trainer.families.image_classifier import ImageClassifierFamily
from edgemark_trainer.families.recommender import RecommenderFamily
from edgemark_trainer.families.text_classifier import TextClassifierFamily

FAMILIES: dict[str, Family] = {
    family.name: family
    for family in (TextClassifierFamily(), ImageClassifierFamily(), RecommenderFamily())
}


def families_document() -> dict[str, Any]:
    """Describe families, algorithms and hyperparameters."""
    return {
        "schemaVersion": 1,
        "families": {
            family.name: {
                "datasetKind": family.kind,
                "metric": family.metric,
                "auto": {"baseline": family.baseline, "candidate": family.candidate},
                "algorithms": {
                    name: {
                        "title": algorithm.title,
                        "halving": algorithm.epochs is not None,
                        "hyperparameters": {
                            key: found.document()
                            for key, found in algorithm.hyperparameters.items()
                        },
                    }
                    for name, algorithm in family.algorithms.items()
                },
            }
            for family in FAMILIES.values()
        },
    }


def families_text() -> str:
    """Give families.json."""
    return json.dumps(families_document(), indent=2) + "\n"
