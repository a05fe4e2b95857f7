"""All coefficients: their formulas, the terms they are functions of, and what they ask of the ratings."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sekom_analysis.agreement import coefficients, components, scores
from sekom_analysis.agreement.coefficients import Parts, Question, Sums
from sekom_analysis.agreement.patterns import FloatArray, Patterns

Term = Callable[[Question], FloatArray]
TERMS: dict[str, Term] = {
    term.__name__: term
    for term in (
        coefficients.pairable_notes,
        coefficients.decided_notes,
        coefficients.marginals,
        coefficients.shares,
        coefficients.agreeing,
        coefficients.disagreeing,
        coefficients.coincidences,
        coefficients.chosen_by,
        coefficients.paired,
        scores.squares,
        scores.together,
        components.by_size,
    )
}


class Coefficient(NamedTuple):
    """A coefficient's formula, its terms, and whether it asks for who chose, two coders, a list, numbers."""

    formula: Callable[[Sums, Question], Parts]
    terms: tuple[str, ...]
    who: bool = False
    two: bool = False
    listed: bool = False
    numbers: bool = False
    share: bool = False  # never below 0


_PAIRS = ("agreeing", "pairable_notes")
_SHARES = (*_PAIRS, "shares", "decided_notes")
ORDINAL_ALPHA = Coefficient(coefficients.alpha, ("coincidences", "marginals"))
COEFFICIENTS: dict[str, Coefficient] = {
    "percent": Coefficient(coefficients.percent, _PAIRS, share=True),
    "alpha": Coefficient(coefficients.alpha, ("disagreeing", "marginals")),
    "fleiss": Coefficient(coefficients.fleiss, _SHARES),
    "scott": Coefficient(coefficients.scott, ("paired",), who=True, two=True),
    "conger": Coefficient(coefficients.conger, (*_PAIRS, "chosen_by"), who=True),
    "cohen": Coefficient(coefficients.cohen, ("paired",), who=True, two=True),
    "light": Coefficient(coefficients.light, ("paired",), who=True),
    "ac1": Coefficient(coefficients.ac1, _SHARES, listed=True),
    "ac2": Coefficient(coefficients.ac1, _SHARES, listed=True),
    "brennan_prediger": Coefficient(coefficients.brennan_prediger, _PAIRS, listed=True),
    "kappa": Coefficient(coefficients.fleiss, _SHARES, who=True),
    "kendall_w": Coefficient(scores.kendall_w, ("together",), who=True, numbers=True, share=True),
}
_ICC = (scores.icc_1_1, scores.icc_1_k, scores.icc_a_1, scores.icc_a_k, scores.icc_c_1, scores.icc_c_k)
COEFFICIENTS |= {one.__name__: Coefficient(one, ("squares",), who=True, numbers=True) for one in _ICC}
COEFFICIENTS |= {f"{one.__name__}_listwise": COEFFICIENTS[one.__name__] for one in _ICC}
OF_SCORES = tuple(name for name, one in COEFFICIENTS.items() if one.numbers)
# Names of the same: by whom a coefficient is also known.
ALSO_KNOWN_AS = {"bennett_s": "brennan_prediger"}


def coefficient(name: str, question: Question) -> Coefficient:
    """Return a coefficient with the terms it needs for this question."""
    if name == "alpha" and question.distance is None:
        return ORDINAL_ALPHA
    if name in scores.WITH_GAPS and scores.has_gaps(question):
        return Coefficient(scores.WITH_GAPS[name], ("by_size",), who=True, numbers=True)
    return COEFFICIENTS[meant(name, question.n_coders)]


def meant(name: str, n_coders: int) -> str:
    """Return which coefficient a name stands for: `kappa` is Cohen's of two coders, Fleiss' of more.

    Examples
    --------
    >>> meant("kappa", 2), meant("kappa", 3), meant("alpha", 3)
    ('cohen', 'fleiss', 'alpha')
    """
    if name != "kappa":
        return name
    return "cohen" if n_coders == 2 else "fleiss"


def n_scored(name: str, patterns: Patterns) -> int:
    """Return how many notes a coefficient of scores goes by: those that two coders scored, or all coders."""
    if patterns.choices is None or name in scores.WITH_GAPS:
        return patterns.n_pairable
    return scores.scored_by_all(patterns.choices, patterns.multiplicity)


def unsuited(name: str, patterns: Patterns) -> str:
    """Return why a coefficient does not suit the ratings, as the key of a text; empty if it does."""
    asks = COEFFICIENTS[meant(name, patterns.n_coders)]
    if not len(patterns.codes):
        return "agreement_no_decision"
    if asks.two and patterns.n_coders != 2:
        return "agreement_takes_two"
    if asks.listed and any(isinstance(code, frozenset) for code in patterns.codes):
        return "agreement_takes_a_list"
    if asks.numbers and not _are_numbers(patterns):
        return "agreement_takes_numbers"
    if asks.who and patterns.choices is None:
        return "agreement_takes_who"
    return ""


def _are_numbers(patterns: Patterns) -> bool:
    return all(isinstance(code, (int, float)) and not isinstance(code, bool) for code in patterns.codes)
