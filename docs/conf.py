"""How `make docs` makes the site: the pages as they are, and the reference from docstrings."""

from __future__ import annotations

from pathlib import Path

from sekom_analysis import __version__

MENU = {
    "For researchers": ["README", "docs/researchers-guide.sv", "docs/researchers-guide.en", "docs/methods"],
    "For coders": ["docs/coders-guide.sv", "docs/coders-guide.en"],
    "Look up": [
        "docs/reference",
        "docs/file-formats",
        "docs/compared",
        "docs/package",
        "data/README",
        "CHANGELOG",
    ],
    "For developers": ["CONTRIBUTING", "CONVENTIONS"],
}

project = "sekom_analysis"
release = __version__
html_show_copyright = False
html_theme = "furo"
html_title = f"{project} {release}"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]
templates_path = ["templates"]

# The checkout is the source, not docs/ alone, so that a link between pages is the same here and on GitHub.
root_doc = "docs/index"
include_patterns = [
    "build/api/*.rst",
    f"{root_doc}.md",
    *(f"{page}.md" for pages in MENU.values() for page in pages),
]
myst_heading_anchors = 4

autodoc_typehints = "none"  # the docstrings say types, with shapes and units
numpydoc_show_class_members = False  # the template lists them


def add_menu(app, docname, source):
    """Give the front page its menu, which GitHub would show as a block of code."""
    if docname == root_doc:
        for caption, pages in MENU.items():
            listed = "\n".join(f"/{page}" for page in pages)
            source[0] += f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{listed}\n```\n"


def open_front_page(app, error):
    """Lead whoever opens build/docs/index.html to the front page."""
    lead = f'<meta http-equiv="refresh" content="0; url={root_doc}.html">\n'
    (Path(app.outdir) / "index.html").write_text(lead, encoding="utf-8")


def setup(app):
    """Join both to Sphinx."""
    app.connect("source-read", add_menu)
    app.connect("build-finished", open_front_page)
