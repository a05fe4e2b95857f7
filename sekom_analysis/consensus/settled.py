"""The settled code of each note, always with its basis."""

from __future__ import annotations

import pandas as pd

from sekom_analysis.errors import RatingsError

MAJORITY = "majority"


def consensus(ratings: pd.DataFrame, rule: str = MAJORITY) -> pd.DataFrame:
    """Return the code that most coders gave each note, and on what basis.

    Parameters
    ----------
    ratings : table of shape (N, M) of a `single` variable
    rule : ``"majority"``: more than half of the coders who decided

    Returns
    -------
    DataFrame of N rows: ``code`` (missing where unresolved or unseen), ``basis``
    (unanimous, majority, unresolved, single for one coder alone, or unseen) and ``share`` of the
    coders who decided. A tie is unresolved; it never goes to whichever code comes first.

    Raises
    ------
    RatingsError
        If there is no such rule.

    Examples
    --------
    >>> table = pd.DataFrame({"a": ["x", "x", "x"], "b": ["x", "y", None], "c": ["x", "x", None]})
    >>> consensus(table)["basis"].tolist()
    ['unanimous', 'majority', 'single']
    """
    if rule != MAJORITY:
        msg = f"There is no rule '{rule}' for a consensus. The rules: {MAJORITY}."
        raise RatingsError(msg)
    long = ratings.astype(object).stack().dropna()
    votes = long.groupby([long.index.get_level_values(0), long]).size()
    votes.index.names = ["note_id", "code"]
    most = votes.sort_values(ascending=False, kind="stable").reset_index(name="n")
    top = most.drop_duplicates("note_id").set_index("note_id").reindex(ratings.index)
    n_coders = ratings.notna().sum(axis=1)
    share = top["n"] / n_coders
    basis = pd.Series("unresolved", index=ratings.index)
    basis[share > 0.5] = "majority"
    basis[share == 1] = "unanimous"
    basis[n_coders == 1] = "single"
    basis[n_coders == 0] = "unseen"
    code = top["code"].where(~basis.isin(["unresolved", "unseen"]))
    return pd.DataFrame({"code": code, "basis": basis, "share": share})
