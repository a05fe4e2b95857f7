"""The report as a page for a browser: contents, anchors, look and script in one file."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from markupsafe import Markup

from sekom_analysis import __version__
from sekom_analysis.basics.wording import say, visible
from sekom_analysis.report.blocks import NoteTable, Section

# Nothing is loaded, sent or run but what the page itself holds: its style and script by their digests.
POLICY = (
    "default-src 'none'; img-src data:; style-src {style}; script-src {script}; base-uri 'none'; "
    "form-action 'none'"
)
MAIN, CONTENTS, BEFORE = "main", "contents", "before"
_TOKEN = re.compile(r"(--[\w-]+): light-dark\([^,]+, ([^)]+)\)")


def page_html(
    head: Mapping[str, Any], lang: str, pictures: Mapping[str, str], shown: Sequence[Section]
) -> str:
    """Return the page: `head` gives its title, its lead, and what to know before any number.

    Parameters
    ----------
    head : the template's `title`, `lead` and `before`
    lang : ``"sv"`` or ``"en"``
    pictures : figure's stem -> its address, a data URI
    shown : the sections; those without blocks are not on the page
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("sekom_analysis.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=seen,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    anchor = Anchors([MAIN, CONTENTS, BEFORE])
    parts = parts_of(shown, anchor)
    tables = [block for part in parts for block in part.section.blocks if isinstance(block, NoteTable)]
    rows = {row.note_id: anchor(f"note-{row.note_id}") for table in tables for row in table.rows}
    style, script = _own("report.css"), _own("page.js")
    return environment.get_template("page.html.j2").render(
        parts=parts, anchor=anchor, rows=rows, pictures=pictures, lang=lang, number=Numbering(),
        policy=POLICY.format(style=_digest(style), script=_digest(script)),
        style=Markup(style), script=Markup(script), version=__version__,
        t=lambda key, **values: say(key, lang, **values), **head,
    )  # fmt: skip


# --- where things are on the page ---------------------------------------------------------------------


class Anchors:
    """Gives out what links call a part of the page: readable, made of its name, and each once.

    Examples
    --------
    >>> anchor = Anchors(["main"])
    >>> [anchor(text) for text in ("Nuläget (B)", "Nuläget – B!", "main", "…")]
    ['nulaget-b', 'nulaget-b-2', 'main-2', 'part']
    """

    def __init__(self, taken: Sequence[str] = ()) -> None:
        self._taken = set(taken)

    def __call__(self, text: str) -> str:
        """Return an anchor for a part of that name; of several parts the later ones are numbered."""
        plain = "".join(
            sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)
        )
        name = re.sub(r"[\W_]+", "-", plain.casefold()).strip("-") or "part"
        numbered = (f"{name}-{n}" for n in itertools.count(2))
        found = next(one for one in itertools.chain([name], numbered) if one not in self._taken)
        self._taken.add(found)
        return found


@dataclass(frozen=True)
class Part:
    """A section on the page, where links find it, and whether it is folded, under another, or heads those."""

    section: Section
    anchor: str
    is_folded: bool = False
    is_under: bool = False
    heads_methods: bool = False


def parts_of(shown: Sequence[Section], anchor: Anchors) -> list[Part]:
    """Return the sections in their order; methods, under the first of them, and appendices are folded."""
    on_page = [section for section in shown if section.blocks]
    first = next((section for section in on_page if section.is_method), None)
    found = []
    for section in [*(s for s in on_page if not s.is_appendix), *(s for s in on_page if s.is_appendix)]:
        is_under = section.is_method and section is not first
        is_folded = is_under or section.is_appendix
        found.append(Part(section, anchor(section.heading), is_folded, is_under, section is first))
    return found


class Numbering:
    """Counts figures and tables as the page meets them."""

    def __init__(self) -> None:
        self._figures, self._tables = itertools.count(1), itertools.count(1)

    def figure(self) -> int:
        """Return the next figure's number."""
        return next(self._figures)

    def table(self) -> int:
        """Return the next table's number."""
        return next(self._tables)


# --- what the page holds, and how it is let through ---------------------------------------------------


def seen(value: object) -> object:
    """Make visible what would act on the page; what is markup stays so."""
    if isinstance(value, Markup):
        return Markup(visible(str(value)))
    return visible(value) if isinstance(value, str) else value


def picture_uri(drawing: bytes) -> str:
    """Return an SVG as an address that holds it; one that names the page's colours follows its darkness."""
    return "data:image/svg+xml;base64," + base64.b64encode(_in_the_dark(drawing)).decode("ascii")


def _in_the_dark(drawing: bytes) -> bytes:
    """Tell a picture what its colours are on a dark page: it knows no other."""
    if b"var(--" not in drawing:
        return drawing
    colours = "".join(f"{name}:{dark};" for name, dark in _TOKEN.findall(_own("report.css")))
    style = f"<style>@media (prefers-color-scheme:dark){{svg{{{colours}}}}}</style>"
    return re.sub(rb"<svg\b[^>]*>", lambda tag: tag[0] + style.encode("ascii"), drawing, count=1)


@cache
def _own(name: str) -> str:
    """Return a file of ours as it stands in the page, line ends and all."""
    text = files("sekom_analysis.report").joinpath("templates", name).read_text(encoding="utf-8")
    return "\n".join(text.splitlines())


def _digest(text: str) -> str:
    """Return what a policy calls a style or script: the digest of its text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
