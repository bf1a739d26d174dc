"""Intake against people with an interest in the outcome: bombs, links, lies and hostile names."""

import io
import json
import os
import random
import re
import stat
import struct
import tarfile
import time
import tracemalloc
import unicodedata
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.handed_in import (
    CHAPTER,
    MB,
    OTHER,
    STEM,
    by_id,
    directory,
    entry,
    said,
    written,
    zipped,
)
from support.odd_forms import tarred

from grader.intake import archives, intake, lms, sanitize, tars, zips

ID = re.compile(r"(?![.-])[A-Za-z0-9._-]{1,80}(?<!\.)")


def handed_in(tmp_path, data, name="mallory.zip"):
    """The submission that these bytes make, beside an honest one that must not suffer."""
    folder = written(tmp_path / "class", {name: data, "honest": {CHAPTER: "x = 1"}})
    found = by_id(intake.read(folder))
    assert found.pop("honest").files == {CHAPTER: b"x = 1"}
    (submission,) = found.values()
    assert_harmless(submission)
    return submission


def assert_harmless(submission):
    assert ID.fullmatch(submission.id)
    assert all(submission.student.values())
    for shown in (*submission.notes, *submission.student.values()):
        assert len(shown) <= 200
        assert not any(unicodedata.category(c).startswith("C") for c in shown)


def packed(members, mode=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", mode) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("inside", ["plainly", "in a zip"])
def test_a_bomb_of_zeros(tmp_path, inside):
    bomb = packed([(CHAPTER, bytes(60 * MB)), (f"{OTHER}.py", "fine = 1")])
    data = bomb if inside == "plainly" else zipped({"again.zip": bomb})
    submission = handed_in(tmp_path, data)
    assert submission.files == {f"{OTHER}.py": b"fine = 1"}
    said(submission, f"`{CHAPTER}`", "is larger than 1 MB")


def test_a_small_bomb_is_told_by_its_ratio(tmp_path):
    submission = handed_in(
        tmp_path, packed([(CHAPTER, " " * 900_000), (f"{OTHER}.py", "#\n" * 999)])
    )
    assert list(submission.files) == [f"{OTHER}.py"]
    said(submission, f"`{CHAPTER}`", "suspicious compression")


def test_a_zip_that_unpacks_to_a_huge_zip(tmp_path):
    huge = packed([(CHAPTER, "x = 1"), ("zeros", bytes(90 * MB))], zipfile.ZIP_STORED)
    submission = handed_in(tmp_path, zipped({"work.zip": huge}))
    assert submission.files == {}
    said(submission, "`work.zip`", "suspicious compression")


def test_many_zips_in_a_zip_share_one_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(zips, "MAX_UNPACKED", MB)
    noise = random.Random(0).randbytes(MB * 3 // 10)
    inner = packed([("noise", noise)])
    submission = handed_in(tmp_path, zipped({f"{n}.zip": inner for n in range(9)}))
    assert sum("is larger than" in note for note in submission.notes) == 6


def test_archives_are_opened_four_deep_and_no_deeper(tmp_path):
    deep = {"4.zip": {CHAPTER: "x = 1", "5.zip": {f"{OTHER}.py": "deep = 1"}}}
    submission = handed_in(tmp_path, zipped({"2.zip": {"3.zip": deep}}))
    assert submission.files == {CHAPTER: b"x = 1"}
    said(submission, "`5.zip`", "a zip inside a zip")


def test_a_tar_that_is_too_large(tmp_path, monkeypatch):
    monkeypatch.setattr(tars, "MAX_UNPACKED", MB)
    noise = tarred({f"{n}.txt": random.Random(n).randbytes(MB // 4).hex() for n in range(3)})
    submission = handed_in(tmp_path, zipped({"work.tgz": noise}))
    said(submission, "`work.tgz`", "is larger than 1 MB")


def test_a_tar_leads_nowhere(tmp_path):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind in ((CHAPTER, tarfile.SYMTYPE), (f"../{OTHER}.py", tarfile.REGTYPE)):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, "/etc/passwd"
            member.size = 5 * (kind == tarfile.REGTYPE)
            archive.addfile(member, io.BytesIO(b"x = 1"))
    submission = handed_in(tmp_path, zipped({"work.tar": buffer.getvalue()}))
    assert submission.files == {f"{OTHER}.py": b"x = 1"}
    said(submission, f"`{CHAPTER}`", "is a link")


def test_too_many_zips(tmp_path):
    files = {f"{n}.zip": {"a": ""} for n in range(zips.MAX_ZIPS + 5)}
    submission = handed_in(tmp_path, zipped(files))
    assert sum("more than 50 zips" in note for note in submission.notes) == 6  # its own zip counts


@pytest.mark.parametrize("lie", [0, 7, 900, 2**31])
def test_sizes_in_headers_are_not_believed(tmp_path, lie):
    data = bytearray(packed([(CHAPTER, "x = 1\n" * 3 * MB)], zipfile.ZIP_STORED))
    for signature, offset in ((b"PK\3\4", 22), (b"PK\1\2", 24)):
        start = data.index(signature) + offset
        data[start : start + 4] = struct.pack("<L", lie)
    submission = handed_in(tmp_path, bytes(data))
    assert submission.files == {}
    assert re.search(r"is larger|is damaged", said(submission, CHAPTER))


def test_a_million_members_cost_nothing(tmp_path):
    data = directory([entry()] * 10**6)
    tracemalloc.start()
    began = time.monotonic()
    submission = handed_in(tmp_path, data)
    seconds, (_, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert submission.files == {}
    said(submission, "too many files")
    assert seconds < 2
    assert peak < 60 * MB


def test_more_members_than_are_allowed(tmp_path, monkeypatch):
    monkeypatch.setattr(zips, "MAX_MEMBERS", 10)
    submission = handed_in(tmp_path, packed([(f"{n}/{CHAPTER}", "") for n in range(11)]))
    said(submission, "more than 10 files")


def test_a_list_of_members_that_lies(tmp_path):
    for data in (
        directory([entry()], size=2**31),
        directory([entry()], count=60_000),
        directory([entry(CHAPTER.encode(), offset=2**31)]),
        directory([entry(CHAPTER.encode())] * 500),
    ):
        assert handed_in(tmp_path, data).files == {}


def test_overlapping_members(tmp_path):
    good = packed([(CHAPTER, "x = 1\n")])
    start, end = good.index(b"PK\1\2"), good.index(b"PK\5\6")
    one = good[start:end]
    data = good[:start] + one * 5000
    data += struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 5000, 5000, len(one) * 5000, start, 0)
    submission = handed_in(tmp_path, data)
    assert set(submission.files.values()) <= {b"x = 1\n"}


@pytest.mark.parametrize("mode", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_without_bounds_are_not_unpacked(tmp_path, mode):
    submission = handed_in(tmp_path, packed([(CHAPTER, bytes(20 * MB))], mode))
    assert submission.files == {}
    said(submission, CHAPTER, "unusual way")


def test_an_encrypted_zip(tmp_path):
    data = bytearray(packed([(CHAPTER, "x = 1")]))
    data[data.index(b"PK\3\4") + 6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    said(handed_in(tmp_path, bytes(data)), CHAPTER, "encrypted", "without a password")


@pytest.mark.parametrize("name", ["m.rar", "m.7z", "m.tar.gz", "m.tgz", "m.tar"])
def test_other_archives_are_named_with_the_next_step(tmp_path, name):
    submission = handed_in(tmp_path, b"Rar!", name)
    assert (submission.id, submission.files) == ("m", {})
    said(submission, f"`{name}`", "submit a .zip")


@pytest.mark.parametrize(
    ("data", "word"), [(b"", "not a zip"), (b"hello" * 999, "not a zip"), (zipped({}), "is empty")]
)
def test_what_is_no_zip(tmp_path, data, word):
    submission = handed_in(tmp_path, data)
    said(submission, "`mallory.zip`", word)


def test_a_broken_zip_is_its_owners_alone(tmp_path):
    """Bytes changed and cut off at random: a submission in any case, and never an exception."""
    chance = random.Random(1)
    good = zipped({CHAPTER: "x = 1\n" * 99, "a/b.txt": "b", "more.zip": {f"{OTHER}.py": "y = 1"}})
    files = {}
    for number in range(300):
        bad = bytearray(good)
        for _ in range(chance.choice([1, 3, 30])):
            bad[chance.randrange(len(bad))] = chance.randrange(256)
        files[f"m{number}.zip"] = bytes(
            bad[: chance.choice([len(bad), chance.randrange(len(bad))])]
        )
    result = intake.read(written(tmp_path / "class", files))
    assert len(result.hand_ins) == 300
    for submission in result.hand_ins:
        assert_harmless(submission)
        assert submission.files or submission.notes
    whole = {CHAPTER: b"x = 1\n" * 99, f"{OTHER}.py": b"y = 1"}
    assert all(whole[k] == v for s in result.hand_ins for k, v in s.files.items())


def _zip_with_mode(mode, content):
    info = zipfile.ZipInfo(CHAPTER)
    info.create_system, info.external_attr = 3, mode << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(info, content)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("mode", "word"),
    [(stat.S_IFLNK, "a link"), (stat.S_IFIFO, "not a regular"), (stat.S_IFCHR, "not")],
)
def test_links_and_devices_in_zips(tmp_path, mode, word):
    submission = handed_in(tmp_path, _zip_with_mode(mode | 0o777, "/etc/passwd"))
    assert submission.files == {}
    said(submission, CHAPTER, word)


def test_links_pipes_and_loops_in_folders(tmp_path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / f"{OTHER}.py").write_text("secret = 1")
    mallory = written(tmp_path / "class" / "mallory", {"ok/ch1_3_activation_basics.py": "x = 1"})
    (mallory / f"{OTHER}.py").symlink_to(secret / f"{OTHER}.py")
    (mallory / "linked").symlink_to(secret)
    (mallory / "loop").symlink_to(mallory)
    (mallory / "work.zip").symlink_to("/dev/zero")
    os.mkfifo(mallory / CHAPTER)
    os.mkfifo(mallory / "pipe.zip")
    (tmp_path / "class" / "outside").symlink_to(secret)
    found = by_id(intake.read(tmp_path / "class"))
    assert found["mallory"].files == {"ch1_3_activation_basics.py": b"x = 1"}
    assert found["outside"].files == {}
    said(found["outside"], "`outside` is a link")
    said(found["mallory"], "are links", f"`{OTHER}.py`", "`linked`", "`loop`")
    said(found["mallory"], f"`{CHAPTER}`", "not a regular file")
    said(found["mallory"], "`work.zip`", "a link")
    said(found["mallory"], "`pipe.zip`", "not a regular file")


def test_a_file_that_becomes_a_link_is_not_opened(tmp_path):
    path = tmp_path / CHAPTER
    path.write_text("x = 1")
    (member,) = archives.folder_members(tmp_path)
    path.unlink()
    path.symlink_to("/etc/passwd")
    with pytest.raises(archives.Unreadable, match="cannot be read"):
        member.read(MB)


def test_a_folder_that_cannot_be_read(tmp_path, monkeypatch):
    folder = written(tmp_path / "class", {"a": {CHAPTER: "x = 1"}, "b/sub": {CHAPTER: "x = 2"}})
    opened = os.open

    def refusing(path, *args, **options):
        if path in ("a", "sub"):
            raise PermissionError(13, "Permission denied")
        return opened(path, *args, **options)

    monkeypatch.setattr(os, "open", refusing)
    for submission in intake.read(folder).hand_ins:
        assert submission.files == {}
        said(submission, "cannot be read (Permission denied)")


def test_a_folder_of_too_many_files(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "MAX_MEMBERS", 10)
    files = {f"{n}.txt": "" for n in range(11)}
    spread = {f"{n}/{m}.txt": "" for n in range(4) for m in range(4)}
    folders = {f"{n}/{m}": {} for n in range(4) for m in range(4)}
    folder = written(tmp_path / "c", {"a": files, "b": spread, "c": folders})
    for submission in intake.read(folder).hand_ins:
        said(submission, "more than 10 files")


def test_folders_nested_without_end(tmp_path):
    deep = "/".join(["d"] * 300)
    data = {CHAPTER: "x = 1", f"{deep}/{OTHER}.py": "y = 1"}
    (submission,) = intake.read(written(tmp_path / "c", {"a": data})).hand_ins
    assert CHAPTER in submission.files
    assert handed_in(tmp_path, zipped(data)).files[f"{OTHER}.py"] == b"y = 1"


@pytest.mark.parametrize(
    "name",
    [
        f"../../{CHAPTER}",
        f"/etc/{CHAPTER}",
        f"..\\..\\{CHAPTER}",
        f"C:\\x\\{CHAPTER}",
        f"\\\\h\\{CHAPTER}",
    ],
)
def test_paths_out_of_the_archive_are_names_only(tmp_path, name):
    submission = handed_in(tmp_path, zipped({name: "x = 1"}))
    assert submission.files == {CHAPTER: b"x = 1"}
    said(submission, "the path points outside the archive")
    assert not list(tmp_path.rglob(CHAPTER))[1:]


def test_nothing_is_written(tmp_path, monkeypatch):
    files = {"a.zip": {CHAPTER: "x = 1", "b.zip": {CHAPTER: "x = 2"}}, "c": {CHAPTER: "x = 1"}}
    folder = written(tmp_path / "class", files)
    before = sorted(tmp_path.rglob("*"))
    monkeypatch.chdir(tmp_path)
    intake.read(folder)
    assert sorted(tmp_path.rglob("*")) == before


HOSTILE = [
    *("new\nline", "\x1b[31mred\x1b[0m", "\u202eexe.yp", "x" * 200, "CON", "nul.zip", "com1.x"),
    *("=1+1", "-rf", "+1", "@SUM(A1)", "..x", "...", " ", "Case", "case", "CASE", "`rm`", "\x7f"),
    *(
        "<script>alert(1)</script>",
        "a\tb",
        "\u200b",
        "東京",
        "京東",
        "e\u0301",
        "é",
        "\ud7ff",
        "a;b",
    ),
    *("a-0123abcd", "submission", "%s%n", "$(id)", "\udcff", "x" * 199),
]


def test_hostile_names(tmp_path):
    folder = tmp_path / "class"
    for name in HOSTILE:
        written(folder / name, {CHAPTER: f"x = {name!a}"})
    result = intake.read(folder)
    assert len(result.hand_ins) == len(HOSTILE)
    assert len({s.id.lower() for s in result.hand_ins}) == len(HOSTILE)
    assert {s.files[CHAPTER] for s in result.hand_ins} == {f"x = {n!a}".encode() for n in HOSTILE}
    for submission in result.hand_ins:
        assert_harmless(submission)
        assert not re.match(r"(?i)(con|nul|com1)(\.|$)", submission.id)
    assert [s.id for s in result.hand_ins] == sorted(s.id for s in result.hand_ins)


def test_hostile_names_within(tmp_path):
    files = {f"{name}.txt": "" for name in HOSTILE if "\udcff" not in name}
    files |= {f"\x1b]0;x\x07{n}\n.zip": "" for n in range(40)}
    submission = handed_in(tmp_path, zipped(files))
    assert len(submission.notes) == sanitize.NOTES
    assert re.fullmatch(r"\.\.\. and \d+ more notes", submission.notes[-1])


def test_a_hostile_roster(tmp_path):
    (tmp_path / "r.csv").write_text('login,name\na,"=1\x1b[31m\u202e`x`\n"\nb,"\x07"\n', "utf-8")
    folder = written(tmp_path / "class", {"a": {CHAPTER: ""}})
    result = intake.read(folder, tmp_path / "r.csv")
    assert result.hand_ins[0].student == {"name": "=1[31m'x'", "login": "a"}
    assert result.missing == [{"login": "b"}]


keys = st.lists(st.text(st.characters(codec=None), max_size=90), unique=True, max_size=12)


@given(keys, st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_ids_are_safe_unique_and_the_same_in_any_order(labels, chance):
    ids = sanitize.safe_ids({("", label): label for label in labels})
    assert all(ID.fullmatch(id) for id in ids.values())
    assert len({id.lower() for id in ids.values()}) == len(labels)
    shuffled = labels[:]
    chance.shuffle(shuffled)
    assert sanitize.safe_ids({("", label): label for label in shuffled}) == ids


def test_an_id_that_looks_like_anothers_hash():
    first = sanitize.safe_ids({("a",): "x", ("b",): "X"})
    second = sanitize.safe_ids({("a",): "x", ("b",): "X", ("c",): first[("a",)]})
    assert len({id.lower() for id in second.values()}) == 3


@given(st.text(st.characters(codec=None)))
@settings(max_examples=150, deadline=None)
def test_what_is_shown_is_one_harmless_line(name):
    for shown in (sanitize.clean(name), *sanitize.notes([name, name * 50])):
        assert len(shown) <= 200
        assert not any(unicodedata.category(c).startswith("C") for c in shown)


@given(st.text(st.sampled_from("12_- APM,.é\n'\":") | st.characters(codec=None), max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_platforms_name_is_too_odd(odd):
    for name in (odd, f"a_1_2_{odd}", f"{odd}_1_2_x.py", f"{odd}_1_assignsubmission_file_{odd}"):
        lms.recognize(name)
    found = lms.recognize(f"1-2 - A{odd} - Oct 5, 2026 1234 PM - {odd}x.py")
    assert found.version == (2026, 10, 5, 12, 34) or " - " in odd or "-" in odd
    lms.gradescope_people(f"submission_1:\n  :submitters:\n  - :name: {odd}\n    :sid: '{odd}'\n")


@given(st.text(st.sampled_from("ch1_numpyarays.-(2) copy\n\0é"), max_size=40))
@settings(max_examples=100, deadline=None)
def test_any_name_in_a_zip_is_read_or_left(name):
    buffer = io.BytesIO(zipped({f"x/{STEM}{name}.py": "x = 1"}))
    with zips.zipfile.ZipFile(buffer) as archive:
        member = zips._zip_member(archive, archive.infolist()[0])
    assert all(part not in ("", ".", "..") for part in member.parts)


def test_notebooks_that_take_long(tmp_path):
    cells = [{"cell_type": "code", "source": "?\n" * (2**19 - 9)}]
    books = {f"{n}.ipynb": json.dumps({"cells": cells}) for n in range(25)}
    arrays = {f"deep{n}.ipynb": "[" + "[]," * 2**20 + "[]]" for n in range(10)}
    began = time.monotonic()
    submission = handed_in(tmp_path, books | arrays, "mallory")
    assert submission.files == {}
    assert time.monotonic() - began < 20


SLOW_TO_SEARCH = {
    "imports without an end": {"homework.py": "def normalize(X): pass\n" + "import (\n" * 40_000},
    "an f-string of many parts": {CHAPTER: 'import a\nx = f"' + "{1}" * 300_000 + '"', "a.py": "b"},
    "a long number in a helper's name": {CHAPTER: "import x", f"a{'1' * 90}x.py": "x = 1"},
}


@pytest.mark.parametrize("files", SLOW_TO_SEARCH.values(), ids=SLOW_TO_SEARCH)
def test_text_that_is_slow_to_search(tmp_path, files):
    began = time.process_time()
    assert CHAPTER in handed_in(tmp_path, files, "mallory").files
    assert time.process_time() - began < 5
