"""Sections on agreement: how well coders agree, by variable, code and pair, and the most disputed notes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from sekom_analysis.basics.wording import number, say
from sekom_analysis.figures import plot_agreement, plot_confusions
from sekom_analysis.quality.quotes import reading
from sekom_analysis.report.blocks import (
    Block,
    Bullets,
    Figure,
    Heading,
    Note,
    Section,
    Table,
    Text,
    choices_in,
    counts_shown,
    label_of,
    names,
    span,
)
from sekom_analysis.results import AGAINST, ALL, INDEPENDENT, MAIN, POOLED, Results
from sekom_analysis.study.codebook import Variable

DISPUTED_SHOWN = 10


def agreement_section(results: Results) -> Section:
    """Return the planned coefficients with all others beside them; each table is written, shown or not."""
    behind = {"agreement": results.agreement}
    behind |= {f"agreement_by_code_{variable}": table for variable, table in results.by_code.items()}
    behind |= {f"agreement_by_pair_{variable}": table for variable, table in results.by_pair.items()}
    behind |= {f"confusions_{variable}": table for variable, table in results.confusions.items()}
    blocks = list(_agreement(results))
    return Section(say("report_agreement", results.lang), blocks, behind)


def _agreement(results: Results) -> Iterator[Block]:
    lang, overview = results.lang, forest_rows(results, MAIN)
    if overview.empty:
        return
    yield from _intro(results)
    yield Bullets([text for variable in counts_shown(results) if (text := _sentence(results, variable))])
    values = overview["value"].dropna()
    low, high = number(values.min(), lang), number(values.max(), lang)
    alt = say("report_agreement_alt", lang, low=low, high=high) if len(values) else ""
    draw = partial(plot_agreement, overview, lang=lang, floor=results.study.about.plan.floor)
    yield Figure("agreement", say("report_agreement_caption", lang), alt, draw)
    caption = say("report_agreement_table", lang)
    yield _coefficients(results, MAIN, caption)
    yield Text(say("report_unweighted", lang), remark=True)
    for variable in counts_shown(results):
        if variable in results.by_code:
            yield from _detail(results, variable)
    heading = say("report_all_sources", lang, n=len(results.study.notes))
    everything = _coefficients(results, ALL, f"{caption}, {heading.lower()}")
    if everything.rows:
        yield Heading(heading)
        yield Text(say("report_all_sources_text", lang))
        yield everything


def _intro(results: Results) -> list[Text]:
    lang, plan = results.lang, results.study.about.plan
    text = say("report_agreement_text", lang, independent=names(results.alone, lang))
    if results.sources:
        text += " " + say("report_against_text", lang, sources=names(results.sources, lang))
    read = say("report_reading", lang)
    if plan.floor is not None:
        read += say("report_floor", lang, floor=number(plan.floor, lang, 3))
        if plan.below_floor is not None:
            read += say("report_below_floor", lang, text=plan.below_floor.in_(lang))
    return [Text(text), Text(read)]


def _sentence(results: Results, variable: str) -> str:
    """Return the main numbers of one variable in a sentence; empty if there are none."""
    lang = results.lang
    own = results.rows(MAIN, INDEPENDENT)
    own = own[own["variable"] == variable]
    if own.empty:
        return ""
    row = own.to_dict("records")[0]
    text = say(
        "report_sentence", lang, variable=label_of(results, variable), value=number(row["value"], lang),
        interval=span(row["low"], row["high"], lang), coders=names(row["coders"].split(", "), lang),
    )  # fmt: skip
    against = results.rows(MAIN, AGAINST)
    others = against.loc[against["variable"] == variable, "value"].dropna()
    if len(others) and len(results.sources) == 1:
        low, high = number(others.min(), lang), number(others.max(), lang)
        text += say("report_sentence_against", lang, source=results.sources[0], low=low, high=high)
    return text


def forest_rows(results: Results, scope: str) -> pd.DataFrame:
    """Return the planned coefficients as rows of a forest plot: with the codebook, against, pooled."""
    lang = results.lang
    parts = []
    for group in (INDEPENDENT, AGAINST, POOLED):
        rows = results.rows(scope, group)
        labels = [label_of(results, variable) for variable in rows["variable"]]
        if group == AGAINST:
            pairs = [coders.split(", ") for coders in rows["coders"]]
            of_source = [next((c for c in pair if c in results.sources), "") for pair in pairs]
            own = [next((c for c in pair if c not in results.sources), "") for pair in pairs]
            headings = [say("report_against", lang, source=source) for source in of_source]
            labels = [f"{label}: {coder}" for label, coder in zip(labels, own, strict=True)]
        else:
            key = "report_independent" if group == INDEPENDENT else "report_pooled"
            whose = results.independent if group == INDEPENDENT else [*results.sources, *results.independent]
            headings = [say(key, lang, coders=", ".join(whose))] * len(rows)
        parts.append(rows.assign(group_key=group, group=headings, label=labels, n_notes=rows["n_pairable"]))
    return pd.concat(parts, ignore_index=True)


def _coefficients(results: Results, scope: str, caption: str) -> Table:
    """Return the agreement table: rows in groups, three coefficients side by side."""
    table, lang = results.agreement, results.lang
    rows: list[list[str]] = []
    groups: dict[int, str] = {}
    remarks: dict[int, str] = {}
    last = None
    for row in forest_rows(results, scope).to_dict("records"):
        same = table[
            (table["scope"] == scope)
            & (table["coders"] == row["coders"])
            & (table["variable"] == row["variable"])
            & (table["group"] == row["group_key"])
        ]
        found = {one["coefficient"]: one for one in same.to_dict("records")}
        value = {name: number(one["value"], lang) for name, one in found.items()}
        interval = span(found["alpha"]["low"], found["alpha"]["high"], lang) if "alpha" in found else "–"
        if row["group"] != last:
            last = groups[len(rows)] = row["group"]
        if row["note"]:
            remarks[len(rows)] = row["note"]
        level, n_notes = say(f"level_{row['level']}", lang), str(row["n_pairable"])
        alpha, ac1, percent = (value.get(name, "–") for name in ("alpha", "ac1", "percent"))
        rows.append([row["label"], level, n_notes, alpha, interval, ac1, percent])
    heads = [f"column_{key}" for key in ("variable", "level", "notes", "alpha", "interval", "ac1")]
    columns = [say(head, lang) for head in (*heads, "coefficient_percent")]
    numeric = [False, *[True] * 5]
    return Table(f"agreement_{scope}", caption, columns, rows, numeric, groups=groups, remarks=remarks)


def _detail(results: Results, variable: str) -> Iterator[Block]:
    """Yield one variable's agreement by code and by pair, and what was mixed up with what."""
    lang, table, asked = results.lang, results.confusions[variable], results.study.codebook[variable]
    by_code, by_pair = results.by_code[variable], results.by_pair[variable]
    labels = {code: asked.label_of(code, lang) for code in by_code["code"].unique()}
    heading = {"variable": label_of(results, variable), "coders": ", ".join(results.alone)}
    caption = say("report_by_code", lang, **heading)
    rows = pd.concat(
        [
            by_code.assign(
                group=caption, label=[labels[code] for code in by_code["code"]], n_notes=by_code["n_carrying"]
            ),
            by_pair.assign(
                group=say("report_by_pair", lang, **heading),
                label=[f"{a} – {b}" for a, b in zip(by_pair["coder_a"], by_pair["coder_b"], strict=True)],
            ),
        ],
        ignore_index=True,
    )
    apart = table[table["code_a"] != table["code_b"]]
    most = max(apart.to_dict("records"), key=lambda row: row["pairs"], default={"pairs": 0})
    alt = say("report_confusions_none", lang)
    if most["pairs"]:
        ends = {"first": labels[str(most["code_a"])], "second": labels[str(most["code_b"])]}
        alt = say("report_confusions_alt", lang, pairs=most["pairs"], **ends)
    yield Heading(heading["variable"])
    yield Text(say("report_by_code_text", lang, n=len(labels)))
    yield Figure(f"agreement_{variable}", caption, caption, partial(plot_agreement, rows, lang=lang))
    yield Figure(
        f"confusions_{variable}", say("report_confusions_caption", lang, **heading), alt,
        partial(plot_confusions, table, lang=lang, labels=labels),
    )  # fmt: skip


# --- the notes that coders disagree on most -----------------------------------------------------------


def disputed_section(results: Results) -> Section:
    """Return the most disputed notes by variable, each with every coder's choice and memo."""
    blocks = [block for variable in results.disputed for block in _disputed(results, variable)]
    behind = {f"disputed_{variable}": table.reset_index() for variable, table in results.disputed.items()}
    return Section(say("report_disputed", results.lang), blocks, behind)


def _disputed(results: Results, variable: str) -> Iterator[Block]:
    lang, table = results.lang, results.disputed[variable]
    asked, coders = results.study.codebook[variable], choices_in(table)
    notes = []
    for row in table.head(DISPUTED_SHOWN).reset_index().to_dict("records"):
        note = row["note_id"]
        chosen = [
            _beside(results, asked, note, coder) if pd.isna(row[own]) else asked.label_of(row[own], lang)
            for coder, own in coders.items()
        ]
        lines = [(coder, one, row[f"memo {coder}"]) for coder, one in zip(coders, chosen, strict=True)]
        notes.append(Note(note, row["text"], lines))
    facts = {
        "variable": label_of(results, variable),
        "n": len(table),
        "n_all": len(results.study.notes_asked(asked, results.main)),
        "shown": len(notes),
    }
    key = "report_disputed_text" if len(table) > len(notes) else "report_disputed_all"
    key = key if notes else "report_disputed_none"
    yield Heading(label_of(results, variable))
    yield Text(say(key, lang, **facts))
    yield from notes


def _beside(results: Results, asked: Variable, note_id: str, coder: str) -> str:
    """Return in words what a coder did on a note that they have no answer of their own to."""
    lang, did = results.lang, results.beside[asked.id].get((note_id, coder))
    if did is None:
        return say("report_unseen", lang)
    return say(f"report_beside_{did.how}", lang, answer=reading(asked, did.codes, lang))
