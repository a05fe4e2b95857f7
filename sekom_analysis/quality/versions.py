"""Agreement before and after a definition was revised: side by side, never mixed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from sekom_analysis.agreement import agreement
from sekom_analysis.agreement.requests import COLUMNS
from sekom_analysis.codebook import Variable
from sekom_analysis.decisions import AFTER_TALK, INDEPENDENT, counting_rows, fold, ratings_table
from sekom_analysis.definitions import Definitions
from sekom_analysis.quality.stance import check_stance
from sekom_analysis.raw import CODED
from sekom_analysis.selection import chosen_coders
from sekom_analysis.study import Study

ALL, FRESH, AGAIN = "all", "fresh", "again"
VERSION_KEYS = ["variable", "version", "is_now", "notes", "first", "last"]


def agreement_by_version(
    study: Study,
    variable: str,
    *,
    coders: Iterable[str] | None = None,
    notes: object = None,
    **options: Any,
) -> pd.DataFrame:
    """Return agreement under each version of a variable's definition.

    Parameters
    ----------
    study : Study
    variable : id of the variable
    coders : whose; left out, all who used the codebook (not the material's own sorting)
    notes : as in `Study.ratings`
    **options : those of `agreement`; the level is the plan's unless given

    Returns
    -------
    DataFrame
        ``variable``, ``version``, ``is_now``, ``notes``, ``first`` and ``last`` (when decided under it, UTC),
        then the columns of `agreement`. ``notes`` says which: ``all`` that were decided under the
        version; and of a later version ``fresh``, those not used to revise it, and ``again``, the others.
        *Used* is a note that, before anybody decided under the version, somebody with the codebook had
        decided in whatever pass under an earlier one, or that was adjudicated. The α to report after a
        revision is the one on fresh notes: on the others the new wording was made to fit, and coders may
        remember what was said of them.

    Notes
    -----
    An answer counts under the version that the coder saw, as it stood there last: one given anew under the
    revised wording leaves the earlier one where it was. Passes are the independent one; on notes coded
    again also pass 3, after others' answers could be seen.

    Raises
    ------
    CodebookError, StudyError
        If there is no such variable or coder.
    StanceError
        If the study is reflexive.
    """
    asked = check_stance(study).codebook[variable]
    with_codebook = [coder for coder in study.coders if study.about.coder(coder).kind != "source"]
    whose = with_codebook if coders is None else chosen_coders(coders, study.coders, study.about.coders)
    history = counting_rows(study.history())
    history = history[history["variable"] == asked.id]
    # A note is used whoever read it with the codebook, also one whose answers are not compared here.
    read = history[(history["event"] == "decide") & history["coder"].isin({*with_codebook, *whose})]
    settled = study.adjudication_history()
    settled = settled[settled["variable"] == asked.id]
    chosen = study.notes_asked(asked, notes)
    options = {"level": study.about.plan.primary.measure(asked.kind)[1], **options}
    rows = []
    for version, times in _in_use(read):
        used = _before(times.min(), read, settled)
        keys = {
            "variable": asked.id, "version": version, "is_now": version == asked.version,
            "first": times.min(), "last": times.max(),
        }  # fmt: skip
        under = history[(history["codebook"] == version) & history["coder"].isin(whose)]
        for name, ids, passes in _sets(chosen, used):
            found = agreement(_ratings(study, asked, under, ids, whose, passes), **options)
            rows.append(found.assign(**keys, notes=name)[[*VERSION_KEYS, *found.columns]])
    return pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=[*VERSION_KEYS, *COLUMNS])


def _in_use(read: pd.DataFrame) -> list[tuple[str, pd.Series]]:
    """Return each version with the times of its decisions, the first in use first."""
    times = [(str(version), part["decided_at"]) for version, part in read.groupby("codebook")]
    return sorted(times, key=lambda one: (one[1].min(), one[0]))


def _before(first: str, *events: pd.DataFrame) -> set[str]:
    """Return the notes that something happened to before a time."""
    return {str(note) for some in events for note in some.loc[some["decided_at"] < first, "note_id"]}


def _sets(chosen: list[str], used: set[str]) -> Iterator[tuple[str, list[str], tuple[int, ...]]]:
    """Yield the sets of notes to measure on, each with the passes that count there."""
    again = [note for note in chosen if note in used]
    if not used:
        yield ALL, chosen, (INDEPENDENT,)
        return
    yield FRESH, [note for note in chosen if note not in used], (INDEPENDENT,)
    yield AGAIN, again, (INDEPENDENT, AFTER_TALK)
    yield ALL, chosen, (INDEPENDENT, AFTER_TALK)


def _ratings(
    study: Study,
    variable: Variable,
    events: pd.DataFrame,
    notes: list[str],
    coders: list[str],
    passes: tuple[int, ...],
) -> pd.DataFrame:
    """Return the answers that some events of one version come to, over the codes that the coders saw."""
    version = str(events["codebook"].iloc[0]) if len(events) else variable.version
    seen = Definitions(study.root / CODED).read().get(version, variable)
    table = ratings_table(fold(events), seen, notes, coders, passes)
    return table.loc[:, table.notna().any()]
