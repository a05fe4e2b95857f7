"""The coding card as a Jupyter widget."""

from __future__ import annotations

import os
import threading
from typing import Any, Protocol

import anywidget
import traitlets

from sekom_analysis import wording
from sekom_analysis.coding.scripts import SCRIPTS, STYLES, script
from sekom_analysis.coding.session import Session
from sekom_analysis.desk import Desk
from sekom_analysis.raw import STUDY_VARIABLE


class AnySession(Protocol):
    """What a card needs of whoever works with it."""

    def data(self) -> dict[str, Any]:
        """Return what the card shows."""

    def receive(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """Take a message of the card and return the answers to it."""


class Card(anywidget.AnyWidget):
    """A card that shows what a session has, and hands it what was done.

    Parameters
    ----------
    session : who works with it
    """

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

    _esm = script(*SCRIPTS, "widget.js")
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
    **options : `variables`, `sources`, `stages`, `only`, `warm_up` and `again`, as `Session` takes them

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
