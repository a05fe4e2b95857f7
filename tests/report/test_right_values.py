"""Numbers of the sample's report, worked out once more from its files with pandas and nothing of ours."""

from __future__ import annotations

import re
from collections import defaultdict
from html import unescape
from itertools import combinations

import pandas as pd
import pytest

from sekom_analysis.report import render_page
from sekom_analysis.results import work_out

READERS, SOURCE = ["k1", "k2", "k3"], "rapport-2016"
LABELS = {
    "kunskap": "Kunskap och kompetens", "nyckeltal": "Nyckeltal", "resurser": "Resurser",
    "samordning": "Samordning", "samverkan": "Samverkan", "sekoms_roll": "Sekoms roll",
    "systemsyn": "Systemsyn",
}  # fmt: skip


@pytest.fixture(scope="module")
def page(sample_study) -> str:
    whole = render_page(work_out(sample_study, "sv", n_resamples=0), defaultdict(lambda: "data:,"))
    alts = " ".join(re.findall(r'alt="([^"]*)"', whole))
    body = re.sub(r"<style>.*?</style>", "", whole, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body) + alts)).replace("\xa0", " ")


@pytest.fixture(scope="module")
def tables(root) -> dict[str, pd.DataFrame]:
    """Variable -> notes × coders, of the conference's notes, straight from the files."""
    notes = pd.read_csv(root / "data/raw/notes.csv", dtype=str, keep_default_na=False)
    main = set(notes.loc[notes["source"] == "framtidskonferens-2016", "note_id"])
    parts = []
    for coder in (SOURCE, *READERS):
        log = pd.read_csv(root / f"data/coded/{coder}.csv", dtype=str, keep_default_na=False)
        parts.append(log[log["note_id"].isin(main)].assign(coder=coder))
    log = pd.concat(parts).sort_values("decided_at", kind="stable")
    last = log.drop_duplicates(["note_id", "variable", "coder"], keep="last")
    return {
        str(name): part.pivot(index="note_id", columns="coder", values="codes")
        for name, part in last.groupby("variable")
    }


def settled(table: pd.DataFrame) -> pd.Series:
    """What more than half of the readers who answered said."""
    own = table[READERS]
    most = own.mode(axis=1)[0]
    n = own.eq(most, axis=0).sum(axis=1)
    return most[2 * n > own.notna().sum(axis=1)]


def decimal(value: float, places: int = 2) -> str:
    return f"{value:.{places}f}".replace(".", ",")


def test_how_many_notes_each_category_has_and_on_which_side(page, tables):
    category, side = settled(tables["category_b"]), settled(tables["valence"])
    both = pd.DataFrame({"category": category, "side": side}).dropna()
    assert len(both) == 98
    for code, label in LABELS.items():
        own = both[both["category"] == code]
        hinder, mojlighet = (int((own["side"] == one).sum()) for one in ("hinder", "mojlighet"))
        # 14 numbers: both sides of seven categories
        assert re.search(
            rf"{label} {len(own)} lapp(ar)?\. Hinder: {hinder}\b[^M]*Möjlighet: {mojlighet}\b", page
        ), label


def test_the_range_is_that_of_the_two_who_read_all(page, tables):
    full = [coder for coder in READERS if tables["category_b"][coder].notna().all()]
    assert full == ["k1", "k2"]
    own = [
        int(
            ((tables["category_b"][coder] == "sekoms_roll") & (tables["valence"][coder] == "mojlighet")).sum()
        )
        for coder in full
    ]
    assert own == [7, 9]
    assert "Möjlighet: 8 (kodarna 7–9)" in page  # the report's own 14 is no reading of the codebook


def test_what_stands_in_brief(page, tables):
    category, side = settled(tables["category_b"]), settled(tables["valence"])
    both = pd.DataFrame({"category": category, "side": side}).dropna()
    sizes = both["category"].value_counts()
    assert sizes.index[0] == "sekoms_roll"
    assert f"{sizes.iloc[0]} av {len(both)} lappar om nuläget Sekoms roll har flest" in page
    assert f"Systemsyn kommer därnäst, med {sizes.iloc[1]}." in page
    systemsyn = both[both["category"] == "systemsyn"]
    assert f"{(systemsyn['side'] == 'hinder').sum()} av {len(systemsyn)} lappar" in page
    own = tables["category_b"][SOURCE] == "sekoms_roll"
    sides = tables["valence"].loc[own, SOURCE].value_counts()
    assert f"{sides['hinder']} mot {sides['mojlighet']}" in page
    actions = settled(tables["category_d"]).value_counts()
    assert f"{actions.iloc[0]} av {actions.sum()} åtgärder" in page


def test_how_many_read_what(page, tables):
    read = tables["category_b"].notna().sum()
    assert read.to_dict() == {"k1": 99, "k2": 99, "k3": 90, SOURCE: 99}
    assert f"k3 {read['k3']} av 99" in page


def alpha(table: pd.DataFrame) -> float:
    """Krippendorff's α for nominal data by its textbook form, over pairs within notes."""
    rows = [row.dropna().tolist() for _, row in table.iterrows()]
    rows = [row for row in rows if len(row) > 1]
    observed = sum(sum(a != b for a, b in combinations(row, 2)) * 2 / (len(row) - 1) for row in rows)
    values = pd.Series([one for row in rows for one in row]).value_counts()
    n = values.sum()
    expected = (n * n - (values**2).sum()) / (n - 1)
    return float(1 - observed / expected)


def test_alpha_of_the_three_questions_and_of_the_pairs(page, tables):
    for name in ("valence", "category_b", "category_d"):
        assert decimal(alpha(tables[name][READERS])) in page
        for coder in READERS:
            assert decimal(alpha(tables[name][[coder, SOURCE]])) in page


def test_the_means_of_the_scales(page, tables):
    for name in ("criterion_goal", "criterion_gap", "criterion_springboard", "criterion_return"):
        scores = tables[name][READERS].astype(float)
        assert f"{int(scores.notna().sum().sum())} {decimal(float(scores.stack().mean()), 1)}" in page
        means = " ".join(decimal(float(scores[coder].mean()), 1) for coder in READERS)
        assert means in page


def test_disputed_notes_are_those_of_the_readers_and_the_source_is_beside(page, tables):
    own = tables["category_b"][READERS]
    n_disputed = int((own.nunique(axis=1) > 1).sum())
    assert f"Kategori, nuläge, omstridda lappar: {n_disputed} av 99" in page
    final = settled(tables["category_b"])
    n_apart = int((final != tables["category_b"][SOURCE].loc[final.index]).sum())
    assert re.search(rf"{n_apart} av {len(final)} lappar", page)


def test_what_the_settled_codes_rest_on(page, tables):
    for name, label in (("category_b", "Kategori, nuläge"), ("valence", "Hinder eller möjlighet")):
        own = tables[name][READERS]
        same = own.nunique(axis=1) == 1
        unanimous = int((same & (own.notna().sum(axis=1) > 1)).sum())
        final = settled(tables[name])
        assert f"{label} {unanimous} {len(final) - unanimous} {len(own) - len(final)} {len(own)}" in page


def test_pairs_of_coders_show_the_notes_that_both_read(sample_study, tables):
    from sekom_analysis.report.sections.numbers import agreement_section

    figures = {one.stem: one for one in agreement_section(work_out(sample_study, n_resamples=0)).figures()}
    rows = figures["agreement_category_b"].draw.args[0].set_index("label")["n_notes"]
    for first, second in combinations(READERS, 2):
        both = tables["category_b"][[first, second]].notna().all(axis=1).sum()
        assert rows[f"{first} – {second}"] == both  # 90 of 99 where k3 is one of the two


def test_the_checklist_counts_the_findings_that_the_tables_show(sample_study, page):
    results = work_out(sample_study, "sv", n_resamples=0)
    shown = [results.findings[name] for name in ("category_b", "category_d", "themes")]
    by = pd.concat([one[~one["is_bar"]].assign(at=place) for place, one in enumerate(shown)])
    held = by.groupby(["at", "statement"])["holds"].agg(lambda said: set(said) - {"unknown"})
    n_holds = sum(said == {"yes"} for said in held)
    assert f"{n_holds} av {len(held)} påståenden håller hos alla kodare" in page
