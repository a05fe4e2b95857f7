"""Counts where a program coded every note and people a sample: the program's, corrected by the people's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from sekom_analysis.agreement.coded import Code
from sekom_analysis.agreement.student import t_point
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.basics.wording import number, quoted, say
from sekom_analysis.consensus.settled import settled_answers
from sekom_analysis.study.checks import check_stance
from sekom_analysis.study.study import Study

CORRECTED_COLUMNS = ["code", "program", "people", "n_people", "only_program", "only_people",
                     "estimate", "low", "high", "standard_error", "note"]  # fmt: skip
LEAST_NOTES = 30
# Below, intervals were simulated to cover more than they promise (docs/methods.md).
FEW_CORRECTIONS = 10
# Half a note each way, as if one more correction had been seen (after Agresti & Min 2005).
UNSEEN = 1.0
# How far the number of people's notes may lie from what the chances lead to expect, in standard deviations.
FAR = 3.0


def corrected_counts(
    program: pd.Series[Any],
    people: pd.Series[Any],
    chance: pd.Series[float] | float,
    *,
    codes: Sequence[Code] | None = None,
    confidence: float = 0.95,
    lang: str = "en",
) -> pd.DataFrame:
    """Count codes by a program that coded all notes, corrected by people who coded a sample of known chances.

    Parameters
    ----------
    program : Series of shape (N,)
        What the program says of each note: a code, or a frozenset of codes; none may be missing.
    people : Series
        What people settle on, on the notes that they were given; missing, or not there, elsewhere.
    chance : float, or Series of shape (N,)
        The chance with which each note was drawn for people, above 0 and at most 1: written down when the
        sample was drawn, not worked out from what came back.
    codes : sequence, optional
        Left out: all that occur.
    confidence : float
    lang : {"en", "sv"}, of the column `note`

    Returns
    -------
    DataFrame
        One row per code: ``program`` and ``people`` (notes that each gave it; people's of ``n_people``);
        ``only_program`` and ``only_people``, of the notes that both coded; ``estimate`` of the notes of all N
        that people would give the code, with ``low``, ``high`` and ``standard_error``; ``note``.

    Raises
    ------
    RatingsError
        If a note is there twice, the program left one out, people coded one that it did not, or a chance is
        missing or not above 0.

    Notes
    -----
    With y people's and ŷ the program's 0 or 1, and π the chance, the estimate is Σ ŷ + Σ_people (y − ŷ)/π:
    right whatever the program does, since the sample says how it errs (Egami, Hinck, Stewart & Wei 2023,
    "Using Imperfect Surrogates for Downstream Inference: Design-based Supervised Learning", *NeurIPS* 36).
    The variance is Hájek's, n/(n − 1) Σ (1 − π)(e/π − B)², B = Σ(1 − π)(e/π)/Σ(1 − π): with one chance for
    all it is that of simple random sampling, N²(1 − n/N) s²/n. To it is added what half a correction
    more each way would give, since a few corrections say little of how many there are; ends by Student's t.

    Examples
    --------
    >>> program = pd.Series(["a"] * 60 + ["b"] * 40)
    >>> people = pd.Series(["a"] * 27 + ["b"] * 3 + ["b"] * 20, index=[*range(30), *range(60, 80)])
    >>> corrected_counts(program, people, 0.5)[["code", "program", "estimate"]].values.tolist()
    [['a', 60, 54.0], ['b', 40, 46.0]]
    """
    pi = _chances(program, people, chance)
    settled = people.dropna()
    n = len(settled)
    both = program.loc[settled.index]
    inside = pi.loc[settled.index].to_numpy(float)
    notes = _note(n, pi, lang)
    rows = []
    for code in _codes(program, settled, codes):
        all_, theirs, own = (_has(column, code) for column in (program, settled, both))
        error = theirs.astype(float) - own
        estimate = float(all_.sum() + (error / inside).sum())
        spread = _standard_error(error, inside)
        half = t_point((1 + confidence) / 2, n - 1) * spread if n >= LEAST_NOTES else float("nan")
        few = (error != 0).sum() < FEW_CORRECTIONS and (inside < 1).any() and n >= LEAST_NOTES
        rows.append((
            code, int(all_.sum()), int(theirs.sum()), n,
            int((own & ~theirs).sum()), int((theirs & ~own).sum()),
            estimate, max(estimate - half, 0.0), min(estimate + half, float(len(program))), spread,
            " ".join([*notes, *([say("corrected_few", lang, n=int((error != 0).sum()))] if few else [])]),
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=CORRECTED_COLUMNS)


def program_counts(study: Study, variable: str, program: str, lang: str = "en") -> pd.DataFrame:
    """Return `corrected_counts` of a study, by the sampling that its plan records.

    Parameters
    ----------
    study : Study
        ``people_chance`` in the plan is the chance with which each note was drawn for people: a number, or
        the name of a column of the notes.
    variable, program : what was asked, and the coder that is a program
    lang : {"en", "sv"}

    Returns
    -------
    DataFrame, over the notes that the program coded; people's codes are those settled by majority or by
    adjudication.

    Raises
    ------
    RatingsError
        If the plan does not say how people's notes were drawn, or as in `corrected_counts`.
    StanceError
        If the study is reflexive.
    """
    asked = check_stance(study).codebook[variable]
    table = study.ratings(variable)
    said = study.about.plan.people_chance
    if said is None or (isinstance(said, str) and said not in study.notes.columns):
        why = (
            "does not say" if said is None else f"names the column '{said}', which the notes do not have, for"
        )
        msg = (
            f"The plan in study.yaml {why} with what chance each note was drawn for people. Write it under "
            "plan: 'people_chance: 0.3', or the name of a column of the notes. Nothing was computed."
        )
        raise RatingsError(msg)
    human = [who for who in table.columns if study.about.coder(str(who)).kind == "human"]
    if program not in table.columns or program in human:
        msg = f"'{program}' is not a program that coded '{variable}'. Nothing was computed."
        raise RatingsError(msg)
    own = table[program].dropna().astype(object)
    people = settled_answers(table.loc[own.index, human], asked, study.adjudications(variable))
    chances = study.notes.loc[own.index, said].astype(float) if isinstance(said, str) else said
    return corrected_counts(own, people, chances, lang=lang)


def _chances(
    program: pd.Series[Any], people: pd.Series[Any], chance: pd.Series[float] | float
) -> pd.Series[float]:
    """Return the chance of each note, once everything fits together."""
    wrong = []
    for name, column in (("program", program), ("people", people)):
        if not column.index.is_unique:
            wrong.append(f"the {name} has notes twice: {quoted(column.index[column.index.duplicated()][:5])}")
    if program.isna().any():
        wrong.append(f"the program left notes out: {quoted(program.index[program.isna()][:5])}")
    if unknown := [note for note in people.dropna().index if note not in program.index]:
        wrong.append(f"people coded notes that the program did not: {quoted(unknown[:5])}")
    if isinstance(chance, pd.Series):
        pi = chance.reindex(program.index).astype(float)
    else:
        pi = pd.Series(float(chance), program.index)
    is_chance = (pi > 0) & (pi <= 1)
    if not is_chance.all():
        found = quoted(pi[~is_chance].unique()[:5])
        wrong.append(f"chances above 0 and at most 1 are needed for every note, not {found}")
    if wrong:
        msg = f"The counts cannot be corrected: {'; '.join(wrong)}. Nothing was computed."
        raise RatingsError(msg)
    return pi


def _codes(program: pd.Series[Any], people: pd.Series[Any], codes: Sequence[Code] | None) -> list[Code]:
    if codes is not None:
        return list(codes)
    held = [*program, *people]
    every = {code for one in held for code in (one if isinstance(one, frozenset) else [one])}
    return sorted(every, key=str)


def _has(answers: pd.Series[Any], code: Code) -> Any:
    return np.array([code in one if isinstance(one, frozenset) else one == code for one in answers], bool)


def _standard_error(error: Any, chance: Any) -> float:
    n = len(error)
    if n < 2:
        return float("nan")
    weighted, left = error / chance, 1 - chance
    if not left.any():
        return 0.0
    centre = (left * weighted).sum() / left.sum()
    variance = n / (n - 1) * (left * (weighted - centre) ** 2).sum()
    unseen = UNSEEN * left.mean() * (1 / chance).mean() ** 2
    return float(np.sqrt(variance + unseen))


def _note(n: int, chance: pd.Series[float], lang: str) -> list[str]:
    said = []
    if n < LEAST_NOTES:
        said.append(say("corrected_too_few", lang, n=n, least=LEAST_NOTES))
    expected, spread = float(chance.sum()), float(np.sqrt((chance * (1 - chance)).sum()))
    if abs(n - expected) > max(FAR * spread, 0.5):
        said.append(say("corrected_not_drawn", lang, n=n, expected=number(expected, lang, 0)))
    return said
