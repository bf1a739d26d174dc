"""Turns what a check found into a verdict: status, message, and the likely cause of a failure."""

from ..course.results import FunctionResult, Verdict
from ..vocabulary.finding import Finding
from . import checks


def of_check(check, checked):
    """Return the verdict on one check, not yet diagnosed."""
    finding = checked.finding
    verdict = Verdict(
        check.name,
        kind=check.kind,
        points=check.points,
        seconds=checked.seconds,
        unimportable=bool(finding and finding.call and finding.call.reply.importing),
    )
    if finding:
        verdict.status = finding.status
        _put_into_words(verdict, finding)
    return verdict


def _put_into_words(verdict, finding):
    verdict.lines = finding.lines()
    verdict.message, verdict.feedback = "\n".join(verdict.lines), finding.feedback()


def not_run(earlier, status):
    """The finding for a check that was left out because the one it is `after` has this status."""
    return Finding(f"not run: `{earlier}` comes first and does not pass", status)


def diagnose(stem, function, checked, verdicts):
    """Add to the verdicts what is likely behind the failures, once all checks have run."""
    if not any(check.finding for check in checked):
        return
    from .. import diagnosis, misconceptions

    try:
        found = diagnosis.diagnose(misconceptions.of(stem, function), checked)
    except Exception as error:
        note = f"the diagnosis broke ({type(error).__name__}: {error}): please report it"
        for check in checked:
            if check.finding:
                check.finding.add_details(note=note)
        found = {}
    for check, verdict in zip(checked, verdicts, strict=True):
        if likely := found.get(check.name):
            check.finding.add_details(likely=likely.happened, next=likely.question)
            verdict.misconception = likely.name
        if check.finding:
            _put_into_words(verdict, check.finding)


def of_function(workers, stem, name, *, seed=0, dataset=None, begins=None):
    """Grade one function without pytest; gives the same as `grade run`.

    `begins` is called with the name of each check before it runs.
    """
    ran = {
        check.name: check
        for check in checks.run_function(
            workers, stem, name, seed=seed, dataset=dataset, begins=begins
        )
    }
    checked, verdicts = [], []
    for check in checks.of(stem, name):
        if check.name not in ran:
            earlier = next(verdict for verdict in verdicts if verdict.name == check.after)
            ran[check.name] = checks.Checked(check.name, not_run(check.after, earlier.status))
        checked.append(ran[check.name])
        verdicts.append(of_check(check, checked[-1]))
    diagnose(stem, name, checked, verdicts)
    return FunctionResult.from_verdicts(name, verdicts)
