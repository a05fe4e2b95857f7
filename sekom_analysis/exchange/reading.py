"""What a file that came back holds, be it a page's answers or a coding sheet."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from sekom_analysis.problems import Problem

OTHER_SECRET = (
    "if it is from another copy of this study, that one has another secret: add the line 'secret …' of its "
    "data/coded/.secret to the end of data/coded/.secret here, and collect again"
)


def known_by_text(file: str, n_notes: int) -> Iterator[Problem]:
    """Say that notes were known by their texts alone: their keys come from a secret that is not here."""
    if n_notes:
        what = f"{n_notes} notes in it are named by another secret than this study's; their texts told which"
        yield Problem(file, None, what, f"nothing is needed if it is this study's; {OTHER_SECRET}")


class AsWritten(NamedTuple):
    """An answer that a sheet was written with and still holds, though it was changed elsewhere since.

    It is left out; `event` makes it stand again, if it was put back on purpose, and then `told` is untrue.
    """

    row: int
    event: dict[str, str]
    told: Sequence[Problem]


class Reading(NamedTuple):
    """What a page's answers or a coding sheet bring; nothing of it is saved yet.

    Attributes
    ----------
    coder : whose answers they are; empty where the file is of another kind
    events : fields of the events that the log does not hold yet, in the order made; those of a page with
        ``decided_at``
    problems : what cannot be taken: file, row, value, what is allowed
    stale : notes whose text has changed since the coder saw it
    remarks : what was left as it is in the log, and is worth knowing
    known : how many answers of the file the log holds already
    rows : the row or line of each event in the file
    copy : id of the page's copy or of the sheet; empty where an older program wrote it
    last_event : id of the newest event of the coder that page or sheet was written with; empty if none
    saved_at : when the file was last saved, UTC as in a log; empty where it does not say
    other_texts : those of `stale` whose text is another one, not the same with a typo mended
    n_notes : how many different notes the file answers
    came : the times that the events came with, where they do not count from these; else as in `events`
    as_written : answers of a sheet that were changed elsewhere since; they are not among the events
    other_wave : ids of events about the texts of an earlier wave, which stood under the same keys
    blank : questions, note and variable, that a sheet shows without an answer
    """

    coder: str
    events: list[dict[str, str]]
    problems: list[Problem]
    stale: Sequence[Problem] = ()
    remarks: Sequence[Problem] = ()
    known: int = 0
    rows: Sequence[int] = ()
    copy: str = ""
    last_event: str = ""
    saved_at: str = ""
    other_texts: Sequence[Problem] = ()
    n_notes: int = 0
    came: Sequence[str] = ()
    other_wave: Collection[str] = ()
    as_written: Sequence[AsWritten] = ()
    blank: Sequence[tuple[str, str]] = ()
