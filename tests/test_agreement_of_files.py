"""`sekom agreement FILE…`: from files of coders' answers to coefficients, without a study."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from docx import Document
from openpyxl import Workbook, load_workbook
from typer.testing import CliRunner

import sekom_analysis as sa
from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.cli import app
from sekom_analysis.exchange.ratings import find_ratings
from tests.test_kept_codebooks import open_document

CASES = Path(__file__).parents[2] / "shared" / "cases"


@pytest.fixture
def cases() -> Path:
    if not CASES.is_dir():
        pytest.skip("the cases are not on this machine")
    return CASES


def run(*words: object) -> str:
    result = CliRunner().invoke(app, ["agreement", "--resamples", "200", *map(str, words)])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def table(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def wide(tmp_path: Path) -> Path:
    rows = ["1;Tid;Tid", "2;Tid;Stöd", "3;Stöd;Stöd", "4;Pengar;Pengar", "5;Pengar;"]
    return table(tmp_path / "koder.csv", "\n".join(["note;Anna;Bo", *rows]))


def test_it_prints_coefficients_by_code_and_the_disagreements(wide: Path) -> None:
    told = run(wide)
    assert "Read 5 notes from 'koder.csv', told apart by the column 'note'\n" in told
    assert "2 coders, one column each: Anna, Bo\n" in told
    assert "One code per note; 3 codes: Tid, Stöd, Pengar. Level: nominal\n" in told
    assert "By code" in told
    assert "The coders differ on 1 of 5 notes" in told


def test_names_are_in_the_quotation_marks_of_the_language(wide: Path) -> None:
    table(wide, "note;Anna;Bo;Källa\n1;Tid;tid;x\n2;Tid;Stöd;y\n3;Stöd;Stöd;x\n4;Stöd;Stöd;z\n")
    found = find_ratings(wide)
    told = [line.in_("sv") for line in [*found.said, *found.questions[0].said]]
    assert told[0] == "4 lappar lästa ur ”koder.csv”, åtskilda genom kolumnen ”note”"
    assert "Kolumner som inte togs med: ”Källa”" in told
    assert "”Tid”, ”tid” togs för en och samma kod" in told
    assert not any("'" in line for line in told)
    assert "'Tid', 'tid' were read as one code" in found.questions[0].said


CODED = {"Anna": "AABBA", "Bo": "ABBBA", "Cia": "BBAAB"}


def coded_book(path: Path, *, hidden: tuple[str, ...]) -> Path:
    """A workbook with a sheet per coder, some of which Excel does not show."""
    book = Workbook()
    for name, codes in CODED.items():
        sheet = book.create_sheet(name)
        sheet.append(["id", "Kod"])
        for number, code in enumerate(codes, start=1):
            sheet.append([number, code])
        sheet.sheet_state = "hidden" if name in hidden else "visible"
    del book["Sheet"]
    book.save(path)
    return path


def test_a_hidden_sheet_is_nobody_unless_no_other_has_answers(tmp_path: Path) -> None:
    path = coded_book(tmp_path / "a.xlsx", hidden=("Cia",))
    ratings = sa.read_ratings(path)
    assert list(ratings.columns) == ["Anna", "Bo"]
    line = "Hidden sheets left out: 'Cia'; if they should count, unhide them in Excel"
    assert line in ratings.attrs["said"]
    assert line in run(path)
    told = [one.in_("sv") for one in find_ratings(path).said]
    assert "Dolda flikar som inte togs med: ”Cia”; ska de räknas, visa dem i Excel" in told
    alone = find_ratings(path, sheet="Cia", least_coders=1)
    assert "Sheets hidden in Excel but taken: 'Cia'" in alone.said


def test_a_hidden_sheet_counts_where_the_others_have_no_answers(tmp_path: Path) -> None:
    path = coded_book(tmp_path / "a.xlsx", hidden=("Anna", "Bo"))
    book = load_workbook(path)
    del book["Cia"]
    book.create_sheet("Läs först").append(["Hej", "du"])
    book.active = 2
    book.save(path)
    ratings = sa.read_ratings(path)
    assert list(ratings.columns) == ["Anna", "Bo"]
    assert "Sheets hidden in Excel but taken: 'Anna', 'Bo'" in ratings.attrs["said"]


def test_hidden_rows_and_columns_are_taken_and_told(tmp_path: Path) -> None:
    book = Workbook()
    codes = zip(range(1, 6), *CODED.values(), strict=True)
    for row in [["id", *CODED, "Källa"], *([*row, f"möte {row[0]}"] for row in codes)]:
        book.active.append(row)
    for column in "DE":
        book.active.column_dimensions[column].hidden = True
    for row in (3, 4):
        book.active.row_dimensions[row].hidden = True
    book.save(tmp_path / "a.xlsx")
    ratings = sa.read_ratings(tmp_path / "a.xlsx")
    assert ratings.shape == (5, 3)
    told = "\n".join(ratings.attrs["said"])
    assert "Rows hidden or filtered out in Excel but taken: 2 (rows 3–4 in 'a.xlsx')" in told
    assert "Columns hidden in Excel but taken: 'Cia' in 'a.xlsx'" in told


def test_ratings_of_libreoffice_are_read(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    rows = [["id", *CODED], *([str(n), *row] for n, row in enumerate(zip(*CODED.values(), strict=True)))]
    (tmp_path / "a.ods").write_bytes(open_document(rows))
    assert sa.read_ratings(tmp_path / "a.ods").to_dict("list") == {k: list(v) for k, v in CODED.items()}
    assert "3 coders, one column each: Anna, Bo, Cia" in run(tmp_path / "a.ods")


def test_letters_that_were_guessed_are_told(tmp_path: Path) -> None:
    text = "id;Anna;Bo\n1;Mål;Mål\n2;Möte;Mål\n3;Mål;Möte\n4;Möte;Möte\n"
    (tmp_path / "a.csv").write_bytes(text.encode("mac_roman"))
    ratings = sa.read_ratings(tmp_path / "a.csv")
    assert set(ratings["Anna"]) == {"Mål", "Möte"}
    assert "The letters of 'a.csv' were read as mac_roman" in "\n".join(ratings.attrs["said"])


def test_three_coders_are_compared_by_pair(tmp_path: Path) -> None:
    told = run(table(tmp_path / "a.csv", "id;x;y;z\n1;A;A;A\n2;A;B;A\n3;B;B;B\n4;B;A;B\n"))
    assert "By pair" in told
    assert told.index("By pair") < told.index("differ on")


def test_a_report_is_written_with_figure_and_methods(wide: Path, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    run(wide, "--to", page, "--lang", "sv")
    text = page.read_text(encoding="utf-8")
    assert "data:image/svg+xml;base64," in text
    assert "Anna och Bo kodade 4 lappar som minst två av dem har svarat på." in text
    assert "Lappar som kodarna skiljer sig åt på: 1." in text
    assert "5 lappar lästa ur" in text


def test_a_word_document_is_written(wide: Path, tmp_path: Path) -> None:
    path = tmp_path / "report.docx"
    run(wide, "--to", path, "--lang", "en")
    document = Document(str(path))
    texts = [paragraph.text for paragraph in document.paragraphs]
    assert any("Anna and Bo coded 4 notes" in text for text in texts)
    assert len(document.inline_shapes) == 1


def test_words_have_no_order_of_their_own(tmp_path: Path) -> None:
    path = table(
        tmp_path / "s.csv", "id;a;b\n1;låg;medel\n2;hög;hög\n3;medel;medel\n4;låg;låg\n5;hög;medel\n"
    )
    with pytest.raises(RatingsError, match='--order "låg < medel < hög"'):
        find_ratings(path, level="ordinal")
    ordered = sa.read_ratings(path, order="låg < medel < hög")
    numbers = ordered.apply(lambda column: column.cat.codes + 1)
    assert sa.alpha(ordered, "ordinal") == pytest.approx(sa.alpha(numbers, "ordinal"))
    assert sa.alpha(ordered, "ordinal") != pytest.approx(sa.alpha(sa.read_ratings(path)))
    assert "Level: ordinal" in run(path, "--order", "låg < medel < hög")


@pytest.mark.parametrize(
    ("level", "order", "told"),
    [
        ("ordinal", "låg < hög", "lacks medel"),
        ("interval", None, "nobody has given the order"),
        ("masi", None, "for several codes per note"),
        ("near", None, "there is no level 'near'"),
    ],
)
def test_a_level_that_does_not_suit_is_refused(
    level: str, order: str | None, told: str, tmp_path: Path
) -> None:
    path = table(tmp_path / "s.csv", "id;a;b\n1;låg;medel\n2;hög;hög\n3;medel;medel\n4;låg;låg\n")
    with pytest.raises(RatingsError, match=told):
        find_ratings(path, level=level, order=order)


def test_numbers_are_scores_unless_they_are_said_to_be_codes(tmp_path: Path) -> None:
    path = table(tmp_path / "s.csv", "id;a;b\n1;1;2\n2;5;5\n3;3;3\n4;4;2\n5;2;2\n6;1;1\n")
    scores = sa.read_ratings(path)
    assert (scores.attrs["kind"], scores.attrs["level"]) == ("scale", "ordinal")
    assert any("read as scores" in line for line in scores.attrs["said"])
    assert sa.read_ratings(path, level="nominal").attrs["kind"] == "single"
    assert sa.read_ratings(path, level="interval")["a"].tolist() == [1, 5, 3, 4, 2, 1]


def test_a_file_that_is_called_text_is_nobodys_name(tmp_path: Path) -> None:
    texts = "\n".join(f"En lapp med nummer {n} om någonting;{'AB'[n % 2]}" for n in range(9))
    paths = [table(tmp_path / name, f"text;kod\n{texts}\n") for name in ("text.csv", "bo.csv")]
    assert list(sa.read_ratings(paths).columns) == ["coder 1", "bo"]


def test_a_variable_of_a_study_wins_over_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sa.Study.create(tmp_path / "s")
    monkeypatch.chdir(tmp_path / "s")
    table(Path("valence"), "id;a;b\n1;x;y\n2;x;x\n")
    assert "Nothing to compare yet" in run("valence")
    table(Path("other.csv"), "id;a;b\n1;x;y\n2;x;x\n")
    assert "2 coders" in run("other.csv")


def test_a_text_that_was_split_is_not_taken_for_another_column(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", "id;a;b\n1;x;y\n2;x; y;z\n3;x;x\n")
    with pytest.raises(sa.SekomError, match="row 3: "):
        find_ratings(path)


def test_a_single_coder_is_told_what_is_missing(tmp_path: Path) -> None:
    path = table(tmp_path / "anna.csv", "id;kod\n1;x\n2;y\n3;x\n4;y\n")
    with pytest.raises(sa.SekomError, match="not two coders' answers to one question"):
        find_ratings(path)


def test_columns_of_marks_are_one_coders_codes_unless_they_mark_the_same(tmp_path: Path) -> None:
    codes = table(tmp_path / "a.csv", "id;Tid;Stöd;Vilja\n1;x;;\n2;;x;\n3;;;x\n4;x;;x\n5;;x;\n")
    with pytest.raises(sa.SekomError, match="not two coders' answers"):
        find_ratings(codes)
    coders = table(tmp_path / "b.csv", "id;Eva;Bo;Li\n1;1;1;1\n2;0;0;0\n3;1;0;1\n4;1;1;1\n5;0;0;1\n")
    assert list(sa.read_ratings(coders).columns) == ["Eva", "Bo", "Li"]


def test_several_questions_are_told_apart(tmp_path: Path) -> None:
    for name, shift in (("anna", 0), ("bo", 1)):
        rows = [f"{n};{'xyz'[(n + shift * (n == 4)) % 3]};{n % 5 + 1}" for n in range(12)]
        table(tmp_path / f"{name}.csv", "\n".join(["id;kod;betyg", *rows]))
    found = find_ratings([tmp_path / "anna.csv", tmp_path / "bo.csv"])
    assert [(one.name, one.kind) for one in found.questions] == [("kod", "single"), ("betyg", "scale")]
    with pytest.raises(RatingsError, match="several questions: 'kod', 'betyg'"):
        found.question()


# --- the cases ----------------------------------------------------------------------------------------


def test_numbered_columns_are_one_coders_codes(cases: Path) -> None:
    ratings = sa.read_ratings([cases / "siblings-anna.csv", cases / "siblings-bo.csv"])
    assert list(ratings.columns) == ["anna", "bo"]
    assert ratings.attrs["kind"] == "multiple"
    assert (len(ratings), int((ratings["anna"] == ratings["bo"]).sum())) == (10, 9)


def test_repeated_texts_are_taken_in_order(cases: Path) -> None:
    ratings = sa.read_ratings(cases / "repeated-texts.xlsx")
    assert (len(ratings), int((ratings["Anna"] == ratings["Bo"]).sum())) == (8, 7)


def test_ordered_words_are_refused_with_their_order(cases: Path) -> None:
    with pytest.raises(RatingsError, match="låg < medel < hög"):
        find_ratings(cases / "ordered-words.xlsx", level="ordinal")


def test_any_coder_may_be_called_as_a_column_of_ours(tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": ["x", "y", "x", "y"], "note_id": list("xyyy"), "value": list("xyxx")})
    path = tmp_path / "t.csv"
    frame.to_csv(path, sep=";", index=False)
    ratings = sa.read_ratings(path)
    assert list(ratings.columns) == ["text", "note_id", "value"]
    assert "differ on 2 of 4" in run(path)
