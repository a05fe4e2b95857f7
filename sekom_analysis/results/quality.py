"""What the report says of definitions, findings and readings."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from sekom_analysis.codebook import Variable
from sekom_analysis.quality import codebook_advice, findings_of, is_reflexive, readings
from sekom_analysis.quality.reading import READING_COLUMNS
from sekom_analysis.study import Study

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
