"""The command line: `grade`, also as `python -m grader`."""

from __future__ import annotations

import contextlib
import difflib
import errno
import importlib
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import click

from . import threads
from .console import arguments, printing, terminal
from .course import places, registry
from .files import temporary

EXIT_FAILED, EXIT_USAGE, EXIT_BROKEN, EXIT_INTERRUPTED = 1, 2, 3, 130


def main(args: Sequence[str] | None = None) -> None:
    """Run `grade` and exit: 0 if everything passes, 1 if something does not, 2 for misuse."""
    threads.limit_blas_threads()  # before numpy is imported here
    try:
        sys.exit(grade.main(args=args, prog_name="grade", standalone_mode=False))
    except click.exceptions.Abort:
        sys.exit(_complain("stopped", EXIT_INTERRUPTED))
    except KeyboardInterrupt:
        sys.exit(_complain("stopped", EXIT_INTERRUPTED))
    except click.ClickException as error:
        sys.exit(_complain(_with_next_step(error), EXIT_USAGE))
    except temporary.NoRoom as error:
        sys.exit(_complain(str(error), EXIT_USAGE))
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EIO):
            raise
        sys.exit(_complain(f"the output cannot be written ({error.strerror})", EXIT_FAILED))


def _complain(message, code):
    line = f"grade: {' '.join(message.split())}"
    for part in terminal.wrap(line) if sys.stderr.isatty() else [line]:
        click.echo(part, err=True)
    return code


def _with_next_step(error):
    """Return the message; click's own, which quote nothing in backticks, only state the fact."""
    message, context = error.format_message(), getattr(error, "ctx", None)
    if context is None or "`" in message or "id you mean" in message:
        return message
    return f"{message.rstrip('.')}: see `{context.command_path} --help`"


def _chapters(names, folder):
    from .learner import progress

    if names:
        return arguments.chapters(names)
    following = progress.next_unfinished(registry.chapters(), progress.read(folder))
    return [following] if following else list(registry.chapters())


def _use_course(context, _, named):
    """Add an instructor's own chapters to the kit's, for this call and all that it starts."""
    folder = Path(named).resolve() if named else None
    if folder is None or context.meta.get(places.VARIABLE) == folder:
        return
    from .grading import own_chapters

    context.meta[places.VARIABLE] = folder
    with contextlib.ExitStack() as stack:
        stack.enter_context(places.using(folder))
        own_chapters.check(folder)
        context.find_root().call_on_close(stack.pop_all().close)


COURSE = click.Option(
    ["--course"],
    metavar="DIR",
    envvar=places.VARIABLE,
    is_eager=True,
    expose_value=False,
    callback=_use_course,
    help="A folder with your own chapters, next to the kit's: see docs/chapters.md.",
)


class Group(click.Group):
    """Imports the commands of other rooms only when they are called or listed."""

    FOR_LEARNERS: ClassVar[dict[str, str]] = {
        "watch": "grader.learner.watch",
        "hint": "grader.learner.hints",
        "lesson": "grader.learner.lesson",
        "diff": "grader.learner.diff",
        "plot": "grader.pictures.command",
        "draw": "grader.draw.command",
        "notebook": "grader.notebook.command",
        "reset": "grader.learner.reset",
        "start": "grader.learner.start",
    }
    FOR_INSTRUCTORS: ClassVar[dict[str, str]] = {
        "handout": "grader.handout.command",
        "class": "grader.classroom.command",
        "override": "grader.classroom.by_hand",
        "comment": "grader.classroom.by_hand",
        "compare": "grader.classroom.compare",
        "export": "grader.export.command",
        "autograder": "grader.export.command",
    }
    ELSEWHERE: ClassVar[dict[str, str]] = FOR_LEARNERS | FOR_INSTRUCTORS

    def list_commands(self, context: click.Context) -> list[str]:
        return ["run", *self.FOR_LEARNERS, "data", *self.FOR_INSTRUCTORS, "self-check"]

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands in two sections, with whole sentences."""
        names = self.list_commands(context)
        end = names.index("data") + 1
        for title, listed in (("Commands", names[:end]), ("For instructors", names[end:])):
            commands = [(name, self.get_command(context, name)) for name in listed]
            with formatter.section(title):
                formatter.write_dl([(n, c.get_short_help_str(limit=300)) for n, c in commands if c])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name in self.ELSEWHERE:
            room = importlib.import_module(self.ELSEWHERE[name])
            command = getattr(room, f"{name}_command")
        else:
            command = super().get_command(context, name)
        if command and COURSE not in command.params:
            command.params.append(COURSE)
        return command

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if self.get_command(context, name := args[0]) is None:
            context.fail(f"there is no command `{name}`: {self._remedy(context, name)}")
        return super().resolve_command(context, args)

    def _remedy(self, context, name):
        if name[:1].isdigit() or arguments.chapters_with(name):
            return f"`grade run {name}` grades that"
        similar = difflib.get_close_matches(name.lower(), self.list_commands(context), 1)
        return f"did you mean `grade {similar[0]}`?" if similar else "`grade --help` lists them"


def _show_version(context, _, wanted):
    if wanted:
        from .classroom import grader_version

        click.echo(f"grade {grader_version.current()}")
        context.exit()


@click.group(
    cls=Group,
    params=[COURSE],
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version.",
)
@click.pass_context
def grade(context: click.Context) -> int | None:
    """Learn Deep Learning with NumPy: grade what you have written so far.

    Without a command, it shows the board of all chapters and the next step.
    """
    context.color = terminal.color()
    if context.invoked_subcommand is None:
        from .learner import board

        return 0 if board.show(arguments.folder()) else EXIT_FAILED
    return None


@grade.command()
@click.argument("chapters", nargs=-1)
@click.option("--submission", metavar="DIR", help="Folder, notebook or zip (default: exercises).")
@arguments.data_option
@click.option("--json", "json_file", metavar="FILE", help="Write the result to this file.")
@click.option(
    "--isolation",
    type=click.Choice(["none", "sandbox"]),
    default="none",
    help="sandbox: for code you do not trust (Linux only).",
)
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, help="Seed for the random test inputs."
)
@click.option(
    "--all", "everything", is_flag=True, help="Report every failing function in full, not only one."
)
def run(
    chapters: tuple[str, ...],
    submission: str | None,
    data: str,
    json_file: str | None,
    isolation: str,
    seed: int,
    everything: bool,
) -> int:
    """Grade CHAPTERS: 3.2, 1.1-2.4, 3 for a module, or all; by default the next unfinished one.

    The first failing function is reported in full, the others in one line each; a function named
    in place of its chapter is reported in full.
    """
    from .console.report import Report
    from .files import writing

    names = arguments.as_chapters(chapters)
    named_individually = registry.named_individually(names)
    opened = arguments.opened(submission)
    chosen = _chosen(opened, names)
    for note in opened.notes:
        printing.say_wrapped(f"note: {note}")
    try:
        if json_file:
            writing.check_writable(json_file)
        begun = _begin(opened, chosen)
        report = Report(
            opened.path,
            opened.file,
            named=arguments.functions(chapters),
            everything=everything,
            options=arguments.submission_option(submission),
        )
        result = _grade(opened.folder, chosen, data, seed, report, _isolation(isolation))
        result.submission = str(opened.path)
        result.notes = list(opened.notes) or None
        if json_file:
            writing.write_json(result.to_json(), json_file)
    except writing.Unwritable as error:
        raise click.UsageError(str(error)) from None
    asked_for = [c for c in chosen if not c.optional or c.id in named_individually]
    following = _remember(opened, result, asked_for, begun)
    passed = result.all_done(named_individually)
    report.end(result, following if passed or not opened.is_one_file else None)
    return 0 if passed else EXIT_FAILED


def _chosen(submission, names):
    """Return the named chapters; without names those of a single file, or the next one."""
    whole_file = submission.is_one_file and not names
    chosen = submission.chapters() if whole_file else _chapters(names, submission.path)
    if not submission.has_chapter_files():
        stem = registry.chapters()[0].stem
        why = f" ({'; '.join(submission.notes[:3])})" if submission.notes else ""
        raise click.UsageError(
            f"`{submission.path}` does not contain a chapter file, such as `{stem}.py`{why}"
        )
    return chosen


def _begin(submission, chapters):
    """Return what `_remember` has to know about the files before they are graded."""
    from .learner import progress

    if not submission.has_board:
        return None
    return progress.begin(submission.home, chapters, submission.books)


def _remember(submission, result, asked_for, begun):
    """Record the result on the board; return the next chapter, preferring those asked for."""
    from .learner import progress

    if not submission.has_board:
        return None
    state = progress.record(submission.home, result.chapters, submission.books, begun)
    following = progress.next_unfinished(asked_for, state)
    if following and not progress.works(state.get(following.id), following):
        return following
    return progress.next_unfinished(registry.chapters(), state)


def _isolation(level):
    from . import isolation

    def try_ahead():
        with contextlib.suppress(isolation.Unavailable, temporary.NoRoom):  # reported below
            isolation.choose(level)

    # Trying the sandbox while NumPy is imported saves a tenth of a short run.
    thread = threading.Thread(target=try_ahead)
    thread.start()
    from .grading import run as grading  # noqa: F401

    thread.join()
    try:
        return isolation.choose(level)
    except isolation.Unavailable as error:
        raise click.UsageError(str(error)) from None


def _grade(folder, chapters, data_name, seed, report, isolation):
    from .course import images
    from .grading import run as grading

    loaded = images.for_chapters(data_name, chapters)
    report.begin(loaded.description, seed)
    try:
        return grading.grade(
            folder,
            chapters,
            images=loaded,
            seed=seed,
            listener=report,
            isolation=isolation,
        )
    except grading.GraderBroke as error:
        click.echo(f"grade: the grader itself failed ({error}): please report it", err=True)
        sys.exit(EXIT_BROKEN)


@grade.command("data")
@click.argument("action", type=click.Choice(["fetch", "status"]), default="status")
@click.argument("name", type=click.Choice(["mnist", "cifar10"]), default="mnist")
def data_command(action: str, name: str) -> int:
    """Show which data sets are there, or fetch MNIST or (for the optional chapter) CIFAR-10."""
    import data

    try:
        if action == "fetch":
            data.fetch(click.echo, name)
        for status in data.status():
            wrapped = terminal.wrap(status, hanging="  ") if sys.stdout.isatty() else [status]
            for line in wrapped:  # one per data set where a program reads them
                click.echo(line)
    except data.DataError as error:
        raise click.UsageError(str(error)) from None
    return 0


@grade.command("self-check")
@click.argument("chapters", nargs=-1)
@arguments.data_option
def self_check(chapters: tuple[str, ...], data: str) -> int:
    """Check the kit itself: every stub fails, every solution passes, `exercises/` is up to date.

    With CHAPTERS it grades only these, which is enough for your own.
    """
    from .grading import selfcheck

    def grade_one(folder, chapters, report):
        return _grade(folder, chapters, data, 0, report, _isolation("none"))

    try:
        return (
            0 if selfcheck.run(grade_one, arguments.chapters(chapters or ["all"])) else EXIT_FAILED
        )
    except selfcheck.NoSolutions as error:
        raise click.UsageError(str(error)) from None
