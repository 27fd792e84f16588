"""Starts a round's process, waits for it, and answers for it when it was killed."""

import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from edgemark_trainer.endpoint.problem import RequestError
from edgemark_trainer.endpoint.request import Round
from edgemark_trainer.endpoint.round_worker import (
    ANSWER_FILE,
    REQUEST_FILE,
    STATUS_FILE,
    failed,
)

STOP_SECONDS = 25.0  # of the 30 that SageMaker leaves after SIGTERM
ANSWER_SECONDS = 3.0


class RoundRunner:
    """Runs one round at a time, each in a process of its own.

    A process that has imported PyTorch already waits for the next round, which then begins seconds
    earlier. It reads its round from standard input and ends when that does: with the server.
    """

    def __init__(self, allow_http: bool = False) -> None:
        self._allow_http = allow_http
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting: subprocess.Popen[bytes] | None = None
        self._is_stopping = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the only turn until the answer is out; raises RequestError (503) if it is taken."""
        if self._is_stopping or not self._lock.acquire(blocking=False):
            raise RequestError(503, "Another round runs, or the container shuts down.")
        try:
            yield
        finally:
            self._lock.release()

    def run(self, found: Round) -> dict[str, Any]:
        """Give the round's answer. The caller holds the turn."""
        try:
            with tempfile.TemporaryDirectory(prefix="edgemark-round-") as folder:
                return self._run(found, Path(folder))
        finally:
            self._process = None
            self.warm()

    def warm(self) -> None:
        """Have a process wait for the next round."""
        if not self._is_stopping:
            self._waiting = self._started()

    def stop(self) -> None:
        """Have the running round checkpoint, end and be answered; kill one that takes too long."""
        self._is_stopping = True
        if self._waiting is not None:
            self._waiting.kill()
        process = self._process
        if process is not None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        if self._lock.acquire(timeout=ANSWER_SECONDS):
            self._lock.release()

    def _run(self, found: Round, folder: Path) -> dict[str, Any]:
        received_at = time.time()
        (folder / REQUEST_FILE).write_text(json.dumps(found.document), encoding="utf-8")
        process, self._waiting = self._waiting, None
        if process is None or process.poll() is not None:
            process = self._started()
        self._process = process
        begin(process, {"folder": str(folder), "receivedAt": received_at})
        if self._is_stopping:
            process.send_signal(signal.SIGTERM)
        code = process.wait()
        answer = folder / ANSWER_FILE
        if answer.exists():
            result: dict[str, Any] = json.loads(answer.read_bytes())
            return result
        return self._answer_for_the_dead(found, folder, code, received_at)

    def _started(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "edgemark_trainer", "round"]
        command += ["--allow-http"] if self._allow_http else []
        # A session of its own: a terminal's Ctrl-C reaches the server alone, which passes it on.
        return subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)

    def _answer_for_the_dead(
        self, found: Round, folder: Path, code: int, received_at: float
    ) -> dict[str, Any]:
        """Answer for a process that left none: SIGKILL is the kernel's when memory runs out."""
        status = folder / STATUS_FILE
        known: dict[str, Any] = json.loads(status.read_bytes()) if status.exists() else {}
        if self._is_stopping:
            reason = {"code": "interrupted", "detail": "The container was told to stop."}
            body: dict[str, Any] = {"status": "unfinished", "reason": reason}
        elif code == -signal.SIGKILL:
            body = failed("out-of-memory", "The round's process was killed: out of memory.")
        else:
            body = failed("internal", f"The round's process ended with the code {code}.")
        spent = {"secondsSpent": round(time.time() - received_at, 2)}
        return found.identity | body | known | spent


def begin(process: subprocess.Popen[bytes], task: dict[str, Any]) -> None:
    """Tell a process what its round is. One that died meanwhile is noticed by its exit code."""
    assert process.stdin is not None
    with suppress(BrokenPipeError), process.stdin as pipe:
        pipe.write(json.dumps(task).encode())
