"""How the coding was done: who decided on what, where it left the plan, the steps, and the checklists."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from sekom_analysis.actions.coverage import NO_ACTION
from sekom_analysis.basics.wording import column_beside, number, say
from sekom_analysis.consensus.settled import ADJUDICATED, UNRESOLVED
from sekom_analysis.quality import codebook_diff, codebook_versions
from sekom_analysis.quality.claims import UNKNOWN, YES
from sekom_analysis.quality.coders import BLIND_AGAIN
from sekom_analysis.quality.revisions import DIFF_COLUMNS, VERSION_COLUMNS
from sekom_analysis.results.tables import INDEPENDENT as WITH_CODEBOOK
from sekom_analysis.results.tables import MAIN
from sekom_analysis.study.codebook import PROPOSAL
from sekom_analysis.study.decisions import AFTER_TALK, INDEPENDENT, latest
from sekom_analysis.study.rows import local_day

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
    done : one row per coder: decisions in each kind of pass, over all notes, and by which way they came
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
    decisions = decisions[decisions["variable"] != PROPOSAL]
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

    An answer given once others' answers could be seen is not an answer that is left.
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


# --- what is left to do, as the study's own files say ----------------------------------------------


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
    asked = ("purpose", "goal", "collected", "author", "date")
    missing = [name for name in asked if getattr(about, name) is None]
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


# --- what reporting guidelines ask for, each item answered from the data or left open -----------------


@dataclass(frozen=True)
class Item:
    """One thing that a guideline asks for; an empty answer is an open one."""

    number: str
    asks: str
    answer: str


@dataclass(frozen=True)
class Checklist:
    """One guideline with its items answered as far as the study's files can."""

    id: str
    title: str
    source: str
    items: tuple[Item, ...]

    @property
    def n_open(self) -> int:
        """How many items are open."""
        return sum(not item.answer for item in self.items)


@cache
def guidelines() -> list[dict[str, Any]]:
    """Return the guidelines as the package holds them, answers not included."""
    text = files("sekom_analysis.results").joinpath("checklists.yaml").read_text(encoding="utf-8")
    # The loader in C takes a tenth of the time, where PyYAML was built with it.
    return list(yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def checklists_of(results: Results) -> list[Checklist]:
    """Return the guidelines that fit: those on agreement if it was measured, on scoring if there are scores.

    Parameters
    ----------
    results : with everything else worked out
    """
    has = {"agreement": len(results.agreement) > 0, "priorities": bool(results.priorities)}
    lang, found = results.lang, []
    for one in guidelines():
        if not has[one["needs"]]:
            continue
        items = []
        for item in one["items"]:
            answer = ANSWERS.get((one["id"], item.get("id") or item["number"]))
            items.append(Item(item.get("number", ""), item[lang], answer(results) if answer else ""))
        found.append(Checklist(one["id"], one["title"][lang], one["source"], tuple(items)))
    return found


def _say(results: Results, key: str, **values: object) -> str:
    return say(f"answer_{key}", results.lang, **values)


def _span(low: int, high: int) -> str:
    return str(low) if low == high else f"{low}–{high}"


def _section(results: Results, key: str) -> str:
    return _say(results, "section", section=say(key, results.lang))


def _codebook(results: Results) -> str:
    book = results.study.codebook.variables
    codes = sum(len(v.code_ids) for v in book if v.codes_from is None)
    return _say(results, "codebook", n=len(book), n_codes=codes, n_changes=len(results.conduct.changes))


def _notes(results: Results) -> str:
    if results.study.about.collected is None:
        return ""
    return _say(results, "notes", n=len(results.main), section=say("report_material", results.lang))


def _coders(results: Results) -> str:
    kinds = results.coders["kind"]
    who = [f"{c} ({say(f'report_kind_{kinds[c]}', results.lang)})" for c in results.independent]
    return _say(results, "coders", n=len(who), who=", ".join(who))


def _numbers(results: Results) -> str:
    planned, both = results.study.about.plan.n_notes, _fewest_and_most(results, "both")
    key = "planned" if planned else "not_planned"
    return _say(results, key, n=planned or "", span=_span(*both))


def _fewest_and_most(results: Results, column: str) -> tuple[int, int]:
    found = results.conduct.decided[column]
    return (int(found.min()), int(found.max())) if len(found) else (0, 0)


def _all_notes(results: Results) -> str:
    return _say(results, "all_notes", n=len(results.main))


def _process(results: Results) -> str:
    blind = {c: results.study.about.coder(c).blind_to for c in results.independent}
    if not any(blind.values()):
        return ""
    n = sum(bool(to) for to in blind.values())
    return _say(results, "process", n=n, n_all=len(blind), section=say("report_conduct", results.lang))


def _alone(results: Results) -> str:
    sums = results.conduct.done[["independent", "after"]].sum()
    return _say(results, "alone", n=int(sums["independent"]), n_after=int(sums["after"]))


def _statistic(results: Results) -> str:
    table = results.agreement
    measures = dict.fromkeys(
        (say("coefficient_alpha", results.lang) if row["coefficient"] == "alpha" else row["coefficient"])
        + f" ({say('level_' + row['level'], results.lang)})"
        for row in table[table["primary"].astype(bool)].to_dict("records")
    )
    n = number(results.n_resamples, results.lang, 0)
    return _say(results, "statistic", measures=", ".join(measures), n=n)


def _read(results: Results) -> str:
    read = results.coders.loc[results.independent, "notes"]
    again = int(results.conduct.done["again"].sum())
    return _say(
        results, "read", n=len(read), span=_span(int(read.min()), int(read.max())),
        n_all=int(results.coders["n_all"].max()), again=again,
    )  # fmt: skip


def _characteristics(results: Results) -> str:
    abouts = [results.study.about.coder(coder) for coder in results.independent]
    roles, trained = (sum(getattr(a, name) is not None for a in abouts) for name in ("role", "training"))
    if not roles and not trained:
        return ""
    return _say(results, "characteristics", roles=roles, trained=trained, n=len(abouts))


def _training(results: Results) -> str:
    told = {c: results.study.about.coder(c).training for c in results.independent}
    return "; ".join(f"{coder}: {text.in_(results.lang)}" for coder, text in told.items() if text)


def _estimates(results: Results) -> str:
    values = results.rows(MAIN, WITH_CODEBOOK)["value"].dropna().astype(float)
    if values.empty:
        return ""
    low, high = (number(value, results.lang) for value in (values.min(), values.max()))
    section = say("report_agreement", results.lang)
    return _say(results, "estimates", n=len(values), low=low, high=high, section=section)


def _findings(results: Results) -> str:
    tables = [results.findings[name] for name in results.counts_shown() if name in results.findings]
    said = [set(part["holds"]) - {UNKNOWN} for t in tables for _, part in t.groupby("statement")]
    holds = [one == {YES} for one in said]
    return _say(results, "findings", n=len(holds), n_holds=sum(holds)) if holds else ""


def _share(results: Results) -> str:
    sums = results.conduct.decided[["both", "of"]].sum()
    share = number(100 * sums["both"] / sums["of"], results.lang, 0) if sums["of"] else "–"
    return _say(results, "share", share=share)


def _threshold(results: Results) -> str:
    plan = results.study.about.plan
    if plan.floor is None:
        return ""
    key = "threshold" if plan.prespecified else "threshold_late"
    return _say(results, key, floor=number(plan.floor, results.lang, 3))


def _by_code(results: Results) -> str:
    n = sum(table["code"].nunique() for table in results.by_code.values())
    return _say(results, "by_code", n=n) if n else ""


def _settling(results: Results) -> str:
    bases = results.settled.bases
    if bases.empty:  # of scales and sets nothing is known to be unresolved
        return ""
    sums = {name: int(bases[name].sum()) for name in (ADJUDICATED, UNRESOLVED)}
    section = say("report_settled", results.lang)
    return _say(results, "settling", n=sums[ADJUDICATED], n_open=sums[UNRESOLVED], section=section)


def _purpose(results: Results) -> str:
    return _section(results, "report_purpose") if results.study.about.purpose else ""


def _rounds(results: Results) -> str:
    section = say("report_priorities", results.lang)
    return _say(results, "rounds", n=len(results.priorities), section=section)


def _criteria(results: Results) -> str:
    criteria = [study_id for one in results.priorities for study_id in one.criteria]
    ranges = [results.study.codebook[name].range or (0, 0) for name in criteria]
    low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
    return _say(results, "criteria", n=len(criteria), low=low, high=high)


def _one_round(results: Results) -> str:
    return _say(results, "one_round") if len(results.priorities) == 1 else ""


def _when(results: Results) -> str:
    known = results.coders[results.coders["last"] != ""]
    if known.empty:
        return ""
    first, last = known["first"].min(), known["last"].max()
    return _say(results, "when", first=local_day(first), last=local_day(last))


def _departures_of(results: Results) -> str:
    n = len(results.conduct.departures)
    return _say(results, "departures", n=n, section=say("report_conduct", results.lang))


def _answered(results: Results) -> str:
    parts = [
        _say(
            results, "answered", round=one.number, n_coders=len(one.coders), n=len(one.ranking),
            n_open=one.n_unscored,
        )
        for one in results.priorities
    ]  # fmt: skip
    return " ".join(parts)


def _merged(results: Results) -> str:
    return _say(results, "merged", n=len(results.merges.merges), n_reworded=len(results.merges.reworded))


def _tables(results: Results) -> str:
    return _say(results, "tables", n=len(results.agreement))


Answer = Callable[["Results"], str]
_AGREEMENT: Answer = partial(_section, key="report_agreement")
_PRIORITIES: Answer = partial(_section, key="report_priorities")
# What is not named here only the study's people can answer.
ANSWERS: dict[tuple[str, str], Answer] = {
    ("grras", "1"): _AGREEMENT, ("grras", "2"): _codebook, ("grras", "3"): _notes, ("grras", "4"): _coders,
    ("grras", "6"): _numbers, ("grras", "7"): _all_notes, ("grras", "8"): _process, ("grras", "9"): _alone,
    ("grras", "10"): _statistic, ("grras", "11"): _read, ("grras", "12"): _characteristics,
    ("grras", "13"): _estimates, ("grras", "14"): _findings, ("grras", "15"): _tables,
    ("joffe", "coders"): _coders, ("joffe", "share"): _share, ("joffe", "independence"): _alone,
    ("joffe", "training"): _training, ("joffe", "units"): _notes, ("joffe", "frame"): _codebook,
    ("joffe", "statistic"): _statistic, ("joffe", "threshold"): _threshold, ("joffe", "codes"): _by_code,
    ("joffe", "settling"): _settling,
    ("accord", "I2"): _purpose, ("accord", "M3"): _coders, ("accord", "M6"): _notes,
    ("accord", "M9"): _rounds, ("accord", "M10"): _criteria, ("accord", "M13"): _one_round,
    ("accord", "M14"): _alone, ("accord", "M15"): _PRIORITIES, ("accord", "R1"): _when,
    ("accord", "R2"): _departures_of, ("accord", "R3"): _answered, ("accord", "R4"): _PRIORITIES,
    ("accord", "R5"): _merged,
}  # fmt: skip
