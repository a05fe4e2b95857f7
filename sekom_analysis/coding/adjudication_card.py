"""The adjudication card as a Jupyter widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sekom_analysis import wording
from sekom_analysis.coding.adjudication import AdjudicationSession, variables_to_settle
from sekom_analysis.coding.card import Card, Guidance
from sekom_analysis.coding.scripts import ADJUDICATION_SCRIPTS, ADJUDICATION_STYLES, script
from sekom_analysis.errors import NotesError
from sekom_analysis.study import Study


class AdjudicationCard(Card):
    """A card that shows an adjudicator the disputed notes, and saves what is settled, with its reason.

    Parameters
    ----------
    session : the adjudicator's session
    """

    _esm = script(*ADJUDICATION_SCRIPTS, "widget.js")
    _css = script(*ADJUDICATION_STYLES)


def adjudicate_notes(
    study: Study,
    adjudicator: str,
    variable: str,
    *,
    lang: str = "sv",
    notes: object = None,
    present: Sequence[str] = (),
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
    >>> from sekom_analysis.newstudy import create_sample
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_sample(Path(folder) / "study")
    ...     study = Study.open(Path(folder) / "study")
    ...     adjudicate_notes(study, "", "category_b", lang="en")  # doctest: +ELLIPSIS
    Write your id between the quotation marks in the cell above, for example adjudicator = "anna", and ...
    """
    if not adjudicator:
        return Guidance(wording.say("adjudicating_no_adjudicator", lang))
    if not variable:
        found = ", ".join(variables_to_settle(study)) or "–"
        return Guidance(wording.say("adjudicating_no_variable", lang, variables=found))
    try:
        options: dict[str, Any] = {"lang": lang, "notes": notes, "present": present}
        return AdjudicationCard(AdjudicationSession(study, adjudicator, variable, **options))
    except NotesError as nothing:
        return Guidance(str(nothing))
