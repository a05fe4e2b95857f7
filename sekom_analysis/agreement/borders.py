"""What disagreement is made of: pairs of codes, codes, and codes that one coder leaves out.

Alpha lacks D_o/D_e to 1, and D_o is a sum over the pairs of coders who differ. So what agreement lacks
divides, without a rest, into shares: one for each two codes. Such a share is called *gain* here: what alpha
would rise by if the coders had been of one mind there and each code were used as often as it is.
Source of the sum: Krippendorff 2019, *Content Analysis*, ch. 12 (coincidences); the rest is plain algebra.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from sekom_analysis.agreement.coefficients import ratio
from sekom_analysis.agreement.exact import at_least
from sekom_analysis.agreement.patterns import FloatArray
from sekom_analysis.agreement.ratings import CodedRatings, IntArray, read_ratings

BORDER_COLUMNS = ["code_a", "code_b", "notes", "pairs", "expected", "ratio", "p_value", "gain"]


def borders(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return every two codes that coders chose on the same note, the dearest first.

    Parameters
    ----------
    ratings : DataFrame of shape (N, M)
        One row a note, one column a coder, one code a cell; missing means unseen.

    Returns
    -------
    DataFrame
        `code_a` before `code_b` in the codebook; `notes` where coders chose the two; `pairs` of coders;
        `expected` notes if the same disputes fell on codes in proportion to how often each two are used;
        `ratio` of the two; `p_value`, the binomial probability of as many notes or more by that chance,
        not raised for the many pairs looked at; `gain` for alpha. The gains sum to 1 − alpha.

    Notes
    -----
    Among coders who mostly agree no two codes are confused more often than if codes were dealt out at
    random, so that is no question to ask. The question is where the disputes that there are gather:
    expected_ab = T · N_a N_b / Σ_{c<d} N_c N_d, with T the sum of `notes` over all pairs and N the choices
    on notes with two coders or more.

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "a", "b", "c"], "k2": ["b", "a", "b", "a"]})
    >>> borders(ratings)[["code_a", "code_b", "notes", "expected", "gain"]].round(2)
      code_a code_b  notes  expected  gain
    0      a      b      1      1.26  0.37
    1      a      c      1      0.42  0.37
    """
    coded = read_ratings(ratings)
    counts = code_counts(coded)
    first, second = np.triu_indices(counts.shape[1], 1)
    both = (counts[:, first] > 0) & (counts[:, second] > 0)
    pairs = counts[:, first] * counts[:, second]
    notes = both.sum(axis=0)
    used = counts[counts.sum(axis=1) >= 2].sum(axis=0)
    share = ratio(used[first] * used[second], (used[first] * used[second]).sum())
    expected = notes.sum() * share
    codes = pd.Series(coded.codes, dtype=object)
    table = pd.DataFrame(
        {
            "code_a": codes.iloc[first].to_numpy(),
            "code_b": codes.iloc[second].to_numpy(),
            "notes": notes,
            "pairs": pairs.sum(axis=0),
            "expected": expected,
            "ratio": ratio(notes, expected),
            "p_value": [
                at_least(int(n), int(notes.sum()), float(p)) if n else 1.0
                for n, p in zip(notes, share, strict=True)
            ],
            "gain": cost_of_a_pair(counts) @ pairs,
        },
        columns=BORDER_COLUMNS,
    )
    seen = table[table["notes"] > 0]
    return seen.sort_values("gain", ascending=False, kind="stable", ignore_index=True)


def gain_by_code(ratings: pd.DataFrame) -> pd.Series[float]:
    """Return the gain for alpha if no coder differed about a code, by code; a pair counts for both its codes.

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "a", "b", "c"], "k2": ["b", "a", "b", "a"]})
    >>> gain_by_code(ratings).round(2).to_dict()
    {'a': 0.74, 'b': 0.37, 'c': 0.37}
    """
    coded = read_ratings(ratings)
    counts = code_counts(coded)
    differing = counts * (counts.sum(axis=1, keepdims=True) - counts)
    return pd.Series(cost_of_a_pair(counts) @ differing, index=pd.Index(coded.codes, dtype=object))


def gain_by_note(ratings: pd.DataFrame) -> pd.Series[float]:
    """Return the gain for alpha if the coders agreed on a note, by note; they sum to 1 − alpha.

    Examples
    --------
    >>> gain_by_note(pd.DataFrame({"k1": ["a", "a", "b", "c"], "k2": ["b", "a", "b", "a"]})).round(2).tolist()
    [0.37, 0.0, 0.0, 0.37]
    """
    counts = code_counts(read_ratings(ratings))
    m = counts.sum(axis=1)
    differing = (m * m - (counts * counts).sum(axis=1)) // 2
    return pd.Series(cost_of_a_pair(counts) * differing, index=ratings.index)


def never_used(ratings: pd.DataFrame) -> pd.DataFrame:
    """Return the codes that one coder never chose though another did, on notes that both decided.

    Returns
    -------
    DataFrame
        `coder`, `code`, `notes` (where another chose the code and this coder another one), `gain`
        for alpha if the coder had chosen it wherever another did; below 0 where more chose what this
        coder did.

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "a", "b", "c"], "k2": ["b", "a", "b", "a"]})
    >>> never_used(ratings)[["coder", "code", "notes"]].values.tolist()
    [['k2', 'c', 1]]
    """
    coded = read_ratings(ratings)
    counts = code_counts(coded)
    cost = cost_of_a_pair(counts)
    rows = []
    for coder, chosen in zip(coded.coders, coded.values, strict=True):
        seen = chosen >= 0
        others = counts * seen[:, None]
        alike = np.where(seen, counts[np.arange(len(counts)), chosen] - 1, 0)
        for k in np.flatnonzero((others.sum(axis=0) > 0) & ~np.isin(np.arange(counts.shape[1]), chosen)):
            there = others[:, k] > 0
            row = {"coder": coder, "code": coded.codes[k], "notes": int(there.sum())}
            rows.append(row | {"gain": float(cost @ (there * (others[:, k] - alike)))})
    return pd.DataFrame(rows, columns=["coder", "code", "notes", "gain"])


def notes_between(ratings: pd.DataFrame, code_a: object, code_b: object) -> list[str]:
    """Return the notes on which one coder chose the one code and another coder the other.

    Examples
    --------
    >>> ratings = pd.DataFrame({"k1": ["a", "a"], "k2": ["b", "a"]}, index=["n1", "n2"])
    >>> notes_between(ratings, "b", "a")
    ['n1']
    """
    between = (ratings == code_a).any(axis=1) & (ratings == code_b).any(axis=1)
    return list(ratings.index[between.to_numpy(dtype=bool)])


def code_counts(coded: CodedRatings) -> npt.NDArray[np.int64]:
    """Return how many coders chose each code on each note, shape (N, V)."""
    counts = np.zeros((coded.n_notes, len(coded.codes)), np.int64)
    for column in coded.values:
        seen = np.flatnonzero(column >= 0)
        counts[seen, column[seen]] += 1
    return counts


def cost_of_a_pair(counts: IntArray) -> FloatArray:
    """Return what one pair of coders who differ on a note takes from alpha, shape (N,).

    2 / ((m − 1) n D_e); 0 where a note has fewer than two coders, or one code only was used.
    """
    m = counts.sum(axis=1)
    used = counts[m >= 2].sum(axis=0).astype(np.float64)
    n = used.sum()
    by_chance = (n * n - (used * used).sum()) / max(n - 1, 1)  # n · D_e
    pairable = (m >= 2) & (by_chance > 0)
    return np.asarray(np.where(pairable, 2 / np.maximum((m - 1) * max(by_chance, 1e-300), 1e-300), 0.0))
