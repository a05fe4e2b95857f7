"""Ratings as people keep them: the same answers in many shapes of file, made from a seed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

NAMES = ["Anna", "Bo", "Cilla", "David Ek", "Åsa"]
AS_OURS = {"single": "text", "scale": "value", "multiple": "note_id"}  # coders called as columns of ours
LABELS = ["Resurser", "Ledning", "Samverkan", "Kunskap och lärande", "Politik", "Kommunens vilja"]
_TEXT = "vi saknar tid för frågan ingen äger den pengarna söks styckevis chefer vill mycket budgeten låst"
WORDS = _TEXT.split()


class Made(NamedTuple):
    """Answers: notes × coders of codes, sets of codes or scores; None is unseen."""

    kind: str
    answers: pd.DataFrame
    texts: list[str]
    ids: list[str]


def made(kind: str, seed: int) -> Made:
    """Return answers of some coders who agree more often than by chance."""
    rng = np.random.default_rng(seed)
    n, coders = int(rng.integers(12, 40)), list(rng.permutation(NAMES)[: rng.integers(2, 5)])
    if seed % 4 == 3:
        coders[-1] = AS_OURS[kind]
    options = [1, 2, 3, 4, 5] if kind == "scale" else list(rng.permutation(LABELS)[: rng.integers(3, 7)])
    texts = [" ".join(rng.choice(WORDS, 7)).capitalize() + f" {i}" for i in range(n)]
    for _ in range(3):
        texts[int(rng.integers(n))] = texts[int(rng.integers(n))]

    def answer() -> object:
        if kind != "multiple":
            return options[int(rng.integers(len(options)))]
        return frozenset(rng.permutation(options)[: rng.integers(1, 4)].tolist())

    base = [answer() for _ in range(n)]
    table = {
        coder: [answer() if rng.random() < 0.25 else one if rng.random() > 0.05 else None for one in base]
        for coder in coders
    }
    ids = [f"L{i + 1:03}" for i in range(n)]
    return Made(kind, pd.DataFrame(table, dtype=object), texts, ids)


def cell(value: object) -> str:
    """Return an answer as one cell."""
    if value is None:
        return ""
    return "; ".join(sorted(value)) if isinstance(value, frozenset) else str(value)


# --- alpha, worked out a second time ------------------------------------------------------------------


def masi(a: frozenset[str], b: frozenset[str]) -> float:
    if a == b:
        return 0.0
    shape = 2 / 3 if a <= b or b <= a else 1 / 3 if a & b else 0.0
    return 1 - len(a & b) / len(a | b) * shape


def reference(one: Made) -> float:
    """Return alpha by the package krippendorff; of sets by the formula, pair by pair."""
    if one.kind != "multiple":
        import krippendorff

        level = "ordinal" if one.kind == "scale" else "nominal"
        seen = one.answers.map(lambda value: np.nan if value is None else value)
        if one.kind == "single":
            known = sorted({value for value in seen.to_numpy().ravel() if isinstance(value, str)})
            seen = seen.map(lambda value: float(known.index(value)) if isinstance(value, str) else np.nan)
        return float(krippendorff.alpha(seen.to_numpy(float).T, level_of_measurement=level))
    units = [[v for v in row if v is not None] for row in one.answers.to_numpy().tolist()]
    units = [unit for unit in units if len(unit) > 1]
    observed = sum(2 * sum(masi(a, b) for a, b in combinations(u, 2)) / (len(u) - 1) for u in units)
    values = [value for unit in units for value in unit]
    expected = 2 * sum(masi(a, b) for a, b in combinations(values, 2)) / (len(values) - 1)
    return 1 - observed / expected


# --- the shapes of files -------------------------------------------------------------------------------


def _wide(one: Made, head: dict[str, list[str]]) -> pd.DataFrame:
    return pd.DataFrame({**head, **{c: one.answers[c].map(cell) for c in one.answers}})


def _csv(table: pd.DataFrame, path: Path) -> Path:
    table.to_csv(path, sep=";", index=False, encoding="utf-8-sig")
    return path


def _excel(path: Path, sheets: dict[str, pd.DataFrame], above: int = 0) -> Path:
    with pd.ExcelWriter(path) as book:
        for name, table in sheets.items():
            numbers = table.map(lambda v: int(v) if isinstance(v, str) and v.isdigit() else v)
            numbers.to_excel(book, sheet_name=name, index=False, startrow=above)
            if above:
                book.sheets[name]["A1"] = "Kodning av workshopen i maj"
    return path


def wide_ids(one: Made, folder: Path) -> list[Path]:
    return [_csv(_wide(one, {"id": one.ids}), folder / "tabell.csv")]


def wide_texts(one: Made, folder: Path) -> list[Path]:
    head = {"Lapp": one.texts}
    return [_excel(folder / "tabell.xlsx", {"Blad1": _wide(one, head)}, above=2)]


def wide_more(one: Made, folder: Path) -> list[Path]:
    """Ids, texts, a group that is the same for all, and a remark now and then."""
    head = {"Nr": [str(i + 1) for i in range(len(one.ids))], "Text": one.texts}
    table = _wide(one, head)
    table.insert(2, "Grupp", ["Bord A", "Bord B"] * (len(table) // 2) + ["Bord A"] * (len(table) % 2))
    remark = "se även nästa lapp, som säger något liknande"
    table["Kommentar"] = [remark if i % 5 == 0 else "" for i in range(len(table))]
    return [_excel(folder / "tabell.xlsx", {"Kodning": table})]


def wide_nothing(one: Made, folder: Path) -> list[Path]:
    return [_csv(_wide(one, {}), folder / "tabell.csv")]


def long_rows(one: Made, folder: Path) -> list[Path]:
    rows = [
        (note, coder, cell(value))
        for coder in one.answers
        for note, value in zip(one.ids, one.answers[coder], strict=True)
        if value is not None
    ]
    return [_csv(pd.DataFrame(rows, columns=["lapp", "kodare", "kod"]), folder / "svar.csv")]


def long_codes(one: Made, folder: Path) -> list[Path]:
    """A row per code: several rows where a coder gave several."""
    rows = [
        (note, text, coder, code)
        for note, text, row in zip(one.ids, one.texts, one.answers.to_dict("records"), strict=True)
        for coder, value in row.items()
        if value is not None
        for code in (sorted(value) if isinstance(value, frozenset) else [value])
    ]
    table = pd.DataFrame(rows, columns=["note", "text", "coder", "code"])
    return [_excel(folder / "codes.xlsx", {"Sheet1": table})]


def person(coder: str) -> str:
    """Return whom a file is named after: nobody is called 'text' because the file is."""
    return "Kim" if coder in AS_OURS.values() else coder


def _files(one: Made, table: Callable[[str], pd.DataFrame], folder: Path) -> list[Path]:
    return [_csv(table(coder), folder / f"kodning_{person(coder)}.csv") for coder in one.answers]


def files_texts(one: Made, folder: Path) -> list[Path]:
    return _files(one, lambda c: pd.DataFrame({"text": one.texts, "kod": one.answers[c].map(cell)}), folder)


def files_shuffled(one: Made, folder: Path) -> list[Path]:
    def table(coder: str) -> pd.DataFrame:
        whole = pd.DataFrame({"id": one.ids, "text": one.texts, "Kod": one.answers[coder].map(cell)})
        return whole.sample(frac=1, random_state=len(coder))

    return _files(one, table, folder)


def sheets_texts(one: Made, folder: Path) -> list[Path]:
    sheets = {
        person(c): pd.DataFrame({"note": one.texts, "tema": one.answers[c].map(cell)}) for c in one.answers
    }
    return [_excel(folder / "alla.xlsx", sheets, above=1)]


def _siblings(values: pd.Series, name: str) -> dict[str, list[str]]:
    most = max(len(v) if isinstance(v, frozenset) else 1 for v in values)
    lists = [sorted(v) if isinstance(v, frozenset) else ([] if v is None else [v]) for v in values]
    return {f"{name} {k + 1}": [one[k] if len(one) > k else "" for one in lists] for k in range(most + 1)}


def files_siblings(one: Made, folder: Path) -> list[Path]:
    def table(coder: str) -> pd.DataFrame:
        return pd.DataFrame({"text": one.texts, **_siblings(one.answers[coder], "Tema")})

    return _files(one, table, folder)


def wide_siblings(one: Made, folder: Path) -> list[Path]:
    columns: dict[str, list[str]] = {}
    for coder in one.answers:
        columns |= _siblings(one.answers[coder], f"{coder} kod")
    return [_csv(pd.DataFrame({"id": one.ids, **columns}), folder / "tabell.csv")]


def _marks(one: Made, coder: str) -> dict[str, list[object]]:
    labels = sorted({code for c in one.answers for v in one.answers[c] if v is not None for code in v})
    return {label: ["" if v is None else int(label in v) for v in one.answers[coder]] for label in labels}


def files_marks(one: Made, folder: Path) -> list[Path]:
    return _files(one, lambda c: pd.DataFrame({"text": one.texts, **_marks(one, c)}), folder)


def long_marks(one: Made, folder: Path) -> list[Path]:
    parts = [
        pd.DataFrame({"id": one.ids, "text": one.texts, "bedömare": c, **_marks(one, c)}) for c in one.answers
    ]
    return [_csv(pd.concat(parts), folder / "allt.csv")]


def comma_cells(one: Made, folder: Path) -> list[Path]:
    table = _wide(one, {"id": one.ids})
    coders = list(one.answers)
    table[coders] = table[coders].apply(lambda column: column.str.replace("; ", ", "))
    return [_csv(table, folder / "tabell.csv")]


def wide_numbers(one: Made, folder: Path) -> list[Path]:
    """Coders by number, NA where nothing was said, tabs."""
    table = _wide(one, {"id": one.ids})
    table.columns = ["id", *(f"Kodare {k}" for k in range(1, len(table.columns)))]
    path = folder / "tabell.tsv"
    table.replace("", "NA").to_csv(path, sep="\t", index=False)
    return [path]


def long_nameless(one: Made, folder: Path) -> list[Path]:
    """A row per answer, under names that say nothing."""
    rows = [
        (note, coder, cell(value))
        for note, row in zip(one.ids, one.answers.to_dict("records"), strict=True)
        for coder, value in row.items()
        if value is not None
    ]
    table = pd.DataFrame(rows, columns=["X1", "X2", "X3"])
    return [_excel(folder / "export.xlsx", {"Export": table})]


def sheets_codebook(one: Made, folder: Path) -> list[Path]:
    """A codebook on the first sheet, then a sheet per coder."""
    values = sorted({cell(v) for c in one.answers for v in one.answers[c] if v is not None})
    book = pd.DataFrame(
        {"kod": values, "definition": [f"Allt som handlar om {v} i vid mening" for v in values]}
    )
    sheets = {
        person(c): pd.DataFrame({"id": one.ids, "text": one.texts, "kod": one.answers[c].map(cell)})
        for c in one.answers
    }
    return [_excel(folder / "alla.xlsx", {"Definitioner": book, **sheets})]


def files_context(one: Made, folder: Path) -> list[Path]:
    """A column about the notes that is the same in every file, and remarks of each coder."""

    def table(coder: str) -> pd.DataFrame:
        n = len(one.ids)
        return pd.DataFrame(
            {
                "Nr": range(1, n + 1),
                "Workshop": [["Norr", "Söder"][k % 2] for k in range(n)],
                "Lapp": one.texts,
                "Kod": one.answers[coder].map(cell),
                "Memo": [f"{coder} undrar" if k % 7 == 0 else "" for k in range(n)],
            }
        )

    return _files(one, table, folder)


def wide_marks(one: Made, folder: Path) -> list[Path]:
    """Every coder's columns of marks beside each other: Anna: Resurser."""
    columns = {f"{c}: {label}": marks for c in one.answers for label, marks in _marks(one, c).items()}
    return [_csv(pd.DataFrame({"id": one.ids, **columns}), folder / "tabell.csv")]


def wide_two_rows(one: Made, folder: Path) -> list[Path]:
    """Coders above, Kod 1, Kod 2 … below them."""
    above, below, columns = [""], ["id"], [one.ids]
    most = max(len(_siblings(one.answers[c], "Kod")) for c in one.answers)
    for coder in one.answers:
        own = list(_siblings(one.answers[coder], "Kod").values())
        own += [[""] * len(one.ids)] * (most - len(own))
        above += [coder, *[""] * (most - 1)]
        below += [f"Kod {k + 1}" for k in range(most)]
        columns += own
    rows = [above, below, *map(list, zip(*columns, strict=True))]
    path = folder / "tabell.xlsx"
    pd.DataFrame(rows).to_excel(path, header=False, index=False)
    return [path]


ANY = [wide_ids, wide_texts, wide_more, long_rows, long_codes, files_texts, files_shuffled, sheets_texts]
ANY += [wide_numbers, long_nameless, sheets_codebook, files_context]
SHAPES: dict[str, list[Callable[[Made, Path], list[Path]]]] = {
    "single": [*ANY, wide_nothing],
    "scale": [*ANY, wide_nothing],
    "multiple": [
        *ANY,
        files_siblings,
        wide_siblings,
        files_marks,
        long_marks,
        comma_cells,
        wide_marks,
        wide_two_rows,
    ],
}
