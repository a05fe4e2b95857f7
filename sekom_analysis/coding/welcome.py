"""What a page says before the first note: which study, who asks, how much it is and how long it takes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sekom_analysis.basics import wording

if TYPE_CHECKING:
    from sekom_analysis.coding.session import Session

WORDS_A_MINUTE = 180  # read with care, on a screen
SECONDS = {"single": 6.0, "multiple": 12.0, "scale": 8.0}  # to think and answer, a question
A_CODE = 0.4  # seconds more for each code to choose among, up to so many
MOST_CODES = 20
HOUR = 60


def welcome(session: Session) -> dict[str, str]:
    """Return what the page's first screen says; what study.yaml does not give is left out.

    Parameters
    ----------
    session : the session that the page is written from

    Returns
    -------
    ``study``, ``from``, ``purpose`` and ``size``, those that there are, as texts in the session's language.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sekom_analysis.coding.session import Session
    >>> from sekom_analysis.study.desk import Desk
    >>> from sekom_analysis.study.making import create_sample
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_sample(Path(folder) / "study")
    ...     session = Session(Desk.open(Path(folder) / "study", "anna"), lang="en", variables=["valence"])
    >>> welcome(session)["size"][:41]
    '159 notes, one question about each, about'
    """
    about, lang = session.desk.about, session.lang
    texts = {"study": about.title, "author": about.author, "organisation": about.organisation,
             "purpose": about.purpose}  # fmt: skip
    said = {name: text.in_(lang).strip() for name, text in texts.items() if text is not None}
    asker = ", ".join(filter(None, (said.pop("author", ""), said.pop("organisation", ""))))
    shown = {"study": said.get("study", ""), "asker": asker, "purpose": said.get("purpose", "")}
    return {name: text for name, text in (shown | {"size": _size(session)}).items() if text}


def _size(session: Session) -> str:
    """Say how many notes and questions are left, and about how long they take."""
    lang = session.lang
    notes = session.notes_left() or session.items
    variables = {variable.id: variable for variable in session.desk.codebook.variables}
    asked = [[variables[name] for name in item.variables] for item in notes]
    texts = [str(session.desk.notes.at[item.note_id, "text"]) for item in notes]
    minutes = minutes_for(texts, [[(v.kind, len(v.answers)) for v in of_note] for of_note in asked])
    numbers = sorted({len(of_note) for of_note in asked})
    few, many = numbers[0], numbers[-1]
    questions = str(few) if few == many else f"{few}–{many}"
    one_note, one_question = len(notes) == 1, many == 1
    said = {
        "notes": wording.say(f"page_size_note{'' if one_note else 's'}", lang, n=len(notes)),
        "questions": wording.say(f"page_size_question{'' if one_question else 's'}", lang, n=questions),
        "time": time_in_words(minutes, lang),
    }
    return wording.say("page_size", lang, **said)


def minutes_for(texts: Iterable[str], questions: Iterable[Iterable[tuple[str, int]]]) -> float:
    """Return about how many minutes it takes to read notes and answer the questions about them.

    Parameters
    ----------
    texts : of the N notes
    questions : of each note: the kind of each question, and how many answers there are to choose among

    Examples
    --------
    >>> minutes_for(["Too little time"] * 60, [[("single", 2)]] * 60)
    7.8
    """
    words = sum(len(text.split()) for text in texts)
    answering = sum(
        SECONDS[kind] + A_CODE * min(n, MOST_CODES) for of_note in questions for kind, n in of_note
    )
    return round(words / WORDS_A_MINUTE + answering / 60, 1)


def time_in_words(minutes: float, lang: str) -> str:
    """Say a time as roughly as it is known: in fives of minutes, above an hour in halves of hours.

    Examples
    --------
    >>> time_in_words(7.8, "en"), time_in_words(47, "en"), time_in_words(170, "sv"), time_in_words(58, "sv")
    ('10 minutes', '50 minutes', '3 timmar', '1 timme')
    """
    fives = max(5, 5 * math.ceil(minutes / 5))
    if fives < HOUR:
        return wording.say("page_minutes", lang, n=fives)
    halves = math.ceil(minutes / (HOUR / 2)) / 2
    if halves <= 1:
        return wording.say("page_hour", lang)
    number = f"{halves:g}".replace(".", "," if lang == "sv" else ".")
    return wording.say("page_hours", lang, n=number)
