"""Named points of a scale in a study that is being coded: what a changed label does, and that files stay."""

from __future__ import annotations

import pandas as pd
import pytest

from sekom_analysis.quality import codebook_diff
from sekom_analysis.study import codebook_editing as editing
from sekom_analysis.study.raw import CODEBOOK_FILE
from sekom_analysis.study.study import Study

TEXT = """\
variables:
  - id: v
    kind: scale
    label: Vikt
    range: [1, 5]
    labels:            # bara ändarna
      1: inte alls     # inte: lite
      5: {sv: mycket, en: very}
"""
NOTES = pd.DataFrame({"note_id": ["n1", "n2"], "text": ["Ojämn nivå", "Viljan finns"]})


@pytest.fixture
def study(tmp_path) -> Study:
    (tmp_path / "bok.yaml").write_text(TEXT, encoding="utf-8")
    return Study.create(tmp_path / "s", notes=NOTES, codebook=tmp_path / "bok.yaml")


def written(study: Study) -> str:
    return (study.root / CODEBOOK_FILE).read_text(encoding="utf-8")


def reworded(study: Study, old: str, new: str) -> Study:
    (study.root / CODEBOOK_FILE).write_text(written(study).replace(old, new), encoding="utf-8")
    return Study.open(study.root)


def again(study: Study, version: str) -> tuple[str, str] | None:
    found = study.holding.again("v", "5", version)
    return found and (found.why, found.code)


def test_an_answer_under_another_label_is_to_be_looked_at_until_somebody_says_what_changed(study):
    study.decide("anna", "n1", "v", 5)
    version = study.codebook["v"].version
    assert again(study, version) is None
    changed = reworded(study, "inte alls ", "inte nu   ")
    assert again(changed, version) == ("unreviewed", "")
    changed = editing.review(changed, "v", [""], "wording").save("anna", "Samma sak")
    assert again(changed, version) is None


def test_a_label_whose_meaning_changed_asks_again(study):
    study.decide("anna", "n1", "v", 5)
    version = study.codebook["v"].version
    changed = reworded(study, "sv: mycket", "sv: avgörande")
    changed = editing.review(changed, "v", [""], "meaning").save("anna", "Ett högre krav")
    assert again(changed, version) == ("question", "")


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [("sv", "skalans punkter"), ("en", "the points of the scale")],
)
def test_what_changed_is_told_point_by_point(study, lang, sentence):
    study.decide("anna", "n1", "v", 5)
    found = codebook_diff(reworded(study, "inte alls ", "inte nu   "), lang=lang)
    assert found[["field", "change"]].to_numpy().tolist() == [["points", "reworded"]]
    assert found["before"].item().startswith("1 = inte alls, 5 = ")
    assert found["after"].item().startswith("1 = inte nu, 5 = ")
    assert sentence in found["sentence"].item()


def test_a_command_keeps_labels_and_their_comments(study):
    planned = editing.describe(study, "v", "", "wording", lang="sv", question="Hur viktigt är det?")
    changed = planned.save("anna", "Det saknades")
    assert changed.codebook["v"].question.sv == "Hur viktigt är det?"
    assert changed.codebook["v"].labels == study.codebook["v"].labels
    assert TEXT[TEXT.index("    labels:") :].rstrip() in written(changed)
