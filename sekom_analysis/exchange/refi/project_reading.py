"""A REFI-QDA project read: our own exactly, one of another program as well as it can be.

Of another program's project each coded selection becomes a note, and a text
without any, or coded as a whole, one note.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pandas as pd

from sekom_analysis.about import About
from sekom_analysis.codebook import Variable
from sekom_analysis.decisions import coder_fault
from sekom_analysis.exchange.guarded import Archive, open_archive, parse_xml, refusal
from sekom_analysis.exchange.refi.answers import User
from sekom_analysis.exchange.refi.beside import CERTAINTIES, Beside, Shelf
from sekom_analysis.exchange.refi.codebook_reading import CodesRead, read_codes, remark_on_form
from sekom_analysis.exchange.refi.gathering import Gathered, Told
from sekom_analysis.exchange.refi.guids import plain_guid
from sekom_analysis.exchange.refi.labelled import unpack
from sekom_analysis.exchange.refi.losses import Loss
from sekom_analysis.exchange.refi.ourdata import bilingual
from sekom_analysis.exchange.refi.people import People, time_of
from sekom_analysis.exchange.refi.sources_reading import NOT_TAKEN, Sources, attributes
from sekom_analysis.exchange.refi.texts import source_text
from sekom_analysis.exchange.refi.xmlreading import Remarks, child, children, local, text_of
from sekom_analysis.notes import OPTIONAL
from sekom_analysis.problems import Problem


@dataclass(frozen=True)
class ProjectRead:
    """A project as another program wrote it, or we did.

    Parameters
    ----------
    notes : table of N notes, index note_id: text, and any other columns; a gap is an empty text
    codebook : plain data, for ``Study.create(codebook=…)``; its ``variables`` may be empty
    decisions : one row a note, coder, variable and pass: note_id, coder, variable, codes, certainty,
        memo, decided_at, pass; all texts, as `Study.decisions` has them
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
        If it is damaged, could do harm, or is no project.
    """
    path = Path(path)
    remarks = Remarks(path.name)
    with open_archive(path) as archive:
        root = _document(archive, remarks)
        remark_on_form(root, remarks)
        files = {name.replace("\\", "/").rsplit("/", 1)[-1].lower(): name for name in archive.names}
        text = partial(source_text, archive=archive, files=files, remarks=remarks)
        return _Project(root, text, remarks).read()


def _document(archive: Archive, remarks: Remarks) -> Element:
    found = [name for name in archive.names if name.lower().endswith(".qde")]
    found.sort(key=lambda name: (name.lower() != "project.qde", name.count("/")))
    if not found:
        what = "there is no project.qde in it, so it is no REFI-QDA project"
        raise refusal(archive.name, what, "export the project as REFI-QDA (.qdpx)")
    if found[0] != "project.qde":
        remarks.add("the project is not named project.qde", "it was read all the same", found[0])
    if any(name.startswith("Sources/") for name in archive.names):
        remarks.add("the folder is named Sources, not sources", "it was read all the same")
    if len(found) > 1:
        remarks.add("there are several projects in it", "the first was read", found[0])
    root = parse_xml(archive.read(found[0]), found[0])
    if local(root) != "Project":
        what = f"'{found[0]}' in it begins with <{local(root)}>, not with <Project>"
        raise refusal(archive.name, what, "export the project as REFI-QDA (.qdpx)")
    return root


class _Project:
    """Everything of one project on its way into tables."""

    def __init__(self, root: Element, text: Any, remarks: Remarks) -> None:
        self.root = root
        self.remarks = remarks
        self.lost: Counter[str] = Counter()
        ours = unpack(text_of(root, "Description"))
        self.ours = ours.values if ours and ours.kind == "project" else None
        self.codes: CodesRead = read_codes(child(child(root, "CodeBook"), "Codes"), remarks)
        self.people = People(root, self.ours is not None, remarks)
        self.shelf = Shelf(root, text)
        self.sources = Sources(root, text, remarks, self.lost)

    def read(self) -> ProjectRead:
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
            yield Told(coded.note_id, user, variable, answer, beside, time_of(when, self.remarks))

    def _scores(self) -> Iterator[Told]:
        """Yield the scores that our cases hold."""
        variables = self._score_variables()
        for case in children(child(self.root, "Cases"), "Case"):
            ours = unpack(text_of(case, "Description"))
            notes = [note for guid in _references(case) for note in self.sources.by_guid.get(guid, ())]
            for value in children(case, "VariableValue"):
                score = variables.get(_variable_of(value))
                number = text_of(value, "IntegerValue").strip()
                if score is None or not number:
                    continue
                told = ours.values.get(f"{score[0]} {score[1].id}") if ours else None
                told = told if isinstance(told, dict) else {}
                for note in notes:
                    yield Told(note, score[1], score[0], number, *self._told(told))

    def _score_variables(self) -> dict[str, tuple[str, User]]:
        found = {}
        for variable in children(child(self.root, "Variables"), "Variable"):
            ours = unpack(text_of(variable, "Description"))
            user = _user_of(ours.values) if ours and ours.kind == "score" else None
            if ours and user and "variable" in ours.values:
                found[plain_guid(variable.get("guid"))] = (str(ours.values["variable"]), user)
        return found

    def _told(self, values: dict[str, Any]) -> tuple[Beside, str]:
        certainty = str(values.get("certainty", ""))
        beside = Beside(str(values.get("memo", "")), certainty if certainty in CERTAINTIES else "")
        return beside, time_of(str(values.get("decided_at", "")), self.remarks)

    def _asides(self) -> Iterator[Told]:
        """Yield the decisions of ours that stand as notes beside the text."""
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


def _references(case: Element) -> Iterator[str]:
    return (plain_guid(reference.get("targetGUID")) for reference in children(case, "SourceRef"))


def _variable_of(value: Element) -> str:
    reference = child(value, "VariableRef")
    return plain_guid(None if reference is None else reference.get("targetGUID"))
