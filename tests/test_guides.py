"""The researchers' guide, followed to the letter: from somebody's Excel file to a report."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

from sekom_analysis.coding import jupyter
from sekom_analysis.study.rows import note_hash, utc_text
from sekom_analysis.study.study import Study

from .documents import ROOT, blocks, fenced, sekom

GUIDES = {lang: ROOT / "docs" / f"researchers-guide.{lang}.md" for lang in ("sv", "en")}
ANSWERS = {"sv": "svar-mystudy-anna.jsonl", "en": "answers-mystudy-anna.jsonl"}
# What each note says, what Anna answers, what Bo answers (by the labels of his sheet).
NOTES = [
    ("Viljan finns, men inte tiden", "hinder resources", "hinder resources"),
    ("Vi lär av våra grannar", "mojlighet exchange", "mojlighet exchange"),
    ("Budgeten räcker ett år i taget", "hinder resources", "hinder leadership"),
    ("Politikerna är eniga om målet", "mojlighet leadership", "mojlighet leadership"),
    ("Ingen vet vem som ansvarar", "hinder leadership", "hinder leadership"),
    ("Nätverket delar erfarenheter", "mojlighet exchange", "mojlighet exchange"),
    ("För många mål på en gång; ingen hinner", "hinder leadership", "hinder resources"),
    ("=SUMMA(A1:A3) stod det på tavlan", "mojlighet none_fits", "mojlighet none_fits"),
]


def excel_file(folder: Path) -> None:
    """Somebody's notes, with columns of their own and a text that looks like a formula."""
    frame = pd.DataFrame({"Nr": range(1, len(NOTES) + 1), "text": [note[0] for note in NOTES]})
    frame.to_excel(folder / "notes.xlsx", index=False)
    book = load_workbook(folder / "notes.xlsx")
    book.active.cell(len(NOTES) + 1, 2).data_type = "s"
    book.save(folder / "notes.xlsx")


def said(place: int, study: Study):
    """Yield note, variable and code of one coder, by the order of the notes."""
    for note_id, note in zip(study.notes.index, NOTES, strict=True):
        valence, category = note[place].split()
        yield from ((note_id, "valence", valence), (note_id, "category", category))


def anna_answers(folder: Path, study: Study, name: str) -> None:
    """What Anna's browser would save, line by line."""
    lines = [{"file": "sekom-answers", "version": 1, "study": study.about.id, "coder": "anna"}]
    now = datetime.now(UTC) - timedelta(hours=1)
    for number, (note_id, variable, code) in enumerate(said(1, study)):
        lines.append(
            {
                "event_id": f"e{number:015d}", "variable": variable, "event": "decide", "codes": [code],
                "certainty": "", "memo": "", "pass": 1, "at": utc_text(now + timedelta(seconds=number)),
                "note_hash": note_hash(study.notes.at[note_id, "text"]),
                "codebook": study.codebook[variable].version, "key": study.note_keys[note_id],
            }
        )  # fmt: skip
    lines[0]["events"] = len(lines) - 1
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    (folder / name).write_text(text, encoding="utf-8")


def bo_answers(path: Path, study: Study) -> None:
    """Bo types the codes into his sheet and saves it."""
    book = load_workbook(path)
    for note_id, variable, code in said(2, study):
        key = study.note_keys[note_id]
        for sheet in book.worksheets:
            marks = {cell.value: cell.column for cell in sheet[5]} if sheet.max_row > 5 else {}
            if f"{variable}/answer" not in marks:
                continue
            for row in range(6, sheet.max_row + 1):
                if str(sheet.cell(row, marks["sekom/key"]).value).startswith(key):
                    sheet.cell(row, marks[f"{variable}/answer"]).value = code
    book.save(path)


def put(text: str, folder: Path) -> None:
    """Write a block into the file that its first line names; what the guide leaves in study.yaml stays."""
    path = folder / text.splitlines()[0].removeprefix("# ")
    assert path.is_file()
    kept = ""
    if path.name == "study.yaml":
        old = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = "".join(line for line in old if line.startswith(("id:", "title:", "seed:")))
        assert kept.count("\n") == 3
    path.write_text(kept + text, encoding="utf-8")


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_guide_leads_from_an_excel_file_to_the_report(lang, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SEKOM_STUDY", raising=False)
    opened = []
    monkeypatch.setattr(
        jupyter, "_run_lab", lambda notebook, root, browser, viewer: opened.append(notebook) or 0
    )
    excel_file(tmp_path)
    printed = {}
    for language, text in fenced(GUIDES[lang]):
        if language == "yaml":
            put(text, tmp_path)
        elif language == "python":
            exec(compile(text, GUIDES[lang].name, "exec"), {})
        for line in text.splitlines() if language == "sh" else ():
            if line.startswith("sekom collect"):
                study = Study.open("mystudy")
                anna_answers(tmp_path, study, ANSWERS[lang])
                bo_answers(tmp_path / "mystudy-bo.xlsx", study)
            printed[" ".join(line.split()[:2])] = sekom(line)

    study = Study.open("mystudy")
    assert "No problems found" in printed["sekom check"]
    assert study.problems.empty
    assert [len(study.decisions(coders=[coder])) for coder in ("anna", "bo")] == [2 * len(NOTES)] * 2
    assert "alpha" in printed["sekom agreement"]
    assert [path.is_file() for path in opened] == [True]
    assert list(study.adjudications("category")["note_id"]) == ["3"]  # the column Nr has an id for each
    assert study.about.plan.prespecified
    made = {path.name for path in (tmp_path / "mystudy" / "figures").iterdir()}
    assert {f"report.{lang}.{form}" for form in ("html", "docx", "pdf")} <= made
    assert (tmp_path / "mystudy.qdpx").stat().st_size > 1000


def test_both_languages_say_the_same_commands():
    told = {lang: [line.split()[:2] for block in blocks(page, "sh") for line in block.splitlines()]
            for lang, page in GUIDES.items()}  # fmt: skip
    assert told["sv"] == told["en"]
    assert len(told["sv"]) >= 12
