"""What the bars of a figure of counts stand for: one coder's answers, or what they are settled to."""

from __future__ import annotations

import pandas as pd

from sekom_analysis.codebook import Variable
from sekom_analysis.consensus.sets import consensus_sets
from sekom_analysis.consensus.settled import MAJORITY_BAR, consensus
from sekom_analysis.wording import say


def settled_answers(ratings: pd.DataFrame, variable: Variable, adjudicated: pd.DataFrame) -> pd.Series:
    """Return what was adjudicated, else what more than half of the coders chose.

    Parameters
    ----------
    ratings : table of shape (N, M) of a `single` or `multiple` variable
    variable : Variable
    adjudicated : adjudications of the variable, as ``study.adjudications(variable)`` gives them

    Returns
    -------
    Series of N answers: codes, or frozensets of them; missing where nothing is settled.
    """
    if variable.kind == "single":
        return consensus(ratings, adjudicated)["code"]
    return pd.Series(consensus_sets(ratings, adjudicated)["codes"])


def bar_name(counts: pd.DataFrame, lang: str) -> str:
    """Return in words whose counts the bars are: a coder's, the majority's, or what was settled.

    Parameters
    ----------
    counts : table as `count_codes` gives it
    lang : ``"sv"`` or ``"en"``
    """
    bars = counts[counts["is_bar"].astype(bool)]
    coder = str(bars["coder"].iloc[0])
    if coder != MAJORITY_BAR:
        return coder
    n_adjudicated = int(bars["n_adjudicated"].max()) if "n_adjudicated" in bars else 0
    return say("figure_consensus", lang, n=n_adjudicated) if n_adjudicated else say("figure_majority", lang)
