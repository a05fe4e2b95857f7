"""Where an interval from resampled notes would mislead: few notes on one side, a rare code, lost resamples.

What is lacking is said; of a rare code there is a posterior interval instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sekom_analysis.agreement.catalogue import COEFFICIENTS
from sekom_analysis.agreement.clusters import ALONE
from sekom_analysis.agreement.coded import IntArray
from sekom_analysis.agreement.coefficients import Question
from sekom_analysis.agreement.intervals import Estimate, Interval, nothing_disputed
from sekom_analysis.agreement.patterns import FloatArray, Multiplicity, Patterns
from sekom_analysis.agreement.posteriors import classes_of, has_posterior, posterior_quantiles
from sekom_analysis.agreement.scores import NOTES_FOR_INTERVAL
from sekom_analysis.basics.wording import number, say

# A code with a smaller share of the decisions than this is rare (docs/methods.md).
RARE = 0.1
# More undefined resamples than this, and the rest say nothing of the value's spread.
MOST_LOST = 0.05
# The same where clusters are left out: from 12 tables with 10 % intervals held .89-.96, with 20 % .95.
RARE_IN_CLUSTERS = 0.15
# Chance goes by how often each code was used: a single note with another code decides such a value.
BY_USE = ("alpha", "fleiss", "scott", "cohen", "conger", "light")
GAP = float("nan")


def smaller_side(counts: IntArray, multiplicity: Multiplicity) -> int:
    """Return how many notes carry anything but the commonest code, or, of two codes, the commonest, if fewer.

    Parameters
    ----------
    counts : array of shape (P, V)
        How many coders chose each code.
    multiplicity : array of shape (P,)
        How many notes share each pattern. Only notes with two coders or more count.

    Examples
    --------
    >>> smaller_side(np.array([[2, 0], [1, 1]]), np.array([98, 1]))
    1
    """
    coders = counts.sum(axis=1, dtype=np.int64)
    pairable = coders >= 2
    if not pairable.any():
        return 0
    commonest = counts[:, int(np.argmax(multiplicity @ (counts * pairable[:, None])))]
    beside = int(multiplicity[pairable & (commonest < coders)].sum())
    if not is_binary(counts, multiplicity):  # of many codes, or on a scale, each may well be on few notes
        return beside
    return min(int(multiplicity[pairable & (commonest > 0)].sum()), beside)


def rarest_share(counts: IntArray, multiplicity: Multiplicity) -> float:
    """Return the share of decisions that are not for the commonest code.

    Examples
    --------
    >>> round(rarest_share(np.array([[2, 0], [1, 1]]), np.array([98, 2])), 2)
    0.01
    """
    used = multiplicity @ (counts * (counts.sum(axis=1) >= 2)[:, None])
    return float(1 - used.max() / used.sum()) if used.sum() else GAP


def is_binary(counts: IntArray, multiplicity: Multiplicity) -> bool:
    """Whether no more than two codes are in use, so that a note is told by how many chose one of them."""
    return int((multiplicity @ counts > 0).sum()) <= 2


def guarded(
    name: str, found: Estimate, patterns: Patterns, question: Question, how: Interval, lang: str = "en"
) -> tuple[Estimate, str]:
    """Return an estimate with the interval that holds, or none, and what to say of it.

    Parameters
    ----------
    name : str
        The coefficient.
    found : Estimate
        With its interval from resampled notes.
    patterns, question
        What it was worked out from.
    how : Interval
        Krippendorff's own interval, asked for by name to match others' numbers, is left as it is.
    lang : {"en", "sv"}

    Returns
    -------
    Estimate, str
        The sentence is empty where the interval is that from resampled notes.
    """
    if not how.n_resamples or how.method == "krippendorff":
        return found, ""
    if np.isnan(found.value) or COEFFICIENTS[name].numbers:
        return found, ""
    counts, multiplicity = patterns.counts, patterns.multiplicity
    side = smaller_side(counts, multiplicity)
    agreed = nothing_disputed(found.value, found.observed)
    if agreed and name not in BY_USE:
        return found, ""
    if patterns.clusters is not None:
        return _of_clusters(name, found, patterns, lang)
    if rarest_share(counts, multiplicity) < RARE and is_binary(counts, multiplicity):
        return _of_a_rare_code(name, found, patterns, question, how, lang)
    if side < NOTES_FOR_INTERVAL:
        return _without(found), say("agreement_few_beside", lang, n=side)
    lost = float(np.isnan(found.resampled).mean()) if len(found.resampled) else 0.0
    if lost > MOST_LOST:
        return _without(found), say("agreement_lost_too_many", lang, percent=number(100 * lost, lang, 1))
    if rarest_share(counts, multiplicity) < RARE and side < 2 * NOTES_FOR_INTERVAL and name in BY_USE:
        return found, say("agreement_uneven", lang, n=side)
    return found, ""


def _of_a_rare_code(
    name: str, found: Estimate, patterns: Patterns, question: Question, how: Interval, lang: str
) -> tuple[Estimate, str]:
    """Return the posterior interval, or say why there is none."""
    side = smaller_side(patterns.counts, patterns.multiplicity)
    # Of two coders who both chose it there, the interval holds; three who did would say too much.
    sure = nothing_disputed(found.value, found.observed) and patterns.n_coders == 2
    if side < 2 and name in BY_USE and not sure:
        return _without(found), say("agreement_lone", lang)
    plain = name == "alpha" or bool((question.weights == np.eye(len(question.weights))).all())
    if not has_posterior(name) or not plain:
        return _without(found), say("agreement_no_posterior", lang, n=side)
    classes = classes_of(patterns.counts, patterns.multiplicity)
    quantiles = posterior_quantiles(classes, name, max(2, len(patterns.codes)))
    low, high = posterior_ends(quantiles, found.value, how.confidence)
    reaches = GAP if how.floor is None else float((quantiles >= how.floor).mean())
    held = found._replace(low=low, high=high, resampled=quantiles, reaches_floor=reaches)
    return held, say("agreement_posterior", lang, n=side)


def _of_clusters(name: str, found: Estimate, patterns: Patterns, lang: str) -> tuple[Estimate, str]:
    """Return an estimate without its interval where few clusters carry one side, or with a warning."""
    side, n_clusters = smaller_side_of_clusters(patterns), found.n_clusters
    if side < min(NOTES_FOR_INTERVAL, n_clusters):
        return _without(found), say("agreement_few_clusters_beside", lang, n=side, n_all=n_clusters)
    is_rare = rarest_share(patterns.counts, patterns.multiplicity) < RARE_IN_CLUSTERS
    if is_rare and side < 2 * NOTES_FOR_INTERVAL and name in BY_USE:
        return found, say("agreement_uneven_clusters", lang, n=side)
    return found, ""


def smaller_side_of_clusters(patterns: Patterns) -> int:
    """Return in how many clusters a note carries the commonest code, or one anything else, if fewer."""
    counts, clusters = patterns.counts, patterns.clusters
    coders = patterns.coders_per_note
    pairs = coders >= 2
    if clusters is None or not pairs.any():
        return 0
    commonest = counts[:, int(np.argmax(patterns.multiplicity @ (counts * pairs[:, None])))]

    def n_with(carrying: npt.NDArray[np.bool_]) -> int:
        rows = carrying[clusters.pattern]
        together, alone = rows & (clusters.cluster != ALONE), rows & (clusters.cluster == ALONE)
        return len(np.unique(clusters.cluster[together])) + int(clusters.times[alone].sum())

    beside = n_with(pairs & (commonest < coders))
    if not is_binary(counts, patterns.multiplicity):
        return beside
    return min(n_with(pairs & (commonest > 0)), beside)


def posterior_ends(quantiles: FloatArray, value: float, confidence: float) -> tuple[float, float]:
    """Return the ends of the central interval, moved out to the value where it lies beyond them."""
    tail = (1 - confidence) / 2
    low, high = np.quantile(quantiles, [tail, 1 - tail])
    return min(float(low), value), max(float(high), value)


def _without(found: Estimate) -> Estimate:
    return found._replace(low=GAP, high=GAP, resampled=np.empty(0), reaches_floor=GAP)


def told_once(notes: Sequence[str]) -> list[str]:
    """Return the notes of a table with the sentence on few notes in one row only, of the fewest.

    Examples
    --------
    >>> from sekom_analysis.basics.wording import say
    >>> told_once([say("agreement_few_notes", "en", n=n) for n in (50, 40)])[1]
    ''
    """
    sentence = re.compile("|".join(_few_notes(lang) for lang in ("en", "sv")))
    said = [found for note in notes if (found := sentence.search(note))]
    if not said:
        return list(notes)
    fewest = min(said, key=lambda found: int(next(filter(None, found.groups()))))[0]
    shown, done = [], False
    for note in notes:
        at = sentence.search(note)
        if at is None:
            shown.append(note)
            continue
        shown.append(sentence.sub("" if done else fewest, note).strip())
        done = True
    return shown


def _few_notes(lang: str) -> str:
    return re.escape(say("agreement_few_notes", lang, n="§")).replace("§", r"(\d+)")
