"""Gradescope's `results.json`: https://gradescope-autograders.readthedocs.io/en/latest/specs/

A student may read what is in it, save for `extra_data`. Of a check that is its `feedback` alone;
the seed, `message` and other people's data are nowhere.
"""

import re
from pathlib import Path

from ..files.writing import write_json
from . import Refused, plain

LATER = "after_published"  # hidden for good, they would also hide the total for good
SAFE_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,79}")
SAID_OF_ALL = ("grader", "dataset", "isolation", "sandbox", "digest")


def write(results, out, *, hide=(), visibility=LATER):
    """One result: `out` is the file. Several: the folder of one `ID.json` each."""
    out = Path(out)
    if len(results) == 1:
        write_json(document(results[0], hide=hide, visibility=visibility), out)
        return
    names = [_file_name(result) for result in results]
    if out.exists() and not out.is_dir():
        raise Refused(f"`{out}` is a file, and these are {len(results)} results: name a folder")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Refused(f"`{out}` cannot be made ({error.strerror}): name another folder") from None
    for result, name in zip(results, names, strict=True):
        write_json(document(result, hide=hide, visibility=visibility), out / name)


def _file_name(result):
    if not SAFE_ID.fullmatch(result.submission):
        raise Refused(f"`{plain(result.submission)[:80]}` is no id of a submission in a class")
    return f"{result.submission}.json"


def document(result, *, hide=(), visibility=LATER, said=()):
    """What Gradescope reads of one result.

    hide: ids of chapters whose tests students see only when `visibility` says; as long as there
        are such tests, Gradescope shows them no total, so that none gives them away
    said: lines on the whole submission that the student may read
    """
    return {
        "score": float(result.score),
        "execution_time": round(float(result.seconds), 2),
        "output": plain("\n".join(said)),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            key: getattr(result, key) for key in SAID_OF_ALL if getattr(result, key) is not None
        },
        "tests": [
            _test(chapter, number, function, hide, visibility)
            for chapter in result.chapters
            if not chapter.is_skipped_optional  # else it would be listed as failed
            for number, function in enumerate(chapter.functions, start=1)
        ],
    }


def broken(reason):
    """The document for when there is no result: no points, and what the student may know of it."""
    return {
        "score": 0.0,
        "output": plain(reason),
        "output_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": [],
    }


def _test(chapter, number, function, hide, visibility):
    named = dict.fromkeys(check.misconception for check in function.checks if check.misconception)
    return {
        "name": plain(f"{chapter.id} {function.name}"),
        "number": f"{chapter.id}.{number}",
        "score": float(function.score),
        "max_score": float(function.max_score),
        "status": "passed" if function.passed else "failed",
        "output": plain("\n\n".join(_told(function, hide))),
        "output_format": "text",
        "visibility": visibility if chapter.id in hide else "visible",
        "extra_data": {"status": function.status, "misconceptions": list(named)},
    }


def _told(function, hide):
    """What a student reads of a function: whose fault it is, then each finding once."""
    guilty = [other for other in function.because_of if other.id not in hide]
    for other in guilty:
        yield f"`{other.name}` ({other.id}), which it uses, fails as well: repair that first"
    yield from dict.fromkeys(check.feedback or check.status for check in function.failing)
