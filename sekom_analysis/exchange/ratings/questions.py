"""From sheets to ratings: notes matched by id, text or order, then each question of a kind, at a level."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, NamedTuple, cast

import pandas as pd

from sekom_analysis.basics.errors import ExchangeError, RatingsError
from sekom_analysis.basics.wording import Phrase, Problem, problem_lines, quoted
from sekom_analysis.exchange.ratings.cells import (
    CODES,
    are_scores,
    coder_names,
    guessed_order,
    is_called,
    number_in,
    order_of,
    plain,
    spellings,
)
from sekom_analysis.exchange.ratings.columns import COLUMN, MARKS, SIBLINGS
from sekom_analysis.exchange.ratings.sheets import Said, SheetRead, as_questions

# --- several sheets about the same notes put together -------------------------------------------------


IDS, TEXTS, ORDER = "ids", "texts", "order"
_SHARED = 0.3


@dataclass(frozen=True)
class Joined:
    """All notes of several sheets, and what everybody says of them.

    Parameters
    ----------
    by : how notes were matched: ``ids``, ``texts`` or ``order``
    ids, texts : of the N notes; empty texts where there are none
    rows : file and row of each note, where it was first met
    said : coder and question -> an answer for each note; None where unseen
    doubled : how many answers of a coder came twice and differ; the first was kept
    """

    by: str
    ids: list[str]
    texts: list[str]
    rows: list[tuple[str, int]]
    said: list[Said]
    doubled: int = 0


def joined(reads: Sequence[SheetRead]) -> Joined:
    """Return the sheets put together.

    Raises
    ------
    ExchangeError
        If nothing says which rows of two sheets are about the same note.
    """
    by = _matched_by(reads)
    keys = [_keys(read, by) for read in reads]
    shared = len(reads) > 1 and _share(keys) >= _SHARED
    named = _with_coders(reads, shared)
    place: dict[str, int] = {}
    for own in keys:
        for key in own:
            place.setdefault(key, len(place))
    ids, texts = [""] * len(place), [""] * len(place)
    rows = [("", 0)] * len(place)
    found: dict[tuple[str, str], Said] = {}
    doubled = 0
    for read, own in zip(named, keys, strict=True):
        at = [place[key] for key in own]
        for note, here in enumerate(at):
            ids[here] = ids[here] or (read.ids[note] if read.ids else "")
            texts[here] = texts[here] or (read.texts[note] if read.texts else "")
            rows[here] = rows[here] if rows[here][1] else (read.sheet.file, read.rows[note])
        for one in read.said:
            who = (plain(one.coder), plain(one.question))
            known = found.setdefault(who, replace(one, codes=[None] * len(place), files=[""] * len(place)))
            files = cast("list[str]", known.files)
            for codes, here in zip(one.codes, at, strict=True):
                if known.codes[here] is None and codes is not None:
                    known.codes[here] = codes
                    files[here] = read.sheet.file
                elif codes is not None and set(map(plain, codes)) != set(map(plain, known.codes[here] or ())):
                    doubled += 1
    return Joined(by, ids, texts, rows, list(found.values()), doubled)


def _matched_by(reads: Sequence[SheetRead]) -> str:
    have_ids, have_texts = all(read.ids for read in reads), all(read.texts for read in reads)
    if len(reads) == 1:
        return IDS if have_ids else TEXTS if have_texts else ORDER
    if have_ids and not (have_texts and _contradict(reads)):
        return IDS
    if have_texts:
        return TEXTS
    if len({len(read.rows) for read in reads}) == 1:
        return ORDER
    counts = ", ".join(f"{read.sheet.label}: {len(read.rows)}" for read in reads)
    problem = Problem.of(reads[0].sheet.file, None, "ratings_no_key", counts=counts)
    msg = f"The tables cannot be put together:\n{problem_lines([problem])}"
    raise ExchangeError(msg)


def _contradict(reads: Sequence[SheetRead]) -> bool:
    """Whether the same id is beside different texts: each table then counts its own rows."""
    texts: dict[str, str] = {}
    unlike = total = 0
    for read in reads:
        for one, text in zip(read.ids, read.texts, strict=True):
            known = texts.setdefault(plain(one), plain(text))
            total += 1
            unlike += known != plain(text)
    return unlike > 0.2 * total


def _keys(read: SheetRead, by: str) -> list[str]:
    if by == ORDER:
        return [str(place) for place in range(len(read.rows))]
    names = read.ids if by == IDS else read.texts
    times: dict[str, int] = {}
    keys = []
    for name in map(plain, names):
        times[name] = times.get(name, 0) + 1
        keys.append(f"{name}\n{times[name]}")
    return keys


def _share(keys: Sequence[Sequence[str]]) -> float:
    """Return the least share of notes that two sheets beside each other have in common."""
    shares = [len(set(a) & set(b)) / max(min(len(a), len(b)), 1) for a, b in pairwise(keys)]
    return max(shares, default=0.0)


def _with_coders(reads: Sequence[SheetRead], shared: bool) -> list[SheetRead]:
    """Name the coders that no column names after their files or sheets."""
    if len(reads) > 1 and shared:
        reads = _columns_as_questions(reads)
    labels = _labels(reads)
    if len(reads) > 1 and all(len(read.said) == 1 and not read.said[0].coder for read in reads):
        asked = {plain(read.said[0].question) for read in reads}
        question = reads[0].said[0].question if len(asked) == 1 else ""
        reads = [replace(read, said=[replace(read.said[0], question=question)]) for read in reads]
    named = []
    for read, label in zip(reads, labels, strict=True):
        said = [one if one.coder else replace(one, coder=label) for one in read.said]
        named.append(replace(read, said=said))
    return _without_context(named) if shared else named


def _columns_as_questions(reads: Sequence[SheetRead]) -> list[SheetRead]:
    """Take the columns that files about the same notes share for questions, and the files for coders."""
    names = [{plain(one.coder) for one in read.said if one.coder} for read in reads]
    alike = [read for read, own in zip(reads, names, strict=True) if own]
    same = len(alike) > 1 and all(a == b for a, b in pairwise([own for own in names if own]))
    plainly = all(not read.sheet.roles.coder for read in reads)
    return [as_questions(read) if same and plainly and read in alike else read for read in reads]


def _labels(reads: Sequence[SheetRead]) -> list[str]:
    """Return how each sheet's coder is called: as its only column where that is a name, else as the sheet."""
    columns = [
        one[0].question if len(one := read.said) == 1 and one[0].form == COLUMN and not one[0].coder else ""
        for read in reads
    ]
    people = len(reads) > 1 and all(columns) and len(set(map(plain, columns))) == len(columns)
    if people and not any(is_called(name, CODES) for name in columns):
        return columns
    files = [read.sheet.file for read in reads]
    unique = len(set(files)) == len(files)
    names = coder_names([read.sheet.file.rsplit(".", 1)[0] if unique else read.sheet.label for read in reads])
    # A file whose name is nobody's may still have a column that is called as its coder.
    return [
        own if own and name.startswith("coder ") and not is_called(own, CODES) else name
        for own, name in zip(columns, names, strict=True)
    ]


def _without_context(reads: list[SheetRead]) -> list[SheetRead]:
    """Leave out columns that say the same in every file: they are about the notes, not answers."""
    by: dict[str, list[Said]] = {}
    for read in reads:
        for one in read.said:
            by.setdefault(plain(one.question), []).append(one)
    asked = {question for question in by if is_called(question, CODES)}
    alike = {question for question, said in by.items() if all(a.codes == b.codes for a, b in pairwise(said))}
    context = alike - asked if len(by) > 1 else set()
    if len(context) == len(by):
        return reads
    # Of one sheet alone, nothing can be compared; the questions that most sheets answer are those asked.
    most = max(len(said) for question, said in by.items() if question not in context)
    lonely = {question for question, said in by.items() if len(said) < 2 <= most}
    gone = context | lonely
    return [replace(r, said=[one for one in r.said if plain(one.question) not in gone]) for r in reads]


# --- from what coders said to ratings of a kind -------------------------------------------------------


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
