"""The container over HTTP: pings, refusals, one round at a time, killed and stopped rounds."""

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from object_store import ObjectStore
from round_requests import for_round, pack_hashes, round_request, run_round

from edgemark_trainer.local_endpoint.container import free_port

SLOW = {"epochs": 1000, "patience": 0, "hashed": 500, "vocabulary": 200}


class Served:
    """A container in a process of its own."""

    def __init__(self) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "edgemark_trainer", "serve", "--host", "127.0.0.1"]
        self.process = subprocess.Popen([*command, "--port", str(self.port)])
        until = time.monotonic() + 60
        while self.ask("GET", "/ping")[0] != 200:
            assert time.monotonic() < until
            time.sleep(0.1)

    def ask(
        self, method: str, path: str, body: bytes | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        except OSError:
            return 0, {}, b""
        finally:
            connection.close()

    def invoke(self, request: dict[str, Any]) -> tuple[int, Any]:
        status, _, body = self.ask("POST", "/invocations", json.dumps(request).encode())
        return status, json.loads(body) if body else None

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task")
        found = [task.joinpath("children").read_text().split() for task in path.iterdir()]
        return [int(child) for part in found for child in part]

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


class Background:
    """An invocation whose answer is asked for later."""

    def __init__(self, container: Served, request: dict[str, Any]) -> None:
        self.answer: tuple[int, Any] = (0, None)
        self._thread = threading.Thread(target=self._run, args=(container, request))
        self._thread.start()

    def _run(self, container: Served, request: dict[str, Any]) -> None:
        self.answer = container.invoke(request)

    def join(self) -> tuple[int, Any]:
        self._thread.join(60)
        return self.answer


@pytest.fixture
def store() -> Iterator[ObjectStore]:
    found = ObjectStore()
    yield found
    found.close()


@pytest.fixture(scope="module")
def container() -> Iterator[Served]:
    found = Served()
    yield found
    found.close()


def wait_for(store: ObjectStore, path: str) -> None:
    until = time.monotonic() + 60
    while path not in store.puts:
        assert time.monotonic() < until
        time.sleep(0.02)


def slow_request(store: ObjectStore) -> dict[str, Any]:
    request = round_request(store, hyperparameters=SLOW)
    request["limits"] |= {"checkpointSeconds": 0}
    return request


def test_what_is_no_request_is_refused(container: Served) -> None:
    assert container.ask("GET", "/other")[0] == 404
    assert container.ask("POST", "/invocations", b"no JSON")[0] == 400
    connection = http.client.HTTPConnection("127.0.0.1", container.port, timeout=10)
    connection.putrequest("POST", "/invocations")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    assert connection.getresponse().status == 411
    status, headers, body = container.ask("POST", "/invocations", b"{}")
    assert (status, headers["Content-Type"]) == (422, "application/problem+json")
    missing = {"field": "job", "detail": "is missing"}
    assert missing in json.loads(body)["errors"]


def test_a_round_is_trained_while_pings_are_answered(
    container: Served, store: ObjectStore, record_property: Any
) -> None:
    running = Background(container, slow_request(store))
    wait_for(store, "/jobs/7/checkpoint")
    seconds = []
    for _ in range(50):
        started = time.monotonic()
        assert container.ask("GET", "/ping")[0] == 200
        seconds.append(time.monotonic() - started)
    record_property("ping_milliseconds", 1000 * max(seconds))
    assert sorted(seconds)[25] < 0.5
    status, problem = container.invoke(slow_request(store))
    assert (status, problem["status"]) == (503, 503)
    store.objects["/jobs/cancel"] = b""
    assert running.join()[1]["status"] == "cancelled"


def test_a_round_killed_in_an_epoch_goes_on_to_the_unbroken_runs_pack(
    container: Served, store: ObjectStore, tmp_path: Path
) -> None:
    request = round_request(store, hyperparameters=SLOW | {"epochs": 200})
    request["limits"] |= {"checkpointSeconds": 0}
    running = Background(container, request)
    wait_for(store, "/jobs/7/checkpoint")
    (child,) = container.children()
    os.kill(child, signal.SIGKILL)
    status, answer = running.join()
    assert (status, answer["reason"]["code"]) == (200, "out-of-memory")
    assert 0 < answer["checkpoint"]["epoch"] < 200
    assert container.ask("GET", "/ping")[0] == 200
    again = for_round(store, request, 2, 8, request["checkpoint"]["put"])
    again["checkpoint"]["sha256"] = answer["checkpoint"]["sha256"]
    status, answer = container.invoke(again)
    assert (status, answer["status"]) == (200, "finished")
    whole = run_round(request, tmp_path / "whole")
    assert answer["metrics"] == whole["metrics"]
    assert pack_hashes(answer) == pack_hashes(whole)


def test_a_container_told_to_stop_checkpoints_answers_and_ends(store: ObjectStore) -> None:
    stopped = Served()
    running = Background(stopped, slow_request(store))
    wait_for(store, "/jobs/7/checkpoint")
    started = time.monotonic()
    stopped.process.send_signal(signal.SIGTERM)
    status, answer = running.join()
    assert (status, answer["status"], answer["reason"]["code"]) == (
        200,
        "unfinished",
        "interrupted",
    )
    assert stopped.process.wait(30) == 0
    assert time.monotonic() - started < 30


def test_a_round_whose_container_died_ends_by_itself(store: ObjectStore) -> None:
    dying = Served()
    running = Background(dying, slow_request(store))
    wait_for(store, "/jobs/7/checkpoint")
    (child,) = dying.children()
    dying.process.kill()
    dying.process.wait()
    running.join()
    until = time.monotonic() + 20
    while Path(f"/proc/{child}").exists():
        assert time.monotonic() < until
        time.sleep(0.1)
