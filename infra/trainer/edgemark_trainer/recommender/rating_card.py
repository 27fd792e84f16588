"""README.md of a rating pack: the model card."""

import json
from pathlib import Path
from typing import Any

from edgemark_trainer.card import composed_card, data_table, figure_table, table
from edgemark_trainer.manifest import file_entries, write_json
from edgemark_trainer.recommender.rating_recipe import RatingRecipe


def rating_card(recipe: RatingRecipe, manifest: dict[str, Any]) -> str:
    """Compose the card from the recipe's words and the manifest's figures."""
    languages = "".join(f"\n  - {language}" for language in recipe.languages)
    measured = [
        f"## What it answers\n\n{_examples(manifest)}",
        f"## Figures\n\n{_figures(manifest)}",
        f"## Data\n\n{data_table(manifest)}\n\n{recipe.card['data_note']}",
    ]
    return composed_card(recipe, manifest, f"language:{languages}\n", measured)


def rewrite_rating_card(recipe: RatingRecipe, folder: Path) -> None:
    """Write a finished pack's card anew, for words that were found after the run."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    (folder / "README.md").write_text(rating_card(recipe, manifest), encoding="utf-8")
    write_json(path, manifest | {"files": file_entries(folder)})


def _examples(manifest: dict[str, Any]) -> str:
    rows = []
    for entry in manifest["lineage"]["parameters"]["examples"]:
        shown = "; ".join(f"{one['item']} {one['rating']:.2f}" for one in entry["predicted"])
        rows.append([entry["item"], f"{entry['rated']:g}", shown])
    text = "The graph's highest predictions among often rated items, for a history of one rating:"
    return f"{text}\n\n{table(['item', 'rated', 'predicted'], rows)}"


def _figures(manifest: dict[str, Any]) -> str:
    check, until = manifest["precisionCheck"], manifest["recommender"]["trainedUntil"]
    return (
        f"{figure_table(manifest)}\n\n"
        "Means over the folds; users are folded in by the graph from their training ratings, and "
        "intervals are over users. No model sees when a rating was given. On "
        f"{check['dataset']} the float32 graph has {check['fp32']:.4f}, the int8 graph that ships "
        f"{check['int8']:.4f} {check['metric']}, at {check['int8Bytes'] / 2**20:.2f} MiB instead "
        f"of {check['fp32Bytes'] / 2**20:.2f}.\n\n"
        "Figures are of graphs made by this recipe from a fold's training part; the graph that "
        f"ships is made by the same recipe from all ratings until {until}."
    )
