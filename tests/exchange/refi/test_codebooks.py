"""Codebooks of other programs, and ours after another program had them."""

from __future__ import annotations

import re

import pytest

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.exchange.refi import read_codebook_qdc, write_codebook_qdc
from sekom_analysis.study.codebook import Codebook
from tests.exchange.refi.conftest import CODEBOOK_SPACE, code, qdc
from tests.test_cli import sekom


def whats(read) -> str:
    return "\n".join(f"{problem.what}; {problem.todo}" for problem in read.warnings)


def test_the_schema_check_finds_what_it_is_for(tmp_path, valid, schemas_are_here):
    good = qdc(tmp_path / "good.qdc", code(1, "Tid"))
    assert valid(good) == []
    assert any("Sets" in fault for fault in valid(qdc(tmp_path / "a.qdc", code(1, "Tid"), after="<Sets/>")))
    assert any(
        "color" in fault for fault in valid(qdc(tmp_path / "b.qdc", code(1, "Tid", more='color="red"')))
    )


def test_parents_that_code_nothing_become_variables_and_the_rest_one_more(tmp_path):
    below = code(3, "Lön", code(4, "Övertid"))
    path = qdc(
        tmp_path / "other.qdc",
        code(1, "Resurser", "<Description>Pengar och folk</Description>" + code(2, "Tid") + below, "false")
        + code(5, "Vilja", "<Description>Vill</Description>" + code(6, "Ledning"))
        + code(7, "Tom mapp", codable="false"),
    )
    read = read_codebook_qdc(path)
    book = Codebook.model_validate(read.codebook)
    assert {v.id: (v.kind, v.code_ids) for v in book.variables} == {
        "resurser": ("multiple", ("tid", "lon", "lon_overtid")),
        "codes": ("multiple", ("vilja", "vilja_ledning")),
    }
    assert book["resurser"].label_of("lon_overtid") == "Lön / Övertid"
    assert book["codes"].codes[0].definition.sv == "Vill"
    assert "cannot be coded with has no codes below it (Tom mapp)" in whats(read)


def test_faults_that_can_be_understood_are_named_and_read(tmp_path):
    path = qdc(
        tmp_path / "odd.qdc",
        code(1, "Tid", more='color="#0a0"') + code(2, "Tid", more='color="rgba(1,2,3,4)"') + code(2, "!"),
        space="urn:QDA-XML:codebook:0:4",
        after="<Sets/>",
    )
    read = read_codebook_qdc(path)
    (variable,) = Codebook.model_validate(read.codebook).variables
    assert [(c.id, c.label.sv, c.colour) for c in variable.codes] == [
        ("tid", "Tid", "#00aa00"),
        ("tid_2", "Tid", None),
        ("code", "!", None),
    ]
    said = whats(read)
    for part in ("empty <Sets/>", "three digits", "a colour is not valid", "codebook:0:4", "the same guid"):
        assert part in said


def test_renaming_in_another_program_is_taken_and_said(study, tmp_path):
    path = tmp_path / "ours.qdc"
    write_codebook_qdc(study.codebook, path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(' name="Tid"', ' name="Tidsbrist"'), encoding="utf-8")
    read = read_codebook_qdc(path)
    book = Codebook.model_validate(read.codebook)
    assert book["themes"].codes[0].model_dump()["label"] == {"sv": "Tidsbrist", "en": "Tidsbrist"}
    assert book["themes"].code_ids == study.codebook["themes"].code_ids
    assert "renamed in another program (Tid → Tidsbrist)" in whats(read)


def test_what_another_program_adds_or_breaks_does_not_stop_it(study, tmp_path):
    path = tmp_path / "ours.qdc"
    write_codebook_qdc(study.codebook, path)
    text = path.read_text(encoding="utf-8")
    text = text.replace("kind: single", "kind: unsure").replace("id: tid\n", "id: tid\nse även vilja\n")
    inside = re.search(
        r'<Code guid="[^"]+" name="Teman"[^>]*>\s*<Description>.*?</Description>', text, re.DOTALL
    )
    text = text.replace(inside[0], inside[0] + code(9, "Pengar"))
    path.write_text(text, encoding="utf-8")
    read = read_codebook_qdc(path)
    book = Codebook.model_validate(read.codebook)
    assert book["themes"].code_ids == ("pengar", "tid", "vilja")
    assert book["hinder_eller_mojlighet"].kind == "multiple"
    assert book["hinder_eller_mojlighet"].code_ids == ("hinder", "mojlighet", "ingen_passar")
    assert "changed so that it cannot be used" in whats(read)
    assert "lines were added to a description" in whats(read)


def test_each_name_is_there_once(sample_study, tmp_path):
    path = tmp_path / "sample.qdc"
    write_codebook_qdc(sample_study.codebook, path, study_id=sample_study.about.id)
    names = re.findall(r' name="([^"]+)"', path.read_text(encoding="utf-8"))
    assert (
        len(names)
        == len(set(names))
        == 11
        + sum(
            len(v.codes) + v.allows_none_fits + (v.kind == "multiple")
            for v in sample_study.codebook.variables
        )
    )
    assert "Nyckeltal (Kategori, åtgärder)" in names


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("<CodeBook", "not well-formed"),
        ('<Project xmlns="urn:QDA-XML:project:1.0" name="x"/>', "begins with <Project>"),
        (f'<CodeBook xmlns="{CODEBOOK_SPACE}"><Codes/></CodeBook>', "no code in it"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><CodeBook>&b;</CodeBook>', "document type"),
    ],
)
def test_what_is_no_codebook_is_refused_with_its_name(tmp_path, text, match):
    path = tmp_path / "broken.qdc"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExchangeError, match=match) as caught:
        read_codebook_qdc(path)
    assert "broken.qdc" in str(caught.value)


def test_what_a_codebook_of_another_program_does_not_say_is_told_by_every_command(study, tmp_path):
    inside = code(2, "Tid", code(3, "Övertid"))
    path = qdc(tmp_path / "other.qdc", code(1, "Hinder", inside, codable="false") + code(4, "Annat"))
    kind = "does not say whether a note gets one code or several"
    levels = "codes below other codes do not exist here"
    assert kind in whats(read_codebook_qdc(path))
    assert levels in whats(read_codebook_qdc(path))
    (tmp_path / "n.csv").write_text("text\nTiden rinner\n", encoding="utf-8")
    made = sekom("new", tmp_path / "s", "--notes", tmp_path / "n.csv", "--codebook", path)
    taken = sekom("import", path, "--study", study.root)
    for exit_code, out, _ in (made, taken):
        told = " ".join(out.split())
        assert (exit_code, kind in told, levels in told) == (0, True, True)


def test_our_own_codebook_says_all_of_that_itself(study, tmp_path):
    write_codebook_qdc(study.codebook, tmp_path / "ours.qdc")
    assert read_codebook_qdc(tmp_path / "ours.qdc").warnings == ()
