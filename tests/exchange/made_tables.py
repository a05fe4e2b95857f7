"""Tables as people keep them, made from a seed, each with what is right about it."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import Workbook

HALVES = (
    ["Politikerna", "Förskolorna", "Inköparna", "Ungdomsrådet", "Kön av åtgärder", "Någon på länsstyrelsen"],
    [
        "saknar mål för",
        "vill börja med",
        "är före i",
        "räcker inte till",
        "hör av sig om",
        "behöver träna på",
    ],
    [
        "klimatplanen",
        "upphandlingen",
        "öppna möten",
        "det egna ansvaret",
        "nästa budgetår",
        "varje förvaltning",
    ],
)
ENGLISH = [
    "Time is short in spring",
    "Nobody owns the plan",
    "Budgets are fixed early",
    "Schools want to start",
]
NAMES = ["Lapp ", "NOTERING", " Svar", "citat", "Yttrande:", "Kommentar", "Segment", "Statement", "Quote"]


class Right(NamedTuple):
    """A table, how to ask for it, and what is right about it."""

    path: Path
    asked: dict[str, Any]
    column: str  # what the text column is called in the third line
    texts: list[str]
    ids: list[str]


def texts(chance: random.Random, n: int) -> list[str]:
    made: dict[str, None] = {}
    while len(made) < n:
        made.setdefault(" ".join(chance.choice(part) for part in HALVES))
    return list(made)


def numbered(n: int) -> list[str]:
    return [f"N{number:03}" for number in range(1, n + 1)]


def book(path: Path, sheets: dict[str, list[list[object]]]) -> Workbook:
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    return made


def titled(folder: Path, chance: random.Random) -> Right:
    """A title or two, blank rows, the header, and a sum at the end."""
    said, name = texts(chance, chance.randint(5, 12)), chance.choice(NAMES)
    above: list[list[object]] = [
        ["Workshop 14 mars"],
        *([["Bord 3, förmiddag"]] if chance.random() < 0.5 else []),
    ]
    above += [[] for _ in range(chance.randint(0, 2))]
    rows = [[n, text] for n, text in enumerate(said, start=1)]
    last = chance.choice(
        [[None, f"Summa: {len(said)} lappar"], ["Totalt", len(said)], ["Antal:", f"{len(said)} st"]]
    )
    made = book(folder, {"Blad1": [*above, [chance.choice(["Nr", "LÖPNR", " Id "]), name], *rows, last]})
    made.save(folder / "a.xlsx")
    ids = [str(n) for n in range(1, len(said) + 1)]
    return Right(folder / "a.xlsx", {"all_rows": False}, f"B '{name.strip()}'", said, ids)


def second_sheet(folder: Path, chance: random.Random) -> Right:
    """The notes on a later sheet; the first is empty, a remark, or hidden."""
    said, name = texts(chance, chance.randint(4, 9)), chance.choice(NAMES)
    first = chance.choice([[], [["Exporterad 2026-03-14"]], [["text"], ["gammalt utkast"], ["mer utkast"]]])
    made = book(
        folder, {"Om filen": first, "Svar": [["Tid", name], *[["2026-03-10 10:00", t] for t in said]]}
    )
    if first and first[0] == ["text"]:
        made["Om filen"].sheet_state = chance.choice(["hidden", "veryHidden"])
        made.active = 1
    made.save(folder / "a.xlsx")
    return Right(folder / "a.xlsx", {}, f"B '{name.strip()}'", said, numbered(len(said)))


def survey(folder: Path, chance: random.Random) -> Right:
    """An export with times, people and one open question that no name tells."""
    said = texts(chance, chance.randint(6, 14))
    question = chance.choice(["Vad hindrar er?", "Hur går det med planen, enligt dig?", "Beskriv ett hinder"])
    lines = [f"Tidstämpel;Namn;Roll;{question};Betyg"]
    for text in said:
        role, name = chance.choice(["Chef", "Handläggare"]), chance.choice(["Anna Berg", "Bo Ek", "Cia Al"])
        lines.append(f"2026-03-1{chance.randint(0, 9)} 10:00;{name};{role};{text};{chance.randint(1, 5)}")
    (folder / "a.csv").write_bytes("\r\n".join(lines).encode("utf-8-sig"))
    return Right(folder / "a.csv", {}, f"D '{question}'", said, numbered(len(said)))


def questions(folder: Path, chance: random.Random) -> Right:
    """Two open questions, some without an answer."""
    n = chance.randint(6, 10)
    columns = ["Vad hindrar?", "Vad hjälper, enligt dig?"]
    answers = [[text if chance.random() < 0.7 else "" for text in texts(chance, n)] for _ in columns]
    rows = [[f"R{row:02}", *pair, "Chef"] for row, pair in enumerate(zip(*answers, strict=True), start=1)]
    book(folder, {"Svar": [["Respondent-ID", *columns, "Roll"], *rows]}).save(folder / "a.xlsx")
    taken = [(f"{row[0]}-{at}", row[at]) for row in rows for at in (1, 2) if row[at]]
    named = ", ".join(f"{letter} '{name}'" for letter, name in zip("BC", columns, strict=True))
    asked = {"text": chance.choice([",".join(columns), columns, "B,C"])}
    return Right(folder / "a.xlsx", asked, named, [text for _, text in taken], [one for one, _ in taken])


def stored(encoding: str, *, twice: bool = False) -> Callable[[Path, random.Random], Right]:
    def made(folder: Path, chance: random.Random) -> Right:
        said, name = texts(chance, chance.randint(3, 8)), chance.choice(NAMES)
        cells = [[name, "bord"], *[[text, "1"] for text in said]]
        whole = "\r\n".join(";".join(row) for row in cells)
        data = whole.encode("utf-8").decode(encoding).encode("utf-8") if twice else whole.encode(encoding)
        (folder / "a.csv").write_bytes(data)
        return Right(folder / "a.csv", {}, f"A '{name.strip()}'", said, numbered(len(said)))

    return made


def with_errors(folder: Path, chance: random.Random) -> Right:
    """Formulas and errors in columns that nobody asked for, ids that are not unique."""
    said, name = texts(chance, chance.randint(3, 8)), chance.choice(NAMES)
    rows = [[1 + n // 2, text, f"=B{n}&1", "#REF!"] for n, text in enumerate(said)]
    book(folder, {"Data": [["Nr", name, "Längd", "Kod"], *rows]}).save(folder / "a.xlsx")
    return Right(folder / "a.xlsx", {}, f"B '{name.strip()}'", said, numbered(len(said)))


def headless(folder: Path, chance: random.Random) -> Right:
    """Numbers and texts with nothing above them."""
    said = texts(chance, chance.randint(4, 9))
    lines = [f"{n};{text}" for n, text in enumerate(said, start=1)]
    (folder / "a.csv").write_bytes("\n".join(lines).encode("cp1252"))
    return Right(folder / "a.csv", {}, "B 'B'", said, numbered(len(said)))


def merged(folder: Path, chance: random.Random) -> Right:
    """A title merged over the columns, names merged over groups of them, blank rows, hidden rows."""
    said, name = texts(chance, chance.randint(6, 9)), chance.choice(NAMES)
    rows: list[list[object]] = [["Alla lappar"], ["Vem", "", "Vad"], ["Grupp", "Bord", name]]
    for n, text in enumerate(said):
        rows += [[chance.choice("AB"), n % 3, text], *([[]] if chance.random() < 0.3 else [])]
    made = book(folder, {"Blad1": rows})
    sheet = made["Blad1"]
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A2:B2")
    sheet.row_dimensions[5].hidden = True
    made.save(folder / "a.xlsx")
    return Right(folder / "a.xlsx", {}, f"C '{name.strip()}'", said, numbered(len(said)))


def titled_text(folder: Path, chance: random.Random) -> Right:
    """A text table with lines of a title, as survey programs write them."""
    said, mark = texts(chance, chance.randint(4, 9)), chance.choice([";", "\t"])
    rows = [["Enkät 2026"], [], ["id", "respondentens svar", "bord"]]
    rows += [[f"r{n}", text, "2"] for n, text in enumerate(said)]
    (folder / "a.csv").write_bytes("\n".join(mark.join(row) for row in rows).encode("utf-8"))
    ids = [f"r{n}" for n in range(len(said))]
    return Right(folder / "a.csv", {}, "B 'respondentens svar'", said, ids)


def english(folder: Path, chance: random.Random) -> Right:
    """A program's export with a second header."""
    said = chance.sample(ENGLISH, 4)
    rows = [["Respondent ID", "Group", "What stands in the way?"], ["", "Response", "Open-Ended Response"]]
    rows += [[f"{118_000 + n}", "North", text] for n, text in enumerate(said)]
    book(folder, {"Sheet": rows}).save(folder / "a.xlsx")
    ids = [f"{118_000 + n}" for n in range(4)]
    return Right(folder / "a.xlsx", {}, "C 'What stands in the way?'", said, ids)


KINDS: dict[str, Callable[[Path, random.Random], Right]] = {
    "titled": titled,
    "second sheet": second_sheet,
    "survey": survey,
    "two questions": questions,
    "macintosh": stored("mac_roman"),
    "dos": stored("cp850"),
    "twice": stored("cp1252", twice=True),
    "errors elsewhere": with_errors,
    "no header": headless,
    "merged": merged,
    "titled text": titled_text,
    "english": english,
}
