"""The container's HTTP server: `GET /ping` and `POST /invocations`.

The standard library's server is enough and right here: two routes, one caller, and all work in
another process, so that no event loop can be held up and there is no framework to keep patched.
"""

import json
import signal
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from edgemark_trainer.endpoint.problem import CONTENT_TYPE, RequestError
from edgemark_trainer.endpoint.request import parse_round, validator
from edgemark_trainer.endpoint.round_process import RoundRunner

LARGEST_BODY_BYTES = 64 * 2**20
READ_SECONDS = 60.0
RETRY_AFTER_SECONDS = 10


class EndpointServer(ThreadingHTTPServer):
    """Answers SageMaker's two routes; one thread a connection."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, host: str, port: int, *, allow_http: bool = False) -> None:
        self.allow_http = allow_http
        self.runner = RoundRunner(allow_http)
        validator()
        super().__init__((host, port), EndpointHandler)
        self.runner.warm()

    def stop(self) -> None:
        """End the running round with a checkpoint, let its answer out, then stop serving."""
        self.runner.stop()
        self.shutdown()


class EndpointHandler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = READ_SECONDS
    server: EndpointServer

    def do_GET(self) -> None:
        """Answer a ping."""
        if self.path == "/ping":
            self._answer(200, b"", "text/plain")
        else:
            self._refuse(RequestError(404, "There are /ping and /invocations."))

    def do_POST(self) -> None:
        """Run a round."""
        try:
            if self.path != "/invocations":
                raise RequestError(404, "There are /ping and /invocations.")
            found = parse_round(self._body(), self.server.allow_http)
            with self.server.runner.turn():
                answer = self.server.runner.run(found)
                body = json.dumps(answer, ensure_ascii=False).encode()
                self._answer(200, body, "application/json")
        except RequestError as error:
            self._refuse(error)

    def log_message(self, format: str, *arguments: object) -> None:
        """Leave pings out of the log: they come every five seconds."""
        if self.path != "/ping":
            super().log_message(format, *arguments)

    def _body(self) -> bytes:
        length = self.headers.get("Content-Length")
        if length is None or not length.isdigit():
            self.close_connection = True
            raise RequestError(411, "Content-Length is needed.")
        if int(length) > LARGEST_BODY_BYTES:
            self.close_connection = True
            raise RequestError(413, f"{LARGEST_BODY_BYTES} bytes are the most.")
        return self.rfile.read(int(length))

    def _refuse(self, error: RequestError) -> None:
        self._answer(error.status, error.body(), CONTENT_TYPE)

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if status == 503:
            self.send_header("Retry-After", str(RETRY_AFTER_SECONDS))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)


def serve(host: str, port: int, *, allow_http: bool = False) -> None:
    """Serve until SIGTERM or SIGINT; a running round is checkpointed and answered first."""
    server = EndpointServer(host, port, allow_http=allow_http)
    for number in (signal.SIGTERM, signal.SIGINT):
        # `stop` waits for the loop that runs in this thread: it needs another one.
        signal.signal(number, lambda *_: threading.Thread(target=server.stop).start())
    print(f"serving on {host}:{server.server_address[1]}", flush=True)
    server.serve_forever()
    server.server_close()
