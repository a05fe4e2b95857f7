"""Which definitions to sharpen: the sample's known confusions, and each kind of advice put in on purpose."""

import re
import shlex

import pytest

from sekom_analysis.agreement import alpha
from sekom_analysis.basics.errors import CodebookError, StanceError
from sekom_analysis.quality import codebook_advice


def test_the_sample_names_its_confusions_and_shows_their_notes(sample_study):
    table = codebook_advice(sample_study, "category_b", notes=sample_study.main_notes)
    assert table["gain"].is_monotonic_decreasing
    borders = table[table["kind"] == "border"].set_index(["code", "other"])
    first = borders.loc[("samverkan", "sekoms_roll")]
    second = borders.loc[("samordning", "samverkan")]
    assert list(borders.index[:2]) == [("samverkan", "sekoms_roll"), ("samordning", "samverkan")]
    assert (first["n_notes"], first["n_with_codebook"]) == (10, 3)
    assert (second["n_notes"], second["n_with_codebook"]) == (7, 2)
    ratings = sample_study.ratings("category_b", notes=list(first["note_ids"]))
    for _, chosen in ratings.iterrows():
        assert {"samverkan", "sekoms_roll"} <= set(chosen.dropna())
    memos = sample_study.decisions("category_b").set_index(["coder", "note_id"])["memo"]
    assert second["memos"]
    assert all(memos[coder, note] == memo for coder, note, memo in second["memos"])
    assert "Samverkan och Sekoms roll" in first["sentence"]
    assert "10 lappar" in first["sentence"]


def test_the_sample_names_them_among_all_notes_and_in_english_too(sample_study):
    sentences = " ".join(codebook_advice(sample_study, "category_b", "en")["sentence"])
    assert "Collaboration and Sekom's role" in sentences
    assert "Internal coordination and Collaboration" in sentences


def test_a_code_used_often_on_which_coders_differ(make_study):
    study = make_study({"a": "x" * 10 + "y" * 10 + "z" * 10, "b": "xy" * 10 + "z" * 10})
    table = codebook_advice(study, "v").set_index(["kind", "code"])
    assert ("code", "x") in table.index
    assert ("code", "z") not in table.index
    assert table.loc[("code", "x"), "alpha"] < 0.667
    assert table.loc[("code", "x"), "n_notes"] == 15


def test_a_code_that_one_coder_never_uses(make_study):
    study = make_study({"a": "xyz" * 10, "b": "xyz" * 10, "c": "xyy" * 9 + "xy "})
    unused = codebook_advice(study, "v").query("kind == 'unused'")
    assert unused[["coder", "code", "n_notes"]].to_numpy().tolist() == [["c", "z", 9]]  # the tenth is unseen
    assert "n29" not in unused.iloc[0]["note_ids"]
    assert codebook_advice(study, "v", least_notes=10).query("kind == 'unused'").empty


def test_notes_flagged_as_two_ideas(make_study):
    study = make_study({"a": "xyz" * 10, "b": "y" + "xyz" * 9 + "xyz"[1:]})
    study.decide("a", "n00", "flag", "two_ideas")
    row = codebook_advice(study, "v").query("kind == 'two_ideas'").iloc[0]
    assert row["note_ids"] == ("n00",)
    assert "en lapp" in row["sentence"]


def test_of_sets_the_gain_is_that_without_the_code(make_study):
    study = make_study({"a": "xyz" * 10, "b": "xyx" * 10}, kind="multiple")
    row = codebook_advice(study, "v").query("kind == 'unused'").iloc[0]
    assert (row["coder"], row["code"], row["n_notes"]) == ("b", "z", 10)
    ratings = study.ratings("v")
    without = ratings.map(lambda codes: codes - {"z"})
    assert row["gain"] == pytest.approx(alpha(without, "masi") - alpha(ratings, "masi"))


def test_one_coder_or_full_agreement_gives_no_advice(make_study):
    assert codebook_advice(make_study({"a": "xyz" * 10}, name="one"), "v").empty
    assert codebook_advice(make_study({"a": "xyz" * 10, "b": "xyz" * 10}, name="two"), "v").empty


def test_notes_that_nobody_decided_give_no_advice(make_study):
    assert codebook_advice(make_study({"a": "xyz" * 3, "b": "xyx" * 3}), "v", notes=["n20", "n21"]).empty


def test_a_scale_has_no_definitions(sample_study):
    with pytest.raises(CodebookError, match="criterion_goal"):
        codebook_advice(sample_study, "criterion_goal")


def test_a_reflexive_study_gets_none(sample, reflexive):
    with pytest.raises(StanceError, match="side by side"):
        codebook_advice(reflexive(sample), "category_b")


# --- texts of the notes, and what to type -------------------------------------------------------------


def merged_labels(variable):
    variable["codes"][1]["label"] = "x"


def retire_y(variable):
    variable["codes"][1]["retired"] = True


CONFUSED = {"a": "x" * 10 + "y" * 10 + "z" * 10, "b": "xy" * 10 + "z" * 10}
BORDER_XY = (
    'sekom codebook describe v x --exclude "…" --meaning --by ID --reason "…"',
    'sekom codebook merge v y --into x --by ID --reason "…"',
)


def test_notes_come_with_their_texts(make_study):
    table = codebook_advice(make_study(CONFUSED), "v")
    for row in table.to_dict("records"):
        assert row["texts"] == tuple(f"text {int(note[1:])}" for note in row["note_ids"])
    assert len(table.iloc[0]["texts"]) == 10


def test_each_kind_names_the_command_that_would_do_it(make_study):
    table = codebook_advice(make_study(CONFUSED), "v").set_index(["kind", "code"])
    assert table.loc[("border", "x"), "commands"] == BORDER_XY
    assert table.loc[("code", "y"), "commands"] == (
        'sekom codebook describe v y --exclude "…" --meaning --by ID --reason "…"',
        'sekom codebook split v y --into ID=LABEL --into ID=LABEL --by ID --reason "…"',
    )
    unused = make_study({"a": "xyz" * 10, "b": "xyz" * 10, "c": "xyy" * 10}, name="unused")
    row = codebook_advice(unused, "v").query("kind == 'unused'").iloc[0]
    assert row["commands"] == ('sekom codebook describe v z --include "…" --meaning --by ID --reason "…"',)
    unused.decide("a", "n00", "flag", "two_ideas")
    assert codebook_advice(unused, "v").query("kind == 'two_ideas'").iloc[0]["commands"] == ()


def test_merging_goes_into_the_code_that_is_used_more(make_study):
    study = make_study({"a": "x" * 5 + "y" * 15 + "z" * 10, "b": "y" * 20 + "z" * 10})
    row = codebook_advice(study, "v").query("kind == 'border'").iloc[0]
    assert "merge v x --into y" in row["commands"][1]


def test_a_retired_code_can_only_be_merged(make_study, revise):
    study = revise(make_study(CONFUSED), retire_y)
    table = codebook_advice(study, "v").set_index(["kind", "code"])
    assert table.loc[("border", "x"), "commands"] == BORDER_XY[1:]
    assert table.loc[("code", "y"), "commands"] == ()


def test_none_fits_is_nothing_to_merge(make_study):
    study = make_study({"a": "x" * 12 + "z" * 18})
    study.record(
        "b",
        [
            {"note_id": f"n{i:02}", "variable": "v", "codes": "none_fits" if i < 9 else "xz"[i > 11]}
            for i in range(30)
        ],
    )
    row = codebook_advice(study, "v").query("kind == 'border'").iloc[0]
    assert row["other"] == "none_fits"
    assert row["commands"] == ('sekom codebook describe v x --include "…" --meaning --by ID --reason "…"',)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_code_is_never_told_beside_itself(make_study, revise, lang):
    study = revise(make_study(CONFUSED), merged_labels)  # two codes that read alike
    border = codebook_advice(study, "v", lang).query("kind == 'border'").iloc[0]
    assert border["code"] != border["other"]
    assert re.search(r" X \(x\) (och|and) x \(y\),", border["sentence"])


def test_codes_that_count_as_one_are_no_border(make_study, revise):
    study = make_study(CONFUSED)
    assert len(codebook_advice(study, "v").query("kind == 'border'")) == 1

    def merge(variable):
        del variable["codes"][1]
        variable["codes"][0]["was"] = ["y"]

    assert codebook_advice(revise(study, merge), "v").empty


def test_what_is_to_be_typed_is_understood(make_study):
    """The commands' options are those that there are, where the commands are there."""
    from typer.main import get_command

    from sekom_analysis.cli import app

    there = get_command(app).commands["codebook"].commands
    for row in codebook_advice(make_study(CONFUSED), "v").to_dict("records"):
        for command in row["commands"]:
            words = shlex.split(command)
            assert words[:2] == ["sekom", "codebook"]
            if words[2] in there:
                known = {option for one in there[words[2]].params for option in one.opts}
                assert {word for word in words if word.startswith("--")} <= known
