"""Files of the world outside, in and out.

What coders of a study send back goes one way: `collect` asks what a file is; `answers_file` (a page),
`sheet_reading` (a sheet) or `returned` and `copies` (a log or ledger) say what it offers; `weighing` holds
that against what is here; `takings` notes which file brought it, so that `undoing` can take it back.

Of a sheet, `layout` says what it is made of. `sheet_writing` writes it with `sheet_tab` (a tab of notes),
`sheet_columns` (where its columns are), `sheet_rules` (what helps in its cells) and `sheet_whole` (long
texts). `sheet_grid` (cells), `sheet_file` (rows), `sheet_typing` (from what was typed to answers),
`sheet_answers` (what the log says) and `sheet_beside` (all else) read it.

What other people's programs wrote goes another: `registry` chooses the importer (`outline`, `refi`,
`others`, `studybook`, `later_notes`), and `taking_in` saves notes and decisions in files of their own.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sekom_analysis.exchange.notes_file import read_notes
    from sekom_analysis.exchange.outline import read_outline
    from sekom_analysis.exchange.refi import (
        read_codebook_qdc,
        read_codebook_qdpx,
        read_project_qdpx,
        write_codebook_qdc,
        write_project_qdpx,
    )
    from sekom_analysis.exchange.sheet_reading import read_coding_sheet
    from sekom_analysis.exchange.sheet_writing import write_coding_sheet
    from sekom_analysis.exchange.studybook import read_study_workbook

_HOME = {
    "read_codebook_qdc": "refi",
    "read_codebook_qdpx": "refi",
    "read_coding_sheet": "sheet_reading",
    "read_notes": "notes_file",
    "read_outline": "outline",
    "read_project_qdpx": "refi",
    "read_study_workbook": "studybook",
    "write_codebook_qdc": "refi",
    "write_coding_sheet": "sheet_writing",
    "write_project_qdpx": "refi",
}

__all__ = [
    "read_codebook_qdc",
    "read_codebook_qdpx",
    "read_coding_sheet",
    "read_notes",
    "read_outline",
    "read_project_qdpx",
    "read_study_workbook",
    "write_codebook_qdc",
    "write_coding_sheet",
    "write_project_qdpx",
]


def __getattr__(name: str) -> Any:
    """Load a public name, and what it needs, when it is first asked for."""
    if name not in _HOME:
        msg = f"module 'sekom_analysis.exchange' has no attribute '{name}'"
        raise AttributeError(msg)
    return getattr(import_module(f"sekom_analysis.exchange.{_HOME[name]}"), name)
