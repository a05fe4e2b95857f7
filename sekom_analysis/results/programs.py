"""Programs beside people: may one stand in for a person, and counts that people's correct, worked out once."""

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
            test = None if plan.epsilon is None else _test(study, variable, ratings, program, lang, rng)
            found.append(Program(variable.id, program, test, _counts(study, variable, program, lang)))
    return found


def _test(
    study: Study, variable: Variable, ratings: pd.DataFrame, program: str, lang: str, rng: int
) -> AnnotatorTest | None:
    answers = [] if variable.kind == "scale" else variable.answers
    names = {str(code): variable.label_of(str(code), lang) for code in answers}
    decisions = study.decisions(variable.id)
    human = [who for who in ratings if study.about.coder(str(who)).kind == "human"]
    unsure = decisions[(decisions["certainty"] == LEAST_SURE) & decisions["coder"].isin(human)]
    try:
        return annotator_test(
            ratings, program, rng=rng, study=study, kind=variable.kind,
            uncertain=list(unsure["note_id"]), names=names, lang=lang,
        )  # fmt: skip
    except RatingsError:  # fewer people or notes than it needs
        return None


def _counts(study: Study, variable: Variable, program: str, lang: str) -> pd.DataFrame:
    if study.about.plan.people_chance is None or variable.kind == "scale":
        return pd.DataFrame()
    try:
        return program_counts(study, variable.id, program, lang)
    except RatingsError:  # a column that the notes lack, or chances that are none
        return pd.DataFrame()
