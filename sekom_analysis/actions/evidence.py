"""What speaks for two notes saying the same: their words, the codes that coders gave them, vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from sekom_analysis.answers import WHOLE_NUMBER
from sekom_analysis.codebook import FLAG, NONE_FITS
from sekom_analysis.decisions import AFTER_TALK, INDEPENDENT
from sekom_analysis.errors import NotesError
from sekom_analysis.words import lemmas

WORDS, CODES, VECTORS = "words", "codes", "vectors"
N_GRAM = (3, 4)
Embed = Callable[[list[str]], Any]


class Evidence(NamedTuple):
    """One kind of evidence: the likeness of two notes is the dot product of their rows.

    ``rows`` has shape (N, features), no row longer than 1; sparse but for vectors. ``features`` names
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

    Scores are no content and are left out, as are flags and "none fits".

    Parameters
    ----------
    note_ids : ids of the N notes
    decisions : long table with ``note_id``, ``coder``, ``variable`` and ``codes``

    Returns
    -------
    Evidence, whose features are ``variable=code``
    """
    place = {str(note_id): row for row, note_id in enumerate(note_ids)}
    said = _counted(decisions, place)
    n_coders = said.groupby(["row", "variable"])["coder"].nunique()
    given = said.assign(code=said["codes"].str.split("|")).explode("code")
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
    if "pass" in decisions.columns:  # what is said last stands; a warm-up or a blind second time adds nothing
        passes = decisions["pass"].astype(str)
        counts = passes.isin([str(INDEPENDENT), str(AFTER_TALK)])
        table = table.assign(passes=passes)[counts].sort_values("passes", kind="stable")
    table = table.drop_duplicates(["note_id", "coder", "variable"], keep="last")
    table = table[table["note_id"].isin(place.keys()) & (table["variable"] != FLAG)]
    is_score = table["codes"].str.fullmatch(WHOLE_NUMBER.pattern).groupby(table["variable"]).transform("all")
    table = table[~is_score.astype(bool)]
    return table.assign(row=[place[note_id] for note_id in table["note_id"]])


def _shortened(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    """Divide each row by √(its squared length + the mean squared length of rows that have any)."""
    squared = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
    usual = squared[squared > 0].mean() if (squared > 0).any() else 1.0
    scale = sparse.diags(1 / np.sqrt(squared + usual))
    return (scale @ rows).tocsr().astype(np.float32)
