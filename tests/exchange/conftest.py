"""A small study with every kind of question, and sheets filled in as a coder would."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from sekom_analysis.exchange.sheet_writing import write_coding_sheet
from sekom_analysis.study.study import Study

NOTES = pd.DataFrame(
    {
        "note_id": ["B1", "B2", "B3", "B4", "D1", "D2", "D3"],
        "text": [
            "Ojämn kunskapsnivå, åäö",
            "=SUMMA(A1:A3) stod det på tavlan",
            "Två rader\nen åsikt",
            "-ingen tid\t+ för lite pengar @kansliet",
            "Filma goda exempel",
            "Utbilda politiker",
            "En databas med _x0041_ och \N{GRINNING FACE}",
        ],
        "text_en": ["Uneven level of knowledge", "", "", "", "Film good examples", "", ""],
        "source": "hemlig-källa",
        "subcategory": "Rapportens ordning",
        "stage": ["B", "B", "B", "B", "D", "D", "D"],
    }
)


def two(sv: str, en: str) -> dict[str, str]:
    return {"sv": sv, "en": en}


CODEBOOK = {
    "title": two("Provstudien", "The trial study"),
    "goal": two("Alla vet vad hållbarhet är", "Everybody knows what sustainability is"),
    "variables": [
        {
            "id": "category",
            "kind": "single",
            "stage": "B",
            "label": two("Kategori", "Category"),
            "question": two("Vad handlar lappen om?", "What is the note about?"),
            "codes": [
                {
                    "id": "kunskap",
                    "label": two("Kunskap", "Knowledge"),
                    "definition": two("Vad man vet.", "What one knows."),
                    "exclude": two("Pengar.", "Money."),
                },
                {"id": "resurser", "label": two("Resurser", "Resources")},
                {"id": "roll", "label": two("Föreningens roll", "Role")},
            ],
        },
        {
            "id": "themes",
            "kind": "multiple",
            "stage": "D",
            "label": two("Teman", "Themes"),
            "codes": [
                {"id": "filmer", "label": two("Filmer", "Films")},
                {"id": "databas", "label": two("Databas", "Database")},
            ],
        },
        {
            "id": "goal",
            "kind": "scale",
            "stage": "D",
            "range": [1, 5],
            "notes": ["D1", "D2"],
            "label": two("Målbild", "Goal"),
        },
    ],
}


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Path:
    """A folder with the study, and a sheet for its coder Anna."""
    folder = tmp_path_factory.mktemp("template")
    study = Study.create(folder / "study", notes=NOTES, codebook=CODEBOOK)
    write_coding_sheet(study.desk("anna"), folder / "anna.xlsx")
    return folder


@pytest.fixture
def study(template, tmp_path) -> Study:
    shutil.copytree(template / "study", tmp_path / "study")
    return Study.open(tmp_path / "study")


@pytest.fixture
def blank(template, tmp_path) -> Path:
    return Path(shutil.copy(template / "anna.xlsx", tmp_path / "anna.xlsx"))


def marks_of(sheet) -> dict[str, int]:
    """Return the columns of a tab with notes by their marks; of any other tab none."""
    for row in sheet.iter_rows(max_row=10):
        marks = {str(cell.value): cell.column for cell in row if cell.value}
        if "sekom/key" in marks:
            return marks
    return {}


def address(book, study, note_id: str, mark: str):
    """Return the cell of a note in the column with a mark."""
    key = study.note_keys[note_id]
    for sheet in book.worksheets:
        marks = marks_of(sheet)
        if mark not in marks:
            continue
        for row in range(6, sheet.max_row + 1):
            if str(sheet.cell(row, marks["sekom/key"]).value).startswith(key):
                return sheet.cell(row, marks[mark])
    raise LookupError(note_id, mark)


def fill(path: Path, study, answers: dict[tuple[str, str], object], to: Path | None = None) -> Path:
    """Type answers into a sheet, by note and column, and save it as another."""
    book = load_workbook(path)
    for (note_id, mark), value in answers.items():
        cell = address(book, study, note_id, mark)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
    to = to or path.with_name(f"{path.stem}-back.xlsx")
    book.save(to)
    return to
