"""Projects of other programs, and what ours say of what they leave out."""

from __future__ import annotations

import zipfile
from xml.etree import ElementTree

import pytest

from sekom_analysis.basics.errors import ExchangeError, NotSavedError
from sekom_analysis.exchange.refi import loss_lines, read_project_qdpx, write_project_qdpx
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.study import Study
from tests.exchange.refi.conftest import coding, guid, project, qdpx, selection

TEXT = "Tiden räcker inte.\nPengarna är slut."


def whats(read) -> str:
    return "\n".join(f"{problem.what}; {problem.todo}" for problem in read.warnings)


def said(read) -> list[tuple[str, ...]]:
    columns = ["note_id", "coder", "variable", "codes"]
    return list(read.decisions[columns].itertuples(index=False, name=None))


def test_each_coded_piece_becomes_a_note(tmp_path, valid):
    inside = selection(0, 18, coding(1) + coding(2)) + selection(19, 36, coding(2, 92), 61)
    path = qdpx(tmp_path / "other.qdpx", project(inside), {"a.txt": TEXT.encode()})
    assert valid(path) == []
    read = read_project_qdpx(path)
    assert read.notes["text"].to_dict() == {
        "Intervju 1 0-18": "Tiden räcker inte.",
        "Intervju 1 19-36": "Pengarna är slut.",
    }
    assert set(read.notes["source"]) == {"Intervju 1"}
    assert said(read) == [
        ("Intervju 1 0-18", "anna-aberg", "codes", "tid|pengar"),
        ("Intervju 1 19-36", "bo", "codes", "pengar"),
    ]
    assert read.coders == ("anna-aberg", "bo")
    assert set(read.decisions["decided_at"]) == {"2019-03-18T12:00:00.000000Z"}
    assert Codebook.model_validate(read.codebook)["codes"].kind == "multiple"
    assert "Anna Åberg → anna-aberg" in whats(read)


def test_a_text_coded_as_a_whole_or_not_at_all_is_one_note(tmp_path):
    more = f'<TextSource guid="{guid(51)}" name="Brev"><PlainTextContent>Hej</PlainTextContent></TextSource>'
    path = qdpx(tmp_path / "other.qdpx", project(coding(1), text="En lapp", more=more))
    read = read_project_qdpx(path)
    assert read.notes["text"].to_dict() == {"Intervju 1": "En lapp", "Brev": "Hej"}
    assert said(read) == [("Intervju 1", "anna-aberg", "codes", "tid")]


def test_what_programs_do_otherwise_is_read_and_said(tmp_path):
    inside = selection(0, 18, coding(1, None, when="igår")) + selection(20, 37, coding(2, 77), 61)
    path = qdpx(
        tmp_path / "other.qdpx",
        project(inside),
        {"A.txt": TEXT.replace("\n", "\r\n").encode("utf-8-sig")},
        name="Mitt projekt.qde",
        folder="Sources",
        space="urn:QDA-XML:project:0:4",
    )
    read = read_project_qdpx(path)
    assert list(read.notes["text"]) == ["Tiden räcker inte.", "Pengarna är slut."]
    assert [coder for _, coder, _, _ in said(read)] == ["unknown", "unknown-2"]
    assert read.decisions["decided_at"].iat[0] == ""
    for part in ("not named project.qde", "Sources, not sources", "project:0:4",
                 "two characters at each line end",
                 "a time cannot be read (igår)", "it does not say who coded"):  # fmt: skip
        assert part in whats(read)


@pytest.mark.parametrize(
    ("text", "start", "end", "piece"),
    [
        ("😀😀 Tiden", 5, 10, "Tiden"),  # UTF-16 counts 10 signs, Unicode 8
        ("a\nb\nTiden", 6, 11, "Tiden"),  # counted over \r\n that XML itself takes away
        ("😀😀 Tiden", 3, 8, "Tiden"),
    ],
)
def test_positions_are_taken_as_the_program_counted(tmp_path, text, start, end, piece):
    inside = selection(start, end, coding(1), more=f'name="{piece}"')
    read = read_project_qdpx(qdpx(tmp_path / "other.qdpx", project(inside, text=text)))
    assert list(read.notes["text"]) == [piece]


def test_memos_attributes_and_what_is_left_out(tmp_path, valid):
    inside = selection(
        0, 18, coding(1, inside=f'<NoteRef targetGUID="{guid(80)}"/>') + coding(99)
    ) + selection(1, 3, "", 61)
    notes = (
        f'<Notes><Note guid="{guid(80)}" name="m"><PlainTextContent>Osäker här</PlainTextContent></Note>'
        f'<Note guid="{guid(81)}" name="n"><PlainTextContent>Lös</PlainTextContent></Note></Notes>'
    )
    more = f'<PictureSource guid="{guid(52)}" name="Bild" path="internal://b.png"/>'
    document = project(inside, notes=notes, more=more)
    case = (
        f'<Variables><Variable guid="{guid(30)}" name="Ålder" typeOfVariable="Integer"/></Variables>'
        f'<Cases><Case guid="{guid(31)}" name="P1"><VariableValue><VariableRef targetGUID="{guid(30)}"/>'
        f"<IntegerValue>35</IntegerValue></VariableValue>"
        f'<SourceRef targetGUID="{guid(50)}"/></Case></Cases>'
    )
    path = qdpx(
        tmp_path / "o.qdpx", document.replace("<Sources>", case + "<Sources>"), {"A.txt": TEXT.encode()}
    )
    assert valid(path) == []
    read = read_project_qdpx(path)
    assert list(read.decisions["memo"]) == ["Osäker här"]
    assert list(read.notes["Ålder"]) == ["35"]
    assert {(loss.number, loss.what) for loss in read.losses} == {
        (1, "pictures"),
        (1, "codings with a code that the codebook does not have"),
        (1, "selections without a code"),
        (1, "notes beside the text that no coding refers to"),
    }


def test_unseen_none_fits_and_the_empty_set_are_three_things(study, tmp_path):
    study.decide("anna", "n1", "valence", "none_fits")
    study.decide("anna", "n1", "themes", [])
    study.decide("anna", "n2", "themes", ["vilja", "tid"])
    write_project_qdpx(study, tmp_path / "s.qdpx")
    read = read_project_qdpx(tmp_path / "s.qdpx")
    assert sorted(said(read)) == [
        ("n1", "anna", "themes", ""),
        ("n1", "anna", "valence", "none_fits"),
        ("n2", "anna", "themes", "vilja|tid"),
    ]


def test_what_is_lost_is_said(study, tmp_path):
    study.decide("anna", "n1", "valence", "hinder", certainty=2)
    study.decide("anna", "n1", "valence", "mojlighet", certainty=1)
    study.desk("anna").skip("n2", "valence")
    study.decide("bo", "n3", "goal", 4, memo="bra")
    study.decide("bo", "n3", "flag", ["two_ideas"])
    lines = loss_lines(write_project_qdpx(study, tmp_path / "s.qdpx", "shared"))
    for part in (
        "changed or taken back later (1): not in the file",
        "skipped (1): not in the file",
        "version of the codebook and which way (card, page, sheet) (3)",
        "certainties (1): in the file as notes",
        "scores (1): in the file as variables",
        "flags, and answers that the codebook no longer has (1): in the file as notes",
        "whose they are (1): in the file; programs that ask",
    ):
        assert part in lines


def test_answers_that_the_codebook_no_longer_has_are_kept(study, tmp_path):
    study.decide("anna", "n1", "valence", "hinder", memo="då")
    book = study.root / "data" / "raw" / "codebook.yaml"
    text = book.read_text(encoding="utf-8").replace("id: hinder", "id: barriar").replace("valence", "sort")
    book.write_text(text, encoding="utf-8")
    write_project_qdpx(Study.open(study.root), tmp_path / "s.qdpx")
    read = read_project_qdpx(tmp_path / "s.qdpx")
    assert said(read) == [("n1", "anna", "valence", "hinder")]
    assert list(read.decisions["memo"]) == ["då"]


def test_two_answers_to_a_question_that_takes_one_are_neither_lost_silently_nor_guessed(study, tmp_path):
    study.decide("anna", "n1", "valence", "hinder")
    study.decide("anna", "n2", "valence", "mojlighet")
    write_project_qdpx(study, tmp_path / "s.qdpx")
    with zipfile.ZipFile(tmp_path / "s.qdpx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    document = parts["project.qde"].decode("utf-8")
    _, second = (part for part in document.split("<Coding ")[1:])
    added = "<Coding " + second.split("</Coding>")[0] + "</Coding>"
    parts["project.qde"] = document.replace("</Coding>", "</Coding>" + added, 1).encode("utf-8")
    with zipfile.ZipFile(tmp_path / "s.qdpx", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    read = read_project_qdpx(tmp_path / "s.qdpx")
    assert said(read) == [("n2", "anna", "valence", "mojlighet")]
    assert "several answers to 'valence', which takes one (anna, n1)" in whats(read)
    assert [loss.number for loss in read.losses] == [1]


def test_wrong_calls_say_what_is_allowed(study, tmp_path):
    with pytest.raises(ExchangeError, match="per-coder, shared"):
        write_project_qdpx(study, tmp_path / "s.qdpx", "both")
    with pytest.raises(NotSavedError, match="was not saved"):
        write_project_qdpx(study, tmp_path / "nowhere" / "s.qdpx")
    path = qdpx(tmp_path / "empty.qdpx", "", name="readme.txt")
    with pytest.raises(ExchangeError, match=r"empty.qdpx.*no project.qde"):
        read_project_qdpx(path)


# --- words of a note that were selected with an answer ------------------------------------------------


def selections_in(path):
    root = ElementTree.fromstring(zipfile.ZipFile(path).read("project.qde"))
    found = [one for one in root.iter() if one.tag.endswith("}PlainTextSelection")]
    return [(int(one.get("startPosition")), int(one.get("endPosition"))) for one in found]


def test_selected_words_are_selections_and_an_answer_without_is_the_whole(study, tmp_path, valid):
    study.decide("anna", "n1", "valence", "hinder", words="0:5|6:10", memo="därför")
    study.decide("bo", "n1", "valence", "hinder")
    path = tmp_path / "study.qdpx"
    write_project_qdpx(study, path)
    assert valid(path) == []
    assert selections_in(path) == [(0, 5), (6, 10), (0, 10)]
    read = read_project_qdpx(path)
    assert read.decisions[["coder", "memo", "words"]].values.tolist() == [
        ["anna", "därför", "0:5|6:10"],
        ["bo", "", ""],
    ]
    write_project_qdpx(study, path, "shared")  # counts units: each note stays one
    assert selections_in(path) == [(0, 10)]
    assert read_project_qdpx(path).decisions["words"].tolist() == ["0:5|6:10", ""]


def test_words_of_a_text_of_then_are_no_selection(study, tmp_path):
    study.decide("anna", "n1", "valence", "hinder", words="0:5", note_hash="h00000000000")
    path = tmp_path / "study.qdpx"
    lost = write_project_qdpx(study, path)
    assert selections_in(path) == [(0, 10)]
    assert [loss.number for loss in lost if "words selected" in loss.what] == [1]


@pytest.mark.parametrize(("end", "words", "warnings"), [("5", "0:5", 0), ("99", "", 1)])
def test_what_another_program_selects_of_a_note_of_ours_are_words(study, tmp_path, end, words, warnings):
    study.decide("anna", "n1", "valence", "hinder")
    path, other = tmp_path / "study.qdpx", tmp_path / "other.qdpx"
    write_project_qdpx(study, path)
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(other, "w") as changed:
        for name in whole.namelist():
            place = f'endPosition="{end}"'.encode()
            changed.writestr(name, whole.read(name).replace(b'endPosition="10"', place))
    read = read_project_qdpx(other)
    assert read.decisions["words"].tolist() == [words]
    assert sum("part of a note" in problem.what for problem in read.warnings) == warnings
