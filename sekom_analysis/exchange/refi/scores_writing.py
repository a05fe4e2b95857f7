"""Scores of a scale: a variable for each coder, a case for each note that has any."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sekom_analysis.codebook import Codebook
from sekom_analysis.exchange.refi.answers import Answer
from sekom_analysis.exchange.refi.guids import Guids
from sekom_analysis.exchange.refi.labelled import pack
from sekom_analysis.exchange.refi.xmlwriting import XmlWriter


def write_variables(
    xml: XmlWriter, scores: Iterable[Answer], codebook: Codebook, guids: Guids, lang: str
) -> None:
    """Write a whole-number variable for each scale and user; a case has only one value of a variable."""
    pairs = dict.fromkeys((answer.variable, answer.user) for answer in scores)
    if not pairs:
        return
    order = {variable: place for place, variable in enumerate(codebook.ids)}
    with xml.element("Variables"):
        for variable, user in sorted(pairs, key=lambda pair: (order[pair[0]], pair[1])):
            guid = guids.of("score", variable, user.id)
            name = f"{codebook[variable].label.in_(lang)} · {user.id}"
            with xml.element("Variable", guid=guid, name=name, typeOfVariable="Integer"):
                xml.leaf("Description", pack("score", {"variable": variable, "user": user.id}))


def write_cases(xml: XmlWriter, scores: Mapping[str, list[Answer]], guids: Guids) -> None:
    """Write a case for each note with scores; times, certainties and memos stand in its description."""
    if not scores:
        return
    with xml.element("Cases"):
        for note, answers in scores.items():
            with xml.element("Case", guid=guids.of("case", note), name=note):
                told = {f"{answer.variable} {answer.user.id}": _told(answer) for answer in answers}
                xml.leaf("Description", pack("scores", told))
                for answer in answers:
                    with xml.element("VariableValue"):
                        xml.leaf("VariableRef", targetGUID=guids.of("score", answer.variable, answer.user.id))
                        xml.leaf("IntegerValue", answer.codes[0])
                xml.leaf("SourceRef", targetGUID=guids.of("source", note))


def _told(answer: Answer) -> dict[str, str]:
    told = {"decided_at": answer.decided_at, "certainty": answer.certainty, "memo": answer.memo}
    return {label: text for label, text in told.items() if text}
