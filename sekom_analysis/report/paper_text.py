"""What goes into a paper: the paragraph on methods, the works that it cites, and tables as LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import pandas as pd
import yaml

from sekom_analysis import __version__
from sekom_analysis.basics.wording import list_in_words, number, say
from sekom_analysis.consensus.settled import ADJUDICATED, UNRESOLVED
from sekom_analysis.report.blocks import Table
from sekom_analysis.report.sections.agreed import NAMED
from sekom_analysis.results import IMPORTED, INDEPENDENT, MAIN, Results
from sekom_analysis.study.decisions import INDEPENDENT as OWN_PASS

Values = dict[str, Any]
BLIND_WAYS = ("card", "page", "sheet")


def methods_paragraph(results: Results) -> str:
    """Return how the study was done and measured, as it goes into a paper's section on methods.

    Parameters
    ----------
    results : Results

    Returns
    -------
    Sentences in the results' language. One whose data the study's files do not have is left out; nothing is
    said of how coding was done elsewhere that a file brought.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sekom_analysis import Study
    >>> from sekom_analysis.results import work_out
    >>> from sekom_analysis.study.making import create_sample
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_sample(Path(folder) / "sample")
    ...     results = work_out(Study.open(Path(folder) / "sample"), "en", n_resamples=0)
    >>> methods_paragraph(results).startswith("The material consisted of 179 notes.")
    True
    """
    said = [text for rule in SENTENCES for text in rule(results) if text]
    return " ".join(said)


def cited_works(results: Results) -> list[str]:
    """Return the BibTeX entries of the works that the paragraph cites, in the order of their keys."""
    text = methods_paragraph(results)
    return [one["bibtex"].strip() for _, one in sorted(bibliography().items()) if one["cite"] in text]


@cache
def bibliography() -> dict[str, Mapping[str, str]]:
    """Return the works that can be cited: key -> how the text names it, and its BibTeX entry."""
    text = files("sekom_analysis.report").joinpath("bibliography.yaml").read_text(encoding="utf-8")
    works: dict[str, Mapping[str, str]] = yaml.safe_load(text)
    return works


def _cite(*keys: str) -> str:
    return "; ".join(bibliography()[key]["cite"] for key in keys)


WORKS = {"alpha": "krippendorff", "ac1": "gwet", "cohen": "cohen", "fleiss": "fleiss"}


# --- the sentences, each with what it needs -----------------------------------------------------------


def _material(results: Results) -> Iterator[str]:
    """Needs notes."""
    n = len(results.main)
    key = "methods_material_one" if n == 1 else "methods_material"
    yield say(key, results.lang, n=number(n, results.lang, 0))


def _codebook(results: Results) -> Iterator[str]:
    """Needs variables that somebody answered."""
    lang, book = results.lang, results.study.codebook
    coded = [variable for variable in book.variables if variable.id in results.everybody]
    parts = []
    for variable in coded:
        n = sum(not code.retired for code in variable.codes)
        kind = {"low": "", "high": ""}
        if variable.range:
            kind = {name: number(end, lang, 0) for name, end in zip(kind, variable.range, strict=True)}
        facts: Values = {"label": variable.label.in_(lang), "n": n, **kind}
        parts.append(say(f"methods_variable_{variable.kind}", lang, **facts))
    if parts:
        yield say("methods_codebook", lang, variables=list_in_words(parts, lang))


def _coders(results: Results) -> Iterator[str]:
    """Needs coders who used the codebook; people and programs are told apart."""
    lang, about = results.lang, results.study.about
    for kind in ("human", "automatic", "unknown"):
        own = [coder for coder in results.independent if about.coder(coder).kind == kind]
        if own:
            one = "_one" if len(own) == 1 else ""
            yield say(f"methods_coders_{kind}{one}", lang, n=len(own))
            trained = {text.in_(lang) for coder in own if (text := about.coder(coder).training)}
            yield from (say("methods_training", lang, text=text.rstrip(".")) for text in sorted(trained))
    for source in results.sources:
        yield say("methods_source", lang, source=source)


def _blind(results: Results) -> Iterator[str]:
    """Needs answers that were all given in pass 1, on card, page or sheet: these show nobody else's."""
    events = results.study.decisions(coders=results.independent)
    own = events[events["note_id"].isin(results.main.index)]
    is_blind = own["via"].isin(BLIND_WAYS) & (own["pass"] == str(OWN_PASS))
    if len(own) and is_blind.all():
        yield say("methods_blind", results.lang)
    elif len(own) and (own["via"] == IMPORTED).all():
        yield say("methods_imported", results.lang)


def _overlap(results: Results) -> Iterator[str]:
    """Needs two coders who used the codebook."""
    decided = results.conduct.decided
    if len(results.independent) > 1 and len(decided) and decided["of"].sum():
        share = 100 * decided["both"].sum() / decided["of"].sum()
        yield say("methods_overlap", results.lang, share=number(share, results.lang, 0))


def _agreement(results: Results) -> Iterator[str]:
    """Needs planned coefficients among those who used the codebook."""
    lang = results.lang
    rows = results.rows(MAIN, INDEPENDENT)
    rows = rows[rows["value"].notna()]
    if rows.empty:
        return
    for (name, level), part in rows.groupby(["coefficient", "level"], sort=False):
        values = [_value(results, row) for row in part.to_dict("records")]
        works = [WORKS[name]] if name in WORKS else []
        works += ["passonneau"] if level == "masi" else []
        shown = say(f"coefficient_{name}", lang) if name in NAMED else str(name)
        about = {"name": shown, "level": say(f"level_{level}", lang), "values": list_in_words(values, lang)}
        yield say("methods_coefficient" if works else "methods_uncited", lang, cites=_cite(*works), **about)
    if rows["low"].notna().any():
        clustered = results.study.cluster is not None
        key = "methods_intervals_clusters" if clustered else "methods_intervals"
        facts: Values = {
            "n": number(results.n_resamples, lang, 0),
            "column": results.study.about.cluster or "",
        }
        yield say(key, lang, cites=_cite("efron"), **facts)


def _value(results: Results, row: Mapping[Any, Any]) -> str:
    lang = results.lang
    label = results.study.codebook[str(row["variable"])].label.in_(lang)
    value = number(row["value"], lang)
    if pd.isna(row["low"]):
        return say("methods_value", lang, label=label, value=value)
    ends = {end: number(row[end], lang) for end in ("low", "high")}
    return say("methods_value_interval", lang, label=label, value=value, **ends)


def _floor(results: Results) -> Iterator[str]:
    """Needs a floor that the study says was set beforehand."""
    plan = results.study.about.plan
    if plan.floor is not None and plan.prespecified:
        yield say("methods_floor", results.lang, floor=number(plan.floor, results.lang, 3))


def _settled(results: Results) -> Iterator[str]:
    """Needs notes that two or more coded, or that somebody adjudicated."""
    lang, bases = results.lang, results.settled.bases
    if bases.empty:
        return
    yield say("methods_settled_two" if len(results.independent) == 2 else "methods_settled", lang)
    n, n_open = (int(bases[name].sum()) for name in (ADJUDICATED, UNRESOLVED))
    who = list(dict.fromkeys(map(str, results.settled.entries["adjudicator"])))
    if n and who:
        key = "methods_adjudicated_one" if n == 1 else "methods_adjudicated"
        yield say(key, lang, n=n, who=list_in_words(who, lang))
    if n_open:
        yield say("methods_open_one" if n_open == 1 else "methods_open", lang, n=n_open)


def _revised(results: Results) -> Iterator[str]:
    """Needs definitions that changed while people coded."""
    n = len(results.conduct.changes)
    if n:
        yield say("methods_revised_one" if n == 1 else "methods_revised", results.lang, n=n)


def _program(results: Results) -> Iterator[str]:
    yield say("methods_program", results.lang, version=__version__)


SENTENCES: list[Callable[[Results], Iterator[str]]] = [
    _material, _codebook, _coders, _blind, _overlap, _agreement, _floor, _settled, _revised, _program,
]  # fmt: skip


# --- tables as LaTeX ----------------------------------------------------------------------------------


_ACTING = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_",
    "%": r"\%", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def escaped(text: str) -> str:
    r"""Return a text as LaTeX sets it and does not act on it.

    Examples
    --------
    >>> escaped("95 % & mer_åt")
    '95 \\% \\& mer\\_åt'
    """
    return "".join(_ACTING.get(sign, sign) for sign in text)


def latex_table(table: Table) -> str:
    r"""Return a table of the report as LaTeX, with the rules of the package booktabs.

    Parameters
    ----------
    table : its caption, columns, rows, heads over columns, groups and row of sums

    Examples
    --------
    >>> print(latex_table(Table("t", "Antal", ["Kod", "n"], [["Tid", "3"]])))
    \begin{table}
    \caption{Antal}
    \begin{tabular}{lr}
    \toprule
    Kod & n \\
    \midrule
    Tid & 3 \\
    \bottomrule
    \end{tabular}
    \end{table}
    """
    width = len(table.columns)
    columns = "".join("r" if table.is_numeric(place) else "l" for place in range(width))
    lines = [
        r"\begin{table}",
        rf"\caption{{{escaped(table.caption)}}}",
        rf"\begin{{tabular}}{{{columns}}}",
        r"\toprule",
    ]
    if any(text for text, _ in table.spans):
        heads = [rf"\multicolumn{{{n}}}{{c}}{{{escaped(text)}}}" for text, n in table.spans]
        lines.append(" & ".join(["", *heads]) + r" \\")
    lines += [_row(table.columns), r"\midrule"]
    for place, row in enumerate(table.rows):
        if place in table.groups:
            lines.append(rf"\multicolumn{{{width}}}{{l}}{{\itshape {escaped(table.groups[place])}}} \\")
        lines.append(_row(row))
    if table.foot:
        lines += [r"\midrule", _row(table.foot)]
    return "\n".join([*lines, r"\bottomrule", r"\end{tabular}", r"\end{table}"])


def _row(cells: Sequence[str]) -> str:
    return " & ".join(map(escaped, cells)) + r" \\"
