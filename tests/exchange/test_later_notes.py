"""Notes that come later: none is lost or doubled, ids go on, and examples give way to real notes."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
import subprocess
import sys
from itertools import permutations
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekom_analysis.basics.errors import ExchangeError, StudyError
from sekom_analysis.coding.session import Session
from sekom_analysis.exchange import taking_in
from sekom_analysis.exchange.finding import UnclearError
from sekom_analysis.exchange.notes_file import Wish
from sekom_analysis.exchange.outline import study_from_report
from sekom_analysis.exchange.registry import Order, Outcome, Request, export_file, import_file
from sekom_analysis.exchange.taking_in import Material, add
from sekom_analysis.study.imports import import_problems, imports
from sekom_analysis.study.making import example_notes
from sekom_analysis.study.raw import open_raw
from sekom_analysis.study.study import Study
from tests.test_cli import sekom
from tests.test_collect_asks import CODEBOOK, answers

from .made_tables import book
from .reports import CODEBOOK as REPORT_CODEBOOK
from .reports import EXPECTED, HEADINGS, ONE_SPELLING, write

FIRST = pd.DataFrame({"note_id": ["1", "2", "3"], "text": ["Tid", "Vilja", "Pengar"]})


@pytest.fixture
def study(tmp_path) -> Study:
    return Study.create(tmp_path / "study", notes=FIRST, codebook=CODEBOOK)


def table(folder: Path, name: str, rows: list[str]) -> Path:
    path = folder / f"{name}.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def take(study: Study, path: Path, kind: str | None = "notes", **wish) -> Outcome:
    return import_file(Request(open_raw(study.root), path, wish=Wish(**wish)), kind)


def texts(study: Study) -> dict[str, str]:
    return Study.open(study.root).notes["text"].to_dict()


def raw_files(study: Study) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (study.root / "data/raw").iterdir()}


def told(outcome: Outcome) -> str:
    return "\n".join(
        [*outcome.material.lines, *(f"{one.row}: {one.what}" for one in outcome.material.remarks)]
    )


# --- ids, texts and sources ---------------------------------------------------------------------------


def test_a_second_workshop_that_starts_at_1_too_goes_on_where_the_first_ended(study, tmp_path):
    before = raw_files(study)
    path = table(tmp_path, "Workshop två", ["Nr;Lapp;Bord", "1;Mandat;a", "2;Ork;b", "4;Tid;b"])
    outcome = take(study, path)
    assert {name: raw_files(study)[name] for name in before} == before
    assert outcome.record.paths == ["data/raw/notes-workshop-tva.csv"]
    assert outcome.record.taken == "3"
    notes = Study.open(study.root).notes
    assert notes["text"].to_dict() == {
        "1": "Tid", "2": "Vilja", "3": "Pengar", "4": "Mandat", "5": "Ork", "6": "Tid"
    }  # fmt: skip
    assert notes["Nr"].tolist() == ["", "", "", "1", "2", "4"]
    assert notes["source"].tolist() == ["", "", "", *["Workshop två"] * 3]
    assert notes["Bord"].tolist()[3:] == ["a", "b", "b"]
    assert "Ids: 2 of 3 in column 'Nr' are taken by other notes of the study (1, 2)" in told(outcome)
    assert "(4–6), and the file's own ids are in the column 'Nr'" in told(outcome)
    assert "4: the text 'Tid' is here already, as 1; it was taken in as 6" in told(outcome)
    assert Study.open(study.root).problems.empty


@pytest.mark.parametrize(
    ("there", "fresh"),
    [
        (["N001", "N180"], ["N181", "N182"]),
        (["1", "60"], ["61", "62"]),
        (["lapp-08", "lapp-09"], ["lapp-10", "lapp-11"]),
        (["a", "b", "c7"], ["N001", "N002"]),
        (["7-1", "7-2", "8-1", "8-2"], ["N001", "N002"]),
        (["N998", "N999"], ["N1000", "N1001"]),
    ],
)
def test_notes_without_ids_go_on_with_the_studys_numbers(tmp_path, there, fresh):
    here = pd.DataFrame({"note_id": there, "text": [f"text {one}" for one in there]})
    study = Study.create(tmp_path / "s", notes=here, codebook=CODEBOOK)
    outcome = take(study, table(tmp_path, "fler", ["Svar", "Mer mandat", "Mer ork"]))
    assert list(texts(study)) == [*there, *fresh]
    assert f"an id of its own for each note, so the notes continue the study's numbers ({fresh[0]}–" in told(
        outcome
    )


def test_each_stage_goes_on_with_its_own_numbers_and_notes_without_questions_are_told(tmp_path):
    here = pd.DataFrame({"note_id": ["B001", "D050"], "stage": ["B", "D"], "text": ["ett", "två"]})
    study = Study.create(tmp_path / "s", notes=here, codebook=REPORT_CODEBOOK)
    outcome = take(study, table(tmp_path, "fler", ["text;stage", "tre;D", "fyra;B", "fem;C"]))
    assert list(texts(study)) == ["B001", "D050", "D051", "B002", "N001"]
    assert "notes that no question is asked of: 1 (rows 4)" in told(outcome)


def test_ids_of_their_own_are_kept_and_so_is_a_source(study, tmp_path):
    path = table(tmp_path, "w2", ["id;text;source", "x1;Mandat;möte-2017", "x2;Ork;"])
    outcome = take(study, path)
    assert list(texts(study)) == ["1", "2", "3", "x1", "x2"]
    assert Study.open(study.root).notes["source"].tolist()[3:] == ["möte-2017", "w2"]
    assert "Ids: column A 'id', by its name, and unique." in told(outcome)


def test_a_newer_version_of_a_list_brings_only_what_is_new(study, tmp_path):
    path = table(tmp_path, "w1", ["Nr;text", "1;Tid", "2;Viljan", "3; Pengar ", "4;Mandat"])
    outcome = take(study, path)
    assert texts(study) == {"1": "Tid", "2": "Vilja", "3": "Pengar", "5": "Viljan", "4": "Mandat"}
    said = told(outcome)
    assert "notes that are here already, with the same id and text: 2 (rows 2, 4)" in said
    assert "3: note '2' has another text in the study, 'Vilja'; this one was taken in as 5" in said
    assert "Ids: column 'Nr', the same as in the study, except 2, which are other texts there" in said


def test_a_column_called_note_id_is_kept_under_another_name(study, tmp_path):
    take(study, table(tmp_path, "w2", ["note_id;text", "1;Mandat"]))
    assert Study.open(study.root).notes.loc["4", "note_id (2)"] == "1"


@pytest.mark.parametrize("rows", [["Svar;Bord", "Mandat;1", "Ork;2"], ["Nr;Svar", "1;Mandat", "2;Ork"]])
def test_the_same_table_is_not_doubled_however_it_was_saved(study, tmp_path, rows):
    path = table(tmp_path, "w2", rows)
    take(study, path)
    before = raw_files(study)
    outcome = take(study, path)
    assert outcome.is_known
    for name, again in (("w2", ["", *rows]), ("kopia", [row + " " for row in rows])):
        with pytest.raises(ExchangeError, match=r"brings nothing new: its 2 notes are in the study already"):
            take(study, table(tmp_path, name, again))
    with pytest.raises(ExchangeError, match="brings nothing new: its 3 notes"):
        take(study, table(tmp_path, "w1", ["id;text", "1;Tid", "2;Vilja", "3;Pengar"]))
    assert raw_files(study) == before
    assert len(imports(study)) == 1


def test_a_part_of_an_earlier_table_is_not_taken_for_it(study, tmp_path):
    take(study, table(tmp_path, "w2", ["Svar", "Mandat", "Ork", "Lust"]))
    outcome = take(study, table(tmp_path, "w3", ["Svar", "Ork", "Lust"]))
    assert list(texts(study).values())[-2:] == ["Ork", "Lust"]
    assert "the text 'Ork' is here already, as 5; it was taken in as 7" in told(outcome)


def test_two_sheets_of_one_file_are_two_workshops(study, tmp_path):
    rows = [["Nr", "Lapp"], [1, "Mandat saknas"], [2, "Ork saknas"]]
    path = tmp_path / "alla.xlsx"
    book(tmp_path, {"Vår": rows, "Höst": [rows[0], [1, "Lust saknas"], [2, "Rum saknas"]]}).save(path)
    with pytest.raises(UnclearError):
        take(study, path)
    for sheet in ("Vår", "Höst"):
        take(study, path, sheet=sheet)
    with pytest.raises(ExchangeError, match="brings nothing new"):
        take(study, path, sheet="Vår")
    notes = Study.open(study.root).notes
    assert notes["source"].tolist()[3:] == ["alla, Vår", "alla, Vår", "alla, Höst", "alla, Höst"]
    assert notes.index.tolist() == ["1", "2", "3", "4", "5", "6", "7"]


WORDS = ["Tid", "Vilja", "Pengar", "Mandat", "Ork", "Lust"]
ROWS = st.lists(st.tuples(st.integers(1, 6), st.sampled_from(WORDS)), min_size=1, max_size=5)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tables=st.lists(st.tuples(st.booleans(), ROWS), min_size=1, max_size=3))
def test_in_any_order_no_note_is_lost_or_doubled(tmp_path_factory, tables):
    folder = tmp_path_factory.mktemp("order")
    paths = []
    for number, (has_ids, rows) in enumerate(tables):
        own = dict(rows)  # an id once
        lines = [f"{one};{text};{number}" for one, text in own.items()]
        head = "Nr;text;workshop"
        if not has_ids:
            head, lines = "text;workshop", [line.partition(";")[2] for line in lines]
        paths.append(table(folder, f"w{number}", [head, *lines]))
    for turn, order in enumerate(permutations(paths)):
        study = Study.create(folder / f"s{turn}", codebook=CODEBOOK)
        wanted, known = [], 0
        for path in order:
            before = texts(study) if wanted else {}
            read = pd.read_csv(path, sep=";", dtype="str")
            wanted += read["text"].tolist()
            if "Nr" in read.columns:
                known += sum(
                    before.get(one) == text for one, text in zip(read["Nr"], read["text"], strict=True)
                )
            with contextlib.suppress(ExchangeError):  # all of it is there under the same ids
                take(study, path)
            after = texts(study)
            assert {note: after[note] for note in before} == before
        notes = Study.open(study.root).notes
        assert notes.index.is_unique
        assert len(notes) == len(wanted) - known
        assert set(notes["text"]) == set(wanted)
        assert Study.open(study.root).problems.empty


# --- the command --------------------------------------------------------------------------------------


def test_what_is_unclear_is_asked_and_each_command_that_is_printed_works(study, tmp_path):
    rows = [["Vad hindrar?", "Vad hjälper?"]]
    rows += [[f"Det saknas pengar för plan {n}", f"Ledningen följer upp mål {n}"] for n in range(1, 5)]
    book(tmp_path, {"Svar": rows}).save(tmp_path / "två.xlsx")
    table(tmp_path, "w2", ["text", "Mandat"])
    table(tmp_path, "w3", ["text", "Ork"])
    line = ["import", "w2.csv", "två.xlsx", "w3.csv", "--as", "notes", "--study", "study"]
    code, out, err = sekom(*line, cwd=tmp_path)
    assert code == 1
    assert "w2.csv: 1 notes taken in as notes; written:\n  data/raw/notes-w2.csv" in out
    assert (
        "'två.xlsx' was not taken in, nor the rest; go on with that afterwards: sekom import w3.csv --as"
        in err
    )
    commands = re.findall(r"(?m)^  (sekom .*)$", err)
    assert len(commands) == 3
    assert len(err.splitlines()) <= 10
    for n, command in zip((4, 8, 8), commands, strict=True):  # the last are both questions: all are here then
        code, out, err = sekom(*shlex.split(command)[1:], cwd=tmp_path)
        assert len(texts(study)) == 4 + n or command == commands[2], err
    code, out, err = sekom(*line, cwd=tmp_path)
    assert "w2.csv was taken in already" in out


@pytest.mark.parametrize(
    ("more", "what"),
    [
        (["--text", "Lapp"], "a table of notes; give"),
        (["--as", "notes", "--coder", "anna"], "say nothing of a"),
        (["--as", "notes", "--later"], "--later is for projects"),
    ],
)
def test_options_that_do_not_go_together_are_refused(study, tmp_path, more, what):
    path = table(tmp_path, "w2", ["text", "Mandat"])
    code, _, err = sekom("import", path, *more, "--study", study.root)
    assert code != 0
    assert what in " ".join(err.split())
    assert len(texts(study)) == 3


def test_a_sum_at_the_end_and_a_file_that_is_no_table(study, tmp_path):
    path = table(tmp_path, "w2", ["Lapp", "Mandat", "Ork", "Lust", "Summa: 3 lappar"])
    with pytest.raises(UnclearError):
        take(study, path)
    code, out, _ = sekom("import", path, "--as", "notes", "--study", study.root)
    assert code == 0
    assert "3 notes taken in as notes" in out
    assert "Summa: 3 lappar" in out
    (tmp_path / "x.xlsx").write_bytes(b"ingen tabell")
    with pytest.raises(ExchangeError, match=r"(?s)could not be read as a table.*Nothing was saved"):
        take(study, tmp_path / "x.xlsx")
    code, _, err = sekom("import", tmp_path / "w2.xlsx", "--as", "notes", "--study", study.root)
    assert code == 1
    assert "there is no such file" in err


def test_a_workbook_of_notes_is_told_how_to_be_taken(study, tmp_path):
    book(tmp_path, {"A": [["Lapp"], ["Mandat saknas"]]}).save(tmp_path / "w2.xlsx")
    code, _, err = sekom("import", tmp_path / "w2.xlsx", "--study", study.root)
    assert code == 1
    assert "--as notes" in err


# --- coders who have begun ----------------------------------------------------------------------------


def test_who_has_begun_keeps_the_order_and_meets_the_new_notes(tmp_path):
    here = pd.DataFrame({"text": [f"Lapp {n}" for n in range(30)]})
    study = Study.create(tmp_path / "s", notes=here, codebook=CODEBOOK)
    warm = [item.note_id for item in Session(study.desk("anna"), warm_up=5).items]
    for note in warm:
        study.decide("anna", note, "theme", "tid", **{"pass": 0})
    before = [item.note_id for item in Session(study.desk("anna")).items]
    logs = (study.root / "data/coded/anna.csv").read_bytes()
    take(study, table(tmp_path, "w2", ["text", *(f"Ny {n}" for n in range(60))]))
    desk = Study.open(study.root).desk("anna")
    after = [item.note_id for item in Session(desk).items]
    assert [note for note in after if note in before] == before
    assert len(after) == 90
    assert [item.note_id for item in Session(desk, warm_up=5).items] == warm
    assert (study.root / "data/coded/anna.csv").read_bytes() == logs


def test_a_page_that_was_out_meanwhile_is_taken_in(study, tmp_path):
    page = answers(tmp_path / "svar.jsonl", study, {"1": "tid", "3": "pengar"}, who="anna")
    take(study, table(tmp_path, "w2", ["Nr;text", "1;Mandat", "2;Ork"]))
    opened = Study.open(study.root)
    found = opened.collect(page)
    assert (len(found.added), found.refused, found.stale) == (2, [], [])
    assert opened.decisions().set_index("note_id")["codes"].to_dict() == {"1": "tid", "3": "pengar"}
    more = answers(tmp_path / "mer.jsonl", Study.open(study.root), {"4": "vilja"}, who="ny", start=50)
    assert len(Study.open(study.root).collect(more).added) == 1


# --- the examples of a new study ----------------------------------------------------------------------


def project(folder: Path, ending: str) -> Path:
    notes = pd.DataFrame({"note_id": ["N001", "n2"], "text": ["Mandat", "Ork"]})
    other = Study.create(folder / "other", notes=notes, codebook=CODEBOOK)
    other.decide("bo", "N001", "theme", "tid")
    export_file(Order(other, folder / f"other{ending}"))
    return folder / f"other{ending}"


@pytest.mark.parametrize("kind", ["notes", "outline", "refi", "study"])
def test_the_examples_give_way_to_the_first_notes_of_any_kind(tmp_path, kind):
    study = Study.create(tmp_path / "s", codebook=CODEBOOK)
    assert list(texts(study)) == example_notes(study.root) == ["N001", "N002"]
    if kind == "notes":
        path = table(tmp_path, "w1", ["text", "Mandat", "Ork"])
    elif kind == "outline":
        path = tmp_path / "r.md"
        path.write_text("# Resurser\n\n- Mandat\n- Ork\n", encoding="utf-8")
    else:
        path = project(tmp_path, {"refi": ".qdpx", "study": ".xlsx"}[kind])
    outcome = take(study, path, kind)
    assert list(texts(study).values()) == ["Mandat", "Ork"]
    assert next(iter(texts(study))) == "N001"
    assert [p.name for p in (study.root / "data/raw").glob("notes*")] == ["notes.csv"]
    assert outcome.record.paths[0] == "data/raw/notes.csv"
    assert "the example notes N001 and N002 are gone" in told(outcome)
    assert Study.open(study.root).problems.empty
    take(study, table(tmp_path, "w2", ["text", "Lust"]))
    assert list(texts(study).values()) == ["Mandat", "Ork", "Lust"]


def test_examples_that_somebody_answered_stay(tmp_path):
    study = Study.create(tmp_path / "s")
    study.decide("anna", "N002", "valence", "hinder")
    study.retract("anna", "N002", "valence")
    before = raw_files(study)
    outcome = take(study, table(tmp_path, "w1", ["Nr;text", "N001;Mandat", "N003;Ork"]))
    assert {name: raw_files(study)[name] for name in before} == before
    assert list(texts(study)) == ["N001", "N002", "N003", "N004"]
    assert "the example notes N001, N002 are still here, since they have answers in anna.csv" in told(outcome)
    assert len(Study.open(study.root).history("anna")) == 2


def test_examples_that_what_comes_in_answers_stay(tmp_path):
    study = Study.create(tmp_path / "s", codebook=CODEBOOK)
    notes = pd.DataFrame({"text": ["Mandat"]}, index=pd.Index(["x"], name="note_id"))
    rows = pd.DataFrame([("N001", "bo", "theme", "tid")], columns=["note_id", "coder", "variable", "codes"])
    source = table(tmp_path, "x", ["x"])
    add(open_raw(study.root), source, "test", Material(notes=notes, decisions=rows))
    assert list(texts(study)) == ["N001", "N002", "x"]


def test_notes_that_somebody_wrote_over_the_examples_stay(tmp_path):
    study = Study.create(tmp_path / "s")
    file = study.root / "data/raw/notes.csv"
    file.write_bytes(file.read_bytes().replace("Skriv din första lapp här".encode(), b"Min egen"))
    take(study, table(tmp_path, "w1", ["text", "Mandat"]))
    assert list(texts(study).values()) == ["Min egen", "Och din andra här", "Mandat"]


def test_examples_that_windows_wrote_give_way_too(tmp_path):
    study = Study.create(tmp_path / "s")
    file = study.root / "data/raw/notes.csv"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    take(study, table(tmp_path, "w1", ["text", "Mandat"]))
    assert texts(study) == {"N001": "Mandat"}


KILLED = """
import os, signal, sys
from pathlib import Path
from sekom_analysis.exchange.registry import Request, import_file
from sekom_analysis.study.raw import open_raw
at, calls = int(sys.argv[3]), []
def counted(function):
    def count(*args, **more):
        calls.append(function)
        if len(calls) == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **more)
    return count
for name in ("rename", "replace", "unlink", "mkdir"):
    setattr(Path, name, counted(getattr(Path, name)))
os.fsync = counted(os.fsync)
import_file(Request(open_raw(Path(sys.argv[1])), Path(sys.argv[2])), "notes")
print(len(calls))
"""


@pytest.mark.posix
def test_an_import_killed_at_any_step_leaves_a_study_that_opens_and_is_completed(tmp_path):
    path = table(tmp_path, "w1", ["Nr;text", "N002;Mandat", "N001;Ork"])

    def run(study, at):
        line = [sys.executable, "-c", KILLED, str(study.root), str(path), str(at)]
        env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        return subprocess.run(line, check=False, capture_output=True, text=True, encoding="utf-8", env=env)

    first = run(Study.create(tmp_path / "whole"), 0)
    steps, seen = int(first.stdout), set()
    assert steps > 3
    for at_ in range(1, steps + 1):
        study = Study.create(tmp_path / f"s{at_}")
        assert run(study, at_).returncode == -9
        seen.add(tuple(texts(study).values()))
        take(study, path)
        assert texts(study) == {"N002": "Mandat", "N001": "Ork"}
        assert [p.name for p in (study.root / "data/raw").glob("notes*")] == ["notes.csv"]
        assert import_problems(study.root) == []
        assert len(imports(study)) == 1
    assert seen == {("Skriv din första lapp här", "Och din andra här"), ("Mandat", "Ork")}


def test_answers_that_come_while_an_import_is_cut_off_are_kept(tmp_path, monkeypatch):
    study, path = Study.create(tmp_path / "s"), table(tmp_path, "w1", ["text", "Mandat"])

    def fail(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(taking_in, "write_whole", fail)
        with pytest.raises(Exception, match="No space left"):
            take(study, path)
    study.decide("anna", "N001", "valence", "hinder")
    take(study, path)
    assert list(texts(study)) == ["N001", "N002", "N003"]
    assert import_problems(study.root) == []


# --- a new study of a report --------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".md", ".docx"])
def test_a_new_study_of_a_report_has_its_notes_and_no_examples(tmp_path, ending):
    path = write(tmp_path, ending, ONE_SPELLING)
    code, out, err = sekom("new", "S", "--from", path.name, cwd=tmp_path)
    assert (code, err) == (0, "")
    assert "Made a study with 8 notes in S" in out
    study = Study.open(tmp_path / "S")
    assert study.notes["text"].tolist() == [text for text, *_ in EXPECTED]
    assert study.about.title.sv == "Slutrapport 2016"
    assert study.problems.empty
    assert imports(study)["kind"].tolist() == ["outline"]
    assert set(study.notes["source"]) == {"slutrapport-2016"}


def test_a_report_and_a_codebook_give_its_sorting_as_a_coder(tmp_path):
    path = write(tmp_path, ".docx", ONE_SPELLING)
    study, found = study_from_report(tmp_path / "S", path, "T", codebook=REPORT_CODEBOOK)
    assert len(found.decisions) == 13
    assert study.coders == ["report"]
    assert study.about.title.sv == "T"
    assert study.problems.empty


def test_where_headings_are_in_doubt_the_next_command_is_said_and_works(tmp_path):
    write(tmp_path, ".txt")
    code, _, err = sekom("new", "min studie", "--from", "Slutrapport 2016.txt", cwd=tmp_path)
    assert code == 1
    assert len(err.splitlines()) <= 10
    assert not (tmp_path / "min studie").exists()
    [command] = re.findall(r"(?m)^  (sekom .*)$", err)
    assert f"\n#   {command}\n" in (tmp_path / "Slutrapport 2016.headings.yaml").read_text(encoding="utf-8")
    code, out, err = sekom(*shlex.split(command)[1:], cwd=tmp_path)
    assert code == 0, err
    assert "Made a study with" in out
    assert example_notes(tmp_path / "min studie") == []


def test_headings_that_somebody_wrote_are_taken(tmp_path):
    path = write(tmp_path, ".txt")
    (tmp_path / "h.yaml").write_text(HEADINGS, encoding="utf-8")
    study, _ = study_from_report(tmp_path / "S", path, headings=tmp_path / "h.yaml", codebook=REPORT_CODEBOOK)
    assert study.notes["text"].tolist() == [text for text, *_ in EXPECTED]
    assert study.coders == ["rapporten"]


@pytest.mark.parametrize(
    ("content", "what"),
    [("", "No notes were found"), ("# Mallar\n", "No notes were found"), (None, "no such file")],
)
def test_a_report_without_notes_makes_no_study(tmp_path, content, what):
    if content is not None:
        (tmp_path / "r.md").write_text(content, encoding="utf-8")
    with pytest.raises(StudyError, match=what):
        study_from_report(tmp_path / "S", tmp_path / "r.md")
    assert not (tmp_path / "S").exists()
    code, _, err = sekom("new", "S", "--from", "r.md", cwd=tmp_path)
    assert code == 1
    assert "No study was made" in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "line", [["--from", "a.qdpx", "--headings", "h"], ["--from", "a.md", "--notes", "n.csv"]]
)
def test_options_of_a_new_study_that_do_not_go_together(tmp_path, line):
    code, _, err = sekom("new", "S", *line, cwd=tmp_path)
    assert code == 2
    assert "--from" in err
