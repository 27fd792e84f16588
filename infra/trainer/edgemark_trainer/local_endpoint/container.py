"""The container that a local endpoint calls: one that is there, or one that it starts itself."""

import http.client
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

START_SECONDS = 120.0
PING_SECONDS = 0.2
BUSY_PAUSE_SECONDS = 1.0


class ContainerDiedError(Exception):
    """The container was gone before it answered."""


class InvocationTimeoutError(Exception):
    """The container did not answer in time; it may go on working."""


@dataclass(frozen=True, slots=True)
class ContainerAnswer:
    """What the container answered."""

    status: int
    kind: str
    body: bytes


class Container:
    """Calls a container. Its own is started anew when it has died, as SageMaker does."""

    def __init__(self, address: str | None) -> None:
        self._owned = address is None
        self._port = free_port() if self._owned else 0
        parts = urlsplit(address or f"http://127.0.0.1:{self._port}")
        self._host, self._at = parts.hostname or "127.0.0.1", parts.port or 80
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def ready(self) -> None:
        """Start the own container where it is not running; wait until it answers a ping."""
        with self._lock:
            if self._owned and (self._process is None or self._process.poll() is not None):
                command = [sys.executable, "-m", "edgemark_trainer", "serve"]
                command += ["--host", "127.0.0.1", "--port", str(self._port)]
                # In this process's group, so that who ends the group ends the container as well.
                self._process = subprocess.Popen(command)
            until = time.monotonic() + START_SECONDS
            while not self._pings():
                if time.monotonic() > until:
                    raise ContainerDiedError("The container answers no ping.")
                time.sleep(PING_SECONDS)

    def invoke(
        self, body: bytes, headers: dict[str, str], timeout: float, busy_until: float
    ) -> ContainerAnswer:
        """Post a request, again while another one runs (at most until `busy_until`).

        Raises InvocationTimeoutError and ContainerDiedError.
        """
        while True:
            answer = self._post(body, headers, timeout)
            if answer.status != 503 or time.monotonic() > busy_until:
                return answer
            time.sleep(BUSY_PAUSE_SECONDS)

    def close(self) -> None:
        """Stop the own container; it checkpoints a running round first."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def _pings(self) -> bool:
        connection = http.client.HTTPConnection(self._host, self._at, timeout=2)
        try:
            connection.request("GET", "/ping")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _post(self, body: bytes, headers: dict[str, str], timeout: float) -> ContainerAnswer:
        connection = http.client.HTTPConnection(self._host, self._at, timeout=timeout)
        try:
            connection.request("POST", "/invocations", body, headers)
            response = connection.getresponse()
            kind = response.headers.get("Content-Type", "application/octet-stream")
            return ContainerAnswer(response.status, kind, response.read())
        except TimeoutError as error:
            raise InvocationTimeoutError from error
        except (OSError, http.client.HTTPException) as error:
            raise ContainerDiedError("The container ended before it answered.") from error
        finally:
            connection.close()


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
