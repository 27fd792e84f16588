"""What ends a round before its job is done: its time, the cancel object, a signal."""

import json
import os
import signal
import threading
from collections.abc import Callable

from edgemark_trainer.endpoint.storage import Storage


class RoundStoppedError(Exception):
    """The round ends here; `status` and `code` are those of the answer."""

    def __init__(self, status: str, code: str | None, detail: str) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail


INTERRUPTED = RoundStoppedError("unfinished", "interrupted", "The container was told to stop.")
CANCELLED = RoundStoppedError("cancelled", None, "The job was cancelled.")
SUPERSEDED = RoundStoppedError("failed", "superseded", "A round with a higher fence is under way.")


class Control:
    """Watches; `check` raises at the first reason to stop."""

    def __init__(
        self,
        storage: Storage,
        cancel: str,
        fence: int,
        *,
        now: Callable[[], float],
        ends_at: float,
        poll_seconds: float,
    ) -> None:
        self._storage, self._cancel, self._fence = storage, cancel, fence
        self._now, self._ends_at, self._poll_seconds = now, ends_at, poll_seconds
        self._reason: RoundStoppedError | None = None
        self._parent = os.getppid()
        self._over = threading.Event()

    def start(self) -> None:
        """Begin to watch: SIGTERM, the cancel object, and whether the server still lives."""
        signal.signal(signal.SIGTERM, lambda *_: self.interrupt())
        threading.Thread(target=self._poll, daemon=True).start()

    def close(self) -> None:
        """Stop polling."""
        self._over.set()

    def interrupt(self) -> None:
        """Stop at the next step."""
        self._reason = self._reason or INTERRUPTED

    def check(self) -> None:
        """Raise RoundStoppedError if the round has to end."""
        if self._reason:
            raise self._reason
        if self._now() >= self._ends_at:
            raise RoundStoppedError("unfinished", "round-over", "The round's time is over.")

    def _poll(self) -> None:
        while not self._over.is_set():
            if os.getppid() != self._parent:
                self.interrupt()
            found = self._storage.glance(self._cancel)
            if found and found[0] == 200:
                self._reason = self._reason or self._meant(found[1])
            self._over.wait(self._poll_seconds)

    def _meant(self, body: bytes) -> RoundStoppedError | None:
        """Say what a cancel object means for this round; older ones may be all that it is for."""
        try:
            document = json.loads(body)
        except ValueError:
            return CANCELLED
        least = document.get("minimumFence") if isinstance(document, dict) else None
        if not isinstance(least, int):
            return CANCELLED
        return SUPERSEDED if self._fence < least else None
