"""A workshop of twelve tables: the column that names them reaches command line, report and Python."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from sekom_analysis.agreement import agreement
from sekom_analysis.cli.app import app
from sekom_analysis.report.blocks import Text
from sekom_analysis.report.sections.numbers import agreement_section, methods_section
from sekom_analysis.results import agreement_overview, work_out
from sekom_analysis.results.tables import clusters_sentence
from sekom_analysis.study.study import Study

CODEBOOK = """\
variables:
- id: theme
  kind: single
  label: {sv: Tema, en: Theme}
  codes:
  - {id: time, label: {sv: Tid, en: Time}}
  - {id: money, label: {sv: Pengar, en: Money}}
  - {id: will, label: {sv: Vilja, en: Will}}
- id: weight
  kind: scale
  range: [-3, 3]
  label: {sv: Vikt, en: Weight}
"""


@pytest.fixture
def workshop(tmp_path):
    """Twelve tables of eight notes, hard and easy ones; three coders."""
    rng = np.random.default_rng(3)
    hit = np.repeat(rng.beta(2, 1.5, 12), 8)
    right = rng.integers(0, 3, 96)
    codes = ["time", "money", "will"]
    notes = pd.DataFrame(
        {
            "note_id": [f"n{i:02}" for i in range(96)],
            "text": [f"Lapp nummer {i}" for i in range(96)],
            "Bord": np.repeat([f"bord {t}" for t in range(12)], 8),
        }
    )
    study = Study.create(tmp_path / "workshop", notes=notes, codebook=yaml.safe_load(CODEBOOK))
    for coder in ("anna", "bo", "cia"):
        for i in range(96):
            chosen = right[i] if rng.random() < hit[i] else rng.integers(0, 3)
            study.decide(coder, f"n{i:02}", "theme", codes[chosen])
            score = np.clip(2 * right[i] - 2 + rng.integers(-1, 2), -3, 3)
            study.decide(coder, f"n{i:02}", "weight", str(score))
    return study


def said_in_report(results) -> str:
    sections = [agreement_section(results), methods_section(results)]
    return " ".join(str(b.text) for one in sections for b in one.blocks if isinstance(b, Text))


def named(study):
    about = study.root / "data" / "raw" / "study.yaml"
    about.write_text(about.read_text("utf-8") + "cluster: Bord\n", encoding="utf-8")
    return Study.open(study.root)


def test_a_named_column_counts_in_every_table(workshop):
    study = named(workshop)
    own = agreement(study.ratings("theme"), coefficients="alpha", cluster=study.notes["Bord"]).iloc[0]
    row = agreement_overview(study, ["theme"], coefficients="alpha").iloc[0]
    assert row[["low", "high", "n_clusters"]].tolist() == own[["low", "high", "n_clusters"]].tolist()
    plain = agreement_overview(workshop, ["theme"], coefficients="alpha").iloc[0]
    assert plain["high"] - plain["low"] < 0.85 * (row["high"] - row["low"])
    results = work_out(study, n_resamples=100)
    for tables in (results.by_code, results.by_pair):
        assert (tables["theme"]["n_clusters"] == 12).all()


def test_report_and_command_line_say_what_counts_as_a_cluster(workshop):
    study = named(workshop)
    page = said_in_report(work_out(study, "sv", n_resamples=100))
    assert "Lappar med samma Bord räknas som ett kluster (12 totalt)" in page
    assert "fås genom att ett kluster i taget utelämnas (kolumnen Bord;" in page
    assert "BCa-intervall" not in page
    table = agreement_overview(study, coefficients="alpha")
    effects = sorted(table["design_effect"])
    said = CliRunner().invoke(app, ["agreement", "--study", str(study.root)]).output
    assert "Notes with the same Bord count as one cluster (12 in all)" in said
    assert f"then {effects[0]:.1f}–{effects[-1]:.1f} times" in said


def test_a_column_that_nobody_named_is_pointed_out(workshop):
    said = CliRunner().invoke(app, ["agreement", "--study", str(workshop.root)]).output
    assert "The notes have a column Bord (12 values)" in said
    assert "write cluster: Bord in data/raw/study.yaml" in said
    page = said_in_report(work_out(workshop, "sv", n_resamples=100))
    assert "skriv då cluster: Bord i data/raw/study.yaml" in page
    assert "BCa-intervall" in page


def test_a_column_that_is_not_there_is_a_problem_and_notes_count_as_independent(workshop):
    about = workshop.root / "data" / "raw" / "study.yaml"
    about.write_text(about.read_text("utf-8") + "cluster: bord\n", encoding="utf-8")
    study = Study.open(workshop.root)
    assert study.cluster is None
    [problem] = study.list_problems()
    assert str(problem.what) == "there is no column 'bord', which cluster names; there are 'Bord'"
    assert "n_clusters" not in agreement_overview(study, coefficients="alpha").columns


def test_nothing_is_said_where_no_column_could_be_meant(sample):
    table = agreement_overview(sample, ["valence"], coefficients="alpha", n_resamples=0)
    assert clusters_sentence(sample, table, "en") == ""
