"""The review card as a Jupyter widget."""

from __future__ import annotations

import pandas as pd

from sekom_analysis import wording
from sekom_analysis.coding.card import Card, Guidance
from sekom_analysis.coding.reviewing import ReviewSession
from sekom_analysis.coding.scripts import REVIEW_SCRIPTS, REVIEW_STYLES, script
from sekom_analysis.errors import NotesError
from sekom_analysis.study import Study


class ReviewCard(Card):
    """A card that shows a reviewer two notes side by side, and saves whether they say the same.

    Parameters
    ----------
    session : the reviewer's session
    """

    _esm = script(*REVIEW_SCRIPTS, "widget.js")
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
