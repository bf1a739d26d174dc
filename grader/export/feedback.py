"""Packs the students' pages as a learning platform takes them back: one zip to upload there.

moodle       Assignment > Upload multiple feedback files in a zip (feedback type "feedback files")
canvas       Gradebook > Upload submissions: a comment on each submission, with the page attached
brightspace  Assignment > Add Feedback Files
pages        plain: one page per submission, named by its id

Moodle reads the participant's number from the folder's name, Canvas the numbers of the user and of
a file that was handed in, Brightspace the folder's name as it was downloaded. All of these stand in
the names of the download, so the class run keeps them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..files.writing import replace_whole
from ..files.zipped import zipped
from ..intake.sanitize import listing
from . import Refused, html, name_of

if TYPE_CHECKING:
    from ..course.results import Result

PAGE = "feedback.html"
PLACES: dict[str, Callable[[str], str]] = {  # from the platform's name to the name of the page
    "moodle": lambda given: f"{_without_underscores(given)}_assignfeedback_file_/{PAGE}",
    "canvas": lambda given: f"{given}_{PAGE}",
    "brightspace": lambda given: f"{given}/{PAGE}",
}
PAGES = "pages"
PLATFORMS = (*PLACES, PAGES)


def write(
    results: Sequence[Result],
    out: str | Path,
    *,
    platform: str | None = None,
    title: str = html.TITLE,
) -> list[str]:
    """Write the zip for a platform, by default the one that the class was downloaded from.

    Returns lines on the submissions without a page in it.
    """
    platform = platform or _platform(results)
    pages, left_out = _named(results, platform)
    if not pages:
        reason, names = next(iter(left_out.items()))
        raise Refused(f"no page for {platform.title()}, {reason}: {listing(names)}")
    render = html.student_pages(title)
    form = "as plain pages" if platform == PAGES else f"for {platform.title()}"
    replace_whole(zipped({name: render(result) for name, result in pages.items()}), out)
    return [
        f"`{out}` holds the pages of {len(pages)} of {len(results)} submissions, {form}",
        *(f"no page, {reason}: {listing(names)}" for reason, names in left_out.items()),
    ]


def _platform(results):
    """The platform that most submissions come from; plain pages if it takes none."""
    counts = Counter((result.origin or {}).get("platform") for result in results)
    most = counts.most_common(1)[0][0]
    return most if most in PLACES else PAGES


def _named(results, platform):
    """`(name of the page -> result, reason -> names of the submissions without a page)`."""
    pages: dict[str, Result] = {}
    left_out: dict[str, list[str]] = defaultdict(list)
    if platform == PAGES:
        return {f"{name}.html": result for name, result in html.file_names(results)}, left_out
    for result in results:
        given = (result.origin or {}).get("given")
        if (result.origin or {}).get("platform") != platform:
            left_out[f"because the submission does not come from {platform.title()}"].append(
                name_of(result)
            )
        elif not given:
            left_out[f"because its download has no number for {platform.title()}"].append(
                name_of(result)
            )
        else:
            pages[PLACES[platform](given)] = result
    return pages, left_out


def _without_underscores(given):
    """Moodle splits a name at `_`; it puts spaces in place of those in people's names itself."""
    name, _, number = given.rpartition("_")
    return f"{name.replace('_', ' ')}_{number}"
