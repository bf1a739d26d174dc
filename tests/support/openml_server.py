"""A stand-in for OpenML on loopback: what `fetch_openml` asks for, and ways to fail.

    with OpenML(images, labels) as server:
        monkeypatch.setattr("sklearn.datasets._openml.urlopen", server.urlopen)

Whatever host scikit-learn asks for, the request goes to this machine.
"""

import gzip
import hashlib
import json
import tempfile
import threading
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import numpy as np

from data import openml

API = "/api/v1/json/data"
FILE = "/data/v1/download/52667/images.arff"
IDS = {"mnist_784": "554", "CIFAR_10": "40927"}


class OpenML:
    """Serves a data set of images (n, ...) uint8 and labels (n,) uint8, by the name asked for.

    mode: `good`; `503` to every request; `cut` after half of the data file; `cut-gzip`, the same
        of a compressed one; `silent`, which accepts and never answers; `html`, as a hotel's login
        page does.
    asked: the paths asked for, in order.
    """

    def __init__(self, images: np.ndarray, labels: np.ndarray, mode: str = "good") -> None:
        self.arff = to_arff(images, labels)
        self.pixels, self.name = images[0].size, "mnist_784"
        self.rows = len(labels)
        self.mode = mode
        self.asked: list[str] = []
        self.stopping = threading.Event()

    def __enter__(self) -> "OpenML":
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stand_in.answer(self)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = False  # so that closing waits until each has closed its socket
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stopping.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def urlopen(self, request: Request | str):
        """In place of urllib's: the same request, to this server, through no proxy."""
        url = request if isinstance(request, str) else request.full_url
        headers = {} if isinstance(request, str) else request.headers
        local = f"http://127.0.0.1:{self.server.server_port}{urlsplit(url).path}"
        return build_opener(ProxyHandler({})).open(Request(local, headers=headers))

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        self.asked.append(handler.path)
        if self.mode == "503":
            handler.send_error(503)
        elif self.mode == "silent":
            self.stopping.wait()
        elif self.mode == "html":
            self.send(handler, b"<html>Welcome to our hotel</html>")
        elif handler.path.startswith(API):
            self.send(handler, json.dumps(self.describe(handler.path)).encode())
        else:
            self.send_file(handler)

    def send_file(self, handler: BaseHTTPRequestHandler) -> None:
        if self.mode == "cut":
            self.send(handler, self.arff, share=0.5)
        elif self.mode == "cut-gzip":
            self.send(handler, gzip.compress(self.arff, 1), share=0.5, encoding="gzip")
        else:
            self.send(handler, self.arff)

    def send(self, handler, body: bytes, share: float = 1.0, encoding: str = "identity") -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        handler.send_header("Content-Encoding", encoding)
        handler.end_headers()
        handler.wfile.write(body[: int(len(body) * share)])

    def describe(self, path: str) -> dict:
        """The JSON that OpenML has at `path`: search, features, qualities or description."""
        question = path.removeprefix(API).split("/")[1]
        if question == "list":
            (self.name,) = [name for name in IDS if f"/{name.lower()}/" in path.lower()]
            found = {"did": int(IDS[self.name]), "name": self.name, "version": 1}
            return {"data": {"dataset": [found]}}
        if question == "features":
            return {"data_features": {"feature": features(self.pixels)}}
        if question == "qualities":
            instances = {"name": "NumberOfInstances", "value": f"{self.rows}.0"}
            return {"data_qualities": {"quality": [instances]}}
        return {
            "data_set_description": {
                "id": IDS[self.name],
                "name": self.name,
                "version": "1",
                "description": "images of ten classes",
                "format": "ARFF",
                "status": "active",
                "file_id": "52667",
                "url": f"https://openml.invalid{FILE}",
                "md5_checksum": hashlib.md5(self.arff).hexdigest(),
            }
        }


def keep_apart(monkeypatch, tmp_path):
    """Give all that scikit-learn may leave behind places of our own, and let retries be quick."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setenv("SCIKIT_LEARN_DATA", str(tmp_path / "scikit_learn_data"))
    monkeypatch.setattr(openml, "PAUSE", 0.01)


@contextmanager
def starting(monkeypatch, arrays):
    """Yield `start(mode, **changes)`, which starts a stand-in that has `arrays()`."""
    with ExitStack() as servers:

        def start(mode="good", **changes):
            made = {**arrays(), **changes}
            images = np.concatenate([made["x_train"], made["x_test"]])
            labels = np.concatenate([made["y_train"], made["y_test"]])
            server = servers.enter_context(OpenML(images, labels, mode))
            monkeypatch.setattr("sklearn.datasets._openml.urlopen", server.urlopen)
            return server

        yield start


def features(pixels: int) -> list[dict]:
    """What OpenML tells of each column: the pixels, then the class."""
    names = [*(f"pixel{i}" for i in range(1, pixels + 1)), "class"]
    return [
        {
            "index": str(index),
            "name": name,
            "data_type": "nominal" if name == "class" else "numeric",
            "is_target": "true" if name == "class" else "false",
            "is_ignore": "false",
            "is_row_identifier": "false",
            "number_of_missing_values": "0",
        }
        for index, name in enumerate(names)
    ]


def to_arff(images: np.ndarray, labels: np.ndarray) -> bytes:
    """The data set as OpenML's text file: a header, then pixels and the label a line."""
    pixels = images[0].size
    header = ["@RELATION images"]
    header += [f"@ATTRIBUTE pixel{i} real" for i in range(1, pixels + 1)]
    header += ["@ATTRIBUTE class {0,1,2,3,4,5,6,7,8,9}", "@DATA"]
    table = np.column_stack([images.reshape(len(images), pixels), labels])
    rows = [",".join(map(str, row)) for row in table.tolist()]
    return "\n".join([*header, *rows, ""]).encode()
