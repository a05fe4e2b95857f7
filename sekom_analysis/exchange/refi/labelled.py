"""Labelled lines: what a `Description` of ours holds, readable by people and by this package.

The first line names what it is (``sekom_analysis: code``), each other line is
``label: text``. A text that a line cannot hold as it is stands as JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

MARK = "sekom_analysis"
_PLAIN_LABEL = re.compile(r"[^\W\d][\w.()-]*( [\w.()-]+)*")
_LINE = re.compile(r'("(?:[^"\\]|\\.)*"|[^":]+): ?(.*)', re.DOTALL)
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_UNSAFE = re.compile('[\x00-\x1f\x7f-\x9f\u2028\u2029]|^["\\[{]|^\\s|\\s$')


class Labelled(NamedTuple):
    """What a description holds.

    Attributes
    ----------
    kind : what it describes
    values : by label; texts, or lists and mappings
    others : lines that somebody else wrote between
    """

    kind: str
    values: dict[str, Any]
    others: list[str]


def xml_text(text: str) -> str:
    r"""Return a text without the characters that XML cannot hold.

    Examples
    --------
    >>> xml_text("a\x07b\ttab \U0001f600")
    'ab\ttab 😀'
    """
    return _NOT_XML.sub("", text)


def pack(kind: str, values: Mapping[str, Any]) -> str:
    r"""Return values as labelled lines; what is None is left out.

    Examples
    --------
    >>> print(pack("code", {"id": "tid", "definition.sv": "Tid,\nbrist på", "retired": True, "none": None}))
    sekom_analysis: code
    id: tid
    definition.sv: "Tid,\nbrist på"
    retired: true
    """
    lines = [f"{MARK}: {kind}"]
    lines += [f"{_label(label)}: {_shown(value)}" for label, value in values.items() if value is not None]
    return "\n".join(lines)


def _label(label: str) -> str:
    return label if _PLAIN_LABEL.fullmatch(label) else _json(label)


def _shown(value: Any) -> str:
    if isinstance(value, str) and value and not _UNSAFE.search(value) and not _NOT_XML.search(value):
        return value
    return _json(value)


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=True) if _NOT_XML.search(text) else text


def unpack(text: str) -> Labelled | None:
    r"""Return what labelled lines hold; None if it is another text.

    Lines may end as another system ends them, and other lines may stand between.

    Examples
    --------
    >>> unpack("sekom_analysis: code\r\nid: tid\r\nAnna: hm, se även\r\n")
    Labelled(kind='code', values={'id': 'tid', 'Anna': 'hm, se även'}, others=[])
    >>> unpack("Allt som rör tid") is None
    True
    """
    first, *lines = text.strip().split("\n")
    label, _, kind = first.partition(":")
    if label.strip() != MARK:
        return None
    values: dict[str, Any] = {}
    others = []
    for line in (line.rstrip("\r") for line in lines):
        found = _LINE.fullmatch(line)
        if found:
            values[str(_value(found[1]))] = _value(found[2])
        elif line.strip():
            others.append(line)
    return Labelled(kind.strip(), values, others)


def _value(text: str) -> Any:
    if not text.startswith(('"', "[", "{")):
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # somebody changed it: then it is a text
        return text
