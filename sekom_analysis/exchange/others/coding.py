"""Coding as people keep it, taken into a study as it is: what is beyond doubt needs no map.

`exchange.ratings` says what the files hold; here its notes, coders and codes
are found in the study. What is not found is refused, counted, with its reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd

from sekom_analysis.basics.errors import ExchangeError, SekomError
from sekom_analysis.basics.wording import Phrase, Problem, chain, problem_lines
from sekom_analysis.exchange.others.matching import NO_CODE, NoteFinder, code_names, meant_variable, same
from sekom_analysis.exchange.others.proposing import is_said_beside
from sekom_analysis.exchange.ratings import Found, Question, find_ratings
from sekom_analysis.exchange.ratings.cells import CODES, is_called, plain
from sekom_analysis.exchange.ratings.columns import COLUMN
from sekom_analysis.exchange.ratings.sheets import Said
from sekom_analysis.exchange.refi.words import Remarks, coder_id, id_of, shortened
from sekom_analysis.exchange.taking_in import Material
from sekom_analysis.study.codebook import NONE_FITS, RESERVED_VARIABLES, Codebook, Variable
from sekom_analysis.study.points import point_named
from sekom_analysis.study.raw import CODEBOOK_FILE, Raw
from sekom_analysis.study.rows import answer_fault

IDS, ORDER, TEXTS = "ids", "order", "texts"
_COLUMNS = ["note_id", "coder", "variable", "codes"]
_HALF = 0.5


@dataclass(frozen=True)
class Coding:
    """What files bring to a study.

    Parameters
    ----------
    material : decisions, what was refused, and how the files were read
    sure : whether every note and every code was found
    plain : whether there is one file with a cell per answer, which a map could be written for as well
    """

    material: Material
    sure: bool
    plain: bool


def read_coding(raw: Raw, paths: Sequence[Path], path: Path, coder: str | None = None) -> Coding | None:
    """Return the decisions that one of several files brings; None where files are not kept so.

    Parameters
    ----------
    raw : the study; where its codebook is still the example, one is drafted of all coders' codes
    paths : all files that are taken in together, among them `path`
    path : the file whose decisions are wanted
    coder : whose they are, where no column says

    Raises
    ------
    ExchangeError
        If a column names the coder and `coder` another.
    """
    fresh = is_example(raw)
    known = [] if fresh else [name for one in raw.codebook.variables for name in code_names(one)]
    try:
        found = find_ratings(paths, codes=known, coder=coder, least_coders=1)
    except SekomError:
        return None
    found = _by_whom(found, coder, path)
    asked = found.questions
    book = None
    if fresh:
        asked = _to_draft(found)
        book = drafted(asked)
        raw = raw._replace(codebook=Codebook.model_validate(book))
    taker = _Taker(raw, found, path)
    for question in asked:
        taker.take(question)
    taker.remarks.add("coding_notes", "", n=len(found.notes), by=Phrase(f"coding_by_{taker.by}"))
    if book is not None:
        taker.remarks.add("coding_drafted", "", n=sum(len(one.codes) for one in asked))
    decisions = pd.DataFrame(taker.rows, columns=_COLUMNS, dtype="str")
    read = [Problem.of(path.name, None, "coding_read", line=chain(found.said, ". "))]
    remarks = read if path == paths[0] else []
    refused = taker.refused.problems()
    material = Material(
        decisions=decisions, refused=refused, remarks=[*remarks, *taker.remarks.problems()], codebook=book
    )
    is_plain = len(paths) == 1 and found.forms == {COLUMN} and not fresh
    return Coding(material, not refused and bool(taker.rows) and not _says_more(found), is_plain)


def _says_more(found: Found) -> bool:
    """Whether there are columns of remarks, times or certainty, which only a map can place."""
    return any(is_said_beside(name) for name in found.left)


def is_example(raw: Raw) -> bool:
    """Whether a study's codebook is still the example that every new study has."""
    path = raw.root / CODEBOOK_FILE
    template = (
        files("sekom_analysis.study").joinpath("templates", "codebook.yaml").read_text(encoding="utf-8")
    )
    try:
        return path.read_text(encoding="utf-8").split() == template.split()
    except (OSError, UnicodeDecodeError):
        return False


def _by_whom(found: Found, coder: str | None, path: Path) -> Found:
    """Refuse two names for one coder's answers."""
    if coder is None:
        return found
    named = list(dict.fromkeys(one.coder for one in found.joined.said if plain(one.coder) != plain(coder)))
    if named:
        problem = Problem.of(path.name, None, "coding_two_names", names=", ".join(named), coder=coder)
        msg = f"'{path.name}' was not taken in:\n{problem_lines([problem])}\nNothing was saved."
        raise ExchangeError(msg)
    return found


# --- a codebook drafted of everybody's codes ----------------------------------------------------------


def _to_draft(found: Found) -> list[Question]:
    """Return the questions to draft variables of: those of several coders, or called as codes are."""
    several = [one for one in found.questions if one.ratings.shape[1] > 1]
    forms = {plain(one.question): one.form for one in found.joined.said}
    called = [
        one for one in found.questions if is_called(one.name, CODES) or forms[plain(one.name)] != COLUMN
    ]
    return several or called or found.questions[:1]


def drafted(questions: Sequence[Question]) -> dict[str, Any]:
    """Return a codebook whose variables are questions and whose codes are what coders said.

    Examples
    --------
    >>> ratings = pd.DataFrame({"Anna": [frozenset({"Tid"})]})
    >>> book = drafted([Question("Teman", "multiple", "masi", ratings, ["Tid", "Stöd"], [])])
    >>> [(one["id"], one["kind"], [code["id"] for code in one["codes"]]) for one in book["variables"]]
    [('teman', 'multiple', ['tid', 'stod'])]
    """
    taken: set[str] = set()
    variables = []
    for one in questions:
        name = id_of(one.name, {*RESERVED_VARIABLES, *taken}, "category")
        taken.add(name)
        label = one.name or {"sv": "Kategori", "en": "Category"}
        variable: dict[str, Any] = {"id": name, "kind": one.kind, "label": label}
        if one.kind == "scale":
            numbers = [int(float(code.replace(",", "."))) for code in one.codes]
            variable["range"] = [min(1, *numbers), max(5, *numbers)]
        else:
            codes: dict[str, str] = {}
            for label_ in one.codes:
                codes[id_of(label_, {NONE_FITS, *codes}, "code")] = label_
            variable["codes"] = [{"id": code, "label": text} for code, text in codes.items()]
        variables.append(variable)
    return {"variables": variables}


# --- notes, variables and codes of a study ------------------------------------------------------------


def notes_meant(found: Found, notes: pd.DataFrame) -> tuple[list[str], str]:
    """Return the study's note for each note of the files, empty where there is none, and how it was found.

    By id; where ids say nothing or something else than the texts, by order if the texts run in the same
    order; else by text, repeated texts in their order; without texts by order, if there are as many.
    """
    ids, texts = found.joined.ids, [plain(text) for text in found.joined.texts]
    here = [plain(str(text)) for text in notes["text"]]
    finder = NoteFinder(notes)
    by_id = [finder.find(one, "ids") if one else "" for one in ids]
    place = {note: number for number, note in enumerate(map(str, notes.index))}
    contradict = sum(
        bool(note and text) and here[place[note]] != text for note, text in zip(by_id, texts, strict=True)
    )
    if sum(map(bool, by_id)) >= _HALF * len(ids) and not contradict:
        return by_id, IDS
    if texts == here or (not any(texts) and len(texts) == len(here)):
        return [str(note) for note in notes.index], ORDER
    times: Counter[str] = Counter()
    known = {}
    for note, text in zip(notes.index, here, strict=True):
        times[text] += 1
        known[text, times[text]] = str(note)
    times = Counter()
    meant = []
    for text in texts:
        times[text] += 1
        meant.append(known.get((text, times[text]), "") if text else "")
    return meant, TEXTS


class _Taker:
    """Takes the answers of one file to questions."""

    def __init__(self, raw: Raw, found: Found, path: Path) -> None:
        self.raw, self.found, self.path = raw, found, path
        self.refused, self.remarks = Remarks(path.name), Remarks(path.name)
        self._answers: dict[tuple[str, str, str], str] = {}
        self._differ: set[tuple[str, str, str]] = set()
        self.notes, self.by = notes_meant(found, raw.notes)
        self._stages = raw.notes["stage"].to_dict() if "stage" in raw.notes.columns else {}
        people = dict.fromkeys(plain(one.coder) for one in found.joined.said)
        called = {plain(one.coder): one.coder for one in found.joined.said}
        self._ids: dict[str, str] = {}
        for person in people:
            self._ids[person] = coder_id(called[person], set(self._ids.values()))
        self._lost: set[int] = set()

    def take(self, question: Question) -> None:
        """Take every coder's answers to a question, if the study asks it."""
        said = [one for one in self.found.joined.said if plain(one.question) == plain(question.name)]
        said = [one for one in said if self.path.name in one.files]
        variable = self._variable(question)
        if variable is None:
            n = sum(codes is not None for one in said for codes in one.codes)
            if n and not self._is_context(question):
                name = question.name or ", ".join(question.codes[:5])
                self.refused.add("coding_no_variable", "", name=name, n=n)
            elif n:
                self.remarks.add("coding_left", "", name=question.name)
            return
        if question.name and plain(question.name) != plain(variable.id):
            self.remarks.add("coding_variable", "", name=question.name, variable=variable.id)
        else:
            self.remarks.add("coding_variable_only", "", variable=variable.id)
        names = code_names(variable)
        for one in said:
            for at, codes in enumerate(one.codes):
                if codes is not None and one.files[at] == self.path.name:
                    self._take_one(variable, names, one, at, codes)

    def _is_context(self, question: Question) -> bool:
        return question.ratings.shape[1] == 1 and not is_called(question.name, CODES)

    def _take_one(
        self, variable: Variable, names: Mapping[str, list[str]], one: Said, at: int, codes: tuple[str, ...]
    ) -> None:
        row, note = self.found.joined.rows[at][1], self.notes[at]
        if not note:
            if at not in self._lost:
                self._lost.add(at)
                text = self.found.joined.texts[at] or self.found.joined.ids[at]
                self.refused.add("coding_no_note", _at(row, text))
            return
        known = [_code(variable, names, code) for code in codes]
        where = _at(row, ", ".join(codes))
        if None in known:
            unknown = next(code for code, found in zip(codes, known, strict=True) if found is None)
            self.refused.add("coding_no_code", where, code=unknown, variable=variable.id)
            return
        answer = "|".join(dict.fromkeys(code for code in known if code and code != NO_CODE))
        if not variable.applies_to(note, self._stages.get(note)):
            self.refused.add("others_not_asked", where, variable=variable.id)
        elif variable.kind != "multiple" and len(known) > 1:
            self.refused.add("others_several", where, coder=one.coder, variable=variable.id)
        elif fault := answer_fault(variable, answer):
            self.refused.add("others_answer", where, fault=fault)
        else:
            key = note, self._ids[plain(one.coder)], variable.id
            if self._answers.setdefault(key, answer) != answer:  # in another column: neither is the answer
                self._differ.add(key)
                self.refused.add("others_differ", where, coder=one.coder, variable=variable.id)

    @property
    def rows(self) -> list[tuple[str, str, str, str]]:
        """What was taken: note, coder, variable, answer."""
        return [(*key, answer) for key, answer in self._answers.items() if key not in self._differ]

    def _variable(self, question: Question) -> Variable | None:
        """Return the variable that a question is about: the one of its name, or whose codes it uses most."""
        named = meant_variable(self.raw.codebook, question.name) if question.name else None
        book = self.raw.codebook.variables
        fits = [(self._fit(one, question), bool(named and named.id == one.id), one) for one in book]
        fits = [fit for fit in fits if fit[0] >= _HALF and (_takes(fit[2], question) or fit[1])]
        best = max(fits, key=lambda fit: fit[:2], default=None)
        return best[2] if best else None

    def _fit(self, variable: Variable, question: Question) -> float:
        names = code_names(variable)
        known = [_code(variable, names, code) is not None for code in question.codes]
        return sum(known) / max(len(known), 1)


def _at(row: int, text: str) -> Phrase:
    return Phrase("row_and_text", row=row, text=shortened(text, 52))


def _takes(variable: Variable, question: Question) -> bool:
    """Whether a variable takes answers of a question's kind."""
    return variable.kind == "multiple" or question.kind != "multiple" or all(_single(question))


def _single(question: Question) -> Iterator[bool]:
    for column in question.ratings:
        yield from (not isinstance(v, frozenset) or len(v) == 1 for v in question.ratings[column])


def _code(variable: Variable, names: Mapping[str, list[str]], code: str) -> str | None:
    """Return the id of a code by its id or label; None where there is none."""
    if variable.kind == "scale":
        return point_named(variable, code) or None if answer_fault(variable, code.strip()) else code.strip()
    found = names.get(same(code), [])
    return found[0] if len(found) == 1 else None
