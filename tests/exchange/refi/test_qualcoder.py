"""What QualCoder needs of a project and what it makes of one, as its own importer and exporter showed it."""

from __future__ import annotations

import uuid
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest

from sekom_analysis.exchange.refi import read_project_qdpx, study_from_project, write_project_qdpx
from sekom_analysis.exchange.refi.answers import Beside, annotation, described, heard, told_of
from sekom_analysis.exchange.registry import Request, import_file
from sekom_analysis.study.raw import open_raw
from sekom_analysis.study.study import Study
from tests.exchange.refi.conftest import CODEBOOK, NOTES

CASES = Path(__file__).parents[2] / "cases"
SPACE = "{urn:QDA-XML:project:1.0}"
SAID = ["coder", "note_id", "variable", "codes", "certainty", "memo", "decided_at", "pass"]


def said(study) -> list[tuple[str, ...]]:
    return sorted(study.decisions()[SAID].itertuples(index=False, name=None))


def document(path) -> ElementTree.Element:
    with zipfile.ZipFile(path) as archive:
        return ElementTree.fromstring(archive.read("project.qde"))


@pytest.fixture
def coded(study) -> Study:
    """Decisions of every kind, by two coders; a flag, scores below none, awkward memos."""
    study.decide("anna", "n1", "valence", "hinder", memo="ojämn & <låg>", certainty=2)
    study.decide("anna", "n1", "themes", [], certainty=3)
    study.decide("anna", "n2", "valence", "none_fits", memo="två\n\nstycken")
    study.decide("anna", "n3", "goal", 4, memo="en skala", certainty=1)
    study.decide("bo", "n1", "valence", "mojlighet", memo="Hur säker: 2 av 3")
    study.decide("bo", "n1", "themes", ["tid", "vilja"], memo=" sekom_analysis: code")
    study.decide("bo", "n3", "goal", 2)
    study.decide("bo", "n1", "flag", ["two_ideas"], memo="a & b < c")
    study.decide("bo", "n1", "proposal", ["valence"], memo="Brist på <tid>")
    study.decide("bo", "n1", "proposal", ["themes"], memo="Pengar\nNivå: ojämn")
    study.decide("anna", "n1", "flag", ["two_ideas"])
    study.decide("bo", "n1", "valence", "hinder", **{"pass": 2})
    return study


def as_qualcoder_returns(path: Path, target: Path) -> Path:
    """Write a project as QualCoder does after it has taken it in: what it has no place for is gone."""
    old = document(path)
    users = {user.get("guid"): user.get("name") for user in old.iter(f"{SPACE}User")}
    new = ElementTree.Element(f"{SPACE}Project", name="p.qda", origin="QualCoder 4.0")
    notes = {note.get("guid"): note for note in old.iter(f"{SPACE}Note")}
    kept = ElementTree.Element(f"{SPACE}Notes")
    for source in old.iter(f"{SPACE}TextSource"):
        beside = [notes[one.get("targetGUID")] for one in source.findall(f"{SPACE}NoteRef")]
        placed = [note for note in beside if note.find(f"{SPACE}PlainTextSelection") is not None]
        owners = [note.get("creatingUser") for note in placed]
        assert len(owners) == len(set(owners)), "it has room for one of each coder"
    for part in old:
        tag = part.tag.removeprefix(SPACE)
        if tag == "Sources":
            sources = ElementTree.SubElement(new, part.tag)
            for source in part:
                _source(source, ElementTree.SubElement(sources, source.tag, dict(source.attrib)), notes, kept)
        elif tag in ("Variables", "Cases"):
            for variable in part.iter(f"{SPACE}Variable"):
                variable.set("typeOfVariable", "Float")
            for case in part.iter(f"{SPACE}Case"):
                case.set("guid", str(uuid.uuid4()))
                for reference in case.findall(f"{SPACE}SourceRef"):
                    case.remove(reference)
            for value in part.iter(f"{SPACE}IntegerValue"):
                value.tag = f"{SPACE}FloatValue"
            new.append(part)
        elif tag == "Users":
            for user in part:
                user.attrib.pop("id")
            ElementTree.SubElement(part, f"{SPACE}User", guid=str(uuid.uuid4()), name="default")
            new.append(part)
        elif tag != "Notes":
            new.append(part)
    assert users
    new.insert(-1, kept)
    with zipfile.ZipFile(path) as given, zipfile.ZipFile(target, "w") as archive:
        archive.writestr("project.qde", ElementTree.tostring(new, encoding="utf-8"))
        for name in given.namelist()[1:]:
            archive.writestr(name, b"\xef\xbb\xbf" + given.read(name))
    return target


def _source(old, new, notes, kept) -> None:
    for part in old:
        tag = part.tag.removeprefix(SPACE)
        if tag == "PlainTextSelection":
            for coding in part.findall(f"{SPACE}Coding"):
                place = {**part.attrib, "guid": str(uuid.uuid4())}
                selection = ElementTree.SubElement(new, part.tag, place)
                memo = part.find(f"{SPACE}Description")
                if memo is not None:
                    selection.append(memo)
                own = {"guid": str(uuid.uuid4()), "creatingUser": part.get("creatingUser")}
                code = ElementTree.SubElement(selection, coding.tag, own)
                code.append(coding[0])
        elif tag == "NoteRef":
            note = notes[part.get("targetGUID")]
            text, place = note.find(f"{SPACE}PlainTextContent"), note.find(f"{SPACE}PlainTextSelection")
            if place is not None:
                names = {name: note.get(name) for name in ("creatingUser", "creationDateTime")}
                back = ElementTree.SubElement(kept, note.tag, {"guid": str(uuid.uuid4()), **names})
                back.extend([text, place])
        else:
            new.append(part)


def test_a_study_goes_to_qualcoder_and_comes_back_whole(coded, tmp_path):
    path = tmp_path / "out.qdpx"
    write_project_qdpx(coded, path)
    back = as_qualcoder_returns(path, tmp_path / "back.qdpx")
    made, found = study_from_project(tmp_path / "made", back)
    assert found.refused == []
    assert said(made) == said(coded)
    assert made.codebook == coded.codebook
    assert made.notes.equals(coded.notes)


def test_what_qualcoder_reads_is_where_it_reads_it(coded, tmp_path, valid):
    path = tmp_path / "out.qdpx"
    write_project_qdpx(coded, path)
    assert valid(path) == []
    root = document(path)
    notes = list(root.iter(f"{SPACE}Note"))
    assert notes
    assert all(note.get("creationDateTime") for note in notes)
    codings = list(root.iter(f"{SPACE}Coding"))
    assert {coding[0].tag for coding in codings} == {f"{SPACE}CodeRef"}
    memos = {
        described.text for described in root.iterfind(f".//{SPACE}PlainTextSelection/{SPACE}Description")
    }
    assert "ojämn & <låg>\n\nHur säker: 2 av 3" in memos
    # it writes annotations into its XML as they are
    texts = [note.findtext(f"{SPACE}PlainTextContent") for note in notes if len(note) == 3]
    assert len(texts) == 2
    assert not set("&<>") & set("".join(texts))


def test_selections_hold_one_decision_each(coded, tmp_path):
    write_project_qdpx(coded, tmp_path / "out.qdpx")
    selections = list(
        document(tmp_path / "out.qdpx").iterfind(f".//{SPACE}TextSource/{SPACE}PlainTextSelection")
    )
    assert len(selections) == 6
    times = {(one.get("creatingUser"), one.get("creationDateTime")) for one in selections}
    assert len(times) == 6


def test_our_own_export_with_a_certainty_has_dates_now(tmp_path):
    made, _ = study_from_project(tmp_path / "made", CASES / "certainty.qdpx")
    assert len(made.decisions()) == 1
    assert list(made.decisions()["certainty"]) != [""]
    write_project_qdpx(made, tmp_path / "again.qdpx")
    notes = list(document(tmp_path / "again.qdpx").iter(f"{SPACE}Note"))
    assert notes
    assert all(note.get("creationDateTime") for note in notes)


def test_scores_that_qualcoder_returns_are_read(tmp_path):
    read = read_project_qdpx(CASES / "qualcoder-returned-scores.qdpx")
    assert len(read.decisions) == 46
    scores = read.decisions[read.decisions["variable"] == "vikt"]
    assert len(scores) == 14
    first = scores.loc[scores["note_id"] == "N1", ["coder", "codes"]]
    assert list(first.itertuples(index=False, name=None)) == [("anna", "1"), ("bo", "2")]
    made, found = study_from_project(tmp_path / "made", CASES / "qualcoder-returned-scores.qdpx")
    assert len(made.decisions()) == 46
    assert found.refused == []


def test_what_comes_back_unchanged_brings_nothing_and_what_was_added_is_taken(coded, tmp_path):
    path = tmp_path / "out.qdpx"
    write_project_qdpx(coded, path)
    back = as_qualcoder_returns(path, tmp_path / "back.qdpx")
    other = Study.create(tmp_path / "other", notes=NOTES, codebook=CODEBOOK)
    import_file(Request(open_raw(other.root), back))
    assert said(Study.open(other.root)) == said(coded)


@pytest.mark.parametrize(
    ("given", "number", "lost"),
    [("3", "3", 0), ("3.0", "3", 0), ("3,00", "3", 0), ("-2", "-2", 0), ("3.5", None, 1), ("många", None, 1)],
)
def test_scores_are_whole_numbers_or_said(coded, tmp_path, given, number, lost):
    path = tmp_path / "out.qdpx"
    write_project_qdpx(coded, path)
    back = as_qualcoder_returns(path, tmp_path / "back.qdpx")
    _edit(back, "<FloatValue>4</FloatValue>", f"<FloatValue>{given}</FloatValue>")
    read = read_project_qdpx(back)
    scores = read.decisions.query("variable == 'goal' and coder == 'anna'")
    assert list(scores["codes"]) == ([number] if number else [])
    assert (
        sum(loss.number for loss in read.losses if loss.what == "scores that are not whole numbers") == lost
    )


def test_values_of_a_case_about_no_text_are_said(coded, tmp_path):
    path = tmp_path / "out.qdpx"
    write_project_qdpx(coded, path)
    back = as_qualcoder_returns(path, tmp_path / "back.qdpx")
    _edit(back, 'name="n3"', 'name="somebody"')
    _edit(back, "note_id: n3\ngoal", "note_id: n99\ngoal")
    lost = {loss.what: loss.number for loss in read_project_qdpx(back).losses}
    assert lost["values of cases that are about no text"] == 2


def _edit(path: Path, old: str, new: str) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    text = parts["project.qde"].decode("utf-8").replace(":ns0", "").replace("ns0:", "")
    parts["project.qde"] = text.replace(old, new).encode("utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("certainty", ["", "1", "3"])
@pytest.mark.parametrize(
    "memo",
    ["", "en rad", " rak ", "a\n\nb", "Hur säker: 2 av 3", "How sure: 1 of 3\nmer", "sekom_analysis: beside",
     "cr\rlf", "klocka \x07", '"citat"', "[lista]", "å" * 50],
)  # fmt: skip
def test_memo_and_certainty_are_read_back_as_they_were(memo, certainty, lang):
    assert heard(described(memo, certainty, lang)) == Beside(memo, certainty)


def test_what_somebody_writes_to_a_memo_is_kept():
    text = described("först", "2", "sv")
    assert heard(f"{text}\nsedan") == Beside("först\nsedan", "2")
    packed = described("Hur säker: 2 av 3", "1", "sv")
    assert heard(f"{packed}\nsedan") == Beside("Hur säker: 2 av 3\nsedan", "1")


def test_an_annotation_tells_its_decision():
    values = {"note_id": "a & b", "codes": ["x<y"], "memo": "1 > 0\nja", "none": None}
    text = annotation([("A & B", values)])
    assert not set("&<>") & set(text)
    assert told_of(text) == [{"note_id": "a & b", "codes": ["x<y"], "memo": "1 > 0\nja"}]
    assert told_of("a person's own note") == []


def test_an_annotation_tells_several_decisions():
    first = {"note_id": "n1", "memo": "sekom_analysis: decision"}
    second = {"note_id": "n2", "memo": "b\n\nsekom_analysis: decision\nmemo: c"}
    text = annotation([("Flagga: a", first), ("memo: inget", second)])
    assert told_of(text) == [first, second]
    assert told_of(text.replace("\n", "\r\n")) == [first, second]
