"""Texts that could act are texts everywhere: in figures, on the console, in pages, documents and tables.

One study carries the whole list in its title, labels, definitions, memos, reasons and plan; every output of
it is read back. What cannot be seen is made visible there by one rule, `wording.visible`.
"""

from __future__ import annotations

import base64
import hashlib
import html
import itertools
import json
import re
import unicodedata

import docx
import openpyxl
import pandas as pd
import pypdf
import pytest
from matplotlib.text import Text

import sekom_analysis as sa
from sekom_analysis.basics.wording import visible
from sekom_analysis.cli import main
from sekom_analysis.exchange.refi import study_from_project
from sekom_analysis.exchange.registry import Order, export_file
from sekom_analysis.exchange.studybook import study_from_workbook
from sekom_analysis.formats.tables import read_table
from sekom_analysis.report import write_report
from sekom_analysis.report.sections import sections
from sekom_analysis.results import work_out
from tests.hostile import TEXTS, build

NAMES = {
    "coders": ["anna", "bo", "cilla"],
    "variables": ["huvud", "sida", "teman", "mal", "insats"],
    "codes": [f"k{number}" for number in range(9)],
    "stages": ["B", "D"],
    "sources": ["$möte$ [/x]", "=brev", "\u202eplan"],
}
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff]")


class Said:
    """Gives each place two of the texts, one at its beginning, one at its end."""

    def __init__(self) -> None:
        self.texts = itertools.cycle(TEXTS.values())
        self.given: dict[str, str] = {}

    def __call__(self, place: str) -> str:
        if place not in self.given:
            self.given[place] = f"{next(self.texts)} {place} {next(self.texts)}"
        return self.given[place]


@pytest.fixture(scope="module")
def said():
    said = Said()
    for place in shown_places():
        said(place)
    return said


@pytest.fixture(scope="module")
def study(tmp_path_factory, said):
    return build(tmp_path_factory.mktemp("hostile") / "study", **NAMES, said=said, title="titel")


@pytest.fixture(scope="module")
def results(study):
    return work_out(study, "sv", n_resamples=0)


@pytest.fixture(scope="module")
def written(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    write_report(results, folder, ("html", "docx", "pdf"))
    return folder


def plain(text: str) -> str:
    """A text without what setting it changes: spaces, hyphens, ligatures, signs of no width."""
    signs = unicodedata.normalize("NFKC", text)
    return re.sub(r"[\s\u00ad\u200b\u2060\u2010-]", "", signs)


def shown_places() -> list[str]:
    return ["titel", "huvud", "sida", "skäl", *(f"kod k{number}" for number in range(6))]


def missing(said: Said, found: str) -> list[str]:
    """The texts that are not to be found, as they are to be seen."""
    there = plain(found)
    return [place for place in shown_places() if plain(visible(said.given[place])) not in there]


def test_the_places_that_are_read_back_hold_the_whole_list(said, study):
    held = " ".join(said.given[place] for place in shown_places())
    assert [name for name, text in TEXTS.items() if text not in held] == []
    assert study.about.title.sv == said.given["titel"]


def test_the_page_shows_the_texts_and_runs_none(said, written):
    page = (written / "report.sv.html").read_text(encoding="utf-8")
    assert not ACTING.search(page)
    (ours,) = re.findall(r"<script[^>]*>(.*?)</script>", page, flags=re.S)
    assert page.count("<script") == 1
    digest = base64.b64encode(hashlib.sha256(ours.encode()).digest()).decode()
    assert f"sha256-{digest}" in html.unescape(page)
    body = re.sub(r"<(style|script)[^>]*>.*?</\1>", "", page, flags=re.S)
    assert missing(said, html.unescape(re.sub(r"<[^>]*>", "", body))) == []
    assert "onerror" not in re.sub(r"&lt;.*?&gt;", "", body)


def test_the_word_document_shows_the_texts(said, written):
    word = docx.Document(written / "report.sv.docx")
    paragraphs = [part for part in word.element.body.iter() if part.tag.endswith("}p")]
    text = "".join(node.text or "" for part in paragraphs for node in part.iter() if node.tag.endswith("}t"))
    assert missing(said, text) == []
    assert not ACTING.search(text)
    assert word.core_properties.title == visible(said.given["titel"])


def test_the_pdf_shows_the_texts(said, written):
    pdf = pypdf.PdfReader(written / "report.sv.pdf")
    assert missing(said, "".join(page.extract_text() for page in pdf.pages)) == []
    assert pdf.metadata.title == visible(said.given["titel"])


def test_every_table_for_people_shows_the_texts_and_runs_none(said, written):
    found = ""
    for path in sorted((written / "tables").glob("*.csv")):
        raw = path.read_bytes().decode("utf-8-sig")
        assert not ACTING.search(raw.replace("\r\n", "\n")), path.name
        assert not re.search(r'(?m)(^|;)"?[=@\t]', raw), path.name
        found += read_table(path).to_csv(index=False, quoting=1).replace('""', '"')
    assert [place for place in missing(said, found) if place.startswith("kod k") or place == "skäl"] == []


def test_every_figure_of_the_report_shows_the_texts(said, results, tmp_path):
    seen = visible(said.given["titel"]) + visible(said.given["skäl"])
    for stem, draw in [(figure.stem, figure.draw) for one in sections(results) for figure in one.figures()]:
        ax = draw()
        texts = [text for text in ax.figure.findobj(Text) if text.get_text()]
        assert not any(text.get_parse_math() for text in texts), stem
        assert not ACTING.search("".join(text.get_text() for text in texts)), stem
        seen += "".join(text.get_text() for text in texts)
        for path in sa.figures.save_figure(ax.figure, tmp_path, stem):
            assert path.stat().st_size
    assert [p for p in missing(said, seen) if p.startswith("kod k")] == []


def test_workbook_and_project_give_the_texts_back_as_they_are(said, study, tmp_path):
    for ending, make in ((".xlsx", study_from_workbook), (".qdpx", study_from_project)):
        export_file(Order(study, tmp_path / f"ut{ending}", None, "sv"))
        again, _ = make(tmp_path / f"igen{ending[1:]}", tmp_path / f"ut{ending}")
        was = {one.id: [code.label.sv for code in one.codes] for one in study.codebook.variables}
        now = {one.id: [code.label.sv for code in one.codes] for one in again.codebook.variables}
        assert now == was, ending
        assert sorted(again.decisions()["memo"]) == sorted(study.decisions()["memo"]), ending
        assert list(again.notes["source"]) == list(study.notes["source"]), ending
    book = openpyxl.load_workbook(tmp_path / "ut.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]


def test_page_and_sheet_of_a_coder_hold_the_texts(said, study, tmp_path):
    desk = study.desk("anna")
    page = sa.coding.write_page(desk, tmp_path / "p.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.S)[1])
    labels = re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), json.dumps(data, ensure_ascii=False))
    assert json.dumps(said.given["kod k0"], ensure_ascii=False)[1:-1] in json.dumps(data, ensure_ascii=False)
    assert labels
    sheet = sa.exchange.write_coding_sheet(desk, tmp_path / "s.xlsx")
    cells = [c for tab in openpyxl.load_workbook(sheet) for row in tab.iter_rows() for c in row]
    assert [cell.value for cell in cells if cell.data_type == "f" and "vilja" in str(cell.value)] == []
    found = study.collect(sheet, dry_run=True)
    assert (len(found.added), found.refused) == (0, [])


COMMANDS = {
    "check": "",
    "status": "",
    "agreement": "--resamples 0",
    "codebook diff": "",
    "codebook advice": "huvud --lang sv",
    "coder-report": "anna huvud --lang sv --resamples 0",
    "program": "anna huvud --lang sv",
    "duplicates": "--first 5",
    "duplicates --stage": "nej",
}


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_lets_a_text_act_on_the_terminal(said, study, command, monkeypatch, capfd):
    line = f"sekom {command} {COMMANDS[command]}".split()
    monkeypatch.setattr("sys.argv", [*line, "--study", str(study.root)])
    with pytest.raises(SystemExit):
        main()
    out, err = capfd.readouterr()
    assert "Something went wrong" not in err
    assert not ACTING.search(out + err)
    if command == "check":
        assert visible(said.given["titel"]).replace("\n", " ") in " ".join(out.split("\n"))


def test_a_file_name_and_a_folder_are_texts_on_the_console(study, tmp_path, monkeypatch, capfd):
    path = tmp_path / "[bold] \x1b[2J \u202e.csv"
    path.write_text("a\n", encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["sekom", "collect", str(path), "--study", str(study.root)])
    with pytest.raises(SystemExit):
        main()
    out, err = capfd.readouterr()
    assert "Something went wrong" not in err
    assert "[bold] �[2J" in out + err
    assert not ACTING.search(out + err)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_figure_on_axes_of_ones_own_shows_the_text(text, tmp_path):
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots()
    ax.set_title(text)
    fig.canvas.get_renderer()
    rows = pd.DataFrame(
        {"group": [text], "label": [text], "value": [0.8], "low": [0.7], "high": [0.9], "note": [""]}
    )
    sa.figures.plot_agreement(rows, ax=ax)
    found = plain("".join(one.get_text() for one in ax.findobj(Text)))
    assert found.count(plain(visible(text))) >= 2
    assert not any(one.get_parse_math() for one in ax.findobj(Text))
    plt.close(fig)
    ax = sa.figures.plot_agreement(rows)
    for path in sa.figures.save_figure(ax.figure, tmp_path, "x"):
        assert path.stat().st_size
    words = pd.DataFrame(
        {"group": [text], "word": [text], "count": [6], "n_group": [9], "count_rest": [1], "n_rest": [9]}
    ).assign(z=2.0)
    assert sa.figures.plot_word_cloud(words, text).patches[0].get_label() == visible(text)
    sa.figures.plot_keywords(words)
