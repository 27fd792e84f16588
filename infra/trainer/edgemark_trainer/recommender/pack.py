"""Makes a recommender pack: events, model, figures before the cut, export, manifest, card."""

import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from edgemark_trainer.evaluation import Figure
from edgemark_trainer.manifest import MODEL_FILE, write_json
from edgemark_trainer.readers import INTERACTION_DATASETS
from edgemark_trainer.readers.interactions import Interactions
from edgemark_trainer.recommender.card import recommender_card
from edgemark_trainer.recommender.ease import EASE
from edgemark_trainer.recommender.figures import (
    LIST_LENGTH,
    FigureContext,
    accuracy_figures,
    beyond_figures,
)
from edgemark_trainer.recommender.forward import ForwardBlend, ForwardSettings, repeat_rates
from edgemark_trainer.recommender.graph import export_low_rank
from edgemark_trainer.recommender.graph_runner import GraphRecommender
from edgemark_trainer.recommender.low_rank import LinearRanker, reduced
from edgemark_trainer.recommender.manifest import (
    ITEMS_FILE,
    items_document,
    recommender_manifest,
    recommender_section,
)
from edgemark_trainer.recommender.protocols import Split, calendar_cut, of_known_items
from edgemark_trainer.recommender.ranking_metrics import beyond, top_items, user_figures
from edgemark_trainer.recommender.recipe import RecommenderRecipe
from edgemark_trainer.recommender.serving_history import (
    history_weights,
    popularity,
    repeat_bonus,
)

CUT = 0.8
SPLIT_NAME = "calendar cut at 80 %"
SHOWN_ITEMS = 6
RATE_CUTS = ForwardSettings(half_life_days=120.0)


@dataclass(frozen=True, slots=True)
class Measured:
    """What the cut showed."""

    figures: list[Figure]
    coverage: list[dict[str, Any]]
    precision_check: dict[str, Any]


def fitted(recipe: RecommenderRecipe, train: Interactions) -> EASE | ForwardBlend:
    """Fit the recipe's model to the users who have anything."""
    ease = EASE(**recipe.model)
    if not recipe.forward:
        return ease.fit(of_users(train))
    settings = {key: value for key, value in recipe.forward.items() if key != "share"}
    blend = ForwardBlend(ease, ForwardSettings(**settings), recipe.forward["share"])
    return blend.fit(train)


def of_users(train: Interactions) -> csr_array:
    """Give the binary matrix of those who have anything."""
    return train.binary()[np.unique(train.users)]


def export_fitted(
    recipe: RecommenderRecipe, model: LinearRanker, train: Interactions, path: Path, seed: int = 1
) -> None:
    """Reduce the model to the recipe's dimensions and write its graph."""
    factors = reduced(model, of_users(train), recipe.dimensions, seed)
    own = None
    if recipe.repeat.rate_weight:
        own = recipe.repeat.rate_weight * repeat_rates(train, RATE_CUTS)
    export_low_rank(factors, path, seed, own)


def measure(recipe: RecommenderRecipe, split: Split, title: str, seed: int) -> Measured:
    """Train before the cut, list for what came after it: new items alone, and with repeats."""
    train, now = split.train, float(split.train.times.max())
    binary, users = train.binary(), split.known_users()
    model = fitted(recipe, train)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export_fitted(recipe, model, train, path, seed)
        graph, size = GraphRecommender(path), path.stat().st_size
    history = history_weights(train, recipe.serving, now)[users]
    new, again = (of_known_items(w, split)[users] for w in (split.new_pairs(), split.test.binary()))
    prior = popularity(train, recipe.serving.popularity_half_life_days, now)
    lists = graph.top_new(history, LIST_LENGTH)
    repeats = graph.top_again(
        history,
        repeat_bonus(train, recipe.repeat, now)[users],
        recipe.repeat.popularity_weight * prior,
        LIST_LENGTH,
    )
    context = FigureContext(title, SPLIT_NAME, seed)
    figures: list[Figure] = []
    coverage = []
    for note, shown, wanted in (("new items only", lists, new), ("with repeats", repeats, again)):
        measured = np.diff(wanted.indptr) > 0
        figures += accuracy_figures(context, user_figures(shown, wanted, LIST_LENGTH), note)
        found = beyond(shown[measured], binary[users][measured])
        figures += beyond_figures(context, found, note)
        coverage.append(
            {
                "name": "coverage",
                "value": round(found.coverage, 4),
                "dataset": title,
                "split": SPLIT_NAME,
                "slice": note,
            }
        )
    dense = dense_lists(model, history)
    check = {
        "metric": "ndcg@10",
        "dataset": f"{SPLIT_NAME}, new items only",
        "fp32": round(float(user_figures(dense, new, LIST_LENGTH).ndcg.mean()), 4),
        "int8": round(figures[0].value, 4),
        "timesSmaller": round(4 * train.shape[1] ** 2 / size),
    }
    return Measured(figures, coverage, check)


def dense_lists(model: LinearRanker, history: csr_array) -> NDArray[np.int64]:
    """Give the lists of the float model."""
    scores = model.score(history)
    scores[history.nonzero()] = -np.inf
    return top_items(scores, LIST_LENGTH)


def make_recommender_pack(recipe: RecommenderRecipe, root: Path, out: Path, seed: int) -> None:
    """Run the whole recipe and write the pack's folder."""
    known = INTERACTION_DATASETS[recipe.set]
    data = known.read(root)
    measured = measure(recipe, calendar_cut(data, CUT), known.title, seed)
    now = float(data.times.max())
    export_fitted(recipe, fitted(recipe, data), data, out / MODEL_FILE, seed)
    prior = popularity(data, recipe.serving.popularity_half_life_days, now)
    write_json(out / ITEMS_FILE, items_document(data, prior))
    describe: dict[str, Any] = {
        "section": recommender_section(recipe, data.shape[1], now),
        "precision_check": measured.precision_check,
        "figures": measured.figures,
        "coverage": measured.coverage,
        "data": [
            {
                "name": known.title,
                "licence": known.licence,
                "rows": len(data),
                "source": known.source,
            }
        ],
        "parameters": {
            "model": recipe.model,
            "forward": recipe.forward,
            "dimensions": recipe.dimensions,
            "serving": asdict(recipe.serving),
            "repeat": asdict(recipe.repeat),
            "examples": examples(GraphRecommender(out / MODEL_FILE), data),
        },
        "seed": seed,
    }
    write_description(recipe, out, describe)


def examples(graph: GraphRecommender, data: Interactions) -> list[dict[str, Any]]:
    """Give the first answers for some of the most bought items."""
    names = data.titles or data.item_ids
    counts = np.bincount(data.items, minlength=data.shape[1])
    entries = []
    for item in np.argsort(-counts, kind="stable")[:SHOWN_ITEMS]:
        one = np.array([item])
        found = graph.run(one, np.ones(1), np.full(1, -np.inf), np.zeros(1), 3)
        entries.append({"because": names[item], "recommended": [names[i] for i in found.ids]})
    return entries


def write_description(recipe: RecommenderRecipe, out: Path, describe: dict[str, Any]) -> None:
    """Write the card, then the manifest that lists it with its hash."""
    path = out / "README.md"
    path.write_text("", encoding="utf-8")
    path.write_text(
        recommender_card(recipe, recommender_manifest(recipe, out, **describe)), encoding="utf-8"
    )
    write_json(out / "manifest.json", recommender_manifest(recipe, out, **describe))
