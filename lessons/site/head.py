"""The head of a lesson's page: its chapter's number, what you build, what you need, how long."""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform

from . import parsing, places, stubs
from .nodes import Box

INLINE = re.compile(r"(`[^`]+`|\$[^$]+\$)")


class Head(SphinxTransform):
    """Puts the chapter's number into the title, and the head below it."""

    default_priority = 450

    def apply(self, **kwargs):
        stem = self.env.docname
        titles = list(self.document.findall(nodes.title))
        if stem not in {chapter.stem for chapter in places.chapters()} or not titles:
            return
        title, chapter = titles[0], places.chapter(stem)
        lesson = parsing.read(places.LESSONS / f"{stem}.md")
        title.insert(0, nodes.inline("", f"{chapter.id} ", classes=["chapter-number"]))
        parent = title.parent
        parent.insert(parent.index(title) + 1, _box(lesson, stem, self.env))


def for_myst(app, docname, source):
    """Bring a lesson into the form that MyST reads, before it does.

    The code in `{num}` goes, because its `|` would part a table's cells.
    """
    source[0] = _standing_alone(parsing.NUM.sub(r"{num}`\1`", source[0]))


def setup(app):
    """Register both steps with Sphinx."""
    app.add_transform(Head)
    app.connect("source-read", for_myst)


def _standing_alone(text):
    """Put an empty line around each display formula, without which MyST reads it as text."""
    lines, inside = [], False
    for line in text.split("\n"):
        mark = line.strip() == "$$"
        if mark and not inside and lines and lines[-1].strip():
            lines.append("")
        lines.append(line)
        if mark and inside:
            lines.append("")
        inside = inside != mark
    return "\n".join(lines)


def _box(lesson, stem, env):
    fields = nodes.definition_list(classes=["lesson-head"])
    fields += _field("You build", _inline(lesson.meta.get("build", "")))
    fields += _field("You need first", _needed(stem, env))
    fields += _field("Time", [nodes.Text(lesson.meta.get("time", ""))])
    return Box("", fields, classes=["head"])


def _field(name, content):
    paragraph = nodes.paragraph("", "", *content)
    return nodes.definition_list_item("", nodes.term("", name), nodes.definition("", paragraph))


def _needed(stem, env):
    found = []
    for other in stubs.prerequisites(stem):
        if found:
            found.append(nodes.Text(", "))
        found.append(link(other, env))
    return found or [nodes.Text("nothing but Python")]


def link(stem, env, text=None):
    """Return a link to a lesson by its chapter's number, or the number where there is none."""
    label = nodes.inline("", text or places.chapter(stem).id)
    if not (places.LESSONS / f"{stem}.md").is_file():
        return label
    options = {"reftype": "doc", "refdomain": "std", "reftarget": f"/{stem}"}
    return addnodes.pending_xref(
        "", label, refdoc=env.docname, refexplicit=True, refwarn=True, **options
    )


def _inline(text):
    """Return the nodes of a text with code in backticks and formulas in dollars."""
    kinds = {"`": nodes.literal, "$": nodes.math}
    parts = [part for part in INLINE.split(text) if part]
    return [
        kinds[part[0]]("", part[1:-1]) if INLINE.fullmatch(part) else nodes.Text(part)
        for part in parts
    ]
