"""Where the kit keeps things; the only module here that imports from `grader`."""

from pathlib import Path

from grader.course import registry
from grader.course.places import HINTS, KIT, REFERENCE, ROOT, STUBS
from grader.course.stubs import WHOLE

__all__ = ["HINTS", "ROOT", "STUBS", "WHOLE"]
LESSONS = ROOT / "lessons"
FIGURES = LESSONS / "figures"
SITE = Path(__file__).resolve().parent
SOLUTIONS = REFERENCE
EXERCISES = ROOT / "exercises"
PICTURES = KIT / "pictures"
CACHE = ROOT / "build" / "lessons"


UnknownChapter = registry.UnknownChapter


def chapters():
    """Return every chapter in the order of the course, each with `id`, `stem` and `title`."""
    return registry.chapters()


def chapter(stem):
    """Return the chapter with this stem."""
    return registry.by_stem(stem)


def select(name):
    """Return the chapters that `3.4`, `3`, `1.1-2.4` or a file name stands for.

    Raises `UnknownChapter`, whose message is one line.
    """
    return registry.select([name])


def module_title(number):
    """Return the title of the module with this number, given as text."""
    return registry.module_title(number)


def lesson_files():
    """Return the lessons that exist, in the order of the course."""
    paths = (LESSONS / f"{chapter.stem}.md" for chapter in chapters())
    return [path for path in paths if path.is_file()]


def draw_reference(stem):
    """Yield `(function name, Figure or Finding)` for a chapter's pictures, drawn by the reference.

    They are drawn one by one, on demand, from the digits that come with the kit.
    """
    import data
    from grader import pictures

    names = [picture.__name__ for picture in pictures.for_chapter(stem)]
    with pictures.unwarned():
        drawn = pictures.draw(chapter(stem), SOLUTIONS, lambda: data.load("digits"))
        for name, (_, figure) in zip(names, drawn, strict=True):
            yield name, figure


def picture_names(stem):
    """Return the names of the pictures that `grader/pictures` has for a chapter."""
    from grader import pictures

    return [picture.__name__ for picture in pictures.for_chapter(stem)]


def picture_style():
    """Return the context manager under which every picture is drawn and saved."""
    from grader.pictures import style

    return style.applied()
