"""Which actions answer what the present state asks for, what is left without one, and actions once merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sekom_analysis.basics.errors import CodebookError
from sekom_analysis.consensus import consensus, consensus_sets, count_codes
from sekom_analysis.consensus.counts import readers_of_all
from sekom_analysis.consensus.settled import SETTLED_BAR, UNRESOLVED, answers_of, settled_answers
from sekom_analysis.study.checks import check_stance
from sekom_analysis.study.codebook import Variable
from sekom_analysis.study.study import Study

NO_ACTION, NO_ANSWER, UNSETTLED, UNREAD = "no_action", "no_answer", "unsettled", "unread"


@dataclass(frozen=True)
class Coverage:
    """Categories of the present state beside the actions that answer them.

    ``categories``: one row per category: ``code``, labels, ``n_notes`` (barriers and possibilities together),
    ``n_actions`` that answer it, as adjudicated, else by the coders' majority, ``low`` and ``high`` over the
    coders who read every action (missing if fewer than two did), ``weight`` (the actions' weights summed, if
    there are any), ``actions`` (their ids), ``n_adjudicated`` (of all actions, the same in every row).
    ``notes``: the counts of `count_codes` beside them, split by hinder/möjlighet.
    ``gaps``: what has no answer: ``kind`` (no_action: a category that no action answers; no_answer: an
    action that answers none, by more than half of the coders or by adjudication; unsettled: one of which
    this is not settled, or not what it answers; unread: an action that nobody has decided on), ``code`` or
    ``note_id``, ``n_notes``.
    ``rho``: Spearman's rank correlation of `n_notes` and `n_actions` over the categories; it describes these
    few categories and tests nothing. NaN where either is the same for all.
    """

    variable: Variable
    by: str | None
    categories: pd.DataFrame
    notes: pd.DataFrame
    gaps: pd.DataFrame
    rho: float


def coverage(
    study: Study,
    addresses: str | None = None,
    *,
    by: str | None = None,
    notes: object = None,
    weights: Mapping[str, float] | pd.Series | None = None,
) -> Coverage:
    """Set the notes of each category of the present state beside the actions that answer it.

    Parameters
    ----------
    study : Study
    addresses : the `multiple` variable that says which categories an action answers (in the codebook:
        ``codes_from`` another variable); left out, the first such variable
    by : the variable that splits the categories' notes, such as hinder/möjlighet
    notes : ids or a table of notes, of both kinds; left out, all
    weights : action -> weight, such as its mean score; a category has none where an action that answers it
        has none: unscored is not 0

    Returns
    -------
    Coverage

    Raises
    ------
    CodebookError
        If no variable says what an action answers.
    StanceError
        If the study is reflexive and several coders said what actions answer.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sekom_analysis import Study
    >>> from sekom_analysis.study.making import create_sample
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_sample(Path(folder) / "sample")
    ...     study = Study.open(Path(folder) / "sample")
    ...     found = coverage(study, by="valence", notes=study.main_notes)
    >>> found.categories.set_index("code").loc["systemsyn", ["n_notes"]].tolist()
    [22]
    """
    answers = _addresses(study, addresses)
    category = study.codebook[str(answers.codes_from)]
    counts = count_codes(study, category.id, by, study.notes_asked(category, notes))
    ratings = study.ratings(answers.id, study.with_codebook, study.notes_asked(answers, notes))
    ratings = ratings.loc[:, ratings.notna().any()]
    if len(ratings.columns) > 1:
        check_stance(study)
    settled = consensus_sets(ratings, study.adjudications(answers.id))
    per_note = counts[counts["is_bar"]].groupby("code", sort=False)["count"].sum()
    categories = _categories(answers, category, per_note, settled, ratings, weights)
    return Coverage(answers, by, categories, counts, _gaps(categories, settled, ratings), _rho(categories))


def _addresses(study: Study, wanted: str | None) -> Variable:
    if wanted is not None:
        found = [study.codebook[wanted]]
    else:
        found = [v for v in study.codebook.variables if v.kind == "multiple" and v.codes_from]
    if found and found[0].kind == "multiple" and found[0].codes_from:
        return found[0]
    named = f"'{wanted}' says" if wanted else "No variable of the codebook says"
    msg = (
        f"{named} nothing about what an action answers. Add a variable of kind 'multiple' whose "
        f"'codes_from' names the categories, for instance: codes_from: category_b."
    )
    raise CodebookError(msg)


def _categories(
    answers: Variable,
    category: Variable,
    per_note: pd.Series,
    settled: pd.DataFrame,
    ratings: pd.DataFrame,
    weights: Mapping[str, float] | pd.Series | None,
) -> pd.DataFrame:
    """Return one row per category, all that can be chosen and those that are in use."""
    readers = readers_of_all(ratings)
    n_adjudicated = int(settled["is_adjudicated"].sum())
    rows = []
    for code in dict.fromkeys([*(c.id for c in answers.codes if not c.retired), *per_note.index]):
        has = settled["codes"].map(lambda codes, code=code: code in codes, na_action="ignore").eq(True)
        actions = list(settled.index[has])
        own = [ratings[k].map(lambda codes, code=code: code in codes).sum() for k in readers]
        rows.append(
            {
                "code": code,
                "label_sv": category.label_of(code, "sv"),
                "label_en": category.label_of(code, "en"),
                "n_notes": int(per_note.get(code, 0)),
                "n_actions": len(actions),
                "low": min(own, default=pd.NA),
                "high": max(own, default=pd.NA),
                "weight": _weight(actions, weights),
                "actions": tuple(actions),
                "n_adjudicated": n_adjudicated,
            }
        )
    return pd.DataFrame(rows).astype({"low": "Int64", "high": "Int64", "weight": "Float64"})


def _weight(actions: list[str], weights: Mapping[str, float] | pd.Series | None) -> object:
    """Return the actions' weights summed; missing without weights, or where an action has none."""
    if weights is None:
        return pd.NA
    given: list[Any] = [weights.get(action) for action in actions]
    return pd.NA if any(pd.isna(weight) for weight in given) else sum(float(weight) for weight in given)


def _gaps(categories: pd.DataFrame, settled: pd.DataFrame, ratings: pd.DataFrame) -> pd.DataFrame:
    """List categories without actions, and actions without categories: answering none, divided or unread."""
    alone = categories[(categories["n_actions"] == 0) & (categories["n_notes"] > 0)]
    rows = [(NO_ACTION, row.code, "", row.n_notes) for row in alone.itertuples()]
    found = pd.Series(UNSETTLED, index=settled.index)
    # Each category may be voted down though every coder named one: only the empty set says that none fits.
    is_empty = ratings.map(lambda codes: codes == frozenset(), na_action="ignore").eq(True)
    by_most = 2 * is_empty.sum(axis=1) > settled["n_coders"]
    found[(by_most | settled["is_adjudicated"]) & settled["codes"].notna()] = NO_ANSWER
    found[(settled["n_coders"] == 0) & ~settled["is_adjudicated"]] = UNREAD
    found = found[~settled["codes"].map(bool, na_action="ignore").eq(True)]
    for kind in (NO_ANSWER, UNSETTLED, UNREAD):
        rows += [(kind, "", str(note), 0) for note in found.index[found == kind]]
    return pd.DataFrame(rows, columns=["kind", "code", "note_id", "n_notes"])


def _rho(categories: pd.DataFrame) -> float:
    """Return the rank correlation of notes and actions over the categories; NaN where a side is constant."""
    ranks = categories[["n_notes", "n_actions"]].rank()
    if (ranks.nunique() < 2).any():
        return float("nan")
    return float(ranks["n_notes"].corr(ranks["n_actions"]))


# --- themes that run across categories: which go together, and where they lie -------------------------


def co_occurrence(ratings: pd.DataFrame, adjudicated: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return how often two codes of a `multiple` variable are on the same note, by what the coders settle on.

    Parameters
    ----------
    ratings : table of shape (N, M) of a `multiple` variable
    adjudicated : adjudications of the variable, as in `consensus_sets`; left out, the majority alone

    Returns
    -------
    DataFrame, one row per pair of codes that share a note: ``code_a``, ``code_b`` (in the order of the
    alphabet), ``n_both``, ``n_a``, ``n_b`` and ``jaccard``, the notes that have both by those that have any.

    Examples
    --------
    >>> sets = {"n1": [frozenset("ab")], "n2": [frozenset("ab")], "n3": [frozenset("a")]}
    >>> ratings = pd.DataFrame.from_dict(sets, orient="index", columns=["k1"])
    >>> co_occurrence(ratings)[["code_a", "code_b", "n_both", "n_a"]].values.tolist()
    [['a', 'b', 2, 3]]
    """
    settled = consensus_sets(ratings, adjudicated)["codes"].dropna()
    long = settled.explode().dropna().rename("code")
    sizes = long.value_counts()
    pairs = pd.merge(long, long, left_index=True, right_index=True, suffixes=("_a", "_b"))
    pairs = pairs[pairs["code_a"] < pairs["code_b"]]
    table = pairs.groupby(["code_a", "code_b"]).size().rename("n_both").reset_index()
    table["n_a"] = table["code_a"].map(sizes).astype("int64")
    table["n_b"] = table["code_b"].map(sizes).astype("int64")
    table["jaccard"] = table["n_both"] / (table["n_a"] + table["n_b"] - table["n_both"])
    return table.sort_values("n_both", ascending=False, kind="stable", ignore_index=True)


def themes_by_category(study: Study, themes: str, category: str, notes: object = None) -> pd.DataFrame:
    """Return how many notes of each category have each theme, as settled and by each coder.

    Parameters
    ----------
    study : Study
    themes : a `multiple` variable
    category : a `single` variable of the same notes
    notes : ids or a table of notes; left out, all that both are asked of

    Returns
    -------
    DataFrame, one row per theme × category, zeros included: ``theme``, ``category``, their labels,
    ``count`` (the theme as adjudicated, else the majority's; the bars' category as in `count_codes`),
    ``low`` and ``high`` of the coders who read all the notes (each by own theme, all by the same category;
    missing if fewer than two did) and ``n_category``.

    Raises
    ------
    CodebookError
        If `themes` does not take several codes or `category` is not a single one.
    StanceError
        If the study is reflexive and several coders gave themes.
    """
    asked, split = study.codebook[themes], study.codebook[category]
    if asked.kind != "multiple" or split.kind != "single":
        msg = (
            f"'{themes}' is {asked.kind} and '{category}' is {split.kind}; themes are a 'multiple' variable "
            f"and categories a 'single' one."
        )
        raise CodebookError(msg)
    ids = [n for n in study.notes_asked(asked, notes) if n in set(study.notes_asked(split, notes))]
    ratings = study.ratings(themes, study.with_codebook, ids)
    ratings = ratings.loc[:, ratings.notna().any()]
    if len(ratings.columns) > 1:
        check_stance(study)
    code = settled_category(study, category, ids)
    settled = settled_answers(ratings, asked, study.adjudications(themes))
    readers = readers_of_all(ratings)
    rows = []
    for theme in asked.codes:
        has = _has(settled, theme.id)
        own = {reader: _has(ratings[reader], theme.id) for reader in readers}
        for place in split.codes:
            inside = code == place.id
            counts = [int((mine & inside).sum()) for mine in own.values()]
            rows.append(
                {
                    "theme": theme.id, "category": place.id,
                    "theme_label_sv": theme.label.in_("sv"), "theme_label_en": theme.label.in_("en"),
                    "label_sv": place.label.in_("sv"), "label_en": place.label.in_("en"),
                    "count": int((has & inside).sum()),
                    "low": min(counts, default=pd.NA), "high": max(counts, default=pd.NA),
                    "n_category": int(inside.sum()),
                }
            )  # fmt: skip
    return pd.DataFrame(rows).astype({"low": "Int64", "high": "Int64"})


def settled_category(study: Study, category: str, notes: list[str]) -> pd.Series:
    """Return the code of each note by whoever's counts the bars are (`count_codes`)."""
    counts = count_codes(study, category, notes=notes)
    bar = next((str(coder) for coder in counts.loc[counts["is_bar"], "coder"]), SETTLED_BAR)
    return answers_of(study, study.codebook[category], bar, notes)


def _has(sets: pd.Series, code: str) -> pd.Series:
    return sets.map(lambda codes: code in codes, na_action="ignore").eq(True)


# --- actions after merging: each knows all it came from -----------------------------------------------


def merged_into(study: Study) -> dict[str, str]:
    """Return note_id -> the action that it is part of, for notes that are part of another."""
    table = study.merges()
    return dict(zip(table["note_id"], table["into"], strict=True))


def merged_notes(study: Study) -> pd.DataFrame:
    """Return the study's notes after merging, each with how it reads now and all it came from.

    Parameters
    ----------
    study : Study

    Returns
    -------
    DataFrame as `Study.notes`, without the notes that are part of another. ``text`` is how the action
    reads now, ``text_written`` the note's own text, ``members`` a tuple of the note ids it came from,
    its own first.

    Examples
    --------
    >>> import tempfile
    >>> texts = {"note_id": ["d1", "d2"], "text": ["Ta fram nyckeltal", "Nya nyckeltal"]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = Study.create(folder + "/demo", notes=pd.DataFrame(texts))
    ...     event = study.merge("d2", into="d1", by="anna", reason="samma sak", text="Nya nyckeltal tas fram")
    ...     merged_notes(study)[["text", "members"]].to_dict("index")
    {'d1': {'text': 'Nya nyckeltal tas fram', 'members': ('d1', 'd2')}}
    """
    into = merged_into(study)
    members: dict[str, list[str]] = {}
    for note_id in study.notes.index:
        if note_id in into:
            members.setdefault(into[note_id], []).append(note_id)
    merged = study.notes[~study.notes.index.isin(into.keys())].copy()
    wordings = study.wordings()
    merged["text_written"] = merged["text"]
    merged["text"] = pd.Series({note_id: wordings[note_id] for note_id in merged.index}, dtype="str")
    merged["members"] = pd.Series(
        {note_id: (note_id, *members.get(note_id, [])) for note_id in merged.index}, dtype=object
    )
    return merged


def counts_before_and_after(study: Study, variable: str, notes: object = None) -> pd.DataFrame:
    """Return how many notes each code of a variable has, before and after merging.

    A note's code is what was adjudicated, else what most coders of the study chose, the material's own
    sorting aside; a merged action has the code of the note that it goes under.

    Parameters
    ----------
    study : Study
    variable : id of a `single` variable
    notes : ids, a table of notes, or a true/false column; left out, all that the variable is asked of

    Returns
    -------
    DataFrame, one row per code and a last one, with an empty ``code``, for notes on which coders differ
    without a majority, or that adjudicators left open: ``code``, ``before``, ``after``. Notes that nobody
    coded are in none of them.
    """
    coders = study.with_codebook
    ratings = study.ratings(variable, coders, notes)
    if len(ratings.columns) > 1:
        check_stance(study)
    settled = consensus(ratings, study.adjudications(variable))
    said = settled["code"].astype(object).where(settled["basis"] != UNRESOLVED, "")
    stands = ~said.index.isin(merged_into(study).keys())
    codes = [*(ratings.iloc[:, 0].cat.categories if coders else study.codebook[variable].answers), ""]
    before, after = said.value_counts(), said[stands].value_counts()
    rows = [(code, int(before.get(code, 0)), int(after.get(code, 0))) for code in codes]
    return pd.DataFrame(rows, columns=["code", "before", "after"])
