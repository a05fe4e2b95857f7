"""The plan written, sent out to Excel and taken in again: what stood there before is always kept."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from filelock import FileLock, Timeout

from sekom_analysis.actions.plan import COLUMNS, DATES, PLAN_FILE, check_plan, parsed, read_plan
from sekom_analysis.errors import NotSavedError, PlanError
from sekom_analysis.exchange.tables import replace_file, write_table
from sekom_analysis.problems import Problem, problem_lines
from sekom_analysis.study import Study

FORMER = PLAN_FILE.parent / "plans"
LOCK = Path(".sekom/plan.lock")
LOCK_SECONDS = 30
TEXT = "text"
_OUR_OWN = [*(f"said_{name}" for name in DATES), TEXT]


class PlanImport(NamedTuple):
    """What taking a plan in did: actions added, changed, and the same as before."""

    added: list[str]
    changed: list[str]
    same: list[str]


def as_texts(plan: pd.DataFrame) -> pd.DataFrame:
    """Return a plan as it stands in a file: dates as texts, as they were written where they are none."""
    table = plan.drop(columns=[name for name in _OUR_OWN if name in plan.columns])
    for name in DATES:
        said = plan[f"said_{name}"] if f"said_{name}" in plan.columns else ""
        days = pd.to_datetime(plan[name]).dt.strftime("%Y-%m-%d")
        table[name] = days.where(days.notna(), said)
        if f"said_{name}" in plan.columns:  # a month stays a month
            table[name] = table[name].where(plan[f"said_{name}"] == "", said)
    return table.fillna("").astype("str")


def write_plan(study: Study, plan: pd.DataFrame) -> Path:
    """Write the plan of a study; the one that stood there is kept in ``data/coded/plans``.

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
    missing = [name for name in COLUMNS if name not in plan.columns]
    if missing:
        msg = (
            f"The plan lacks the columns {', '.join(missing)}. "
            f"A plan has: {', '.join(COLUMNS)}. Nothing was saved."
        )
        raise PlanError(msg)
    with _locked(study):
        return _put(study, plan)


def _put(study: Study, plan: pd.DataFrame) -> Path:
    path = study.root / PLAN_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        _keep(path, study.root / FORMER)
    return write_table(as_texts(plan), path, in_study=True)


def _keep(path: Path, folder: Path) -> None:
    """Keep what stands in a file, as it is, under the time it was replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    replace_file(folder / f"{path.stem}-{moment}{path.suffix}", path.read_bytes(), in_study=True)


@contextmanager
def _locked(study: Study) -> Iterator[None]:
    lock = study.root / LOCK
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        held = FileLock(str(lock), timeout=LOCK_SECONDS)
        held.acquire()
    except (Timeout, OSError) as error:
        reason = "another program is writing it" if isinstance(error, Timeout) else error.strerror or error
        msg = f"The plan was not saved ({reason}). What stood there before is unchanged. Try again."
        raise NotSavedError(msg) from error
    try:
        yield
    finally:
        held.release()


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
    with _locked(study):
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
    todo = "edit the plan itself, or take the file's rows with replace=True (the former plan is kept)"
    return [
        Problem(file, rows[action], f"'{action}' differs ({'; '.join(columns)})", todo)
        for action, columns in differing.items()
        if columns
    ]


def _refuse(problems: list[Problem], why: str) -> None:
    if problems:
        msg = f"{why} Nothing was saved.\n{problem_lines(problems)}"
        raise PlanError(msg)
