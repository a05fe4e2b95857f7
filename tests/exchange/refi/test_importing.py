"""Projects into a study, into a new one, and the command line that does it."""

from __future__ import annotations

import re
import zipfile

import pandas as pd
import pytest

from sekom_analysis.basics.errors import ExchangeError, StudyError
from sekom_analysis.exchange.refi import (
    read_codebook_qdc,
    study_from_project,
    write_codebook_qdc,
    write_project_qdpx,
)
from sekom_analysis.exchange.registry import Request, import_file
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.imports import imports
from sekom_analysis.study.raw import open_raw
from sekom_analysis.study.study import Study
from tests.exchange.refi.conftest import coding, project, qdpx
from tests.test_cli import sekom

SAID = ["coder", "note_id", "variable", "codes", "certainty", "memo", "decided_at", "pass"]


def said(study) -> list[tuple[str, ...]]:
    return sorted(study.decisions()[SAID].itertuples(index=False, name=None))


def take(study, path, **how):
    return import_file(Request(open_raw(study.root), path, **how))


@pytest.fixture
def coded(study) -> Study:
    study.decide("anna", "n1", "valence", "hinder", memo="ojämn", certainty=2)
    study.decide("anna", "n1", "themes", [])
    study.decide("anna", "n3", "goal", 4)
    study.decide("anna", "n1", "flag", ["two_ideas"])
    return study


def edited(path, change) -> None:
    """Change the document inside a project, as another program does."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["project.qde"] = change(parts["project.qde"].decode("utf-8")).encode("utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_a_project_makes_the_same_study_again(sample_study, tmp_path):
    path, again = tmp_path / "a.qdpx", tmp_path / "again.qdpx"
    write_project_qdpx(sample_study, path)
    made, found = study_from_project(tmp_path / "made", path)
    assert found.refused == found.remarks == []
    assert made.about.model_copy(update={"seed": 2016}) == sample_study.about
    assert made.codebook == sample_study.codebook
    assert said(made) == said(sample_study)
    write_project_qdpx(made, again)
    assert again.read_bytes() == path.read_bytes()


def test_a_project_that_somebody_else_coded_too_brings_only_that(coded, tmp_path):
    path = tmp_path / "s.qdpx"
    write_project_qdpx(coded, path)
    before = said(coded)
    with pytest.raises(ExchangeError, match="brings nothing new: its 4 notes and 4 decisions are in"):
        take(coded, path)
    anna = re.search(r'<User guid="([^"]+)" name="anna" id="anna"/>', path_text(path))
    bo = "00000000-0000-0000-0000-0000000000b0"

    def code_as_bo(text: str) -> str:
        text = text.replace("</Users>", f'<User guid="{bo}" name="Bo Ek"/></Users>')
        inside = "".join(re.findall(r"<PlainTextSelection.*?</PlainTextSelection>\s*", text, re.DOTALL))
        return text.replace(inside, inside + inside.replace(anna[1], bo))

    edited(path, code_as_bo)
    outcome = take(coded, path)
    added = [row for row in said(coded) if row not in before]
    assert [row[:4] for row in added] == [("bo-ek", "n1", "themes", ""), ("bo-ek", "n1", "valence", "hinder")]
    assert [row for row in said(coded) if row in before] == before
    assert added[0][6] == min(row[6] for row in before if row[2] == "themes")
    assert imports(coded)[["file", "kind", "taken", "refused"]].values.tolist() == [["s.qdpx", "refi", 2, 0]]
    assert take(coded, path).is_known
    assert not outcome.is_known


def path_text(path) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read("project.qde").decode("utf-8")


def test_what_the_study_does_not_ask_is_refused_and_listed(coded, tmp_path):
    path = qdpx(tmp_path / "other.qdpx", project(coding(1), text="Helt ny lapp"))
    outcome = take(coded, path)
    assert [problem.what for problem in outcome.material.refused] == [
        "the study has no variable 'codes' (1 decisions)"
    ]
    notes = Study.open(coded.root).notes
    assert notes.at["Intervju 1", "text"] == "Helt ny lapp"
    assert len(notes) == 5


def test_a_note_is_known_by_its_text(coded, tmp_path):
    path = qdpx(tmp_path / "other.qdpx", project("", text="Viljan  finns"))
    with pytest.raises(ExchangeError, match="brings nothing new: its 1 notes"):
        take(coded, path)


def test_another_programs_project_makes_a_study(tmp_path):
    path = qdpx(tmp_path / "other.qdpx", project(coding(1) + coding(2, 92), text="En lapp"))
    made, _ = study_from_project(tmp_path / "made", path)
    assert made.coders == ["anna-aberg", "bo"]
    ratings = made.ratings("codes")
    assert ratings.loc["Intervju 1"].tolist() == [frozenset({"tid"}), frozenset({"pengar"})]


def test_a_codebook_is_proposed_never_taken_over(coded, tmp_path):
    path = tmp_path / "book.qdc"
    write_codebook_qdc(coded.codebook, path)
    outcome = take(coded, path)
    assert outcome.record is None
    (proposal,) = outcome.material.proposals
    other = Study.create(tmp_path / "other", notes=pd.DataFrame({"text": ["a"]}), codebook=proposal)
    assert other.codebook.variables == coded.codebook.variables
    notes = pd.DataFrame({"text": ["a"]})
    third = Study.create(tmp_path / "third", notes=notes, codebook=read_codebook_qdc(path).codebook)
    assert third.codebook.variables == coded.codebook.variables
    with pytest.raises(StudyError, match=r"read it first.*read_codebook_qdc"):
        Study.create(tmp_path / "fourth", notes=notes, codebook=path)
    assert not (tmp_path / "fourth").exists()
    notes.to_csv(tmp_path / "notes.csv", index=False)
    sekom("new", tmp_path / "fifth", "--notes", tmp_path / "notes.csv", "--codebook", path)
    assert Study.open(tmp_path / "fifth").codebook.variables == coded.codebook.variables
    with pytest.raises(ExchangeError, match="is there already"):
        take(coded, path)


def test_export_and_import_on_the_command_line(coded, tmp_path):
    project_file, book = tmp_path / "ut.qdpx", tmp_path / "bok.qdc"
    code, out, err = sekom("export", project_file, "--layout", "shared", "--study", coded.root)
    assert (code, err) == (0, "")
    assert "Wrote" in out
    assert "- certainties (1): in the file as notes" in out
    code, out, err = sekom("export", project_file, "--study", coded.root)
    assert code == 1
    assert "is there already" in err
    assert sekom("export", book, "--study", coded.root)[0] == 0
    assert Codebook.model_validate(read_codebook_qdc(book).codebook).variables == coded.codebook.variables
    assert "has no layout 'shared'" in sekom("export", tmp_path / "b.qdc", "--layout", "shared",
                                             "--study", coded.root)[2]  # fmt: skip
    assert "- .qdpx: the whole study" in sekom("export", tmp_path / "x.odt", "--study", coded.root)[2]
    code, out, err = sekom("new", tmp_path / "ny", "--from", project_file)
    assert (code, err) == (0, "")
    assert "4 decisions of anna" in out
    assert said(Study.open(tmp_path / "ny")) == said(coded)
    code, out, err = sekom("import", project_file, "--study", coded.root)
    assert code == 1
    assert "brings nothing new" in err


def test_words_come_into_a_study_and_not_into_another_text(coded, tmp_path):
    coded.decide("bo", "n1", "valence", "hinder", words="0:5")
    coded.decide("bo", "n3", "goal", 4, words="0:2")
    path = tmp_path / "s.qdpx"
    write_project_qdpx(coded, path)
    made, _ = study_from_project(tmp_path / "made", path)
    assert made.decisions(coders=["bo"])["words"].tolist() == ["0:5", "0:2"]
    notes = coded.notes.reset_index()[["note_id", "stage", "text"]].replace("Ojämn nivå", "Ojämn   nivå")
    book = coded.root / "data/raw/codebook.yaml"
    spaced = Study.create(tmp_path / "spaced", notes=notes, codebook=book)
    take(spaced, path)
    assert spaced.decisions(coders=["bo"])["words"].tolist() == ["", "0:2"]
