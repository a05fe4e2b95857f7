"""Notes that may say the same thing: pairs for people to look at, most alike first, with the reasons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from sekom_analysis.basics.errors import NotesError, needing
from sekom_analysis.basics.wording import check_language, lemmas, say
from sekom_analysis.study.codebook import NONE_FITS, RESERVED_VARIABLES
from sekom_analysis.study.decisions import AFTER_TALK, INDEPENDENT
from sekom_analysis.study.rows import WHOLE_NUMBER

if TYPE_CHECKING:
    from scipy import sparse

# --- pairs of notes worth a look among very many, without a table of all pairs ------------------------


BUDGET = 500_000_000  # multiplications in all: some ten seconds
BLOCK = 256  # rows at a time
STRIPES = 8  # how often the notes already paired with all others are left behind
Progress = Callable[[float], None]


def best_pairs(
    rows: sparse.csr_matrix, n_pairs: int, budget: int = BUDGET, progress: Progress = lambda share: None
) -> np.ndarray:
    """Return the pairs of rows with the largest dot products.

    Only features that few notes have enter here, from the rarest on until `budget` multiplications are
    used up: a word that a third of 100,000 notes share pairs each with every other and says nothing.
    Up to some 5,000 notes all features fit, and nothing is left out.

    Parameters
    ----------
    rows : shape (N, features), not negative
    n_pairs : how many pairs to return at most
    budget : multiplications that may be spent
    progress : called with the share of the work that is done, 0 to 1

    Returns
    -------
    array of shape (pairs, 2), first row before second, in any order; pairs that share nothing are not
    among them
    """
    telling = _rarest(rows, budget)
    keep = _Largest(n_pairs)
    for first, second, product in _products(telling, progress):
        keep.add(first, second, product)
    return keep.pairs()


def best_vector_pairs(rows: np.ndarray, n_pairs: int, progress: Progress = lambda share: None) -> np.ndarray:
    """Return the nearest neighbours of every row of length 1, as pairs; see `best_pairs`."""
    from sklearn.neighbors import NearestNeighbors

    n_notes = len(rows)
    per_note = min(n_notes - 1, max(10, -(-2 * n_pairs // n_notes)))
    nearest = NearestNeighbors(n_neighbors=per_note, algorithm="brute").fit(rows)
    found = []
    for start in range(0, n_notes, BLOCK * 16):
        block = rows[start : start + BLOCK * 16]
        others = nearest.kneighbors(block, n_neighbors=per_note + 1, return_distance=False)
        own = np.repeat(np.arange(start, start + len(block)), others.shape[1])
        pairs = np.column_stack([own, others.ravel()])
        found.append(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1))
        progress(min(1.0, (start + len(block)) / n_notes))
    return np.unique(np.concatenate(found), axis=0)


def likeness(rows: Any, pairs: np.ndarray) -> np.ndarray:
    """Return the dot product of the two rows of each pair, within 0 and 1.

    Parameters
    ----------
    rows : shape (N, features), sparse or an array
    pairs : shape (pairs, 2)
    """
    parts = [np.zeros(0)]
    for start in range(0, len(pairs), 50_000):
        first, second = pairs[start : start + 50_000].T
        if isinstance(rows, np.ndarray):
            parts.append(np.einsum("ij,ij->i", rows[first], rows[second]))
        else:
            parts.append(np.asarray(rows[first].multiply(rows[second]).sum(axis=1)).ravel())
    return np.asarray(np.clip(np.concatenate(parts).astype(float), 0, 1))


def _rarest(rows: sparse.csr_matrix, budget: int) -> sparse.csr_matrix:
    """Return the columns that few rows have, from the rarest on, as many as the budget allows."""
    n_notes = np.bincount(rows.indices, minlength=rows.shape[1]).astype(np.int64)
    order = np.argsort(n_notes, kind="stable")
    spent = np.cumsum(n_notes[order] ** 2) // 2
    chosen = np.sort(order[spent <= budget])
    return rows if len(chosen) == rows.shape[1] else rows[:, chosen].tocsr()


def _products(rows: sparse.csr_matrix, progress: Progress) -> Iterator[tuple[int, int, sparse.csr_matrix]]:
    """Yield dot products of a block of rows with all from some place on: both places, then the products."""
    n_notes = rows.shape[0]
    stripe = max(BLOCK, -(-n_notes // STRIPES))
    for start in range(0, n_notes, stripe):
        others = rows[start:].T.tocsr()
        for low in range(start, min(start + stripe, n_notes), BLOCK):
            high = min(low + BLOCK, start + stripe, n_notes)
            yield low, start, (rows[low:high] @ others).tocsr()
            progress(_share_done(high, n_notes))


def _share_done(done: int, n_notes: int) -> float:
    """Return the share of all pairs among `n_notes` that the first `done` rows have been in."""
    left = n_notes - done
    return 1.0 if n_notes < 2 else 1 - left * (left - 1) / (n_notes * (n_notes - 1))


class _Largest:
    """Keeps the pairs with the largest values seen so far, a few more than wanted between whiles."""

    def __init__(self, n_pairs: int) -> None:
        self._n_pairs = n_pairs
        self._floor = 0.0
        self._parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self._held = 0

    def add(self, first: int, second: int, products: sparse.csr_matrix) -> None:
        """Take dot products in, if they are larger than what is sure to stay.

        Parameters
        ----------
        first, second : the notes that the first row and the first column stand for
        products : shape (some notes, some notes)
        """
        large = np.flatnonzero(products.data > self._floor)
        one = first + np.searchsorted(products.indptr, large, side="right") - 1
        other = second + products.indices[large].astype(np.int64)
        ahead = other > one
        self._parts.append((one[ahead], other[ahead], products.data[large][ahead]))
        self._held += int(ahead.sum())
        if self._held > 4 * self._n_pairs:
            self._shrink()

    def _shrink(self) -> None:
        first, second, values = (np.concatenate(part) for part in zip(*self._parts, strict=True))
        if len(values) > self._n_pairs:
            self._floor = float(np.partition(values, -self._n_pairs)[-self._n_pairs])
            equal = np.flatnonzero(values == self._floor)
            equal = equal[np.lexsort((second[equal], first[equal]))]  # ties fall by place, not by chance
            above = np.flatnonzero(values > self._floor)
            kept = np.concatenate([above, equal[: self._n_pairs - len(above)]])
            first, second, values = first[kept], second[kept], values[kept]
        self._parts = [(first, second, values)]
        self._held = len(values)

    def pairs(self) -> np.ndarray:
        """Return what is held."""
        if not self._parts:
            return np.zeros((0, 2), dtype=np.int64)
        self._shrink()
        first, second, _ = self._parts[0]
        return np.column_stack([first, second]).astype(np.int64)


def joined(tables: Sequence[np.ndarray]) -> np.ndarray:
    """Return pairs of several searches, each once, in order."""
    return np.unique(np.concatenate(tables), axis=0)


# --- what speaks for two notes saying the same: their words, the codes that coders gave them, vectors ---


WORDS, CODES, VECTORS = "words", "codes", "vectors"
N_GRAM = (3, 4)
Embed = Callable[[list[str]], Any]


class Evidence(NamedTuple):
    """One kind of evidence: the likeness of two notes is the dot product of their rows.

    ``rows`` has shape (N, features), no row longer than 1; sparse except for vectors. ``features`` names
    the columns that can be shown as a reason; columns beyond them have no name. ``known`` (N) is
    whether there is anything to go by: a note that nobody coded is unlike none.
    """

    kind: str
    rows: Any
    features: list[str]
    known: np.ndarray


def of_words(texts: Sequence[str], lang: str = "sv") -> Evidence:
    """Return how alike notes are in their words: lemmas and pieces of words, equally heavy.

    Each half is TF-IDF with 1 + ln(count), rows of length 1, so that the dot product is the mean of two
    cosines. Pieces (three or four letters inside a word) tie together compounds and spellings that
    lemmas hold apart.

    Parameters
    ----------
    texts : N texts
    lang : their language

    Returns
    -------
    Evidence, whose features are lemmas
    """
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfVectorizer

    words = lemmas(texts, lang)
    known = np.array([bool(found) for found in words], dtype=bool)
    if not known.any():
        return Evidence(WORDS, sparse.csr_matrix((len(words), 1), dtype=np.float32), [], known)
    whole = TfidfVectorizer(analyzer=list, sublinear_tf=True, dtype=np.float32)
    pieces = TfidfVectorizer(
        analyzer="char_wb", ngram_range=N_GRAM, sublinear_tf=True, lowercase=False, dtype=np.float32
    )
    halves = [whole.fit_transform(words), pieces.fit_transform([" ".join(found) for found in words])]
    rows = (np.float32(np.sqrt(0.5)) * sparse.hstack(halves, format="csr")).tocsr()
    return Evidence(WORDS, rows, list(whole.get_feature_names_out()), known)


def of_codes(note_ids: Sequence[str], decisions: pd.DataFrame) -> Evidence:
    """Return how alike notes are in the codes that coders gave them, rare codes weighing more.

    A code weighs the share of coders who gave it, of those who decided on that variable, times
    ln((n + 1)/(n_c + 1)): n notes decided on, n_c of them with the code (by shares). Rows are divided by
    √(‖row‖² + mean ‖row‖²), not by their length alone: two notes of which little is known are not
    certain to be alike, however well that little agrees.

    Scores are not content and are left out, as are flags and "none fits".

    Parameters
    ----------
    note_ids : ids of the N notes
    decisions : long table with ``note_id``, ``coder``, ``variable`` and ``codes``

    Returns
    -------
    Evidence, whose features are ``variable=code``
    """
    from scipy import sparse

    place = {str(note_id): row for row, note_id in enumerate(note_ids)}
    said = _counted(decisions, place)
    n_coders = said.groupby(["row", "variable"])["coder"].nunique()
    given = said.assign(code=said["codes"].str.split("|")).explode("code").astype({"code": "str"})
    given = given[(given["code"] != "") & (given["code"] != NONE_FITS)]
    counts = given.groupby(["row", "variable", "code"])["coder"].nunique().rename("n").reset_index()
    asked = pd.MultiIndex.from_frame(counts[["row", "variable"]])
    counts["share"] = counts["n"].to_numpy() / n_coders.reindex(asked).to_numpy()
    counts["feature"] = counts["variable"] + "=" + counts["code"]
    n_decided = n_coders.groupby("variable").size()
    features = counts.groupby("feature").agg(variable=("variable", "first"), n=("share", "sum"))
    n_notes = features["variable"].map(n_decided).to_numpy(dtype=float)
    rarity = np.log((n_notes + 1) / (features["n"].to_numpy(dtype=float) + 1))
    column = pd.Index(features.index).get_indexer(pd.Index(counts["feature"]))
    weight = counts["share"].to_numpy() * rarity[column]
    shape = (len(place), max(len(features), 1))
    rows = sparse.csr_matrix(
        (weight.astype(np.float32), (counts["row"].to_numpy(dtype=np.int64), column)), shape=shape
    )
    known = np.zeros(len(place), dtype=bool)
    known[said["row"].to_numpy(dtype=np.int64)] = True
    return Evidence(CODES, _shortened(rows), list(features.index), known)


def of_vectors(texts: Sequence[str], embed: Embed) -> Evidence:
    """Return how alike notes are by somebody's function from texts to vectors.

    The mean of all vectors is subtracted first: what every note of a study shares says nothing of two
    of them, and makes all look alike. Likeness is the cosine of what remains.

    Raises
    ------
    NotesError
        If `embed` does not return one vector of finite numbers for each text.
    """
    given = np.asarray(embed(list(texts)), dtype=np.float32)
    if given.ndim != 2 or len(given) != len(texts) or not np.isfinite(given).all():
        msg = (
            f"embed= must return one vector of numbers for each of the {len(texts)} texts, as an array of "
            f"shape ({len(texts)}, any); it returned {given.shape}, or numbers that are not finite."
        )
        raise NotesError(msg)
    centred = given - given.mean(axis=0)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    rows = np.divide(centred, length, out=np.zeros_like(centred), where=length > 0)
    return Evidence(VECTORS, rows, [], length[:, 0] > 0)


def _counted(decisions: pd.DataFrame, place: dict[str, int]) -> pd.DataFrame:
    """Return what each coder says of each note, with the note's row; scores and flags left out."""
    table = decisions[["note_id", "coder", "variable", "codes"]].astype(str)
    if "pass" in decisions.columns:  # what is said last counts; a warm-up or a blind second time adds nothing
        passes = decisions["pass"].astype(str)
        counts = passes.isin([str(INDEPENDENT), str(AFTER_TALK)])
        table = table.assign(passes=passes)[counts].sort_values("passes", kind="stable")
    table = table.drop_duplicates(["note_id", "coder", "variable"], keep="last")
    table = table[table["note_id"].isin(place.keys()) & ~table["variable"].isin(RESERVED_VARIABLES)]
    is_score = table["codes"].str.fullmatch(WHOLE_NUMBER.pattern).groupby(table["variable"]).transform("all")
    table = table[~is_score.astype(bool)]
    return table.assign(row=[place[note_id] for note_id in table["note_id"]])


def _shortened(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    """Divide each row by √(its squared length + the mean squared length of rows that have any)."""
    squared = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
    usual = squared[squared > 0].mean() if (squared > 0).any() else 1.0
    return rows.multiply((1 / np.sqrt(squared + usual))[:, np.newaxis]).tocsr().astype(np.float32)


# --- notes that may say the same thing: pairs for people to look at, most alike first, with the reasons ---


KINDS = (WORDS, CODES, VECTORS)
PAIR_TABLE_COLUMNS = ["note_a", "note_b", "similarity", "reasons", *KINDS, "shared_words", "shared_codes"]
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
    DataFrame, one row per pair: ``note_a``, ``note_b``, ``similarity`` (0 to 1), ``reasons`` (what they
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
    with needing("duplicates"):
        import sklearn  # noqa: F401 (which brings scipy)
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
    return table[PAIR_TABLE_COLUMNS]


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
