"""The named points of a scale: how a codebook gives them, what is wrong with them, and what names one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from sekom_analysis.basics.wording import LANGUAGES, Fault, FaultsError

_POINT = re.compile(r"[-+]?[0-9]{1,9}")
_MINUS = str.maketrans(dict.fromkeys("−‐‑﹣－", "-"))
_NAMED = re.compile(r"([-+]?[0-9]{1,9})(?:\s*[=:.)]\s*|\s+[-–—]\s+|\s+)(\S.*)")


def as_labels(value: Any) -> Any:
    """Return the labels of a scale's points with each point as a number is written, for a validator.

    Raises
    ------
    FaultsError
        If they are no mapping, a key is no whole number, a point is there twice, or a label is empty.

    Examples
    --------
    >>> as_labels({1: "inte alls viktigt", "−3": "emot"})
    {'1': 'inte alls viktigt', '-3': 'emot'}
    """
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise FaultsError([Fault.of((), "book_labels")])
    faults: list[Fault] = []
    named: dict[str, Any] = {}
    for key, label in value.items():
        written = str(key).strip().translate(_MINUS)
        if isinstance(key, bool) or not is_point(written):
            faults.append(Fault.of((str(key),), "book_point_number", point=str(key)))
            continue
        point = str(int(written))
        if point in named:
            faults.append(Fault.of((str(key),), "book_point_twice", point=point))
        if label is None or (isinstance(label, str) and not label.strip()):
            faults.append(Fault.of((str(key),), "book_point_empty", point=point))
        named[point] = label
    if faults:
        raise FaultsError(faults)
    return named or None


def is_point(text: str) -> bool:
    """Whether a text is a whole number, as a point of a scale is written.

    Examples
    --------
    >>> [is_point(text) for text in ("3", "−3", " 5 ", "1.5", "hög")]
    [True, True, True, False, False]
    """
    return bool(_POINT.fullmatch(text.strip().translate(_MINUS)))


def point_faults(variable: Any) -> Iterator[Fault]:
    """Say what does not fit of the labels of a variable's points; nothing where it has none."""
    labels, bounds = variable.labels or {}, variable.range
    if labels and variable.kind != "scale":
        yield Fault.of(("labels",), "book_labels_kind", kind=variable.kind)
        return
    for point, label in labels.items():
        here = ("labels", str(point))
        if bounds is not None and not bounds[0] <= point <= bounds[1]:
            yield Fault.of(here, "book_point_outside", point=point, low=bounds[0], high=bounds[1])
        if not all(label.in_(lang).strip() for lang in LANGUAGES):
            yield Fault.of(here, "book_point_empty", point=point)


def point_named(variable: Any, text: str) -> str:
    """Return the point of a scale that a text names: by number and label, or by label; empty if none does.

    A number alone names none: it says itself which point it is, whatever the labels are.

    Examples
    --------
    >>> from sekom_analysis.study.codebook import Variable
    >>> scale = Variable(id="v", kind="scale", label="V", range=(1, 5), labels={1: "inte alls", 5: "mycket"})
    >>> [point_named(scale, text) for text in ("1 inte alls", "5 = Mycket", "Inte  alls", "1 mycket", "3")]
    ['1', '5', '1', '', '']
    """
    labels = {} if is_point(text) else variable.labels or {}
    plain = _plain(text.translate(_MINUS))
    found = _NAMED.fullmatch(plain)
    by_label = [point for point, label in labels.items() if plain in _forms(label)]
    if len(by_label) == 1:
        return str(by_label[0])
    if found and (label := labels.get(int(found[1]))) is not None and found[2] in _forms(label):
        return str(int(found[1]))
    return ""


def labels_in(variable: Any, lang: str) -> dict[int, str]:
    """Return the labels of a scale's points in a language, from low to high; empty where it has none.

    Examples
    --------
    >>> from sekom_analysis.study.codebook import Variable
    >>> scale = Variable(id="v", kind="scale", label="V", range=(1, 5), labels={5: "mycket", 1: "inte alls"})
    >>> labels_in(scale, "sv")
    {1: 'inte alls', 5: 'mycket'}
    """
    return {point: label.in_(lang) for point, label in sorted((variable.labels or {}).items())}


def with_number(point: int, label: str) -> str:
    """Return a point as it is shown with its label.

    Examples
    --------
    >>> with_number(-3, "helt emot")
    '−3 helt emot'
    """
    return f"{point} {label}".replace("-", "−", int(point < 0))


def _forms(label: Any) -> set[str]:
    return {_plain(label.in_(lang).translate(_MINUS)) for lang in LANGUAGES}


def _plain(text: str) -> str:
    """Return a text as it is compared: spaces, composed letters and capitals aside."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()
