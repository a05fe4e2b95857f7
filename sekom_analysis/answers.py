"""Whether an answer is one that a variable takes, and an event one that a log takes."""

from __future__ import annotations

import re

from sekom_analysis.codebook import Variable
from sekom_analysis.decisions import EVENTS, LONGEST_MEMO, PASSES, WAYS, Event
from sekom_analysis.logline import EVENT_ID
from sekom_analysis.wording import Phrase

SEEN = re.compile(r"[a-z][0-9a-f]{11}")
WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,8}")


def answer_fault(variable: Variable, codes: str) -> str:
    """Say what is wrong with an answer as it stands in a log; an empty text if nothing is.

    Parameters
    ----------
    variable : Variable
    codes : str
        The answer: a code, several joined by ``|``, a number, or empty (the empty set of a `multiple`).

    Examples
    --------
    >>> from sekom_analysis.codebook import Codebook
    >>> book = Codebook.model_validate({"variables": [
    ...     {"id": "goal", "kind": "scale", "label": "Goal", "range": [1, 5]}]})
    >>> answer_fault(book["goal"], "7")
    "variable 'goal' takes a whole number from 1 to 5, not '7'"
    """
    if variable.kind == "scale":
        low, high = variable.range or (1, 5)
        if not (WHOLE_NUMBER.fullmatch(codes) and low <= int(codes) <= high):
            return Phrase("fault_scale", variable=variable.id, low=low, high=high, codes=codes)
        return ""
    given = codes.split("|") if codes else []
    if variable.kind == "single" and len(given) != 1:
        return Phrase("fault_single", variable=variable.id, codes=codes, answers=_listed(variable))
    unknown = [code for code in given if code not in variable.answers]
    if unknown:
        quoted = ", ".join(f"'{code}'" for code in unknown)
        return Phrase("fault_no_code", variable=variable.id, codes=quoted, answers=_listed(variable))
    if len(set(given)) < len(given):
        return Phrase("fault_twice", variable=variable.id, codes=codes)
    return ""


def _listed(variable: Variable) -> str:
    return ", ".join(variable.answers)


def field_faults(event: Event) -> list[str]:
    """Say what is wrong with the cells of an event, whatever its note and variable."""
    faults = []
    if not EVENT_ID.fullmatch(event.event_id):
        faults.append(f"'{event.event_id}' cannot be an event_id")
    if event.certainty not in ("", "1", "2", "3"):
        faults.append(f"certainty is 1, 2 or 3 (or left out), not '{event.certainty}'")
    for name, value in (("note_hash", event.note_hash), ("codebook", event.codebook)):
        if value and not SEEN.fullmatch(value):
            faults.append(f"{name} '{value}' is no hash of what was seen")
    if len(event.memo) > LONGEST_MEMO:
        faults.append(f"the memo has {len(event.memo)} characters; at most {LONGEST_MEMO} fit")
    for name, value, allowed in (
        ("pass", event.pass_, tuple(str(number) for number in PASSES)),
        ("via", event.via, WAYS),
        ("event", event.event, EVENTS),
    ):
        if value not in allowed:
            faults.append(f"{name} is one of {', '.join(allowed)}, not '{value}'")
    return faults
