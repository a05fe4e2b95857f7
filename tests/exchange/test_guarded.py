"""A hostile or broken file does no harm, and says what is wrong with it."""

from __future__ import annotations

import io
import stat
import subprocess
import sys
import warnings
import zipfile

import pytest

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.formats.guarded import Limits, inside, open_archive, parse_xml, read_file
from tests.memory import PEAK_MB

SMALL = Limits(
    file_bytes=1000,
    entries=5,
    entry_bytes=100_000,
    total_bytes=150_000,
    ratio=20,
    free_bytes=1000,
    xml_parts=100,
    xml_depth=10,
)


def archive(entries, compression=zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", compression) as made:
        warnings.simplefilter("ignore")  # Python warns of two entries of one name
        for name, data in entries:
            made.writestr(name, data)
    return buffer.getvalue()


def read_all(data: bytes, limits: Limits) -> None:
    with open_archive(data, limits, "a.zip") as opened:
        for name in opened.names:
            opened.read(name)


def why(data: bytes, limits: Limits = SMALL) -> str:
    with pytest.raises(ExchangeError) as caught:
        read_all(data, limits)
    assert "Nothing was saved" in str(caught.value)
    return str(caught.value)


def test_an_archive_gives_names_and_contents(tmp_path):
    path = tmp_path / "a.qdpx"
    path.write_bytes(archive([("project.qde", "<a/>"), ("sources/", ""), ("sources/å.txt", "lapp")]))
    with open_archive(path) as opened:
        opened.check_all()
        assert opened.names == ["project.qde", "sources/å.txt"]
        assert opened.read("sources/å.txt") == b"lapp"
        with pytest.raises(ExchangeError, match=r"a\.qdpx: there is no 'nothing' in it"):
            opened.read("nothing")


@pytest.mark.parametrize(
    "name",
    ["../a.txt", "a/../../b", "/etc/passwd", "C:/a.txt", "a\\..\\..\\b", "\\\\host\\share"],
)
def test_names_that_lead_out_of_an_archive_are_refused(name):
    assert "has a name that" in why(archive([("good.txt", ""), (name, "x")]))


def test_all_bad_entries_are_named_at_once():
    link = zipfile.ZipInfo("link")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    told = why(archive([("../a", ""), (link, "/etc/passwd"), ("twice", "1"), ("twice", "2")]))
    assert "'../a' has a name that leads out" in told
    assert "'link' is a link" in told
    assert "'twice' is in it 2 times" in told


def test_a_locked_entry_is_refused():
    data = bytearray(archive([("a.txt", "x")]))
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    assert "'a.txt' is protected by a password" in why(bytes(data))


def test_entries_packed_in_ways_that_cannot_be_unpacked_bit_by_bit_are_refused():
    assert "packed in an unusual way" in why(archive([("a.txt", "x")], zipfile.ZIP_BZIP2))


def test_a_bomb_is_refused_before_it_is_unpacked():
    assert "compressed more than 20 times" in why(archive([("a", bytes(90_000))]))
    assert "is 0 MB, and at most 0 MB are read" in why(archive([("a", bytes(100_001))]))
    many = archive([(str(number), bytes(60_000)) for number in range(3)], zipfile.ZIP_STORED)
    assert "'2' in it goes beyond the 0 MB" in why(many)
    with pytest.raises(ExchangeError, match="unpacked it would be"), open_archive(many, SMALL) as opened:
        opened.check_all()


def test_an_archive_of_very_many_files_is_refused():
    assert "more than 5 files" in why(archive([(str(number), "") for number in range(6)]))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"no archive", archive([("a", "x")])[:-10]])
def test_a_broken_archive_is_refused(data):
    assert "damaged or not an archive" in why(data)


def test_a_damaged_entry_is_named():
    data = archive([("a.txt", "lapp " * 30)], zipfile.ZIP_STORED).replace(b"lapp lapp", b"lapp lipp", 1)
    assert "'a.txt' in it is damaged" in why(data)


def test_an_entry_that_lies_about_its_size_fills_no_memory():
    """Run in a process of its own, which then tells how much memory it took at most."""
    code = (
        "import io, zipfile\n"
        "from sekom_analysis.basics.errors import ExchangeError\n"
        "from sekom_analysis.formats.guarded import open_archive\n"
        "buffer = io.BytesIO()\n"
        "with zipfile.ZipFile(buffer, 'w', zipfile.ZIP_DEFLATED, compresslevel=1) as made:\n"
        "    with made.open('a', 'w', force_zip64=False) as entry:\n"
        "        for _ in range(400): entry.write(bytes(1_000_000))\n"
        "data = bytearray(buffer.getvalue())\n"
        "size = (400_000_000).to_bytes(4, 'little')\n"
        "data = bytes(data).replace(size, (1000).to_bytes(4, 'little'))\n"
        "try:\n"
        "    with open_archive(data) as opened: opened.read('a')\n"
        "except ExchangeError as error: print(error)\n"
        f"{PEAK_MB}\nprint(peak_mb())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    *told, megabytes = done.stdout.splitlines()
    assert "'a' in it is damaged" in "\n".join(told)
    assert int(megabytes) < 300


def test_a_file_larger_than_the_limit_is_not_read(tmp_path):
    path = tmp_path / "long.txt"
    path.write_bytes(b"x" * 1001)
    with pytest.raises(ExchangeError, match=r"long\.txt: it is larger than"):
        read_file(path, SMALL)
    assert len(read_file(path)) == 1001


@pytest.mark.parametrize(("name", "what"), [("nothing.txt", "no such file"), (".", "it is a folder")])
def test_a_file_that_cannot_be_had_says_why(tmp_path, name, what):
    with pytest.raises(ExchangeError, match=what):
        read_file(tmp_path / name)
    with pytest.raises(ExchangeError, match=what):
        open_archive(tmp_path / name)


def test_xml_is_read_with_its_namespaces():
    root = parse_xml("<a xmlns='urn:x' b='å' c:d='2' xmlns:c='urn:c'>t<e/>u</a>".encode(), "a.xml")
    assert root.tag == "{urn:x}a"
    assert root.attrib == {"b": "å", "{urn:c}d": "2"}
    assert (root.text, root[0].tag, root[0].tail) == ("t", "{urn:x}e", "u")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_xml_is_read_in_the_encoding_that_it_names(encoding):
    data = f'<?xml version="1.0" encoding="{encoding}"?><a>åäö</a>'.encode(encoding)
    assert parse_xml(data, "a.xml").text == "åäö"


LAUGHS = '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;&x;">]>'


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (f"{LAUGHS}<a>&y;</a>", "row 1: it declares a document type"),
        ('\n<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "row 2: it declares a document type"),
        ('<!DOCTYPE a PUBLIC "x" "http://example.org/a.dtd"><a/>', "it declares a document type"),
        ("<a>&x;</a>", "not well-formed"),
        ("<a><b></a>", "not well-formed"),
        ("", "not well-formed"),
        ('<?xml version="1.0" encoding="klingon"?><a/>', "row 1"),
        ('<?xml version="1.0" encoding="shift_jis"?><a/>', "row 1: its letters cannot be read"),
        ("<a>" * 11 + "</a>" * 11, "more than 10 deep"),
        ("<a>" + "<b c='1'/>" * 50 + "</a>", "more than 100 elements and attributes"),
    ],
)
def test_xml_that_could_do_harm_is_refused_with_its_row(text, what):
    with pytest.raises(ExchangeError, match=what) as caught:
        parse_xml(text.encode(), "a.qdc", SMALL)
    assert "- a.qdc, row " in str(caught.value)


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b", "/a", "C:a", "a\0b"])
def test_names_of_strangers_stay_in_their_folder(tmp_path, name):
    assert inside(tmp_path, "notes-a.csv") == tmp_path / "notes-a.csv"
    with pytest.raises(ExchangeError, match="cannot name a file"):
        inside(tmp_path, name)


def test_an_entry_without_a_name_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("b", b"nameless")
    data = buffer.getvalue()
    place, end = data.index(b"PK\x01\x02"), data.rindex(b"PK\x05\x06")  # the directory, and what ends it
    directory = data[place : place + 28] + b"\0\0" + data[place + 30 : place + 46]
    data = (
        data[:place] + directory + data[end : end + 12] + bytes([len(directory), 0, 0, 0]) + data[end + 16 :]
    )
    with zipfile.ZipFile(io.BytesIO(data)) as damaged:
        assert damaged.namelist() == [""]
    with pytest.raises(ExchangeError, match="has a name that no file inside an archive can have"):
        open_archive(data, name="a.zip")
