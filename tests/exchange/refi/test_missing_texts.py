"""Projects whose texts are elsewhere, are Word documents, or have no name; and codebooks out of projects."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from sekom_analysis.basics.errors import ExchangeError, StudyError
from sekom_analysis.exchange.refi import read_codebook_qdpx, read_project_qdpx, study_from_project
from tests.exchange.refi.conftest import coding, guid, project, qdpx, selection
from tests.test_cli import sekom

CASES = Path(__file__).parents[2] / "cases"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(*paragraphs: str) -> bytes:
    body = "".join(f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>' for text in paragraphs)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml",
            f'<?xml version="1.0"?><w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        )
    return out.getvalue()


def one(path, paths: str, *, texts=None, name='name="Intervju 1"', inside=None):
    document = project(inside or selection(0, 5, coding(1)))
    document = document.replace('name="Intervju 1" plainTextPath="internal://A.txt"', f"{name} {paths}")
    assert paths in document
    return qdpx(path, document, texts)


@pytest.mark.parametrize(
    ("paths", "texts", "why"),
    [
        ('plainTextPath="absolute:///C:/x/t1.txt"', {}, "it lies outside the project (absolute:///C:/x/t1.txt)"),
        ('plainTextPath="relative:///t1.txt"', {}, "it lies outside the project (relative:///t1.txt)"),
        ('plainTextPath="internal://t1.txt"', {}, "the file t1.txt is missing from the project"),
        ('richTextPath="internal://t1.rtf"', {"t1.rtf": b"{\\rtf1 Tiden}"}, "there only as sources/t1.rtf"),
        ('richTextPath="internal://t1.docx"', {"t1.docx": b"no zip"}, "sources/t1.docx cannot be read"),
        ("", {}, "the project does not say which file it is in"),
    ],
)  # fmt: skip
def test_a_project_without_its_texts_says_which_and_why_and_offers_its_codebook(tmp_path, paths, texts, why):
    path = one(tmp_path / "p.qdpx", paths, texts=texts)
    with pytest.raises(ExchangeError) as caught:
        read_project_qdpx(path)
    said = str(caught.value)
    assert "the text 'Intervju 1' cannot be had: " in said
    assert why in said
    assert "its codebook is there (2 codes)" in said
    assert "sekom new FOLDER --notes NOTES --codebook p.qdpx" in said
    assert "sekom new MAPP" in caught.value.problems[-1].todo.in_("sv")


def test_many_lacking_texts_are_counted(tmp_path):
    more = "".join(
        f'<TextSource guid="{guid(500 + n)}" name="T{n}" plainTextPath="absolute:///T{n}.txt"/>'
        for n in range(30)
    )
    path = qdpx(tmp_path / "p.qdpx", project(selection(0, 5, coding(1)), more=more))
    with pytest.raises(ExchangeError, match="and 21 more texts cannot be had"):
        read_project_qdpx(path)


def test_a_text_that_is_lacking_beside_others_is_told(tmp_path):
    more = f'<TextSource guid="{guid(51)}" name="Borta" plainTextPath="absolute:///b.txt"/>'
    path = qdpx(
        tmp_path / "p.qdpx", project(selection(0, 5, coding(1)), more=more), {"A.txt": b"Tiden rinner"}
    )
    read = read_project_qdpx(path)
    assert list(read.notes["text"]) == ["Tiden"]
    (told,) = [warning.what for warning in read.warnings if "cannot be had" in warning.what]
    assert told == "the text 'Borta' cannot be had: it lies outside the project (absolute:///b.txt)"


def test_a_text_that_is_only_a_word_document_is_read(tmp_path):
    path = one(
        tmp_path / "p.qdpx",
        'richTextPath="internal://t.docx"',
        texts={"t.docx": docx("Första stycket", "  Tid  saknas")},
        inside=selection(15, 28, coding(1)),
    )
    read = read_project_qdpx(path)
    assert list(read.notes["text"]) == ["  Tid  saknas"]
    assert any("only as a Word document" in warning.what for warning in read.warnings)


def test_a_selection_in_a_word_document_that_says_its_text_is_believed(tmp_path):
    path = one(
        tmp_path / "p.qdpx",
        'richTextPath="internal://t.docx"',
        texts={"t.docx": docx("Första stycket", "Tid saknas")},
        inside=selection(17, 27, coding(1), more='name="Tid saknas"'),
    )
    assert list(read_project_qdpx(path).notes["text"]) == ["Tid saknas"]


@pytest.mark.parametrize(
    ("name", "file", "title"),
    [
        ("", "Intervju 3.txt", "Intervju 3"),
        ('name=""', "anna.v2.txt", "anna.v2"),
        ('name="  "', "t1.txt", "t1"),
        ("", "9af3883f-7d8e-479b-b854-22cf49baf466.txt", "text"),
        ('name="Rapport"', "t1.txt", "Rapport"),
    ],
)
def test_a_source_without_a_name_takes_its_files(tmp_path, name, file, title):
    path = one(
        tmp_path / "p.qdpx", f'plainTextPath="internal://{file}"', texts={file: b"Tiden rinner"}, name=name
    )
    read = read_project_qdpx(path)
    assert list(read.notes["source"]) == [title]
    assert list(read.notes.index) == [f"{title} 0-5"]


def test_the_codebook_of_a_project_without_texts(tmp_path):
    read = read_codebook_qdpx(CASES / "texts-elsewhere.qdpx")
    (variable,) = read.codebook["variables"]
    assert [code["label"] for code in variable["codes"]] == ["Tid", "Pengar"]


def test_the_cases(tmp_path):
    made, _ = study_from_project(tmp_path / "word", CASES / "texts-as-docx.qdpx")
    assert len(made.notes) == len(made.decisions()) == 1
    with pytest.raises((ExchangeError, StudyError), match=r"--codebook texts-elsewhere\.qdpx"):
        study_from_project(tmp_path / "none", CASES / "texts-elsewhere.qdpx")
    assert not (tmp_path / "none").exists()
    (tmp_path / "notes.csv").write_text("text\nTiden rinner\n", encoding="utf-8")
    told = sekom(
        "new", tmp_path / "s", "--notes", tmp_path / "notes.csv",
        "--codebook", CASES / "texts-elsewhere.qdpx",
    )  # fmt: skip
    assert told[0] == 0, told


@pytest.mark.parametrize(
    ("text", "start", "end", "piece", "told"),
    [
        ("😀 Tiden rinner", 3, 8, "Tiden", "as UTF-16"),  # a program that counts in UTF-16
        ("😀 Tiden rinner", 2, 7, "Tiden", ""),
        ("Tiden 😀 rinner", 0, 5, "Tiden", ""),  # the same in both ways
        ("😀😀😀 Tiden rinner", 7, 12, "Tiden", "as UTF-16"),
        ("😀a b c", 2, 3, None, "cannot be told"),
        ("Tiden rinner", 0, 5, "Tiden", ""),
        ("😀 slut.", 0, 7, "😀 slut.", ""),  # all of it
        ("😀 slut.", 0, 8, "😀 slut.", ""),
    ],
)
def test_positions_after_an_emoji_are_noticed(tmp_path, text, start, end, piece, told):
    read = read_project_qdpx(qdpx(tmp_path / "o.qdpx", project(selection(start, end, coding(1)), text=text)))
    if piece:
        assert list(read.notes["text"]) == [piece]
    said = [w.what for w in read.warnings if "UTF-16" in w.what or "cannot be told" in w.what]
    assert len(said) == bool(told)
    assert all(told in one for one in said)
