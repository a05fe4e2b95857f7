"""The coding card as one HTML file that needs no server: opened from disk, it uses no network."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import os
import re
import unicodedata
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from sekom_analysis.basics import wording
from sekom_analysis.basics.errors import NotSavedError
from sekom_analysis.basics.files import check_outside, reason_of, write_whole
from sekom_analysis.coding.session import Session
from sekom_analysis.coding.welcome import welcome
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.rows import utc_text, well_formed
from sekom_analysis.study.secret import BROWSER

# --- the cards' script and styles, as text: the same in a notebook and on a page ----------------------


SCRIPT = "cards.js"  # all kinds of card, made by `make bundle` from the modules in js/
STYLES = ("card.css", "reading.css", "list.css")
ADJUDICATION_STYLES = (*STYLES, "adjudication.css")
REVIEW_STYLES = (*STYLES, "compare.css")


@cache
def script(*names: str) -> str:
    """Return the script, or styles, as one text."""
    folder = files("sekom_analysis.coding")
    return "\n".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)


# --- the coding card as one HTML file that needs no server --------------------------------------------


PAGE_STYLES = (*STYLES, "page.css")
POLICY = "default-src 'none'; script-src {script}; style-src {style}; base-uri 'none'; form-action 'none'"
LONGEST_TITLE = 60
_TOGETHER = timedelta(seconds=0.1)  # nobody decides so fast by hand
TEMPLATE = """\
<!doctype html>
<html lang="{lang}" translate="no">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="google" content="notranslate">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main class="sp-page">
<h1>{title}</h1>
<noscript><p>{no_script}</p></noscript>
<section id="who" class="sp-opening" hidden></section>
<div id="card"></div>
<section id="shelf" class="sp-shelf"></section>
</main>
<script type="application/json" id="data">{data}</script>
<script type="module">{script}</script>
</body>
</html>
"""


def write_page(desk: Desk, path: str | os.PathLike[str], lang: str = "sv", **options: Any) -> Path:
    """Write the coding page of one coder: a single HTML file to send, with all that it needs inside.

    It holds texts, translations, the codebook and what this coder decided
    before; no note's id, source or order, and nothing of anybody else's.
    It asks whose it is before it shows a note: several people with one page
    would become one coder.
    What the coder decides is kept in their browser and comes back as a
    progress file, which `Study.collect` takes.

    Parameters
    ----------
    desk : the coder's desk
    path : the file to write; for a folder, a file in it named after the coder
    lang : ``"sv"`` or ``"en"``
    **options : `variables`, `sources`, `stages`, `only`, `warm_up`, `again` and `training`,
        as `Session` takes them

    Returns
    -------
    The path of the file.

    Raises
    ------
    NotesError
        If no note is left to code.
    NotSavedError
        If the disk did not take the file.

    Examples
    --------
    >>> import tempfile
    >>> from sekom_analysis.study.making import create_sample
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_sample(Path(folder) / "study")
    ...     desk = Desk.open(Path(folder) / "study", "anna")
    ...     write_page(desk, folder).name
    'koda-anna.html'
    """
    session = Session(desk, lang=lang, **options)
    target = Path(path)
    if target.is_dir():
        target = target / wording.say("page_name", lang, coder=desk.coder)
    check_outside(target)
    data = page_data(session, datetime.now(UTC))
    desk.keep_definitions(variable["id"] for variable in data["variables"])
    try:
        write_whole(target, page_html(data).encode("utf-8"))
    except OSError as error:
        msg = f"{target}: the page cannot be written ({reason_of(error)}). Nothing was saved."
        raise NotSavedError(msg) from error
    return target


def page_data(session: Session, made: datetime) -> dict[str, Any]:
    """Return what a page holds: what a card shows, and when each of the coder's own answers was given."""
    desk, data = session.desk, session.data()
    history = desk.history()
    times = _times_shown(desk, history)
    for answers in data["answers"].values():
        for answer in answers.values():
            answer["at"] = times[answer["id"]]
    moment = utc_text(made)
    asked = [desk.codebook[variable["id"]] for variable in data["variables"]]
    earlier = {variable.id: session.changes.earlier(variable.id) for variable in asked}
    found = (again for name in earlier for again in session.changes.all_of(name))
    return {
        **data,
        "variables": [{**shown, "earlier": earlier[shown["id"]]} for shown in data["variables"]],
        "changes": session.changes.told(asked, [*session.found_again(), *found]),
        "texts": {**data["texts"], **wording.texts("pagecard_", session.lang)},
        "page": {**wording.texts("page_", session.lang), "heading": _heading(session)},
        "about": welcome(session),
        "made": moment,
        "floor": max(moment, history["decided_at"].max()) if times else moment,  # nothing made on it is older
        "file": wording.say("page_file", session.lang, study=_study_name(desk), coder=desk.coder),
        "who": _who(session),
        "last_event": _last_event(desk, history),
    }


def _who(session: Session) -> str:
    desk = session.desk
    return desk.name.in_(session.lang) if desk.name else desk.coder[:1].upper() + desk.coder[1:]


def _heading(session: Session) -> str:
    """Return what the browser's tab says: the study's title, cut where it would hide the coder."""
    title = session.desk.about.title.in_(session.lang)
    study = title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1].rstrip()}…"
    return f"{study} – {_who(session)}"


def _last_event(desk: Desk, history: pd.DataFrame) -> str:
    """Return the newest event of the coder, by the id that a page may show."""
    if history.empty:
        return ""
    newest = history.iloc[-1]
    return desk.shown_id(str(newest["event_id"]), str(newest["via"]))


def _times_shown(desk: Desk, history: pd.DataFrame) -> dict[str, str]:
    """Return when each event was made; those loaded together have the time of the last, and so no order."""
    shown: dict[str, str] = {}
    later: tuple[datetime, str] | None = None
    for event_id, via, at in history[["event_id", "via", "decided_at"]].to_numpy()[::-1].tolist():
        moment = datetime.fromisoformat(at)
        is_together = via not in BROWSER and later is not None and later[0] - moment < _TOGETHER
        at_shown = later[1] if is_together and later is not None else at
        later = None if via in BROWSER else (moment, at_shown)
        shown[desk.shown_id(event_id, via)] = at_shown
    return shown


def _study_name(desk: Desk) -> str:
    """Return how a file's name begins: the study's id, or its folder's name where the id is random."""
    name = desk.root.name if re.fullmatch("[0-9a-f]{12}", desk.study_id) else desk.study_id
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    slug = re.sub("[^A-Za-z0-9]+", "-", plain).strip("-")[:40]
    return f"{slug}-" if slug else ""


def page_html(data: dict[str, Any]) -> str:
    """Return the page as text: the same for the same data."""
    code, style = script(SCRIPT), script(*PAGE_STYLES)
    return TEMPLATE.format(
        lang=data["lang"],
        policy=html.escape(POLICY.format(script=_hash(code), style=_hash(style))),
        title=html.escape(data["page"]["heading"]),
        no_script=html.escape(data["page"]["no_script"]),
        style=style,
        data=embedded(data),
        script=code,
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"


def embedded(data: dict[str, Any]) -> str:
    """Return data as JSON in which nothing can end the element that it is in."""
    text = well_formed(json.dumps(data, ensure_ascii=False, separators=(",", ":")))
    return re.sub("[<>&\u2028\u2029]", lambda hit: f"\\u{ord(hit[0]):04x}", text)
