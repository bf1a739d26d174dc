"""Cuts a chapter's file into the cells of a notebook.

This uses nbformat, not jupytext's text format, which would take a learner's comment such as
`# %timeit softmax(Z)` for a command and `# %%` for the end of a cell.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from dataclasses import dataclass

import nbformat
from nbformat import v4

from ..course import registry

KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
PACKAGE = "exercises"
DEMO = "demo"
RUN_DEMO = """\
if __name__ == "__main__":  # not while this is graded
    from grader.demo import run

    run(demo)"""
# First, because it finds `exercises` for the imports: a kernel starts inside that folder.
TOOLS = "from grader import check, plot"
TASK = (
    "Write each function in its cell and run it; the cell below it grades it as it is now. "
    "Run all cells from the top once first: later ones depend on earlier ones."
)
AT_LAST = "Once the functions are written, see them at work and in pictures:"
SPECIAL = re.compile(r"([*_<\\])")  # in Markdown, outside of code


@dataclass
class Section:
    """Statements of the file that share a cell, and the comments before them."""

    nodes: list[ast.stmt]
    comment: str
    code: str

    @property
    def text(self) -> str:
        return "\n".join(filter(None, [self.comment, self.code]))


def notebook(chapter: registry.Chapter, source: bytes) -> bytes:
    """Return the notebook as bytes; raise `SyntaxError` if the file does not parse."""
    tree = ast.parse(source)
    lines = _absolute(tree, re.split(r"\r\n|\r|\n", _text(source)))
    cells = _cells(chapter, tree, _sections(tree, lines))
    book = v4.new_notebook(cells=cells, metadata=KERNEL)
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    nbformat.validate(book)
    return (nbformat.writes(book) + "\n").encode()


def _cells(chapter, tree, sections):
    title = f"# {chapter.id} {chapter.title}"
    prose = (ast.get_docstring(tree) or "").partition("\n")[2]
    kept = [section for section in sections if section.text]
    imports = [section.text for section in kept if _is_import(section)]
    demo = [section for section in kept if _name(section) == DEMO]
    rest = [section for section in kept if not _is_import(section) and _name(section) != DEMO]
    before, after = _lesson(chapter)
    cells = [
        v4.new_markdown_cell(f"{title}\n\n{_markdown(prose)}\n\n{TASK}".replace("\n\n\n", "\n\n")),
        *map(v4.new_markdown_cell, before),
        v4.new_code_cell("\n".join([TOOLS, "", *imports])),
    ]
    for section in rest:
        cells.append(v4.new_code_cell(section.text))
        if _name(section) in chapter.functions:
            cells.append(v4.new_code_cell(_check(chapter, _name(section))))
    cells.append(v4.new_markdown_cell(AT_LAST))
    cells += [v4.new_code_cell(section.text) for section in demo]
    if demo:
        cells.append(v4.new_code_cell(RUN_DEMO))
    return [
        *cells,
        v4.new_code_cell(f'plot("{chapter.id}")'),
        *map(v4.new_markdown_cell, after),
    ]


def _lesson(chapter):
    """The lesson's sections before and after its exercises; none in a copy without lessons."""
    try:
        from lessons.site import markdown
    except ImportError:
        return [], []
    return markdown.sections(chapter.stem)


def _check(chapter, name):
    several = sum(name in other.functions for other in registry.chapters()) > 1
    return f'check("{name}", "{chapter.id}")' if several else f'check("{name}")'


def _sections(tree, lines):
    """The file's statements, each with its lines; adjacent plain statements form one section."""
    sections: list[Section] = []
    end = 0
    for node in tree.body:
        first = _first_line(node) - 1
        if sections and first < end:  # after a semicolon
            sections[-1].nodes.append(node)
            sections[-1].code += "".join(f"\n{line}" for line in lines[end : node.end_lineno])
        else:
            code = "\n".join(lines[first : node.end_lineno])
            sections.append(Section([node], _comment(lines[end:first]), code))
        end = max(end, node.end_lineno)
    sections.append(Section([], _comment(lines[end:]), ""))
    return _joined([_without_dropped(section) for section in sections])


def _without_dropped(section):
    return Section([], section.comment, "") if _is_dropped(section) else section


def _joined(sections):
    """Join plain statements that follow each other, so that they share a cell."""
    joined: list[Section] = []
    for section in sections:
        if joined and _is_plain(section) and _is_plain(joined[-1]):
            both = "\n".join(filter(None, [joined[-1].text, section.text]))
            joined[-1] = Section(joined[-1].nodes + section.nodes, "", both)
        else:
            joined.append(section)
    return joined


def _is_plain(section):
    return not (_name(section) or _is_import(section))


def _is_import(section):
    nodes = section.nodes
    return bool(nodes) and all(isinstance(n, (ast.Import, ast.ImportFrom)) for n in nodes)


def _is_dropped(section):
    """True for the docstring, for `__all__`, and for code that only runs as a script."""
    for node in section.nodes[:1]:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        offers = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        script = isinstance(node, ast.If) and ast.unparse(node.test).startswith("__name__ ==")
        return docstring or offers or script
    return False


def _name(section):
    """The name of the function or class in the section, or None."""
    return getattr(section.nodes[0], "name", None) if section.nodes else None


def _first_line(node):
    return min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])


def _comment(lines):
    """The comments, without blank lines at both ends and without an editor's cell marks."""
    return "\n".join(line for line in lines if not line.startswith("# %%")).strip()


def _text(source):
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return source.decode(encoding)


def _absolute(tree, lines):
    """Turn `from .ch1_1 import x` into an absolute import, because a kernel has no package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            line = lines[node.lineno - 1]
            to = f"from {PACKAGE}.\\1" if node.module else f"from {PACKAGE} \\1"
            begin = len(line.encode()[: node.col_offset].decode())
            pattern = r"from\s*\.\s*(\w)" if node.module else r"from\s*\.\s*(import)"
            lines[node.lineno - 1] = line[:begin] + re.sub(pattern, to, line[begin:], count=1)
    return lines


def _markdown(prose):
    """The docstring as Markdown, with indented lines, mostly formulas, as text blocks."""
    blocks, code = [], False
    for line in prose.strip("\n").splitlines():
        if line.strip() and line.startswith("    ") != code:
            code = not code
            blocks.append("```text" if code else "```")
        blocks.append(line[4:] if code else _escaped(line))
    if code:
        blocks.append("```")
    text = re.sub(r"\n+```\n", "\n```\n\n", "\n".join(blocks))
    return re.sub(r"(\n```\n)\n+", r"\1\n", text)


def _escaped(line):
    pieces = re.split(r"(`[^`]*`)", line)
    return "".join(p if p.startswith("`") else SPECIAL.sub(r"\\\1", p) for p in pieces)
