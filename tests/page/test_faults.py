"""What can go wrong in a page, each told in a sentence, with the lesson still readable."""

from hashlib import sha256
from pathlib import Path

import pytest
from support.site import Host, exercise, open_in, press_check, renewed, write

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium", "npm")]
LESSON, OTHER = "ch1_1_numpy_arrays", "ch1_2_matrix_operations"
RIGHT = "def normalize(X):\n    X = np.asarray(X, dtype=np.result_type(X, np.float32) if X.dtype == np.float32 else float)\n    s = X.std()\n    c = X - X.mean()\n    return c / s if np.ptp(X) else np.zeros_like(c)\n"  # noqa: E501
IN_PYTHON = "def normalize(X):\n    n = 0\n    while True:\n        n += 1\n"
HALF = "def one_hot(labels, num_classes):\n    return 5\n"
IN_C = "import itertools\n\n\ndef normalize(X):\n    return sum(itertools.count())\n"


@pytest.mark.parametrize(
    ("code", "line"), [(IN_PYTHON, ("n += 1", "while True")), (IN_C, ("itertools.count()",))]
)
def test_an_endless_loop_is_ended_with_its_line(open_page, code, line):
    page = open_page(LESSON)
    write(page, "normalize", code)
    text = press_check(page, "normalize").inner_text()
    assert text.startswith("It does not end")
    number = int(text.partition(" in line ")[2].split()[0])
    source = page.evaluate(f"course.store.text('{LESSON}')").split("\n")
    assert any(part in source[number - 1] for part in line)
    write(page, "normalize", RIGHT)
    assert press_check(page, "normalize").inner_text().startswith(("Passed", "It works"))


BODY = "def normalize(X):\n    {}\n    return X\n"
HARM = [  # code that a Python shared with the grader has to bear, and how its report begins
    (BODY.format("np.mean = np.asarray = None"), ("It broke Python", "It raises", "Not yet")),
    ("import sys\n\n\nsys.path.clear()\nsys.modules.clear()\n", "It "),
    ("import builtins\n\n\nbuiltins.isinstance = print\n" + BODY.format(""), "It "),
    (BODY.format("import os; os._exit(0)"), "It broke Python"),
    (BODY.format("import os; os.abort()"), "It broke Python"),
    (BODY.format("import shutil; shutil.rmtree('/course')"), "It "),
    (BODY.format("for _ in range(10**6): X = [X]\n    repr(X)"), "It broke Python"),
    (BODY.format("np.empty(15 * 10**7)"), "Not yet"),
    (BODY.format("raise KeyboardInterrupt"), "It raises an error"),
    (BODY.format("return '\ud83d'"), "Not yet"),
    ("def normalise(X):\n    return X\n", "Still to write"),
    ("", "Still to write"),
]


def test_python_works_again_after_code_that_harms_it(open_page):
    page = open_page(LESSON)
    keep = f"text => course.store.setPart('{LESSON}', 'normalize', text)"
    page.evaluate("course.ready()")
    for code, begin in HARM:
        page.evaluate(keep, code)
        assert press_check(page, "normalize").inner_text().startswith(begin), code
        page.evaluate(keep, RIGHT)
        assert press_check(page, "normalize").inner_text().startswith("Passed"), code
    assert page.evaluate("course.engine.memory") < 2**30
    assert page.complaints == []


AT_THE_END = """class Endless:
    def __del__(self):
        while True:
            pass


kept = Endless()


"""
IN_THE_FILE = "while True:\n    pass\n\n\n"


@pytest.mark.parametrize("code", [AT_THE_END, IN_THE_FILE])
def test_an_endless_loop_outside_of_functions_ends_once(open_page, code):
    page = open_page(LESSON)
    source = "import numpy as np\n\n\n" + code + RIGHT + "\n\n" + HALF
    page.evaluate("course.ready()")
    page.evaluate("([stem, text]) => course.store.setText(stem, text)", [LESSON, source])
    limits = page.evaluate(
        "async ([stem, source]) => { const limits = [];"
        "const onEvent = ({ limit }) => limit && limits.push(limit);"
        "await course.checkAndRecord(stem, 'normalize', { onEvent }); return limits; }",
        [LESSON, source],
    )
    hung = code == IN_THE_FILE
    assert len([limit for limit in limits if limit == max(limits)]) == 1 or not hung
    verdict = page.evaluate("course.store.state().chapters['1.1'].functions.normalize")
    assert verdict["status"] == ("timeout" if hung else "passed")


def test_a_fetch_that_breaks_off_can_be_made_again(site, new_context):
    host = Host(site)
    page = open_in(new_context(), f"{host.address}/{LESSON}.html")
    host.break_off(".gz")
    assert "broke off" in press_check(page, "normalize").inner_text()
    assert page.locator("article h1").is_visible()
    host.break_off()
    write(page, "normalize", RIGHT)
    assert press_check(page, "normalize").inner_text().startswith(("Passed", "It works"))
    host.close()


def visited(host, context):
    """A lesson in which a function has been checked, so that all is kept for offline use."""
    page = open_in(context, f"{host.address}/{LESSON}.html")
    write(page, "normalize", RIGHT)
    press_check(page, "normalize")
    page.evaluate("course.keeping")
    return page


def test_lessons_and_checks_work_offline(site, new_context):
    host = Host(site)
    page = visited(host, new_context())
    host.close()
    page.reload()
    assert press_check(page, "normalize").inner_text().startswith(("Passed", "It works"))
    page.goto(f"{host.address}/ch4_2_convolution.html")
    assert page.locator("article h1").is_visible()
    assert page.locator(".katex-display").first.is_visible()


def test_a_site_that_is_silent_is_read_from_what_is_kept(site, new_context):
    host = Host(site)
    page = visited(host, new_context())
    host.fall_silent(f"{OTHER}.html")
    page.goto(f"{host.address}/{OTHER}.html")
    assert page.locator("article h1").is_visible()
    exercise(page, "matrix_multiply").locator(".cm-content").first.wait_for()
    host.close()


def test_a_visitor_of_an_older_build_gets_the_new_one_whole(site, new_context, tmp_path):
    host = Host(site)
    context = new_context()
    page = visited(host, context)
    host.serve(renewed(site, tmp_path / "renewed"))
    page.reload()
    page.wait_for_function("course.keeping")
    page.evaluate("course.keeping")
    assert "np.zeros_like" in exercise(page, "normalize").locator(".cm-content").first.inner_text()
    kept = page.evaluate(KEPT)
    differing = {name for name, digest in kept.items() if digest != _digest(host, name)}
    assert differing == set()
    assert {"course", "python", "wasm"} <= {name.rpartition("/")[2].split("-")[0] for name in kept}
    host.close()
    page.goto(f"{host.address}/{OTHER}.html")
    write(page, "matrix_multiply", "def matrix_multiply(X, W):\n    return X @ W\n")
    assert press_check(page, "matrix_multiply").inner_text().startswith("It works")


# Each kept address, its path alone, and the hash of what is kept.
KEPT = """async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const { url } of await cache.keys()) {
      const body = await (await cache.match(url)).arrayBuffer();
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", body));
      if (body.byteLength) kept[new URL(url).pathname] = digest.toHex();
    }
  }
  return kept;
}"""


def _digest(host, path):
    file = Path(host.folder, path.lstrip("/"))
    return sha256(file.read_bytes()).hexdigest() if file.is_file() else None


def test_a_page_of_an_older_build_is_told_to_reload(site, new_context, tmp_path):
    host = Host(site)
    page = open_in(new_context(), f"{host.address}/{LESSON}.html")
    host.serve(renewed(site, tmp_path / "renewed"))
    write(page, "normalize", RIGHT)
    assert press_check(page, "normalize").inner_text().startswith("This site has been renewed")
    page.reload()
    assert press_check(page, "normalize").inner_text().startswith(("Passed", "It works"))
    host.close()


def test_a_reload_in_the_middle_loses_nothing(open_page):
    page = open_page(LESSON)
    write(page, "normalize", IN_PYTHON)
    exercise(page, "normalize").get_by_role("button", name="Check", exact=True).click()
    write(page, "one_hot", "def one_hot(labels, num_classes):\n    return 5\n")
    page.reload()
    assert "while True" in exercise(page, "normalize").locator(".cm-content").first.inner_text()
    assert "return 5" in exercise(page, "one_hot").locator(".cm-content").first.inner_text()
    assert press_check(page, "one_hot").inner_text().startswith("Not yet")


def test_two_tabs_share_their_work(host, new_context):
    context = new_context()
    one, two = (open_in(context, f"{host.address}/{LESSON}.html") for _ in range(2))
    write(one, "normalize", RIGHT)
    editor = exercise(two, "normalize").locator(".cm-content").first
    editor.get_by_text("np.zeros_like").wait_for()
    write(two, "one_hot", "def one_hot(labels, num_classes):\n    return 5\n")
    exercise(one, "one_hot").locator(".cm-content").first.get_by_text("return 5").wait_for()
    write(one, "one_hot", "def one_hot(labels, num_classes):\n    return 6\n")
    one.evaluate("dispatchEvent(new Event('blur'))")
    assert "return 6" in two.evaluate("course.store.part('ch1_1_numpy_arrays', 'one_hot')")
    press_check(one, "normalize")
    press_check(two, "one_hot")
    for page in (one, two):
        functions = page.evaluate("course.store.state().chapters['1.1'].functions")
        assert functions["normalize"]["status"] == "passed"
        assert functions["one_hot"]["status"] == "failed"


def test_a_page_that_back_brings_back_shows_what_has_changed_meanwhile(host, new_context):
    page = open_in(new_context(), f"{host.address}/{LESSON}.html")
    write(page, "normalize", IN_PYTHON)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    # What another page of this tab changes meanwhile is not told to this one.
    page.evaluate("course.store.changed = () => {}")
    page.evaluate("([stem, text]) => course.store.setText(stem, text)", [LESSON, RIGHT])
    page.evaluate("delete course.store.changed")
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert "zeros_like" in exercise(page, "normalize").locator(".cm-content").first.inner_text()


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ("delete globalThis.DecompressionStream", "This browser is too old"),
        ("WebAssembly.validate = () => false", "This browser is too old"),
    ],
)
def test_a_browser_that_is_too_old_is_told_so(host, new_context, script, sentence):
    context = new_context()
    context.add_init_script(script)
    page = open_in(context, f"{host.address}/{LESSON}.html")
    assert page.get_by_text(sentence).is_visible()
    assert exercise(page, "normalize").locator(".stub").is_visible()
    assert page.complaints == []


def test_a_browser_that_keeps_nothing_still_checks(host, new_context):
    context = new_context()
    context.add_init_script(
        "const full = new DOMException('full', 'QuotaExceededError');"
        "Storage.prototype.setItem = () => { throw full };"
        "Cache.prototype.put = () => Promise.reject(full);"
    )
    page = open_in(context, f"{host.address}/{LESSON}.html")
    write(page, "normalize", RIGHT)
    assert press_check(page, "normalize").inner_text().startswith(("Passed", "It works"))
    assert page.locator(".your-work [role=status]").inner_text().startswith("This browser")
    assert exercise(page, "normalize").get_by_text("This browser keeps nothing").is_visible()


def test_a_page_from_a_file_can_be_read(site, new_context):
    page = open_in(new_context(), (site / f"{LESSON}.html").as_uri())
    assert page.get_by_text("python -m http.server").is_visible()
    assert exercise(page, "normalize").locator(".stub").is_visible()
    assert page.complaints == []
