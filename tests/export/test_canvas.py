"""`grade export canvas`: one column is filled, every other byte stays, and nobody is guessed."""

import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.made_results import HOSTILE, grade, refused, scored, without_tally, written

HEADER = "Student,ID,SIS User ID,SIS Login ID,Section,Lab 1 (101),Lab 2 (102),Current Score\n"
POSSIBLE = "    Points Possible,,,,,10.00,10.00,(read only)\n"
CLASS = (
    HEADER
    + ",,,,,Manual Posting,,\n"
    + POSSIBLE
    + '"Lee, Ann",11,S-1,ann,"A, B",,3.00,5\n'
    + '"O""Hara, Bob",12,S-2,BOB@x.edu,A,4,,5\n'
    + "Cole Dee,13,S-3,cole,A,EX,,5\n"
    + '"Lee, Ann",14,S-4,ann2,A,"1",,5\n'
    + '"Student, Test",99,,test,A,,,\n'
)


def fill(folder, text, *results, column="Lab 1", options=(), code=0):
    """`(bytes of the filled gradebook, lines on stderr)`."""
    book, out = folder / "book.csv", folder / "filled.csv"
    book.write_bytes(text if isinstance(text, bytes) else text.encode())
    before = book.read_bytes()
    done, printed, error = grade(
        *("export", "canvas", written(folder, *results), "--out", out),
        *("--gradebook", book, "--column", column, *options),
    )
    assert (done, printed) == (code, "")
    assert book.read_bytes() == before
    return out.read_bytes(), without_tally(error)


def decline(folder, text, *results, column="Lab 1", options=()):
    """The one line with which the gradebook is refused."""
    book, out = folder / "book.csv", folder / "filled.csv"
    book.write_bytes(text if isinstance(text, bytes) else text.encode())
    line = refused(
        *("export", "canvas", written(folder, *results), "--out", out),
        *("--gradebook", book, "--column", column, *options),
    )
    assert not out.exists()
    return line


def rows_that_canvas_reads(data):
    """The header and the rows, if Canvas's importer would take the file (`GradebookImporter`)."""
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    header = rows[0]
    assert len(header) > 3
    assert "Student" in header[0]
    assert "ID" in header[1]
    last = 2 + ("SIS User ID" in header) + ("SIS Login ID" in header)
    assert "Section" in header[last]
    assert {len(row) for row in rows} == {len(header)}
    return rows


def test_a_score_goes_into_its_cell_and_every_other_byte_stays(tmp_path):
    data, lines = fill(
        tmp_path, CLASS, scored("a", 7.5, id="11"), scored("b", 10, id="12", name="whoever")
    )
    want = CLASS.replace('"A, B",,3.00', '"A, B",7.5,3.00').replace("edu,A,4,", "edu,A,10,")
    assert data.decode() == want
    assert lines == []
    rows_that_canvas_reads(data)


def test_by_its_header_a_column_is_found_as_well_as_by_its_title(tmp_path):
    data, _ = fill(tmp_path, CLASS, scored("a", 7, id="11"), column="Lab 2 (102)")
    assert data.decode() == CLASS.replace("3.00,5", "7,5")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("last", ["", "\n"])
def test_line_ends_and_byte_order_mark_stay(tmp_path, end, mark, last):
    text = (HEADER + POSSIBLE + '"Lee\nAnn",11,,,A,,2,"a ""b"", c"' + last).replace("\n", end)
    data, lines = fill(tmp_path, mark + text.encode(), scored("a", 9, id="11"))
    assert data == mark + text.replace("11,,,A,,", "11,,,A,9,").encode()
    assert lines == []


def test_a_quoted_cell_stays_quoted_and_the_semicolon_and_tab_are_delimiters_too(tmp_path):
    for delimiter in ";\t":
        text = (HEADER + POSSIBLE + 'Ann Lee,11,,,A,"1,5",2,5\n').replace(",", delimiter)
        text = text.replace(f'"1{delimiter}5"', '"1,5"')
        (tmp_path / "result.json").unlink(missing_ok=True)
        data, _ = fill(tmp_path, text, scored("a", 9, id="11"))
        assert data.decode() == text.replace('"1,5"', '"9"')


def test_excused_and_unassigned_are_left_and_said(tmp_path):
    text = CLASS.replace("11,S-1", "11,S-1").replace('"A, B",,', '"A, B",N/A,')
    data, lines = fill(tmp_path, text, scored("a", 1, id="11"), scored("c", 9, id="13"))
    assert data.decode() == text
    assert len(lines) == 2
    assert "`N/A`" in lines[0]
    assert "`Cole Dee`" in lines[1]
    assert "`EX`" in lines[1]


@pytest.mark.parametrize(
    ("student", "row"),
    [
        ({"id": "12"}, 12),
        ({"sis_id": "S-2"}, 12),
        ({"login": "bob@x.edu"}, 12),
        ({"email": "Bob@X.edu"}, 12),
        ({"name": 'Bob O"Hara'}, 12),
        ({"name": 'o"hara,  bob'}, 12),
        ({"name": "Cole Dee", "id": "777"}, 13),  # as Canvas does: what fits decides
        ({"id": "14", "name": "Ann Lee"}, 14),
        ({"name": "Ann Lee"}, None),  # two of that name
        ({"id": "11", "login": "bob@x.edu"}, None),  # one row by this, another by that
        ({"id": "11", "name": "Cole Dee"}, None),
        ({"id": "99"}, None),  # Canvas's test student
        ({"name": "Test Student"}, None),
        ({"name": "Points Possible"}, None),
        ({"id": "1"}, None),
        ({"name": "Ann"}, None),
        ({"id": "", "name": ""}, None),
        ({}, None),
    ],
)
def test_whose_row_it_is(tmp_path, student, row):
    text = CLASS.replace(",EX,", ",,")
    other = scored("other", 1, id="11")
    if row is None:
        book = text.replace('"A, B",,3.00', '"A, B",1,3.00')
        if student.get("id") == "11":
            other, book = scored("other", 1, id="13"), text.replace("cole,A,,", "cole,A,1,")
        data, lines = fill(tmp_path, text, other, scored("one", 9, **student))
        assert data.decode() == book
        assert len(lines) == 1
        assert lines[0].startswith("grade: `one`")
        assert "not written" in lines[0]
    else:
        data, lines = fill(tmp_path, text, other, scored("one", 9, **student))
        got = {line[1]: line[5] for line in rows_that_canvas_reads(data)[3:]}
        assert (got[str(row)], lines) == ("9", [])


def test_two_submissions_of_one_student_are_both_left_out(tmp_path):
    data, lines = fill(
        tmp_path, CLASS, *(scored(f"a{n}", n, login="ann") for n in (1, 2)), scored("b", 3, id="12")
    )
    assert data.decode() == CLASS.replace("edu,A,4,", "edu,A,3,")
    assert [line.split()[1] for line in lines] == ["`a1`", "`a2`"]


def test_a_namesake_takes_no_row_from_whom_it_belongs_to(tmp_path):
    text = CLASS.replace(",EX,", ",,")
    data, lines = fill(
        tmp_path, text, scored("dropped", 2, id="500", name="Cole Dee"), scored("c", 9, id="13")
    )
    assert data.decode() == text.replace("cole,A,,", "cole,A,9,")
    assert [line.split()[1] for line in lines] == ["`dropped`"]


def test_where_nobody_is_found_nothing_is_written(tmp_path):
    line = decline(tmp_path, CLASS, scored("one", 9, id="1234"), scored("two", 9))
    assert "`book.csv`" in line
    assert "`one`" in line


def test_other_points_are_said_and_scaled_on_request(tmp_path):
    text = CLASS.replace("10.00,10.00", '"12,50",20')
    data, lines = fill(tmp_path, text, scored("a", 7, id="11"), scored("b", 9, id="12"))
    assert b'"A, B",7,' in data
    assert len(lines) == 1
    assert "out of 10" in lines[0]
    assert "out of 12.5" in lines[0]
    (tmp_path / "again").mkdir()
    data, lines = fill(tmp_path / "again", text, scored("a", 7, id="11"), options=["--scale"])
    assert data.decode() == text.replace('"A, B",,', '"A, B",8.75,')
    assert lines == []
    less = {**scored("b", 5, id="12"), "max_score": 5.0}
    _, lines = fill(tmp_path / "again", text, scored("a", 7, id="11"), less, options=["--scale"])
    assert lines == ["grade: the scores are out of 5 or 10: each is scaled by its own"]


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("Lab 3", ["`Lab 3`", "`Lab "]),
        ("lab 1", ["`lab 1`", "`Lab 1 (101)`"]),
        ("Current Score", ["`Current Score`", "read-only"]),
        ("ID", ["`ID`"]),
        ("Student", ["`Student`"]),
        ("", ["closest"]),
        (HOSTILE, ["closest"]),
    ],
)
def test_another_column_is_one_line(tmp_path, column, words):
    line = decline(tmp_path, CLASS, scored("a", 1, id="11"), column=column)
    assert all(word in line for word in words), line
    assert line.isprintable()


def test_a_title_that_two_columns_have_is_refused(tmp_path):
    text = CLASS.replace("Lab 2 (102)", "Lab 1 (102)")
    line = decline(tmp_path, text, scored("a", 1, id="11"))
    assert "`Lab 1 (101)`, `Lab 1 (102)`" in line


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\xef\xbb\xbf",
        b"name,score\nAnn,3\n",
        CLASS.encode("utf-16"),
        b"PK\x03\x04\0\0",
        (CLASS + '"Lee,15,,,A,,,\n').encode(),
        b"\n\n",
    ],
)
def test_what_is_no_gradebook_is_refused(tmp_path, text):
    assert "`book.csv`" in decline(tmp_path, text, scored("a", 1, id="11"))


def test_rows_that_end_early_and_blank_lines_stay(tmp_path):
    text = CLASS + "\nZoe,15,S-5\n\n"
    data, lines = fill(tmp_path, text, scored("a", 1, id="11"), scored("z", 1, id="15"))
    assert data.decode() == text.replace('"A, B",,', '"A, B",1,')
    assert len(lines) == 1
    assert "`Zoe`" in lines[0]


def test_a_gradebook_that_is_not_there_is_one_line(tmp_path):
    results = written(tmp_path, scored("a", 1, id="11"))
    arguments = ["--gradebook", tmp_path / "none.csv", "--column", "Lab 1"]
    line = refused("export", "canvas", results, "--out", tmp_path / "out", *arguments)
    assert f"`{tmp_path / 'none.csv'}`" in line


@pytest.mark.parametrize("link", [False, True])
def test_the_gradebook_itself_is_never_overwritten(tmp_path, link):
    results = written(tmp_path, scored("a", 1, id="11"))
    book = out = tmp_path / "book.csv"
    book.write_text(CLASS)
    if link:
        out = tmp_path / "link.csv"
        out.symlink_to(book)
    line = refused(
        *("export", "canvas", results, "--out", out, "--gradebook", book, "--column", "Lab 1")
    )
    assert "the gradebook itself" in line
    assert book.read_text() == CLASS


def test_what_is_at_out_is_kept_as_a_backup_however_often(tmp_path):
    (tmp_path / "filled.csv").write_text("another export")
    first, _ = fill(tmp_path, CLASS, scored("a", 1, id="11"))
    for _ in range(2):  # the second of these changes nothing
        fill(tmp_path, CLASS, scored("a", 2, id="11"))
    backups = {backup.read_bytes() for backup in tmp_path.glob("filled.csv.*.backup")}
    assert backups == {b"another export", first}


def test_names_of_students_do_no_harm_on_the_terminal(tmp_path):
    text = CLASS.replace("Cole Dee", '"C\x1b[31m\u202eole\nDee"')
    _, lines = fill(tmp_path, text, scored("x", 1, id="13"), scored("b", 1, id="12"))
    assert len(lines) == 1
    assert lines[0].isprintable()
    (tmp_path / "again").mkdir()
    _, lines = fill(
        tmp_path / "again", text, scored(HOSTILE, 1, name=HOSTILE), scored("b", 1, id="12")
    )
    assert len(lines) == 1
    assert lines[0].isprintable()


def test_the_form_with_first_and_last_names(tmp_path):
    text = (
        "LastName,FirstName,ID,SIS Login ID,Section,Lab 1 (101)\n"
        "    Points Possible,,,,,10\nLee,Ann,11,ann,A,\nLee,Zoe,12,zoe,A,\n"
    )
    data, lines = fill(tmp_path, text, scored("a", 6, name="Zoe Lee"))
    assert (data.decode(), lines) == (text.replace("zoe,A,", "zoe,A,6"), [])


MOODLE = (
    '\ufeffIdentifier,"Full name","ID number","Email address",Status,Grade,'
    '"Maximum Grade","Grade can be changed"\n'
    '"Participant 501","Ann Lee",,ann@x.edu,"Submitted for grading",,10.00,Yes\n'
    '"Participant 502","Ann Lee",,ann2@x.edu,"No submission",,10.00,Yes\n'
)
BRIGHTSPACE = (
    "OrgDefinedId,Username,Last Name,First Name,Email,"
    "Lab 1 Points Grade <Numeric MaxPoints:20 Weight:10>,End-of-Line Indicator\r\n"
    "#1001,#ann,Lee,Ann,ann@x.edu,,#\r\n#1002,#bob,Ray,Bob,bob@x.edu,,#\r\n"
)


@pytest.mark.parametrize("student", [{"id": "502"}, {"email": "ann2@x.edu", "name": "Ann Lee"}])
def test_a_worksheet_of_moodle(tmp_path, student):
    data, lines = fill(tmp_path, MOODLE, scored("a", 6, **student), column="Grade")
    assert data.decode() == MOODLE.replace('"No submission",', '"No submission",6')
    assert lines == []


@pytest.mark.parametrize("student", [{"sis_id": "1002"}, {"login": "bob"}, {"name": "Bob Ray"}])
def test_an_export_of_brightspace(tmp_path, student):
    data, _ = fill(tmp_path, BRIGHTSPACE, scored("a", 6, **student), options=["--scale"])
    assert data.decode() == BRIGHTSPACE.replace("bob@x.edu,", "bob@x.edu,12")


cells = st.text(st.sampled_from('ab,;"\n\r\t =é'), max_size=6)


@given(st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_stands_around_it_only_the_cell_changes(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("canvas")
    others = [[data.draw(cells) for _ in range(4)] for _ in range(3)]
    rows = [["Student", "ID", "Section", "Lab 1 (1)", "x"]]
    rows += [[other[0], str(n), *other[1:]] for n, other in enumerate(others, start=1)]
    stream = io.StringIO()
    quoting = data.draw(st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
    csv.writer(stream, quoting=quoting).writerows(rows)
    book = stream.getvalue()
    got, lines = fill(folder, book, scored("a", 8, id="2"))
    read = list(csv.reader(io.StringIO(got.decode(), newline=""), strict=True))
    if rows[2][3].strip().casefold() not in ("ex", "n/a") and lines == []:
        rows[2][3] = "8"
    assert read == rows
    assert len(got) - len(book.encode()) <= 1
