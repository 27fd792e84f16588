"""Ratings by a pack's graph from JSON lines: what serving is compared with."""

import json
import sys
from pathlib import Path

import numpy as np

from edgemark_trainer.recommender.rating_graph_runner import GraphRater


def rate_lines(pack: Path) -> None:
    """Read `{"history": {itemId: rating}, "itemIds": []}` lines, write lists of ratings.

    Items of a history that the pack does not know are left out, unknown items asked about are null.
    """
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    items = json.loads((pack / manifest["recommender"]["items"]).read_text(encoding="utf-8"))
    indexes = {name: index for index, name in enumerate(items["ids"])}
    graph = GraphRater(pack / manifest["model"]["file"])
    for line in sys.stdin:
        asked = json.loads(line)
        given = {indexes[name]: r for name, r in asked["history"].items() if name in indexes}
        known = [indexes[name] for name in asked["itemIds"] if name in indexes]
        found = iter(
            graph.rate(
                np.array(list(given), dtype=np.int64),
                np.array(list(given.values()), dtype=np.float64),
                np.array(known, dtype=np.int64),
            ).tolist()
        )
        ratings = [next(found) if name in indexes else None for name in asked["itemIds"]]
        sys.stdout.write(json.dumps(ratings) + "\n")
