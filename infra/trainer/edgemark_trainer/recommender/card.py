"""README.md of a recommender pack: the model card."""

import json
from pathlib import Path
from typing import Any

from edgemark_trainer.card import composed_card, data_table, figure_table, table
from edgemark_trainer.manifest import file_entries, write_json
from edgemark_trainer.recommender.recipe import RecommenderRecipe


def recommender_card(recipe: RecommenderRecipe, manifest: dict[str, Any]) -> str:
    """Compose the card from the recipe's words and the manifest's figures."""
    languages = "".join(f"\n  - {language}" for language in recipe.languages)
    measured = [
        f"## What it answers\n\n{_examples(manifest)}",
        f"## Figures\n\n{_figures(manifest)}",
        f"## Data\n\n{data_table(manifest)}\n\n{recipe.card['data_note']}",
    ]
    return composed_card(recipe, manifest, f"language:{languages}\n", measured)


def rewrite_recommender_card(recipe: RecommenderRecipe, folder: Path) -> None:
    """Write a finished pack's card anew, for words that were found after the run."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    (folder / "README.md").write_text(recommender_card(recipe, manifest), encoding="utf-8")
    write_json(path, manifest | {"files": file_entries(folder)})


def _examples(manifest: dict[str, Any]) -> str:
    examples = manifest["lineage"]["parameters"]["examples"]
    rows = [[entry["because"], "; ".join(entry["recommended"])] for entry in examples]
    text = "The graph's answers to a history of one item, for often bought items of the catalogue:"
    return f"{text}\n\n{table(['bought', 'recommended first'], rows)}"


def _figures(manifest: dict[str, Any]) -> str:
    check, until = manifest["precisionCheck"], manifest["recommender"]["trainedUntil"]
    shown = "; ".join(f"{entry['value']:.3f} ({entry['slice']})" for entry in manifest["slices"])
    return (
        f"{figure_table(manifest)}\n\n"
        f"Share of the catalogue that the lists of all customers together show: {shown}. On "
        f"{check['dataset']} the dense float32 matrix has {check['fp32']:.4f}, the int8 graph "
        f"{check['int8']:.4f} {check['metric']}, at 1/{check['timesSmaller']} of its size.\n\n"
        "Figures are of a graph made by this recipe from events before the cut; the graph that "
        f"ships is made by the same recipe from all events until {until}."
    )
