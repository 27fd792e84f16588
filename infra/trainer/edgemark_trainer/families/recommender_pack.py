"""Makes a recommender pack of factors: graph, items, figures, manifest, card."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgemark_trainer.evaluation import Figure
from edgemark_trainer.families.base import BadDatasetError, PackReport, PackWords
from edgemark_trainer.families.card import trained_card
from edgemark_trainer.families.interaction_data import questions
from edgemark_trainer.families.ranking_scores import ndcg_of
from edgemark_trainer.manifest import MODEL_FILE, write_json
from edgemark_trainer.readers.interactions import Interactions
from edgemark_trainer.recommender.figures import (
    LIST_LENGTH,
    FigureContext,
    accuracy_figures,
    beyond_figures,
)
from edgemark_trainer.recommender.graph import export_low_rank
from edgemark_trainer.recommender.graph_runner import GraphRecommender
from edgemark_trainer.recommender.low_rank import Factors
from edgemark_trainer.recommender.manifest import (
    ITEMS_FILE,
    items_document,
    recommender_manifest,
    recommender_section,
)
from edgemark_trainer.recommender.ranking_metrics import beyond, user_figures
from edgemark_trainer.recommender.recipe import RecommenderRecipe, RepeatWeights, ServingSettings
from edgemark_trainer.recommender.serving_history import popularity

# A type that has no weight counts as much as a purchase: it was collected for some reason.
EVENT_WEIGHTS = {"purchase": 1.0, "cart": 0.6, "like": 0.5, "click": 0.2, "view": 0.2}
NOTE = "new items only"


@dataclass(frozen=True, slots=True)
class PackEvents:
    """Factors that are measured and factors that ship, with their events.

    `known` and `asked` (the test split) are numbered as the measured factors' items, `shipped_of`
    as those of the shipped ones.
    """

    measured: Factors
    shipped: Factors
    known: Interactions
    asked: Interactions
    shipped_of: Interactions
    types: list[str]
    test_rows: int


def write_recommender_pack(parts: PackEvents, folder: Path, words: PackWords) -> PackReport:
    """Write the pack's folder."""
    figures, coverage, check = measured_figures(parts, words)
    recipe = recipe_of(parts, words)
    data = parts.shipped_of
    now = float(data.times.max())
    export_low_rank(parts.shipped, folder / MODEL_FILE, words.seed)
    prior = popularity(data, recipe.serving.popularity_half_life_days, now)
    write_json(folder / ITEMS_FILE, items_document(data, prior))
    describe: dict[str, Any] = {
        "section": recommender_section(recipe, data.shape[1], now),
        "precision_check": check,
        "figures": figures,
        "coverage": coverage,
        "data": [
            {
                "name": words.dataset,
                "licence": words.licence,
                "rows": len(data),
                "source": f"dataset {words.dataset}, version {words.dataset_version}",
            }
        ],
        "parameters": {"dimensions": recipe.dimensions},
        "seed": words.seed,
    }

    def described() -> dict[str, Any]:
        document = recommender_manifest(recipe, folder, **describe)
        document["lineage"] |= words.lineage()
        return document

    path = folder / "README.md"
    path.write_text("", encoding="utf-8")
    notes = [
        f"On {check['dataset']} float32 has {check['fp32']:.4f}, the int8 graph "
        f"{check['int8']:.4f} {check['metric']}. The figures are of a model of the events before "
        f"the test split; what ships knows {len(data)} events of {data.shape[1]} items."
    ]
    path.write_text(trained_card(words, described(), "", notes), encoding="utf-8")
    write_json(folder / "manifest.json", described())
    return PackReport(figures, parts.test_rows)


def measured_figures(
    parts: PackEvents, words: PackWords
) -> tuple[list[Figure], list[dict[str, Any]], dict[str, Any]]:
    """Measure the graph of the measured factors on the test split."""
    asked = questions(parts.known, parts.asked)
    if not asked.wanted.shape[0]:
        raise BadDatasetError("Nobody in the test split has a history and takes something new.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export_low_rank(parts.measured, path, words.seed)
        lists = GraphRecommender(path).top_new(asked.history, LIST_LENGTH)
    found = user_figures(lists, asked.wanted, LIST_LENGTH)
    context = FigureContext(words.dataset, "test", words.seed)
    figures = accuracy_figures(context, found, NOTE)
    more = beyond(lists, asked.history)
    if len(more.novelty):
        figures += beyond_figures(context, more, NOTE)
    coverage = [
        {
            "name": "coverage",
            "value": round(more.coverage, 4),
            "dataset": words.dataset,
            "split": "test",
            "slice": NOTE,
        }
    ]
    check = {
        "metric": "ndcg@10",
        "dataset": f"the test split, {NOTE}",
        "fp32": round(float(np.mean(ndcg_of(parts.measured, asked))), 4),
        "int8": round(figures[0].value, 4),
    }
    return figures, coverage, check


def recipe_of(parts: PackEvents, words: PackWords) -> RecommenderRecipe:
    """Give what the manifest's writer reads of a recipe."""
    settings = words.settings
    return RecommenderRecipe(
        name=words.name,
        version=words.version,
        title=words.title,
        description=words.description,
        licence=words.licence,
        languages=words.languages,
        set=words.dataset,
        dimensions=parts.shipped.inputs.shape[1],
        model={},
        serving=ServingSettings(
            {kind: EVENT_WEIGHTS.get(kind, 1.0) for kind in parts.types},
            int(settings["maxHistory"]),
            settings["popularityHalfLifeDays"],
        ),
        repeat=RepeatWeights(
            count_weight=settings["countWeight"],
            recency_weight=settings["recencyWeight"],
            recency_half_life_days=settings["recencyHalfLifeDays"],
            popularity_weight=settings["popularityWeight"],
        )
        if settings["countWeight"] or settings["recencyWeight"] or settings["popularityWeight"]
        else RepeatWeights(),
    )
