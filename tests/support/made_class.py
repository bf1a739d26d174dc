"""A made-up class: the stubs' real result, in which functions are right, or fail as people fail.

Each failure is told by the grader's own `Finding`, with a misconception of the bank.
"""

import copy
import random

from grader import misconceptions
from grader.course import registry, results
from grader.vocabulary.finding import Finding

SEED = 7215577331  # no student's page may show it
HIDDEN = "np.array([[0.73313, -1.94"  # of a hidden check's inputs
FIRST = ["Ada", "Ben", "Chiara", "Diego", "Elif", "Fatou", "Goran", "Hana"]
FIRST += ["Ines", "Jun", "Katya", "Liam", "Mei", "Noor", "Omar", "Priya"]
LAST = ["Abe", "Berg", "Costa", "Diallo", "Ek", "Fuchs", "Greco", "Haas", "Ito"]
LAST += ["Jansen", "Kovac", "Lund", "Mora", "Nagy", "Okafor"]


def results_of(stubs, count=100, seed=0):
    """`count` results, varied from the one of the stubs."""
    rng = random.Random(seed)
    return [_one(copy.deepcopy(stubs), i, rng) for i in range(count)]


def _one(result, i, rng):
    first, last = FIRST[i % len(FIRST)], LAST[(i // len(FIRST) + i) % len(LAST)]
    login = f"{first}.{last}".lower()
    result |= {
        "submission": f"{last}-{first}-{i:03}".lower(),
        "student": {"name": f"{first} {last}", "login": login, "email": f"{login}@uni.example"},
        "notes": [],
        "seed": SEED + i,
        "isolation": "sandbox",
        "sandbox": "bubblewrap",
        "grader": "0.1.0+0123456789ab",
        "graded": "2026-11-21T07:00:00+00:00",
    }
    done = 0 if i % 17 == 3 else min(1.0, rng.betavariate(4, 1.3))
    skill = rng.betavariate(7, 1.3)
    chapters = result["chapters"]
    for chapter in chapters[: round(done * len(chapters))]:
        for function in chapter["functions"]:
            _answer(chapter["id"], function, rng.random() < skill, rng)
        chapter |= _totals(chapter["functions"])
    result |= _totals(chapters)
    if i % 23 == 5:
        result["notes"].append("two files `ch1_1_numpy_arrays.py`: the later one was taken")
    return result


def _totals(parts):
    return {key: float(sum(part[key] for part in parts)) for key in ("score", "max_score")}


def _answer(chapter, function, right, rng):
    """The function's part of the result, as right or wrong."""
    known = None
    if not right:
        (found,) = registry.select([chapter])
        bank = misconceptions.for_function(found.stem, function["name"])
        known = rng.choices(bank, [1 / (k + 1) for k in range(len(bank))])[0]
    ending = rng.choices(["failed", "error", "timeout", "crashed"], [40, 5, 1, 1])[0]
    for i, check in enumerate(function["checks"]):
        check |= {"status": "passed", "message": "", "feedback": "", "misconception": None}
        if known and (i == 0 or rng.random() < 0.35):
            _fail(check, ending, known, function["name"], found.stem, rng)
    function["status"] = results.worst(check["status"] for check in function["checks"])
    passed = sum(check["status"] == "passed" for check in function["checks"])
    function["score"] = function["max_score"] * passed / len(function["checks"])


def _fail(check, status, known, name, stem, rng):
    got, ratio = rng.random(), rng.choice([0.5, 2, -1])
    fields = {"got": f"{got:.4g}", "expected": f"{got / ratio:.4g}", "ratio": ratio, "n": 5}
    told = {} if status in ("timeout", "crashed") else {"likely": known.happened.format(**fields)}
    numbers = ", ".join(f"{rng.gauss(0, 1):.5f}" for _ in range(24))
    finding = Finding(
        f"`{name}` gives wrong numbers",
        status,
        call=f"{name}({HIDDEN}, {numbers}]]))",
        expected=f"float64 (4, 6) [{numbers}]",
        got=f"float64 (4, 6) [{numbers[::-1]}]",
        off_by="24 of 24 entries, at most 1.37",
        your_line=f"{stem}.py:{rng.randrange(20, 90)}, in {name}: return total / count",
        printed="\n".join(f"step {k}: {rng.random():.6f}" for k in range(20)),
        next=known.question.format(**fields),
        **told,
    )
    check |= {
        "status": status,
        "message": "\n".join(finding.lines()),
        "feedback": finding.feedback(),
        "misconception": known.name if told else None,
    }
