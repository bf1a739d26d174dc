"""docs/instructors.md, walked word for word on the files of four platforms."""

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
import zipfile

import pytest
from support.platforms import brightspace_takes, canvas_takes, files, moodle_takes
from support.running import EXERCISES, PATIENCE, ROOT, SOLUTIONS, call_grade

TEXT = (ROOT / "docs" / "instructors.md").read_text(encoding="utf-8")
FILE = "ch1_1_numpy_arrays.py"
CANVAS_BOOK = """\
Student,ID,SIS User ID,SIS Login ID,Section,Homework (77)
    Points Possible,,,,,210
"Curie, Ada",101,s1,ada@x.edu,A,
"Noether, Emmy",102,s2,emmy@x.edu,A,
"Absent, Abe",103,s3,abe@x.edu,A,
"""
METADATA = """\
---
submission_5001:
  :submitters:
  - :name: Ada Curie
    :sid: s1
    :email: ada@x.edu
submission_5002:
  :submitters:
  - :name: Emmy Noether
    :sid: s2
    :email: emmy@x.edu
"""
DATE = "Oct 5, 2026 1234 PM"
PLATFORMS = {  # where Ada's and Emmy's files are in the zip, and the gradebook
    "Canvas": (f"curieada_101_5001_{FILE}", f"noetheremmy_LATE_102_5002_{FILE}", CANVAS_BOOK),
    "Moodle": (
        f"Ada Curie_501_assignsubmission_file_/{FILE}",
        f"Emmy Noether_502_assignsubmission_file_/{FILE}",
        'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade",'
        '"Last modified (grade)"\n'
        '"Participant 501","Ada Curie",ada@x.edu,Submitted,,210.00,-\n'
        '"Participant 502","Emmy Noether",emmy@x.edu,Submitted,,210.00,-\n'
        '"Participant 503","Abe Absent",abe@x.edu,"No submission",,210.00,-\n',
    ),
    "Brightspace": (
        f"11-5 - Ada Curie - {DATE}/{FILE}",
        f"12-5 - Emmy Noether - {DATE}/{FILE}",
        "OrgDefinedId,Username,Last Name,First Name,Email,"
        "Homework Points Grade <Numeric MaxPoints:210>,End-of-Line Indicator\n"
        "#s1,#ada,Curie,Ada,ada@x.edu,,#\n#s2,#emmy,Noether,Emmy,emmy@x.edu,,#\n"
        "#s3,#abe,Absent,Abe,abe@x.edu,,#\n",
    ),
    "Gradescope": (
        f"assignment/submission_5001/{FILE}",
        f"assignment/submission_5002/{FILE}",
        CANVAS_BOOK,
    ),
}


def commands(platform):
    """The commands in the document's blocks; of the platforms' own sections, only this one's."""
    sections = re.split(r"^(?=#{2,} )", TEXT, flags=re.MULTILINE)
    for section in sections:
        title = section.partition("\n")[0].lstrip("# ")
        if title in PLATFORMS and title != platform:
            continue
        for block in re.findall(r"^ *```sh\n(.*?)```", section, flags=re.DOTALL | re.MULTILINE):
            yield from textwrap.dedent(block).splitlines()


def bring(folder, platform):
    """The zip of an assignment and the gradebook, as the platform gives them."""
    ada, emmy, book = PLATFORMS[platform]
    with zipfile.ZipFile(folder / "submissions.zip", "w") as archive:
        archive.write(SOLUTIONS / FILE, ada)
        archive.write(EXERCISES / FILE, emmy)
        if platform == "Gradescope":
            archive.writestr("assignment/submission_metadata.yml", METADATA)
    (folder / "gradebook.csv").write_text(book, encoding="utf-8")
    (folder / "solutions").symlink_to(SOLUTIONS)


def walk(folder, platform):
    """What each command printed on standard error."""
    told = {}
    for line in commands(platform):
        program, *arguments = shlex.split(line)
        assert program == "grade"
        done = _class(arguments, folder) if "class" in arguments else None
        done = done or call_grade(*arguments, cwd=folder)
        assert done.returncode == 0, line + done.stdout + done.stderr
        assert "Traceback" not in done.stdout + done.stderr
        told[line] = done.stderr
    return told


def _class(arguments, folder):
    """Examiners are processes: they start from one of their own, and find the kit by its path."""
    return subprocess.run(
        [sys.executable, "-m", "grader", *arguments],
        cwd=folder,
        env=os.environ | {"LEARN_DL_DATA": "", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


@pytest.mark.needs("sandbox")
@pytest.mark.slow
@pytest.mark.parametrize("platform", PLATFORMS)
def test_the_whole_document_works_on_a_platforms_files(tmp_path, platform):
    bring(tmp_path, platform)
    told = walk(tmp_path, platform)
    filled = next(told[line] for line in told if "--gradebook" in line)
    assert "2 of 3 rows of students were filled" in filled
    assert "1 left blank, without a matching submission that has a grade: `" in filled
    assert "normalize: points set by hand: 2 instead of 0" in filled
    assert grades(tmp_path / "upload.csv", platform) == {"Ada": "10", "Emmy": "2", "Abe": ""}
    assert len(list((tmp_path / "report" / "students").iterdir())) == 2
    back = came_back(tmp_path, platform)
    assert "Curie" in back["Ada"]
    assert "Noether" in back["Emmy"]
    assert "Please keep the file&#39;s name." in back["Emmy"]
    assert "Please keep" not in back["Ada"]
    with open(tmp_path / "grades.csv", encoding="utf-8", newline="") as file:
        rows = {row["email"] or row["login"]: row for row in csv.DictReader(file)}
    assert rows["emmy@x.edu"]["1.1.normalize"] == "2"


def grades(file, platform):
    """First name -> what the platform reads as the grade."""
    rows = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8"))))
    (column,) = (i for i, title in enumerate(rows[0]) if title.startswith(("Homework", "Grade")))
    names = {name: row for name in ("Ada", "Emmy", "Abe") for row in rows[1:] if name in str(row)}
    return {name: row[column] for name, row in names.items()}


def came_back(folder, platform):
    """First name -> the page that the platform hands to this person."""
    data = (folder / "feedback.zip").read_bytes()
    if platform == "Canvas":
        taken, ignored = canvas_takes(data, {"101": ["5001"], "102": ["5002"]})
        assert ignored == []
        pages = {"Ada": taken["101"][0], "Emmy": taken["102"][0]}
    elif platform == "Moodle":
        taken = moodle_takes(data, {501, 502, 503})
        pages = {"Ada": taken[501]["feedback.html"], "Emmy": taken[502]["feedback.html"]}
    elif platform == "Brightspace":
        folders = {name: f"{n}-5 - {name} - {DATE}" for n, name in ((11, "Ada Curie"),)}
        folders |= {"Emmy Noether": f"12-5 - Emmy Noether - {DATE}"}
        taken = brightspace_takes(data, folders.values())
        pages = {n.split()[0]: taken[each]["feedback.html"] for n, each in folders.items()}
    else:
        ada, emmy = sorted(files(data))  # submission_5001 and 5002
        pages = {"Ada": files(data)[ada], "Emmy": files(data)[emmy]}
    if platform == "Canvas":
        comments = json.loads((folder / "comments.json").read_text())["grade_data"]
        assert comments.keys() == {"101", "102"}
        assert "Please keep the file's name." in comments["102"]["text_comment"]
    return {name: page.decode() for name, page in pages.items()}
