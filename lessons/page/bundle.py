"""Puts Python into the pages of a site: the packs, and the scripts bundled into a few files."""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import zipfile
from importlib.util import find_spec
from pathlib import Path

from lessons.site import cache, places

from . import notice, packs

PAGE = Path(__file__).resolve().parent
SCRIPTS = PAGE / "scripts"
BOARD = places.ROOT / "grader" / "draw" / "page"
STYLES = (SCRIPTS / "course.css", SCRIPTS / "figures.css", BOARD / "board.css")
PACKAGE = places.ROOT / "package.json"
CACHE = places.CACHE / "page"
READY = CACHE / "static"  # goes into the site's `_static`
COURSE = (
    "data/*.py", "grader/**/*.py", "grader/**/*.toml", "grader/**/*.json", "solutions/*.py",
    "lessons/__init__.py", "lessons/page/__init__.py", "lessons/page/kernel/**/*.py",
)  # fmt: skip
APART = ("bundled", "classroom", "export", "handout", "intake")
NOT_IN_COURSE = tuple(f"grader/{name}/" for name in APART)
TARGET = "es2022"
LARGEST = 100 * 10**6  # bytes of a file that GitHub Pages still takes


def prepare():
    """Make all that goes into a site's `_static`; raise `packs.Unavailable` where that fails."""
    artifacts = packs.engine(CACHE)
    modules = _modules()
    engine = READY / "engine"
    packs.write(artifacts, _course(artifacts), engine)
    data = CACHE / "course-data.json"
    cache.place(data, json.dumps(_data(engine)))
    worker = CACHE / "worker.txt"
    _esbuild(modules, SCRIPTS / "worker.js", worker)
    whole = CACHE / "course.js"
    parts = (f"--alias:course-data={data}", f"--alias:course-worker={worker}")
    _esbuild(modules, SCRIPTS / "course.js", whole, *parts)
    packed = gzip.compress(whole.read_bytes(), 9, mtime=0)
    (READY / "course.bin").write_bytes(packed)
    version = json.dumps(hashlib.sha256(packed).hexdigest()[:12])
    _esbuild(modules, SCRIPTS / "loader.js", READY / "course.js", f"--define:VERSION={version}")
    styles = [path.read_text(encoding="utf-8") for path in STYLES]
    (READY / "course.css").write_text("\n".join(styles), encoding="utf-8")
    notice.write(engine / "NOTICE.txt", artifacts, modules)


def discard():
    """Forget what `prepare` made, so that pages do not ask for it."""
    shutil.rmtree(READY, ignore_errors=True)


def finish(site):
    """Add to a site that Sphinx has written what needs all of it: its copy for offline reading."""
    site = Path(site)
    shutil.rmtree(site / "_static" / "engine", ignore_errors=True)
    shutil.copytree(READY, site / "_static", dirs_exist_ok=True)
    shutil.copyfile(SCRIPTS / "service.js", site / "service.js")
    pack_for_offline(site)


def pack_for_offline(site):
    """Pack all that a browser keeps of a site, so that its lessons can be read offline."""
    packs.add(site / "_static" / "engine", "site", dict(_readable(site)))


def too_large(site):
    """Return a line for each file that GitHub Pages and others refuse for its size."""
    files = sorted(filter(Path.is_file, Path(site).rglob("*")))
    large = [path for path in files if path.stat().st_size >= LARGEST]
    return [f"{path.relative_to(site)}: {path.stat().st_size / 1e6:.0f} MB" for path in large]


def write_zip(site, file):
    """Put a site into one zip, whose only folder is `site`; what is packed already is stored."""
    part = Path(f"{file}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(filter(Path.is_file, Path(site).rglob("*"))):
            name = path.relative_to(site).as_posix()
            if not name.startswith(("_sources/", ".buildinfo")):
                packed = zipfile.ZIP_STORED if path.suffix == ".gz" else zipfile.ZIP_DEFLATED
                archive.write(path, f"site/{name}", compress_type=packed)
    part.replace(file)


def _readable(site):
    for path in sorted(filter(Path.is_file, site.rglob("*"))):
        name = path.relative_to(site).as_posix()
        if not name.startswith(("_static/engine/", "_sources/", ".", "service.js", "objects.inv")):
            yield name, path.read_bytes()


def _modules():
    """Return the folder of the npm packages, installed as `package.json` says."""
    folder = CACHE / f"npm-{cache.fingerprint(PACKAGE)}"
    if not (folder / "complete").is_file():
        folder.mkdir(parents=True, exist_ok=True)
        for file in (PACKAGE, places.ROOT / ".npmrc"):
            shutil.copyfile(file, folder / file.name)
        _run(["npm", "install", "--silent"], folder)
        (folder / "complete").touch()
    return folder / "node_modules"


def _esbuild(modules, entry, out, *options):
    command = [str(modules / ".bin" / "esbuild"), str(entry), "--bundle", "--minify"]
    command += [f"--target={TARGET}", "--log-level=error", "--legal-comments=none"]
    _run([*command, f"--outfile={out}", *options], PAGE, NODE_PATH=str(modules))


def _run(command, folder, **variables):
    program = shutil.which(command[0])
    if program is None:
        raise packs.Unavailable(f"`{Path(command[0]).name}` is not installed")
    environment = os.environ | variables
    done = subprocess.run(
        [program, *command[1:]], cwd=folder, env=environment, capture_output=True, text=True
    )
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["it gave no reason"]
        raise packs.Unavailable(f"`{Path(command[0]).name}` failed: {lines[0]}")


def _course(artifacts):
    """Map paths to bytes: the kit, and the few other packages' files that it needs."""
    files = {
        path.relative_to(places.ROOT).as_posix(): path.read_bytes()
        for pattern in COURSE
        for path in sorted(places.ROOT.glob(pattern))
    }
    files = {name: text for name, text in files.items() if not name.startswith(NOT_IN_COURSE)}
    click = Path(find_spec("click").origin).parent
    files |= {f"click/{path.name}": path.read_bytes() for path in click.glob("*.py")}
    digits = "sklearn/datasets/data/digits.csv.gz"
    return files | {"sklearn/__init__.py": b"", digits: packs.digits(artifacts)}


def _data(engine):
    """Return what the scripts know from the start: the chapters with their stubs, and the packs."""
    listed = json.loads((engine / "engine.json").read_text(encoding="utf-8"))
    return {
        "chapters": [
            {
                "id": chapter.id,
                "stem": chapter.stem,
                "title": chapter.title,
                "functions": chapter.functions,
                "stub": (places.STUBS / f"{chapter.stem}.py").read_text(encoding="utf-8"),
            }
            for chapter in places.chapters()
        ],
        "whole": {
            name: (places.STUBS / name).read_text(encoding="utf-8")
            for name in (*sorted(places.WHOLE), "neural_network.py")
        },
        **listed,  # `first` and `packs`
    }
