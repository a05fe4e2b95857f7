"""The codes that were changed, before and after, and the versions of a definition that answers rest on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.agreement import agreement_difference
from sekom_analysis.basics.wording import list_in_words, say
from sekom_analysis.quality.revisions import (
    ADDED,
    ALL,
    FRESH,
    RETIRED,
    REWORDED,
    in_use,
    known_versions,
    ratings_under,
    used_before,
)
from sekom_analysis.study.checks import check_stance
from sekom_analysis.study.codebook import Code, Variable
from sekom_analysis.study.decisions import AFTER_TALK, INDEPENDENT, counting_rows
from sekom_analysis.study.lineage import Lineage, code_texts
from sekom_analysis.study.raw import chosen_coders
from sekom_analysis.study.rows import local_day
from sekom_analysis.study.study import Study

SPLIT, PART, MERGED = "split", "part", "merged"
CHANGED_COLUMNS = [
    "variable", "version_before", "version_after", "code", "change", "notes", "value_before", "value_after",
    "difference", "low", "high", "p", "n_before", "n_after", "n_both", "note",
]  # fmt: skip


class _Moved(NamedTuple):
    """A code that changed between two versions: its ids in the one and in the other."""

    code: str
    change: str
    before: frozenset[str]
    after: frozenset[str]


def agreement_of_changed_codes(
    study: Study,
    variable: str,
    *,
    coders: Iterable[str] | None = None,
    notes: object = None,
    n_resamples: int = 10_000,
    rng: int = 0,
    lang: str = "en",
) -> pd.DataFrame:
    """Return α of each code whose text or extent changed, before and after, for each change of a definition.

    Parameters
    ----------
    study : Study
    variable : id of a variable with codes; a scale has none, and gives an empty table
    coders, notes : as in `agreement_by_version`
    n_resamples, rng, lang : as in `agreement_difference`

    Returns
    -------
    DataFrame
        Two rows for each changed code and each two versions in use after each other. ``notes`` is ``all``:
        the notes that two coders or more decided under both, which are drawn once for both sides; or
        ``fresh``: after the change those not used for it, as in `agreement_by_version`, beside all notes
        from before. ``change`` is ``reworded``, ``merged``, ``split`` (afterwards what took its place,
        counted together), ``part`` of such a one, ``added`` or ``retired``. ``value_before``,
        ``value_after``, ``difference`` (after − before) with ``low``, ``high`` and ``p``; ``n_before``,
        ``n_after`` and ``n_both`` notes; ``note`` says why something is missing.

    Notes
    -----
    α is that of the code against all others, among the coders who answered under both versions. A merged
    code is compared with the codes that it was made of, counted as one before too. On notes that were
    coded again a difference tells what the change did to readings that the coders had already made and
    perhaps discussed; on fresh notes, what others have to expect.

    Raises
    ------
    CodebookError, StudyError
        If there is no such variable or coder.
    StanceError
        If the study is reflexive.
    """
    asked = check_stance(study).codebook[variable]
    with_codebook = study.with_codebook
    whose = with_codebook if coders is None else chosen_coders(coders, study.coders, study.about.coders)
    history = counting_rows(study.history(as_given=True))
    history = history[history["variable"] == asked.id]
    read = history[(history["event"] == "decide") & history["coder"].isin({*with_codebook, *whose})]
    settled = study.adjudication_history()
    settled = settled[settled["variable"] == asked.id]
    chosen, known = study.notes_asked(asked, notes), known_versions(study)
    versions = [(version, times) for version, times in in_use(read) if version in known]
    how = {"n_resamples": n_resamples, "rng": rng, "lang": lang, "cluster": study.cluster}
    rows = []
    for (before, _), (after, times) in pairwise(versions):
        moved = list(_moved(known[before], known[after], Lineage(asked)))
        if not moved:
            continue
        used = used_before(times.min(), read, settled)
        fresh = [note for note in chosen if note not in used]
        under = {
            version: history[(history["codebook"] == version) & history["coder"].isin(whose)]
            for version in (before, after)
        }
        then = ratings_under(study, asked, under[before], chosen, whose, (INDEPENDENT,))
        now = ratings_under(study, asked, under[after], chosen, whose, (INDEPENDENT, AFTER_TALK))
        on_fresh = ratings_under(study, asked, under[after], fresh, whose, (INDEPENDENT,))
        for code in moved:
            keys = (asked.id, before, after, code.code, code.change)
            again = _on_both(then, now)
            rows.append((*keys, ALL, *_compared(code, *again, say("changed_none_again", lang), how)))
            rows.append(
                (*keys, FRESH, *_compared(code, then, on_fresh, say("changed_none_fresh", lang), how))
            )
    return pd.DataFrame(rows, columns=CHANGED_COLUMNS)


def _moved(before: Variable, after: Variable, lineage: Lineage) -> Iterator[_Moved]:
    """Yield the codes that are not what they were, those of the later version first."""
    then, now = _by_present_id(before, lineage), _by_present_id(after, lineage)
    parts = {part: code for code, into in lineage.split.items() for part in into if code in then}
    for code, ids in now.items():
        olds = then.get(code, {})
        change = (
            (PART if code in parts else ADDED) if not olds
            else MERGED if len(olds) > len(ids)
            else "" if [*map(code_texts, olds.values())] == [*map(code_texts, ids.values())]
            else REWORDED
        )  # fmt: skip
        if change:
            yield _Moved(code, change, frozenset(olds), frozenset(ids))
    for code, olds in then.items():
        if code in now:
            continue
        into = {old for part in lineage.split.get(code, ()) for old in now.get(part, ())}
        yield _Moved(code, SPLIT if into else RETIRED, frozenset(olds), frozenset(into))


def _by_present_id(variable: Variable, lineage: Lineage) -> dict[str, dict[str, Code]]:
    """Return what a code is called now -> the codes of a version that count as it."""
    found: dict[str, dict[str, Code]] = {}
    for code in variable.codes:
        if not code.retired:
            found.setdefault(lineage.became.get(code.id, code.id), {})[code.id] = code
    return found


def _on_both(then: pd.DataFrame, now: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return two tables cut to the notes that two coders decided on in both."""
    shared = [coder for coder in then.columns if coder in now.columns]
    twice = (then[shared].notna().sum(axis=1) > 1) & (now[shared].notna().sum(axis=1) > 1)
    return then[twice], now[twice]


def _compared(
    moved: _Moved, then: pd.DataFrame, now: pd.DataFrame, none: str, how: dict[str, Any]
) -> tuple[Any, ...]:
    """Return both values, the difference with its ends and p, numbers of notes, and why not."""
    lang, gap = how["lang"], float("nan")
    shared = [coder for coder in then.columns if coder in now.columns]
    before, after = _one_or_other(then[shared], moved.before), _one_or_other(now[shared], moved.after)
    row = agreement_difference(before, after, **how).iloc[0]
    numbers = [int(row[name]) for name in ("n_notes_a", "n_notes_b", "n_both")]
    values = [
        row[name] if ids else gap for name, ids in (("value_a", moved.before), ("value_b", moved.after))
    ]
    why = ""
    if now.columns.empty:
        why = none
    elif len(shared) < 2:
        why = say("changed_no_coders", lang)
    elif not moved.before or not moved.after:
        why = say(f"changed_only_{moved.change}", lang)
    elif not numbers[1]:
        why = none
    if why:
        return (*values, values[1] - values[0], gap, gap, gap, *numbers, why)
    return (*values, row["difference"], row["low"], row["high"], row["p"], *numbers, row["note"])


HELD, OTHER = "held", "other"


def _one_or_other(ratings: pd.DataFrame, codes: frozenset[str]) -> pd.DataFrame:
    """Return where some code was chosen and where another was; unseen stays unseen."""

    def told(answer: Any) -> str:
        chosen = answer if isinstance(answer, frozenset) else {answer}
        return HELD if chosen & codes else OTHER

    return ratings.astype(object).map(told, na_action="ignore")


# --- which versions of a definition answers rest on ---------------------------------------------------


def versions_behind(study: Study, variable: str, coders: Iterable[str], notes: Iterable[str]) -> pd.DataFrame:
    """Return the versions that independent answers rest on, the first in use first.

    Returns
    -------
    DataFrame of ``version``, ``n_decisions`` and ``first`` (UTC)
    """
    own = study.decisions(variable, list(coders))
    own = own[(own["pass"] == str(INDEPENDENT)) & own["note_id"].isin(list(notes))]
    each = own.groupby("codebook")["decided_at"].agg(["size", "min"]).reset_index()
    each.columns = pd.Index(["version", "n_decisions", "first"])
    return each.sort_values(["first", "version"], ignore_index=True)


def versions_sentence(versions: pd.DataFrame, lang: str) -> str:
    """Return which versions answers rest on, in words; empty where it is one."""
    if len(versions) < 2:
        return ""
    each = [
        say("versions_each", lang, day=local_day(str(row["first"])), n=row["n_decisions"])
        for row in versions.to_dict("records")
    ]
    return say("versions_behind", lang, n=len(versions), each=list_in_words(each, lang))
