"""What a coder is given opens nothing: not which note is which, not anybody's order, not the warm-up."""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from sekom_analysis.coding.page import write_page
from sekom_analysis.coding.session import Session
from sekom_analysis.exchange.sheets import write_coding_sheet
from sekom_analysis.study import Study

# What somebody guesses who knows this package and no more: how ids look, and that a seed is a number.
GUESSED_IDS = [f"{stage}{number:03}" for stage in "BD" for number in range(1, 300)]
GUESSED_SEEDS = range(3000)


def digest(*parts: object) -> str:
    return hashlib.sha256("\0".join(str(part) for part in parts).encode("utf-8")).hexdigest()


def old_key(study_id: str, note_id: str) -> str:
    """The key of a note as pages and sheets had it before there was a secret."""
    return "n" + digest(study_id, "note", note_id)[:20]


def old_order(note_ids, *seed: object) -> list[str]:
    return sorted(note_ids, key=lambda note_id: (digest(*seed, note_id), note_id))


def everything_in(path: Path) -> bytes:
    """All bytes of a file, those inside archives unpacked."""
    return b"\n".join(_unpacked(path.read_bytes()))


def _unpacked(data: bytes):
    yield data
    if data.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for name in archive.namelist():
                yield name.encode("utf-8")
                yield from _unpacked(archive.read(name))


def keys_in(path: Path) -> list[str]:
    """The keys that a page, sheet or answers file holds, as they follow each other."""
    return list(
        dict.fromkeys(re.findall(r"\bn[0-9a-f]{20}\b", everything_in(path).decode("utf-8", "replace")))
    )


def ids_found(path: Path, study: Study) -> set[str]:
    """The ids that brute force finds from a file's keys and the study's id, which stands in it too."""
    keys = set(keys_in(path))
    return {note_id for note_id in GUESSED_IDS if old_key(study.about.id, note_id) in keys}


def seeds_found(order: list[str], *parts: str) -> list[int]:
    """The seeds from which brute force gets an order."""
    first, rest = order[0], order[1:8]
    return [
        seed
        for seed in GUESSED_SEEDS
        if digest(seed, *parts, first) < min(digest(seed, *parts, note) for note in rest)
        and old_order(order, seed, *parts) == order
    ]


def answers_file(page: Path, to: Path, n_notes: int = 3, **fields: object) -> Path:
    """What a coder sends back who has answered the first notes of a page, each with its first code."""
    data = json.loads(re.search(r'id="data">(.*?)</script>', page.read_text(encoding="utf-8"))[1])
    variables = {variable["id"]: variable for variable in data["variables"]}
    head = {"file": "sekom-answers", "version": 1, "study": data["study"], "coder": data["coder"],
            "events": n_notes}  # fmt: skip
    lines: list[dict[str, object]] = []
    for number, note in enumerate(data["notes"][:n_notes]):
        asked = variables[note["variables"][0]]
        lines.append({
            "event_id": f"e{number:016x}", "key": note["key"], "variable": asked["id"],
            "codes": [asked["codes"][0]["id"]], "certainty": "", "memo": "", "event": "decide", "pass": 1,
            "note_hash": note["hash"], "codebook": asked["version"],
            "at": f"2020-05-04T10:00:{number:02}.000000Z", **fields,
        })  # fmt: skip
    to.write_text("".join(f"{json.dumps(line)}\n" for line in [head, *lines]), encoding="utf-8")
    return to


def given_out(study: Study, folder: Path, coder: str = "anna") -> list[Path]:
    """Everything that one coder gets or makes: page, sheet and answers file."""
    folder.mkdir(exist_ok=True)
    page = write_page(study.desk(coder), folder / "page.html")
    sheet = folder / "sheet.xlsx"
    write_coding_sheet(study.desk(coder), sheet)
    return [page, sheet, answers_file(page, folder / "answers.jsonl")]


def listed(study: Study, coder: str, **options: int) -> list[str]:
    return [item.note_id for item in Session(study.desk(coder), **options).items]


def test_the_attack_finds_what_it_is_for(sample):
    """Brute force as an attacker would do it breaks what was given out before there was a secret."""
    order = old_order(sample.notes.index, sample.about.seed, "anna")
    assert seeds_found(order, "anna") == [2016]
    assert old_key("sekom-2016", "B001") == "n" + digest("sekom-2016", "note", "B001")[:20]


def test_no_note_is_found_from_what_a_coder_is_given(sample, tmp_path):
    for path in given_out(sample, tmp_path / "out"):
        assert len(keys_in(path)) in (3, len(sample.notes))
        assert ids_found(path, sample) == set(), path.name


def test_no_order_is_found_from_any_seed(sample):
    assert seeds_found(listed(sample, "anna"), "anna") == []
    sample.record("bo", [{"note_id": n, "variable": "dimension", "codes": []} for n in listed(sample, "bo")])
    second = listed(sample, "bo", again=40)
    assert seeds_found(second, "bo", "again", "order") == []
    assert seeds_found(listed(sample, "anna", warm_up=20), "warm-up") == []
