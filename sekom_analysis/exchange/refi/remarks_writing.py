"""Notes in REFI-QDA's sense, texts beside the texts: memos, certainties, and decisions that are no coding."""

from __future__ import annotations

from collections.abc import Iterator

from sekom_analysis.codebook import Codebook
from sekom_analysis.exchange.refi.answers import Answer, Sorted
from sekom_analysis.exchange.refi.guids import Guids
from sekom_analysis.exchange.refi.labelled import pack, xml_text
from sekom_analysis.exchange.refi.sources_writing import aside_guid, certainty_guid, memo_guid
from sekom_analysis.exchange.refi.xmlwriting import XmlWriter
from sekom_analysis.wording import say


def write_notes(xml: XmlWriter, answers: Sorted, codebook: Codebook, guids: Guids, lang: str) -> None:
    """Write the `Notes` of a project, if there are any."""
    codings = [answer for some in answers.codings.values() for answer in some]
    certainties = sorted({answer.certainty for answer in codings if answer.certainty})
    memos = [answer for answer in codings if answer.memo]
    asides = [answer for some in answers.asides.values() for answer in some]
    if not (certainties or memos or asides):
        return
    with xml.element("Notes"):
        for certainty in certainties:
            text = say("refi_certainty", lang, n=certainty)
            with xml.element("Note", guid=certainty_guid(guids, certainty), name=text):
                xml.leaf("Description", pack("certainty", {"certainty": certainty}))
                xml.leaf("PlainTextContent", text)
        for answer in memos:
            _write_memo(xml, answer, guids, lang)
        for answer in asides:
            _write_aside(xml, answer, codebook, guids, lang)


def _write_memo(xml: XmlWriter, answer: Answer, guids: Guids, lang: str) -> None:
    user = guids.of("user", answer.user.id)
    exact = None if answer.memo == xml_text(answer.memo) else answer.memo
    with xml.element(
        "Note",
        guid=memo_guid(guids, answer),
        name=say("refi_memo", lang, coder=answer.user.coder),
        creatingUser=user,
        creationDateTime=answer.decided_at,
    ):
        xml.leaf("Description", pack("memo", {"memo": exact}))
        xml.leaf("PlainTextContent", answer.memo)


def _write_aside(xml: XmlWriter, answer: Answer, codebook: Codebook, guids: Guids, lang: str) -> None:
    shown = " ".join(_shown(answer, codebook, lang))
    with xml.element(
        "Note",
        guid=aside_guid(guids, answer),
        name=shown,
        creatingUser=guids.of("user", answer.user.id),
        creationDateTime=answer.decided_at,
    ):
        xml.leaf(
            "Description",
            pack(
                "decision",
                {
                    "note_id": answer.note_id,
                    "user": answer.user.id,
                    "variable": answer.variable,
                    "codes": list(answer.codes),
                    "certainty": answer.certainty or None,
                    "memo": answer.memo or None,
                    "decided_at": answer.decided_at,
                },
            ),
        )
        xml.leaf("PlainTextContent", f"{shown}\n{answer.memo}".strip())


def _shown(answer: Answer, codebook: Codebook, lang: str) -> Iterator[str]:
    known = answer.variable in codebook
    label = codebook[answer.variable].label.in_(lang) if known else answer.variable
    codes = [codebook[answer.variable].label_of(code, lang) if known else code for code in answer.codes]
    listed = ", ".join(code for code in codes if code) or say("refi_none_chosen", lang)
    yield say("refi_aside", lang, variable=label, codes=listed, coder=answer.user.coder)
