"""How many notes each code has, with what shows how far the counts depend on the coder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sekom_analysis.agreement.coded import CodedRatings, read_ratings
from sekom_analysis.basics.errors import CodebookError, NotesError, RatingsError
from sekom_analysis.consensus.draws import Prior, count_votes, draw, of_used_codes
from sekom_analysis.consensus.settled import MAJORITY, SETTLED_BAR, consensus, settled_answers
from sekom_analysis.study.about import SETTLED
from sekom_analysis.study.codebook import Variable

if TYPE_CHECKING:
    from sekom_analysis.study.study import Study


# --- spans of the counts ------------------------------------------------------------------------------


CODERS, CODING, SAMPLING = SPANS = ("coders", "coding", "sampling")
TAILS = (0.025, 0.975)
Random = int | np.random.Generator


def check_span(interval: str, study: Study, variable: Variable) -> None:
    """Refuse a kind of span that does not exist, or is not for the variable or the study.

    Raises
    ------
    RatingsError
    StanceError
        If the study is reflexive and the span takes one code of a note to be right.
    """
    if interval not in SPANS:
        msg = f"There is no span '{interval}' of counts. The spans: {', '.join(SPANS)}. Nothing was counted."
        raise RatingsError(msg)
    if interval == CODERS:
        return
    # Quality counts too, so it cannot be imported above.
    from sekom_analysis.study.checks import check_stance

    check_stance(study)
    if variable.kind != "single":
        msg = (
            f"The span '{interval}' takes one right code a note, and '{variable.id}' may have several. "
            f"Ask for '{CODERS}'. Nothing was counted."
        )
        raise RatingsError(msg)


def add_spans(
    counts: pd.DataFrame,
    ratings: pd.DataFrame,
    split: pd.DataFrame | None,
    interval: str,
    rng: Random,
    n_draws: int,
) -> pd.DataFrame:
    """Return counts with ``low``, ``high`` and ``interval``, the same in each coder's row of a bar.

    Parameters
    ----------
    counts : one row per code, `by` and coder, with ``count``, ``n_notes`` and ``n_all``
    ratings, split : what was counted, and what splits the counts; the coders' own, no majority
    interval : one of `SPANS`
    rng, n_draws : as for `span_of_draws`
    """
    if interval == CODERS:
        ends = span_of_coders(counts[counts["coder"].isin(ratings.columns)])
    else:
        ends = span_of_draws(ratings, split, interval == SAMPLING, rng, n_draws)
        # A code that nobody chose is not on any note; without any note read there is no count at all.
        keys = pd.MultiIndex.from_frame(counts[["code", "by"]].drop_duplicates())
        ends = ends.reindex(keys, fill_value=0.0 if len(ends) else np.nan)
    return counts.join(ends, on=["code", "by"]).assign(interval=interval)


def span_of_coders(tally: pd.DataFrame) -> pd.DataFrame:
    """Return the lowest and highest count among coders who read all notes; missing if fewer than two did.

    Parameters
    ----------
    tally : one row per code, `by` and coder: ``code``, ``by``, ``coder``, ``count``, ``n_notes``, ``n_all``

    Returns
    -------
    DataFrame of ``low`` and ``high``, index (code, by)
    """
    keys = pd.MultiIndex.from_frame(tally[["code", "by"]].drop_duplicates())
    full = tally[tally["n_notes"] == tally["n_all"]]
    if full["coder"].nunique() < 2:
        return pd.DataFrame({"low": np.nan, "high": np.nan}, index=keys)
    each = full.groupby(["code", "by"], sort=False)["count"]
    return pd.DataFrame({"low": each.min(), "high": each.max()}).reindex(keys).astype(float)


def readers_of_all(ratings: pd.DataFrame) -> list[str]:
    """Return the coders who read all the notes; nobody if fewer than two did: one coder spans nothing."""
    readers = list(ratings.columns[ratings.notna().all()])
    return readers if len(readers) > 1 else []


def span_of_draws(
    ratings: pd.DataFrame,
    split: pd.DataFrame | None,
    resample: bool = False,
    rng: Random = 0,
    n_draws: int = 4000,
) -> pd.DataFrame:
    """Return 95 % intervals of the counts from draws of the notes' right codes.

    The model is that of `model_consensus`; where there is a `split`, both variables' right codes are drawn
    together. Notes that nobody has decided on are not counted.

    Parameters
    ----------
    ratings : table of shape (N, M) of a `single` variable
    split : the same coders' ratings of the variable that splits the counts, if any
    resample : draw the notes anew too, with replacement, once in each draw
    rng : seed or Generator
    n_draws : R

    Returns
    -------
    DataFrame of ``low`` and ``high``, index (code, by) of all pairs of codes that somebody chose
    """
    tables = [ratings]
    if split is not None:
        tables.append(split.reindex(index=ratings.index, columns=ratings.columns))
    seen = np.logical_and.reduce([table.notna().any(axis=1).to_numpy() for table in tables])
    coded = [of_used_codes(read_ratings(table).rows(np.flatnonzero(seen)))[0] for table in tables]
    index = _pairs(coded)
    if not seen.any():
        return pd.DataFrame({"low": [], "high": []}, index=index, dtype=float)
    generator = np.random.default_rng(rng)
    draws = draw(count_votes(coded), Prior(), n_draws, generator)
    counts = draws.counts.reshape(len(draws.counts), -1)
    if resample:
        counts = generator.multinomial(int(seen.sum()), counts / seen.sum())
    low, high = _ends(counts)
    return pd.DataFrame({"low": low, "high": high}, index=index)


def span_kind(counts: pd.DataFrame) -> str:
    """Return the kind of the spans that counts have; empty where there are none."""
    if not {"low", "high", "interval"} <= set(counts.columns):
        return ""
    kinds = counts.dropna(subset=["low", "high"])["interval"].unique()
    return str(kinds[0]) if len(kinds) else ""


def _pairs(coded: list[CodedRatings]) -> pd.MultiIndex:
    bys = coded[1].codes if len(coded) > 1 else ("",)
    return pd.MultiIndex.from_product([coded[0].codes, bys], names=["code", "by"])


def _ends(counts: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return whole numbers that hold at least 95 % of the draws, for each column of (R, K)."""
    low = np.quantile(counts, TAILS[0], axis=0, method="lower")
    high = np.quantile(counts, TAILS[1], axis=0, method="higher")
    return low.astype(float), high.astype(float)


# --- how many notes each code has, with what shows how far the counts depend on the coder -------------


COUNT_COLUMNS = [
    "code", "label_sv", "label_en", "by", "by_label_sv", "by_label_en", "by_colour",
    "coder", "is_bar", "is_source", "count", "n_notes", "n_all",
    "n_coders", "n_adjudicated", "n_alone", "n_unsettled", "low", "high", "interval",
]  # fmt: skip


def count_codes(
    study: Study,
    variable: str,
    by: str | None = None,
    notes: object = None,
    coders: Iterable[str] | None = None,
    bar: str | None = None,
    interval: str = CODERS,
    rng: Random = 0,
    n_draws: int = 4000,
) -> pd.DataFrame:
    """Count the notes of each code: by the coder whose counts are the bars, and by every coder.

    Parameters
    ----------
    study : Study
    variable : a `single` or `multiple` variable
    by : a `single` variable that splits each count, such as hinder/möjlighet
    notes : ids or a table of notes; of these, or of all, those that the variables are asked of
    coders : whose counts; left out, everybody who decided
    bar : whose counts are the bars: ``"settled"`` (adjudicated, else what more than half of the coders who
        used the codebook chose), or a coder, such as the report's own sorting. Left out, what ``bar`` in
        study.yaml says, else ``"settled"``; where only one coder has answered, theirs
    interval : {"coders", "coding", "sampling"}
        Kind of span around each count. ``coders``: from the lowest to the highest count among the coders
        who used the codebook and read all the notes; no confidence level is claimed. ``coding``: 95 % of
        the draws of the notes' right codes (`model_consensus`), if each note has one right code and coders
        err independently. ``sampling``: the same with the notes drawn again too, as if they were
        independent of each other; notes from one table are alike, so it is too narrow for those.
    rng : seed or Generator of the draws; the default span draws nothing
    n_draws : draws behind ``coding`` and ``sampling``

    Returns
    -------
    DataFrame, one row per code × `by` × coder, zeros included: ``code``, ``by``, their labels,
    ``coder`` (``"(settled)"``, as no coder can be called, for the settled codes), ``is_bar``, ``is_source``
    (the report's own sorting, made without the codebook: no part of settled codes and of spans), ``count``,
    ``n_notes`` (notes that the coder decided, or that are settled), ``n_all`` (notes there are); the same in
    every row, about the settled codes: ``n_coders`` (who used the codebook), ``n_adjudicated`` (notes that
    count with the code they were adjudicated, or with none if left open), ``n_alone`` (that one coder alone
    decided) and ``n_unsettled`` (that somebody decided and that have no settled code); and ``low``, ``high``
    and ``interval`` (its kind) of the bar, missing where fewer than two coders have read all notes.

    Raises
    ------
    CodebookError
        If a variable does not exist or cannot be counted.
    RatingsError
        If `bar` is not a coder, or there is no such span for the variable.
    StanceError
        If the study is reflexive, and bars would be the majority's or spans take one code to be right.
    """
    counted = study.codebook[variable]
    if counted.kind == "scale":
        msg = f"'{variable}' is a scale; its numbers are scores and are not counted as codes."
        raise CodebookError(msg)
    check_span(interval, study, counted)
    ids = study.notes_asked(counted, notes)
    if by:  # a note that one of the two is not asked of is not counted
        ids = study.notes_asked(study.codebook[by], ids)
    table = study.ratings(variable, coders, ids)
    split = study.ratings(by, list(table.columns), ids) if by else None
    sources = [coder for coder in table.columns if study.about.coder(coder).kind == "source"]
    own = table.drop(columns=sources)
    own_split = None if split is None else split.drop(columns=sources)
    adjudicated = study.adjudications(variable)
    adjudicated = adjudicated[adjudicated["note_id"].isin(ids)]
    chosen = _bar_of(study, variable, table, own, sources, bar, has_verdicts=len(adjudicated) > 0)
    about = {"n_coders": len(own.columns), "n_adjudicated": 0, "n_alone": 0, "n_unsettled": 0}
    if chosen == SETTLED_BAR:
        # Quality counts too, so it cannot be imported above.
        from sekom_analysis.study.checks import check_stance

        check_stance(study)
        settled = settled_answers(own, counted, adjudicated)
        table = table.astype(object).assign(**{SETTLED_BAR: settled})
        if own_split is not None and split is not None and by is not None:
            settled_by = consensus(own_split, study.adjudications(by))["code"]
            split = split.astype(object).assign(**{SETTLED_BAR: settled_by})
        about |= _rests_on(own, settled, adjudicated)
    counts = _tally(table, split, counted, study.codebook[by] if by else None)
    counts = counts.assign(
        is_bar=counts["coder"] == chosen, is_source=counts["coder"].isin(sources), n_all=len(ids), **about
    )
    if own.columns.empty:
        own, own_split = table.drop(columns=SETTLED_BAR, errors="ignore"), split
    return add_spans(counts, own, own_split, interval, rng, n_draws)[COUNT_COLUMNS]


def _bar_of(
    study: Study,
    variable: str,
    table: pd.DataFrame,
    own: pd.DataFrame,
    sources: list[str],
    bar: str | None,
    *,
    has_verdicts: bool,
) -> str:
    """Return whose counts are the bars: a coder of the table, or `SETTLED_BAR`."""
    if bar is not None and bar not in (SETTLED, MAJORITY, SETTLED_BAR, *table.columns):
        allowed = ", ".join([SETTLED, *table.columns])
        msg = f"'{bar}' has decided nothing on '{variable}'. Bars can be those of: {allowed}."
        raise RatingsError(msg)
    asked = bar if bar is not None else study.about.bar
    if asked in table.columns:
        return asked
    if not has_verdicts and len(own.columns) == 1:
        return str(own.columns[0])
    is_told = bar is None and sources and (own.columns.empty or study.about.stance == "reflexive")
    return sources[0] if is_told and not has_verdicts else SETTLED_BAR


def _rests_on(own: pd.DataFrame, settled: pd.Series, adjudicated: pd.DataFrame) -> dict[str, int]:
    """Return how many notes are settled by a person's verdict, by one coder alone, and not at all."""
    verdicts = set(adjudicated["note_id"])
    n_voters = own.notna().sum(axis=1)
    is_adjudicated = own.index.isin(verdicts)
    return {
        "n_adjudicated": len(verdicts),
        "n_alone": int(((n_voters == 1) & ~is_adjudicated).sum()),
        "n_unsettled": int((settled.isna() & ((n_voters > 0) | is_adjudicated)).sum()),
    }


def _codes_used(ratings: pd.DataFrame, variable: Variable) -> list[str]:
    """List the codes to count: all that can be chosen, and others only if somebody chose them."""
    answers: list[Any] = list(ratings.astype(object).stack().dropna())
    used = {str(c) for answer in answers for c in (answer if variable.kind == "multiple" else [answer])}
    own = [code.id for code in variable.codes if not code.retired or code.id in used]
    return [*own, *sorted(used - set(own))]


def _tally(
    table: pd.DataFrame, split: pd.DataFrame | None, variable: Variable, by: Variable | None
) -> pd.DataFrame:
    """Count each code of each coder, split by the other variable if there is one; zeros included."""
    long = pd.DataFrame({"code": table.astype(object).stack()}).dropna()
    long.index.names = ["note_id", "coder"]
    long["by"] = "" if split is None else split.astype(object).stack().reindex(long.index)
    long = long.dropna(subset="by")
    n_notes = long.groupby("coder").size()
    chosen = long.explode("code") if variable.kind == "multiple" else long
    bys = [""] if by is None or split is None else _codes_used(split, by)
    grid = pd.MultiIndex.from_product(
        [table.columns, _codes_used(table, variable), bys], names=["coder", "code", "by"]
    )
    counts = chosen.groupby(["coder", "code", "by"]).size().reindex(grid, fill_value=0)
    tally = counts.rename("count").reset_index()
    for lang in ("sv", "en"):
        tally[f"label_{lang}"] = [variable.label_of(code, lang) for code in tally["code"]]
        tally[f"by_label_{lang}"] = [by.label_of(code, lang) if by else "" for code in tally["by"]]
    colours = {code.id: code.colour or "" for code in by.codes} if by else {}
    tally["by_colour"] = [colours.get(code, "") for code in tally["by"]]
    tally["n_notes"] = [int(n_notes.get(coder, 0)) for coder in tally["coder"]]
    return tally


# --- the same codebook over several sources: what recurs, what is new ---------------------------------


_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
SOURCE_COLUMNS = [
    "source", "code", "label_sv", "label_en", "count", "share", "low", "high", "n_settled", "n_read", "n_all",
]  # fmt: skip


def count_by_source(
    study: Study, variable: str, coders: Iterable[str] | None = None, notes: object = None
) -> pd.DataFrame:
    """Count the notes of each code in each source, by what the coders settle on.

    Parameters
    ----------
    study : Study; its notes have a column ``source``
    variable : a `single` variable
    coders : whose decisions count; left out, everybody but the report's own sorting, which covers one source
    notes : ids or a table of notes; left out, all that the variable is asked of

    Returns
    -------
    DataFrame, one row per source × code, sources by the year in their names if all have one (else as the
    notes come) and codes as in the codebook, zeros included:
    ``count``, ``share`` of the source's settled notes, ``low`` and ``high`` over the coders who read all
    the source's notes (missing if fewer than two did), ``n_settled``, ``n_read`` (that somebody decided)
    and ``n_all``. No interval of sampling is given: what was written in
    a document is not drawn from anything.

    Raises
    ------
    CodebookError
        If the variable is not `single`.
    NotesError
        If the notes have no sources.
    StanceError
        If the study is reflexive and several coders are counted.
    """
    asked = study.codebook[variable]
    if asked.kind != "single":
        msg = f"'{variable}' is {asked.kind}; sources are compared by the codes of a 'single' variable."
        raise CodebookError(msg)
    if "source" not in study.notes.columns:
        msg = "The notes have no column 'source'. Add one to data/raw to compare sources."
        raise NotesError(msg)
    ids = study.notes_asked(asked, notes)
    ratings = study.ratings(variable, study.with_codebook if coders is None else coders, ids)
    if len(ratings.columns) > 1:
        # Quality counts too, so it cannot be imported above.
        from sekom_analysis.study.checks import check_stance

        check_stance(study)
    settled = settled_answers(ratings, asked, study.adjudications(variable))
    source = study.notes.loc[ids, "source"]
    labels = [(c.id, c.label.in_("sv"), c.label.in_("en")) for c in asked.codes if not c.retired]
    rows = []
    for name in in_time(source):
        here = source.index[source == name]
        part = ratings.loc[here]
        readers = readers_of_all(part)
        is_settled = settled.loc[here].notna()
        n_settled, n_read = int(is_settled.sum()), int((is_settled | part.notna().any(axis=1)).sum())
        for code, sv, en in labels:
            own = [int((part[reader] == code).sum()) for reader in readers]
            count = int((settled.loc[here] == code).sum())
            share = count / n_settled if n_settled else float("nan")
            low, high = min(own, default=pd.NA), max(own, default=pd.NA)
            rows.append((name, code, sv, en, count, share, low, high, n_settled, n_read, len(here)))
    return pd.DataFrame(rows, columns=SOURCE_COLUMNS).astype({"low": "Int64", "high": "Int64"})


def in_time(sources: Iterable[str]) -> list[str]:
    """Return each source once: by the year in their names where all have one, else as they come.

    Examples
    --------
    >>> in_time(["möte-2023", "konferens-2016", "möte-2023"])
    ['konferens-2016', 'möte-2023']
    """
    names = list(dict.fromkeys(sources))
    years = {name: _YEAR.findall(name) for name in names}
    return sorted(names, key=lambda name: years[name][-1]) if all(years.values()) else names


def recurrence(table: pd.DataFrame) -> pd.DataFrame:
    """Return in how many sources each code occurs, and whether the first of them lacks it.

    Parameters
    ----------
    table : as `count_by_source` gives it

    Returns
    -------
    DataFrame, one row per code: ``label_sv``, ``label_en``, ``n_sources`` with the code, ``of``, ``sources``
    (their names), ``is_new`` (not in the first source, but in a later one) and ``is_gone`` (the reverse).
    A source lacks a code only if all its notes were read: of one that was not, neither is said.

    Examples
    --------
    >>> rows = [("2016", "tid", 3), ("2016", "vilja", 0), ("2023", "tid", 0), ("2023", "vilja", 2)]
    >>> table = pd.DataFrame(rows, columns=["source", "code", "count"]).assign(label_sv="", label_en="")
    >>> recurrence(table)[["code", "n_sources", "is_new", "is_gone"]].values.tolist()
    [['tid', 1, False, True], ['vilja', 1, True, False]]
    """
    sources = list(dict.fromkeys(table["source"]))
    is_read = pd.Series(True, index=table.index)
    if "n_read" in table.columns:
        is_read = table["n_read"] == table["n_all"]
    rows = []
    for code, part in table.groupby("code", sort=False):
        there = list(part.loc[part["count"] > 0, "source"])
        lacking = set(part.loc[(part["count"] == 0) & is_read[part.index], "source"])
        first, later = sources[0] in there, any(name in there for name in sources[1:])
        rows.append(
            {
                "code": code, "label_sv": part["label_sv"].iloc[0], "label_en": part["label_en"].iloc[0],
                "n_sources": len(there), "of": len(sources), "sources": tuple(there),
                "is_new": later and sources[0] in lacking, "is_gone": first and lacking >= set(sources[1:]),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
