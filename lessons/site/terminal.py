"""Shows a lesson as plain text, for `grade lesson 3.4` where there is no browser.

Formulas become text, and answers come at the end, so that a question can be thought about first.
"""

import re
import textwrap

from . import latex, parsing, places

MATH = re.compile(r"(?<![\\$])\$([^$\n]+)\$")
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")
EMPHASIS = re.compile(r"\*\*(\S(?:.*?\S)?)\*\*|(?<!\w)_(\S(?:.*?\S)?)_(?!\w)|\*(\S(?:.*?\S)?)\*")
ITEM = re.compile(r"(\s*)([-*]|\d+\.)\s+(.*)")
QUOTED = re.compile(r"(`[^`\n]+`)")
RULE = re.compile(r"\|?\s*:?-{3,}")
GLUE = "\0"  # stands for a space at which no line is to be broken
ASCII = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2013": "-",
        "\u2014": "--", "\u2212": "-", "\u2026": "...", "\u00d7": "x", "\u00b7": "*",
        "\u2192": "->", "\u2190": "<-", "\u2264": "<=", "\u2265": ">=", "\u2260": "!=",
        "\u2248": "~", "\u00a0": " ", "\u221a": "sqrt", "\u00b2": "^2", "\u2713": "x",
        "\u00e9": "e", "\u00e8": "e", "\u00f6": "oe", "\u00fc": "ue", "\u00e4": "ae",
    }
)  # fmt: skip

GREEK = str.maketrans(
    {pair[0]: pair[1].strip() for pair in latex.SYMBOLS.values() if len(pair[0]) == 1}
)


def text_of(stem, width=80, unicode=True):
    """Return a chapter's lesson as text of at most `width` columns, code and tables aside.

    Raises `parsing.LessonError`, a single line, if there is no such lesson or it is broken.
    """
    lesson = parsing.read(places.chapter(stem).lesson_file)
    text = _Page(stem, width, unicode).whole(lesson)
    return text if unicode else to_ascii(text)


def to_ascii(text):
    """Return a text that any terminal can show."""
    return text.translate(GREEK).translate(ASCII).encode("ascii", "replace").decode()


class _Page:
    """Collects the lines of a lesson, and its answers for the end."""

    def __init__(self, stem, width, unicode):
        self.stem, self.width, self.unicode = stem, max(width, 30), unicode
        self.lines, self.questions, self.answers = [], [], []

    def whole(self, lesson):
        chapter = places.chapter(self.stem)
        self._heading(f"{chapter.id} {lesson.title}", "=")
        for key, label in (("build", "You build"), ("time", "Time")):
            if lesson.meta.get(key):
                self._wrapped(f"{label}: {lesson.meta[key]}", hanging="  ")
        self.lines.append("")
        for block in lesson.blocks:
            if not (block.kind == "heading" and block.level == 1):
                self.add(block)
        self._ending("What the choices mean", self.questions)
        self._ending("Answers", self.answers)
        return "\n".join(line.rstrip() for line in self.lines) + "\n"

    def add(self, block):
        """Add a block by the method that is called like its kind."""
        getattr(self, f"_{block.kind}")(block)

    def _heading(self, block, line=None):
        text = block if isinstance(block, str) else self._inline(block.text)
        line = line or ("-" if block.level == 2 else "")
        self.lines += ["", text, *([line * min(len(text), self.width)] if line else []), ""]

    def _prose(self, block):
        rows = block.text.split("\n")
        if len(rows) > 1 and RULE.match(rows[1].strip()):
            self._table(rows)
        else:
            for part in _items(rows):
                self._item(part)
        self.lines.append("")

    def _item(self, text):
        item = ITEM.match(text)
        if item:
            mark = f"{item[1]}{item[2]} "
            self._wrapped(item[3], mark, " " * len(mark))
        else:
            self._wrapped(text.lstrip("> "))

    def _table(self, rows):
        cells = [self._inline(row).strip().strip("|").split("|") for row in rows]
        cells = [[cell.strip() for cell in row] for row in cells if not RULE.match(row[0].strip())]
        widths = [max(map(len, column)) for column in zip(*cells, strict=False)]
        for row in cells:
            pairs = zip(row, widths, strict=False)
            self.lines.append("  " + "  ".join(cell.ljust(width) for cell, width in pairs))

    def _math(self, block):
        text = latex.as_text(block.text, self.unicode)
        self.lines += [*(f"    {row}" for row in text.split("\n")), ""]

    def _code(self, block, mark="    "):
        self.lines += [*(f"{mark}{row}" for row in block.text.split("\n")), ""]

    _python = _text = _code

    def _output(self, block):
        self.lines.pop()
        self._code(block, "  > ")

    def _torch(self, block):
        self.lines.append("  In PyTorch:")
        self._code(block)

    def _check(self, block):
        self._wrapped(f"(Checked by code: {block.argument})")
        self.lines.append("")

    def _picture(self, block):
        caption = " ".join(child.text for child in block.children if child.kind == "prose")
        self._wrapped(f"[Picture: {caption} {block.options.get('alt', '')}]", "  ", "  ")
        self.lines.append("")

    def _exercise(self, block):
        chapter = places.chapter(self.stem).id
        self.lines.append(f"* {block.argument}")
        for child in block.children:
            self.add(child)
        self._wrapped(
            f"Write it in `exercises/{self.stem}.py`. Check: `grade run {chapter}`. "
            f"Hints: `grade hint {chapter} {block.argument}`.",
        )
        self.lines.append("")

    def _predict(self, block):
        number = len(self.questions) + 1
        choices, prose = parsing.choices(block.text.split("\n"))
        self._wrapped(f"Question {number}. {block.argument} {prose}")
        meanings = [f"Question {number}"]
        for letter, choice in zip("abcdefghij", choices, strict=False):
            self._wrapped(choice.text, f"  {letter}) ", "     ")
            right = "right" if choice.right else "not this one"
            meanings.append(f"{letter}) {choice.text}: {right}. {choice.why}")
        self.questions.append(meanings)
        self.lines.append("")

    def _problem(self, block):
        number = len(self.answers) + 1
        self._wrapped(f"Problem {number}. {block.argument}")
        kept = len(self.answers)
        for child in block.children:
            if child.kind == "answer":
                self.answers.append((number, block.argument, child.children))
            else:
                self.add(child)
        if len(self.answers) == kept:
            self.answers.append((number, block.argument, ()))

    def _answer(self, block):
        for child in block.children:
            self.add(child)

    def _coursemap(self, block):
        for chapter in places.chapters():
            self.lines.append(f"  {chapter.id}  {chapter.title}")
        self.lines.append("")

    def _ending(self, title, entries):
        if entries:
            self._heading(title, "-")
        for entry in entries:
            if isinstance(entry, list):
                for row in entry:
                    self._wrapped(row, hanging="   ")
                self.lines.append("")
            else:
                number, name, blocks = entry
                self._wrapped(f"Problem {number}. {name}")
                for block in blocks:
                    self.add(block)

    def _wrapped(self, text, indent="", hanging=None):
        text = QUOTED.sub(lambda found: found[0].replace(" ", GLUE), self._inline(text))
        lines = textwrap.wrap(
            " ".join(text.split(" ")),
            self.width,
            initial_indent=indent,
            subsequent_indent=indent if hanging is None else hanging,
            break_long_words=False,
            break_on_hyphens=False,
        )
        self.lines += [line.replace(GLUE, " ") for line in lines]

    def _inline(self, text):
        """Return a line of Markdown as text; what stands in backticks stays as it is."""
        text = parsing.NUM.sub(r"\1", text)
        parts = QUOTED.split(text)
        return "".join(
            part if QUOTED.fullmatch(part) else self._without_marks(part) for part in parts
        )

    def _without_marks(self, text):
        text = MATH.sub(lambda found: latex.as_text(found[1], self.unicode), text)
        text = LINK.sub(_link, text)
        text = EMPHASIS.sub(lambda found: next(filter(None, found.groups())), text)
        return text.replace("\\|", "|")


def _link(found):
    """Return a link's words, followed by its address if it leads outside."""
    words, target = found.groups()
    return f"{words} ({target})" if target.startswith("http") else words


def _items(rows):
    """Return the lines of a paragraph put together, one text for each item of a list."""
    parts = []
    for row in rows:
        if parts and not ITEM.match(row):
            parts[-1] += " " + row.strip()
        else:
            parts.append(row.rstrip())
    return parts
