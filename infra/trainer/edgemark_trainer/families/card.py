"""README.md of a pack that an endpoint trained: the model card."""

import json
from typing import Any

from edgemark_trainer.card import figure_table, table
from edgemark_trainer.families.base import PackWords


def trained_card(words: PackWords, manifest: dict[str, Any], front: str, notes: list[str]) -> str:
    """Compose the card; `front` begins the front matter, `notes` end the section of figures."""
    lineage = manifest["lineage"]
    rows = [[name, json.dumps(value)] for name, value in sorted(words.settings.items())]
    return (
        "\n\n".join(
            [
                f"---\n{front}license: other\nlicense_name: {words.name}-terms\n"
                f"pipeline_tag: {manifest['task']}\nlibrary_name: onnx\n---",
                f"# {words.title}\n\n{words.description}",
                "## What it is for, and what not\n\nIt was trained on your own data: it knows "
                f"what the dataset `{words.dataset}` holds, in its languages and its labels, and "
                "nothing else. Look at figures by slice before it decides anything about a person.",
                f"## Figures\n\n{figure_table(manifest)}\n\nThe test split was read once, when "
                f"this pack was made; everything was chosen on validation. {' '.join(notes)}",
                f"## Data\n\nVersion `{words.dataset_version}` of `{words.dataset}`: "
                f"{lineage['data'][0]['rows']} training rows. Terms: {words.licence}.",
                f"## How it was made\n\nBy job `{words.job}`, algorithm `{words.algorithm}`, seed "
                f"{words.seed}, {lineage['trainer']}.\n\n{table(['setting', 'value'], rows)}",
            ]
        )
        + "\n"
    )
