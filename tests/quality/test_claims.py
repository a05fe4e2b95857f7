"""Does the finding survive the coder? The sample's known answers, ties, and claims of one's own."""

import pandas as pd
import pytest

from sekom_analysis.basics.errors import RatingsError
from sekom_analysis.quality import Statement, findings, findings_of, verdicts


@pytest.fixture(scope="module")
def table(sample_study):
    asked = {"notes": sample_study.main_notes, "bar": "rapport-2016"}
    found = findings(sample_study, "category_b", "valence", **asked)
    return found.set_index(["kind", "about", "coder"]).sort_index()


def test_sekoms_roll_is_largest_in_all_four(table):
    largest = table.loc[("largest", "")]
    assert set(largest["holds"]) == {"yes"}
    assert len(largest) == 4
    assert set(largest["claim"]) == {("sekoms_roll",)}


def test_its_balance_is_the_reports_alone(table):
    balance = table.loc[("balance", "sekoms_roll")]
    assert balance["gives"].to_dict() == {"rapport-2016": "14/14", "k1": "17/7", "k2": "18/9", "k3": "17/8"}
    assert balance["holds"].to_dict() == {"rapport-2016": "yes", "k1": "no", "k2": "no", "k3": "no"}


def test_a_place_that_is_shared_is_said_to_be(table):
    most = table.loc[("most", "mojlighet")]
    assert most.at["rapport-2016", "claim"] == ("samverkan", "sekoms_roll")
    assert most.at["k1", "holds"] == "partly"
    assert table.at[("smallest", "", "k3"), "holds"] == "partly"


def test_who_has_not_read_all_notes_is_marked(table):
    row = table.loc[("largest", "", "k3")]
    assert (row["n_notes"], row["n_all"]) == (90, 99)


def counts_of(coders, by=("h", "m")):
    """Counts as `count_codes` gives them: coder -> code -> counts of sides; the first coder's are bars."""
    rows = [
        {
            "code": code, "label_sv": code.upper(), "label_en": code.upper(), "by": side,
            "by_label_sv": side.upper(), "by_label_en": side.upper(), "coder": coder,
            "is_bar": coder == next(iter(coders)), "count": n, "n_notes": sum(map(sum, codes.values())),
            "n_all": 40,
        }
        for coder, codes in coders.items()
        for code, counts in codes.items()
        for side, n in zip(by, counts, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def test_the_bars_own_statements_hold_for_the_bars():
    bars, other = {"a": (5, 5), "b": (1, 9), "c": (2, 0)}, {"a": (9, 1), "b": (3, 3), "c": (0, 0)}
    found = findings_of(counts_of({"r": bars, "k": other}))
    assert set(found.loc[found["is_bar"], "holds"]) == {"yes"}
    assert [*dict.fromkeys(found["kind"])] == ["largest", "smallest", "balance", "most"]


def test_a_claim_of_ones_own():
    counts = counts_of({"r": {"a": (5, 5), "b": (1, 9)}, "k": {"a": (9, 1), "b": (3, 3)}})
    claims = [Statement("leans", ("m",), "b"), Statement("leans", ("h",), "a"), Statement("largest", ("b",))]
    found = findings_of(counts, claims).set_index(["kind", "about", "coder"])
    assert found.at[("leans", "b", "r"), "holds"] == "yes"
    assert found.at[("leans", "b", "k"), "holds"] == "no"
    assert found.at[("leans", "a", "k"), "holds"] == "yes"
    assert found.at[("largest", "", "r"), "holds"] == "partly"


def test_how_near_is_balance():
    counts = counts_of({"r": {"a": (13, 14), "b": (10, 14)}})
    balanced = findings_of(counts).query("kind == 'balance'")["about"].tolist()
    assert balanced == ["a"]
    assert findings_of(counts, tolerance=0.2).query("kind == 'balance'")["about"].tolist() == ["a", "b"]


def test_who_decided_nothing_confirms_nothing():
    found = findings_of(counts_of({"r": {"a": (5, 5), "b": (1, 9)}, "k": {"a": (0, 0), "b": (0, 0)}}))
    assert set(found.loc[found["coder"] == "k", "holds"]) == {"unknown"}


@pytest.mark.parametrize(
    ("statement", "word"),
    [
        (Statement("biggest", ("a",)), "'biggest'"),
        (Statement("largest", ("q",)), "'q'"),
        (Statement("balance", about="q"), "'q'"),
        (Statement("most", ("a",), "q"), "'q'"),
        (Statement("leans", ("a",), "a"), "'a'"),
    ],
)
def test_a_claim_about_what_is_not_counted(statement, word):
    with pytest.raises(RatingsError, match=word):
        findings_of(counts_of({"r": {"a": (5, 5), "b": (1, 9)}}), [statement])


def test_both_languages_say_it(sample_study):
    for lang, words in {
        "sv": "Sekoms roll är den största koden",
        "en": "Sekom's role is the largest code",
    }.items():
        found = findings(sample_study, "category_b", notes=sample_study.main_notes, lang=lang)
        assert words in set(found["statement"])


def test_the_first_places_in_any_order_with_ties_told():
    counts = counts_of(
        {"x": {"a": (5, 2), "b": (4, 4), "c": (3, 1)}, "y": {"a": (5, 2), "b": (1, 1), "c": (3, 4)}}
    )
    statements = [Statement("first", ("b", "a")), Statement("first", ("a",))]
    table = findings_of(counts, statements, lang="en").set_index(["claim", "coder"])
    holds, gives = table["holds"].to_dict(), table["gives"].to_dict()
    two, one = (("b", "a"), ("a",))
    assert holds[(two, "x")] == "yes"
    assert holds[(two, "y")] == "partly"
    assert holds[(one, "x")] == "no"
    assert holds[(one, "y")] == "partly"  # it shares the first place with c
    assert gives[(one, "x")].endswith(" 8")


def test_the_first_places_in_this_order():
    counts = counts_of(
        {
            "x": {"a": (5, 2), "b": (4, 1), "c": (1, 1)},
            "tied": {"a": (5, 2), "b": (4, 3), "c": (1, 1)},
            "other": {"a": (1, 2), "b": (4, 3), "c": (1, 1)},
            "third": {"a": (5, 2), "b": (0, 0), "c": (1, 1)},
        }
    )
    found = findings_of(counts, [Statement("order", ("a", "b"))], lang="en").set_index("coder")
    assert found["holds"].to_dict() == {"x": "yes", "tied": "partly", "other": "partly", "third": "partly"}
    assert found.at["other", "gives"] == "B 7, A 3"
    reversed_ = findings_of(counts, [Statement("order", ("c",))]).set_index("coder")
    assert reversed_.at["x", "holds"] == "no"


def test_who_gave_a_side_or_a_code_to_no_note_puts_no_code_first_and_balances_nothing():
    counts = counts_of({"x": {"a": (5, 1), "b": (2, 4)}, "some": {"a": (3, 0), "b": (0, 0)}})
    claims = [Statement("most", ("b",), "m"), Statement("balance", about="b"), Statement("largest", ("a",))]
    found = findings_of(counts, claims, lang="en").set_index(["kind", "coder"])
    assert found.loc[("most", "some"), ["gives", "holds"]].tolist() == ["– (0)", "no"]
    assert found.loc[("balance", "some"), ["gives", "holds"]].tolist() == ["0/0", "unknown"]
    assert found.at[("largest", "some"), "holds"] == "yes"


def test_the_great_majority_of_a_code():
    counts = counts_of({"x": {"a": (3, 1), "b": (2, 1)}, "none": {"a": (0, 0), "b": (9, 1)}})
    claims = [Statement("mostly", ("h",), "a"), Statement("mostly", ("h",), "b")]
    found = findings_of(counts, claims).set_index(["about", "coder"])["holds"]
    assert found.to_dict() == {("a", "x"): "yes", ("a", "none"): "no", ("b", "x"): "no", ("b", "none"): "yes"}


def test_a_verdict_over_all_coders():
    counts = counts_of(
        {"x": {"a": (3, 1), "b": (2, 1)}, "y": {"a": (3, 2), "b": (9, 1)}, "z": {"a": (0, 0), "b": (0, 0)}}
    )
    claims = [Statement("most", ("a",), "h"), Statement("largest", ("b",)), Statement("smallest", ("a", "b")),
              Statement("leans", ("h",), "a"), Statement("leans", ("m",), "b")]  # fmt: skip
    table = verdicts(findings_of(counts, claims, lang="en"), "en")
    assert table["verdict"].tolist() == ["depends", "depends", "in part", "holds", "does not hold"]
    assert list(table.columns) == ["statement", "how", "x", "y", "z", "verdict", "verdict_shown"]
    assert table.loc[0, ["x", "y", "z"]].tolist() == ["A (3): holds", "B (9): does not hold", "–: unknown"]
    assert verdicts(findings_of(counts_of({"z": {"a": (0, 0)}}), [Statement("largest", ("a",))]))[
        "verdict"
    ].tolist() == ["unknown"]
