"""HetRec Last.fm 2k: how often users listened to artists, and who are friends."""

from pathlib import Path

import numpy as np

from edgemark_trainer.readers.interactions import InteractionDataset, Interactions, numbered


def read_lastfm(root: Path) -> Interactions:
    """Read listens, artists' names and friends (both directions are in the file, no header)."""
    base = root / "recommend/hetrec-lastfm-2k"
    lines = [line.split() for line in (base / "user_artists.dat").read_text().splitlines()[1:]]
    users, user_ids = numbered([line[0] for line in lines])
    items, item_ids = numbered([line[1] for line in lines])
    rows = (base / "artists.dat").read_text("utf-8").split("\n")[1:]
    names = dict(row.split("\t")[:2] for row in rows if row)
    place = {name: i for i, name in enumerate(user_ids)}
    edges = [line.split() for line in (base / "user_friends.dat").read_text().splitlines()]
    friends = [(place[a], place[b]) for a, b in edges if a in place and b in place]
    return Interactions(
        users,
        items,
        np.array([float(line[2]) for line in lines]),
        np.zeros(len(lines)),
        user_ids,
        item_ids,
        tuple(names.get(name, "") for name in item_ids),
        friends=np.array(friends, dtype=np.int64),
    )


LASTFM = InteractionDataset(
    "HetRec 2011 Last.fm 2k",
    "non-commercial (Last.fm)",
    "grouplens.org/datasets/hetrec-2011, Cantador et al. 2011",
    read_lastfm,
)
