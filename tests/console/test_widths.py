"""Terminals of 40, 60, 80 and 120 columns: nothing is cut, and no word is broken."""

import re
import shutil

import pytest
from support.running import EXERCISES, POINTS, ROOT, SOLUTIONS, call_grade

from grader.console import terminal
from grader.course import registry
from grader.learner import sidebyside
from grader.learner.watch import KEYS
from grader.vocabulary.finding import Finding

WIDTHS = [40, 60, 80, 120]
NAME = re.compile(r"[^\W\d]\w*")


@pytest.fixture(params=WIDTHS)
def columns(request, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(request.param))
    return request.param


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    shutil.copytree(EXERCISES, folder / "exercises")
    shutil.copy(SOLUTIONS / "ch1_1_numpy_arrays.py", folder / "exercises")
    shutil.copy(SOLUTIONS / "ch3_2_activation_functions.py", folder / "exercises")
    with (folder / "exercises" / "ch3_2_activation_functions.py").open("a") as file:
        file.write("\n\ndef softmax(Z):\n    return np.exp(Z) / np.exp(Z).sum(0)\n")
    assert call_grade("run", "1.1", cwd=folder).returncode == 0
    return folder


def test_the_board_shows_whole_titles_in_lines_that_fit(course, columns):
    shown = call_grade(cwd=course, COLUMNS=str(columns)).stdout
    assert [line for line in shown.splitlines() if len(line) > columns] == []
    words = " ".join(shown.split())
    for chapter in registry.chapters():
        # The status may stand after the title's last line only.
        assert f" {chapter.id} {chapter.title} " in words
    for title in registry.MODULES.values():
        assert f" {title} " in words
    bars = [line for line in shown.splitlines() if line.startswith("[")]
    assert len(bars) == 1
    assert bars[0].endswith(f"10 of {POINTS} points")


def test_the_keys_and_the_bar_of_watch_fit(columns):
    items = [f"{key} {action}" for key, action in KEYS.items()]
    lines = terminal.in_lines(items)
    assert max(map(len, lines)) <= columns
    assert [item for line in lines for item in re.split(" {3}", line)] == items
    for share in (0, 0.37, 1):
        assert len(terminal.bar(share, beside=" of the course")) <= columns


def test_a_report_breaks_calls_only_where_a_reader_would(course, columns):
    done = call_grade("run", "softmax", cwd=course, COLUMNS=str(columns))
    lines = [line for line in done.stdout.splitlines() if "ch3_2" not in line]
    assert [line for line in lines if len(line) > columns] == []
    start = next(number for number, line in enumerate(lines) if "softmax(np.array" in line)
    stop = next(number for number, line in enumerate(lines) if " expected " in line)
    for line in lines[start : stop - 1]:
        assert line.rstrip()[-1] in "[(,", line


@pytest.mark.parametrize("stem", [c.stem for c in registry.chapters()])
@pytest.mark.parametrize("wide", [60, 80, 120])
def test_a_comparison_breaks_no_name(stem, wide, monkeypatch):
    monkeypatch.setenv("COLUMNS", str(wide))
    source = (SOLUTIONS / f"{stem}.py").read_text(encoding="utf-8")
    blocks = [[line for line in source.splitlines() if line.strip()]]
    other = [[line.replace("return ", "return 1 * ") for line in blocks[0]]]
    # A name as long as a column has to be broken, but only after an underscore.
    room = (wide - 3) // 2 - sidebyside.HANGING
    names = {part for name in NAME.findall(source) for part in (name, *_parts(name, room))}
    shown = sidebyside.show(other, blocks, ("yours", "reference"))
    strange = (
        set(NAME.findall(shown)) - names - set(NAME.findall("yours reference differs only in the"))
    )
    assert not strange


def _parts(name, room):
    """The pieces that a name may be broken into."""
    if len(name) <= room - 16:
        return []
    ends = [match.end() for match in re.finditer("_", name)]
    return [name[i:j] for i in (0, *ends) for j in (*ends, len(name)) if i < j]


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("windows=sliding_window_view(images)", ["windows=", "sliding_window_", "view(images)"]),
        ("np.lib.stride_tricks.sliding", ["np.lib.", "stride_tricks.", "sliding"]),
        ("x = [0.123456789, 0.25]", ["x =", "[0.123456789,", "0.25]"]),
        ("f(aaaaaaaaaaaaaaaaaaaa)", ["f(", "aaaaaaaaaaaaaaaa", "aaaa)"]),
    ],
)
def test_what_is_too_long_for_a_line_breaks_where_a_reader_would(code, lines):
    assert _in_lines_of_16(code) == lines


def _in_lines_of_16(code):
    place = sidebyside._break(code, 16, 0)
    if place is None:
        return [code]
    return [code[:place], *_in_lines_of_16(code[place:].lstrip())]


@pytest.mark.parametrize("before", range(40, 72))
def test_a_report_never_parts_a_hyphenated_word(before):
    prose = "x" * before + " one-hot cross-entropy"
    finding = Finding("wrong values", likely=prose, next=prose)
    for line in finding.lines()[1:]:
        assert prose in " ".join(line.split())


def texts():
    for pattern in ("grader/hints/*.toml", "grader/**/*.py", "solutions/*.py", "lessons/*.md"):
        yield from ROOT.glob(pattern)


def test_no_line_of_a_text_ends_inside_a_hyphenated_word():
    """Lines are joined by spaces before they are wrapped: `cross-` and `entropy` would part."""
    wrong = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if re.search(r"[a-z]-$", line)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("stem", [c.stem for c in registry.chapters()])
def test_a_lesson_as_text_has_no_parted_words(stem, columns):
    shown = call_grade("lesson", stem, "--text", cwd=ROOT, COLUMNS=str(columns)).stdout
    assert not re.findall(r"[a-z]- (?!and |or |to )[a-z]+", " ".join(shown.split("\n")))[:5]
