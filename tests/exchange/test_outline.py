"""A report's appendix becomes notes and the report's own sorting, and every line is accounted for."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.exchange.outline import Headings, read_headings, read_outline
from sekom_analysis.exchange.outline.lines import (
    goes_on,
    is_date_stamp,
    is_page_number,
    markdown_lines,
    text_lines,
)
from sekom_analysis.exchange.outline.reading import (
    BEFORE,
    EMPTY,
    HEADING,
    JOINED,
    NOTE,
    OUTSIDE,
    PAGE_NUMBER,
    STAMP,
)
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.raw import open_raw
from tests.memory import PEAK_MB

from .reports import CODEBOOK, EXPECTED, HEADINGS, ONE_SPELLING, REPORT, as_word, write

BOOK = Codebook.model_validate(CODEBOOK)
ENDINGS = [".txt", ".md", ".docx"]
SOURCES = Path(__file__).parents[3] / "shared" / "sources"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


@pytest.fixture
def headings(tmp_path) -> Path:
    path = tmp_path / "headings.yaml"
    path.write_text(HEADINGS, encoding="utf-8")
    return path


def read(outline):
    """Notes as they are expected: text, stage, subcategory, decisions."""
    found = []
    for note_id, note in outline.notes.iterrows():
        theirs = outline.decisions[outline.decisions["note_id"] == note_id]
        decided = dict(zip(theirs["variable"], theirs["codes"], strict=True))
        found.append((note["text"], note["stage"], note["subcategory"], decided))
    return found


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_report_with_its_headings(tmp_path, headings, ending):
    outline = read_outline(write(tmp_path, ending), headings, codebook=BOOK)
    assert read(outline) == EXPECTED
    assert list(outline.notes.index) == ["D001", "D002", "D003", "B001", "B002", "B003", "B004", "B005"]
    assert set(outline.notes["source"]) == {"dagen-2016"}
    assert set(outline.decisions["coder"]) == {"rapporten"}
    assert list(outline.doubtful["text"]) == []
    (empty,) = [problem for problem in outline.problems if problem.row]
    assert empty.what == "the heading 'Tid och pengar' has no notes"


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_line_is_accounted_for(tmp_path, headings, ending):
    lines = read_outline(write(tmp_path, ending), headings, codebook=BOOK).lines
    said = {text: taken for text, taken in zip(lines["text"], lines["taken_for"], strict=True) if text}
    expected = {
        "part": OUTSIDE,
        "category": HEADING,
        "valence": HEADING,
        "sub": HEADING,
        "note": NOTE,
        "rest": JOINED,
    }
    for kind, text in REPORT:
        if kind in expected:
            assert said[text] == expected[kind], text
    assert (said["4"], said["Sida 5 av 6"]) == (PAGE_NUMBER, PAGE_NUMBER)
    assert (said["160901"], said["2016-09-01"]) == (STAMP, STAMP)
    assert said["Förslag från dagen, i ingen särskild ordning."] == BEFORE
    assert said["Här står vad dagen gav. Tack till alla som kom."] == OUTSIDE
    assert set(lines.loc[lines["text"] == "", "taken_for"]) <= {EMPTY}
    assert set(lines["text"]) - {""} == {text for _, text in REPORT}
    row = lines.set_index("text").loc["Ingen frågar"]
    assert (row["headings"], row["note_id"]) == ("HINDER > Kunskap > Orden", "B002")


@pytest.mark.parametrize("ending", [".md", ".docx"])
def test_styles_alone_tell_headings_where_a_report_has_them(tmp_path, ending):
    outline = read_outline(write(tmp_path, ending, ONE_SPELLING), codebook=BOOK)
    assert outline.proposal.is_sure
    assert read(outline) == EXPECTED
    assert list(outline.doubtful["text"]) == []


def test_a_category_spelled_another_way_is_a_doubt(tmp_path):
    outline = read_outline(write(tmp_path, ".docx"), codebook=BOOK)
    assert outline.proposal.unnamed == ["Föreningen's roll"]
    assert list(outline.doubtful["text"]) == ["Föreningen's roll"]
    assert read(outline)[-1][3]["category"] == "roll"  # proposed, and to be confirmed


def test_a_text_without_styles_gives_a_proposal_with_doubts(tmp_path):
    outline = read_outline(write(tmp_path, ".txt"), codebook=BOOK)
    assert not outline.proposal.is_sure
    first, second = outline.headings.parts
    assert (first.from_, first.to, first.stage) == ("BILAGA 1", "BILAGA 2", "D")
    assert [level.variable or level.column for level in second.levels] == [
        "valence",
        "category",
        "subcategory",
    ]
    assert second.levels[0].headings == {"HINDER": "hinder", "MÖJLIGHETER": "mojlighet"}
    assert second.levels[2].headings == {"Orden": ""}
    doubts = list(outline.doubtful["text"])
    assert {"Planering", "Synlighet", "Föreningen's roll"} <= set(doubts)
    assert "Vi syns sällan, och när vi gör det handlar det om" not in doubts


def test_without_a_codebook_headings_are_kept_in_columns(tmp_path):
    outline = read_outline(write(tmp_path, ".md"))
    assert outline.decisions.empty
    assert outline.notes["category"].tolist()[:4] == ["Goda exempel", "Goda exempel", "Mallar", "Kunskap"]


def test_ids_go_on_after_those_that_are_taken(tmp_path, headings):
    outline = read_outline(write(tmp_path, ".txt"), headings, taken={"B007", "B010x", "D99", "007"})
    assert list(outline.notes.index)[::3] == ["D100", "B008", "B011"]


def test_the_real_report():
    report = next(SOURCES.glob("000_*.txt"), None) if SOURCES.is_dir() else None
    if report is None:
        pytest.skip("the report of 2016 is not here")
    root = Path(__file__).parents[2]
    raw = open_raw(root)
    outline = read_outline(report, root / "docs" / "headings-2016.yaml", codebook=raw.codebook)
    wide = outline.decisions.pivot(index="note_id", columns="variable", values="codes")
    counts = wide.groupby(["valence", "category_b"]).size().unstack(fill_value=0)
    assert counts.loc["hinder"].tolist() == [6, 1, 2, 4, 13, 14, 20]
    assert counts.loc["mojlighet"].tolist() == [6, 4, 0, 0, 14, 14, 1]
    assert wide["category_d"].value_counts().sort_index().tolist() == [14, 1, 25, 4, 4, 11, 14, 7]
    assert (len(outline.notes), wide["valence"].count(), wide["category_d"].count()) == (179, 99, 80)
    # The sample's notes are the same ones in other words, in the same order under the same headings.
    ours = raw.notes.loc[outline.notes.index]
    assert ours["subcategory"].tolist() == outline.notes["subcategory"].tolist()
    assert outline.lines.loc[outline.lines["taken_for"] == JOINED, "row"].tolist() == [304, 385]
    assert outline.lines.loc[outline.lines["taken_for"] == STAMP, "text"].tolist() == ["160513", "160513"]
    assert outline.doubtful["row"].tolist() == [327]  # italic, as headings are, and a note


@pytest.mark.parametrize(
    ("text", "is_number", "is_stamp"),
    [
        ("7", True, False),
        ("- 7 -", True, False),
        ("7 (12)", True, False),
        ("Page 7 of 12", True, False),
        ("160513", False, True),
        ("161313", False, False),
        ("2016-02-30", False, False),
        ("20160513", False, True),
        ("2016", True, False),
        ("16 maj", False, False),
        ("7 förslag", False, False),
    ],
)
def test_page_numbers_and_date_stamps(text, is_number, is_stamp):
    assert (is_page_number(text), is_date_stamp(text)) == (is_number, is_stamp)


@pytest.mark.parametrize(
    ("before", "after", "is_apart", "wrapped", "joined", "is_doubtful"),
    [
        ("korta filmer för att", "förklara", True, False, True, False),
        ("korta filmer", "förklara", False, False, False, True),
        ("korta filmer", "förklara", False, True, True, False),
        ("korta filmer", "Förklara", True, False, False, False),
        ("val, budget,", "SKL", True, False, False, True),
        ("det som vi håller på med", "Nästa lapp", False, False, False, False),
        ("val, budget,", "SKL", False, True, True, True),
    ],
)
def test_when_a_line_is_the_end_of_the_one_before(before, after, is_apart, wrapped, joined, is_doubtful):
    found, doubt = goes_on(before, after, is_apart, wrapped)
    assert (found, bool(doubt)) == (joined, is_doubtful)


def test_lines_of_a_text():
    lines = text_lines(
        "<b>Fet</b>\n**också fet**\n_kursiv_\n• punkt\n1) ett\nsnake_case_namn\na\u00adb\u200b c\n"
    )
    assert [(line.text, line.mark, line.is_item) for line in lines] == [
        ("Fet", "bold", False),
        ("också fet", "bold", False),
        ("kursiv", "italic", False),
        ("punkt", "", True),
        ("ett", "", True),
        ("snake_case_namn", "", False),
        ("ab c", "", False),
        ("", "", False),
    ]


def test_lines_of_markdown():
    text = "# Ett #\n<!-- bort\nmed -->\n* punkt med **fet** och snake_case_namn\n  går vidare\n\n***\n"
    text += "Eget \\*stycke\\*\n"
    lines = [(line.row, line.text) for line in markdown_lines(text) if line.text]
    assert lines == [
        (1, "Ett"),
        (4, "punkt med fet och snake_case_namn går vidare"),
        (8, "Eget *stycke*"),
    ]


def test_marked_lines_that_no_heading_names_are_notes_in_doubt(tmp_path):
    report, headings = tmp_path / "r.txt", tmp_path / "h.yaml"
    report.write_text("Mallar\n<i>Vad nu</i>\n<i>En lapp</i>\nmed liten början\nsidhuvud\n", encoding="utf-8")
    levels = "levels: [{variable: kind, headings: {Mallar: mall, Saknas: mall}}]"
    headings.write_text(
        f"notes: [En lapp]\nleft_out: [Sidhuvud]\nparts: [{{stage: D, {levels}}}]", encoding="utf-8"
    )
    outline = read_outline(report, headings, codebook=BOOK)
    assert outline.notes["text"].tolist() == ["Vad nu", "En lapp", "med liten början"]
    doubts = dict(zip(outline.doubtful["text"], outline.doubtful["doubt"], strict=True))
    assert list(doubts) == ["Vad nu", "med liten början"]
    assert "(italic)" in doubts["Vad nu"]
    assert [problem.what for problem in outline.problems] == [
        "the heading 'Saknas' is not in the part that it is given for"
    ]


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ("parts: [{from: BILAGA 9}]", "there is no line 'BILAGA 9'"),
        ("parts: [{from: Orden}]", r"the line 'Orden' is in it 2 times \(lines 25, 40\)"),
        ("parts: [{from: 9000}]", "there is no line '9000'"),
        ("parts: [{from: BILAGA 2, to: BILAGA 1}]", "part 1 has no lines"),
        ("parts: [{}, {from: BILAGA 2}]", "two parts share lines"),
        ("parts: [{stage: D, levels: [{variable: typ}]}]", "no variable 'typ'.*its variables: valence"),
        ("parts: [{stage: B, levels: [{variable: kind}]}]", "asked of stage D, not 'B'"),
        (
            "parts: [{stage: D, levels: [{variable: kind, headings: {Mallar: malla}}]}]",
            "heading 'Mallar': 'kind' does not have the code 'malla'; its codes: exempel, mall",
        ),
        ("parts: []", "parts"),
        ("delar: []", "row 1: .*delar"),
        ("parts: [", "headings.yaml, row 1"),
        ("parts: [{levels: [{column: Två ord}]}]", "column"),
        (b"parts: [{from: BILAGA \xe5}]", "row 1: it is not UTF-8"),
    ],
)
def test_headings_that_do_not_fit_say_where(tmp_path, given, what):
    headings = tmp_path / "headings.yaml"
    headings.write_bytes(given if isinstance(given, bytes) else given.encode())
    with pytest.raises(ExchangeError, match=what) as caught:
        read_outline(write(tmp_path, ".txt"), headings, codebook=BOOK)
    assert "Nothing was saved" in str(caught.value)


def word(folder: Path, body: str, **parts: str | bytes) -> Path:
    """Write a document by hand, with whatever else is to be in it."""
    path = folder / "report.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
        )
        for name, content in parts.items():
            archive.writestr(f"word/{name.replace('__', '.')}", content)
    return path


def paragraph(*runs: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{''.join(runs)}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_tracked_changes_are_read_as_accepted_and_said(tmp_path):
    deleted = '<w:del w:id="1"><w:r><w:delText>inte </w:delText></w:r></w:del>'
    inserted = f'<w:ins w:id="2">{run("alltid ")}</w:ins>'
    moved = f"<w:moveFrom>{run('bort')}</w:moveFrom><w:moveTo>{run(' hit')}</w:moveTo>"
    path = word(
        tmp_path, paragraph(run("Rubrik", "<w:b/>")) + paragraph(run("Vi ska "), deleted, inserted, moved)
    )
    outline = read_outline(path)
    assert outline.notes["text"].tolist() == ["Vi ska alltid hit"]
    (problem,) = outline.problems
    assert (problem.row, problem.what) == (
        2,
        "it has tracked changes (deletions: 1, insertions: 1, moved texts: 1): read as if all were accepted",
    )


def test_what_a_document_has_beside_its_text_is_left_out_and_named(tmp_path):
    footnote = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    box = f"<w:r><w:pict><w:txbxContent>{paragraph(run('ruta'))}</w:txbxContent></w:pict></w:r>"
    body = paragraph(run("Rubrik", "<w:i/>")) + paragraph(run("En lapp"), footnote) + paragraph(box)
    table = f"<w:tbl><w:tr><w:tc>{paragraph(run('I en tabell'))}</w:tc></w:tr></w:tbl>"
    path = word(tmp_path, body + table, vbaProject__bin=b"\xd0\xcf", footnotes__xml="<x/>")
    outline = read_outline(path)
    assert outline.notes["text"].tolist() == ["En lapp", "I en tabell"]
    said = [(problem.row, problem.what) for problem in outline.problems]
    assert said == [
        (2, "footnotes were left out (1), the first in paragraph 2"),
        (3, "text boxes were left out, the first in paragraph 3"),
        (None, "it has macros, which were not read"),
    ]


def test_styles_take_over_from_those_they_are_based_on(tmp_path):
    def style(name: str, inside: str, base: str = "") -> str:
        based = f'<w:basedOn w:val="{base}"/>' if base else ""
        return f'<w:style w:styleId="{name}"><w:name w:val="{inside}"/>{based}</w:style>'

    mine = style("Min", "Min egen", "Rubrik2") + style("Rubrik2", "heading 2")
    circle = style("A", "a", "B") + style("B", "b", "A")
    styles = f'<w:styles xmlns:w="{W}">{mine}{circle}</w:styles>'
    runs = run("Ej ", '<w:b w:val="0"/>') + run("fet")
    body = paragraph(run("Titel"), style="Min") + paragraph(runs) + paragraph(run("I ring"), style="A")
    outline = read_outline(word(tmp_path, body, styles__xml=styles))
    assert outline.lines["taken_for"].tolist() == [HEADING, NOTE, NOTE]


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (None, "it is not a Word document"),
        ("<w:p>", "not well-formed"),
        ("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", "not well-formed"),
    ],
)
def test_a_broken_document_is_refused(tmp_path, body, what):
    path = word(tmp_path, body or "")
    if body is None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("content.xml", "<a/>")
    with pytest.raises(ExchangeError, match=what):
        read_outline(path)


def test_a_document_with_entities_a_bomb_or_a_way_out_is_refused(tmp_path):
    path = tmp_path / "report.docx"
    for name, content, what in (
        ("word/document.xml", '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "declares a document type"),
        ("word/document.xml", b"<a>" + b" " * 40_000_000 + b"</a>", "compressed more than 200 times"),
        ("../../evil.txt", "x", "leads out of the archive"),
    ):
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)
        with pytest.raises(ExchangeError, match=what):
            read_outline(path)
    assert [one.name for one in tmp_path.iterdir()] == ["report.docx"]
    assert not (tmp_path.parent.parent / "evil.txt").exists()


@pytest.mark.parametrize(
    ("name", "data", "what"),
    [
        ("r.txt", b"\x00\x01", "it is not a text file"),
        ("r.txt", b"Kunskap\n\xc3\xa5\n\xff\n", "row 3: the byte 0xff is not UTF-8"),
        ("r.txt", b"PK\x03\x04", "it is not a text file"),
        ("r.txt", b"%PDF-1.4", "it is not a text file"),
        ("r.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "protected by a password"),
        ("r.docx", as_word()[:-100], "damaged or not an archive"),
        ("r.pdf", b"%PDF-1.4", r"read from \.txt, \.md, \.docx, not from '\.pdf'"),
        ("r.txt", b"x" * 20_001, "line 1 has 20,001 characters"),
        ("r.txt", b"x\n" * 50_001, "it has 50,002 lines"),
    ],
)
def test_a_file_that_is_no_report_is_refused(tmp_path, name, data, what):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ExchangeError, match=what) as caught:
        read_outline(tmp_path / name)
    assert name in str(caught.value)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-16"])
def test_texts_in_other_encodings(tmp_path, headings, encoding):
    path = write(tmp_path, ".txt")
    path.write_bytes(path.read_text(encoding="utf-8").replace("\n", "\r\n").encode(encoding))
    assert read(read_outline(path, headings, codebook=BOOK)) == EXPECTED


def test_a_hundred_megabytes_of_one_line_fill_no_memory(tmp_path):
    """Run in a process of its own, which then tells how much memory it took at most."""
    path = tmp_path / "long.txt"
    with path.open("wb") as file:
        for _ in range(100):
            file.write(b"x" * 1_000_000)
    code = (
        "import sys\n"
        "from sekom_analysis.basics.errors import SekomError\n"
        "from sekom_analysis.exchange.outline import read_outline\n"
        "try: read_outline(sys.argv[1])\n"
        "except SekomError as error: print(str(error).splitlines()[1])\n"
        f"{PEAK_MB}\nprint(peak_mb())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, encoding="utf-8", check=True
    )
    told, megabytes = done.stdout.splitlines()
    assert told.startswith("- long.txt: it is larger than 20 MB")
    assert int(megabytes) < 400


def test_headings_of_the_real_report_hold_headings_only(root):
    headings = read_headings(root / "docs" / "headings-2016.yaml")
    names = [name for part in headings.parts for level in part.levels for name in level.headings]
    assert max(map(len, names)) < 60
    assert not [name for name in names if name.endswith((".", "?", "!"))]


STYLED = """# Hinder

## Tid

### Tid

- För lite tid
- Tid

## Roll

- Hinder
"""


def test_styles_tell_a_note_from_a_heading_of_the_same_words_and_levels_apart(tmp_path):
    path = tmp_path / "styled.md"
    path.write_text(STYLED, encoding="utf-8")
    outline = read_outline(path)
    assert outline.notes["text"].tolist() == ["För lite tid", "Tid", "Hinder"]
    assert outline.lines.loc[outline.lines["note_id"] != "", "headings"].tolist() == [
        "Hinder > Tid > Tid", "Hinder > Tid > Tid", "Hinder > Roll",
    ]  # fmt: skip


def test_without_styles_the_words_of_a_heading_are_a_heading(tmp_path):
    path = tmp_path / "plain.txt"
    path.write_text("Hinder\nTid\nFör lite tid\n- Tid\nVi hinner inte\n", encoding="utf-8")
    part = {"levels": [{"column": "side", "headings": ["Hinder"]}, {"column": "what", "headings": ["Tid"]}]}
    outline = read_outline(path, Headings.model_validate({"parts": [part]}))
    assert outline.notes["text"].tolist() == ["För lite tid", "Vi hinner inte"]
