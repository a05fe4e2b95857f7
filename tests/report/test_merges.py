"""The report's section on merges: what stands in the ledgers, counts that add up, cited ones marked."""

from __future__ import annotations

import pytest

from sekom_analysis.report.blocks import Heading, Table, Text
from sekom_analysis.report.sections import actions
from sekom_analysis.results import Results
from sekom_analysis.results.actions import cited_counts, merges_of
from sekom_analysis.study.study import Study


def section_of(study: Study, lang: str = "sv"):
    main = study.main_notes
    coded = [v for v in study.codebook.variables if len(study.ratings(v.id).columns)]
    results = Results(study, lang, main, ["k1", "k2", "k3"], ["rapport-2016"], coders=None)
    results.merges = merges_of(study, coded, main, lang)
    return actions.merges_section(results)


def tables_of(section) -> dict[str, Table]:
    return {block.stem: block for block in section.blocks if isinstance(block, Table)}


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("sv", "Alla ändringar är gjorda av program (lasare-1), inte av människor."),
        ("en", "All changes were made by programs (lasare-1), not by people."),
    ],
)
def test_the_samples_merges_are_shown_with_reasons_and_said_to_be_automatic(sample_study, lang, said):
    section = section_of(sample_study, lang)
    assert said in next(block.text for block in section.blocks if isinstance(block, Text))
    tables = tables_of(section)
    ledger = sample_study.merges()
    shown = tables["merges"].rows
    assert len(shown) == len(ledger) > 3
    assert sorted(row[0].split(":")[0] for row in shown) == sorted(ledger["note_id"])
    assert all(row[2] for row in shown)
    first = ledger.iloc[0]
    row = next(row for row in shown if row[0].startswith(first["note_id"]))
    assert row[0] == f"{first['note_id']}: {sample_study.notes.at[first['note_id'], 'text']}"
    assert row[1] == f"{first['into']}: {first['text']}"
    assert len(tables["reworded"].rows) == 1


def test_counts_before_and_after_add_up_and_the_reports_own_are_cited(sample_study):
    table = tables_of(section_of(sample_study))["merges_counts_category_d"].frame
    assert table["before"].sum() == 80
    assert table["after"].sum() == 80 - len(sample_study.merges())
    assert table["cited_before"].sum() == 91
    assert table["cited_after"].sum() == 80
    assert table.set_index("code")["cited_before"].dropna().astype(int).to_dict() == {
        "kommunikation": 30, "goda_exempel": 18, "sekoms_roll": 14, "samverkan": 13,
        "verktyg": 7, "nyckeltal": 4, "medlemskap": 4, "kansliet": 1,
    }  # fmt: skip
    assert (cited_counts(sample_study.root)["source"] == "framtidskonferens-2016").all()


def test_a_second_reviewer_brings_agreement_and_a_study_without_merges_shows_nothing(sample):
    for row in sample.pair_judgements().head(6).to_dict("records"):
        sample.judge_pair(row["note_a"], row["note_b"], row["judgement"], by="anna")
    sample.judge_pair("D045", "D047", "overlapping", by="anna")
    shown = tables_of(section_of(sample))
    found = shown["pairs_agreement"].frame.set_index("coefficient")
    assert found.loc["percent", "value"] == pytest.approx(6 / 7)
    assert found.loc["percent", "n_pairable"] == 7
    for name in ("merges", "pairs"):
        (sample.root / f"data/coded/{name}.csv").unlink()
    assert section_of(sample).blocks == []


def test_without_cited_counts_none_are_shown_and_a_split_shows_at_once(sample):
    (sample.root / "data/raw/counts-before-merging.csv").unlink()
    sample.split("D012", by="anna", reason="två saker")
    section = section_of(sample)
    table = tables_of(section)["merges_counts_category_d"]
    assert list(table.columns)[1:] == ["Före", "Efter"]
    assert table.frame["after"].sum() == 80 - len(sample.merges()) == 75
    assert any(isinstance(block, Heading) for block in section.blocks)
