"""All that a study's report shows, worked out once: counts, agreement, disagreements, who coded."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from sekom_analysis.actions.coverage import Coverage
from sekom_analysis.agreement import agreement_by_code, agreement_by_pair, confusions, disagreements
from sekom_analysis.agreement.disputes import DISPUTED_COLUMNS
from sekom_analysis.basics.errors import StanceError
from sekom_analysis.basics.wording import Problem, column_beside, problems_table
from sekom_analysis.consensus import count_codes
from sekom_analysis.consensus.final import final_table
from sekom_analysis.consensus.scales import SCALE_COLUMNS, scale_counts
from sekom_analysis.consensus.settled import SETTLED_BAR, answers_of
from sekom_analysis.quality import is_reflexive
from sekom_analysis.quality.quotes import READING_COLUMNS, voices
from sekom_analysis.results.actions import (
    MergeTables,
    PlanTables,
    RoundTables,
    ThemeTables,
    coverage_of,
    merges_of,
    plan_of,
    priorities_of,
    themes_of,
)
from sekom_analysis.results.brief import Finding, brief_of
from sekom_analysis.results.conduct import Checklist, Conduct, Step, checklists_of, conduct_of, steps_of
from sekom_analysis.results.over_time import Appearing, appearing_of, changed_of
from sekom_analysis.results.programs import Program, programs_of
from sekom_analysis.results.tables import (
    AGAINST,
    ALL,
    INDEPENDENT,
    MAIN,
    OVERVIEW,
    POOLED,
    Chapter,
    SettledTables,
    advice_on,
    agreement_overview,
    chapters_of,
    findings_in,
    material_of,
    planned,
    readings_of,
    settled_of,
    sources_of,
    splitting,
)
from sekom_analysis.results.texts import Texts, texts_of
from sekom_analysis.study.codebook import PROPOSAL, Variable
from sekom_analysis.study.decisions import AFTER_TALK, OWN, counting_rows, latest
from sekom_analysis.study.lineage import lineage_sentences
from sekom_analysis.study.study import Study

__all__ = [
    "AGAINST", "ALL", "INDEPENDENT", "MAIN", "POOLED",
    "Results", "agreement_overview", "coder_table", "planned", "work_out",
]  # fmt: skip


IMPORTED = "import"  # the way of answers that were made elsewhere
QUOTED, QUOTED_DISPUTED = 2, 1  # notes to quote in a report, a code: typical ones, and one in dispute
KEPT_IN_A_SPLIT = (
    0.8  # of the notes with a settled code; a split that loses more shows others than the counts
)
AFTER, SKIPPED, WITHDRAWN, ELSEWHERE = "after", "skipped", "withdrawn", "elsewhere"


class Beside(NamedTuple):
    """What a coder did last on a question without an answer of their own: how, and with what codes."""

    how: str
    codes: str = ""


@dataclass
class Results:
    """The tables behind a report.

    ``agreement`` has, beside the columns of `agreement`, ``scope`` (main: the notes of the study's
    main sources; all), ``group`` (independent: coders who used the codebook; against: one of them and
    the report's own sorting; pooled: everybody together), ``coders``, ``variable``, ``level`` and
    ``primary`` (whether the study's plan names this coefficient to be looked at first).

    ``counts`` has by variable the counts that are shown, split by another variable where nearly all notes
    have answers to both; ``whole`` the same without any split. ``alone`` names those of ``independent`` who
    decided anything on their own (pass 1), ``talked`` those with decisions from when others' answers could
    be seen (pass 3). ``beside`` has by variable what a coder did on a note that they have no answer of their
    own to: (note_id, coder) -> `Beside`.
    ``everybody`` has by variable what all chose, sources too; ``apart`` for each variable and source on how
    many notes its own sorting differs from the settled codes, of how many that have both. ``scales`` is as
    `scale_counts` gives it, ``final`` as `final_table` does. ``counted_as`` has by variable the line that
    says what was counted as what, where codes were others.
    """

    study: Study
    lang: str
    main: pd.DataFrame
    independent: list[str]
    sources: list[str]
    coders: pd.DataFrame
    counts: dict[str, pd.DataFrame] = field(default_factory=dict)
    whole: dict[str, pd.DataFrame] = field(default_factory=dict)
    agreement: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=OVERVIEW))
    by_code: dict[str, pd.DataFrame] = field(default_factory=dict)
    by_pair: dict[str, pd.DataFrame] = field(default_factory=dict)
    confusions: dict[str, pd.DataFrame] = field(default_factory=dict)
    disputed: dict[str, pd.DataFrame] = field(default_factory=dict)
    advice: dict[str, pd.DataFrame] = field(default_factory=dict)
    findings: dict[str, pd.DataFrame] = field(default_factory=dict)
    settled: SettledTables = field(default_factory=SettledTables)
    readings: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=READING_COLUMNS))
    coverage: Coverage | None = None
    themes: list[ThemeTables] = field(default_factory=list)
    by_source: dict[str, pd.DataFrame] = field(default_factory=dict)
    priorities: list[RoundTables] = field(default_factory=list)
    merges: MergeTables = field(default_factory=MergeTables)
    plan: PlanTables = field(default_factory=lambda: PlanTables(pd.DataFrame()))
    material: pd.DataFrame = field(default_factory=lambda: pd.DataFrame({"n": []}))
    chapters: list[Chapter] = field(default_factory=list)
    voices: dict[str, pd.DataFrame] = field(default_factory=dict)
    conduct: Conduct = field(default_factory=Conduct)
    changed: dict[str, pd.DataFrame] = field(default_factory=dict)
    appearing: dict[str, Appearing] = field(default_factory=dict)
    programs: list[Program] = field(default_factory=list)
    checklists: list[Checklist] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    brief: list[Finding] = field(default_factory=list)
    uncoded: list[str] = field(default_factory=list)
    alone: list[str] = field(default_factory=list)
    talked: list[str] = field(default_factory=list)
    apart: list[tuple[str, str, int, int]] = field(default_factory=list)
    scales: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=SCALE_COLUMNS))
    final: pd.DataFrame = field(default_factory=pd.DataFrame)
    everybody: dict[str, pd.DataFrame] = field(default_factory=dict)
    beside: dict[str, dict[tuple[str, str], Beside]] = field(default_factory=dict)
    problems: pd.DataFrame = field(default_factory=pd.DataFrame)
    log_problems: list[Problem] = field(default_factory=list)
    counted_as: dict[str, str] = field(default_factory=dict)
    n_resamples: int = 0
    rng: int = 0

    @cached_property
    def texts(self) -> Texts:
        """What may be said of single notes, in the report's language."""
        return texts_of(self.study, self.lang)

    def counts_shown(self) -> dict[str, pd.DataFrame]:
        """Return the counts worth a figure: none that split another's bars, or that coverage shows."""
        elsewhere = {by for table in self.counts.values() for by in self.split_of(table)}
        if self.coverage is not None:
            elsewhere.add(self.coverage.variable.id)
        return {variable: table for variable, table in self.counts.items() if variable not in elsewhere}

    def split_of(self, counts: pd.DataFrame) -> set[str]:
        """Return the variables whose codes split the bars of some counts."""
        codes = set(counts["by"]) - {""}
        variables = self.study.codebook.variables
        return {v.id for v in variables if codes and codes <= {code.id for code in v.codes}}

    def rows(self, scope: str, group: str, primary: bool = True) -> pd.DataFrame:
        """Return the agreement rows of one scope and group, by default the planned coefficient's only."""
        table = self.agreement
        chosen = table[(table["scope"] == scope) & (table["group"] == group)]
        return chosen[chosen["primary"].astype(bool)] if primary else chosen


def work_out(
    study: Study,
    lang: str = "sv",
    n_resamples: int = 10_000,
    rng: int = 0,
    progress: Callable[[str], None] = lambda step: None,
) -> Results:
    """Work out everything that a report shows.

    Parameters
    ----------
    study : Study
    lang : language of the notes beside coefficients
    n_resamples : R, resamples behind each interval
    rng : seed of the resampling; the same seed gives the same numbers
    progress : called with the name of each step

    Returns
    -------
    Results. A study of stance `reflexive` gets neither coefficients nor a consensus: its readings are shown
    side by side.
    """
    main = study.main_notes
    coded = [v for v in study.codebook.variables if len(study.ratings(v.id).columns)]
    with_logs = [c for c in study.coders if len(study.history(c))]
    independent = [c for c in with_logs if study.about.coder(c).kind != "source"]
    sources = [c for c in with_logs if c not in independent]
    given = _answers(study)
    begun = set(given.loc[given["pass"].isin(OWN), "variable"])
    results = Results(
        study, lang, main, independent, sources,
        coders=coder_table(study, with_logs),
        uncoded=[v.id for v in study.codebook.variables if v not in coded and v.id not in begun],
        alone=[c for c in independent if ((given["coder"] == c) & (given["pass"] == OWN[0])).any()],
        talked=[c for c in independent if ((given["coder"] == c) & (given["pass"] == OWN[1])).any()],
        problems=problems_table(study.list_problems(), lang),
        log_problems=study.log_problems(),
        counted_as=lineage_sentences(study.codebook, lang),
        n_resamples=n_resamples,
        rng=rng,
    )  # fmt: skip
    for variable in coded:
        progress(variable.id)
        _count(results, variable)
        if not is_reflexive(study):
            _compare(results, variable)
    results.scales = scale_counts(study, None, main, independent)
    results.everybody = {variable.id: study.ratings(variable.id, notes=main) for variable in coded}
    results.advice = advice_on(study, coded, main, lang)
    results.findings = findings_in(study, results.counts, lang)
    results.settled = settled_of(study, coded, independent, main, lang, n_resamples=n_resamples, rng=rng)
    results.readings = readings_of(study, main, lang)
    progress("priorities")
    if not is_reflexive(study):
        results.coverage = coverage_of(study, main)
        results.themes = themes_of(study, main)
        results.by_source = sources_of(study, coded)
        results.priorities = priorities_of(study, main, lang, rng)
    results.changed = changed_of(study, coded, main, lang, n_resamples=n_resamples, rng=rng)
    results.appearing = appearing_of(study, coded, main, rng)
    results.merges = merges_of(study, coded, main, lang, n_resamples, rng)
    results.plan = plan_of(study)
    results.material = material_of(study.notes)
    results.chapters = chapters_of(study, results.counts, main)
    progress("agreement")
    if not is_reflexive(study):
        results.agreement = agreement_overview(
            study, lang=lang, n_resamples=n_resamples, rng=rng, without_lost=True
        )
        ordered_by = [one.variable.id for one in results.chapters if one.variable]
        most = {"n_agreed": QUOTED, "n_disputed": QUOTED_DISPUTED}
        with_codebook = independent or None  # who only has a source's own sorting quotes by that
        results.voices = {
            name: voices(study, name, notes=main, coders=with_codebook, **most) for name in ordered_by
        }
        results.final = final_table(study, lang, main)
        results.brief = brief_of(results)
        results.programs = programs_of(study, coded, main, lang, rng)
        results.conduct = conduct_of(results)
        results.checklists = checklists_of(results)
        results.steps = steps_of(results)
    return results


def _count(results: Results, variable: Variable) -> None:
    """Count the codes of a variable, split by another where the bars have answers to both."""
    study, main = results.study, results.main
    if variable.kind == "scale" or not study.notes_asked(variable, main):
        return
    with suppress(StanceError):  # a reflexive study has no settled codes to show
        whole = count_codes(study, variable.id, notes=main)
        results.whole[variable.id] = results.counts[variable.id] = whole
        if by := splitting(study, variable):
            split = count_codes(study, variable.id, by, main)
            split = split[split["is_bar"] | (split["n_notes"] > 0)]
            if _n_bar(split) >= KEPT_IN_A_SPLIT * _n_bar(whole) > 0:
                results.counts[variable.id] = split


def _n_bar(counts: pd.DataFrame) -> int:
    return int(counts.loc[counts["is_bar"].astype(bool), "n_notes"].max()) if len(counts) else 0


def _compare(results: Results, variable: Variable) -> None:
    """Set the coders who used the codebook beside each other on a variable of any kind."""
    study, main = results.study, results.main
    ratings = study.ratings(variable.id, results.independent, study.notes_asked(variable, main))
    ratings = ratings.loc[:, ratings.notna().any()]
    if len(ratings.columns) < 2:
        return
    asked = {"n_resamples": results.n_resamples, "rng": results.rng, "coefficients": "alpha"}
    asked |= {"lang": results.lang, "cluster": study.cluster}
    level = planned(study, variable)[1]
    results.by_pair[variable.id] = agreement_by_pair(ratings, level, **asked)  # type: ignore[arg-type]
    if variable.kind != "scale":
        results.by_code[variable.id] = agreement_by_code(ratings, **asked)  # type: ignore[arg-type]
    if variable.kind == "single":
        results.confusions[variable.id] = confusions(ratings)
    results.disputed[variable.id] = _disputed(study, variable, ratings)
    results.beside[variable.id] = _beside(study, variable, results.disputed[variable.id])
    results.apart += _apart(study, variable, results.sources, ratings)


def _answers(study: Study, coders: list[str] | None = None) -> pd.DataFrame:
    """Return what was answered; a proposal of a code is not an answer."""
    decisions = study.decisions(coders=coders)
    return decisions[decisions["variable"] != PROPOSAL]


def coder_table(study: Study, coders: list[str]) -> pd.DataFrame:
    """Return who coded: kind, notes decided on, notes there were to decide on, and when, if that is known."""
    asked = {note for v in study.codebook.variables for note in study.notes_asked(v)}
    rows = []
    for coder in coders:
        decisions = _answers(study, [coder])
        times = decisions.loc[decisions["via"] != IMPORTED, "decided_at"]  # of a table: when it was taken in
        rows.append(
            {
                "coder": coder,
                "kind": study.about.coder(coder).kind,
                "notes": decisions["note_id"].nunique(),
                "n_all": len(asked),
                "decisions": len(decisions),
                "first": times.min() if len(times) else "",
                "last": times.max() if len(times) else "",
            }
        )
    columns = ["coder", "kind", "notes", "n_all", "decisions", "first", "last"]
    return pd.DataFrame(rows, columns=columns).set_index("coder")


def _disputed(study: Study, variable: Variable, ratings: pd.DataFrame) -> pd.DataFrame:
    """Return the notes that coders with the codebook dispute, with what everybody chose and wrote of them.

    A source's own sorting stands beside (``memo <coder>`` as for the others) and disputes nothing. Scores
    that are farthest apart come first.
    """
    table = disagreements(ratings, notes=study.notes)
    if variable.kind == "scale":
        scores = ratings.loc[table.index].astype("Float64")
        spread = scores.max(axis=1) - scores.min(axis=1)
        table = table.loc[spread.sort_values(ascending=False, kind="stable").index]
    everybody = study.ratings(variable.id, notes=list(table.index))
    for coder in (name for name in everybody.columns if name not in ratings.columns):
        table[column_beside(str(coder), DISPUTED_COLUMNS)] = everybody[coder].reindex(table.index)
    decisions = study.decisions(variable.id)
    memos = decisions[decisions["pass"] == "1"].set_index(["note_id", "coder"])["memo"]
    shown = [*everybody.columns, *(coder for coder in ratings.columns if coder not in everybody.columns)]
    for coder in shown:
        table[f"memo {coder}"] = [memos.get((note, coder), "") for note in table.index]
    return table


def _apart(
    study: Study, variable: Variable, sources: list[str], ratings: pd.DataFrame
) -> list[tuple[str, str, int, int]]:
    """Return for each source on how many notes its sorting is another than the settled code, of how many."""
    if variable.kind == "scale":
        return []
    final = answers_of(study, variable, SETTLED_BAR, list(ratings.index), list(ratings.columns))
    found = []
    for source in sources:
        own = study.ratings(variable.id, [source], list(ratings.index))[source].astype(object)
        both = own.notna() & final.notna()
        if both.any():
            found.append((variable.id, source, int((own[both] != final[both]).sum()), int(both.sum())))
    return found


def _beside(study: Study, variable: Variable, disputed: pd.DataFrame) -> dict[tuple[str, str], Beside]:
    """Return what coders did on disputed notes that they have no answer of their own to."""
    events = counting_rows(study.history())
    events = events[(events["variable"] == variable.id) & events["note_id"].isin(disputed.index)]
    found = {}
    for note_id, coder, event, pass_, codes in events[
        ["note_id", "coder", "event", "pass", "codes"]
    ].itertuples(index=False, name=None):
        if event == "skip":
            found[note_id, coder] = Beside(SKIPPED)
        elif event == "retract":
            found[note_id, coder] = Beside(WITHDRAWN)
        else:
            found[note_id, coder] = Beside(AFTER, codes) if pass_ == str(AFTER_TALK) else Beside(ELSEWHERE)
    now = latest(events)
    columns = (now[name].tolist() for name in ("note_id", "coder", "pass", "codes"))
    for note_id, coder, pass_, codes in zip(*columns, strict=True):  # a skip takes nothing away
        if pass_ == str(AFTER_TALK):
            found[note_id, coder] = Beside(AFTER, codes)
    return found
