"""The report as a document to edit (DOCX) and to print (PDF), both made of the same page as the HTML."""

from __future__ import annotations

import os
import subprocess
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

from sekom_analysis.errors import ReportError
from sekom_analysis.exchange.tables import replace_file
from sekom_analysis.report.reference import LANGUAGES, keep_together, write_reference

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
    lang : ``"sv"`` or ``"en"``, for the spelling of whoever edits it

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
    look = files("sekom_analysis").joinpath("templates", "report.typ").read_text(encoding="utf-8")
    facts = f"#set document(title: {_quoted(title)})\n#set text(lang: {_quoted(lang)})\n"
    source = folder / f".report.{lang}.typ"  # beside the pictures, which Typst reads from its root only
    try:
        source.write_text(look + facts + body, encoding="utf-8")
        return _typeset(source)
    except OSError as error:
        msg = f"{source.name}: cannot be written ({error.strerror or error}). The PDF was not made."
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


def _pandoc() -> str:
    """Return the path of pandoc."""
    try:
        import pypandoc

        return str(pypandoc.get_pandoc_path())
    except (ImportError, OSError) as error:
        msg = (
            "pandoc is not installed, so neither a Word document nor a PDF can be made. Install it with: "
            "pip install pypandoc_binary   The HTML page needs no pandoc: sekom report --to html."
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
