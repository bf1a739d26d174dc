"""What MyST does not know of a lesson's syntax: its directives, and the role `num`."""

from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective, SphinxRole

from . import coursemap, parsing, places, stubs
from .nodes import Box, Picture, Verdict, folded, picture_size

HINT_TITLES = ("A question to start from", "The formula and its shapes", "Nearly the code")


class _Directive(SphinxDirective):
    """A directive whose one argument, a name or title, may hold spaces."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True

    @property
    def stem(self):
        """Return the lesson's stem, which is the page's name."""
        return Path(self.env.docname).name

    @property
    def title(self):
        return self.arguments[0] if self.arguments else ""

    def inline(self, text):
        """Return the nodes of a line of Markdown."""
        return self.parse_inline(text, lineno=self.lineno)[0]

    def number(self, kind):
        """Count this kind of block on the page, from 1."""
        counts = self.env.temp_data.setdefault("lesson_counts", {})
        counts[kind] = counts.get(kind, 0) + 1
        return counts[kind]


class Exercise(_Directive):
    """A graded function: what to write, its stub, how to check it, and hints folded in turn."""

    def run(self):
        stem, name = self.stem, self.title
        code = stubs.stub(stem, name)
        if code is None:
            raise self.error(f"exercises/{stem}.py has no `{name}`")
        self._depend_on(stem)
        attributes = {"data-stem": stem, "data-function": name}
        box = Box("", classes=["exercise"], ids=[f"exercise-{name}"], attributes=attributes)
        box += nodes.paragraph("", "", nodes.literal("", name), classes=["exercise-title"])
        box += self.parse_content_to_nodes()
        box += nodes.literal_block(code, code, language="python", classes=["stub"])
        box += self._command(stem)
        hints = stubs.hints(stem, name)
        if hints:
            box += _hint_chain(hints)
        return [box]

    def _command(self, stem):
        chapter = places.chapter(stem).id
        text = f"Write it in `exercises/{stem}.py`, then check it with `grade run {chapter}`."
        return nodes.paragraph("", "", *_with_code(text), classes=["command"])

    def _depend_on(self, stem):
        for folder, ending in ((places.EXERCISES, "py"), (places.HINTS, "toml")):
            self.env.note_dependency(str(folder / f"{stem}.{ending}"))


class Predict(_Directive):
    """A question with choices; each one opens to what choosing it means."""

    def run(self):
        choices, prose = parsing.choices(list(self.content))
        if sum(choice.right for choice in choices) != 1:
            raise self.error("a predict block needs exactly one choice with [x]")
        label = f"predict-{self.number('predict')}"
        question = nodes.paragraph(
            "", "", *self.inline(self.title), ids=[label], classes=["question"]
        )
        group = {"role": "group", "aria-labelledby": label}
        box = Box("", question, classes=["predict"], attributes=group)
        if prose:
            box += nodes.paragraph("", "", *self.inline(prose))
        for choice in choices:
            box += self._choice(choice)
        return [box]

    def _choice(self, choice):
        verdict = Verdict("", "correct" if choice.right else "not this one", classes=["verdict"])
        shown = [nodes.inline("", "", *self.inline(choice.text), classes=["choice"]), verdict]
        why = nodes.paragraph("", "", *self.inline(choice.why))
        return folded(shown, why, classes=["right" if choice.right else "wrong"])


class PictureOf(_Directive):
    """A picture by the name of the function that draws it; the caption is the content."""

    option_spec = {"alt": directives.unchanged_required}  # noqa: RUF012 - docutils' own form

    def run(self):
        if not self.options.get("alt"):
            raise self.error(f"the picture `{self.title}` needs an :alt: text")
        try:
            size, file = picture_size(self.stem, self.title)
        except OSError:
            raise self.error(f"the picture `{self.title}` was not drawn") from None
        self.env.note_dependency(str(file))
        node = Picture("", stem=self.stem, name=self.title, size=size, alt=self.options["alt"])
        node += Box("", *self.parse_content_to_nodes(), classes=["caption"])
        return [node]


class Problem(_Directive):
    """An exercise beyond the grader, numbered on its page."""

    def run(self):
        number = nodes.inline("", f"{self.number('problem')}", classes=["number"])
        title = nodes.paragraph(
            "", "", number, nodes.Text(" "), *self.inline(self.title), classes=["problem-title"]
        )
        return [Box("", title, *self.parse_content_to_nodes(), classes=["problem"])]


class Answer(_Directive):
    """The answer to a problem, folded."""

    def run(self):
        return [folded("Answer", *self.parse_content_to_nodes(), classes=["answer"])]


class Check(_Directive):
    """The code that checks a derivation with numbers, folded under its claim."""

    def run(self):
        code = "\n".join(self.content)
        title = [nodes.strong("", "Checked by code: "), *self.inline(self.title)]
        block = nodes.literal_block(code, code, language="python")
        return [folded(title, block, classes=["check"])]


class Torch(_Directive):
    """Code in PyTorch, labeled so that nobody takes it for NumPy."""

    def run(self):
        code = "\n".join(self.content)
        label = nodes.paragraph("", "PyTorch", classes=["language"])
        block = nodes.literal_block(code, code, language="python")
        return [Box("", label, block, classes=["torch"])]


class CourseMap(_Directive):
    """The map of the chapters, the list that says the same, and the contents of the site."""

    def run(self):
        for file in coursemap.sources():
            self.env.note_dependency(str(file))
        rows = coursemap.rows()
        self.env.metadata[self.env.docname]["has_map"] = True
        contents = self.parse_text_to_nodes(coursemap.toctrees(rows))
        return [coursemap.Map("", rows=rows), coursemap.listing(rows, self.env), *contents]


class Num(SphinxRole):
    """A number that the build has checked; `source-read` has already taken its code away."""

    def run(self):
        return [nodes.inline("", self.text, classes=["num"])], []


def setup(app):
    """Register all of it with Sphinx."""
    every = {
        "exercise": Exercise,
        "predict": Predict,
        "picture": PictureOf,
        "problem": Problem,
        "answer": Answer,
        "check": Check,
        "torch": Torch,
        "coursemap": CourseMap,
    }
    for name, directive in every.items():
        app.add_directive(name, directive, override=True)
    app.add_role("num", Num(), override=True)


def _hint_chain(hints):
    """Return the hints as folded parts, each of which holds the next one."""
    chain = None
    for number, (title, text) in reversed(
        list(enumerate(zip(HINT_TITLES, hints, strict=False), 1))
    ):
        parts = [_hint_part(part) for part in text.split("\n\n")]
        if chain:
            parts.append(chain)
        chain = folded(f"Hint {number}: {title}", *parts, classes=["hint"])
    return chain


def _hint_part(text):
    """Return a paragraph, or a literal block for lines that are indented."""
    if text.startswith("    "):
        lines = "\n".join(line.removeprefix("    ") for line in text.split("\n"))
        return nodes.literal_block(lines, lines, language="text")
    return nodes.paragraph("", "", *_with_code(" ".join(text.split())))


def _with_code(text):
    """Return the nodes of a text in which only backticks mean something."""
    parts = text.split("`")
    kinds = (nodes.Text, lambda part: nodes.literal("", part))
    return [kinds[i % 2](part) for i, part in enumerate(parts) if part]
