"""What is taken into a study stands in files of its own, is recorded, and changes nothing that was there."""

from __future__ import annotations

import hashlib
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from sekom_analysis.basics.errors import ExchangeError, NotSavedError
from sekom_analysis.basics.files import as_typed
from sekom_analysis.cli import main
from sekom_analysis.exchange import taking_in
from sekom_analysis.exchange.registry import IMPORTERS, Request, chosen_importer, import_file, import_files
from sekom_analysis.exchange.taking_in import Material, add
from sekom_analysis.study.imports import earlier_import, imports, record_import
from sekom_analysis.study.raw import open_raw
from sekom_analysis.study.study import Study

from .reports import CODEBOOK, EXPECTED, HEADINGS, NOTES, ONE_SPELLING, write


@pytest.fixture
def study(tmp_path) -> Study:
    return Study.create(tmp_path / "study", notes=NOTES, codebook=CODEBOOK)


@pytest.fixture
def inbox(tmp_path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "headings.yaml").write_text(HEADINGS, encoding="utf-8")
    return folder


def take(study: Study, path: Path, **given):
    return import_file(Request(open_raw(study.root), path, **given))


def snapshot(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file() and ".sekom" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def sekom(monkeypatch, capsys, *arguments) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["sekom", *map(str, arguments)])
    code = 0
    try:
        main()
    except SystemExit as stop:
        code = int(stop.code or 0)
    said = capsys.readouterr()
    return code, said.out + said.err


@pytest.mark.parametrize("ending", [".txt", ".md", ".docx"])
def test_a_report_is_taken_in_beside_what_is_there(study, inbox, ending):
    before = snapshot(study.root)
    path = write(inbox, ending)
    outcome = take(study, path, headings=inbox / "headings.yaml")
    after = snapshot(study.root)
    assert {name: after[name] for name in before} == before
    fresh = {name for name in after if name not in before and "codebooks" not in name}
    assert fresh == {
        "data/raw/notes-slutrapport-2016.csv",
        "data/raw/outline-slutrapport-2016.csv",
        "data/raw/coders-slutrapport-2016.yaml",
        "data/coded/rapporten.csv",
        "data/coded/.marks/rapporten.csv",
        "data/coded/.marks/imports.csv",
        "data/imports.csv",
    }
    opened = Study.open(study.root)
    assert opened.problems.empty
    assert opened.notes["text"].tolist() == [*NOTES["text"], *(text for text, *_ in EXPECTED)]
    assert opened.about.coder("rapporten").kind == "source"
    assert set(opened.decisions()["via"]) == {"import"}
    assert opened.ratings("category")["rapporten"].dropna().tolist() == [
        decided["category"] for *_, decided in EXPECTED if "category" in decided
    ]
    table = imports(opened)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert table[["file", "sha256", "kind", "taken", "refused"]].values.tolist() == [
        [path.name, digest, "outline", 8 + 13, 0]
    ]
    brought = {name for name in fresh if ".marks" not in name} - {"data/imports.csv"}
    assert set(table.at[0, "written"].split("|")) == brought
    assert outcome.record.imported_at.endswith("Z")


def test_of_several_files_it_is_said_which_were_taken_in(study, inbox, monkeypatch):
    monkeypatch.chdir(study.root)
    files = [write(inbox, ".txt"), inbox / "finns ej.docx", write(inbox, ".md")]
    request = Request(open_raw(study.root), files[0], headings=inbox / "headings.yaml")
    with pytest.raises(ExchangeError) as caught:
        import_files(request, files)
    lines = str(caught.value).splitlines()
    assert len(lines) <= 10
    assert "Nothing of 'finns ej.docx' was saved." in lines
    assert lines[-3] == (
        "Taken in: 'Slutrapport 2016.txt'. Not taken in: 'finns ej.docx', 'Slutrapport 2016.md'."
    )
    assert lines[-2] == "Once that is mended, give the same command again; what was taken in is passed over:"
    words = " ".join(map(as_typed, files))
    assert lines[-1] == f"  sekom import {words} --headings {as_typed(inbox / 'headings.yaml')}"
    monkeypatch.chdir(inbox)
    with pytest.raises(ExchangeError, match="was saved") as caught:
        import_files(request._replace(coder="anna"), files, "outline")
    last = str(caught.value).splitlines()[-1]
    assert last.endswith(f" --as outline --headings {inbox}/headings.yaml --coder anna --study {study.root}")
    alone = files[1:2]
    with pytest.raises(ExchangeError, match="Nothing was saved") as caught:
        import_files(request._replace(path=alone[0]), alone)
    assert "Taken in" not in str(caught.value)
    assert [one.is_known for one in import_files(request, [files[0], files[0]])] == [True, True]


def test_the_same_file_twice_adds_nothing(study, inbox):
    path = write(inbox, ".txt")
    take(study, path, headings=inbox / "headings.yaml")
    before = snapshot(study.root)
    renamed = path.rename(inbox / "annat namn.txt")
    outcome = take(study, renamed)
    assert outcome.is_known
    assert outcome.record.file == "Slutrapport 2016.txt"
    assert snapshot(study.root) == before


def test_an_import_that_was_cut_off_is_completed(study, inbox, monkeypatch):
    path = write(inbox, ".txt")

    def fail(*_):
        raise NotSavedError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(taking_in, "record_import", fail)
        with pytest.raises(NotSavedError):
            take(study, path, headings=inbox / "headings.yaml")
    assert imports(study).empty
    with pytest.raises(ExchangeError, match="was cut off and left data/raw/notes"):
        take(study, path, headings=inbox / "headings.yaml", coder="annan")
    outcome = take(study, path, headings=inbox / "headings.yaml")
    assert outcome.record is not None
    opened = Study.open(study.root)
    assert opened.problems.empty
    assert len(opened.notes) == 2 + 8
    assert len(opened.history("rapporten")) == 13
    assert len(imports(opened)) == 1


def test_what_was_taken_away_again_can_be_taken_in_anew(study, inbox):
    path = write(inbox, ".md", ONE_SPELLING)
    first = take(study, path, coder="ett")
    for name in first.record.paths:
        (study.root / name).unlink()
    assert take(study, path, coder="ett").record.event_id != first.record.event_id
    assert len(imports(study)) == 2


def test_a_coder_with_a_log_is_not_added_to(study, inbox):
    study.decide("rapporten", "B001", "category", "tid")
    before = snapshot(study.root)
    path = write(inbox, ".txt")
    with pytest.raises(ExchangeError, match=r"'rapporten' already has a log.*choose another id with --coder"):
        take(study, path, headings=inbox / "headings.yaml")
    assert snapshot(study.root) == before
    take(study, path, headings=inbox / "headings.yaml", coder="rapporten-b")
    assert Study.open(study.root).coders == ["rapporten-b", "rapporten"]


def test_everything_wrong_is_listed_and_nothing_is_saved(study, tmp_path):
    source = tmp_path / "others.csv"
    source.write_text("x", encoding="utf-8")
    notes = pd.DataFrame(
        {"text": ["Ojämn  nivå", "Något annat", "Ny"], "stage": ["B", "D", "B"]},
        index=pd.Index(["B001", "D007", "B900"], name="note_id"),
    )
    rows = [
        ("B900", "anna", "category", "tid"),
        ("B900", "anna", "category", "tid"),
        ("B900", "anna", "category", "fel"),
        ("B901", "anna", "category", "tid"),
        ("B900", "con", "kind", "mall"),
        ("B900", "bo", "typ", "mall"),
    ]
    decisions = pd.DataFrame(rows, columns=["note_id", "coder", "variable", "codes"])
    before = snapshot(study.root)
    with pytest.raises(ExchangeError) as caught:
        add(open_raw(study.root), source, "decisions", Material(notes=notes, decisions=decisions))
    said = str(caught.value)
    for what in (
        "the note_id 'D007' belongs to another note of the study; give it another, such as 'D007-001'",
        "anna's decision on 'category' of note 'B900': it is there twice",
        "variable 'category' does not have the code 'fel'; it has: kunskap, tid, roll, none_fits",
        "note 'B901': there is no such note",
        "'con' is a reserved name",
        "con's decision on 'kind' of note 'B900': the variable is not asked of this note",
        "there is no such variable; there are: valence, category, kind",
    ):
        assert what in said
    assert "B001" not in said  # the same note under the same id is no problem
    assert snapshot(study.root) == before


def test_notes_that_are_there_are_left_and_decisions_on_them_taken(study, tmp_path):
    source = tmp_path / "others.csv"
    source.write_text("x", encoding="utf-8")
    notes = pd.DataFrame({"text": ["Ojämn nivå"]}, index=pd.Index(["B001"], name="note_id"))
    rows = [("B001", "anna", "category", "kunskap", "3", "tydlig")]
    decisions = pd.DataFrame(rows, columns=["note_id", "coder", "variable", "codes", "certainty", "memo"])
    record = add(open_raw(study.root), source, "decisions", Material(notes=notes, decisions=decisions))
    assert record.paths == ["data/coded/anna.csv"]
    (decided,) = Study.open(study.root).decisions().to_dict("records")
    assert (decided["codes"], decided["certainty"], decided["memo"]) == ("kunskap", "3", "tydlig")


def test_another_report_of_the_same_name_gets_files_of_its_own(study, inbox):
    path = write(inbox, ".md", ONE_SPELLING)
    take(study, path, coder="ett")
    path.write_text("# BILAGA 1\n### Mallar\n- En till lapp\n", encoding="utf-8")
    outcome = take(study, path, coder="två-2".replace("å", "a"))
    assert "data/raw/notes-slutrapport-2016-2.csv" in outcome.record.paths
    assert Study.open(study.root).notes["text"].tolist()[-1] == "En till lapp"


def test_notes_that_came_in_meanwhile_are_seen_before_anything_is_written(study, tmp_path):
    raw, ids = open_raw(study.root), pd.Index(["Z1"], name="note_id")
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(name, encoding="utf-8")
    add(raw, tmp_path / "one.txt", "test", Material(pd.DataFrame({"text": ["Först"]}, index=ids)))
    before = snapshot(study.root)
    with pytest.raises(ExchangeError, match=r"Notes came in while 'two.txt' was read. Nothing was saved"):
        add(raw, tmp_path / "two.txt", "test", Material(pd.DataFrame({"text": ["Sedan"]}, index=ids)))
    assert snapshot(study.root) == before
    assert "Z1" in Study.open(study.root).notes.index


def test_many_notes_with_ids_that_are_taken_are_told_at_once(study, tmp_path):
    ids = pd.Index([f"Q{number}" for number in range(4000)], name="note_id")
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(name, encoding="utf-8")
    add(open_raw(study.root), tmp_path / "one.txt", "test", Material(pd.DataFrame({"text": ids}, index=ids)))
    others, began = pd.DataFrame({"text": ids + " igen"}, index=ids), time.perf_counter()
    with pytest.raises(ExchangeError, match=r"'Q3999' belongs to another note of the study; .* 'Q3999-001'"):
        add(open_raw(study.root), tmp_path / "two.txt", "test", Material(others))
    assert time.perf_counter() - began < 20


def test_a_damaged_line_hides_no_later_import(study, tmp_path):
    path = tmp_path / "one.txt"
    path.write_text("hej", encoding="utf-8")
    for kind in ("outline", "refi"):
        record_import(study.root, path, kind, 1, 0, [])
    file = study.root / "data/imports.csv"
    head, _, *rest = file.read_bytes().split(b"\n")
    file.write_bytes(b"\n".join([head, b"damaged", *rest]))
    assert record_import(study.root, path, "study", 1, 0, []).kind == "study"
    assert imports(study)["kind"].tolist() == ["refi", "study"]


def test_a_disk_that_fails_halfway_is_not_said_to_have_saved_nothing(study, tmp_path, monkeypatch):
    def fail(*_):
        raise NotSavedError("c1.yaml: cannot be written. Nothing was saved.")

    path, ids = tmp_path / "one.txt", pd.Index(["Z1"], name="note_id")
    path.write_text("hej", encoding="utf-8")
    monkeypatch.setattr(taking_in, "keep", fail)
    with pytest.raises(NotSavedError, match=r"'one.txt' was not taken in whole; import it again to complete"):
        add(open_raw(study.root), path, "test", Material(pd.DataFrame({"text": ["Först"]}, index=ids)))
    assert "Z1" in Study.open(study.root).notes.index


def test_each_kind_of_file_has_its_importer():
    assert chosen_importer(Path("a.TXT")).kind == "outline"
    assert {importer.kind for importer in IMPORTERS} >= {"outline"}
    with pytest.raises(ExchangeError, match=r"Nothing here takes in 'a\.exe'.*\n- --as outline"):
        chosen_importer(Path("a.exe"))
    with pytest.raises(ExchangeError, match="--as nonsense"):
        chosen_importer(Path("a.txt"), "nonsense")


def test_a_record_names_what_is_still_there(tmp_path):
    source, written = tmp_path / "a.txt", tmp_path / "data" / "raw" / "notes-a.csv"
    written.parent.mkdir(parents=True)
    source.write_text("x", encoding="utf-8")
    written.write_text("y", encoding="utf-8")
    made = record_import(tmp_path, source, "outline", 3, 1, [written])
    assert earlier_import(tmp_path, made.sha256, "outline") == made
    assert earlier_import(tmp_path, made.sha256, "decisions") is None
    written.unlink()
    assert earlier_import(tmp_path, made.sha256, "outline") is None


def test_the_command_proposes_first_then_takes_in_then_knows(study, inbox, monkeypatch, capsys):
    path = write(inbox, ".txt")
    before = snapshot(study.root)
    code, said = sekom(monkeypatch, capsys, "import", path, "--study", study.root)
    assert code == 0
    assert "nothing was taken in yet" in said
    assert "a heading, or a note?" in said
    assert snapshot(study.root) == before
    proposed = inbox / "Slutrapport 2016.headings.yaml"
    table = (inbox / "Slutrapport 2016.lines.csv").read_text(encoding="utf-8-sig")
    assert "page number" in table

    code, said = sekom(monkeypatch, capsys, "import", path, "--study", study.root)
    assert code == 1
    assert "may hold somebody's work" in said
    edited = proposed.read_text(encoding="utf-8")
    assert "'Föreningen''s roll': 'roll'  # ? which code" in edited
    for name in ("Planering", "Synlighet"):
        assert f"          # '{name}': ''" in edited
        edited = edited.replace(f"          # '{name}': ''", f"          '{name}': ''")
    proposed.write_text(edited, encoding="utf-8")

    code, said = sekom(monkeypatch, capsys, "import", path, "--headings", proposed, "--study", study.root)
    assert code == 0
    assert "8 notes and 13 decisions of report taken in as outline" in said
    assert "the heading 'Tid och pengar' has no notes" in said
    assert Study.open(study.root).notes["text"].tolist()[2:] == [text for text, *_ in EXPECTED]
    code, said = sekom(monkeypatch, capsys, "import", path, "--study", study.root)
    assert code == 0
    assert "was taken in already" in said


def test_the_command_outside_a_study_says_to_make_one(inbox, monkeypatch, capsys):
    code, said = sekom(monkeypatch, capsys, "import", write(inbox, ".txt"), "--study", inbox)
    assert code == 1
    assert "sekom new" in said


@pytest.mark.parametrize(("name", "what"), [("no.txt", "there is no such file"), (".", "it is a folder")])
def test_a_file_that_is_not_there(study, inbox, monkeypatch, capsys, name, what):
    code, said = sekom(monkeypatch, capsys, "import", inbox / name, "--study", study.root)
    assert code == 1
    assert what in said


def test_a_report_without_notes_is_said(study, inbox):
    path = inbox / "empty.docx"
    path.write_bytes(b"")
    with pytest.raises(ExchangeError, match="damaged or not an archive"):
        take(study, path)
    path = inbox / "only.md"
    path.write_text("# Mallar\n", encoding="utf-8")
    with pytest.raises(ExchangeError, match="nothing was found in it"):
        take(study, path)
