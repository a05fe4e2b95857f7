"""What a test of a program can find with these people and this many notes: power, and what ε lets pass.

People are simulated as the model of `consensus` reads them (one right answer a note, each person's habits,
gaps where they are), and with them a program that is as good as they are on the mean. The tests then run on
the simulated studies as they do on the real one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sekom_analysis.agreement.coded import Code, CodedRatings, IntArray, read_ratings
from sekom_analysis.agreement.distances import distances
from sekom_analysis.agreement.patterns import FloatArray
from sekom_analysis.agreement.seats import (
    WINNING,
    Panel,
    alpha_gain,
    compared,
    n_won,
    not_lower,
    seats,
)
from sekom_analysis.consensus.draws import Prior, count_votes, draw, of_used_codes

# A power of .8 is then known within some ±.035.
MOST_STUDIES = 500
FEWEST_STUDIES = 100
# Decisions simulated in all, so that 10,000 notes take seconds too.
MOST_DECISIONS = 1_000_000
# Numbers held at once.
BLOCK = 4_000_000
DRAWS = 800


class Measures(NamedTuple):
    """How far apart two answers are: for the rule, and for α."""

    rule: str
    alpha: str


MEASURES = {
    "single": Measures("nominal", "nominal"),
    "multiple": Measures("jaccard", "masi"),
    "scale": Measures("interval", "interval"),
}


def kind_of(ratings: pd.DataFrame) -> str:
    """Return which kind of answers a table holds: ``"single"``, ``"multiple"`` or ``"scale"``."""
    if all(pd.api.types.is_numeric_dtype(kind) for kind in ratings.dtypes):
        return "scale"
    held = next((value for _, column in ratings.items() for value in column.dropna()), None)
    return "multiple" if isinstance(held, frozenset) else "single"


@dataclass(frozen=True, eq=False)
class _Habits:
    """One question put to notes: how common each of K answers is right, and what people then say."""

    prevalence: FloatArray  # (K,)
    confusion: FloatArray  # (M, K, K), right × chosen
    answers: tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class People:
    """What is known of M people: habits (one question for each code of sets), and which notes they saw."""

    habits: list[_Habits]
    seen: IntArray  # (N, M), 1 where decided
    kind: str


class Studies(NamedTuple):
    """S simulated studies: answers of people, of a program as good, of one that guesses, and right ones."""

    people: IntArray
    program: IntArray
    guess: IntArray
    right: IntArray
    codes: tuple[Code, ...]


def people_of(ratings: pd.DataFrame, kind: str, rng: np.random.Generator) -> People:
    """Return the habits of people, by the mean of draws from their posterior."""
    coded = read_ratings(ratings.astype(object) if kind != "scale" else ratings)
    tables = _memberships(coded) if kind == "multiple" else [coded]
    seen = np.column_stack([column >= 0 for column in coded.values]).astype(np.int64)
    return People([_habits(table, rng) for table in tables], seen, kind)


def _memberships(coded: CodedRatings) -> list[CodedRatings]:
    """Return one table for each code: 1 where the set of a note holds it."""
    every = sorted({code for chosen in coded.codes for code in chosen}, key=str)  # type: ignore[attr-defined]
    tables = []
    for code in every:
        holds = np.array([*(int(code in chosen) for chosen in coded.codes), -1])  # type: ignore[operator]
        tables.append(CodedRatings(tuple(holds[v] for v in coded.values), (None, code), coded.coders))
    return tables


def _habits(coded: CodedRatings, rng: np.random.Generator) -> _Habits:
    used_only, _ = of_used_codes(coded)
    found = draw(count_votes([used_only]), Prior(), DRAWS, rng)
    return _Habits(found.prevalence, found.confusion, used_only.codes)


def simulated(people: People, n_studies: int, rng: np.random.Generator) -> Studies:
    """Return studies of as many notes, with the same gaps."""
    parts = [_answers(one, (n_studies, *people.seen.shape), rng) for one in people.habits]
    if people.kind == "multiple":
        table, codes = _as_sets(parts, people.habits)
    else:
        table, codes = parts[0], people.habits[0].answers
    persons = np.where(people.seen > 0, table[..., :-2], -1)
    program = table[..., -2]
    guess = rng.permuted(program, axis=-1)
    return Studies(persons, program, guess, table[..., -1], codes)


def _answers(habits: _Habits, shape: tuple[int, ...], rng: np.random.Generator) -> IntArray:
    """Return what M people and a program say, and what is right: shape (S, N, M + 2)."""
    n_studies, n_notes, n_people = shape
    right = rng.choice(len(habits.prevalence), (n_studies, n_notes), p=habits.prevalence)
    everyone = [*habits.confusion, habits.confusion.mean(axis=0)]
    table = np.empty((n_studies, n_notes, n_people + 2), np.int64)
    for j, chances in enumerate(everyone):
        ends = chances.cumsum(axis=1)[:, :-1]
        table[..., j] = (rng.random((n_studies, n_notes, 1)) >= ends[right]).sum(axis=-1)
    table[..., -1] = right
    return table


def _as_sets(parts: list[IntArray], habits: list[_Habits]) -> tuple[IntArray, tuple[Code, ...]]:
    """Return answers code by code (62 at most) as positions among the sets that occur."""
    names = [one.answers[-1] for one in habits]
    key = np.zeros(parts[0].shape, np.int64)
    for k, (part, one) in enumerate(zip(parts, habits, strict=True)):
        key += np.array([int(answer is not None) << k for answer in one.answers])[part]
    found, at = np.unique(key, return_inverse=True)
    sets = tuple(frozenset(name for k, name in enumerate(names) if int(row) >> k & 1) for row in found)
    return at.reshape(parts[0].shape), sets


class Power(NamedTuple):
    """The chance that a program as good as the people is let in by the rule, and by α; NaN if not asked."""

    rule: float
    alpha: float
    n_studies: int


class Permitted(NamedTuple):
    """How much worse than the people a program may be at the border of ε: shares of notes right, and α.

    ``guesses`` is the share of notes on which such a program guesses instead; above 1 where even one that
    only guesses is within ε.
    """

    right_people: float
    right_program: float
    alpha_loss: float
    guesses: float


def power(people: People, epsilon: float, margin: float | None, rng: np.random.Generator) -> Power:
    """Return the power of both tests against a program that is as good as the people are on the mean."""
    n_notes, n_people = people.seen.shape
    n_studies = int(np.clip(MOST_DECISIONS // (n_notes * (n_people + 1)), FEWEST_STUDIES, MOST_STUDIES))
    block = max(1, BLOCK // (n_notes * (n_people + 1) * 8))
    passed, kept = 0, 0
    for start in range(0, n_studies, block):
        found = simulated(people, min(block, n_studies - start), rng)
        rule, alpha = panels(found, people.kind)
        passed += int((n_won(seats(compared(rule), epsilon)) >= WINNING * n_people).sum())
        if margin is not None:
            kept += int(not_lower(alpha_gain(alpha)[2], margin)[1].sum())
    alphas = float("nan") if margin is None else kept / n_studies
    return Power(passed / n_studies, alphas, n_studies)


def panels(found: Studies, kind: str) -> tuple[Panel, Panel]:
    """Return the panels that the rule and α look at."""
    measures = MEASURES[kind]
    rule, alpha = (distances(level, found.codes) for level in measures)
    return Panel(found.people, found.program, rule), Panel(found.people, found.program, alpha)  # type: ignore[arg-type]


def permitted(people: People, epsilon: float, rng: np.random.Generator) -> Permitted:
    """Return what a program loses, in right answers and in α, that is exactly ε worse than the people.

    Such a program answers as a typical person on most notes and guesses on the rest.
    A note's difference is linear in the share of guesses, so the share at the border is found directly.
    """
    n_notes = people.seen.shape[0]
    found = simulated(people, max(1, MOST_DECISIONS // 4 // people.seen.size), rng)
    rule, alpha = panels(found, people.kind)
    able = _shortfall(rule)
    guessing = _shortfall(Panel(found.people, found.guess, rule.distance))
    share = (epsilon - able) / (guessing - able) if guessing > able else float("inf")
    guesses = rng.random((len(found.program), n_notes)) < share
    worse = np.where(guesses, found.guess, found.program)
    lost = (
        alpha_gain(alpha)[2].difference - alpha_gain(Panel(found.people, worse, alpha.distance))[2].difference
    )
    people_right, program_right = (float((said == found.right).mean()) for said in (found.program, worse))
    return Permitted(people_right, program_right, float(np.nanmean(lost)), float(share))


def _shortfall(panel: Panel) -> float:
    """Return by how much the people's advantage is above the program's, on the mean."""
    found = seats(compared(panel), 0.0)
    return float(np.nanmean(found.person - found.program))
