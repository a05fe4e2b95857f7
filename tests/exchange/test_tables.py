from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from sekom_analysis.basics.errors import NotSavedError, TableError
from sekom_analysis.basics.files import replace_file
from sekom_analysis.formats.tables import check_table, read_table, write_table

ENCODINGS = ["utf-8", "utf-8-sig", "cp1252", "utf-16"]
UNREADABLE_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

signs = st.one_of(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"),
    st.sampled_from(list(";,\t\"\r\n =+-@'|_x0åäöÅÄÖé€…😀\ufeff\u2028")),
)
cells = st.one_of(
    st.text(signs, max_size=12),
    st.sampled_from(
        ["007", "=1+1", "+46", "-1", "@a", "NA", "nan", "None", "#N/A", "1e5", "2016-05-12", "TRUE"]
    ),
)
rows_of_cells = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), max_size=6)
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tables")


def save(folder, data, name="notes.csv"):
    path = Path(folder) / name
    path.write_bytes(data)
    return path


def problems_of(folder, data, name="notes.csv"):
    _, problems = check_table(save(folder, data, name))
    return [(problem.row, problem.what) for problem in problems]


def book(folder, rows, name="notes.xlsx", change=None):
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    if change:
        change(made.active)
    path = Path(folder) / name
    made.save(path)
    return path


def edited(path, part, old, new):
    """Replace bytes inside one part of a workbook."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def numbered(frame):
    return [[row, *values] for row, values in zip(frame.index, frame.to_numpy().tolist(), strict=True)]


def as_written(names, rows):
    return [[place, *row] for place, row in enumerate(rows, start=2) if any(text.strip() for text in row)]


# Reading text tables


@pytest.mark.parametrize("encoding", [*ENCODINGS, "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_tables_as_excel_writes_them(folder, encoding, delimiter, end):
    lines = ["note_id;text;stage", '007;"Ojämn; nivå,\tmen ""bra"" – så";B', "NA;;nan"]
    text = end.join(re.sub(r";(?=[^ ])", delimiter, line) for line in lines) + end
    text = ("\ufeff" if encoding == "utf-16-be" else "") + text
    frame = read_table(save(folder, text.encode(encoding)))
    assert list(frame.columns) == ["note_id", "text", "stage"]
    assert numbered(frame) == [[2, "007", 'Ojämn; nivå,\tmen "bra" – så', "B"], [3, "NA", "", "nan"]]
    assert {str(kind) for kind in frame.dtypes} == {"str"}
    assert frame.index.name == "row"


def test_rows_are_numbered_as_a_spreadsheet_does(folder):
    text = 'note_id;text\r\nB1;"två\nrader"\r\n\r\n;\r\nB2;"a\r\n\r\nb"\r\nB3;c\r\n;\r\n\r\n'
    assert numbered(read_table(save(folder, text.encode()))) == [
        [2, "B1", "två\nrader"],
        [5, "B2", "a\r\n\r\nb"],
        [6, "B3", "c"],
    ]


def test_blank_columns_at_the_right_and_spaces_around_names_go(folder):
    frame = read_table(save(folder, b" note_id ;text; ;\r\nB1; a ;;\r\nB2;b\r\n"))
    assert list(frame.columns) == ["note_id", "text"]
    assert numbered(frame) == [[2, "B1", " a "], [3, "B2", "b"]]


def test_a_file_of_one_column_keeps_its_commas(folder):
    text = "text\nkunskap, resurser\nsystemsyn; samverkan\n\nen\ttabb\n"
    assert numbered(read_table(save(folder, text.encode()))) == [
        [2, "kunskap, resurser"],
        [3, "systemsyn; samverkan"],
        [5, "en\ttabb"],
    ]


def test_the_delimiter_is_the_one_that_suits_the_rows(folder):
    text = "note_id;kunskap, nyckeltal, resurser\r\nB1;a\r\nB2;b, c\r\n"
    assert list(read_table(save(folder, text.encode())).columns) == [
        "note_id",
        "kunskap, nyckeltal, resurser",
    ]
    text = "note_id,text; svenska,källa\r\nB1,a; b,x\r\n"
    assert list(read_table(save(folder, text.encode())).columns) == ["note_id", "text; svenska", "källa"]
    text = "note_id;text, svenska\r\nB1;a, b\r\nB2;c, d, e\r\n"
    assert list(read_table(save(folder, text.encode())).columns) == ["note_id", "text, svenska"]
    # the right delimiter wins though one of its rows is broken
    text = "note_id;text, sv;stage\r\nB1;a, b;B\r\nB2;c\r\nB3;d;B\r\n"
    assert problems_of(folder, text.encode()) == [(3, "it has 2 of the 3 cells that the header names")]


def test_the_delimiter_that_the_file_names_is_taken_and_not_counted(folder):
    assert numbered(read_table(save(folder, b"sep=,\r\na,b;c\r\n1,2\r\n"))) == [[2, "1", "2"]]


def test_a_quote_inside_an_unquoted_cell_is_a_sign_like_others(folder):
    assert numbered(read_table(save(folder, b'a;b\r\n5" skruv;x\r\n'))) == [[2, '5" skruv', "x"]]


def test_a_header_alone_is_a_table_without_rows(folder):
    frame = read_table(save(folder, b"note_id;text\r\n"))
    assert frame.shape == (0, 2)
    assert list(frame.columns) == ["note_id", "text"]


def excel_blocks(n_rows, last_comment):
    """A text table with the last cell left out of 16-row blocks that have no comment."""
    rows = ["note_id;text;comment"]
    for row in range(2, n_rows + 1):
        block_has_comment = (row - 1) // 16 == 0 or (row - 1) // 16 == (last_comment - 1) // 16
        rows.append(f"B{row};t" + ((";x" if row == last_comment else ";") if block_has_comment else ""))
    return "\r\n".join(rows) + "\r\n"


def test_last_cells_that_excel_leaves_out_of_whole_blocks_of_16_rows_come_back(folder):
    frame = read_table(save(folder, excel_blocks(60, last_comment=40).encode()))
    assert len(frame) == 59
    assert frame.loc[frame["comment"] != ""].index.tolist() == [40]


def test_short_rows_that_excel_did_not_make_are_problems(folder):
    text = excel_blocks(60, last_comment=40)
    short = text.replace("B35;t;", "B35;t")
    assert problems_of(folder, short.encode()) == [(35, "it has 2 of the 3 cells that the header names")]
    cut_off = text.removesuffix("\r\n")
    assert [row for row, _ in problems_of(folder, cut_off.encode())] == [*range(17, 33), *range(49, 61)]
    by_hand = text.replace("\r\n", "\n")
    assert len(problems_of(folder, by_hand.encode())) == 28


def test_every_problem_of_a_text_table_is_listed_at_once(folder):
    text = 'id;id; ;text\r\n1;2;3;4;5\r\n1;2\r\n"a"b;2;3;4\r\n1;2;3;4\r\n1;2;3;"open\r\n1;2;3;4\r\n'
    path = save(folder, text.encode())
    with pytest.raises(TableError) as error:
        read_table(path)
    assert str(error.value).splitlines() == [
        f"'{path}' could not be read as a table:",
        "- notes.csv, row 1: column C has no name; name it, or remove the column.",
        "- notes.csv, row 1: 2 columns are named 'id' (A, B); give each a name of its own.",
        "- notes.csv, row 2: it has a cell '5' beyond the 4 that the header names; "
        "name its column, or put a text that contains the delimiter in quotes.",
        "- notes.csv, row 3: it has 2 of the 4 cells that the header names; "
        "add the missing cells, or put a text that contains line breaks in quotes.",
        '- notes.csv, row 4: text follows after a closing "; '
        'put the whole cell in quotes and double each " inside.',
        '- notes.csv, row 6: a quote (") opens and is never closed; close it, or remove it.',
        "Nothing was changed.",
    ]
    frame, _ = check_table(path)
    assert list(frame.columns) == ["id", "text"]


def test_a_quote_that_never_closes_in_a_large_file(folder):
    text = 'note_id;text\nB1;"open\n' + "B2;a long enough text\n" * 20_000
    assert problems_of(folder, text.encode()) == [(2, 'a quote (") opens and is never closed')]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", (None, "it is empty")),
        (b"\xef\xbb\xbf", (None, "it is empty")),
        (b"\r\n ; ;\r\n", (None, "it is empty")),
        (b"\x89PNG\r\n\x1a\n\x00\x00", (None, "it is not a text file")),
        (b"PK\x03\x04abc", (None, "it is a workbook, though its name says that it is a text table")),
        (
            "a;b\r\nå;1\r\n".encode() + b"x;\xe4\r\n",
            (
                3,
                "the byte 0xe4 is not UTF-8, though the rest of the file is, "
                "so it is not clear which letters are meant",
            ),
        ),
        (
            b'\xef\xbb\xbfa;b\r\n"x\r\ny";\xe4\r\n',
            (2, "the byte 0xe4 is not UTF-8, so it is not clear which letters are meant"),
        ),
        (
            b"\xef\xbb\xbfa;b\r\n\xe4;x\r\n",
            (2, "the byte 0xe4 is not UTF-8, so it is not clear which letters are meant"),
        ),
        (
            b"a;b\r\n\xe4;\x81\r\n",
            (2, "the byte 0x81 is not UTF-8 or Windows-1252, so it is not clear which letters are meant"),
        ),
        (
            b"\xff\xfea\x00\x00\xd8",
            (1, "the byte 0x00 is not UTF-16, so it is not clear which letters are meant"),
        ),
    ],
)
def test_files_that_are_no_text_tables(folder, data, problem):
    assert problems_of(folder, data) == [problem]


@pytest.mark.parametrize(
    ("name", "what", "todo"),
    [
        ("old.xls", "it is in Excel's old format", "save it as .xlsx"),
        ("n.ods", "tables are read from .xlsx, .csv, .tsv and .txt, not from '.ods'", "save it as .xlsx or"),
        ("n.xlsx", "it is not an Excel workbook", "save it as .xlsx; if it is a text table, name it .csv"),
    ],
)
def test_kinds_of_file_that_are_not_read(folder, name, what, todo):
    with pytest.raises(TableError, match=re.escape(f"{name}: {what}; {todo}")):
        read_table(save(folder, b"a;b\r\n1;2\r\n", name))


def test_missing_files_folders_and_locked_files(folder, monkeypatch):
    with pytest.raises(TableError, match=r"none\.csv: there is no such file; check the name and the folder"):
        read_table(folder / "none.csv")
    with pytest.raises(TableError, match="it is a folder; name a file in it"):
        read_table(folder)

    def locked(self):
        raise PermissionError(13, "Permission denied")

    path = save(folder, b"a;b\r\n")
    monkeypatch.setattr(Path, "read_bytes", locked)
    with pytest.raises(
        TableError, match=r"open in another program, or you may not read it; close it there \(Excel\?\)"
    ):
        read_table(path)


def test_a_text_table_has_no_sheets(folder):
    with pytest.raises(TableError, match="a text table does not have a sheet 'Blad1'; leave the sheet out"):
        read_table(save(folder, b"a;b\r\n"), sheet="Blad1")


@given(data=st.binary(max_size=60) | st.text('";,\t\r\n aå', max_size=60).map(str.encode))
@settings(deadline=None)
def test_any_bytes_give_a_table_or_problems(folder, data):
    frame, problems = check_table(save(folder, data))
    assert frame.columns.is_unique
    assert problems or frame.shape[1] >= 1


# Reading workbooks


def test_cells_of_a_workbook_are_texts(folder):
    path = book(
        folder,
        [
            ["note_id", "n", "when"],
            ["007", 7, dt.date(2016, 5, 12)],
            [],
            [7.5, True, dt.datetime(2016, 5, 12, 13, 30)],
            ["NA", 0.1 + 0.2, None, "  "],
            [None, "#N/A text", dt.time(8, 15)],
            ["", None],
        ],
    )
    assert numbered(read_table(path)) == [
        [2, "007", "7", "2016-05-12"],
        [4, "7.5", "TRUE", "2016-05-12T13:30:00"],
        [5, "NA", "0.3", ""],
        [6, "", "#N/A text", "08:15:00"],
    ]


def test_sheets_by_name_and_the_first_by_default(folder):
    def second(sheet):
        sheet.parent.create_sheet("Åtgärder").append(["text"])

    path = book(folder, [["a", "b"]], change=second)
    assert list(read_table(path).columns) == ["a", "b"]
    assert list(read_table(path, sheet="Åtgärder").columns) == ["text"]
    with pytest.raises(TableError, match="it does not have a sheet 'x'; name one of: 'Sheet', 'Åtgärder'"):
        read_table(path, sheet="x")


def test_formulas_are_not_run(folder):
    path = book(folder, [["a", "b"], ["=1+1", '=""'], ["x", "=2+2"]])
    part = "xl/worksheets/sheet1.xml"
    edited(
        path,
        part,
        b"<f>1+1</f><v></v>" if _has(path, part, b"<f>1+1</f><v></v>") else b"<f>1+1</f><v />",
        b"<f>1+1</f><v>41</v>",
    )
    edited(path, part, b'<c r="B2">', b'<c r="B2" t="str">')
    assert problems_of(folder, path.read_bytes(), "notes.xlsx") == [
        (3, "cell B3 has a formula whose result was never stored")
    ]
    frame, _ = check_table(path)
    assert numbered(frame) == [[2, "41", ""], [3, "x", ""]]


def _has(path, part, data):
    with zipfile.ZipFile(path) as archive:
        return data in archive.read(part)


def test_a_cell_merged_over_rows_counts_for_each_of_them(folder):
    def merge(sheet):
        sheet.merge_cells("B2:B4")
        sheet.merge_cells("A6:B6")
        sheet.merge_cells("A1:A1")

    rows = [["note_id", "källa"], ["B1", "2016"], ["B2"], ["B3"], ["B4", "2018"], ["B5"]]
    assert numbered(read_table(book(folder, rows, change=merge))) == [
        [2, "B1", "2016"],
        [3, "B2", "2016"],
        [4, "B3", "2016"],
        [5, "B4", "2018"],
        [6, "B5", ""],
    ]


def test_a_merged_header_makes_no_row(folder):
    rows = [["note_id", "text"], [], ["B1", "a"]]
    path = book(folder, rows, change=lambda sheet: sheet.merge_cells("A1:A2"))
    assert numbered(read_table(path)) == [[3, "B1", "a"]]


def test_every_problem_of_a_workbook_is_listed_at_once(folder):
    path = book(folder, [["a", "a", None, "b"], [1, 2, 3, 4, "5"], [1], ["#REF!"]])
    assert problems_of(folder, path.read_bytes(), "notes.xlsx") == [
        (1, "column C has no name"),
        (1, "2 columns are named 'a' (A, B)"),
        (2, "it has a cell '5' beyond the 4 that the header names"),
        (4, "cell A4 shows Excel's error #REF!"),
    ]


def test_styled_but_empty_cells_and_a_wrong_size_do_not_count(folder):
    def style(sheet):
        sheet["F2000"].number_format = "@"

    path = book(folder, [["a", "b"], ["1", "2"]], change=style)
    edited(path, "xl/worksheets/sheet1.xml", b'<dimension ref="A1:F2000"', b'<dimension ref="A1:A1"')
    assert numbered(read_table(path)) == [[2, "1", "2"]]


def test_line_breaks_as_excel_stores_them(folder):
    path = book(folder, [["a"], ["två_x000D_\nrader"]])
    assert numbered(read_table(path)) == [[2, "två\nrader"]]


def test_an_empty_workbook(folder):
    assert problems_of(folder, book(folder, []).read_bytes(), "notes.xlsx") == [(None, "it is empty")]


def test_workbooks_that_cannot_be_opened(folder):
    whole = book(folder, [["a", "b"], ["1", "2"]]).read_bytes()
    protected = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
    assert problems_of(folder, protected, "n.xlsx") == [
        (None, "it is protected by a password, or in Excel's old format")
    ]
    for data in (whole[:200], whole[: len(whole) // 2], b"PK\x03\x04" + bytes(100)):
        [(row, what)] = problems_of(folder, data, "n.xlsx")
        assert row is None
        assert what.startswith("it is damaged or not an archive (")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    [(_, what)] = problems_of(folder, made.getvalue(), "n.xlsx")
    assert what.startswith("it is damaged or not an Excel workbook (there is no 'xl/workbook.xml' in it)")


@given(place=st.integers(0, 5_000), value=st.integers(0, 255))
@settings(max_examples=60, deadline=None)
def test_a_damaged_workbook_gives_a_table_or_problems(folder, place, value):
    data = bytearray(book(folder, [["a", "b"], ["1", "=2"]]).read_bytes())
    data[place % len(data)] = value
    check_table(save(folder, bytes(data), "n.xlsx"))


# Round trips


@given(rows=rows_of_cells, encoding=st.sampled_from(ENCODINGS), delimiter=st.sampled_from(";,\t"))
@example(rows=[["å", "Ã\u00a5"]], encoding="utf-8", delimiter=";")
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_texts_of_other_programs_come_back(folder, rows, encoding, delimiter):
    names = [f"n{place}" for place in range(len(rows[0]) if rows else 2)]
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows([names, *rows])
    try:
        data = text.getvalue().encode(encoding)
    except UnicodeEncodeError:
        assume(False)
    if encoding == "cp1252":  # bytes that read as UTF-8 cannot be told from it
        assume(not re.search(rb"[\xc2-\xf4][\x80-\xbf]", data))
    rows = [[re.sub(r"^'('*[=+@\t\r-])", r"\1", text) for text in row] for row in rows]
    assert numbered(read_table(save(folder, data))) == as_written(names, rows)


@given(rows=rows_of_cells, plain=st.booleans())
@example(rows=[["sep=,"]], plain=True)
@example(rows=[["=1+1", "'=1+1", "''@a", "-3"], ["'-3", "\tx", "\rx", "'"]], plain=False)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_texts_written_as_csv_come_back(folder, rows, plain):
    width = len(rows[0]) if rows else 2
    names = ["sep=|", 'a "b", c\td;e', "två\nrader", "x"][:width]
    path = write_table(pd.DataFrame(rows, columns=names, dtype="str"), folder / "out.csv", plain=plain)
    frame = read_table(path)
    assert list(frame.columns) == names
    assert numbered(frame) == as_written(names, rows)


@given(rows=rows_of_cells)
@example(rows=[["_x000D_", "_x0041_x0042_", "=1+1", "#N/A"]])
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_texts_written_as_xlsx_come_back_or_are_refused(folder, rows):
    names = [f"n{place}" for place in range(len(rows[0]) if rows else 2)]
    frame = pd.DataFrame(rows, columns=names, dtype="str")
    path = folder / "out.xlsx"
    if any(UNREADABLE_IN_XML.search(text) for row in rows for text in row):
        with pytest.raises(TableError, match=r"cell [A-D][2-7] has the character U\+00|U\+FFF[EF]"):
            write_table(frame, path)
        return
    lines = [[re.sub("\r\n?", "\n", text) for text in row] for row in rows]
    assert numbered(read_table(write_table(frame, path))) == as_written(names, lines)


# Writing


def test_line_breaks_in_a_workbook_are_those_of_excel(folder):
    path = write_table(pd.DataFrame({"a": ["x\r\ny\rz"]}), folder / "out.xlsx")
    with zipfile.ZipFile(path) as archive:
        assert b">x\ny\nz<" in archive.read("xl/worksheets/sheet1.xml")


def test_csv_for_swedish_excel_and_for_others(folder):
    frame = pd.DataFrame(
        {"note_id": ["007", "B2"], "n": [6, None], "x": [0.1 + 0.2, 2.0], "t": ["a;b", 'c "d"\ne']},
        index=pd.Index(["p", "q"], name="left out"),
    )
    write_table(frame, folder / "a.csv")
    assert (folder / "a.csv").read_bytes() == (
        b'\xef\xbb\xbfnote_id;n;x;t\r\n007;6;0.30000000000000004;"a;b"\r\nB2;;2;"c ""d""\ne"\r\n'
    )
    write_table(frame[["note_id", "t"]], folder / "a.csv", plain=True)
    assert (folder / "a.csv").read_bytes() == b'note_id,t\r\n007,"a;b"\r\nB2,"c ""d""\ne"\r\n'


FORMULAS = ["=1+1", "+46 70", "- en punkt", "@a", "\tx", "'=1"]


@pytest.mark.parametrize("plain", [True, False])
def test_a_text_like_a_formula_stands_in_csv_as_text_and_a_number_as_number(folder, plain):
    numbers = ["-3", "-0,5", "+1", "-1.5e-07", "en text", "'citat'"]
    path = write_table(
        pd.DataFrame({"t": FORMULAS, "s": numbers, "n": [-1, -2, 3, 4, 5, 6]}), folder / "f.csv", plain=plain
    )
    text = path.read_bytes().decode("utf-8-sig")
    stored = list(csv.reader(io.StringIO(text, newline=""), delimiter="," if plain else ";"))
    assert [row[0] for row in stored[1:]] == [f"'{formula}" for formula in FORMULAS]
    assert [row[1] for row in stored[1:]] == numbers
    assert [row[2] for row in stored[1:]] == ["-1", "-2", "3", "4", "5", "6"]
    assert list(read_table(path)["t"]) == FORMULAS


def test_xlsx_holds_numbers_as_numbers_and_all_texts_as_texts(folder):
    texts = ["=1+1", "+46", "-1", "@a", "007", "#N/A", "2016-05-12"]
    frame = pd.DataFrame({"text": texts, "n": [1, 2, 3, 4, 5, 6, None], "when": pd.Timestamp("2016-05-12")})
    path = write_table(frame, folder / "out.xlsx")
    sheet = openpyxl.load_workbook(path).active
    assert [cell.data_type for cell in sheet["A"]] == ["s"] * 8
    assert [cell.value for cell in sheet["A"]] == ["text", *texts]
    assert [cell.value for cell in sheet["B"]] == ["n", 1, 2, 3, 4, 5, 6, None]
    assert {cell.value for cell in sheet["C"][1:]} == {"2016-05-12"}


def test_what_a_file_cannot_hold_is_listed_and_nothing_is_written(folder):
    frame = pd.DataFrame({"a": ["x\x00", "ok", "y" * 32_768], "b": ["\x01", "😀" * 16_384, "z"]})
    path = folder / "refused.xlsx"
    with pytest.raises(TableError) as error:
        write_table(frame, path)
    assert re.findall(r"row (\d): cell (\w+) has (.*?);", str(error.value)) == [
        ("2", "A2", "the character U+0000, which such a file cannot hold"),
        ("2", "B2", "the character U+0001, which such a file cannot hold"),
        ("3", "B3", "32,768 characters, and a workbook's cell holds 32,767"),
        ("4", "A4", "32,768 characters, and a workbook's cell holds 32,767"),
    ]
    assert "Nothing was saved." in str(error.value)
    with pytest.raises(TableError, match=r"cell A2 has the character U\+0000"):
        write_table(frame, folder / "refused.csv")
    with pytest.raises(TableError, match=r"2 columns are named 'a' \(A, C\)"):
        write_table(pd.DataFrame([["1", "2", "3"]], columns=["a", "b", "a"]), folder / "refused.csv")
    with pytest.raises(TableError, match=r"not as '\.xls'; give the file such a name"):
        write_table(frame, folder / "refused.xls")
    assert not list(folder.glob("*refused*"))


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_bytes(b"old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotSavedError, match=r"a\.csv' was not saved \(No space left on device\)"):
        write_table(pd.DataFrame({"a": ["new"]}), path)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_open_in_excel_or_a_folder_that_is_not_there(tmp_path, monkeypatch):
    with pytest.raises(NotSavedError, match="a folder that exists"):
        replace_file(tmp_path / "none" / "a.csv", b"x")
    with pytest.raises(NotSavedError):
        replace_file(save(tmp_path, b"x") / "a.csv", b"x")

    def locked(self, target):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(NotSavedError, match="close the file if it is open in Excel"):
        replace_file(tmp_path / "notes.csv", b"y")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("notes.csv", b"x")]
