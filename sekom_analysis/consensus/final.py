"""The final codes of a study: what each note comes to on a variable of any kind, on what basis and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from sekom_analysis.basics.wording import say
from sekom_analysis.consensus.settled import (
    ADJUDICATED,
    MAJORITY,
    SINGLE,
    UNANIMOUS,
    UNRESOLVED,
    UNSEEN,
    consensus,
    consensus_sets,
)
from sekom_analysis.study.codebook import Variable
from sekom_analysis.study.ledgers import SETTLE

if TYPE_CHECKING:
    from sekom_analysis.study.study import Study

FINAL_COLUMNS = [
    "code", "label_sv", "label_en", "open", "basis", "share", "n_coders", "median", "reason", "adjudicator",
    "is_stale",
]  # fmt: skip


def final_codes(
    study: Study, variable: str, notes: object = None, coders: Iterable[str] | None = None
) -> pd.DataFrame:
    """Return what each note comes to: as adjudicated, else as more than half of the coders answered.

    Parameters
    ----------
    study : Study
    variable : id of a variable of any kind
    notes : ids or a table of notes; left out, all N that the variable is asked of
    coders : whose answers count; left out, everybody who used the codebook (not a source's own sorting)

    Returns
    -------
    DataFrame of N rows, index note_id: ``code`` as in a log (several with ``|`` between, empty: none of them
    applies; missing: not settled; of several those that are), its labels, ``open`` (codes that exactly half
    of the coders gave a note with several), ``basis`` (unanimous, majority, adjudicated, single for one coder
    alone, unresolved, unseen), ``share`` of the coders who decided that answered so, ``n_coders`` who
    decided, ``median`` of their scores (scales only), and of an adjudication ``reason``, ``adjudicator`` and
    ``is_stale``: whether an answer changed since. A scale is settled by the same score of more than half,
    never by a mean.

    Raises
    ------
    CodebookError, NotesError, StudyError
        If there is no such variable, note or coder.
    StanceError
        If the study is reflexive.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sekom_analysis import Study
    >>> from sekom_analysis.study.making import create_sample
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_sample(Path(folder) / "sample")
    ...     final = Study.open(Path(folder) / "sample").final("category_b")
    >>> final.loc["B026", ["code", "basis"]].tolist()
    ['samverkan', 'majority']
    """
    from sekom_analysis.study.checks import check_stance

    check_stance(study)
    asked = study.codebook[variable]
    ratings = study.ratings(variable, study.with_codebook if coders is None else coders, notes)
    verdicts = study.adjudications(variable)
    verdicts = verdicts[verdicts["note_id"].isin(ratings.index)]
    table = _of_sets(ratings, verdicts) if asked.kind == "multiple" else _of_codes(asked, ratings, verdicts)
    for lang in ("sv", "en"):
        table[f"label_{lang}"] = [_in_words(asked, code, lang) for code in table["code"]]
    table["n_coders"] = ratings.notna().sum(axis=1)
    scores = ratings.astype("Float64").median(axis=1) if asked.kind == "scale" else float("nan")
    table["median"] = pd.Series(scores, index=table.index, dtype="Float64")
    told = _told(verdicts).reindex(table.index)
    table["reason"], table["adjudicator"] = told["reason"].fillna(""), told["adjudicator"].fillna("")
    return table.rename_axis(index="note_id", columns=None)[FINAL_COLUMNS]


def _of_codes(asked: Variable, ratings: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    given = ratings.astype(object).where(ratings.notna(), None)
    if asked.kind == "scale":
        given = given.map(lambda score: str(int(score)), na_action="ignore")
    return consensus(given, verdicts).assign(open="").rename_axis(columns=None)


def _of_sets(ratings: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    settled = consensus_sets(ratings, verdicts)
    rows = []
    for note, codes, tied, n_coders, is_adjudicated in settled[
        ["codes", "tied", "n_coders", "is_adjudicated"]
    ].itertuples(name=None):
        given = [answer for answer in ratings.loc[note] if isinstance(answer, frozenset)]
        same = given.count(codes) if isinstance(codes, frozenset) else 0
        is_settled = isinstance(codes, frozenset) and not tied
        basis = _basis(is_settled, is_adjudicated, same, int(n_coders))
        # No code in common is not the answer that none applies: then nothing is settled.
        is_known = isinstance(codes, frozenset) and basis != UNSEEN and bool(codes or not tied)
        code = _joined(codes) if is_known else None
        rows.append((code, _joined(tied), basis, same / n_coders if n_coders else float("nan")))
    table = pd.DataFrame(rows, columns=["code", "open", "basis", "share"], index=ratings.index)
    stale = verdicts.groupby("note_id")["is_stale"].any() if len(verdicts) else pd.Series(dtype=bool)
    return table.assign(is_stale=stale.reindex(table.index, fill_value=False).astype(bool))


def _basis(is_settled: bool, is_adjudicated: bool, same: int, n_coders: int) -> str:
    """Return what a set of codes rests on, where `same` of the coders gave just this set."""
    if is_adjudicated:
        return ADJUDICATED if is_settled else UNRESOLVED
    if n_coders < 2:
        return SINGLE if n_coders else UNSEEN
    if not is_settled:
        return UNRESOLVED
    return UNANIMOUS if same == n_coders else MAJORITY


def _joined(codes: Iterable[str]) -> str:
    return "|".join(sorted(codes))


def _in_words(asked: Variable, code: Any, lang: str) -> str:
    """Return a settled answer by its labels, in the order of the codebook."""
    if not isinstance(code, str):
        return ""
    if not code:
        return say("reading_empty", lang)
    given = code.split("|")
    known = [one for one in asked.code_ids if one in given]
    return "; ".join(
        asked.label_of(one, lang) for one in [*known, *(one for one in given if one not in known)]
    )


def _told(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return by note the reasons and names of those who adjudicated it."""
    settled = verdicts[verdicts["event"] == SETTLE] if len(verdicts) else verdicts
    return settled.groupby("note_id")[["reason", "adjudicator"]].agg(_listed)


def _listed(texts: pd.Series) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def final_table(study: Study, lang: str, notes: object = None) -> pd.DataFrame:
    """Return the final codes of every variable that somebody answered, a row a note, as it goes into a file.

    Parameters
    ----------
    study : Study
    lang : language of the labels
    notes : ids or a table of notes; left out, all

    Returns
    -------
    DataFrame: ``variable``, ``note_id``, ``text``, ``answer`` (the labels), and the columns of `final_codes`
    but the labels; none of a study in which nobody has answered.
    """
    parts = []
    for variable in study.codebook.variables:
        asked = study.notes_asked(variable, notes)
        table = final_codes(study, variable.id, asked)
        if (table["basis"] == UNSEEN).all():
            continue
        texts = study.notes["text"].reindex(table.index)
        table = table.assign(answer=table[f"label_{lang}"], text=texts, variable=variable.id)
        parts.append(table.drop(columns=["label_sv", "label_en"]).reset_index())
    first = ["variable", "note_id", "text", "answer"]
    rest = [name for name in FINAL_COLUMNS if not name.startswith("label_")]
    if not parts:
        return pd.DataFrame(columns=[*first, *rest])
    return pd.concat([part.astype(object) for part in parts], ignore_index=True)[[*first, *rest]]
