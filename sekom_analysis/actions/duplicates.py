"""Notes that may say the same thing: pairs for people to look at, most alike first, with the reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sekom_analysis.actions.evidence import (
    CODES,
    VECTORS,
    WORDS,
    Embed,
    Evidence,
    of_codes,
    of_vectors,
    of_words,
)
from sekom_analysis.actions.neighbours import Progress, best_pairs, best_vector_pairs, joined, likeness
from sekom_analysis.errors import NotesError
from sekom_analysis.wording import check_language, say

KINDS = (WORDS, CODES, VECTORS)
COLUMNS = ["note_a", "note_b", "similarity", "reasons", *KINDS, "shared_words", "shared_codes"]
EQUAL: Mapping[str, float] = dict.fromkeys(KINDS, 1.0)
CANDIDATES = 20  # looked at for each pair wanted
AT_LEAST_CANDIDATES = 20_000
SHOWN = 5  # words, codes
PREPARED = 0.4  # of the work, once words are lemmas


def similar_pairs(
    notes: pd.DataFrame,
    decisions: pd.DataFrame | None = None,
    embed: Embed | None = None,
    *,
    lang: str = "sv",
    at_most: int = 1_000,
    weights: Mapping[str, float] = EQUAL,
    progress: Progress = lambda share: None,
) -> pd.DataFrame:
    """Return pairs of notes that may say the same thing, most alike first, for people to judge.

    Two kinds of evidence: the words of the notes, and the codes that coders gave them (they see the same
    proposal behind different words). `embed`, for those who have a language model at hand, is a third.
    The similarity is the weighted mean of the kinds that are known for both notes: of a note that nobody
    coded, words alone speak.

    Parameters
    ----------
    notes : table of N notes with ``text``, indexed by note_id; choose the stage to compare beforehand
    decisions : long table with ``note_id``, ``coder``, ``variable`` and ``codes``, as `Study.decisions`
        gives it; left out, words alone. Scores, flags and "none fits" are not used
    embed : function from a list of texts to an array of shape (N, any)
    lang : language of the texts and of the reasons
    at_most : how many pairs to return
    weights : kind of evidence (``"words"``, ``"codes"``, ``"vectors"``) -> how heavy; a kind that is not
        named weighs nothing
    progress : called with the share of the work that is done, 0 to 1

    Returns
    -------
    DataFrame, one row a pair: ``note_a``, ``note_b``, ``similarity`` (0 to 1), ``reasons`` (what they
    share, as a text), the likeness by each kind (missing where not known), ``shared_words`` and
    ``shared_codes`` (tuples, most telling first; a code as ``variable=code``). It is an order in which to
    look, no probability.

    Raises
    ------
    NotesError
        If there is no column ``text``, a weight is not possible, or `embed` returns something else.

    Examples
    --------
    >>> texts = ["Ta fram nyckeltal", "Lobba mer mot regeringen", "Nya nyckeltal tas fram"]
    >>> notes = pd.DataFrame({"text": texts}, index=pd.Index(["D1", "D2", "D3"], name="note_id"))
    >>> similar_pairs(notes)[["note_a", "note_b", "reasons"]].iloc[0].tolist()
    ['D1', 'D3', 'Samma ord: nyckeltal']
    """
    check_language(lang)
    note_ids, texts = _ids_and_texts(notes)
    _check_weights(weights)
    kinds = _evidence(note_ids, texts, decisions, embed, lang, weights)
    progress(PREPARED)
    pairs = _candidates(kinds, weights, at_most, progress)
    table = _scored(kinds, weights, pairs)
    order = np.lexsort((pairs[:, 1], pairs[:, 0], -table["similarity"].to_numpy()))[:at_most]
    table, pairs = table.iloc[order].reset_index(drop=True), pairs[order]
    table["note_a"] = pd.Series([note_ids[row] for row in pairs[:, 0]], dtype="str")
    table["note_b"] = pd.Series([note_ids[row] for row in pairs[:, 1]], dtype="str")
    shared = {evidence.kind: _shared(evidence, pairs) for evidence in kinds if evidence.features}
    for kind, column in ((WORDS, "shared_words"), (CODES, "shared_codes")):
        table[column] = pd.Series(shared.get(kind, [()] * len(pairs)), dtype=object)
    reasons = zip(table["shared_words"], table["shared_codes"], strict=True)
    table["reasons"] = pd.Series([reasons_text(words, codes, lang) for words, codes in reasons], dtype="str")
    return table[COLUMNS]


def _evidence(
    note_ids: Sequence[str],
    texts: Sequence[str],
    decisions: pd.DataFrame | None,
    embed: Embed | None,
    lang: str,
    weights: Mapping[str, float],
) -> list[Evidence]:
    """Return the kinds of evidence there are and that weigh something."""
    kinds = []
    if weights.get(WORDS, 0) > 0:
        kinds.append(of_words(texts, lang))
    if weights.get(CODES, 0) > 0 and decisions is not None:
        kinds.append(of_codes(note_ids, decisions))
    if weights.get(VECTORS, 0) > 0 and embed is not None:
        kinds.append(of_vectors(texts, embed))
    return kinds


def _ids_and_texts(notes: pd.DataFrame) -> tuple[list[str], list[str]]:
    if "text" not in notes.columns:
        msg = f"The notes have no column 'text'. They have: {', '.join(map(str, notes.columns))}."
        raise NotesError(msg)
    ids = notes["note_id"] if "note_id" in notes.columns else notes.index
    return [str(note_id) for note_id in ids], [str(text) for text in notes["text"]]


def _check_weights(weights: Mapping[str, float]) -> None:
    unknown = [kind for kind in weights if kind not in KINDS]
    if unknown or not all(weight >= 0 for weight in weights.values()) or not any(weights.values()):
        msg = (
            f"weights= takes numbers of 0 or more, not all 0, for {', '.join(KINDS)}; "
            f"it was {dict(weights)!r}."
        )
        raise NotesError(msg)


def _candidates(
    kinds: Sequence[Evidence], weights: Mapping[str, float], at_most: int, progress: Progress
) -> np.ndarray:
    """Return the pairs to look at more closely: the best by all evidence, and where it is patchy by words."""
    from scipy import sparse

    n_pairs = max(AT_LEAST_CANDIDATES, CANDIDATES * at_most)
    tables = [np.zeros((0, 2), dtype=np.int64)]
    in_rows = [evidence for evidence in kinds if evidence.kind != VECTORS]
    searches = [in_rows] if in_rows else []
    if len(in_rows) > 1:
        searches += [[evidence] for evidence in in_rows if not _all_known(in_rows, evidence)]
    total = len(searches) + sum(evidence.kind == VECTORS for evidence in kinds)

    def report(share: float) -> None:
        progress(PREPARED + (1 - PREPARED) * (len(tables) - 1 + share) / total)

    for search in searches:
        parts = [float(np.sqrt(weights[evidence.kind])) * evidence.rows for evidence in search]
        tables.append(best_pairs(sparse.hstack(parts, format="csr"), n_pairs, progress=report))
    for evidence in kinds:
        if evidence.kind == VECTORS and len(evidence.rows) > 1:
            tables.append(best_vector_pairs(evidence.rows, n_pairs, progress=report))
    return joined(tables)


def _all_known(kinds: Sequence[Evidence], evidence: Evidence) -> bool:
    """Whether no other kind is missing for a note of which this one speaks."""
    return all(other.known[evidence.known].all() for other in kinds)


def _scored(kinds: Sequence[Evidence], weights: Mapping[str, float], pairs: np.ndarray) -> pd.DataFrame:
    """Return the likeness of pairs by each kind, and their weighted mean over the kinds that are known."""
    table = pd.DataFrame(np.nan, index=range(len(pairs)), columns=list(KINDS))
    total, weight = np.zeros(len(pairs)), np.zeros(len(pairs))
    for evidence in kinds:
        known = evidence.known[pairs[:, 0]] & evidence.known[pairs[:, 1]]
        value = likeness(evidence.rows, pairs)
        table[evidence.kind] = np.where(known, value, np.nan)
        total += np.where(known, weights[evidence.kind] * value, 0)
        weight += np.where(known, weights[evidence.kind], 0)
    table["similarity"] = np.divide(total, weight, out=np.zeros(len(pairs)), where=weight > 0)
    return table


def _shared(evidence: Evidence, pairs: np.ndarray) -> list[tuple[str, ...]]:
    """Return what the two notes of each pair share, the most telling first."""
    named: Any = evidence.rows[:, : len(evidence.features)]
    both = named[pairs[:, 0]].multiply(named[pairs[:, 1]]).tocsr()
    found = []
    for row in range(both.shape[0]):
        values = both.data[both.indptr[row] : both.indptr[row + 1]]
        columns = both.indices[both.indptr[row] : both.indptr[row + 1]]
        order = np.lexsort((columns, -values))[:SHOWN]
        found.append(tuple(evidence.features[columns[place]] for place in order))
    return found


def reasons_text(words: Sequence[str], codes: Sequence[str], lang: str) -> str:
    """Return what two notes share as a text."""
    parts = []
    if words:
        parts.append(say("pairs_same_words", lang, words=", ".join(words)))
    if codes:
        parts.append(say("pairs_same_codes", lang, codes=", ".join(codes)))
    return "; ".join(parts) or say("pairs_nothing_named", lang)
