"""Each note as a text of its own, with the selections and codings of its coders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sekom_analysis.exchange.refi.answers import Answer, Sorted
from sekom_analysis.exchange.refi.codebook import answer_guid
from sekom_analysis.exchange.refi.guids import Guids
from sekom_analysis.exchange.refi.labelled import pack
from sekom_analysis.exchange.refi.plaintext import plain_text
from sekom_analysis.exchange.refi.xmlwriting import XmlWriter

PER_CODER, SHARED = "per-coder", "shared"
LAYOUTS = (PER_CODER, SHARED)


def write_source(
    xml: XmlWriter, note: str, cells: Mapping[str, Any], answers: Sorted, layout: str, guids: Guids
) -> None:
    """Write one note: its columns, the selections of its whole text, and what stands beside it."""
    guid = guids.of("source", note)
    plain = plain_text(cells["text"])
    with xml.element("TextSource", guid=guid, name=note, plainTextPath=f"internal://{guid}.txt"):
        xml.leaf("Description", pack("note", _described(note, cells, plain)))
        for name, chosen in _selections(answers.codings.get(note, []), layout).items():
            _write_selection(xml, guids.of("selection", note, name), len(plain), chosen, layout, guids)
        for aside in answers.asides.get(note, []):
            xml.leaf("NoteRef", targetGUID=aside_guid(guids, aside))


def _described(note: str, cells: Mapping[str, Any], plain: str) -> dict[str, Any]:
    """Return the note's columns, and its exact text where the file cannot hold it."""
    others = {name: value for name, value in cells.items() if name != "text" and value}
    return {"note_id": note, "text": None if cells["text"] == plain else cells["text"], **others}


def _selections(codings: Iterable[Answer], layout: str) -> dict[str, list[Answer]]:
    found: dict[str, list[Answer]] = {}
    for answer in codings:
        found.setdefault("" if layout == SHARED else answer.user.id, []).append(answer)
    return found


def _write_selection(
    xml: XmlWriter, guid: str, length: int, chosen: list[Answer], layout: str, guids: Guids
) -> None:
    creator = None if layout == SHARED else guids.of("user", chosen[0].user.id)
    with xml.element(
        "PlainTextSelection",
        guid=guid,
        startPosition="0",
        endPosition=str(length),
        creatingUser=creator,
        creationDateTime=min(answer.decided_at for answer in chosen),
    ):
        for answer in chosen:
            for code in answer.codes:
                _write_coding(xml, answer, code, guids)


def _write_coding(xml: XmlWriter, answer: Answer, code: str, guids: Guids) -> None:
    with xml.element(
        "Coding",
        guid=guids.of("coding", answer.note_id, answer.user.id, answer.variable, code),
        creatingUser=guids.of("user", answer.user.id),
        creationDateTime=answer.decided_at,
    ):
        xml.leaf("CodeRef", targetGUID=answer_guid(guids, answer.variable, code))
        if answer.memo:
            xml.leaf("NoteRef", targetGUID=memo_guid(guids, answer))
        if answer.certainty:
            xml.leaf("NoteRef", targetGUID=certainty_guid(guids, answer.certainty))


def memo_guid(guids: Guids, answer: Answer) -> str:
    """Return the guid of the note that holds an answer's memo."""
    return guids.of("memo", answer.note_id, answer.user.id, answer.variable)


def certainty_guid(guids: Guids, certainty: str) -> str:
    """Return the guid of the note that stands for a certainty: one for all codings of it."""
    return guids.of("certainty", certainty)


def aside_guid(guids: Guids, answer: Answer) -> str:
    """Return the guid of the note that holds a whole decision, such as a flag."""
    return guids.of("aside", answer.note_id, answer.user.id, answer.variable)
