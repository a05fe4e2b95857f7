"""The researchers' guide, followed to the letter: from somebody's Excel file to a report."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook

from sekom_analysis.study.study import Study

from .documents import blocks, fenced, sekom
from .made_studies import fill
from .walking import GUIDES, NAMES, answered, by_browser, final_codes, put, told, walked

# What each note says, and what Anna and Bo answer: category, themes, weight. Codes are by their order.
NOTES = [
    ("Viljan finns, men inte tiden", (0, {1}, 4), (0, {1}, 4)),
    ("Vi lär av våra grannar", (1, {0}, 3), (1, {0}, 3)),
    ("Budgeten räcker ett år i taget", (0, set(), 5), (1, {1}, 5)),
    ("Politikerna är eniga om målet", (1, {0, 1}, 2), (1, {0, 1}, 3)),
    ("Ingen vet vem som ansvarar", (1, set(), 5), (1, set(), 5)),
    ("Nätverket delar erfarenheter", (0, {0}, 2), (0, {0}, 2)),
    ("För många mål på en gång; ingen hinner", (1, {0}, 4), (0, {0}, 3)),
    ("=SUMMA(A1:A3) stod det på tavlan", (0, {1}, 1), (0, {1}, 1)),
]  # fmt: skip


def files_of_the_guide(folder: Path, lang: str) -> None:
    """Somebody's notes, with a text that looks like a formula, and the codebook of the guide's table."""
    frame = pd.DataFrame({"Nr": range(1, len(NOTES) + 1), "text": [note[0] for note in NOTES]})
    frame.to_excel(folder / NAMES[lang].notes, index=False)
    book = load_workbook(folder / NAMES[lang].notes)
    book.active.cell(len(NOTES) + 1, 2).data_type = "s"
    book.save(folder / NAMES[lang].notes)
    text = GUIDES[lang].read_text(encoding="utf-8")
    table = re.search(r"^\| Variab(?:el|le) \|.*\n(?:\|.*\n)+", text, re.MULTILINE)[0].splitlines()
    book = Workbook()
    for line in (table[0], *table[2:]):
        book.active.append([cell.strip() or None for cell in line.strip("|").split("|")])
    book.save(folder / NAMES[lang].codebook)


def marks_of(study: Study, place: int) -> dict[str, dict[str, object]]:
    """What one of the two types, by the text of the note; a code by its label."""
    category, themes, weight = study.codebook.variables
    found: dict[str, dict[str, object]] = {}
    for text, *both in NOTES:
        code, several, number = both[place]
        one = {f"{themes.id}/code/{themes.code_ids[n]}": "x" for n in several} or {f"{themes.id}/none": "x"}
        found[text] = {f"{category.id}/answer": category.code_ids[code], f"{weight.id}/answer": number, **one}
    return found


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_guide_leads_from_an_excel_file_to_the_report(lang, terminal):
    names = NAMES[lang]
    files_of_the_guide(terminal, lang)
    lines = [one for one in walked(lang, *"12345678") if "codebook.yaml" not in one[1]]
    interviews = told(lang, "1", "sekom new")[1]  # the other way to begin
    printed = {}
    for kind, text in lines:
        if kind == "python":
            exec(compile(text, GUIDES[lang].name, "exec"), {})
        elif kind == "yaml":
            put(text, terminal)
        elif text != interviews:
            if text.startswith("sekom collect"):
                they_answer(terminal, lang)
            printed[" ".join(text.split()[:2])] = sekom(text)

    study = Study.open(names.study)
    assert "No problems found" in printed["sekom check"]
    assert f"sekom page anna --study {names.study}" in printed["sekom new"]
    assert "sekom report" not in printed["sekom new"] + printed["sekom check"]  # nobody has coded
    assert study.problems.empty
    assert [len(study.decisions(coders=[coder])) for coder in ("anna", "bo")] == [3 * len(NOTES)] * 2
    assert "alpha" in printed["sekom agreement"]
    assert list(study.adjudications(names.variable)["note_id"]) == ["3"]  # the column Nr has an id for each
    assert study.about.plan.prespecified
    made = {path.name for path in (terminal / names.study / "figures").iterdir()}
    assert {f"report.{lang}.{form}" for form in ("html", "docx", "pdf")} <= made
    assert (terminal / f"{names.study}.qdpx").stat().st_size > 1000
    check_final_codes(lang)


def they_answer(folder: Path, lang: str) -> None:
    """Anna answers in her browser, Bo in his sheet."""
    study = Study.open(NAMES[lang].study)
    ids = dict(zip(study.notes["text"], study.notes.index, strict=True))
    rows = [(ids[text], *one) for text, marks in marks_of(study, 0).items() for one in answered(marks)]
    by_browser(folder / NAMES[lang].returned, study, rows)
    fill(folder / f"{NAMES[lang].study}-bo.xlsx", marks_of(study, 1))


def check_final_codes(lang: str) -> None:
    """Where the guide says that the final codes are: settled, agreed on, or empty."""
    table = final_codes(NAMES[lang].study, lang)
    one = table[table["variable"] == NAMES[lang].variable].set_index("note_id")
    first, second = {"sv": ("Resurser", "Ledning"), "en": ("Resources", "Leadership")}[lang]
    assert one["text"].tolist() == [note[0] for note in NOTES]
    assert one["basis"].value_counts().to_dict() == {"unanimous": 6, "adjudicated": 1, "unresolved": 1}
    assert one["answer"].fillna("").tolist() == [first, second, first, second, second, first, "", first]
    kinds = {v.id: v.kind for v in Study.open(NAMES[lang].study).codebook.variables}
    several = table[table["variable"].map(kinds) == "multiple"].set_index("note_id")["answer"]
    exchange, will, none = {
        "sv": ("Utbyte", "Vilja", "inget"),
        "en": ("Exchange", "Will", "none of them"),
    }[lang]
    # Of the third note, one chose a code and the other none: that is not the answer that none applies.
    right = [will, exchange, "", f"{exchange}; {will}", none, exchange, exchange, will]
    assert several.fillna("").tolist() == right


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_codebook_in_a_text_editor_is_found_right(lang, terminal):
    files_of_the_guide(terminal, lang)
    [begin, _] = told(lang, "1", "sekom new")
    sekom(re.sub(r" --codebook \S+", "", begin))
    put(next(text for kind, text in walked(lang, "2") if kind == "yaml"), terminal)
    said = sekom(told(lang, "2", "sekom check")[0])
    assert "No problems found" in said
    assert Study.open(NAMES[lang].study).codebook.ids == (NAMES[lang].variable,)


def test_both_languages_say_the_same_commands():
    told = {lang: [line.split()[:2] for block in blocks(page, "sh") for line in block.splitlines()]
            for lang, page in GUIDES.items()}  # fmt: skip
    assert told["sv"] == told["en"]
    assert len(told["sv"]) >= 18
    assert [kind for kind, _ in fenced(GUIDES["sv"])] == [kind for kind, _ in fenced(GUIDES["en"])]


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_guides_are_short(lang):
    assert len(GUIDES[lang].read_text(encoding="utf-8").split()) <= 2600
