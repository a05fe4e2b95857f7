"""Notes to quote from, with their memos, and the words that mark each group of notes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from sekom_analysis.agreement import disagreements
from sekom_analysis.basics.errors import CodebookError, NotesError
from sekom_analysis.basics.wording import check_language, lemmas, say
from sekom_analysis.study.checks import check_stance
from sekom_analysis.study.codebook import Variable
from sekom_analysis.study.decisions import INDEPENDENT
from sekom_analysis.study.study import Study

Row = dict[str, Any]
AGREED, DISPUTED = "agreed", "disputed"
VOICE_COLUMNS = [
    "code", "kind", "note_id", "text", "disagreement", "n_coders", "coder", "choice", "certainty", "memo",
    "words",
]  # fmt: skip


def voices(
    study: Study,
    variable: str,
    *,
    notes: object = None,
    coders: Iterable[str] | None = None,
    n_agreed: int | None = None,
    n_disputed: int | None = None,
) -> pd.DataFrame:
    """Return for each code the notes that all coders agree on and the most disputed ones, to quote from.

    Parameters
    ----------
    study : Study
    variable : a `single` or `multiple` variable; of several codes each is agreed or disputed on its own
    notes, coders : as in `Study.ratings`
    n_agreed, n_disputed : at most how many notes a code; left out, all

    Returns
    -------
    DataFrame, one row per code, note and coder who decided: ``code``, ``kind`` (agreed or disputed),
    ``note_id``, ``text``, ``disagreement`` (share of pairs of coders that differ), ``n_coders``, ``coder``,
    ``choice``, ``certainty`` (1–3, missing where none was given), ``memo`` and ``words``
    (selected in the text, with … between). Agreed notes were decided by two or more; those that most coders
    read come first, then those they were surest of, then those with
    memos. A disputed note is listed under every code that somebody chose for it, the most disputed first,
    then those for which most chose the code. What else is alike keeps the order of the notes.

    Raises
    ------
    CodebookError, NotesError, StudyError
        If there is no such variable, note or coder, or the variable is a scale.
    StanceError
        If the study is reflexive.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sekom_analysis import Study
    >>> from sekom_analysis.study.making import create_sample
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_sample(Path(folder) / "sample")
    ...     found = voices(Study.open(Path(folder) / "sample"), "category_b", n_agreed=1, n_disputed=1)
    >>> found.loc[found["code"] == "resurser", ["kind", "note_id"]].drop_duplicates().values.tolist()
    [['agreed', 'B008'], ['disputed', 'B011']]
    """
    asked = check_stance(study).codebook[variable]
    if asked.kind == "scale":
        msg = f"'{variable}' is a scale; voices are found for variables with codes."
        raise CodebookError(msg)
    ratings = study.ratings(variable, coders, notes)
    said = _said(study, asked, ratings)
    rows = [
        {**row, "code": code, "kind": kind}
        for code, kind, some in _chosen(asked, said, n_agreed, n_disputed)
        for note in some
        for row in note
    ]
    found = pd.DataFrame(rows, columns=VOICE_COLUMNS)
    study.tell_shown(list(dict.fromkeys(found["note_id"])), [variable], "voices")
    return found


def _said(study: Study, variable: Variable, ratings: pd.DataFrame) -> list[list[Row]]:
    """Return for each note what each coder decided, in the order of notes and coders."""
    decisions = study.decisions(variable.id, list(ratings.columns))
    own = decisions[decisions["pass"] == str(INDEPENDENT)]
    names = ["note_id", "coder", "codes", "certainty", "memo", "note_hash", "words"]
    texts = study.notes["text"].to_dict()
    by_note: dict[str, dict[str, Row]] = {str(note): {} for note in ratings.index}
    for note_id, coder, choice, certainty, memo, seen, words in own[names].itertuples(index=False, name=None):
        if note_id in by_note:
            given = int(certainty) if certainty else None
            parts = [texts[note_id][start:end] for start, end in study.seen.selected(note_id, seen, words)]
            said = {"coder": coder, "choice": choice, "certainty": given, "memo": memo}
            by_note[note_id][coder] = {**said, "words": " … ".join(parts)}
    differ = disagreements(ratings)["disagreement"].to_dict() if len(ratings.columns) else {}
    return [
        [
            {
                "note_id": note_id, "text": texts[note_id], "disagreement": float(differ.get(note_id, 0)),
                "n_coders": len(answers), **answers[coder],
            }
            for coder in ratings.columns
            if coder in answers
        ]
        for note_id, answers in by_note.items()
        if answers
    ]  # fmt: skip


def _chosen(
    variable: Variable, said: Sequence[list[Row]], n_agreed: int | None, n_disputed: int | None
) -> Iterator[tuple[str, str, list[list[Row]]]]:
    """Yield code, kind and what was said of each note, the best to quote first."""
    used = {code for note in said for row in note for code in row["choice"].split("|") if code}
    own = [code.id for code in variable.codes if code.id in used]
    for code in [*own, *sorted(used - set(own))]:
        shares = [(note, sum(_has(row, code) for row in note) / len(note)) for note in said]
        agreed = [note for note, share in shares if len(note) > 1 and share == 1]
        disputed = [note for note, share in shares if 0 < share < 1]
        yield code, AGREED, sorted(agreed, key=_surest)[:n_agreed]
        yield code, DISPUTED, sorted(disputed, key=partial(_most_disputed, code))[:n_disputed]


def _has(row: Row, code: str) -> bool:
    return code in row["choice"].split("|")


def _surest(note: Sequence[Row]) -> tuple[float, ...]:
    """Sort notes by how many read them, how sure they were, and whether they wrote why."""
    given = [row["certainty"] for row in note if row["certainty"] is not None]
    certainty = sum(given) / len(given) if given else 0
    return (-len(note), -certainty, not any(row["memo"] for row in note))


def _most_disputed(code: str, note: Sequence[Row]) -> tuple[float, ...]:
    return (-note[0]["disagreement"], -sum(_has(row, code) for row in note))


# --- readings side by side: what each coder said of a note, with the memo, and no number on it --------


READING_COLUMNS = ["note_id", "text", "variable", "label", "coder", "reading", "memo"]


def readings(
    study: Study,
    variable: str | None = None,
    *,
    notes: object = None,
    coders: Iterable[str] | None = None,
    lang: str = "sv",
) -> pd.DataFrame:
    """Return every coder's reading of every note, side by side, in any stance.

    Parameters
    ----------
    study : Study
    variable : only this one
    notes : as in `Study.ratings`
    coders : whose; left out, everybody's
    lang : ``"sv"`` or ``"en"``

    Returns
    -------
    DataFrame, one row per note, coder and variable, in the order of notes, coders and codebook: ``note_id``,
    ``text``, ``variable``, ``label`` of the variable, ``coder``, ``reading`` (the codes' labels), ``memo``.
    What a coder has not answered on their own has no row. Who looks, if it is known (`Study.viewer`), is
    kept as shown it.

    Raises
    ------
    CodebookError, NotesError, StudyError
        If there is no such variable, note or coder.
    """
    check_language(lang)
    book = study.codebook
    chosen = study.decisions(variable, coders)
    asked = {v.id: v for v in book.variables if variable in (None, v.id)}
    note_ids = [str(note) for note in study.notes.index]
    if notes is not None:
        note_ids = list(dict.fromkeys(note for v in asked.values() for note in study.notes_asked(v, notes)))
    wanted = (chosen["pass"] == str(INDEPENDENT)) & chosen["variable"].isin(list(asked))
    chosen = chosen[wanted & chosen["note_id"].isin(note_ids)]
    places = {
        "note_id": {note: place for place, note in enumerate(study.notes.index)},
        "coder": {coder: place for place, coder in enumerate(study.coders)},
        "variable": {name: place for place, name in enumerate(asked)},
    }
    chosen = chosen.sort_values(list(places), key=lambda column: column.map(places[str(column.name)]))
    said = [
        reading(asked[name], codes, lang)
        for name, codes in zip(chosen["variable"], chosen["codes"], strict=True)
    ]
    table = chosen.assign(
        text=chosen["note_id"].map(study.notes["text"]),
        label=chosen["variable"].map({name: one.label.in_(lang) for name, one in asked.items()}),
        reading=said,
    )
    study.tell_shown(list(dict.fromkeys(table["note_id"])), list(asked), "readings")
    return table[READING_COLUMNS].reset_index(drop=True)


def reading(variable: Variable, codes: str, lang: str) -> str:
    """Return an answer in words, as it is in a log: labels with commas between."""
    if not codes:
        return say("reading_empty", lang)
    return ", ".join(variable.label_of(code, lang) for code in codes.split("|"))


# --- words that mark one group of notes against the rest ----------------------------------------------


KEYWORD_COLUMNS = ["group", "word", "count", "n_group", "count_rest", "n_rest", "log_odds", "z"]


def keywords(
    notes: pd.DataFrame,
    by: str | pd.Series | Mapping[str, str],
    *,
    lang: str = "sv",
    at_least: int = 3,
    prior: float | None = None,
) -> pd.DataFrame:
    """Return the words of each group of notes, those that mark it most against the others first.

    A word counts once a note. Its log-odds against the other groups are drawn towards what all notes
    say by an informative Dirichlet prior, so that a word seen twice does not come first; `z` is the
    log-odds by its standard error.

    Parameters
    ----------
    notes : table of N notes with ``text``
    by : the group of each note: a column of `notes`, or note_id -> group; notes without one are left out
    lang : language of the texts
    at_least : words on fewer notes than this, of all groups together, are left out
    prior : α₀, how many words the prior weighs, above 0; left out, as many as an average group has

    Returns
    -------
    DataFrame, one row per group × word: ``count`` of ``n_group`` notes have the word, and ``count_rest``
    of ``n_rest`` notes of the other groups; ``log_odds``, ``z``. Above 1.96, a single word chosen
    beforehand would stand out; of many words some will by chance, so read it as an order.

    Raises
    ------
    NotesError
        If there is no such column, or fewer than two groups, or the prior is not above 0.

    References
    ----------
    Monroe, Colaresi & Quinn (2008), Fightin' words, Political Analysis 16(4), eqs. 16, 20 and 22.

    Examples
    --------
    >>> notes = pd.DataFrame({"text": ["Tid saknas", "För lite tid", "Viljan finns", "Stor vilja", "Viljan"]})
    >>> table = keywords(notes, {0: "hinder", 1: "hinder", 2: "m", 3: "m", 4: "m"}, at_least=2)
    >>> table.groupby("group")["word"].first().tolist()
    ['tid', 'vilja']
    """
    if prior is not None and not 0 < prior < np.inf:
        msg = (
            f"prior is a number above 0 (or left out), not {prior!r}: without one, a word of one group alone "
            f"has no log-odds."
        )
        raise NotesError(msg)
    group = _groups(notes, by)
    texts = notes.loc[group.index, "text"]
    words = [set(found) for found in lemmas([str(text) for text in texts], lang)]
    n_notes = Counter(chain.from_iterable(words))
    said = sorted(n_notes)
    names = list(dict.fromkeys(group))
    count = _counts(words, group, names, said)
    parts = [_marked(count, index, prior).assign(group=name) for index, name in enumerate(names)]
    table = pd.concat(parts).assign(word=said * len(names))
    table = table[table["count"] + table["count_rest"] >= at_least]
    sizes = group.value_counts()
    table["n_group"] = [int(sizes[name]) for name in table["group"]]
    table["n_rest"] = len(group) - table["n_group"]
    order = {name: place for place, name in enumerate(names)}
    table = table.sort_values(["z", "word"], ascending=[False, True], kind="stable")
    table = table.sort_values("group", key=lambda g: g.map(order), kind="stable", ignore_index=True)
    return table[KEYWORD_COLUMNS]


def _groups(notes: pd.DataFrame, by: str | pd.Series | Mapping[str, str]) -> pd.Series:
    """Return the group of each note that has one."""
    if isinstance(by, str):
        if by not in notes.columns:
            msg = f"The notes have no column '{by}'. They have: {', '.join(notes.columns)}."
            raise NotesError(msg)
        by = notes[by]
    given = pd.Series(by, dtype=object).dropna()
    group = given[given != ""].reindex(notes.index).dropna().astype(str)
    if group.nunique() < 2:
        there = ", ".join(sorted(set(group))) or "none"
        msg = f"Keywords set groups of notes against each other; there must be two or more ({there} given)."
        raise NotesError(msg)
    return group


def _counts(words: list[set[str]], group: pd.Series, names: list[str], said: list[str]) -> np.ndarray:
    """Return how many notes of each group have each word, shape (groups, words)."""
    place = {word: index for index, word in enumerate(said)}
    count = np.zeros((len(names), len(said)))
    for found, name in zip(words, group, strict=True):
        count[names.index(name), [place[word] for word in found]] += 1
    return count


def _marked(count: np.ndarray, index: int, prior: float | None) -> pd.DataFrame:
    """Return counts and log-odds of each word in one group against all others."""
    own, all_ = count[index], count.sum(axis=0)
    rest = all_ - own
    weight = prior if prior is not None else all_.sum() / len(count)
    alpha = weight * all_ / all_.sum()
    log_odds = _logit(own, alpha) - _logit(rest, alpha)
    error = np.sqrt(1 / (own + alpha) + 1 / (rest + alpha))
    return pd.DataFrame(
        {
            "count": own.astype(int),
            "count_rest": rest.astype(int),
            "log_odds": log_odds,
            "z": log_odds / error,
        }
    )


def _logit(count: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Return the log-odds of each word among all words of a group, prior included; NaN for the only word."""
    with_prior = count + alpha
    others = with_prior.sum() - with_prior
    odds = np.divide(with_prior, others, out=np.full_like(with_prior, np.nan), where=others > 0)
    result: np.ndarray = np.log(odds)
    return result
