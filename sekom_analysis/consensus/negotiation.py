"""What talking did: agreement before and after, and who took over whose answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pandas as pd

from sekom_analysis.agreement import agreement
from sekom_analysis.decisions import AFTER_TALK, INDEPENDENT, counting_rows

if TYPE_CHECKING:
    from sekom_analysis.study import Study

BEFORE, AFTER = "before", "after"
PASSES = {BEFORE: (INDEPENDENT,), AFTER: (INDEPENDENT, AFTER_TALK)}
MOVE_COLUMNS = [
    "coder", "towards", "n_differed", "n_moved", "share", "seniority", "towards_seniority", "towards_senior",
]  # fmt: skip
CODER_COLUMNS = ["coder", "seniority", "n_notes", "n_changed", "n_elsewhere", "n_withdrawn", "n_added"]


@dataclass(frozen=True)
class Negotiation:
    """What talking did to the answers on one variable; the passes are never mixed.

    Attributes
    ----------
    variable : its id
    agreement : as `agreement` gives it, with the column ``when``: before (pass 1 alone) or after (an
        answer of pass 3 in the place of that of pass 1). Same notes, same coders.
    moves : one row an ordered pair of coders: ``n_differed`` notes on which they differed before,
        ``n_moved`` of them on which ``coder`` now says what ``towards`` said before, their ``share``; and
        the seniority of both, with ``towards_senior`` true where the move goes up (missing where they are
        equal or not given as numbers)
    coders : one row a coder: ``n_notes`` answered before, ``n_changed`` of them answered otherwise now,
        ``n_elsewhere`` of those to what nobody had said, ``n_withdrawn`` taken back, ``n_added`` answered
        only after talking
    changed : the notes on which somebody's answer is another now, with each coder's answer before and
        after (columns ``before <coder>``, ``after <coder>``)
    n_talked : notes with an answer of pass 3, or one taken back in it
    """

    variable: str
    agreement: pd.DataFrame
    moves: pd.DataFrame
    coders: pd.DataFrame
    changed: pd.DataFrame
    n_talked: int


def negotiation(
    study: Study,
    variable: str,
    *,
    notes: object = None,
    coders: Iterable[str] | None = None,
    n_resamples: int = 10_000,
    rng: int = 0,
    lang: str = "en",
) -> Negotiation:
    """Return agreement before and after talking, and who moved towards whom.

    Agreement before is that of independent coding; the one after says that
    coders talked, or were shown each other's answers, not that the codebook is
    clear, and is never a measure of reliability. A coder who began late and
    blind is in both alike. Whether the less senior move more than the others is what
    the table of moves is for (Campbell, Quincy, Osserman & Pedersen 2013,
    *Sociological Methods & Research* 42(3), 294–320).

    Parameters
    ----------
    study : Study
    variable : id of the variable
    notes : ids or a table of notes; left out, all that it is asked of
    coders : whose; left out, all but the report's own sorting
    n_resamples, rng, lang : as in `agreement`

    Raises
    ------
    StanceError
        If the study is reflexive.
    CodebookError, NotesError, StudyError
        If there is no such variable, note or coder.
    """
    from sekom_analysis.quality.stance import check_stance

    check_stance(study)
    people = [c for c in study.coders if study.about.coder(c).kind != "source"] if coders is None else coders
    said = {when: study.ratings(variable, people, notes, passes) for when, passes in PASSES.items()}
    took_part = said[BEFORE].notna().any() | said[AFTER].notna().any()
    said = {when: table.loc[:, took_part] for when, table in said.items()}
    # A gap among scores is neither equal nor unequal to anything, and cannot be asked.
    before, after = (said[when].astype(object).where(said[when].notna(), None) for when in (BEFORE, AFTER))
    answered = before.index[before.notna().any(axis=1) | after.notna().any(axis=1)]
    study.tell_shown([str(note) for note in answered], [variable], "negotiation")
    rows = agreement_rows(study, variable, said, n_resamples=n_resamples, rng=rng, lang=lang)
    seniority = {coder: study.about.coder(coder).seniority for coder in before.columns}
    return Negotiation(
        variable,
        rows,
        _moves(before, after, seniority),
        _by_coder(before, after, seniority),
        _changed_notes(before, after),
        _n_talked(study, variable, before),
    )


def agreement_rows(
    study: Study, variable: str, said: Mapping[str, pd.DataFrame], *, n_resamples: int, rng: int, lang: str
) -> pd.DataFrame:
    """Return percent and the planned coefficient of each table of ratings, named in the column ``when``."""
    name, level = study.about.plan.primary.measure(study.codebook[variable].kind)
    asked: dict[str, Any] = {"coefficients": list(dict.fromkeys(["percent", name])), "lang": lang}
    tables = [
        agreement(table, level, n_resamples=n_resamples, rng=rng, **asked).assign(when=when)
        for when, table in said.items()
        if len(table.columns) > 1
    ]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["when"])


def _differ(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return where two tables of answers differ; unseen in both is no difference."""
    return ~((one == other) | (one.isna() & other.isna()))


def _moves(before: pd.DataFrame, after: pd.DataFrame, seniority: Mapping[str, object]) -> pd.DataFrame:
    rows = []
    for coder, towards in permutations(before.columns, 2):
        both = before[[coder, towards]].notna().all(axis=1)
        differed = both & (before[coder] != before[towards])
        moved = differed & (after[coder] == before[towards])
        n_differed, n_moved = int(differed.sum()), int(moved.sum())
        own, theirs = seniority[coder], seniority[towards]
        share = n_moved / n_differed if n_differed else float("nan")
        rows.append([coder, towards, n_differed, n_moved, share, own, theirs, _is_up(own, theirs)])
    table = pd.DataFrame(rows, columns=MOVE_COLUMNS)
    return table.astype({"towards_senior": "boolean", "seniority": object, "towards_seniority": object})


def _is_up(own: object, theirs: object) -> bool | None:
    """Whether a move goes to somebody more senior; None where the two are equal or no numbers."""
    if not isinstance(own, int | float) or not isinstance(theirs, int | float) or own == theirs:
        return None
    return theirs > own


def _by_coder(before: pd.DataFrame, after: pd.DataFrame, seniority: Mapping[str, object]) -> pd.DataFrame:
    is_other = _differ(before, after)
    rows = []
    for coder in before.columns:
        had, has = before[coder].notna(), after[coder].notna()
        changed = is_other[coder] & had & has
        known = pd.Series(
            [after.at[note, coder] in before.loc[note].dropna().tolist() for note in before.index],
            index=before.index,
        )
        sums = (had, changed, changed & ~known, had & ~has, ~had & has)
        rows.append([coder, seniority[coder], *(int(notes.sum()) for notes in sums)])
    return pd.DataFrame(rows, columns=CODER_COLUMNS)


def _changed_notes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    changed = _differ(before, after).any(axis=1)
    sides = [before.add_prefix("before "), after.add_prefix("after ")]
    return pd.concat(sides, axis=1)[changed]


def _n_talked(study: Study, variable: str, ratings: pd.DataFrame) -> int:
    events = counting_rows(study.history())
    said = events[
        (events["pass"] == str(AFTER_TALK))
        & (events["variable"] == variable)
        & (events["event"] != "skip")
        & events["coder"].isin(ratings.columns)
        & events["note_id"].isin(ratings.index)
    ]
    return int(said["note_id"].nunique())
