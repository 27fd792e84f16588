"""SageMaker Runtime's HTTP interface: `/endpoints/{name}/invocations` and `/async-invocations`.

Headers, limits and answers are those of the service's model (sagemaker-runtime, 2017-05-13).
Signatures are not checked: it listens to this machine alone, unless told otherwise.
"""

import json
import re
import signal
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from edgemark_trainer.local_endpoint.container import (
    Container,
    ContainerAnswer,
    ContainerDiedError,
    InvocationTimeoutError,
)
from edgemark_trainer.local_endpoint.invocation_queue import Invocation, InvocationQueue
from edgemark_trainer.local_endpoint.staging import Location, Staging, parse_location

ROUTE = re.compile(r"/endpoints/([A-Za-z0-9](?:-*[A-Za-z0-9])*)/(async-)?invocations")
EXTENSION = re.compile(r"(?!s3:|https:)[a-zA-Z0-9!_.*'()/-]{1,512}")
FILENAME = re.compile(r"(?!.*\..*\.)[a-zA-Z0-9][a-zA-Z0-9\-_.]{0,31}")
HEADER = "X-Amzn-SageMaker-"
MOST_INLINE_BYTES = 128_000
MOST_SYNCHRONOUS_BYTES = 25 * 2**20
SYNCHRONOUS_SECONDS = 60.0
TIMEOUT_SECONDS = (1, 900, 3600)  # least, default, most
TTL_SECONDS = (60, 21_600, 21_600)


@dataclass(frozen=True, slots=True)
class LocalEndpointOptions:
    """Where it listens, what it calls, and where the staging bucket is."""

    host: str
    port: int
    container: str | None
    s3_endpoint: str
    s3_region: str
    bucket: str
    output_prefix: str
    failure_prefix: str
    key_id: str
    secret: str
    least_ttl_seconds: int = TTL_SECONDS[0]


class ServiceError(Exception):
    """An error as the service answers it."""

    def __init__(self, status: int, code: str, message: str, **more: object) -> None:
        super().__init__(message)
        self.status, self.code = status, code
        self.document = {"Message": message} | more


def validation(message: str) -> ServiceError:
    """Make the refusal of a request."""
    return ServiceError(400, "ValidationError", message)


class LocalEndpointServer(ThreadingHTTPServer):
    """Any endpoint's name is answered by the one container."""

    daemon_threads = True

    def __init__(self, options: LocalEndpointOptions) -> None:
        self.options = options
        staging = Staging(options.s3_endpoint, options.s3_region, options.key_id, options.secret)
        self.container = Container(options.container)
        self.queue = InvocationQueue(self.container, staging)
        super().__init__((options.host, options.port), LocalEndpointHandler)

    def start(self) -> None:
        """Begin to work the queue off, the container being started meanwhile."""
        self.queue.start()
        threading.Thread(target=self.container.ready, daemon=True).start()

    def stop(self) -> None:
        """Stop the container, then serving."""
        self.queue.close()
        self.container.close()
        self.shutdown()


class LocalEndpointHandler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = 60.0
    server: LocalEndpointServer

    def do_POST(self) -> None:
        """Invoke, now or later."""
        try:
            body = self._body()
            route = ROUTE.fullmatch(self.path.split("?")[0])
            if route is None:
                raise ServiceError(404, "UnknownOperationException", "There is no such route.")
            act: Callable[[bytes], None] = self._later if route.group(2) else self._now
            act(body)
        except ServiceError as error:
            document = json.dumps(error.document).encode()
            self._answer(error.status, document, {"x-amzn-ErrorType": error.code})

    def do_GET(self) -> None:
        """Say that it is there."""
        self._answer(200 if self.path == "/ping" else 404, b"{}")

    def _later(self, body: bytes) -> None:
        options, given = self.server.options, self._header("InputLocation")
        source: Location | bytes | None = body
        if given is not None and body:
            raise validation("InputLocation and a body exclude each other.")
        if given is not None:
            source = parse_location(given)
        elif not body:
            raise validation("InputLocation or a body is needed.")
        elif len(body) > MOST_INLINE_BYTES:
            raise validation(f"A body may have {MOST_INLINE_BYTES} bytes.")
        if source is None:
            raise validation("InputLocation must be s3://bucket/key.")
        timeout = self._seconds("InvocationTimeoutSeconds", *TIMEOUT_SECONDS)
        ttl = self._seconds(
            "RequestTTLSeconds", options.least_ttl_seconds, TTL_SECONDS[1], TTL_SECONDS[2]
        )
        identity = uuid.uuid4()
        inference_id = self._header("Inference-Id") or str(identity)
        if not 1 <= len(inference_id) <= 64:
            raise validation("InferenceId may have 64 characters.")
        output = Location(options.bucket, self._output_key(f"{identity}.out"))
        failed = Location(options.bucket, f"{options.failure_prefix}/{identity}-error.out")
        invocation = Invocation(
            inference_id,
            source,
            self._container_headers(inference_id),
            output,
            failed,
            timeout,
            time.monotonic() + ttl,
        )
        self.server.queue.add(invocation)
        self._answer(
            202,
            json.dumps({"InferenceId": inference_id}).encode(),
            {f"{HEADER}OutputLocation": str(output), f"{HEADER}FailureLocation": str(failed)},
        )

    def _output_key(self, generated: str) -> str:
        extension, name = self._header("S3OutputPathExtension"), self._header("Filename")
        if extension is not None and not EXTENSION.fullmatch(extension):
            raise validation("S3OutputPathExtension is not valid.")
        if name is not None and not FILENAME.fullmatch(name):
            raise validation("Filename is not valid.")
        parts = (self.server.options.output_prefix, extension, name or generated)
        return "/".join(part.strip("/") for part in parts if part)

    def _now(self, body: bytes) -> None:
        if len(body) > MOST_SYNCHRONOUS_BYTES:
            raise validation(f"A body may have {MOST_SYNCHRONOUS_BYTES} bytes.")
        answer = self._invoked(body)
        if answer.status != 200:
            raise ServiceError(
                424,
                "ModelError",
                f"The container answered {answer.status}.",
                OriginalStatusCode=answer.status,
                OriginalMessage=answer.body.decode(errors="replace"),
            )
        self._answer(200, answer.body, {}, answer.kind)

    def _invoked(self, body: bytes) -> ContainerAnswer:
        container, headers = self.server.container, self._container_headers(None)
        try:
            container.ready()
            return container.invoke(body, headers, SYNCHRONOUS_SECONDS, time.monotonic())
        except (InvocationTimeoutError, ContainerDiedError) as error:
            raise ServiceError(424, "ModelError", "The container did not answer.") from error

    def _container_headers(self, inference_id: str | None) -> dict[str, str]:
        kind = self._header("Content-Type") or self.headers.get("Content-Type")
        headers = {"Content-Type": kind or "application/octet-stream"}
        if inference_id:
            headers[f"{HEADER}Inference-Id"] = inference_id
        for name in ("Custom-Attributes", "Accept"):
            if value := self._header(name):
                headers[name if name == "Accept" else f"{HEADER}{name}"] = value
        return headers

    def _header(self, name: str) -> str | None:
        return self.headers.get(f"{HEADER}{name}")

    def _seconds(self, name: str, least: int, default: int, most: int) -> int:
        text = self._header(name)
        if text is None:
            return default
        if not text.isdigit() or not least <= int(text) <= most:
            raise validation(f"{name} must be from {least} to {most}.")
        return int(text)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > MOST_SYNCHRONOUS_BYTES:
            self.close_connection = True
            raise ServiceError(413, "RequestTooLarge", "The body is too large.")
        return self.rfile.read(int(length))

    def _answer(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        kind: str = "application/json",
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def serve_locally(options: LocalEndpointOptions) -> None:
    """Serve until SIGTERM or SIGINT."""
    server = LocalEndpointServer(options)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.stop).start())
    server.start()
    print(f"local endpoint on {options.host}:{server.server_address[1]}", flush=True)
    server.serve_forever()
    server.server_close()
