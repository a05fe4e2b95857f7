"""The numbers: what to know before them, counts, how well coders agree and where not, how they came about."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from sekom_analysis.actions.coverage import co_occurrence
from sekom_analysis.agreement.reasons import why_low
from sekom_analysis.basics.wording import number, say
from sekom_analysis.consensus import SETTLED_BAR
from sekom_analysis.consensus.counts import span_kind
from sekom_analysis.consensus.settled import bar_name
from sekom_analysis.figures import plot_agreement, plot_confusions, plot_counts, shows_something
from sekom_analysis.quality import is_reflexive
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
    about_counts,
    choices_in,
    chosen_words,
    label_of,
    names,
    say_counted,
    span,
)
from sekom_analysis.results import AGAINST, ALL, INDEPENDENT, MAIN, POOLED, Results, planned
from sekom_analysis.results.tables import clusters_sentence
from sekom_analysis.study.codebook import Variable
from sekom_analysis.study.rows import local_day

# --- what to know before any number -------------------------------------------------------------------


LOGS_TOLD = 3


def lead(results: Results) -> str:
    """Return the page's first sentence: how many notes, and by whom they were coded."""
    study, lang = results.study, results.lang
    kinds = [study.about.coder(coder).kind for coder in results.coders.index]
    n_of = {"notes": len(study.notes), "automatic": kinds.count("automatic")}
    n_of["coders"] = len(kinds) - n_of["automatic"] - kinds.count("source")
    parts = [say_counted(f"report_lead_{what}", n_of[what], lang) for what in n_of if n_of[what]]
    parts += [say("report_lead_source", lang)] if "source" in kinds else []
    if len(results.main) == len(study.notes):
        return say("report_lead_all", lang, what=names(parts, lang))
    sources = names(study.about.main_sources, lang)
    return say("report_lead_main", lang, what=names(parts, lang), n_main=len(results.main), sources=sources)


def byline(results: Results) -> str:
    """Return who made the report, when the material is from, and until when people answered, if told."""
    lang, about = results.lang, results.study.about
    who = ", ".join(text.in_(lang) for text in (about.author, about.organisation) if text)
    last = max(results.coders["last"], default="")
    told = [f"{who}." if who else "", say("report_material_of", lang, date=about.date) if about.date else ""]
    told.append(say("report_worked_out", lang, date=local_day(last)) if last else "")
    return " ".join(filter(None, told))


def before_section(results: Results) -> Section:
    """Return what a reader must know of the numbers; what is wrong with the files is said above all."""
    lines = before(results)
    return Section(say("report_before", results.lang), [Bullets(lines)] if lines else [])


def before(results: Results) -> list[str]:
    """Say what a reader must know of the numbers."""
    study, lang = results.study, results.lang
    automatic = [c for c in results.independent if study.about.coder(c).kind == "automatic"]
    lines: list[str] = []
    if not study.about.readable:
        lines.append(say("report_unknown_coders", lang))
    if automatic:
        lines.append(say("report_automatic", lang, coders=names(automatic, lang)))
    if results.sources:
        lines.append(say("report_source", lang, coders=names(results.sources, lang)))
    cautions = [study.about.coder(coder).caution for coder in results.coders.index]
    lines += dict.fromkeys(caution.in_(lang) for caution in cautions if caution)
    if is_reflexive(study):
        lines.append(say("report_reflexive", lang))
    elif not study.about.plan.prespecified:
        lines.append(say("report_not_prespecified", lang))
    if results.texts.untranslated:
        lines.append(say(results.texts.untranslated, lang))
    if results.uncoded:
        shown = names((label_of(results, v) for v in results.uncoded), lang)
        lines.append(say("report_uncoded", lang, variables=shown))
    if len(results.problems):
        key = "report_problems_found_one" if len(results.problems) == 1 else "report_problems_found"
        lines.append(say(key, lang, n=len(results.problems)))
    if results.coders.empty:
        lines.append(say("report_no_decisions", lang))
    return lines


def damaged(results: Results) -> list[str]:
    """Say first of all which logs are not whole, where any is."""
    lang, found = results.lang, [problem.in_(results.lang) for problem in results.log_problems]
    told = [say("report_log_told", lang, file=one.file, what=one.what) for one in found[:LOGS_TOLD]]
    if len(found) > LOGS_TOLD:
        told.append(say("report_logs_more", lang, n=len(found) - LOGS_TOLD))
    return [say("report_logs_damaged", lang, told=" ".join(told))] if told else []


# --- how many notes have each code --------------------------------------------------------------------


def counts_figure(results: Results, variable: str) -> list[Block]:
    """Return the figure of a variable's counts; nothing where it would show nothing."""
    lang, table, label = results.lang, results.counts[variable], label_of(results, variable)
    bars = table[table["is_bar"].astype(bool)]
    if not shows_something(table):
        return []
    totals = bars.groupby(f"label_{lang}", sort=False)["count"].sum()
    by_labels = list(dict.fromkeys(table[f"by_label_{lang}"]))
    key = "report_counts_caption" if by_labels == [""] else "report_counts_caption_by"
    caption = say(key, lang, variable=label, by="/".join(by_labels).lower())
    if kind := span_kind(table):
        caption = say(f"report_counts_span_{kind}", lang, caption=caption)
    alt = say(
        "report_counts_alt", lang, variable=label, bar=bar_name(table, lang),
        largest=totals.idxmax(), count=int(totals.max()),
    )  # fmt: skip
    about = about_counts(results, variable, table)
    return [Figure(f"counts_{variable}", caption, alt, partial(plot_counts, table, lang=lang), about=about)]


def others_section(results: Results) -> Section:
    """Return the figures of counts that stand in no chapter and not in brief."""
    lang, told = results.lang, {one.variable.id for one in results.chapters if one.variable}
    told |= set(list(results.counts_shown())[:1]) if results.brief else set()
    blocks: list[Block] = []
    for variable in results.counts_shown():
        if variable not in told and (figure := counts_figure(results, variable)):
            blocks += [Heading(label_of(results, variable)), *said_of(results, variable), *figure]
            blocks += _together(results, variable)
    return Section(say("report_others", lang), blocks)


def said_of(results: Results, about: str) -> list[Block]:
    """Return what the study's author says of a variable, or of a code of it."""
    text = results.study.about.texts.get(about)
    return [Text(text.in_(results.lang))] if text is not None else []


PAIRS_SHOWN = 10


def _together(results: Results, variable: str) -> list[Block]:
    """Return which two codes stand on the same notes most often, where notes have several."""
    lang, asked = results.lang, results.study.codebook[variable]
    if asked.kind != "multiple":
        return []
    ratings = results.study.ratings(variable, results.study.with_codebook, results.main)
    table = co_occurrence(ratings, results.study.adjudications(variable)).head(PAIRS_SHOWN)
    if table.empty:
        return []
    rows = []
    for row in table.to_dict("records"):
        ends = {"a": asked.label_of(row["code_a"], lang), "b": asked.label_of(row["code_b"], lang)}
        numbers = [str(row[name]) for name in ("n_both", "n_a", "n_b")]
        rows.append([say("report_pair_of_codes", lang, **ends), *numbers])
    heads = [say(f"column_{key}", lang) for key in ("pair", "n_both", "n_first", "n_second")]
    caption = say("report_together", lang, variable=label_of(results, variable))
    return [Table(f"together_{variable}", caption, heads, rows, frame=table, about=[variable])]


def count_tables_section(results: Results) -> Section:
    """Return the counts of every coder, a table a variable; those not shown are only written."""
    lang = results.lang
    blocks: list[Block] = []
    for variable, table in results.counts_shown().items():
        if table["coder"].nunique() > 1:
            blocks += [Heading(label_of(results, variable))]
            blocks += _by_coder(results, variable, table, about_counts(results, variable, table))
    behind = {f"counts_{variable}": table for variable, table in results.counts.items()}
    return Section(say("report_counts_by_coder", lang), blocks, behind)


def _by_coder(
    results: Results, variable: str, table: pd.DataFrame, about: tuple[str, ...]
) -> Iterator[Block]:
    """Yield codes × (group × coder) with sums, and how many notes each coder has read."""
    lang, coders = results.lang, list(dict.fromkeys(table["coder"]))
    by_labels = dict(zip(table["by"], table[f"by_label_{lang}"], strict=True))
    labels = dict(zip(table["code"], table[f"label_{lang}"], strict=True))
    count = table.set_index(["code", "by", "coder"])["count"]
    sums = table.groupby(["by", "coder"])["count"].sum()
    columns = [(group, coder) for group in by_labels for coder in coders]
    shown = [bar_name(table, lang) if coder == SETTLED_BAR else coder for coder in coders]
    yield Table(
        f"counts_{variable}",
        say("report_counts_table", lang, variable=label_of(results, variable)),
        [say("column_code", lang), *shown * len(by_labels)],
        [[labels[code], *(str(count[code, group, coder]) for group, coder in columns)] for code in labels],
        spans=[(label, len(coders)) for label in by_labels.values()],
        foot=[say("report_sum_row", lang), *(str(sums[column]) for column in columns)],
        about=about,
    )
    read = table.drop_duplicates("coder").to_dict("records")
    read_of = [
        f"{name} {say('report_read_of', lang, n=row['n_notes'], n_all=row['n_all'])}"
        for name, row in zip(shown, read, strict=True)
    ]
    yield Text(f"{say('report_read_row', lang)}: {'; '.join(read_of)}.", remark=True)


# --- how well coders agree ----------------------------------------------------------------------------


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
    values = overview["value"].dropna()
    low, high = number(values.min(), lang), number(values.max(), lang)
    alt = say("report_agreement_alt", lang, low=low, high=high) if len(values) else ""
    draw = partial(plot_agreement, overview, lang=lang, floor=results.study.about.plan.floor)
    about = list(dict.fromkeys(overview["variable"]))
    yield Figure("agreement", say("report_agreement_caption", lang), alt, draw, about=about)
    caption = say("report_agreement_table", lang)
    yield _coefficients(results, MAIN, caption)
    yield Text(say("report_unweighted", lang), remark=True)
    for variable in results.counts_shown():
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
    clusters = clusters_sentence(results.study, results.agreement, lang)
    return [Text(text), Text(read), *([Text(clusters)] if clusters else [])]


def sentences(results: Results) -> list[str]:
    """Return the main numbers of agreement, a sentence a variable that is shown."""
    return [text for asked in results.study.codebook.variables if (text := _sentence(results, asked.id))]


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
        interval="" if pd.isna(row["low"]) else f" {span(row['low'], row['high'], lang)}",
        coders=names(row["coders"].split(", "), lang),
    )  # fmt: skip
    against = results.rows(MAIN, AGAINST)
    others = against.loc[against["variable"] == variable, "value"].dropna()
    if len(others) and len(results.sources) == 1:
        low, high = number(others.min(), lang), number(others.max(), lang)
        key = "report_sentence_against_same" if low == high else "report_sentence_against"
        text += say(key, lang, source=results.sources[0], low=low, high=high)
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
        if remark := " ".join(filter(None, [row["note"], why_low(same, lang)])):
            remarks[len(rows)] = remark
        level, n_notes = say(f"level_{row['level']}", lang), str(row["n_pairable"])
        alpha, ac1, percent = (value.get(name, "–") for name in ("alpha", "ac1", "percent"))
        rows.append([row["label"], level, n_notes, alpha, interval, ac1, percent])
    heads = [f"column_{key}" for key in ("variable", "level", "notes", "alpha", "interval", "ac1")]
    columns = [say(head, lang) for head in (*heads, "coefficient_percent")]
    numeric = [False, *[True] * 5]
    return Table(
        f"agreement_{scope}", caption, columns, rows, numeric, groups=groups, remarks=remarks,
        about=list(dict.fromkeys(table["variable"])),
    )  # fmt: skip


def _detail(results: Results, variable: str) -> Iterator[Block]:
    """Yield one variable's agreement by code and by pair, and what was mixed up with what."""
    lang, asked = results.lang, results.study.codebook[variable]
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
                n_notes=by_pair["n_pairable"],
            ),
        ],
        ignore_index=True,
    )
    yield Heading(heading["variable"])
    yield Text(say("report_by_code_text", lang, n=len(labels)))
    draw = partial(plot_agreement, rows, lang=lang)
    yield Figure(f"agreement_{variable}", caption, caption, draw, about=[variable])
    if variable in results.confusions:
        yield _confused(results, variable, labels, heading)


def _confused(results: Results, variable: str, labels: dict[str, str], heading: dict[str, str]) -> Figure:
    """Return the grid of codes that stand against each other; of sets of codes there is none."""
    lang, table = results.lang, results.confusions[variable]
    apart = table[table["code_a"] != table["code_b"]]
    most = max(apart.to_dict("records"), key=lambda row: row["pairs"], default={"pairs": 0})
    alt = say("report_confusions_none", lang)
    if most["pairs"]:
        ends = {"first": labels[str(most["code_a"])], "second": labels[str(most["code_b"])]}
        alt = say("report_confusions_alt", lang, pairs=most["pairs"], **ends)
    return Figure(
        f"confusions_{variable}", say("report_confusions_caption", lang, **heading), alt,
        partial(plot_confusions, table, lang=lang, labels=labels), about=[variable],
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
            _beside(results, asked, note, coder) if _is_gap(row[own]) else chosen_words(asked, row[own], lang)
            for coder, own in coders.items()
        ]
        lines = [(coder, one, row[f"memo {coder}"]) for coder, one in zip(coders, chosen, strict=True)]
        notes.append(Note(note, results.texts.quote(note), lines))
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
    for name, source, n_differ, n_both in results.apart:
        if name == variable:
            yield Text(say("report_apart", lang, source=source, n=n_differ, n_all=n_both), remark=True)
    yield from notes


def _is_gap(answer: object) -> bool:
    return not isinstance(answer, frozenset) and bool(pd.isna(answer))  # type: ignore[call-overload]


def _beside(results: Results, asked: Variable, note_id: str, coder: str) -> str:
    """Return in words what a coder did on a note that they have no answer of their own to."""
    lang, did = results.lang, results.beside[asked.id].get((note_id, coder))
    if did is None:
        return say("report_unseen", lang)
    return say(f"report_beside_{did.how}", lang, answer=reading(asked, did.codes, lang))


# --- how the numbers came about -----------------------------------------------------------------------


def methods_section(results: Results) -> Section:
    """Return how the numbers came about; the coders' table is written even where nobody has coded."""
    texts = [Text(text) for text in _methods(results)]
    return Section(say("report_methods", results.lang), texts, {"coders": results.coders.reset_index()})


def _methods(results: Results) -> list[str]:
    if results.coders.empty:
        return []
    study, lang = results.study, results.lang
    on_their_own = [c for c in results.coders.index if c in results.alone or c in results.sources]
    coders = names(on_their_own, lang)
    data = say("report_methods_data", lang, coders=coders, n_main=len(results.main)) if coders else ""
    if results.talked:
        after = say("report_methods_after", lang, coders=names(results.talked, lang))
        data = f"{data} {after}".strip()
    data = " ".join([data, *results.counted_as.values()]).strip()
    if results.agreement.empty:
        return [data]
    by_level: dict[str, list[str]] = {}
    for variable in dict.fromkeys(results.agreement["variable"]):
        _, level = planned(study, study.codebook[variable])
        by_level.setdefault(say(f"level_{level}", lang), []).append(label_of(results, variable))
    levels = "; ".join(
        say("report_level", lang, level=level, variables=names(variables, lang))
        for level, variables in by_level.items()
    )
    intervals = say(
        "report_intervals_notes" if study.cluster is None else "report_intervals_clusters", lang,
        n_resamples=number(results.n_resamples, lang, 0), rng=results.rng, column=study.about.cluster or "",
    )  # fmt: skip
    ac1 = results.agreement.loc[results.agreement["coefficient"] == "ac1", "value"]
    has_ac1 = bool(ac1.notna().any())  # sets of codes have none
    others = say("report_percent_and_gwet" if has_ac1 else "report_percent", lang)
    statistics = say(
        "report_methods_statistics", lang, coefficient=say("coefficient_alpha", lang), levels=levels,
        others=others, intervals=intervals,
    )  # fmt: skip
    return [data, statistics]


# --- problems in the study's files --------------------------------------------------------------------


def problems_section(results: Results) -> Section:
    """Return what is wrong in the study's files, a row each."""
    lang, heading = results.lang, say("report_problems", results.lang)
    problems = results.problems.itertuples(index=False)
    rows = [["" if pd.isna(cell) else str(cell) for cell in row] for row in problems]
    columns = [say(f"column_{key}", lang) for key in ("file", "row", "what", "todo")]
    table = Table("problems", heading, columns, rows, [False] * 3, has_heads=False)
    return Section(heading, [table] if rows else [])
