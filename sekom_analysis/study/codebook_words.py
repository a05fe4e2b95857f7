"""What people call the parts of a codebook in two languages: columns, kinds, ranges, points of a scale."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Container
from typing import Any, NamedTuple

_COLUMNS = {
    "variable": "variabel, variable, variabelnamn, variable name, variabel-id, variable id, variabelid",
    "group": "kategori, category, tema, theme, grupp, group, dimension, huvudkategori, huvudtema, "
    "huvudgrupp, område, area, main category, main theme, code group, kodgrupp",
    "parent": "överkod, föräldrakod, moderkod, överordnad kod, parent code, parent, parent node, main code, "
    "huvudkod",
    "kind": "slag, kind, typ, type, variabeltyp, svarstyp, variable type, antal val, skaltyp, mätnivå",
    "code": "kod, code, kod-id, kodid, code id, id, kodnummer, code number, value, värde",
    "label": "etikett, label, namn, name, rubrik, benämning, kodnamn, kodetikett, titel, title, tagg, tag, "
    "nod, node, underkod, subkod, subcode, underkategori, subcategory, undertema, subtheme, svarsalternativ, "
    "alternativ, code name, code label, sub-code, sub-category, value label, answer, option, koder, codes",
    "definition": "definition, beskrivning, description, memo, förklaring, innebörd, explanation, kodmemo, "
    "koddefinition, kodbeskrivning, betydelse, meaning, code memo, code definition, code description, "
    "comment, kommentar, anteckning",
    "include": "include, inclusion, inkludera, inkluderar, inklusion, inklusionskriterier, inkluderas, "
    "hit hör, räknas hit, inclusion criteria, when to use, används när, includes, hör hit",
    "exclude": "exclude, exclusion, exkludera, exkluderar, exklusion, exklusionskriterier, exkluderas, "
    "inte hit, räknas inte hit, exclusion criteria, when not to use, används inte när, excludes, "
    "hör inte hit, hit hör inte",
    "example": "exempel, example, examples, exempelcitat, typexempel, ankarexempel, citat, quote, "
    "typical example, anchor example, typiskt exempel, t.ex, typical quote",
    "question": "fråga, question, instruktion, instruction, frågetext, question text",
    "colour": "färg, colour, color",
    "range": "skala, range, scale, intervall, spann, skalsteg, svarsskala, scale points, värden, values, "
    "spännvidd, skalpunkter, points",
    "low": "min, minimum, lägst, minst, low, lowest, från, from, lägsta värde, minsta värde, min value",
    "high": "max, maximum, högst, störst, high, highest, till, to, högsta värde, största värde, max value",
    "stage": "steg, stage",
    "notes": "lappar, notes",
    "codes_from": "codes from, koder från",
    "none_fits": "none fits, ingen passar",
    "round": "omgång, round",
    "retired": "retired, utgått, utgången, avslutad",
    "was": "was, tidigare id, hette förut",
    "made_from": "made from, gjord av",
    "split_into": "split into, delad i",
}
_NAMES = {name.strip(): field for field, listed in _COLUMNS.items() for name in listed.split(",")}
_LANGUAGES = {"sv": "sv", "se": "sv", "svenska": "sv", "swedish": "sv", "en": "en", "eng": "en",
              "engelska": "en", "english": "en"}  # fmt: skip
LINEAGE = ("was", "made_from", "split_into")  # columns of ids or names, with strokes between them
_KINDS = {
    "single": "single en ett envals envalsfråga enval kategori kategorisk categorical nominal one radio "
    "exclusive",
    "multiple": "multiple flera fler flerval flervals flervalsfråga multi many several checkbox multipel "
    "kryssrutor",
    "scale": "scale skala ordinal likert gradering grad betyg poäng rating score numeric number tal siffra "
    "likertskala",
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words.split()}
_FILLERS = frozenset({
    "kod", "koder", "code", "codes", "val", "välj", "choose", "select", "choice", "svar", "answer", "answers",
    "endast", "only", "bara", "av", "of", "variabel", "variable", "fråga", "question",
})  # fmt: skip
_MINUS = str.maketrans({"−": "-", "‐": "-", "‑": "-", "﹣": "-", "－": "-"})
_NUMBER = r"[-+]?\d{1,9}(?:[.,]0+)?"
_RANGE = re.compile(
    rf"[\[({{]?\s*(?:från\s+|from\s+|mellan\s+|between\s+)?({_NUMBER})\s*"
    rf"(?:-|–|—|\.{{2,3}}|…|,|;|:|\||/|till|to|och|and|t\.?o\.?m\.?)\s*({_NUMBER})\s*[\])}}]?",
    re.IGNORECASE,
)
_POINT = re.compile(r"\s*([-+]?\d{1,4})\s*(?:[=:.)]|[-–]\s)?\s*(\D.*?)?\s*", re.DOTALL)
_PARTS = re.compile(r"\s*(?:[;|\n]|…|\.{3}|,(?=\s*[-+]?\d)|\s[–-]\s(?=[-+]?\d))\s*")


class Name(NamedTuple):
    """What a column is, and in which language its texts are; no language means both."""

    field: str
    lang: str = ""


def column_of(heading: str) -> Name | None:
    """Return what a column is by its heading; None if that is not known.

    Examples
    --------
    >>> column_of(" ETIKETT (en):"), column_of("Hit hör"), column_of("label_sv"), column_of("Antal")
    (Name(field='label', lang='en'), Name(field='include', lang=''), Name(field='label', lang='sv'), None)
    """
    plain = " ".join(heading.replace("\u00ad", "").casefold().split()).strip(" :*.")
    for told in (plain, plain.replace("_", " "), plain.replace("-", " ")):
        if told in _NAMES:
            return Name(_NAMES[told])
    found = re.fullmatch(r"(.+?)[\s_(/,-]+(\w+)\)?", plain)
    if found and found[2] in _LANGUAGES and (name := column_of(found[1])) and not name.lang:
        return Name(name.field, _LANGUAGES[found[2]])
    return None


def kind_of_variable(text: str) -> str | None:
    """Return the kind that a text means; None if it means none.

    Examples
    --------
    >>> [kind_of_variable(text) for text in ("En", "flera koder", "Skala 1–5", "SINGLE", "kanske")]
    ['single', 'multiple', 'scale', 'single', None]
    """
    plain = " ".join(text.casefold().split())
    words = [word for word in re.findall(r"[^\W\d_]+", plain) if word not in _FILLERS]
    found = {_KIND_OF[word] for word in words if word in _KIND_OF}
    if len(found) == 1:
        return found.pop()
    return "scale" if not words and range_of(text) else None


def range_of(text: str) -> tuple[int, int] | None:
    """Return the lowest and highest number that a text means; None if it means none.

    Examples
    --------
    >>> [range_of(text) for text in ("1-5", "-3..3", "−3 till 3", "[1, 5]", "från 0 to 10", "1,2,3,4", "fem")]
    [(1, 5), (-3, 3), (-3, 3), (1, 5), (0, 10), (1, 4), None]
    """
    plain = text.translate(_MINUS).strip()
    found = _RANGE.fullmatch(plain)
    if found:
        low, high = (int(re.split("[.,]", part)[0]) for part in found.groups())
        return (low, high) if low < high else None
    listed = re.split(r"\s*[,;|/]\s*|\s+", plain.strip("[]() "))
    if len(listed) > 2 and all(re.fullmatch(r"[-+]?\d{1,4}", part) for part in listed):
        numbers = [int(part) for part in listed]
        if numbers == list(range(numbers[0], numbers[0] + len(numbers))):
            return numbers[0], numbers[-1]
    return None


def points_of(text: str) -> dict[int, str]:
    """Return the points of a scale that a text names, with their labels; empty if it names none.

    Examples
    --------
    >>> points_of("1 Ingen … 5 Mycket hög"), points_of("1 = Låg; 2 = Medel; 3 = Hög"), points_of("1-5")
    ({1: 'Ingen', 5: 'Mycket hög'}, {1: 'Låg', 2: 'Medel', 3: 'Hög'}, {})
    """
    points: dict[int, str] = {}
    for part in filter(None, _PARTS.split(text.translate(_MINUS).strip("[]() \n"))):
        found = _POINT.fullmatch(part)
        if found is None or int(found[1]) in points:
            return {}
        points[int(found[1])] = (found[2] or "").strip()
    return points if len(points) > 1 and any(points.values()) else {}


def points_text(points: dict[int, str]) -> str:
    """Return points as coders read them.

    Examples
    --------
    >>> points_text({1: "Ingen", 3: "", 5: "Mycket hög"})
    '1 = Ingen, 5 = Mycket hög'
    """
    return ", ".join(f"{number} = {label}" for number, label in sorted(points.items()) if label)


def points_at_end(question: str) -> dict[int, str]:
    """Return the points that a question names in brackets at its end, as `points_text` writes them.

    Examples
    --------
    >>> points_at_end("Hur viktigt? (-1 = Inte (alls), 1 = Mycket)"), points_at_end("Hur viktigt? (1–5)")
    ({-1: 'Inte (alls)', 1: 'Mycket'}, {})
    """
    text = question.strip()
    starts = [at for at, sign in enumerate(text) if sign == "("] if text.endswith(")") else []
    return next((found for at in starts if (found := points_of(text[at + 1 : -1]))), {})


_LONGEST = 40


def made_id(name: str, taken: Container[str], fallback: str) -> str:
    """Return an id made of what people call something, unlike those taken.

    Examples
    --------
    >>> made_id("För lite tid!", {"x"}, "code"), made_id("Tid", {"tid"}, "code"), made_id("时间", (), "code")
    ('for_lite_tid', 'tid_2', 'code')
    """
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode("ascii")
    whole = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST].strip("_") or fallback
    tried, number = whole, 1
    while tried in taken:
        number += 1
        tail = f"_{number}"
        tried = whole[: _LONGEST - len(tail)] + tail
    return tried


def as_range(text: str) -> Any:
    """Return what a person wrote for a range as two numbers, where it can be understood."""
    try:
        listed = json.loads(text) if text.strip().startswith("[") else None
    except (ValueError, RecursionError):
        listed = None
    if isinstance(listed, list):
        return listed
    return range_of(text) or text
