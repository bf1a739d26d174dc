"""`grade class`: grades a folder of submissions and writes `results.jsonl`."""

from __future__ import annotations

import contextlib
import os
import signal
from collections import Counter
from contextlib import ExitStack, closing
from pathlib import Path

import click

from ..console import arguments, terminal
from ..course import images, registry
from ..files import temporary
from ..intake.sanitize import listing, with_name

EXIT_FAILED, EXIT_INTERRUPTED = 1, 130
BUDGET = 600  # seconds; the solutions take about one minute
SHOWN = 5  # names on one line
UNCONFINED = (
    "WARNING: --isolation none: the submissions run with all your rights; they can read and change "
    "your files and this class's grades"
)


@click.command("class")
@click.argument("submissions", type=click.Path(path_type=Path), required=False)
@click.option(
    "--out",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Output folder; run again with the same one to resume.",
)
@click.option("--init", is_flag=True, help="Only write a `course.toml` to fill in, into --out.")
@click.option("--jobs", type=click.IntRange(min=1), help="Submissions at a time (default: cores).")
@click.option("--dask", metavar="ADDRESS", help="Dask scheduler, such as tcp://HOST:8786.")
@click.option(
    "--roster",
    metavar="CSV",
    type=click.Path(path_type=Path),
    help="The list of students, as exported by the learning platform.",
)
@click.option(
    "--chapters",
    multiple=True,
    metavar="CHAPTERS",
    help="As in `grade run`; may be given more than once (default: those of course.toml, or all).",
)
@arguments.data_option
@click.option(
    "--isolation",
    type=click.Choice(["none", "sandbox"]),
    default="sandbox",
    help="none: the submissions run with all your rights.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    help="The course's secret seed, for the first run only (default: random).",
)
@click.option(
    "--budget",
    type=click.IntRange(min=1),
    metavar="SECONDS",
    help=f"Time limit for one submission (default: the one of course.toml, or {BUDGET}).",
)
@click.option(
    "--regrade",
    multiple=True,
    metavar="ID",
    help="Grade this one again (or a login, e-mail or name), or `all`, or `changed`: what an "
    "update of the kit affects.",
)
@click.option(
    "--hide",
    multiple=True,
    metavar="CHAPTERS",
    help="Grade these apart, for `grade export gradescope --hide`.",
)
def class_command(
    submissions: Path | None,
    out: Path | None,
    init: bool,
    jobs: int | None,
    dask: str | None,
    roster: Path | None,
    chapters: tuple[str, ...],
    data: str,
    isolation: str,
    seed: int | None,
    budget: int | None,
    hide: tuple[str, ...],
    regrade: tuple[str, ...],
) -> int:
    """Grade every submission in SUBMISSIONS, a folder or a .zip from a learning platform."""
    from ..intake import intake
    from . import course
    from .terms import Terms

    if init:
        return _init(out or submissions)
    if submissions is None or out is None:
        raise click.UsageError("name the submissions, and a folder with --out")
    with _refusals_as_usage_errors():
        terms = Terms.read(out)
        rules = terms.rules
        chosen = _select(chapters or rules.chapters)
        hidden = [chapter.id for chapter in _select(hide)] if hide else []
        _check_apart(submissions, out)
        class_intake = intake.read(submissions, roster)
        if not class_intake.hand_ins:
            raise click.UsageError(f"`{submissions}` contains no submissions: name another folder")
        with ExitStack() as stack:
            if dask is None:
                _choose(isolation)
            opened = stack.enter_context(closing(course.Course(out, seed)))
            dataset = images.find(_data(data, opened))
            options = _options(
                opened,
                dask,
                chapters=chosen,
                dataset=dataset,
                isolation=isolation,
                budget=budget or rules.seconds or BUDGET,
                hide=hidden,
                memory_mb=rules.memory_mb,
            )
            class_run = _prepared(opened, class_intake, options, regrade, terms)
            if class_run.due:
                pool = stack.enter_context(closing(_examiners(dask, jobs, class_run.options)))
                _go(class_run, pool)
            return _end(class_run, out)


def _refusals_as_usage_errors():
    from ..intake import intake
    from . import corrections, course, course_file
    from .examiners import Lost

    return arguments.as_usage_error(
        registry.UnknownChapter,
        intake.IntakeError,
        course.CourseError,
        course_file.CourseFileError,
        corrections.CorrectionsError,
        Lost,
        temporary.NoRoom,
    )


def _init(folder):
    """Write a `course.toml` to fill in."""
    from . import course, course_file

    if folder is None:
        raise click.UsageError("name the class's folder: `grade class --init --out DIR`")
    path = folder / course_file.FILE
    try:
        with course.explained(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(path, "x", encoding="utf-8") as file:
                file.write(course_file.template())
    except course.CourseError as error:
        there = f"`{path}` is already there: edit it" if path.exists() else str(error)
        raise click.UsageError(there) from None
    click.echo(f"wrote `{terminal.shown(str(path))}`: fill it in, then grade with the same --out")
    return 0


def _check_apart(submissions, out):
    here, there = submissions.resolve(), out.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise click.UsageError(
            f"`{out}` and `{submissions}` must not contain each other: choose another --out folder"
        )


def _choose(level):
    from .. import isolation

    with arguments.as_usage_error(isolation.Unavailable):
        isolation.choose(level)


def _select(names):
    return registry.select([name for text in names for name in text.split(",")])


def _data(name, opened):
    """The data set's name; for `auto` the one that the class has been graded with so far."""
    kept = [facts.dataset for e in opened.ledger.entries.values() for facts in e.chapters.values()]
    known = Counter(dataset for dataset in kept if dataset)
    return known.most_common(1)[0][0] if name == "auto" and known else name


def _options(opened, dask, **chosen):
    from . import run

    local = {"parent": os.getpid(), "work": opened.work} if dask is None else {}
    return run.options(**chosen, **local)


def _prepared(opened, class_intake, options, regrade, terms):
    from . import progress_bar, run

    ids = [hand_in.id for hand_in in class_intake.hand_ins]
    if opened.was_killed:
        kept = len(opened.ledger.entries)
        click.echo(f"note: the last run here was killed; its results are kept, {kept} in all")
    for note in class_intake.notes:
        click.echo(f"note: {terminal.shown(note)}")
    if options["isolation"] == "none":
        click.secho(UNCONFINED, fg="red", err=True)
    display = progress_bar.ProgressBar(ids)
    with_changed = "changed" in regrade
    prepared = run.ClassRun(
        opened, class_intake.hand_ins, options, display, terms, changed=with_changed
    )
    if again := prepared.known_again:
        click.echo(f"note: the same people under the ids of earlier uploads: {listing(again)}")
    asked = set(regrade) - {"changed"}
    hand_ins = prepared.hand_ins.values()
    asked = set(prepared.hand_ins) if "all" in asked else {_id_of(n, hand_ins) for n in asked}
    if asked:
        prepared.regrade(sorted(asked))
    return prepared


def _id_of(name, hand_ins):
    """The id of the submission with this id, or of the student with this login, e-mail or name."""
    from .terms import names

    found = [h.id for h in hand_ins if names(name, h.id, h.student)]
    if name in found:
        return name
    if len(found) == 1:
        return found[0]
    if found:
        raise click.UsageError(f"`{name}` has several submissions: name one of {listing(found)}")
    raise click.UsageError(
        f"there is no submission `{name}` to grade again: name one such as "
        f"`{next(iter(hand_ins)).id}`"
    )


def _examiners(dask, jobs, options):
    from .examiners import Local

    if dask is None:
        import joblib

        return Local(jobs or joblib.cpu_count())
    try:
        from . import cluster
    except ImportError:
        raise click.UsageError(
            "`--dask` needs the package `distributed`: "
            "pip install 'learn-deep-learning-with-numpy[dask]'"
        ) from None
    return cluster.Cluster(dask, jobs, options)


def _go(run, pool):
    try:
        with _stopped_gently() as stopped:
            run.go(pool)
    except KeyboardInterrupt:
        click.echo(f"stopped; {run.again()}", err=True)
        raise SystemExit(128 + stopped[0] if stopped else EXIT_INTERRUPTED) from None


@contextlib.contextmanager
def _stopped_gently():
    """Let a signal that asks this process to end do what Ctrl-C does; the list holds the signal."""
    stopped: list[int] = []

    def stop(number, _):
        stopped.append(number)
        raise KeyboardInterrupt

    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), stop) for name in names}
    try:
        yield stopped
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _end(run, out):
    """Print the summary and return the exit code."""
    per_minute = 60 * run.graded / run.seconds if run.graded else 0
    took = f" in {run.seconds:.0f} s, {per_minute:.1f} per minute" if run.graded else ""
    already = len(run.hand_ins) - len(run.due)
    click.echo(f"graded {run.graded}{took}; already graded before: {already}")
    unread = run.unread
    entries = [entry for entry in run.present() if entry.has_grade]
    if entries:
        mean = sum(entry.score for entry in entries) / len(entries)
        counts = ", ".join(f"{count} {status}" for status, count in run.tally().most_common())
        click.echo(f"mean score {mean:.1f}; functions: {counts}")
    noted = sum(bool(hand_in.about_files) for hand_in in run.hand_ins.values())
    if noted:
        click.echo(f"submissions with notes about skipped or repaired files: {noted}")
    if unread:
        click.echo(f"nothing could be read, so there is no grade: {_named(run, sorted(unread))}")
    if earlier := run.latest_unread:
        names = _named(run, earlier)
        click.echo(f"nothing could be read, so the results of earlier uploads stay: {names}")
    if partly := run.partly_unread:
        chapters = ", ".join(sorted({id for ids in partly.values() for id in ids}))
        click.echo(f"no grade in {chapters}, as nothing could be read: {_named(run, partly)}")
    if run.ran_out:
        names = _named(run, run.ran_out)
        click.echo(f"ran out of time: {names}; a larger --budget grades them again")
    if run.vanished:
        click.echo(f"results kept for submissions no longer present: {listing(run.vanished)}")
    if kept := [id for id, hand_in in run.hand_ins.items() if run.kept_chapters(hand_in)]:
        click.echo(f"results kept for chapters of an earlier upload: {listing(kept)}")
    _report_changes(run)
    _report_terms(run)
    if run.failed:
        click.echo(f"the examiner failed on {listing(run.failed)}: please report it", err=True)
    if run.present():
        name = terminal.shown(arguments.quoted(str(out)))
        click.echo(f"Next: `grade export html {name} --out report`")
    return EXIT_FAILED if run.failed else 0


def _named(run, ids):
    """List submissions for those who know the students by name."""
    names = {id: hand_in.student.get("name", "") for id, hand_in in run.hand_ins.items()}
    return terminal.shown(listing(with_name(id, names.get(id, "")) for id in ids))


def _report_changes(run):
    """Say which functions an update of the kit affects, whose old results are kept."""
    for held, upload in ((True, ""), (False, " with the earlier upload that holds them")):
        changed = run.changed(held=held)
        if changed:
            names = [f"{name}` ({id})" for id, name in sorted(changed)]
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            click.echo(
                f"changed in the kit since: `{', `'.join(names[:SHOWN])}{more}; results kept: "
                f"{sum(changed.values())}; `--regrade changed`{upload} grades them again"
            )


def _report_terms(run):
    """Say what the rules of the course could not be applied to."""
    if not run.terms.rules.exists:
        return
    results = list(run.course.ledger.results())
    for text, ids in (
        ("late", _ruled(results, "days_late")),
        ("time of handing in unknown, taken as in time", _ruled(results, "unknown")),
        (
            "import other packages, or ready-made answers",
            _ruled(results, "reported"),
        ),
        ("no points for a chapter because of its imports", _ruled(results, "refused")),
        ("in course.toml, but not among the submissions", run.terms.strangers(results)),
    ):
        if ids:
            click.echo(f"{text}: {_named(run, ids)}")


def _ruled(results, key):
    """The ids of the results for which this key of the policy says something."""
    return [
        result.submission
        for result in results
        if any(part.get(key) for part in (result.policy or {}).get("chapters", ()))
    ]
