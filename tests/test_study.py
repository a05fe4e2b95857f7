"""A study: what it reads, whom it refuses, and every problem of its files by name."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pandas as pd
import pytest

from sekom_analysis.basics.errors import CodebookError, NotesError, StudyError
from sekom_analysis.study.coderlogs import MOST_KEPT
from sekom_analysis.study.study import Study


def tree(root: Path) -> dict[str, tuple[bytes, int]]:
    """Every file and folder with its content and time."""
    return {
        str(path.relative_to(root)): (path.read_bytes() if path.is_file() else b"", path.stat().st_mtime_ns)
        for path in root.rglob("*")
    }


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def listed(study: Study) -> list[tuple[str, int | None, str, str]]:
    table = study.problems.astype({"row": object})
    return [
        (file, None if row is pd.NA else row, what, todo)
        for file, row, what, todo in table.itertuples(index=False)
    ]


# --- opening ------------------------------------------------------------------------------------------------


def test_a_study_is_found_from_any_folder_in_it(study):
    assert Study.open(study.root / "data" / "raw").root == study.root
    assert Study.open(study.root / "data/raw/notes.csv").root == study.root


def test_the_study_that_the_environment_names(study, monkeypatch):
    monkeypatch.setenv("SEKOM_STUDY", str(study.root))
    assert Study.open().root == study.root
    monkeypatch.delenv("SEKOM_STUDY")
    monkeypatch.chdir(study.root / "data")
    assert Study.open().root == study.root


def test_a_folder_that_is_no_study_says_what_to_do(tmp_path):
    with pytest.raises(
        StudyError, match=r"no study in .*no data/raw/study\.yaml was found.*sekom new FOLDER"
    ):
        Study.open(tmp_path)


def test_a_misspelt_folder_is_not_the_study_around_it(study):
    with pytest.raises(StudyError, match=r"no folder '.*stduy'"):
        Study.open(study.root / "stduy")


def test_reading_writes_nothing(sample):
    before = tree(sample.root)
    study = Study.open(sample.root)
    assert len(study.problems) == 0
    for variable in study.codebook.ids:
        study.ratings(variable)
    assert study.skipped().empty
    study.history()
    repr(study)
    study.desk("k1").decisions()
    assert tree(sample.root) == before


# --- bad input: what cannot be opened -----------------------------------------------------------------------

BAD_NOTES = {
    "no ids": ("text;stage\nHej;B\n", 1, "there is no column 'note_id'"),
    "no texts": ("note_id;stage\nn1;B\n", 1, "there is no column 'text'"),
    "doubled ids": (
        "note_id;text\nn1;Hej\nn2;Hopp\nn1;Igen\n",
        4,
        "the note_id 'n1' is already used in row 2",
    ),
    "an empty id": ("note_id;text\n;Hej\n", 2, "the note_id is empty"),
    "an empty text": ("note_id;text\nn1;Hej\nn2; \n", 3, "the text is empty"),
    "nothing": ("", None, "it is empty"),
}


@pytest.mark.parametrize("content", BAD_NOTES)
def test_notes_that_cannot_be_used(study, content):
    text, row, what = BAD_NOTES[content]
    (study.root / "data/raw/notes.csv").write_text(text, encoding="utf-8")
    before = tree(study.root)
    with pytest.raises(StudyError) as caught:
        Study.open(study.root)
    place = "notes.csv" if row is None else f"notes.csv, row {row}"
    (line,) = [line for line in str(caught.value).splitlines() if line.startswith(f"- {place}: {what}")]
    assert re.search(r"; \w.*\.$", line), "says what to do"
    assert "Nothing was changed" in str(caught.value)
    assert tree(study.root) == before


def test_missing_files_are_named(study):
    (study.root / "data/raw/notes.csv").unlink()
    (study.root / "data/raw/codebook.yaml").unlink()
    with pytest.raises(StudyError) as caught:
        Study.open(study.root)
    assert "- codebook.yaml: the file is missing; " in str(caught.value)
    assert "- raw: there are no notes (notes*.csv); " in str(caught.value)


def test_all_problems_of_all_files_come_at_once(study):
    raw = study.root / "data/raw"
    (raw / "notes.csv").write_text("note_id;text\nn1;\nn1;Hej\n", encoding="utf-8")
    (raw / "notes-2.csv").write_text("note_id;text\nn1;Hopp\n", encoding="utf-8")
    change(raw / "codebook.yaml", "- 1\n  - 5", "- 5\n  - 1")
    change(raw / "codebook.yaml", "id: mojlighet", "id: hinder")
    change(raw / "codebook.yaml", "kind: multiple", "kind: several")
    change(raw / "study.yaml", "stance: codebook", "stance: strict")
    with pytest.raises(StudyError) as caught:
        Study.open(study.root)
    places = re.findall(r"^- ([^:]+): ", str(caught.value), flags=re.MULTILINE)
    lines = (raw / "codebook.yaml").read_text(encoding="utf-8").splitlines()
    about = (raw / "study.yaml").read_text(encoding="utf-8").splitlines()
    stance = next(n for n, line in enumerate(about, start=1) if line.startswith("stance: strict"))
    second = [number for number, line in enumerate(lines, start=1) if line == "  - id: hinder"][1]
    assert set(places) == {
        f"codebook.yaml, row {second}",
        f"codebook.yaml, row {lines.index('  kind: several') + 1}",
        f"codebook.yaml, row {lines.index('  - 5') + 1}",
        "notes.csv, row 2",
        "notes.csv, row 3",
        "notes-2.csv, row 2",
        f"study.yaml, row {stance}",
    }


# --- bad input: what is carried -----------------------------------------------------------------------------


def test_a_broken_study_file_is_a_problem_and_no_more(study):
    study.decide("anna", "n1", "valence", "hinder")
    (study.root / "data/raw/study.yaml").write_text("id: x\ntitle: [\n", encoding="utf-8")
    opened = Study.open(study.root)
    ((file, row, what, _),) = listed(opened)
    assert (file, row) == ("study.yaml", 3)
    assert what.startswith("this is not YAML")
    assert len(opened.decisions()) == 1


def coded(study: Study, *rows: str, coder: str = "anna") -> Path:
    """Write rows into a log past all checks, as a hand or another program would."""
    study.decide(coder, "n1", "valence", "hinder")
    path = study.root / "data/coded" / f"{coder}.csv"
    with path.open("ab") as file:
        file.write("".join(f"{row}\n" for row in rows).encode())
    return path


def row(note="n1", variable="valence", codes="hinder", second=1, **cells: str) -> str:
    parts = {
        "time": f"2099-01-01T00:00:{second:02}.000000Z",
        "id": f"x{second:03}",
        "note": note,
        "hash": "h00000000000",
        "variable": variable,
        "codes": codes,
        "certainty": "",
        "memo": "",
        "codebook": "c00000000000",
        "pass": "1",
        "via": "card",
        "event": "decide",
    }
    return ",".join({**parts, **cells}.values())


def test_unknown_notes_variables_and_codes_are_listed_by_row(study):
    coded(
        study,
        row("n9", second=1),
        row(variable="valens", second=2),
        row(codes="hindr", second=3),
        row("n3", "goal", "tre", second=4),
        row("n3", second=5),
    )
    found = {row: (what, todo) for file, row, what, todo in listed(study) if file == "anna.csv" and row}
    assert found[3][0] == "note 'n9' is not among the study's notes"
    assert found[4][0] == "variable 'valens' is not in the codebook"
    assert found[5] == (
        "variable 'valence' does not have the code 'hindr'; it has: hinder, mojlighet, none_fits",
        "decide the note again; until then the answer counts as it is",
    )
    assert found[6][0] == "variable 'goal' takes a whole number from 1 to 5, not 'tre'"
    assert "not counted" in found[6][1]
    assert found[7][0] == "'valence' is not asked of these notes: n3"
    assert study.ratings("valence")["anna"].astype(object).tolist()[0] == "hindr"
    assert study.ratings("goal", coders=["anna"]).isna().all(axis=None)


def test_deciding_anew_settles_a_problem(study):
    path = coded(
        study, row(codes="hindr", hash=study.history("anna")["note_hash"][0] if study.coders else "h0")
    )
    assert any("hindr" in what for *_, what, _ in listed(study))
    study.decide("anna", "n1", "valence", "mojlighet")
    assert [what for *_, what, _ in listed(study)] == []
    assert b"hindr" in path.read_bytes()


def test_a_damaged_line_is_listed_and_the_rest_counts(study):
    path = coded(study, row(note="n2", hash="h4f0f9aa1d2b"), "2099-01-01T00:00:09", "skräp")
    before = path.read_bytes()
    assert len(study.history("anna")) == 2
    damaged = [(row, what) for _, row, what, _ in listed(study) if "cannot be read" in what]
    assert [row for row, _ in damaged] == [4, 5]
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "name",
    [
        *("anna (1).csv", "anna-conflict.xlsx", "anna.csv.bak", "..x.csv.txt"),
        pytest.param("Anna.csv", marks=pytest.mark.case),
        *(pytest.param(name, marks=pytest.mark.any_name) for name in ("con.csv", "COM1.csv")),
    ],
)
def test_a_file_that_is_nobodys_log_is_listed_and_not_read(study, name):
    coded(study)
    (study.root / "data/coded" / name).write_bytes((study.root / "data/coded/anna.csv").read_bytes())
    assert study.coders == ["anna"]
    if not name.startswith("."):
        ((file, _, what, todo),) = listed(study)
        assert file == name
        assert what.startswith("not a coder's log, so not read")
        assert "sekom collect" in todo


def test_a_log_that_cannot_be_read_is_listed_until_it_can(study):
    (study.root / "data/coded/bo.csv").mkdir()
    ((file, _, what, _),) = listed(study)
    assert (file, what) == ("bo.csv", "cannot be read: Is a directory")
    (study.root / "data/coded/bo.csv").rmdir()
    study.decide("bo", "n1", "valence", "hinder")
    assert listed(study) == []


def test_a_log_that_could_not_be_read_once_is_read_the_next_time(study, monkeypatch):
    """Excel on Windows holds a file for a while; that must not look like a coder who saw nothing."""
    path = coded(study)

    def held(self):
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as excel:
        excel.setattr(Path, "read_bytes", held)
        fresh = Study(study._raw)
        assert listed(fresh)[0][2] == "cannot be read: Permission denied"
    assert len(fresh.history("anna")) == 1
    assert path.exists()


def test_the_studys_own_ledgers_are_no_strange_files(study):
    for name in ("adjudicated.csv", "merges.csv", "pairs.csv", ".gitkeep", "README.md"):
        (study.root / "data/coded" / name).write_bytes(b"")
    assert listed(study) == []
    assert study.coders == []


def test_a_changed_text_and_an_older_definition_are_named(study):
    study.decide("anna", "n1", "valence", "hinder")
    study.decide("anna", "n2", "valence", "hinder")
    change(study.root / "data/raw/notes.csv", "Ojämn", "Ojämnare")
    change(study.root / "data/raw/codebook.yaml", "Hinder eller möjlighet", "Hinder eller ej")
    opened = Study.open(study.root)
    assert [(file, what) for file, _, what, _ in listed(opened)] == [
        ("anna.csv", "these notes have changed since they were coded: n1"),
        (
            "codebook.yaml",
            "the text of the question in 'valence' has changed since coding began, and nobody has said "
            "whether its meaning did",
        ),
    ]
    assert opened.ratings("valence")["anna"].notna().sum() == 2


def test_a_retired_code_still_counts_and_is_named(study):
    study.decide("anna", "n1", "valence", "hinder")
    book = study.root / "data/raw/codebook.yaml"
    for old, new in (("  - id: hinder", "  - retired: true\n    id: hinder"), ("id: hinder", "id: motstand")):
        change(book, old, new)
        opened = Study.open(study.root)
        assert any(
            what == "'hinder' of 'valence' has been retired since (1 decisions: n1)"
            for *_, what, _ in listed(opened)
        )
        assert opened.retired_codes("valence") == ["hinder"]
        assert opened.ratings("valence").loc["n1", "anna"] == "hinder"


def test_a_lost_definition_is_named(study):
    event = study.decide("anna", "n1", "valence", "hinder")
    change(study.root / "data/raw/codebook.yaml", "Hinder eller möjlighet", "Hinder eller ej")
    (study.root / "data/coded/codebooks" / f"{event.codebook}.yaml").unlink()
    found = [(file, what) for file, _, what, _ in listed(Study.open(study.root))]
    assert (
        f"codebooks/{event.codebook}.yaml",
        "the definition of 'valence' that 1 notes were coded under is lost",
    ) in found


def test_questions_that_nobody_is_asked_are_named(study):
    change(study.root / "data/raw/codebook.yaml", "stage: B", "stage: b\n  notes: [n1, n77]")
    found = [(file, what) for file, _, what, _ in listed(Study.open(study.root))]
    assert ("codebook.yaml", "'valence' is not asked of any note (stages of the notes: 'B', 'D')") in found
    assert ("codebook.yaml", "'valence' is asked of notes that do not exist: n77") in found


def test_a_coder_who_cannot_be_is_named(study):
    with (study.root / "data/raw/study.yaml").open("a", encoding="utf-8") as file:
        file.write("coders:\n  Anna Ö: {kind: human}\n")
    ((file, _, what, _),) = listed(Study.open(study.root))
    assert file == "study.yaml"
    assert what.startswith("under coders: 'Anna Ö' cannot be a coder's id")


# --- reading ------------------------------------------------------------------------------------------------


def test_coders_stand_in_the_order_of_the_study_file(sample):
    assert sample.coders == ["rapport-2016", "k1", "k2", "k3"]
    sample.decide("anna", "B001", "valence", "hinder")
    assert sample.coders[-1] == "anna"


def test_an_open_study_sees_what_is_coded_meanwhile(study):
    assert study.decisions().empty
    Study.open(study.root).decide("anna", "n1", "valence", "hinder")
    assert len(study.decisions()) == 1
    Study.open(study.root).retract("anna", "n1", "valence")
    assert study.decisions().empty
    assert len(study.history("anna")) == 2


def test_what_is_done_with_a_table_leaves_the_next_one_alone(sample):
    for ask in (lambda: sample.ratings("criterion_goal"), sample.decisions):
        first = ask()
        as_it_was = first.copy()
        first.iloc[:, 0] = first.iloc[0, 0]
        first.insert(0, "mine", 1)
        pd.testing.assert_frame_equal(ask(), as_it_was)


def test_of_very_many_tables_only_the_latest_are_kept(sample):
    notes = sample.notes_asked("valence")
    for note in notes * 2:
        assert sample.ratings("valence", notes=[note]).index.tolist() == [note]
    assert len(sample._logs._kept) == MOST_KEPT < len(notes)


def test_decisions_are_those_asked_for(sample):
    some = sample.decisions("valence", ["k2", "k1"])
    assert set(some["variable"]) == {"valence"}
    assert set(some["coder"]) == {"k1", "k2"}
    whole = sample.decisions()
    assert len(whole) == len(whole.drop_duplicates(["note_id", "coder", "variable", "pass"]))
    assert len(whole) == len(sample.history())


def test_every_decision_of_the_sample_is_in_exactly_one_cell(sample):
    for variable in sample.codebook.ids:
        cells = sample.ratings(variable, coders=sample.coders).notna().sum().sum()
        assert cells == len(sample.decisions(variable))


@pytest.mark.parametrize(
    "ask", [lambda s, c: s.ratings("valence", coders=c), lambda s, c: s.decisions(coders=c)]
)
@pytest.mark.parametrize("coders", [["k1", "kk2"], ["../k1"], "k9", ["K1"]])
def test_a_misspelt_coder_is_no_coder_who_saw_nothing(sample, ask, coders):
    with pytest.raises(
        StudyError, match=r"There is no coder '.*'\. With decisions: rapport-2016, k1, k2, k3"
    ):
        ask(sample, coders)


def test_one_coder_may_be_named_alone(sample):
    assert sample.ratings("valence", coders="k1").columns.tolist() == ["k1"]
    assert len(sample.history("k3")) == 953


def test_a_coder_who_has_not_begun_has_seen_nothing(study):
    with (study.root / "data/raw/study.yaml").open("a", encoding="utf-8") as file:
        file.write("coders:\n  bo: {kind: human}\n")
    study.decide("anna", "n1", "valence", "hinder")
    opened = Study.open(study.root)
    assert opened.coders == ["anna"]
    assert opened.ratings("valence", coders=["anna", "bo"])["bo"].isna().all()
    assert opened.ratings("valence").columns.tolist() == ["anna"]


def test_notes_can_be_chosen_in_many_ways(study):
    study.decide("anna", "n1", "valence", "hinder")
    rows = study.ratings("valence").index.tolist()
    assert rows == ["n1", "n2", "007"]
    assert study.ratings("valence", notes=["007", "n1", "n1", "n3"]).index.tolist() == ["007", "n1"]
    assert study.ratings("valence", notes=study.notes[study.notes["stage"] == "B"]).index.tolist() == rows
    assert study.ratings("valence", notes=study.notes["text"] == "Viljan finns").index.tolist() == ["n2"]
    assert study.ratings("valence", notes=pd.Series({"n1": True})).index.tolist() == ["n1"]
    for wrong in (["n9"], [True], "n1", 3):
        with pytest.raises(NotesError):
            study.ratings("valence", notes=wrong)


def test_a_log_or_ledger_that_was_replaced_is_read_anew_whatever_its_size_and_time(study):
    study.decide("anna", "n1", "valence", "hinder")
    study.adjudicate("eva", "n1", "valence", "hinder", reason="abc")
    assert study.ratings("valence").loc["n1", "anna"] == "hinder"
    assert study.adjudications()["reason"].tolist() == ["abc"]
    for name, here, there in (("anna", b",n1,", b",n2,"), ("adjudicated", b"abc", b"xyz")):
        path = study.root / "data/coded" / f"{name}.csv"
        before = path.stat()
        path.write_bytes(path.read_bytes().replace(here, there))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert study.ratings("valence").loc["n2", "anna"] == "hinder"
    assert study.ratings("valence")["anna"].notna().sum() == 1
    assert study.adjudications()["reason"].tolist() == ["xyz"]


def test_an_unknown_variable_is_refused(study):
    for ask in (study.ratings, study.decisions, study.retired_codes, study.notes_asked):
        with pytest.raises(CodebookError, match="no variable 'valens'"):
            ask("valens")


def test_a_study_says_which_it_is(sample):
    assert repr(sample).endswith("264 notes; rapport-2016, k1, k2, k3)")


@pytest.mark.posix
def test_a_coders_id_leads_nowhere_else(study, tmp_path):
    secret = tmp_path / "x.csv"
    coded(study).rename(secret)
    with pytest.raises(StudyError, match="There is no coder"):
        study.history("../../../x")
