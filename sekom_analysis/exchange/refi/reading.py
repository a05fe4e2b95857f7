"""A REFI-QDA project read: our own exactly, one of another program as well as it can be.

Of another program's project each coded selection becomes a note, and a text
without any, or coded as a whole, one note.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

import pandas as pd

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.files import as_typed
from sekom_analysis.basics.wording import Problem
from sekom_analysis.exchange.refi.answers import CERTAINTIES, INDEPENDENT, Beside, Shelf, User
from sekom_analysis.exchange.refi.codebook import (
    EMPTY,
    CodebookRead,
    CodesRead,
    codebook_read,
    read_codes,
    remark_on_form,
)
from sekom_analysis.exchange.refi.selected import words_told
from sekom_analysis.exchange.refi.texts import NOT_TAKEN, Sources, Texts, attributes
from sekom_analysis.exchange.refi.words import (
    Remarks,
    bilingual,
    child,
    children,
    coder_id,
    local,
    plain_guid,
    text_of,
    unpack,
)
from sekom_analysis.exchange.registry import Loss
from sekom_analysis.formats.guarded import Archive, open_archive, parse_xml, refusal, refusal_of
from sekom_analysis.study.about import About
from sekom_analysis.study.codebook import Variable, asked_by
from sekom_analysis.study.decisions import coder_fault
from sekom_analysis.study.notes import OPTIONAL
from sekom_analysis.study.rows import is_time, utc_text
from sekom_analysis.study.selections import Span, spans_of, words_of

# --- codings put together into decisions: several codes of one coder on one note are one answer -------


_MOST_NAMED = 10
_WHOLE = re.compile(r"([-+]?[0-9]{1,9})(?:[.,]0*)?")
COLUMNS = ("note_id", "coder", "variable", "codes", "certainty", "memo", "decided_at", "pass", "words")


class Told(NamedTuple):
    """One code that somebody gave to a note."""

    note_id: str
    user: User
    variable: str
    code: str
    beside: Beside
    decided_at: str
    words: tuple[Span, ...] = ()


class Gathered:
    """Decisions, as far as they were told.

    Parameters
    ----------
    kinds : variable -> its kind; of others any number of codes is taken
    remarks, lost : where to say what was not as it should be, and what was left out
    """

    def __init__(self, kinds: Mapping[str, str], remarks: Remarks, lost: Counter[str]) -> None:
        self._kinds = kinds
        self._remarks = remarks
        self._lost = lost
        self._told: dict[tuple[str, User, str], list[Told]] = {}
        self._users: dict[User, None] = {}

    @property
    def coders(self) -> list[str]:
        """Whoever decided, each once."""
        return list(dict.fromkeys(user.coder for user in self._users))

    def take(self, told: Iterable[Told]) -> None:
        """Add codes that were given."""
        for one in told:
            self._users.setdefault(one.user)
            asked = asked_by(one.variable, one.code)
            self._told.setdefault((one.note_id, one.user, asked), []).append(one)

    def table(self) -> pd.DataFrame:
        """Return the decisions, one row each, in the order of their times; what was told is let go."""
        keys = list(self._told)  # each is taken out, so that a large project is not in memory twice
        rows = [row for key in keys if (row := self._row(key, self._told.pop(key)))]
        table = pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")
        return table.sort_values("decided_at", kind="stable", ignore_index=True)

    def _row(self, key: tuple[str, User, str], told: list[Told]) -> tuple[str, ...] | None:
        note, user, _ = key
        variable = told[0].variable
        codes = list(dict.fromkeys(one.code for one in told))
        if len(codes) > 1 and EMPTY in codes:
            self._remarks.add("refi_code_and_none", f"{user.id}, {note}")
            codes.remove(EMPTY)
        if len(codes) > 1 and self._kinds.get(variable) in ("single", "scale"):
            self._remarks.add("refi_several", f"{user.id}, {note}", variable=variable)
            self._lost["answers to a variable that takes one, where several were given"] += 1
            return None
        memo = "\n".join(dict.fromkeys(one.beside.memo for one in told if one.beside.memo))
        certainty = next((one.beside.certainty for one in told if one.beside.certainty), "")
        when = max(one.decided_at for one in told)
        words = words_of(span for one in told for span in one.words)
        return note, user.coder, variable, "|".join(codes), certainty, memo, when, user.pass_, words


# --- users of a project as coders, and its times as a log's times -------------------------------------


_UNKNOWN = "unknown"


class People:
    """Whose a guid is.

    Parameters
    ----------
    root : the project
    ours : whether the users are coders of ours, whose names say the pass where the ids are gone
    remarks : where to say what was not as it should be
    """

    def __init__(self, root: Element, ours: bool, remarks: Remarks) -> None:
        self._remarks = remarks
        self._by_guid: dict[str, User] = {}
        for element in children(child(root, "Users"), "User"):
            id_, name = ((element.get(label) or "").strip() for label in ("id", "name"))
            own = (User.of(id_) if id_ else User.named(name)) if ours else None
            if own is None or coder_fault(own.coder):
                own = self._named(name or id_)
            self._by_guid.setdefault(plain_guid(element.get("guid")), own)

    @property
    def coders(self) -> tuple[str, ...]:
        """Every coder, each once."""
        return tuple(dict.fromkeys(user.coder for user in self._by_guid.values()))

    def of(self, guid: str | None, otherwise: str | None = None) -> User:
        """Return whose a guid is; that of the first of the two that is given."""
        plain = plain_guid(guid) or plain_guid(otherwise)
        if plain not in self._by_guid:
            self._remarks.add("refi_nobody", coder=_UNKNOWN)
            self._by_guid[plain] = self._named(_UNKNOWN)
        return self._by_guid[plain]

    def _named(self, name: str) -> User:
        coder = coder_id(name, set(self.coders))
        if coder != name:
            self._remarks.add("refi_user", f"{name} → {coder}")
        return User(coder, INDEPENDENT)


def time_of(text: str | None, remarks: Remarks) -> str:
    """Return a moment as a log writes it; empty if none is given or it cannot be told.

    Examples
    --------
    >>> time_of("2019-03-18T12:00:00+01:00", Remarks("a.qdpx"))
    '2019-03-18T11:00:00.000000Z'
    """
    if not text:
        return ""
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            remarks.add("refi_zone", text)
            moment = moment.replace(tzinfo=UTC)
        shown = utc_text(moment)
    except (ValueError, OverflowError):
        shown = ""
    if not is_time(shown):
        remarks.add("refi_time", text)
        return ""
    return shown


# --- A REFI-QDA project read: our own exactly, one of another program as well as it can be ------------


@dataclass(frozen=True)
class ProjectRead:
    """A project as another program wrote it, or we did.

    Parameters
    ----------
    notes : table of N notes, index note_id: text, and any other columns; a gap is an empty text
    codebook : plain data, for ``Study.create(codebook=…)``; its ``variables`` may be empty
    decisions : one row per note, coder, variable and pass: note_id, coder, variable, codes, certainty,
        memo, decided_at, pass, words; all texts, as `Study.decisions` has them
    coders : ids of the coders, those without a decision among them
    about : what the project says of the study, as ``study.yaml`` does; empty for another program's
    warnings : what was not as it should be, and what was made of it
    losses : what was left out
    definitions : variables as they were when some of the decisions were made, where they differ by now
    """

    notes: pd.DataFrame
    codebook: dict[str, Any]
    decisions: pd.DataFrame
    coders: tuple[str, ...]
    about: dict[str, Any]
    warnings: tuple[Problem, ...]
    losses: tuple[Loss, ...]
    definitions: tuple[Variable, ...] = ()


def read_project_qdpx(path: Path | str) -> ProjectRead:
    """Read a REFI-QDA project, ``.qdpx``.

    What does not follow the format but can be understood is taken, with a
    warning. A file that `write_project_qdpx` wrote comes back as it was.

    Parameters
    ----------
    path : the file

    Returns
    -------
    ProjectRead

    Raises
    ------
    ExchangeError
        If it is damaged, could do harm, or is not a project.
    """
    path = Path(path)
    remarks = Remarks(path.name)
    with open_archive(path) as archive:
        root = _document(archive, remarks)
        remark_on_form(root, remarks)
        return _Project(root, Texts(archive, remarks), remarks).read()


def read_codebook_qdpx(path: Path | str) -> CodebookRead:
    """Read the codebook of a REFI-QDA project, ``.qdpx``, whose texts may be elsewhere.

    Raises
    ------
    ExchangeError
        If it is damaged, not a project, or holds no code.
    """
    path = Path(path)
    remarks = Remarks(path.name)
    with open_archive(path) as archive:
        root = _document(archive, remarks)
    remark_on_form(root, remarks)
    return codebook_read(child(root, "CodeBook"), remarks)


def _document(archive: Archive, remarks: Remarks) -> Element:
    found = [name for name in archive.names if name.lower().endswith(".qde")]
    found.sort(key=lambda name: (name.lower() != "project.qde", name.count("/")))
    if not found:
        raise refusal(archive.name, "refi_no_project")
    if found[0] != "project.qde":
        remarks.add("refi_project_name", found[0])
    if any(name.startswith("Sources/") for name in archive.names):
        remarks.add("refi_folder_name")
    if len(found) > 1:
        remarks.add("refi_projects", found[0])
    root = parse_xml(archive.read(found[0]), found[0])
    if local(root) != "Project":
        raise refusal(archive.name, "refi_no_root", name=found[0], tag=local(root))
    return root


class _Project:
    """Everything of one project on its way into tables."""

    def __init__(self, root: Element, text: Texts, remarks: Remarks) -> None:
        self.root = root
        self.remarks = remarks
        self.lost: Counter[str] = Counter()
        ours = unpack(text_of(root, "Description"))
        self.ours = ours.values if ours and ours.kind == "project" else None
        self.codes: CodesRead = read_codes(child(child(root, "CodeBook"), "Codes"), remarks)
        self.people = People(root, self.ours is not None, remarks)
        self.shelf = Shelf(root, text, self.ours is not None)
        self.sources = Sources(root, text, remarks, self.lost)

    def read(self) -> ProjectRead:
        if self.sources.missing and not self.sources.notes:
            raise self._no_texts()
        kinds = {variable["id"]: variable["kind"] for variable in self.codes.variables}
        gathered = Gathered(kinds, self.remarks, self.lost)
        gathered.take(self._codings())
        gathered.take(self._scores())
        gathered.take(self._asides())
        decisions = gathered.table()
        self._attributes()
        for name in ("Links", "Graphs", "Sets"):
            self.lost[name.lower()] += len(list(child(self.root, name) or ()))
        self.lost["notes beside the text that no coding refers to"] += self.shelf.unused
        losses = tuple(Loss(number, what, NOT_TAKEN) for what, number in self.lost.items() if number)
        warnings = tuple(self.remarks.problems())
        coders = tuple(dict.fromkeys((*self.people.coders, *gathered.coders)))
        return ProjectRead(
            self._notes(), self._codebook(), decisions, coders, self._about(), warnings, losses
        )

    def _no_texts(self) -> ExchangeError:
        """Return the error for a project without any text: which and why, and what can be had of it."""
        file, missing = self.remarks.file, self.sources.missing
        shown = missing if len(missing) <= _MOST_NAMED + 1 else missing[:_MOST_NAMED]
        found = [Problem.of(file, None, "refi_no_text", name=name, reason=why) for name, why in shown]
        if len(shown) < len(missing):
            found.append(Problem.of(file, None, "refi_no_texts_more", n=len(missing) - len(shown)))
        n = sum(len(variable.get("codes", ())) for variable in self.codes.variables)
        if n:
            found.append(Problem.of(file, None, "refi_codebook_is_there", n=n, typed=as_typed(file)))
        return refusal_of(found)

    def _codings(self) -> Iterator[Told]:
        for coded in self.sources.coded:
            reference = child(coded.coding, "CodeRef")
            code = plain_guid(None if reference is None else reference.get("targetGUID"))
            if code not in self.codes.answers:
                self.lost["codings with a code that the codebook does not have"] += 1
                continue
            around = coded.selection if coded.selection is not None else coded.coding
            user = self.people.of(coded.coding.get("creatingUser"), around.get("creatingUser"))
            when = coded.coding.get("creationDateTime") or around.get("creationDateTime")
            elements = [coded.coding] if around is coded.coding else [around, coded.coding]
            beside = self.shelf.beside(elements, self.remarks)
            variable, answer = self.codes.answers[code]
            text = self.sources.notes[coded.note_id]["text"]
            told = words_told(self.sources.told.get(coded.note_id), variable, user, text)
            at = time_of(when, self.remarks)
            yield Told(coded.note_id, user, variable, answer, beside, at, told or coded.words)

    def _scores(self) -> Iterator[Told]:
        """Yield the scores that our cases hold; a program may have dropped which text a case is about."""
        variables = self._score_variables()
        for case in children(child(self.root, "Cases"), "Case"):
            ours = unpack(text_of(case, "Description"))
            values = ours.values if ours else {}
            notes = self._notes_of(case, values)
            for value in children(case, "VariableValue"):
                score = variables.get(_variable_of(value))
                given = "".join(part for element in list(value)[1:] for part in element.itertext()).strip()
                if not given or (score is None and notes):
                    continue
                number = _whole(given)
                if score is None or not notes:
                    self.lost["values of cases that are about no text"] += 1
                elif number is None:
                    self.lost["scores that are not whole numbers"] += 1
                else:
                    told = values.get(f"{score[0]} {score[1].id}")
                    beside = self._told(told if isinstance(told, dict) else {})
                    yield from (Told(note, score[1], score[0], number, *beside) for note in notes)

    def _notes_of(self, case: Element, values: dict[str, Any]) -> list[str]:
        """Return the notes that a case is about: those it refers to, else the one of ours that it names."""
        notes = [note for guid in _references(case) for note in self.sources.by_guid.get(guid, ())]
        if notes or self.ours is None or next(_references(case), None) is not None:
            return notes
        named = [str(values.get("note_id", "")), (case.get("name") or "").strip()]
        return [note for note in named if note in self.sources.notes][:1]

    def _score_variables(self) -> dict[str, tuple[str, User]]:
        found = {}
        for variable in children(child(self.root, "Variables"), "Variable"):
            ours = unpack(text_of(variable, "Description"))
            user = _user_of(ours.values) if ours and ours.kind == "score" else None
            if ours and user and "variable" in ours.values:
                found[plain_guid(variable.get("guid"))] = (str(ours.values["variable"]), user)
        return found

    def _told(self, values: dict[str, Any]) -> tuple[Beside, str, tuple[Span, ...]]:
        certainty = str(values.get("certainty", ""))
        beside = Beside(str(values.get("memo", "")), certainty if certainty in CERTAINTIES else "")
        at = time_of(str(values.get("decided_at", "")), self.remarks)
        return beside, at, tuple(spans_of(str(values.get("words", ""))))

    def _asides(self) -> Iterator[Told]:
        """Yield the decisions of ours that are notes beside the text."""
        for values in self.shelf.decisions:
            codes = values.get("codes")
            user, beside = _user_of(values), self._told(values)
            if user and values.get("note_id") in self.sources.notes and isinstance(codes, list):
                for code in codes:
                    yield Told(values["note_id"], user, str(values.get("variable", "")), str(code), *beside)
            else:
                self.lost["decisions beside the text whose note is not there"] += 1

    def _attributes(self) -> None:
        """Add what another program says of cases and sources to the notes, as columns."""
        names = {
            plain_guid(variable.get("guid")): " ".join((variable.get("name") or "").split())
            for variable in children(child(self.root, "Variables"), "Variable")
            if unpack(text_of(variable, "Description")) is None
        }
        for value, sources in attributes(self.root):
            name = names.get(_variable_of(value))
            text = "".join(part for element in list(value)[1:] for part in element.itertext()).strip()
            notes = [note for source in sources for note in self.sources.by_guid.get(source, ())]
            if not (name and text):
                continue
            for note in notes:
                column = name if name not in ("text", "note_id", *OPTIONAL) else f"{name} (2)"
                self.sources.notes[note].setdefault(column, text)

    def _notes(self) -> pd.DataFrame:
        index = pd.Index(list(self.sources.notes), name="note_id", dtype="str")
        table = pd.DataFrame(list(self.sources.notes.values()), index=index).fillna("").astype("str")
        listed = (self.ours or {}).get("columns")
        wanted = [str(name) for name in listed] if isinstance(listed, list) else [*OPTIONAL]
        present = [name for name in wanted if name in table.columns or self.ours]
        rest = [name for name in table.columns if name not in ("text", *present)]
        columns = dict.fromkeys(["text", *present, *rest])
        return table.reindex(columns=list(columns), fill_value="").astype("str")

    def _codebook(self) -> dict[str, Any]:
        book: dict[str, Any] = {}
        for label in ("title", "goal"):
            text = bilingual(self.ours or {}, f"codebook.{label}")
            if text is not None:
                book[label] = text
        return {**book, "variables": self.codes.variables}

    def _about(self) -> dict[str, Any]:
        about = (self.ours or {}).get("study")
        try:
            About.model_validate(about)
        except ValueError:  # another program's project, or ours after somebody changed it
            return {}
        return dict(about) if isinstance(about, dict) else {}


def _user_of(values: dict[str, Any]) -> User | None:
    user = User.of(str(values.get("user", "")))
    return None if coder_fault(user.coder) else user


def _whole(text: str) -> str | None:
    """Return a whole number as a score is written; None if it is none, as 3.5."""
    found = _WHOLE.fullmatch(text)
    return str(int(found[1])) if found else None


def _references(case: Element) -> Iterator[str]:
    return (plain_guid(reference.get("targetGUID")) for reference in children(case, "SourceRef"))


def _variable_of(value: Element) -> str:
    reference = child(value, "VariableRef")
    return plain_guid(None if reference is None else reference.get("targetGUID"))
