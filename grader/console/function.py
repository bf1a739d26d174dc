"""Prints the verdict on a function: in full, or in one line with the command for more."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..course import registry
from ..course.registry import Chapter
from ..course.results import FunctionResult, Verdict
from ..vocabulary import finding
from . import terminal
from .printing import points, say, say_wrapped

MARKS = {
    "passed": ("ok", "green"),
    "todo": ("todo", "yellow"),
    "failed": ("FAIL", "red"),
    "error": ("ERROR", "red"),
    "timeout": ("TIME", "red"),
    "crashed": ("CRASH", "red"),
}
GIVEN = ("given", "yellow")  # full points, earned with the reference's functions in place of others
WORKS = ("works", "cyan")  # the right numbers; only finishing touches are left
NAME_WIDTH = 24  # columns of a function's name
NARROW = 60  # columns; a narrower terminal gets smaller indents
MOST_BLAMED = 3  # functions that are named before `and 7 more`
MOST_LINES = 22  # of the details of a failure
MOST_ROWS = 6  # of one value
VALUES = ("call", "expected", "got", "printed")  # the details that may be cut


class InFull:
    """Chooses what to report in full: the first function that does not work.

    If all work, it is the first one with finishing touches left, once that is known.
    """

    def __init__(self, named: Collection[str] = (), everything: bool = False) -> None:
        """Report the `named` functions in full instead, or `everything`."""
        self.named, self.everything = named, everything
        self.missing: set[str] = set()  # what was said of stubs: the mark says enough of the others
        self.is_done = False  # a function that does not work was reported
        self.postponed: FunctionResult | None = None  # to report in full at the end

    def wants(self, function: FunctionResult) -> bool:
        """Return True if this function, which comes next, is to be reported in full."""
        if self.everything or function.passed:
            return True
        if function.status == "todo":
            fact, known = _missing(function), len(self.missing)
            self.missing.add(fact)
            return len(self.missing) > known
        if self.named:
            return function.name in self.named
        if function.works and not function.is_done:
            self.postponed = self.postponed or function
            return False
        first, self.is_done = not self.is_done, True
        return first

    def last(self) -> FunctionResult | None:
        """Return the function to report in full at the end, or None."""
        return None if self.is_done else self.postponed


def echo_title(chapter: Chapter, file: object) -> None:
    """Print a chapter's title and its file, on two lines if one is too short."""
    title, place = f"{chapter.id}  {chapter.title}", f"({file})"
    if len(title) + 2 + len(place) <= terminal.width():
        say(title, bold=True, nl=False)
    else:
        say_wrapped(title, hanging="     ", bold=True)
    say(f"  {place}")


def command_for(chapter_id: str, name: str, *, whole: bool = False, options: str = "") -> str:
    """Return the command that reports a function in full, or even with `whole` values."""
    taught = [c for c in registry.chapters() if name in c.functions]
    only_here = len(taught) == 1
    everything = " --all" if whole or not only_here else ""
    return f"grade run {name if only_here else chapter_id}{everything}{options}"


def echo_line(function: FunctionResult, command: str | None = None) -> None:
    """Print the verdict on one function in a line: what is left, and the `command` for more."""
    note, command = _note(function), f"`{command}`" if command else ""
    note = ": ".join(filter(None, (note, "" if function.is_done else command)))
    row = f"{_name_and_points(function):<{NAME_WIDTH + 13}}"
    _echo_mark(function)
    if note and len("  works ") + len(row) + len(note) <= terminal.width():
        say(f"{row}{note}")
        return
    say(row.rstrip())
    if note:
        say_wrapped(note, indent())


def echo_function(
    function: FunctionResult, first: bool = True, whole: bool = False, for_more: str | None = None
) -> None:
    """Print the verdict on one function in full.

    `first` says that it is the first of its chapter: a file that cannot be imported is only
    reported there. `whole` prints long values as they are; otherwise `for_more` is the command
    that does.
    """
    _echo_mark(function)
    say(_name_and_points(function))
    main = function.main_failure
    if main is None or (main.unimportable and not first):
        return
    blame = _blame(function)
    for line in blame:
        say_wrapped(line, indent(), bold=True)
    if function.works and not blame:
        say_wrapped(f"`{function.name}` works; {touches_left(function)}:", indent(), bold=True)
    if main.unimportable:
        _echo_lines(main.lines, whole)
    elif function.status != "todo":
        was_cut = _echo_failures(function.failing, main, whole)
        if was_cut and for_more:
            say_wrapped(f"`{for_more}` shows every line", indent())
    elif not blame:
        say_wrapped(main.lines[0], indent())


def echo_line_at_fault(function: FunctionResult) -> None:
    """Print what was found after the verdict: the line at fault, and what is wrong there."""
    main = function.main_failure
    if main is None:
        return
    words = [line[: finding.COLUMN].strip() for line in main.lines]
    if "your line" in words:
        found = main.lines[words.index("your line") :]
        _echo_lines([f"The line at fault in `{function.name}`:", *found], whole=False)


def _note(function):
    """What is left to do, in a few words, where the mark alone does not say it."""
    if function.because_of:
        return f"needs {_listed(function)}"
    return f"{touches(function)} left" if function.works and not function.passed else ""


def is_given(function: FunctionResult) -> bool:
    """Return True for a function that has full points but fails because another one does."""
    return function.is_done and function.status != "passed"


def touches(function: FunctionResult) -> str:
    """Return `2 finishing touches`."""
    count = len(function.failing)
    return f"{count} finishing touch{'es' if count > 1 else ''}"


def touches_left(function: FunctionResult) -> str:
    """Return `2 finishing touches are left`."""
    verb = "is" if len(function.failing) == 1 else "are"
    return f"{touches(function)} {verb} left"


def _missing(function):
    """What is missing: a file, other functions, or, as "", only the body of a stub."""
    lines = function.main_failure.lines
    stub = f"`{function.name}` is still to be written"
    return "" if not lines or lines[0] == stub else lines[0]


def _echo_mark(function):
    mark, color = MARKS[function.status]
    if is_given(function):
        mark, color = GIVEN
    elif function.works and not function.passed:
        mark, color = WORKS
    say("  ", nl=False)
    say(f"{mark:<6}", fg=color, nl=False)


def _name_and_points(function):
    width = min(NAME_WIDTH, terminal.width() - len("  works ") - len(" 0.5 of 1.5"))
    return f"{function.name:<{width}} {points(function.score, function.max_score)}"


def indent() -> str:
    """Return the margin of what is said about a function."""
    return " " * (8 if terminal.width() >= NARROW else 2)


def _echo_failures(failing: Sequence[Verdict], main: Verdict, whole: bool) -> bool:
    """Print the main failure, and the names of the others; return True if a value was cut."""
    say_wrapped(f"{_title(main)}:", indent())
    was_cut = _echo_lines(main.lines, whole)
    others = [_title(check) for check in failing if check is not main]
    if others:
        more = "; ..." if len(others) > 2 else ""
        say_wrapped(f"and {len(others)} more: {'; '.join(others[:2])}{more}", indent())
    return was_cut


def _echo_lines(lines: Sequence[str], whole: bool) -> bool:
    """Print `Finding.lines`: the headline, then the details, whose labels form a column.

    Long values are cut to as many rows as there is room for, unless `whole`. Return True if so.
    """
    say_wrapped(lines[0], indent())
    details = [_wrapped(line) for line in lines[1:]]
    rows = range(MOST_ROWS, 2, -1)

    def length(most):
        return sum(len(_cut(printed, value, most)) for printed, value in details)

    most = None if whole else next((n for n in rows if length(n) <= MOST_LINES), rows[-1])
    shown = [_cut(printed, value, most) for printed, value in details]
    for detail in shown:
        for line in detail:
            say(line)
    return shown != [printed for printed, _ in details]


def _wrapped(line):
    """`(lines that fit, True if it is a value)` of one detail."""
    label, text = line[: finding.COLUMN], line[finding.COLUMN :]
    indented, space = indent(), " " * len(label)
    is_prose, is_value = (label.strip() in names for names in (finding.WRAPPED, VALUES))
    rows = [" ".join(text.split())] if is_prose else text.split(f"\n{space}")
    hanging = indented + space + "  " * (len(rows) > 1)  # or a wrapped row looks like two
    printed = [
        line
        for number, row in enumerate(rows)
        for line in terminal.wrap(
            row, indented + (space if number else label), hanging, cut_words=True
        )
    ]
    return printed, is_value


def _cut(printed, is_value, most):
    if most is None or not is_value or len(printed) <= most:
        return printed
    left_out = len(printed) - most + 1
    return [*printed[: most - 1], f"{indent()}{' ' * finding.COLUMN}... {left_out} more lines"]


def _blame(function):
    """Return the lines that blame other functions, and say what this one earns on its own."""
    guilty = function.because_of
    if not guilty:
        return []
    named, name = _listed(function), f"`{function.name}`"
    those = "that" if len(guilty) == 1 else "those"
    does = "does" if len(guilty) == 1 else "do"
    version = "version" if len(guilty) == 1 else "versions"
    fact = f"{name} fails because {named} {does}: fix {those} first"
    if (function.score_with_reference or function.max_score) < function.max_score:
        fact = f"{name} uses {named}, which {'fails' if len(guilty) == 1 else 'fail'} too"
    elif any(other.slow for other in guilty):
        fact = f"{name} takes too long because {named} {does}: make {those} faster first"
    elif function.status == "todo":
        fact = f"{name} needs {named}: write {those} first"
    lines = [fact]
    if function.score_with_reference:
        earned = points(function.score_with_reference, function.max_score)
        lines.append(
            f"with the reference's {version} in place it earns {earned} points, which you get"
        )
    return lines


def _listed(function):
    """Return `a, b, c and 7 more` of the functions blamed."""
    names = [f"`{other.name}` ({other.id})" for other in function.because_of]
    shown, more = names[:MOST_BLAMED], len(names) - MOST_BLAMED
    *others, last = [*shown, f"{more} more"] if more > 0 else shown
    return f"{', '.join(others)} and {last}" if others else last


def _title(check):
    return check.name.replace("_", " ")
