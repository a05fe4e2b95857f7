"""How the coding was done: who decided on what, under which wording, and where it left the plan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from sekom_analysis.decisions import AFTER_TALK, INDEPENDENT, latest
from sekom_analysis.quality import codebook_diff, codebook_versions
from sekom_analysis.quality.coders import BLIND_AGAIN
from sekom_analysis.quality.revisions import DIFF_COLUMNS, VERSION_COLUMNS
from sekom_analysis.results.overview import INDEPENDENT as WITH_CODEBOOK
from sekom_analysis.results.overview import MAIN
from sekom_analysis.wording import column_beside

if TYPE_CHECKING:
    from sekom_analysis.results import Results

PASSES = {"independent": INDEPENDENT, "again": BLIND_AGAIN, "after": AFTER_TALK}
DONE_COLUMNS = ["coder", *PASSES, "via"]


@dataclass(frozen=True)
class Departure:
    """Something that was not as planned, or was not planned: its kind, and what it is about."""

    kind: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Conduct:
    """The tables behind the section on how the coding was done.

    Attributes
    ----------
    decided : variable × coder: main notes decided in the independent pass; ``both``: by two or more who
        used the codebook; ``of``: notes asked
    answered : the same of notes that a coder answers now, on their own or once others' answers could be seen
    done : one row a coder: decisions in each kind of pass, over all notes, and by which way they came
    versions : as `codebook_versions` gives it
    changes : as `codebook_diff` gives it: what changed since decisions were made
    departures : where the plan was left
    """

    decided: pd.DataFrame = field(default_factory=pd.DataFrame)
    answered: pd.DataFrame = field(default_factory=pd.DataFrame)
    done: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=DONE_COLUMNS))
    versions: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=VERSION_COLUMNS))
    changes: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=DIFF_COLUMNS))
    departures: Sequence[Departure] = ()


def conduct_of(results: Results) -> Conduct:
    """Return how the coding was done; nothing where nobody has coded.

    Parameters
    ----------
    results : with coders and agreement worked out
    """
    if results.coders.empty:
        return Conduct()
    study = results.study
    decisions = study.decisions()
    decided = _decided(results, decisions[decisions["pass"] == str(INDEPENDENT)])
    answered = _decided(results, latest(study.history()))
    versions = codebook_versions(study)
    has_earlier = bool((~versions["is_now"]).any())
    changes = codebook_diff(study, lang=results.lang) if has_earlier else Conduct().changes
    found = [*_departures(results, decided, answered), *_changed(changes)]
    return Conduct(decided, answered, _done(results, decisions), versions, changes, found)


def _decided(results: Results, own: pd.DataFrame) -> pd.DataFrame:
    study, columns = results.study, decided_columns(list(results.coders.index))
    coded = [one for one in study.codebook.variables if one.id not in results.uncoded]
    asked = {one.id: set(study.notes_asked(one, results.main)) for one in coded}
    given = zip(own["variable"], own["note_id"], own["coder"], strict=True)
    who: dict[str, dict[str, set[str]]] = {name: {} for name, notes in asked.items() if notes}
    for name, note_id, coder in given:
        if note_id in asked.get(name, ()):
            who[name].setdefault(note_id, set()).add(coder)
    rows = {}
    for name, by_note in who.items():
        counts = {own: sum(coder in some for some in by_note.values()) for coder, own in columns.items()}
        both = sum(len(some & set(results.independent)) > 1 for some in by_note.values())
        rows[name] = {**counts, "both": both, "of": len(asked[name])}
    table = pd.DataFrame.from_dict(rows, orient="index", dtype="int64")
    return table.reindex(columns=[*columns.values(), "both", "of"]).rename_axis("variable")


def decided_columns(coders: list[str]) -> dict[str, str]:
    """Return the column of each coder in ``Conduct.decided``."""
    return {coder: column_beside(coder, ("variable", "both", "of")) for coder in coders}


def _done(results: Results, decisions: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for coder in results.coders.index:
        own = decisions[decisions["coder"] == coder]
        counts = {name: int((own["pass"] == str(number)).sum()) for name, number in PASSES.items()}
        rows.append({"coder": coder, **counts, "via": ", ".join(sorted(set(own["via"])))})
    return pd.DataFrame(rows, columns=DONE_COLUMNS)


def below_floor(results: Results) -> dict[str, float]:
    """Return the variables whose planned coefficient, with the codebook, lies below the plan's floor."""
    floor = results.study.about.plan.floor
    rows = results.rows(MAIN, WITH_CODEBOOK)
    if floor is None or rows.empty:
        return {}
    low = rows[rows["value"].astype(float) < floor]
    return dict(zip(low["variable"], low["value"].astype(float), strict=True))


def unread(results: Results, answered: pd.DataFrame) -> dict[str, tuple[int, int]]:
    """Return coder -> how many main decisions are left of how many, for those who did not do them all.

    An answer given once others' answers could be seen is no answer that is left.
    A variable that a coder has not begun counts for none: it may never have been theirs.
    """
    left = {}
    for coder, own in decided_columns(results.independent).items():
        begun = answered[answered[own] > 0] if own in answered else answered.head(0)
        asked, done = int(begun["of"].sum()), int(begun[own].sum()) if len(begun) else 0
        if done < asked:
            left[coder] = (asked - done, asked)
    return left


def _departures(results: Results, decided: pd.DataFrame, answered: pd.DataFrame) -> Iterator[Departure]:
    about, plan = results.study.about, results.study.about.plan
    if not plan.prespecified:
        yield Departure("late")
    if low := below_floor(results):
        yield Departure("floor", {"floor": plan.floor, "values": low})
    compared = decided[decided["both"] > 0]
    short = compared.loc[compared["both"] < (plan.n_notes or 0), "both"]
    if len(short):
        yield Departure(
            "few", {"n_notes": plan.n_notes, "values": {str(k): int(n) for k, n in short.items()}}
        )
    if left := unread(results, answered):
        yield Departure("unread", {"values": left})
    if open_ := [c for c in results.independent if not about.coder(c).blind_to]:
        yield Departure("blind", {"coders": open_})
    if idle := [c for c in about.coders if c not in results.coders.index]:
        yield Departure("idle", {"coders": idle})


def _changed(changes: pd.DataFrame) -> Iterator[Departure]:
    if len(changes):
        yield Departure("changed", {"variables": list(dict.fromkeys(changes["variable"]))})
