"""The page about ratings from files: coefficients, figure, disagreements, and a sentence on the methods."""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from sekom_analysis.agreement.breakdowns import Summary, summarise
from sekom_analysis.basics.errors import ReportError
from sekom_analysis.basics.files import check_outside, replace_file
from sekom_analysis.basics.wording import Phrase, number, say, visible
from sekom_analysis.exchange.ratings import Found
from sekom_analysis.figures import plot_agreement
from sekom_analysis.figures.styling import render_figure, style
from sekom_analysis.report import DOCX, HTML, fill_page
from sekom_analysis.report.blocks import Block, Figure, Note, Section, Table, Text, names, span
from sekom_analysis.report.documents import docx_bytes

DISPUTED_SHOWN = 200


def write_ratings_report(found: Found, path: str | os.PathLike[str], lang: str = "sv", **how: Any) -> Path:
    """Write agreement on ratings from files as a page or a Word document.

    Parameters
    ----------
    found : what the files hold
    path : ``.html`` or ``.docx``; a file that is there is replaced
    lang : ``"sv"`` or ``"en"``
    **how : as in `summarise`: coefficients, n_resamples, rng

    Raises
    ------
    ReportError
        If it can be neither of the two.
    NotSavedError
        If the file cannot be written.
    """
    target = check_outside(Path(path))
    form = target.suffix.lower().removeprefix(".")
    if form not in (HTML, DOCX):
        msg = f"'{target.name}' cannot be written: end its name with .html or .docx. Nothing was written."
        raise ReportError(msg)
    results = [
        summarise(one.ratings, one.level, one.kind, found.texts, lang=lang, **how) for one in found.questions
    ]
    named = zip(found.questions, results, strict=True)
    more = [_section(asked.name, one, place) for place, (asked, one) in enumerate(named, start=1)]
    more.append(Section(say("report_methods", lang), [Text(_methods(one)) for one in results]))
    head = _head(found, results, lang)
    drawn = {figure.stem: figure.draw for section in more for figure in section.figures()}
    pictures: dict[str, bytes] = {}
    for stem, draw in drawn.items():
        with style():
            kind = "svg" if form == HTML else "png"
            pictures[stem] = render_figure(draw().figure, [kind])[kind]  # type: ignore[arg-type]
    if form == HTML:
        uris = {
            stem: f"data:image/svg+xml;base64,{base64.b64encode(d).decode()}" for stem, d in pictures.items()
        }
        return replace_file(target, fill_page(head, lang, uris, more).encode("utf-8"))
    with TemporaryDirectory() as made:
        for stem, data in pictures.items():
            (Path(made) / f"{stem}.png").write_bytes(data)
        page = fill_page(head, lang, {stem: f"{stem}.png" for stem in pictures}, more, DOCX)
        return replace_file(target, docx_bytes(page, Path(made), visible(head["title"]), lang))


def _head(found: Found, results: Sequence[Summary], lang: str) -> dict[str, Any]:
    said: list[Phrase] = [*found.said, *(line for one in found.questions for line in one.said)]
    coders = list(dict.fromkeys(coder for one in results for coder in one.coders))
    return {
        "title": say("ratings_title", lang),
        "lead": say("ratings_lead", lang, n_notes=len(found.notes), coders=names(coders, lang)),
        "before": [line.in_(lang) for line in said],
    }


def _methods(one: Summary) -> str:
    lang = one.lang
    others = [name for name in one.overall["coefficient"] if name != "alpha"]
    percent = say("ratings_percent", lang)
    told = [percent if name == "percent" else _coefficient(name, lang) for name in others]
    return say(
        "ratings_methods",
        lang,
        others=names(told, lang),
        coders=names(one.coders, lang),
        n=int(one.overall["n_pairable"].max()),
        level=say(f"level_{one.level}", lang),
        n_resamples=number(one.n_resamples, lang, 0),
        rng=one.rng,
    )


def _section(name: str, one: Summary, place: int) -> Section:
    lang = one.lang
    heading = name or say("report_agreement", lang)
    rows = _figure_rows(one)
    blocks: list[Block] = []
    if rows["value"].notna().any():
        caption = say("ratings_figure", lang)
        draw = partial(plot_agreement, rows, lang=lang)
        blocks.append(Figure(f"agreement_{place}", caption, caption, draw))
    blocks.append(_table(one, place))
    shown = one.disputed.head(DISPUTED_SHOWN)
    blocks.append(Text(say("ratings_disputed", lang, n=len(one.disputed), shown=len(shown))))
    return Section(heading, [*blocks, *_notes(one, shown)])


def _notes(one: Summary, shown: pd.DataFrame) -> list[Note]:
    found = []
    for note, row in zip(shown.index, shown.to_dict("records"), strict=True):
        lines = [(coder, row[column], "") for coder, column in zip(one.coders, one.answers, strict=True)]
        found.append(Note(str(note), str(row["text"]) if "text" in row else "", lines))
    return found


def _figure_rows(one: Summary) -> pd.DataFrame:
    lang = one.lang
    overall = one.overall.assign(
        group=say("ratings_all", lang),
        label=[_coefficient(name, lang) for name in one.overall["coefficient"]],
        n_notes=one.overall["n_pairable"],
    )
    parts = [overall]
    for table, key in ((one.by_code, "ratings_by_code"), (one.by_pair, "ratings_by_pair")):
        if len(table):
            own = table[table["coefficient"] == "alpha"]
            labels = own["code"] if "code" in own else own["coder_a"] + " – " + own["coder_b"]
            counts = own["n_carrying"] if "n_carrying" in own else own["n_pairable"]
            parts.append(own.assign(group=say(key, lang), label=labels.astype(str), n_notes=counts))
    columns = ["group", "label", "value", "low", "high", "note", "n_notes"]
    return pd.concat([part[columns] for part in parts], ignore_index=True)


def _coefficient(name: str, lang: str) -> str:
    known = ("percent", "alpha", "ac1")
    return say(f"coefficient_{name}", lang) if name in known else name


def _table(one: Summary, place: int) -> Table:
    lang = one.lang
    rows = _figure_rows(one)
    cells = [
        [f"{row['label']} ({row['group']})" if row["group"] != say("ratings_all", lang) else row["label"],
         number(row["value"], lang), span(row["low"], row["high"], lang), str(row["n_notes"]), row["note"]]
        for row in rows.to_dict("records")
    ]  # fmt: skip
    heads = [
        "",
        say("ratings_value", lang),
        say("column_interval", lang),
        say("column_notes", lang),
        say("ratings_remark", lang),
    ]
    return Table(
        f"agreement_{place}", say("report_agreement_table", lang), heads, cells, [True, True, True, False]
    )
