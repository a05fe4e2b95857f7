"""A report as lines: what each says, and how it is marked, whatever file it comes from."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.delimited import decode
from sekom_analysis.exchange.guarded import read_file
from sekom_analysis.exchange.guarded.limits import Limits, refusal
from sekom_analysis.exchange.outline.line import Line, tidy
from sekom_analysis.exchange.outline.word import word_lines
from sekom_analysis.exchange.workbooks import OLD_OFFICE, ZIP
from sekom_analysis.problems import Problem, problem_lines

ENDINGS = (".txt", ".md", ".docx")
LIMITS = Limits(file_bytes=20_000_000, entry_bytes=50_000_000, total_bytes=100_000_000)
LONGEST_LINE = 20_000
MOST_LINES = 50_000
_WHOLE_MARKS = (
    ("italic", re.compile(r"<(i|em)>(.*)</\1>", re.IGNORECASE)),
    ("bold", re.compile(r"<(b|strong)>(.*)</\1>", re.IGNORECASE)),
    ("bold", re.compile(r"(\*\*|__)(?=\S)([^*_]+)(?<=\S)\1")),
    ("italic", re.compile(r"([*_])(?=\S)([^*_]+)(?<=\S)\1")),
)
_TITLE = re.compile(r"(#{1,6})\s+(.*?)(?:\s+#+)?")
_BULLET = re.compile(r"(?:[-*+•–]|\d{1,3}[.)])\s+(?=\S)")
_RULE = re.compile(r"(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,}")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_INLINE = re.compile(r"(?<!\\)(\*\*|\*|(?<!\w)__|(?<!\w)_)(?=\S)(.+?)(?<=[^\s\\])\1(?!\w)")


def read_lines(path: Path) -> tuple[list[Line], list[Problem]]:
    """Return the lines of a report, and what of it was left out.

    Parameters
    ----------
    path : ``.txt`` (also text copied out of a PDF), ``.md`` or ``.docx``

    Raises
    ------
    ExchangeError
        If it cannot be read.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        what = f"reports are read from {', '.join(ENDINGS)}, not from '{path.suffix}'"
        raise refusal(path.name, what, "save it as .docx, or copy its text into a .txt file")
    data = read_file(path, LIMITS)
    if ending == ".docx":
        lines, problems = word_lines(data, path.name, LIMITS)
    else:
        lines, problems = _splitter(ending)(_text(data, path.name)), []
    _check_sizes(lines, path.name)
    return lines, problems


def _splitter(ending: str) -> Callable[[str], list[Line]]:
    return markdown_lines if ending == ".md" else text_lines


def _text(data: bytes, file: str) -> str:
    if data.startswith((ZIP, OLD_OFFICE, b"%PDF")):
        what = "it is no text file, though its name says so"
        raise refusal(file, what, "save it as .docx, or copy its text into a .txt file")
    text, problems = decode(data, file)
    if problems:
        found = [Problem(one.file, one.row, one.what, "save it again as UTF-8 text") for one in problems]
        msg = f"It cannot be read:\n{problem_lines(found)}\nNothing was saved."
        raise ExchangeError(msg)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _check_sizes(lines: list[Line], file: str) -> None:
    if len(lines) > MOST_LINES:
        what = f"it has {len(lines):,} lines, and {MOST_LINES:,} are read"
        raise refusal(file, what, "copy the appendix with the notes into a file of its own")
    long = next((line for line in lines if len(line.text) > LONGEST_LINE), None)
    if long is not None:
        what = f"line {long.row} has {len(long.text):,} characters, and a note has {LONGEST_LINE:,} at most"
        raise refusal(file, what, "give each note a line of its own")


def text_lines(text: str) -> list[Line]:
    r"""Return the lines of a plain text; a page's end (form feed) is an empty line.

    Examples
    --------
    >>> lines = text_lines("Resurser\n<i>Tid</i>\n- För lite tid")
    >>> [(line.text, line.mark, line.is_item) for line in lines]
    [('Resurser', '', False), ('Tid', 'italic', False), ('För lite tid', '', True)]
    """
    lines = []
    for row, raw in enumerate(text.split("\n"), start=1):
        for part in raw.split("\f"):
            lines.append(_line(row, part))
    return lines


def _line(row: int, raw: str) -> Line:
    text = tidy(raw)
    bullet = _BULLET.match(text)
    if bullet:
        return Line(row, text[bullet.end() :], "", True)
    for mark, pattern in _WHOLE_MARKS:
        found = pattern.fullmatch(text)
        if found:
            return Line(row, found[2].strip(), mark)
    return Line(row, text)


def markdown_lines(text: str) -> list[Line]:
    r"""Return the lines of a Markdown text: titles with their level, items of lists whole.

    Examples
    --------
    >>> [(line.text, line.mark) for line in markdown_lines("## Resurser\n- För lite\n  *tid*\n")]
    [('Resurser', 'heading 2'), ('För lite tid', ''), ('', '')]
    """
    lines: list[Line] = []
    plain = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    for row, raw in enumerate(plain.split("\n"), start=1):
        stripped = raw.strip()
        title = _TITLE.fullmatch(stripped)
        if title:
            lines.append(Line(row, _without_marks(title[2]), f"heading {len(title[1])}"))
        elif _RULE.fullmatch(stripped):
            lines.append(Line(row, ""))
        elif _continues(raw, lines):
            before = lines.pop()
            lines.append(before._replace(text=f"{before.text} {_without_marks(stripped)}"))
        else:
            line = _line(row, raw)
            lines.append(line._replace(text=_without_marks(line.text)))
    return lines


def _continues(raw: str, lines: list[Line]) -> bool:
    """Whether a line goes on with the item above it, as Markdown has it."""
    if not raw.strip() or not lines or not lines[-1].is_item or not lines[-1].text:
        return False
    return not _BULLET.match(raw.strip())


def _without_marks(text: str) -> str:
    return tidy(re.sub(r"\\([\\`*_{}\[\]()#+.!-])", r"\1", _INLINE.sub(r"\2", text)))
