"""The report as PDF: every text comes back out of it, and it says of itself what a reader's aids ask for."""

import re
import shutil
from pathlib import Path
from unicodedata import normalize

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from sekom_analysis.basics.errors import ReportError
from sekom_analysis.report.blocks import Bullets, Fact, Figure, Heading, Note, Section, Table, Text
from sekom_analysis.report.common import Head
from sekom_analysis.report.typeset import _fonts, has_signs, pdf_bytes

HEAD = Head(title="Titel", lead="Ingress", before=[])
SIGNS = "#$@*_\\<>\"'`/=-+~[](){}|^%&!?:;.,0123456789 aZåäöéßñαΩ→≈–…«»“”≤×😀"
MARKS = ["= rubrik", "== a", "- punkt", "+ ett", "1. ett", "/ ord: mening", "// kvar", "/* kvar */",
         "https://a.se/b_c", "```kod```", '#import "x"', "#let a = 1", "\\u{41}", "\\", '"', "$a_1$", "@fig",
         "<fig>", "~", "---", "[a](b)", "#(", "])", "*_", "\\n", "''", "a--b", "#text(red)[x]", "&amp; &lt;",
         "%d {n}"]  # fmt: skip


def made(tmp_path, blocks, head=HEAD, lang="sv", pictures=None):
    path = tmp_path / "report.pdf"
    shown = [Section("Avsnitt", blocks)]
    path.write_bytes(pdf_bytes(shown, head, pictures or {}, tmp_path, lang))
    return PdfReader(path)


def said(pdf: PdfReader) -> str:
    return bare(" ".join(page.extract_text() for page in pdf.pages))


def bare(text: str) -> str:
    """The text without what lines and their ends add to it."""
    return re.sub(r"[\s\u00ad\u2010-]", "", normalize("NFKC", text))


def elements(pdf: PdfReader):
    """Every element of the structure, in its order."""
    todo = [pdf.trailer["/Root"]["/StructTreeRoot"]["/K"]]
    while todo:
        one = todo.pop(0).get_object()
        if isinstance(one, ArrayObject):
            todo = [*one, *todo]
        elif isinstance(one, DictionaryObject):
            yield one
            todo = [one["/K"], *todo] if "/K" in one else todo


def marked(pdf: PdfReader) -> list[str]:
    return [str(one["/S"]) for one in elements(pdf) if "/S" in one]


text = st.text(st.sampled_from(SIGNS), min_size=1, max_size=50) | st.sampled_from(MARKS)
quick = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(texts=st.lists(text, min_size=9, max_size=9))
@example(texts=MARKS[:9])
@example(texts=MARKS[9:18])
@example(texts=MARKS[18:27])
@example(texts=[*MARKS[27:], *MARKS[:6]])
def test_every_text_comes_back_from_every_kind_of_block(tmp_path, texts):
    heading, para, remark, item, cell, caption, words, memo, fact = texts
    blocks = [
        Heading(heading), Text(para), Text(remark, remark=True), Bullets([item]),
        Table("t", caption, ["K"], [[cell]]), Note("n1", words, [("anna", "kod", memo)]),
        Fact("7", "av 9", fact),
    ]  # fmt: skip
    found = said(made(tmp_path, blocks))
    for one in texts:
        assert bare(one) in found


@quick
@given(title=text.filter(str.strip), lead=text, line=text)
def test_title_lead_and_what_to_know_come_back_too(tmp_path, title, lead, line):
    pdf = made(tmp_path, [Text("x")], Head(title=title, lead=lead, before=[line], author=title))
    found = said(pdf)
    assert all(bare(one) in found for one in (title, lead, line))
    assert pdf.metadata.title == pdf.metadata.author == re.sub(" +", " ", title).strip()


def test_signs_of_any_script_come_back_too(tmp_path):
    if not any(Path(folder, "LastResortHE-Regular.ttf").is_file() for folder in _fonts()):
        pytest.skip("Matplotlib brings a font for every sign from 3.11 on")
    pdf = made(tmp_path, [Text("Raketen 🚀 och 中"), Text("\x1b[2Jnivå\u202e")])
    found = " ".join(page.extract_text() for page in pdf.pages)
    assert "Raketen 🚀 och 中" in found
    assert "�[2Jnivå�" in found
    assert is_accessible(pdf)


def is_accessible(pdf: PdfReader) -> bool:
    """Whether the document says that it meets PDF/UA-1, as Typst lets only one that passed its tests."""
    return b"<pdfuaid:part>1</pdfuaid:part>" in pdf.trailer["/Root"]["/Metadata"].get_data()


def test_signs_that_are_put_together_do_not_stop_the_pdf(tmp_path):
    pdf = made(tmp_path, [Text("e\u0301 \u0301 👩\u200d💻 שלום a\u0308\u0332 \ue000 🇸🇪 ❤\ufe0f")])
    assert "Titel" in pdf.pages[0].extract_text()


PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="{height}"><rect width="9" height="9"/></svg>'
)


def test_the_structure_has_title_headings_lists_tables_and_figures_with_their_texts(tmp_path):
    (tmp_path / "f.svg").write_text(PICTURE.format(height=100), "utf-8")
    rows = [["a", "1"], ["b", "2"]]
    table = Table(
        "t", "En tabell", ["Kod", "n"], rows, spans=[("Över", 1)], groups={1: "Grupp"}, foot=["Σ", "3"]
    )
    figure = Figure("f", "En figur", 'Fyra "streck" & <två>', lambda: None)
    blocks = [
        Heading("Under", 4),
        Heading("Djupare", 7),
        Bullets(["ett", "två"]),
        table,
        figure,
        Heading("Under"),
    ]
    head = Head(title="T", lead="L", before=["Vet"], author="Anna Ö", moment=1_700_000_000)
    pdf = made(tmp_path, blocks, head, pictures={"f": "f.svg"})
    root = pdf.trailer["/Root"]
    assert root["/Lang"] == "sv-SE"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert is_accessible(pdf)
    kinds = marked(pdf)
    assert [kind for kind in kinds if re.fullmatch("/H[0-9]", kind)] == ["/H1", "/H1", "/H2", "/H3", "/H2"]
    assert {"/L", "/LI", "/Table", "/TH", "/TD", "/Caption"} <= set(kinds)
    assert [one["/Alt"] for one in elements(pdf) if one.get("/S") == "/Figure"] == ['Fyra "streck" & <två>']
    found = re.sub(r"\s+", " ", pdf.pages[0].extract_text())
    assert "Figur 1. En figur" in found
    assert "Tabell 1. En tabell" in found
    assert "1 (1)" in found
    assert [one.title for one in pdf.outline if not isinstance(one, list)] == [
        "Att veta innan du läser",
        "Avsnitt",
    ]
    assert pdf.metadata.author == "Anna Ö"
    assert pdf.metadata.creation_date.timestamp() == 1_700_000_000


def test_the_language_is_the_report_s(tmp_path):
    rows = [["a", "1"]]
    pdf = made(tmp_path, [Table("t", "A table", ["Code", "n"], rows)], lang="en")
    assert pdf.trailer["/Root"]["/Lang"] == "en-GB"
    assert "Table 1. A table" in pdf.pages[0].extract_text()


def test_a_list_of_contents_leads_to_each_section(tmp_path):
    path = tmp_path / "report.pdf"
    shown = [Section(f"Avsnitt {name}", [Text("ord " * 900)]) for name in "abc"]
    path.write_bytes(pdf_bytes(shown, HEAD, {}, tmp_path, "sv"))
    pdf = PdfReader(path)
    first = pdf.pages[0].extract_text()
    assert "Innehåll" in first
    assert [int(n) for n in re.findall(r"Avsnitt [abc][ .]*([0-9]+)", first)] == [
        pdf.get_destination_page_number(one) + 1 for one in pdf.outline
    ]
    assert len([link for link in pdf.pages[0]["/Annots"] if link.get_object()["/Subtype"] == "/Link"]) == 3
    later = pdf.pages[2].extract_text()
    assert "Titel" in later
    assert f"3 ({len(pdf.pages)})" in later


def test_a_note_is_whole_and_a_table_repeats_its_heading(tmp_path):
    rows = [[f"rad {n}", str(n)] for n in range(120)]
    notes = [
        Note(f"n{n}", f"början{n} " + "ord " * 90 + f"slutet{n}", [("anna", "kod", "skäl")])
        for n in range(20)
    ]
    pdf = made(tmp_path, [Table("t", "Lång", ["Rubriken", "n"], rows), *notes])
    pages = [page.extract_text() for page in pdf.pages]
    assert sum("Rubriken" in page for page in pages) == sum("rad " in page for page in pages) > 1
    for n in range(20):
        assert any(f"början{n} " in page and f"slutet{n}" in page for page in pages)


def test_a_text_longer_than_a_page_goes_on_on_the_next(tmp_path):
    words = " ".join(f"ord{n}" for n in range(3000))
    pdf = made(tmp_path, [Table("t", "T", ["K", "Text"], [["a", words]], [False]), Note("n1", words)])
    assert said(pdf).count("ord2999") == 2


def test_a_figure_higher_than_a_page_is_made_to_fit(tmp_path):
    (tmp_path / "f.svg").write_text(PICTURE.format(height=2000), "utf-8")
    figure = Figure("f", "Under figuren", "Beskriven", lambda: None)
    pdf = made(tmp_path, [figure], pictures={"f": "f.svg"})
    assert "Under figuren" in pdf.pages[0].extract_text()


def test_nothing_is_left_beside_the_pictures_and_a_missing_one_is_named(tmp_path):
    figure = Figure("f", "F", "A", lambda: None)
    with pytest.raises(ReportError, match=r"could not be set.*missing\.svg"):
        made(tmp_path, [figure], pictures={"f": "missing.svg"})
    assert list(tmp_path.iterdir()) == []


def test_typst_is_not_asked_for_fonts_of_this_computer(tmp_path):
    one = made(tmp_path, [Text("Bröd")])
    fonts = {font["/BaseFont"].split("+")[1] for page in one.pages
             for font in (f.get_object() for f in page["/Resources"]["/Font"].values())}  # fmt: skip
    assert all(name.startswith("LibertinusSerif") for name in fonts)
    shutil.copyfile(tmp_path / "report.pdf", tmp_path / "first.pdf")
    made(tmp_path, [Text("Bröd")])
    assert (tmp_path / "report.pdf").read_bytes() == (tmp_path / "first.pdf").read_bytes()


LIVE = """<svg xmlns="http://www.w3.org/2000/svg" width="300" height="40">
<text x="9" y="20" style="font-family: 'Arial', 'DejaVu Sans', sans-serif">{words}</text></svg>"""


def test_a_drawing_s_texts_stay_texts_in_the_figures_own_font(tmp_path):
    (tmp_path / "f.svg").write_text(LIVE.format(words="Hållbart ≈ α &amp; 😀"), "utf-8")
    pdf = made(tmp_path, [Figure("f", "F", "A", lambda: None)], pictures={"f": "f.svg"})
    assert "Hållbart ≈ α & 😀" in pdf.pages[0].extract_text()
    fonts = [str(one["/BaseFont"]) for one in map(pdf.get_object, range(1, len(pdf.xref[0]) + 1))
             if isinstance(one, DictionaryObject) and "/BaseFont" in one]  # fmt: skip
    assert any("DejaVuSans" in name for name in fonts)
    assert not any("LastResort" in name for name in fonts)


@pytest.mark.parametrize(
    ("words", "has"),
    [("Hållbart ≈ α &amp; 😀", True), ("Raket 🚀", False), ("Raket &#128640;", False), ("中", False)],
)
def test_a_drawing_with_signs_that_the_font_lacks_is_told(words, has):
    assert has_signs(LIVE.format(words=words).encode()) is has
    assert has_signs(PICTURE.format(height=9).encode() + f"<!-- {words} -->".encode())
