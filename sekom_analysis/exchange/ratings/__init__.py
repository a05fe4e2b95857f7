"""Ratings as people keep them: a column per coder, a row per answer, a file or sheet per coder.

`cells` says what a cell holds, `columns` which column is what, `sheets` reads
one sheet, `joining` puts several together. They know no study: the same
reading serves a coefficient of agreement and the decisions of a study.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.wording import Phrase, quoted, rows_in_words
from sekom_analysis.exchange.ratings.cells import numbered, plain
from sekom_analysis.exchange.ratings.columns import MARKS, SIBLINGS
from sekom_analysis.exchange.ratings.questions import Joined, Question, Wanted, joined, questions_of, refused
from sekom_analysis.exchange.ratings.sheets import Sheet, SheetRead, read_sheet, sheets_of
from sekom_analysis.formats.encodings import in_quotes

_MOST_SHOWN = 12
_SHARED, _ALIKE = 0.3, 0.5  # of notes, of columns: the least that sheets about the same have in common

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


@dataclass(frozen=True)
class Found:
    """What files of ratings hold.

    Parameters
    ----------
    questions : one, as a rule
    notes : DataFrame of N notes, index note_id, with ``text``; empty texts where the files have none
    said : how the files were read
    joined : notes and answers as the files have them
    left : columns that were left alone
    forms : how answers are kept: a cell each, in sibling columns, in columns of marks
    """

    questions: list[Question]
    notes: pd.DataFrame
    said: list[Phrase]
    joined: Joined
    left: tuple[str, ...] = ()
    forms: frozenset[str] = frozenset()

    @property
    def texts(self) -> pd.DataFrame | None:
        """The notes, where the files have their texts."""
        return self.notes if bool((self.notes["text"] != "").any()) else None

    def question(self, name: str | None = None) -> Question:
        """Return the question of a name; the only one where none is named.

        Raises
        ------
        RatingsError
            If there are several and none is named, or there is none of that name.
        """
        fitting = [one for one in self.questions if name is None or plain(one.name) == plain(name)]
        if len(fitting) == 1:
            return fitting[0]
        raise refused(kind="ratings_which", names=quoted(one.name for one in self.questions))


def read_ratings(
    path_or_paths: Paths,
    *,
    question: str | None = None,
    level: str | None = None,
    order: str | Sequence[str] | None = None,
    sheet: str | None = None,
) -> pd.DataFrame:
    r"""Return a table of ratings as people keep them in files, ready for `agreement`.

    Read are tables with a column per coder; with a row per answer (note,
    coder, code); and one file or sheet per coder. A coder's several codes may
    be in numbered columns (Code 1, Code 2, …), in a column per code, or in one
    cell (``a; b``). Notes of several files are matched by id, else by text
    (repeated texts in their order), else by order.

    Parameters
    ----------
    path_or_paths : path, or sequence of paths
        ``.csv``, ``.tsv``, ``.xlsx``; ``.ods``, ``.xls`` where python-calamine is.
    question : str, optional
        Which question, where the files hold answers to several.
    level : str, optional
        As in `agreement`. Left out: ``"nominal"`` for words, ``"ordinal"`` for
        scores, ``"masi"`` for several codes per note.
    order : str or sequence of str, optional
        The words of a scale, lowest first: ``"low < medium < high"``.
    sheet : str, optional
        The one sheet of a workbook to read.

    Returns
    -------
    DataFrame of shape (N, M), index note_id
        One column per coder: codes, sets of codes, or numbers; a missing
        value means unseen. Its ``attrs`` tell ``kind`` (``"single"``,
        ``"multiple"`` or ``"scale"``), ``level``, and in ``said``, a list of
        sentences, how the files were read.

    Raises
    ------
    ExchangeError
        If a file cannot be read, or nothing in it can be compared.
    RatingsError
        If the level does not suit the answers: words have no order of their own.

    Examples
    --------
    >>> from tempfile import mkdtemp
    >>> path = Path(mkdtemp()) / "ratings.csv"
    >>> _ = path.write_text("note;Anna;Bo\n1;time;time\n2;money;time\n3;money;money\n", "utf-8")
    >>> ratings = read_ratings(path)
    >>> ratings["Bo"].tolist()
    ['time', 'time', 'money']
    >>> ratings.attrs["kind"], ratings.attrs["level"]
    ('single', 'nominal')
    """
    found = find_ratings(path_or_paths, level=level, order=order, sheet=sheet)
    one = found.question(question)
    table = one.ratings.copy()
    told = [str(line) for line in [*found.said, *one.said]]
    table.attrs = {"kind": one.kind, "level": one.level, "said": told}
    return table


def find_ratings(
    path_or_paths: Paths,
    *,
    level: str | None = None,
    order: str | Sequence[str] | None = None,
    sheet: str | None = None,
    codes: Iterable[str] = (),
    coder: str | None = None,
    least_coders: int = 2,
) -> Found:
    """Return what files hold, with all questions and how they were read.

    Parameters
    ----------
    path_or_paths, level, order, sheet : as in `read_ratings`
    codes : what codes are called, where a codebook tells
    coder : whose answers they are, where no column says
    least_coders : how many have to answer a question for it to count

    Raises
    ------
    ExchangeError, RatingsError
        As in `read_ratings`.
    """
    listed = [path_or_paths] if isinstance(path_or_paths, str | os.PathLike) else path_or_paths
    paths = [Path(path) for path in listed]
    sheets = _fitting(sheets_of(paths, sheet, codes, coder is not None))
    if not sheets:
        raise refused(kind="ratings_none", file=", ".join(path.name for path in paths), error=ExchangeError)
    reads = [read_sheet(one) for one in sheets]
    together = joined(_of_coder(reads, coder))
    files = ", ".join(dict.fromkeys(one.file for one in sheets))
    index = _index(together)
    questions = questions_of(together, Wanted(files, index, level, order), least_coders)
    if not questions:
        names = ", ".join(dict.fromkeys(one.coder or one.question for one in together.said)) or "–"
        raise refused(kind="ratings_one_coder", file=files, error=ExchangeError, names=names)
    notes = pd.DataFrame({"text": together.texts}, index=index, dtype="str")
    left = tuple(dict.fromkeys(name for one in sheets for name in one.roles.left))
    forms = frozenset(answers.form for one in sheets for answers in one.roles.answers)
    return Found(questions, notes, _how(reads, together), together, left, forms)


def _fitting(sheets: list[Sheet]) -> list[Sheet]:
    """Leave out sheets that hold something else than the others do, such as a codebook."""
    if len(sheets) < 2 or len({one.file for one in sheets}) == len(sheets):
        return sheets
    shapes = [frozenset(plain(numbered(str(name))[0]) for name in one.table.columns) for one in sheets]
    keys = [_key_cells(one) for one in sheets]

    def is_like(one: int, other: int) -> bool:
        shared = keys[one] & keys[other]
        columns = shapes[one] & shapes[other]
        return len(shared) >= _SHARED * min(len(keys[one]), len(keys[other]) or 1) > 0 or (
            len(columns) >= _ALIKE * len(shapes[one] | shapes[other])
        )

    places = range(len(sheets))
    most = max(places, key=lambda one: sum(is_like(one, other) for other in places))
    return [sheets[one] for one in places if is_like(one, most)]


def _key_cells(sheet: Sheet) -> set[str]:
    """Return what identifies the notes of a sheet."""
    column = sheet.roles.id or sheet.roles.text
    return {plain(cell) for cell in sheet.table[column]} if column else set()


def _of_coder(reads: list[SheetRead], coder: str | None) -> list[SheetRead]:
    if coder is None:
        return reads
    return [
        replace(read, said=[replace(one, coder=one.coder or coder) for one in read.said]) for read in reads
    ]


def _index(together: Joined) -> pd.Index[str]:
    """Return the notes' ids; their numbers where the files have none, or the same one twice."""
    whole = all(together.ids) and len(set(together.ids)) == len(together.ids)
    names = together.ids if whole else [str(n) for n in range(1, len(together.rows) + 1)]
    return pd.Index(names, name="note_id", dtype="str")


# --- how files were read ------------------------------------------------------------------------------


def _how(reads: Sequence[SheetRead], together: Joined) -> list[Phrase]:
    files = quoted(dict.fromkeys(read.sheet.file for read in reads))
    roles = reads[0].sheet.roles
    by = Phrase(f"ratings_by_{together.by}", id=roles.id, text=roles.text)
    told = [Phrase("ratings_notes", n=len(together.rows), files=files, by=by)]
    people = list(dict.fromkeys(one.coder for one in together.said if one.coder))
    long = [read.sheet.roles.coder for read in reads if read.sheet.roles.coder]
    key = "ratings_coders_column" if long else "ratings_coders_files" if _by_file(reads) else "ratings_coders"
    key = key if len(people) > 1 else "ratings_coder"
    told.append(Phrase(key, n=len(people), names=", ".join(people), column=(long or [""])[0]))
    answers = [one for read in reads for one in read.sheet.roles.answers]
    siblings = next((one for one in answers if one.form == SIBLINGS), None)
    marks = next((one for one in answers if one.form == MARKS), None)
    if siblings is not None:
        told.append(Phrase("ratings_siblings", names=quoted(siblings.columns)))
    if marks is not None:
        told.append(Phrase("ratings_marks", n=len(marks.columns), names=", ".join(marks.codes[:_MOST_SHOWN])))
    rows = sum(read.several_rows for read in reads)
    if rows:
        told.append(Phrase("ratings_several_rows", n=rows))
    if together.doubled:
        told.append(Phrase("ratings_doubled", n=together.doubled))
    texts = [plain(text) for text in together.texts if text]
    if together.by == "texts" and len(set(texts)) < len(texts):
        told.append(Phrase("ratings_repeated", n=len(texts) - len(set(texts))))
    told += _unseen([read.sheet for read in reads])
    left = list(dict.fromkeys(name for read in reads for name in read.sheet.roles.left))
    if left:
        told.append(Phrase("ratings_left", names=quoted(left[:_MOST_SHOWN])))
    return told


def _unseen(sheets: Sequence[Sheet]) -> Iterator[Phrase]:
    """Say what of the sheets Excel does not show, and how doubtful letters were read."""
    taken = {(one.file, one.grid.name) for one in sheets}
    hidden = [one.grid.name for one in sheets if one.grid.is_hidden]
    left = dict.fromkeys((one.file, name) for one in sheets for name in one.unshown)
    if names := quoted(name for file, name in left if (file, name) not in taken):
        yield Phrase("ratings_hidden_left", names=names)
    if hidden:
        yield Phrase("ratings_hidden_sheets", names=quoted(hidden))
    for one in sheets:
        place = quoted([one.label if one.name else one.file])
        rows = sorted(set(one.grid.hidden_rows) & set(one.table.index))
        if rows:
            yield Phrase("ratings_hidden_rows", n=len(rows), rows=rows_in_words(rows), place=place)
        if one.hidden_columns:
            yield Phrase("ratings_hidden_columns", names=quoted(one.hidden_columns), place=place)
        if one.reading is not None and one.reading.is_guessed and one.reading.encoding != "cp1252":
            words = in_quotes(one.reading.text)
            yield Phrase("ratings_letters", file=one.file, encoding=one.reading.encoding, words=words)


def _by_file(reads: Sequence[SheetRead]) -> bool:
    return len(reads) > 1 and any(not one.coder for read in reads for one in read.said)


__all__ = ["Found", "Question", "find_ratings", "read_ratings"]
