"""README.md of an image pack: the model card, with figures by class and sheets of images."""

import json
from pathlib import Path
from typing import Any

from edgemark_trainer.card import composed_card, data_table, figure_table, table
from edgemark_trainer.image_recipe import ImageRecipe
from edgemark_trainer.manifest import file_entries, write_json

MISTAKES_FILE = "mistakes.png"
SAMPLES_FILE = "samples.png"
SAMPLES_TEXT = (
    "Test images drawn by chance, each with the answer of every head as it is served: green is "
    f"right, red wrong.\n\n![samples]({SAMPLES_FILE})"
)
MOST_CLASSES = 45  # of a head that the card lists; the manifest has all


def image_card(recipe: ImageRecipe, manifest: dict[str, Any], shown: bool) -> str:
    """Compose the card from the recipe's words and figures; `shown`: with sheets of images."""
    samples = [f"## What it answers\n\n{SAMPLES_TEXT}"] if shown else []
    measured = [
        *samples,
        f"## Figures\n\n{_figures(manifest)}",
        f"## By class\n\n{_classes(manifest)}",
        f"## What is confused most\n\n{_confusions(manifest, shown)}",
        f"## Data\n\n{data_table(manifest)}\n\n{_copies(manifest)}",
    ]
    return composed_card(recipe, manifest, "", measured)


def rewrite_image_card(recipe: ImageRecipe, folder: Path) -> None:
    """Write a finished pack's card anew, for words that were found after the run."""
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    text = image_card(recipe, manifest, (folder / SAMPLES_FILE).exists())
    (folder / "README.md").write_text(text, encoding="utf-8")
    write_json(path, manifest | {"files": file_entries(folder)})


def _figures(manifest: dict[str, Any]) -> str:
    check, calibration = manifest["precisionCheck"], manifest["calibration"]
    heads = "; ".join(
        f"{head['attribute']}: temperature {head['temperature']}, expected calibration error "
        f"{head['ece']}, `other` below {head['otherBelow']}"
        for head in calibration["heads"]
    )
    return (
        f"{figure_table(manifest)}\n\n"
        f"All figures are of the graph that ships (weights stored as int8). On {check['dataset']} "
        f"float32 has {check['fp32']:.4f}, int8 {check['int8']:.4f} {check['metric']}. Chosen on "
        f"{calibration['dataset']}, temperatures being part of the graph: {heads}."
    )


def _classes(manifest: dict[str, Any]) -> str:
    """Give a table of each head's classes, worst recall first."""
    values: dict[str, dict[str, dict[str, Any]]] = {}
    for entry in manifest["slices"]:
        attribute, label = entry["slice"].split("=", 1)
        values.setdefault(attribute, {}).setdefault(label, {})[entry["name"]] = entry
    parts = []
    for attribute, classes in values.items():
        tested = [(label, found) for label, found in classes.items() if "recall" in found]
        tested.sort(key=lambda item: (item[1]["recall"]["value"], item[0]))
        shown = tested[:MOST_CLASSES]
        rows = [
            [
                label,
                f"{found['recall']['value']:.3f}",
                " to ".join(f"{bound:.3f}" for bound in found["recall"]["interval"]),
                f"{found['precision']['value']:.3f}" if "precision" in found else "never answered",
                str(found["recall"]["rows"]),
            ]
            for label, found in shown
        ]
        rest = len(tested) - len(shown)
        more = f"\n\n{rest} better classes are in the manifest." if rest else ""
        parts.append(
            table([attribute, "recall", "95 % interval", "precision", "test images"], rows) + more
        )
    return "\n\n".join(parts)


def _confusions(manifest: dict[str, Any], shown: bool) -> str:
    rows = [
        [
            entry["attribute"],
            entry["label"],
            entry["answered"],
            f"{entry['count']} of {entry['rows']}",
        ]
        for entry in manifest["confusions"]
    ]
    text = table(["attribute", "is", "answered", "test images"], rows)
    if not shown:
        return text
    return f"{text}\n\nThe surest mistakes (right label, answer):\n\n![mistakes]({MISTAKES_FILE})"


def _copies(manifest: dict[str, Any]) -> str:
    dropped = manifest["lineage"]["parameters"]["droppedCopies"]
    return (
        f"Parts are the official ones. Training images that are near-copies of a validation or "
        f"test image (difference hash and thumbnail) are dropped: {dropped} were."
    )
