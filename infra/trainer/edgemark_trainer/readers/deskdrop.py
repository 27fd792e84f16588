"""Deskdrop: a year of a company's internal articles, viewed, liked, kept, followed, commented."""

import csv
import io
import zipfile
from pathlib import Path

import numpy as np

from edgemark_trainer.readers.interactions import InteractionDataset, Interactions, numbered

# The weights of the set's publisher (gspmoreira's recommender notebook on Kaggle).
EVENT_WEIGHTS = {"VIEW": 1.0, "LIKE": 2.0, "BOOKMARK": 2.5, "FOLLOW": 3.0, "COMMENT CREATED": 4.0}


def read_deskdrop(root: Path) -> Interactions:
    """Read events in order of time; agents and regions are left alone."""
    path = root / "recommend/deskdrop-interactions/users_interactions.csv.zip"
    with zipfile.ZipFile(path) as archive, archive.open("users_interactions.csv") as file:
        lines = list(csv.DictReader(io.TextIOWrapper(file, encoding="utf-8", newline="")))
    lines.sort(key=lambda line: float(line["timestamp"]))
    users, user_ids = numbered([line["personId"] for line in lines])
    items, item_ids = numbered([line["contentId"] for line in lines])
    return Interactions(
        users,
        items,
        np.array([EVENT_WEIGHTS[line["eventType"]] for line in lines]),
        np.array([float(line["timestamp"]) for line in lines]),
        user_ids,
        item_ids,
    )


DESKDROP = InteractionDataset(
    "CI&T Deskdrop",
    "unverified (Kaggle: ODbL as recalled)",
    "kaggle.com/datasets/gspmoreira/articles-sharing-reading-from-cit-deskdrop",
    read_deskdrop,
)
