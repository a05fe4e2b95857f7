"""A whole study for other programs: a REFI-QDA project, ``.qdpx``."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from sekom_analysis.errors import ExchangeError
from sekom_analysis.exchange.refi.answers import Answer, Sorted, User, sorted_answers
from sekom_analysis.exchange.refi.codebook import ORIGIN, both, entries, write_codes
from sekom_analysis.exchange.refi.guids import Guids
from sekom_analysis.exchange.refi.labelled import pack
from sekom_analysis.exchange.refi.losses import Loss
from sekom_analysis.exchange.refi.plaintext import plain_text
from sekom_analysis.exchange.refi.project_losses import project_losses
from sekom_analysis.exchange.refi.remarks_writing import write_notes
from sekom_analysis.exchange.refi.scores_writing import write_cases, write_variables
from sekom_analysis.exchange.refi.sources_writing import LAYOUTS, write_source
from sekom_analysis.exchange.refi.xmlwriting import XmlWriter
from sekom_analysis.exchange.tables import replace_file
from sekom_analysis.study import Study
from sekom_analysis.wording import check_language, say

NAMESPACE = "urn:QDA-XML:project:1.0"
_TIME = (1980, 1, 1, 0, 0, 0)  # always the same: the bytes must tell of the study, not of the day


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
    layout : ``"per-coder"`` selects each note once for each coder, as programs want it that show who
        coded; ``"shared"`` once for all, as programs want it that count agreement
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
            write_variables(xml, self._all(self.answers.scores), self.study.codebook, self.guids, self.lang)
            write_cases(xml, self.answers.scores, self.guids)
            with xml.element("Sources"):
                columns = [str(name) for name in self.study.notes.columns]
                for note, *cells in self.study.notes.itertuples(name=None):
                    named = dict(zip(columns, cells, strict=True))
                    write_source(xml, note, named, self.answers, self.layout, self.guids)
            write_notes(xml, self.answers, self.study.codebook, self.guids, self.lang)
            xml.leaf("Description", pack("project", self._about()))

    def _users(self, xml: XmlWriter) -> None:
        if self.answers.users:
            with xml.element("Users"):
                for user in self.answers.users:
                    guid = self.guids.of("user", user.id)
                    xml.leaf("User", guid=guid, name=user_name(user, self.lang), id=user.id)

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

    def _all(self, answers: dict[str, list[Answer]]) -> Iterable[Answer]:
        return (answer for some in answers.values() for answer in some)


def user_name(user: User, lang: str) -> str:
    """Return a user's name as programs show it."""
    return user.coder if user.id == user.coder else say("refi_pass", lang, coder=user.coder, n=user.pass_)
