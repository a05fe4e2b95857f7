"""The researchers' guides as they are walked: commands, section by section, and what coders do meanwhile."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from sekom_analysis.study.rows import utc_text
from sekom_analysis.study.study import Study

from .documents import ROOT

GUIDES = {lang: ROOT / "docs" / f"researchers-guide.{lang}.md" for lang in ("sv", "en")}


class Names(NamedTuple):
    """What files, folders and variables are called in a guide."""

    study: str
    notes: str
    answers: str
    codebook: str
    returned: str
    variable: str
    sorting: str


NAMES = {
    "sv": Names(
        study="minstudie",
        notes="lappar.xlsx",
        answers="svar.xlsx",
        codebook="kodbok.xlsx",
        returned="svar-minstudie-anna.jsonl",
        variable="kategori",
        sorting="Kategori",
    ),
    "en": Names(
        study="mystudy",
        notes="notes.xlsx",
        answers="answers.xlsx",
        codebook="codebook.xlsx",
        returned="answers-mystudy-anna.jsonl",
        variable="category",
        sorting="Category",
    ),
}


# --- sections, and what is to be done in each ---------------------------------------------------------


def walked(lang: str, *sections: str) -> Iterator[tuple[str, str]]:
    """Yield the blocks of a guide's sections, named by how their headings begin; commands line by line."""
    text = GUIDES[lang].read_text(encoding="utf-8")
    for wanted in sections:
        [body] = re.findall(rf"^## {wanted}.*?$(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
        for language, block in re.findall(r"^```(\w*)\n(.*?)^```", body, re.MULTILINE | re.DOTALL):
            if language == "sh":
                yield from (("sh", line) for line in block.splitlines())
            else:
                yield language, block


def told(lang: str, section: str, beginning: str) -> list[str]:
    """Return the commands of a section that begin so."""
    return [line for kind, line in walked(lang, section) if kind == "sh" and line.startswith(beginning)]


def put(text: str, folder: Path) -> None:
    """Write a block into the file that its first line names; what the guide leaves in study.yaml stays."""
    path = folder / text.splitlines()[0].removeprefix("# ")
    assert path.is_file()
    kept = ""
    if path.name == "study.yaml":
        old = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = "".join(line for line in old if line.startswith(("id:", "title:", "seed:", "context:")))
        assert kept.count("\n") >= 3
    path.write_text(kept + text, encoding="utf-8")


# --- what coders do between two commands ----------------------------------------------------------------


def by_browser(path: Path, study: Study, said: Iterable[tuple[str, str, list[str]]]) -> None:
    """Write what Anna's browser would save: an answer per line."""
    lines = [{"file": "sekom-answers", "version": 1, "study": study.about.id, "coder": "anna"}]
    now = datetime.now(UTC) - timedelta(hours=1)
    for number, (note_id, variable, codes) in enumerate(said):
        lines.append(
            {
                "event_id": f"e{number:015d}", "variable": variable, "event": "decide", "codes": codes,
                "certainty": "", "memo": "", "pass": 1, "at": utc_text(now + timedelta(milliseconds=number)),
                "note_hash": study.seen.hash_of(note_id),
                "codebook": study.codebook[variable].version, "key": study.note_keys[note_id],
            }
        )  # fmt: skip
    lines[0]["events"] = len(lines) - 1
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path.write_text(text, encoding="utf-8")


def answered(marks: dict[str, object]) -> Iterator[tuple[str, list[str]]]:
    """Yield variable and codes of what is typed into a row of a sheet, for one who uses the page."""
    sets = {mark.split("/")[0] for mark in marks if "/answer" not in mark}
    for name in sets:
        yield name, [mark.split("/")[2] for mark in marks if mark.startswith(f"{name}/code/")]
    yield from ((mark.split("/")[0], [str(typed)]) for mark, typed in marks.items() if "/answer" in mark)


def final_codes(study: str, lang: str) -> pd.DataFrame:
    """Return what is where the guide says that the final codes are."""
    sheet = {"sv": "Samlad kodning", "en": "Consensus"}[lang]
    return pd.read_excel(f"{study}.xlsx", sheet_name=sheet, dtype=str, engine="openpyxl")
