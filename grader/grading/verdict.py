"""What is said of each check of a function: status, message, and the likely cause of a failure."""

from ..course import results
from ..vocabulary.finding import Finding
from . import checks


def of_check(stem, check, checked):
    """One check's part of a verdict, as `results.function_result` takes it, not yet diagnosed."""
    finding = checked.finding
    return {
        "chapter": stem,
        "function": check.function,
        "points": check.points,
        "name": check.name,
        "status": finding.status if finding else "passed",
        "misconception": None,
        "seconds": checked.seconds,
        "unimportable": bool(finding and finding.fault and finding.fault.reply.importing),
    } | _words(finding)


def _words(finding):
    return {
        "lines": finding.lines() if finding else [],
        "feedback": finding.feedback() if finding else "",
    }


def not_run(earlier, status):
    """Why a check was left out: the one that it is `after` gave this status."""
    return Finding(f"not run: `{earlier}` comes first and does not pass", status)


def diagnose(stem, function, checked, told):
    """Once all checks of a function have run, add to `told` what is likely behind its failures."""
    if not any(check.finding for check in checked):
        return
    from .. import diagnosis, misconceptions

    try:
        found = diagnosis.diagnose(misconceptions.of(stem, function), checked)
    except Exception as error:
        note = f"the diagnosis broke ({type(error).__name__}: {error}): please report it"
        for check in checked:
            if check.finding:
                check.finding.tell(note=note)
        found = {}
    for check, one in zip(checked, told, strict=True):
        if likely := found.get(check.name):
            check.finding.tell(likely=likely.happened, next=likely.question)
            one["misconception"] = likely.name
        one.update(_words(check.finding))


def of_function(workers, stem, name, *, seed=0, dataset=None, begins=None):
    """`(function's result, its checks' verdicts)`, without pytest: the same as `grade run` gives.

    `begins` is told the name of each check before it is run.
    """
    ran = {
        check.name: check
        for check in checks.run_function(
            workers, stem, name, seed=seed, dataset=dataset, begins=begins
        )
    }
    checked, told = [], []
    for check in checks.of(stem, name):
        if check.name not in ran:
            earlier = next(one for one in told if one["name"] == check.after)
            ran[check.name] = checks.Checked(check.name, not_run(check.after, earlier["status"]))
        checked.append(ran[check.name])
        told.append(of_check(stem, check, checked[-1]))
    diagnose(stem, name, checked, told)
    return results.function_result(name, told), told
