"""Builds the site: runs the lessons, draws their pictures, then calls Sphinx."""

import shutil
from pathlib import Path

from lessons.page import bundle, packs

from . import figures, form, giveaway, nodes, parsing, places, running


class Failed(Exception):
    """The build cannot go on; `lines` say why."""

    def __init__(self, lines):
        super().__init__("\n".join(lines))
        self.lines = lines


def check(paths, workers=2):
    """Return every mistake in code, numbers, pictures' names and form; empty when all is well."""
    lines = []
    for path in paths:
        try:
            lesson = parsing.read(path)
        except parsing.LessonError as error:
            lines.append(str(error))
            continue
        lines += form.mistakes(lesson, path.stem)
        lines += giveaway.found_in(lesson)
    return lines + running.run_all(paths, workers)


def build(out, builder="html", workers=2, say=print):
    """Build the site, or with `epub` one file, into a folder; raise `Failed` with the reasons."""
    lessons = _parsed([*places.lesson_files(), *_pages()])
    say("Running the code of the lessons")
    _stop_at(running.run_all(places.lesson_files() + _pages(), workers))
    say("Drawing the pictures")
    _draw(lessons, workers)
    has_python = builder == "html" and _with_python(say)
    say(f"Writing {out}")
    _sphinx(Path(out), builder)
    if has_python:
        bundle.finish(out)


def _with_python(say):
    """Prepare Python for the pages; a site can be read without it."""
    say("Packing Python for the pages")
    try:
        bundle.prepare()
    except packs.Unavailable as error:
        bundle.discard()
        say(f"NOTE: the pages are built without Python: {error}")
        return False
    return True


def _parsed(paths):
    try:
        return {path.stem: parsing.read(path) for path in paths}
    except parsing.LessonError as error:
        raise Failed([str(error)]) from None


def _pages():
    """Return the pages that belong to no chapter."""
    index = places.LESSONS / "index.md"
    if not index.is_file():
        raise Failed(["lessons/index.md is missing: it is the site's first page"])
    return [index]


def _draw(lessons, workers):
    folder = nodes.published() / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {stem: figures.wanted(lesson) for stem, lesson in lessons.items()}
    _stop_at(figures.draw_all(wanted, folder, workers))
    keep = {f"{stem}--{name}" for stem, names in wanted.items() for name in names}
    for file in folder.glob("*.svg"):
        if file.stem.removesuffix("-dark") not in keep:
            file.unlink()


def _stop_at(lines):
    if lines:
        raise Failed(lines)


def _sphinx(out, builder):
    """Run Sphinx with every warning as an error; what it parsed is kept for the next build."""
    from sphinx.cmd.build import build_main

    trees = places.CACHE / "doctrees" / builder
    arguments = [
        "-b",
        builder,
        "-c",
        str(places.SITE),
        "-d",
        str(trees),
        "-q",
        "-W",
        "--keep-going",
    ]
    if build_main([*arguments, str(places.LESSONS), str(out)]):
        shutil.rmtree(trees, ignore_errors=True)  # it holds pages that were not finished
        raise Failed(["Sphinx found mistakes, see above"])
