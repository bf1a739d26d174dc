"""Submissions as they are handed in: zips and folders of files, and reading what intake found."""

import io
import struct
import zipfile

STEM = "ch1_1_numpy_arrays"
OTHER = "ch1_2_matrix_operations"
CHAPTER = f"{STEM}.py"
MB = 2**20
# Its `submission_metadata.yml`, with a student, a group of two, and a former member
GRADESCOPE = """---
submission_11:
  :submitters:
  - :name: Solo Student
    :sid: '0100'
    :email: solo@x.edu
  :created_at: 2026-10-05 12:34:56.000000000 Z
  :history:
  - :id: 9
    :submitters:
    - :name: Somebody Else
submission_22:
  :submitters:
  - :name: "Pair \\e[31mOne"
    :sid: '200'
  - :name: 'Pair O''Two :sid: 7'
    :email: two@x.edu
"""


def zipped(files):
    """The bytes of a zip of these: name -> text, bytes or, for a zip in it, another dict."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, zipped(content) if isinstance(content, dict) else content)
    return buffer.getvalue()


def written(folder, files):
    """The same as files in a folder; a dict is a zip if its name says so, else a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, dict) and not name.endswith(".zip"):
            written(path, content)
        else:
            content = zipped(content) if isinstance(content, dict) else content
            path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def flat(files, above=""):
    """The same files by their whole paths; folders, but not zips, are opened."""
    paths = {}
    for name, content in files.items():
        if isinstance(content, dict) and not name.endswith(".zip"):
            paths |= flat(content, f"{above}{name}/") or {f"{above}{name}/": ""}
        else:
            paths[above + name] = content
    return paths


def roster_file(folder, content):
    """A file of this text or these bytes, or None."""
    if content is None:
        return None
    path = folder / "roster.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def by_id(result):
    return {submission.id: submission for submission in result.hand_ins}


def said(submission, *words):
    """The one note in which all of these words are."""
    (note,) = [note for note in submission.notes if all(word in note for word in words)]
    return note


def directory(entries, count=None, size=None):
    """A zip of nothing but its list of members, which may lie about itself."""
    listed = b"".join(entries)
    end = struct.pack(
        "<4s4H2LH", b"PK\5\6", 0, 0, 1, (count or len(entries)) & 0xFFFF, size or len(listed), 0, 0
    )
    return listed + end


def entry(name=b"a", offset=0):
    head = struct.pack(
        "<4s4B4HL2L5H2L",
        b"PK\1\2",
        20,
        3,
        20,
        0,
        0,
        0,
        0,
        33,
        0,
        1,
        1,
        len(name),
        0,
        0,
        0,
        0,
        0,
        offset,
    )
    return head + name
