"""ZIP archives of strangers: entries are read into memory within limits, never unpacked onto the disk."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self
from xml.etree import ElementTree
from xml.parsers import expat

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.files import patiently, reason_of
from sekom_analysis.basics.wording import Phrase, Problem, problem_lines

# --- how much of a stranger's file is read, and what is said of one that is refused -------------------


MEGABYTE = 1_000_000
_MOST_LISTED = 20


@dataclass(frozen=True)
class Limits:
    """How much of a stranger's file is taken into memory.

    Parameters
    ----------
    file_bytes : size of a file that is read whole
    entries : number of files in an archive
    entry_bytes : size of one of them, unpacked
    total_bytes : sizes of all that are read, together
    ratio : how many times larger an entry may be than what it is packed into
    free_bytes : an entry of this size or less may have any ratio
    xml_parts : number of elements and attributes of an XML document
    xml_depth : how deep its elements may be nested
    xml_names : number of different names that its elements and attributes have
    xml_tag : size of one tag with its attributes, or of a comment
    """

    file_bytes: int = 100 * MEGABYTE
    entries: int = 50_000
    entry_bytes: int = 100 * MEGABYTE
    total_bytes: int = 300 * MEGABYTE
    ratio: int = 200
    free_bytes: int = 5 * MEGABYTE
    xml_parts: int = 1_500_000
    xml_depth: int = 200
    xml_names: int = 20_000
    xml_tag: int = 1 * MEGABYTE


LIMITS = Limits()


def read_file(path: Path, limits: Limits = LIMITS) -> bytes:
    """Return what a file holds, or say why it cannot be had.

    Raises
    ------
    ExchangeError
        If it is not there, may not be read, is a folder, or is larger than the limit.
    """
    with opened(path) as file:
        data = file.read(limits.file_bytes + 1)
    if len(data) > limits.file_bytes:
        raise refusal(path.name, "file_large", most=megabytes(limits.file_bytes))
    return data


def refusal(file: str, kind: str, /, **values: object) -> ExchangeError:
    """Return the error for a file of which nothing can be taken, for a problem of a kind."""
    return refusal_of([Problem.of(file, None, kind, **values)])


def refusal_of(problems: list[Problem]) -> ExchangeError:
    """Return the error that lists why nothing can be taken of a file."""
    shown = problem_lines(problems[:_MOST_LISTED])
    more = f"\n- and {len(problems) - _MOST_LISTED} more." if len(problems) > _MOST_LISTED else ""
    error = ExchangeError(f"It cannot be read:\n{shown}{more}\nNothing was saved.")
    error.problems = tuple(problems)
    return error


def opened(path: Path) -> IO[bytes]:
    """Return a file opened for reading, or say why it cannot be."""
    try:
        return patiently(lambda: path.open("rb"))
    except FileNotFoundError:
        raise refusal(path.name, "table_missing") from None
    except (OSError, ValueError) as error:
        if path.is_dir():
            raise refusal(path.name, "table_folder") from None
        raise refusal(path.name, "file_closed", reason=reason_of(error)) from None


def shown_name(name: str) -> str:
    """Return a stranger's file name so that a screen can show it."""
    text = name.encode("unicode_escape").decode("ascii") if not name.isprintable() else name
    return text if len(text) <= 80 else text[:79] + "…"


def megabytes(size: int) -> str:
    """Return a size in bytes as people say it."""
    return f"{size / MEGABYTE:,.0f} MB"


def inside(folder: Path, name: str) -> Path:
    """Return a path of that name in a folder, if it is one: for names that strangers chose.

    Raises
    ------
    ExchangeError
        If the name leads anywhere else.

    Examples
    --------
    >>> inside(Path("data"), "notes-a.csv").as_posix()
    'data/notes-a.csv'
    """
    if name in ("", ".", "..") or any(sign in name for sign in "/\\\0:"):
        msg = f"'{shown_name(name)}' cannot name a file in {folder}. Nothing was saved; choose another name."
        raise ExchangeError(msg)
    return folder / name


# --- ZIP archives of strangers ------------------------------------------------------------------------


_BLOCK = 1 << 20
_ENTRY_MARK = b"PK\x01\x02"
_PLAIN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the other two ways cannot be undone bit by bit
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    RuntimeError,  # NotImplementedError too: a kind of archive that Python cannot read
)


class Archive:
    """An opened ZIP archive whose entries can be read, never unpacked; made by `open_archive`."""

    def __init__(self, file: IO[bytes], name: str, limits: Limits) -> None:
        self.name = name
        self.limits = limits
        self._file = file
        self._zip = _unpacker(file, name, limits)
        self._read = 0
        problems = list(_entry_problems(self._zip.infolist(), name))
        if problems:
            raise refusal_of(problems)
        # Not `is_dir()`: before Python 3.12 it fails on an entry without a name, which damage can make.
        entries = {_slashed(entry.filename): entry for entry in self._zip.infolist()}
        self._entries = {name: entry for name, entry in entries.items() if not name.endswith("/")}

    @property
    def names(self) -> list[str]:
        """Names of the files in it, in their order, with ``/`` between folders."""
        return list(self._entries)

    def stamp(self, name: str) -> tuple[int, int, int, int, int, int]:
        """Return when a file was put into the archive, as it says: year, month, day, hour, minute, second."""
        return self._entries[name].date_time

    def read(self, name: str) -> bytes:
        """Return one file of the archive.

        Raises
        ------
        ExchangeError
            If it is not there, damaged, or larger than the limits allow.
        """
        entry = self._entries.get(name)
        if entry is None:
            raise refusal(self.name, "archive_lacks", name=name)
        excess = self._excess(entry)
        if excess:
            raise refusal(self.name, "archive_excess", name=name, excess=excess)
        self._read += entry.file_size
        try:
            with self._zip.open(entry) as file:
                # with a size, else all is unpacked that there is and only then cut off
                return file.read(entry.file_size + 1)
        except _BROKEN as error:
            raise refusal(self.name, "archive_damaged_part", name=name, reason=error) from None

    def check_all(self) -> None:
        """Refuse the archive if its files together are too large for another program to read.

        Raises
        ------
        ExchangeError
            If one of them, or all together, are larger than the limits allow.
        """
        problems = [
            Problem.of(self.name, None, "archive_excess", name=name, excess=excess)
            for name, entry in self._entries.items()
            if (excess := self._excess(entry))
        ]
        total = sum(entry.file_size for entry in self._entries.values())
        if total > self.limits.total_bytes:
            sizes = {"size": megabytes(total), "most": megabytes(self.limits.total_bytes)}
            problems.append(Problem.of(self.name, None, "archive_total", **sizes))
        if problems:
            raise refusal_of(problems)

    def _excess(self, entry: zipfile.ZipInfo) -> Phrase | None:
        size, limits = entry.file_size, self.limits
        if size > limits.entry_bytes:
            return Phrase("excess_large", size=megabytes(size), most=megabytes(limits.entry_bytes))
        if self._read + size > limits.total_bytes:
            return Phrase("excess_total", most=megabytes(limits.total_bytes))
        if size > limits.free_bytes and size > limits.ratio * max(entry.compress_size, 1):
            return Phrase("excess_ratio", most=limits.ratio)
        return None

    def close(self) -> None:
        """Close the file."""
        self._zip.close()
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_archive(path: Path | bytes, limits: Limits = LIMITS, name: str = "") -> Archive:
    """Open a ZIP archive, if it is one that can do no harm.

    Parameters
    ----------
    path : the file, or what it holds
    limits : what is taken into memory at most
    name : what to call it in messages; a file's own name, if empty

    Returns
    -------
    Archive
        Its ``names``, and ``read(name)``; close it, or use it in a ``with``.

    Raises
    ------
    ExchangeError
        If it is not a whole ZIP archive, or some entry has a name that leads out
        of it, is there twice, is locked by a password, is a link, or is
        packed in a way that cannot be unpacked within limits; lists them all.

    Examples
    --------
    >>> buffer = io.BytesIO()
    >>> with zipfile.ZipFile(buffer, "w") as made:
    ...     made.writestr("sources/a.txt", "en lapp")
    >>> with open_archive(buffer.getvalue(), name="a.qdpx") as archive:
    ...     archive.names, archive.read("sources/a.txt")
    (['sources/a.txt'], b'en lapp')
    """
    if isinstance(path, bytes):
        return Archive(io.BytesIO(path), name or "the archive", limits)
    file = opened(path)
    try:
        return Archive(file, name or path.name, limits)
    except BaseException:
        file.close()
        raise


def _unpacker(file: IO[bytes], name: str, limits: Limits) -> zipfile.ZipFile:
    # Counted before `zipfile` makes an object of each: a directory of millions is an attack of its own.
    if _count(file, _ENTRY_MARK) > limits.entries:
        raise refusal(name, "archive_entries", most=limits.entries)
    file.seek(0)
    try:
        return zipfile.ZipFile(file)
    except _BROKEN as error:
        raise refusal(name, "archive_damaged", reason=error) from None


def _count(file: IO[bytes], mark: bytes) -> int:
    found, rest = 0, b""
    while block := file.read(_BLOCK):
        block = rest + block
        found += block.count(mark)
        rest = block[-len(mark) + 1 :]
    return found


def _entry_problems(entries: list[zipfile.ZipInfo], file: str) -> Iterator[Problem]:
    for name, times in Counter(_slashed(entry.filename) for entry in entries).items():
        if times > 1:
            yield Problem.of(file, None, "archive_doubled", name=shown_name(name), n=times)
    for entry in entries:
        fault = _fault(entry)
        if fault:
            yield Problem.of(file, None, "archive_entry", name=shown_name(entry.orig_filename), fault=fault)


def _slashed(name: str) -> str:
    """Return a name with slashes between folders: some programs for Windows write backslashes."""
    return name.replace("\\", "/")


def _fault(entry: zipfile.ZipInfo) -> Phrase | None:
    name = _slashed(entry.orig_filename)
    parts = name.split("/")
    if not name or "\0" in name or name.startswith("/") or re.match("[A-Za-z]:", name):
        return Phrase("entry_name")
    if ".." in parts:
        return Phrase("entry_outside")
    if entry.flag_bits & 0x1:
        return Phrase("entry_locked")
    if stat.S_ISLNK(entry.external_attr >> 16):
        return Phrase("entry_link")
    if entry.compress_type not in _PLAIN:
        return Phrase("entry_packed")
    return None


# --- XML of strangers: it may declare nothing, and is refused before it fills the memory --------------


_PIECE = 1 << 18
_MOST_SHARED = 10_000


def parse_xml(data: bytes, where: str, limits: Limits = LIMITS) -> ElementTree.Element:
    """Return the root of an XML document that declares nothing and fits into memory.

    Parameters
    ----------
    data : the document, in UTF-8, UTF-16, or a one-byte encoding that it names
    where : its file, for messages
    limits : how many elements and attributes it may have, and how deep

    Returns
    -------
    Element
        Tags and attributes are named ``{namespace}name``, as `ElementTree` does.

    Raises
    ------
    ExchangeError
        If it is not well-formed, declares document types or entities, or is too large or too deep;
        with the line.

    Examples
    --------
    >>> parse_xml(b"<a b='1'>en <i>lapp</i></a>", "a.xml").attrib
    {'b': '1'}
    >>> try:
    ...     parse_xml(b'<!DOCTYPE a [<!ENTITY x "lapp">]><a>&x;</a>', "a.xml")
    ... except ExchangeError as error:
    ...     print(str(error).splitlines()[1].partition(';')[0])
    - a.xml, row 1: it declares a document type, which can make a program open other files
    """
    reader = _Reader(where, limits)
    reader.walk(data)
    return reader.builder.close()


class Walker:
    """Expat behind a guard: a class that inherits it says what to do with elements as they come.

    It sets the handlers of `parser`, and calls `count` for each element that begins and takes one from
    `depth` for each that ends.
    """

    def __init__(self, where: str, limits: Limits, separator: str | None = None) -> None:
        self.where = where
        self.limits = limits
        self.left = limits.xml_parts
        self.depth, self.deepest = 0, limits.xml_depth
        self.parser = expat.ParserCreate(namespace_separator=separator)
        self.parser.buffer_text = True
        self.parser.ordered_attributes = True
        self.parser.StartDoctypeDeclHandler = self._refuse_declarations
        self.parser.EntityDeclHandler = self._refuse_declarations
        self.parser.ExternalEntityRefHandler = self._refuse_declarations

    def walk(self, data: bytes) -> None:
        """Read a whole document.

        Raises
        ------
        ExchangeError
            If it is not well-formed, declares something, or is beyond the limits.
        """
        try:
            self._feed(data)
        except expat.ExpatError as error:
            raise self.refusal(kind="xml_broken", reason=error) from None
        except (LookupError, ValueError) as error:
            if self.depth:  # not of expat, which tells of an encoding that Python does not have at the start
                raise
            raise self.refusal(kind="xml_letters", reason=error) from None

    def _feed(self, data: bytes) -> None:
        # In pieces: a single tag with attributes for fifty megabytes is not counted before it ends.
        for start in range(0, len(data), _PIECE):
            piece = data[start : start + _PIECE]
            self.parser.Parse(piece, False)
            if start + len(piece) - max(self.parser.CurrentByteIndex, 0) > self.limits.xml_tag + _PIECE:
                raise self.refusal(kind="xml_tag", most=self.limits.xml_tag)
            if len(self.parser.intern) > self.limits.xml_names:  # expat keeps each, for good
                raise self.refusal(kind="xml_names", most=self.limits.xml_names)
        self.parser.Parse(b"", True)

    def count(self, parts: int) -> None:
        """Count an element that begins, with what of it is kept, and refuse one too many or too deep."""
        self.depth += 1
        self.left -= parts
        if self.left < 0 or self.depth > self.deepest:
            self.stop()

    def stop(self) -> None:
        """Refuse the document as too large or too deep."""
        if self.depth > self.deepest:
            raise self.refusal(kind="xml_deep", most=self.deepest)
        raise self.refusal(kind="xml_parts", most=self.limits.xml_parts)

    def refusal(self, *, kind: str, **values: object) -> ExchangeError:
        """Return the error, with the line where the reader is."""
        return refusal_of([Problem.of(self.where, self.parser.CurrentLineNumber, kind, **values)])

    def _refuse_declarations(self, *_: Any) -> int:
        raise self.refusal(kind="xml_doctype")


class _Reader(Walker):
    """A walker with a tree builder behind it."""

    def __init__(self, where: str, limits: Limits) -> None:
        super().__init__(where, limits, "}")
        self.builder = ElementTree.TreeBuilder()
        self.names: dict[str, str] = {}
        self.values: dict[str, str] = {}
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self.builder.data

    def _start(self, name: str, attributes: list[str]) -> None:
        self.count(1 + len(attributes) // 2)
        pairs = zip(map(self._name, attributes[::2]), map(self._once, attributes[1::2]), strict=True)
        self.builder.start(self._name(name), dict(pairs))

    def _end(self, name: str) -> None:
        self.depth -= 1
        self.builder.end(self._name(name))

    def _once(self, value: str) -> str:
        # One text for all places that refer to the same coder, code or moment.
        if len(self.values) < _MOST_SHARED:
            return self.values.setdefault(value, value)
        return self.values.get(value, value)

    def _name(self, name: str) -> str:
        if name not in self.names:
            self.names[name] = "{" + name if "}" in name else name
        return self.names[name]
