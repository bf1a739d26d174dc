"""The result of grading one submission, in the form of the contract's result file."""

from . import registry

SCHEMA = 1
# A function's status is its worst check's, a chapter's its worst function's.
WORST_FIRST = ("crashed", "timeout", "error", "failed", "todo", "passed")


def worst(statuses):
    return min(statuses, key=WORST_FIRST.index, default="passed")


def function_result(name, checks):
    """`checks` as the plugin reports them, in the order they ran."""
    return {
        "name": name,
        "status": worst(check["status"] for check in checks),
        "score": sum(check["points"] for check in checks if check["status"] == "passed"),
        "max_score": sum(check["points"] for check in checks),
        "checks": [
            {
                "name": check["name"],
                "status": check["status"],
                "message": "\n".join(check["lines"]),
                "misconception": check["misconception"],
                "seconds": round(check["seconds"], 4),
                "feedback": check["feedback"],
            }
            for check in checks
        ],
        "because_of": [],
        "score_with_reference": None,
    }


def chapter_result(chapter, functions):
    return {"id": chapter.id, "title": chapter.title, **_totals(functions), "functions": functions}


def submission_result(chapters, *, submission, dataset, isolation, seed, seconds):
    """`isolation`: what the submission ran in, an object of `grader.isolation`."""
    return {
        "schema": SCHEMA,
        "submission": str(submission),
        "dataset": dataset,
        "isolation": isolation.level,
        "sandbox": isolation.kind,
        "seed": seed,
        **_totals(chapters),
        "seconds": round(seconds, 2),
        "chapters": chapters,
    }


def chapter_status(chapter):
    return worst(function["status"] for function in chapter["functions"])


def is_done(part):
    """Whether a function or a chapter has its full points.

    A function may have them from the reference's earlier chapters, in place of the submission's:
    then it does not pass, and yet nothing in it is left to do.
    """
    return part["score"] == part["max_score"]


def standing(function):
    """Its status, or `passed` for one that is done."""
    return "passed" if is_done(function) else function["status"]


def left_out(chapter):
    """Whether it is an optional chapter that was not begun: that is no failure."""
    begun = chapter["score"] or chapter_status(chapter) != "todo"
    return not begun and chapter["id"] in registry.optional()


def all_passed(result, asked=()):
    """Whether all of it is done; what is left out counts only if `asked`, ids, has it."""
    return all(
        is_done(chapter) or (left_out(chapter) and chapter["id"] not in asked)
        for chapter in result["chapters"]
    )


def _totals(parts):
    return {
        "score": float(sum(part["score"] for part in parts)),
        "max_score": float(sum(part["max_score"] for part in parts)),
    }
