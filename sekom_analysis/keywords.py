"""Words that mark one group of notes against the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from itertools import chain

import numpy as np
import pandas as pd

from sekom_analysis.errors import NotesError
from sekom_analysis.words import lemmas

COLUMNS = ["group", "word", "count", "n_group", "count_rest", "n_rest", "log_odds", "z"]


def keywords(
    notes: pd.DataFrame,
    by: str | pd.Series | Mapping[str, str],
    *,
    lang: str = "sv",
    at_least: int = 3,
    prior: float | None = None,
) -> pd.DataFrame:
    """Return the words of each group of notes, those that mark it most against the others first.

    A word counts once a note. Its log-odds against the other groups are drawn towards what all notes
    say by an informative Dirichlet prior, so that a word seen twice does not come first; `z` is the
    log-odds by its standard error.

    Parameters
    ----------
    notes : table of N notes with ``text``
    by : the group of each note: a column of `notes`, or note_id -> group; notes without one are left out
    lang : language of the texts
    at_least : words on fewer notes than this, of all groups together, are left out
    prior : α₀, how many words the prior weighs, above 0; left out, as many as an average group has

    Returns
    -------
    DataFrame, one row a group × word: ``count`` of ``n_group`` notes have the word, and ``count_rest``
    of ``n_rest`` notes of the other groups; ``log_odds``, ``z``. Above 1.96, a single word chosen
    beforehand would stand out; of many words some will by chance, so read it as an order.

    Raises
    ------
    NotesError
        If there is no such column, or fewer than two groups, or the prior is not above 0.

    References
    ----------
    Monroe, Colaresi & Quinn (2008), Fightin' words, Political Analysis 16(4), eqs. 15, 20 and 22.

    Examples
    --------
    >>> notes = pd.DataFrame({"text": ["Tid saknas", "För lite tid", "Viljan finns", "Stor vilja", "Viljan"]})
    >>> table = keywords(notes, {0: "hinder", 1: "hinder", 2: "m", 3: "m", 4: "m"}, at_least=2)
    >>> table.groupby("group")["word"].first().tolist()
    ['tid', 'vilja']
    """
    if prior is not None and not 0 < prior < np.inf:
        msg = (
            f"prior is a number above 0 (or left out), not {prior!r}: without one, a word of one group alone "
            f"has no log-odds."
        )
        raise NotesError(msg)
    group = _groups(notes, by)
    texts = notes.loc[group.index, "text"]
    words = [set(found) for found in lemmas([str(text) for text in texts], lang)]
    n_notes = Counter(chain.from_iterable(words))
    said = sorted(n_notes)
    names = list(dict.fromkeys(group))
    count = _counts(words, group, names, said)
    parts = [_marked(count, index, prior).assign(group=name) for index, name in enumerate(names)]
    table = pd.concat(parts).assign(word=said * len(names))
    table = table[table["count"] + table["count_rest"] >= at_least]
    sizes = group.value_counts()
    table["n_group"] = [int(sizes[name]) for name in table["group"]]
    table["n_rest"] = len(group) - table["n_group"]
    order = {name: place for place, name in enumerate(names)}
    table = table.sort_values(["z", "word"], ascending=[False, True], kind="stable")
    return table.sort_values("group", key=lambda g: g.map(order), kind="stable", ignore_index=True)[COLUMNS]


def _groups(notes: pd.DataFrame, by: str | pd.Series | Mapping[str, str]) -> pd.Series:
    """Return the group of each note that has one."""
    if isinstance(by, str):
        if by not in notes.columns:
            msg = f"The notes have no column '{by}'. They have: {', '.join(notes.columns)}."
            raise NotesError(msg)
        by = notes[by]
    given = pd.Series(by, dtype=object).dropna()
    group = given[given != ""].reindex(notes.index).dropna().astype(str)
    if group.nunique() < 2:
        there = ", ".join(sorted(set(group))) or "none"
        msg = f"Keywords set groups of notes against each other; there must be two or more ({there} given)."
        raise NotesError(msg)
    return group


def _counts(words: list[set[str]], group: pd.Series, names: list[str], said: list[str]) -> np.ndarray:
    """Return how many notes of each group have each word, shape (groups, words)."""
    place = {word: index for index, word in enumerate(said)}
    count = np.zeros((len(names), len(said)))
    for found, name in zip(words, group, strict=True):
        count[names.index(name), [place[word] for word in found]] += 1
    return count


def _marked(count: np.ndarray, index: int, prior: float | None) -> pd.DataFrame:
    """Return counts and log-odds of each word in one group against all others."""
    own, all_ = count[index], count.sum(axis=0)
    rest = all_ - own
    weight = prior if prior is not None else all_.sum() / len(count)
    alpha = weight * all_ / all_.sum()
    log_odds = _logit(own, alpha) - _logit(rest, alpha)
    error = np.sqrt(1 / (own + alpha) + 1 / (rest + alpha))
    return pd.DataFrame(
        {
            "count": own.astype(int),
            "count_rest": rest.astype(int),
            "log_odds": log_odds,
            "z": log_odds / error,
        }
    )


def _logit(count: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return the log-odds of each word among all words of a group, prior included; NaN for the only word."""
    with_prior = count + alpha
    others = with_prior.sum() - with_prior
    odds = np.divide(with_prior, others, out=np.full_like(with_prior, np.nan), where=others > 0)
    result: np.ndarray = np.log(odds)
    return result
