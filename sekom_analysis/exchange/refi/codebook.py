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
from typing import Any

from sekom_analysis.codebook import NONE_FITS, NONE_FITS_LABEL, Bilingual, Code, Codebook, Variable
from sekom_analysis.exchange.refi.guids import Guids
from sekom_analysis.exchange.refi.labelled import pack, xml_text
from sekom_analysis.exchange.refi.losses import Loss, real
from sekom_analysis.exchange.refi.xmlwriting import XmlWriter
from sekom_analysis.exchange.tables import replace_file
from sekom_analysis.wording import say

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
