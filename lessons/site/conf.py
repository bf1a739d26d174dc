"""The configuration that Sphinx reads; `building.py` calls Sphinx with this folder."""

from docutils import nodes
from pygments.lexers.special import TextLexer

from lessons.page import bundle
from lessons.site import cache, coursemap, directives, head, maths, places
from lessons.site import nodes as lesson_nodes

STATIC = places.SITE / "static"
PICTURES = lesson_nodes.published() / "pictures"

project = "Learn Deep Learning with NumPy"
author = "Learn Deep Learning with NumPy"
language = "en"
copyright = "the authors, MIT License"
version = release = "0.1"
extensions = ["myst_parser"]
exclude_patterns = ["site", "figures", "README.md"]

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_dmath_double_inline = False
myst_heading_anchors = 3
myst_links_external_new_tab = False

html_theme = "furo"
html_title = project
html_static_path = ["static", str(lesson_nodes.published())]
html_favicon = str(STATIC / "favicon.svg")
html_css_files = ["katex/katex.min.css", "lessons.css"]
html_js_files = [("lessons.js", {"defer": "defer"})]
if (bundle.READY / "course.js").is_file():  # Python in the pages
    # Found here, they get a `?v=`: no page runs the scripts of an older one.
    html_static_path += [str(bundle.READY / name) for name in ("course.css", "course.js")]
    html_css_files += ["course.css"]
    html_js_files += [("course.js", {"defer": "defer"})]
html_math_renderer = "katex"
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_last_updated_fmt = None
html_theme_options = {
    "navigation_with_keys": False,
    "top_of_page_buttons": [],
    "light_css_variables": {
        "color-brand-primary": "#0b5c74",
        "color-brand-content": "#0b5c74",
        "color-brand-visited": "#5b4a86",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7cc7de",
        "color-brand-content": "#7cc7de",
        "color-brand-visited": "#c3b3e6",
    },
}

epub_title = project
epub_show_urls = "no"
epub_css_files = ["epub-lessons.css"]
# Formulas are MathML there: KaTeX's fonts and style, and the dark pictures, stay out.
epub_exclude_files = [
    "_static/lessons.js",
    "_static/lessons.css",
    "_static/favicon.svg",
    *(f"_static/{p.relative_to(STATIC)}" for p in (STATIC / "katex").rglob("*.*")),
    *(f"_static/pictures/{p.name}" for p in PICTURES.glob("*-dark.svg")),
]
epub_tocscope = "default"

formulas = maths.Formulas(places.CACHE / "formulas.json")


def setup(app):
    """Put the parts of a lesson into Sphinx."""
    for part in (lesson_nodes, directives, head, coursemap):
        part.setup(app)
    # Pages are written again when the code that writes them changes.
    builder = cache.fingerprint(*cache.python_files(places.SITE))
    app.add_config_value("lessons_builder", builder, "env", [str])
    app.add_lexer("output", TextLexer)
    app.add_html_math_renderer("katex", (_inline, None), (_display, None))
    app.connect("html-page-context", _give_levels, priority=900)  # after Furo's own
    app.connect("build-finished", lambda app, error: formulas.save())


def _give_levels(app, pagename, templatename, context, doctree):
    """Give the captions in the sidebar, which Sphinx calls headings, the level of one."""
    for tree in ("furo_navigation_tree", "toctree"):
        if isinstance(context.get(tree), str):
            context[tree] = context[tree].replace('role="heading"', 'role="heading" aria-level="2"')


def _inline(self, node):
    self.body.append(_formula(self, node, display=False))
    raise nodes.SkipNode


def _display(self, node):
    self.body.append(f'<div class="math">{_formula(self, node, display=True)}</div>\n')
    raise nodes.SkipNode


def _formula(self, node, display):
    from sphinx.util import logging

    output = "mathml" if self.builder.name == "epub" else "htmlAndMathml"
    try:
        return formulas.html(node.astext(), display, output)
    except maths.BadFormula as error:
        logging.getLogger(__name__).warning("formula %s", error, location=node)
        return ""
