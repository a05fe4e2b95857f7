"""May a program stand in for a person? The alternative annotator test, and the same question asked of α."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from sekom_analysis.agreement.breakdowns import beside_the_others, leaning
from sekom_analysis.agreement.coded import read_ratings
from sekom_analysis.agreement.distances import distances
from sekom_analysis.agreement.seats import (
    LEVEL,
    WINNING,
    Compared,
    Panel,
    alpha_gain,
    compared,
    not_lower,
    p_values,
    seats,
    wins,
)
from sekom_analysis.agreement.student import t_below, t_point
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.basics.wording import check_language, quoted
from sekom_analysis.quality.programs_in_words import in_sentences
from sekom_analysis.quality.stand_ins import (
    MEASURES,
    Permitted,
    Power,
    kind_of,
    people_of,
    permitted,
    power,
)
from sekom_analysis.study.checks import check_stance
from sekom_analysis.study.study import Study

YES, NO, UNCLEAR = "yes", "no", "cannot be told"
LEAST_PEOPLE = 3
LEAST_NOTES = 30
ENOUGH_POWER = 0.8
ALL_NOTES, ALIKE, DIVIDED, UNCERTAIN = "all", "people agree", "people differ", "people uncertain"


@dataclass(frozen=True)
class SeatOfAlpha:
    """What α says: of the people, with a person's seat taken by the program, and the difference.

    ``low`` is the lower end of the one-sided 95 % interval of ``difference``, ``p`` the chance of as good a
    difference if the program lowered α by the margin. NaN and an empty verdict where no margin was declared.
    """

    people: float
    with_program: float
    difference: float
    low: float
    margin: float | None
    p: float
    verdict: str


@dataclass(frozen=True)
class LeastTypical:
    """The person furthest from the others, and the program beside them: mean distance to the other people.

    Of codes the share of the others who said something else, of sets the mean Jaccard distance, of scores the
    mean number of steps. ``difference`` is program − person with its 95 % interval (paired, Student's t).
    """

    person: str
    person_apart: float
    program_apart: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class AnnotatorTest:
    """Whether a program may stand in for a person.

    Attributes
    ----------
    program, epsilon : which program, and how much worse than a person it may be
    people : DataFrame of M rows
        ``person``; ``n_notes`` that person, program and somebody else decided on; ``program_advantage`` and
        ``person_advantage``, shares of these on which each is at least as close to the other people as the
        other is; ``difference``, person − program; ``p``; ``wins``, whether the program wins the seat.
    winning_rate, advantage : share of the seats that it wins, and its mean advantage ρ
    verdict : ``"yes"``, ``"no"``, or ``"cannot be told"`` where power is under .8
    power : chance of "yes" for a program as good as the people, with these people, notes and ε
    permits : what such an ε lets pass
    alpha : the same question asked of α
    codes : as `leaning` gives it: codes that the program uses more or less than the people settle on
    notes : DataFrame of ``notes`` (all, those that people agree on, differ on, were uncertain of),
        ``n_notes``, and how far apart people are from each other and the program from them
    least_typical : the program beside the person who is furthest from the others
    measure : how closeness is measured: ``"nominal"``, ``"jaccard"`` or ``"interval"``
    left_out : people with too few notes, who have no seat but are among the others
    sentences : all of it in words
    """

    program: str
    epsilon: float
    people: pd.DataFrame
    winning_rate: float
    advantage: float
    verdict: str
    power: Power
    permits: Permitted
    alpha: SeatOfAlpha
    codes: pd.DataFrame
    notes: pd.DataFrame
    least_typical: LeastTypical
    measure: str
    left_out: tuple[str, ...] = ()
    sentences: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether the program passes the rule."""
        return self.verdict == YES

    def __str__(self) -> str:
        """Return the sentences, one a line."""
        return "\n".join(self.sentences)


def annotator_test(
    ratings: pd.DataFrame,
    program: str,
    people: Iterable[str] | None = None,
    epsilon: float | None = None,
    rng: int | np.random.Generator = 0,
    *,
    study: Study | None = None,
    margin: float | None = None,
    kind: str | None = None,
    uncertain: Sequence[Any] = (),
    names: Mapping[str, str] | None = None,
    lang: str = "en",
) -> AnnotatorTest:
    """Ask whether a program may stand in for a person (Calderon, Reichart & Dror 2025).

    Each person in turn is left out. On every note that they, the program and somebody else decided on, the
    program and the person are compared by how close each is to the others: codes by the share who said the
    same, sets by the mean Jaccard similarity, scores by −RMSE. A paired one-sided t-test asks whether the
    person's advantage is above the program's by less than ε; p-values go through Benjamini & Yekutieli's
    procedure at a false discovery rate of .05. The program passes if it wins half of the seats or more.

    Parameters
    ----------
    ratings : DataFrame of shape (N, M + 1)
        One row per note, one column per coder; missing means unseen.
    program : column of the program
    people : columns of the people; left out, those whom the study calls human, or without a study all others
    epsilon : float, 0 or more and below 1
        How much less often than a person the program may be as close to the others as the other one is. It is
        declared before anybody looks: `plan` in ``study.yaml`` holds it, and there is no default.
    rng : int or Generator, for power and for what ε lets pass
    study : Study, optional
        Its plan gives ``epsilon`` and ``margin``, its coders who is a person.
    margin : float, optional
        How much α may fall when a person's seat goes to the program; from the plan if there is a study.
        Without one α is shown and not tested.
    kind : {"single", "multiple", "scale"}, optional
        Left out: from the values.
    uncertain : ids of notes of which people said that they were uncertain
    names : the labels of codes, for the sentences
    lang : {"en", "sv"}, of the sentences

    Returns
    -------
    AnnotatorTest

    Raises
    ------
    RatingsError
        Without a declared ε, with fewer than three people who each have 30 notes, or if a name or number is
        not among those allowed.
    StanceError
        If the study is reflexive.

    Notes
    -----
    With three people right on three of four notes, 100 notes and ε .2 a program as good as they are passes in
    93 % of studies; `docs/methods.md` has the table. ε is a difference of advantages, not of right answers:
    ``permits`` says what it means in those.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> right = rng.integers(0, 4, 120)
    >>> def reads(share):
    ...     return np.where(rng.random(120) < share, right, rng.integers(0, 4, 120))
    >>> table = pd.DataFrame({who: list(reads(0.8)) for who in ["anna", "bo", "cia", "program"]})
    >>> found = annotator_test(table.map("abcd".__getitem__), "program", epsilon=0.2)
    >>> found.verdict, found.winning_rate, round(found.advantage, 2)
    ('yes', 1.0, 0.84)
    """
    check_language(lang)
    epsilon, margin = _declared(study, epsilon, margin)
    chosen = _people(ratings, program, people, study)
    table = ratings[[*chosen, program]]
    kind = kind or kind_of(table)
    if kind not in MEASURES:
        msg = f"There is no kind of answers '{kind}'. Choose one of: {', '.join(MEASURES)}."
        raise RatingsError(msg)
    rule, alpha = _panels(table, kind)
    beside = compared(rule)
    has_seat = _seated(chosen, beside)
    found = seats(beside, epsilon)
    p = p_values(found)
    rows = pd.DataFrame({
        "person": chosen, "n_notes": found.n_notes, "program_advantage": found.program,
        "person_advantage": found.person, "difference": found.person - found.program, "p": p,
    })[has_seat].reset_index(drop=True)  # fmt: skip
    rows["wins"] = wins(rows["p"].tolist())
    generator = np.random.default_rng(rng)
    # Power is of the notes that count, with the gaps that they have.
    known = people_of(table.loc[rule.counted, chosen], kind, generator)
    able = power(known, epsilon, margin, generator)
    winning_rate = float(rows["wins"].mean())
    answer = AnnotatorTest(
        program,
        epsilon,
        rows,
        winning_rate,
        advantage=float(rows["program_advantage"].mean()),
        verdict=_verdict(winning_rate >= WINNING, able.rule),
        power=able,
        permits=permitted(known, epsilon, generator),
        alpha=_alpha(alpha, margin, able.alpha),
        codes=_codes(table, program, kind),
        notes=_by_notes(beside, rule, np.isin(table.index, list(uncertain)), kind),
        least_typical=_least_typical(beside, chosen, has_seat, kind),
        measure=MEASURES[kind].rule,
        left_out=tuple(str(who) for who, has in zip(chosen, has_seat, strict=True) if not has),
    )
    return replace(answer, sentences=tuple(in_sentences(answer, names or {}, lang)))


# --- what was declared, and who is who ----------------------------------------------------------------


def _declared(study: Study | None, epsilon: float | None, margin: float | None) -> tuple[float, float | None]:
    """Return ε and the margin as they were declared."""
    if study is not None:
        plan = check_stance(study).about.plan
        for name, own, said in (("epsilon", plan.epsilon, epsilon), ("margin", plan.margin, margin)):
            if said is not None and said != own:
                there = "says nothing of it" if own is None else f"says {own}"
                msg = (
                    f"{name} {said} is not what was declared: the plan in study.yaml {there}. "
                    "It is set before anybody looks at the answers. Nothing was computed."
                )
                raise RatingsError(msg)
        epsilon, margin = plan.epsilon, plan.margin
    if epsilon is None:
        msg = (
            "How much worse than a person may the program be? Declare it before you look at the answers, in "
            "study.yaml under plan, such as 'epsilon: 0.2' (experts; 0.15 trained coders, 0.1 many hands). "
            "There is no default. Nothing was computed."
        )
        raise RatingsError(msg)
    wrong = [
        f"{name} {value} (0 or more and below 1)"
        for name, value in (("epsilon", epsilon), ("margin", margin))
        if value is not None and not 0 <= value < 1
    ]
    if wrong:
        msg = f"The test cannot take: {'; '.join(wrong)}. Nothing was computed."
        raise RatingsError(msg)
    return epsilon, margin


def _people(
    ratings: pd.DataFrame, program: str, people: Iterable[str] | None, study: Study | None
) -> list[str]:
    there = [str(name) for name in ratings.columns]
    if people is None:
        human = [who for who in there if study is None or study.about.coder(who).kind == "human"]
        chosen = [who for who in human if who != program]
    else:
        chosen = list(dict.fromkeys([people] if isinstance(people, str) else people))
    missing = [who for who in (program, *chosen) if who not in there]
    if missing:
        msg = f"The ratings have no column {quoted(missing)}. There are: {', '.join(there)}."
        raise RatingsError(msg)
    if program in chosen:
        msg = f"'{program}' cannot be both the program and one of the people. Nothing was computed."
        raise RatingsError(msg)
    if study is not None and study.about.coder(program).kind == "human":
        msg = (
            f"study.yaml has '{program}' as a person. Name a program, or give the coder 'kind: automatic' "
            "there. Nothing was computed."
        )
        raise RatingsError(msg)
    if len(chosen) < LEAST_PEOPLE:
        msg = (
            f"The test needs {LEAST_PEOPLE} people or more beside the program; there are {len(chosen)}"
            f"{': ' + ', '.join(chosen) if chosen else ''}. Without them nobody knows how much people differ "
            "among themselves. Nothing was computed."
        )
        raise RatingsError(msg)
    return chosen


def _panels(table: pd.DataFrame, kind: str) -> tuple[Panel, Panel]:
    coded = read_ratings(table if kind == "scale" else table.astype(object))
    values = np.column_stack(coded.values)
    rule, alpha = (distances(level, coded.codes) for level in MEASURES[kind])
    return Panel(values[:, :-1], values[:, -1], rule), Panel(values[:, :-1], values[:, -1], alpha)  # type: ignore[arg-type]


def _seated(chosen: list[str], beside: Compared) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return who has enough notes for a seat of their own."""
    n_notes = beside.seen.sum(axis=0)
    enough = np.asarray(n_notes >= LEAST_NOTES)
    if enough.sum() < LEAST_PEOPLE:
        counts = ", ".join(f"{who} {n}" for who, n in zip(chosen, n_notes, strict=True))
        msg = (
            f"The test needs {LEAST_PEOPLE} people with {LEAST_NOTES} notes or more that the program and "
            f"somebody else decided on too. Such notes: {counts}. Nothing was computed."
        )
        raise RatingsError(msg)
    return enough


# --- the parts of the answer --------------------------------------------------------------------------


def _verdict(passes: bool, power_: float) -> str:
    if passes:
        return YES
    return NO if power_ >= ENOUGH_POWER else UNCLEAR


def _alpha(panel: Panel, margin: float | None, power_: float) -> SeatOfAlpha:
    before, after, lost = alpha_gain(panel)
    gain, error = float(lost.difference), float(lost.standard_error)
    low = gain - t_point(1 - LEVEL, int(lost.n_notes) - 1) * error
    if margin is None:
        return SeatOfAlpha(float(before), float(after), gain, low, None, float("nan"), "")
    _, keeps = not_lower(lost, margin)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = float(np.float64(gain + margin) / error)
    return SeatOfAlpha(
        float(before), float(after), gain, low, margin,
        1 - t_below(t, int(lost.n_notes) - 1), _verdict(bool(keeps), power_),
    )  # fmt: skip


def _codes(table: pd.DataFrame, program: str, kind: str) -> pd.DataFrame:
    codes: list[Any] = []
    if kind != "scale":
        held = pd.unique(table.astype(object).to_numpy().ravel())
        each = [value for value in held if isinstance(value, frozenset) or not pd.isna(value)]
        every = {code for value in each for code in (value if kind == "multiple" else [value])}
        codes = sorted(every, key=str)
    plain = table.astype(object) if kind != "scale" else table
    return leaning(beside_the_others(plain, program), codes)


def _apart(distance: Any, kind: str) -> Any:
    """Return summed distances as means over the others in steps that people read."""
    return np.sqrt(distance) if kind == "scale" else distance


def _by_notes(beside: Compared, rule: Panel, uncertain: Any, kind: str) -> pd.DataFrame:
    """Return how far people and program are from people, by what people made of the notes."""
    seen = beside.seen
    with np.errstate(divide="ignore", invalid="ignore"):
        person, program = (
            _apart(np.where(seen, total / beside.n_others, np.nan), kind)
            for total in (beside.person, beside.program)
        )
    counted = rule.counted
    alike = counted & (np.where(seen, beside.person, 0).sum(axis=1) == 0)
    groups = {ALL_NOTES: counted, ALIKE: alike, DIVIDED: counted & ~alike, UNCERTAIN: counted & uncertain}
    rows = [
        (name, int(which.sum()), *(_mean(values[which]) for values in (person, program)))
        for name, which in groups.items()
        if name != UNCERTAIN or which.any()
    ]
    return pd.DataFrame(rows, columns=["notes", "n_notes", "people_apart", "program_apart"])


def _mean(values: Any) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else float("nan")


def _least_typical(beside: Compared, chosen: list[str], has_seat: Any, kind: str) -> LeastTypical:
    """Return the program beside the person furthest from the others, on that person's notes."""
    with np.errstate(divide="ignore", invalid="ignore"):
        person, program = (
            _apart(np.where(beside.seen, total / beside.n_others, np.nan), kind)
            for total in (beside.person, beside.program)
        )
    means = np.where(has_seat, np.nanmean(np.where(beside.seen, person, np.nan), axis=0), -np.inf)
    j = int(np.argmax(means))
    own = beside.seen[:, j]
    more = program[own, j] - person[own, j]
    half = t_point(0.975, len(more) - 1) * float(more.std(ddof=1)) / np.sqrt(len(more))
    mean = float(more.mean())
    return LeastTypical(
        str(chosen[j]),
        float(person[own, j].mean()),
        float(program[own, j].mean()),
        mean,
        mean - half,
        mean + half,
    )
