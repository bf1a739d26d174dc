"""Prints two pieces of Python side by side, as wide as the terminal."""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Sequence

from ..console import terminal
from ..vocabulary.values import printable

SAME, DIFFERENT, LEFT, RIGHT = " ", "|", "<", ">"
LEGEND = "| differs", "< only in yours", "> only in the reference"
ALL_SAME = "identical, line by line"
SIMILAR = 0.6  # difflib's ratio from which two lines belong next to each other
MOST_COMPARED = 2500  # pairs of lines; comparing more takes too long
NARROWEST = 20  # columns of code, however deep it is indented
TWO_COLUMNS = 60  # columns of a terminal with room for both sides
COMMENT = re.compile(r"\s+#")  # at the end of a line of code
# A long word goes on after one of these; if it has none, after one of the others.
PUNCTUATION = re.compile(r"[(\[{,=]+|(?<=\w)\.(?=\D)")
IN_NAMES = re.compile(r"(?<=[^\W_])(?:_+|-(?=[a-z]))")
HANGING = 4  # columns by which the rest of a long line is indented further
MARKED = "bold yellow"
THEME = "ansi_dark"  # uses the terminal's own colors, which suit its background


def rows(left: Sequence[str], right: Sequence[str]) -> list[tuple[str, int | None, int | None]]:
    """Pair the lines: `[(mark, left index or None, right index or None)]`."""
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    pairs: list[tuple[int | None, int | None]] = []
    for kind, begin, end, start, stop in matcher.get_opcodes():
        lines = range(begin, end), range(start, stop)
        similar = _similar(left, right, *lines) if kind == "replace" else None
        pairs += similar or itertools.zip_longest(*lines)
    return [(_mark(left, right, i, j), i, j) for i, j in pairs]


def _similar(left, right, these, those):
    """Pairs of indices in order, the most similar lines next to each other."""
    if 0 < len(these) * len(those) <= MOST_COMPARED:
        scored = [(_similarity(left[i], right[j]), i, j) for i in these for j in those]
        similarity, i, j = max(scored, key=lambda candidate: candidate[0])
        if similarity > SIMILAR:
            before = range(these.start, i), range(those.start, j)
            after = range(i + 1, these.stop), range(j + 1, those.stop)
            return [*_similar(left, right, *before), (i, j), *_similar(left, right, *after)]
    return list(itertools.zip_longest(these, those))


def _similarity(line, other):
    return difflib.SequenceMatcher(None, line.strip(), other.strip(), autojunk=False).ratio()


def _mark(left, right, i, j):
    if i is None or j is None:
        line = left[i] if j is None else right[j]
        return SAME if not line else LEFT if j is None else RIGHT
    return SAME if left[i] == right[j] else DIFFERENT


def show(
    left: Sequence[Sequence[str]], right: Sequence[Sequence[str]], titles: Sequence[str]
) -> str:
    """Format two lists of blocks side by side, in color if the terminal has it.

    A block is a list of lines, and is compared with the block at the same place on the other side.
    On a narrow terminal one side is below the other; identical sides are shown once.
    """
    console = _console()
    left, right = (
        [[printable_here(line) for line in lines] for lines in blocks] for blocks in (left, right)
    )
    blocks = list(zip(left, right, strict=True))
    with console.capture() as capture:
        if left == right:
            _print_side(console, titles, blocks, 0)
        elif console.width < TWO_COLUMNS:
            for side, title in enumerate(titles):
                _print_side(console, [title], blocks, side)
        else:
            _print_columns(console, titles, blocks)
        for line in terminal.in_lines(LEGEND if left != right else [ALL_SAME]):
            console.print(_styled(line, "dim"))
    return capture.get()


def _print_side(console, titles, blocks, side):
    """Print one side over the whole width."""
    for title in titles:
        console.print(_styled(title, "bold"))
    console.print(_styled("-" * max(map(len, titles)), "dim"), no_wrap=True)
    for block in blocks:
        paired = rows(*block)
        column = _colored(block[side], paired, side + 1)
        for mark, *indices in paired:
            if indices[side] is not None:
                for line in _wrapped(column[indices[side]], console.width - 2):
                    _print_line(console, _styled(f"{mark} ", MARKED) + line)


def _print_columns(console, titles, blocks):
    widths = _widths(*(sum((block[side] for block in blocks), [titles[side]]) for side in (0, 1)))
    _print_row(console, [_styled(title, "bold") for title in titles], SAME, widths)
    console.print(_styled(f"{'-' * widths[0]}   {'-' * widths[1]}", "dim"))
    for left, right in blocks:
        _print_block(console, left, right, widths)


def _print_block(console, left, right, widths):
    paired = rows(left, right)
    columns = _colored(left, paired, 1), _colored(right, paired, 2)
    for mark, *indices in paired:
        pair = [
            _styled("") if index is None else column[index]
            for column, index in zip(columns, indices, strict=True)
        ]
        _print_row(console, pair, mark, widths)


def printable_here(text: str) -> str:
    """Return the text in characters that this terminal can print."""
    if not terminal.utf8():
        return printable(text)
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


def _console():
    from rich.console import Console

    return Console(
        color_system=None if terminal.color() is False else "auto",
        legacy_windows=False,  # the output goes through click, which handles old consoles
        width=terminal.width(),
        highlight=False,
        markup=False,
        emoji=False,
    )


def _widths(left, right):
    """The widths of both columns: half the terminal each, unless one needs less."""
    from rich.cells import cell_len

    room = terminal.width() - 3
    wanted = [max(map(cell_len, lines), default=0) for lines in (left, right)]
    first = min(wanted[0], max(room // 2, room - wanted[1]))
    return first, min(wanted[1], room - first)


def _colored(lines, paired, side):
    """The lines with syntax colors; dim if they are the same on both sides."""
    from rich.syntax import Syntax

    syntax = Syntax("", "python", theme=THEME, background_color="default")
    whole = syntax.highlight("\n".join(lines))
    colored = whole.split("\n", allow_blank=True)[: len(lines)]
    for row in paired:
        if row[0] == SAME and row[side] is not None:
            colored[row[side]] = _styled(lines[row[side]], "dim")
    return colored


def _styled(text, style=""):
    from rich.text import Text

    return Text(text, style=style)


def _print_row(console, pair, mark, widths):
    columns = [_wrapped(line, width) for line, width in zip(pair, widths, strict=True)]
    for left, right in itertools.zip_longest(*columns, fillvalue=_styled("")):
        line = _styled("")
        line.append_text(left)
        line.append(" " * (widths[0] - left.cell_len))
        line.append(f" {mark} ", style=MARKED)
        line.append_text(right)
        _print_line(console, line)


def _print_line(console, line):
    line.rstrip()
    console.print(line, no_wrap=True, overflow="ignore", crop=False)


def _wrapped(line, width):
    """The line in pieces that fit, broken at spaces if possible; a comment stays a comment."""
    from rich.cells import cell_len

    pad = len(line.plain) - len(line.plain.lstrip())
    hanging = " " * max(0, min(pad + HANGING, width - NARROWEST))
    if cell_len(line.plain) > width and (place := _comment(line.plain)):
        code, comment = line.divide([place])
        begin = len(comment.plain) - len(comment.plain.lstrip())
        return [*_wrapped(code, width), *_wrapped(_styled(hanging) + comment[begin:], width)]
    if line.plain[pad:].startswith("#"):
        hanging = line.plain[: min(pad, len(hanging))] + "# "
    pieces, first = [], True
    while True:
        room = max(1, width - (0 if first else len(hanging)))
        place = _break(line.plain, room, least=pad if first else 0)
        piece, rest = line.divide([place]) if place else (line, None)
        pieces.append(piece if first else _styled(hanging) + piece)
        if rest is None or not rest.plain.strip():
            return pieces
        line, first = rest[len(rest.plain) - len(rest.plain.lstrip()) :], False


def _comment(text):
    """Index where a comment after code starts, with the space before it, or None."""
    for match in COMMENT.finditer(text):
        before = text[: match.start()]
        if before.strip() and not any(before.count(quote) % 2 for quote in "\"'"):
            return match.start()
        if not before.strip():
            return None
    return None


def _break(text, room, least):
    """Index at which the first part fits in `room` columns; None if the whole text does."""
    from rich.cells import cell_len

    if cell_len(text) <= room:
        return None
    fits, used = 0, 0
    while used + cell_len(text[fits]) <= room:
        used += cell_len(text[fits])
        fits += 1
    fits = max(fits, 1)
    space = text.rfind(" ", least, fits + 1)
    if space > least:
        return space
    after = [match.end() for match in PUNCTUATION.finditer(text, least, fits)]
    if not after:  # and then a piece of a name should be worth its line
        after = [match.end() for match in IN_NAMES.finditer(text, least + room // 4, fits)]
    return after[-1] if after else fits
