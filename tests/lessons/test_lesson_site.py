"""The site builds without a warning, and its pages are whole."""

import html.parser
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
import zipfile

import numpy as np
import pytest
from support.running import ROOT

from lessons.site import coursemap, maths, places, recolor, stubs

PAGES = ["index", *(path.stem for path in places.lesson_files())]
PAGE_WEIGHT = 1_500_000  # bytes
PICTURE_WEIGHT = 300_000


def build(option, folder):
    """Run `python -m lessons`, which must not warn."""
    command = [sys.executable, "-m", "lessons", option, str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder with the built site; pictures and runs come from the cache where they are there."""
    folder = tmp_path_factory.mktemp("site")
    build("--out", folder)
    return folder


class Page(html.parser.HTMLParser):
    """The ids, targets and images of a page."""

    def __init__(self, path):
        super().__init__()
        self.ids, self.links, self.loaded, self.images = set(), [], [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.ids.add(attrs.get("id"))
        if tag == "a" and "href" in attrs:
            self.links.append(attrs["href"])
        if tag == "img":
            self.images.append(attrs)
        if tag in {"img", "script"} and attrs.get("src"):
            self.loaded.append(attrs["src"])
        if tag == "link" and attrs.get("rel") in {"stylesheet", "icon", "shortcut icon"}:
            self.loaded.append(attrs["href"])


@pytest.mark.slow
def test_every_chapter_has_a_page(site):
    assert all((site / f"{name}.html").is_file() for name in PAGES)


@pytest.mark.slow
def test_every_link_and_file_within_the_site_is_there(site):
    pages = {path.name: Page(path) for path in site.glob("*.html")}
    broken = []
    for name, page in pages.items():
        for target in page.links + page.loaded:
            if re.match(r"\w+:", target):
                continue
            file, _, anchor = target.partition("#")
            file = file.partition("?")[0] or name
            known = pages[file].ids if file in pages else {anchor}
            if not (site / file).is_file() or (anchor and anchor not in known):
                broken.append((name, target))
    assert broken == []
    assert all(
        "_static/favicon.svg" in {f.partition("?")[0] for f in p.loaded} for p in pages.values()
    )


@pytest.mark.slow
def test_nothing_is_loaded_from_elsewhere(site):
    for path in site.glob("*.html"):
        assert not [file for file in Page(path).loaded if "//" in file], path.name
    for path in site.rglob("*.css"):
        assert not re.search(r"url\([\"']?(?:https?:)?//", path.read_text(encoding="utf-8")), path


@pytest.mark.slow
def test_pages_are_light_and_pictures_have_a_text(site):
    for name in PAGES:
        page = Page(site / f"{name}.html")
        shown = [file for file in page.loaded if not file.endswith("-dark.svg")]
        files = {site / file.partition("?")[0] for file in shown} | {site / f"{name}.html"}
        fonts = set((site / "_static" / "katex" / "fonts").iterdir())
        weight = sum(path.stat().st_size for path in files | fonts)
        assert weight < PAGE_WEIGHT, (name, weight)
        assert all(
            len(image.get("alt", "")) > 30 for image in page.images if "_static/pic" in image["src"]
        )


@pytest.mark.slow
def test_pictures_are_light(site):
    heavy = [
        (path.name, path.stat().st_size)
        for path in (site / "_static" / "pictures").glob("*.svg")
        if path.stat().st_size > PICTURE_WEIGHT
    ]
    assert heavy == []


@pytest.mark.slow
def test_every_exercise_has_a_place_for_the_editor(site):
    for chapter in places.chapters():
        text = (site / f"{chapter.stem}.html").read_text(encoding="utf-8")
        for name in chapter.functions:
            pattern = (
                rf'<div class="exercise"[^>]*data-function="{name}"[^>]*data-stem="{chapter.stem}"'
            )
            assert re.search(pattern, text), name


@pytest.mark.slow
def test_formulas_need_no_script(site):
    text = (site / "ch3_4_backpropagation.html").read_text(encoding="utf-8")
    assert text.count('class="katex-display"') >= 6
    assert "$$" not in re.sub(r"<annotation.*?</annotation>", "", text, flags=re.S)
    assert not any(
        "katex" in file
        for file in Page(site / "ch3_4_backpropagation.html").loaded
        if file.endswith(".js")
    )


@pytest.mark.slow
def test_the_epub_is_whole(tmp_path):
    build("--epub", tmp_path)
    (book,) = tmp_path.glob("*.epub")
    with zipfile.ZipFile(book) as inside:
        names = inside.namelist()
        assert sum(name.endswith("backpropagation.xhtml") for name in names) == 1
        text = inside.read(next(n for n in names if n.endswith("backpropagation.xhtml"))).decode()
    ElementTree.fromstring(text)
    assert "<math" in text
    assert "katex-html" not in text


def test_a_broken_formula_is_named():
    with pytest.raises(maths.BadFormula, match=r"\\frac\{a"):
        maths._render(r"\frac{a", False, "mathml")


def test_the_dark_twin_swaps_neutrals_and_keeps_hues():
    white, black = recolor.dark(np.array([[1.0, 1, 1], [0, 0, 0]]))
    assert white.max() < 0.2
    assert black.min() > 0.85
    for color in ([0.06, 0.14, 0.24], [0.65, 0.16, 0.12], [0.18, 0.61, 0.56]):
        twin = recolor.dark(np.array(color))
        assert np.argmax(twin) == np.argmax(color)
        assert twin @ [0.21, 0.72, 0.07] > 0.3  # its luminance, roughly


def test_the_map_shows_needs_once():
    rows = coursemap.rows()
    needs = coursemap.direct(rows)
    assert needs["ch2_2_gradient_descent"]
    for stem, direct in needs.items():
        assert set(direct) <= set(stubs.prerequisites(stem))


@pytest.mark.parametrize("chapter", places.chapters(), ids=lambda chapter: chapter.stem)
def test_every_graded_function_has_a_stub_and_hints(chapter):
    for name in chapter.functions:
        assert stubs.stub(chapter.stem, name).rstrip().endswith("...")
        assert len(stubs.hints(chapter.stem, name)) == 3


def test_the_stub_survives_a_broken_file(monkeypatch, tmp_path):
    stem = "ch3_2_activation_functions"
    shutil.copytree(places.EXERCISES, tmp_path / "exercises")
    (tmp_path / "exercises" / f"{stem}.py").write_text("def softmax(:\n", encoding="utf-8")
    monkeypatch.setattr(places, "EXERCISES", tmp_path / "exercises")
    assert stubs.stub(stem, "softmax").startswith("def softmax(Z):")
