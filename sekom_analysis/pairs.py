"""Judgements of pairs of notes: whether they say the same, by reviewers, each on their own."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.decisions import coder_fault
from sekom_analysis.ledgers import RETRACT, Ledger, standing
from sekom_analysis.logline import Format, Row
from sekom_analysis.wording import Phrase

SAME, OVERLAPPING, DIFFERENT = "same", "overlapping", "different"
JUDGEMENTS = (SAME, OVERLAPPING, DIFFERENT)
JUDGE = "judge"
PAIR_EVENTS = (JUDGE, RETRACT)
KEYS = ["note_a", "note_b", "reviewer"]


class Judgement(NamedTuple):
    """What a reviewer said of a pair, as it stands in the ledger; the order of the fields is the ledger's.

    ``note_a`` comes before ``note_b`` as texts do, so that a pair is one pair either way round.
    """

    decided_at: str
    event_id: str
    note_a: str
    hash_a: str
    note_b: str
    hash_b: str
    judgement: str
    reason: str
    reviewer: str
    event: str


COLUMNS = Judgement._fields
IDENTITY = ("note_a", "note_b", "judgement", "reason", "reviewer", "event")


def _row_fault(row: Row) -> str:
    event = Judgement._make(row)
    if fault := coder_fault(event.reviewer):
        return fault
    if event.note_a >= event.note_b:
        return Phrase("fault_pair", first=event.note_a, second=event.note_b)
    if event.event == JUDGE and event.judgement not in JUDGEMENTS:
        return Phrase("fault_none_of", text=event.judgement, allowed=", ".join(JUDGEMENTS))
    return ""


FORM = Format(COLUMNS, PAIR_EVENTS, _row_fault, IDENTITY)


def pair_ledger(root: Path) -> Ledger[Judgement]:
    """Return the ledger of the study in `root`."""
    return Ledger(root, "pairs", FORM, Judgement._make)


def judgements_table(history: pd.DataFrame) -> pd.DataFrame:
    """Return what stands: one row a pair and reviewer."""
    columns = ["note_a", "note_b", "judgement", "reason", "reviewer", "decided_at", "hash_a", "hash_b"]
    return standing(history, KEYS)[[*columns, "event_id", "row"]]


def pair_ratings(judgements: pd.DataFrame) -> pd.DataFrame:
    """Return judgements as ratings, pairs × reviewers, for `agreement` and all that takes ratings.

    Parameters
    ----------
    judgements : as `judgements_table` gives them

    Returns
    -------
    DataFrame, index ``note_id`` (a pair as ``D001+D012``), one categorical column a reviewer; a missing
    cell is a pair that the reviewer has not judged. The codes are in order from same to different, so
    that the ordinal level makes sense too.
    """
    pairs = judgements["note_a"] + "+" + judgements["note_b"]
    table = judgements.assign(note_id=pairs).pivot(index="note_id", columns="reviewer", values="judgement")
    table.columns = pd.Index(table.columns, name="coder")
    return table.astype(pd.CategoricalDtype(list(JUDGEMENTS)))
