"""A dataset of interactions made ready: events numbered, and what is asked of a model."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from edgemark_trainer.families.base import BadDatasetError
from edgemark_trainer.readers.interactions import Interactions, Ints
from edgemark_trainer.recommender.protocols import Split, of_known_items

LEAST_EVENTS, LEAST_ITEMS, LEAST_ASKED = 50, 10, 10
HISTORY_SHARE = 0.8  # of the events of a user of whom training knows nothing


@dataclass(frozen=True, slots=True)
class Event:
    """A row of a dataset of interactions."""

    user: str
    item: str
    type: str
    at: float
    value: float
    title: str
    price: float | None


@dataclass(frozen=True, slots=True)
class Questions:
    """What users had, and which new items they took then: sparse [users asked, items]."""

    history: csr_array
    wanted: csr_array


def read_events(rows: Iterable[Mapping[str, Any]], split: str) -> list[Event]:
    """Read a split's rows; raises BadDatasetError."""
    events = []
    for line, row in enumerate(rows, 1):
        try:
            user, item, kind = row["user"], row["itemId"], row["type"]
            at = datetime.fromisoformat(row["at"])
            value, price = row.get("value"), row.get("price")
            events.append(
                Event(
                    str(user),
                    str(item),
                    str(kind),
                    (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp(),
                    float(1.0 if value is None else value),
                    str(row.get("title") or ""),
                    None if price is None else float(price),
                )
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadDatasetError(
                f"Row {line} of {split} is no interaction: user, itemId, type and at (ISO 8601)."
            ) from error
    return events


class Catalogue:
    """Users and items in order of their first appearance, by number.

    `strangers` are events of which the users count, too, but not the items.
    """

    def __init__(self, events: Sequence[Event], strangers: Sequence[Event] = ()) -> None:
        users = dict.fromkeys(e.user for e in (*events, *strangers))
        self.users = {user: i for i, user in enumerate(users)}
        self.items = {item: i for i, item in enumerate(dict.fromkeys(e.item for e in events))}
        self._titles = {e.item: e.title for e in events if e.title}
        self._prices = {e.item: e.price for e in events if e.price is not None}

    def interactions(self, events: Sequence[Event]) -> Interactions:
        """Number events; those of unknown users or items are left out."""
        known = [e for e in events if e.user in self.users and e.item in self.items]
        is_titled = len(self._titles) == len(self.items)
        is_priced = len(self._prices) == len(self.items)
        return Interactions(
            np.array([self.users[e.user] for e in known], dtype=np.int64),
            np.array([self.items[e.item] for e in known], dtype=np.int64),
            np.array([e.value for e in known], dtype=np.float64),
            np.array([e.at for e in known], dtype=np.float64),
            tuple(self.users),
            tuple(self.items),
            titles=tuple(self._titles[item] for item in self.items) if is_titled else (),
            prices=tuple(self._prices[item] for item in self.items) if is_priced else (),
        )


def questions(known: Interactions, asked: Interactions) -> Questions:
    """Ask for the new items of `asked` by what `known` has of their users.

    Where a split holds whole users, of whom training has nothing, each one's earlier events are
    their history and the later ones what is asked for.
    """
    found = _questions(Split(known, asked))
    if found.wanted.shape[0] >= LEAST_ASKED:
        return found
    is_history = earlier(asked)
    history, rest = asked.take(is_history), asked.take(~is_history)
    folded = _questions(Split(history, rest), np.bincount(known.items, minlength=known.shape[1]))
    return folded if folded.wanted.shape[0] > found.wanted.shape[0] else found


def _questions(split: Split, counts: Ints | None = None) -> Questions:
    wanted = of_known_items(split.new_pairs(), split) if counts is None else split.new_pairs()
    if counts is not None:
        wanted = csr_array(wanted.multiply((counts > 0)[None, :].astype(np.float64)))
        wanted.eliminate_zeros()
    had = split.train.binary()
    rows = np.flatnonzero((np.diff(wanted.indptr) > 0) & (np.diff(had.indptr) > 0))
    return Questions(had[rows], wanted[rows])


def earlier(events: Interactions) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Say which events are among the first `HISTORY_SHARE` of their user's."""
    order = np.lexsort((events.times, events.users))
    users = events.users[order]
    starts = np.searchsorted(users, users)
    counts = np.bincount(users, minlength=events.shape[0])[users]
    result = np.zeros(len(events), dtype=np.bool_)
    result[order] = np.arange(len(users)) - starts < HISTORY_SHARE * counts
    return result


def check_events(train: Interactions, asked: Questions) -> None:
    """Refuse what nothing can be learned from or chosen by; raises BadDatasetError."""
    items = len(np.unique(train.items))
    if len(train) < LEAST_EVENTS:
        raise BadDatasetError(f"There are {len(train)} training events; {LEAST_EVENTS} at least.")
    if items < LEAST_ITEMS:
        raise BadDatasetError(f"Training events are of {items} items; {LEAST_ITEMS} at least.")
    if asked.wanted.shape[0] < LEAST_ASKED:
        raise BadDatasetError(
            f"{asked.wanted.shape[0]} users of the validation split have a history and take "
            f"something new that training knows; {LEAST_ASKED} at least."
        )
