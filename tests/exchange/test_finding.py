"""Whatever table of notes people have: what is what in it is found, and all that is left out is told."""

from __future__ import annotations

import datetime as dt
import random
import shutil
import subprocess
import time
from pathlib import Path

import pandas as pd
import pytest
import yaml
from openpyxl import Workbook
from openpyxl.styles import numbers

from sekom_analysis.basics.errors import StudyError, TableError
from sekom_analysis.basics.wording import Phrase
from sekom_analysis.cli import asking
from sekom_analysis.exchange import read_notes
from sekom_analysis.exchange.finding import UnclearError, looks_like_a_sum
from sekom_analysis.formats import other_books
from sekom_analysis.formats.encodings import recognised, words_of
from sekom_analysis.study.study import Study
from tests.exchange.made_tables import KINDS, book
from tests.test_cli import sekom

CASES = Path(__file__).parent / "cases"
SHARED = Path(__file__).parents[3] / "shared" / "cases"
OTHERS_CASES = {"agreement", "import", "export"}  # commands that are tested elsewhere


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_table_is_understood(tmp_path, kind, seed):
    right = KINDS[kind](tmp_path, random.Random(f"{kind} {seed}"))
    read = read_notes(right.path, **right.asked)
    assert read.notes["text"].tolist() == right.texts
    assert read.notes["note_id"].tolist() == right.ids
    assert f" {right.column}, " in read.lines[1]
    study = Study.create(tmp_path / "s", notes=right.path, **right.asked)
    assert study.notes["text"].tolist() == right.texts
    assert study.notes.index.tolist() == right.ids
    assert study.problems.empty


# Files of each kind that people have, with what is right for them


def cases() -> list[dict]:
    listed = yaml.safe_load((CASES / "cases.yaml").read_text(encoding="utf-8"))["cases"]
    return [case for case in listed if case["command"].startswith("sekom new")]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["file"])
def test_the_cases_give_what_is_right(tmp_path, case):
    shutil.copyfile(CASES / case["file"], tmp_path / case["file"])
    asked = ["--text", "Vad hindrar?,Vad hjälper?"] if case["file"] == "two-questions.xlsx" else []
    started = time.monotonic()
    code, out, err = sekom("new", "S", "--notes", case["file"], *asked, cwd=tmp_path)
    right = case["right"]
    if "refused" in right:
        assert (code, time.monotonic() - started < 10) == (1, True)
        assert case["file"] in err
        return
    assert code == 0, err
    notes = Study.open(tmp_path / "S").notes
    if "notes" in right:
        assert len(notes) == right["notes"]
        assert f"Notes: {right['notes']} from " in out
    if "first_text" in right:
        assert notes["text"].iloc[0] == right["first_text"]
    if "ids" in right:
        first, last = right["ids"].split("…")
        assert notes.index.tolist() == [str(n) for n in range(int(first), int(last) + 1)]
    if "left_out_empty" in right:
        assert f"cells without a text that were left out: {right['left_out_empty']} " in out
    if "question_column" in right:
        assert set(notes["question"]) == {"Vad hindrar?", "Vad hjälper?"}
    if "first_date" in right:
        assert notes["datum"].iloc[0] == right["first_date"]


def test_a_cell_far_away_is_refused_at_once():
    started = time.monotonic()
    with pytest.raises(TableError, match="cell XFD1048576 has 'text', far from everything else"):
        read_notes(CASES / "hostile-far-cell.xlsx")
    assert time.monotonic() - started < 1


@pytest.mark.skipif(not SHARED.is_dir(), reason="the cases are not on this machine")
def test_our_copies_are_those_that_came():
    for path in CASES.glob("*.*"):
        if path.name != "cases.yaml":
            assert path.read_bytes() == (SHARED / path.name).read_bytes()


# What is unclear is asked


def two_columns(folder: Path) -> Path:
    rows = [["Nr", "Vad hindrar?", "Vad hjälper?"]]
    rows += [[n, f"Det saknas pengar för plan {n}", f"Ledningen följer upp mål {n}"] for n in range(1, 5)]
    book(folder, {"Svar": rows}).save(folder / "e.xlsx")
    return folder / "e.xlsx"


def test_two_columns_that_could_be_the_texts_are_both_shown(tmp_path):
    with pytest.raises(UnclearError) as caught:
        read_notes(two_columns(tmp_path))
    assert caught.value.option == "text"
    assert [choice.value for choice in caught.value.choices] == [
        "Vad hindrar?",
        "Vad hjälper?",
        "Vad hindrar?,Vad hjälper?",
    ]
    assert "'Det saknas pengar för plan 1'; 'Det saknas pengar för plan 2'" in str(caught.value)
    for choice, n in zip(caught.value.choices, (4, 4, 8), strict=True):
        assert len(read_notes(tmp_path / "e.xlsx", text=choice.value).notes) == n


def test_without_a_terminal_the_command_for_each_choice_is_given(tmp_path):
    two_columns(tmp_path)
    code, _, err = sekom("new", "min studie", "--notes", "e.xlsx", "--title", "Två", cwd=tmp_path)
    assert code == 1
    command = '  sekom new "min studie" --notes e.xlsx --title "Två" --text "Vad hjälper?"'
    assert command.replace('"Två"', "Två") in err or command in err
    assert not (tmp_path / "min studie").exists()


def test_on_a_terminal_it_is_asked(tmp_path, monkeypatch):
    said = iter([7, 2])
    monkeypatch.setattr(asking, "_somebody_is_there", lambda: True)
    monkeypatch.setattr(asking.typer, "prompt", lambda *_, **__: next(said))
    wish = {"text": None, "all_rows": None}
    read = asking.notes_asked(two_columns(tmp_path), ["sekom"], wish, is_yes=False)
    assert read.notes["text"].iloc[0] == "Ledningen följer upp mål 1"


@pytest.mark.parametrize(("leave", "n"), [(True, 3), (False, 4)])
def test_on_a_terminal_a_sum_is_asked_about(tmp_path, monkeypatch, capsys, leave, n):
    rows = [["Lapp"], ["Tiden är knapp"], ["Målen är oklara"], ["Ingen äger frågan"], ["Summa: 3 lappar"]]
    book(tmp_path, {"A": rows}).save(tmp_path / "a.xlsx")
    monkeypatch.setattr(asking, "_somebody_is_there", lambda: True)
    monkeypatch.setattr(asking.typer, "confirm", lambda *_, **__: leave)
    read = asking.notes_asked(tmp_path / "a.xlsx", [], {"all_rows": None}, is_yes=False)
    assert len(read.notes) == n
    assert "row 5: 'Summa: 3 lappar'" in capsys.readouterr().out
    assert len(asking.notes_asked(tmp_path / "a.xlsx", [], {"all_rows": None}, is_yes=True).notes) == 3


def test_in_python_a_sum_is_an_error_until_it_is_decided(tmp_path):
    rows = [["Lapp"], ["Tiden är knapp"], ["Målen är oklara"], ["Totalt: 2"]]
    book(tmp_path, {"A": rows}).save(tmp_path / "a.xlsx")
    with pytest.raises(StudyError, match=r"(?s)No study was made.*looks like a sum.*row 4: 'Totalt: 2'"):
        Study.create(tmp_path / "s", notes=tmp_path / "a.xlsx")
    assert len(Study.create(tmp_path / "s", notes=tmp_path / "a.xlsx", all_rows=False).notes) == 2
    assert len(Study.create(tmp_path / "t", notes=tmp_path / "a.xlsx", all_rows=True).notes) == 3


def test_a_sum_that_is_left_out_is_printed(tmp_path):
    rows = [["Lapp"], ["Tiden är knapp"], ["Målen är oklara"], ["Totalt: 2"]]
    book(tmp_path, {"A": rows}).save(tmp_path / "a.xlsx")
    code, out, _ = sekom("new", "s", "--notes", "a.xlsx", cwd=tmp_path)
    assert code == 0
    assert "a.xlsx, row 4: 'Totalt: 2' looks like a sum or a remark and was left out" in out
    code, out, _ = sekom("new", "t", "--notes", "a.xlsx", "--all-rows", cwd=tmp_path)
    assert "Notes: 3 from a.xlsx" in out


@pytest.mark.parametrize(
    ("text", "is_sum"),
    [
        ("Summa: 60 lappar", True),
        ("TOTAL 12", True),
        ("n = 14", True),
        ("Antal svar: 8", True),
        ("Källa: kommunens enkät", True),
        ("Exporterad 2026-03-14", True),
        ("Totalt ointresse från ledningen", False),
        ("Summan av kardemumman är pengar", False),
        ("Antalet möten är för stort", False),
        ("Not my problem", False),
        ("", False),
    ],
)
def test_a_sum_is_told_from_a_note_that_begins_like_one(text, is_sum):
    assert looks_like_a_sum(text) is is_sum


def test_sheets_with_the_same_columns_are_asked_about(tmp_path):
    rows = [["Lapp"], ["Tiden är knapp"], ["Målen är oklara"]]
    book(tmp_path, {"Dag 1": rows, "Dag 2": [*rows, ["Ingen äger frågan"]]}).save(tmp_path / "a.xlsx")
    with pytest.raises(UnclearError) as caught:
        read_notes(tmp_path / "a.xlsx")
    assert [choice.value for choice in caught.value.choices] == ["Dag 1", "Dag 2"]
    read = read_notes(tmp_path / "a.xlsx", sheet="dag 2 ")
    assert len(read.notes) == 3
    assert "the sheet 'Dag 2' of a.xlsx" in read.lines[0] or "a.xlsx" in read.lines[0]


def test_another_sheet_is_told(tmp_path):
    sheets = {"Lappar": [["Lapp"], ["Tiden är knapp"]], "Koder": [["Kod", "Namn"], ["k1", "Tid"]]}
    book(tmp_path, sheets).save(tmp_path / "a.xlsx")
    told = [problem.what for problem in read_notes(tmp_path / "a.xlsx").told]
    assert told == ["the sheet 'Koder' was not read (rows: 1)"]


def test_a_first_row_that_may_be_a_note_is_asked_about(tmp_path):
    rows = [["Umeå", "Tiden är knapp i år"], ["Lund", "Målen är oklara"], ["Umeå", "Ingen äger frågan"]]
    book(tmp_path, {"A": rows}).save(tmp_path / "a.xlsx")
    code, _, err = sekom("new", "s", "--notes", "a.xlsx", cwd=tmp_path)
    assert code == 1
    assert "  sekom new s --notes a.xlsx --header 0" in err
    code, out, _ = sekom("new", "s", "--notes", "a.xlsx", "--header", "0", cwd=tmp_path)
    assert (code, "Notes: 3 from a.xlsx; there is no header" in out) == (0, True)


def test_a_title_that_is_called_as_texts_are_is_not_the_header(tmp_path):
    rows = [
        ["Lappar"],
        ["Bord 1", "Bord 2"],
        *[[f"Tiden är knapp {n}", f"Målen är oklara {n}"] for n in range(4)],
    ]
    book(tmp_path, {"A": rows}).save(tmp_path / "a.xlsx")
    read = read_notes(tmp_path / "a.xlsx", text="Bord 1,Bord 2")
    assert read.notes["question"].tolist()[:2] == ["Bord 1", "Bord 2"]
    assert "'Lappar' is above the header and was left out" in read.told[0].what


def test_a_note_with_a_remark_beside_it_is_not_the_header(tmp_path):
    rows = [
        ["Lapp", None],
        ["Tiden är knapp i år", "se bord 2"],
        ["Målen är oklara nu", None],
        ["Ingen vet", "?"],
    ]
    book(tmp_path, {"A": rows}).save(tmp_path / "a.xlsx")
    read = read_notes(tmp_path / "a.xlsx")
    assert (len(read.notes), list(read.notes)) == (3, ["note_id", "text", "B"])


def test_a_formula_in_the_row_of_a_sum_does_not_matter(tmp_path):
    rows = [["Nr", "Lapp"], *[[n, f"Tiden är knapp {n}"] for n in range(4)], ["Summa", "=COUNTA(B2:B5)"]]
    book(tmp_path, {"A": rows}).save(tmp_path / "a.xlsx")
    read = read_notes(tmp_path / "a.xlsx", all_rows=False)
    assert (len(read.notes), [problem.row for problem in read.told]) == (4, [6])


# What is named


def test_columns_are_named_in_any_case_by_letter_and_with_commas(tmp_path):
    rows = [["Nr", "Svar, fritt", "Notis"], [1, "Tiden är knapp", "kort"], [2, "Målen är oklara", "lång"]]
    book(tmp_path, {"A": rows}).save(tmp_path / "a.xlsx")
    for text, n in [("svar fritt", 2), ("Svar, fritt", 2), ("b", 2), ("Svar, fritt,notis", 4), (["C"], 2)]:
        assert len(read_notes(tmp_path / "a.xlsx", text=text).notes) == n
    with pytest.raises(UnclearError, match="There is no column 'finns inte'") as caught:
        read_notes(tmp_path / "a.xlsx", text="finns inte")
    assert [choice.value for choice in caught.value.choices] == ["Nr", "Svar, fritt", "Notis"]
    assert read_notes(tmp_path / "a.xlsx", id="notis").notes["note_id"].tolist() == ["kort", "lång"]


def test_a_header_can_be_named_and_be_none(tmp_path):
    rows = [["Viljan finns hos många"], ["Tiden är knapp i år"], ["Målen är oklara för oss"]]
    book(tmp_path, {"A": rows}).save(tmp_path / "a.xlsx")
    with pytest.raises(
        UnclearError, match=r"Row 1 of a.xlsx, 'Viljan finns hos många', could be a header"
    ) as caught:
        read_notes(tmp_path / "a.xlsx")
    assert [(caught.value.option, choice.value) for choice in caught.value.choices] == [
        ("header", "1"),
        ("header", "0"),
    ]
    assert len(read_notes(tmp_path / "a.xlsx", header=1).notes) == 2
    assert "the header is row 1" in read_notes(tmp_path / "a.xlsx", header=1).lines[0]
    read = read_notes(tmp_path / "a.xlsx", header=0)
    assert len(read.notes) == 3
    assert "there is no header" in read.lines[0]


def test_ids_that_are_not_unique_are_kept_as_a_column(tmp_path):
    book(tmp_path, {"A": [["Nr", "Lapp"], [1, "a b"], [1, "c d"]]}).save(tmp_path / "a.xlsx")
    read = read_notes(tmp_path / "a.xlsx")
    assert read.notes.to_dict("list") == {
        "note_id": ["N001", "N002"],
        "text": ["a b", "c d"],
        "Nr": ["1", "1"],
    }
    assert "'Nr' does not have a value of its own in each row" in read.told[0].what
    with pytest.raises(TableError, match=r"a.xlsx, row 3: the note_id '1' is already used in row 2"):
        read_notes(tmp_path / "a.xlsx", id="Nr")


def test_columns_called_as_ours_are_kept_under_another_name(tmp_path):
    rows = [["text", "lapp", "question"], ["kort", "Tiden är knapp", "1"], ["lång", "Målen är oklara", "2"]]
    book(tmp_path, {"A": rows}).save(tmp_path / "a.xlsx")
    read = read_notes(tmp_path / "a.xlsx", text="lapp")
    assert list(read.notes) == ["note_id", "text", "text (2)", "question"]
    assert "'text' is called 'text (2)' in the study" in str(read)


# What is told


def test_hidden_rows_duplicates_and_dashes_are_told(tmp_path):
    rows = [["Lapp"], ["Tiden är knapp"], ["Målen är oklara"], ["–"], [None], ["Tiden  är knapp"]]
    made = book(tmp_path, {"A": [[*row, "x"] for row in rows]})
    made["A"].row_dimensions[3].hidden = True
    made.save(tmp_path / "a.xlsx")
    read = read_notes(tmp_path / "a.xlsx")
    assert len(read.notes) == 3
    assert [problem.what.key for problem in read.told] == [
        "problem_found_empty",
        "problem_found_dashes",
        "problem_found_hidden",
        "problem_found_same",
    ]
    for words in ("(rows 5)", "(rows 4)", "(rows 3)", "'Tiden är knapp' (rows 2, 6)"):
        assert words in str(read)


def test_dates_and_percentages_among_other_labels_are_told_with_their_cells(tmp_path):
    made = Workbook()
    sheet = made.active
    for row in [
        ["Lapp", "Bord", "Andel"],
        ["Tiden är knapp", "3-4", "mest"],
        ["Målen är oklara", "5", "minst"],
    ]:
        sheet.append(row)
    sheet.append(["Ingen äger frågan", pd.Timestamp("2026-02-01").to_pydatetime(), 0.5])
    sheet["C4"].number_format = numbers.FORMAT_PERCENTAGE
    made.save(tmp_path / "a.xlsx")
    told = "\n".join(problem.what for problem in read_notes(tmp_path / "a.xlsx").told)
    assert "cell B4 is a date (2026-02-01)" in told
    assert "cell C4 is shown in percent in Excel but is the number 0.5" in told


def test_dates_in_a_column_of_dates_are_no_news(tmp_path):
    made = Workbook()
    made.active.append(["Lapp", "Dag"])
    for text in ("Tiden är knapp", "Målen är oklara"):
        made.active.append([text, pd.Timestamp("2026-02-01").to_pydatetime()])
    made.save(tmp_path / "a.xlsx")
    assert read_notes(tmp_path / "a.xlsx").told == ()


def test_an_error_matters_only_in_a_column_that_is_used(tmp_path):
    rows = [["Lapp", "Längd"], *[[f"Tiden är knapp i plan {n}", f"=LEN(A{n})"] for n in range(40)]]
    book(tmp_path, {"A": rows}).save(tmp_path / "a.xlsx")
    read = read_notes(tmp_path / "a.xlsx")
    assert (len(read.notes), len(read.told)) == (40, 1)
    assert read.told[0].what.startswith("cells of the column 'Längd' that cannot be read: 40, ")
    with pytest.raises(TableError, match=r"(?s)a.xlsx, row 2: cell B2 has a formula.*and 20 more cells"):
        read_notes(tmp_path / "a.xlsx", id="Längd")


def test_at_most_ten_of_a_kind_are_told_and_the_rest_with_their_rows(tmp_path):
    rows = [["note_id", "text"], *[["samma", f"Tiden är knapp i plan {n}"] for n in range(102)]]
    book(tmp_path, {"A": rows}).save(tmp_path / "mina lappar.xlsx")
    with pytest.raises(StudyError) as caught:
        Study.create(tmp_path / "s", notes=tmp_path / "mina lappar.xlsx")
    lines = str(caught.value).splitlines()
    assert len([line for line in lines if "already used" in line]) == 10
    assert "and 91 more of the same kind (rows 13–103)" in lines[-1]
    assert "notes.csv" not in str(caught.value)


def test_all_is_said_in_swedish_too(tmp_path):
    right = KINDS["titled"](tmp_path, random.Random(3))
    read = read_notes(right.path, **right.asked)
    for line in read.lines:
        assert isinstance(line, Phrase)
        assert line.in_("sv") != line
    assert read.lines[1].in_("sv").startswith("Texter: kolumn B")
    assert "efter namnet" in read.lines[1].in_("sv")
    assert all(problem.in_("sv").what != problem.what for problem in read.told)


# Letters


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850", "utf-8"])
@pytest.mark.parametrize(
    "text",
    [
        "är", "På mötet saknades mål", "öka miljön", "Örebro", "Älvsborg", "en idé", "FÖR LÅG BUDGET",
        "Åre är kallt", "Ådalen, Äpple och Öl", "Köp kaffe på caféet",
    ],
)  # fmt: skip
def test_letters_are_known_by_their_neighbours(text, encoding):
    found = recognised(text.encode(encoding))
    assert (found.text, found.encoding, found.rivals) == (text, encoding, ())


@pytest.mark.parametrize("text", ["Zażółć gęślą jaźń", "Příliš žluťoučký kůň", "Árvíztűrő tükörfúrógép"])
def test_letters_from_central_europe_are_known_too(text):
    assert recognised(text.encode("cp1250")).text == text


@pytest.mark.parametrize("wrong", ["cp1252", "mac_roman", "cp850"])
def test_letters_encoded_twice_are_those_that_were_meant(wrong):
    text = "På mötet är åäö, Åre och Ä"
    found = recognised(text.encode().decode(wrong).encode())
    assert (found.text, found.is_doubled) == (text, True)


def test_a_text_about_garbled_letters_stays_as_it_is():
    text = "bokstäverna på skärmen blev Ã¥ när vi öppnade"
    found = recognised(text.encode())
    assert (found.text, found.is_doubled, found.garbled) == (text, False, 1)


@pytest.mark.parametrize(
    "text", ["”Hej” sa han – och gick", "don’t “quote” it’s", "100 € – “x”…", "§ 4, 20 °C"]
)
def test_quotes_and_signs_of_windows_stay(text):
    assert recognised(text.encode("cp1252"))[:3] == (text, "cp1252", ())


def test_letters_in_doubt_are_asked_about_with_words_as_they_would_read(tmp_path):
    (tmp_path / "a.csv").write_bytes("text;b\n”hej” sa hon;1\nplan;2\n".encode("cp1252"))
    with pytest.raises(UnclearError) as caught:
        read_notes(tmp_path / "a.csv")
    assert caught.value.option == "encoding"
    assert {"cp850", "cp1252"} <= {choice.value for choice in caught.value.choices}
    assert "'öhejö'" in str(caught.value)
    assert read_notes(tmp_path / "a.csv", encoding="cp850").notes["text"].iloc[0] == "öhejö sa hon"
    with pytest.raises(TableError, match="there is no encoding 'klingon'"):
        read_notes(tmp_path / "a.csv", encoding="klingon")


def test_a_study_whose_own_file_is_in_another_encoding_says_so_and_reads_as_before(tmp_path):
    study = Study.create(tmp_path / "s")
    data = "note_id;text\nn1;På mötet saknades mål\nn2;För lite tid är kvar\n".encode("mac_roman")
    (study.root / "data/raw/notes.csv").write_bytes(data)
    opened = Study.open(study.root)
    assert opened.notes["text"].iloc[0] == data.decode("cp1252").splitlines()[1][3:]
    said = opened.list_problems()[0]
    assert (
        said.what
        == "its letters are read as cp1252 but look like mac_roman, which would read 'På', 'mötet', 'mål'"
    )
    assert "åäö" not in said.in_("sv").what


def test_a_hundred_thousand_rows_take_less_than_ten_seconds(tmp_path):
    lines = [f"{n};Det saknas pengar för plan {n % 977} i år {n};{n % 7}" for n in range(100_000)]
    (tmp_path / "a.csv").write_bytes("\n".join(["nr;vad hindrar er?;bord", *lines]).encode("mac_roman"))
    started = time.process_time()
    assert len(read_notes(tmp_path / "a.csv").notes) == 100_000
    assert time.process_time() - started < 10


def test_hidden_columns_that_are_taken_are_told(tmp_path):
    made = Workbook()
    for row in [["text", "Namn", "Tom"], ["Ojämn nivå", "Eva", None], ["Viljan finns", "Bo", None]]:
        made.active.append(row)
    for column in "BC":
        made.active.column_dimensions[column].hidden = True
    made.save(tmp_path / "a.xlsx")
    told = [one for one in read_notes(tmp_path / "a.xlsx").told if "hidden" in one.what]
    assert [one.what for one in told] == ["columns that are hidden in Excel, and were taken: 'Namn'"]
    assert "”Namn”" in told[0].in_("sv").what


# LibreOffice's and Excel's old workbooks


@pytest.fixture(scope="module")
def by_office(tmp_path_factory) -> Path:
    """A workbook as LibreOffice saves it in other formats."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not there")
    folder = tmp_path_factory.mktemp("office")
    rows = [["Alla lappar"], [], ["Nr", "Lapp", "Dag"]]
    rows += [[n, f"Tiden är knapp {n}", dt.datetime(2026, 3, n)] for n in (1, 2, 3)]
    book(folder, {"Om": [], "Lappar": rows}).save(folder / "a.xlsx")
    for kind in ("ods", "xls"):
        command = [
            office,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            kind,
        ]
        subprocess.run([*command, "--outdir", folder, folder / "a.xlsx"], check=True, timeout=120)
    return folder


@pytest.mark.parametrize("kind", ["ods", "xls"])
def test_other_workbooks_are_read_as_xlsx_is(by_office, tmp_path, kind):
    pytest.importorskip("python_calamine")
    read, same = read_notes(by_office / f"a.{kind}"), read_notes(by_office / "a.xlsx")
    assert read.notes.equals(same.notes)
    assert read.notes["Dag"].tolist() == ["2026-03-01", "2026-03-02", "2026-03-03"]
    study = Study.create(tmp_path / "s", notes=by_office / f"a.{kind}")
    assert study.notes.index.tolist() == ["1", "2", "3"]
    with pytest.raises(TableError, match="does not have a sheet 'Finns ej'; name one of: 'Om', 'Lappar'"):
        read_notes(by_office / f"a.{kind}", sheet="Finns ej")


def test_what_ends_or_stops_the_reader_of_other_workbooks_is_told(tmp_path, monkeypatch):
    pytest.importorskip("python_calamine")
    (tmp_path / "a.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 2_000)
    with pytest.raises(TableError, match="it is damaged, protected by a password, or not what its name says"):
        read_notes(tmp_path / "a.xls")
    monkeypatch.setattr(other_books, "SECONDS", 0.01)
    with pytest.raises(TableError, match=r"it took more than 0.01 seconds to read"):
        read_notes(tmp_path / "a.xls")


def test_without_their_reader_other_workbooks_are_refused_with_the_way_out(tmp_path, monkeypatch):
    monkeypatch.setattr(other_books, "find_spec", lambda name: None)
    (tmp_path / "a.ods").write_bytes(b"x")
    with pytest.raises(TableError, match=r"save it as .xlsx, or install it: pip install python-calamine"):
        read_notes(tmp_path / "a.ods")


def test_one_long_run_of_letters_is_looked_through_once():
    """As a study is opened: once for each letter, a text of 400,000 would take an hour."""
    run = "x" * 400_000
    assert words_of(f"{run[:-20]} mål på") == ["mål", "på"]
    assert recognised(run.encode() + " mål på sjön".encode("cp1252")).encoding == "cp1252"
