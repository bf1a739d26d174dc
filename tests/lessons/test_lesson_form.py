"""Lessons have their form: nothing is missing, misspelled or unfounded."""

import re
import subprocess
import sys

import pytest
from click.testing import CliRunner
from support.running import ROOT

from lessons.__main__ import main
from lessons.site import form, parsing, places

LESSONS = places.lesson_files()
EXTERNAL = re.compile(r"https?://[^\s)>\]`]+")
SOURCES = places.LESSONS / "sources.md"


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_a_lesson_is_complete(path):
    assert form.mistakes(parsing.read(path), path.stem) == []


def test_every_chapter_has_a_lesson():
    assert {path.stem for path in LESSONS} == {chapter.stem for chapter in places.chapters()}


def test_what_is_missing_is_named():
    lesson = parsing.parse("# A title\n\nFew words.\n", "ch3_2_activation_functions.md")
    lines = form.mistakes(lesson, "ch3_2_activation_functions")
    for missing in (
        "words",
        "display equations",
        "pictures",
        "predictions",
        "`softmax`",
        "`build`",
    ):
        assert any(missing in line for line in lines), missing


def test_hard_prose_is_harder_than_plain_prose():
    plain, _ = form.readability(["The sum is small. You add one. It grows."])
    hard, _ = form.readability(
        ["Notwithstanding methodological considerations, parameterization necessitates caution."]
    )
    assert hard < 30 < 80 < plain


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_external_links_are_among_the_sources(path):
    known = SOURCES.read_text(encoding="utf-8")
    used = {link.rstrip(".,;") for link in EXTERNAL.findall(path.read_text(encoding="utf-8"))}
    assert {link for link in used if link not in known} == set()


def test_nothing_is_misspelled():
    files = [str(path) for path in places.LESSONS.glob("*.md")]
    words = "nd,ans,ba,te,fo,ue,dout"
    command = [sys.executable, "-m", "codespell_lib", "--ignore-words-list", words, *files]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "say what to do"),
        (["--report", "9.9"], "there is no chapter `9.9`"),
        (["--out", "/dev/null/site"], "/dev/null/site cannot be used as a folder"),
        (["--check", "--workers", "0"], "Invalid value"),
    ],
)
def test_bad_input_gives_one_line_and_no_traceback(arguments, message):
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 2
    assert message in done.output
    assert "Traceback" not in done.output


def test_the_report_is_printed_by_the_module():
    command = [sys.executable, "-m", "lessons", "--report", "1.1"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.startswith("lesson "), done.stderr
    assert "Traceback" not in done.stderr


def test_the_front_page_leads_to_every_lesson():
    text = (places.LESSONS / "index.md").read_text(encoding="utf-8")
    assert [path.name for path in LESSONS if f"({path.name})" not in text] == []
