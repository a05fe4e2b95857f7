"""Codebooks as people keep them: any headings, kinds and formats; many made by a generator with a seed."""

from __future__ import annotations

import io
import random
import subprocess
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from openpyxl import Workbook

from sekom_analysis.basics.errors import StudyError
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.codebook_table import codebook_table, read_kept_codebook
from sekom_analysis.study.codebook_words import column_of, kind_of_variable, points_of, range_of
from sekom_analysis.study.points import labels_in
from sekom_analysis.study.study import Study
from tests.exchange.office import find_office
from tests.test_cli import sekom

CASES = Path(__file__).parent / "cases"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def put(path: Path, rows, sheets=()) -> Path:
    """Write rows as the kind of file that its name says."""
    if path.suffix == ".xlsx":
        book = Workbook()
        book.active.title = "Blad1"
        for title, several in [("Blad1", rows), *sheets]:
            sheet = book["Blad1"] if title == "Blad1" else book.create_sheet(title)
            for row in several:
                sheet.append(list(row))
        book.save(path)
    elif path.suffix == ".csv":
        cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
        lines = [";".join(f'"{c}"' if set(c) & set(';"\n') else c for c in row) for row in cells]
        path.write_bytes("\r\n".join(lines).encode("cp1252" if len(rows) % 2 else "utf-8"))
    else:
        path.write_bytes(word(rows))
    return path


def word(rows) -> bytes:
    def cell(text) -> str:
        parts = str("" if text is None else text).split("\n")
        inside = "".join(f"<w:p><w:r><w:t>{escape(part)}</w:t></w:r></w:p>" for part in parts)
        return f"<w:tc>{inside}</w:tc>"

    table = "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows)
    intro = "<w:p><w:r><w:t>Vår kodbok</w:t></w:r></w:p>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        body = f'<w:document xmlns:w="{W}"><w:body>{intro}<w:tbl>{table}</w:tbl></w:body></w:document>'
        archive.writestr("word/document.xml", body)
    return out.getvalue()


# --- a generator: names of columns × kinds × ways of writing it × formats -----------------------------

CODE = ["Kod", "KOD", "kod ", "Code", "code", "Kod-id"]
LABEL = ["Etikett", "ETIKETT", "Namn", "Label", "label", "Kodnamn", "Code name", "etikett (sv)"]
MEANS = ["Definition", "Beskrivning", "Memo", "description", "Förklaring", "Code memo", "DEFINITION:"]
VARIABLE = ["Variabel", "variable", "VARIABEL", "Variabelnamn"]
KIND = ["Typ", "Slag", "kind", "Type", "typ"]
EXAMPLE = ["Exempel", "Example", "Typexempel", "Citat"]
KINDS = {
    "single": ["en", "En", "single", "en kod", "välj en", "Single choice"],
    "multiple": ["flera", "Flera koder", "multiple", "FLERA", "flerval", "välj flera"],
    "scale": ["skala", "Skala", "scale", "SCALE", "Likert"],
}
RANGES = ["1-5", "1–5", "1..5", "[1, 5]", "1 till 5", "1 to 5", "1 — 5", "1,2,3,4,5",
          "1 Ingen … 5 Mycket hög", "1 = Ingen, 5 = Mycket hög"]  # fmt: skip
WORDS = ["Resurser", "Ledning", "Samverkan", "Kunskap", "Tid & pengar", "Politisk vilja", "Mål", "Övrigt",
         "För lite tid", "Ägande"]  # fmt: skip
TOPICS = ["Kategori", "Hinder eller möjlighet", "Tema 2", "Steg", "VIKT"]


def made(seed: int) -> tuple[list[list[object]], list[tuple[str, str, list[str]]], str]:
    """Return rows of a codebook, the variables they hold (label, kind, codes' labels), and its format."""
    draw = random.Random(seed)
    has_variables, has_codes, has_kinds = draw.random() < 0.7, draw.random() < 0.5, draw.random() < 0.7
    has_example, repeats = draw.random() < 0.4, draw.random() < 0.5
    has_kinds = has_kinds and has_variables
    columns = [draw.choice(CODE) if has_codes else None, draw.choice(LABEL), draw.choice(MEANS)]
    heading = [name for name in columns if name]
    if has_variables:
        heading.insert(0, draw.choice(VARIABLE))
    if has_kinds:
        heading.append(draw.choice(KIND))
    has_scale = has_kinds and draw.random() < 0.5
    if has_scale:
        heading.append(draw.choice(["Skala", "Range", "skalsteg"]))
    if has_example:
        heading.append(draw.choice(EXAMPLE))
    rows: list[list[object]] = []
    right = []
    names = draw.sample(TOPICS, draw.randint(1, 3)) if has_variables else [""]
    for at, name in enumerate(names):
        kind = draw.choice(["single", "multiple"]) if has_kinds else "single" if has_variables else "multiple"
        codes = draw.sample(WORDS, draw.randint(2, 6))
        said = draw.choice(KINDS[kind])
        right.append((name, kind, codes))
        for number, label in enumerate(codes):
            row: list[object] = [name if repeats or not number else None] if has_variables else []
            if has_codes:
                row.append(f"K{at}{number}" if draw.random() < 0.5 or not number else None)
            row += [label, f"Det som rör {label.lower()}; och mer"]
            if has_kinds:
                row.append(said if repeats or not number else None)
            row += [None] * has_scale + [f"”{label}” sägs"] * has_example
            rows.append(row)
    if has_scale:
        right.append(("Angelägenhet", "scale", []))
        row = ["Angelägenhet"] + [None] * (len(heading) - 1)
        row[heading.index(next(name for name in heading if name in KIND))] = draw.choice(KINDS["scale"])
        place = next(n for n, name in enumerate(heading) if name in ("Skala", "Range", "skalsteg"))
        row[place] = draw.choice(RANGES)
        rows.append(row)
    title = [["Kodbok, version 3"], []] if draw.random() < 0.3 else []
    return [*title, heading, *rows], right, draw.choice([".xlsx", ".csv", ".docx"])


@pytest.mark.parametrize("seed", range(60))
def test_a_codebook_is_understood_whatever_it_is_like(tmp_path, seed):
    rows, right, ending = made(seed)
    width = max(map(len, rows))
    rows = [[*row, *[None] * (width - len(row))] for row in rows]
    read = read_kept_codebook(put(tmp_path / f"bok{ending}", rows))
    assert read.problems == [], rows
    found = [
        (variable.label.sv, variable.kind, [code.label.sv for code in variable.codes])
        for variable in read.codebook.variables
    ]
    wanted = [(name or "Koder", kind, codes) for name, kind, codes in right]
    assert found == wanted, rows
    for variable in read.codebook.variables:
        for code in variable.codes:
            assert code.definition.sv == f"Det som rör {code.label.sv.lower()}; och mer"
        if variable.kind == "scale":
            assert variable.range == (1, 5)


# --- the kinds one by one -----------------------------------------------------------------------------


def test_the_case():
    read = read_kept_codebook(CASES / "codebook-sv.xlsx")
    (variable,) = read.codebook.variables
    assert (variable.label.sv, variable.kind) == ("Kategori", "single")
    assert [code.id for code in variable.codes] == ["resurser", "ledning", "samverkan", "kunskap"]


def test_the_case_makes_a_study_and_says_what_was_made(tmp_path):
    (tmp_path / "n.csv").write_text("text\nAvtalen är för långa\n", encoding="utf-8")
    book = CASES / "codebook-sv.xlsx"
    code, out, _ = sekom("new", tmp_path / "s", "--notes", tmp_path / "n.csv", "--codebook", book)
    assert code == 0
    assert "ids were made from labels (3): Ledning" in out
    assert Study.open(tmp_path / "s").codebook["kategori"].code_ids[0] == "resurser"


@pytest.mark.parametrize("heading", [("Code", "Memo"), ("Kod", "Memo"), ("Namn", "Beskrivning"), None])
@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".docx"])
def test_a_list_of_codes_is_one_variable(tmp_path, heading, ending):
    rows = [["Hinder", "Det som står i vägen"], ["Möjlighet", "Det som hjälper"], ["Annat", None]]
    read = read_kept_codebook(put(tmp_path / f"a{ending}", [*([heading] if heading else []), *rows]))
    (variable,) = read.codebook.variables
    assert [(c.id, c.label.sv) for c in variable.codes] == [
        ("hinder", "Hinder"), ("mojlighet", "Möjlighet"), ("annat", "Annat")
    ]  # fmt: skip
    assert variable.kind == "multiple"
    assert any("does not say how many codes" in remark.what for remark in read.remarks)


def test_a_list_as_maxqda_exports_it_keeps_what_is_above_a_code(tmp_path):
    rows = [
        ["Color", "Parent code", "Code", "Coded segments", "Code memo", "Author"],
        ["●", "", "Hinder", 12, "Det som står i vägen", "AB"],
        ["●", "Hinder", "Tid", 7, "", "AB"],
        ["●", "Hinder\\Tid", "Övertid", 1, "Kvällar", "AB"],
    ]
    read = read_kept_codebook(put(tmp_path / "a.xlsx", rows))
    (variable,) = read.codebook.variables
    assert [code.label.sv for code in variable.codes] == ["Hinder", "Hinder / Tid", "Hinder / Tid / Övertid"]
    told = [remark.what for remark in read.remarks]
    assert any("'Coded segments', 'Author'" in one for one in told)
    assert any("the colour '●' was left out" in one for one in told)


@pytest.mark.parametrize(
    ("cells", "labels"),
    [
        (["Vikt", "skala", "1 Ingen … 5 Mycket hög"], {1: "Ingen", 5: "Mycket hög"}),
        (["Vikt", "skala", "1=Ingen; 3=Medel; 5=Mycket hög"], {1: "Ingen", 3: "Medel", 5: "Mycket hög"}),
        (["Vikt", "Skala 1–5", None], {}),
        (["Vikt", "1-5", None], {}),
    ],
)
def test_points_of_a_scale_are_its_labels(tmp_path, cells, labels):
    rows = [["Variabel", "Typ", "Skala", "Kod", "Fråga"], [*cells, None, "Hur viktigt?"]]
    read = read_kept_codebook(put(tmp_path / "a.xlsx", rows))
    (variable,) = read.codebook.variables
    assert (variable.kind, variable.range) == ("scale", (1, 5))
    assert (labels_in(variable, "sv"), variable.question.sv) == (labels, "Hur viktigt?")
    told = [str(one.what) for one in read.remarks if "labels of the points" in str(one.what)]
    assert bool(told) == bool(labels)


def test_points_may_be_rows_of_their_own_in_two_languages(tmp_path):
    rows = [["Variabel", "Typ", "Kod", "Etikett", "Etikett (en)"], ["Vikt", "skala", 1, "Ingen", "None"],
            ["", "", 2, "", ""], ["", "", 3, "Hög", ""]]  # fmt: skip
    (variable,) = read_kept_codebook(put(tmp_path / "a.xlsx", rows)).codebook.variables
    assert (variable.kind, variable.range, variable.question) == ("scale", (1, 3), None)
    assert labels_in(variable, "sv") == {1: "Ingen", 3: "Hög"}
    assert labels_in(variable, "en") == {1: "None", 3: "Hög"}


def test_what_is_named_outside_the_scale_stays_in_the_question(tmp_path):
    rows = [["Variabel", "Typ", "Skala", "Kod", "Etikett"], ["Vikt", "skala", "1–3", None, None]]
    rows += [["", "", None, 0, "Vet inte"], ["", "", None, 1, "Ingen"]]
    read = read_kept_codebook(put(tmp_path / "a.xlsx", rows))
    (variable,) = read.codebook.variables
    assert labels_in(variable, "sv") == {1: "Ingen"}
    assert variable.question.sv == "Vikt (0 = Vet inte)"
    assert any("outside the scale" in str(one.what) for one in read.remarks)


@pytest.mark.parametrize(
    ("row", "said", "at"),
    [
        (["Tema", "kanske", "Tid", None], "'kanske' does not say what kind of question it is", 5),
        (["Vikt", "skala", None, "fem steg"], "the scale 'Vikt' needs a lowest and a highest number", 5),
        (["Kategori", "en", "resurser", None], "the code 'resurser' is in row 3 already", 5),
        (["Tema", "en", "Tid", "1-5"], "'Tema' has a scale though its kind is single", 5),
        (["Kategori", "flera", "Nytt", None], "'Kategori' is of several kinds: 'en', 'flera'", 5),
    ],
)
def test_faults_speak_of_file_sheet_and_row(tmp_path, row, said, at):
    rows = [
        ["Kodbok"], ["Variabel", "Typ", "Kod", "Skala"], ["Kategori", "en", "Resurser", None],
        ["Kategori", "en", "Ledning", None], row,
    ]  # fmt: skip
    path = put(tmp_path / "vår bok.xlsx", rows)
    read = read_kept_codebook(path)
    assert read.codebook is None
    (problem,) = read.problems
    assert (problem.file, problem.row) == ("vår bok.xlsx, Blad1", at)
    assert said in problem.what
    assert problem.todo.in_("sv")
    with pytest.raises(StudyError) as caught:
        Study.create(tmp_path / "s", codebook=path)
    for word in ("Input", "pydantic", "validation", "tuple", "literal"):
        assert word not in str(caught.value)
    assert not (tmp_path / "s").exists()


def test_what_is_no_codebook_is_said(tmp_path):
    rows = [["Lapp", "Grupp"], ["Tiden räcker inte till för det vi ska göra, och ingen märker det än", "A"]]
    for ending in (".xlsx", ".csv", ".docx"):
        read = read_kept_codebook(put(tmp_path / f"a{ending}", [["x", "y", "z"], *rows]))
        assert read.codebook is None
        assert "no row says which column is the code" in read.problems[0].what
    empty = read_kept_codebook(put(tmp_path / "b.docx", []))
    assert "there is no codebook in it" in empty.problems[0].what


def test_sheets_are_variables_where_no_column_says_so(tmp_path):
    lists = [("Blad1", [["Kod", "Definition"], ["Tid", "x"]]), ("Stöd", [["Kod", "Memo"], ["Chef", "y"]]),
             ("Läs mig", [["Skriven av AB"]])]  # fmt: skip
    read = read_kept_codebook(put(tmp_path / "a.xlsx", lists[0][1], lists[1:]))
    assert [(v.label.sv, [c.id for c in v.codes]) for v in read.codebook.variables] == [
        ("Blad1", ["tid"]), ("Stöd", ["chef"])
    ]  # fmt: skip
    assert any("'Läs mig'" in remark.what for remark in read.remarks)


def test_texts_in_two_languages_and_two_columns_of_one_kind_are_kept(tmp_path):
    rows = [
        ["Kod", "Etikett (sv)", "Label (en)", "Definition", "Kommentar", "Hit hör", "Inte hit"],
        ["T1", "Tid", "Time", "Brist på tid", "Se även T2", "kvällar", "pengar"],
    ]
    (variable,) = read_kept_codebook(put(tmp_path / "a.csv", rows)).codebook.variables
    (code,) = variable.codes
    assert (code.id, code.label.sv, code.label.en) == ("t1", "Tid", "Time")
    assert code.definition.sv == "Brist på tid\nSe även T2"
    assert (code.include.sv, code.exclude.sv) == ("kvällar", "pengar")


def found(path) -> list[tuple[str, str, list[str]]]:
    read = read_kept_codebook(path)
    assert read.problems == []
    return [(v.label.sv, v.kind, [code.label.sv for code in v.codes]) for v in read.codebook.variables]


def test_themes_over_codes_are_variables(tmp_path):
    for heading in (["Kategori", "Underkategori", "Beskrivning"], ["Tema", "Kod", "Definition"]):
        rows = [heading, ["Resurser", "Tid", "x"], ["", "Pengar", "y"], ["Ledning", "Chef", "z"]]
        assert found(put(tmp_path / "a.xlsx", rows)) == [
            ("Resurser", "multiple", ["Tid", "Pengar"]), ("Ledning", "multiple", ["Chef"])
        ]  # fmt: skip


def test_questions_with_their_answers_in_a_cell(tmp_path):
    rows = [["Fråga", "Svarsalternativ"], ["Vad hindrar?", "Tid; Pengar; Ledning"], ["Hur viktigt?", "1-5"]]
    assert found(put(tmp_path / "a.xlsx", rows)) == [
        ("Vad hindrar?", "multiple", ["Tid", "Pengar", "Ledning"]), ("Hur viktigt?", "scale", [])
    ]  # fmt: skip


def test_a_title_above_a_text_table_and_a_sum_below_are_no_codes(tmp_path):
    path = tmp_path / "a.csv"
    text = "KODBOK 2016\r\n\r\nKOD;DEFINITION\r\nTID;a\r\nPENGAR;b\r\nSumma: 2 koder;\r\n"
    path.write_text(text, encoding="utf-8")
    assert found(path) == [("Koder", "multiple", ["TID", "PENGAR"])]
    assert next((r.row, r.what) for r in read_kept_codebook(path).remarks) == (
        6, "the row 'Summa: 2 koder' looks like a sum and was left out"
    )  # fmt: skip


def test_our_own_table_with_a_column_more_keeps_all(tmp_path):
    book = Codebook.model_validate({
        "title": {"sv": "Bok", "en": "Book"}, "variables": [
            {"id": "b", "kind": "single", "label": {"sv": "Sv", "en": "En"}, "stage": ["B"],
             "none_fits": False, "round": 2,
             "codes": [{"id": "x", "label": {"sv": "X", "en": "Y"}, "colour": "#b5542f"},
                       {"id": "y", "label": "Y", "retired": True}]},
            {"id": "d", "kind": "single", "label": "D", "codes_from": "b"},
            {"id": "v", "kind": "scale", "label": "V", "range": [-2, 2]}]})  # fmt: skip
    table = codebook_table(book).assign(Ansvarig="AB")
    path = put(tmp_path / "a.xlsx", [list(table.columns), *table.to_numpy().tolist()])
    read = read_kept_codebook(path)
    assert read.codebook == book
    assert [remark.what for remark in read.remarks] == [
        "columns that do not belong to a codebook were left out: 'Ansvarig'"
    ]


def test_none_fits_is_there_already(tmp_path):
    rows = [["Kategori", "Definition"], ["Tid", "x"], ["Pengar", "z"], ["Ingen passar", "y"]]
    read = read_kept_codebook(put(tmp_path / "a.xlsx", rows))
    (variable,) = read.codebook.variables
    assert variable.answers == ("tid", "pengar", "none_fits")
    assert any("'Ingen passar' was left out" in remark.what for remark in read.remarks)


@pytest.mark.parametrize(
    ("text", "bounds"),
    [("-3..3", (-3, 3)), ("−3..3", (-3, 3)), ("-3 till 3", (-3, 3)), ("1-5", (1, 5)), ("[1, 5]", (1, 5)),
     ("0–10", (0, 10)), ("5-1", None), ("fem", None), ("1 2 3", (1, 3)), ("−2,−1,0,1,2", (-2, 2))],
)  # fmt: skip
def test_ranges_as_people_write_them(text, bounds):
    assert range_of(text) == bounds
    data = {"variables": [{"id": "v", "kind": "scale", "label": "V", "range": text}]}
    if bounds:
        assert Codebook.model_validate(data)["v"].range == bounds
    else:
        with pytest.raises(ValueError, match="cannot be read as a scale"):
            Codebook.model_validate(data)


def test_a_codebook_in_the_study_may_have_swedish_kinds(tmp_path):
    study = Study.create(tmp_path / "s", codebook=CASES / "codebook-sv.xlsx")
    rows = [["variable", "kind", "code", "label", "range"], ["tema", "flera", None, "Tema", None],
            [None, None, "tid", "Tid", None], ["vikt", "skala", None, "Vikt", "−2 till 2"]]  # fmt: skip
    put(study.root / "data/raw/codebook.xlsx", rows)
    book = Study.open(study.root).codebook
    assert [(v.kind, v.range) for v in book.variables] == [("multiple", None), ("scale", (-2, 2))]


def test_words():
    assert column_of("Antal segment") is None
    assert kind_of_variable("välj flera") == "multiple"
    assert points_of("1-5") == {}
    assert points_of("−1 Sämre; 0 Lika; 1 Bättre") == {-1: "Sämre", 0: "Lika", 1: "Bättre"}


# --- LibreOffice's and Excel's old workbooks ----------------------------------------------------------

BOOK = [
    ["Vår kodbok"],
    [],
    ["Variabel", "Typ", "Kod", "Etikett", "Skala"],
    ["Hinder", "flera", None, "Vad hindrar?", None],
    ["Hinder", None, "tid", "För lite tid", None],
    ["Hinder", None, "mal", "Oklara mål", None],
    ["Vikt", "skala", None, "Hur viktigt?", "1–5"],
]


def open_document(rows) -> bytes:
    """The least that an .ods can be: what there is of cells, and what kind of file it is."""
    names = [("office", "office"), ("table", "table"), ("text", "text")]
    spaces = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"' for n, space in names)

    def cell(text) -> str:
        said = f"<text:p>{escape(str(text))}</text:p>" if text is not None else ""
        kind = ' office:value-type="string"' if text is not None else ""
        return f"<table:table-cell{kind}>{said}</table:table-cell>"

    lines = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    sheet = f'<table:table table:name="Blad1">{lines}</table:table>'
    content = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        content = f"<office:document-content {spaces}>{content}</office:document-content>"
        archive.writestr("content.xml", content)
    return out.getvalue()


def test_a_codebook_of_libreoffice_is_read_as_one_of_excel(tmp_path):
    pytest.importorskip("python_calamine")
    (tmp_path / "kodbok.ods").write_bytes(open_document(BOOK))
    right = read_kept_codebook(put(tmp_path / "kodbok.xlsx", BOOK))
    read = read_kept_codebook(tmp_path / "kodbok.ods")
    assert (read.codebook, read.problems) == (right.codebook, [])
    assert [one.what for one in read.remarks] == [one.what for one in right.remarks]
    code, out, err = sekom("new", "S", "--codebook", "kodbok.ods", cwd=tmp_path)
    assert (code, err) == (0, "")
    assert Study.open(tmp_path / "S").codebook == right.codebook
    assert "S/data/raw/codebook.xlsx" in out.replace("\\", "/")


def test_our_own_table_is_read_from_ods_too(study, tmp_path):
    pytest.importorskip("python_calamine")
    table = codebook_table(study.codebook).fillna("")
    rows = [[*table.columns], *([cell or None for cell in row] for row in table.itertuples(index=False))]
    (tmp_path / "a.ods").write_bytes(open_document(rows))
    assert read_kept_codebook(tmp_path / "a.ods") == (study.codebook, [], [])


def test_a_codebook_that_cannot_be_read_says_why_once(tmp_path):
    pytest.importorskip("python_calamine")
    (tmp_path / "a.ods").write_bytes(b"x")
    with pytest.raises(StudyError, match=r"a\.ods: it is damaged, protected by a password") as caught:
        Study.create(tmp_path / "S", codebook=tmp_path / "a.ods")
    assert str(caught.value).count("damaged") == 1
    assert not (tmp_path / "S").exists()
    with pytest.raises(StudyError, match="there is no such file"):
        Study.create(tmp_path / "S", codebook=tmp_path / "b.xls")


@pytest.mark.office
@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_a_codebook_saved_by_libreoffice_is_read(tmp_path, kind):
    pytest.importorskip("python_calamine")
    right = read_kept_codebook(put(tmp_path / "kodbok.xlsx", BOOK)).codebook
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [find_office(), profile, "--headless", "--convert-to", kind, "--outdir", tmp_path]
    subprocess.run([*command, tmp_path / "kodbok.xlsx"], check=True, timeout=120, capture_output=True)
    assert Study.create(tmp_path / "S", codebook=tmp_path / f"kodbok.{kind}").codebook == right


def test_a_codebook_of_libreoffice_inside_a_study_is_named(study, tmp_path):
    beside = study.root / "data/raw/codebook.ods"
    beside.write_bytes(open_document(BOOK))
    (problem,) = Study.open(study.root).list_problems()
    assert (problem.file, "save it as codebook.xlsx" in problem.todo) == ("codebook.ods", True)
    (study.root / "data/raw/codebook.yaml").unlink()
    with pytest.raises(StudyError, match=r"codebook\.ods: it is not read"):
        Study.open(study.root)
