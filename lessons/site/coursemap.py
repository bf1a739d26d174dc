"""The map of the course: chapters in rows by module, with lines for what builds on what.

The lines come from the imports of `solutions/`. A line that follows from two others is left out.
"""

import itertools
import textwrap
from dataclasses import dataclass
from html import escape

from docutils import nodes

from . import parsing, places, stubs

WIDTH, HEIGHT, GAP, ROW, MARGIN = 140, 72, 28, 132, 12  # of the cells, in SVG units
LINE = 20  # letters of one line in a cell

ARROW = (
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" '
    'markerHeight="6" markerUnits="userSpaceOnUse" orient="auto">'
    '<path d="M0 0L8 4L0 8z"/></marker></defs>'
)


class Map(nodes.General, nodes.Element):
    """The drawn map; its `rows` are those of the list below it."""


@dataclass(frozen=True)
class Row:
    """A chapter as the map and the list show it."""

    stem: str
    id: str
    title: str
    time: str
    needs: tuple  # stems

    @property
    def module(self):
        """Return the number of the chapter's module."""
        return self.id.partition(".")[0]


def rows():
    """Return the chapters that have a lesson."""
    return [_row(chapter) for chapter in places.chapters() if _file(chapter.stem).is_file()]


def sources():
    """Return the files that the map is made from."""
    stems = [chapter.stem for chapter in places.chapters()]
    solutions = [places.SOLUTIONS / f"{stem}.py" for stem in stems]
    return [*solutions, *map(_file, stems)]


def toctrees(rows):
    """Return the site's contents as MyST text, one hidden list for each module."""
    modules = dict.fromkeys(row.module for row in rows)
    parts = []
    for module in modules:
        stems = "\n".join(row.stem for row in rows if row.module == module)
        caption = f"{module}. {places.module_title(module)}"
        parts.append(f'```{{toctree}}\n:hidden:\n:caption: "{caption}"\n\n{stems}\n```')
    if (places.LESSONS / "sources.md").is_file():
        parts.append('```{toctree}\n:hidden:\n:caption: "More"\n\nsources\n```')
    return "\n\n".join(parts)


def listing(rows, env):
    """Return the same as a list: it is the map's text alternative, and what a phone shows."""
    from .head import link

    blocks = nodes.container(classes=["course-list"])
    for module in dict.fromkeys(row.module for row in rows):
        title = f"{module}. {places.module_title(module)}"
        blocks += nodes.paragraph("", title, classes=["module-title"])
        items = nodes.bullet_list()
        for row in (row for row in rows if row.module == module):
            items += _item(row, rows, link, env)
        blocks += items
    return blocks


def setup(app):
    """Register the node with Sphinx."""
    app.add_node(Map, override=True, html=(_visit, lambda self, node: None))


def direct(rows):
    """Return `{stem: stems it needs}` without those that another one of them needs already."""
    needs = {row.stem: set(row.needs) for row in rows}
    every = {}
    for row in rows:
        every[row.stem] = needs[row.stem].union(*(every.get(n, set()) for n in row.needs))
    return {
        stem: [n for n in found if not any(n in every.get(m, ()) for m in found - {n})]
        for stem, found in needs.items()
    }


def _row(chapter):
    lesson = parsing.read(_file(chapter.stem))
    title = chapter.title.removesuffix(" (optional)")
    time = lesson.meta.get("time", "")
    return Row(chapter.stem, chapter.id, title, time, tuple(stubs.prerequisites(chapter.stem)))


def _file(stem):
    return places.LESSONS / f"{stem}.md"


def _item(row, rows, link, env):
    known = {other.stem for other in rows}
    needed = [link(stem, env) for stem in row.needs if stem in known]
    parts = [link(row.stem, env, f"{row.id} {row.title}")]
    details = f" {row.time}" if row.time else ""
    if needed:
        details += "; needs " if details else " needs "
    more = nodes.inline("", details, classes=["details"])
    for i, reference in enumerate(needed):
        more += ([nodes.Text(", ")] if i else []) + [reference]
    return nodes.list_item("", nodes.paragraph("", "", *parts, more))


def _visit(self, node):
    if self.builder.name != "epub":
        self.body.append(_svg(node["rows"], self.builder, self.builder.current_docname))


def _svg(rows, builder, page):
    spots = _spots(rows)
    right = max(x for x, _ in spots.values()) + WIDTH + MARGIN
    bottom = max(y for _, y in spots.values()) + HEIGHT + MARGIN
    parts = [
        '<nav class="course-map" aria-label="Map of the course">'
        f'<svg viewBox="0 0 {right} {bottom}" xmlns="http://www.w3.org/2000/svg">{ARROW}'
    ]
    for stem, needs in direct(rows).items():
        parts += [_edge(spots[need], spots[stem], need, stem) for need in needs if need in spots]
    parts += [_cell(row, spots[row.stem], builder.get_relative_uri(page, row.stem)) for row in rows]
    return "".join(parts) + "</svg></nav>\n"


def _spots(rows):
    """Return the corner of each chapter's cell: modules from above, chapters from the left."""
    modules = list(dict.fromkeys(row.module for row in rows))
    columns = _columns(rows, modules)
    return {
        row.stem: (
            MARGIN + columns[row.stem] * (WIDTH + GAP),
            MARGIN + modules.index(row.module) * ROW,
        )
        for row in rows
    }


def _columns(rows, modules):
    """Return each chapter's column, chosen so that the lines are short."""
    by_module = [[row.stem for row in rows if row.module == module] for module in modules]
    widest = max(map(len, by_module))
    edges = [(need, stem) for stem, needs in direct(rows).items() for need in needs]

    def length(columns):
        return sum((columns[a] - columns[b]) ** 2 for a, b in edges if a in columns)

    choices = [itertools.combinations(range(widest), len(stems)) for stems in by_module]
    layouts = (
        dict(zip(itertools.chain(*by_module), itertools.chain(*chosen), strict=True))
        for chosen in itertools.product(*choices)
    )
    return min(layouts, key=length)


def _edge(start, end, need, stem):
    """Return the line from a chapter to one that needs it."""
    (x1, y1), (x2, y2) = start, end
    if y1 == y2:
        path = _sideways(x1, x2, y1)
    else:
        path = _downward(x1 + WIDTH / 2, y1 + HEIGHT, x2 + WIDTH / 2, y2)
    return f'<path d="{path}" data-from="{need}" data-to="{stem}" marker-end="url(#arrow)"/>'


def _sideways(x1, x2, y):
    """Return a line within a row: straight to the next cell, below the cells to others."""
    if x2 - x1 == WIDTH + GAP:
        return f"M{x1 + WIDTH} {y + HEIGHT / 2}H{x2}"
    a, b, bottom = x1 + WIDTH * 0.8, x2 + WIDTH * 0.2, y + HEIGHT
    return f"M{a} {bottom}C{a} {bottom + 24} {b} {bottom + 24} {b} {bottom}"


def _downward(x1, y1, x2, y2):
    """Return a line to a lower row that passes the rows between through the gaps of cells."""
    path, x, y = f"M{x1} {y1}", x1, y1
    for i in range(round((y2 - y1 - ROW + HEIGHT) / ROW)):
        top = y1 + (ROW - HEIGHT) + i * ROW
        share = (top - y1) / (y2 - y1)
        gap = _nearest_gap(x1 + share * (x2 - x1))
        path += _curve(x, y, gap, top) + f"V{top + HEIGHT}"
        x, y = gap, top + HEIGHT
    return path + _curve(x, y, x2, y2)


def _curve(x1, y1, x2, y2):
    middle = (y1 + y2) / 2
    return f"C{x1} {middle} {x2} {middle} {x2} {y2}"


def _nearest_gap(x):
    """Return the middle of the gap between two columns that is nearest."""
    return MARGIN - GAP / 2 + round((x - MARGIN + GAP / 2) / (WIDTH + GAP)) * (WIDTH + GAP)


def _cell(row, spot, target):
    x, y = spot
    lines = _wrapped(row.title)
    first = y + 34
    title = "".join(
        f'<text x="{x + 12}" y="{first + 14 * i}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    return (
        f'<a href="{target}" data-stem="{row.stem}" data-needs="{" ".join(row.needs)}">'
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="8"/>'
        f'<text class="number" x="{x + 12}" y="{y + 17}">{row.id}</text>{title}</a>'
    )


def _wrapped(title):
    """Return a title in lines that fit into a cell."""
    return textwrap.wrap(title, LINE)
