"""The codebooks in Excel that the researchers' guides show are read, and make what they say."""

from __future__ import annotations

import pytest

from sekom_analysis.study.codebook_table import read_kept_codebook
from tests.documents import ROOT
from tests.test_kept_codebooks import put

SHOWN = {
    "sv": [("Kategori", "single", ["resurser", "ledning"]), ("Teman", "multiple", ["utbyte", "vilja"])],
    "en": [
        ("Category", "single", ["resources", "leadership"]),
        ("Themes", "multiple", ["exchange", "will"]),
    ],
}


@pytest.mark.parametrize("lang", SHOWN)
@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".docx"])
def test_the_guides_codebook_is_read(tmp_path, lang, ending):
    text = (ROOT / "docs" / f"researchers-guide.{lang}.md").read_text(encoding="utf-8")
    lines = text[: text.index("\n## 3. ")].splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(("| Variabel |", "| Variable |")))
    table = [line for line in lines[start:] if line.startswith("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table]
    read = read_kept_codebook(put(tmp_path / f"bok{ending}", [rows[0], *rows[2:]]))
    assert read.problems == []
    *asked, scale = read.codebook.variables
    assert [(v.label.sv, v.kind, list(v.code_ids)) for v in asked] == SHOWN[lang]
    assert asked[0].question.sv.endswith("?")
    assert (scale.kind, scale.range) == ("scale", (1, 5))
    assert scale.points(lang) == (
        {1: "Inte alls", 5: "Mycket"} if lang == "sv" else {1: "Not at all", 5: "Very"}
    )
    assert scale.question.in_(lang).endswith("?")
