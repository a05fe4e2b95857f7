"""The report for Word: its headings, captions, contents, pages and tables are Word's own."""

import re
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekom_analysis.basics.errors import ReportError
from sekom_analysis.report.blocks import Bullets, Fact, Figure, Heading, Note, Section, Table, Text
from sekom_analysis.report.common import Head
from sekom_analysis.report.word import docx_bytes

HEAD = Head(title="Titel & <namn>", lead="Ingress", before=["Vet"], author="Anna Ö", moment=1_700_000_000)
ROWS = [["a", "1", "2"], ["b", "3", "4"]]
TABLE = Table("t", "En tabell", ["Kod", "ett", "två"], ROWS)


def made(tmp_path, shown, lang="sv", pictures=None):
    return Document(BytesIO(docx_bytes(shown, HEAD, pictures or {}, tmp_path, lang)))


def styled(document, style):
    return [paragraph for paragraph in document.paragraphs if paragraph.style.name == style]


def fields(element):
    """What Word is to work out in an element, in its order."""
    return [instruction.text.strip() for instruction in element.iter(qn("w:instrText"))]


@pytest.mark.parametrize(("lang", "figure", "table"), [("sv", "Figur", "Tabell"), ("en", "Figure", "Table")])
def test_captions_count_themselves_and_can_be_referred_to(tmp_path, root, lang, figure, table):
    picture = Figure("f", "En figur", 'Fyra "streck" & <två>', lambda: None)
    shown = [Section("A", [TABLE, picture, TABLE])]
    document = docx_bytes(shown, HEAD, {"f": "counts.sv.png"}, root / "docs" / "pictures", lang)
    document = Document(BytesIO(document))
    captions = styled(document, "Caption")
    assert [caption.text for caption in captions] == [
        f"{table} 1. En tabell", f"{figure} 1. En figur", f"{table} 2. En tabell"
    ]  # fmt: skip
    assert [fields(caption._p) for caption in captions] == [
        [rf"SEQ {word} \* ARABIC"] for word in (table, figure, table)
    ]
    for caption in captions:
        start = caption._p.find(qn("w:bookmarkStart"))
        assert start.getnext().tag == qn("w:r")
        after = caption._p.find(qn("w:bookmarkEnd")).getnext()
        assert "".join(text.text for text in after.iter(qn("w:t"))) == "."  # "Figur 1" is what is referred to
        assert start.get(qn("w:name")).startswith("_Ref")
    marks = [mark.get(qn("w:name")) for mark in document.element.iter(qn("w:bookmarkStart"))]
    numbers = [mark.get(qn("w:id")) for mark in document.element.iter(qn("w:bookmarkStart"))]
    assert len(set(marks)) == len(marks)
    assert len(set(numbers)) == len(numbers)
    drawn = document.inline_shapes[0]._inline.docPr
    assert drawn.get("descr") == 'Fyra "streck" & <två>'
    assert drawn.get("title") == "En figur"


def test_headings_begin_at_level_1_and_leave_none_out(tmp_path):
    blocks = [Heading("b", 4), Heading("c", 7), Heading("d", 4), Heading("e", 3), Heading("f", 4)]
    document = made(tmp_path, [Section("A", blocks), Section("B", [Text("x")])])
    found = [(p.style.name[-1], p.text) for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert found == [("1", "A"), ("2", "b"), ("3", "c"), ("2", "d"), ("2", "e"), ("3", "f"), ("1", "B")]
    assert document.paragraphs[0].style.name == "Title"
    assert document.paragraphs[0].text == "Titel & <namn>"


def test_the_contents_are_there_before_word_has_worked_them_out(tmp_path):
    shown = [
        Section("Första", [Text("x")]),
        Section("Andra & sista", [Text("x")]),
        Section("Bilaga", [Text("x")], is_appendix=True),
    ]
    document = made(tmp_path, shown)
    contents = document.element.body.find(qn("w:sdt"))
    assert fields(contents) == [r'TOC \o "1-1" \h \z']
    links = {
        "".join(t.text for t in link.iter(qn("w:t"))): link.get(qn("w:anchor"))
        for link in contents.iter(qn("w:hyperlink"))
    }
    assert list(links) == ["Första", "Andra & sista", "Bilaga"]
    marks = {
        mark.get(qn("w:name")): mark.getparent() for mark in document.element.iter(qn("w:bookmarkStart"))
    }
    for heading, mark in links.items():
        assert "".join(text.text for text in marks[mark].iter(qn("w:t"))) == heading
    kinds = [char.get(qn("w:fldCharType")) for char in contents.iter(qn("w:fldChar"))]
    assert kinds == ["begin", "separate", "end"]
    assert document.settings.element.find(qn("w:updateFields")).get(qn("w:val")) == "true"
    assert made(tmp_path, shown[:1]).element.body.find(qn("w:sdt")) is None  # nothing to find one's way in


def test_contents_stand_after_findings_and_parts_begin_on_a_new_page(tmp_path):
    shown = [
        Section("I korthet", [Fact("7", "av 9", "Sju")]), Section("Annat", [Text("x")]),
        Section("Metod", [Text("x")], is_method=True), Section("Mer metod", [Text("x")], is_method=True),
        Section("Bilaga", [Text("x")], is_appendix=True),
    ]  # fmt: skip
    document = made(tmp_path, shown)
    order = [child.tag.rpartition("}")[2] for child in document.element.body]
    texts = ["".join(text.text for text in child.iter(qn("w:t"))) for child in document.element.body]
    assert texts.index("I korthet") < order.index("sdt") < texts.index("Annat")
    new = [
        p.text for p in styled(document, "Heading 1") if p._p.pPr.find(qn("w:pageBreakBefore")) is not None
    ]
    assert new == ["Metod", "Bilaga"]
    assert texts[-3:-1] == ["Bilaga", "x"]  # the last appendix ends where the document does


def test_pages_are_numbered_and_later_ones_say_of_what(tmp_path):
    section = made(tmp_path, [Section("A", [Text("x")])]).sections[0]
    assert section.different_first_page_header_footer
    for footer in (section.footer, section.first_page_footer):
        assert fields(footer._element) == ["PAGE", "NUMPAGES"]
        assert footer.paragraphs[0].text == "1 (1)"
    assert section.header.paragraphs[0].text == "Titel & <namn>"
    assert section.first_page_header.paragraphs[0].text == ""


def test_a_table_s_heads_are_merged_repeated_and_its_rows_whole(tmp_path):
    table = Table("t", "T", ["Kod", "a", "b", "c"], [["x", "1", "2", "skäl"], ["y", "3", "4", ""]],
                  [True, True, False], spans=[("Över", 2), ("", 1)], groups={1: "Grupp"},
                  remarks={0: "anm"}, foot=["Summa", "4", "6", ""])  # fmt: skip
    found = made(tmp_path, [Section("A", [table])]).tables[0]
    rows = [row._tr for row in found.rows]
    assert [row.trPr.find(qn("w:tblHeader")) is not None for row in rows] == [True, True, *[False] * 4]
    assert all(row.trPr.find(qn("w:cantSplit")) is not None for row in rows)
    assert [cell.text for cell in found.rows[0].cells] == ["Kod", "Över", "Över", ""]
    assert [cell.text for cell in found.rows[1].cells] == [
        "Kod",
        "a",
        "b",
        "c",
    ]  # the first goes through both
    assert {cell.text for cell in found.rows[3].cells} == {"Grupp"}
    assert found.cell(2, 0).text == "x\nanm"
    sides = [found.cell(2, n).paragraphs[0].alignment for n in range(4)]
    assert [str(side) for side in sides] == ["None", "RIGHT (2)", "RIGHT (2)", "None"]
    assert [cell.paragraphs[0].style.name for cell in found.rows[5].cells] == ["Table Heading"] * 4
    assert found._tbl.tblPr.find(qn("w:tblCaption")).get(qn("w:val")) == "T"


def test_a_long_row_may_be_torn_and_a_long_table_too(tmp_path):
    long = Table("t", "T", ["K", "Text"], [["a", "ord " * 900], *[["b", "c"]] * 9], [False])
    found = made(tmp_path, [Section("A", [long])]).tables[0]
    torn = [row._tr.trPr.find(qn("w:cantSplit")) is None for row in found.rows]
    assert torn == [False, True, *[False] * 9]
    assert not list(found._tbl.iter(qn("w:keepNext")))


def test_what_only_names_what_comes_next_is_kept_with_it(tmp_path):
    blocks = [
        Text("Ense om:"),
        Bullets(["a"]),
        Text("En mening."),
        Bullets(["b"]),
        Note("n1", "Ord", [("anna", "k", "")]),
    ]
    document = made(tmp_path, [Section("A", blocks)])
    kept = {p.text: p.paragraph_format.keep_with_next for p in document.paragraphs}
    assert kept["Ense om:"]
    assert not kept["En mening."]
    assert kept["Ord n1"]


def test_a_note_without_remarks_has_two_columns(tmp_path):
    lines = [("anna", "kod", "skäl"), ("bo", "kod", "")]
    notes = [Note("n1", "Ord", lines), Note("n2", "Ord", [("anna", "kod", "")]), Note("n3", "Ord")]
    assert [len(table.columns) for table in made(tmp_path, [Section("A", notes)]).tables] == [3, 2]


signs = st.characters(codec="utf-8", exclude_categories=["Cs"])
settings_of = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@settings_of
@given(text=st.text(signs, max_size=60))
def test_every_text_is_a_text_and_stays_on_its_line(tmp_path, text):
    blocks = [
        Text(f"x{text}x"),
        Bullets([f"x{text}x"]),
        Table("t", "c", ["k"], [[f"x{text}x"]]),
        Note("n", f"x{text}x"),
    ]
    document = made(tmp_path, [Section("A", blocks)])
    said = [p.text for p in document.paragraphs if p.text.startswith("x")] + [
        document.tables[0].cell(1, 0).text
    ]
    assert len({one.removesuffix(" n") for one in said}) == 1
    assert len(said) == 4
    assert not re.search("[\x00-\x1f]", said[0])


def test_the_file_is_word_s_own_and_says_nothing_of_what_made_it(tmp_path):
    content = docx_bytes([Section("A", [TABLE])], HEAD, {}, tmp_path, "sv")
    with ZipFile(BytesIO(content)) as parts:
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in parts.namelist() if "thumbnail" in name]
        core = parts.read("docProps/core.xml").decode()
        settings_xml = parts.read("word/settings.xml").decode()
    assert "python-docx" not in core
    assert "<dc:creator>Anna Ö</dc:creator>" in core
    assert re.search(r'compatibilityMode"[^>]*w:val="15"', settings_xml)
    assert settings_xml.index("<w:updateFields") < settings_xml.index(
        "<w:compat>"
    )  # in the order of the format


def test_a_picture_that_is_gone_is_named(tmp_path):
    with pytest.raises(ReportError, match=r"f\.png: cannot be read .*was not made"):
        made(tmp_path, [Section("A", [Figure("f", "F", "A", lambda: None)])], pictures={"f": "f.png"})
