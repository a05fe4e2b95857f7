"""The report's page and files: complete, self-contained, the same bytes twice, and no number of its own."""

import os
import re
import shutil
import subprocess
import time
from collections import defaultdict
from html import unescape
from html.parser import HTMLParser

import pandas as pd
import pytest
from docx import Document
from pypdf import PdfReader

from sekom_analysis.basics.errors import ReportError
from sekom_analysis.report import documents, render_page, write_report
from sekom_analysis.report.blocks import (
    Bullets,
    Heading,
    Note,
    Section,
    Table,
    Text,
    column_shares,
    fits,
    write_localised,
)
from sekom_analysis.report.sections.numbers import forest_rows
from sekom_analysis.results import MAIN, work_out
from sekom_analysis.study.study import Study

LANGUAGE = {"sv": "sv-SE", "en": "en-GB"}
WORD = {"sv": ("Figur", "Tabell"), "en": ("Figure", "Table")}


class Page(HTMLParser):
    """Collects what a page shows and what it points to."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.texts, self.alts, self.ids = [], [], [], [], []
        self._quiet = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._quiet = tag in ("style", "script")
        attributes = dict(attrs)
        self.links += [attributes[name] for name in ("src", "href") if name in attributes]
        self.alts += [attributes["alt"]] if "alt" in attributes else []
        self.ids += [attributes["id"]] if "id" in attributes else []

    def handle_data(self, data):
        if not self._quiet:
            self.texts.append(data)

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.texts))


@pytest.fixture(scope="module", params=["sv", "en"])
def report(request, sample_study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    results = work_out(sample_study, request.param, n_resamples=200)
    return results, write_report(results, folder, ("html", "docx", "pdf")), folder


def test_every_figure_and_table_is_a_file(report):
    results, written, folder = report
    lang = results.lang
    assert written[0] == folder / f"report.{lang}.html"
    for stem in ("counts_category_b", "counts_category_d", "agreement", "confusions_category_b"):
        for ending in ("png", "svg", "pdf"):
            assert folder / f"{stem}.{lang}.{ending}" in written
    assert folder / "tables" / f"agreement.{lang}.csv" in written
    assert all(path.stat().st_size > 20 for path in written)


def test_the_page_needs_no_other_file(report):
    page = Page(report[1][0].read_text(encoding="utf-8"))
    assert page.links
    assert {link for link in page.links if not link.startswith("data:")} <= {f"#{name}" for name in page.ids}
    assert len(page.alts) == page.tags.count("img") == page.tags.count("figcaption")
    assert all(page.alts)
    assert page.tags.count("script") == page.tags.count("style") == 1  # ours; see tests/report/test_page.py


def test_the_page_says_what_a_reader_must_know_first(report):
    results, written, _ = report
    text = Page(written[0].read_text(encoding="utf-8")).text
    first_number = text.index("0,9" if results.lang == "sv" else "0.9")
    for words in {
        "sv": ("k1, k2 och k3 är automatiska läsningar", "gjord utan kodbok", "Kodboken skrevs efter att"),
        "en": (
            "k1, k2 and k3 are automatic readings",
            "made without a codebook",
            "The codebook was written after",
        ),
    }[results.lang]:
        assert text.index(words) < first_number
    independent = "Med kodboken, oberoende" if results.lang == "sv" else "With the codebook, independently"
    pooled = "Alla tillsammans (" if results.lang == "sv" else "Everybody together ("
    assert text.index(independent) < text.index(pooled)


def test_the_pages_counts_are_those_of_each_coder_and_the_settled(report):
    results, written, _ = report
    text = Page(written[0].read_text(encoding="utf-8")).text
    label = "Systemsyn" if results.lang == "sv" else "Systems view"
    assert f"{label} 20 20 20 17 21 1 3 1 1 1" in text


def test_alpha_stands_in_the_page_as_it_was_worked_out(report):
    results, written, _ = report
    text = Page(written[0].read_text(encoding="utf-8")).text
    for row in forest_rows(results, MAIN).itertuples():
        shown = f"{row.value:.2f}".replace(".", "," if results.lang == "sv" else ".")
        assert shown in text


def test_texts_of_notes_are_text_not_markup(tmp_path):
    notes = pd.DataFrame({"note_id": ["n1"], "text": ["<script>alert(1)</script> & <b>fet</b>"]})
    codes = [{"id": "x", "label": "<i>X</i>"}, {"id": "y", "label": "Y"}]
    book = {"variables": [{"id": "v", "kind": "single", "label": "V", "codes": codes}]}
    study = Study.create(tmp_path / "s", notes=notes, codebook=book, title="A <b> & C")
    study.decide("anna", "n1", "v", "x", memo='"><img src=x>')
    study.decide("bo", "n1", "v", "y")
    results = work_out(study, n_resamples=0)
    pictures = dict.fromkeys(["counts_v", "agreement", "agreement_v", "confusions_v"], "data:,")
    page = Page(render_page(results, pictures))
    assert page.tags.count("script") == 1  # ours
    assert not {"i", "bold"} & set(page.tags)
    assert "<script>alert(1)</script> & <b>fet</b>" in page.text
    assert '"><img src=x>' in page.text


def test_the_same_study_gives_the_same_bytes(tmp_path, sample_study):
    bytes_of = []
    for name in ("one", "two"):
        results = work_out(sample_study, "sv", n_resamples=100)
        written = write_report(results, tmp_path / name)
        bytes_of.append({path.name: path.read_bytes() for path in written})
    assert bytes_of[0] == bytes_of[1]


def test_a_study_that_nobody_coded_has_a_page(tmp_path):
    study = Study.create(tmp_path / "s")
    written = write_report(work_out(study, "sv"), tmp_path / "out")
    assert "Ingen har kodat något ännu" in written[0].read_text(encoding="utf-8")


def test_an_unreadable_study_file_makes_nobody_a_person(tmp_path):
    from sekom_analysis.study.making import create_sample

    create_sample(tmp_path / "s")
    (tmp_path / "s" / "data" / "raw" / "study.yaml").write_text("id: [broken", encoding="utf-8")
    results = work_out(Study.open(tmp_path / "s"), "en", n_resamples=0)
    assert set(results.coders["kind"]) == {"unknown"}
    page = Page(write_report(results, tmp_path / "out")[0].read_text(encoding="utf-8"))
    assert "it is not known which coders are people" in page.text
    assert "study.yaml" in results.problems["file"].tolist()


def test_tables_are_written_as_the_language_reads_them(tmp_path):
    table = pd.DataFrame({"value": [0.8125, None], "n": [3, 4], "note": ["a;b", ""]})
    swedish = write_localised(table, tmp_path / "t.sv.csv", "sv").read_bytes().decode("utf-8-sig")
    english = write_localised(table, tmp_path / "t.en.csv", "en").read_bytes().decode("utf-8")
    assert swedish.splitlines()[1:] == ['"0,8125";3;"a;b"', ";4;"]
    assert english.splitlines()[1:] == ['0.8125,3,"a;b"', ",4,"]


@pytest.mark.parametrize("name", ["report.html.j2", "page.html.j2"])
def test_no_number_stands_in_the_template(root, name):
    template = (root / "sekom_analysis/report/templates" / name).read_text(encoding="utf-8")
    shown = re.sub(r"{[{%#].*?[}%#]}|<style>.*?</style>|<[^>]*>", "", template, flags=re.S)
    assert not re.search(r"[0-9]{2}|[0-9][.,][0-9]", shown)


def test_a_section_shows_every_kind_of_block(sample_study):
    results = work_out(sample_study, "sv", n_resamples=0)
    frame = pd.DataFrame({"a": [1]})
    blocks = [
        Heading("Underrubrik"),
        Text("Ett stycke med <tecken>."),
        Bullets(["första punkten", "andra punkten"]),
        Table("prov", "En tabell", ["Kod", "Antal", "Varför"], [["x", "7", "därför"]], (True, False), frame),
        Note("B001", "Lappens ord", [("k1", "Kunskap", "minnesord")]),
    ]
    page = Page(render_page(results, _no_pictures(results), [Section("Provavsnitt", blocks)]))
    for words in ("Provavsnitt", "Underrubrik", "Ett stycke med <tecken>.", "andra punkten", "En tabell",
                  "Antal", "7", "därför", "Lappens ord", "Kunskap", "minnesord"):  # fmt: skip
        assert words in page.text
    assert Section("", blocks).tables() == {"prov": frame}


def _no_pictures(results):
    stems = [f"{kind}_{v}" for v in results.counts for kind in ("counts", "agreement", "confusions")]
    return dict.fromkeys(["agreement", *stems], "data:,")


def test_word_gets_headings_captions_tables_and_pictures(report):
    folder, lang = report[2], report[0].lang
    document = Document(str(folder / f"report.{lang}.docx"))
    styles = [paragraph.style.name for paragraph in document.paragraphs]
    html = (folder / f"report.{lang}.html").read_text(encoding="utf-8")
    assert styles[0] == "Title"
    assert styles.count("Heading 2") == html.count("<h2") - html.count('class="screen"')
    assert styles.count("Heading 3") == html.count("<h3")
    figure, table = WORD[lang]
    captions = [p.text for p in document.paragraphs if p.style.name == "Image Caption"]
    assert [re.match(rf"{figure} (\d+)\.", text)[1] for text in captions] == [
        str(place) for place in range(1, html.count("<figure") + 1)
    ]
    captions = [p.text for p in document.paragraphs if p.style.name == "Table Caption"]
    numbered = [found[1] for text in captions if (found := re.match(rf"{table} (\d+)\. ", text))]
    assert numbered == [str(place) for place in range(1, html.count("<caption><b>") + 1)]
    assert (
        len(captions) - len(numbered) == html.count('<caption class="said">') > 10
    )  # a note above its codes
    assert len(document.inline_shapes) == html.count("<img")
    assert round(document.sections[0].page_width.mm) == 210
    word = document.styles.element.nsmap["w"]
    assert {lang_.get(f"{{{word}}}val") for lang_ in document.styles.element.iter(f"{{{word}}}lang")} == {
        LANGUAGE[lang]
    }


def test_in_word_no_row_and_no_short_table_is_torn_between_pages(report):
    document = Document(str(report[2] / f"report.{report[0].lang}.docx"))
    assert {len(table.rows) <= 6 for table in document.tables} == {True, False}
    for table in document.tables:
        rows = list(table.rows)
        assert all(row._tr.trPr.xpath("w:cantSplit") for row in rows)
        for place, row in enumerate(rows, start=1):
            kept = {p.paragraph_format.keep_with_next for cell in row.cells for p in cell.paragraphs}
            assert kept == ({True} if len(rows) <= 6 and place < len(rows) else {None})


def test_every_picture_in_word_has_a_text_for_those_who_do_not_see_it(report):
    folder, lang = report[2], report[0].lang
    document = Document(str(folder / f"report.{lang}.docx"))
    described = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert described
    assert all(described)


def test_the_pdf_is_a4_with_every_heading(report):
    folder, lang = report[2], report[0].lang
    pdf = PdfReader(folder / f"report.{lang}.pdf")
    assert {(round(float(p.mediabox.width)), round(float(p.mediabox.height))) for p in pdf.pages} == {
        (595, 842)
    }
    text = re.sub(r"\s+", " ", " ".join(page.extract_text() for page in pdf.pages))
    html = (folder / f"report.{lang}.html").read_text(encoding="utf-8")
    on_screen = set(re.findall(r'class="screen" aria-labelledby="([^"]*)"', html))
    headings = re.findall(r'<h[12](?: id="([^"]*)")?>([^<]+)</h', html)
    assert all(unescape(heading) in text for name, heading in headings if name not in on_screen)
    figures, _ = WORD[lang]
    assert f"{figures} {html.count('<figure')}." in text
    assert pdf.metadata.title == report[0].study.about.title.in_(lang)


def write_pdf(html, path, title, lang):
    path.write_bytes(documents.pdf_bytes(html, path.parent, title, lang))
    return path


@pytest.mark.parametrize("form", ["docx", "pdf"])
def test_two_runs_give_the_same_bytes(report, form):
    folder, lang = report[2], report[0].lang
    ending, write = {"docx": ("png", documents.write_docx), "pdf": ("svg", write_pdf)}[form]
    page = f'<h2>Rubrik</h2><img src="agreement.{lang}.{ending}" alt="a"><table><tr><td>1</td></tr></table>'
    first, second = (write(page, folder / f"{name}.{form}", "T", lang).read_bytes() for name in "ab")
    time.sleep(2.1)  # a ZIP's dates go by two seconds
    third = write(page, folder / f"c.{form}", "T", lang).read_bytes()
    assert first == second == third


def test_the_date_is_the_one_asked_for(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    path = write_pdf("<p>Hej</p>", tmp_path / "a.pdf", 'En "titel"', "sv")
    assert PdfReader(path).metadata.creation_date.year == 1970
    assert PdfReader(path).metadata.title == 'En "titel"'
    assert not list(tmp_path.glob(".*"))


def test_an_unknown_form_writes_nothing(sample_study, tmp_path):
    with pytest.raises(ReportError, match=r"'odt'.*html, docx, pdf.*Nothing was written"):
        write_report(work_out(sample_study, "sv", n_resamples=0), tmp_path / "f", ("html", "odt"))
    assert not (tmp_path / "f").exists()


def test_without_pandoc_the_message_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr("pypandoc.get_pandoc_path", lambda: (_ for _ in ()).throw(OSError("No pandoc")))
    with pytest.raises(ReportError, match=r'pip install "\.\[documents\]"'):
        documents.write_docx("<p>Hej</p>", tmp_path / "a.docx", "Titel", "sv")
    assert not (tmp_path / "a.docx").exists()


def test_a_document_that_cannot_be_set_is_named(tmp_path):
    with pytest.raises(ReportError, match="could not be set"):
        write_pdf('<p><img src="missing.svg" alt=""></p>', tmp_path / "a.pdf", "T", "sv")


@pytest.mark.office
def test_libreoffice_opens_the_document(report, tmp_path):
    folder, lang = report[2], report[0].lang
    if lang != "sv":
        pytest.skip("one language is enough to see that it opens")
    if shutil.which("soffice") is None:
        if os.environ.get("CI") == "true":
            pytest.fail("LibreOffice is missing: apt-get install --no-install-recommends libreoffice-writer")
        pytest.skip("LibreOffice (soffice) is not installed")
    subprocess.run(
        ["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to",
         "pdf", "--outdir", str(tmp_path), str(folder / f"report.{lang}.docx")],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    pages = PdfReader(tmp_path / f"report.{lang}.pdf").pages
    assert len(pages) > 5
    assert "rapport-2016" in " ".join(page.extract_text() for page in pages)


def test_columns_are_as_wide_as_their_texts_want():
    rows = [["Kod", "n"], ["En ganska lång rubrik på två rader", "4"]]
    wide, narrow = column_shares(rows)
    assert wide + narrow == pytest.approx(100)
    assert wide > 4 * narrow
    assert fits(rows)
    assert not fits([["ord " * 40, "1"]])


def test_the_appendix_of_a_study_without_single_codes_says_nothing_false(tmp_path):
    codes = [{"id": f"k{n}", "label": {"sv": f"Tema {n}", "en": f"Theme {n}"}} for n in range(30)]
    question = {"sv": "Vilka?", "en": "Which?"}
    book = {
        "variables": [
            {"id": "teman", "kind": "multiple", "label": question, "question": question, "codes": codes}
        ]
    }
    notes = pd.DataFrame({"text": ["Tiden saknas", "Viljan finns"]})
    study = Study.create(tmp_path / "s", notes=notes, codebook=book)
    for note in study.notes.index:
        study.decide("anna", note, "teman", "k1|k2")
    path = study.root / "data/raw/study.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "appendix: notes\n", encoding="utf-8")
    study = Study.open(study.root)
    page = render_page(work_out(study, "sv", n_resamples=0), defaultdict(str))
    assert "Tiden saknas" in page
    assert "inte kodade" not in page
