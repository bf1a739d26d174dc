"""Serves the drawing board on loopback only, at a random port, with a token in the address."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parent / "page"
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}
MOST_BYTES = 2_000_000  # of a drawing
MOST_IGNORED = 20 * MOST_BYTES
SECONDS = 10  # that a connection may be silent
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Server(ThreadingHTTPServer):
    """The board at `address`; `read(strokes)` gives the answer to a drawing, as JSON.

    A request must name this server as its host, and, if it tells where it comes from, come from
    here: a page of somebody else's, even under a name that leads to this machine, gets nothing.
    """

    daemon_threads = True

    def __init__(self, about: str, read: Callable[[Any], dict[str, Any]]) -> None:
        """Begin to listen; about: a sentence on the network."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.token = secrets.token_urlsafe(24)
        self.hosts = {f"{name}:{self.server_port}" for name in ("127.0.0.1", "localhost")}
        self.address = f"http://127.0.0.1:{self.server_port}/{self.token}/"
        self.about, self.read, self.turn = about, read, threading.Lock()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing about connections that break off."""


class _Handler(BaseHTTPRequestHandler):
    server: Server
    timeout = SECONDS
    server_version, sys_version = "grade", ""

    def do_GET(self):
        name = self._name()
        if name == "about":
            self._send_json({"text": self.server.about})
        elif name is not None and name in _files():
            path = _files()[name]
            self._send(path.read_bytes(), TYPES[path.suffix])
        elif name is not None:
            self._refuse(HTTPStatus.NOT_FOUND)

    def do_POST(self):
        name = self._name()
        if name is None:
            return
        if name != "read":
            self._refuse(HTTPStatus.NOT_FOUND)
            return
        body = self._body()
        if body is None:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        try:
            strokes = json.loads(body)
        except (ValueError, RecursionError):
            self._refuse(HTTPStatus.BAD_REQUEST)
            return
        with self.server.turn:
            answer = self.server.read(strokes)
        self._send_json(answer)

    def _name(self):
        """Return what is asked for behind the token, or refuse and return None."""
        origin = self.headers.get("Origin")
        host = self.headers.get("Host", "")
        if host not in self.server.hosts or origin not in (None, f"http://{host}"):
            self._refuse(HTTPStatus.FORBIDDEN)
            return None
        token, _, name = self.path.removeprefix("/").partition("/")
        if not secrets.compare_digest(token.encode(), self.server.token.encode()):
            self._refuse(HTTPStatus.NOT_FOUND)
            return None
        return name

    def _body(self):
        """Return what was sent, or None if that is too much or of unknown length.

        It is read all the same: the answer gets lost if the connection closes with unread bytes.
        """
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            return None
        if int(length) <= MOST_BYTES:
            return self.rfile.read(int(length))
        left = min(int(length), MOST_IGNORED)
        while left and (data := self.rfile.read(min(left, MOST_BYTES))):
            left -= len(data)
        return None

    def _refuse(self, status):
        self._send(f"{status.phrase}\n".encode(), "text/plain", status)

    def _send_json(self, answer):
        self._send(json.dumps(answer).encode(), "application/json")

    def _send(self, body, kind, status=HTTPStatus.OK):
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def _files():
    """Map names in the address to files of the page."""
    return {"": PAGE / "index.html"} | {path.name: path for path in PAGE.iterdir()}
