"""The parts of a lesson that Sphinx has no node for, and the HTML they become."""

from docutils import nodes

from . import places
from .figures import size


class Folded(nodes.General, nodes.Element):
    """A `<details>`: its first child is a `Summary`."""


class Summary(nodes.General, nodes.TextElement):
    """What is seen of a folded part."""


class Verdict(nodes.General, nodes.Inline, nodes.TextElement):
    """Whether a choice is right; seen once the choice is opened."""


class Box(nodes.General, nodes.Element):
    """A `<div>` with attributes of its own, given as `attributes`."""


class Picture(nodes.General, nodes.Element):
    """A pair of SVG files, for light and dark pages, with its caption inside."""


def folded(summary, *children, classes=()):
    """Return a folded part; `summary` is a text or a list of inline nodes."""
    shown = [nodes.Text(summary)] if isinstance(summary, str) else summary
    return Folded("", Summary("", "", *shown), *children, classes=list(classes))


def setup(app):
    """Tell Sphinx how to write these nodes as HTML, which the ePub uses too."""
    tags = {
        Folded: (_open_folded, _close("</details>\n")),
        Summary: (_open("summary"), _close("</summary>\n")),
        Verdict: (_open("span"), _close("</span>")),
        Box: (_open_box, _close("</div>\n")),
        Picture: (_open_picture, _close("</figure>\n")),
    }
    for node, pair in tags.items():
        app.add_node(node, override=True, html=pair)


def _open(tag):
    def visit(self, node):
        self.body.append(self.starttag(node, tag, "", CLASS=" ".join(node.get("classes", []))))

    return visit


def _close(tag):
    return lambda self, node: self.body.append(tag)


def _open_folded(self, node):
    # An ePub cannot rely on folding: readers that know no <details> show all of it anyway.
    self.body.append(self.starttag(node, "details"))


def _open_box(self, node):
    self.body.append(self.starttag(node, "div", **node.get("attributes", {})))


def _open_picture(self, node):
    """Write the picture for light pages, and its dark twin next to it where pages can be dark."""
    named = {"data-stem": node["stem"], "data-picture": node["name"]}
    self.body.append(self.starttag(node, "figure", CLASS="picture", **named))
    static = "_static/pictures"
    twins = {"only-light": ""}
    if self.builder.name != "epub":
        twins["only-dark"] = "-dark"
    self.body.append('<div class="frame">')
    # `lazy` so that only the twin that is seen is loaded.
    for name, suffix in twins.items():
        source = f"{static}/{node['stem']}--{node['name']}{suffix}.svg"
        width, height = node["size"]
        image = {"src": source, "alt": node["alt"], "width": width, "height": height}
        self.body.append(self.emptytag(node, "img", "\n", CLASS=name, loading="lazy", **image))
    self.body.append("</div>\n")


def picture_size(stem, name):
    """Return width and height of a picture that was drawn for the site, and its file."""
    file = published() / "pictures" / f"{stem}--{name}.svg"
    return size(file.read_text(encoding="utf-8")), file


def published():
    """Return the folder of the pictures that are copied into the site."""
    return places.CACHE / "static"
