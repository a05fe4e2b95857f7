"""Changed codes side by side, and when codes appeared: in the report where there is something to say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
import yaml

from sekom_analysis.report.blocks import Figure, Table, Text
from sekom_analysis.report.sections import sections
from sekom_analysis.results import work_out
from sekom_analysis.study.decisions import Event
from sekom_analysis.study.study import Study

N = 40
NOTES = pd.DataFrame(
    {
        "note_id": [f"n{i:02}" for i in range(N)],
        "text": [f"Lapp {i}" for i in range(N)],
        "source": [f"Möte {i // 5}" for i in range(N)],
    }
)
CODES = "abcdefgh"
BOOK = {
    "variables": [
        {"id": "v", "kind": "single", "label": "Tema",
         "codes": [{"id": c, "label": c.upper(), "definition": f"Om {c}"} for c in CODES]},
    ]
}  # fmt: skip
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def code(study, coder, letters, day=0):
    """Let a coder answer one note after the other, with time between; a space is unseen."""
    now = study.codebook["v"].version
    study.desk(coder).take_in(
        [
            Event(
                (START + timedelta(days=day, seconds=20 * i)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                f"e{coder}{day:02}{i:02}", f"n{i:02}", "", "v", letter, "", "", now, "1", "page", "decide",
            )
            for i, letter in enumerate(letters)
            if letter != " "
        ]
    )  # fmt: skip


def revise(study, change):
    path = study.root / "data" / "raw" / "codebook.yaml"
    book = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(book["variables"][0])
    path.write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")
    return Study.open(study.root)


def sharpen(variable):
    variable["codes"][0]["definition"] = "Mer om a"


FIRST = ("aabbab" * 4 + "      " + "cdefghabcd", "abbbab" * 4 + "      " + "cdefghabcd")
SECOND = ("aabbab" * 4 + "aaabbb", "aabbab" * 4 + "aaaabb")


@pytest.fixture(scope="module")
def revised(tmp_path_factory):
    study = Study.create(tmp_path_factory.mktemp("s") / "s", notes=NOTES, codebook=BOOK)
    for coder, letters in zip(("anna", "bo"), FIRST, strict=True):
        code(study, coder, letters)
    study = revise(study, sharpen)
    for coder, letters in zip(("anna", "bo"), SECOND, strict=True):
        code(study, coder, letters, day=3)
    return study


@pytest.fixture(scope="module")
def shown(revised):
    return sections(work_out(revised, "sv", n_resamples=300))


def block(shown, stem):
    return next(b for s in shown for b in s.blocks if isinstance(b, Figure | Table) and b.stem == stem)


def test_changed_codes_are_side_by_side(shown):
    table = block(shown, "changed_v")
    assert [row[:3] for row in table.rows] == [
        ["A", "omformulerad", "samma 24"],
        ["A", "omformulerad", "34 före, 6 nya"],
    ]
    before, after, difference = (float(cell.replace(",", ".")) for cell in table.rows[0][3:6])
    assert after == 1
    assert difference == pytest.approx(after - before, abs=0.011)
    assert table.rows[0][6].startswith("[0,")
    assert table.groups == {0: "Lydelsen från 2026-03-04"}
    assert "Bara 3 lappar på den mindre sidan" in table.remarks[1]


def test_coefficients_say_which_versions_they_rest_on(shown):
    table = block(shown, "agreement_main")
    said = (
        "Svaren vilar på 2 lydelser av definitionen: från 2026-03-01 (20 svar) och från 2026-03-04 (60 svar)."
    )
    assert said in next(iter(table.remarks.values()))


def test_when_codes_appeared_is_told_in_a_sentence_that_is_so(shown):
    (section,) = [one for one in shown if one.heading == "När koderna kom fram"]
    said = [one.text for one in section.blocks if isinstance(one, Text)]
    # a and b at once; c to h from the 31st note on, which was the 25th to be coded.
    assert "Tema: 8 koder används på 40 lappar. I den ordning som lapparna kodades hade alla" in said[1]
    assert "alla kommit fram efter 30 lappar." in said[1]
    # Eight meetings, the seventh coded after all others: the first four gave a and b, the fifth nothing.
    assert "de 4 första källorna gav 2 koder, och inga 2 i följd" in said[1]
    curve = block(shown, "saturation_v").frame
    assert curve["as_coded"].tolist()[23:31] == [2, 3, 4, 5, 6, 7, 8, 8]
    assert "new_codes_v" in section.behind


def test_where_the_rule_is_reached_it_says_what_came_later(tmp_path):
    study = Study.create(tmp_path / "s", notes=NOTES.drop(columns="source"), codebook=BOOK)
    code(study, "anna", "abcabcabc" * 3 + "defghabcabcab")
    results = work_out(study, "en", n_resamples=0)
    (section,) = [one for one in sections(results) if one.heading == "When the codes appeared"]
    said = " ".join(one.text for one in section.blocks if isinstance(one, Text))
    assert "the first 4 notes gave 3 codes" in said
    assert "are numbers 5 and 6 (4+2). Later codes: 5." in said


@pytest.mark.parametrize("letters", ["abcde" * 8, "abcdefgh" + "a" * 11])  # five codes; 19 notes
def test_where_a_curve_says_little_there_is_none(tmp_path, letters):
    study = Study.create(tmp_path / "s", notes=NOTES, codebook=BOOK)
    code(study, "anna", letters)
    assert work_out(study, "sv", n_resamples=0).appearing == {}


def test_the_sample_has_neither(sample_study):
    """Its times do not tell an order, and no definition was changed."""
    from sekom_analysis.results.over_time import appearing_of, changed_of

    variables = [v for v in sample_study.codebook.variables if len(sample_study.ratings(v.id).columns)]
    assert appearing_of(sample_study, variables, sample_study.main_notes) == {}
    assert changed_of(sample_study, variables, sample_study.main_notes, "sv") == {}
