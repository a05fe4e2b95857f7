"""What a coder is given opens nothing: not which note is which, not anybody's order, not the warm-up."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import threading
import zipfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from sekom_analysis.basics.errors import DecisionError, NotSavedError, StudyError
from sekom_analysis.basics.wording import kind_of
from sekom_analysis.coding.comparing import ReviewSession
from sekom_analysis.coding.page import write_page
from sekom_analysis.coding.session import Session
from sekom_analysis.exchange.refi import study_from_project
from sekom_analysis.exchange.registry import Order, export_file
from sekom_analysis.exchange.sheet_writing import write_coding_sheet
from sekom_analysis.report import write_report
from sekom_analysis.results import work_out
from sekom_analysis.study import secret as secret_module
from sekom_analysis.study.log import MARKS
from sekom_analysis.study.making import create_sample
from sekom_analysis.study.secret import SECRET_FILE, read_secret
from sekom_analysis.study.study import Study

BOOK = {
    "variables": [
        {"id": "valence", "kind": "single", "label": "Hinder eller möjlighet", "codes": [
            {"id": "hinder", "label": "Hinder"}, {"id": "mojlighet", "label": "Möjlighet"}]},
    ],
}  # fmt: skip

# What somebody guesses who knows this package and no more: how ids look, and that a seed is a number.
GUESSED_IDS = [f"{letter}{number:03}" for letter in "BDGHMN" for number in range(1, 300)]
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


# Ids of earlier answers


def filled_sheet(study: Study, coder: str, path: Path, n_rows: int = 6) -> Path:
    """A sheet that came back: the first rows of its first tab answered."""
    write_coding_sheet(study.desk(coder), path)
    book = load_workbook(path)
    sheet, row, column = next(
        (sheet, cell.row, cell.column)
        for sheet in book.worksheets
        for cells in sheet.iter_rows(max_row=8)
        for cell in cells
        if cell.value == "valence/answer"
    )
    for place in range(row + 2, row + 2 + n_rows):
        sheet.cell(place, column).value = "Hinder"
    book.save(path)
    return path


def page_data(study: Study, path: Path, coder: str = "anna") -> dict[str, Any]:
    page = write_page(study.desk(coder), path).read_text(encoding="utf-8")
    return json.loads(re.search(r'id="data">(.*?)</script>', page)[1])


def test_ids_of_answers_from_a_sheet_do_not_tell_the_notes(sample, tmp_path):
    """The coder has the sheet, so its digest is no secret: an id made of it and the note's id opens that."""
    sheet = filled_sheet(sample, "anna", tmp_path / "anna.xlsx")
    sample.collect(sheet)
    data = sheet.read_bytes()
    guesses = {
        "s" + hashlib.sha256(f"{hashlib.sha256(data).hexdigest()}|{note}|valence".encode()).hexdigest()[:24]
        for note in GUESSED_IDS
    }
    assert guesses >= set(sample.history("anna")["event_id"])  # the attack works on the log itself
    shown = page_data(sample, tmp_path / "page.html")["answers"]
    ids = {answer["id"] for cells in shown.values() for answer in cells.values()}
    assert len(ids) == 6
    assert not guesses & ids


def test_answers_loaded_from_a_table_do_not_tell_its_order(sample, tmp_path):
    loaded = [{"note_id": n, "variable": "dimension", "codes": []} for n in sample.notes.index]
    sample.record("anna", loaded)
    data = page_data(sample, tmp_path / "page.html")
    assert list(data["answers"]) == [note["key"] for note in data["notes"]]
    last = sample.history("anna")["decided_at"].iloc[-1]
    assert {cell["dimension"]["at"] for cell in data["answers"].values()} == {last}
    in_log = sample.history("anna")["note_id"].tolist()
    by_id = sorted(data["answers"], key=lambda key: data["answers"][key]["dimension"]["id"])
    assert [sample.note_of(key) for key in by_id][:10] != in_log[:10]


def test_ids_made_in_a_browser_stay_and_all_are_known_when_they_come_back(sample, tmp_path):
    page = write_page(sample.desk("anna"), tmp_path / "page.html")
    sample.collect(answers_file(page, tmp_path / "answers.jsonl"))
    sample.decide("anna", "B001", "dimension", [])
    desk = sample.desk("anna")
    names = {
        desk.shown_id(event_id, via): event_id
        for event_id, via in desk.history()[["event_id", "via"]].itertuples(index=False)
    }
    assert sum(shown == event_id for shown, event_id in names.items()) == 3
    assert {shown: desk.event_of(shown) for shown in names} == names
    replace_secret(sample, "former")
    assert {shown: Study.open(sample.root).desk("anna").event_of(shown) for shown in names} == names
    assert desk.event_of("e000") is None


# What was given out before


def replace_secret(study: Study, keep: str = "") -> str:
    """Put another secret in the place of a study's; the old one stays in the file as `keep`, or is lost."""
    path = study.root / SECRET_FILE
    old = path.read_text(encoding="utf-8").split("secret ")[1].split()[0]
    path.write_text(f"secret {'ab' * 32}\n" + (f"{keep} {old}\n" if keep else ""), encoding="utf-8")
    return old


def with_keys(path: Path, to: dict[str, str]) -> Path:
    """A page's answers or a sheet with other keys in it."""
    if path.suffix == ".jsonl":
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"n[0-9a-f]{20}", lambda hit: to[hit[0]], text), encoding="utf-8")
        return path
    book = load_workbook(path)
    for sheet in book.worksheets:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if isinstance(cell.value, str) and cell.value[:21] in to:
                cell.value = to[cell.value[:21]] + cell.value[21:]
    book.save(path)
    return path


def came_back(study: Study, folder: Path, kind: str) -> Path:
    """A file of anna's: a page's answers or a sheet."""
    if kind == "sheet":
        return filled_sheet(study, "anna", folder / "anna.xlsx", 3)
    page = write_page(study.desk("anna"), folder / "page.html")
    return answers_file(page, folder / "answers.jsonl")


@pytest.mark.parametrize("kind", ["page", "sheet"])
def test_what_was_given_out_before_there_was_a_secret_is_taken(sample, tmp_path, kind):
    path = came_back(sample, tmp_path, kind)
    old = {key: old_key(sample.about.id, note_id) for note_id, key in sample.note_keys.items()}
    expected = [sample.note_of(key) for key in keys_in(path)][:3]
    found = sample.collect(with_keys(path, old))
    assert sorted(found.added["note_id"]) == sorted(expected)
    assert list(found.remarks) == []


@pytest.mark.parametrize("kind", ["page", "sheet"])
@pytest.mark.parametrize("how", ["secret", "former", "copy", "lost"])
def test_what_was_given_out_under_another_secret_is_taken(sample, tmp_path, kind, how):
    path = came_back(sample, tmp_path, kind)
    expected = [sample.note_of(key) for key in keys_in(path)][:3]
    own = (sample.root / SECRET_FILE).read_bytes()
    replace_secret(sample, how if how in ("secret", "former") else "")
    if how == "copy":
        (sample.root / SECRET_FILE).with_name(".secret-DESKTOP-7Q2").write_bytes(own)
    found = Study.open(sample.root).collect(path)
    assert sorted(found.added["note_id"]) == sorted(expected)
    told = [str(remark.what) for remark in found.remarks]
    by_text = f"{len(keys_in(path))} notes in it are named by another secret than this study's"
    assert [one.startswith(by_text) for one in told] == [True] * (how == "lost")


@pytest.mark.parametrize("kind", ["page", "sheet"])
def test_a_key_that_fits_nothing_is_refused_where_the_text_does_not_tell(study, tmp_path, kind):
    notes = study.notes.assign(text="Samma text", stage="B")
    path = study.root / "data/raw/notes.csv"
    notes.reset_index().to_csv(path, index=False, encoding="utf-8")
    twins = Study.open(study.root)
    back = came_back(twins, tmp_path, kind)
    replace_secret(twins)
    with pytest.raises(DecisionError, match=r"no note with the key 'n[0-9a-f]{20}'") as caught:
        Study.open(study.root).collect(back)
    assert "another copy of this study" in str(caught.value)
    assert "data/coded/.secret" in str(caught.value)
    assert Study.open(study.root).history().empty


def test_the_cards_take_old_keys_too(sample):
    note_id = sample.notes_asked("valence")[0]
    event = {
        "event_id": "e0000001", "note": old_key(sample.about.id, note_id), "variable": "valence",
        "codes": ["hinder"], "certainty": "", "memo": "", "event": "decide", "pass": 1,
    }  # fmt: skip
    Session(sample.desk("anna")).receive({"kind": "events", "events": [event]})
    assert sample.history("anna")["note_id"].tolist() == [note_id]
    pairs = pd.DataFrame({"note_a": ["D001"], "note_b": ["D002"]})
    session = ReviewSession(sample, "dag", pairs)
    judged = {**event, "note": old_key(sample.about.id, "D001+D002"), "codes": ["different"],
              "note_hash": session.data()["notes"][0]["hash"]}  # fmt: skip
    session.receive({"kind": "events", "events": [judged]})
    own = sample.pair_judgements().query("reviewer == 'dag'")
    assert own[["note_a", "note_b", "judgement"]].values.tolist() == [["D001", "D002", "different"]]


# Who had begun


def order_on_each(study: Study, folder: Path, coder: str) -> list[list[str]]:
    """The order of a coder on card, page and sheet, as notes; a sheet has a tab for each stage."""
    page, sheet, _ = given_out(study, folder, coder)
    shown = [[study.note_of(key) for key in keys_in(path)] for path in (page, sheet)]
    return [listed(study, coder), *shown]


def test_a_coder_who_had_begun_keeps_the_order_and_the_others_get_one_of_their_own(sample, tmp_path):
    sample.decide("anna", "B003", "valence", "hinder")
    assert not (sample.root / SECRET_FILE).exists()
    old = old_order(sample.notes.index, 2016, "anna")
    card, page, sheet = order_on_each(sample, tmp_path / "anna", "anna")
    assert card == page == old
    stages = sample.notes["stage"]
    assert sheet == [n for stage in "BD" for n in old if stages[n] == stage]
    card, page, sheet = order_on_each(sample, tmp_path / "bo", "bo")
    assert card == page != old_order(sample.notes.index, 2016, "bo")
    assert sheet == [n for stage in "BD" for n in card if stages[n] == stage]
    sample.decide("bo", "B003", "valence", "hinder")
    assert listed(Study.open(sample.root), "bo") == card


@pytest.mark.parametrize("who", ["bo", None])
def test_the_warm_up_stays_if_anybody_had_begun_it(study, who):
    (study.root / SECRET_FILE).unlink()
    shutil.rmtree(study.root / MARKS)  # as in a study from before there were secrets
    if who:
        study.decide(who, "n1", "valence", "hinder", **{"pass": 0})
    old = old_order(study.notes.index, study.about.seed, "warm-up")
    chosen = [tuple(listed(one, "anna", warm_up=4)) for one in many(study, 1 if who else 12)]
    assert set(chosen) == {tuple(old)} if who else len(set(chosen)) > 1


def many(study: Study, n: int):
    """The same study with one new secret after the other."""
    for _ in range(n):
        (study.root / SECRET_FILE).unlink(missing_ok=True)
        yield Study.open(study.root)


def test_a_note_added_later_moves_none_of_the_others_nor_changes_a_key(study):
    before, keys = listed(study, "anna"), dict(study.note_keys)
    later = study.notes.loc[["n1"]].rename(index={"n1": "n9"}).assign(text="En till").rename_axis("note_id")
    later.reset_index().to_csv(study.root / "data/raw/notes-later.csv", index=False, encoding="utf-8")
    grown = Study.open(study.root)
    assert [note for note in listed(grown, "anna") if note != "n9"] == before
    assert {note: key for note, key in grown.note_keys.items() if note != "n9"} == keys


# What a page and a sheet say beside keys and order


def without_keys(path: Path) -> tuple[Counter[str], list[str]]:
    """What stands in a file, whatever the order of the notes, and its parts; without the keys."""
    text = re.sub(r"\bn[0-9a-f]{20}\b", "KEY", everything_in(path).decode("utf-8", "replace"))
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
        said = [re.sub(r"^n[0-9a-f]{20}", "KEY", str(cell.value)) for cell in cells if cell.value is not None]
        looks = [f"{cell.column} {cell.style_id} {cell.value is None}" for cell in cells]
        return Counter([*said, *looks]), sorted(re.findall(r"<definedName.*?>|<dc:\w+>.*?<", text))
    return Counter(re.findall(r"\{[^{}]*\}|[^{}]+", re.sub(r'"(made|floor)":"[^"]*"', "", text))), []


@pytest.mark.parametrize("kind", ["page", "sheet"])
def test_other_ids_change_nothing_but_keys_and_order(tmp_path, monkeypatch, kind):
    one_copy = SimpleNamespace(token_hex=lambda n: "c0" * n)  # a sheet's own id is a new one each time
    monkeypatch.setattr("sekom_analysis.exchange.sheet_writing.secrets", one_copy)
    told = []
    for ids in (["n1", "n2", "n3", "n4"], ["n4", "n2", "n1", "n3"]):
        folder = tmp_path / "".join(ids)
        notes = pd.DataFrame({"note_id": ids, "text": ["Ett", "Två", "Tre", "Fyra"], "stage": "B"})
        study = Study.create(folder, notes=notes, codebook=BOOK, title="Den")
        about = re.sub(r"(?m)^(id|seed):.*$", r"\1: 7", (folder / "data/raw/study.yaml").read_text("utf-8"))
        (folder / "data/raw/study.yaml").write_text(about, encoding="utf-8")
        (folder / SECRET_FILE).write_text(f"secret {'c4' * 32}\n", encoding="utf-8")
        page, sheet, _ = given_out(Study.open(study.root), folder / "out")
        told.append(without_keys(page if kind == "page" else sheet))
    assert told[0] == told[1]
    assert sum(told[0][0].values()) > 10


# The file


def test_nothing_that_is_made_holds_the_secret(study, tmp_path):
    for coder, codes in (("anna", "hinder"), ("bo", "mojlighet")):
        study.record(
            coder, [{"note_id": n, "variable": "valence", "codes": codes} for n in ("n1", "n2", "007")]
        )
    study.adjudicate("anna", "n1", "valence", "hinder", reason="enligt kodboken")
    secret = (study.root / SECRET_FILE).read_text(encoding="utf-8").split("secret ")[1].split()[0]
    out = tmp_path / "out"
    files = given_out(study, out, "cilla")
    for name in ("a.qdpx", "a.qdc", "a.xlsx", "tags.csv"):
        export_file(Order(study, out / name))
    write_report(work_out(study, n_resamples=20), out / "report", ("html", "docx", "pdf"))
    files = [path for folder in (out, study.root) for path in folder.rglob("*") if path.is_file()]
    assert {path.suffix for path in files} >= {
        ".html",
        ".xlsx",
        ".jsonl",
        ".qdpx",
        ".qdc",
        ".docx",
        ".pdf",
        ".csv",
    }
    for path in files:
        data = everything_in(path)
        if path.suffix == ".pdf":
            data += "".join(page.extract_text() for page in PdfReader(path).pages).encode("utf-8")
        holds = any(
            form in data for form in (secret.encode(), secret.upper().encode(), bytes.fromhex(secret))
        )
        assert holds == (path.name == ".secret"), path
        if path.suffix == ".qdpx":
            assert b"seed" not in data


def test_each_study_has_a_secret_of_its_own(sample_study, tmp_path):
    path = tmp_path / "a.qdpx"
    export_file(Order(sample_study, path))
    back, _ = study_from_project(tmp_path / "back", path)
    create_sample(tmp_path / "copy")
    roots = [sample_study.root, back.root, tmp_path / "copy"]
    found = [read_secret(root) for root in roots]
    assert len({one.now for one in found}) == 3
    assert [one.begun for one in found] == [
        {"k1", "k2", "k3", "rapport-2016"},
        set(),
        {"k1", "k2", "k3", "rapport-2016"},
    ]
    assert all(re.fullmatch(r"[0-9a-f]{64}", one.now) for one in found)


def test_two_processes_at_once_get_one_secret(study):
    (study.root / SECRET_FILE).unlink()
    line = "import sys; from pathlib import Path; from sekom_analysis.study.secret import secret_of; "
    line += "print('ready', flush=True); sys.stdin.read(); print(secret_of(Path(sys.argv[1])).now)"
    command = [sys.executable, "-c", line, str(study.root)]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) for _ in range(3)]
    assert [process.stdout.readline().strip() for process in running] == [b"ready"] * 3
    for process in running:
        process.stdin.close()
    said = {process.stdout.read().decode().strip() for process in running}
    assert [process.wait() for process in running] == [0] * 3
    assert said == {read_secret(study.root).now}
    for process in running:
        process.stdout.close()


def test_while_one_is_being_made_no_other_is(study, monkeypatch):
    """Without the lock both would be making one at the same moment, and meet at the barrier."""
    (study.root / SECRET_FILE).unlink()
    barrier, text, met = threading.Barrier(2), secret_module._text, []

    def slow(root):
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=1)
            met.append(root)
        return text(root)

    monkeypatch.setattr(secret_module, "_text", slow)
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(secret_module.secret_of, [study.root] * 2))
    assert met == []
    assert found[0] == found[1] == read_secret(study.root)


def test_a_study_that_cannot_be_written_to_says_so_and_can_still_be_read(sample, tmp_path):
    (sample.root / ".sekom").write_text("in the way", encoding="utf-8")
    with pytest.raises(NotSavedError, match=r"data/coded/\.secret: the study's secret cannot be saved"):
        write_page(sample.desk("anna"), tmp_path / "page.html")
    assert not (tmp_path / "page.html").exists()
    assert sample.note_of(old_key(sample.about.id, "B001")) == "B001"
    assert sample.list_problems() == []
    assert not (sample.root / SECRET_FILE).exists()


@pytest.mark.parametrize("content", [b"", b"secret 12\n", b"\x00\xff\xfe", b"# only a comment\n"])
def test_a_secret_that_cannot_be_read_is_never_replaced_silently(study, tmp_path, content):
    (study.root / SECRET_FILE).write_bytes(content)
    with pytest.raises(StudyError, match=r"does not contain a secret.*delete it: a new one is then made"):
        write_page(study.desk("anna"), tmp_path / "page.html")
    assert (study.root / SECRET_FILE).read_bytes() == content
    assert any(problem.file == ".secret" for problem in study.list_problems())
    (study.root / SECRET_FILE).unlink()
    write_page(study.desk("anna"), tmp_path / "page.html")
    assert read_secret(study.root) is not None


@pytest.mark.parametrize("name", [".secret-DESKTOP-7Q2", ".secret (1)", "-DESKTOP-7Q2.secret",
                                  ".secret (Annas kopia i konflikt 2026-01-02)"])  # fmt: skip
def test_a_copy_alone_becomes_the_secret_again(study, name):
    before = dict(study.note_keys)
    (study.root / SECRET_FILE).rename((study.root / SECRET_FILE).with_name(name))
    again = Study.open(study.root)
    assert dict(again.note_keys) == before
    assert (study.root / SECRET_FILE).is_file()
    assert again.list_problems() == []


def test_a_secret_that_is_lost_is_told_and_opens_no_order(study, tmp_path):
    study.decide("anna", "n1", "valence", "hinder")
    assert study.note_keys
    assert study.list_problems() == []
    path = study.root / SECRET_FILE
    kept = path.read_bytes()
    path.unlink()
    (problem,) = Study.open(study.root).list_problems()
    assert (problem.file, kind_of(problem)) == (".secret", "problem_secret_lost")
    assert "put it back from a copy" in problem.todo
    write_page(Study.open(study.root).desk("anna"), tmp_path / "page.html")
    assert read_secret(study.root).begun == frozenset()
    again = Study.open(study.root)
    (problem,) = again.list_problems()  # also once a new one is made
    assert again.desk("anna").seed != again.about.seed
    new = read_secret(study.root).now
    path.write_bytes(kept + f"former {new}\n".encode())
    assert Study.open(study.root).list_problems() == []


def test_a_secret_given_up_for_good_is_told_no_more(study, tmp_path):
    assert study.note_keys
    (study.root / SECRET_FILE).unlink()
    (study.root / "data/coded/.marks/secret").unlink()
    again = Study.open(study.root)
    write_page(again.desk("anna"), tmp_path / "page.html")
    assert again.list_problems() == []


def test_the_mark_of_a_secret_does_not_tell_it(study):
    assert study.note_keys
    mark = (study.root / "data/coded/.marks/secret").read_text(encoding="utf-8")
    assert read_secret(study.root).now[:16] not in mark
    assert len(mark.split()) == 1


def test_the_secret_says_what_it_is_and_lives_in_windows_line_ends(study):
    path = study.root / SECRET_FILE
    text = path.read_text(encoding="utf-8")
    assert "do not give it to any coder" in text
    now = read_secret(study.root)
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode("utf-8"))
    assert read_secret(study.root) == now
