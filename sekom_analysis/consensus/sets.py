"""The settled answer to a variable with any number of codes: each code is settled on its own."""

from __future__ import annotations

import pandas as pd

from sekom_analysis.consensus.settled import adjudicated_answers


def consensus_sets(
    ratings: pd.DataFrame, adjudicated: pd.DataFrame | pd.Series | None = None
) -> pd.DataFrame:
    """Return the codes that more than half of the coders gave each note, and those that exactly half did.

    Parameters
    ----------
    ratings : table of shape (N, M) of a `multiple` variable; cells are sets, a missing cell is unseen
    adjudicated : as in `consensus`; an adjudication settles the set as a whole, whatever the majority

    Returns
    -------
    DataFrame of N rows: ``codes``, a frozenset (empty: no code was given by more than half; missing: nobody
    decided, or the adjudicators leave it unresolved), ``tied``, the codes that half of them chose,
    ``n_coders``, and with `adjudicated` also ``is_adjudicated``: whether there is an adjudication.

    Examples
    --------
    >>> sets = [frozenset("ab"), frozenset("b"), frozenset("bc")]
    >>> ratings = pd.DataFrame([sets], columns=["k1", "k2", "k3"], index=["n1"], dtype=object)
    >>> consensus_sets(ratings).loc["n1", "codes"]
    frozenset({'b'})
    """
    long = pd.Series(ratings.astype(object).stack().dropna())
    n_coders = ratings.notna().sum(axis=1)
    chosen = long.explode().dropna()
    votes = chosen.groupby([chosen.index.get_level_values(0), chosen]).size()
    votes.index.names = ["note_id", "code"]
    twice = 2 * votes - n_coders.reindex(votes.index.get_level_values(0)).to_numpy()
    table = pd.DataFrame(index=ratings.index)
    table["codes"] = _sets(twice > 0, ratings.index).where(n_coders > 0)
    table["tied"] = _sets(twice == 0, ratings.index)
    table["n_coders"] = n_coders
    return table if adjudicated is None else _with_verdicts(table, adjudicated)


def _with_verdicts(table: pd.DataFrame, adjudicated: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Return the table with what was adjudicated in the place of what most chose."""
    verdicts = adjudicated_answers(adjudicated)["codes"].to_dict()
    codes, tied = table["codes"].to_dict(), table["tied"].to_dict()
    for note_id in codes.keys() & verdicts.keys():
        said = verdicts[note_id]
        is_settled = isinstance(said, str)
        codes[note_id] = frozenset(filter(None, said.split("|"))) if is_settled else None
        tied[note_id] = frozenset() if is_settled else tied[note_id]
    return table.assign(
        codes=pd.Series(codes, index=table.index, dtype=object),
        tied=pd.Series(tied, index=table.index, dtype=object),
        is_adjudicated=table.index.isin(verdicts.keys()),
    )


def _sets(is_in: pd.Series, notes: pd.Index) -> pd.Series:
    """Return note -> the set of its codes that are in."""
    kept = is_in[is_in]
    codes = pd.Series(kept.index.get_level_values("code"), index=kept.index.get_level_values("note_id"))
    sets = codes.groupby(level=0).agg(frozenset) if len(codes) else pd.Series(dtype=object)
    return pd.Series([sets.get(note, frozenset()) for note in notes], index=notes, dtype=object)
