"""Labelled lines of our own back into a codebook's plain data, sound whatever was done to them elsewhere."""

from __future__ import annotations

import re
from typing import Any

from sekom_analysis.codebook import MOST_STEPS, RESERVED_VARIABLES
from sekom_analysis.exchange.refi.labelled import Labelled
from sekom_analysis.exchange.refi.xmlreading import Remarks

_ID = re.compile(r"[a-z0-9_]{1,40}")
_LONG_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SHORT_COLOUR = re.compile(r"#[0-9a-fA-F]{3}")
_PASSED_OVER = "they were passed over"
KINDS = ("single", "multiple", "scale")


def bilingual(values: dict[str, Any], label: str) -> str | dict[str, str] | None:
    """Return a text in one or two languages; None if there is none.

    Examples
    --------
    >>> bilingual({"label.sv": "Tid", "label.en": "Time"}, "label")
    {'sv': 'Tid', 'en': 'Time'}
    """
    if label in values:
        return str(values[label])
    found = {lang: str(values[f"{label}.{lang}"]) for lang in ("sv", "en") if f"{label}.{lang}" in values}
    return found or None


def code_data(ours: Labelled, remarks: Remarks) -> dict[str, Any] | None:
    """Return a code as plain data; None if its id was damaged."""
    _remark_on_others(ours, remarks)
    values = ours.values
    if not _ID.fullmatch(str(values.get("id", ""))):
        return None
    data: dict[str, Any] = {"id": values["id"]}
    for label in ("label", "definition", "include", "exclude", "example"):
        text = bilingual(values, label)
        if text is not None:
            data[label] = text
    if values.get("retired") == "true":
        data["retired"] = True
    return data


def variable_data(ours: Labelled, name: str, remarks: Remarks) -> dict[str, Any] | None:
    """Return a variable as plain data, without its codes; None if it cannot be one any more."""
    _remark_on_others(ours, remarks)
    values = ours.values
    data: dict[str, Any] = {"id": values.get("id"), "kind": values.get("kind")}
    if not _ID.fullmatch(str(data["id"])) or data["id"] in RESERVED_VARIABLES or data["kind"] not in KINDS:
        return None
    data["label"] = renamed(bilingual(values, "label"), ours, name, remarks)
    question = bilingual(values, "question")
    if question is not None:
        data["question"] = question
    for label in ("stage", "notes"):
        if isinstance(values.get(label), list):
            data[label] = [str(value) for value in values[label]]
    if data["kind"] == "scale":
        data["range"] = values.get("range")
        if not _is_range(data["range"]):
            return None
    elif _ID.fullmatch(str(values.get("codes_from", ""))):
        data["codes_from"] = values["codes_from"]
    if data["kind"] == "single" and values.get("none_fits") in ("true", "false"):
        data["none_fits"] = values["none_fits"] == "true"
    if re.fullmatch(r"-?[0-9]{1,9}", str(values.get("round", ""))):
        data["round"] = int(values["round"])
    return data


def _is_range(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(type(number) is int for number in value)
        and 0 < value[1] - value[0] <= MOST_STEPS
    )


def renamed(
    label: str | dict[str, str] | None, ours: Labelled, name: str, remarks: Remarks
) -> str | dict[str, str]:
    """Return a label, the new one if another program renamed what it belongs to."""
    written = str(ours.values.get("name", ""))
    if label is None:
        return name
    if name == written:
        return label
    remarks.add("something was renamed in another program", "it has its new name here", f"{written} → {name}")
    if isinstance(label, str):
        return name
    shown = [lang for lang, text in label.items() if written.startswith(" ".join(text.split()))]
    return {**label, **dict.fromkeys(shown or label, name)}


def colour_of(colour: str | None, remarks: Remarks) -> str | None:
    """Return a colour as six digits; None if there is none.

    Examples
    --------
    >>> colour_of("#0a0", Remarks("a.qdc"))
    '#00aa00'
    """
    plain = (colour or "").strip()
    if not plain or _LONG_COLOUR.fullmatch(plain):
        return plain or None
    if _SHORT_COLOUR.fullmatch(plain):
        remarks.add("a colour has three digits instead of six", "it was written out", plain)
        return "#" + "".join(digit * 2 for digit in plain[1:])
    remarks.add("a colour is none", "it was left out", plain)
    return None


def _remark_on_others(ours: Labelled, remarks: Remarks) -> None:
    for line in ours.others:
        remarks.add("lines were added to a description in another program", _PASSED_OVER, line)
