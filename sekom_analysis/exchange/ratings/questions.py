"""From what coders said to ratings of a kind: one code, several codes, or scores, at a level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.basics.wording import Phrase, Problem, problem_lines, quoted
from sekom_analysis.exchange.ratings.cells import (
    are_scores,
    guessed_order,
    number_in,
    order_of,
    plain,
    spellings,
)
from sekom_analysis.exchange.ratings.columns import MARKS, SIBLINGS
from sekom_analysis.exchange.ratings.joining import Joined
from sekom_analysis.exchange.ratings.sheets import Said

SINGLE, MULTIPLE, SCALE = "single", "multiple", "scale"
LEVELS = {SINGLE: "nominal", MULTIPLE: "masi", SCALE: "ordinal"}
_OF_SETS = ("nominal", "masi", "jaccard", "dice")
_ORDERED = ("ordinal", "interval", "ratio")
_MOST_SHOWN = 12


class Wanted(NamedTuple):
    """The files, the notes' ids, and the level and order that were asked for, if any."""

    files: str
    notes: pd.Index[str]
    level: str | None = None
    order: str | Sequence[str] | None = None


@dataclass(frozen=True)
class Question:
    """Everybody's answers to one question.

    Parameters
    ----------
    name : as the columns name it; empty where nothing does
    kind : ``single``, ``multiple`` or ``scale``
    level : how far apart two answers are, for alpha
    ratings : DataFrame of shape (N, M), index note_id: codes, sets of codes or numbers; missing is unseen
    codes : what the codes are called, in their order
    said : how the answers were read
    """

    name: str
    kind: str
    level: str
    ratings: pd.DataFrame
    codes: list[str]
    said: list[Phrase]


def refused(
    *, kind: str, file: str = "", error: type[Exception] = RatingsError, **values: object
) -> Exception:
    """Return an error with a problem of a kind."""
    return error(problem_lines([Problem.of(file, None, kind, **values)]))


def questions_of(together: Joined, wanted: Wanted, least: int = 2) -> list[Question]:
    """Return the questions that at least so many coders answered.

    Raises
    ------
    RatingsError
        If the level or the order does not suit the answers.
    """
    if wanted.level is not None and wanted.level not in (*_OF_SETS, *_ORDERED):
        raise refused(kind="ratings_no_level", level=wanted.level, levels=", ".join((*_ORDERED, *_OF_SETS)))
    by: dict[str, list[Said]] = {}
    for one in together.said:
        if any(codes is not None for codes in one.codes):
            by.setdefault(plain(one.question), []).append(one)
    asked = [said for said in by.values() if len(said) >= least]
    return [_question(said, wanted) for said in asked]


def _question(said: list[Said], wanted: Wanted) -> Question:
    given = [code for one in said for codes in one.codes for code in codes or ()]
    labels, several = spellings(given)
    kind = _kind(said, labels, wanted.level)
    told = [Phrase("ratings_spellings", names=quoted(several_one)) for several_one in several]
    level = wanted.level or (_ORDERED[0] if wanted.order is not None else LEVELS[kind])
    codes = list(labels.values())
    if kind == SCALE:
        codes = sorted(codes, key=lambda code: number_in(code) or 0.0)
    elif level in _ORDERED:
        codes = _ordered(kind, codes, level, wanted)
    elif (kind == MULTIPLE) != (level in _OF_SETS[1:]) and level != "nominal":
        key = "ratings_level_sets" if kind == MULTIPLE else "ratings_level_no_sets"
        raise refused(kind=key, file=wanted.files, level=level, levels=", ".join(_OF_SETS))
    names = _coder_columns(said)
    columns = {
        name: [_value(one, labels, kind) for one in one_said.codes]
        for name, one_said in zip(names, said, strict=True)
    }
    ratings = pd.DataFrame({name: _column(cells, kind, level, codes) for name, cells in columns.items()})
    ratings.index = wanted.notes
    key = f"ratings_kind_{kind}"
    listed = ", ".join(codes[:_MOST_SHOWN]) + (" …" if len(codes) > _MOST_SHOWN else "")
    told.insert(0, Phrase(key, n=len(codes), codes=listed, level=Phrase(f"level_{level}")))
    return Question(said[0].question, kind, level, ratings, codes, told)


def _kind(said: Sequence[Said], labels: dict[str, str], level: str | None) -> str:
    many = any(len(codes or (1,)) != 1 for one in said for codes in one.codes)
    if many or any(one.form in (MARKS, SIBLINGS) for one in said):
        return MULTIPLE
    numbers = all(number_in(code) is not None for code in labels)
    if level == "nominal" or not numbers:
        return SINGLE
    return SCALE if are_scores(labels) or level in _ORDERED else SINGLE


def _ordered(kind: str, codes: list[str], level: str, wanted: Wanted) -> list[str]:
    """Return words in the order that was given; refuse to make one up."""
    if kind == MULTIPLE:
        raise refused(kind="ratings_level_sets", file=wanted.files, level=level, levels=", ".join(_OF_SETS))
    order, file = wanted.order, wanted.files
    if order is None:
        guess = guessed_order(codes)
        key = "ratings_order" if guess.known else "ratings_order_unknown"
        raise refused(kind=key, file=file, words=" < ".join(guess.words), level=level)
    if level != "ordinal":
        raise refused(kind="ratings_no_numbers", file=file, level=level)
    told = order_of(order) if isinstance(order, str) else [str(word) for word in order]
    rank = {plain(word): word for word in told}
    lacking = [code for code in codes if plain(code) not in rank]
    if lacking:
        raise refused(kind="ratings_order_lacks", file=file, words=", ".join(lacking), order=" < ".join(told))
    known = {plain(code): code for code in codes}
    return [known.get(word, label) for word, label in rank.items()]


def _value(codes: tuple[str, ...] | None, labels: dict[str, str], kind: str) -> Any:
    if codes is None:
        return None
    if kind == MULTIPLE:
        return frozenset(labels[plain(code)] for code in codes)
    if kind == SCALE:
        number = number_in(codes[0])
        return int(number) if number is not None and number.is_integer() else number
    return labels[plain(codes[0])]


def _column(cells: list[Any], kind: str, level: str, codes: list[str]) -> Any:
    if kind == SCALE:
        whole = all(cell is None or isinstance(cell, int) for cell in cells)
        return pd.array(cells, dtype="Int64" if whole else "Float64")
    if kind == SINGLE and level == "ordinal":
        return pd.Categorical(cells, categories=codes, ordered=True)
    return pd.Series(cells, dtype="object")


def _coder_columns(said: Sequence[Said]) -> list[str]:
    """Return each coder's name, once; one without a name is 'coder 1'."""
    return [one.coder or f"coder {place}" for place, one in enumerate(said, start=1)]
