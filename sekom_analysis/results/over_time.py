"""What changed while notes were coded: codes before and after, and when codes appeared, worked out once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sekom_analysis.quality import agreement_of_changed_codes, is_reflexive, new_codes, saturation
from sekom_analysis.quality.saturation import BASE_SIZE, NOTE, RUN_LENGTH, SOURCE
from sekom_analysis.study.codebook import Variable
from sekom_analysis.study.study import Study

# Fewer codes or notes make a curve that says nothing.
FEW_CODES, FEW_NOTES = 6, 20
MOST = 0.9


@dataclass(frozen=True)
class Appearing:
    """When the codes of a variable appeared.

    Attributes
    ----------
    curve : as `saturation` gives it, by note
    by : what the runs are of: sources where there are enough of them, else notes
    runs : as `new_codes` gives it
    n_later : codes that appeared after the first run that reached the threshold; None where none did
    """

    curve: pd.DataFrame
    by: str
    runs: pd.DataFrame
    n_later: int | None

    @property
    def n_codes(self) -> int:
        """How many codes are in use."""
        return int(self.curve["as_coded"].iloc[-1])

    @property
    def n_all(self) -> int:
        """After how many notes, as they were coded, all codes had appeared."""
        return int(self.curve.loc[self.curve["as_coded"] == self.n_codes, "n"].iloc[0])

    @property
    def n_most(self) -> int:
        """After how many notes 90 % of the codes had appeared, on average over all orders."""
        return int(self.curve.loc[self.curve["mean"] >= MOST * self.n_codes - 1e-9, "n"].iloc[0])


def appearing_of(
    study: Study, variables: Sequence[Variable], notes: pd.DataFrame, rng: int = 0
) -> dict[str, Appearing]:
    """Return variable -> when its codes appeared, where it says something and the order is known.

    Parameters
    ----------
    study : Study
    variables : those that somebody coded
    notes : the notes of the main sources
    rng : seed of the random orders
    """
    found = {}
    for variable in variables:
        if is_reflexive(study) or variable.kind == "scale":
            continue
        curve = saturation(study, variable.id, rng=rng, notes=notes)
        if len(curve) < FEW_NOTES or curve["as_coded"].isna().any() or curve["as_coded"].iloc[-1] < FEW_CODES:
            continue
        found[variable.id] = _appearing(study, variable, notes, curve)
    return found


def _appearing(study: Study, variable: Variable, notes: pd.DataFrame, curve: pd.DataFrame) -> Appearing:
    by, units = NOTE, curve
    if "source" in study.notes.columns:
        sources = saturation(study, variable.id, SOURCE, n_orders=0, notes=notes)
        if len(sources) >= BASE_SIZE + RUN_LENGTH:
            by, units = SOURCE, sources
    runs = new_codes(study, variable.id, by, notes=notes)
    reached = runs[runs["reached"].astype(bool)]
    n_later = None
    if len(reached):
        then = units.loc[units["n"] == reached["last"].iloc[0], "as_coded"].iloc[0]
        n_later = int(units["as_coded"].iloc[-1] - then)
    return Appearing(curve, by, runs, n_later)


def changed_of(
    study: Study,
    variables: Sequence[Variable],
    notes: pd.DataFrame,
    lang: str,
    *,
    n_resamples: int = 0,
    rng: int = 0,
) -> dict[str, pd.DataFrame]:
    """Return variable -> its changed codes before and after, as `agreement_of_changed_codes` gives them.

    Parameters
    ----------
    study, variables, notes : as in `appearing_of`
    lang, n_resamples, rng : as in `work_out`
    """
    if is_reflexive(study):
        return {}
    found = {
        variable.id: agreement_of_changed_codes(
            study, variable.id, notes=notes, n_resamples=n_resamples, rng=rng, lang=lang
        )
        for variable in variables
    }
    return {name: table for name, table in found.items() if len(table)}
