"""`sekom export decisions.csv`: the decisions, or a word on what was written instead."""

from __future__ import annotations

import pytest

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.exchange.registry import Order, Request, export_file, import_file
from sekom_analysis.formats.tables import read_table
from sekom_analysis.study.raw import open_raw
from sekom_analysis.study.study import Study
from tests.exchange.refi.conftest import (
    CODEBOOK,
    NOTES,
    study,  # noqa: F401
)
from tests.test_cli import sekom


@pytest.fixture
def coded(study):  # noqa: F811
    study.decide("anna", "n1", "valence", "hinder", memo="ojämn; mycket", certainty=2)
    study.decide("anna", "n1", "themes", [])
    study.decide("bo", "n1", "themes", ["tid", "vilja"])
    study.decide("bo", "n3", "goal", 4)
    study.decide("bo", "n3", "goal", 5)
    return study


@pytest.mark.parametrize("name", ["decisions.csv", "beslut.csv", "mina Beslut 2026.csv", "Decisions.CSV"])
def test_a_file_named_after_decisions_holds_them(coded, tmp_path, name):
    losses = export_file(Order(coded, tmp_path / name))
    table = read_table(tmp_path / name)
    rows = set(table[["note_id", "text", "coder", "variable", "codes"]].itertuples(index=False, name=None))
    assert rows == {
        ("n1", "Ojämn nivå", "anna", "valence", "hinder"),
        ("n1", "Ojämn nivå", "anna", "themes", "Inget av dem"),
        ("n1", "Ojämn nivå", "bo", "themes", "tid|vilja"),
        ("n3", "Ta fram nyckeltal", "bo", "goal", "5"),
    }
    assert list(table.loc[table["variable"] == "valence", "memo"]) == ["ojämn; mycket"]
    assert [(loss.number, loss.what) for loss in losses] == [
        (1, "answers that were changed or taken back later")
    ]


def test_another_csv_is_a_list_of_tags_and_says_so(coded, tmp_path):
    losses = export_file(Order(coded, tmp_path / "kodbok.csv"))
    assert list(read_table(tmp_path / "kodbok.csv").columns) == ["tag", "description"]
    assert losses[0].number == 4
    assert "a list of tags" in losses[0].where


def test_the_layout_says_what_the_name_does_not(coded, tmp_path):
    export_file(Order(coded, tmp_path / "a.csv", "decisions"))
    assert "coder" in read_table(tmp_path / "a.csv").columns
    export_file(Order(coded, tmp_path / "decisions.csv", "tags"))
    assert "tag" in read_table(tmp_path / "decisions.csv").columns
    with pytest.raises(ExchangeError, match="Choose one of: tags, decisions"):
        export_file(Order(coded, tmp_path / "b.csv", "shared"))


def test_the_command_says_it_too(coded, tmp_path):
    said = sekom("export", tmp_path / "lista.csv", "--study", coded.root)
    assert "--layout decisions writes them" in " ".join(" ".join(map(str, said)).split())


def test_decisions_come_back_with_answers_that_are_no_code(coded, tmp_path):
    path = tmp_path / "decisions.csv"
    export_file(Order(coded, path))
    other = Study.create(tmp_path / "other", notes=NOTES, codebook=CODEBOOK)
    import_file(Request(open_raw(other.root), path), "decisions")
    import_file(Request(open_raw(other.root), path, map=tmp_path / "decisions.map.yaml"), "decisions")
    said = ["note_id", "coder", "variable", "codes", "memo", "certainty", "decided_at"]
    one, two = (
        sorted(table[said].itertuples(index=False, name=None))
        for table in (coded.decisions(), Study.open(other.root).decisions())
    )
    assert one == two
