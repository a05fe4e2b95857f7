"""Files too large or made to be: what each takes in seconds and in memory, and what is said of it.

    python benchmarks/large_files.py [--notes 100000] [--decisions 100000] [--only workbooks|refi]

Each file is read in a process of its own; seconds are those of the processor. Limits: 500 MB, and five
seconds for a file that is refused.
A workbook with so many notes, and a REFI-QDA project with so many decisions, must be read.
"""

from __future__ import annotations

import argparse
import importlib
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, repeat
from pathlib import Path

import pandas as pd

import sekom_analysis as sa
from sekom_analysis.basics.errors import SekomError
from sekom_analysis.formats.tables import read_table

MOST_MB, MOST_SECONDS = 500, 5.0
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGED = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = "".join(
    f"<c t='inlineStr'><is><t>{name}</t></is></c>" for name in ("note_id", "text", "stage", "source", "more")
)
MILLION = 1_000_000


def rows(count: int, content: Callable[[int], str]) -> Iterator[str]:
    """Yield a header and rows of a sheet, numbered as Excel does."""
    yield f"<row r='1'>{HEAD}</row>"
    for row in range(2, count + 2):
        yield f"<row r='{row}'>{content(row)}</row>"


def in_each(row: int, content: str, letters: str = "ABCDEFGHIJ") -> str:
    return "".join(f"<c r='{letter}{row}'>{content}</c>" for letter in letters)


def text_in_each(row: int, letters: str = "ABCDE") -> str:
    text = f"<is><t>lapp {row}: Ojämn nivå i verksamheten</t></is>"
    return "".join(f"<c r='{letter}{row}' t='inlineStr'>{text}</c>" for letter in letters)


def shared_in_each(row: int, letters: str = "ABCDE") -> str:
    first = (row - 2) * len(letters)
    cells = (f"<c r='{letter}{row}' t='s'><v>{first + at}</v></c>" for at, letter in enumerate(letters))
    return "".join(cells)


def merges(count: int, area: str = "") -> str:
    cells = (f"<mergeCell ref='{area or f'B{row}:B{row + 1}'}'/>" for row in range(2, 2 * count, 2))
    return f"<mergeCells>{''.join(cells)}</mergeCells>"


SHORT = list(rows(3, lambda row: f"<c r='A{row}' t='s'><v>0</v></c>"))


def workbooks(n_notes: int) -> dict[str, tuple[Iterable[str], Iterable[str], str, str]]:
    """Return of each workbook its rows, its shared texts, and what stands before and after the rows."""
    numbers = range(n_notes * 5)
    return {
        f"{n_notes:,} notes, 5 columns": (rows(n_notes, text_in_each), (), "", ""),
        f"{n_notes:,} notes, shared texts": (
            rows(n_notes, shared_in_each),
            (f"<si><t>lapp {number}: Ojämn nivå</t></si>" for number in numbers),
            "",
            "",
        ),
        "a million formulas": (rows(MILLION // 10, lambda row: in_each(row, "<f>1+1</f>")), (), "", ""),
        "a million formulas in a column": (rows(MILLION, lambda row: f"<c><f>{row}+1</f></c>"), (), "", ""),
        "500,000 formulas with results": (
            rows(MILLION // 10, lambda row: in_each(row, "<f>A1</f><v>1</v>", "ABCDE")),
            (),
            "",
            "",
        ),
        "one text of 80 MB": (
            SHORT,
            chain(["<si><t>"], repeat("lapp" * 1000, 20_000), ["</t></si>"]),
            "",
            "",
        ),
        "one text of 45 MB": (
            SHORT,
            chain(["<si><t>"], (f"{number:08} " for number in range(5_000_000)), ["</t></si>"]),
            "",
            "",
        ),
        "a million texts": (SHORT, (f"<si><t>{number}</t></si>" for number in range(MILLION + 1)), "", ""),
        "a text in two million runs": (
            SHORT,
            chain(["<si>"], (f"<r><t>{number}</t></r>" for number in range(2 * MILLION)), ["</si>"]),
            "",
            "",
        ),
        "claims to be A1:XFD1048576": (SHORT, ["<si><t>a</t></si>"], "<dimension ref='A1:XFD1048576'/>", ""),
        "one cell in XFD1048576": (["<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>"], (), "", ""),
        "a million empty styled cells": (
            rows(MILLION // 10, lambda row: "".join(f"<c r='{one}{row}' s='1'/>" for one in "ABCDEFGHIJ")),
            (),
            "",
            "",
        ),
        "four million empty cells": (repeat("<row>" + "<c s='1'/>" * 10_000 + "</row>", 400), (), "", ""),
        "a million rows of a column": (
            rows(MILLION, lambda row: f"<c r='A{row}'><v>{row}</v></c>"),
            (),
            "",
            "",
        ),
        "700,000 rows of a column": (repeat("<row><c><v>20</v></c></row>", 700_000), (), "", ""),
        "700,000 rows of 5 columns": (rows(700_000, lambda row: f"<c><v>{row}</v></c>"), (), "", ""),
        "50,000 merged cells": (
            rows(100_000, lambda row: in_each(row, "<v>1</v>", "AB")),
            (),
            "",
            merges(50_000),
        ),
        "a million merged cells": (SHORT, ["<si><t>a</t></si>"], "", merges(MILLION)),
        "merged over each other": (
            rows(100_000, lambda row: f"<c><v>{row}</v></c>"),
            (),
            "",
            merges(90_000, "A2:A100000"),
        ),
        "a tag of 40 MB": (
            ["<row ", *(f"a{number}='{number}' " for number in range(2_300_000)), "/>"],
            (),
            "",
            "",
        ),
        "a million names": ((f"<a{number:07}/>" for number in range(MILLION)), (), "", ""),
    }


def pack(path: Path, cells: Iterable[str], texts: Iterable[str], before: str, after: str) -> None:
    """Write a workbook by hand, without ever holding it whole."""
    relations = "".join(
        f"<Relationship Id='{kind}' Type='{RELATED}/{kind}' Target='{kind}.xml'/>"
        for kind in ("worksheet", "sharedStrings")
    )
    sheets = "<sheets><sheet name='S' r:id='worksheet'/></sheets>"
    parts: dict[str, Iterable[str]] = {
        "workbook.xml": [f"<workbook xmlns='{MAIN}' xmlns:r='{RELATED}'>{sheets}</workbook>"],
        "_rels/workbook.xml.rels": [f"<Relationships xmlns='{PACKAGED}'>{relations}</Relationships>"],
        "worksheet.xml": chain(
            [f"<worksheet xmlns='{MAIN}'>{before}<sheetData>"], cells, [f"</sheetData>{after}</worksheet>"]
        ),
        "sharedStrings.xml": chain([f"<sst xmlns='{MAIN}'>"], texts, ["</sst>"]),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, pieces in parts.items():
            with archive.open(f"xl/{name}", "w") as file:
                for piece in pieces:
                    file.write(piece.encode("utf-8"))


def coded_study(folder: Path, n_decisions: int) -> None:
    """Make a study of four coders, each with two answers to every note."""
    n_notes = n_decisions // 8
    codes = [{"id": f"c{number}", "label": f"Kod {number}"} for number in range(7)]
    variables = [
        {"id": "category", "kind": "single", "label": "Kategori", "codes": codes},
        {"id": "goal", "kind": "scale", "label": "Mål", "range": [1, 5]},
    ]
    ids = [f"n{number:06}" for number in range(n_notes)]
    texts = [f"Lapp {number}: Ojämn nivå i verksamheten" for number in range(n_notes)]
    notes = pd.DataFrame({"note_id": ids, "text": texts})
    study = sa.Study.create(folder, notes=notes, codebook={"variables": variables})
    for coder in ("anna", "bo", "cecilia", "david"):
        answers = [
            {"note_id": note, "variable": variable, "codes": [answer], "certainty": 1 + at % 3, "memo": memo}
            for at, note in enumerate(ids)
            for variable, answer in (("category", f"c{at % 7}"), ("goal", 1 + at % 5))
            for memo in ("därför att" if at % 10 == 0 else "",)
        ]
        study.desk(coder).record(answers)


def done(task: str, path: str) -> str:
    """Do one of the tasks; return what came of it."""
    if task == "table":
        frame = read_table(path)
        return f"read: {len(frame):,} rows, {frame.shape[1]} columns"
    if task == "make":
        coded_study(Path(path), int(sys.argv[4]))
        return "made"
    if task == "write":
        from sekom_analysis.exchange import write_project_qdpx

        study = sa.Study.open(path)
        write_project_qdpx(study, f"{path}.qdpx", "per-coder")
        return f"written: {len(study.decisions()):,} decisions"
    from sekom_analysis.exchange import read_project_qdpx

    return f"read: {len(read_project_qdpx(path).decisions):,} decisions"


def peak_mb() -> float:
    """Return how much memory this process took at most (Linux only)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmHWM"))


def child(task: str, path: str) -> None:
    """Do a task in this process and print seconds, MB and what came of it."""
    importlib.import_module("openpyxl")
    start = time.process_time()
    try:
        told = done(task, path)
    except SekomError as error:
        told = "refused: " + " ".join(str(error).split("\n- ")[1].split())
    print(f"{time.process_time() - start:.2f}\t{peak_mb():.0f}\t{told}")


def measured(name: str, task: str, path: Path, *more: str) -> bool:
    """Do a task in a process of its own, print a line of it, and say whether it kept the limits."""
    command = [sys.executable, __file__, "--child", task, str(path), *more]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if run.returncode:
        print(f"{name:32} crash: {run.stderr.strip().splitlines()[-1]}")
        return False
    seconds, megabytes, told = run.stdout.rstrip("\n").split("\t")
    is_slow = told.startswith("refused") and float(seconds) > MOST_SECONDS
    is_good = float(megabytes) < MOST_MB and not is_slow
    print(f"{name:32}{seconds:>7} s{megabytes:>6} MB {'' if is_good else '!'} {told[:150]}", flush=True)
    return is_good


def main() -> int:
    if sys.argv[1:2] == ["--child"]:
        child(sys.argv[2], sys.argv[3])
        return 0
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--notes", type=int, default=100_000)
    parser.add_argument("--decisions", type=int, default=100_000)
    parser.add_argument("--only", choices=["workbooks", "refi"])
    asked = parser.parse_args()
    good = []
    with tempfile.TemporaryDirectory() as folder:
        if asked.only != "refi":
            for name, parts in workbooks(asked.notes).items():
                path = Path(folder) / "table.xlsx"
                pack(path, *parts)
                good.append(measured(name, "table", path))
        if asked.only != "workbooks":
            study = Path(folder) / "study"
            measured("a study, made", "make", study, str(asked.decisions))
            good.append(measured("REFI-QDA written", "write", study))
            good.append(measured("REFI-QDA read", "read", study.with_suffix(".qdpx")))
    print("All within the limits." if all(good) else "Some are beyond the limits (!).")
    return int(not all(good))


if __name__ == "__main__":
    sys.exit(main())
