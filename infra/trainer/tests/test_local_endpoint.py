"""The local endpoint, called by SageMaker's own client, over an object store and a small container.

The container here is a few lines: what the local endpoint does with a container's answers, slowness
and death is what is looked at.
"""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from object_store import ObjectStore

from edgemark_trainer.local_endpoint.server import LocalEndpointOptions, LocalEndpointServer


class Behaviour(BaseHTTPRequestHandler):
    """Does what a request's body says, and counts how many run at once."""

    protocol_version = "HTTP/1.1"
    running, most, seen = 0, 0, []

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Behaviour.seen.append(dict(self.headers))
        Behaviour.running += 1
        Behaviour.most = max(Behaviour.most, Behaviour.running)
        time.sleep(asked.get("seconds", 0))
        Behaviour.running -= 1
        if asked.get("die"):
            self.connection.close()
            self.close_connection = True
            return
        body = json.dumps({"echo": asked}).encode()
        self.send_response(asked.get("status", 200))
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def store() -> Iterator[ObjectStore]:
    found = ObjectStore()
    yield found
    found.close()


@pytest.fixture(scope="module")
def runtime(store: ObjectStore) -> Iterator[Any]:
    container = ThreadingHTTPServer(("127.0.0.1", 0), Behaviour)
    threading.Thread(target=container.serve_forever, args=(0.05,), daemon=True).start()
    at = f"http://127.0.0.1:{container.server_address[1]}"
    options = LocalEndpointOptions(
        "127.0.0.1",
        0,
        at,
        store.address,
        "auto",
        "staging",
        "outputs",
        "failures",
        "id",
        "secret",
        least_ttl_seconds=1,
    )
    server = LocalEndpointServer(options)
    server.start()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield boto3.client(
        "sagemaker-runtime",
        endpoint_url=f"http://127.0.0.1:{server.server_address[1]}",
        region_name="eu-west-1",
        aws_access_key_id="id",
        aws_secret_access_key="secret",
        config=Config(parameter_validation=False, retries={"max_attempts": 0}),
    )
    server.stop()
    container.shutdown()


def invoke(runtime: Any, store: ObjectStore, asked: dict[str, Any], **more: Any) -> Any:
    store.objects["/staging/inputs/one"] = json.dumps(asked).encode()
    return runtime.invoke_endpoint_async(
        EndpointName="trainer", InputLocation="s3://staging/inputs/one", **more
    )


def path(location: str) -> str:
    return location.removeprefix("s3:/")


def ended(store: ObjectStore, answer: Any) -> tuple[str, Any]:
    """Wait for an invocation's end: what it was and the object's content."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        for kind in ("OutputLocation", "FailureLocation"):
            if path(answer[kind]) in store.objects:
                return kind, json.loads(store.objects[path(answer[kind])])
        time.sleep(0.02)
    raise AssertionError("the invocation did not end")


def test_an_answer_lies_at_the_output_location(runtime: Any, store: ObjectStore) -> None:
    answer = invoke(runtime, store, {"a": 1}, InferenceId="job-1", ContentType="application/json")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert answer["InferenceId"] == "job-1"
    assert answer["OutputLocation"].startswith("s3://staging/outputs/")
    assert ended(store, answer) == ("OutputLocation", {"echo": {"a": 1}})
    assert path(answer["FailureLocation"]) not in store.objects
    headers = Behaviour.seen[-1]
    assert headers["X-Amzn-SageMaker-Inference-Id"] == "job-1"
    assert headers["Content-Type"] == "application/json"


def test_a_body_instead_of_an_input_object_is_taken(runtime: Any, store: ObjectStore) -> None:
    answer = runtime.invoke_endpoint_async(EndpointName="trainer", Body=b'{"b": 2}')
    assert ended(store, answer) == ("OutputLocation", {"echo": {"b": 2}})
    with pytest.raises(ClientError, match="128000"):
        runtime.invoke_endpoint_async(EndpointName="trainer", Body=b" " * 128_001)


def test_the_output_may_be_given_a_name(runtime: Any, store: ObjectStore) -> None:
    answer = invoke(runtime, store, {}, S3OutputPathExtension="jobs/7", Filename="answer.json")
    assert answer["OutputLocation"] == "s3://staging/outputs/jobs/7/answer.json"


def test_a_containers_refusal_is_the_failure_object(runtime: Any, store: ObjectStore) -> None:
    answer = invoke(runtime, store, {"status": 422})
    assert ended(store, answer) == ("FailureLocation", {"echo": {"status": 422}})


def test_a_container_that_dies_and_an_input_that_is_not_there_fail(
    runtime: Any, store: ObjectStore
) -> None:
    kind, body = ended(store, invoke(runtime, store, {"die": True}))
    assert (kind, "ended before" in body["failureReason"]) == ("FailureLocation", True)
    missing = runtime.invoke_endpoint_async(
        EndpointName="trainer", InputLocation="s3://staging/none"
    )
    kind, body = ended(store, missing)
    assert (kind, "could not be read" in body["failureReason"]) == ("FailureLocation", True)


def test_an_invocation_longer_than_its_time_out_fails(runtime: Any, store: ObjectStore) -> None:
    answer = invoke(runtime, store, {"seconds": 2.5}, InvocationTimeoutSeconds=1)
    kind, body = ended(store, answer)
    assert (kind, "1 seconds" in body["failureReason"]) == ("FailureLocation", True)
    time.sleep(2)  # the container goes on with it, as a real one would


def test_one_at_a_time_and_what_waits_too_long_fails(runtime: Any, store: ObjectStore) -> None:
    Behaviour.most = 0
    first = invoke(runtime, store, {"seconds": 1.5})
    time.sleep(0.2)
    expired = invoke(runtime, store, {"c": 3}, RequestTTLSeconds=1)
    patient = invoke(runtime, store, {"c": 3}, RequestTTLSeconds=60)
    assert ended(store, first)[0] == "OutputLocation"
    kind, body = ended(store, expired)
    assert (kind, "RequestTTLSeconds" in body["failureReason"]) == ("FailureLocation", True)
    assert ended(store, patient) == ("OutputLocation", {"echo": {"c": 3}})
    assert Behaviour.most == 1


def test_a_synchronous_call_is_passed_on(runtime: Any) -> None:
    answer = runtime.invoke_endpoint(EndpointName="trainer", Body=b'{"d": 4}')
    assert json.loads(answer["Body"].read()) == {"echo": {"d": 4}}
    with pytest.raises(ClientError) as caught:
        runtime.invoke_endpoint(EndpointName="trainer", Body=b'{"status": 500}')
    assert caught.value.response["Error"]["Code"] == "ModelError"
    assert caught.value.response["OriginalStatusCode"] == 500


def test_what_the_service_would_refuse_is_refused(runtime: Any) -> None:
    for wrong in (
        {"InputLocation": "https://elsewhere/x"},
        {"InputLocation": "s3://staging/x", "InvocationTimeoutSeconds": 3601},
        {"InputLocation": "s3://staging/x", "RequestTTLSeconds": 0},
        {"InputLocation": "s3://staging/x", "Body": b"{}"},
        {},
    ):
        with pytest.raises(ClientError) as caught:
            runtime.invoke_endpoint_async(EndpointName="trainer", **wrong)
        assert caught.value.response["Error"]["Code"] == "ValidationError"
