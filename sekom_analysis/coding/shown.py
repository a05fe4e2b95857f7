"""What a card shows of a variable and of a note, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sekom_analysis.study.codebook import NONE_FITS, NONE_FITS_LABEL, Code, Variable
from sekom_analysis.study.lineage import places
from sekom_analysis.study.notes import NotesSeen, context_name

Shown = dict[str, Any]


def shown_context(seen: NotesSeen, note_id: str, lang: str) -> list[list[str]]:
    """Return name and text of what a card shows beside a note."""
    return [[context_name(name, lang), cell] for name, cell in seen.context_of(note_id)]


def shown_variable(variable: Variable, lang: str, kept: Iterable[Variable] = ()) -> Shown:
    """Return a variable as a card shows it; codes that can no longer be chosen are named apart.

    Each code keeps its key, whatever has become of others in the definitions that were `kept`.
    """
    return {
        "id": variable.id,
        "kind": variable.kind,
        "version": variable.version,
        "label": variable.label.in_(lang),
        "question": (variable.question or variable.label).in_(lang),
        "codes": _codes(variable, lang, places(variable, kept)),
        "retired": {code.id: code.label.in_(lang) for code in variable.codes if code.retired},
    }


def _codes(variable: Variable, lang: str, place: Mapping[str, int]) -> list[Shown]:
    if variable.range is not None:
        return [{"id": number, "label": number} for number in variable.answers]
    codes = [{**_code(code, lang), "place": place[code.id]} for code in variable.codes if not code.retired]
    if variable.allows_none_fits:
        codes.append({"id": NONE_FITS, "label": NONE_FITS_LABEL[lang]})
    return codes


def _code(code: Code, lang: str) -> Shown:
    texts = {name: getattr(code, name) for name in ("definition", "include", "exclude", "example")}
    shown = {name: text.in_(lang) for name, text in texts.items() if text is not None}
    return {"id": code.id, "label": code.label.in_(lang), **shown}
