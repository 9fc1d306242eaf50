"""A gateway for text messages on the loopback: it keeps what is posted to it, and answers as told."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DEAD = "json://127.0.0.1:1/{to}"
"""A gateway that nobody listens for."""


class Gateway:
    """What came in: (number, words)."""

    def __init__(self, port: int) -> None:
        self.url = f"json://127.0.0.1:{port}/{{to}}"
        self.got: list[tuple[str, str]] = []
        self.answer = 200

    @property
    def code(self) -> str:
        """The six digits in the newest text."""
        found = re.search(r"\b\d{6}\b", self.got[-1][1])
        assert found
        return found.group()


@contextmanager
def gateway() -> Iterator[Gateway]:
    """Listen on a port of its own for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if here.answer == 200:
                here.got.append((self.path.strip("/").replace("%2B", "+"), told["message"]))
            self.send_response(here.answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Gateway(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
