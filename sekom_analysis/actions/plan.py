"""The plan: for each action the resources, who is responsible, when, and what it waits for.

``data/coded/plan.csv`` is a plain file that people edit, in Excel or elsewhere. It is read as it is,
and everything wrong with it is listed at once.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.actions.coverage import merged_into
from sekom_analysis.basics.errors import PlanError
from sekom_analysis.basics.files import locked, replace_file
from sekom_analysis.basics.wording import Problem, problem_lines, say
from sekom_analysis.formats.tables import check_table, write_table
from sekom_analysis.study.raw import CODED
from sekom_analysis.study.study import Study

PLAN_FILE = CODED / "plan.csv"
PLAN_COLUMNS = ["action", "resources", "responsible", "start", "end", "status", "depends_on", "note"]
STATUSES = {
    "planned": ("planned", "planerad"),
    "ongoing": ("ongoing", "pågår", "pågående"),
    "done": ("done", "klar"),
    "paused": ("paused", "vilar", "pausad"),
    "dropped": ("dropped", "struken", "avförd"),
}
DATES = ("start", "end")
_DATE = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?")
_SEPARATORS = re.compile(r"[|,;\s]+")


def read_plan(study: Study, path: Path | None = None) -> pd.DataFrame:
    """Read the plan of a study.

    Parameters
    ----------
    study : Study
    path : another file (.csv or .xlsx) in the same form; left out, the study's ``data/coded/plan.csv``

    Returns
    -------
    DataFrame
        One row per action, index ``row`` as a spreadsheet numbers it, all columns text but ``start`` and
        ``end`` (datetime64; missing where there is none or it is not a date). ``status`` is one of planned,
        ongoing, done, paused, dropped, whether the file says so in English or Swedish, and else what
        is there; ``depends_on`` joins actions by ``|``. Empty without a file. `check_plan` says
        what is wrong.

    Raises
    ------
    PlanError
        If the file cannot be read as a table, or has no column ``action``.
    """
    plan, problems = plan_as_found(study, path)
    if problems:
        msg = f"{say('report_plan_unreadable', 'en')}\n{problem_lines(problems)}"
        raise PlanError(msg)
    return plan


def plan_as_found(study: Study, path: Path | None = None) -> tuple[pd.DataFrame, list[Problem]]:
    """Read the plan as `read_plan` does, but hand back beside it why it cannot be read."""
    file = study.root / PLAN_FILE if path is None else path
    frame = pd.DataFrame(columns=PLAN_COLUMNS, dtype="str")
    problems: list[Problem] = []
    if path is not None or file.exists():
        frame, problems = check_table(file)
    if not problems and "action" not in frame.columns:
        named = {"found": ", ".join(frame.columns), "wanted": ", ".join(PLAN_COLUMNS)}
        problems = [Problem.of(file.name, 1, "plan_columns", **named)]
    return parsed(frame.iloc[:0] if problems else frame), problems


def plan_problems(study: Study, plan: pd.DataFrame | None = None) -> list[Problem]:
    """List what is to look at in a study's plan, or why it cannot be read.

    Parameters
    ----------
    study : Study
    plan : as `read_plan` gives it; left out, it is read
    """
    if plan is None:
        plan, unreadable = plan_as_found(study)
        if unreadable:
            return unreadable
    return check_plan(plan, study.notes.index, merged_into(study)) if len(plan) else []


def parsed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a plan's texts with every column there, dates as dates, statuses and lists in one form."""
    plan = frame.assign(**{name: "" for name in PLAN_COLUMNS if name not in frame.columns})
    others = [name for name in plan.columns if name not in PLAN_COLUMNS]
    plan = pd.DataFrame({name: plan[name].str.strip() for name in [*PLAN_COLUMNS, *others]})
    plan["depends_on"] = ["|".join(_listed(text)) for text in plan["depends_on"]]
    plan["status"] = [status_of(text) or text for text in plan["status"]]
    plan["said_start"], plan["said_end"] = plan["start"], plan["end"]
    for name in DATES:
        days = [day_of(text, last=name == "end") for text in plan[name]]
        plan[name] = pd.to_datetime(pd.Series(days, index=plan.index, dtype="object")).astype("datetime64[s]")
    plan.index.name = "row"
    return plan


def _listed(text: str) -> list[str]:
    return [part for part in _SEPARATORS.split(text) if part]


def status_of(text: str) -> str:
    """Return the status that a word stands for; an empty text if none.

    Examples
    --------
    >>> status_of("Pågår"), status_of("done"), status_of("sen")
    ('ongoing', 'done', '')
    """
    word = text.strip().casefold()
    return next((status for status, words in STATUSES.items() if word in words), "")


def day_of(text: str, *, last: bool = False) -> dt.date | None:
    """Return the day that a date is; of a month its first day, or its last. None if it is not a date.

    Examples
    --------
    >>> day_of("2023-08-24"), day_of("2023-11", last=True), day_of("i höst")
    (datetime.date(2023, 8, 24), datetime.date(2023, 11, 30), None)
    """
    found = _DATE.fullmatch(text)
    if not found:
        return None
    year, month, day = int(found[1]), int(found[2]), found[3]
    try:
        if day or not last:
            return dt.date(year, month, int(day or 1))
        return dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    except ValueError:
        return None


def check_plan(
    plan: pd.DataFrame,
    actions: Iterable[str],
    merged: Mapping[str, str] | None = None,
    file: str = PLAN_FILE.name,
) -> list[Problem]:
    """List everything in a plan that somebody has to look at.

    Parameters
    ----------
    plan : as `read_plan` gives it
    actions : ids that an action may have, as a rule the study's notes
    merged : note -> the note it was merged into; a plan names what is left
    file : its name, for the list

    Returns
    -------
    list of Problem
        In order of rows: unknown or doubled actions, nobody responsible (except for what is dropped), what is
        no date, an end before the start, a start before the end of what it waits for, unknown statuses and
        dependencies, and circles among these. An action without dates is none: it has no place in time yet.
    """
    found = [
        *_action_problems(plan, set(actions), merged or {}),
        *_row_problems(plan),
        *_dependency_problems(plan),
        *_circles(plan),
    ]
    return [
        Problem.of(file, row, f"plan_{kind}", **values)
        for row, kind, values in sorted(found, key=lambda one: one[0])
    ]


Found = tuple[int, str, dict[str, object]]


def _action_problems(plan: pd.DataFrame, known: set[str], merged: Mapping[str, str]) -> Iterator[Found]:
    first: dict[str, int] = {}
    for row, action in plan["action"].items():
        at = int(str(row))
        if not action:
            yield at, "nameless", {}
        elif action in merged:
            yield at, "merged", {"action": action, "into": merged[action]}
        elif action not in known:
            yield at, "unknown", {"action": action}
        if action and action in first:
            yield at, "doubled", {"action": action, "row": first[action]}
        first.setdefault(action, at)


def _row_problems(plan: pd.DataFrame) -> Iterator[Found]:
    for row in plan.reset_index().to_dict("records"):
        at = int(row["row"])
        status = row["status"]
        if status and status not in STATUSES:
            words = ", ".join(f"{words[0]} ({words[1]})" for words in STATUSES.values())
            yield at, "status", {"status": status, "words": words}
        if not row["responsible"] and status != "dropped":
            yield at, "nobody", {"action": row["action"]}
        for name in DATES:
            said = row[f"said_{name}"]
            if said and pd.isna(row[name]):
                yield at, "date", {"column": name, "said": said}
        if row["end"] < row["start"]:
            said = {"start": row["said_start"], "end": row["said_end"]}
            yield at, "backwards", {"action": row["action"], **said}


def _dependency_problems(plan: pd.DataFrame) -> Iterator[Found]:
    by_action = plan.drop_duplicates("action").set_index("action")
    for row in plan.reset_index().to_dict("records"):
        at = int(row["row"])
        for other in _listed(row["depends_on"]):
            if other not in by_action.index:
                yield at, "waits_for_none", {"action": row["action"], "other": other}
            elif by_action.at[other, "end"] > row["start"]:
                said = {"start": row["said_start"], "end": by_action.at[other, "said_end"]}
                yield at, "too_early", {"action": row["action"], "other": other, **said}


def _circles(plan: pd.DataFrame) -> Iterator[Found]:
    """Give every circle of actions that wait for each other once, at its first row."""
    each = plan.drop_duplicates("action")
    waits = {str(a): _listed(others) for a, others in zip(each["action"], each["depends_on"], strict=True)}
    rows = {str(action): int(str(row)) for row, action in each["action"].items()}
    seen: set[frozenset[str]] = set()
    for action in waits:
        path = _way_back(action, waits)
        if path and frozenset(path) not in seen:
            seen.add(frozenset(path))
            yield rows[action], "circle", {"path": " → ".join([*path, path[0]])}


def _way_back(action: str, waits: Mapping[str, list[str]]) -> list[str]:
    """Return the shortest chain of waiting that leads from an action back to it; empty if none does."""
    paths, reached = [[action]], {action}
    for path in paths:
        for other in waits.get(path[-1], []):
            if other == action:
                return path
            if other not in reached:
                reached.add(other)
                paths.append([*path, other])
    return []


# --- the plan written, sent out to Excel and read back: what was there before is always kept ---


FORMER = PLAN_FILE.parent / "plans"
LOCK = Path(".sekom/plan.lock")
TEXT = "text"
_OUR_OWN = [*(f"said_{name}" for name in DATES), TEXT]


class PlanImport(NamedTuple):
    """What taking a plan in did: actions added, changed, and the same as before."""

    added: list[str]
    changed: list[str]
    same: list[str]


def as_texts(plan: pd.DataFrame) -> pd.DataFrame:
    """Return a plan as it is in a file: dates as texts, as they were written where they are not dates."""
    table = plan.drop(columns=[name for name in _OUR_OWN if name in plan.columns])
    for name in DATES:
        said = plan[f"said_{name}"] if f"said_{name}" in plan.columns else ""
        days = pd.to_datetime(plan[name]).dt.strftime("%Y-%m-%d")
        table[name] = days.where(days.notna(), said)
        if f"said_{name}" in plan.columns:  # a month stays a month
            table[name] = table[name].where(plan[f"said_{name}"] == "", said)
    return table.fillna("").astype("str")


def write_plan(study: Study, plan: pd.DataFrame) -> Path:
    """Write the plan of a study; the one that was there is kept in ``data/coded/plans``.

    Parameters
    ----------
    study : Study
    plan : columns as `read_plan` gives them

    Returns
    -------
    Path of ``data/coded/plan.csv``

    Raises
    ------
    PlanError
        If columns are missing.
    NotSavedError
        If it cannot be written; what was there stays.
    """
    missing = [name for name in PLAN_COLUMNS if name not in plan.columns]
    if missing:
        msg = (
            f"The plan lacks the columns {', '.join(missing)}. "
            f"A plan has: {', '.join(PLAN_COLUMNS)}. Nothing was saved."
        )
        raise PlanError(msg)
    with locked(study.root / LOCK, PLAN_FILE.name):
        return _put(study, plan)


def _put(study: Study, plan: pd.DataFrame) -> Path:
    path = study.root / PLAN_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        _keep(path, study.root / FORMER)
    return write_table(as_texts(plan), path, in_study=True)


def _keep(path: Path, folder: Path) -> None:
    """Keep what is in a file, as it is, under the time it was replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    replace_file(folder / f"{path.stem}-{moment}{path.suffix}", path.read_bytes(), in_study=True)


def export_plan(study: Study, path: str | os.PathLike[str]) -> Path:
    """Write the plan for Excel (.xlsx), or as a text table, with each action's text in a last column.

    Raises
    ------
    PlanError
        If the plan cannot be read.
    NotSavedError
        If the file cannot be written.
    """
    plan = read_plan(study)
    table = as_texts(plan)
    table[TEXT] = [study.notes["text"].get(action, "") for action in plan["action"]]
    return write_table(table, path)


def import_plan(study: Study, path: str | os.PathLike[str], *, replace: bool = False) -> PlanImport:
    """Take in a plan that was edited elsewhere: rows of actions that are not in the plan yet are added.

    Actions of the plan that the file lacks stay in it.

    Parameters
    ----------
    study : Study
    path : .xlsx or .csv in the form of `export_plan`; a column ``text`` is left out
    replace : rows that say something else than the plan take their place; the former plan is kept in
        ``data/coded/plans``

    Returns
    -------
    PlanImport

    Raises
    ------
    PlanError
        If the file cannot be read, names actions that the study does not have or one of them twice, or,
        without `replace`, says something else of an action than the plan does: all of it is listed, and
        nothing is saved.
    """
    path = Path(path)
    there = read_plan(study, path)
    _refuse(_identity_problems(there, study, path.name), "The plan cannot be taken in.")
    with locked(study.root / LOCK, PLAN_FILE.name):
        here = read_plan(study)
        old, new = (as_texts(plan).set_index("action") for plan in (here, there))
        added = [action for action in new.index if action not in old.index]
        differing = {action: _differing(old, new, action) for action in new.index if action in old.index}
        changed = [action for action, columns in differing.items() if columns]
        if changed and not replace:
            _refuse(_overwritten(there, differing, path.name), "The file says something else than the plan.")
        if added or changed:
            kept = here[~here["action"].isin(changed)]
            taken = there[there["action"].isin([*added, *changed])]
            joined = pd.concat([kept, taken]).fillna(dict.fromkeys(_texts(here, there), ""))
            order = {action: at for at, action in enumerate([*here["action"], *added])}
            _put(study, joined.sort_values("action", key=lambda column: column.map(order), kind="stable"))
    return PlanImport(added, changed, [action for action in differing if action not in changed])


def _texts(*plans: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(name for plan in plans for name in plan.columns if name not in DATES))


def _identity_problems(plan: pd.DataFrame, study: Study, file: str) -> list[Problem]:
    """Problems for which it is not clear which action a row is about."""
    alone = plan[["action"]].assign(responsible="-")
    return check_plan(parsed(alone), study.notes.index, file=file)


def _differing(old: pd.DataFrame, new: pd.DataFrame, action: str) -> list[str]:
    """Columns of the file in which an action's row says something else than the plan."""
    here = {name: str(old.at[action, name]) if name in old.columns else "" for name in new.columns}
    there = {name: str(new.at[action, name]) for name in new.columns}
    return [
        f"{name}: '{here[name]}' here, '{there[name]}' there" for name in here if here[name] != there[name]
    ]


def _overwritten(there: pd.DataFrame, differing: dict[str, list[str]], file: str) -> list[Problem]:
    rows = {action: int(str(row)) for row, action in there["action"].items()}
    return [
        Problem.of(file, rows[action], "plan_differs", action=action, columns="; ".join(columns))
        for action, columns in differing.items()
        if columns
    ]


def _refuse(problems: list[Problem], why: str) -> None:
    if problems:
        msg = f"{why} Nothing was saved.\n{problem_lines(problems)}"
        raise PlanError(msg)
