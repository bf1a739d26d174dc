"""The reader's work: kept as the terminal keeps it, and carried from one to the other."""

import json
import zipfile

import pytest
from support.running import POINTS, ROOT, run_grade
from support.site import exercise, open_in, press_check, write

from grader.learner import progress, progress_file

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium", "npm")]
STEM = "ch1_1_numpy_arrays"
HALF = "def one_hot(labels, num_classes):\n    return np.eye(num_classes)[labels]\n"


def solution(stem=STEM):
    return (ROOT / "solutions" / f"{stem}.py").read_text(encoding="utf-8")


@pytest.fixture
def at_work(open_page):
    """A page in which chapter 1.1 is half done."""
    page = open_page(STEM)
    write(page, "one_hot", HALF)
    press_check(page, "one_hot")
    write(page, "normalize", "def normalize(X):\n    return X\n")
    press_check(page, "normalize")
    page.locator(".your-work > summary").click()
    return page


def download(page, button, target):
    with page.expect_download() as waiting:
        page.get_by_role("button", name=button).click()
    waiting.value.save_as(target)
    return target


def editor_text(page):
    return exercise(page, "normalize").locator(".cm-content").first.inner_text()


def points(page):
    return page.evaluate("course.store.state().score")


def test_the_downloaded_course_is_one_that_grade_takes(at_work, tmp_path):
    with zipfile.ZipFile(download(at_work, "Download my course", tmp_path / "course.zip")) as file:
        file.extractall(tmp_path)
    folder = tmp_path / "learn-deep-learning" / "exercises"
    state = progress.read(folder)
    assert state["1.1"]["score"] == points(at_work) > 0
    assert not state["1.1"]["changed"]
    run_grade("run", "all", "--submission", folder, "--json", tmp_path / "out.json")
    graded = json.loads((tmp_path / "out.json").read_text())
    assert graded["score"] == points(at_work)


def test_what_is_handed_in_is_what_grade_class_takes(at_work, tmp_path):
    (tmp_path / "class").mkdir()
    download(at_work, "Hand in", tmp_path / "class" / "ann.zip")
    out = tmp_path / "out"
    run_grade("class", tmp_path / "class", "--out", out, "--jobs", "1")
    (line,) = (out / "results.jsonl").read_text().splitlines()
    assert json.loads(line)["score"] == points(at_work)


def test_a_submission_of_the_terminal_opens_in_the_page(open_page, tmp_path):
    page = open_page(STEM)
    with zipfile.ZipFile(tmp_path / "mine.zip", "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(f"exercises/{STEM}.py", solution())
        file.writestr("exercises/notes.txt", "mine")
    page.locator(".your-work input[type=file]").set_input_files(tmp_path / "mine.zip")
    page.get_by_text("Opened 1 chapter file").wait_for()
    assert "NotImplementedError" not in editor_text(page)
    assert press_check(page, "normalize").inner_text().startswith("Passed")


def test_of_a_whole_kit_the_learner_s_files_open_and_can_be_undone(open_page, tmp_path):
    page = open_page(STEM)
    write(page, "normalize", "def normalize(X):\n    return 'mine'\n")
    with zipfile.ZipFile(tmp_path / "kit.zip", "w") as file:
        for folder in ("grader/chapters", "exercises", "solutions"):
            file.writestr(f"kit/{folder}/{STEM}.py", f"def normalize(X):\n    return '{folder}'\n")
    page.locator(".your-work input[type=file]").set_input_files(tmp_path / "kit.zip")
    page.get_by_text("Opened 1 chapter file").wait_for()
    assert "'exercises'" in editor_text(page)
    page.locator(".your-work").get_by_role("button", name="Undo").click()
    assert "'mine'" in editor_text(page)


def test_progress_is_exported_imported_and_cleared(at_work, host, new_context, tmp_path):
    file = download(at_work, "Export progress", tmp_path / progress_file.FILE)
    assert json.loads(file.read_text())["schema"] == progress_file.SCHEMA
    other = open_in(new_context(), f"{host.address}/{STEM}.html")
    other.locator(".your-work input[type=file]").set_input_files(file)
    other.get_by_text("Opened the progress").wait_for()
    assert points(other) == points(at_work)
    at_work.on("dialog", lambda dialog: dialog.accept())
    at_work.get_by_role("button", name="Clear").click()
    assert points(at_work) == 0
    assert "NotImplementedError" in editor_text(at_work)


def test_a_file_that_is_no_zip_gets_a_sentence(open_page, tmp_path):
    page = open_page(STEM)
    (tmp_path / "broken.zip").write_bytes(b"PK, but no more")
    page.locator(".your-work input[type=file]").set_input_files(tmp_path / "broken.zip")
    page.get_by_text("cannot be opened").wait_for()
    assert page.complaints == []


@pytest.mark.exhaustive
def test_the_whole_course_done_in_the_page(open_page, host, tmp_path):
    """Wrong versions first, then right ones, chapter by chapter: the terminal agrees in the end."""
    from grader.course import registry

    page = open_page("index")
    for chapter in registry.chapters():
        page.goto(f"{host.address}/{chapter.stem}.html")
        for name in chapter.functions:
            write(page, name, f"def {name}(*args, **kwargs):\n    return None\n")
            assert not press_check(page, name).inner_text().startswith("Passed")
        text = solution(chapter.stem)
        page.evaluate("([stem, text]) => course.store.setText(stem, text)", [chapter.stem, text])
        for name in chapter.functions:
            assert press_check(page, name).inner_text().startswith("Passed"), name
    assert points(page) == POINTS
    page.locator(".your-work > summary").click()
    with zipfile.ZipFile(download(page, "Download my course", tmp_path / "course.zip")) as file:
        file.extractall(tmp_path)
    folder = tmp_path / "learn-deep-learning" / "exercises"
    state = progress.read(folder)
    assert sum(entry["score"] for entry in state.values()) == POINTS
    assert not any(entry["changed"] for entry in state.values())
    run_grade("run", "all", "--submission", folder, "--json", tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text())["score"] == POINTS
