"""A report's appendix as notes, its own sorting, and a table of what each line was taken for."""

from __future__ import annotations

import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from sekom_analysis.additions import file_stem, free_ids
from sekom_analysis.codebook import Codebook
from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.outline.headings import Headings, check_headings, read_headings, same
from sekom_analysis.exchange.outline.lines import read_lines
from sekom_analysis.exchange.outline.proposing import Proposal, propose
from sekom_analysis.exchange.outline.sorting import Found, Sorting, sort_lines
from sekom_analysis.problems import Problem, problem_lines

_LINE_COLUMNS = ["row", "text", "taken_for", "stage", "headings", "note_id", "doubt"]


@dataclass(frozen=True)
class Outline:
    """What a report's appendix holds.

    Parameters
    ----------
    notes : DataFrame of N notes, index note_id: text, source, stage, and a column for each level of
        headings that names one (``subcategory``)
    decisions : DataFrame, one row a decision of the report's own sorting: note_id, coder, variable, codes
    lines : DataFrame, one row a line of the file: row, text, taken_for, stage, headings, note_id, doubt
    headings : the headings that told notes from the rest
    proposal : what was proposed, where no headings were given
    problems : what was left out, headings without notes, headings that were not found
    """

    notes: pd.DataFrame
    decisions: pd.DataFrame
    lines: pd.DataFrame
    headings: Headings
    proposal: Proposal | None
    problems: list[Problem]

    @property
    def doubtful(self) -> pd.DataFrame:
        """The lines that may be something else than what they were taken for."""
        return self.lines[self.lines["doubt"] != ""]


def read_outline(
    path: str | os.PathLike[str],
    headings: Headings | str | os.PathLike[str] | None = None,
    *,
    codebook: Codebook | None = None,
    taken: Collection[str] = (),
) -> Outline:
    r"""Read a report's appendix: notes as lines under headings.

    Parameters
    ----------
    path : ``.txt`` (also text copied out of a PDF), ``.md`` or ``.docx``
    headings : a file that says which lines are headings; left out, they are proposed from the report's
        styles, bold and italic lines, and the codebook's labels, and `Outline.lines` says what is doubtful
    codebook : its labels are looked for; variables and codes of the headings must be in it
    taken : ids that no note may get; numbers go on after them

    Returns
    -------
    Outline

    Raises
    ------
    ExchangeError
        If the report or the headings cannot be read, or do not fit together.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = Path(folder) / "report.md"
    ...     _ = report.write_text("# Resurser\n\n- Tiden saknas\n- Viljan finns\n", encoding="utf-8")
    ...     read_outline(report).notes[["category", "text"]].values.tolist()
    [['Resurser', 'Tiden saknas'], ['Resurser', 'Viljan finns']]
    """
    path = Path(path)
    lines, problems = read_lines(path)
    proposal = propose(lines, codebook, file_stem(path)) if headings is None else None
    given = _given(headings, proposal)
    if codebook is not None:
        _check(given, codebook, path.name if headings is None else str(headings))
    sorting = sort_lines(lines, given, path.name)
    ids = _ids(sorting.notes, given, taken)
    return Outline(
        notes=_notes(sorting.notes, given, ids, given.source or file_stem(path)),
        decisions=_decisions(sorting.notes, given, ids),
        lines=_lines(sorting, given, ids, proposal),
        headings=given,
        proposal=proposal,
        problems=[*problems, *sorting.remarks],
    )


def _given(headings: Headings | str | os.PathLike[str] | None, proposal: Proposal | None) -> Headings:
    if isinstance(headings, Headings):
        return headings
    return proposal.headings if headings is None and proposal else read_headings(Path(headings or ""))


def _check(headings: Headings, codebook: Codebook, file: str) -> None:
    problems = check_headings(headings, codebook, Path(file).name)
    if problems:
        msg = f"The headings do not fit the codebook:\n{problem_lines(problems)}\nNothing was saved."
        raise ExchangeError(msg)


def _ids(notes: Sequence[Found], headings: Headings, taken: Collection[str]) -> list[str]:
    """Number the notes of each stage, after the ids that are taken."""
    prefixes = [headings.parts[note.part].stage or "N" for note in notes]
    free = {
        prefix: iter(free_ids(set(taken), prefix, prefixes.count(prefix)))
        for prefix in dict.fromkeys(prefixes)
    }
    return [next(free[prefix]) for prefix in prefixes]


def _notes(notes: Sequence[Found], headings: Headings, ids: list[str], source: str) -> pd.DataFrame:
    rows = []
    for note in notes:
        part = headings.parts[note.part]
        row = {"source": source, "stage": part.stage, "text": note.text}
        for level, name in zip(part.levels, note.path, strict=True):
            if level.column:
                row[level.column] = name or ""
        rows.append(row)
    table = pd.DataFrame(rows, index=pd.Index(ids, name="note_id", dtype="str"), dtype="str").fillna("")
    return table.loc[:, (table != "").any()] if rows else pd.DataFrame({"text": []}, index=table.index)


def _decisions(notes: Sequence[Found], headings: Headings, ids: list[str]) -> pd.DataFrame:
    rows = []
    for note_id, note in zip(ids, notes, strict=True):
        for level, name in zip(headings.parts[note.part].levels, note.path, strict=True):
            codes = {same(heading): code for heading, code in level.headings.items()}
            code = codes.get(same(name or ""), "")
            if level.variable and code:
                rows.append((note_id, headings.coder, level.variable, code))
    return pd.DataFrame(rows, columns=["note_id", "coder", "variable", "codes"], dtype="str")


def _lines(sorting: Sorting, headings: Headings, ids: list[str], proposal: Proposal | None) -> pd.DataFrame:
    rows = []
    doubts = {part: set(texts) for part, texts in proposal.doubts.items()} if proposal else {}
    unnamed = set(proposal.unnamed) if proposal else set()
    for one in sorting.lines:
        stage = "" if one.part is None else headings.parts[one.part].stage
        note = "" if one.note is None else ids[one.note]
        doubt = one.doubt
        if not doubt and one.part is not None and one.line.text in doubts.get(one.part, ()):
            doubt = "a heading, or a note? taken for a note"
        elif not doubt and one.part is not None and one.line.text in unnamed:
            doubt = "a heading that is no code's label"
        cells = (one.line.row, one.line.text, one.taken_for, stage, " > ".join(one.path), note, doubt)
        rows.append(cells)
    return pd.DataFrame(rows, columns=_LINE_COLUMNS)
