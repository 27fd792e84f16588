"""README.md of a pack: the model card, in Hugging Face's style."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edgemark_trainer.manifest import file_entries, write_json
from edgemark_trainer.recipe import Recipe

if TYPE_CHECKING:
    from edgemark_trainer.image_recipe import ImageRecipe
    from edgemark_trainer.recommender.rating_recipe import RatingRecipe
    from edgemark_trainer.recommender.recipe import RecommenderRecipe


def card(recipe: Recipe, manifest: dict[str, Any]) -> str:
    """Compose the card of a text pack from the recipe's words and the manifest's figures."""
    languages = "".join(f"\n  - {language}" for language in recipe.languages)
    measured = [f"## Figures\n\n{_figures(manifest)}", f"## Data\n\n{data_table(manifest)}"]
    return composed_card(recipe, manifest, f"language:{languages}\n", measured)


def composed_card(
    recipe: "Recipe | ImageRecipe | RecommenderRecipe | RatingRecipe",
    manifest: dict[str, Any],
    front: str,
    measured: list[str],
) -> str:
    """Put what every card has around the sections of figures; `front` begins the front matter."""
    words = recipe.card
    sections = [
        f"---\n{front}license: other\nlicense_name: {recipe.name}-terms\n"
        f"pipeline_tag: {manifest['task']}\nlibrary_name: onnx\n---",
        f"# {recipe.title}\n\n{recipe.description}",
        f"## What it is for\n\n{words['use']}",
        f"## What it is not for\n\n{words['limits']}",
        *measured,
    ]
    if words.get("ideas"):
        sections.append(f"## What each idea gave\n\n{words['ideas_note']}\n\n{ideas_table(words)}")
    seed = manifest["lineage"]["seed"]
    command = (
        f"python -m edgemark_trainer pack {recipe.name} --data FOLDER --out FOLDER --seed {seed}"
    )
    sections.append(f"## Made again\n\nIn `infra/trainer`:\n\n```sh\n{command}\n```")
    return "\n\n".join(sections) + "\n"


def rewrite_card(recipe: Recipe, folder: Path) -> None:
    """Write a finished pack's card anew, for words that were found after the run."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    (folder / "README.md").write_text(card(recipe, manifest), encoding="utf-8")
    write_json(path, manifest | {"files": file_entries(folder)})


def table(head: list[str], rows: list[list[str]]) -> str:
    """Give a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def figure_table(manifest: dict[str, Any]) -> str:
    """Give the table of a manifest's metrics."""
    rows = [
        [
            f"{figure['dataset']} ({figure['split']})",
            figure["name"],
            f"{figure['value']:.4f}",
            f"{figure['interval'][0]:.4f} to {figure['interval'][1]:.4f}",
            str(figure["rows"]),
            figure.get("note", ""),
        ]
        for figure in manifest["metrics"]
    ]
    head = ["test set", "metric", "value", "95 % interval (bootstrap)", "rows", "note"]
    return table(head, rows)


def _figures(manifest: dict[str, Any]) -> str:
    check, calibration = manifest["precisionCheck"], manifest["calibration"]
    return (
        f"{figure_table(manifest)}\n\n"
        f"All figures are of the int8 graph that ships. On {check['dataset']} float32 has "
        f"{check['fp32']:.4f}, int8 {check['int8']:.4f} {check['metric']}. Temperature "
        f"{calibration['temperature']} was fitted on {calibration['dataset']} and is part of the "
        f"graph; expected calibration error there {calibration['ece']}."
    )


def data_table(manifest: dict[str, Any]) -> str:
    """Give the table of the sets that trained a pack."""
    rows = [
        [entry["name"], str(entry["rows"]), entry["licence"], entry["source"]]
        for entry in manifest["lineage"]["data"]
    ]
    return table(["set", "training rows", "terms", "source"], rows)


def ideas_table(words: dict[str, Any]) -> str:
    """Give the table of what each idea gave, from a recipe's words."""
    return table(words["ideas_head"], [[str(cell) for cell in row] for row in words["ideas"]])
