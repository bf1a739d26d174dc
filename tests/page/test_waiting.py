"""No press of Check is lost, and nothing waits without an end: each way out is one sentence."""

import pytest
from support.running import ROOT
from support.site import exercise, press_check, write

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium", "npm")]
LESSON = "ch1_1_numpy_arrays"
RIGHT = "def one_hot(labels, num_classes):\n    return np.eye(num_classes)[labels]\n"
ENDLESS = "def one_hot(labels, num_classes):\n    while True:\n        pass\n"
WORKED = ("Passed", "It works")


@pytest.fixture
def page(open_page):
    """A lesson in which `one_hot` is written and Python has not been fetched."""
    page = open_page(LESSON)
    write(page, "one_hot", RIGHT)
    return page


def press(page, button, name="one_hot"):
    exercise(page, name).get_by_role("button", name=button, exact=True).click()


def status(page, text):
    """Wait until the exercise says so while it works."""
    exercise(page, "one_hot").locator(".status", has_text=text).wait_for()


def report(page):
    return exercise(page, "one_hot").locator(".report").inner_text()


def silent(route):
    """An answer that never comes."""


def test_stop_while_python_starts_leaves_a_page_that_checks(page):
    press(page, "Check")
    page.wait_for_function("course.engine.state === 'starting' && course.engine.worker")
    press(page, "Stop")
    assert report(page).startswith("Stopped")
    assert press_check(page, "one_hot").inner_text().startswith(WORKED)
    assert page.complaints == []


def test_stop_while_python_is_fetched_ends_the_fetch(page):
    page.route("**/wasm-*", silent)
    press(page, "Check")
    status(page, "Fetching Python")
    with page.expect_event("requestfailed", lambda request: "/wasm-" in request.url):
        press(page, "Stop")
    assert report(page).startswith("Stopped")
    page.unroute("**/wasm-*")
    assert press_check(page, "one_hot").inner_text().startswith(WORKED)


def test_a_network_that_falls_silent_is_given_up(page):
    page.clock.install()
    page.route("**/wasm-*", silent)
    press(page, "Check")
    status(page, "Fetching Python")
    page.clock.fast_forward(31_000)
    assert report(page).startswith("Fetching Python broke off")
    page.unroute("**/wasm-*")
    assert press_check(page, "one_hot").inner_text().startswith(WORKED)


def test_a_python_that_does_not_start_is_given_up(page):
    page.clock.install()
    page.evaluate(
        "() => { course.engine.constructor.prototype.startWorker = () => new Promise(() => {}) }"
    )
    press(page, "Check")
    page.wait_for_function("course.engine.module && course.engine.packs.size")
    status(page, "Starting Python")
    page.clock.fast_forward(181_000)
    assert report(page).startswith("Python did not start within")


UNREADABLE = "{ arrayBuffer: () => Promise.reject(new TypeError()) }"


@pytest.mark.parametrize(
    "script",
    [
        "CacheStorage.prototype.open = () => new Promise(() => {})",
        "Cache.prototype.put = () => new Promise(() => {})",
        f"Cache.prototype.match = () => Promise.resolve({UNREADABLE})",
    ],
)
def test_a_browser_s_cache_that_fails_costs_no_check(page, script):
    page.evaluate(f"() => {{ {script} }}")
    assert press_check(page, "one_hot").inner_text().startswith(WORKED)


def test_a_press_during_a_check_of_older_code_comes_next(page):
    write(page, "one_hot", ENDLESS)
    press(page, "Check")
    status(page, "in line")
    write(page, "one_hot", RIGHT)
    page.keyboard.press("Control+Enter")
    status(page, "Your last press comes next")
    assert press_check(page, "one_hot").inner_text().startswith(WORKED)


def test_a_check_that_waits_can_be_stopped_alone(page):
    write(page, "normalize", "def normalize(X):\n    while True:\n        pass\n")
    press(page, "Check", "normalize")
    exercise(page, "normalize").locator(".status", has_text="in line").wait_for()
    press(page, "Check")
    status(page, "Waiting for what this page already runs")
    press(page, "Stop")
    assert report(page).startswith("Stopped")
    stopped = exercise(page, "normalize").get_by_role("button", name="Stop", exact=True)
    stopped.wait_for(state="hidden")
    verdict = exercise(page, "normalize").locator(".report").inner_text()
    assert verdict.startswith("It does not end")


STOP_AT_THE_VERDICT = """() => {
  const { call } = course;
  course.call = (name, args, options) => {
    const onEvent = (event) => {
      options.onEvent(event);
      if (event.verdict) course.engine.interrupt();
    };
    return call.call(course, name, args, { ...options, onEvent });
  };
}"""


def test_a_stop_after_the_verdict_keeps_it(page):
    page.evaluate("course.ready()")
    page.evaluate(STOP_AT_THE_VERDICT)
    assert press_check(page, "one_hot").inner_text().startswith(WORKED)
    assert exercise(page, "one_hot").get_by_text("stopped before the points").is_visible()


HEIGHTS = """(editor) => new Promise((resolve) => {
  const seen = [editor.offsetHeight];
  editor.scrollIntoView({ block: "end", behavior: "instant" });
  const look = () => {
    seen.push(editor.offsetHeight);
    if (seen.length > 9) resolve(seen);
    else requestAnimationFrame(look);
  };
  look();
})"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("stem", [LESSON, "ch5_2_neural_network_class"])
def test_an_editor_keeps_its_height_when_it_scrolls_into_view(open_page, stem, width):
    """Else the button below it moves between press and release, and is not pressed."""
    page = open_page(stem, width=width)
    editor = page.locator(".exercise .cm-editor").first
    editor.wait_for()
    text = (ROOT / "solutions" / f"{stem}.py").read_text(encoding="utf-8")
    page.evaluate("([stem, text]) => course.store.setText(stem, text)", [stem, text])
    assert len(set(editor.evaluate(HEIGHTS))) == 1
