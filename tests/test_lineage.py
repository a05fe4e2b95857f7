"""A codebook that changes: what old ids count as, and which answers hold."""

from __future__ import annotations

import pandas as pd
import pytest
import yaml

import sekom_analysis as sa
from sekom_analysis.basics.errors import StudyError
from sekom_analysis.coding.session import Session
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.lineage import MEANING, WORDING, Change, Holding, Lineage, changes_ledger, text_hash
from sekom_analysis.study.study import Study

IDS = [f"n{number:02}" for number in range(1, 13)]
NOTES = pd.DataFrame({"note_id": IDS, "text": [f"Lapp nummer {number}" for number in range(1, 13)]})


def code(id_: str, label: str = "", **parts) -> dict:
    return {"id": id_, "label": label or id_.capitalize(), **parts}


def book(*codes: dict, kind: str = "single") -> dict:
    return {"variables": [{"id": "v", "kind": kind, "label": "Tema", "codes": list(codes)}]}


def write(study: Study, data: dict) -> Study:
    """Write another codebook into the study, and open it anew."""
    path = study.root / "data" / "raw" / "codebook.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return Study.open(study.root)


def logs(study: Study) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (study.root / "data" / "coded").glob("*.csv")}


@pytest.fixture
def study(tmp_path) -> Study:
    return Study.create(tmp_path / "s", notes=NOTES, codebook=book(code("resurser"), code("ledning")))


# --- what old ids count as ----------------------------------------------------------------------------


def test_a_renamed_code_makes_identical_judgements_agree(study):
    said = ["resurser", "ledning", "resurser"] * 4
    for note, given in zip(IDS, said, strict=True):
        study.decide("anna", note, "v", given)
    renamed = write(study, book(code("tid", "Resurser", was=["resurser"]), code("ledning")))
    for note, given in zip(IDS, said, strict=True):
        renamed.decide("bo", note, "v", given.replace("resurser", "tid"))
    before = logs(renamed)
    ratings = renamed.ratings("v")
    assert sa.alpha(ratings) == 1
    assert (ratings["anna"] == "tid").sum() == (ratings["bo"] == "tid").sum() == 8
    assert list(ratings["anna"].cat.categories) == ["tid", "ledning", "none_fits"]
    assert sa.alpha(renamed.ratings("v", as_given=True)) < 1
    assert set(renamed.decisions("v", ["anna"], as_given=True)["codes"]) == {"resurser", "ledning"}
    assert renamed.problems.empty
    assert logs(renamed) == before


def test_merged_codes_count_as_one(tmp_path):
    three = book(code("pengar"), code("tid"), code("vilja"), kind="multiple")
    study = Study.create(tmp_path / "s", notes=NOTES, codebook=three)
    study.decide("anna", "n01", "v", ["pengar", "tid"])
    study.decide("anna", "n02", "v", ["tid", "vilja"])
    study.decide("anna", "n03", "v", [])
    merged = write(study, book(code("pengar", was=["tid"]), code("vilja"), kind="multiple"))
    assert merged.ratings("v")["anna"].dropna().tolist() == [
        frozenset({"pengar"}),
        frozenset({"pengar", "vilja"}),
        frozenset(),
    ]


def test_a_split_code_has_no_answers_left(study):
    for note in IDS[:3]:
        study.decide("anna", note, "v", "resurser")
    study.decide("anna", "n04", "v", "ledning")
    parts = [code("tid"), code("pengar")]
    gone = code("resurser", retired=True, split_into=["tid", "pengar"])
    split = write(study, book(gone, *parts, code("ledning")))
    assert split.ratings("v")["anna"].dropna().to_dict() == {"n04": "ledning"}
    assert "resurser" in split.ratings("v", as_given=True)["anna"].tolist()
    assert Session(split.desk("anna")).n_left == 11
    split.decide("anna", "n01", "v", "tid")
    assert split.ratings("v")["anna"].dropna().to_dict() == {"n01": "tid", "n04": "ledning"}


def test_adjudications_follow(study):
    for coder, given in (("anna", "resurser"), ("bo", "ledning")):
        for note in IDS[:2]:
            study.decide(coder, note, "v", given)
    study.adjudicate("dag", "n01", "v", "resurser", reason="Det är tid.")
    study.adjudicate("dag", "n02", "v", "ledning", reason="Det är mål.")
    renamed = write(study, book(code("tid", "Resurser", was=["resurser"]), code("ledning")))
    table = renamed.adjudications("v").set_index("note_id")
    assert table["codes"].to_dict() == {"n01": "tid", "n02": "ledning"}
    assert not table["is_stale"].any()
    assert table.at["n01", "seen"] == {"anna": "tid", "bo": "ledning"}
    gone = code("resurser", retired=True, split_into=["tid", "pengar"])
    split = write(study, book(gone, code("tid"), code("pengar"), code("ledning")))
    assert split.adjudications("v")["note_id"].tolist() == ["n02"]  # the other is open again


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        ([code("a", was=["b"]), code("b")], "'b' is listed under was, and is also a code"),
        (
            [code("a", was=["x"]), code("b", was=["x"])],
            "'x' is listed under was of two codes; the other is 'a'",
        ),
        ([code("a", split_into=["b"]), code("b")], "split_into is given for a code that can still be chosen"),
        (
            [code("a", retired=True, split_into=["c"]), code("b")],
            "split_into names 'c', which is not another code",
        ),
    ],
)
def test_a_fate_that_cannot_be_is_told(study, codes, said):
    with pytest.raises(StudyError, match=said):
        write(study, book(*codes))


def test_a_codebook_in_excel_keeps_what_became_of_its_codes():
    from sekom_analysis.study.codebook_table import check_codebook_table, codebook_table

    gone = code("c", retired=True, split_into=["a", "b"])
    made = Codebook.model_validate(
        book(code("a", was=["x", "y"], **{"from": ["Hög 1 (Anna)"]}), code("b"), gone)
    )
    read, problems = check_codebook_table(codebook_table(made), "codebook.xlsx")
    assert (read, problems) == (made, [])


def test_what_became_of_a_code_is_no_part_of_a_version():
    plain, with_fate = (
        Codebook.model_validate(book(code("a", **parts), code("b")))["v"]
        for parts in ({}, {"was": ["x"], "from": ["Hög 1"]})
    )
    assert plain.version == with_fate.version
    assert "x" not in str(with_fate.as_seen())


# --- which answers hold -------------------------------------------------------------------------------


def change(study: Study, name: str, before: dict, after: dict, sort: str) -> None:
    """Put a change of a code's text into the ledger."""
    hashes = [
        text_hash(Codebook.model_validate(book(one, code("x")))["v"].codes[0]) for one in (before, after)
    ]
    entry = Change(
        "", f"e-{name}-{sort}-{hashes[1]}", "v", "describe", name, "", sort, *hashes, "anna", "", "change"
    )
    changes_ledger(study.root).append([entry])


OLD = code("a", definition="Tid och pengar")
TYPO = code("a", definition="Tid och pengar.")
NEW = code("a", definition="Bara tid", exclude="Pengar: se Bertil")
OTHERS = [code("b", "Bertil"), code("c", "Cesar")]


@pytest.fixture
def coded(tmp_path) -> Study:
    study = Study.create(tmp_path / "s", notes=NOTES, codebook=book(OLD, *OTHERS))
    for note, given in zip(IDS, ["a", "b", "c", "none_fits"], strict=False):
        study.decide("anna", note, "v", given)
    return study


def again(study: Study) -> dict[str, str]:
    """Note -> why anna is to look at her answer again."""
    table = study.decisions("v", ["anna"], as_given=True)
    rows = zip(table["note_id"], table["codes"], table["codebook"], strict=True)
    found = {note: study.holding.again("v", codes, version) for note, codes, version in rows}
    return {note: reason.why for note, reason in found.items() if reason is not None}


def test_a_mended_spelling_asks_nobody(coded):
    change(coded, "a", OLD, TYPO, WORDING)
    now = write(coded, book(TYPO, *OTHERS))
    assert again(now) == {}
    assert now.problems.empty
    assert [a["v"]["older"] for a in Session(now.desk("anna")).data()["answers"].values()] == [False] * 4


def test_a_changed_meaning_asks_about_that_code_and_those_that_it_names(coded):
    change(coded, "a", OLD, TYPO, WORDING)
    change(coded, "a", TYPO, NEW, MEANING)
    now = write(coded, book(NEW, *OTHERS))
    assert again(now) == {"n01": "meaning", "n02": "neighbour"}
    session = Session(now.desk("anna"), only="older")
    assert {item.note_id for item in session.items} == {"n01", "n02"}
    now.decide("anna", "n01", "v", "a")  # it still holds
    assert again(now) == {"n02": "neighbour"}


def test_a_change_that_nobody_has_spoken_of_is_told_once(coded):
    coded.decide("bo", "n01", "v", "a")
    now = write(coded, book(NEW, *OTHERS))
    assert again(now) == {"n01": "unreviewed"}
    (problem,) = now.list_problems()
    assert "the text of 'a' in 'v' has changed since coding began" in str(problem.what)
    change(coded, "a", OLD, NEW, WORDING)
    assert Study.open(now.root).list_problems() == []


def test_a_new_code_asks_those_for_whom_none_fitted(coded):
    now = write(coded, book(OLD, *OTHERS, code("d")))
    assert again(now) == {"n04": "added"}


def test_a_retired_code_asks_those_who_chose_it(coded):
    now = write(coded, book(OLD, OTHERS[0], code("c", "Cesar", retired=True)))
    assert again(now) == {"n03": "retired"}


def test_a_renamed_or_merged_code_asks_nobody(coded):
    now = write(coded, book(code("tid", "Tid", was=["a", "c"]), OTHERS[0]))
    assert again(now) == {}
    assert now.ratings("v")["anna"].dropna().tolist() == ["tid", "b", "tid", "none_fits"]


def test_a_changed_question_asks_about_every_answer(coded):
    before = coded.codebook["v"]
    now = write(
        coded, {"variables": [book(OLD, *OTHERS)["variables"][0] | {"question": "Vad talar den om?"}]}
    )
    assert set(again(now).values()) == {"unreviewed"}
    hashes = [text_hash(before), text_hash(now.codebook["v"])]
    changes_ledger(now.root).append(
        [Change("", "e-question", "v", "review", "", "", MEANING, *hashes, "anna", "", "change")]
    )
    assert again(Study.open(now.root)) == dict.fromkeys(IDS[:4], "question")


def test_of_two_words_on_one_change_the_later_counts(coded):
    change(coded, "a", OLD, NEW, WORDING)
    change(coded, "a", OLD, NEW, MEANING)
    assert "n01" in again(write(coded, book(NEW, *OTHERS)))


def test_a_variable_without_a_past_has_no_lineage(study):
    assert not Lineage(study.codebook["v"])
    assert (
        Holding(study.codebook, {}, changes_ledger(study.root).read().history).again("w", "a", "c0") is None
    )
