"""An object store on this machine: GET and PUT by path, as presigned addresses and S3 have them."""

import threading
from collections import Counter
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class ObjectStore:
    """Objects by path. `failing` answers 503 so many times at a path, `on_put` hears of puts."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.puts: list[str] = []
        self.failing: Counter[str] = Counter()
        self.on_put: Callable[[str], None] = lambda _: None
        store = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                path = self.path.split("?")[0]
                found = store.objects.get(path)
                if store.fails(path):
                    self.answer(503)
                else:
                    self.answer(404 if found is None else 200, found or b"")

            def do_PUT(self) -> None:
                path = self.path.split("?")[0]
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if store.fails(path):
                    self.answer(503)
                    return
                store.objects[path] = body
                store.puts.append(path)
                store.on_put(path)
                self.answer(200)

            def answer(self, status: int, body: bytes = b"") -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def fails(self, path: str) -> bool:
        self.failing[path] -= 1
        return self.failing[path] >= 0

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
