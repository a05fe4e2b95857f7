"""A filled-in sheet with every kind of answer, and the ways in which other programs save it again."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pandas as pd
from openpyxl import load_workbook

from sekom_analysis.exchange.sheet_writing import write_coding_sheet
from sekom_analysis.study.study import Study

from .conftest import fill

WORDS = ["kommunen", "säger", "att", "målet", "är", "nått", "men", "ingen", "vet", "hur", "det", "gick"]
INTERVIEW = " ".join(WORDS[n * n % len(WORDS)] for n in range(400))
TEXTS = {
    "a": "Ojämn kunskapsnivå, åäö ÅÄÖ é ü",
    "b": "=SUMMA(A1:A3) stod det; på tavlan",
    "c": "Två rader\nen åsikt",
    "d": '-ingen tid + för "lite" pengar, @kansliet',
    "e": INTERVIEW,
    "f": "En databas med _x0041_ och \N{GRINNING FACE}",
    "g": "+46 är riktnumret",
    "h": "@alla: 50 % är för",
}
CODES = [{"id": f"k{n:02}", "label": f"Kod {n}: å, {'längre ' * (n % 4)}ä; ö"} for n in range(30)]
CODEBOOK = {
    "variables": [
        {"id": "one", "kind": "single", "label": "En kod", "codes": CODES},
        {"id": "many", "kind": "multiple", "label": "Flera", "codes_from": "one"},
        {"id": "mood", "kind": "scale", "label": "Ton", "range": [-3, 3]},
    ]
}
TYPED = {
    ("a", "one/answer"): CODES[29]["label"],
    ("a", "one/certainty"): "Osäker",
    ("a", "one/memo"): "första raden\nandra; raden, med åäö",
    ("b", "one/answer"): "Ingen passar",
    ("b", "one/memo"): "=1+1",
    ("c", "many/code/k00"): "x",
    ("c", "many/code/k17"): "X",
    ("c", "many/memo"): "+ mer behövs",
    ("d", "many/none"): "x",
    ("d", "many/memo"): "-nej",
    ("e", "mood/answer"): -3,
    ("e", "mood/certainty"): "Säker",
    ("e", "mood/memo"): "@bo: 'citat' och \"citat\"",
    ("f", "mood/answer"): 0,
    ("g", "mood/answer"): 3,
    ("g", "one/memo"): "vet inte än",
    ("h", "one/answer"): "k05",
}
BACK = {
    ("a", "one"): ("k29", "1", "första raden\nandra; raden, med åäö", "decide"),
    ("b", "one"): ("none_fits", "", "=1+1", "decide"),
    ("c", "many"): ("k00|k17", "", "+ mer behövs", "decide"),
    ("d", "many"): ("", "", "-nej", "decide"),
    ("e", "mood"): ("-3", "3", "@bo: 'citat' och \"citat\"", "decide"),
    ("f", "mood"): ("0", "", "", "decide"),
    ("g", "mood"): ("3", "", "", "decide"),
    ("g", "one"): ("", "", "vet inte än", "skip"),
    ("h", "one"): ("k05", "", "", "decide"),
}


def make(folder: Path) -> tuple[Study, Path]:
    """Return the study, and the sheet as its coder filled it in."""
    notes = pd.DataFrame({"note_id": list(TEXTS), "text": list(TEXTS.values())})
    study = Study.create(folder / "study", notes=notes, codebook=CODEBOOK)
    return study, fill(write_coding_sheet(study.desk("anna"), folder / "anna.xlsx"), study, TYPED)


def answers(reading) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return what was read, by note and variable."""
    fields = ("codes", "certainty", "memo", "event")
    found = {(event["note_id"], event["variable"]): event for event in reading.events}
    return {place: tuple(event[name] for name in fields) for place, event in found.items()}


def grid(path: Path, tab: str = "Lappar") -> list[list[str]]:
    """Return a tab as a text table holds it: what is shown, a tick where a formula would show one."""
    rows = []
    for cells in load_workbook(path)[tab].iter_rows():
        row = ["" if cell.value is None else str(cell.value).replace("_x005F_", "_") for cell in cells]
        rows.append(["" if cell.data_type == "f" else text for cell, text in zip(cells, row, strict=True)])
    rows[0][1], rows[5][0] = "3 av 8 lappar klara", "\N{CHECK MARK}"
    return rows


def as_text(rows: list[list[str]], delimiter: str, ends: str) -> str:
    """Return rows as a text table, with quotes where Excel puts them."""

    def quoted(text):
        needs = any(sign in text for sign in (delimiter, '"', "\r", "\n"))
        return '"' + text.replace('"', '""') + '"' if needs else text

    return "".join(delimiter.join(map(quoted, row)) + ends for row in rows)


def in_blocks(rows: list[list[str]]) -> list[list[str]]:
    """Drop the last empty columns of each whole block of 16 rows, as Excel does."""
    for start in range(16, len(rows), 16):
        block = rows[start : start + 16]
        width = max(max((n for n, text in enumerate(row, 1) if text), default=1) for row in block)
        rows[start : start + 16] = [row[:width] for row in block]
    return rows


# Each takes the filled-in sheet and a path to save it as, and returns the path.


def by_openpyxl(sent, to):
    load_workbook(sent).save(to)
    return to


def values_only(sent, to):
    load_workbook(sent, data_only=True).save(to)
    return to


def by_pandas(sent, to):
    tabs = pd.read_excel(sent, engine="openpyxl", sheet_name=None, header=None, keep_default_na=False)
    with pd.ExcelWriter(to) as writer:
        for name, tab in tabs.items():
            tab.to_excel(writer, sheet_name=name, header=False, index=False)
    return to


def _rewritten(sent, to, change):
    """Rewrite each part of a workbook by its text."""
    with zipfile.ZipFile(sent) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name).decode("utf-8")))
    return to


def with_shared_strings(sent, to):
    """Save as Excel does: each text once in a part of its own, in runs of letters."""
    texts = {}

    def shared(match):
        number = texts.setdefault(match[3], len(texts))
        return f'{match[1]} t="s"{match[2]}><v>{number}</v></c>'

    def change(name, text):
        if name == "xl/_rels/workbook.xml.rels":
            kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
            one = f'<Relationship Id="rId99" Type="{kind}" Target="sharedStrings.xml"/>'
            return text.replace("</Relationships>", f"{one}</Relationships>")
        return re.sub(r'(<c [^>]*?) t="inlineStr"([^>]*?)><is>(.*?)</is></c>', shared, text, flags=re.DOTALL)

    _rewritten(sent, to, change)
    items = "".join(f"<si><r>{text}</r></si>" for text in texts)
    with zipfile.ZipFile(to, "a") as archive:
        space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        archive.writestr("xl/sharedStrings.xml", f"<sst {space}>{items}</sst>")
    return to


def as_strict(sent, to):
    """Save as 'Strict Open XML Spreadsheet': other names for the same things."""
    names = {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships": (
            "http://purl.oclc.org/ooxml/officeDocument/relationships"
        ),
    }

    def change(name, text):
        for old, new in names.items():
            text = text.replace(old, new)
        return text

    return _rewritten(sent, to, change)


def with_prefixes(sent, to):
    """Save with a prefix before each name, as some programs that write XML do."""

    def change(name, text):
        if not name.startswith("xl/worksheets/sheet"):
            return text
        text = re.sub(r"<(/?)(?=[a-zA-Z])", r"<\1x:", text)
        return text.replace("xmlns=", "xmlns:x=", 1)

    return _rewritten(sent, to, change)


def _changed(sent, to, change):
    book = load_workbook(sent)
    change(book)
    book.save(to)
    return to


def _texts_stay(sheet):
    for row in sheet.iter_rows(min_row=4):
        for cell in row:
            if isinstance(cell.value, str) and cell.column > 1:
                cell.data_type = "s"


def with_a_filter(sent, to):
    def change(book):
        sheet = book["Lappar"]
        sheet.auto_filter.ref = f"A5:{sheet.cell(13, sheet.max_column).coordinate}"
        for number in (7, 9, 11):
            sheet.row_dimensions[number].hidden = True

    return _changed(sent, to, change)


def _reorder(sheet, order):
    rows = {number: [cell.value for cell in sheet[number]] for number in order}
    for place, number in enumerate(order, start=min(order)):
        for column, value in enumerate(rows[number], start=1):
            sheet.cell(place, column).value = value


def sorted_by_text(sent, to):
    def change(book):
        sheet = book["Lappar"]
        _reorder(sheet, sorted(range(6, 14), key=lambda number: str(sheet.cell(number, 2).value)))
        _texts_stay(sheet)

    return _changed(sent, to, change)


def sorted_with_the_hidden_row(sent, to):
    def change(book):
        sheet = book["Lappar"]
        _reorder(sheet, [13, 8, 7, 4, 5, 6, 12, 11, 10, 9])
        _texts_stay(sheet)

    return _changed(sent, to, change)


def unprotected_and_moved(sent, to):
    def change(book):
        sheet = book["Lappar"]
        sheet.protection.sheet = False
        last = sheet.max_column
        for row in range(1, sheet.max_row + 1):  # the key goes to the front, two columns are put in
            key = sheet.cell(row, last).value
            values = [key, None, *(sheet.cell(row, place).value for place in range(1, last)), None]
            for place, value in enumerate(values, start=1):
                if type(sheet.cell(row, place)).__name__ != "MergedCell":
                    sheet.cell(row, place).value = value

    def unmerge(book):
        sheet = book["Lappar"]
        for area in list(sheet.merged_cells.ranges):
            sheet.unmerge_cells(str(area))
        change(book)
        for row in sheet.iter_rows(min_row=4):
            for cell in row:
                if isinstance(cell.value, str) and not cell.value.startswith("=IF("):
                    cell.data_type = "s"

    return _changed(sent, to, unmerge)


def with_columns_hidden_and_wide(sent, to):
    def change(book):
        sheet = book["Lappar"]
        sheet.column_dimensions["B"].width = 120
        for letters in ("C", "D", "E", sheet.cell(1, sheet.max_column).column_letter):
            sheet.column_dimensions[letters].hidden = True
        sheet.sheet_state = "hidden"

    return _changed(sent, to, change)


def without_the_lists(sent, to):
    return _changed(sent, to, lambda book: book.remove(book["Listor"]))


def renamed_and_reordered(sent, to):
    def change(book):
        book["Lappar"].title, book["Kodbok"].title = "Mina svar", "Koderna"
        book.move_sheet("Mina svar", -1)

    return _changed(sent, to, change)


def as_numbers_exports(sent, to):
    """Save as Numbers does: values only, the table's name in a row above, a tab that lists the tables."""
    from openpyxl import Workbook

    old, new = load_workbook(sent), Workbook()
    new.active.title = "Exportsammanfattning"
    new.active["A1"] = "Det här dokumentet exporterades från Numbers."
    for sheet in old.worksheets:
        made = new.create_sheet(f"{sheet.title} - Tabell 1"[:31])
        made["A1"] = "Tabell 1"
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None and cell.data_type != "f":
                    there = made.cell(cell.row + 1, cell.column)
                    there.value = float(cell.value) if isinstance(cell.value, int) else cell.value
                    if isinstance(cell.value, str):
                        there.data_type = "s"
    new.save(to)
    return to


WORKBOOKS = [
    by_openpyxl,
    values_only,
    by_pandas,
    with_shared_strings,
    as_strict,
    with_prefixes,
    with_a_filter,
    sorted_by_text,
    sorted_with_the_hidden_row,
    unprotected_and_moved,
    with_columns_hidden_and_wide,
    without_the_lists,
    renamed_and_reordered,
]

# Name -> delimiter, line ends, encoding, and how such a file is named.
TEXT_TABLES = {
    "Excel, CSV UTF-8": (";", "\r\n", "utf-8-sig", "csv"),
    "Excel, CSV": (";", "\r\n", "cp1252", "csv"),
    "Excel, CSV in a country with decimal points": (",", "\r\n", "cp1252", "csv"),
    "Excel, Unicode text": ("\t", "\r\n", "utf-16", "txt"),
    "Excel, text": ("\t", "\r\n", "cp1252", "txt"),
    "Excel, CSV (MS-DOS)": (";", "\r\n", "cp850", "csv"),
    "Excel for Macintosh, CSV (Macintosh)": (";", "\r", "mac_roman", "csv"),
    "Numbers, CSV": (",", "\n", "utf-8", "csv"),
}
