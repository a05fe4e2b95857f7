"""Spans of the counts: how far each depends on the coders, on the reading, and on which notes there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from sekom_analysis.agreement.ratings import CodedRatings, read_ratings
from sekom_analysis.codebook import Variable
from sekom_analysis.consensus.gibbs import draw
from sekom_analysis.consensus.votes import Prior, count_votes, of_used_codes
from sekom_analysis.errors import RatingsError

if TYPE_CHECKING:
    from sekom_analysis.study import Study

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
    from sekom_analysis.quality.stance import check_stance

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
    counts : one row a code, `by` and coder, with ``count``, ``n_notes`` and ``n_all``
    ratings, split : what was counted, and what splits the counts; the coders' own, no majority
    interval : one of `SPANS`
    rng, n_draws : as for `span_of_draws`
    """
    if interval == CODERS:
        ends = span_of_coders(counts[counts["coder"].isin(ratings.columns)])
    else:
        ends = span_of_draws(ratings, split, interval == SAMPLING, rng, n_draws)
        # A code that nobody chose is on no note; without any note read there is no count at all.
        keys = pd.MultiIndex.from_frame(counts[["code", "by"]].drop_duplicates())
        ends = ends.reindex(keys, fill_value=0.0 if len(ends) else np.nan)
    return counts.join(ends, on=["code", "by"]).assign(interval=interval)


def span_of_coders(tally: pd.DataFrame) -> pd.DataFrame:
    """Return the lowest and highest count among coders who read all notes; missing if fewer than two did.

    Parameters
    ----------
    tally : one row a code, `by` and coder: ``code``, ``by``, ``coder``, ``count``, ``n_notes``, ``n_all``

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
    together. Notes that nobody has decided on are in no count.

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
