"""Changing a codebook in mid-coding: what it says it will do, what it does, and taking it back."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sekom_analysis as sa
from sekom_analysis.basics.errors import CodebookError
from sekom_analysis.study import codebook_editing as editing
from sekom_analysis.study.raw import CODEBOOK_FILE
from sekom_analysis.study.study import Study

from .test_lineage import IDS, NOTES, book, code, logs

TEXT = """\
# Kodboken för vår studie
title: {sv: Vår kodbok, en: Our codebook}   # på två språk
variables:
  - id: v
    kind: single
    label: Tema
    codes:
      # de två viktigaste
      - id: pengar
        label: {sv: Pengar, en: Money}
        definition: "Allt som kostar"
      - id: tid
        label: Tid      # inte arbetstid
        exclude: Det som hör till Vilja
      - {id: vilja, label: Vilja}
  - {id: w, kind: single, label: Andra gången, codes_from: v}
"""


@pytest.fixture
def study(tmp_path) -> Study:
    (tmp_path / "bok.yaml").write_text(TEXT, encoding="utf-8")
    return Study.create(tmp_path / "s", notes=NOTES, codebook=tmp_path / "bok.yaml")


def text_of(study: Study) -> str:
    return (study.root / CODEBOOK_FILE).read_text(encoding="utf-8")


def coded(study: Study, coder: str, *codes: str, variable: str = "v") -> None:
    for note, given_ in zip(IDS, codes, strict=False):
        study.decide(coder, note, variable, given_)


def save(planned: editing.Planned) -> Study:
    return planned.save("anna", "Så blev det.")


# --- the file keeps what is beside the change ---------------------------------------------------------


def test_comments_and_order_stay(study):
    now = save(editing.rename(study, "v", "tid", "stunder", "Stunder"))
    changed = TEXT.replace("- id: tid\n        label: Tid ", "- id: stunder\n        label: Stunder ")
    left = [line for line in text_of(now).splitlines() if "was" not in line and line.strip() != "- tid"]
    assert "".join("".join(left).split()) == "".join(changed.split())
    assert "# inte arbetstid" in text_of(now)
    assert "# de två viktigaste" in text_of(now)
    assert "# på två språk" in text_of(now)
    assert now.codebook["w"].code_ids == ("pengar", "stunder", "vilja")


def test_a_text_in_one_language_leaves_the_other(study):
    now = save(editing.describe(study, "v", "pengar", "wording", lang="en", label="Funds"))
    assert (now.codebook["v"].codes[0].label.sv, now.codebook["v"].codes[0].label.en) == ("Pengar", "Funds")
    now = save(editing.describe(now, "v", "tid", "wording", lang="en", label="Time"))
    assert (now.codebook["v"].codes[1].label.sv, now.codebook["v"].codes[1].label.en) == ("Tid", "Time")


def test_a_codebook_in_excel_is_changed_too(tmp_path):
    from sekom_analysis.study.codebook_table import write_codebook_file

    first = Study.create(tmp_path / "a", notes=NOTES, codebook=book(code("a"), code("b")))
    write_codebook_file(first.codebook, tmp_path / "bok.xlsx")
    study = Study.create(tmp_path / "b", notes=NOTES, codebook=tmp_path / "bok.xlsx")
    coded(study, "anna", "a", "b")
    now = save(editing.merge(study, "v", ["b"], "a"))
    assert now.ratings("v")["anna"].dropna().tolist() == ["a", "a"]
    back = save(editing.undo(now))
    assert back.ratings("v")["anna"].dropna().tolist() == ["a", "b"]


# --- what it says, and who did it ---------------------------------------------------------------------


def test_what_a_change_will_do_is_said_before(study):
    coded(study, "anna", "pengar", "tid", "vilja", "none_fits")
    coded(study, "bo", "pengar", "pengar", "vilja")
    before = text_of(study)
    lines = editing.describe(study, "v", "tid", "meaning", definition="Bara arbetstid").lines
    assert lines == [
        "The text of 'tid' of 'v' changes (meaning).",
        "Answers to look at again, since the meaning changed: 1 (anna 1).",
        "Answers to look at again, since the new text names their code: 2 (anna 1, bo 1).",
    ]
    assert editing.merge(study, "v", ["tid"], "pengar").lines == [
        "Answers with 'tid' of 'v' count as 'pengar'.",
        "None of the 7 answers needs another look.",
    ]
    assert editing.split(study, "v", "pengar", [("lon", "Lön"), ("bidrag", "")]).lines[1] == (
        "Answers to give again, since the code was split: 3 (anna 1, bo 2)."
    )
    assert editing.add(study, "v", "mod", label="Mod").lines[1] == (
        "Answers where no code fitted or the code had been proposed, to look at again: 1 (anna 1)."
    )
    assert text_of(study) == before
    assert not (study.root / "data" / "coded" / "codebook-changes.csv").exists()


def test_who_and_why_are_kept(study):
    now = save(editing.rename(study, "v", "tid", "stunder"))
    table = pd.read_csv(
        now.root / "data" / "coded" / "codebook-changes.csv", dtype=str, keep_default_na=False
    )
    (row,) = table.to_dict("records")
    assert (row["action"], row["code"], row["codes"], row["by"], row["reason"]) == (
        "rename", "stunder", "tid", "anna", "Så blev det.",
    )  # fmt: skip
    assert now.problems.empty


@pytest.mark.parametrize(
    ("by", "reason", "said"),
    [("", "Därför", "--by"), ("Anna B", "Därför", "--by"), ("anna", " ", "A reason")],
)
def test_nobody_and_no_reason_are_refused(study, by, reason, said):
    before = text_of(study)
    with pytest.raises(CodebookError, match=said):
        editing.retire(study, "v", "tid").save(by, reason)
    assert text_of(study) == before


def test_a_codebook_that_changed_in_the_meantime_is_not_overwritten(study):
    planned = editing.retire(study, "v", "tid")
    save(editing.rename(study, "v", "vilja", "lust"))
    before = text_of(study)
    with pytest.raises(CodebookError, match="changed in the meantime"):
        save(planned)
    assert text_of(study) == before


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        (
            lambda s: editing.rename(s, "v", "guld", "silver"),
            "no code 'guld' in 'v'; there are: pengar, tid, vilja",
        ),
        (lambda s: editing.rename(s, "v", "tid", "vilja"), "There is a code 'vilja' in 'v' already"),
        (lambda s: editing.rename(s, "v", "tid", "Tid!"), "'Tid!' cannot be an id"),
        (lambda s: editing.rename(s, "v", "tid"), "a new id, a new label, or both"),
        (lambda s: editing.merge(s, "v", ["tid"], "tid"), "cannot be merged into itself"),
        (lambda s: editing.split(s, "v", "tid", [("a", "")]), "at least two ids"),
        (lambda s: editing.add(s, "v", "tid"), "There is a code 'tid'"),
        (
            lambda s: editing.describe(s, "v", "tid", "bättre", label="x"),
            "one of wording, meaning, not 'bättre'",
        ),
        (lambda s: editing.describe(s, "v", "tid", "wording", label="Tid"), "Nothing would change"),
        (lambda s: editing.review(s, "v", ["tid"], "wording"), "No changed text of 'tid'"),
        (editing.undo, "no change of the codebook to take back"),
        (lambda s: editing.retire(s, "x", "tid"), "no variable 'x'"),
    ],
)
def test_what_cannot_be_done_is_told(study, plan, said):
    before = text_of(study)
    with pytest.raises(CodebookError, match=said):
        plan(study)
    assert text_of(study) == before


def test_a_change_by_hand_is_spoken_of(study):
    coded(study, "anna", "tid", "vilja")
    path = study.root / CODEBOOK_FILE
    path.write_text(text_of(study).replace("label: Vilja", "label: Viljan"), encoding="utf-8")
    now = Study.open(study.root)
    assert [one.code for one in editing.unreviewed(now, "v")] == ["vilja"]
    now = save(editing.review(now, "v", ["vilja"], "wording"))
    assert editing.unreviewed(now, "v") == []
    assert now.problems.empty


# --- taking back --------------------------------------------------------------------------------------


def test_taking_back_restores_the_file(study):
    coded(study, "anna", "pengar", "tid", "vilja")
    ratings = study.ratings("v")
    for plan in (
        lambda s: editing.rename(s, "v", "tid", "stunder"),
        lambda s: editing.merge(s, "v", ["tid"], "vilja"),
        lambda s: editing.split(s, "v", "pengar", [("a", ""), ("b", "")]),
        lambda s: editing.add(s, "v", "mod"),
        lambda s: editing.retire(s, "v", "tid"),
        lambda s: editing.describe(s, "v", "tid", "meaning", definition="Annat"),
    ):
        back = save(editing.undo(save(plan(study))))
        assert text_of(back) == TEXT
        pd.testing.assert_frame_equal(back.ratings("v"), ratings)


def test_answers_given_in_between_keep_a_meaning(study):
    coded(study, "anna", "pengar", "tid")
    now = save(editing.rename(study, "v", "tid", "stunder"))
    now.decide("bo", "n01", "v", "stunder")
    back = save(editing.undo(now))
    assert back.ratings("v")["bo"].dropna().tolist() == ["tid"]
    now = save(editing.split(back, "v", "pengar", [("lon", "Lön"), ("bidrag", "Bidrag")]))
    now.decide("bo", "n02", "v", "lon")
    back = save(editing.undo(now))
    assert back.ratings("v")["bo"].dropna().tolist() == ["tid", "pengar"]
    now = save(editing.add(back, "v", "mod", label="Mod"))
    now.decide("bo", "n03", "v", "mod")
    back = save(editing.undo(now))
    assert back.ratings("v")["bo"].dropna().tolist() == ["tid", "pengar", "mod"]
    assert "mod" not in back.codebook["v"].code_ids


# --- laws ---------------------------------------------------------------------------------------------


CODES = ["a", "b", "c", "d"]
ANSWERS = st.lists(st.sampled_from([*CODES, "none_fits"]), min_size=4, max_size=12)
ONCE = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def made(tmp_path_factory, *answers: list[str]) -> Study:
    folder = tmp_path_factory.mktemp("law")
    study = Study.create(folder / "s", notes=NOTES, codebook=book(*map(code, CODES)))
    for coder, said in zip("xyz", answers, strict=False):
        coded(study, coder, *said)
    return study


@ONCE
@given(one=ANSWERS, other=ANSWERS, name=st.sampled_from(CODES))
def test_renaming_changes_no_coefficient_and_back_again_nothing(tmp_path_factory, one, other, name):
    study = made(tmp_path_factory, one, other)
    before, kept, text = study.ratings("v"), logs(study), text_of(study)
    now = save(editing.rename(study, "v", name, "nytt"))
    new = now.ratings("v")
    pd.testing.assert_frame_equal(new.astype(object).replace("nytt", name), before.astype(object))
    assert sa.alpha(new) == pytest.approx(sa.alpha(before), nan_ok=True)
    back = save(editing.rename(now, "v", "nytt", name))
    pd.testing.assert_frame_equal(back.ratings("v"), before)
    again = save(editing.undo(save(editing.undo(back))))
    assert text_of(again) == text
    changed = {key: value for key, value in logs(again).items() if key != "codebook-changes.csv"}
    assert changed == kept


@ONCE
@given(one=ANSWERS, other=ANSWERS, pair=st.permutations(CODES))
def test_merging_is_replacing_by_hand(tmp_path_factory, one, other, pair):
    study = made(tmp_path_factory, one, other)
    gone, into = pair[:2]
    by_hand = study.ratings("v").astype(object).replace(gone, into)
    now = save(editing.merge(study, "v", [gone], into))
    pd.testing.assert_frame_equal(now.ratings("v").astype(object), by_hand)


@ONCE
@given(one=ANSWERS, name=st.sampled_from(CODES))
def test_a_split_never_makes_an_answer(tmp_path_factory, one, name):
    study = made(tmp_path_factory, one)
    before = study.ratings("v").astype(object)
    now = save(editing.split(study, "v", name, [("e", ""), ("f", "")]))
    after = now.ratings("v", coders=["x"]).astype(object)
    pd.testing.assert_frame_equal(after, before.mask(before == name))


ACTS = st.sampled_from(["rename", "merge", "split", "add", "retire", "undo"])


def planned(study: Study, act: str, pick: int, number: int) -> editing.Planned:
    """One of the changes, of some code."""
    codes = study.codebook["v"].code_ids
    chosen, other = (codes[(pick + more) % len(codes)] if codes else "" for more in (0, 1))
    if act == "undo":
        return editing.undo(study)
    if act == "rename":
        return editing.rename(study, "v", chosen, f"r{number}")
    if act == "merge":
        return editing.merge(study, "v", [chosen], other)
    if act == "split":
        return editing.split(study, "v", chosen, [(f"s{number}", ""), (f"t{number}", "")])
    return editing.add(study, "v", f"n{number}") if act == "add" else editing.retire(study, "v", chosen)


@ONCE
@given(one=ANSWERS, steps=st.lists(st.tuples(ACTS, st.integers(0, 9)), max_size=6))
def test_any_changes_taken_back_give_the_same_ratings(tmp_path_factory, one, steps):
    study = made(tmp_path_factory, one)
    before, kept, text, n_open = study.ratings("v"), logs(study), text_of(study), 0
    for number, (act, pick) in enumerate(steps):
        try:
            study = save(planned(study, act, pick, number))
        except CodebookError:
            continue
        n_open += -1 if act == "undo" else 1
    while n_open:
        study, n_open = save(editing.undo(study)), n_open - 1
    assert text_of(study) == text
    pd.testing.assert_frame_equal(study.ratings("v"), before)
    assert {name: data for name, data in logs(study).items() if name != "codebook-changes.csv"} == kept
