"""Which question a comment on a row belongs to."""

from __future__ import annotations

from collections.abc import Mapping

from sekom_analysis.codebook import Variable
from sekom_analysis.exchange.sheets import layout
from sekom_analysis.exchange.sheets.grid import Cell
from sekom_analysis.exchange.sheets.layout import CODE, Column
from sekom_analysis.exchange.sheets.tabs import SheetRow


def comments_of(
    row: SheetRow, asked: Mapping[str, Variable], lang: str
) -> tuple[dict[str, Cell], list[Cell]]:
    """Return the comments on a row by the variable that they belong to, and those that belong to none.

    One on an answer belongs to it; one elsewhere, such as on the note's text, does where the note is asked
    a single question: among several nobody can tell. One on a code of several says which code it is about.

    Parameters
    ----------
    row : the row
    asked : the variables that the note is asked, as the coder saw them
    lang : language of the sheet
    """
    found: dict[str, list[Cell]] = {}
    rest: list[Cell] = []
    for column, cell in row.comments:
        if column is not None and column.variable in asked:
            about = _with_label(cell, asked[column.variable], column, lang)
            found.setdefault(column.variable, []).append(about)
        elif column is None and len(asked) == 1:
            found.setdefault(next(iter(asked)), []).append(cell)
        else:
            rest.append(cell)
    return {name: _as_one(cells) for name, cells in found.items()}, rest


def _with_label(cell: Cell, variable: Variable, column: Column, lang: str) -> Cell:
    if column.part != CODE:
        return cell
    label = layout.labels_of(variable, lang, [column.code])[column.code]
    return cell._replace(text=f"{label}: {cell.text}")


def _as_one(cells: list[Cell]) -> Cell:
    return cells[0]._replace(text="\n".join(cell.text for cell in cells))
