"""Progress objects: records of epochs, several an object where epochs are short."""

from collections.abc import Callable
from typing import Any

from edgemark_trainer.endpoint.plain_json import to_json
from edgemark_trainer.endpoint.storage import Storage, StorageError

LEAST_PAUSE = 2.0  # seconds between two objects


class ProgressWriter:
    """Stores records at the addresses in order, so paced that they last to the round's end.

    Progress is told, not needed: an object that could not be stored is tried again with the next
    record and is no reason to stop training.
    """

    def __init__(
        self,
        storage: Storage,
        places: list[str],
        now: Callable[[], float],
        ends_at: float,
    ) -> None:
        self._storage, self._places, self._now, self._ends_at = storage, places, now, ends_at
        self._began = now()
        self._waiting: list[dict[str, Any]] = []
        self._next = 0
        self._free_at = self._began

    def add(self, record: dict[str, Any]) -> None:
        """Take a record; store it where enough time has passed. The last address is kept."""
        self._waiting.append(record)
        if self._now() >= self._free_at and self._next < len(self._places) - 1:
            self._store()

    def close(self) -> None:
        """Store the rest at the next address."""
        if self._waiting and self._next < len(self._places):
            self._store()

    def _store(self) -> None:
        lines = "".join(to_json(record) + "\n" for record in self._waiting)
        try:
            self._storage.store(self._places[self._next], lines.encode(), "Progress")
        except StorageError as error:
            print(error.detail, flush=True)
            return
        self._next += 1
        self._waiting = []
        self._free_at = self._now() + self._pause()

    def _pause(self) -> float:
        """Give the time to the next object, which grows with the time that has passed.

        So a short round is seen in detail and a long one to its end.
        """
        passed = max(LEAST_PAUSE, self._now() - self._began)
        left = max(1, len(self._places) - 1 - self._next)
        growth: float = max(1.0, (self._ends_at - self._began) / passed) ** (1 / left)
        return max(LEAST_PAUSE, passed * (growth - 1))
