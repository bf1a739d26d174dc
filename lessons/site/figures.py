"""Draws the pictures of the lessons as pairs of SVG files, one for light pages and one for dark.

A picture is a function of `lessons/figures/<stem>.py`, or of `grader/pictures/<stem>.py` drawn by
the reference. What was drawn is kept by the content of all code that it depends on.
"""

import importlib
import io
import re
import warnings
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from . import cache, parsing, places, recolor

NUMBER = re.compile(r"-?\d+\.\d{3,}")
PATHS = re.compile(r' (?:d|points|transform|x|y)="[^"]*"')
SIZE = re.compile(r'<svg[^>]* viewBox="0 0 ([\d.]+) ([\d.]+)"')
LARGEST = 300_000  # bytes of one SVG


class NotDrawn(Exception):
    """A picture cannot be drawn; the message is one line."""


def draw_all(lessons, folder, workers=2):
    """Draw what `{stem: names of its pictures}` asks for; return what went wrong, by line."""
    stems = [stem for stem, names in lessons.items() if names]
    missing = [stem for stem in stems if not all(map(_kept(stem).__contains__, lessons[stem]))]
    jobs = [(stem, sorted(lessons[stem])) for stem in missing]
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
    if not (places.FIGURES / f"{stem}.py").is_file():
        return None
    module = importlib.import_module(f"lessons.figures.{stem}")
    function = getattr(module, name, None)
    # The module also holds what it imports: `softmax` of the reference is not a picture.
    return function if getattr(function, "__module__", None) == module.__name__ else None


def exists(stem, name):
    """Tell whether there is a picture with this name for a lesson."""
    return own_picture(stem, name) is not None or name in places.picture_names(stem)


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
    with warnings.catch_warnings():
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
    """Put both twins into the cache; tell whether there was one to keep."""
    if svg is None:
        return False
    light, dark = _files(stem, name)
    cache.place(dark, recolor.dark_twin(svg))
    cache.place(light, svg)
    return True


def _kept(stem):
    """Return the names of a chapter's pictures that are in the cache."""
    suffix = f"-{_key(stem)}.svg"
    found = (places.CACHE / "pictures").glob(f"{stem}--*{suffix}")
    names = {path.name.removeprefix(f"{stem}--").removesuffix(suffix) for path in found}
    return {name for name in names if f"{name}-dark" in names}


def _files(stem, name):
    folder, key = places.CACHE / "pictures", _key(stem)
    return [folder / f"{stem}--{name}{twin}-{key}.svg" for twin in ("", "-dark")]


def _publish(stem, names, folder):
    """Write the pictures that were drawn to the site's folder, under their plain names."""
    for name in names & _kept(stem):
        for source, twin in zip(_files(stem, name), ("", "-dark"), strict=True):
            target = folder / f"{stem}--{name}{twin}.svg"
            text = source.read_text(encoding="utf-8")
            if not target.is_file() or target.read_text(encoding="utf-8") != text:
                cache.place(target, text)


def _key(stem):
    import matplotlib

    shared = cache.python_files(places.SOLUTIONS, places.KIT / "data")
    drawing = [places.PICTURES / f"{name}.py" for name in ("style", "tiles", "reading", stem)]
    ours = [places.FIGURES / f"{stem}.py", places.SITE / "figures.py", places.SITE / "recolor.py"]
    return cache.fingerprint(*shared, *drawing, *ours, matplotlib.__version__)


def names_by_stem(paths):
    """Return `{stem: names of the pictures it shows}` for lesson files."""
    return {path.stem: wanted(parsing.read(path)) for path in paths}
