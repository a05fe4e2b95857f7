"""What was counted as what is said wherever numbers of changed codes are, and nowhere else."""

from __future__ import annotations

import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from sekom_analysis.cli import app
from sekom_analysis.report.blocks import Figure, Table, Text
from sekom_analysis.report.sections import sections
from sekom_analysis.results import work_out
from sekom_analysis.study.lineage import lineage_sentences
from sekom_analysis.study.study import Study

IDS = [f"n{number:02}" for number in range(12)]
NOTES = pd.DataFrame({"note_id": IDS, "text": [f"Lapp {n}" for n in range(12)], "source": ["a", "b"] * 6})
BOOK = {
    "variables": [
        {"id": "v", "kind": "single", "label": "Tema",
         "codes": [{"id": name, "label": name.capitalize()} for name in ("pengar", "tid", "vilja", "mal")]},
        {"id": "w", "kind": "single", "label": "Riktning",
         "codes": [{"id": "upp", "label": "Upp"}, {"id": "ner", "label": "Ner"}]},
    ]
}  # fmt: skip
SAID = "Tema: svar med ”pengar” räknas som ”Resurser”; ”Vilja” delades i ”Lust” och ”Kraft”, och svar med den"


@pytest.fixture(scope="module")
def changed(tmp_path_factory) -> Study:
    study = Study.create(tmp_path_factory.mktemp("s") / "s", notes=NOTES, codebook=BOOK)
    for coder, v, w in (("anna", "ptvmptvmptvm", "uuuuuunnnnnn"), ("bo", "pttmpttmptvv", "uuuunnnnnnnn")):
        words = {"p": "pengar", "t": "tid", "v": "vilja", "m": "mal", "u": "upp", "n": "ner"}
        given = [(note, "v", words[c]) for note, c in zip(IDS, v, strict=True)]
        given += [(note, "w", words[c]) for note, c in zip(IDS, w, strict=True)]
        study.record(coder, [{"note_id": n, "variable": q, "codes": c} for n, q, c in given])
    path = study.root / "data" / "raw" / "codebook.yaml"
    book = yaml.safe_load(path.read_text(encoding="utf-8"))
    book["variables"][0]["codes"] = [
        {"id": "resurser", "label": {"sv": "Resurser", "en": "Means"}, "was": ["pengar"]},
        {"id": "tid", "label": "Tid"},
        {"id": "vilja", "label": "Vilja", "retired": True, "split_into": ["lust", "kraft"]},
        {"id": "lust", "label": "Lust"},
        {"id": "kraft", "label": "Kraft"},
        {"id": "mal", "label": "Mal"},
    ]
    path.write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")
    return Study.open(study.root)


@pytest.fixture(scope="module")
def shown(changed):
    results = work_out(changed, "sv", n_resamples=0)
    return {
        block.stem if isinstance(block, Figure) else f"table {block.stem}": block
        for section in sections(results)
        for block in section.blocks
        if isinstance(block, Figure | Table)
    }


def test_each_variable_whose_codes_changed_has_its_line(changed):
    said = lineage_sentences(changed.codebook, "sv")
    assert list(said) == ["v"]
    assert said["v"] == f"{SAID} räknas inte förrän de har getts på nytt."
    assert lineage_sentences(changed.codebook, "en")["v"] == (
        "Tema: answers with “pengar” count as “Means”; “Vilja” was split into “Lust” and “Kraft”, "
        "and answers with it do not count until they are given again."
    )


@pytest.mark.parametrize(
    "stem",
    [
        "counts_v", "table counts_v", "agreement", "table agreement_main", "agreement_v", "confusions_v",
        "table settled", "table findings_v", "sources_v", "table decided",
    ],
)  # fmt: skip
def test_every_caption_of_the_variable_says_it(shown, stem):
    assert SAID in shown[stem].caption
    assert ".." not in shown[stem].caption


def test_no_other_caption_says_it(shown):
    others = ["table coders_who", "table material", "table codebook_versions"]
    assert [stem for stem in others if "räknas som" in shown[stem].caption] == []


def test_the_methods_say_it_once(changed):
    results = work_out(changed, "sv", n_resamples=0)
    texts = [b.text for s in sections(results) for b in s.blocks if isinstance(b, Text)]
    assert sum(SAID in text for text in texts) == 1


def test_a_study_whose_codes_never_changed_says_nothing(sample_study):
    assert lineage_sentences(sample_study.codebook) == {}


def test_the_command_says_it_below_its_table(changed):
    run = CliRunner()
    one = run.invoke(app, ["agreement", "v", "--resamples", "0", "--study", str(changed.root)]).output
    assert "Tema: answers with “pengar” count as “Means”; “Vilja” was split into" in one
    assert one.index("percent") < one.index("Tema: answers")
    other = run.invoke(app, ["agreement", "w", "--resamples", "0", "--study", str(changed.root)]).output
    assert "percent" in other
    assert "count as" not in other
