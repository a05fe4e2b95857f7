"""What is left to do, as the study's own files tell it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sekom_analysis.actions.coverage import NO_ACTION
from sekom_analysis.consensus.settled import UNRESOLVED
from sekom_analysis.results.conduct import below_floor, unread

if TYPE_CHECKING:
    from sekom_analysis.results import Results


@dataclass(frozen=True)
class Step:
    """One thing to do: its kind, how many, and which (ids of variables, coders, notes or codes)."""

    kind: str
    n: int
    which: tuple[str, ...] = ()


def steps_of(results: Results) -> list[Step]:
    """Return what is left to do, in the order in which a study goes; counts of nothing are left out.

    Parameters
    ----------
    results : with everything else worked out
    """
    found = [*_to_say(results), *_to_code(results), *_to_settle(results), *_to_plan(results)]
    return [step for step in found if step.n]


def _to_say(results: Results) -> Iterator[Step]:
    about = results.study.about
    missing = [name for name in ("purpose", "goal", "collected") if getattr(about, name) is None]
    yield Step("say", len(missing), tuple(missing))
    yield Step("problems", len(results.problems))


def _to_code(results: Results) -> Iterator[Step]:
    about = results.study.about
    people = [coder for coder in results.independent if about.coder(coder).kind == "human"]
    if results.independent and not people:
        yield Step("people", 1)
    elif len(results.independent) == 1:
        yield Step("second", 1, tuple(results.independent))
    for coder, (left, _) in unread(results, results.conduct.answered).items():
        yield Step("unread", left, (coder,))
    yield Step("uncoded", len(results.uncoded), tuple(results.uncoded))


def _to_settle(results: Results) -> Iterator[Step]:
    low = below_floor(results)
    yield Step("floor", len(low), tuple(low))
    borders = {name: len(table) for name, table in results.advice.items()}
    yield Step("advice", sum(borders.values()), tuple(borders))
    bases = results.settled.bases
    for row in bases.to_dict("records"):
        yield Step("unresolved", int(row[UNRESOLVED]), (str(row["variable"]),))
    yield Step("stale", int(bases["n_stale"].sum()))


def _to_plan(results: Results) -> Iterator[Step]:
    if results.coverage is not None:
        gaps = results.coverage.gaps
        codes = [str(code) for code in gaps.loc[gaps["kind"] == NO_ACTION, "code"]]
        yield Step("no_action", len(codes), tuple(codes))
    yield Step("unscored", sum(one.n_unscored for one in results.priorities))
    plan = results.plan.plan
    if plan.empty:
        yield Step("no_plan", int(bool(results.priorities)))
        return
    open_ = plan[~plan["status"].isin(["done", "dropped"])]
    nobody = open_.loc[open_["responsible"] == "", "action"]
    yield Step("responsible", len(nobody), tuple(map(str, nobody)))
    no_end = open_.loc[open_["end"].isna(), "action"]
    yield Step("time", len(no_end), tuple(map(str, no_end)))
