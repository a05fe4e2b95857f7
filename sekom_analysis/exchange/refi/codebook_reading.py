"""A REFI-QDA codebook read: our own exactly, one of another program by a fixed rule.

Of another program's codes, one at the top that codes nothing becomes a
variable of kind `multiple` (nothing there says that only one code is right),
and what lies below it its codes. All other codes become those of one variable
``codes``. A code below another gets both names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from sekom_analysis.codebook import NONE_FITS, RESERVED_VARIABLES, Codebook
from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.guarded import parse_xml, read_file, refusal
from sekom_analysis.exchange.refi.codebook import EMPTY
from sekom_analysis.exchange.refi.guids import plain_guid
from sekom_analysis.exchange.refi.ids import id_of
from sekom_analysis.exchange.refi.labelled import Labelled, unpack
from sekom_analysis.exchange.refi.ourdata import code_data, colour_of, renamed, variable_data
from sekom_analysis.exchange.refi.xmlreading import Remarks, child, children, local, text_of
from sekom_analysis.problems import Problem
from sekom_analysis.wording import say

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
        what = f"it is no codebook: it begins with <{local(root)}>, not with <CodeBook>"
        raise refusal(path.name, what, "export the codebook as REFI-QDA (.qdc)")
    remarks = Remarks(path.name)
    remark_on_form(root, remarks)
    sets = child(root, "Sets")
    if sets is not None and len(sets) == 0:
        remarks.add("there is an empty <Sets/>, which the format does not allow", "it was passed over")
    elif sets is not None:
        remarks.add("its sets of codes have no place here", "they were passed over")
    read = read_codes(child(root, "Codes"), remarks)
    if not read.variables:
        raise refusal(path.name, "there is no code in it that notes can be coded with", "export it anew")
    data = {"variables": read.variables}
    _check(data, path.name)
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
        remarks.add(f"its namespace is '{space}', not that of REFI-QDA 1.0", "it was read all the same")


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
            name = _name(node)
            self._add({"id": self._id(name, "variable"), "kind": "multiple", "label": name}, node, [])

    def result(self) -> CodesRead:
        if self.loose:
            label = {"sv": say("refi_codes", "sv"), "en": say("refi_codes", "en")}
            self._add(
                {"id": self._id("codes", "codes"), "kind": "multiple", "label": label}, None, self.loose
            )
        lenders = {variable["id"]: variable for variable in self.variables if "codes_from" not in variable}
        for variable in self.variables:
            if "codes_from" in variable:
                lent = lenders.get(variable["codes_from"], {}).get("codes")
                variable.pop("codes" if lent == variable["codes"] else "codes_from")
        return CodesRead(self.variables, self.answers)

    def _own(self, node: Element, ours: Labelled) -> None:
        data = variable_data(ours, _name(node), self.remarks)
        if data is None or any(data["id"] == variable["id"] for variable in self.variables):
            name = _name(node)
            self.remarks.add(
                "a variable's description was changed so that it cannot be used",
                "it became a new variable",
                name,
            )
            data = {"id": self._id(name, "variable"), "kind": "multiple", "label": name}
        self._add(data, node, [])

    def _add(self, data: dict[str, Any], node: Element | None, loose: Iterable[Element]) -> None:
        """Add a variable with the codes below a node, or of a list, if it has any that it needs."""
        nodes = children(node, "Code") if node is not None else loose
        codes = self._codes(data, nodes)
        if data["kind"] == "scale":
            if codes:
                self.remarks.add("there are codes below a scale", "they were passed over", data["id"])
        elif codes:
            data["codes"] = codes
        else:
            self.remarks.add(
                "a code that codes nothing has no codes below it",
                "it was passed over",
                "" if node is None else _name(node),
            )
            return
        self.variables.append(data)

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
                self.remarks.add("two codes have the same guid", "codings count for the first", _name(node))
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
            data["label"] = renamed(data.get("label"), ours, _name(node), self.remarks)
        else:
            label = " / ".join((*path, _name(node)))
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
        yield from _below(children(node, "Code"), (*path, _name(node)))


def _ours(node: Element, kind: str) -> Labelled | None:
    found = unpack(text_of(node, "Description"))
    return found if found and found.kind == kind else None


def _codable(node: Element) -> bool:
    return (node.get("isCodable") or "true").strip().lower() not in ("false", "0")


def _name(node: Element) -> str:
    return " ".join((node.get("name") or "").split()) or "?"
