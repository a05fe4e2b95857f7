"""A report's appendix (.txt, .md, .docx): lines under headings into notes and the report's own sorting."""

from __future__ import annotations

import os
from pathlib import Path

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.files import as_typed, replace_file
from sekom_analysis.basics.wording import Problem
from sekom_analysis.exchange.others.coding import is_example
from sekom_analysis.exchange.outline.headings import Headings, headings_text, read_headings
from sekom_analysis.exchange.outline.reading import Outline, read_outline
from sekom_analysis.exchange.registry import Request
from sekom_analysis.exchange.taking_in import Material, add, without_examples
from sekom_analysis.formats.tables import write_table
from sekom_analysis.study import making
from sekom_analysis.study.about import Coder
from sekom_analysis.study.codebook import Bilingual
from sekom_analysis.study.raw import open_raw, study_option
from sekom_analysis.study.study import Study

__all__ = ["Headings", "Outline", "read_headings", "read_outline", "study_from_report"]


# --- A report's appendix into a study: found, or first proposed for a person to go through ------------


_INTRO = """The headings of {file}, as they seem to be. Nothing has been taken in yet.
Go through them, and see in {lines} what each line was taken for. Then:
  {command}
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
    words = ["sekom import", as_typed(request.path), "--headings", as_typed(_headings(request.path))]
    return _found(request, " ".join(filter(None, [*words, study_option(request.raw.root)])))


def _found(request: Request, command: str) -> Material:
    raw = request.raw
    book = None if request.headings is None and is_example(raw) else raw.codebook
    taken = set(map(str, raw.notes.index))
    outline = read_outline(request.path, request.headings, codebook=book, taken=taken)
    if outline.proposal is not None and not outline.proposal.is_sure:
        proposals = _propose(outline, request.path, command)
        return Material(remarks=_doubts(outline, request.path), proposals=proposals)
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


KIND = "outline"


def study_from_report(
    folder: str | os.PathLike[str],
    path: Path,
    title: str = "",
    *,
    headings: Path | None = None,
    codebook: making.CodebookSource = None,
) -> tuple[Study, Material]:
    """Make a study of a report's notes; its headings are columns, or codes where the codebook has them.

    Parameters
    ----------
    folder : a folder that does not exist, or is empty
    path : the report, ``.txt``, ``.md`` or ``.docx``
    title : what the study is called
    headings : a file that says which lines are headings, as for `read_outline`
    codebook : as `Study.create` takes it; left out, one to change

    Returns
    -------
    The study, and what was found, with what is to be known.

    Raises
    ------
    StudyError
        If the report cannot be read or makes no study. Where headings are in doubt, a proposal is beside
        the report by then, and the message has the command that goes on with it.
    """
    words = ["sekom new", as_typed(str(folder)), "--from", as_typed(path)]
    words += ["--codebook", as_typed(str(codebook))] if isinstance(codebook, str | os.PathLike) else []
    words += ["--title", as_typed(title)] if title else []
    command = " ".join([*words, "--headings", as_typed(_headings(path))])
    taken: list[Material] = []

    def take_in(root: Path) -> None:
        raw = open_raw(root)
        found = _found(Request(without_examples(raw), path, headings, kind=KIND), command)
        if found.proposals:
            names = " and ".join(one.name for one in found.proposals)
            msg = (
                f"It is in doubt which lines of '{path.name}' are headings. What they seem to be is in "
                f"{names} beside it. Go through that, and then give:\n  {command}"
            )
            raise ExchangeError(msg)
        if found.notes.empty:
            msg = f"No notes were found in '{path.name}'."
            raise ExchangeError(msg)
        taken.append(found)
        add(raw, path, KIND, found)

    making.create(Path(folder), None, codebook, title or path.stem, take_in)
    return Study.open(folder), taken[0]


def _doubts(outline: Outline, path: Path) -> list[Problem]:
    return [
        Problem.of(path.name, int(row), "outline_doubt", text=_short(text), doubt=doubt)
        for row, text, doubt in outline.doubtful[["row", "text", "doubt"]].itertuples(index=False)
    ]


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59] + "…"


def _headings(path: Path) -> Path:
    return path.with_suffix(".headings.yaml")


def _propose(outline: Outline, path: Path, command: str) -> list[Path]:
    """Write the headings as they seem to be, and what each line was taken for, beside the report."""
    headings, lines = _headings(path), path.with_suffix(".lines.csv")
    there = [one.name for one in (headings, lines) if one.exists()]
    if there:
        msg = (
            f"'{path.name}' has doubtful headings, and {' and '.join(there)} beside it may hold "
            f"somebody's work. Nothing was written. Take it in with: {command}   "
            f"or move them away for a new proposal."
        )
        raise ExchangeError(msg)
    names = {"file": path.name, "command": command, "lines": lines.name}
    proposal = outline.proposal
    if proposal is None:
        return []
    text = headings_text(outline.headings, proposal.doubts, proposal.unnamed, _INTRO.format(**names))
    replace_file(headings, text.encode("utf-8"), in_study=True)
    write_table(outline.lines[outline.lines["taken_for"] != "empty"], lines, in_study=True)
    return [headings, lines]
