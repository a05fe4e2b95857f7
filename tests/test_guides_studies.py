"""Three studies of our own making, each from its Excel file to the report by the guide's own commands."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random

import krippendorff
import numpy as np
import pytest

from sekom_analysis.basics.wording import say
from sekom_analysis.study.study import Study

from . import made_studies
from .documents import sekom
from .walking import NAMES, answered, by_browser, final_codes, told, walked

ALREADY = {"sv": "Om lapparna redan", "en": "If the notes are"}


def report_of(study: Study, lang: str) -> str:
    """Return the report, in which no value is missing without a word and no section is empty."""
    page = (study.root / "figures" / f"report.{lang}.html").read_text(encoding="utf-8")
    body = re.sub(r"<(style|script|svg)\b.*?</\1>", "", page, flags=re.DOTALL)
    assert not re.search(r"\b(nan|NaN|None|inf)\b", re.sub(r"<[^>]+>", " ", body))
    assert say("report_problems", lang) not in body  # the study's files are as they should be
    assert not re.search(r"\b(\d+)–\1\b", re.sub(r"<[^>]+>", " ", body))  # 300–300 is 300
    assert say("report_problems", lang) not in body  # the study's files are as they should be
    assert not re.search(r"\b(\d+)–\1\b", re.sub(r"<[^>]+>", " ", body))  # 300–300 is 300
    assert say("report_problems", lang) not in body  # the study's files are as they should be
    assert not re.search(r"\b(\d+)–\1\b", re.sub(r"<[^>]+>", " ", body))  # 300–300 is 300
    headings = re.findall(r"<h([1-6])[^>]*>(.*?)</h\1>(.*?)(?=<h[1-6]|</body>)", body, flags=re.DOTALL)
    for (level, title, under), after in zip(headings, [*headings[1:], ("1", "", "")], strict=True):
        is_above = int(after[0]) > int(level)
        assert is_above or re.sub(r"<[^>]+>", "", under).strip(), f"'{title}' is empty"
    return body


def printed_alpha(printed: str, variable: str) -> float:
    """Return the alpha of the two coders, as `sekom agreement` printed it first."""
    found = re.search(rf"^anna, bo\s+{variable}\s+alpha\s+\w+\s+(-?\d\.\d+)", printed, re.MULTILINE)
    return float(found[1])


def from_handing_out_on(lang: str, fill: Callable[[Study], None], variable: str) -> dict[str, str]:
    """Do what the guide says in 4, 5, 6 and 8, and return what each command printed."""
    names, printed = NAMES[lang], {}
    for _, line in walked(lang, "4", "5", "6", "8"):
        if line.startswith("sekom collect"):
            fill(Study.open(names.study))
        line = re.sub(rf"\b{names.variable}\b", variable, line)  # the guide: your own variable's id
        printed[" ".join(line.split()[:2])] = sekom(line.replace("html,docx,pdf", "html"))
    return printed


def fill_both(study: Study, lang: str, said: list[dict[str, dict[str, object]]]) -> None:
    """Anna answers in her browser, Bo in his sheet."""
    by_text = dict(zip(study.notes["text"], study.notes.index, strict=True))
    rows = [(by_text[text], *one) for text, marks in said[0].items() for one in answered(marks)]
    by_browser(Path(NAMES[lang].returned), study, rows)
    made_studies.fill(Path(f"{NAMES[lang].study}-bo.xlsx"), said[1])


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_sorted_post_its(lang, terminal):
    names = NAMES[lang]
    notes = made_studies.post_its(terminal / names.notes, column=names.sorting)
    sorted_by = [made_studies.sorted_again(notes, seed) for seed in (1, 2)]
    ids = {name: made_studies.id_of(name) for name in made_studies.POST_ITS}
    [begin] = told(lang, ALREADY[lang], f"sekom new {names.study} --notes {names.notes}")
    said = sekom(begin)
    for part in ("Notes: 60 from", "'Summa | 60 lappar'", "row 1: ", "Kept, but not shown to coders: 'Bord'"):
        assert part in said
    assert said.rstrip().endswith(f"give each code a definition; then: sekom check --study {names.study}")
    checked = sekom(told(lang, "2", "sekom check")[0])
    assert f"sekom page anna --study {names.study}" in checked
    assert "sekom report" not in checked

    def fill(study: Study) -> None:
        typed = [
            {text: {f"{names.variable}/answer": ids[name]} for text, name in one.items()} for one in sorted_by
        ]
        fill_both(study, lang, typed)

    printed = from_handing_out_on(lang, fill, names.variable)
    study = Study.open(names.study)
    assert study.coders == ["moderator", "anna", "bo"]
    assert len(study.notes) == 60
    places = {name: number for number, name in enumerate(made_studies.POST_ITS)}
    data = [[places[one[text]] for text, _ in notes] for one in sorted_by]
    expected = krippendorff.alpha(reliability_data=data, level_of_measurement="nominal")
    assert printed_alpha(printed["sekom agreement"], names.variable) == pytest.approx(expected, abs=0.0006)
    page = report_of(study, lang)
    assert "moderator" in page
    final = final_codes(names.study, lang)
    assert len(final) == 60
    n_agreed = sum(sorted_by[0][text] == sorted_by[1][text] for text, _ in notes)
    assert final["answer"].notna().sum() == n_agreed


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_interviews_with_several_codes_and_a_scale(lang, terminal):
    names = NAMES[lang]
    answers = made_studies.interviews(terminal / names.answers)
    made_studies.codebook(terminal / names.codebook)
    lengths = [len(answer["text"].split()) for answer in answers]
    assert (len({answer["text"] for answer in answers}), min(lengths) >= 50, max(lengths) <= 400) == (
        300,
        True,
        True,
    )
    heard = []
    for seed in (1, 2):
        random = Random(seed)
        heard.append([made_studies.heard(random, answer) for answer in answers])
    [begin] = told(lang, "1", f"sekom new {names.study} --notes {names.answers}")
    said = sekom(begin)
    assert "Shown to coders beside the notes: 'question', 'Roll'." in said
    assert f"sekom page anna --study {names.study}" in said

    def fill(study: Study) -> None:
        texts = [answer["text"] for answer in answers]
        both = [map(made_studies.interview_marks, *zip(*one, strict=True)) for one in heard]
        fill_both(study, lang, [dict(zip(texts, marks, strict=True)) for marks in both])

    printed = from_handing_out_on(lang, fill, "teman")
    study = Study.open(names.study)
    assert (study.coders, len(study.notes)) == (["anna", "bo"], 300)
    assert [len(study.decisions(coders=[coder])) for coder in study.coders] == [600, 600]
    tones = [[tone for _, tone in one] for one in heard]
    expected = krippendorff.alpha(reliability_data=tones, level_of_measurement="ordinal")
    assert printed_alpha(printed["sekom agreement"], "hallning") == pytest.approx(expected, abs=0.0006)
    sets = [[frozenset(themes) for themes, _ in one] for one in heard]
    assert printed_alpha(printed["sekom agreement"], "teman") == pytest.approx(masi_alpha(sets), abs=0.0006)
    report_of(study, lang)


def masi_alpha(sets: list[list[frozenset[str]]]) -> float:
    """Return krippendorff's alpha of sets, with MASI as its distance; each different set is a value."""
    values = sorted({one for row in sets for one in row}, key=sorted)
    places = {value: number for number, value in enumerate(values)}
    data = [[places[one] for one in row] for row in sets]

    def distance(v1, v2, i1, i2, n_v, dtype):
        first, second = np.broadcast_arrays(i1, i2)
        return np.vectorize(lambda a, b: masi(values[int(a)], values[int(b)]), otypes=[dtype])(first, second)

    return krippendorff.alpha(
        reliability_data=data, value_domain=list(range(len(values))), level_of_measurement=distance
    )


def masi(one: frozenset[str], other: frozenset[str]) -> float:
    """Return Passonneau's distance between two sets (2006), from its definition."""
    if one == other:
        return 0.0
    shared = one & other
    kind = 2 / 3 if shared in (one, other) else 1 / 3
    return 1 - len(shared) / len(one | other) * (kind if shared else 0)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_two_coders_finished_sheets(lang, terminal):
    names = NAMES[lang]
    word = {"sv": "Kod", "en": "Code"}[lang]
    chosen = made_studies.finished(terminal, word=word)
    expected = masi_alpha(list(chosen.values()))
    lines = told(lang, ALREADY[lang], "sekom agreement")
    [begin] = told(lang, ALREADY[lang], f"sekom new {names.study} --notes anna.xlsx")
    [take] = told(lang, ALREADY[lang], "sekom import")
    printed = sekom(lines[0])
    assert float(re.search(r"^alpha\s+masi\s+(\d\.\d+)", printed, re.MULTILINE)[1]) == pytest.approx(
        expected, abs=0.0006
    )
    assert Path(lines[0].split("--to ")[1].split()[0]).stat().st_size > 5000
    assert "Notes: 80 from anna.xlsx" in sekom(begin)
    said = sekom(take)
    assert "Next: sekom agreement" in said
    assert "Not taken" not in said
    printed = {}
    for _, line in walked(lang, "6", "8"):
        line = re.sub(rf"\b{names.variable}\b", word.lower(), line)
        printed[" ".join(line.split()[:2])] = sekom(line.replace("html,docx,pdf", "html"))
    study = Study.open(names.study)
    assert (study.coders, len(study.notes)) == (["anna", "bo"], 80)
    assert printed_alpha(printed["sekom agreement"], word.lower()) == pytest.approx(expected, abs=0.0006)
    assert "Gwet" not in report_of(study, lang)  # AC1 is of single codes
