"""Workbooks read as they come: what stands in the cells, and where too much is refused."""

from __future__ import annotations

import datetime as dt
import io
import re
import subprocess
import sys
import zipfile
from xml.sax.saxutils import escape

import pytest
from openpyxl import Workbook

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.exchange import read_notes
from sekom_analysis.exchange.ratings import read_ratings
from sekom_analysis.exchange.sheet_file import is_coding_sheet, read_sheet_file
from sekom_analysis.formats.tables import read_table
from sekom_analysis.formats.workbook_cells import LIMITS, BookLimits
from sekom_analysis.formats.workbook_reading import Book, merged_across, read_rows, sheet_names
from tests.memory import PEAK_MB
from tests.test_cli import sekom

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGED = "http://schemas.openxmlformats.org/package/2006/relationships"
SMALL = BookLimits(xml_parts=200, cells=50, texts=10, merged=5, odd_cells=3, xml_tag=300_000)
BOOK = f"<workbook xmlns='{MAIN}' xmlns:r='{RELATED}'><sheets><sheet name='S' r:id='r1'/></sheets></workbook>"
RELS = "".join(
    f"<Relationship Id='r{number}' Type='{RELATED}/{kind}' Target='{target}'/>"
    for number, (kind, target) in enumerate(
        [("worksheet", "/xl/s.xml"), ("sharedStrings", "t.xml"), ("styles", "f.xml")], start=1
    )
)


def packed(sheet: str, texts: str = "", styles: str = "", after: str = "", book: str = BOOK, **more) -> bytes:
    """A workbook from the inside of its sheet, its shared texts and its styles."""
    parts = {
        "xl/workbook.xml": book,
        "xl/_rels/workbook.xml.rels": f"<Relationships xmlns='{PACKAGED}'>{RELS}</Relationships>",
        "xl/s.xml": f"<worksheet xmlns='{MAIN}'><sheetData>{sheet}</sheetData>{after}</worksheet>",
        "xl/t.xml": f"<sst xmlns='{MAIN}'>{texts}</sst>",
        "xl/f.xml": f"<styleSheet xmlns='{MAIN}'>{styles}</styleSheet>",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**parts, **more}.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def rows(data: bytes, limits: BookLimits = LIMITS, **how) -> list[list[str]]:
    found, problems = read_rows(data, "a.xlsx", limits=limits, **how)
    assert not problems
    return found


def said(data: bytes, limits: BookLimits = SMALL) -> str:
    """What is said of a workbook that is not read."""
    found, problems = read_rows(data, "a.xlsx", limits=limits)
    assert found == []
    return problems[0].what


def cell(content: str, **attributes: str) -> str:
    given = "".join(f" {key}='{text}'" for key, text in attributes.items())
    return f"<c{given}>{content}</c>"


FILLED = cell("<v>1</v>")
FORMULA = cell("<f>1+1</f>")
LONG_TAG = f"<row a='{'x' * 1_000_000}'/>"


# What stands in the cells


def test_values_of_every_kind_are_those_that_excel_shows():
    made = Workbook()
    made.epoch = dt.datetime(1904, 1, 1)
    sheet = made.active
    for value, shown in [
        (dt.datetime(2016, 5, 12), "yyyy-mm-dd"),
        (dt.datetime(2016, 5, 12, 13, 30), 'd" maj "yyyy hh:mm'),
        (dt.time(8, 15), "hh:mm"),
        (dt.timedelta(hours=30), "[h]:mm"),
        (0.1 + 0.2, "General"),
        (2016.0, '0" dagar"'),
        (1e300, "General"),
        (-7, "0"),
        (True, "General"),
        ("å\r\nä_x0041_", "@"),
    ]:
        sheet.append([value])
        sheet.cell(sheet.max_row, 1).number_format = shown
    buffer = io.BytesIO()
    made.save(buffer)
    assert [text for [text] in rows(buffer.getvalue())] == [
        "2016-05-12",
        "2016-05-12T13:30:00",
        "08:15:00",
        "1 day, 6:00:00",
        "0.3",
        "2016",
        "1e+300",
        "-7",
        "TRUE",
        "å\näA",
    ]


def test_texts_in_runs_are_joined_and_how_to_pronounce_them_is_left_out():
    runs = "<r><t>en </t></r><r><rPr><b/></rPr><t>lapp</t></r><rPh sb='0' eb='1'><t>uttal</t></rPh>"
    sheet = f"<row>{cell('<v>0</v>', t='s')}{cell(f'<is>{runs}</is>', t='inlineStr')}</row>"
    assert rows(packed(sheet, f"<si>{runs}</si>")) == [["en lapp", "en lapp"]]


def test_what_only_looks_like_an_escaped_sign_stays():
    texts = "<si><t>_x005F_x000D_</t></si><si><t xml:space='preserve'> a_x000D_\n</t></si>"
    sheet = f"<row>{cell('<v>0</v>', t='s')}{cell('<v>1</v>', t='s')}</row>"
    assert rows(packed(sheet, texts)) == [["_x000D_", " a\n"]]
    assert rows(packed(sheet, texts), exact=True) == [["_x000D_", " a\r\n"]]


def test_cells_stand_where_they_say_or_after_the_one_before():
    sheet = f"<row>{FILLED}{cell('<v>2</v>', r='C1')}{FILLED}</row><row r='4.0'>{FILLED}</row>"
    sheet += f"<row r='2'>{cell('<v>3</v>', r='B2')}</row>"
    assert rows(packed(sheet)) == [["1", "", "2", "1"], ["", "3", "", ""], [], ["1", "", "", ""]]


def test_other_programs_name_elements_and_places_otherwise():
    sheet = f"<x:worksheet xmlns:x='{MAIN}'><x:sheetData><x:row><x:c><x:v>7</x:v></x:c></x:row></x:sheetData>"
    part = f"{sheet}</x:worksheet>"
    data = packed("", **{"xl/s.xml": part.encode("utf-16")})
    assert rows(data) == [["7"]]
    top, rels = (
        f"<Relationships><Relationship Id='r1' Type='{RELATED}/{kind}' Target='{target}'/></Relationships>"
        for kind, target in (("officeDocument", "w/b.xml"), ("worksheet", "../xl/s.xml"))
    )
    moved = {"_rels/.rels": top, "w/b.xml": BOOK, "w/_rels/b.xml.rels": rels}
    assert rows(packed(f"<row>{FILLED}</row>", book="<no/>", **moved)) == [["1"]]


def test_odd_cells_are_all_told_with_their_places():
    sheet = "".join(
        f"<row>{FILLED}{odd}</row>"
        for odd in (
            cell("<v>9</v>", t="s"),
            cell("<v>-1</v>", t="s"),
            cell("<v>#REF!</v>", t="e"),
            cell("<v>tre</v>"),
            cell("<v>2</v>", t="b"),
            cell("<v>9e9</v>", s="1"),
            cell("<f>A1</f>"),
        )
    )
    styles = "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/></cellXfs>"
    _, problems = read_rows(packed(sheet, "<si><t>a</t></si>", styles), "a.xlsx")
    assert [(problem.row, problem.what.removeprefix(f"cell B{problem.row} ")) for problem in problems] == [
        (1, "refers to text number 9, which is not in the file"),
        (2, "refers to text number -1, which is not in the file"),
        (3, "shows Excel's error #REF!"),
        (4, "has 'tre' as a number, which it is not"),
        (5, "has '2' as something it cannot be (kind 'b')"),
        (6, "shows 9e9 as a date, which it is not"),
        (7, "has a formula whose result was never stored"),
    ]


def test_formats_of_conditional_formatting_are_not_those_of_cells():
    """A format in <dxfs> may bear a number that means another one among the formats of cells."""
    numbers = "<numFmts><numFmt numFmtId='164' formatCode='yyyy-mm-dd'/></numFmts>"
    cells = "<cellXfs><xf numFmtId='164'/><xf numFmtId='9'/></cellXfs>"
    others = "<dxfs><dxf><numFmt numFmtId='164' formatCode='0'/></dxf></dxfs>"
    sheet = f"<row>{cell('<v>42502</v>', s='0')}{cell('<v>0.5</v>', s='1')}</row>"
    assert rows(packed(sheet, styles=numbers + cells + others)) == [["2016-05-12", "0.5"]]
    assert rows(packed(sheet, styles=others + numbers + cells)) == [["2016-05-12", "0.5"]]


def test_a_blank_row_inside_a_merged_cell_stays_blank():
    last = cell("", r="A4") + cell("<v>5</v>", r="B4")
    sheet = f"<row>{FILLED}</row><row>{FILLED}{FILLED}</row><row/><row>{last}</row>"
    merged = "<mergeCells><mergeCell ref='A2:A4'/></mergeCells>"
    assert rows(packed(sheet, after=merged)) == [["1", ""], ["1", "1"], [], ["1", "5"]]
    across = packed(sheet, after="<mergeCells><mergeCell ref='$A$2:$B$2'/></mergeCells>")
    assert merged_across(across) == [(2, "$A$2:$B$2")]


# Workbooks that programs other than Excel write


TEXTS = ["text", "Anna", "Bo", "Ojämn nivå", "Viljan finns", "För lite tid", "tid", "vilja"]
CODED = [(0, 1, 2), (3, 6, 6), (4, 7, 6), (5, 6, 7)]
SHARED = "".join(f"<si><t>{text}</t></si>" for text in TEXTS)


def coded() -> str:
    """Three notes with what two coders say of them, each cell a shared text."""
    return "".join(f"<row>{''.join(cell(f'<v>{n}</v>', t='s') for n in row)}</row>" for row in CODED)


def is_read_everywhere(path) -> None:
    """Whether notes and ratings are what the workbook shows, in Python and on the command line."""
    assert read_notes(path).notes["text"].tolist() == TEXTS[3:6]
    assert read_ratings(path).to_dict("list") == {
        "Anna": ["tid", "vilja", "tid"],
        "Bo": ["tid", "tid", "vilja"],
    }
    assert "Made a study with 3 notes" in sekom("new", "S", "--notes", path, cwd=path.parent)[1]
    assert "differ on 2 of 3 notes" in sekom("agreement", path, "--resamples", 50, cwd=path.parent)[1]


def test_names_with_backslashes_are_those_of_folders(tmp_path):
    path = tmp_path / "a.xlsx"
    with (
        zipfile.ZipFile(io.BytesIO(packed(coded(), SHARED))) as plain,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for entry in plain.infolist():
            made.writestr(entry.filename.replace("/", "\\"), plain.read(entry))
    is_read_everywhere(path)


def test_a_name_twice_with_either_slash_is_refused():
    again = {"xl\\s.xml": "<worksheet/>"}
    assert "'xl/s.xml' is in it 2 times" in said(packed(coded(), SHARED, **again))


@pytest.mark.parametrize("stray", ["", "text"])
def test_what_is_between_the_tags_says_nothing(tmp_path, stray):
    runs = (
        "<si><r><t>Ojämn </t></r><r><rPr><b/></rPr><t>nivå</t></r><rPh sb='0' eb='1'><t>uttal</t></rPh></si>"
    )
    texts = SHARED.replace("<si><t>Ojämn nivå</t></si>", runs)
    data = packed(coded(), texts, "<cellXfs><xf numFmtId='0'/></cellXfs>")
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(io.BytesIO(data)) as plain, zipfile.ZipFile(path, "w") as made:
        for entry in plain.infolist():
            part = re.sub(r">(?=<(?!/t))", f">\n  {stray}\n", plain.read(entry).decode())
            made.writestr(entry.filename, re.sub("<v>(.*?)</v>", r"<v>\n \1 \n</v>", part))
    is_read_everywhere(path)


def test_blanks_around_a_value_are_not_part_of_it():
    kinds = {"n": "3", "b": "1", "d": "2016-05-12", "str": "a", "s": "0"}
    row = "".join(cell(f"<v>\n{value} </v>", t=kind) for kind, value in kinds.items())
    empty = cell("<v>\n</v>")
    assert rows(packed(f"<row>{row}{empty}</row>", "<si><t>b</t></si>")) == [
        ["3", "TRUE", "2016-05-12", "\na ", "b"]
    ]


# Too much


def long_texts() -> str:
    """Texts of 57 MB, as long as a cell holds: most are not used by any cell any more."""
    words = " ".join(f"tanke {n * 7919 % 10_007}" for n in range(2_200))
    one = f"<si><t>{words}</t></si>"
    return SHARED + "".join(one.replace("tanke", f"ord{n}", 400) for n in range(57_000_000 // len(one) + 1))


def many_texts() -> str:
    """Texts of 57 MB, most of which are not used by any cell any more."""
    rest = "som var här förut, medan bladet ännu hade sina gamla rader och allt var annorlunda"
    return SHARED + "".join(f"<si><t>Texten nr {n} i bladet {rest}</t></si>" for n in range(460_000))


@pytest.mark.slow
@pytest.mark.parametrize("texts", [long_texts, many_texts])
def test_57_megabytes_of_shared_texts_are_read_in_moderate_memory(tmp_path, texts):
    path = tmp_path / "a.xlsx"
    shared = texts()
    assert 57_000_000 <= len(shared.encode()) < 65_000_000
    path.write_bytes(packed(coded(), shared))
    done = subprocess.run(
        [sys.executable, "-c", LARGE], input=path.read_bytes(), capture_output=True, check=True
    )
    n_rows, n_problems, seconds, megabytes = map(float, done.stdout.decode().split()[:4])
    assert (n_rows, n_problems) == (4, 0)
    assert seconds < 10
    assert megabytes < 300
    is_read_everywhere(path)


def test_a_bomb_of_shared_texts_stays_refused():
    data = packed(coded(), f"{SHARED}<si><t>{'x' * 57_000_000}</t></si>")
    assert "'xl/t.xml' in it is compressed more than 200 times" in said(data, LIMITS)


def test_formulas_without_results_stop_the_reading():
    data = packed(f"<row>{FORMULA * 20}</row>")
    assert said(data) == (
        "cell A1 has a formula whose result was never stored, and 3 more cells are of no use either"
    )
    _, problems = read_rows(data, "a.xlsx")
    assert (len(problems), problems[19].what[:8]) == (20, "cell T1 ")


def test_cells_and_elements_have_a_limit():
    assert said(packed(f"<row>{FILLED * 51}</row>")) == "it has more than 50 cells"
    assert said(packed(f"<row>{cell('<v>1</v>', r='AZ1')}</row>")) == "it has more than 50 cells"
    assert len(rows(packed(f"<row>{FILLED * 50}</row>"), SMALL)[0]) == 50
    assert "more than 200 elements" in said(packed(f"<row>{cell('', s='1') * 200}</row>"))
    far = f"<row>{FILLED}</row>" * 20 + f"<row>{cell('<v>1</v>', r='T21')}</row>"
    assert said(packed(far)) == "it has more than 100 cells in 20 columns, counting empty ones"


def test_a_wrong_size_and_empty_cells_do_not_count():
    size = f"<worksheet xmlns='{MAIN}'><dimension ref='A1:XFD1048576'/><sheetData><row>"
    data = packed("", **{"xl/s.xml": f"{size}{FILLED}{cell('', s='1') * 60}</row></sheetData></worksheet>"})
    assert rows(data, SMALL) == [["1"]]


def test_shared_texts_have_a_limit():
    sheet = f"<row>{cell('<v>0</v>', t='s')}</row>"
    assert said(packed(sheet, "<si><t>a</t></si>" * 11)) == "it has more than 10 texts"
    runs = f"<si>{'<r><t>a</t></r>' * 150}</si>"
    assert "'xl/t.xml' in it cannot be used: it has more than 200 elements" in said(packed(sheet, runs))


def test_merged_cells_have_a_limit():
    sheet = f"<row>{FILLED}</row>" * 40
    many = "<mergeCell ref='A2:A3'/>" * 6
    assert said(packed(sheet, after=f"<mergeCells>{many}</mergeCells>")) == "it has more than 5 merged cells"
    twice = "<mergeCell ref='A2:A1048576'/>" * 2
    assert "cover more than 50 rows" in said(packed(sheet, after=f"<mergeCells>{twice}</mergeCells>"))
    assert "does not name any cells" in said(packed(sheet, after="<mergeCell ref='A2:A'/>"))


def test_all_sheets_together_count():
    book = BOOK.replace("</sheets>", "<sheet name='T' r:id='r1'/></sheets>")
    data = packed(f"<row>{cell('') * 120}</row>", book=book)
    assert sheet_names(data, "a.xlsx") == ["S", "T"]
    assert rows(data, SMALL) == []
    with Book(data, "a.xlsx", SMALL) as opened:
        opened.walk("S", print)
        with pytest.raises(ExchangeError, match="more than 200 elements and attributes"):
            opened.walk("T", print)


@pytest.mark.parametrize(
    ("sheet", "what"),
    [
        (LONG_TAG, "a single tag in it is longer than 300,000 bytes"),
        ("".join(f"<a{number}/>" for number in range(30_000)), "more than 20,000 different names"),
        ("<row>" * 201, "its elements are nested more than 200 deep"),
        ("<row r='0'/>", "it has a row '0'"),
        ("<row r='1048577'/>", "it has a row '1048577'"),
        (f"<row r='{'9' * 5000}'/>", f"it has a row '{'9' * 20}'"),
        (f"<row>{cell('', r='XFE1')}</row>", "it has a cell 'XFE1'"),
        (FILLED, "it has a cell outside any row"),
        ("<row>", "it is not well-formed XML"),
    ],
)
def test_sheets_that_no_program_writes(sheet, what):
    assert what in said(packed(sheet), BookLimits(xml_tag=300_000))


def test_documents_that_declare_something_are_refused_in_any_encoding():
    evil = '<!DOCTYPE a [<!ENTITY x "a">]><worksheet/>'
    assert "declares a document type" in said(packed("", **{"xl/s.xml": evil}))
    assert "declares a document type" in said(packed("", **{"xl/s.xml": evil.encode("utf-16")}))


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"xl/workbook.xml": "<document/>"}, "it is damaged or not an Excel workbook ('xl/workbook.xml' is"),
        ({"xl/workbook.xml": "<workbook/>"}, "it does not have a sheet that can be read"),
        ({"xl/_rels/workbook.xml.rels": "<Relationships/>"}, "it does not have a sheet that can be read"),
    ],
)
def test_workbooks_without_a_sheet(more, what):
    assert what in said(packed(f"<row>{FILLED}</row>", **more))


def test_coding_sheets_are_read_behind_the_same_guard(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(packed("", **{"xl/s.xml": bytes(20_000_000)}))
    assert not is_coding_sheet(path)
    sheet, _, problems = read_sheet_file(path)
    assert sheet is None
    assert "compressed more than 200 times" in problems[0].what


LARGE = f"""
import io, sys, time, zipfile
{PEAK_MB}
from sekom_analysis.formats.workbook_reading import read_rows
import openpyxl.utils.datetime, openpyxl.styles.numbers
data = sys.stdin.buffer.read()
before, start = peak_mb(), time.process_time()
rows, problems = read_rows(data, "a.xlsx")
print(len(rows), len(problems), round(time.process_time() - start, 2), peak_mb() - before)
print(problems[0].what if problems else "")
"""


def test_hundreds_of_thousands_of_formulas_without_results_are_refused_at_once():
    sheet = "".join(f"<row r='{row}'>{cell('<f>1+1</f>', r=f'A{row}')}</row>" for row in range(1, 300_001))
    done = subprocess.run([sys.executable, "-c", LARGE], input=packed(sheet), capture_output=True, check=True)
    numbers, what = done.stdout.decode("utf-8").splitlines()
    n_rows, n_problems, seconds, megabytes = map(float, numbers.split())
    assert (n_rows, n_problems) == (0, 1)
    assert seconds < 2
    assert megabytes < 100
    assert what.startswith("cell A1 has a formula whose result was never stored, and 1,000 more")


def test_a_table_of_many_notes_is_read(tmp_path):
    head = "".join(cell(f"<is><t>{name}</t></is>", t="inlineStr") for name in ("note_id", "text"))
    note = cell(f"<is><t>{escape('Ojämn nivå <&>')}</t></is>", t="inlineStr")
    sheet = f"<row>{head}</row>" + "".join(
        f"<row>{cell(f'<v>{row}</v>')}{note}</row>" for row in range(5_000)
    )
    path = tmp_path / "notes.xlsx"
    path.write_bytes(packed(sheet))
    table = read_table(path)
    assert (len(table), *table.loc[5001]) == (5000, "4999", "Ojämn nivå <&>")
