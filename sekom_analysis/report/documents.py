"""The report as a document to edit (DOCX) and to print (PDF), both made of the same page as the HTML."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib.resources import files
from io import BytesIO
from itertools import count
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from sekom_analysis.basics.errors import NotSavedError, ReportError, install_line, needing
from sekom_analysis.basics.files import check_outside, patiently, reason_of, replace_file, write_whole
from sekom_analysis.figures import render_figure, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes


# --- the look of the Word document: pandoc's own styles, with our page, fonts and tables --------------


INK = "222222"
OLDEST = (1980, 1, 1, 0, 0, 0)  # the first date that a ZIP can hold
FONT = "Calibri"
SHORT = 6  # rows with the heading: a table no longer fits on one page
LANGUAGES = {"sv": "sv-SE", "en": "en-GB"}
# style: size in points, bold, space before and after in points
LOOKS: dict[str, tuple[float, bool, float, float]] = {
    "Normal": (10.5, False, 0, 6),
    "Body Text": (10.5, False, 5, 4),  # some space before, for the one that follows a table
    "First Paragraph": (10.5, False, 5, 4),
    "Compact": (9, False, 1, 1),
    "Title": (22, True, 0, 6),
    "Heading 1": (18, True, 18, 6),
    "Heading 2": (14, True, 16, 6),
    "Heading 3": (11.5, True, 12, 4),
    "Heading 4": (10.5, True, 10, 3),
    "Heading 5": (10.5, False, 8, 2),
    "Image Caption": (9.5, False, 4, 12),
    "Table Caption": (9.5, False, 12, 4),
}
_BORDERS = """<w:tblPr xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">
<w:tblBorders>
<w:bottom w:val="single" w:sz="4" w:space="0" w:color="999999"/>
<w:insideH w:val="single" w:sz="4" w:space="0" w:color="D9D9D9"/>
</w:tblBorders></w:tblPr>"""


def write_reference(path: Path, lang: str, pandoc: str) -> None:
    """Write the document whose styles pandoc takes over.

    Parameters
    ----------
    path : where to
    lang : ``"sv"`` or ``"en"``
    pandoc : the program
    """
    from docx import Document
    from docx.shared import Mm

    command = [pandoc, "--print-default-data-file", "reference.docx"]
    usual = subprocess.run(command, capture_output=True, check=True).stdout
    document = Document(BytesIO(usual))
    for section in document.sections:
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(25)
        section.top_margin = section.bottom_margin = Mm(24)
    for name, look in LOOKS.items():
        _dress(document.styles[name], *look)
    _rule_tables(document.styles["Table"])
    _speak(document, LANGUAGES[lang])
    _save(document, path)


def keep_together(content: bytes) -> bytes:
    """Return a Word document whose rows, and whose short tables, each fit on one page.

    Parameters
    ----------
    content : the document, as pandoc gives it; the same one gives the same bytes
    """
    from docx import Document

    document = Document(BytesIO(content))
    for table in document.tables:
        rows = table._tbl.tr_lst
        for row in rows:
            properties = row.get_or_add_trPr()
            properties.append(properties.makeelement(qualified("cantSplit")))
        for row in rows[:-1] if len(rows) <= SHORT else []:
            for paragraph in row.iter(qualified("p")):
                paragraph.get_or_add_pPr().get_or_add_keepNext()
    kept = BytesIO()
    _save(document, kept)
    return kept.getvalue()


def qualified(name: str) -> str:
    """Return the name of an element of a Word document, as lxml writes it."""
    from docx.oxml.ns import qn

    return str(qn(f"w:{name}"))


def _save(document: Any, target: Path | BytesIO) -> None:
    """Save with the same date in every part, so that what pandoc makes of it is the same each time."""
    parts = BytesIO()
    document.save(parts)
    with ZipFile(parts) as saved, ZipFile(target, "w", ZIP_DEFLATED) as dated:
        for name in saved.namelist():
            dated.writestr(ZipInfo(name, OLDEST), saved.read(name), ZIP_DEFLATED)


def _dress(style: Any, size: float, bold: bool, before: float, after: float) -> None:
    from docx.shared import Pt, RGBColor

    style.font.size, style.font.bold, style.font.italic = Pt(size), bold, False
    style.font.color.rgb = RGBColor.from_string(INK)
    style.font.name = FONT
    fonts = style.element.rPr.rFonts
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # the theme's font would win
        fonts.attrib.pop(qualified(theme), None)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    style.paragraph_format.keep_with_next = style.name.startswith(("Heading", "Table Caption", "Title"))


def _rule_tables(style: Any) -> None:
    """Give tables thin lines between rows."""
    from docx.oxml import parse_xml

    borders = parse_xml(_BORDERS)[0]
    properties = style.element.find(qualified("tblPr"))
    if properties is None:
        properties = parse_xml(_BORDERS)
        style.element.append(properties)
    else:
        properties.append(borders)


def _speak(document: Any, language: str) -> None:
    """Set the language that spelling is checked in."""
    for element in document.styles.element.iter(qualified("lang")):
        element.set(qualified("val"), language)


# --- the report as a document to edit (DOCX) and to print (PDF), both made of the same page as the HTML ---


EPOCH = "SOURCE_DATE_EPOCH"
FIXED = 1460505600  # the conference's last day, where nothing else is said: the same study, the same bytes


def write_docx(html: str, path: Path, title: str, lang: str) -> Path:
    """Write the page as a Word document; see `docx_bytes`."""
    return replace_file(path, docx_bytes(html, path.parent, title, lang))


def docx_bytes(html: str, folder: Path, title: str, lang: str) -> bytes:
    """Return the page as a Word document with real headings, captions and tables.

    Parameters
    ----------
    html : the page, its pictures named by files in `folder`
    folder : where they are
    title : the document's title
    lang : ``"sv"`` or ``"en"``, for the spell checker of whoever edits it

    Raises
    ------
    ReportError
        If pandoc cannot be run.
    """
    with TemporaryDirectory() as made:
        reference = Path(made) / "reference.docx"
        write_reference(reference, lang, _pandoc())
        options = [
            "--to=docx", f"--reference-doc={reference}", f"--resource-path={folder}",
            f"--metadata=title:{title}", f"--metadata=lang:{LANGUAGES[lang]}",
        ]  # fmt: skip
        return keep_together(_converted(html, options))


def pdf_bytes(html: str, folder: Path, title: str, lang: str) -> bytes:
    """Return the page as an A4 document.

    Parameters
    ----------
    html, folder, title, lang : as in `docx_bytes`; the pictures must be SVG

    Raises
    ------
    ReportError
        If pandoc or Typst cannot be run, or Typst cannot set the text.
    """
    body = _converted(html, ["--to=typst"]).decode("utf-8")
    look = files("sekom_analysis.report").joinpath("templates", "report.typ").read_text(encoding="utf-8")
    facts = f"#set document(title: {_quoted(title)})\n#set text(lang: {_quoted(lang)})\n"
    source = folder / f".report.{lang}.typ"  # beside the pictures, which Typst reads from its root only
    try:
        source.write_text(look + facts + body, encoding="utf-8")
        return _typeset(source)
    except OSError as error:
        msg = f"{source.name}: cannot be written ({reason_of(error)}). The PDF was not made."
        raise ReportError(msg) from error
    finally:
        source.unlink(missing_ok=True)


def _typeset(source: Path) -> bytes:
    import typst

    try:
        made = typst.compile(
            str(source), root=str(source.parent), ignore_system_fonts=True, timestamp=_moment()
        )
    except RuntimeError as error:
        msg = f"The PDF could not be set ({error}). The other forms of the report are not touched by this."
        raise ReportError(msg) from error
    return bytes(made)


def check_programs(*, docx: bool, pdf: bool) -> None:
    """Raise `MissingPackageError` or `ReportError` if what makes these documents is not installed."""
    with needing("documents"):
        if docx:
            import docx as _  # noqa: F401
        if pdf:
            import typst  # noqa: F401
    if docx or pdf:
        _pandoc()


def _pandoc() -> str:
    """Return the path of pandoc."""
    with needing("documents"):
        import pypandoc
    try:
        return str(pypandoc.get_pandoc_path())
    except OSError as error:  # without the program, such as conda's package of the same name
        msg = (
            "The program pandoc was not found, so neither a Word document nor a PDF can be made. To install "
            "it, go to the folder that sekom_analysis was installed from (the one with pyproject.toml) and "
            f"run: {install_line('documents')} The page needs no pandoc: sekom report --to html."
        )
        raise ReportError(msg) from error


def _converted(html: str, options: list[str]) -> bytes:
    """Return what pandoc makes of a page; the same page gives the same bytes."""
    command = [_pandoc(), "--from=html", "--output=-", *options]
    try:
        run = subprocess.run(
            command, input=html.encode("utf-8"), capture_output=True, check=True,
            env=os.environ | {EPOCH: str(_moment())},
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", b"").decode("utf-8", "replace").strip()
        msg = f"pandoc could not make the document ({said or error}). The HTML page is not touched by this."
        raise ReportError(msg) from error
    return run.stdout


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _moment() -> int:
    """Return the date of the documents in seconds: SOURCE_DATE_EPOCH, or a fixed day."""
    given = os.environ.get(EPOCH, "")
    return int(given) if given.isdigit() else FIXED


# --- A report's files in their folder -----------------------------------------------------------------


RECORD = ".written.json"
_MOST = 8


class Written:
    """A folder of files of ours, with a record of what was written into it.

    A file is replaced only if it holds what the record says that we wrote; any other one is somebody's
    work, or may be, and stays: the new one is written as ``report.sv (2).docx`` and recorded so. Without a
    record only a file that holds the very same is known to be ours.

    Parameters
    ----------
    folder : where to; it is made if it does not exist

    Attributes
    ----------
    unsaved : path -> why a file could not be written; the others were, and what stood there is unchanged

    Raises
    ------
    NotSavedError
        If the folder cannot be made, or is among a study's data.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = check_outside(folder)
        self.unsaved: dict[Path, str] = {}
        self._marks: dict[str, list[str]] = _read(folder / RECORD)

    def put(self, files: Mapping[str, bytes]) -> dict[str, Path]:
        """Write files, by their names in the folder, and return where each is now.

        The record is written first, with what was there and what will be: a crash in between leaves
        nothing that is taken for somebody's work. One that cannot be written, as another program has it
        open, is noted in `unsaved`, and the others are written.

        Raises
        ------
        NotSavedError
            If the folder cannot be written to.
        """
        marks = {name: _mark(data) for name, data in files.items()}
        paths = {name: self._free(name, marks[name]) for name in files}
        ours = {self._name(path): marks[name] for name, path in paths.items()}
        new = {name: mark for name, mark in ours.items() if self._marks.get(name) != [mark]}
        if new:
            self._keep({name: [*self._marks.get(name, []), mark] for name, mark in new.items()})
        for name, path in paths.items():
            self._write(path, files[name], marks[name])
        saved = {self._name(path) for path in paths.values() if path not in self.unsaved}
        if new:
            self._keep({name: [mark] for name, mark in new.items() if name in saved})
        return paths

    def check(self) -> None:
        """See that everything was written.

        Raises
        ------
        NotSavedError
            With the name of each file that was not, and why.
        """
        if self.unsaved:
            listed = [f"- {self._name(path)}: {reason}" for path, reason in self.unsaved.items()]
            more = [f"- and {len(listed) - _MOST} more"] if len(listed) > _MOST else []
            msg = "\n".join([
                f"Of the files in '{self.folder}' these were not saved, and what stood there before is "
                "unchanged; all others are new. Close them there, and make the report once more:",
                *listed[:_MOST], *more,
            ])  # fmt: skip
            raise NotSavedError(msg)

    def _free(self, name: str, mark: str) -> Path:
        """Return the first path of that name, or of that name and a number, that is not somebody's work."""
        return next(path for path in _numbered(self.folder / name) if self._is_ours(path, mark))

    def _is_ours(self, path: Path, mark: str) -> bool:
        if not path.exists():
            return True
        try:
            there = _mark(patiently(path.read_bytes)) if path.is_file() else ""
        except OSError as error:  # whose it is cannot be told, so it stays
            self.unsaved[path] = reason_of(error)
            return True
        return there in (mark, *self._marks.get(self._name(path), []))

    def _write(self, path: Path, data: bytes, mark: str) -> None:
        if path in self.unsaved:
            return
        _make(path.parent)
        try:
            if not path.is_file() or _mark(path.read_bytes()) != mark:
                write_whole(path, data)
        except OSError as error:
            self.unsaved[path] = reason_of(error)

    def _keep(self, marks: dict[str, list[str]]) -> None:
        self._marks |= marks
        _make(self.folder)
        text = json.dumps(dict(sorted(self._marks.items())), ensure_ascii=False, indent=1)
        replace_file(self.folder / RECORD, text.encode("utf-8"))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()


def _numbered(path: Path) -> Iterator[Path]:
    yield path
    yield from (path.with_name(f"{path.stem} ({number}){path.suffix}") for number in count(2))


def _mark(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _read(record: Path) -> dict[str, list[str]]:
    """Return what a record says; nothing if it is missing or no record."""
    try:
        found = json.loads(record.read_bytes())
    except (OSError, ValueError):
        return {}
    is_record = isinstance(found, dict) and all(isinstance(marks, list) for marks in found.values())
    return found if is_record else {}


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"The folder '{folder}' cannot be made ({reason_of(error)}). Nothing was saved there."
        raise NotSavedError(msg) from error


# --- A report's figures into files, on two processors where there are two -----------------------------


@contextmanager
def second_process() -> Iterator[Executor | None]:
    """Start a process that draws beside this one; None where there is one processor only.

    It begins to load matplotlib at once, while this one still works out what there is to draw.
    """
    if (os.cpu_count() or 1) < 2:
        yield None
        return
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as helper:
        helper.submit(_draw_nothing)
        try:
            yield helper
        finally:
            helper.shutdown(wait=False, cancel_futures=True)


def draw_figures(
    drawn: Mapping[str, Callable[[], Axes]], written: Written, lang: str, helper: Executor | None = None
) -> dict[str, list[Path]]:
    """Draw and save every figure: its stem -> its files, beside those that somebody edited.

    Parameters
    ----------
    drawn : stem -> what draws it; `helper` needs them to be `functools.partial` of a function of a module
    written : the folder where to
    lang : used in the files' names
    helper : a second process, as `second_process` gives it; the files are the same with and without it

    Raises
    ------
    NotSavedError
        If a file cannot be written.
    """
    asked: dict[str, Future[dict[str, bytes]]] = {}
    if helper is not None:
        for stem in reversed(list(drawn)):  # it begins with the last one, and this process with the first
            asked[stem] = helper.submit(_draw, drawn[stem], stem)
    files: dict[str, dict[str, bytes]] = {}
    for stem, draw in drawn.items():
        if stem not in asked or asked[stem].cancel():
            files[stem] = _draw(draw, stem)
    for stem in drawn.keys() - files.keys():
        try:
            files[stem] = asked[stem].result()
        except BrokenProcessPool:  # it was ended from outside, or found no memory
            files[stem] = _draw(drawn[stem], stem)
    names = {stem: [f"{stem}.{lang}.{form}" for form in files[stem]] for stem in drawn}
    contents = {
        name: data for stem in drawn for name, data in zip(names[stem], files[stem].values(), strict=True)
    }
    paths = written.put(contents)
    return {stem: [paths[name] for name in names[stem]] for stem in drawn}


def _draw(draw: Callable[[], Axes], stem: str) -> dict[str, bytes]:
    """Return the files of a figure; `stem` says which one it is."""
    with style():
        return render_figure(draw().figure)  # type: ignore[arg-type]


def _draw_nothing() -> None:
    """Load what drawing needs."""
