"""`--course DIR`: an instructor's own chapters, and what is said of a faulty one."""

import json
import os
import re
import shutil

import pytest
from support import own_chapters
from support.own_chapters import STEM
from support.running import ROOT, SOLUTIONS, call_grade, run_grade

from grader.course import places
from grader.submission.uses import Uses

CHECKS, HINTS, SOLUTION = f"checks/{STEM}.py", f"hints/{STEM}.toml", f"solutions/{STEM}.py"
WRONG = f"misconceptions/{STEM}.py"
TAKES = "test_moving_average_takes_the_mean_of_each_window"


@pytest.fixture
def course(tmp_path):
    return own_chapters.write(tmp_path / "my-chapters")


@pytest.fixture
def started(course):
    """A learner's folder next to it, with a wrong `moving_average`."""
    home = course.parent / "home"
    assert call_grade("start", home, "--course", course).returncode == 0
    stub = home / "exercises" / f"{STEM}.py"
    stub.write_text(own_chapters.with_wrong_average(stub.read_text()))
    return home


def change(course, name, old, new, *rest):
    """Replace a text in one of the course's files; return the arguments after `course`."""
    file = course / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return name, old, new, *rest


def one_line(done):
    """The one line with which a command refuses."""
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    return done.stderr


FAULTS = {
    "syntax": (CHECKS, "size=12)\n", "size=12\n", 11, "'(' was never closed"),
    "no import": (CHECKS, "import numpy as np\n", "\n", 12, "`np` is not defined"),
    "typing error": (CHECKS, "expect.right(", "expct.right(", 13, "`expct` is not defined"),
    "no title": (CHECKS, '"""Moving averages"""', "", 1, "begin the file with a docstring"),
    "no grade": (CHECKS, '@grades("moving_average", points=5)\n', "", 9, "`test_moving_average"),
    "no number": (CHECKS, "points=5", "points=len('five!')", 9, "`test_moving_average_takes"),
    "unknown": (CHECKS, '"smooth_sigmoid"', '"smooth"', 21, "`smooth` is graded, but"),
    "no test": (CHECKS, "def test_smooth", "def smooth", 22, "`smooth_sigmoid_averages"),
    "twice": (CHECKS, "test_moving_average_keeps_the_dtype", TAKES, 17, f"there are two `{TAKES}`"),
    "fixture": (CHECKS, "(student, rng):", "(student, rnd):", 10, "no check is given `rnd`"),
    "no TOML": (HINTS, 'question = "How', "question = How", 2, "it is not valid TOML"),
    "no step": (HINTS, 'formula = "y = mov', 'other = "y = mov', 14, "`[smooth_sigmoid]` has no"),
    "solution": (SOLUTION, "view(x, width)", "view(x, size)", 23, "`size` is not defined"),
    "misconception": (WRONG, "np.ones", "ones", 14, "`ones` is not defined"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_text_is_one_line_with_file_and_line(course, fault):
    name, *_, line, said = change(course, *FAULTS[fault])
    refusal = one_line(call_grade("--course", "my-chapters", cwd=course.parent))
    start = f"grade: `{os.path.join('my-chapters', *name.split('/'))}`, line {line}: {said}"
    assert refusal.startswith(start), refusal


IMPORTS = {
    "package": (
        CHECKS,
        "import numpy as np\n",
        "import nowhere_at_all as np\n",
        3,
        "nowhere_at_all",
    ),
    "name": (CHECKS, "import expect\n", "import expectation as expect\n", 5, "expectation"),
    "attribute": (CHECKS, "expect.keeps_dtype", "expect.dtype", 18, "has no `dtype`"),
    "misconception": (WRONG, "import Versions", "import Version as Versions", 5, "Version"),
    "exit": (
        CHECKS,
        "import numpy as np\n",
        "import numpy as np\nraise SystemExit\n",
        4,
        "SystemExit",
    ),
    "paragraph": (WRONG, "\n        What is the mean of three ones?", "", 8, "two paragraphs"),
    "function": (WRONG, 'of="moving_average"', 'of="average"', 8, "no check grades `average`"),
    "chapter": (SOLUTION, ".ch1_3_activation_basics", ".ch1_3_activations", 5, "ch1_3_activations"),
}


@pytest.mark.slow
@pytest.mark.parametrize("fault", IMPORTS)
def test_a_missing_import_is_one_line_with_file_and_line(course, fault):
    name, *_, line, said = change(course, *IMPORTS[fault])
    done = run_grade("run", "1.1", "--course", course, cwd=course.parent, PYTHONPATH=str(ROOT))
    refusal = one_line(done)
    assert f"{name}`, line {line}: " in refusal
    assert said in refusal


def test_a_chapter_without_hints_is_named_by_its_first_check(course):
    (course / HINTS).unlink()
    done = call_grade("--course", "my-chapters", cwd=course.parent)
    assert f"{CHECKS}`, line 9: `moving_average` has no hints: write `my-chapters/" in done.stderr


def test_a_chapter_without_a_solution_is_refused(course):
    (course / SOLUTION).unlink()
    done = call_grade("--course", course)
    assert f"{CHECKS}`, line 1: the chapter has no solution" in done.stderr


@pytest.mark.parametrize("name", ["ch1_1_other", "ch6_1_other", "chapter6"])
def test_a_file_that_is_no_further_chapter_is_refused(course, name):
    shutil.copy(course / CHECKS, course / "checks" / f"{name}.py")
    done = call_grade("--course", course)
    assert done.returncode == 2
    assert re.search(r"has the same number|name it after its chapter", done.stderr)


def test_a_folder_without_chapters_is_refused(tmp_path):
    assert "there is no folder" in call_grade("--course", tmp_path / "none").stderr
    assert "has no chapter" in call_grade("--course", tmp_path).stderr


def test_the_folder_counts_for_one_command_only(course, started):
    assert "6.1  Moving averages" in call_grade("--course", course, cwd=started).stdout
    assert places.own() is None
    assert "6.1" not in call_grade(cwd=started).stdout


def test_a_wrong_answer_is_explained_by_the_own_misconception_and_hint(course, started):
    environment = {"PYTHONPATH": str(ROOT), places.VARIABLE: str(course)}
    done = run_grade("run", "6.1", cwd=started, **environment)
    assert done.returncode == 1
    assert "You added up each window and did not divide by its size." in " ".join(
        done.stdout.split()
    )
    assert (
        "Print your answer for five ones."
        in call_grade("hint", "moving_average", "--course", course, cwd=started).stdout
    )


@pytest.mark.slow
@pytest.mark.needs("linux")
def test_a_class_and_its_exports_have_the_chapter_and_the_sandbox_does_not(course, started):
    """The second submission looks for the instructor's folder; the third one is right."""
    class_of_three = course.parent / "class"
    spy = f"import os\nseen = os.listdir({str(course)!r})\n"
    right = (course / SOLUTION).read_text()
    for name, source in (("anna", None), ("ben", right + spy), ("cleo", right)):
        folder = class_of_three / name
        folder.mkdir(parents=True)
        source = source or (started / "exercises" / f"{STEM}.py").read_text()
        (folder / f"{STEM}.py").write_text(source)
        shutil.copy(SOLUTIONS / "ch1_3_activation_basics.py", folder)
    out, options = course.parent / "graded", {"PYTHONPATH": str(ROOT), "cwd": course.parent}
    chosen = ("--chapters", "1.3,6.1", "--course", course)
    done = run_grade("class", class_of_three, "--out", out, *chosen, **options)
    assert done.returncode == 0, done.stderr
    kept = map(json.loads, (out / "results.jsonl").read_text().splitlines())
    assert {line["submission"]: line["score"] for line in kept} == {
        "anna": 12,
        "ben": 10,
        "cleo": 20,
    }
    for format in ("csv", "junit", "html", "gradescope", "summary"):
        target = course.parent / format
        done = run_grade("export", format, out, "--out", target, "--course", course, **options)
        assert done.returncode == 0, done.stderr
        files = [target] if target.is_file() else [p for p in target.rglob("*") if p.is_file()]
        assert any("6.1" in file.read_text(encoding="utf-8") for file in files), format


def test_its_stubs_are_known_as_such(course, started):
    with places.using(course):
        uses = Uses(started / "exercises")
        assert not uses.is_stub(STEM, "moving_average")
        assert uses.is_stub(STEM, "smooth_sigmoid")
        assert uses.is_stub("ch1_1_numpy_arrays", "normalize")


@pytest.mark.slow
@pytest.mark.needs("posix")
def test_watch_grades_the_chapter(course, started):
    from support.watching import Watching

    with Watching(started, "6.1", "--course", str(course)) as watch:
        assert watch.verdict("moving_average") == "FAIL"
        watch.until_foot()
        shutil.copy(course / SOLUTION, watch.path(STEM))
        assert watch.verdict("moving_average") == "ok"
        assert watch.end()[0] == 0


@pytest.mark.slow
def test_the_reference_lends_to_the_chapter(course, started):
    """A wrong `sigmoid` costs no points in 6.1."""
    exercises = started / "exercises"
    shutil.copy(course / SOLUTION, exercises)
    shutil.copy(SOLUTIONS / "ch1_3_activation_basics.py", exercises)
    file = exercises / "ch1_3_activation_basics.py"
    file.write_text(file.read_text() + "\n\ndef sigmoid(Z):\n    return Z\n")
    result = course.parent / "result.json"
    run_grade(
        *("run", "6.1", "--course", course, "--json", result), cwd=started, PYTHONPATH=str(ROOT)
    )
    (chapter,) = json.loads(result.read_text())["chapters"]
    assert chapter["score"] == 10
    assert chapter["functions"][1]["because_of"] == [{"id": "1.3", "name": "sigmoid"}]


def test_a_check_that_breaks_is_said_to_be_at_fault(course, started):
    change(course, CHECKS, "    expect.right(", "    1 / 0\n    expect.right(")
    done = run_grade("run", "6.1", "--course", course, cwd=started)
    assert done.returncode == 1, done.stderr
    told = " ".join(done.stdout.split())
    assert "the check itself broke (ZeroDivisionError: division by zero): please" in told
    assert f"where {STEM}.py:13" in told
