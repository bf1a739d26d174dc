"""Figures that live, and the drawing board: in a page, and as `grade draw` serves it."""

import math
from pathlib import Path

import axe_playwright_python
import pytest
from support.drawing import drawing_board, solved_course
from support.site import open_in, write

pytestmark = [pytest.mark.slow, pytest.mark.needs("chromium", "npm")]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FIGURES = [
    ("ch1_1_numpy_arrays", "one_mean_or_many"),
    ("ch1_2_matrix_operations", "linear"),
    ("ch1_3_activation_basics", "probability_and_logit"),
    ("ch2_1_loss_functions", "confident_mistakes"),
    ("ch2_2_gradient_descent", "learning_rates"),
    ("ch2_3_mini_batches", "gradient_noise"),
    ("ch2_4_numerical_gradients", "two_branches"),
    ("ch3_1_perceptron", "and_or_xor"),
    ("ch3_2_activation_functions", "temperature"),
    ("ch3_3_forward_mlp", "shapes"),
    ("ch4_1_deep_mlp", "by_depth"),
    ("ch4_2_convolution", "edges"),
    ("ch4_4_regularization", "dropout_noise"),
    ("ch4_5_momentum_capstone", "ravine"),
    ("ch5_1_adam", "turned_valley"),
    ("ch5_2_neural_network_class", "own_and_shared"),
    ("ch5_3_two_moons", "bends"),
    ("ch5_4_color_images", "green_minus_blue"),
]
BOARDS = [
    ("ch3_4_backpropagation", "digits_learned"),
    ("ch4_3_pooling_cnn", "filters_before_and_after"),
    ("ch4_5_momentum_capstone", "most_confused"),
]
SOFTMAX = """def softmax(Z):
    Z = np.asarray(Z)
    Z = 1.0 * Z
    with np.errstate(over="ignore"):
        E = np.exp(Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)
"""


def figure(page, picture):
    return page.locator(f"figure[data-picture={picture}]")


def open_figure(page, picture):
    """Press its button with the keyboard and wait until it lives."""
    shown = figure(page, picture)
    shown.get_by_role("button").first.focus()
    page.keyboard.press("Enter")
    shown.locator(".living").wait_for()
    return shown


@pytest.fixture(scope="module")
def reader(browser):
    """A browser that keeps Python between the tests of this file."""
    context = browser.new_context(viewport={"width": 390, "height": 900}, color_scheme="dark")
    yield context
    context.close()


@pytest.mark.parametrize(("stem", "picture"), FIGURES)
def test_every_figure_reacts_to_the_keyboard_alone(reader, host, stem, picture):
    page = open_in(reader, f"{host.address}/{stem}.html")
    shown = open_figure(page, picture)
    drawing = shown.locator(".drawing")
    assert shown.locator("> .frame").is_hidden()
    assert shown.locator("> .status").inner_text()
    for control in shown.locator(".controls :is(input, select, button)").all():
        before, key = drawing.inner_html(), "ArrowLeft"
        control.focus()
        if control.evaluate("part => part.tagName") != "INPUT":
            key = "Enter" if control.evaluate("part => part.tagName") == "BUTTON" else "ArrowDown"
        for _ in range(4):  # one small step may move nothing that is seen
            page.keyboard.press(key)
        page.wait_for_function(
            "([place, before]) => place.innerHTML.replaceAll(/clip-\\d+/g, '') !== "
            "before.replaceAll(/clip-\\d+/g, '')",
            arg=[drawing.element_handle(), before],
        )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert violations(page) == []
    shown.get_by_role("button", name="Still picture").click()
    assert shown.locator("> .frame").is_visible()
    assert page.complaints == []
    assert [url for url in page.asked if not url.startswith((host.address, "blob:", "data:"))] == []
    page.close()


def drag(page, shown, *places, panel=0):
    """Press the mouse on a panel and move it; places are shares of its width and height."""
    svg = shown.locator(".drawing svg").nth(panel)
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()
    for number, (across, down) in enumerate(places):
        page.mouse.move(box["x"] + across * box["width"], box["y"] + down * box["height"], steps=5)
        if number == 0:
            page.mouse.down()


@pytest.mark.parametrize(
    ("stem", "picture", "panel", "places", "said"),
    [
        ("ch1_1_numpy_arrays", "one_mean_or_many", 2, [(0.1, 0.9)], "Row 3, rooms: (6"),
        (
            "ch1_2_matrix_operations",
            "linear",
            0,
            [(0.61, 0.634), (0.547, 0.25)],
            "(0, 0) goes to (0, 3)",
        ),
        ("ch2_1_loss_functions", "confident_mistakes", 0, [(0.97, 0.5)], "At z = 8"),
        ("ch2_4_numerical_gradients", "two_branches", 1, [(0.15, 0.5)], "is a staircase"),
        ("ch4_2_convolution", "edges", 1, [(0.5, 0.5), (0.9, 0.99)], "Row 25, column 23"),
    ],
)
def test_a_figure_follows_the_finger(reader, host, stem, picture, panel, places, said):
    page = open_in(reader, f"{host.address}/{stem}.html")
    shown = open_figure(page, picture)
    drag(page, shown, *places, panel=panel)
    shown.get_by_text(said).wait_for()  # while the button is still down
    page.mouse.up()
    assert page.complaints == []
    page.close()


def test_every_figure_has_its_function_in_python_and_its_picture_in_a_lesson(running):
    listed = running.evaluate("course.listedFigures.map(({stem, picture}) => [stem, picture])")
    assert sorted(map(tuple, listed)) == sorted(FIGURES + BOARDS)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_lesson_is_complete_before_anything_is_pressed(open_page, javascript):
    page = open_page("ch3_2_activation_functions", java_script_enabled=javascript)
    still = figure(page, "temperature")
    assert still.locator("img:visible").count() == 1
    if javascript:
        still.get_by_text("It fetches Python, 26 MB").wait_for()
        assert not [url for url in page.asked if url.endswith((".gz", "worker.js"))]
    else:
        assert still.get_by_role("button").count() == 0


def test_a_figure_is_drawn_by_the_learner_s_function_once_it_works(open_page):
    page = open_page("ch3_2_activation_functions")
    shown = open_figure(page, "temperature")
    assert "the reference's softmax" in shown.locator(".used").inner_text()
    write(page, "softmax", SOFTMAX)
    page.keyboard.press("Control+Enter")
    shown.locator(".used", has_text="your softmax").wait_for()
    page.locator("label", has_text="Added to every score").locator("input").fill("1000")
    shown.get_by_text("The formula as it stands gives nan, nan, nan").wait_for()


def draw_one(page, pad):
    box = pad.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] * 0.15
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(20):
        page.mouse.move(x, y + step * box["height"] * 0.035)
    page.mouse.up()


def draw_zero(page, pad):
    box = pad.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    ring = [
        (x + 0.22 * box["width"] * math.sin(t / 4), y - 0.36 * box["height"] * math.cos(t / 4))
        for t in range(26)
    ]
    page.mouse.move(*ring[0])
    page.mouse.down()
    for point in ring:
        page.mouse.move(*point)
    page.mouse.up()


def press_one(page, pad):
    pad.focus()
    page.keyboard.press(" ")
    for _ in range(18):
        page.keyboard.press("ArrowDown")
    page.keyboard.press(" ")


def assert_reads(page, place):
    """Draw a 1 and a 0 with the mouse, and a 1 with the keyboard."""
    pad = place.locator(".pad")
    pad.scroll_into_view_if_needed()
    for draw, digit in [(draw_one, 1), (draw_zero, 0), (press_one, 1)]:
        place.get_by_role("button", name="Clear").click()
        draw(page, pad)
        place.get_by_text(f"The network reads {digit}, with a probability of").wait_for()
        assert place.locator(".probabilities li").count() == 10
        assert place.locator(".chosen").inner_text().startswith(f"{digit}")
        near = place.locator("section", has_text="most similar").get_by_text(f"a {digit}")
        assert near.count() >= 4


@pytest.mark.parametrize(("stem", "picture"), BOARDS)
def test_a_network_trained_in_the_page_reads_what_is_drawn(reader, host, stem, picture):
    page = open_in(reader, f"{host.address}/{stem}.html")
    page.set_default_timeout(300_000)
    shown = open_figure(page, picture)
    assert "of 297 new digits right" in shown.locator("> .status").inner_text()
    assert_reads(page, shown)
    assert shown.locator("section").nth(1).locator(".tile").count() >= 1
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.complaints == []
    assert [url for url in page.asked if not url.startswith((host.address, "blob:", "data:"))] == []
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation(browser, host, scheme):
    context = browser.new_context(color_scheme=scheme)
    page = open_in(context, f"{host.address}/ch3_4_backpropagation.html")
    shown = open_figure(page, "digits_learned")
    pad = shown.locator(".pad")
    pad.scroll_into_view_if_needed()
    draw_one(page, pad)
    shown.get_by_text("The network reads 1").wait_for()
    assert violations(page) == []
    page.goto(f"{host.address}/ch4_2_convolution.html")
    open_figure(page, "edges")
    assert violations(page) == []
    context.close()


def violations(page):
    script = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    page.evaluate(script.read_text(encoding="utf-8"))
    run = "rules => axe.run({exclude: ['.katex']}, {runOnly: rules, resultTypes: ['violations']})"
    found = page.evaluate(run, RULES)["violations"]
    return [(each["id"], each["nodes"][0]["html"][:150]) for each in found]


@pytest.fixture(scope="module")
def terminal_board(tmp_path_factory):
    """The address at which `grade draw` serves the board."""
    with drawing_board(solved_course(tmp_path_factory.mktemp("course")), "3.4") as board:
        yield board.address


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_terminal_s_board_reads_what_is_drawn(browser, terminal_board, scheme):
    context = browser.new_context(viewport={"width": 390, "height": 800}, color_scheme=scheme)
    page = open_in(context, terminal_board)
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.get_by_text("The network that you trained in chapter 3.4").wait_for()
    assert_reads(page, page.locator("main"))
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.complaints == said == []
    assert {url for url in page.asked if not url.startswith((terminal_board, "data:"))} == set()
    context.close()
