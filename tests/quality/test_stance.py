"""A reflexive study: readings side by side, and no coefficient or consensus anywhere."""

import dataclasses
import re
from collections import defaultdict

import pytest

from sekom_analysis.actions.coverage import counts_before_and_after, coverage, themes_by_category
from sekom_analysis.basics import wording
from sekom_analysis.basics.errors import StanceError
from sekom_analysis.consensus import count_codes
from sekom_analysis.consensus.counts import count_by_source
from sekom_analysis.quality import check_stance, readings
from sekom_analysis.report import render_page, write_report
from sekom_analysis.report.sections import IN_ANY_STANCE, METHODS_IN_ANY_STANCE, agreed, brief, sections
from sekom_analysis.report.sections.agreed import readings_section
from sekom_analysis.report.sections.contents import appendix_sections
from sekom_analysis.results import agreement_overview, work_out
from sekom_analysis.results.tables import advice_on, findings_in, readings_of
from sekom_analysis.study.making import create_sample
from sekom_analysis.study.study import Study

# What a coefficient, a share of agreement or a consensus is called on a page or in a table.
MEASURES = re.compile(
    r"α|\balpha\b|\bAC1\b|kappa|κ|krippendorff|disagreement|coefficient|majority|majoritet|\bp [<=]",
    re.IGNORECASE,
)
WHY = {
    "sv": [
        "utan mått på samstämmighet och utan samlad kodning",
        "varken mått på samstämmighet eller en samlad",
    ],
    "en": [
        "without coefficients of agreement or a consensus",
        "neither a measure of agreement nor a consensus",
    ],
}


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """What a reflexive copy of the sample comes to."""
    folder = tmp_path_factory.mktemp("reflexive") / "study"
    create_sample(folder)
    path = folder / "data" / "raw" / "study.yaml"
    said = path.read_text(encoding="utf-8")
    path.write_text(said.replace("stance: codebook", "stance: reflexive"), encoding="utf-8")
    return work_out(Study.open(folder), "sv", n_resamples=0)


@pytest.fixture(scope="module")
def written(results):
    return write_report(results, results.study.root / "figures")


def in_language(results, lang):
    """The same results to be told in a language."""
    said = readings(results.study, notes=results.main, lang=lang)
    return dataclasses.replace(results, lang=lang, readings=said)


def page_text(html):
    text = re.sub(r"<style>.*?</style>|<[^>]*>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_page_holds_no_coefficient_at_all(results, lang):
    told = in_language(results, lang)
    text = page_text(render_page(told, defaultdict(lambda: "data:,"), sections(told)))
    # The sentences that say why there is none name what is missing.
    for why in WHY[lang]:
        assert why in text
        text = text.replace(why, "")
    assert "Braun" in text
    assert MEASURES.findall(text) == []
    assert re.findall(r"\b0[.,][0-9]{2}", text) == []


def test_no_table_or_figure_of_agreement_is_written(results, written):
    stems = {path.name.split(".")[0] for path in written}
    assert not [stem for stem in stems if re.match("agreement|confusions|disputed|findings|advice", stem)]
    for table in (path for path in written if path.suffix == ".csv"):
        assert MEASURES.findall(table.read_text(encoding="utf-8-sig")) == []


def test_every_reading_and_memo_of_the_main_notes_is_on_the_page(results, written):
    html = written[0].read_text(encoding="utf-8")
    assert html.count('class="note"') == results.readings["note_id"].nunique() == len(results.main)
    memos = results.study.decisions()
    memos = memos[memos["note_id"].isin(results.main.index) & (memos["memo"] != "")]
    shown = set(results.readings["memo"]) - {""}
    assert shown == set(memos["memo"])


def test_the_door_is_shut_unless_opened(results):
    shown = [section.heading for section in sections(results)]
    assert readings_section(results).heading in shown
    appendices = {section.heading for section in appendix_sections(results)}
    suited = [*IN_ANY_STANCE.values(), *METHODS_IN_ANY_STANCE.values()]
    divider = wording.say("report_method_appendix", results.lang)
    assert set(shown) <= {make(results).heading for make in suited} | appendices | {divider}
    shut = {agreed.advice_section, agreed.findings_section, brief.brief_section, brief.sure_section}
    assert not shut & set(suited)


def test_what_asks_the_study_for_a_coefficient_is_refused(results):
    for ask in (check_stance, agreement_overview):
        with pytest.raises(StanceError, match="stance: reflexive"):
            ask(results.study)


def test_no_answer_of_several_coders_is_settled(results):
    study = results.study
    assert results.coverage is None
    assert results.themes == []
    for ask in (
        lambda: coverage(study),
        lambda: themes_by_category(study, "themes", "category_d"),
        lambda: count_by_source(study, "category_b"),
        lambda: counts_before_and_after(study, "category_d"),
        lambda: count_codes(study, "category_b", coders=["k1", "k2"]),
    ):
        with pytest.raises(StanceError, match="stance: reflexive"):
            ask()
    assert count_by_source(study, "category_b", ["k1"])["count"].sum() > 0  # one coder's own reading
    assert count_codes(study, "category_b", coders=["k1", "k2"], bar="k1")["count"].sum() > 0


def test_a_study_that_is_measured_shows_no_readings_but_advice_and_findings(sample_study):
    main = sample_study.main_notes
    assert readings_of(sample_study, main, "en").empty
    book = sample_study.codebook
    assert set(advice_on(sample_study, [book["category_b"], book["themes"]], main, "en")) == {"category_b"}
    counts = {"category_b": count_codes(sample_study, "category_b", notes=main)}
    assert set(findings_in(sample_study, counts, "en")) == {"category_b"}


def test_readings_stand_in_the_order_of_notes_and_coders(sample_study):
    table = readings(sample_study, "category_b", notes=["B020", "B019"], lang="en")
    assert table[["note_id", "coder"]].drop_duplicates().to_numpy().tolist() == [
        [note, coder] for note in ("B019", "B020") for coder in ("rapport-2016", "k1", "k2", "k3")
    ]
    first = table[(table["note_id"] == "B019") & (table["coder"] == "k2")].iloc[0]
    assert first["reading"] == "Internal coordination"
    assert first["memo"].startswith("Hierarki inom kommunen")


def test_unseen_has_no_row_and_an_empty_set_is_a_reading(sample_study):
    table = readings(sample_study, "themes", lang="en")
    decided = sample_study.decisions("themes")
    assert len(table) == len(decided)
    assert (table["reading"] == "none of them").sum() == (decided["codes"] == "").sum() > 0


def test_a_majority_is_a_consensus_and_not_shown(make_study):
    study = make_study({"a": "xyz" * 10, "b": "xyx" * 10}, stance="reflexive")
    assert work_out(study, "en", n_resamples=0).counts == {}
