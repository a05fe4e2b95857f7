"""A codebook as REFI-QDA has it: a variable is a parent that codes nothing, its answers are its children.

There is no place for kinds, ids, two languages, include and exclude: they stand
as labelled lines in each `Description`.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.files import replace_file
from sekom_analysis.basics.wording import Problem, say
from sekom_analysis.exchange.refi.words import (
    Guids,
    Labelled,
    Remarks,
    XmlWriter,
    child,
    children,
    code_data,
    colour_of,
    id_of,
    local,
    pack,
    plain_guid,
    renamed,
    text_of,
    unpack,
    variable_data,
    xml_text,
)
from sekom_analysis.exchange.registry import Loss, real
from sekom_analysis.formats.guarded import parse_xml, read_file, refusal
from sekom_analysis.study.codebook import (
    NONE_FITS,
    NONE_FITS_LABEL,
    RESERVED_VARIABLES,
    Bilingual,
    Code,
    Codebook,
    Variable,
)

NAMESPACE = "urn:QDA-XML:codebook:1.0"
ORIGIN = "sekom_analysis"
EMPTY = ""  # how the log writes the empty set of a `multiple`


@dataclass(frozen=True)
class Entry:
    """One `Code` element.

    Parameters
    ----------
    guid : the guid
    name : what people see, unlike that of any other entry
    description : labelled lines
    codable : whether notes can be coded with it
    colour : such as ``#b5542f``, or None
    children : the answers of a variable
    """

    guid: str
    name: str
    description: dict[str, Any]
    kind: str
    codable: bool = True
    colour: str | None = None
    children: tuple[Entry, ...] = ()


def answer_guid(guids: Guids, variable: str, answer: str) -> str:
    """Return the guid of one answer: a code's id, `NONE_FITS` or `EMPTY`."""
    return guids.of("code" if answer not in (EMPTY, NONE_FITS) else "answer", variable, answer)


def entries(codebook: Codebook, guids: Guids, lang: str) -> list[Entry]:
    """Return the whole codebook as entries, in its order, each with a name of its own."""
    made = [_variable_entry(variable, guids, lang) for variable in codebook.variables]
    return _told_apart(made)


def _variable_entry(variable: Variable, guids: Guids, lang: str) -> Entry:
    return Entry(
        guids.of("variable", variable.id),
        _name(variable.label, variable.id, lang),
        {
            "id": variable.id,
            "kind": variable.kind,
            **both("label", variable.label),
            **both("question", variable.question),
            "range": None if variable.range is None else list(variable.range),
            "labels": _point_labels(variable),
            "stage": None if variable.stage is None else list(variable.stage),
            "notes": None if variable.notes is None else list(variable.notes),
            "none_fits": variable.none_fits,
            "round": variable.round,
            "codes_from": variable.codes_from,
        },
        "variable",
        codable=False,
        children=tuple(_answer_entries(variable, guids, lang)),
    )


def _answer_entries(variable: Variable, guids: Guids, lang: str) -> Iterator[Entry]:
    for code in variable.codes:
        guid = answer_guid(guids, variable.id, code.id)
        yield Entry(guid, _name(code.label, code.id, lang), _code_values(code), "code", colour=code.colour)
    if variable.allows_none_fits:
        guid = answer_guid(guids, variable.id, NONE_FITS)
        yield Entry(guid, NONE_FITS_LABEL[lang], {"answer": "none fits"}, "answer")
    if variable.kind == "multiple":
        guid = answer_guid(guids, variable.id, EMPTY)
        yield Entry(guid, say("refi_none_chosen", lang), {"answer": "none chosen"}, "answer")


def _code_values(code: Code) -> dict[str, Any]:
    return {
        **both("definition", code.definition),
        **both("include", code.include),
        **both("exclude", code.exclude),
        **both("example", code.example),
        "id": code.id,
        **both("label", code.label),
        "retired": True if code.retired else None,
    }


def both(label: str, text: Bilingual | None) -> dict[str, str | None]:
    """Return a text in two languages as two labelled values; one where they are the same."""
    if text is None:
        return {}
    return {label: text.sv} if text.sv == text.en else {f"{label}.sv": text.sv, f"{label}.en": text.en}


def _point_labels(variable: Variable) -> dict[str, str | dict[str, str]] | None:
    labels = sorted((variable.labels or {}).items())
    return {str(n): a.sv if a.sv == a.en else {"sv": a.sv, "en": a.en} for n, a in labels} or None


def _name(label: Bilingual, id_: str, lang: str) -> str:
    return " ".join(xml_text(label.in_(lang)).split()) or id_


def _told_apart(made: list[Entry]) -> list[Entry]:
    """Give what is named alike names of their own: some programs drop the second code of a name."""
    times = Counter(entry.name for parent in made for entry in (parent, *parent.children))
    alike = {name for name, count in times.items() if count > 1}
    taken: set[str] = set()

    def own(entry: Entry, parent: Entry | None) -> Entry:
        name = entry.name
        if name in alike and parent is not None:
            name = f"{name} ({parent.name})"
        number = 1
        while name in taken:
            number += 1
            name = f"{entry.name} {number}" if parent is None else f"{entry.name} ({parent.name}) {number}"
        taken.add(name)
        return replace(entry, name=name, description={**entry.description, "name": name})

    named = [own(parent, None) for parent in made]
    return [
        replace(parent, children=tuple(own(child, parent) for child in parent.children)) for parent in named
    ]


def write_codes(xml: XmlWriter, made: Iterable[Entry]) -> None:
    """Write entries as the `Codes` of a codebook."""
    with xml.element("Codes"):
        for entry in made:
            _write_code(xml, entry)


def _write_code(xml: XmlWriter, entry: Entry) -> None:
    codable = "true" if entry.codable else "false"
    with xml.element("Code", guid=entry.guid, name=entry.name, isCodable=codable, color=entry.colour):
        xml.leaf("Description", pack(entry.kind, entry.description))
        for child in entry.children:
            _write_code(xml, child)


def write_codebook_qdc(
    codebook: Codebook, path: Path | str, *, study_id: str = "", lang: str = "sv"
) -> list[Loss]:
    """Write a codebook for other programs, as REFI-QDA ``.qdc``.

    Parameters
    ----------
    codebook : Codebook
    path : the file; one of that name is replaced
    study_id : the study's id: the guids are then those of the study's ``.qdpx`` too
    lang : ``"sv"`` or ``"en"``, the language of the names; descriptions hold both

    Returns
    -------
    list of Loss
        What the format cannot hold.

    Raises
    ------
    NotSavedError
        If it cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> book = Codebook.model_validate({"variables": [{"id": "goal", "kind": "scale", "label": "Mål",
    ...     "range": [1, 5]}]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "book.qdc"
    ...     lost = write_codebook_qdc(book, path)
    ...     'name="Mål" isCodable="false"' in path.read_text(encoding="utf-8")
    True
    """
    out = io.BytesIO()
    xml = XmlWriter(out, NAMESPACE)
    with xml.element("CodeBook", origin=ORIGIN):
        write_codes(xml, entries(codebook, Guids(study_id), lang))
    replace_file(path, out.getvalue())
    return real(
        [
            Loss(int(codebook.title is not None), "the codebook's title", "not in the file"),
            Loss(int(codebook.goal is not None), "the codebook's goal", "not in the file"),
            Loss(
                scales(codebook),
                "scales",
                "in the file as codes without children; a program shows no numbers to choose",
            ),
        ]
    )


def scales(codebook: Codebook) -> int:
    """Return how many variables are scales."""
    return sum(variable.kind == "scale" for variable in codebook.variables)


# --- A REFI-QDA codebook read: our own exactly, one of another program by a fixed rule ----------------


_ANSWERS = {"none fits": NONE_FITS, "none chosen": EMPTY}


class CodesRead(NamedTuple):
    """What the codes of a file become.

    Attributes
    ----------
    variables : plain data, as a codebook's ``variables``
    answers : which variable and answer each guid stands for
    """

    variables: list[dict[str, Any]]
    answers: dict[str, tuple[str, str]]


@dataclass(frozen=True)
class CodebookRead:
    """A codebook as another program wrote it, or we did.

    Parameters
    ----------
    codebook : plain data, for ``Study.create(codebook=…)``, `dump_yaml` or ``Codebook.model_validate``
    warnings : what was not as it should be, and what was made of it
    """

    codebook: dict[str, Any]
    warnings: tuple[Problem, ...]


def read_codebook_qdc(path: Path | str) -> CodebookRead:
    """Read a REFI-QDA codebook, ``.qdc``.

    What does not follow the format but can be understood is taken, with a warning.

    Parameters
    ----------
    path : the file

    Returns
    -------
    CodebookRead

    Raises
    ------
    ExchangeError
        If it is no XML, no codebook, too large, or holds no code.
    """
    path = Path(path)
    root = parse_xml(read_file(path), path.name)
    if local(root) != "CodeBook":
        raise refusal(path.name, "refi_no_codebook", tag=local(root))
    remarks = Remarks(path.name)
    remark_on_form(root, remarks)
    sets = child(root, "Sets")
    if sets is not None and len(sets) == 0:
        remarks.add("refi_empty_sets")
    elif sets is not None:
        remarks.add("refi_sets")
    return codebook_read(root, remarks)


def codebook_read(book: Element | None, remarks: Remarks) -> CodebookRead:
    """Return the codes of a file or of a project's `CodeBook` as a codebook, and what was made of them."""
    read = read_codes(child(book, "Codes"), remarks)
    if not read.variables:
        raise refusal(remarks.file, "refi_no_codes")
    data = {"variables": read.variables}
    _check(data, remarks.file)
    return CodebookRead(data, tuple(remarks.problems()))


def _check(data: dict[str, Any], file: str) -> None:
    try:
        Codebook.model_validate(data)
    except ValueError as error:
        msg = f"{file}: its codes make no codebook ({error}). Nothing was saved."
        raise ExchangeError(msg) from None


def remark_on_form(root: Element, remarks: Remarks) -> None:
    """Note a namespace that is not that of version 1.0."""
    space = root.tag[1:].split("}", 1)[0] if root.tag.startswith("{") else ""
    if space not in ("urn:QDA-XML:codebook:1.0", "urn:QDA-XML:project:1.0"):
        remarks.add("refi_namespace", space=space)


def read_codes(codes: Element | None, remarks: Remarks) -> CodesRead:
    """Return what the `Codes` of a file become.

    Parameters
    ----------
    codes : the element, or None
    remarks : where to say what was not as it should be
    """
    reader = _Reader(remarks)
    for node in children(codes, "Code"):
        reader.top(node)
    return reader.result()


class _Reader:
    def __init__(self, remarks: Remarks) -> None:
        self.remarks = remarks
        self.variables: list[dict[str, Any]] = []
        self.answers: dict[str, tuple[str, str]] = {}
        self.loose: list[Element] = []

    def top(self, node: Element) -> None:
        """Take one code at the top, or inside a folder of variables."""
        ours = _ours(node, "variable")
        if ours is not None:
            self._own(node, ours)
        elif _codable(node):
            self.loose.append(node)
        elif any(_ours(below, "variable") for below in node.iter() if below is not node):
            for below in children(node, "Code"):
                self.top(below)
        else:
            name = _called(node)
            made = self._add({"id": self._id(name, "variable"), "kind": "multiple", "label": name}, node, [])
            self._say_kind(made, name)

    def result(self) -> CodesRead:
        if self.loose:
            label = {"sv": say("refi_codes", "sv"), "en": say("refi_codes", "en")}
            data = {"id": self._id("codes", "codes"), "kind": "multiple", "label": label}
            self._say_kind(self._add(data, None, self.loose), _called(self.loose[0]))
        lenders = {variable["id"]: variable for variable in self.variables if "codes_from" not in variable}
        for variable in self.variables:
            if "codes_from" in variable:
                lent = lenders.get(variable["codes_from"], {}).get("codes")
                variable.pop("codes" if lent == variable["codes"] else "codes_from")
        return CodesRead(self.variables, self.answers)

    def _say_kind(self, is_made: bool, first: str) -> None:
        """Say that several codes can be chosen: no file of another program says that only one is right."""
        if is_made:
            self.remarks.add("refi_kind", first)

    def _own(self, node: Element, ours: Labelled) -> None:
        data = variable_data(ours, _called(node), self.remarks)
        if data is None or any(data["id"] == variable["id"] for variable in self.variables):
            name = _called(node)
            self.remarks.add("refi_description", name)
            data = {"id": self._id(name, "variable"), "kind": "multiple", "label": name}
        self._add(data, node, [])

    def _add(self, data: dict[str, Any], node: Element | None, loose: Iterable[Element]) -> bool:
        """Add a variable with the codes below a node, or of a list, if it has any that it needs."""
        nodes = children(node, "Code") if node is not None else loose
        codes = self._codes(data, nodes)
        if data["kind"] == "scale":
            if codes:
                self.remarks.add("refi_scale_codes", data["id"])
        elif codes:
            data["codes"] = codes
        else:
            self.remarks.add("refi_idle_code", "" if node is None else _called(node))
            return False
        self.variables.append(data)
        return True

    def _codes(self, data: dict[str, Any], nodes: Iterable[Element]) -> list[dict[str, Any]]:
        codes: dict[str, dict[str, Any]] = {}
        for node, path in _below(nodes, ()):
            answer = self._answer(node, data)
            if answer is None:
                code = self._code(node, path, {*codes, NONE_FITS})
                codes[code["id"]] = code
                answer = code["id"]
            guid = plain_guid(node.get("guid"))
            if guid in self.answers:
                self.remarks.add("refi_same_guid", _called(node))
            self.answers.setdefault(guid, (data["id"], answer))
        return list(codes.values())

    def _answer(self, node: Element, data: dict[str, Any]) -> str | None:
        ours = _ours(node, "answer")
        answer = _ANSWERS.get(str(ours.values.get("answer"))) if ours else None
        fits = {NONE_FITS: data["kind"] == "single", EMPTY: data["kind"] == "multiple"}
        return answer if answer is not None and fits[answer] else None

    def _code(self, node: Element, path: tuple[str, ...], taken: set[str]) -> dict[str, Any]:
        ours = _ours(node, "code")
        data = code_data(ours, self.remarks) if ours else None
        if ours and data and data["id"] not in taken:
            data["label"] = renamed(data.get("label"), ours, _called(node), self.remarks)
        else:
            label = " / ".join((*path, _called(node)))
            if path and ours is None:
                self.remarks.add("refi_levels", label)
            data = {"id": id_of(label, taken, "code"), "label": label}
            text = text_of(node, "Description").strip()
            if text and ours is None:
                data["definition"] = text
        colour = colour_of(node.get("color"), self.remarks)
        return data if colour is None else {**data, "colour": colour}

    def _id(self, name: str, fallback: str) -> str:
        taken = {variable["id"] for variable in self.variables}
        return id_of(name, {*taken, *RESERVED_VARIABLES, NONE_FITS}, fallback)


def _below(nodes: Iterable[Element], path: tuple[str, ...]) -> Iterator[tuple[Element, tuple[str, ...]]]:
    """Yield the codes that notes can be coded with, however deep, with the names above them."""
    for node in nodes:
        if _codable(node):
            yield node, path
        yield from _below(children(node, "Code"), (*path, _called(node)))


def _ours(node: Element, kind: str) -> Labelled | None:
    found = unpack(text_of(node, "Description"))
    return found if found and found.kind == kind else None


def _codable(node: Element) -> bool:
    return (node.get("isCodable") or "true").strip().lower() not in ("false", "0")


def _called(node: Element) -> str:
    return " ".join((node.get("name") or "").split()) or "?"
