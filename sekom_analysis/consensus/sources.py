"""The same codebook over several sources: what recurs, what is new."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from sekom_analysis.consensus.bars import settled_answers
from sekom_analysis.consensus.spans import readers_of_all
from sekom_analysis.errors import CodebookError, NotesError

if TYPE_CHECKING:
    from sekom_analysis.study import Study

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
COLUMNS = [
    "source", "code", "label_sv", "label_en", "count", "share", "low", "high", "n_settled", "n_read", "n_all",
]  # fmt: skip


def count_by_source(
    study: Study, variable: str, coders: Iterable[str] | None = None, notes: object = None
) -> pd.DataFrame:
    """Count the notes of each code in each source, by what the coders settle on.

    Parameters
    ----------
    study : Study; its notes have a column ``source``
    variable : a `single` variable
    coders : whose decisions count; left out, everybody but the report's own sorting, which covers one source
    notes : ids or a table of notes; left out, all that the variable is asked of

    Returns
    -------
    DataFrame, one row a source × code, sources by the year in their names if all have one (else as the
    notes come) and codes as in the codebook, zeros included:
    ``count``, ``share`` of the source's settled notes, ``low`` and ``high`` over the coders who read all
    the source's notes (missing if fewer than two did), ``n_settled``, ``n_read`` (that somebody decided)
    and ``n_all``. No interval of sampling is given: what was written in
    a document is not drawn from anything.

    Raises
    ------
    CodebookError
        If the variable is not `single`.
    NotesError
        If the notes have no sources.
    StanceError
        If the study is reflexive and several coders are counted.
    """
    asked = study.codebook[variable]
    if asked.kind != "single":
        msg = f"'{variable}' is {asked.kind}; sources are compared by the codes of a 'single' variable."
        raise CodebookError(msg)
    if "source" not in study.notes.columns:
        msg = "The notes have no column 'source'. Add one to data/raw to compare sources."
        raise NotesError(msg)
    ids = study.notes_asked(asked, notes)
    whose = [c for c in study.coders if study.about.coder(c).kind != "source"] if coders is None else coders
    ratings = study.ratings(variable, whose, ids)
    if len(ratings.columns) > 1:
        # Quality counts too, so it cannot be imported above.
        from sekom_analysis.quality.stance import check_stance

        check_stance(study)
    settled = settled_answers(ratings, asked, study.adjudications(variable))
    source = study.notes.loc[ids, "source"]
    labels = [(c.id, c.label.in_("sv"), c.label.in_("en")) for c in asked.codes if not c.retired]
    rows = []
    for name in in_time(source):
        here = source.index[source == name]
        part = ratings.loc[here]
        readers = readers_of_all(part)
        is_settled = settled.loc[here].notna()
        n_settled, n_read = int(is_settled.sum()), int((is_settled | part.notna().any(axis=1)).sum())
        for code, sv, en in labels:
            own = [int((part[reader] == code).sum()) for reader in readers]
            count = int((settled.loc[here] == code).sum())
            share = count / n_settled if n_settled else float("nan")
            low, high = min(own, default=pd.NA), max(own, default=pd.NA)
            rows.append((name, code, sv, en, count, share, low, high, n_settled, n_read, len(here)))
    return pd.DataFrame(rows, columns=COLUMNS).astype({"low": "Int64", "high": "Int64"})


def in_time(sources: Iterable[str]) -> list[str]:
    """Return each source once: by the year in their names where all have one, else as they come.

    Examples
    --------
    >>> in_time(["möte-2023", "konferens-2016", "möte-2023"])
    ['konferens-2016', 'möte-2023']
    """
    names = list(dict.fromkeys(sources))
    years = {name: _YEAR.findall(name) for name in names}
    return sorted(names, key=lambda name: years[name][-1]) if all(years.values()) else names


def recurrence(table: pd.DataFrame) -> pd.DataFrame:
    """Return in how many sources each code occurs, and whether the first of them lacks it.

    Parameters
    ----------
    table : as `count_by_source` gives it

    Returns
    -------
    DataFrame, one row a code: ``label_sv``, ``label_en``, ``n_sources`` with the code, ``of``, ``sources``
    (their names), ``is_new`` (not in the first source, but in a later one) and ``is_gone`` (the reverse).
    A source lacks a code only if all its notes were read: of one that was not, neither is said.

    Examples
    --------
    >>> rows = [("2016", "tid", 3), ("2016", "vilja", 0), ("2023", "tid", 0), ("2023", "vilja", 2)]
    >>> table = pd.DataFrame(rows, columns=["source", "code", "count"]).assign(label_sv="", label_en="")
    >>> recurrence(table)[["code", "n_sources", "is_new", "is_gone"]].values.tolist()
    [['tid', 1, False, True], ['vilja', 1, True, False]]
    """
    sources = list(dict.fromkeys(table["source"]))
    is_read = pd.Series(True, index=table.index)
    if "n_read" in table.columns:
        is_read = table["n_read"] == table["n_all"]
    rows = []
    for code, part in table.groupby("code", sort=False):
        there = list(part.loc[part["count"] > 0, "source"])
        lacking = set(part.loc[(part["count"] == 0) & is_read[part.index], "source"])
        first, later = sources[0] in there, any(name in there for name in sources[1:])
        rows.append(
            {
                "code": code, "label_sv": part["label_sv"].iloc[0], "label_en": part["label_en"].iloc[0],
                "n_sources": len(there), "of": len(sources), "sources": tuple(there),
                "is_new": later and sources[0] in lacking, "is_gone": first and lacking >= set(sources[1:]),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
