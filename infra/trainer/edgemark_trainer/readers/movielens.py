"""MovieLens 100k: ratings of films from 1 to 5 with the time at which they were given."""

from pathlib import Path

import numpy as np

from edgemark_trainer.readers.interactions import InteractionDataset, Interactions, numbered


def read_movielens(root: Path) -> Interactions:
    """Read `u.data` (user, item, rating, Unix seconds by tabs) and the titles of `u.item`."""
    base = root / "recommend/movielens-100k"
    lines = [line.split("\t") for line in (base / "u.data").read_text().splitlines()]
    users, user_ids = numbered([line[0] for line in lines])
    items, item_ids = numbered([line[1] for line in lines])
    rows = [row.split("|") for row in (base / "u.item").read_text("latin-1").splitlines()]
    titles = {row[0]: row[1] for row in rows}
    return Interactions(
        users,
        items,
        np.array([float(line[2]) for line in lines]),
        np.array([float(line[3]) for line in lines]),
        user_ids,
        item_ids,
        tuple(titles[name] for name in item_ids),
    )


MOVIELENS = InteractionDataset(
    "MovieLens 100k",
    "research use, no redistribution, non-commercial (GroupLens)",
    "grouplens.org/datasets/movielens/100k, Harper and Konstan 2015",
    read_movielens,
)
