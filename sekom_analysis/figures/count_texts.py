"""What a figure of counts says of itself: what is counted, by whom, how much is settled, whose span."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from sekom_analysis.basics.wording import count_notes, list_in_words, number, say
from sekom_analysis.consensus import SETTLED_BAR
from sekom_analysis.consensus.counts import CODERS, span_kind
from sekom_analysis.consensus.settled import bar_name

MOST_NAMED = 4
HIDDEN = "figure_hidden"


@dataclass(frozen=True)
class Coder:
    """Who counted, how many notes they have read, and how many there are."""

    name: str
    read: int
    of: int
    is_source: bool


def is_of(counts: pd.DataFrame, column: str) -> pd.Series[bool]:
    """Return a column of truth; false all the way where the table lacks it."""
    if column not in counts.columns:
        return pd.Series(False, index=counts.index)
    return counts[column].astype(bool)


def coders_of(counts: pd.DataFrame) -> list[Coder]:
    """Return who counted, in the order of the table; the settled codes are nobody."""
    each = counts.assign(own=is_of(counts, "is_source")).drop_duplicates("coder")
    rows = each[each["coder"] != SETTLED_BAR].to_dict("records")
    return [
        Coder(str(row["coder"]), int(row["n_notes"]), int(row["n_all"]), bool(row["own"])) for row in rows
    ]


def has_spans(counts: pd.DataFrame) -> bool:
    """Whether a band is to be seen: at least one bar's span has a length."""
    return bool(span_kind(counts)) and bool((counts["low"] < counts["high"]).any())


def is_of_several(counts: pd.DataFrame) -> bool:
    """Whether notes may have several codes or none: somebody's counts do not add up to their notes."""
    sums = counts.groupby("coder", sort=False).agg(sum=("count", "sum"), n=("n_notes", "first"))
    return bool((sums["sum"] != sums["n"]).any())


def subtitle_of(counts: pd.DataFrame, lang: str, *, with_percent: bool) -> str:
    """Say what is counted and by whom."""
    bars = counts[counts["is_bar"].astype(bool)]
    coder, n = str(bars["coder"].iloc[0]), int(bars["n_notes"].iloc[0])
    named = bar_name(counts, lang)
    who = named if coder == SETTLED_BAR else say("figure_coded_by", lang, coder=coder)
    if not with_percent:
        return say("figure_counts", lang, bars=who)
    key = "figure_counts_percent_one" if n == 1 else "figure_counts_percent"
    return say(key, lang, n=number(n, lang, 0), bars=who)


def counts_source(counts: pd.DataFrame, lang: str = "sv") -> str:
    """Return the source line of a figure of counts: how much is settled, whose span, who has not read all.

    Parameters
    ----------
    counts : table as `plot_counts` takes it
    lang : ``"sv"`` or ``"en"``

    Returns
    -------
    str
        Sentences, with which a source line of one's own may begin or end.

    Examples
    --------
    >>> import pandas as pd
    >>> row = dict(code="a", by="", label_en="A", count=4, n_notes=9, n_all=9, is_bar=True)
    >>> counts_source(pd.DataFrame([{**row, "coder": "(settled)"}]), "en")
    'All 9 notes are settled.'
    """
    bars = counts[counts["is_bar"].astype(bool)]
    about = bars.iloc[0].to_dict()
    said = []
    if about["coder"] == SETTLED_BAR:
        said.append(_settled(int(about["n_notes"]), int(about["n_all"]), lang))
        alone = int(about.get("n_alone", 0)) if int(about.get("n_coders", 0)) > 1 else 0
        said.append(_plural("figure_source_alone", alone, lang))
    if not pd.isna(none := about.get("n_none", 0)):
        said.append(_plural("figure_source_none", int(none), lang))
    said += [_span(counts, lang), _outside(bars, lang), *_partial(coders_of(counts), lang)]
    return " ".join(filter(None, said))


def hidden_sentence(most: int, n: int, lang: str, wording: str = HIDDEN) -> str:
    """Say how many rows there is no room for, and how many notes they have at most."""
    key = wording if most else f"{wording}_zero"
    key = f"{key}_one" if n == 1 else key
    return say(key, lang, n=number(n, lang, 0), most=count_notes(most, lang))


def _plural(key: str, n: int, lang: str) -> str:
    if not n:
        return ""
    return say(f"{key}_one" if n == 1 else key, lang, n=number(n, lang, 0))


def _settled(n: int, of: int, lang: str) -> str:
    if not of:
        return ""
    few = {0: "none", 1: "one"}
    ending = ("only" if n else "not") if of == 1 else "all" if n == of else few.get(n, "")
    key = "figure_source_settled"
    return say(f"{key}_{ending}" if ending else key, lang, n=number(n, lang, 0), all=number(of, lang, 0))


def _span(counts: pd.DataFrame, lang: str) -> str:
    if not has_spans(counts):
        return ""
    kind = span_kind(counts)
    if kind != CODERS:
        return say(f"figure_span_{kind}", lang)
    full = [coder for coder in coders_of(counts) if coder.read == coder.of]
    own = [coder.name for coder in full if not coder.is_source] or [coder.name for coder in full]
    if 1 < len(own) <= MOST_NAMED:
        return say("figure_span_coders", lang, who=list_in_words(own, lang))
    return say("figure_span_coders_many", lang)


def _outside(bars: pd.DataFrame, lang: str) -> str:
    """Explain settled counts that lie outside the coders' own, where some do."""
    if not has_spans(bars) or span_kind(bars) != CODERS or bars["coder"].iloc[0] != SETTLED_BAR:
        return ""
    is_outside = (bars["count"] < bars["low"]) | (bars["count"] > bars["high"])
    return say("figure_source_outside", lang) if is_outside.any() else ""


def _partial(coders: Iterable[Coder], lang: str) -> list[str]:
    part = [coder for coder in coders if coder.read < coder.of]
    if len(part) > MOST_NAMED:
        return [say("figure_source_parts", lang, n=len(part))]
    figures = [(one.name, number(one.read, lang, 0), number(one.of, lang, 0)) for one in part]
    return [say("figure_source_part", lang, coder=name, read=read, all=of) for name, read, of in figures]


# --- whether there is anything to see -----------------------------------------------------------------


def shows_something(counts: pd.DataFrame) -> bool:
    """Whether a figure of the counts would show more than a sentence says.

    Parameters
    ----------
    counts : table as `plot_counts` takes it

    Returns
    -------
    bool
        False where all bars are zero or of one length, or there is one code only.

    Examples
    --------
    >>> import pandas as pd
    >>> counts = pd.DataFrame({"code": ["a", "b"], "by": "", "is_bar": True, "count": [3, 3]})
    >>> shows_something(counts), shows_something(counts.assign(count=[3, 4]))
    (False, True)
    """
    bars = counts[counts["is_bar"].astype(bool)]
    return bars["code"].nunique() > 1 and bars["count"].nunique() > 1
