"""The site in Chromium: accessible, self-contained, and within the width of a phone."""

from pathlib import Path

import axe_playwright_python
import pytest

from lessons.site import places

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium")]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES = ["index", *(path.stem for path in places.lesson_files())]


@pytest.fixture(scope="module")
def address(host):
    return host.address


@pytest.fixture
def open_page(browser):
    """Opens a page: `open_page(url, width, scheme)`; its requests and errors are its attributes."""
    contexts = []

    def opened(url, width=1280, scheme="light", **options):
        size = {"width": width, "height": 900}
        context = browser.new_context(viewport=size, color_scheme=scheme, **options)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.goto(url)
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", PAGES)
def test_pages_ask_their_own_host_only_and_fit_a_phone(address, open_page, name):
    page = open_page(f"{address}/{name}.html", width=390)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    own = (address, "data:", f"blob:{address}")
    assert [url for url in page.asked if not url.startswith(own)] == []
    assert page.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*PAGES, "search"])
def test_axe_finds_no_violation(address, open_page, name, scheme):
    page = open_page(f"{address}/{name}.html", scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    page.evaluate("dispatchEvent(new Event('resize'))")
    page.evaluate(
        (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    )
    # Formulas are KaTeX's own; their thousands of boxes would take most of the time.
    run = "rules => axe.run({exclude: ['.katex']}, {runOnly: rules, resultTypes: ['violations']})"
    found = page.evaluate(run, RULES)["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:150]) for v in found] == []


def test_a_choice_opens_with_the_keyboard(address, open_page):
    page = open_page(f"{address}/{PAGES[1]}.html")
    choice = page.locator(".predict details").first
    choice.locator("summary").focus()
    assert not choice.locator("p").is_visible()
    page.keyboard.press("Enter")
    assert choice.locator("p").is_visible()
    assert choice.locator(".verdict").is_visible()


def test_hints_open_one_by_one(address, open_page):
    page = open_page(f"{address}/ch3_2_activation_functions.html")
    hints = page.locator(".exercise").first.locator("summary")
    assert [hint.is_visible() for hint in hints.all()] == [True, False, False]
    hints.nth(0).click()
    assert [hint.is_visible() for hint in hints.all()] == [True, True, False]


def test_search_and_formulas_work_from_a_file(site, open_page):
    page = open_page(f"{(site / 'search.html').as_uri()}?q=backpropagation")
    page.wait_for_selector("#search-results li a", timeout=20_000)
    assert all(url.startswith(("file:", "data:")) for url in page.asked)


def test_pages_are_complete_without_javascript(address, open_page):
    page = open_page(f"{address}/ch3_4_backpropagation.html", java_script_enabled=False)
    assert page.locator(".katex-display").first.is_visible()
    choice = page.locator(".predict details").first
    choice.locator("summary").click()
    assert choice.locator("p").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_fit_the_page(address, open_page, scheme):
    page = open_page(f"{address}/ch3_2_activation_functions.html", scheme=scheme)
    for picture in page.locator("figure.picture").all():
        shown = [image for image in picture.locator("img").all() if image.is_visible()]
        assert [image.get_attribute("class") for image in shown] == [f"only-{scheme}"]
