"""The settled code of each note, always with its basis, and how it was negotiated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pandas as pd

from sekom_analysis.agreement import agreement, agreement_difference
from sekom_analysis.agreement.differences import DIFFERENCE_COLUMNS
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.basics.wording import quoted, say
from sekom_analysis.study.codebook import Variable
from sekom_analysis.study.decisions import AFTER_TALK, INDEPENDENT, counting_rows, same_answer
from sekom_analysis.study.ledgers import SETTLE

if TYPE_CHECKING:
    from sekom_analysis.study.study import Study


MAJORITY = "majority"
SETTLED_BAR = "(settled)"  # whose counts bars are; no coder can be called so
UNANIMOUS, ADJUDICATED, UNRESOLVED = "unanimous", "adjudicated", "unresolved"
SINGLE, UNSEEN = "single", "unseen"
BASES = (UNANIMOUS, MAJORITY, ADJUDICATED, SINGLE, UNRESOLVED, UNSEEN)
NEEDED = ("note_id", "variable", "codes", "event")


def consensus(
    ratings: pd.DataFrame, adjudicated: pd.DataFrame | pd.Series | None = None, rule: str = MAJORITY
) -> pd.DataFrame:
    """Return the settled code of each note, and on what basis.

    Parameters
    ----------
    ratings : table of shape (N, M) of a `single` variable
    adjudicated : adjudications of the variable, as ``study.adjudications(variable)`` gives them, or a
        Series note_id -> code. An adjudicated note is settled by its adjudication, whatever the
        majority. Two adjudicators who differ, or one who left it open, leave it unresolved.
    rule : ``"majority"``: more than half of the coders who decided

    Returns
    -------
    DataFrame of N rows: ``code`` (missing where unresolved or unseen), ``basis``
    (unanimous, majority, adjudicated, unresolved, single for one coder alone, or unseen), ``share`` of
    the coders who decided that chose the code (where unresolved: the largest share that any code has),
    and with `adjudicated` also ``is_stale``: whether a coder's answer changed since. A tie is
    unresolved; it never goes to whichever code comes first.

    Raises
    ------
    RatingsError
        If there is no such rule, or the adjudications are not those of one variable.

    Examples
    --------
    >>> table = pd.DataFrame({"a": ["x", "x", "x"], "b": ["x", "y", None], "c": ["x", "x", None]})
    >>> consensus(table)["basis"].tolist()
    ['unanimous', 'majority', 'single']
    >>> consensus(table, pd.Series({1: "y"}))[["code", "basis"]].values.tolist()[1]
    ['y', 'adjudicated']
    """
    if rule != MAJORITY:
        msg = f"There is no rule '{rule}' for a consensus. The rules: {MAJORITY}."
        raise RatingsError(msg)
    votes = _votes(ratings)
    settled = _by_majority(votes, ratings)
    if adjudicated is None:
        return settled
    verdicts = adjudicated_answers(adjudicated)
    verdicts = verdicts[verdicts.index.isin(ratings.index)]
    at = verdicts.index
    has_code = verdicts["codes"].notna()
    settled.loc[at, "code"] = verdicts["codes"]
    settled.loc[at, "basis"] = has_code.map({True: ADJUDICATED, False: UNRESOLVED})
    chosen = at[has_code]
    cells = pd.MultiIndex.from_arrays([chosen, verdicts.loc[chosen, "codes"]])
    n_coders = ratings.notna().sum(axis=1)[chosen]
    settled.loc[chosen, "share"] = votes.reindex(cells, fill_value=0).to_numpy() / n_coders.where(
        n_coders > 0
    )
    return settled.assign(is_stale=verdicts["is_stale"].reindex(ratings.index, fill_value=False))


def _votes(ratings: pd.DataFrame) -> pd.Series:
    """Return (note_id, code) -> how many coders chose it."""
    long = ratings.astype(object).stack().dropna()
    votes = long.groupby([long.index.get_level_values(0), long]).size()
    votes.index.names = ["note_id", "code"]
    return votes


def _by_majority(votes: pd.Series, ratings: pd.DataFrame) -> pd.DataFrame:
    most = votes.sort_values(ascending=False, kind="stable").reset_index(name="n")
    top = most.drop_duplicates("note_id").set_index("note_id").reindex(ratings.index)
    n_coders = ratings.notna().sum(axis=1)
    share = top["n"] / n_coders
    basis = pd.Series(UNRESOLVED, index=ratings.index)
    basis[share > 0.5] = MAJORITY
    basis[share == 1] = UNANIMOUS
    basis[n_coders == 1] = SINGLE
    basis[n_coders == 0] = UNSEEN
    code = top["code"].where(~basis.isin([UNRESOLVED, UNSEEN]))
    return pd.DataFrame({"code": code, "basis": basis, "share": share})


def adjudicated_answers(adjudicated: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Return what the adjudicators of each note come to, by note_id.

    Parameters
    ----------
    adjudicated : adjudications of one variable, or a Series note_id -> code

    Returns
    -------
    DataFrame, one row per adjudicated note: ``codes``, as in a log (missing where two differ or one left
    the note open), and ``is_stale``.

    Raises
    ------
    RatingsError
        If columns are missing, or there are adjudications of several variables.

    Examples
    --------
    >>> two = pd.Series(["x", "y", "x"], index=["n1", "n1", "n2"])
    >>> adjudicated_answers(two)["codes"].tolist()
    [nan, 'x']
    """
    table = _as_table(adjudicated)
    _check(table)
    rows = {}
    for note_id, entries in table.groupby("note_id", sort=False):
        is_one = entries["event"].eq(SETTLE).all() and entries["codes"].map(same_answer).nunique() == 1
        rows[note_id] = (entries["codes"].iloc[0] if is_one else None, bool(entries["is_stale"].any()))
    index = pd.Index(rows, name="note_id", dtype=table["note_id"].dtype)
    codes = pd.Series([codes for codes, _ in rows.values()], index=index, dtype="str")
    stale = pd.Series([is_stale for _, is_stale in rows.values()], index=index, dtype=bool)
    return pd.DataFrame({"codes": codes, "is_stale": stale})


def _as_table(adjudicated: pd.DataFrame | pd.Series) -> pd.DataFrame:
    if isinstance(adjudicated, pd.DataFrame):
        return adjudicated if "is_stale" in adjudicated else adjudicated.assign(is_stale=False)
    codes = adjudicated.dropna()
    cells = {"note_id": codes.index, "codes": codes.astype("str").to_numpy()}
    return pd.DataFrame(cells).assign(event=SETTLE, is_stale=False, variable="")


def _check(table: pd.DataFrame) -> None:
    missing = [name for name in NEEDED if name not in table.columns]
    if missing:
        msg = f"These are not adjudications: {quoted(missing)} is missing among the columns."
        raise RatingsError(msg)
    variables = table["variable"].unique()
    if len(variables) > 1:
        named = quoted(variables)
        msg = f"There are adjudications of several variables: {named}. Give those of one."
        raise RatingsError(msg)


# --- the settled answer to a variable with any number of codes: each code is settled on its own -------


def consensus_sets(
    ratings: pd.DataFrame, adjudicated: pd.DataFrame | pd.Series | None = None
) -> pd.DataFrame:
    """Return the codes that more than half of the coders gave each note, and those that exactly half did.

    Parameters
    ----------
    ratings : table of shape (N, M) of a `multiple` variable; cells are sets, a missing cell is unseen
    adjudicated : as in `consensus`; an adjudication settles the set as a whole, whatever the majority

    Returns
    -------
    DataFrame of N rows: ``codes``, a frozenset (empty: no code was given by more than half; missing: nobody
    decided, or the adjudicators leave it unresolved), ``tied``, the codes that half of them chose,
    ``n_coders``, and with `adjudicated` also ``is_adjudicated``: whether there is an adjudication.

    Examples
    --------
    >>> sets = [frozenset("ab"), frozenset("b"), frozenset("bc")]
    >>> ratings = pd.DataFrame([sets], columns=["k1", "k2", "k3"], index=["n1"], dtype=object)
    >>> consensus_sets(ratings).loc["n1", "codes"]
    frozenset({'b'})
    """
    long = pd.Series(ratings.astype(object).stack().dropna())
    n_coders = ratings.notna().sum(axis=1)
    chosen = long.explode().dropna()
    votes = chosen.groupby([chosen.index.get_level_values(0), chosen]).size()
    votes.index.names = ["note_id", "code"]
    twice = 2 * votes - n_coders.reindex(votes.index.get_level_values(0)).to_numpy()
    table = pd.DataFrame(index=ratings.index)
    table["codes"] = _sets(twice > 0, ratings.index).where(n_coders > 0)
    table["tied"] = _sets(twice == 0, ratings.index)
    table["n_coders"] = n_coders
    return table if adjudicated is None else _with_verdicts(table, adjudicated)


def _with_verdicts(table: pd.DataFrame, adjudicated: pd.DataFrame | pd.Series) -> pd.DataFrame:
    """Return the table with what was adjudicated in the place of what most chose."""
    verdicts = adjudicated_answers(adjudicated)["codes"].to_dict()
    codes, tied = table["codes"].to_dict(), table["tied"].to_dict()
    for note_id in codes.keys() & verdicts.keys():
        said = verdicts[note_id]
        is_settled = isinstance(said, str)
        codes[note_id] = frozenset(filter(None, said.split("|"))) if is_settled else None
        tied[note_id] = frozenset() if is_settled else tied[note_id]
    return table.assign(
        codes=pd.Series(codes, index=table.index, dtype=object),
        tied=pd.Series(tied, index=table.index, dtype=object),
        is_adjudicated=table.index.isin(verdicts.keys()),
    )


def _sets(is_in: pd.Series, notes: pd.Index) -> pd.Series:
    """Return note -> the set of its codes that are in."""
    kept = is_in[is_in]
    codes = pd.Series(kept.index.get_level_values("code"), index=kept.index.get_level_values("note_id"))
    sets = codes.groupby(level=0).agg(frozenset) if len(codes) else pd.Series(dtype=object)
    return pd.Series([sets.get(note, frozenset()) for note in notes], index=notes, dtype=object)


# --- what the bars of a figure of counts show: one coder's answers, or what they are settled to ---


def settled_answers(ratings: pd.DataFrame, variable: Variable, adjudicated: pd.DataFrame) -> pd.Series:
    """Return what was adjudicated, else what more than half of the coders chose.

    Parameters
    ----------
    ratings : table of shape (N, M) of a `single` or `multiple` variable
    variable : Variable
    adjudicated : adjudications of the variable, as ``study.adjudications(variable)`` gives them

    Returns
    -------
    Series of N answers: codes, or frozensets of them; missing where nothing is settled.
    """
    if variable.kind == "single":
        return consensus(ratings, adjudicated)["code"]
    return pd.Series(consensus_sets(ratings, adjudicated)["codes"])


def answers_of(
    study: Study, variable: Variable, bar: str, notes: object = None, coders: Iterable[str] | None = None
) -> pd.Series:
    """Return the answers that bars show: one coder's, or the settled ones.

    Parameters
    ----------
    study : Study
    variable : a `single` or `multiple` variable
    bar : a coder, or `SETTLED_BAR`
    notes : as in `Study.ratings`
    coders : whose answers are settled; left out, everybody's who used the codebook

    Returns
    -------
    Series of N answers as `settled_answers` gives them; missing where there is none.
    """
    if bar != SETTLED_BAR:
        return study.ratings(variable.id, [bar], notes)[bar].astype(object)
    ratings = study.ratings(variable.id, study.with_codebook if coders is None else coders, notes)
    return settled_answers(ratings, variable, study.adjudications(variable.id)).astype(object)


def bar_name(counts: pd.DataFrame, lang: str) -> str:
    """Return in words whose counts the bars are: a coder's, or the settled codes and what they rest on.

    Parameters
    ----------
    counts : table as `count_codes` gives it
    lang : ``"sv"`` or ``"en"``
    """
    bars = counts[counts["is_bar"].astype(bool)]
    coder = str(bars["coder"].iloc[0])
    if coder != SETTLED_BAR:
        return coder
    about = bars.iloc[0]
    n_coders, n_adjudicated = int(about.get("n_coders", 3)), int(about.get("n_adjudicated", 0))
    key = {0: "nobody", 1: "alone", 2: "both"}.get(n_coders, "most")
    rule = say(f"figure_settled_{key}", lang)
    if not n_adjudicated:
        return say("figure_settled", lang, rule=rule)
    return say("figure_settled_adjudicated", lang, rule=rule, n=n_adjudicated)


# --- what talking did: agreement before and after, and who took over whose answers --------------------


BEFORE, AFTER = "before", "after"
PASSES = {BEFORE: (INDEPENDENT,), AFTER: (INDEPENDENT, AFTER_TALK)}
MOVE_COLUMNS = [
    "coder", "towards", "n_differed", "n_moved", "share", "seniority", "towards_seniority", "towards_senior",
]  # fmt: skip
CODER_COLUMNS = ["coder", "seniority", "n_notes", "n_changed", "n_elsewhere", "n_withdrawn", "n_added"]


@dataclass(frozen=True)
class Negotiation:
    """What talking did to the answers on one variable; the passes are never mixed.

    Attributes
    ----------
    variable : its id
    agreement : as `agreement` gives it, with the column ``when``: before (pass 1 alone) or after (an
        answer of pass 3 in the place of that of pass 1). Same notes, same coders.
    difference : the planned coefficient after less before, as `agreement_difference` gives it; no row where
        fewer than two coders took part
    moves : one row per ordered pair of coders: ``n_differed`` notes on which they differed before,
        ``n_moved`` of them on which ``coder`` now says what ``towards`` said before, their ``share``; and
        the seniority of both, with ``towards_senior`` true where the move goes up (missing where they are
        equal or not given as numbers)
    coders : one row per coder: ``n_notes`` answered before, ``n_changed`` of them answered otherwise now,
        ``n_elsewhere`` of those to what nobody had said, ``n_withdrawn`` taken back, ``n_added`` answered
        only after talking
    changed : the notes on which somebody's answer is another now, with each coder's answer before and
        after (columns ``before <coder>``, ``after <coder>``)
    n_talked : notes with an answer of pass 3, or one taken back in it
    """

    variable: str
    agreement: pd.DataFrame
    difference: pd.DataFrame
    moves: pd.DataFrame
    coders: pd.DataFrame
    changed: pd.DataFrame
    n_talked: int


def negotiation(
    study: Study,
    variable: str,
    *,
    notes: object = None,
    coders: Iterable[str] | None = None,
    n_resamples: int = 10_000,
    rng: int = 0,
    lang: str = "en",
) -> Negotiation:
    """Return agreement before and after talking, and who moved towards whom.

    Agreement before is that of independent coding; the one after says that
    coders talked, or were shown each other's answers, not that the codebook is
    clear, and is never a measure of reliability. A coder who began late and
    blind is in both alike. Whether the less senior move more than the others is what
    the table of moves is for (Campbell, Quincy, Osserman & Pedersen 2013,
    *Sociological Methods & Research* 42(3), 294–320).

    Parameters
    ----------
    study : Study
    variable : id of the variable
    notes : ids or a table of notes; left out, all that it is asked of
    coders : whose; left out, all but the report's own sorting
    n_resamples, rng, lang : as in `agreement`

    Raises
    ------
    StanceError
        If the study is reflexive.
    CodebookError, NotesError, StudyError
        If there is no such variable, note or coder.
    """
    from sekom_analysis.study.checks import check_stance

    check_stance(study)
    people = study.with_codebook if coders is None else coders
    said = {when: study.ratings(variable, people, notes, passes) for when, passes in PASSES.items()}
    took_part = said[BEFORE].notna().any() | said[AFTER].notna().any()
    said = {when: table.loc[:, took_part] for when, table in said.items()}
    # A gap among scores is neither equal nor unequal to anything, and cannot be asked.
    before, after = (said[when].astype(object).where(said[when].notna(), None) for when in (BEFORE, AFTER))
    answered = before.index[before.notna().any(axis=1) | after.notna().any(axis=1)]
    study.tell_shown([str(note) for note in answered], [variable], "negotiation")
    rows = agreement_rows(study, variable, said, n_resamples=n_resamples, rng=rng, lang=lang)
    seniority = {coder: study.about.coder(coder).seniority for coder in before.columns}
    name, level = study.about.plan.primary.measure(study.codebook[variable].kind)
    how: dict[str, Any] = {"level": level, "cluster": study.cluster, "lang": lang}
    change = pd.DataFrame(columns=DIFFERENCE_COLUMNS)
    if len(rows):
        change = agreement_difference(said[BEFORE], said[AFTER], name, n_resamples=n_resamples, **how)
    return Negotiation(
        variable,
        rows,
        change,
        _moves(before, after, seniority),
        _by_coder(before, after, seniority),
        _changed_notes(before, after),
        _n_talked(study, variable, before),
    )


def agreement_rows(
    study: Study, variable: str, said: Mapping[str, pd.DataFrame], *, n_resamples: int, rng: int, lang: str
) -> pd.DataFrame:
    """Return percent and the planned coefficient of each table of ratings, named in the column ``when``."""
    name, level = study.about.plan.primary.measure(study.codebook[variable].kind)
    asked: dict[str, Any] = {"coefficients": list(dict.fromkeys(["percent", name])), "lang": lang}
    asked["cluster"] = study.cluster
    tables = [
        agreement(table, level, n_resamples=n_resamples, rng=rng, **asked).assign(when=when)
        for when, table in said.items()
        if len(table.columns) > 1
    ]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["when"])


def _differ(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Return where two tables of answers differ; unseen in both is not a difference."""
    return ~((one == other) | (one.isna() & other.isna()))


def _moves(before: pd.DataFrame, after: pd.DataFrame, seniority: Mapping[str, object]) -> pd.DataFrame:
    rows = []
    for coder, towards in permutations(before.columns, 2):
        both = before[[coder, towards]].notna().all(axis=1)
        differed = both & (before[coder] != before[towards])
        moved = differed & (after[coder] == before[towards])
        n_differed, n_moved = int(differed.sum()), int(moved.sum())
        own, theirs = seniority[coder], seniority[towards]
        share = n_moved / n_differed if n_differed else float("nan")
        rows.append([coder, towards, n_differed, n_moved, share, own, theirs, _is_up(own, theirs)])
    table = pd.DataFrame(rows, columns=MOVE_COLUMNS)
    return table.astype({"towards_senior": "boolean", "seniority": object, "towards_seniority": object})


def _is_up(own: object, theirs: object) -> bool | None:
    """Whether a move goes to somebody more senior; None where the two are equal or no numbers."""
    if not isinstance(own, int | float) or not isinstance(theirs, int | float) or own == theirs:
        return None
    return theirs > own


def _by_coder(before: pd.DataFrame, after: pd.DataFrame, seniority: Mapping[str, object]) -> pd.DataFrame:
    is_other = _differ(before, after)
    rows = []
    for coder in before.columns:
        had, has = before[coder].notna(), after[coder].notna()
        changed = is_other[coder] & had & has
        known = pd.Series(
            [after.at[note, coder] in before.loc[note].dropna().tolist() for note in before.index],
            index=before.index,
        )
        sums = (had, changed, changed & ~known, had & ~has, ~had & has)
        rows.append([coder, seniority[coder], *(int(notes.sum()) for notes in sums)])
    return pd.DataFrame(rows, columns=CODER_COLUMNS)


def _changed_notes(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    changed = _differ(before, after).any(axis=1)
    sides = [before.add_prefix("before "), after.add_prefix("after ")]
    return pd.concat(sides, axis=1)[changed]


def _n_talked(study: Study, variable: str, ratings: pd.DataFrame) -> int:
    events = counting_rows(study.history())
    said = events[
        (events["pass"] == str(AFTER_TALK))
        & (events["variable"] == variable)
        & (events["event"] != "skip")
        & events["coder"].isin(ratings.columns)
        & events["note_id"].isin(ratings.index)
    ]
    return int(said["note_id"].nunique())
