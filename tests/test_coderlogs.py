"""Which files of data/coded are logs: second copies, whatever their names, and logs that lost something."""

from __future__ import annotations

import os
import shutil
from collections import defaultdict
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
import yaml

from sekom_analysis.basics.errors import StudyError
from sekom_analysis.basics.wording import Problem, capped, command_of, kind_of
from sekom_analysis.report import render_page
from sekom_analysis.results import agreement_overview, work_out
from sekom_analysis.study.imports import begin_import
from sekom_analysis.study.log import Marks, coder_log, marks_problems
from sekom_analysis.study.raw import read_raw
from sekom_analysis.study.study import Study
from tests.conftest import CODEBOOK, NOTES
from tests.test_cli import sekom
from tests.test_collect import as_excel

QUESTIONS = [("n1", "valence"), ("n2", "valence"), ("007", "valence"), ("n1", "themes"), ("n2", "themes")]
ANSWERS = {"valence": "hinder", "themes": "tid"}
MEMO = "för få möten, säger Åsa"


@pytest.fixture
def pair(study) -> Study:
    """Anna and Bo have answered five questions each."""
    decide(study, "anna")
    decide(study, "bo")
    return study


def decide(study: Study, coder: str, first: int = 0, last: int = 5) -> None:
    for note_id, variable in QUESTIONS[first:last]:
        study.decide(coder, note_id, variable, ANSWERS[variable], memo=MEMO)


def coded(study: Study, name: str = "") -> Path:
    return study.root / "data/coded" / name


def found(study: Study) -> dict[str, str]:
    """File -> the kind of its first problem."""
    kinds: dict[str, str] = {}
    for problem in Study.open(study.root).list_problems():
        kinds.setdefault(problem.file, kind_of(problem).removeprefix("problem_"))
    return kinds


def elsewhere(study: Study, n_new: int) -> bytes:
    """Anna's log as it is in another copy of the study, with some answers more."""
    copy = study.root.parent / f"copy-{n_new}"
    shutil.copytree(study.root, copy)
    away = Study.open(copy)
    for number in range(n_new):
        away.decide("anna", "n3", "goal", number + 1)
    return coded(away, "anna.csv").read_bytes()


# --- second copies of logs ----------------------------------------------------------------------------------

COPIES = [
    # name of the copy, decisions that stand only in it, how `check` calls it
    ("anna-kopia.csv", 2, "doubled"),
    ("anna2.csv", 0, "doubled_same"),
    ("anna-laptop.csv", 1, "doubled"),
    ("anna_1.csv", 1, "doubled"),
    ("anna_conflict-20240101.csv", 2, "doubled"),
    ("karin.csv", 2, "doubled"),
    ("anna-DESKTOP-7K3Q.csv", 2, "second_copy"),
    ("anna-Annas MacBook.csv", 1, "second_copy"),
    ("anna (Annas dator:s i konflikt kopia 2026-01-02).csv", 2, "second_copy"),
    ("anna (Anna's conflicted copy 2026-01-02).csv", 1, "second_copy"),
    ("anna (1).csv", 2, "second_copy"),
    ("anna - kopia.csv", 1, "second_copy"),
    ("anna - Copy (2).csv", 2, "second_copy"),
    ("Kopia av anna.csv", 2, "second_copy"),
    ("anna copy.csv", 0, "second_copy_same"),
    ("anna kopia 2.csv", 1, "second_copy"),
    ("anna 2.csv", 2, "second_copy"),
    ("anna.sync-conflict-20260102-101112-ABCDEFG.csv", 1, "second_copy"),
    ("anna (conflicted copy 2026-01-02 101112).csv", 2, "second_copy"),
    ("anna.csv.bak", 1, "second_copy"),
    ("anna.csv.txt", 2, "second_copy"),
    ("Annas svar från datorn hemma.csv", 1, "second_copy"),
]


@pytest.mark.parametrize(("name", "n_new", "kind"), COPIES)
def test_a_second_copy_is_no_coder_and_check_prints_what_joins_it(pair, name, n_new, kind):
    before = {v: pair.ratings(v).to_dict() for v in ("valence", "themes")}
    coded(pair, name).write_bytes(elsewhere(pair, n_new))
    opened = Study.open(pair.root)
    assert opened.coders == ["anna", "bo"]
    assert {v: opened.ratings(v).to_dict() for v in before} == before
    assert found(pair) == {name: kind}
    command = f'sekom collect "data/coded/{name}" --coder anna'
    code, out, _ = sekom("check", "--study", pair.root)
    assert code == 1
    assert f"  {command}\n" in out
    for run in ("agreement", "status"):
        code, out, _ = sekom(run, *(["--resamples", "0"] if run == "agreement" else []), "--study", pair.root)
        assert code == 0
        if "copy_same" not in kind:
            assert out.splitlines()[0].startswith(f"A log is damaged, incomplete or there twice: {name}: ")
    assert sekom("collect", coded(pair, name), "--coder", "anna", "--study", pair.root)[0] == 0
    coded(pair, name).unlink()
    assert found(pair) == {}
    assert len(Study.open(pair.root).history("anna")) == 5 + n_new


def test_which_of_two_is_the_coders_own_is_told_by_the_studys_file_then_by_the_marks(pair):
    coded(pair, "anna.csv").rename(coded(pair, "a-lang.csv"))
    shutil.copy(coded(pair, "a-lang.csv"), coded(pair, "zed.csv"))
    (coded(pair, ".marks") / "anna.csv").unlink()
    opened = Study.open(pair.root)
    assert opened.coders == ["bo"]
    assert opened.lost_coders == ["a-lang", "zed"]
    assert found(pair) == {"a-lang.csv": "undecided", "zed.csv": "undecided"}
    with pytest.raises(StudyError, match=r"nothing of a-lang, zed takes part(.|\n)*sekom collect"):
        agreement_overview(opened, n_resamples=0)
    with (pair.root / "data/raw/study.yaml").open("a", encoding="utf-8") as file:
        file.write("coders:\n  zed: {kind: human}\n")
    assert Study.open(pair.root).coders == ["zed", "bo"]
    assert found(pair) == {"a-lang.csv": "doubled_same"}


def test_the_marks_tell_the_own_log_from_one_that_was_only_copied(pair):
    shutil.copy(coded(pair, "anna.csv"), coded(pair, "an.csv"))
    assert Study.open(pair.root).coders == ["anna", "bo"]


def test_an_older_log_beside_a_whole_copy_lacks_nothing_that_is_not_named(pair):
    """The coder's own was put back; what it lacks stands in the copy, and the copy's command brings it."""
    shutil.copy(coded(pair, "anna.csv"), coded(pair, "anna-kopia.csv"))
    cut(pair, "anna.csv", 2)
    assert found(pair) == {"anna-kopia.csv": "doubled"}
    assert Study.open(pair.root).coders == ["anna", "bo"]
    sekom("collect", coded(pair, "anna-kopia.csv"), "--coder", "anna", "--study", pair.root)
    coded(pair, "anna-kopia.csv").unlink()
    assert found(pair) == {}
    assert len(Study.open(pair.root).history("anna")) == 5


def test_a_few_events_in_two_logs_are_named_and_both_stay_coders(pair):
    rows = coded(pair, "anna.csv").read_bytes().splitlines(keepends=True)
    with coded(pair, "bo.csv").open("ab") as file:
        file.write(rows[1])
    opened = Study.open(pair.root)
    assert opened.coders == ["anna", "bo"]
    assert found(pair) == {"anna.csv": "shared"}
    assert "1 of its 5 rows are in bo.csv too" in opened.list_problems()[0].what


def test_a_file_that_shares_nothing_is_seen_first(pair):
    away = Study.create(pair.root.parent / "away", notes=NOTES, codebook=CODEBOOK)
    decide(away, "anna", 0, 1)
    shutil.copy(coded(away, "anna.csv"), coded(pair, "anna (1).csv"))
    assert found(pair) == {"anna (1).csv": "second_apart"}
    (problem,) = Study.open(pair.root).list_problems()
    assert command_of(problem) == 'sekom collect "data/coded/anna (1).csv" --coder anna'
    assert "--dry-run" in problem.todo


@pytest.mark.parametrize(
    "name",
    ["merges-kopia.csv", "merges (1).csv", "Kopia av merges.csv", "merges-DESKTOP-7K3Q.csv", "merges 2.csv"],
)
@pytest.mark.parametrize("n_new", [0, 1])
def test_second_copies_of_a_ledger(pair, name, n_new):
    pair.merge("n1", into="n2", by="eva", reason="samma")
    copy = coded(pair, "merges.csv").read_bytes()
    if n_new:
        copy += b"2026-01-01T00:00:00.000000Z,e999,n3,n2,,samma,eva,merge\n"
    coded(pair, name).write_bytes(copy)
    assert Study.open(pair.root).coders == ["anna", "bo"]
    assert found(pair) == {name: "second_ledger" if n_new else "second_ledger_same"}
    commands = [command_of(one) for one in Study.open(pair.root).list_problems()]
    assert commands == ([f'sekom collect "data/coded/{name}"'] if n_new else [""])


def test_second_copies_of_plan_and_imports(pair):
    begin_import(pair.root, pair.root / "data/raw/notes.csv", "notes", [])
    shutil.copy(pair.root / "data/imports.csv", pair.root / "data/imports (1).csv")
    coded(pair, "plan - Kopia.csv").write_text("action,responsible\n", encoding="utf-8")
    kinds = found(pair)
    assert kinds["imports (1).csv"] == kinds["plan - Kopia.csv"] == "second_plan"


def test_a_table_that_is_nobodys_log_is_named_once_and_is_no_coder(pair):
    coded(pair, "protokoll.csv").write_text("datum;punkt\n" + "2026-01-02;fika\n" * 30, encoding="utf-8")
    opened = Study.open(pair.root)
    assert opened.coders == ["anna", "bo"]
    (problem,) = opened.list_problems()
    assert problem.what == "not a coder's log, so not read: no row of it is a coder's"


def test_a_second_copy_of_a_definition_is_as_good_as_the_first(pair):
    (kept, *_) = sorted(coded(pair, "codebooks").glob("*.yaml"))
    shutil.copy(kept, kept.with_name(f"{kept.stem} (1).yaml"))
    assert found(pair) == {}


# --- second copies of what a study starts from --------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["notes (1).csv", "notes-kopia.csv", "notes-DESKTOP-7K3Q.csv", "notes 2.csv", "Kopia av notes.csv"],
)
def test_second_copies_of_notes_are_named_and_stop_nothing(pair, name):
    raw = pair.root / "data/raw"
    text = (raw / "notes.csv").read_text(encoding="utf-8")
    (raw / name).write_text(text.replace("Viljan", "Viljorna") + "n9;B;Ny lapp\n", encoding="utf-8")
    opened = Study.open(pair.root)
    assert opened.notes["text"].to_dict() == pair.notes["text"].to_dict()
    (problem,) = opened.list_problems()
    assert (problem.file, kind_of(problem)) == (name, "problem_second_raw")
    if name.startswith("notes"):
        assert "with 1 notes that are not there and 1 with another text" in problem.what


def test_further_notes_are_no_second_copy(pair):
    text = "note_id,stage,text\n" + "".join(f"w{n},B,Våg två {n}\n" for n in range(3))
    (pair.root / "data/raw/notes 2.csv").write_text(text, encoding="utf-8")
    assert len(Study.open(pair.root).notes) == 7
    assert found(pair) == {}


@pytest.mark.parametrize(
    "name",
    ["codebook-DESKTOP-7K3Q.yaml", "codebook (1).yaml", "codebook.yaml.txt", "Kopia av codebook.yaml"],
)
def test_second_copies_of_the_codebook_beside_it_and_instead_of_it(pair, name):
    raw = pair.root / "data/raw"
    book = yaml.safe_load((raw / "codebook.yaml").read_text(encoding="utf-8"))
    book["variables"][0]["codes"].append({"id": "oklart", "label": "Oklart"})
    (raw / name).write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")
    (problem,) = Study.open(pair.root).list_problems()
    assert problem.file == name
    assert problem.what == "not read: a second copy of codebook.yaml, but they differ: valence"
    (raw / "codebook.yaml").unlink()
    with pytest.raises(StudyError) as caught:
        Study.open(pair.root)
    assert f"codebook.yaml: the file is missing, but there is {name}; if that is it, rename" in str(
        caught.value
    )


@pytest.mark.parametrize("name", ["study.yaml.txt", "study (1).yaml"])
def test_a_study_file_under_another_name_is_named(pair, name):
    raw = pair.root / "data/raw"
    (raw / "study.yaml").rename(raw / name)
    with pytest.raises(StudyError, match=r"rename it to study\.yaml") as caught:
        Study.open(pair.root)
    assert name in str(caught.value)


def test_what_an_import_laid_beside_the_codebook_is_no_second_copy(pair):
    raw = pair.root / "data/raw"
    shutil.copy(raw / "codebook.yaml", raw / "codebook-nvivo-2.yaml")
    assert found(pair) == {}


# --- logs that are not whole any more -----------------------------------------------------------------------


def cut(study: Study, name: str, n_rows: int) -> None:
    """Put back the log as it was after its first rows."""
    rows = coded(study, name).read_bytes().splitlines(keepends=True)
    coded(study, name).write_bytes(b"".join(rows[: 1 + n_rows]))


def rewrite(change: Callable[[bytes], bytes]) -> Callable[[Study], None]:
    def damage(study: Study) -> None:
        coded(study, "anna.csv").write_bytes(change(coded(study, "anna.csv").read_bytes()))

    return damage


LOSSES = {
    # what happens to Anna's log: the kind of problem, how many of her five decisions are still read
    "deleted": (lambda study: coded(study, "anna.csv").unlink(), "log_gone", 0),
    "emptied": (rewrite(lambda data: b""), "log_emptied", 0),
    "only its header": (rewrite(lambda data: data.split(b"\n")[0] + b"\n"), "log_emptied", 0),
    "zeros": (rewrite(lambda data: b"\0" * len(data)), "log_emptied", 0),
    "an older copy": (lambda study: cut(study, "anna.csv", 2), "log_short", 2),
    "half synced": (rewrite(lambda data: data[: len(data) // 2]), "log_short", 2),
    "a hole": (rewrite(lambda data: data[:400] + b"\0" * 300 + data[700:]), "log_short", 2),
    "a row taken out": (
        rewrite(lambda data: b"".join(_but(data.splitlines(keepends=True), 5))),
        "log_short",
        4,
    ),
}


def _as_excel(study: Study) -> None:
    path = coded(study, "anna.csv")
    path.write_bytes(as_excel(path, "utf-8"))


RESAVED = {
    "CR": (rewrite(lambda data: data.replace(b"\n", b"\r")), MEMO),
    "no header": (rewrite(lambda data: data.split(b"\n", 1)[1]), MEMO),
    "UTF-16": (rewrite(lambda data: data.decode().encode("utf-16")), MEMO),
    "UTF-16 BE, no mark": (rewrite(lambda data: data.decode().encode("utf-16-be")), MEMO),
    "garbled": (rewrite(lambda data: data.decode("cp1252").encode()), MEMO.encode().decode("cp1252")),
    "semicolons": (_as_excel, MEMO),
    "cp1252": (rewrite(lambda data: data.decode().encode("cp1252")), MEMO),
}


def _but(rows: list[bytes], number: int) -> list[bytes]:
    return [*rows[:number], *rows[number + 1 :]]


def first_lines(study: Study) -> dict[str, tuple[int, str]]:
    """Command -> exit code and the first line that it says."""
    said = {}
    for command in ("status", "agreement"):
        options = ["--resamples", "0"] if command == "agreement" else []
        code, out, err = sekom(command, *options, "--study", study.root)
        said[command] = (code, (out or err).splitlines()[0])
    return said


@pytest.mark.parametrize("loss", LOSSES)
def test_a_loss_is_loud_everywhere(pair, loss):
    damage, kind, n_read = LOSSES[loss]
    damage(pair)
    assert found(pair)["anna.csv"] == kind
    opened = Study.open(pair.root)
    assert len(opened.history()) == n_read + 5
    assert sekom("check", "--study", pair.root)[0] == 1
    said = first_lines(pair)
    assert said["status"][0] == 0
    assert said["status"][1].startswith("A log is damaged, incomplete or there twice: anna.csv: ")
    assert said["agreement"][0] == (0 if n_read else 1)
    assert said["agreement"][1].startswith("A log is damaged")
    results = work_out(opened, "sv", n_resamples=0)
    assert results.log_problems[0].file == "anna.csv"
    page = render_page(results, defaultdict(lambda: "data:,"))
    assert "En logg är skadad, ofullständig eller finns två gånger. anna.csv: " in page
    with pytest.raises(StudyError, match="nothing of anna takes part") if not n_read else nullcontext():
        agreement_overview(opened, n_resamples=0)


@pytest.mark.parametrize("loss", ["an older copy", "deleted", "emptied"])
def test_a_loss_is_not_forgotten_when_coding_goes_on(pair, loss):
    LOSSES[loss][0](pair)
    Study.open(pair.root).decide("anna", "n3", "goal", 3)
    assert found(pair)["anna.csv"] == "log_short"
    lacking = 3 if loss == "an older copy" else 5
    assert f"at least {lacking} of the" in Study.open(pair.root).list_problems()[0].what


@pytest.mark.parametrize("how", RESAVED)
def test_what_another_program_saved_again_is_read_told_and_written_on(pair, how):
    damage, memo = RESAVED[how]
    damage(pair)
    opened = Study.open(pair.root)
    assert opened.decisions(coders=["anna"])["memo"].tolist() == [memo] * 5
    assert opened.decisions(coders=["anna"])["codes"].tolist() == ["hinder"] * 3 + ["tid"] * 2
    assert set(found(pair).items()) == {("anna.csv", "resaved")}
    assert all(line.startswith("A log is damaged") for _, line in first_lines(pair).values())
    assert sekom("check", "--study", pair.root)[0] == 1
    opened.decide("anna", "n3", "goal", 3, memo="på nytt, å")
    assert Study.open(pair.root).history("anna")["memo"].tolist() == [memo] * 5 + ["på nytt, å"]
    assert set(found(pair).values()) == {"resaved"}


def test_a_log_saved_again_is_itself_after_it_was_taken_in_anew(pair):
    RESAVED["UTF-16"][0](pair)
    before = Study.open(pair.root).history("anna").drop(columns="row")
    moved = coded(pair, "anna.csv").rename(pair.root / "anna.csv")
    shutil.copytree(coded(pair, "codebooks"), pair.root / "codebooks")
    assert sekom("collect", moved, "--study", pair.root)[0] == 0
    assert found(pair) == {}
    assert Study.open(pair.root).history("anna").drop(columns="row").equals(before)


def test_a_lost_ledger_is_told_too(pair):
    pair.merge("n1", into="n2", by="eva", reason="samma")
    pair.merge("n3", into="n2", by="eva", reason="samma")
    cut(pair, "merges.csv", 1)
    assert found(pair) == {"merges.csv": "log_short"}
    assert all(code == 0 and line.startswith("A log is") for code, line in first_lines(pair).values())
    coded(pair, "merges.csv").unlink()
    assert found(pair) == {"merges.csv": "log_gone"}
    begin_import(pair.root, pair.root / "data/raw/notes.csv", "notes", [])
    (pair.root / "data/imports.csv").unlink()
    assert found(pair) == {"merges.csv": "log_gone", "imports.csv": "log_gone"}


def test_several_lost_logs_are_one_sentence(pair):
    for name in ("anna.csv", "bo.csv"):
        coded(pair, name).unlink()
    (problem,) = Study.open(pair.root).list_problems()
    assert problem.what == "logs that were here are gone, and 10 rows with them: anna.csv, bo.csv"
    assert Study.open(pair.root).lost_coders == ["anna", "bo"]


def test_lines_that_cannot_be_read_are_told_first_unless_all_is_known_to_be_there(pair):
    with coded(pair, "anna.csv").open("ab") as file:
        file.write(b"2026-01-02T00:00:00.000000Z,e77\nskr\xc3\xa4p\n")  # as after a crash: never acknowledged
    assert found(pair) == {"anna.csv": "damaged_line"}
    assert Study.open(pair.root).log_problems() == []
    (coded(pair, ".marks") / "anna.csv").unlink()
    assert [one.what for one in Study.open(pair.root).log_problems()] == ["2 lines cannot be read"]
    with coded(pair, "anna.csv").open("ab") as file:
        file.write(b"skr\xc3\xa4p\n" * 40)
    code, out, _ = sekom("check", "--study", pair.root)
    assert code == 1
    assert out.count("a line that cannot be read") == 10
    assert "and 32 more of the same kind" in out
    assert "42 problems" in out


# --- nothing is lost ----------------------------------------------------------------------------------------


def _fresh(study: Study) -> Study:
    return study


def _gone_marks(study: Study) -> Study:
    shutil.rmtree(coded(study, ".marks"))
    return study


def _old_study(study: Study) -> Study:
    """A study from before there were marks, in which one goes on."""
    shutil.rmtree(coded(study, ".marks"))
    shutil.rmtree(study.root / ".sekom")
    decide(study, "bo", 0, 1)
    return study


def _copied_folder(study: Study) -> Study:
    shutil.copytree(study.root, study.root.parent / "copied")
    return Study.open(study.root.parent / "copied")


def _only_logs(study: Study) -> Study:
    """The logs alone, laid by hand into a new study of the same notes."""
    new = Study.create(study.root.parent / "new", notes=NOTES, codebook=CODEBOOK)
    decide(new, "cia", 0, 2)
    for path in coded(study).iterdir():
        if path.suffix == ".csv":
            shutil.copy(path, coded(new, path.name))
    shutil.copytree(coded(study, "codebooks"), coded(new, "codebooks"), dirs_exist_ok=True)
    return new


def _joined(first_here: bool) -> Callable[[Study], Study]:
    def join(study: Study) -> Study:
        """Two copies that went apart, joined one way and the other."""
        copy = _copied_folder(study)
        for here, number in ((study, 1), (copy, 2)):
            here.decide("anna", "n3", "goal", number)
            here.decide("bo", "n3", "goal", number)
        for to, of in [(study, copy), (copy, study)][:: 1 if first_here else -1]:
            for coder in ("anna", "bo"):
                to.collect(coded(of, f"{coder}.csv"))
        return copy

    return join


def _synced_marks(study: Study) -> Study:
    """The logs of both copies are joined, and the marks are lines of both."""
    copy = _joined(True)(study)
    for name in ("anna.csv", "bo.csv"):
        both = (coded(study, ".marks") / name).read_bytes() + (coded(copy, ".marks") / name).read_bytes()
        (coded(study, ".marks") / name).write_bytes(both)
    return study


def _between_log_and_mark(study: Study) -> Study:
    """Killed when the disk had the events and not yet the mark; then half a mark."""
    marks = coded(study, ".marks") / "anna.csv"
    marks.write_bytes(b"".join(marks.read_bytes().splitlines(keepends=True)[:3]) + b"4,e12")
    return study


def _goes_on_after_that(study: Study) -> Study:
    _between_log_and_mark(study)
    Study.open(study.root).decide("anna", "n3", "goal", 3)
    return study


def _two_writers(study: Study) -> Study:
    other = Study.open(study.root)
    for number in range(1, 4):
        study.decide("anna", "n3", "goal", number)
        other.decide("anna", "n3", "goal", number + 1)
    return study


def _imported(study: Study) -> Study:
    begin_import(study.root, study.root / "data/raw/notes.csv", "notes", [])
    (study.root / "data/imports.csv").rename(study.root / "was.csv")
    shutil.copy(study.root / "was.csv", study.root / "data/imports.csv")
    decide(study, "import-1")
    return study


def _renamed(study: Study) -> Study:
    coded(study, "anna.csv").rename(coded(study, "anna-berg.csv"))
    return study


def _left_out_on_purpose(study: Study) -> Study:
    coded(study, "anna.csv").unlink()
    (coded(study, ".marks") / "anna.csv").unlink()
    return study


def _line_ends_of_git(study: Study) -> Study:
    for path in (coded(study, "anna.csv"), coded(study, ".marks") / "anna.csv"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    return study


def _not_begun(study: Study) -> Study:
    with (study.root / "data/raw/study.yaml").open("a", encoding="utf-8") as file:
        file.write("coders:\n  cia: {kind: human}\n")
    return study


def _sent_again(study: Study) -> Study:
    events = [{"note_id": "n3", "variable": "goal", "codes": 2, "event_id": "e0001"}] * 2
    study.record("anna", events)
    Study.open(study.root).record("anna", events)
    return study


HISTORIES = [
    _fresh, _gone_marks, _old_study, _copied_folder, _only_logs, _joined(True), _joined(False), _synced_marks,
    _between_log_and_mark, _goes_on_after_that, _two_writers, _imported, _renamed, _left_out_on_purpose,
    _line_ends_of_git, _not_begun, _sent_again,
]  # fmt: skip


@pytest.mark.parametrize("history", HISTORIES)
def test_no_history_without_a_loss_is_called_one(pair, history):
    study = Study.open(history(pair).root)
    wrong = [one for one in study.list_problems() if kind_of(one) != "problem_cut_off"]
    assert wrong == []
    assert study.log_problems() == []
    assert study.lost_coders == []
    study.check_logs()


def test_the_marks_own_loss_is_told_and_nothing_more(pair):
    assert marks_problems(pair.root) == []
    shutil.rmtree(coded(pair, ".marks"))
    code, out, _ = sekom("check", "--study", pair.root)
    assert code == 0
    assert "the record of how much should be here is gone: anna.csv, bo.csv" in out
    assert "No problems found." in out
    for coder in ("anna", "bo"):
        Study.open(pair.root).decide(coder, "n3", "goal", 3)
    assert marks_problems(pair.root) == []
    (coded(pair, ".marks") / "anna.csv").write_bytes(b"\0" * 40)
    (problem,) = marks_problems(pair.root)
    assert kind_of(problem) == "problem_marks_damaged"
    assert found(pair) == {}
    Study.open(pair.root).decide("anna", "n3", "goal", 4)
    assert marks_problems(pair.root) == []


def test_marks_are_short_and_say_how_many_and_which_is_last(pair):
    lines = (coded(pair, ".marks") / "anna.csv").read_text(encoding="utf-8").splitlines()
    ids = pair.history("anna")["event_id"].tolist()
    assert [line.split(",")[:2] for line in lines] == [[str(n), one] for n, one in enumerate(ids, start=1)]
    marks = (coded(pair, ".marks") / "anna.csv").stat().st_size
    assert 3 * marks < coded(pair, "anna.csv").stat().st_size


@pytest.mark.parametrize("place", range(24))
def test_a_mark_cut_or_changed_anywhere_tells_of_no_loss(pair, place):
    path = coded(pair, ".marks") / "anna.csv"
    whole = path.read_bytes()
    path.write_bytes(whole[: -1 - place])
    Study.open(pair.root).decide("anna", "n3", "goal", 3)
    assert found(pair) == {}
    spoilt = bytearray(whole)
    spoilt[place] = ord("9") if spoilt[place] != ord("9") else ord("8")
    path.write_bytes(bytes(spoilt))
    assert found(pair) == {}


def test_a_disk_that_takes_no_mark_has_taken_the_decision(pair, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Marks, "add", full)
    event = pair.decide("anna", "n3", "goal", 3)
    assert event.event_id in pair.history("anna")["event_id"].tolist()
    monkeypatch.undo()
    assert found(pair) == {}
    pair.decide("anna", "n3", "goal", 4)
    assert coder_log(pair.root, "anna").marked().n_most == 7


@pytest.mark.posix
@pytest.mark.skipif(os.name == "posix" and os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_may_only_be_read_is_read(pair):
    for folder in (coded(pair), coded(pair, ".marks"), pair.root):
        folder.chmod(0o555)
    try:
        assert found(pair) == {}
    finally:
        for folder in (pair.root, coded(pair), coded(pair, ".marks")):
            folder.chmod(0o755)


# --- codes that are new in another copy ---------------------------------------------------------------------


def test_a_code_added_in_another_copy_is_new_there_and_not_retired(pair):
    copy = _copied_folder(pair)
    path = copy.root / "data/raw/codebook.yaml"
    book = yaml.safe_load(path.read_text(encoding="utf-8"))
    book["variables"][0]["codes"].append({"id": "oklart", "label": "Oklart"})
    path.write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")
    event = Study.open(copy.root).decide("cia", "n1", "valence", "oklart")
    pair.collect(coded(copy, "cia.csv"))
    (problem, *_) = [one for one in pair.list_problems() if "oklart" in one.what]
    assert problem.what == "'oklart' of 'valence' is new elsewhere and not in this codebook (1 decisions: n1)"
    assert f"codebooks/{event.codebook}.yaml" in problem.todo


def test_a_code_taken_out_here_is_retired(pair):
    path = pair.root / "data/raw/codebook.yaml"
    book = yaml.safe_load(path.read_text(encoding="utf-8"))
    book["variables"][0]["codes"] = [{"id": "mojlighet", "label": "Möjlighet"}]
    path.write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")
    Study.open(pair.root).decide("bo", "n1", "valence", "mojlighet")
    said = [one.what for one in Study.open(pair.root).list_problems() if "'hinder'" in one.what]
    assert said
    assert all("has been retired since" in what for what in said)


def every_kind(folder: Path) -> list[Problem]:
    """Problems of every kind about files as such, for the test that each is told in both languages."""
    problems: list[Problem] = []

    def tell(study: Study) -> None:
        opened = Study.open(study.root)
        problems.extend([*opened.list_problems(), *opened.log_problems(), *marks_problems(study.root)])

    def fresh(name: str) -> Study:
        made = Study.create(folder / name, notes=NOTES, codebook=CODEBOOK)
        decide(made, "anna")
        decide(made, "bo")
        return made

    for number, (damage, *_) in enumerate([*LOSSES.values(), *RESAVED.values()]):
        study = fresh(f"loss-{number}")
        damage(study)
        tell(study)
    study = fresh("copies")
    new = elsewhere(study, 2)
    for name in ("anna-kopia.csv", "anna (1).csv"):
        coded(study, name).write_bytes(new)
        tell(study)
        shutil.copy(coded(study, "anna.csv"), coded(study, name))
        tell(study)
        coded(study, name).unlink()
    study.merge("n1", into="n2", by="eva", reason="samma")
    for extra in (b"", b"2026-01-01T00:00:00.000000Z,e999,n3,n2,,samma,eva,merge\n"):
        coded(study, "merges (1).csv").write_bytes(coded(study, "merges.csv").read_bytes() + extra)
        tell(study)
    coded(study, "plan (1).csv").write_bytes(b"")
    coded(study, "protokoll.csv").write_bytes(b"datum;punkt\n1;2\n")
    coded(study, "bo (1).csv").write_bytes(new.replace(b",e", b",x"))
    rows = coded(study, "anna.csv").read_bytes().splitlines(keepends=True)
    with coded(study, "bo.csv").open("ab") as file:
        file.write(rows[1] + b"fel\n")
    (coded(study, ".marks") / "bo.csv").unlink()
    (coded(study, ".marks") / "anna.csv").write_bytes(b"fel\n")
    raw = study.root / "data/raw"
    (raw / "codebook.yaml.txt").write_text("variables: [", encoding="utf-8")
    shutil.copy(raw / "codebook.yaml", raw / "codebook (1).yaml")
    changed = (raw / "codebook.yaml").read_text(encoding="utf-8").replace("id: hinder", "id: hindret")
    (raw / "codebook 2.yaml").write_text(changed, encoding="utf-8")
    (raw / "notes (1).csv").write_text("note_id,stage,text\nn1,B,Annat\n", encoding="utf-8")
    tell(study)
    study = fresh("both")
    for name in ("anna.csv", "bo.csv"):
        coded(study, name).unlink()
    tell(study)
    study = fresh("undecided")
    for name in ("x.csv", "y.csv"):
        shutil.copy(coded(study, "anna.csv"), coded(study, name))
    for path in (coded(study, "anna.csv"), coded(study, "bo.csv")):
        path.unlink()
    tell(study)
    study = fresh("renamed")
    (study.root / "data/raw/codebook.yaml").rename(study.root / "data/raw/codebook.yaml.txt")
    problems.extend(read_raw(study.root)[1])
    study = fresh("new-there")
    test_a_code_added_in_another_copy_is_new_there_and_not_retired(study)
    tell(study)
    return [
        *problems,
        *capped([Problem.of("anna.csv", row, "log_unreadable", reason="") for row in range(12)]),
    ]
