"""The cards as widgets, which a notebook shows."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import Any

import pandas as pd

from sekom_analysis.basics import wording
from sekom_analysis.basics.errors import NotesError, needing
from sekom_analysis.coding.comparing import ReviewSession
from sekom_analysis.coding.judging import AdjudicationSession, variables_to_settle
from sekom_analysis.coding.page import (
    ADJUDICATION_STYLES,
    REVIEW_STYLES,
    SCRIPT,
    STYLES,
    script,
)
from sekom_analysis.coding.session import AnySession, Session
from sekom_analysis.coding.talking import TalkSession
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.raw import STUDY_VARIABLE
from sekom_analysis.study.study import Study

with needing("notebooks"):
    import anywidget
    import traitlets


class Card(anywidget.AnyWidget):
    """A card that shows what a session has, and hands it what was done.

    Parameters
    ----------
    session : who works with it
    """

    _esm = script(SCRIPT)
    data = traitlets.Dict().tag(sync=True)

    def __init__(self, session: AnySession, **settings: Any) -> None:
        super().__init__(data=session.data(), **settings)
        self._session = session
        self._turn = threading.Lock()  # a kernel may hand a card's messages to several threads
        self.on_msg(self._answer)

    def _answer(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        with self._turn:
            for reply in self._session.receive(message):
                self.send(reply)


class CodingCard(Card):
    """A card that shows one coder the notes, one at a time, and saves each decision as it is made.

    Parameters
    ----------
    session : the coder's session
    """

    _css = script(*STYLES)


class Guidance:
    """A sentence or two in place of a card."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.text


def code_notes(desk: Desk | str, *, lang: str = "sv", **options: Any) -> CodingCard | Guidance:
    """Return the card with which one coder codes, as a notebook shows it.

    Parameters
    ----------
    desk : the coder's desk; or the coder's id, for the study that SEKOM_STUDY names or that this folder is in
    lang : ``"sv"`` or ``"en"``
    **options : `variables`, `sources`, `stages`, `only`, `warm_up`, `again` and `training`,
        as `Session` takes them

    Returns
    -------
    CodingCard, or with an empty id a sentence that says what to do.

    Examples
    --------
    >>> code_notes("", lang="en")  # doctest: +ELLIPSIS
    Write your coder id between the quotation marks in the cell above, ...
    """
    if desk == "":
        return Guidance(wording.say("coding_no_coder", lang))
    if isinstance(desk, str):
        desk = Desk.open(os.environ.get(STUDY_VARIABLE, "."), desk)
    return CodingCard(Session(desk, lang=lang, **options))


# --- the adjudication card as a Jupyter widget --------------------------------------------------------


class AdjudicationCard(Card):
    """A card that shows an adjudicator the disputed notes, and saves what is settled, with its reason.

    Parameters
    ----------
    session : the adjudicator's session, or that of a meeting
    """

    _css = script(*ADJUDICATION_STYLES)


def adjudicate_notes(
    study: Study,
    adjudicator: str,
    variable: str,
    *,
    lang: str = "sv",
    notes: object = None,
    present: Sequence[str] = (),
    talk: bool = False,
) -> AdjudicationCard | Guidance:
    """Return the card with which one adjudicator settles what coders disagree on.

    Every adjudication goes into the study's ledger, with its reason; the
    coders' logs are never touched.

    Parameters
    ----------
    study : Study
    adjudicator : the adjudicator's id, of the same form as a coder's
    variable : id of the variable whose disagreements are to be settled
    lang : ``"sv"`` or ``"en"``
    notes : ids or a table of notes; left out, all that the variable is asked of
    present : coders who sit beside the adjudicator and see the same; the card can change it. What they and
        the adjudicator answer to these notes afterwards is not independent
    talk : settle nothing, but show those present what they answered blind, so that each may change it, with
        a reason, after talking. What they answer then goes into their own logs as pass 3; nobody
        adjudicates, so `adjudicator` may be empty

    Returns
    -------
    AdjudicationCard; or a sentence that says what is missing, or why there is nothing to settle.

    Raises
    ------
    CodebookError, DecisionError
        If there is no such variable, or the id cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sekom_analysis.study.making import create_sample
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_sample(Path(folder) / "study")
    ...     study = Study.open(Path(folder) / "study")
    ...     adjudicate_notes(study, "", "category_b", lang="en")  # doctest: +ELLIPSIS
    Write your id between the quotation marks in the cell above, for example adjudicator = "anna", and ...
    """
    if not adjudicator and not talk:
        return Guidance(wording.say("adjudicating_no_adjudicator", lang))
    if not variable:
        found = ", ".join(variables_to_settle(study)) or "–"
        return Guidance(wording.say("adjudicating_no_variable", lang, variables=found))
    options: dict[str, Any] = {"lang": lang, "notes": notes, "present": present}
    try:
        if talk:
            return AdjudicationCard(TalkSession(study, variable, **options))
        return AdjudicationCard(AdjudicationSession(study, adjudicator, variable, **options))
    except NotesError as nothing:
        return Guidance(str(nothing))


# --- the review card as a Jupyter widget --------------------------------------------------------------


class ReviewCard(Card):
    """A card that shows a reviewer two notes side by side, and saves whether they say the same.

    Parameters
    ----------
    session : the reviewer's session
    """

    _css = script(*REVIEW_STYLES)


def review_pairs(
    study: Study, reviewer: str, pairs: pd.DataFrame, *, lang: str = "sv"
) -> ReviewCard | Guidance:
    """Return the card with which one reviewer judges pairs of notes: same, overlapping, different.

    Notes that are the same are merged, with a reason; the notes and the coders' logs are never
    touched. What other reviewers said of a pair is shown only once this one has judged it.

    Parameters
    ----------
    study : Study
    reviewer : the reviewer's id, of the same form as a coder's
    pairs : table with ``note_a`` and ``note_b``, as `similar_pairs` gives it
    lang : ``"sv"`` or ``"en"``

    Returns
    -------
    ReviewCard; or a sentence that says what is missing.

    Raises
    ------
    DecisionError
        If the id cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> notes = pd.DataFrame({"note_id": ["d1", "d2"], "text": ["Ta fram nyckeltal", "Nya nyckeltal"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = Study.create(folder + "/demo", notes=notes)
    ...     review_pairs(study, "", pd.DataFrame(), lang="en")  # doctest: +ELLIPSIS
    Write your id between the quotation marks in the cell above, for example reviewer = "anna", and ...
    """
    if not reviewer:
        return Guidance(wording.say("comparing_no_reviewer", lang))
    try:
        return ReviewCard(ReviewSession(study, reviewer, pairs, lang=lang))
    except NotesError as nothing:
        return Guidance(str(nothing))
