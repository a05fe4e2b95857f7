"""What a card shows of a variable: its question, its codes with their definitions, in one language."""

from __future__ import annotations

from typing import Any

from sekom_analysis.codebook import NONE_FITS, NONE_FITS_LABEL, Code, Variable

Shown = dict[str, Any]


def shown_variable(variable: Variable, lang: str) -> Shown:
    """Return a variable as a card shows it; codes that can no longer be chosen are named apart."""
    return {
        "id": variable.id,
        "kind": variable.kind,
        "version": variable.version,
        "label": variable.label.in_(lang),
        "question": (variable.question or variable.label).in_(lang),
        "codes": _codes(variable, lang),
        "retired": {code.id: code.label.in_(lang) for code in variable.codes if code.retired},
    }


def _codes(variable: Variable, lang: str) -> list[Shown]:
    if variable.range is not None:
        return [{"id": number, "label": number} for number in variable.answers]
    codes = [_code(code, lang) for code in variable.codes if not code.retired]
    if variable.allows_none_fits:
        codes.append({"id": NONE_FITS, "label": NONE_FITS_LABEL[lang]})
    return codes


def _code(code: Code, lang: str) -> Shown:
    texts = {name: getattr(code, name) for name in ("definition", "include", "exclude", "example")}
    shown = {name: text.in_(lang) for name, text in texts.items() if text is not None}
    return {"id": code.id, "label": code.label.in_(lang), **shown}
