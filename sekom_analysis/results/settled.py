"""What the report says of settled notes: on what basis, by whom and why, and what talking did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from sekom_analysis.adjudications import seen_text
from sekom_analysis.codebook import Variable
from sekom_analysis.consensus.negotiation import Negotiation, negotiation
from sekom_analysis.consensus.settled import BASES, consensus
from sekom_analysis.quality import is_reflexive
from sekom_analysis.quality.reading import reading
from sekom_analysis.study import Study

BASIS_COLUMNS = ["variable", *BASES, "n_stale", "n_notes"]
ENTRY_COLUMNS = [
    "note_id",
    "text",
    "variable",
    "answer",
    "reason",
    "adjudicator",
    "said",
    "is_stale",
    "changed",
]


@dataclass(frozen=True)
class SettledTables:
    """The tables behind the section on settled notes.

    Attributes
    ----------
    bases : one row a `single` variable that two or more coded: how many of the main notes rest on each basis
    entries : one row an adjudication: note, answer and what coders said then in words, reason, by whom
    talks : variable -> what talking did, where somebody answered after it
    """

    bases: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=BASIS_COLUMNS))
    entries: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ENTRY_COLUMNS))
    talks: dict[str, Negotiation] = field(default_factory=dict)


def settled_of(
    study: Study,
    variables: Sequence[Variable],
    coders: Sequence[str],
    notes: pd.DataFrame,
    lang: str,
    *,
    n_resamples: int = 0,
    rng: int = 0,
) -> SettledTables:
    """Return what is settled; nothing of a reflexive study.

    Parameters
    ----------
    study : Study
    variables : those that somebody coded
    coders : those who code on their own: not the report's own sorting
    notes : the notes of the main sources
    lang, n_resamples, rng : as in `work_out`
    """
    if is_reflexive(study):
        return SettledTables()
    talked = _talked(study)
    talks = {
        variable.id: negotiation(
            study, variable.id, notes=notes, coders=coders, n_resamples=n_resamples, rng=rng, lang=lang
        )
        for variable in variables
        if variable.id in talked
    }
    return SettledTables(
        _bases(study, variables, coders, notes),
        _entries(study, lang),
        {name: found for name, found in talks.items() if found.n_talked},
    )


def _talked(study: Study) -> set[str]:
    events = study.history()
    return set(events.loc[events["pass"] == "3", "variable"])


def _bases(
    study: Study, variables: Sequence[Variable], coders: Sequence[str], notes: pd.DataFrame
) -> pd.DataFrame:
    rows = []
    for variable in variables:
        if variable.kind != "single":
            continue
        ratings = study.ratings(variable.id, coders, notes)
        if ratings.notna().any().sum() < 2:
            continue
        settled = consensus(ratings, study.adjudications(variable.id))
        sums = settled["basis"].value_counts()
        n_stale = int(settled["is_stale"].sum())
        rows.append([variable.id, *(int(sums.get(basis, 0)) for basis in BASES), n_stale, len(settled)])
    return pd.DataFrame(rows, columns=BASIS_COLUMNS)


def _entries(study: Study, lang: str) -> pd.DataFrame:
    table = study.adjudications()
    known = table["variable"].isin(study.codebook.ids) & table["note_id"].isin(study.notes.index)
    table = table[known].sort_values(["variable", "note_id", "decided_at"], ignore_index=True)
    book = study.codebook
    said, answers = [], []
    for row in table.to_dict("records"):
        variable = book[row["variable"]]
        answers.append(reading(variable, row["codes"], lang) if row["event"] == "settle" else "")
        words = {coder: reading(variable, codes, lang) for coder, codes in row["seen"].items()}
        said.append("; ".join(f"{coder}: {answer}" for coder, answer in words.items()))
    texts = table["note_id"].map(study.notes["text"])
    shown = table.assign(text=texts, answer=answers, said=said, seen=table["seen"].map(seen_text))
    return shown[[*ENTRY_COLUMNS, "event", "codes", "seen", "decided_at", "present"]]
