"""Sentences for the column `note`: why there is no answer, and what to know about one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sekom_analysis.agreement.catalogue import LISTWISE, unsuited
from sekom_analysis.agreement.estimates import Estimate, Interval, nothing_disputed
from sekom_analysis.agreement.patterns import Patterns
from sekom_analysis.wording import number, say

# Below this, simulated 95 % intervals covered 85–99 % (docs/methods.md).
FEW_NOTES = 75
# Coefficients further apart than this call for a word.
APART = 0.1


def explain(
    name: str,
    found: Estimate,
    patterns: Patterns,
    how: Interval,
    lang: str = "en",
    n_carrying: int | None = None,
) -> str:
    """Return what should be known about an estimate; empty where nothing need be said."""
    if np.isnan(found.value):
        return why_undefined(name, patterns, lang)
    if how.method == "krippendorff" and name != "alpha":
        return say("agreement_alpha_only", lang)
    if n_carrying is not None and np.isnan(found.low) and how.n_resamples:
        return say("agreement_rare_code", lang, n=n_carrying)
    if nothing_disputed(found.value, found.observed):
        return say("agreement_nothing_disputed", lang, n=patterns.n_pairable)
    if name in LISTWISE:
        return _listwise(patterns, lang)
    if len(found.resampled) and patterns.n_pairable < FEW_NOTES and n_carrying is None:
        return say("agreement_few_notes", lang, n=patterns.n_pairable)
    lost = float(np.mean(np.isnan(found.resampled))) if len(found.resampled) else 0.0
    if lost:
        return say("agreement_lost_resamples", lang, percent=number(100 * lost, lang, 1))
    return ""


def why_undefined(name: str, patterns: Patterns, lang: str = "en") -> str:
    """Return the reason why a coefficient has no value."""
    unfit = unsuited(name, patterns)
    if unfit:
        return say(unfit, lang)
    used = int((patterns.multiplicity @ patterns.counts > 0).sum())
    if patterns.n_notes == 0:
        return say("agreement_no_decision", lang)
    if patterns.n_coders < 2:
        return say("agreement_one_coder", lang)
    if patterns.n_pairable == 0:
        return say("agreement_no_pairable", lang)
    if used < 2:
        return say("agreement_one_code", lang)
    return say("agreement_undefined", lang)


def _listwise(patterns: Patterns, lang: str) -> str:
    if patterns.choices is None:
        return ""
    decided = patterns.choices[:, (patterns.choices >= 0).any(axis=0)] >= 0
    complete = int(patterns.multiplicity[decided.all(axis=1)].sum())
    if complete == patterns.n_pairable:
        return ""
    return say("agreement_listwise", lang, n=complete)


def why_they_differ(table: pd.DataFrame, lang: str = "en") -> str:
    """Return a sentence on why coefficients of one table lie apart; empty where they do not.

    Parameters
    ----------
    table : DataFrame
        As `agreement` gives it, with percent, alpha and ac1.
    lang : {"en", "sv"}

    Examples
    --------
    >>> from sekom_analysis.agreement import agreement
    >>> ratings = pd.DataFrame({"k1": ["a"] * 19 + ["b"], "k2": ["a"] * 18 + ["b", "a"]})
    >>> why_they_differ(agreement(ratings, n_resamples=0))[:55]
    '90 % of the pairs agree. Alpha expects 90 % by chance, '
    """
    rows = table.set_index("coefficient")
    if not {"percent", "alpha", "ac1"} <= set(rows.index):
        return ""
    values = rows["value"]
    if not values["percent"] - min(values["alpha"], values["ac1"]) > APART:
        return ""
    return say(
        "agreement_why_they_differ",
        lang,
        percent=number(100 * float(values["percent"]), lang, 0),
        alpha=number(100 * float(rows["expected"]["alpha"]), lang, 0),
        ac1=number(100 * float(rows["expected"]["ac1"]), lang, 0),
    )
