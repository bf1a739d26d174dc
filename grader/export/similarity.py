"""Finds the closest pairs of submissions, and exports submissions for similarity detectors.

Code from the stubs does not count. Short functions have one natural form, so that honest
submissions are similar as well: a pair means something only compared with the rest of the class.
"""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from ..course.places import KIT, STUBS
from ..files.reading import python_files
from ..files.writing import Unwritable, write_whole
from ..files.zipped import zipped
from . import Refused

FILES = 40  # of one submission
MOST = 30_000  # characters of a file's code that are compared; the longest solution has 11,000
SECONDS, SECONDS_EACH = 120, 2  # time limit of the comparison, plus that per submission
INSTEAD = "use `grade export similarity` and a detector instead"
README = """\
Files for detectors of similar code. Each command passes the stubs that everyone started from as
base code. Run the commands in this folder:

JPlag 6 (https://github.com/jplag/JPlag, needs Java 21)
    java -jar jplag.jar -l python3 -bc stubs -r result submissions

Dolos (https://dolos.ugent.be, needs Node.js: npm install -g @dodona/dolos)
    dolos run -l python -f web -i stubs.py info.csv

copydetect (pip install copydetect)
    copydetect -t joined -b base -e py -O copydetect.html -a

submissions/  one folder per student, for JPlag
stubs/        the files that everyone started from
joined/       each student's files joined into one, for Dolos and copydetect,
              which compare single files; info.csv lists them
base/         the stubs joined into one file; stubs.py is the same

Similarity is not proof: short functions have one natural form, and students may have worked
together where that was allowed. Look at what is typical of the class first, then at a pair.
"""


class Pair(NamedTuple):
    """Two submissions, and the share of their code that differs only in names and comments.

    `passages` are the longest common ones, each as two `{"where", "text"}`.
    """

    a: str
    b: str
    share: float
    lines: int
    passages: list


class Closest(list):
    """The closest pairs, closest first.

    `typical` is the median share over all pairs of the `compared` submissions, None for too few
    submissions; `notes` lists the skipped submissions and the reasons.
    """

    def __init__(
        self,
        pairs: Iterable[Pair] = (),
        typical: float | None = None,
        compared: int = 0,
        notes: Iterable[str] = (),
    ) -> None:
        super().__init__(pairs)
        self.typical, self.compared, self.notes = typical, compared, tuple(notes)


def pairs(submissions: str | Path, stubs: str | Path, count: int = 12) -> Closest:
    """Find the `count` closest pairs among the folders in `submissions`.

    submissions: a folder with one folder per student, such as `OUT/submissions`
    stubs: the folder of the files that everyone started from
    """
    if find_spec("copydetect") is None:
        raise Refused(
            "similarity needs `copydetect`: "
            "pip install 'learn-deep-learning-with-numpy[instructor]'"
        )
    read = {folder.name: _files(folder) for folder in _folders(submissions)}
    request = {"stubs": _files(Path(stubs)), "submissions": read, "count": count, "most": MOST}
    answer = _run(request, SECONDS + SECONDS_EACH * len(read))
    return Closest([Pair(*pair) for pair in answer.pop("pairs")], **answer)


def _run(request, seconds):
    """Run the comparison in its own process, with hashes that are the same every time.

    That process imports nothing from the current folder, which may hold submissions.
    """
    command = [sys.executable, "-P", "-W", "ignore", "-m", f"{__package__}.fingerprints"]
    home = os.pathsep.join([str(KIT.parent), *filter(None, [os.environ.get("PYTHONPATH")])])
    environment = os.environ | {"PYTHONHASHSEED": "0", "MPLBACKEND": "agg", "PYTHONPATH": home}
    try:
        done = subprocess.run(
            command,
            input=json.dumps(request).encode(),
            env=environment,
            capture_output=True,
            timeout=seconds,
            check=True,
        )
        return json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise Refused(f"the comparison took more than {seconds} s: {INSTEAD}") from None
    except (subprocess.CalledProcessError, ValueError):
        raise Refused(f"the comparison failed: {INSTEAD}") from None


def write_export(out: str | Path, submissions: str | Path, stubs: str | Path) -> list[str]:
    """Write the files for similarity detectors to a new folder, or to a zip if `out` ends in .zip.

    They are one folder per student, the stubs as base code, and a README.txt with the commands.
    Returns lines for the instructor.
    """
    out = Path(out)
    if out.exists():
        raise Refused(f"`{out}` already exists: name another file or folder")
    members = _members(submissions, Path(stubs))
    try:
        if out.suffix == ".zip":
            write_whole(zipped(dict(members)), out)
        else:
            for name, data in members:
                (out / name).parent.mkdir(parents=True, exist_ok=True)
                (out / name).write_bytes(data)
    except OSError as error:
        raise Unwritable(
            f"`{out}` cannot be written ({error.strerror}): name another one"
        ) from None
    return [f"`{out}`: README.txt has the detectors' commands"]


def _members(submissions, stubs):
    """Yield `(name, bytes)` for each file of the export."""
    yield "README.txt", README.encode()
    listed = io.StringIO()
    table = csv.writer(listed, lineterminator="\n")
    table.writerow(["filename", "full_name"])
    for folder in _folders(submissions):
        for name, data in _sources(folder).items():
            yield f"submissions/{folder.name}/{name}", data
        yield f"joined/{folder.name}.py", _joined(folder)
        table.writerow([f"joined/{folder.name}.py", folder.name])
    yield "info.csv", listed.getvalue().encode()
    for name, data in _sources(stubs).items():
        yield f"stubs/{name}", data
    for name in ("base/stubs.py", "stubs.py"):
        yield name, _joined(stubs)


def _joined(folder):
    return b"\n".join(_sources(folder).values())


def _folders(submissions):
    """The students' folders, without following links."""
    try:
        entries = sorted(Path(submissions).iterdir())
    except OSError as error:
        raise Refused(f"`{submissions}` cannot be read ({error.strerror})") from None
    return [folder for folder in entries if folder.is_dir() and not folder.is_symlink()]


def _files(folder):
    """`{name: text}` of its files."""
    return {name: data.decode("utf-8", "replace") for name, data in _sources(folder).items()}


def _sources(folder):
    """`{name: bytes}` of its files, less those that came with the course and are unchanged."""
    files = python_files(folder, deep=True, most=FILES)
    given = python_files(STUBS)
    return {
        name: data for name, data in files.items() if _is_chapter(name) or data != given.get(name)
    }


def _is_chapter(name):
    return name.startswith("ch")
