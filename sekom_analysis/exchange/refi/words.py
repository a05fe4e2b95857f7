"""Words, ids and XML of REFI-QDA: labelled lines in a `Description`, read by people and by this package.

The first line names what it is (``sekom_analysis: code``), each other line is
``label: text``. A text that a line cannot hold as it is, is written as JSON.
"""

from __future__ import annotations

import json
import re
import unicodedata
import uuid
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from typing import IO, Any, NamedTuple
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape, quoteattr

from sekom_analysis.basics.wording import LANGUAGES, Phrase, Problem
from sekom_analysis.study.codebook import MOST_STEPS, RESERVED_VARIABLES
from sekom_analysis.study.decisions import RESERVED_CODERS
from sekom_analysis.study.points import is_point

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
    plain = type(value) is str or isinstance(value, Phrase)
    if plain and value and not _UNSAFE.search(value) and not _NOT_XML.search(value):
        return str(value)
    return _json(value)


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return json.dumps(value, ensure_ascii=True) if _NOT_XML.search(text) else text


def unpack(text: str) -> Labelled | None:
    r"""Return what labelled lines hold; None if it is another text.

    Lines may end as another system ends them, and other lines may come between.

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


# --- guids that are the same whenever the same thing of the same study is written ---------------------


_OURS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:sekom_analysis:refi-qda")


class Guids:
    """The guids of one study.

    Parameters
    ----------
    study_id : the study's own id, so that things of the same name in two studies are not taken for one

    Examples
    --------
    >>> guids = Guids("sekom-2016")
    >>> guids.of("note", "B001") == guids.of("note", "B001") != guids.of("note", "B002")
    True
    """

    def __init__(self, study_id: str) -> None:
        self.of = lru_cache(maxsize=10_000)(self._of)  # users and codes are named with every coding
        self._study = uuid.uuid5(_OURS, f"study {study_id.encode('unicode_escape').decode('ascii')}")

    def _of(self, kind: str, *parts: str) -> str:
        """Return the guid of one thing: what it is, and the names that single it out in its kind."""
        return str(uuid.uuid5(self._study, json.dumps([kind, *parts])))


def plain_guid(text: str | None) -> str:
    """Return a guid as programs write it differently, for comparing.

    Examples
    --------
    >>> plain_guid("{51B2B2B7-27EB-4ECB-9D56-E75B0A0496C2}")
    '51b2b2b7-27eb-4ecb-9d56-e75b0a0496c2'
    """
    return (text or "").strip().strip("{}").lower()


# --- ids for what comes from elsewhere with names only ------------------------------------------------


_LONGEST = 40
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def id_of(name: str, taken: Container[str], fallback: str, joint: str = "_") -> str:
    """Return an id made of a name, unlike those taken.

    Parameters
    ----------
    name : what people called it
    taken : ids that it may not have
    fallback : the id of a name without any letter of a–z and digit
    joint : what stands for a space

    Examples
    --------
    >>> id_of("För lite tid!", {"x"}, "code"), id_of("Tid", {"tid"}, "code"), id_of("时间", (), "code")
    ('for_lite_tid', 'tid_2', 'code')
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode("ascii")
    whole = re.sub(r"[^a-z0-9]+", joint, plain).strip(joint)[:_LONGEST].strip(joint) or fallback
    return numbered(whole, taken, joint, _LONGEST)


def numbered(name: str, taken: Container[str], joint: str, longest: int) -> str:
    """Return a name, with a number behind it if it is taken."""
    tried, number = name, 1
    while tried in taken:
        number += 1
        tail = f"{joint}{number}"
        tried = name[: longest - len(tail)] + tail
    return tried


def coder_id(name: str, taken: set[str]) -> str:
    """Return a coder's id made of a user's name.

    Examples
    --------
    >>> coder_id("Anna Åberg", set()), coder_id("CON", set())
    ('anna-aberg', 'con-2')
    """
    return id_of(name, {*taken, *RESERVED_CODERS}, "coder", "-")


def note_id(name: str, taken: Container[str]) -> str:
    """Return a note's id made of a name, without what does not show."""
    shown = "".join(sign for sign in name if unicodedata.category(sign) not in _HIDDEN)
    whole = unicodedata.normalize("NFC", " ".join(shown.split()))[:80].strip() or "note"
    return numbered(whole, taken, " ", 90)


# --- elements by their local names: programs write several namespaces, and all of them mean the same ---


def local(element: Element) -> str:
    """Return an element's name without its namespace."""
    return element.tag.rsplit("}", 1)[-1]


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """Yield the children of these names, in their order."""
    if element is not None:
        yield from (child for child in element if local(child) in names)


def child(element: Element | None, name: str) -> Element | None:
    """Return the first child of a name, or None."""
    return next(children(element, name), None)


def text_of(element: Element | None, name: str) -> str:
    """Return the text of the first child of a name; empty if there is none."""
    found = child(element, name)
    return "" if found is None else "".join(found.itertext())


def shortened(text: str, most: int) -> str:
    """Return a text cut where it is long; a phrase as it is, which can say itself in a language."""
    return text if isinstance(text, Phrase) or len(text) <= most else text[: most - 1] + "…"


class Remarks:
    """What is to be said of a file, each thing once, with how often and where first.

    Parameters
    ----------
    file : name of the file
    """

    def __init__(self, file: str) -> None:
        self.file = file
        self._times: Counter[Problem] = Counter()
        self._first: dict[Problem, str] = {}

    def add(self, kind: str, where: str = "", /, **values: object) -> None:
        """Note a problem of a kind, and where it is."""
        found = Problem.of(self.file, None, kind, **values)
        self._times[found] += 1
        self._first.setdefault(found, where)

    def problems(self) -> list[Problem]:
        """Return everything noted."""
        return [replace(found, what=self._with_place(found)) for found in self._times]

    def _with_place(self, found: Problem) -> Phrase:
        first, times = self._first[found], self._times[found]
        if times == 1 and not first:
            return found.what
        key = "remark_at" if times == 1 else "remark_times_at" if first else "remark_times"
        return Phrase(key, what=found.what, n=times, first=shortened(first, 60))


# --- XML written as a stream: nothing is held in memory, and the same calls give the same bytes -------


_IN_TEXT = {"\r": "&#13;"}  # a reader turns a bare one into a line feed


class XmlWriter:
    """Writes one document; elements that hold elements are indented, texts are as they are.

    Parameters
    ----------
    out : where the bytes go
    namespace : that of every element

    Examples
    --------
    >>> import io
    >>> out = io.BytesIO()
    >>> xml = XmlWriter(out, "urn:example")
    >>> with xml.element("Codes"):
    ...     xml.leaf("Description", "A & B", guid="1")
    >>> print(out.getvalue().decode("utf-8"))
    <?xml version="1.0" encoding="UTF-8"?>
    <Codes xmlns="urn:example">
     <Description guid="1">A &amp; B</Description>
    </Codes>
    <BLANKLINE>
    """

    def __init__(self, out: IO[bytes], namespace: str) -> None:
        self._out = out
        self._depth = 0
        self._namespace = f" xmlns={quoteattr(namespace)}"
        self._write('<?xml version="1.0" encoding="UTF-8"?>\n')

    @contextmanager
    def element(self, tag: str, **attributes: str | None) -> Iterator[None]:
        """Write an element around what is written inside; an attribute that is None is left out."""
        self._write(f"{' ' * self._depth}<{tag}{self._attributes(attributes)}>\n")
        self._depth += 1
        yield
        self._depth -= 1
        self._write(f"{' ' * self._depth}</{tag}>\n")

    def leaf(self, tag: str, text: str | None = None, **attributes: str | None) -> None:
        """Write an element that holds a text or nothing."""
        start = f"{' ' * self._depth}<{tag}{self._attributes(attributes)}"
        inner = "/>\n" if text is None else f">{escape(xml_text(text), _IN_TEXT)}</{tag}>\n"
        self._write(start + inner)

    def _attributes(self, attributes: dict[str, str | None]) -> str:
        root = "" if self._depth else self._namespace
        return root + "".join(
            f" {name}={quoteattr(xml_text(value))}" for name, value in attributes.items() if value is not None
        )

    def _write(self, text: str) -> None:
        self._out.write(text.encode("utf-8"))


# --- A text as REFI-QDA wants it: UTF-8, composed letters, line feeds, no control characters ----------


_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff]")


def plain_text(text: str) -> str:
    r"""Return a text as every program reads it; its positions are counted in this one.

    Examples
    --------
    >>> plain_text("Ojämn\r\nniva\u030a\x07")
    'Ojämn\nnivå'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", xml_text(_CONTROLS.sub("", lines)))


# --- labelled lines of our own back into a codebook's plain data --------------------------------------


_ID = re.compile(r"[a-z0-9_]{1,40}")
_LONG_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_SHORT_COLOUR = re.compile(r"#[0-9a-fA-F]{3}")
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
        if labels := _labels(values.get("labels"), data["range"]):
            data["labels"] = labels
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


def _labels(value: Any, bounds: list[int]) -> dict[str, Any]:
    """Return the labels of points that are on the scale, and texts; somebody may have changed the others."""
    named = value.items() if isinstance(value, dict) else ()
    return {point: label for point, label in named if is_point(point) and _is_on(bounds, point, label)}


def _is_on(bounds: list[int], point: str, label: Any) -> bool:
    texts = list(label.values()) if isinstance(label, dict) and set(label) == set(LANGUAGES) else [label]
    are_texts = all(isinstance(text, str) and text.strip() for text in texts)
    return are_texts and str(int(point)) == point and bounds[0] <= int(point) <= bounds[1]


def renamed(
    label: str | dict[str, str] | None, ours: Labelled, name: str, remarks: Remarks
) -> str | dict[str, str]:
    """Return a label, the new one if another program renamed what it belongs to."""
    written = str(ours.values.get("name", ""))
    if label is None:
        return name
    if name == written:
        return label
    remarks.add("refi_renamed", f"{written} → {name}")
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
        remarks.add("refi_short_colour", plain)
        return "#" + "".join(digit * 2 for digit in plain[1:])
    remarks.add("refi_no_colour", plain)
    return None


def _remark_on_others(ours: Labelled, remarks: Remarks) -> None:
    for line in ours.others:
        remarks.add("refi_added_lines", line)
