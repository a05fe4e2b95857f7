"""What the report's tables say of settled notes, chapters, sources and coders, worked out once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

import pandas as pd

from sekom_analysis.agreement import agreement
from sekom_analysis.agreement.tables import AGREEMENT_COLUMNS
from sekom_analysis.basics.wording import column_beside, number, say
from sekom_analysis.consensus.counts import count_by_source
from sekom_analysis.consensus.final import final_codes
from sekom_analysis.consensus.settled import (
    ADJUDICATED,
    BASES,
    Negotiation,
    answers_of,
    negotiation,
)
from sekom_analysis.quality import codebook_advice, findings_of, is_reflexive, readings
from sekom_analysis.quality.changed_codes import versions_behind, versions_sentence
from sekom_analysis.quality.quotes import READING_COLUMNS, reading
from sekom_analysis.study.adjudicating import seen_text
from sekom_analysis.study.checks import check_stance
from sekom_analysis.study.codebook import Variable
from sekom_analysis.study.notes import likely_cluster
from sekom_analysis.study.study import Study

BASIS_COLUMNS = ["variable", *BASES, "n_stale", "n_notes"]
ENTRY_COLUMNS = [
    "note_id",
    "text",
    "variable",
    "answer",
    "reason",
    "adjudicator",
    "said",
    "is_stale",
    "changed",
]


@dataclass(frozen=True)
class SettledTables:
    """The tables behind the section on settled notes.

    Attributes
    ----------
    bases : one row per variable that two or more coded or somebody adjudicated: main notes on each basis
    entries : one row per adjudication: note, answer and what coders said then in words, reason, by whom
    talks : variable -> what talking did, where somebody answered after it
    """

    bases: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=BASIS_COLUMNS))
    entries: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=ENTRY_COLUMNS))
    talks: dict[str, Negotiation] = field(default_factory=dict)


def settled_of(
    study: Study,
    variables: Sequence[Variable],
    coders: Sequence[str],
    notes: pd.DataFrame,
    lang: str,
    *,
    n_resamples: int = 0,
    rng: int = 0,
) -> SettledTables:
    """Return what is settled; nothing of a reflexive study.

    Parameters
    ----------
    study : Study
    variables : those that somebody coded
    coders : those who code on their own: not the report's own sorting
    notes : the notes of the main sources
    lang, n_resamples, rng : as in `work_out`
    """
    if is_reflexive(study):
        return SettledTables()
    talked = _talked(study)
    talks = {
        variable.id: negotiation(
            study, variable.id, notes=notes, coders=coders, n_resamples=n_resamples, rng=rng, lang=lang
        )
        for variable in variables
        if variable.id in talked
    }
    return SettledTables(
        _bases(study, variables, coders, notes),
        _entries(study, lang),
        {name: found for name, found in talks.items() if found.n_talked},
    )


def _talked(study: Study) -> set[str]:
    events = study.history()
    return set(events.loc[events["pass"] == "3", "variable"])


def _bases(
    study: Study, variables: Sequence[Variable], coders: Sequence[str], notes: pd.DataFrame
) -> pd.DataFrame:
    rows = []
    for variable in variables:
        final = final_codes(study, variable.id, study.notes_asked(variable, notes), coders)
        sums = final["basis"].value_counts()
        if final["n_coders"].max() < 2 and ADJUDICATED not in sums:
            continue
        n_stale = int(final["is_stale"].sum())
        rows.append([variable.id, *(int(sums.get(basis, 0)) for basis in BASES), n_stale, len(final)])
    return pd.DataFrame(rows, columns=BASIS_COLUMNS)


def _entries(study: Study, lang: str) -> pd.DataFrame:
    table = study.adjudications()
    known = table["variable"].isin(study.codebook.ids) & table["note_id"].isin(study.notes.index)
    table = table[known].sort_values(["variable", "note_id", "decided_at"], ignore_index=True)
    book = study.codebook
    said, answers = [], []
    for row in table.to_dict("records"):
        variable = book[row["variable"]]
        answers.append(reading(variable, row["codes"], lang) if row["event"] == "settle" else "")
        words = {coder: reading(variable, codes, lang) for coder, codes in row["seen"].items()}
        said.append("; ".join(f"{coder}: {answer}" for coder, answer in words.items()))
    texts = table["note_id"].map(study.notes["text"])
    shown = table.assign(text=texts, answer=answers, said=said, seen=table["seen"].map(seen_text))
    return shown[[*ENTRY_COLUMNS, "event", "codes", "seen", "decided_at", "present"]]


# --- agreement on each variable of a study, for the groups of coders that may be compared -------------


INDEPENDENT, AGAINST, POOLED = "independent", "against", "pooled"
MAIN, ALL = "main", "all"
AGREEMENT_KEYS = ["scope", "group", "coders", "variable", "level"]
OVERVIEW = [*AGREEMENT_KEYS, *AGREEMENT_COLUMNS, "primary"]


def planned(study: Study, variable: Variable) -> tuple[str, str]:
    """Return the coefficient and level that the study's plan names for a kind of variable.

    Returns
    -------
    tuple such as ``("alpha", "ordinal")``
    """
    return study.about.plan.primary.measure(variable.kind)


def agreement_overview(
    study: Study,
    variables: Sequence[str] | None = None,
    *,
    coefficients: str | Sequence[str] | None = None,
    lang: str = "en",
    n_resamples: int = 10_000,
    rng: int = 0,
    without_lost: bool = False,
) -> pd.DataFrame:
    """Return agreement on each variable: with the codebook, against the own sorting, all together.

    Parameters
    ----------
    study : Study
    variables : which; left out, all that somebody decided on
    coefficients : as in `agreement`
    lang, n_resamples, rng : as in `work_out`
    without_lost : go on without coders of whose log nothing can be read, where that is said beside it

    Returns
    -------
    DataFrame as `Results` describes ``agreement``; empty if nobody can be compared.

    Raises
    ------
    StanceError
        If the study is reflexive.
    StudyError
        If nothing can be read of a coder's log, though something was there.
    """
    check_stance(study)
    if not without_lost:
        study.check_logs()
    asked = [study.codebook[v] for v in (study.codebook.ids if variables is None else variables)]
    sources = [c for c in study.coders if study.about.coder(c).kind == "source"]
    independent = [c for c in study.coders if c not in sources]
    groups = [(INDEPENDENT, tuple(independent))]
    groups += [(AGAINST, (coder, source)) for source, coder in product(sources, independent)]
    groups += [(POOLED, (*sources, *independent))] if sources else []
    main = study.main_notes
    parts = []
    for variable, (scope, notes) in product(asked, _scopes(study).items()):
        everybody = study.ratings(variable.id, [*sources, *independent], study.notes_asked(variable, notes))
        decided = set(everybody.columns[everybody.notna().any()])
        name, level = planned(study, variable)
        for group, members in groups:
            coders = [coder for coder in members if coder in decided]
            if len(coders) < 2 or (group == POOLED and not decided & set(sources)):
                continue
            if scope == ALL and group == AGAINST and not _adds_notes(everybody[coders], main):
                continue
            table = agreement(
                everybody[coders],
                level,
                coefficients=coefficients,
                n_resamples=n_resamples,
                rng=rng,
                lang=lang,
                cluster=study.cluster,
            )
            keys = dict(
                zip(AGREEMENT_KEYS, (scope, group, ", ".join(coders), variable.id, level), strict=True)
            )
            resting = versions_behind(study, variable.id, coders, everybody.index)
            rests_on = versions_sentence(resting, lang)
            remarks = [" ".join(filter(None, [note, rests_on])) for note in table["note"]]
            keyed = table.assign(**keys, note=remarks, primary=table["coefficient"] == name)
            parts.append(keyed[[*AGREEMENT_KEYS, *table.columns, "primary"]])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=OVERVIEW)


def clusters_sentence(study: Study, table: pd.DataFrame, lang: str) -> str:
    """Return what counts as a cluster and what that does, or which column might; empty without either.

    Parameters
    ----------
    study : Study
    table : as `agreement_overview` gives it
    """
    if study.cluster is not None:
        about = {"column": study.about.cluster, "n": _n_groups(study.cluster)}
        alphas = table[table["coefficient"] == "alpha"] if "design_effect" in table else table.iloc[:0]
        known = alphas["design_effect"].dropna() if len(alphas) else alphas.get("value", pd.Series())
        if known.empty:
            return say("report_clusters_no_effect", lang, **about)
        least, most = (number(float(each), lang, 1) for each in (known.min(), known.max()))
        return say("report_clusters", lang, effects=least if least == most else f"{least}–{most}", **about)
    likely = likely_cluster(study.notes) if len(table) else None
    if likely is None:
        return ""
    return say("report_clusters_likely", lang, column=likely, n=_n_groups(study.notes[likely]))


def _n_groups(cells: pd.Series) -> int:
    return int(cells[cells.astype(str).str.strip() != ""].nunique())


def _adds_notes(ratings: pd.DataFrame, main: pd.DataFrame) -> bool:
    """Whether the coders share notes beyond those of the main sources."""
    return not ratings.dropna().index.isin(main.index).all()


def _scopes(study: Study) -> dict[str, pd.DataFrame]:
    main = study.main_notes
    return {MAIN: main} if len(main) == len(study.notes) else {MAIN: main, ALL: study.notes}


# --- what the report says of definitions, findings and readings ---------------------------------------


Tables = dict[str, pd.DataFrame]


def advice_on(study: Study, variables: list[Variable], notes: pd.DataFrame, lang: str) -> Tables:
    """Return the advice on each `single` variable, where there is any: on others there are no borders."""
    if is_reflexive(study):
        return {}
    with_codes = [variable.id for variable in variables if variable.kind == "single"]
    found = {name: codebook_advice(study, name, lang, notes=notes) for name in with_codes}
    return {name: table for name, table in found.items() if len(table)}


def findings_in(study: Study, counts: Mapping[str, pd.DataFrame], lang: str) -> Tables:
    """Return what the bars show, and whether it holds for each coder, where two or more are counted."""
    if is_reflexive(study):
        return {}
    compared = {name: table for name, table in counts.items() if table["coder"].nunique() > 1}
    return {name: findings_of(table, lang=lang) for name, table in compared.items()}


def readings_of(study: Study, notes: pd.DataFrame, lang: str) -> pd.DataFrame:
    """Return the readings side by side, of a reflexive study; others show what they measured."""
    if not is_reflexive(study):
        return pd.DataFrame(columns=READING_COLUMNS)
    return readings(study, notes=notes, lang=lang)


# --- the study's sources beside each other, worked out for a report -----------------------------------


def sources_of(study: Study, coded: list[Variable]) -> dict[str, pd.DataFrame]:
    """Return the counts by source of each `single` variable of which several sources have notes.

    A variable with two codes is left to the figures of counts, which it splits.
    """
    if "source" not in study.notes.columns:
        return {}
    found = {}
    for variable in coded:
        if variable.kind == "single" and len(variable.codes) > 2:
            table = count_by_source(study, variable.id)
            if table["source"].nunique() > 1 and table["n_settled"].sum():
                found[variable.id] = table
    return found


# --- which variable splits the counts of another, such as hinder/möjlighet the categories -------------


def splitting(study: Study, variable: Variable) -> str | None:
    """Return the variable that splits a count: the first other `single` one with two codes, same notes."""
    for other in study.codebook.variables:
        same = other.stage == variable.stage and other.notes == variable.notes
        if other.id != variable.id and other.kind == "single" and len(other.codes) == 2 and same:
            return other.id if len(study.ratings(other.id).columns) else None
    return None


# --- the notes under the codes that the bars of the figures give them, stage by stage -----------------


MATERIAL_COLUMNS = ("source", "n")


@dataclass(frozen=True)
class Chapter:
    """The notes of one stage.

    Attributes
    ----------
    stage : the stage, or empty where notes have none
    variable : the variable that orders the notes; None where nobody has decided on any
    by : the variable that splits it, such as hinder/möjlighet; often None
    bar : whose answers order the notes: a coder, or `SETTLED_BAR`
    notes : DataFrame of N notes in their order, index note_id: ``text``, ``subcategory``, ``code`` and
        ``by``; a missing code is one that is not settled, several are a frozenset
    """

    stage: str
    variable: Variable | None
    by: Variable | None
    bar: str
    notes: pd.DataFrame

    @property
    def codes(self) -> list[str]:
        """The codes that notes are under, in the codebook's order."""
        return _in_order(self.variable, self.notes["code"])

    def under(self, code: str) -> pd.DataFrame:
        """Return the notes that have a code, among others perhaps."""
        has = [code in own if isinstance(own, frozenset) else own == code for own in self.notes["code"]]
        return self.notes[pd.Series(has, index=self.notes.index, dtype=bool)]

    @property
    def by_codes(self) -> list[str]:
        """The codes of the splitting variable that notes are under, in the codebook's order."""
        return _in_order(self.by, self.notes["by"])


def chapters_of(study: Study, counts: Mapping[str, pd.DataFrame], notes: pd.DataFrame) -> list[Chapter]:
    """Return the notes of each stage, ordered as the bars of the counts order them.

    Parameters
    ----------
    study : Study
    counts : variable -> counts that may be shown, as `count_codes` gives them
    notes : the notes of the main sources
    """
    stages = notes["stage"].fillna("") if "stage" in notes.columns else pd.Series("", index=notes.index)
    return [_chapter(study, counts, str(stage), notes[stages == stage]) for stage in dict.fromkeys(stages)]


def material_of(notes: pd.DataFrame) -> pd.DataFrame:
    """Return how many notes each source has: a column per stage where there are several, and ``n``."""
    plain = pd.Series("", index=notes.index)
    source = notes["source"].fillna("") if "source" in notes.columns else plain
    stage = notes["stage"].fillna("") if "stage" in notes.columns else plain
    table = pd.DataFrame({"n": source.groupby(source, sort=False).size()}).rename_axis("source")
    if stage.nunique() < 2:
        return table
    counts = pd.crosstab(source, stage)[list(dict.fromkeys(stage))].reindex(table.index)
    named = counts.rename(columns=lambda one: column_beside(one, MATERIAL_COLUMNS, "stage"))
    return named.rename_axis(columns=None).assign(n=table["n"])


def _chapter(study: Study, counts: Mapping[str, pd.DataFrame], stage: str, notes: pd.DataFrame) -> Chapter:
    subcategory = notes["subcategory"].fillna("") if "subcategory" in notes.columns else ""
    table = pd.DataFrame({"text": notes["text"]}).assign(subcategory=subcategory, code=None, by=None)
    asked = [study.codebook[name] for name in counts]
    whole = [v for v in asked if len(study.notes_asked(v, notes)) == len(notes)]
    # One code a note puts each note in one place; where there is none of these, themes do.
    variable = max(whole, key=lambda v: (v.kind == "single", len(v.codes)), default=None)
    if variable is None:
        return Chapter(stage, None, None, "", table)
    shown = counts[variable.id]
    bar = str(shown.loc[shown["is_bar"].astype(bool), "coder"].iloc[0])
    split = splitting(study, variable) if (shown["by"] != "").any() else None
    # As the bars are counted: what splits a count is settled by those who also chose the code.
    everybody = study.ratings(variable.id, notes=notes).columns
    coders = [coder for coder in study.with_codebook if coder in everybody]
    table["code"] = answers_of(study, variable, bar, notes, coders)
    by = None if split is None else study.codebook[split]
    if by is not None:
        table["by"] = answers_of(study, by, bar, notes, coders)
    return Chapter(stage, variable, by, bar, table)


def _in_order(variable: Variable | None, codes: pd.Series) -> list[str]:
    """Return the codes that are there, those of the codebook first."""
    there = {str(one) for code in codes.dropna() for one in (code if isinstance(code, frozenset) else [code])}
    own = [code.id for code in variable.codes if code.id in there] if variable else []
    return [*own, *sorted(there - set(own))]
