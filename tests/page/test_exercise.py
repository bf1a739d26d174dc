"""The exercise in the page, as a reader uses it."""

import contextlib
import importlib
import io
import re

import pytest
from support.running import ROOT
from support.site import exercise, press_check, write

from grader.course import registry

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium", "npm")]
LESSON = "ch3_2_activation_functions"
WRONG_SOFTMAX = "def softmax(Z):\n    E = np.exp(Z)\n    return E / E.sum()\n"


def reference(stem, name):
    """The reference's text of one function."""
    text = (ROOT / "solutions" / f"{stem}.py").read_text(encoding="utf-8")
    return re.search(rf"^def {name}\(.*?(?=\n\n\n)", text, re.M | re.S)[0]


def test_nothing_is_fetched_before_a_button_is_pressed(open_page, site):
    page = open_page(LESSON)
    exercise(page, "relu").get_by_text("The first check fetches Python, 26 MB").wait_for()
    page.wait_for_load_state("networkidle")
    assert not [url for url in page.asked if url.endswith((".gz", "worker.js"))]
    loaded = {url.split("?")[0].rpartition("127.0.0.1:")[2].partition("/")[2] for url in page.asked}
    assert sum((site / name).stat().st_size for name in loaded if (site / name).is_file()) < 1.5e6


def test_a_wrong_function_gets_the_terminal_s_report_laid_out(open_page, host):
    page = open_page(LESSON)
    write(page, "softmax", WRONG_SOFTMAX)
    report = press_check(page, "softmax")
    text = report.inner_text()
    assert text.startswith("Not yet")
    for label in ("call", "expected", "got", "likely", "next"):
        assert report.locator("dt", has_text=re.compile(f"^{label}$")).first.is_visible()
    assert "each row should" in text
    marks = report.locator("> .failure mark").all_inner_texts()
    assert len(set(marks)) == 2
    assert exercise(page, "softmax").get_by_text("A hint for this mistake").is_visible()
    assert page.complaints == []
    assert [url for url in page.asked if not url.startswith((host.address, "blob:", "data:"))] == []


def test_a_function_that_works_is_told_what_is_left(open_page):
    page = open_page(LESSON)
    write(page, "relu", "def relu(Z):\n    return np.maximum(Z, 0)\n")
    report = press_check(page, "relu")
    assert report.inner_text().startswith("It works; 1 finishing touch is left")
    assert "floats of integers" in report.locator(".check-name").inner_text()


def test_a_mistake_in_the_same_chapter_costs_points_once(open_page):
    stem = "ch4_3_pooling_cnn"
    page = open_page(stem)
    write(page, "max_pool", "def max_pool(X, size):\n    return X\n")
    write(page, "max_pool_backward", reference(stem, "max_pool_backward"))
    assert press_check(page, "max_pool_backward").inner_text().startswith("Passed")
    built_on = exercise(page, "max_pool_backward").locator(".built-on").inner_text()
    assert built_on == "Built on the reference's max_pool (4.3)."


def test_a_right_function_is_put_beside_the_reference(open_page):
    page = open_page(LESSON)
    write(page, "relu", reference(LESSON, "relu"))
    assert press_check(page, "relu").inner_text().startswith("Passed")
    box = exercise(page, "relu")
    box.get_by_text("Yours next to the reference's").click()
    assert box.locator(".comparison table").is_visible()
    assert "Time: yours" in box.locator(".comparison").inner_text()


def test_control_enter_checks_and_hint_and_reset_work(open_page):
    page = open_page(LESSON)
    write(page, "relu", "def relu(Z):\n    return Z\n")
    page.keyboard.press("Control+Enter")
    box = exercise(page, "relu")
    box.locator(".report").wait_for()
    box.get_by_role("button", name="Hint").click()
    box.locator("details.hint[open]").wait_for()
    box.get_by_role("button", name="Reset").click()
    box.locator(".cm-content", has_text="NotImplementedError").first.wait_for()
    assert "NotImplementedError" in box.locator(".cm-content").first.inner_text()
    box.get_by_role("button", name="Undo").click()
    box.locator(".cm-content", has_text="return Z").first.wait_for()
    assert box.locator(".cm-content").first.inner_text().strip().endswith("return Z")


def test_run_shows_prints_pictures_and_errors(open_page):
    page = open_page(LESSON)
    write(page, "relu", reference(LESSON, "relu"))
    box = exercise(page, "relu")
    box.get_by_role("button", name="Run", exact=True).click()
    code = "import matplotlib.pyplot as plt\nprint(relu(np.array([-1.0, 2.0])))\nplt.plot([1, 2])\n"
    _try(page, box, code)
    assert box.locator(".printed").inner_text().strip() == "[0. 2.]"
    assert box.locator("img.drawn").is_visible()
    _try(page, box, "print('so far')\nrelu(1, 2)\n")
    assert box.locator(".printed").inner_text().strip() == "so far"
    assert "experiment, line 2: relu(1, 2)" in box.locator(".error").inner_text()
    assert "TypeError" in box.locator(".error").inner_text()
    _try(page, box, "print(relu")
    assert "experiment, line 1: print(relu" in box.locator(".error").inner_text()
    _try(page, box, "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\n")
    assert box.locator(".printed").is_hidden()
    _try(page, box, "name = input('Name? ')\n")
    assert "nobody answers input()" in box.locator(".error").inner_text()
    _try(page, box, "import torch\n")
    assert "torch is not here. Python in the page has" in box.locator(".error").inner_text()
    _try(page, box, "raise ValueError('x' * 10**6)")
    assert len(box.locator(".error").inner_text()) < 3000


PASTE = """(editor, text) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const options = { clipboardData, bubbles: true, cancelable: true };
  editor.dispatchEvent(new ClipboardEvent("paste", options));
}"""


def test_unseen_characters_of_pasted_text_are_left_out(open_page):
    page = open_page(LESSON)
    write(page, "relu", " ")
    editor = exercise(page, "relu").locator(".cm-content").first
    editor.evaluate(PASTE, "def relu(Z):\n\u00a0\u00a0return\u200b Z\n")
    text = page.evaluate("course.exercises.find(({ name }) => name === 'relu').editor.text")
    assert text.strip() == "def relu(Z):\n  return Z"


def test_what_was_printed_stays_when_run_is_stopped(open_page):
    page = open_page(LESSON)
    box = exercise(page, "relu")
    box.get_by_role("button", name="Run", exact=True).click()
    _start(page, box, "for i in range(100):\n    print(i)\nwhile True:\n    pass\n")
    box.locator(".printed", has_text="99").wait_for()
    box.get_by_role("button", name="Stop", exact=True).click()
    assert box.locator(".report").inner_text().startswith("Stopped")
    assert "99" in box.locator(".printed").inner_text()
    assert box.locator(".printed").bounding_box()["height"] < 500


def _start(page, box, code):
    box.locator(".trial .cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(code)
    box.get_by_role("button", name="Run this").click()


def _try(page, box, code):
    _start(page, box, code)
    box.get_by_role("button", name="Stop", exact=True).wait_for(state="hidden")


def test_earlier_functions_are_the_learner_s_where_they_work(open_page, host):
    page = open_page(LESSON)
    write(page, "relu", reference(LESSON, "relu"))
    write(page, "softmax", WRONG_SOFTMAX)
    assert press_check(page, "relu").inner_text().startswith("Passed")
    page.goto(f"{host.address}/ch3_3_forward_mlp.html")
    write(page, "forward_mlp", reference("ch3_3_forward_mlp", "forward_mlp"))
    text = press_check(page, "forward_mlp").inner_text()
    assert text.startswith("Passed")
    built_on = exercise(page, "forward_mlp").locator(".built-on").inner_text()
    yours, _, ours = built_on.partition("the reference's")
    assert "relu (3.2)" in yours
    assert "softmax (3.2)" in ours


def test_an_error_names_the_learner_s_lines_alone(open_page):
    page = open_page("ch2_3_mini_batches")
    code = "def logistic_loss(X, y, params):\n    return linear(X, params[0], params[1][:, None])\n"
    write(page, "logistic_loss", code)
    report = press_check(page, "logistic_loss")
    assert "Built on the reference's linear (1.2)" in report.inner_text()
    lines = report.locator("> .failure dd.your-line").inner_text()
    assert lines.startswith("ch2_3_mini_batches.py:")
    assert "ch1_2_matrix_operations.py" not in lines


def test_training_shows_its_losses_and_can_be_stopped(open_page):
    page = open_page("ch3_4_backpropagation")
    for name in ("backward_mlp", "mlp_loss", "train_mlp"):
        write(page, name, reference("ch3_4_backpropagation", name))
    box = exercise(page, "train_mlp")
    box.get_by_role("button", name="Check", exact=True).click()
    box.locator(".loss-curve figcaption", has_text="Loss:").wait_for()
    box.get_by_role("button", name="Stop").click()
    assert "Stopped" in box.locator(".report").inner_text()
    write(page, "backward_mlp", "def backward_mlp(X, A1, A2, y, W1, W2):\n    return 1\n")
    assert press_check(page, "backward_mlp").inner_text().startswith("Not yet")


def test_what_run_offers_to_try_runs(open_page, host):
    """Each docstring's example, as the page puts it next to the editor, with the reference."""
    page = open_page("index")
    for chapter in registry.chapters():
        page.goto(f"{host.address}/{chapter.stem}.html")
        page.wait_for_function("course.exercises")
        names = vars(importlib.import_module(f"solutions.{chapter.stem}"))
        for code in page.evaluate("course.exercises.map(({ trial }) => trial.editor.text)"):
            with contextlib.redirect_stdout(io.StringIO()) as printed:
                exec(code, dict(names))
            assert printed.getvalue().strip(), code
            assert "<function" not in printed.getvalue(), code
