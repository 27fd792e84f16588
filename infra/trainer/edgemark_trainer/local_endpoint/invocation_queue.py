"""The queue of asynchronous invocations: one at a time, each with its life and time-out.

It lives in memory: what waits when the local endpoint ends is lost, where SageMaker would keep it.
"""

import json
import queue
import threading
import time
import traceback
from dataclasses import dataclass

from edgemark_trainer.local_endpoint.container import (
    Container,
    ContainerAnswer,
    ContainerDiedError,
    InvocationTimeoutError,
)
from edgemark_trainer.local_endpoint.staging import Location, Staging, StagingError

FAILURE_KIND = "application/json"


@dataclass(frozen=True, slots=True)
class Invocation:
    """One request: its input (or the body itself), where the answer goes, and its limits."""

    inference_id: str
    source: Location | bytes
    headers: dict[str, str]
    output: Location
    failure: Location
    timeout_seconds: float
    expires_at: float  # of the monotonic clock


class FailedInvocationError(Exception):
    """An invocation whose failure object holds `body`."""

    def __init__(self, body: bytes, kind: str) -> None:
        super().__init__(body.decode(errors="replace")[:200])
        self.body, self.kind = body, kind


def failure(reason: str) -> FailedInvocationError:
    """Make the failure of an invocation that the container did not answer."""
    return FailedInvocationError(json.dumps({"failureReason": reason}).encode(), FAILURE_KIND)


class InvocationQueue:
    """Works invocations off, one at a time."""

    def __init__(self, container: Container, staging: Staging) -> None:
        self._container, self._staging = container, staging
        self._waiting: queue.Queue[Invocation | None] = queue.Queue()
        self._worker = threading.Thread(target=self._work, daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._worker.start()

    def add(self, invocation: Invocation) -> None:
        """Take an invocation."""
        self._waiting.put(invocation)

    def close(self) -> None:
        """Take no more; the one that runs is answered."""
        self._waiting.put(None)

    def _work(self) -> None:
        while (invocation := self._waiting.get()) is not None:
            try:
                self._settle(invocation)
            except Exception:
                traceback.print_exc()

    def _settle(self, invocation: Invocation) -> None:
        """Run an invocation and write its output or its failure object."""
        reason = None
        try:
            answer = self._answer(invocation)
            self._staging.write(invocation.output, answer.body, answer.kind)
        except FailedInvocationError as error:
            reason = str(error)
            self._staging.write(invocation.failure, error.body, error.kind)
        print(f"invocation {invocation.inference_id}: {reason or 'completed'}", flush=True)

    def _answer(self, invocation: Invocation) -> ContainerAnswer:
        if time.monotonic() > invocation.expires_at:
            raise failure("The request waited longer than its RequestTTLSeconds.")
        source = invocation.source
        try:
            body = source if isinstance(source, bytes) else self._staging.read(source)
        except StagingError as error:
            raise failure(str(error)) from error
        try:
            self._container.ready()
            answer = self._container.invoke(
                body, invocation.headers, invocation.timeout_seconds, invocation.expires_at
            )
        except InvocationTimeoutError as error:
            seconds = invocation.timeout_seconds
            raise failure(f"The invocation took longer than {seconds:g} seconds.") from error
        except ContainerDiedError as error:
            raise failure(str(error)) from error
        if answer.status != 200:
            raise FailedInvocationError(answer.body, answer.kind)
        return answer
