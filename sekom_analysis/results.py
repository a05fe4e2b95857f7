"""All that a study's report shows, worked out once: counts, agreement, disagreements, who coded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import product

import pandas as pd

from sekom_analysis.agreement import (
    agreement,
    agreement_by_code,
    agreement_by_pair,
    confusions,
    disagreements,
)
from sekom_analysis.agreement.requests import COLUMNS
from sekom_analysis.codebook import Variable
from sekom_analysis.consensus import count_codes
from sekom_analysis.study import Study

INDEPENDENT, AGAINST, POOLED = "independent", "against", "pooled"
MAIN, ALL = "main", "all"
AGREEMENT_KEYS = ["scope", "group", "coders", "variable", "level"]
OVERVIEW = [*AGREEMENT_KEYS, *COLUMNS, "primary"]


@dataclass
class Results:
    """The tables behind a report.

    ``agreement`` has, beside the columns of `agreement`, ``scope`` (main: the notes of the study's
    main sources; all), ``group`` (independent: coders who used the codebook; against: one of them and
    the report's own sorting; pooled: everybody together), ``coders``, ``variable``, ``level`` and
    ``primary`` (whether the study's plan names this coefficient to be looked at first).
    """

    study: Study
    lang: str
    main: pd.DataFrame
    independent: list[str]
    sources: list[str]
    coders: pd.DataFrame
    counts: dict[str, pd.DataFrame] = field(default_factory=dict)
    agreement: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=OVERVIEW))
    by_code: dict[str, pd.DataFrame] = field(default_factory=dict)
    by_pair: dict[str, pd.DataFrame] = field(default_factory=dict)
    confusions: dict[str, pd.DataFrame] = field(default_factory=dict)
    disputed: dict[str, pd.DataFrame] = field(default_factory=dict)
    uncoded: list[str] = field(default_factory=list)
    problems: pd.DataFrame = field(default_factory=pd.DataFrame)
    n_resamples: int = 0
    rng: int = 0

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
    Results. A study of stance `reflexive` gets no coefficients: its readings stand side by side.
    """
    main = study.main_notes
    coded = [v for v in study.codebook.variables if len(study.ratings(v.id).columns)]
    with_logs = [c for c in study.coders if len(study.history(c))]
    independent = [c for c in with_logs if study.about.coder(c).kind != "source"]
    sources = [c for c in with_logs if c not in independent]
    results = Results(
        study, lang, main, independent, sources,
        coders=coder_table(study, with_logs),
        uncoded=[v.id for v in study.codebook.variables if v not in coded],
        problems=study.problems,
        n_resamples=n_resamples,
        rng=rng,
    )  # fmt: skip
    for variable in coded:
        progress(variable.id)
        if variable.kind == "single" and len(study.notes_asked(variable, main)):
            by = _splitting(study, variable)
            results.counts[variable.id] = count_codes(study, variable.id, by, main)
        table = study.ratings(variable.id, independent, main)
        if variable.kind == "single" and len(independent) > 1 and study.about.stance != "reflexive":
            asked = {"n_resamples": n_resamples, "rng": rng, "coefficients": "alpha", "lang": lang}
            results.by_code[variable.id] = agreement_by_code(table, **asked)  # type: ignore[arg-type]
            results.by_pair[variable.id] = agreement_by_pair(table, **asked)  # type: ignore[arg-type]
            results.confusions[variable.id] = confusions(table)
        if variable.kind == "single":
            results.disputed[variable.id] = _disputed(study, variable, main)
    progress("agreement")
    if study.about.stance != "reflexive":
        results.agreement = agreement_overview(study, lang=lang, n_resamples=n_resamples, rng=rng)
    return results


def planned(study: Study, variable: Variable) -> tuple[str, str]:
    """Return the coefficient and level that the study's plan names for a kind of variable.

    Returns
    -------
    tuple such as ``("alpha", "ordinal")``
    """
    primary = study.about.plan.primary
    words = {"single": primary.nominal, "scale": primary.scale, "multiple": primary.multiple}[variable.kind]
    usual = {"single": "nominal", "scale": "ordinal", "multiple": "masi"}[variable.kind]
    name, _, level = words.partition(" ")
    return name, level or usual


def coder_table(study: Study, coders: list[str]) -> pd.DataFrame:
    """Return who coded: kind, notes decided on, notes there were to decide on, and when."""
    asked = {note for v in study.codebook.variables for note in study.notes_asked(v)}
    rows = []
    for coder in coders:
        decisions = study.decisions(coders=[coder])
        times = decisions["decided_at"]
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


def _splitting(study: Study, variable: Variable) -> str | None:
    """Return the variable that splits a count: the first other `single` one with two codes, same notes."""
    for other in study.codebook.variables:
        same = other.stage == variable.stage and other.notes == variable.notes
        if other.id != variable.id and other.kind == "single" and len(other.codes) == 2 and same:
            return other.id if len(study.ratings(other.id).columns) else None
    return None


def agreement_overview(
    study: Study,
    variables: Sequence[str] | None = None,
    *,
    coefficients: str | Sequence[str] | None = None,
    lang: str = "en",
    n_resamples: int = 10_000,
    rng: int = 0,
) -> pd.DataFrame:
    """Return agreement on each variable: with the codebook, against the own sorting, all together.

    Parameters
    ----------
    study : Study
    variables : which; left out, all that somebody decided on
    coefficients : as in `agreement`
    lang, n_resamples, rng : as in `work_out`

    Returns
    -------
    DataFrame as `Results` describes ``agreement``; empty if nobody can be compared.
    """
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
            )
            keys = dict(
                zip(AGREEMENT_KEYS, (scope, group, ", ".join(coders), variable.id, level), strict=True)
            )
            keyed = table.assign(**keys, primary=table["coefficient"] == name)
            parts.append(keyed[[*AGREEMENT_KEYS, *table.columns, "primary"]])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=OVERVIEW)


def _adds_notes(ratings: pd.DataFrame, main: pd.DataFrame) -> bool:
    """Whether the coders share notes beyond those of the main sources."""
    return not ratings.dropna().index.isin(main.index).all()


def _scopes(study: Study) -> dict[str, pd.DataFrame]:
    main = study.main_notes
    return {MAIN: main} if len(main) == len(study.notes) else {MAIN: main, ALL: study.notes}


def _disputed(study: Study, variable: Variable, notes: pd.DataFrame) -> pd.DataFrame:
    """Return the disputed notes with each coder's memo (column ``memo <coder>``) beside the choice."""
    ratings = study.ratings(variable.id, notes=notes)
    table = disagreements(ratings, notes=study.notes)
    decisions = study.decisions(variable.id)
    memos = decisions[decisions["pass"] == "1"].set_index(["note_id", "coder"])["memo"]
    for coder in ratings.columns:
        own = [memos.get((note, coder), "") for note in table.index]
        table[f"memo {coder}"] = own
    return table
