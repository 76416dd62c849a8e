"""A server on this machine that hands out a retraction list, or fails to in the ways that servers do."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class ListServer(ThreadingHTTPServer):
    """Hands out `body`; `fault` says what goes wrong, `answers` which status was sent each time."""

    daemon_threads = True
    body = b""
    fault = ""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = []

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}/list.csv"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        etag = f'"{hashlib.sha256(self.server.body).hexdigest()[:16]}"'
        if self.server.fault == "away":
            self._head(503)
        elif self.server.fault == "led astray":
            self._head(302, {"Location": "http://lists.example/list.csv"})
        elif self.headers.get("If-None-Match") == etag:
            self._head(304)
        else:
            self._send(etag)

    def _send(self, etag):
        body, announced = self.server.body, {"Content-Length": str(len(self.server.body))}
        if self.server.fault == "cut off":
            body = body[: len(body) // 2]
        if self.server.fault == "no length":
            announced = {}
        if self.server.fault == "compressed":
            announced |= {"Content-Encoding": "gzip"}
        self._head(200, announced | {"ETag": etag})
        self.wfile.write(body)

    def _head(self, status, headers=None):
        self.server.answers.append(status)
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def list_server():
    server = ListServer()
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
