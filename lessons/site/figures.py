"""Draws the pictures of the lessons as pairs of SVG files, one for light pages and one for dark.

A picture is a function of `lessons/figures/<stem>.py`, or of `grader/pictures/<stem>.py` drawn by
the reference. What was drawn is kept by the content of all code that it depends on.
"""

import functools
import importlib
import io
import re
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from grader import threads

from . import cache, places, recolor

NUMBER = re.compile(r"-?\d+\.\d{3,}")
PATHS = re.compile(r' (?:d|points|transform|x|y)="[^"]*"')
SIZE = re.compile(r'<svg[^>]* viewBox="0 0 ([\d.]+) ([\d.]+)"')
LARGEST = 300_000  # bytes of one SVG


def draw_all(lessons, folder, workers=2):
    """Draw what `{stem: names of its pictures}` asks for; return what went wrong, one line each."""
    _key.cache_clear()
    stems = [stem for stem, names in lessons.items() if names]
    missing = {
        s: [name for name in sorted(lessons[s]) if not _file(s, name).is_file()] for s in stems
    }
    jobs = [(stem, names) for stem, names in missing.items() if names]
    mistakes = []
    if jobs:
        spawn = get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=spawn, max_tasks_per_child=1) as pool:
            mistakes = [line for found in pool.map(_draw_chapter, jobs) for line in found]
    for stem in stems:
        _publish(stem, lessons[stem], folder)
    return mistakes


def wanted(lesson):
    """Return the names of the pictures that a lesson shows."""
    return {block.argument for block in lesson.of("picture")}


def own_picture(stem, name):
    """Return the function of `lessons/figures/<stem>.py` with this name, or None."""
    # The module also holds what it imports: `softmax` of the reference is not a picture.
    if not _is_own(stem, name):
        return None
    return getattr(importlib.import_module(f"lessons.figures.{stem}"), name)


def exists(stem, name):
    """Tell whether there is a picture with this name for a lesson."""
    return _is_own(stem, name) or name in places.picture_names(stem)


def size(svg):
    """Return width and height of an SVG in whole CSS pixels."""
    width, height = SIZE.search(svg).groups()
    return round(float(width) * 96 / 72), round(float(height) * 96 / 72)


def as_svg(figure):
    """Return a Matplotlib figure as a small SVG with a transparent ground."""
    file = io.StringIO()
    with places.picture_style():
        import matplotlib

        matplotlib.rcParams["svg.hashsalt"] = "lesson"
        figure.savefig(
            file, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    svg = file.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*|<!--.*?-->\s*", "", svg, flags=re.S)
    return PATHS.sub(lambda found: NUMBER.sub(_shorter, found[0]), svg)


def _shorter(found):
    """Round to two decimals, far less than a pixel; small scale factors keep their digits."""
    value = float(found[0])
    return f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) >= 1 else f"{value:.4g}"


def _draw_chapter(job):
    """Draw the named pictures of one chapter into the cache; return what went wrong."""
    stem, names = job
    mistakes = []
    with threads.one(), warnings.catch_warnings():
        warnings.simplefilter("error")
        theirs = [name for name in names if not _keep(stem, name, _own(stem, name, mistakes))]
    theirs = [name for name in theirs if not any(f"`{name}`" in line for line in mistakes)]
    if theirs:
        _draw_theirs(stem, set(theirs), mistakes)
    return mistakes


def _own(stem, name, mistakes):
    """Draw a picture of `lessons/figures`; None if it is not one of those, or fails."""
    try:
        function = own_picture(stem, name)
        if function is None:
            return None
        with places.picture_style():
            return as_svg(function())
    except Exception as error:
        reason = f"{type(error).__name__}: {error}".partition("\n")[0]
        mistakes.append(f"lessons/figures/{stem}.py: `{name}` cannot be drawn ({reason})")
        return None


def _draw_theirs(stem, names, mistakes):
    """Draw pictures of `grader/pictures`, no further than the last one that is needed."""
    for name in names - set(places.picture_names(stem)):
        mistakes.append(f"{stem}.md: there is no picture `{name}`")
        names = names - {name}
    drawn = places.draw_reference(stem)
    while names:
        name, figure = next(drawn)
        if name in names:
            _keep(stem, name, as_svg(figure))
            names = names - {name}
    drawn.close()


def _keep(stem, name, svg):
    """Put a picture into the cache; tell whether there was one to keep."""
    if svg is not None:
        cache.place(_file(stem, name), svg)
    return svg is not None


def _file(stem, name):
    return places.CACHE / "pictures" / f"{stem}--{name}-{_key(stem, _is_own(stem, name))}.svg"


def _is_own(stem, name):
    """Tell whether `lessons/figures` defines the picture, without importing anything."""
    file = places.FIGURES / f"{stem}.py"
    return file.is_file() and f"\ndef {name}(" in file.read_text(encoding="utf-8")


def _publish(stem, names, folder):
    """Write the pictures that were drawn to the site's folder, under their plain names."""
    for name in names:
        if not _file(stem, name).is_file():
            continue  # it could not be drawn, as one of the mistakes says
        light = _file(stem, name).read_text(encoding="utf-8")
        _place_changed(folder / f"{stem}--{name}.svg", light)
        _place_changed(folder / f"{stem}--{name}-dark.svg", _dark_twin(light))


def _dark_twin(light):
    """Return the dark twin, from the cache if it was made before."""
    key = cache.fingerprint(light, places.SITE / "recolor.py")
    file = places.CACHE / "twins" / f"{key}.svg"
    if not file.is_file():
        cache.place(file, recolor.dark_twin(light))
    return file.read_text(encoding="utf-8")


def _place_changed(file, text):
    """Write a file if its text differs, so that Sphinx sees as new only what is new."""
    if not file.is_file() or file.read_text(encoding="utf-8") != text:
        cache.place(file, text)


@functools.cache
def _key(stem, own):
    """Return a hash of all that a chapter's pictures depend on: its own, or the reference's."""
    import matplotlib

    shared = cache.python_files(places.SOLUTIONS, places.ROOT / "data")
    drawing = sorted(p for p in places.PICTURES.glob("*.py") if not p.name.startswith("ch"))
    mine = places.FIGURES / f"{stem}.py" if own else places.PICTURES / f"{stem}.py"
    ours = [mine, places.SITE / "figures.py"]
    return cache.fingerprint(*shared, *drawing, *ours, matplotlib.__version__)
