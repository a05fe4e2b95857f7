"""What to know about coefficients beside each other, and about those of scores."""

from __future__ import annotations

import pandas as pd

from sekom_analysis.agreement.catalogue import OF_SCORES, meant, n_scored
from sekom_analysis.agreement.intervals import Estimate
from sekom_analysis.agreement.patterns import Patterns
from sekom_analysis.agreement.scores import NOTES_FOR_INTERVAL, WITH_GAPS
from sekom_analysis.basics.wording import number, say

# Agreement that looks good, with an alpha below what Krippendorff (2019) calls tentative.
HIGH_PERCENT, LOW_ALPHA = 0.8, 0.667
# Coefficients further apart than this call for a word.
APART = 0.1


def why_they_differ(table: pd.DataFrame, lang: str = "en") -> str:
    """Return a sentence on why coefficients of one table differ; empty where they do not.

    Parameters
    ----------
    table : DataFrame
        As `agreement` gives it, with percent, alpha and ac1.
    lang : {"en", "sv"}

    Examples
    --------
    >>> from sekom_analysis.agreement import agreement
    >>> ratings = pd.DataFrame({"k1": ["a"] * 19 + ["b"], "k2": ["a"] * 18 + ["b", "a"]})
    >>> why_they_differ(agreement(ratings, n_resamples=0))[:53]
    '90% of the pairs agree. Alpha expects 90% by chance, '
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


def why_low(table: pd.DataFrame, lang: str = "en") -> str:
    """Return why alpha is low though nearly all pairs of coders agree; empty where that is not so.

    Parameters
    ----------
    table : DataFrame
        As `agreement` gives it, with percent and alpha.
    lang : {"en", "sv"}

    Examples
    --------
    >>> from sekom_analysis.agreement import agreement
    >>> ratings = pd.DataFrame({"k1": ["a"] * 19 + ["b"], "k2": ["a"] * 18 + ["b", "a"]})
    >>> why_low(agreement(ratings, n_resamples=0))[:43]
    '90% of the pairs agree and yet α is −0.03: '
    """
    rows = {row["coefficient"]: row for row in table.to_dict("records")}
    if not {"percent", "alpha"} <= rows.keys():
        return ""
    percent, found = rows["percent"]["value"], rows["alpha"]
    if not (percent >= HIGH_PERCENT and found["value"] < LOW_ALPHA):
        return ""
    shares = {name: number(100 * float(found[name]), lang, 0) for name in ("observed", "expected")}
    alpha = number(float(found["value"]), lang)
    return say("agreement_why_low", lang, percent=number(100 * percent, lang, 0), alpha=alpha, **shares)


def which_kappa(name: str, patterns: Patterns, lang: str) -> str:
    """Return which κ was worked out where no more than `kappa` was asked for, and a space."""
    return f"{say(f'agreement_kappa_{meant(name, patterns.n_coders)}', lang)} " if name == "kappa" else ""


def about_scores(name: str, patterns: Patterns, lang: str) -> str:
    """Return which notes a coefficient of scores goes by, where not all, and why there is no interval."""
    n, n_complete = n_scored(name, patterns), n_scored("kendall_w", patterns)
    told = []
    if n > n_complete or patterns.n_notes > max(n, n_complete):
        key = "agreement_components" if n > n_complete or name in WITH_GAPS else "agreement_listwise"
        told.append(say(key, lang, n=n, n_notes=patterns.n_notes))
    if n < NOTES_FOR_INTERVAL:
        told.append(say("agreement_few_scores", lang, n=n, least=NOTES_FOR_INTERVAL))
    return " ".join(told)


def without_few_scores(name: str, found: Estimate, patterns: Patterns) -> Estimate:
    """Return an estimate without an interval where it is of scores, and too few notes have them."""
    if name in OF_SCORES and n_scored(name, patterns) < NOTES_FOR_INTERVAL:
        return found._replace(low=float("nan"), high=float("nan"))
    return found
