"""The commands that change a codebook: what they say, do and take back, and a report after a renamed code."""

from __future__ import annotations

import re

import pytest

import sekom_analysis as sa
from sekom_analysis.quality import codebook_diff
from sekom_analysis.study.raw import CODEBOOK_FILE
from sekom_analysis.study.study import Study

from .test_cli import sekom
from .test_codebook_editing import TEXT, coded, text_of
from .test_lineage import NOTES

WHO = ["--by", "anna", "--reason", "Så talar lapparna."]


@pytest.fixture
def study(tmp_path) -> Study:
    (tmp_path / "bok.yaml").write_text(TEXT, encoding="utf-8")
    study = Study.create(tmp_path / "s", notes=NOTES, codebook=tmp_path / "bok.yaml")
    coded(study, "anna", "pengar", "tid", "vilja", "none_fits")
    coded(study, "bo", "pengar", "pengar", "vilja")
    return study


def codebook(study: Study, *words: str) -> tuple[int, str, str]:
    return sekom("codebook", *words, "--study", study.root)


def test_each_command_says_what_it_does_and_can_be_taken_back(study):
    for words, said in (
        (["rename", "v", "tid", "stunder", "--label", "Stunder"], "answers with 'tid' count as 'stunder'"),
        (["merge", "v", "tid", "--into", "vilja"], "Answers with 'tid' of 'v' count as 'vilja'."),
        (
            ["split", "v", "pengar", "--into", "lon=Lön", "--into", "bidrag"],
            "give again, since the code was split: 3",
        ),
        (
            ["add", "v", "mod", "--label", "Mod"],
            "code had been proposed, to look at again: 1 (anna 1).",
        ),
        (["retire", "v", "tid"], "can no longer be chosen, to look at again: 1 (anna 1)."),
        (
            ["describe", "v", "tid", "--definition", "Tid", "--wording"],
            "None of the 7 answers needs another look.",
        ),
        (
            ["describe", "v", "--question", "Vad då?", "--meaning"],
            "since the question changed: 7 (anna 4, bo 3).",
        ),
    ):
        code, out, err = codebook(study, *words, "--dry-run")
        assert (code, text_of(study)) == (0, TEXT), err
        assert said in " ".join(out.split())
        assert "Nothing was changed." in out
        code, out, err = codebook(study, *words, *WHO)
        assert code == 0, err
        assert said in " ".join(out.split())
        assert text_of(study) != TEXT
        code, out, err = codebook(study, "undo", *WHO)
        assert (code, text_of(study)) == (0, TEXT), err


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["rename", "v", "tid", "x"], 1, "Who decided it (--by)"),
        (["rename", "v", "tid", "x", "--by", "anna"], 1, "A reason (--reason) is needed"),
        (["rename", "v", "silver", "x", *WHO], 1, "no code 'silver' in 'v'; there are: pengar, tid, vilja"),
        (["describe", "v", "tid", "--label", "x", *WHO], 2, "--wording (they do) or --meaning"),
        (
            ["describe", "v", "tid", "--question", "x", "--wording", *WHO],
            2,
            "--question is no text of a code",
        ),
        (["describe", "v", "--include", "x", "--wording", *WHO], 2, "--include is no text of a question"),
        (["add", "v", "x", "--lang", "fi", *WHO], 2, "'fi' is no language here"),
        (["undo", *WHO], 1, "no change of the codebook to take back"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_changes(study, words, code, said):
    found, _, err = codebook(study, *words)
    assert (found, text_of(study)) == (code, TEXT)
    assert said in " ".join(re.sub("[│╭╰─╮╯]", " ", err).split())


def test_a_change_by_hand_is_asked_about_until_somebody_answers(study):
    path = study.root / CODEBOOK_FILE
    path.write_text(TEXT.replace("label: Vilja", "label: Viljan"), encoding="utf-8")
    code, out, _ = sekom("check", "--study", study.root)
    assert (code, "1 problem." in out, "sekom codebook review" in " ".join(out.split())) == (1, True, True)
    code, out, _ = codebook(study, "review")
    assert code == 0
    assert "Vilja" in out
    (typed,) = [line.partition("hold?  ")[2] for line in out.splitlines() if "hold?" in line]
    assert typed.startswith("sekom codebook review v vilja --wording")
    code, out, err = codebook(study, "review", "v", "vilja", "--wording", *WHO)
    assert code == 0, err
    assert sekom("check", "--study", study.root)[0] == 0
    assert "No changed text waits" in codebook(study, "review")[1]


def test_a_report_after_a_renamed_code_says_nothing_false(tmp_path):
    (tmp_path / "bok.yaml").write_text(TEXT, encoding="utf-8")
    study = Study.create(tmp_path / "s", notes=NOTES, codebook=tmp_path / "bok.yaml")
    said = ["tid", "pengar", "vilja"] * 4
    coded(study, "anna", *said)
    assert codebook(study, "rename", "v", "tid", "stunder", *WHO)[0] == 0
    now = Study.open(study.root)
    coded(now, "bo", *[one.replace("tid", "stunder") for one in said])
    assert sa.alpha(now.ratings("v")) == 1
    assert now.ratings("v").eq("stunder").sum().to_dict() == {"anna": 4, "bo": 4}
    assert sekom("report", "--lang", "en", "--to", "html", "--study", now.root)[0] == 0
    page = (now.root / "figures" / "report.en.html").read_text(encoding="utf-8")
    text = re.sub(r"<[^>]+>", " ", page)
    assert "divide the coders" not in text
    assert " tid " not in text
    assert "older definition" not in text
    changes = codebook_diff(now, lang="en")
    assert changes[["code", "field", "change"]].drop_duplicates().to_numpy().tolist() == []
