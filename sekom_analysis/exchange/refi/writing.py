"""A whole study for other programs: a REFI-QDA project, ``.qdpx``."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from sekom_analysis.basics.errors import ExchangeError
from sekom_analysis.basics.files import replace_file
from sekom_analysis.basics.wording import check_language, say
from sekom_analysis.exchange.refi.answers import (
    Answer,
    Sorted,
    User,
    annotation,
    described,
    packed_decisions,
    sorted_answers,
)
from sekom_analysis.exchange.refi.codebook import ORIGIN, answer_guid, both, entries, write_codes
from sekom_analysis.exchange.refi.selected import label_beside, placed, told_words
from sekom_analysis.exchange.refi.words import Guids, XmlWriter, pack, plain_text, xml_text
from sekom_analysis.exchange.registry import Loss, real
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.decisions import LEDGERS
from sekom_analysis.study.raw import CODED
from sekom_analysis.study.selections import Span
from sekom_analysis.study.study import Study

# --- scores of a scale: a variable for each coder, a case for each note that has any ------------------


def write_variables(
    xml: XmlWriter, scores: Iterable[Answer], codebook: Codebook, guids: Guids, lang: str
) -> None:
    """Write a whole-number variable for each scale and user; a case has only one value of a variable."""
    pairs = dict.fromkeys((answer.variable, answer.user) for answer in scores)
    if not pairs:
        return
    order = {variable: place for place, variable in enumerate(codebook.ids)}
    with xml.element("Variables"):
        for variable, user in sorted(pairs, key=lambda pair: (order[pair[0]], pair[1])):
            guid = guids.of("score", variable, user.id)
            name = f"{codebook[variable].label.in_(lang)} · {user.id}"
            with xml.element("Variable", guid=guid, name=name, typeOfVariable="Integer"):
                xml.leaf("Description", pack("score", {"variable": variable, "user": user.id}))


def write_cases(xml: XmlWriter, scores: Mapping[str, list[Answer]], guids: Guids) -> None:
    """Write a case for each note with scores; times, certainties and memos are in its description."""
    if not scores:
        return
    with xml.element("Cases"):
        for note, answers in scores.items():
            with xml.element("Case", guid=guids.of("case", note), name=note):
                told = {f"{answer.variable} {answer.user.id}": _told(answer) for answer in answers}
                xml.leaf("Description", pack("scores", {"note_id": note, **told}))
                for answer in answers:
                    with xml.element("VariableValue"):
                        xml.leaf("VariableRef", targetGUID=guids.of("score", answer.variable, answer.user.id))
                        xml.leaf("IntegerValue", answer.codes[0])
                xml.leaf("SourceRef", targetGUID=guids.of("source", note))


def _told(answer: Answer) -> dict[str, str]:
    told = {"decided_at": answer.decided_at, "certainty": answer.certainty, "memo": answer.memo}
    told["words"] = answer.words
    return {label: text for label, text in told.items() if text}


# --- each note as a text of its own, with the selections and codings of its coders --------------------


PER_CODER, SHARED = "per-coder", "shared"
LAYOUTS = (PER_CODER, SHARED)


def write_source(
    xml: XmlWriter,
    note: str,
    cells: Mapping[str, Any],
    answers: Sorted,
    layout: str,
    guids: Guids,
    lang: str,
) -> None:
    """Write one note: its columns, the selections of its whole text, and what is beside it."""
    guid = guids.of("source", note)
    plain = plain_text(cells["text"])
    with xml.element("TextSource", guid=guid, name=note, plainTextPath=f"internal://{guid}.txt"):
        codings = answers.codings.get(note, [])
        told = told_words(codings, cells["text"], are_places=layout == PER_CODER)
        words = {label_beside(cells): told} if told else {}
        xml.leaf("Description", pack("note", {**_described(note, cells, plain), **words}))
        for (name, span), chosen in _selections(codings, layout, cells["text"]).items():
            place = guids.of("selection", note, *name, *map(str, span)), span or (0, len(plain))
            _write_selection(xml, place, chosen, layout, guids, lang)
        for user in _by_user(answers.asides.get(note, [])):
            xml.leaf("NoteRef", targetGUID=aside_guid(guids, note, user))


def _described(note: str, cells: Mapping[str, Any], plain: str) -> dict[str, Any]:
    """Return the note's columns, and its exact text where the file cannot hold it."""
    others = {name: value for name, value in cells.items() if name != "text" and value}
    return {"note_id": note, "text": None if cells["text"] == plain else cells["text"], **others}


Selected = tuple[tuple[str, ...], Span | tuple[()]]


def _selections(codings: Iterable[Answer], layout: str, text: str) -> dict[Selected, list[Answer]]:
    """Return what is selected together, with its place; without one it is the whole.

    QualCoder keeps one coder, time and memo for each selection. Programs that count agreement want the whole.
    """
    found: dict[Selected, list[Answer]] = {}
    for answer in codings:
        name = ("",) if layout == SHARED else (answer.user.id, answer.variable)
        spans: list[Any] = placed(answer.words, text) if layout == PER_CODER else []
        for span in spans or [()]:
            found.setdefault((name, span), []).append(answer)
    return found


def _write_selection(
    xml: XmlWriter, place: tuple[str, Span], chosen: list[Answer], layout: str, guids: Guids, lang: str
) -> None:
    guid, (start, end) = place
    creator = None if layout == SHARED else guids.of("user", chosen[0].user.id)
    with xml.element(
        "PlainTextSelection",
        guid=guid,
        startPosition=str(start),
        endPosition=str(end),
        creatingUser=creator,
        creationDateTime=min(answer.decided_at for answer in chosen),
    ):
        text = "" if layout == SHARED else described(chosen[0].memo, chosen[0].certainty, lang)
        if text:
            xml.leaf("Description", text)
        for answer in chosen:
            for code in answer.codes:
                at = [str(start), str(end)] if answer.words else []
                _write_coding(xml, answer, code, at, guids)


def _write_coding(xml: XmlWriter, answer: Answer, code: str, at: list[str], guids: Guids) -> None:
    with xml.element(
        "Coding",
        guid=guids.of("coding", answer.note_id, answer.user.id, answer.variable, code, *at),
        creatingUser=guids.of("user", answer.user.id),
        creationDateTime=answer.decided_at,
    ):
        xml.leaf("CodeRef", targetGUID=answer_guid(guids, answer.variable, code))
        if answer.memo:
            xml.leaf("NoteRef", targetGUID=memo_guid(guids, answer))
        if answer.certainty:
            xml.leaf("NoteRef", targetGUID=certainty_guid(guids, answer.certainty))


def memo_guid(guids: Guids, answer: Answer) -> str:
    """Return the guid of the note that holds an answer's memo."""
    return guids.of("memo", answer.note_id, answer.user.id, answer.variable)


def certainty_guid(guids: Guids, certainty: str) -> str:
    """Return the guid of the note that stands for a certainty: one for all codings of it."""
    return guids.of("certainty", certainty)


def aside_guid(guids: Guids, note: str, user: User) -> str:
    """Return the guid of the note that holds a user's decisions beside a text, such as flags."""
    return guids.of("aside", note, user.id)


def _by_user(asides: Iterable[Answer]) -> dict[User, list[Answer]]:
    found: dict[User, list[Answer]] = {}
    for aside in asides:
        found.setdefault(aside.user, []).append(aside)
    return found


# --- notes in REFI-QDA's sense, texts beside the texts ------------------------------------------------


def write_notes(
    xml: XmlWriter,
    answers: Sorted,
    codebook: Codebook,
    lengths: Mapping[str, int],
    guids: Guids,
    lang: str,
) -> None:
    """Write the `Notes` of a project, if there are any; `lengths` are those of the texts."""
    codings = [answer for some in answers.codings.values() for answer in some]
    certainties = sorted({answer.certainty for answer in codings if answer.certainty})
    memos = [answer for answer in codings if answer.memo]
    asides = [some for each in answers.asides.values() for some in _by_user(each).values()]
    if not (certainties or memos or asides):
        return
    with xml.element("Notes"):
        for certainty in certainties:
            text = say("refi_certainty", lang, n=certainty)
            first = min(answer.decided_at for answer in codings if answer.certainty == certainty)
            with xml.element(
                "Note", guid=certainty_guid(guids, certainty), name=text, creationDateTime=first
            ):
                xml.leaf("Description", pack("certainty", {"certainty": certainty}))
                xml.leaf("PlainTextContent", text)
        for answer in memos:
            _write_memo(xml, answer, guids, lang)
        for some in asides:
            _write_asides(xml, some, codebook, lengths[some[0].note_id], guids, lang)


def _write_memo(xml: XmlWriter, answer: Answer, guids: Guids, lang: str) -> None:
    user = guids.of("user", answer.user.id)
    exact = None if answer.memo == xml_text(answer.memo) else answer.memo
    with xml.element(
        "Note",
        guid=memo_guid(guids, answer),
        name=say("refi_memo", lang, coder=answer.user.coder),
        creatingUser=user,
        creationDateTime=answer.decided_at,
    ):
        xml.leaf("Description", pack("memo", {"memo": exact}))
        xml.leaf("PlainTextContent", answer.memo)


def _write_asides(
    xml: XmlWriter, some: list[Answer], codebook: Codebook, length: int, guids: Guids, lang: str
) -> None:
    """Write what one user decided beside one text: a single note, since QualCoder stops at a second."""
    note, user = some[0].note_id, some[0].user
    told = [_aside(answer) for answer in some]
    shown = [" ".join(_shown(answer, codebook, lang)) for answer in some]
    with xml.element(
        "Note",
        guid=aside_guid(guids, note, user),
        name="; ".join(shown),
        creatingUser=guids.of("user", user.id),
        creationDateTime=min(answer.decided_at for answer in some),
    ):
        xml.leaf("Description", packed_decisions(told))
        xml.leaf("PlainTextContent", annotation(zip(shown, told, strict=True)))
        where = guids.of("aside selection", note, user.id)
        xml.leaf("PlainTextSelection", guid=where, startPosition="0", endPosition=str(length))


def _aside(answer: Answer) -> dict[str, Any]:
    return {
        "note_id": answer.note_id,
        "user": answer.user.id,
        "variable": answer.variable,
        "codes": list(answer.codes),
        "certainty": answer.certainty or None,
        "memo": answer.memo or None,
        "words": answer.words or None,
        "decided_at": answer.decided_at,
    }


def _shown(answer: Answer, codebook: Codebook, lang: str) -> Iterator[str]:
    known = answer.variable in codebook
    label = codebook[answer.variable].label.in_(lang) if known else answer.variable
    codes = [codebook[answer.variable].label_of(code, lang) if known else code for code in answer.codes]
    listed = ", ".join(code for code in codes if code) or say("refi_none_chosen", lang)
    yield say("refi_aside", lang, variable=label, codes=listed, coder=answer.user.coder)


# --- what a REFI-QDA project cannot hold of a study ---------------------------------------------------


_GONE = "not in the file"
_BESIDE = "in the file as notes beside the text; other programs do not count them"
_LINKED = "in the file as notes linked to the codings; many programs pass them over"
_IN_MEMOS = "in the file as a last line of the memos, and as notes linked to the codings"
_VARIABLES = (
    "in the file as variables, one for each coder; their times and memos are in the cases' descriptions"
)
_PLAIN = "plain in the file; as they were in their descriptions"
_LEDGER_WORDS = {"adjudicated": "adjudications", "merges": "merged, split or reworded actions"}


def project_losses(study: Study, answers: Sorted, layout: str) -> list[Loss]:
    """Return what is lost when a study is written as a project, and what only this package finds again."""
    history = study.history()
    standing = sum(map(_count, (answers.codings, answers.scores, answers.asides))) + answers.homeless
    decided = int((history["event"] == "decide").sum())
    certain = sum(bool(answer.certainty) for answer in _all(answers.codings))
    kept = (answers.codings, answers.scores, answers.asides)
    with_words = sum(bool(answer.words) for some in kept for answer in _all(some))
    gone = int((study.decisions()["words"] != "").sum()) - with_words
    changed = sum(text != plain_text(text) for text in study.notes["text"])
    found = [
        Loss(decided - standing, "answers that were changed or taken back later", _GONE),
        Loss(len(study.skipped()), "questions that a coder skipped", f"{_GONE}; they look unseen there"),
        Loss(answers.homeless, "decisions on notes that the study no longer has", _GONE),
        Loss(standing, "decisions: which version of the codebook and which way (card, page, sheet)", _GONE),
        *_ledgers(study.root),
        Loss(gone, "answers: words selected of a text or note that was changed since", _GONE),
        Loss(certain, "certainties", _LINKED if layout == SHARED else _IN_MEMOS),
        Loss(_count(answers.scores), "scores", _VARIABLES),
        Loss(_count(answers.asides), "flags, and answers that the codebook no longer has", _BESIDE),
        Loss(changed, "texts with control characters, other line ends or uncomposed letters", _PLAIN),
    ]
    if layout == SHARED:
        who = "in the file; programs that ask only who made the selection, as QualCoder, do not show it"
        found.append(Loss(_count(answers.codings), "decisions: whose they are", who))
    return real(found)


def _ledgers(root: Path) -> Iterable[Loss]:
    for name in LEDGERS:
        path = root / CODED / f"{name}.csv"
        if path.is_file():
            rows = sum(bool(line.strip()) for line in path.read_bytes().split(b"\n")) - 1
            yield Loss(max(rows, 0), _LEDGER_WORDS.get(name, f"rows of {name}.csv"), _GONE)


def _count(answers: dict[str, list[Answer]]) -> int:
    return sum(map(len, answers.values()))


def _all(answers: dict[str, list[Answer]]) -> Iterable[Answer]:
    return (answer for some in answers.values() for answer in some)


# --- A whole study for other programs: a REFI-QDA project, ``.qdpx`` ----------------------------------


NAMESPACE = "urn:QDA-XML:project:1.0"
_TIME = (1980, 1, 1, 0, 0, 0)  # always the same: the bytes must depend on the study, not on the day


def write_project_qdpx(
    study: Study, path: Path | str, layout: str = "per-coder", *, lang: str = "sv"
) -> list[Loss]:
    """Write a study for other programs, as a REFI-QDA project ``.qdpx``.

    The same study gives the same bytes. A note is a text of its own; unseen is
    the absence of any coding, while "none fits" and "none of several" are codes.

    Parameters
    ----------
    study : Study
    path : the file; one of that name is replaced
    layout : ``"per-coder"`` selects each note once for each decision, as programs want it that show who
        coded, when and with which memo; ``"shared"`` once for all, as programs want it that count agreement
    lang : ``"sv"`` or ``"en"``, the language of codes' names; descriptions hold both

    Returns
    -------
    list of Loss
        What the format cannot hold, or holds where other programs do not look.

    Raises
    ------
    ExchangeError
        If there is no such layout.
    NotSavedError
        If it cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> import pandas as pd
    >>> notes = pd.DataFrame({"note_id": ["n1"], "text": ["Viljan finns"]})
    >>> book = {"variables": [{"id": "goal", "kind": "scale", "label": "Mål", "range": [1, 5]}]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = Study.create(folder + "/demo", notes=notes, codebook=book)
    ...     lost = write_project_qdpx(study, folder + "/demo.qdpx")
    ...     with zipfile.ZipFile(folder + "/demo.qdpx") as archive:
    ...         archive.namelist()[0], len(archive.namelist())
    ('project.qde', 2)
    """
    if layout not in LAYOUTS:
        msg = f"There is no layout '{layout}'. Choose one of: {', '.join(LAYOUTS)}. Nothing was written."
        raise ExchangeError(msg)
    answers = sorted_answers(study)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        with archive.open(_entry("project.qde"), "w") as entry, io.BufferedWriter(entry, 1 << 18) as file:
            _Project(study, answers, layout, check_language(lang)).write(XmlWriter(file, NAMESPACE))
        guids = Guids(study.about.id)
        for note, text in study.notes["text"].items():
            name = f"sources/{guids.of('source', str(note))}.txt"
            archive.writestr(_entry(name), plain_text(text).encode("utf-8"))
    replace_file(path, out.getvalue())
    return project_losses(study, answers, layout)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # whatever system writes it
    entry.external_attr = 0o644 << 16
    return entry


class _Project:
    def __init__(self, study: Study, answers: Sorted, layout: str, lang: str) -> None:
        self.study = study
        self.answers = answers
        self.layout = layout
        self.lang = lang
        self.guids = Guids(study.about.id)

    def write(self, xml: XmlWriter) -> None:
        """Write the document; its parts come in the order that the schema sets."""
        title = self.study.about.title.in_(self.lang)
        with xml.element("Project", name=title, origin=ORIGIN):
            self._users(xml)
            with xml.element("CodeBook"):
                write_codes(xml, entries(self.study.codebook, self.guids, self.lang))
            write_variables(xml, _all(self.answers.scores), self.study.codebook, self.guids, self.lang)
            write_cases(xml, self.answers.scores, self.guids)
            with xml.element("Sources"):
                columns = [str(name) for name in self.study.notes.columns]
                for note, *cells in self.study.notes.itertuples(name=None):
                    named = dict(zip(columns, cells, strict=True))
                    write_source(xml, note, named, self.answers, self.layout, self.guids, self.lang)
            lengths = {str(note): len(plain_text(text)) for note, text in self.study.notes["text"].items()}
            write_notes(xml, self.answers, self.study.codebook, lengths, self.guids, self.lang)
            xml.leaf("Description", pack("project", self._about()))

    def _users(self, xml: XmlWriter) -> None:
        if self.answers.users:
            with xml.element("Users"):
                for user in self.answers.users:
                    guid = self.guids.of("user", user.id)
                    xml.leaf("User", guid=guid, name=user.name(self.lang), id=user.id)

    def _about(self) -> dict[str, object]:
        about = self.study.about.model_dump(mode="json", exclude_defaults=True, exclude={"readable", "seed"})
        book = self.study.codebook
        columns = [name for name in self.study.notes.columns if name != "text"]
        return {
            "study": about,
            "layout": self.layout,
            "columns": columns,
            **both("codebook.title", book.title),
            **both("codebook.goal", book.goal),
        }
