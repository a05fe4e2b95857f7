"""The guides and the documentation as pages for a browser, made of the Markdown in the package."""

from __future__ import annotations

import html
import re
import shutil
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING
from urllib.parse import unquote

from sekom_analysis.basics.errors import StudyError
from sekom_analysis.basics.files import check_outside, write_whole
from sekom_analysis.study.making import sample_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

# As in the repository, so that links from page to page are the same.
FOLDERS = [".", "docs", "data"]
BESIDE = {".png", ".csv", ".yaml"}  # what pages show or link to
_LOOK = """body { font: 16px/1.5 system-ui, sans-serif; max-width: 46em; margin: 2em auto; color: #222 }
table { border-collapse: collapse } td, th { border-bottom: 1px solid #ccc; padding: .3em .6em }
td, th { text-align: left; vertical-align: top } img { max-width: 100% }
pre { background: #f4f4f4; padding: .8em; overflow: auto }"""


def write_docs(folder: Path | None = None) -> dict[str, Path]:
    """Write every page as HTML, with its pictures and tables.

    Parameters
    ----------
    folder : where to; left out, a new folder among the system's temporary ones

    Returns
    -------
    dict
        Name -> page, such as ``"methods"`` or ``"researchers-guide.sv"``; pages of other folders than docs
        have the folder in their names, as ``"data/README"`` does.

    Raises
    ------
    StudyError
        If the documentation did not come with this installation.
    NotSavedError
        If the folder cannot be written to.
    """
    source = sample_folder()
    pages = sorted(path for name in FOLDERS for path in (source / name).glob("*.md"))
    if not (source / "docs" / "index.md").is_file():
        msg = (
            f"The documentation is missing from the installation ('{source}'); install sekom_analysis again."
        )
        raise StudyError(msg)
    target = check_outside(folder) if folder is not None else Path(mkdtemp(prefix="sekom-docs-"))
    made = {}
    for path in pages:
        inside = path.relative_to(source)
        name = inside.with_suffix("").as_posix().removeprefix("docs/")
        made[name] = target / inside.with_suffix(".html")
        write_whole(made[name], _as_page(path).encode("utf-8"))
    for beside in (path for path in (source / "docs").rglob("*") if path.suffix in BESIDE):
        copied = target / beside.relative_to(source)
        copied.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(beside, copied)
    return made


def _as_page(path: Path) -> str:
    """Return a page of Markdown as HTML: headings can be linked to, and links lead to pages made like it."""
    from markdown_it import MarkdownIt

    text = path.read_text(encoding="utf-8")

    reader = MarkdownIt("commonmark").enable("table")
    tokens = reader.parse(text)
    for opening, content in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", _anchor(content.content))
    _relink(tokens, path.parent)
    body = reader.renderer.render(tokens, reader.options, {})
    title = html.escape(next((t.content for t in tokens if t.type == "inline"), ""))
    head = f'<meta charset="utf-8"><title>{title}</title><style>{_LOOK}</style>'
    return f"<!DOCTYPE html>\n<html><head>{head}</head><body>\n{body}</body></html>\n"


def _relink(tokens: Sequence[Token], folder: Path) -> None:
    """Lead links to pages made of what they name; what did not come with the package is named only."""
    for token in tokens:
        _relink(token.children or [], folder)
        address = str(token.attrGet("href") or "")
        named = unquote(address).partition("#")[0]
        if "://" in address or not named:
            continue
        if (folder / named).is_file():
            token.attrSet("href", re.sub(r"\.md(?=#|$)", ".html", address))
        else:
            del token.attrs["href"]


def _anchor(heading: str) -> str:
    """Return what links call a heading, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
