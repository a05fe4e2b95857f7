"""Copies of the ledgers join as logs do: a union of their events, or a refusal that names the row."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sekom_analysis.basics.errors import DecisionError
from sekom_analysis.cli import app
from sekom_analysis.exchange.copies import ledger_of
from sekom_analysis.study.study import Study


@pytest.fixture
def away(study, tmp_path) -> Study:
    """The same study on another computer; both begin with one entry in each ledger."""
    study.decide("anna", "n1", "valence", "hinder")
    study.decide("bo", "n1", "valence", "mojlighet")
    write_into(study, "n1", "n2")
    return Study.open(shutil.copytree(study.root, tmp_path / "away"))


def write_into(study: Study, one: str, other: str) -> None:
    study.adjudicate("cilla", one, "valence", "hinder", reason="brist på samsyn")
    study.judge_pair(one, other, "different", by="cilla")
    study.merge(other, into=one, by="cilla", reason="samma sak")


def ledger(study: Study, name: str) -> Path:
    return study.root / "data/coded" / f"{name}.csv"


def ids(study: Study, name: str) -> list[str]:
    lines = ledger(study, name).read_text(encoding="utf-8").splitlines()[1:]
    return sorted(line.split(",")[1] for line in lines)


NAMES = ("adjudicated", "pairs", "merges")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "copy", ["{}.csv", "{} (1).csv", "{}-DESKTOP-7K3QP.csv", "Kopia av {}.csv", "annas fil.csv"]
)
def test_two_copies_join_to_the_union_either_way(study, away, tmp_path, name, copy):
    write_into(study, "007", "n3")if name != "adjudicated" else study.adjudicate(
        "cilla", "n2", "valence", "hinder", reason="x")  # fmt: skip
    write_into(away, "n1", "007") if name != "adjudicated" else away.adjudicate(
        "bo", "n1", "valence", "mojlighet", reason="y")  # fmt: skip
    path = Path(shutil.copyfile(ledger(away, name), tmp_path / copy.format(name)))
    back = Path(shutil.copyfile(ledger(study, name), tmp_path / f"back-{name}.csv"))
    shown = study.collect(path, dry_run=True)
    found = study.collect(path)
    assert (found.coder, len(found.added), found.known, found.saved) == (name, 1, 1, True)
    assert found.added.equals(shown.added)
    assert len(study.collect(path).added) == 0
    away.collect(back)
    assert ids(study, name) == ids(away, name)
    tables = {"adjudicated": Study.adjudications, "pairs": Study.pair_judgements, "merges": Study.merges}
    ours, theirs = tables[name](study), tables[name](away)
    columns = [column for column in ours.columns if column not in ("row", "seen", "is_stale", "changed")]
    assert ours[columns].equals(theirs[columns])


def test_wrong_rows_are_listed_and_contradictions_refused(study, away):
    away.adjudicate("bo", "n2", "valence", "hinder", reason="andra")
    away.adjudicate("bo", "007", "valence", "hinder", reason="tredje")
    path = ledger(away, "adjudicated")
    text = path.read_text(encoding="utf-8")
    text = text.replace("brist på samsyn", "bra samsyn").replace(",n2,", ",n9,", 1)
    path.write_text(text + "2024-01-01;hej\n", encoding="utf-8")
    whole = ledger(study, "adjudicated").read_bytes()
    dry = study.collect(path, dry_run=True)
    first = study.adjudication_history()["event_id"].iloc[0]
    assert {problem.row: problem.what for problem in dry.refused} == {
        2: f"the entry '{first}' says something else here (different: reason)",
        3: "there is no note 'n9'",
        5: "a line that cannot be read (1 cells instead of 11): 2024-01-01;hej",
    }
    with pytest.raises(
        DecisionError, match=r"(?s)says something else here \(different: reason\).*no note 'n9'"
    ):
        study.collect(path)
    assert ledger(study, "adjudicated").read_bytes() == whole
    assert study.collect(path, keep_valid=True).added["note_id"].tolist() == ["007"]


def test_another_studys_ledger_is_refused(study, tmp_path):
    notes = study.notes.reset_index().assign(text=["helt", "andra", "lappar", "här"])
    other = Study.create(tmp_path / "other", notes=notes, codebook=study.root / "data/raw/codebook.yaml")
    write_into(other, "n1", "n2")
    for name in ("adjudicated", "pairs"):
        with pytest.raises(DecisionError, match="it seems to belong to another study"):
            study.collect(ledger(other, name), keep_valid=True)


def test_a_ledger_is_told_by_what_it_holds_before_its_name(study, away):
    away.decide("anna", "n2", "valence", "hinder")
    log = Path(shutil.copyfile(ledger(away, "anna"), away.root / "pairs (1).csv"))
    assert (ledger_of(log), ledger_of(ledger(away, "pairs"))) == ("", "pairs")
    assert len(study.collect(log, coder="anna").added) == 1


@pytest.mark.parametrize(
    ("name", "said"), [("plan.csv", "a plan of actions"), ("imports (1).csv", "was ever imported")]
)
def test_ledgers_that_are_not_joined_say_so(study, tmp_path, name, said):
    (tmp_path / name).write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(DecisionError, match=f"(?s)cannot be collected: .*{said}.*Nothing was saved"):
        study.collect(tmp_path / name)


def test_entries_dated_in_2199_count_from_now(study, away):
    path = ledger(away, "adjudicated")
    away.adjudicate("bo", "n2", "valence", "hinder", reason="sent")
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[-1] = re.sub("^20..", "2199", lines[-1])
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = study.collect(path)
    assert "1 entries are dated in the future" in found.remarks[0].what
    assert study.adjudicate("bo", "n2", "valence", "mojlighet", reason="senare").decided_at < "2199"
    assert len(study.collect(path).added) == 0


def test_on_the_command_line_the_ledger_comes_first_and_an_entry_is_no_decision(study, away):
    away.adjudicate("bo", "n1", "valence", "mojlighet", reason="y")
    away.decide("anna", "n1", "valence", "mojlighet")
    files = [str(ledger(away, name)) for name in ("anna", "adjudicated")]
    out = CliRunner().invoke(app, ["collect", *files, "--study", str(study.root)]).output
    assert out.index("adjudicated: added 1 entries; 1 were here already") < out.index(
        "anna: added 1 decisions"
    )
    with pytest.raises(DecisionError, match="taken back one by one"):
        study.undo_collect(files[1])


# --- what coders were shown, and what was taken in ----------------------------------------------------------


HIDDEN = (".shown", ".taken")


@pytest.fixture
def apart(away, study) -> Study:
    """Away bo was shown everything and a file was taken in; here bo has coded on."""
    away.log_shown("bo", by="coder-report")
    away.log_shown("anna", ["n1"], by="talk")
    log = Path(shutil.copyfile(study.root / "data/coded/bo.csv", away.root.parent / "cilla.csv"))
    log.write_text(re.sub(r"(?m)^(.+?,)e", r"\1f", log.read_text(encoding="utf-8")), encoding="utf-8")
    away.collect(log, coder="cilla")
    study.decide("bo", "n2", "valence", "hinder")
    return away


@pytest.mark.parametrize("name", HIDDEN)
@pytest.mark.parametrize(
    "copy", ["{}.csv", "{} (1).csv", "{}-DESKTOP-7K3Q.csv", "Kopia av {}.csv", "fil.csv"]
)
def test_copies_of_hidden_ledgers_join_too(study, apart, tmp_path, name, copy):
    path = Path(shutil.copyfile(ledger(apart, name), tmp_path / copy.format(name)))
    n = len(ids(apart, name))
    found = study.collect(path)
    assert (found.coder, len(found.added), found.refused) == (name, n, [])
    assert study.collect(path).known == n
    assert ids(study, name) == ids(apart, name)


def test_who_was_shown_answers_elsewhere_does_not_count_as_blind(study, apart):
    assert set(study.decisions(coders=["bo"])["pass"]) == {"1"}
    study.collect(ledger(apart, ".shown"))
    passes = study.decisions(coders=["bo"]).set_index("note_id")["pass"]
    assert passes.to_dict() == {"n1": "1", "n2": "3"}


def test_a_showing_of_notes_that_are_gone_is_taken_and_another_studys_is_not(study, apart, tmp_path):
    path = Path(shutil.copyfile(ledger(apart, ".shown"), tmp_path / ".shown.csv"))
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('""007""', '""x99""'), encoding="utf-8")
    assert len(study.collect(path, dry_run=True).added) == 2
    path.write_text(re.sub(r'""(n\d|007)""', r'""x\1""', text), encoding="utf-8")
    with pytest.raises(DecisionError, match="it seems to belong to another study"):
        study.collect(path)


def told(study: Study) -> dict[str, str]:
    return {problem.file: str(problem) for problem in study.list_problems()}


@pytest.mark.parametrize("name", HIDDEN)
@pytest.mark.parametrize("copy", ["{}-DESKTOP-1AB2.csv", "{} (1).csv", "{}-kopia.csv"])
def test_a_hidden_ledger_that_got_another_name_is_missed_and_its_copy_named(apart, name, copy):
    assert told(apart) == {}
    ledger(apart, name).rename(ledger(apart, copy.format(name).removesuffix(".csv")))
    found = {problem.file: problem for problem in apart.list_problems()}
    assert set(found) == {f"{name}.csv", copy.format(name)}
    command = f'sekom collect "data/coded/{copy.format(name)}"'
    assert command in found[copy.format(name)].todo
    apart.collect(ledger(apart, copy.format(name).removesuffix(".csv")))
    (left,) = apart.list_problems()
    assert (left.file, "with nothing new in it" in left.what) == (copy.format(name), True)


def test_a_lost_ledger_of_showings_makes_numbers_doubtful(apart):
    ledger(apart, ".shown").unlink()
    assert [problem.file for problem in apart.log_problems()] == [".shown.csv"]
    (apart.root / "data/coded/.shown.csv.swp").write_text("x", encoding="utf-8")
    assert [problem.file for problem in apart.list_problems()] == [".shown.csv"]
