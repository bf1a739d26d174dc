"""The built site on a host of its own, and pages of it in Chromium."""

import contextlib
import functools
import http.server
import subprocess
import sys
import threading

from playwright.sync_api import sync_playwright

from .needs import chromium
from .running import ROOT

CALL = "([stem, name, source]) => course.check(stem, name, source)"


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a log; `broken` holds the endings of addresses that break off."""

    broken: tuple[str, ...] = ()

    def log_message(self, *_):
        pass

    def copyfile(self, source, outputfile):
        if not self.path.endswith(self.broken or ("no such ending",)):
            return super().copyfile(source, outputfile)
        outputfile.write(source.read(1000))
        self.close_connection = True
        return None


def build(folder):
    """Build the site into a folder."""
    command = [sys.executable, "-m", "lessons", "--out", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "NOTE" not in done.stdout, done.stdout
    return folder


class Host:
    """A static host on this machine, which can be told to fail."""

    def __init__(self, folder, port=0):
        self.handler = type("Handler", (Quiet,), {})
        bound = functools.partial(self.handler, directory=folder)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), bound)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def break_off(self, *endings):
        """Let the answers for these addresses end too early."""
        self.handler.broken = endings

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@contextlib.contextmanager
def browsing():
    """Start Chromium."""
    with sync_playwright() as engine:
        launched = engine.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield launched
        launched.close()


def open_in(context, url):
    """Open a page; its requests and errors are its attributes."""
    page = context.new_page()
    page.asked, page.complaints = [], []
    page.on("request", lambda request: page.asked.append(request.url))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto(url)
    page.set_default_timeout(120_000)
    return page
