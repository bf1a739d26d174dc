"""The built site on a host of its own, and pages of it in Chromium."""

import contextlib
import functools
import gzip
import http.server
import io
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile

import filelock
from playwright.sync_api import sync_playwright

from lessons.page import bundle, packs

from .needs import chromium
from .running import ROOT


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a log.

    broken: the endings of addresses whose answers break off
    silent: the endings of addresses that are answered only after `speak` is set
    """

    broken: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    speak = threading.Event()

    def do_GET(self):
        if self.path.endswith(self.silent or ("no such ending",)):
            self.speak.wait()
        super().do_GET()

    def end_headers(self):
        self.send_header("Cache-Control", "max-age=600")  # as on GitHub Pages
        super().end_headers()

    def log_message(self, *_):
        pass

    def copyfile(self, source, outputfile):
        if not self.path.endswith(self.broken or ("no such ending",)):
            return super().copyfile(source, outputfile)
        outputfile.write(source.read(1000))
        self.close_connection = True
        return None


def built_once(tmp_path_factory):
    """Return the folder of the built site, which all processes of one test run share."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = shared / "built-site"
    with filelock.FileLock(f"{folder}.lock"):
        if not (folder / "index.html").is_file():
            _build(folder)
    return folder


def _build(folder):
    command = [sys.executable, "-m", "lessons", "--out", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "NOTE" not in done.stdout, done.stdout


class Host:
    """A static host on this machine, which can be told to fail."""

    def __init__(self, folder, port=0):
        self.handler = type("Handler", (Quiet,), {"speak": threading.Event()})
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), None)
        self.serve(folder)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def serve(self, folder):
        """Answer with the files of this folder from now on."""
        self.folder = folder
        self.server.RequestHandlerClass = functools.partial(self.handler, directory=folder)

    def break_off(self, *endings):
        """Let the answers for these addresses end too early."""
        self.handler.broken = endings

    def fall_silent(self, *endings):
        """Leave requests for these addresses without an answer."""
        self.handler.silent = endings

    def close(self):
        self.handler.silent = ()
        self.handler.speak.set()
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
    page.set_default_timeout(600_000)  # a busy machine is no fault of the page
    page.goto(url)
    return page


def check(page, stem, name, source):
    """Grade a function of a chapter file's source in a page."""
    call = "([stem, name, source]) => course.check(stem, name, source)"
    return page.evaluate(call, [stem, name, source])


def exercise(page, name):
    """Return the exercise of a function, as a locator."""
    return page.locator(f"#exercise-{name.replace('_', '-')}, [data-function='{name}']").first


def write(page, name, code):
    """Write code into a function's editor, as a reader would paste it."""
    exercise(page, name).locator(".cm-content").first.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(code)


def press_check(page, name):
    """Press Check and return the report, as a locator."""
    box = exercise(page, name)
    box.get_by_role("button", name="Check", exact=True).click()
    box.get_by_role("button", name="Stop", exact=True).wait_for(state="hidden")
    return box.locator(".report").first


def renewed(site, folder):
    """Copy a built site as a newer build of it, with other pages, scripts and grader."""
    shutil.copytree(site, folder)
    engine, static = folder / "_static" / "engine", folder / "_static"
    before = _listed(engine)["course"]
    packed = gzip.decompress((engine / before["file"]).read_bytes())
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        course = {name: archive.read(name) for name in archive.namelist()}
    packs.add(engine, "course", course | {"renewed.txt": b""})
    scripts = gzip.decompress((static / "course.bin").read_bytes()).decode()
    for key, value in _listed(engine)["course"].items():
        scripts = scripts.replace(str(before[key]), str(value))
    (static / "course.bin").write_bytes(gzip.compress(scripts.encode()))
    for path in (*folder.glob("*.html"), static / "course.js"):
        path.write_text(path.read_text("utf-8").replace("?v=", "?v=0"), encoding="utf-8")
    bundle.pack_for_offline(folder)
    return folder


def _listed(engine):
    return json.loads((engine / packs.LISTING).read_text(encoding="utf-8"))["packs"]
