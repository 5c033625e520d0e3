"""The platform's pages on a real port, for tests that Playwright's routes cannot cover."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from .pages import Pages


@contextmanager
def site(pages: Pages) -> Iterator[str]:
    """Serve the platform's files and its backend. Yields the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, text = pages.files.get(self.path, ("", ""))
            self.respond(200 if kind else 404, kind or "text/plain", text)

        def do_POST(self) -> None:
            status, body = pages.backend()
            self.respond(status, "application/json", json.dumps(body))

        def respond(self, status: int, kind: str, text: str) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            if pages.csp and self.path == "/":
                self.send_header("content-security-policy", pages.csp)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
