"""Tables laid out as Label Studio 1.23.2, doccano 1.8.4, INCEpTION and qdaPy 0.1.0 write them.

`benchmarks/others_exports.py` makes such files with Label Studio and doccano themselves.
"""

from __future__ import annotations

import csv
import io
import json

import pandas as pd
import pytest
import yaml

from sekom_analysis.exchange.others.matching import parts
from sekom_analysis.study.study import Study
from tests.conftest import CODEBOOK, NOTES
from tests.exchange.test_others import put, said, take

TEXTS = dict(zip(NOTES["note_id"], NOTES["text"], strict=True))
ANNA, BO = "2024-01-02T10:00:00.000001Z", "2024-01-02T11:00:00.000002Z"


@pytest.fixture
def study(tmp_path) -> Study:
    return Study.create(tmp_path / "study", notes=NOTES, codebook=CODEBOOK)


def table(*rows, quoting=csv.QUOTE_MINIMAL):
    text = io.StringIO(newline="")
    csv.writer(text, quoting=quoting, lineterminator="\n").writerows(rows)
    return text.getvalue()


def label_studio(rows, ids=True, updated=ANNA):
    """A row per annotation, columns in the order of the alphabet, the annotator a number."""
    names = ["annotation_id", "annotator", "created_at", "goal", "id", "lead_time", "memo", "note_id", "text"]
    lines = [
        [k, who, when, goal, task, 3.4, memo, note, TEXTS[note], themes, updated, valence]
        for k, (task, note, who, when, goal, memo, themes, valence) in enumerate(rows, start=1)
    ]
    whole = [[*names, "themes", "updated_at", "valence"], *lines]
    return table(*(row if ids else [*row[:7], *row[8:]] for row in whole), quoting=csv.QUOTE_NONNUMERIC)


def choices(*codes):
    return json.dumps({"choices": codes}, ensure_ascii=False)


def label_studio_rows():
    return [
        (5, "n1", "1", ANNA, "", '{"text":["därför","och sen"]}', choices("Tid", "Vilja"), "Hinder"),
        (5, "n1", "2", BO, "", "", "Tid", "Möjlighet"),
        (6, "n2", "2", BO, "", "hm", "", "Hinder"),
        (7, "n3", "1", ANNA, '[{"rating":4}]', "", "Vilja", ""),
        (8, "007", "3", BO, "", "", "", ""),  # sent in, with nothing chosen
    ]


LABEL_STUDIO = {
    ("n1", "1", "valence", "hinder"),
    ("n1", "1", "themes", "tid|vilja"),
    ("n1", "2", "valence", "mojlighet"),
    ("n1", "2", "themes", "tid"),
    ("n2", "2", "valence", "hinder"),
    ("n3", "1", "goal", "4"),
    ("n3", "1", "themes", "vilja"),
}


def doccano(labels, first=1):
    """A row per text, looked at or not; labels in the order of the alphabet, with # between."""
    rows = [
        (k, TEXTS[note], note, "#".join(sorted(codes)), "# kanske" if codes else "")
        for k, (note, codes) in enumerate(labels.items(), start=first)
    ]
    return table(("id", "text", "note_key", "label", "Comments"), *rows)


def inception(kind, feature, people, *rows):
    """A row per place, a column per annotator by the name that is shown."""
    names = ["Type", "Collection", "Document", "Layer", "Feature", "Position", "Flags", *people]
    lines = [
        [kind, "notes", document, "webanno.custom.Note", feature, position, "COMPLETE, USED", *cells]
        for document, position, *cells in rows
    ]
    return table(names, *lines)


def fragments(*rows):
    """A row per code of one coder; allTags holds everybody's codes of the place."""
    names = ["zotqdaFormat", "code", "codeId", "annotationKey", "text", "comment", "allTags", "codedBy"]
    lines = [
        ["fragments/1", code, f"c{k}", f"K{note}", TEXTS[note], comment, tags, who, when]
        for k, (note, who, when, code, tags, comment) in enumerate(rows)
    ]
    return "\ufeff" + table([*names, "codedAt"], *lines)


def taken(study, path, **given):
    """Take a table in by the map that is proposed, untouched; hand back both runs."""
    first = take(study, path, **given).material
    return first, take(study, path, map=path.with_suffix(".map.yaml")).material


def doubts(material):
    return [one.what for one in material.remarks if "→" in one.what or ": " in one.what]


@pytest.mark.parametrize("ids", [True, False])
def test_label_studio(study, tmp_path, ids):
    first, second = taken(study, put(tmp_path, "project.csv", label_studio(label_studio_rows(), ids)))
    opened = Study.open(study.root)
    assert said(opened) == LABEL_STUDIO
    assert second.refused == []
    decisions = opened.decisions().set_index(["note_id", "coder", "variable"])
    assert decisions.at[("n1", "1", "themes"), "memo"] == "därför\noch sen"
    assert set(decisions.xs("2", level="coder")["decided_at"]) == {BO}
    assert opened.ratings("themes").isna().loc[["n2", "007"]].all().all()
    assert "coders → 1: a number; the other program says whose it is" in doubts(first)
    assert "time: 'updated_at' says when answers were last changed" in doubts(first)


@pytest.mark.parametrize("ids", [["5", "6", "7", "8"], ["8", "7", "6", "5"]])
def test_ids_of_another_program_that_look_like_ours_are_not_taken_for_them(tmp_path, ids):
    # Label Studio numbers its tasks 5, 6, 7, 8; the study's notes are called so too, in some order.
    own = Study.create(tmp_path / "own", notes=NOTES.assign(note_id=ids), codebook=CODEBOOK)
    first, _ = taken(own, put(tmp_path, "project.csv", label_studio(label_studio_rows(), ids=False)))
    ours = dict(zip(TEXTS, ids, strict=True))
    assert said(Study.open(own.root)) == {(ours[note], *rest) for note, *rest in LABEL_STUDIO}
    doubt = "note: 'id' looks like ids too, but is in the rows of other notes' texts"
    assert (doubt in doubts(first)) == (ids[0] == "8")


def test_two_answers_of_one_in_label_studio_are_not_added_up(study, tmp_path):
    rows = label_studio_rows()
    again = [*rows, (5, "n1", "1", BO, "", "", "Tid", "Hinder")]
    _, second = taken(study, put(tmp_path, "project.csv", label_studio(again)))
    assert said(Study.open(study.root)) == LABEL_STUDIO - {("n1", "1", "themes", "tid|vilja")}
    assert [one.what for one in second.refused] == [
        "several answers of 1 to 'themes' that differ (note n1, row 2, 7: tid, vilja)"
    ]


def test_doccano_has_a_file_for_each(study, tmp_path):
    anna = {"007": [], "n3": ["Vilja"], "n2": [], "n1": ["Vilja", "Tid"]}
    for name, labels in (("anna", anna), ("bo.ek", {note: ["Tid"] for note in anna})):
        first, second = taken(study, put(tmp_path, f"{name}.csv", doccano(labels)))
        assert second.refused == []
        assert doubts(first) == ["whose: no column says who decided"]
    opened = Study.open(study.root)
    assert said(opened) == {
        ("n1", "anna", "themes", "tid|vilja"),
        ("n3", "anna", "themes", "vilja"),
        *((note, "bo-ek", "themes", "tid") for note in anna),
    }
    assert opened.ratings("themes").isna().loc[["n2", "007"], "anna"].all()


def test_what_doccano_puts_together_of_everybody_is_marked(study, tmp_path):
    first, _ = taken(study, put(tmp_path, "all.csv", doccano({"n1": ["Tid"], "n2": []})))
    assert doubts(first) == ["whose: no column says who decided; 'all' may be everybody's answers in one"]


def test_inception_with_a_document_a_note(study, tmp_path):
    text = inception(
        "DocumentPosition",
        "valence",
        ["Anna Ek", "bo", "Curator"],
        ("n1.txt", "", "Hinder", "Möjlighet", "Hinder"),
        ("n2.txt", "", "<no annotation>", "Hinder", "<no annotation>"),
        ("007.txt", "", "<no label>", "Hinder", "Hinder"),
    )
    first, second = taken(study, put(tmp_path, "diff.csv", text))
    assert said(Study.open(study.root)) == {
        ("n1", "anna-ek", "valence", "hinder"),
        ("n1", "bo", "valence", "mojlighet"),
        ("n2", "bo", "valence", "hinder"),
        ("007", "bo", "valence", "hinder"),
    }
    assert doubts(first) == ["answers: 'Curator' settles what others said, and was left out"]
    assert [one.what for one in second.remarks] == ["nobody answered there (2 times, first: row 3: Anna Ek)"]


def test_inception_with_a_passage_a_note(study, tmp_path):
    rows = [
        ("all.txt", f"0-10 [{TEXTS['n1']}]", "Tid, Vilja", "<no annotation>"),
        ("all.txt", f"11-23 [{TEXTS['n2']}]", "<no annotation>", "Vilja"),
    ]
    path = put(tmp_path, "diff.csv", inception("SpanPosition", "value", ["anna", "bo"], *rows))
    map_ = path.with_suffix(".map.yaml")
    take(study, path)
    # Not even where empty cells are answers: INCEpTION cannot tell "none" from unseen.
    map_.write_text(map_.read_text("utf-8").replace('empty: "unseen"', 'empty: "none"'), encoding="utf-8")
    take(study, path, map=map_)
    assert said(Study.open(study.root)) == {
        ("n1", "anna", "themes", "tid|vilja"),
        ("n2", "bo", "themes", "vilja"),
    }


def test_fragments_whose_codes_begin_with_their_variable(study, tmp_path):
    both = "Teman/Tid|Hinder eller möjlighet/Hinder"
    text = fragments(
        ("n1", "ann", ANNA, "Teman/Tid", both, "därför"),
        ("n1", "ann", ANNA, "Teman/Vilja", both, ""),
        ("n1", "ben", BO, "Hinder eller möjlighet/Hinder (Hinder eller möjlighet)", both, ""),
        ("n2", "ben", BO, "Teman/Inget av dem", both, ""),
    )
    path = put(tmp_path, "fragments.csv", text)
    first, second = taken(study, path)
    plain = yaml.safe_load(path.with_suffix(".map.yaml").read_text("utf-8"))
    assert (plain["path"], plain["answers"]) == ("/", {"code": {"variable": "", "coder": ""}})
    assert said(Study.open(study.root)) == {
        ("n1", "ann", "themes", "tid|vilja"),
        ("n1", "ben", "valence", "hinder"),
        ("n2", "ben", "themes", ""),
    }
    assert Study.open(study.root).ratings("themes").at["n2", "ben"] == frozenset()
    assert (doubts(first), second.refused) == ([], [])


def test_what_everybody_said_is_not_taken_for_what_one_said(study, tmp_path):
    text = fragments(
        ("n1", "ann", ANNA, "Ressourcen/Tid", "Tid|Vilja", ""),
        ("n1", "ben", BO, "Vilja", "Tid|Vilja", ""),
    )
    first, _ = taken(study, put(tmp_path, "fragments.csv", text))
    assert said(Study.open(study.root)) == {("n1", "ann", "themes", "tid"), ("n1", "ben", "themes", "vilja")}
    assert "answers → code: 'allTags' repeats it and was left out" in doubts(first)


def test_none_and_a_code_at_once_are_no_answer(study, tmp_path):
    text = "note_id;coder;code\nn1;anna;Tid\nn1;anna;Inget av dem\nn2;anna;Inget av dem\n"
    _, second = taken(study, put(tmp_path, "long.csv", text))
    assert said(Study.open(study.root)) == {("n2", "anna", "themes", "")}
    assert [one.what for one in second.refused] == [
        "anna says both a code and none to 'themes' (note n1, row 2, 3: tid, no code)"
    ]


@pytest.mark.parametrize("cell", ['{"start": 0, "labels": ["Tid"]}', '[{"x": 1}]', "[Tid]", '{"a', "[true]"])
def test_what_is_no_answer_as_programs_write_them_stays_as_it_is(cell):
    assert parts(cell, "") == [cell]


def test_qdapy_itself_writes_what_is_read(tmp_path):
    qdpx = pytest.importorskip("qdapy.qdpx")
    from sekom_analysis.exchange.refi import write_project_qdpx

    own = Study.create(tmp_path / "own", notes=NOTES, codebook=CODEBOOK)
    for note, coder, variable, codes in [
        ("n1", "anna", "valence", "hinder"),
        ("n1", "bo", "valence", "mojlighet"),
        ("n1", "anna", "themes", ["tid", "vilja"]),
        ("n3", "bo", "themes", []),
    ]:
        own.decide(coder, note, variable, codes)
    write_project_qdpx(own, tmp_path / "shared.qdpx", "shared")
    found = qdpx.read_qdpx(tmp_path / "shared.qdpx", warn=False).fragments
    assert isinstance(found, pd.DataFrame)
    found.to_csv(tmp_path / "fragments.csv", index=False, encoding="utf-8")
    other = Study.create(tmp_path / "other", notes=NOTES, codebook=CODEBOOK)
    taken(other, tmp_path / "fragments.csv")
    opened, own = Study.open(other.root), Study.open(own.root)
    assert said(opened) == said(own)
    times = [
        one.decisions().set_index(["note_id", "coder", "variable"])["decided_at"] for one in (opened, own)
    ]
    assert times[0].sort_index().tolist() == times[1].sort_index().tolist()
