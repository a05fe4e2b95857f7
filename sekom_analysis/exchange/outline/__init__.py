"""A report's appendix (.txt, .md, .docx): lines under headings into notes and the report's own sorting."""

from __future__ import annotations

from pathlib import Path

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.files import replace_file
from sekom_analysis.basics.wording import Problem
from sekom_analysis.exchange.outline.headings import Headings, headings_text, read_headings
from sekom_analysis.exchange.outline.reading import Outline, read_outline
from sekom_analysis.exchange.registry import Request
from sekom_analysis.exchange.taking_in import Material
from sekom_analysis.formats.tables import write_table
from sekom_analysis.study.codebook import Bilingual
from sekom_analysis.study.raw import Coder

__all__ = ["Headings", "Outline", "read_headings", "read_outline"]


# --- A report's appendix into a study: found, or first proposed for a person to go through ------------


_INTRO = """The headings of {file}, as they seem to be. Nothing has been taken in yet.
Go through them, and see in {lines} what each line was taken for. Then:
  sekom import {file} --headings {headings}
from, to: the lines at which a part begins and ends, or their numbers; empty: the file's first and last.
levels: the outermost first. After a heading comes the code it means, or '' for none.
left_out: lines that are neither heading nor note, such as a page's header.
notes: lines that are notes, though they look like headings.
wrapped: true where notes run over several lines, as in text copied from a PDF."""


def find_outline(request: Request) -> Material:
    """Return a report's notes and its own sorting; where that is in doubt, write a proposal beside it.

    Raises
    ------
    ExchangeError
        If the report or its headings cannot be read, or a proposal lies there already.
    """
    raw = request.raw
    outline = read_outline(
        request.path, request.headings, codebook=raw.codebook, taken=set(map(str, raw.notes.index))
    )
    if outline.proposal is not None and not outline.proposal.is_sure:
        return Material(remarks=_doubts(outline, request.path), proposals=_propose(outline, request.path))
    coder = request.coder or outline.headings.coder
    role = Bilingual(
        sv=f"Den egna sorteringen i {request.path.name}", en=f"The own sorting of {request.path.name}"
    )
    return Material(
        notes=outline.notes,
        decisions=outline.decisions.assign(coder=coder),
        coders={coder: Coder(kind="source", role=role)} if len(outline.decisions) else {},
        remarks=[*outline.problems, *_doubts(outline, request.path)],
        tables={"outline": outline.lines[outline.lines["taken_for"] != "empty"]},
    )


def _doubts(outline: Outline, path: Path) -> list[Problem]:
    return [
        Problem.of(path.name, int(row), "outline_doubt", text=_short(text), doubt=doubt)
        for row, text, doubt in outline.doubtful[["row", "text", "doubt"]].itertuples(index=False)
    ]


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _propose(outline: Outline, path: Path) -> list[Path]:
    """Write the headings as they seem to be, and what each line was taken for, beside the report."""
    headings, lines = path.with_suffix(".headings.yaml"), path.with_suffix(".lines.csv")
    there = [one.name for one in (headings, lines) if one.exists()]
    if there:
        command = f"sekom import {path.name} --headings {headings.name}"
        msg = (
            f"'{path.name}' has doubtful headings, and {' and '.join(there)} beside it may hold "
            f"somebody's work. Nothing was written. Take it in with: {command}   "
            f"or move them away for a new proposal."
        )
        raise ExchangeError(msg)
    names = {"file": path.name, "headings": headings.name, "lines": lines.name}
    proposal = outline.proposal
    if proposal is None:
        return []
    text = headings_text(outline.headings, proposal.doubts, proposal.unnamed, _INTRO.format(**names))
    replace_file(headings, text.encode("utf-8"), in_study=True)
    write_table(outline.lines[outline.lines["taken_for"] != "empty"], lines, in_study=True)
    return [headings, lines]
