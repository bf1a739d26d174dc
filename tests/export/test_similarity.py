"""Which submissions are close: near-copies stand out from answers found independently."""

import ast
import csv
import inspect
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from support import grade_versions
from support.running import EXERCISES, SOLUTIONS

from grader.course import registry
from grader.export import Refused, fingerprints, similarity

pytestmark = pytest.mark.slow

CHAPTERS = registry.select(["1.1-3.4"])


@pytest.fixture
def handed_in(tmp_path):
    """Makes a folder of submissions: `handed_in({id: {file name: text}})`."""

    def make(students):
        for id, files in students.items():
            (tmp_path / "in" / id).mkdir(parents=True)
            for name, text in files.items():
                (tmp_path / "in" / id / name).write_text(text, encoding="utf-8", newline="")
        return tmp_path / "in"

    return make


def independent(i):
    """All chapters with the i-th of the right answers to each function."""
    return {f"{chapter.stem}.py": _right_chapter(chapter.stem, i) for chapter in CHAPTERS}


def _right_chapter(stem, i):
    by_name, parts = {}, {}
    for function, version in grade_versions.versions(stem, "right"):
        by_name.setdefault(function, []).append(version)
    for function, versions in by_name.items():
        version = versions[i % len(versions)]
        nodes = _with_helpers(version)
        nodes[-1].name, nodes[-1].decorator_list = function, []
        parts |= {node.name: ast.unparse(node) for node in nodes}
    return "import numpy as np\n\n\n" + "\n\n\n".join(parts.values()) + "\n"


def _with_helpers(version):
    """The definition of a version, behind those of the helpers that it uses."""
    body = ast.parse(Path(inspect.getfile(version)).read_text(encoding="utf-8")).body
    defined = {node.name: node for node in body if hasattr(node, "name")}
    found, todo = {}, [version.__name__]
    while todo:
        name = todo.pop()
        node = found[name] = defined[name]
        names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        todo += sorted(names & defined.keys() - found.keys())
    return list(found.values())[::-1]


def stub_files():
    return {path.name: path.read_text(encoding="utf-8") for path in EXERCISES.glob("ch*.py")}


def solution_files():
    return {
        f"{chapter.stem}.py": (SOLUTIONS / f"{chapter.stem}.py").read_text(encoding="utf-8")
        for chapter in CHAPTERS
    }


def disguised(files):
    """A near-copy: other variable names, comments besides, functions in another order."""
    return {name: _disguised(text) for name, text in files.items()}


def _disguised(text):
    lines = text.splitlines()
    nodes = ast.parse(text).body
    functions = [node for node in nodes if isinstance(node, ast.FunctionDef)]
    for node in functions:
        _rename_variables(node, lines)
    parts = ["\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in functions]
    random.Random(1).shuffle(parts)
    others = [
        "\n".join(lines[node.lineno - 1 : node.end_lineno])
        for node in nodes
        if node not in functions
    ]
    return "\n\n\n# and now\n".join(others + parts) + "\n"


def _rename_variables(function, lines):
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    mine = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    for node in sorted(names, key=lambda node: -node.col_offset):
        line = lines[node.lineno - 1]
        if node.id in mine and line[node.col_offset : node.end_col_offset] == node.id:
            renamed = f"{line[: node.col_offset]}my_{node.id}{line[node.end_col_offset :]}"
            lines[node.lineno - 1] = renamed


def test_a_disguised_copy_is_the_closest_pair_by_far(handed_in):
    students = {f"s{i}": independent(i) for i in range(3)} | {"ref": solution_files()}
    closest = similarity.pairs(handed_in(students | {"copy": disguised(students["s1"])}), EXERCISES)
    first, second = closest[:2]
    assert {first.a, first.b} == {"s1", "copy"}
    assert first.share > 0.9
    assert second.share < 0.75
    assert closest.typical < 0.5
    assert closest.compared == 5
    assert [pair.share for pair in closest] == sorted((p.share for p in closest), reverse=True)


def test_reordered_and_renamed_copies_of_the_reference_are_found_too(handed_in):
    files = solution_files()
    closest = similarity.pairs(
        handed_in({"a": files, "b": disguised(files), "c": independent(0)}), EXERCISES
    )
    assert {closest[0].a, closest[0].b} == {"a", "b"}
    assert closest[0].share > 0.8
    assert closest.typical is None  # of three
    assert closest[1].share < 0.3


def test_passages_stand_side_by_side_with_their_lines(handed_in):
    files = independent(1)
    folder = handed_in({"a": files, "b": disguised(files)})
    (pair,) = similarity.pairs(folder, EXERCISES)
    assert pair.lines > 20
    assert len(pair.passages) == 3
    for sides in pair.passages:
        for id, side in zip(pair[:2], sides, strict=True):
            name, lines = side["where"].split(", lines ")
            first, last = map(int, lines.split(" to "))
            text = (folder / id / name).read_text(encoding="utf-8").splitlines()
            rows = [row[: fingerprints.WIDTH] for row in text[first - 1 : last] if row.strip()]
            assert side["text"].splitlines()[: fingerprints.LINES] == rows[: fingerprints.LINES]


def test_what_begins_alike_in_every_chapter_is_shown_at_its_own_place(handed_in):
    beginning = "\n\ndef begin(steps=100):\n    return helper(steps, other=steps)\n\n\n"
    stubs = stub_files()
    files = {name: stubs[name] + beginning + text for name, text in independent(1).items()}
    (pair,) = similarity.pairs(handed_in({"a": files, "b": files}), EXERCISES)
    assert pair.share == 1
    for one, other in pair.passages:
        assert one == other


@pytest.mark.slow
def test_the_stubs_own_lines_count_for_nobody(handed_in):
    alone = {"a": independent(0), "b": independent(1)}
    stubs = stub_files()
    padded = {
        id: {name: stubs[name] + text for name, text in files.items()}
        for id, files in alone.items()
    }
    (bare,) = similarity.pairs(handed_in(alone | {"stub": stubs}), EXERCISES)
    shutil.rmtree(handed_in({}))
    (with_stubs,) = similarity.pairs(handed_in(padded), EXERCISES)
    assert with_stubs.share == pytest.approx(bare.share, abs=0.06)


def test_those_with_too_little_code_are_left_out_and_counted(handed_in):
    tiny = {"ch1_3_activation_basics.py": "def sigmoid(Z):\n    return 1 / (1 + np.exp(-Z))\n"}
    closest = similarity.pairs(
        handed_in({"a": tiny, "b": tiny, "c": stub_files(), "d": {}}), EXERCISES
    )
    assert closest == []
    assert closest.typical is None
    assert closest.notes == ("4 skipped: too little code beyond the stubs",)


@pytest.mark.slow
def test_the_same_class_gives_the_same_table_every_time(handed_in):
    folder = handed_in({f"s{i}": independent(i) for i in range(3)})
    one, two = (similarity.pairs(folder, EXERCISES) for _ in range(2))
    assert list(one) == list(two)
    assert one.typical == two.typical


@pytest.mark.slow
def test_a_text_that_stalls_the_lexer_costs_only_its_own_place(handed_in, monkeypatch):
    blank = {f"{chapter.stem}.py": "\t \n" * 20_000 for chapter in CHAPTERS}
    folder = handed_in({"a": independent(0), "b": independent(1), "c": blank})
    closest = similarity.pairs(folder, EXERCISES)
    assert [(pair.a, pair.b) for pair in closest] == [("a", "b")]
    assert closest.notes == ("1 skipped: too little code beyond the stubs",)
    monkeypatch.setattr(fingerprints, "PATIENCE", 0.05)
    with pytest.raises(fingerprints.Stalled), fingerprints._patience():
        time.sleep(5)


@pytest.mark.slow
def test_hostile_texts_are_compared_as_text(handed_in, tmp_path, monkeypatch):
    odd = "\x00\x1b[31m\u202e</script>\ud7ff'''\\" * 300
    files = {name: odd + "\n" + text for name, text in independent(2).items()}
    folder = handed_in({"a": files, "b": files, "c": independent(0)})
    (folder / "a" / "ch1_1_numpy_arrays.py").write_bytes(b"\xff\xfe\x00def" * 50_000)
    secret = tmp_path / "secret.py"
    secret.write_text("password = 'hunter2'\n", encoding="utf-8")
    (folder / "b" / "ch9_9_link.py").symlink_to(secret)
    (folder / "link").symlink_to(tmp_path)
    (folder / "numpy.py").write_text("raise SystemExit", encoding="utf-8")
    monkeypatch.chdir(folder)
    closest = similarity.pairs(folder, EXERCISES)
    assert closest.compared == 3
    assert "hunter2" not in str(list(closest))


def test_what_cannot_be_compared_is_one_line(tmp_path, monkeypatch):
    with pytest.raises(Refused, match=r"`.*nowhere` cannot be read"):
        similarity.pairs(tmp_path / "nowhere", EXERCISES)
    monkeypatch.setattr(similarity, "SECONDS", 0.01)
    with pytest.raises(Refused, match=r"took more than 0\.01 s"):
        similarity.pairs(tmp_path, EXERCISES)
    monkeypatch.setitem(sys.modules, "copydetect", None)
    with pytest.raises(Refused, match=r"needs `copydetect`: pip install"):
        similarity.pairs(tmp_path, EXERCISES)


@pytest.mark.parametrize("form", ["folder", "export.zip"])
def test_an_export_has_a_folder_for_each_student_the_stubs_and_the_commands(
    handed_in, tmp_path, form
):
    students = {"ada": independent(0), "bob": independent(1)}
    out = tmp_path / form
    similarity.write_export(out, handed_in(students), EXERCISES)
    if form.endswith(".zip"):
        with zipfile.ZipFile(out) as archive:
            archive.extractall(tmp_path / "unpacked")
        out = tmp_path / "unpacked"
    for id, files in students.items():
        for name, text in files.items():
            assert (out / "submissions" / id / name).read_text(encoding="utf-8") == text
    names = {path.name for path in (out / "stubs").iterdir()}
    assert names == {f"{chapter.stem}.py" for chapter in registry.chapters()}
    with (out / "info.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["full_name"] for row in rows] == ["ada", "bob"]
    assert all((out / row["filename"]).read_text(encoding="utf-8") for row in rows)
    for line in _commands(out):
        words = shlex.split(line)
        named = [word for word in words[1:] if (out / word).exists()]
        assert len(named) >= 2, line


def test_the_command_line_for_copydetect_works_as_the_readme_has_it(handed_in, tmp_path):
    files = independent(0)
    students = {"ada": files, "bob": disguised(files), "eve": solution_files()}
    out = tmp_path / "out"
    similarity.write_export(out, handed_in(students), EXERCISES)
    (command,) = [line for line in _commands(out) if line.startswith("copydetect")]
    subprocess.run(
        [sys.executable, "-m", *shlex.split(command)],
        cwd=out,
        env=os.environ | {"MPLBACKEND": "agg"},
        check=True,
        capture_output=True,
    )
    report = (out / "copydetect.html").read_text(encoding="utf-8")
    assert "ada.py" in report
    assert "bob.py" in report


def _commands(out):
    readme = (out / "README.txt").read_text(encoding="utf-8")
    return [line.strip() for line in readme.splitlines() if re.match(r" {4}\S", line)]


def test_an_export_overwrites_nothing(handed_in, tmp_path):
    with pytest.raises(Refused, match="already exists"):
        similarity.write_export(tmp_path, handed_in({}), EXERCISES)


@pytest.mark.parametrize(
    "padding",
    [
        "# {:0100d}\n" * 400,
        '"""' + "{:0100d}\n" * 400 + '"""\n',
        "    \n" * 9000,
        "'{:010d}'\n" * 3000,
        "x = '{:04000d}'\n" * 10,
    ],
    ids=["comments", "docstring", "blank lines", "short strings", "long strings"],
)
def test_padding_does_not_hide_a_copy(handed_in, padding):
    files = independent(0)
    copied = {
        name: padding.format(*range(padding.count("{"))) + text for name, text in files.items()
    }
    closest = similarity.pairs(handed_in({"a": files, "b": copied, "c": independent(1)}), EXERCISES)
    assert {closest[0].a, closest[0].b} == {"a", "b"}
    assert closest[0].share > 0.8
    assert not any("only the first" in note for note in closest.notes)


def test_code_that_is_left_out_is_named(handed_in):
    files = independent(0)
    name = next(iter(files))
    long = {name: "x = 1\n" * 6000 + files[name]}
    closest = similarity.pairs(handed_in({"a": files, "b": long}), EXERCISES)
    assert closest.notes[0].startswith("`b`: only the first 30,000 characters of code in")
    assert name in closest.notes[0]
