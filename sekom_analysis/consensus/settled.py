"""The settled code of each note, always with its basis."""

from __future__ import annotations

import pandas as pd

from sekom_analysis.adjudications import SETTLE, same_answer
from sekom_analysis.errors import RatingsError

MAJORITY = "majority"
MAJORITY_BAR = "(majority)"  # whose counts bars are; no coder can be called so
UNANIMOUS, ADJUDICATED, UNRESOLVED = "unanimous", "adjudicated", "unresolved"
SINGLE, UNSEEN = "single", "unseen"
BASES = (UNANIMOUS, MAJORITY, ADJUDICATED, SINGLE, UNRESOLVED, UNSEEN)
NEEDED = ("note_id", "variable", "codes", "event")


def consensus(
    ratings: pd.DataFrame, adjudicated: pd.DataFrame | pd.Series | None = None, rule: str = MAJORITY
) -> pd.DataFrame:
    """Return the settled code of each note, and on what basis.

    Parameters
    ----------
    ratings : table of shape (N, M) of a `single` variable
    adjudicated : adjudications of the variable, as ``study.adjudications(variable)`` gives them, or a
        Series note_id -> code. An adjudicated note is settled by its adjudication, whatever the
        majority. Two adjudicators who differ, or one who left it open, leave it unresolved.
    rule : ``"majority"``: more than half of the coders who decided

    Returns
    -------
    DataFrame of N rows: ``code`` (missing where unresolved or unseen), ``basis``
    (unanimous, majority, adjudicated, unresolved, single for one coder alone, or unseen), ``share`` of
    the coders who decided that chose the code (where unresolved: the largest share that any code has),
    and with `adjudicated` also ``is_stale``: whether a coder's answer changed since. A tie is
    unresolved; it never goes to whichever code comes first.

    Raises
    ------
    RatingsError
        If there is no such rule, or the adjudications are not those of one variable.

    Examples
    --------
    >>> table = pd.DataFrame({"a": ["x", "x", "x"], "b": ["x", "y", None], "c": ["x", "x", None]})
    >>> consensus(table)["basis"].tolist()
    ['unanimous', 'majority', 'single']
    >>> consensus(table, pd.Series({1: "y"}))[["code", "basis"]].values.tolist()[1]
    ['y', 'adjudicated']
    """
    if rule != MAJORITY:
        msg = f"There is no rule '{rule}' for a consensus. The rules: {MAJORITY}."
        raise RatingsError(msg)
    votes = _votes(ratings)
    settled = _by_majority(votes, ratings)
    if adjudicated is None:
        return settled
    verdicts = adjudicated_answers(adjudicated)
    verdicts = verdicts[verdicts.index.isin(ratings.index)]
    at = verdicts.index
    has_code = verdicts["codes"].notna()
    settled.loc[at, "code"] = verdicts["codes"]
    settled.loc[at, "basis"] = has_code.map({True: ADJUDICATED, False: UNRESOLVED})
    chosen = at[has_code]
    cells = pd.MultiIndex.from_arrays([chosen, verdicts.loc[chosen, "codes"]])
    n_coders = ratings.notna().sum(axis=1)[chosen]
    settled.loc[chosen, "share"] = votes.reindex(cells, fill_value=0).to_numpy() / n_coders.where(
        n_coders > 0
    )
    return settled.assign(is_stale=verdicts["is_stale"].reindex(ratings.index, fill_value=False))


def _votes(ratings: pd.DataFrame) -> pd.Series:
    """Return (note_id, code) -> how many coders chose it."""
    long = ratings.astype(object).stack().dropna()
    votes = long.groupby([long.index.get_level_values(0), long]).size()
    votes.index.names = ["note_id", "code"]
    return votes


def _by_majority(votes: pd.Series, ratings: pd.DataFrame) -> pd.DataFrame:
    most = votes.sort_values(ascending=False, kind="stable").reset_index(name="n")
    top = most.drop_duplicates("note_id").set_index("note_id").reindex(ratings.index)
    n_coders = ratings.notna().sum(axis=1)
    share = top["n"] / n_coders
    basis = pd.Series(UNRESOLVED, index=ratings.index)
    basis[share > 0.5] = MAJORITY
    basis[share == 1] = UNANIMOUS
    basis[n_coders == 1] = SINGLE
    basis[n_coders == 0] = UNSEEN
    code = top["code"].where(~basis.isin([UNRESOLVED, UNSEEN]))
    return pd.DataFrame({"code": code, "basis": basis, "share": share})


def adjudicated_answers(adjudicated: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Return what the adjudicators of each note come to, by note_id.

    Parameters
    ----------
    adjudicated : adjudications of one variable, or a Series note_id -> code

    Returns
    -------
    DataFrame, one row an adjudicated note: ``codes``, as in a log (missing where two differ or one left
    the note open), and ``is_stale``.

    Raises
    ------
    RatingsError
        If columns are missing, or there are adjudications of several variables.

    Examples
    --------
    >>> two = pd.Series(["x", "y", "x"], index=["n1", "n1", "n2"])
    >>> adjudicated_answers(two)["codes"].tolist()
    [nan, 'x']
    """
    table = _as_table(adjudicated)
    _check(table)
    rows = {}
    for note_id, entries in table.groupby("note_id", sort=False):
        is_one = entries["event"].eq(SETTLE).all() and entries["codes"].map(same_answer).nunique() == 1
        rows[note_id] = (entries["codes"].iloc[0] if is_one else None, bool(entries["is_stale"].any()))
    index = pd.Index(rows, name="note_id", dtype=table["note_id"].dtype)
    codes = pd.Series([codes for codes, _ in rows.values()], index=index, dtype="str")
    stale = pd.Series([is_stale for _, is_stale in rows.values()], index=index, dtype=bool)
    return pd.DataFrame({"codes": codes, "is_stale": stale})


def _as_table(adjudicated: pd.DataFrame | pd.Series) -> pd.DataFrame:
    if isinstance(adjudicated, pd.DataFrame):
        return adjudicated if "is_stale" in adjudicated else adjudicated.assign(is_stale=False)
    codes = adjudicated.dropna()
    cells = {"note_id": codes.index, "codes": codes.astype("str").to_numpy()}
    return pd.DataFrame(cells).assign(event=SETTLE, is_stale=False, variable="")


def _check(table: pd.DataFrame) -> None:
    missing = [name for name in NEEDED if name not in table.columns]
    if missing:
        msg = f"These are no adjudications: {', '.join(map(repr, missing))} is missing among the columns."
        raise RatingsError(msg)
    variables = table["variable"].unique()
    if len(variables) > 1:
        named = ", ".join(f"'{variable}'" for variable in variables)
        msg = f"There are adjudications of several variables: {named}. Give those of one."
        raise RatingsError(msg)
