"""A chapter's file, cut into the cells of a notebook.

By nbformat, not by way of jupytext's text form: that would take a learner's comment such as
`# %timeit softmax(Z)` for a command, and `# %%` for the end of a cell.
"""

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
RUN_DEMO = 'if __name__ == "__main__":  # not while this is graded\n    demo()'
TASK = (
    "Write each function in its cell and run it; the cell below it grades it as it is now. "
    "Run the cells from the top once first, for they stand on each other."
)
AT_LAST = "The functions at work, once they are written, and what they look like:"
SPECIAL = re.compile(r"([*_<\\])")  # in Markdown, outside of code


@dataclass
class Part:
    """Some statements of the file, and the comments before them."""

    nodes: list
    comment: str
    code: str

    @property
    def text(self):
        return "\n".join(filter(None, [self.comment, self.code]))


def notebook(chapter, source):
    """The notebook's bytes; a `SyntaxError` where the file does not parse."""
    tree = ast.parse(source)
    lines = _absolute(tree, re.split(r"\r\n|\r|\n", _text(source)))
    cells = _cells(chapter, tree, _parts(tree, lines))
    book = v4.new_notebook(cells=cells, metadata=KERNEL)
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    nbformat.validate(book)
    return (nbformat.writes(book) + "\n").encode()


def _cells(chapter, tree, parts):
    title = f"# {chapter.id} {chapter.title}"
    prose = (ast.get_docstring(tree) or "").partition("\n")[2]
    kept = [part for part in parts if part.text]
    imports = [part.text for part in kept if _is_import(part)]
    demo = [part for part in kept if _name(part) == DEMO]
    rest = [part for part in kept if not _is_import(part) and _name(part) != DEMO]
    cells = [
        v4.new_markdown_cell(f"{title}\n\n{_markdown(prose)}\n\n{TASK}".replace("\n\n\n", "\n\n")),
        v4.new_code_cell("\n".join([*imports, "", "from grader import check, plot"])),
    ]
    for part in rest:
        cells.append(v4.new_code_cell(part.text))
        if _name(part) in chapter.functions:
            cells.append(v4.new_code_cell(_check(chapter, _name(part))))
    cells.append(v4.new_markdown_cell(AT_LAST))
    cells += [v4.new_code_cell(part.text) for part in demo]
    if demo:
        cells.append(v4.new_code_cell(RUN_DEMO))
    return [*cells, v4.new_code_cell(f'plot("{chapter.id}")')]


def _check(chapter, name):
    several = sum(name in other.functions for other in registry.chapters()) > 1
    return f'check("{name}", "{chapter.id}")' if several else f'check("{name}")'


def _parts(tree, lines):
    """The file's statements with the lines that are theirs; neighbours that define nothing, one."""
    parts, end = [], 0
    for node in tree.body:
        first = _first_line(node) - 1
        if parts and first < end:  # behind a semicolon
            parts[-1].nodes.append(node)
            parts[-1].code += "".join(f"\n{line}" for line in lines[end : node.end_lineno])
        else:
            code = "\n".join(lines[first : node.end_lineno])
            parts.append(Part([node], _comment(lines[end:first]), code))
        end = max(end, node.end_lineno)
    parts.append(Part([], _comment(lines[end:]), ""))
    return _joined([_without_what_drops(part) for part in parts])


def _without_what_drops(part):
    return Part([], part.comment, "") if _is_dropped(part) else part


def _joined(parts):
    """Plain statements one after the other share a cell."""
    joined = []
    for part in parts:
        if joined and _is_plain(part) and _is_plain(joined[-1]):
            both = "\n".join(filter(None, [joined[-1].text, part.text]))
            joined[-1] = Part(joined[-1].nodes + part.nodes, "", both)
        else:
            joined.append(part)
    return joined


def _is_plain(part):
    return not (_name(part) or _is_import(part))


def _is_import(part):
    return bool(part.nodes) and all(isinstance(n, (ast.Import, ast.ImportFrom)) for n in part.nodes)


def _is_dropped(part):
    """The docstring, `__all__`, and what runs as a script only."""
    for node in part.nodes[:1]:
        docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        offers = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
        script = isinstance(node, ast.If) and ast.unparse(node.test).startswith("__name__ ==")
        return docstring or offers or script
    return False


def _name(part):
    """Of the function or class that the part is."""
    return getattr(part.nodes[0], "name", None) if part.nodes else None


def _first_line(node):
    return min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])


def _comment(lines):
    """Comments without blank lines at both ends, and without an editor's marks of cells."""
    return "\n".join(line for line in lines if not line.startswith("# %%")).strip()


def _text(source):
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return source.decode(encoding)


def _absolute(tree, lines):
    """A kernel has no package: `from .ch1_1 import x` names it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            line = lines[node.lineno - 1]
            to = f"from {PACKAGE}.\\1" if node.module else f"from {PACKAGE} \\1"
            begin = len(line.encode()[: node.col_offset].decode())
            pattern = r"from\s*\.\s*(\w)" if node.module else r"from\s*\.\s*(import)"
            lines[node.lineno - 1] = line[:begin] + re.sub(pattern, to, line[begin:], count=1)
    return lines


def _markdown(prose):
    """The docstring's paragraphs; what is indented there, formulas mostly, as it stands."""
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
