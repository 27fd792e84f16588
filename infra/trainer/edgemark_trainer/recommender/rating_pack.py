"""Makes a rating pack: ratings, factors, figures over folds, export, manifest, card."""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgemark_trainer.evaluation import Figure
from edgemark_trainer.manifest import MODEL_FILE, write_json
from edgemark_trainer.readers import INTERACTION_DATASETS
from edgemark_trainer.readers.interactions import Interactions, Ints
from edgemark_trainer.recommender.manifest import ITEMS_FILE, items_document
from edgemark_trainer.recommender.protocols import random_share, surprise_folds
from edgemark_trainer.recommender.rating_bayes import RatingBayes
from edgemark_trainer.recommender.rating_card import rating_card
from edgemark_trainer.recommender.rating_figures import FoldErrors, RatingContext
from edgemark_trainer.recommender.rating_fold_in import RatingFoldIn
from edgemark_trainer.recommender.rating_graph import export_rating
from edgemark_trainer.recommender.rating_graph_runner import GraphRater
from edgemark_trainer.recommender.rating_manifest import rating_manifest, rating_section
from edgemark_trainer.recommender.rating_recipe import RatingRecipe
from edgemark_trainer.recommender.rating_shipped import loaded_graph, shortened
from edgemark_trainer.recommender.serving_history import popularity

SHORT_HISTORIES = (0, 1, 5, 10, 20)
SHOWN_HISTORIES = 3
SHOWN_PREDICTIONS = 3
OFTEN_RATED = 200


@dataclass(frozen=True, slots=True)
class Measured:
    """What the folds showed."""

    figures: list[Figure]
    fp32_rmse: float


def fitted(recipe: RatingRecipe, train: Interactions, seed: int) -> RatingFoldIn:
    """Sample the recipe's factors."""
    model = RatingBayes(**recipe.model, seed=seed).fit(train)
    return RatingFoldIn.of(model, recipe.kept_sweeps, recipe.scale)


def measure(recipe: RatingRecipe, data: Interactions, title: str, seed: int) -> Measured:
    """Train on each fold's rest, predict the fold by the graph: whole histories and short ones."""
    whole: list[FoldErrors] = []
    floats: list[FoldErrors] = []
    short: dict[int, list[FoldErrors]] = {longest: [] for longest in SHORT_HISTORIES}
    for rest, held in surprise_folds(len(data), recipe.folds, recipe.folds_seed):
        train, test = data.take(rest), data.take(held)
        model = fitted(recipe, train, seed)
        graph = loaded_graph(model, "int8")
        whole.append(_errors(graph, train, test))
        floats.append(_errors(loaded_graph(model, "fp32"), train, test))
        for longest, found in short.items():
            found.append(_errors(graph, shortened(train, longest, seed), test))
    split = f"{recipe.folds} folds, seed {recipe.folds_seed}"
    context = RatingContext(title, split, data.shape[0], seed)
    figures = context.figures(whole, "all training ratings of a user")
    for longest, found in short.items():
        figures += context.figures(found, f"at most {longest} of a user's training ratings")
    strangers = [_stranger_errors(recipe, data, users, seed) for users in _user_folds(recipe, data)]
    figures += context.figures(strangers, "users left out of training, 80 % of their ratings given")
    return Measured(figures, context.figures(floats, "")[0].value)


def _user_folds(recipe: RatingRecipe, data: Interactions) -> list[Ints]:
    folds = surprise_folds(data.shape[0], recipe.folds, recipe.folds_seed)
    return [held for _, held in folds]


def _stranger_errors(
    recipe: RatingRecipe, data: Interactions, users: Ints, seed: int
) -> FoldErrors:
    """Train without these users, then fold them in from four fifths of their ratings."""
    is_stranger = np.isin(data.users, users)
    graph = loaded_graph(fitted(recipe, data.take(~is_stranger), seed), "int8")
    split = random_share(data.take(is_stranger), seed)
    return _errors(graph, split.train, split.test)


def _errors(graph: GraphRater, given: Interactions, test: Interactions) -> FoldErrors:
    found = graph.rate_pairs(given, test.users, test.items)
    return FoldErrors(test.users, found - test.values)


def make_rating_pack(recipe: RatingRecipe, root: Path, out: Path, seed: int) -> None:
    """Run the whole recipe and write the pack's folder."""
    known = INTERACTION_DATASETS[recipe.set]
    data = known.read(root)
    measured = measure(recipe, data, known.title, seed)
    model = fitted(recipe, data, seed)
    path = out / MODEL_FILE
    export_rating(model, path)
    now = float(data.times.max())
    prior = popularity(data, recipe.serving.popularity_half_life_days, now)
    write_json(out / ITEMS_FILE, items_document(data, prior))
    describe: dict[str, Any] = {
        "section": rating_section(recipe, data.shape[1], now),
        "figures": measured.figures,
        "precision_check": {
            "metric": "rmse",
            "dataset": measured.figures[0].split,
            "fp32": round(measured.fp32_rmse, 4),
            "int8": round(measured.figures[0].value, 4),
            "fp32Bytes": float_bytes(model),
            "int8Bytes": path.stat().st_size,
        },
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
            "keptSweeps": recipe.kept_sweeps,
            "serving": asdict(recipe.serving),
            "examples": examples(GraphRater(path), data, recipe.scale),
        },
        "seed": seed,
    }
    write_description(recipe, out, describe)


def float_bytes(model: RatingFoldIn) -> int:
    """Give the size of the float32 graph."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        export_rating(model, path, "fp32")
        return path.stat().st_size


def examples(graph: GraphRater, data: Interactions, ratings: Sequence[float]) -> list[Any]:
    """Give the highest predictions for somebody who rated one item, low or high."""
    names = data.titles or data.item_ids
    counts = np.bincount(data.items, minlength=data.shape[1])
    often = np.argsort(-counts, kind="stable")[:OFTEN_RATED]
    entries = []
    for item in often[:SHOWN_HISTORIES]:
        others = often[often != item]
        for rating in ratings:
            found = graph.rate(np.array([item]), np.array([rating]), others)
            best = np.argsort(-found, kind="stable")[:SHOWN_PREDICTIONS]
            shown = [
                {"item": names[others[place]], "rating": round(float(found[place]), 4)}
                for place in best
            ]
            entries.append({"item": names[item], "rated": rating, "predicted": shown})
    return entries


def write_description(recipe: RatingRecipe, out: Path, describe: dict[str, Any]) -> None:
    """Write the card, then the manifest that lists it with its hash."""
    path = out / "README.md"
    path.write_text("", encoding="utf-8")
    text = rating_card(recipe, rating_manifest(recipe, out, **describe))
    path.write_text(text, encoding="utf-8")
    write_json(out / "manifest.json", rating_manifest(recipe, out, **describe))
