"""The report's page and files: complete, self-contained, the same bytes twice, and no number of its own."""

import re
from html.parser import HTMLParser

import pandas as pd
import pytest

from sekom_analysis.report import render_page, write_report
from sekom_analysis.report.blocks import Bullets, Heading, Note, Section, Table, Text
from sekom_analysis.report.cells import forest_rows, write_localised
from sekom_analysis.results import MAIN, work_out
from sekom_analysis.study import Study


class Page(HTMLParser):
    """Collects what a page shows and what it points to."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.texts, self.alts = [], [], [], []
        self._quiet = False
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self._quiet = tag == "style"
        attributes = dict(attrs)
        self.links += [attributes[name] for name in ("src", "href") if name in attributes]
        self.alts += [attributes["alt"]] if "alt" in attributes else []

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
    return results, write_report(results, folder), folder


def test_every_figure_and_table_is_a_file(report):
    results, written, folder = report
    lang = results.lang
    assert written[0] == folder / f"report.{lang}.html"
    for stem in ("counts_category_b", "counts_category_d", "agreement", "confusions_category_b"):
        for ending in ("png", "svg", "pdf"):
            assert folder / f"{stem}.{lang}.{ending}" in written
    assert folder / "tables" / f"agreement.{lang}.csv" in written
    assert all(path.stat().st_size > 100 for path in written)


def test_the_page_needs_no_other_file(report):
    page = Page(report[1][0].read_text(encoding="utf-8"))
    assert page.links
    assert all(link.startswith("data:") for link in page.links)
    assert len(page.alts) == page.tags.count("img") == page.tags.count("figcaption")
    assert all(page.alts)
    assert "script" not in page.tags


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


def test_the_pages_counts_are_the_reports_own(report):
    results, written, _ = report
    text = Page(written[0].read_text(encoding="utf-8")).text
    label = "Systemsyn" if results.lang == "sv" else "Systems view"
    assert f"{label} 20 20 20 17 1 3 1 1" in text


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
    assert not {"script", "i", "bold"} & set(page.tags)
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
    from sekom_analysis.newstudy import create_sample

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


def test_no_number_stands_in_the_template(root):
    template = (root / "sekom_analysis" / "templates" / "report.html.j2").read_text(encoding="utf-8")
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
