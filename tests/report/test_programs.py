"""The report's section on programs beside people."""

import numpy as np
import pandas as pd
import pytest
import yaml

from sekom_analysis.report.blocks import Bullets, Table, Text
from sekom_analysis.report.sections.programs import programs_section
from sekom_analysis.results import work_out
from sekom_analysis.study.study import Study

CODES = [{"id": c, "label": {"sv": f"Kod {c}", "en": f"Code {c}"}, "definition": c} for c in "xyz"]


@pytest.fixture
def make_study(tmp_path):
    """Makes a study of which a program coded sixty notes and three people the first `n_people`."""

    def make(plan, n_people=60, stance="codebook"):
        rng = np.random.default_rng(8)
        right = rng.choice(list("xyz"), 60)
        notes = pd.DataFrame(
            {"note_id": [f"n{i:02}" for i in range(60)], "text": [f"text {i}" for i in range(60)]}
        )
        variable = {"id": "v", "kind": "single", "label": "V", "codes": CODES}
        study = Study.create(tmp_path / "s", notes=notes, codebook={"variables": [variable]})
        path = study.root / "data" / "raw" / "study.yaml"
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        said |= {"plan": plan, "stance": stance, "coders": {"robot": {"kind": "automatic"}}}
        path.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
        study = Study.open(study.root)
        for who in ("p1", "p2", "p3", "robot"):
            given = np.where(rng.random(60) < 0.85, right, rng.choice(list("xyz"), 60))
            upto = 60 if who == "robot" else n_people
            study.record(who, [
                {"note_id": f"n{i:02}", "variable": "v", "codes": given[i], "certainty": 1 if i < 5 else 3}
                for i in range(upto)
            ])  # fmt: skip
        return study

    return make


def section_of(study, lang="en"):
    return programs_section(work_out(study, lang, n_resamples=0))


def test_test_and_counts_are_shown(make_study):
    section = section_of(make_study({"epsilon": 0.2, "margin": 0.1, "people_chance": 0.6}, n_people=36))
    [bullets] = [block for block in section.blocks if isinstance(block, Bullets)]
    assert any("people were uncertain (5 notes)" in one for one in bullets.items)
    seats, counts = (block for block in section.blocks if isinstance(block, Table))
    assert [row[0] for row in seats.rows] == ["p1", "p2", "p3"]
    assert [row[0] for row in counts.rows] == ["Code x", "Code y", "Code z"]
    assert counts.rows[0][2].endswith(" of 36") or counts.rows[0][2].endswith(" of 35")


def test_too_few_notes_are_told(make_study):
    section = section_of(make_study({"epsilon": 0.2}, n_people=20), "sv")
    texts = [block.text for block in section.blocks if isinstance(block, Text)]
    assert any("Provet av robot gjordes inte" in text for text in texts)


@pytest.mark.parametrize(("plan", "stance"), [({}, "codebook"), ({"epsilon": 0.2}, "reflexive")])
def test_nothing_is_shown_without_a_plan_or_where_readings_are_ones_own(make_study, plan, stance):
    assert section_of(make_study(plan, stance=stance)).blocks == []
