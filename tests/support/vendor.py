"""A vendor's server on loopback: real HTTP, answers as a test scripts them."""

import contextlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    """A request that came."""

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes


@dataclass
class Answer:
    """What is sent back. ``cut`` breaks the connection after so many bytes of the body."""

    body: object = None
    status: int = 200
    headers: dict = field(default_factory=dict)
    cut: int | None = None

    @property
    def raw(self):
        if isinstance(self.body, bytes):
            return self.body
        return json.dumps(self.body).encode()


class Vendor:
    """Answers by ``answer(asked)``; answers in ``troubles`` are given first, one a request."""

    def __init__(self, answer):
        self.answer = answer
        self.troubles = []
        self.asked = []
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                parts = urlsplit(self.path)
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, self.rfile.read(length))
                vendor.asked.append(asked)
                answer = vendor.troubles.pop(0) if vendor.troubles else vendor.answer(asked)
                raw = answer.raw
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw if answer.cut is None else raw[: answer.cut])
                if answer.cut is not None:
                    self.close_connection = True

            do_GET = do_POST = do_PUT = do_PATCH = handle_one  # noqa: N815 the names that http.server calls

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"


@contextlib.contextmanager
def serving(answer):
    """Serve while the block runs."""
    vendor = Vendor(answer)
    thread = threading.Thread(target=vendor.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield vendor
    finally:
        vendor.server.shutdown()
        vendor.server.server_close()
        thread.join()
