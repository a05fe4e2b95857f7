"""Themes that run across categories: which go together, and where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from sekom_analysis.consensus import consensus_sets
from sekom_analysis.consensus.bars import settled_answers
from sekom_analysis.consensus.spans import readers_of_all
from sekom_analysis.errors import CodebookError
from sekom_analysis.quality.stance import check_stance

if TYPE_CHECKING:
    from sekom_analysis.study import Study


def co_occurrence(ratings: pd.DataFrame, adjudicated: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return how often two codes of a `multiple` variable are on the same note, by what the coders settle on.

    Parameters
    ----------
    ratings : table of shape (N, M) of a `multiple` variable
    adjudicated : adjudications of the variable, as in `consensus_sets`; left out, the majority alone

    Returns
    -------
    DataFrame, one row a pair of codes that share a note: ``code_a``, ``code_b`` (in the order of the
    alphabet), ``n_both``, ``n_a``, ``n_b`` and ``jaccard``, the notes that have both by those that have any.

    Examples
    --------
    >>> sets = {"n1": [frozenset("ab")], "n2": [frozenset("ab")], "n3": [frozenset("a")]}
    >>> ratings = pd.DataFrame.from_dict(sets, orient="index", columns=["k1"])
    >>> co_occurrence(ratings)[["code_a", "code_b", "n_both", "n_a"]].values.tolist()
    [['a', 'b', 2, 3]]
    """
    settled = consensus_sets(ratings, adjudicated)["codes"].dropna()
    long = settled.explode().dropna().rename("code")
    sizes = long.value_counts()
    pairs = pd.merge(long, long, left_index=True, right_index=True, suffixes=("_a", "_b"))
    pairs = pairs[pairs["code_a"] < pairs["code_b"]]
    table = pairs.groupby(["code_a", "code_b"]).size().rename("n_both").reset_index()
    table["n_a"] = table["code_a"].map(sizes).astype("int64")
    table["n_b"] = table["code_b"].map(sizes).astype("int64")
    table["jaccard"] = table["n_both"] / (table["n_a"] + table["n_b"] - table["n_both"])
    return table.sort_values("n_both", ascending=False, kind="stable", ignore_index=True)


def themes_by_category(study: Study, themes: str, category: str, notes: object = None) -> pd.DataFrame:
    """Return how many notes of each category have each theme, as settled and by each coder.

    Parameters
    ----------
    study : Study
    themes : a `multiple` variable
    category : a `single` variable of the same notes
    notes : ids or a table of notes; left out, all that both are asked of

    Returns
    -------
    DataFrame, one row a theme × category, zeros included: ``theme``, ``category``, their labels,
    ``count`` (the theme as adjudicated, else the majority's; the bars' category as in `count_codes`),
    ``low`` and ``high`` of the coders who read all the notes (each by own theme, all by the same category;
    missing if fewer than two did) and ``n_category``.

    Raises
    ------
    CodebookError
        If `themes` does not take several codes or `category` is not a single one.
    StanceError
        If the study is reflexive and several coders gave themes.
    """
    asked, split = study.codebook[themes], study.codebook[category]
    if asked.kind != "multiple" or split.kind != "single":
        msg = (
            f"'{themes}' is {asked.kind} and '{category}' is {split.kind}; themes are a 'multiple' variable "
            f"and categories a 'single' one."
        )
        raise CodebookError(msg)
    ids = [n for n in study.notes_asked(asked, notes) if n in set(study.notes_asked(split, notes))]
    ratings = study.ratings(themes, notes=ids)
    if len(ratings.columns) > 1:
        check_stance(study)
    code = settled_category(study, category, ids)
    settled = settled_answers(ratings, asked, study.adjudications(themes))
    readers = readers_of_all(ratings)
    rows = []
    for theme in asked.codes:
        has = _has(settled, theme.id)
        own = {reader: _has(ratings[reader], theme.id) for reader in readers}
        for place in split.codes:
            inside = code == place.id
            counts = [int((mine & inside).sum()) for mine in own.values()]
            rows.append(
                {
                    "theme": theme.id, "category": place.id,
                    "theme_label_sv": theme.label.in_("sv"), "theme_label_en": theme.label.in_("en"),
                    "label_sv": place.label.in_("sv"), "label_en": place.label.in_("en"),
                    "count": int((has & inside).sum()),
                    "low": min(counts, default=pd.NA), "high": max(counts, default=pd.NA),
                    "n_category": int(inside.sum()),
                }
            )  # fmt: skip
    return pd.DataFrame(rows).astype({"low": "Int64", "high": "Int64"})


def settled_category(study: Study, category: str, notes: list[str]) -> pd.Series:
    """Return the code of each note by the report's own sorting where there is one, else as settled."""
    ratings = study.ratings(category, notes=notes)
    sources = [coder for coder in ratings.columns if study.about.coder(coder).kind == "source"]
    if sources:
        return ratings[sources[0]].astype(object)
    return settled_answers(ratings, study.codebook[category], study.adjudications(category))


def _has(sets: pd.Series, code: str) -> pd.Series:
    return sets.map(lambda codes: code in codes, na_action="ignore").eq(True)
