"""Times on screen and paper are those of the clock on the wall; what is stored stays UTC."""

from __future__ import annotations

import time

import pytest

from sekom_analysis.study.checks import progress_table
from sekom_analysis.study.rows import local_day, local_minute, zone_of

from .test_cli import sekom

DECIDED = {
    "note_id": "n1",
    "variable": "valence",
    "codes": "hinder",
    "decided_at": "2016-01-31T23:30:00.000000Z",
}


@pytest.fixture
def in_stockholm(monkeypatch):
    if not hasattr(time, "tzset"):
        pytest.skip("this system takes its zone from elsewhere")
    monkeypatch.setenv("TZ", "Europe/Stockholm")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("stored", "shown", "zone"),
    [
        ("2016-04-12T09:00:00.000000Z", "2016-04-12 11:00", "CEST"),  # summer time
        ("2016-01-31T23:30:00.000000Z", "2016-02-01 00:30", "CET"),  # another day, another month
    ],
)
def test_a_stored_time_is_shown_as_the_clock_on_the_wall_had_it(in_stockholm, stored, shown, zone):
    assert (local_minute(stored), local_day(stored), zone_of(stored)) == (shown, shown[:10], zone)


def test_no_time_is_shown_as_none():
    assert local_minute("") == local_day("") == ""


def test_status_shows_local_times_and_names_the_zone_once(in_stockholm, study):
    study.desk("anna").record([DECIDED], keep_times=True)
    assert progress_table(study)["last"].max() == "2016-02-01 00:30"
    _, out, _ = sekom("status", "--study", study.root)
    assert "2016-02-01 00:30" in out
    assert out.count(zone_of()) == 1
    assert "2016-01-31T23:30:00.000000Z" in (study.root / "data/coded/anna.csv").read_text(encoding="utf-8")


def test_a_report_dates_decisions_by_the_local_day(in_stockholm, study):
    for coder in ("anna", "bo"):
        study.desk(coder).record([DECIDED], keep_times=True)
    assert sekom("report", "--study", study.root, "--resamples", 0, "--lang", "en")[0] == 0
    page = (study.root / "figures/report.en.html").read_text(encoding="utf-8")
    assert "2016-02-01" in page
    assert "2016-01-31" not in page
    assert page.count("CET") == 1
