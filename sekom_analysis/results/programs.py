"""Programs beside people, worked out once: may one stand in for a person, and its counts corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pandas as pd

from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.consensus import program_counts
from sekom_analysis.quality import AnnotatorTest, annotator_test, is_reflexive
from sekom_analysis.study.codebook import Variable
from sekom_analysis.study.study import Study

LEAST_SURE = "1"


@dataclass(frozen=True)
class Program:
    """A program on one variable: its test, None where it was refused; its counts, empty if not asked for."""

    variable: str
    program: str
    test: AnnotatorTest | None = None
    counts: pd.DataFrame = field(default_factory=pd.DataFrame)


def programs_of(
    study: Study, variables: Sequence[Variable], notes: pd.DataFrame, lang: str, rng: int = 0
) -> list[Program]:
    """Return what is said of each program on each variable, if the plan has ε or how people were drawn.

    Parameters
    ----------
    study : Study
    variables : those that somebody coded
    notes : the notes of the main sources
    lang : of the sentences
    rng : seed of the power
    """
    plan = study.about.plan
    if is_reflexive(study) or (plan.epsilon is None and plan.people_chance is None):
        return []
    found = []
    for variable in variables:
        ratings = study.ratings(variable.id, notes=notes)
        for program in (str(c) for c in ratings if study.about.coder(str(c)).kind == "automatic"):
            test = None if plan.epsilon is None else _test(study, variable, notes, program, lang, rng)
            found.append(Program(variable.id, program, test, _counts(study, variable, program, lang)))
    return found


def asked_of(
    study: Study, variable: str, program: str, lang: str = "sv", notes: object = None, rng: int = 0
) -> AnnotatorTest:
    """Return `annotator_test` of a study's variable: labels of codes, and notes that people were unsure of.

    Raises
    ------
    CodebookError, RatingsError, StanceError
        If there is no such variable, or as `annotator_test` does.
    """
    asked = study.codebook[variable]
    ratings = study.ratings(variable, notes=notes)
    codes = [] if asked.kind == "scale" else asked.answers
    names = {str(code): asked.label_of(str(code), lang) for code in codes}
    decisions = study.decisions(variable)
    human = [who for who in ratings if study.about.coder(str(who)).kind == "human"]
    unsure = decisions[(decisions["certainty"] == LEAST_SURE) & decisions["coder"].isin(human)]
    return annotator_test(
        ratings, program, rng=rng, study=study, kind=asked.kind,
        uncertain=list(unsure["note_id"]), names=names, lang=lang,
    )  # fmt: skip


def _test(
    study: Study, variable: Variable, notes: pd.DataFrame, program: str, lang: str, rng: int
) -> AnnotatorTest | None:
    try:
        return asked_of(study, variable.id, program, lang, notes, rng)
    except RatingsError:  # fewer people or notes than it needs
        return None


def _counts(study: Study, variable: Variable, program: str, lang: str) -> pd.DataFrame:
    if study.about.plan.people_chance is None or variable.kind == "scale":
        return pd.DataFrame()
    try:
        return program_counts(study, variable.id, program, lang)
    except RatingsError:  # a column that the notes lack, or chances that are none
        return pd.DataFrame()
