"""The cards in JupyterLab: as widgets, and the notebooks and the Lab in which they open."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import pandas as pd

from sekom_analysis.basics import wording
from sekom_analysis.basics.errors import NotesError, StudyError, needing
from sekom_analysis.basics.files import write_whole
from sekom_analysis.coding.comparing import ReviewSession
from sekom_analysis.coding.judging import AdjudicationSession, variables_to_settle
from sekom_analysis.coding.page import (
    ADJUDICATION_STYLES,
    REVIEW_STYLES,
    SCRIPT,
    STYLES,
    script,
)
from sekom_analysis.coding.session import Session
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.making import sample_folder
from sekom_analysis.study.raw import STUDY_VARIABLE, VIEWER_VARIABLE
from sekom_analysis.study.study import Study

with needing("notebooks"):
    import anywidget
    import traitlets


class AnySession(Protocol):
    """What a card needs of whoever works with it."""

    def data(self) -> dict[str, Any]:
        """Return what the card shows."""

    def receive(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """Take a message of the card and return the answers to it."""


class Card(anywidget.AnyWidget):
    """A card that shows what a session has, and hands it what was done.

    Parameters
    ----------
    session : who works with it
    """

    _esm = script(SCRIPT)
    data = traitlets.Dict().tag(sync=True)

    def __init__(self, session: AnySession, **settings: Any) -> None:
        super().__init__(data=session.data(), **settings)
        self._session = session
        self._turn = threading.Lock()  # a kernel may hand a card's messages to several threads
        self.on_msg(self._answer)

    def _answer(self, _widget: object, message: dict[str, Any], _buffers: object) -> None:
        with self._turn:
            for reply in self._session.receive(message):
                self.send(reply)


class CodingCard(Card):
    """A card that shows one coder the notes, one at a time, and saves each decision as it is made.

    Parameters
    ----------
    session : the coder's session
    """

    _css = script(*STYLES)


class Guidance:
    """A sentence or two in place of a card."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.text


def code_notes(desk: Desk | str, *, lang: str = "sv", **options: Any) -> CodingCard | Guidance:
    """Return the card with which one coder codes, as a notebook shows it.

    Parameters
    ----------
    desk : the coder's desk; or the coder's id, for the study that SEKOM_STUDY names or that this folder is in
    lang : ``"sv"`` or ``"en"``
    **options : `variables`, `sources`, `stages`, `only`, `warm_up` and `again`, as `Session` takes them

    Returns
    -------
    CodingCard, or with an empty id a sentence that says what to do.

    Examples
    --------
    >>> code_notes("", lang="en")  # doctest: +ELLIPSIS
    Write your coder id between the quotation marks in the cell above, ...
    """
    if desk == "":
        return Guidance(wording.say("coding_no_coder", lang))
    if isinstance(desk, str):
        desk = Desk.open(os.environ.get(STUDY_VARIABLE, "."), desk)
    return CodingCard(Session(desk, lang=lang, **options))


# --- the adjudication card as a Jupyter widget --------------------------------------------------------


class AdjudicationCard(Card):
    """A card that shows an adjudicator the disputed notes, and saves what is settled, with its reason.

    Parameters
    ----------
    session : the adjudicator's session
    """

    _css = script(*ADJUDICATION_STYLES)


def adjudicate_notes(
    study: Study,
    adjudicator: str,
    variable: str,
    *,
    lang: str = "sv",
    notes: object = None,
    present: Sequence[str] = (),
) -> AdjudicationCard | Guidance:
    """Return the card with which one adjudicator settles what coders disagree on.

    Every adjudication goes into the study's ledger, with its reason; the
    coders' logs are never touched.

    Parameters
    ----------
    study : Study
    adjudicator : the adjudicator's id, of the same form as a coder's
    variable : id of the variable whose disagreements are to be settled
    lang : ``"sv"`` or ``"en"``
    notes : ids or a table of notes; left out, all that the variable is asked of
    present : coders who sit beside the adjudicator and see the same; the card can change it. What they and
        the adjudicator answer to these notes afterwards is not independent

    Returns
    -------
    AdjudicationCard; or a sentence that says what is missing, or why there is nothing to settle.

    Raises
    ------
    CodebookError, DecisionError
        If there is no such variable, or the id cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sekom_analysis.study.making import create_sample
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     create_sample(Path(folder) / "study")
    ...     study = Study.open(Path(folder) / "study")
    ...     adjudicate_notes(study, "", "category_b", lang="en")  # doctest: +ELLIPSIS
    Write your id between the quotation marks in the cell above, for example adjudicator = "anna", and ...
    """
    if not adjudicator:
        return Guidance(wording.say("adjudicating_no_adjudicator", lang))
    if not variable:
        found = ", ".join(variables_to_settle(study)) or "–"
        return Guidance(wording.say("adjudicating_no_variable", lang, variables=found))
    try:
        options: dict[str, Any] = {"lang": lang, "notes": notes, "present": present}
        return AdjudicationCard(AdjudicationSession(study, adjudicator, variable, **options))
    except NotesError as nothing:
        return Guidance(str(nothing))


# --- the review card as a Jupyter widget --------------------------------------------------------------


class ReviewCard(Card):
    """A card that shows a reviewer two notes side by side, and saves whether they say the same.

    Parameters
    ----------
    session : the reviewer's session
    """

    _css = script(*REVIEW_STYLES)


def review_pairs(
    study: Study, reviewer: str, pairs: pd.DataFrame, *, lang: str = "sv"
) -> ReviewCard | Guidance:
    """Return the card with which one reviewer judges pairs of notes: same, overlapping, different.

    Notes that are the same are merged, with a reason; the notes and the coders' logs are never
    touched. What other reviewers said of a pair is shown only once this one has judged it.

    Parameters
    ----------
    study : Study
    reviewer : the reviewer's id, of the same form as a coder's
    pairs : table with ``note_a`` and ``note_b``, as `similar_pairs` gives it
    lang : ``"sv"`` or ``"en"``

    Returns
    -------
    ReviewCard; or a sentence that says what is missing.

    Raises
    ------
    DecisionError
        If the id cannot be used.

    Examples
    --------
    >>> import tempfile
    >>> notes = pd.DataFrame({"note_id": ["d1", "d2"], "text": ["Ta fram nyckeltal", "Nya nyckeltal"]})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     study = Study.create(folder + "/demo", notes=notes)
    ...     review_pairs(study, "", pd.DataFrame(), lang="en")  # doctest: +ELLIPSIS
    Write your id between the quotation marks in the cell above, for example reviewer = "anna", and ...
    """
    if not reviewer:
        return Guidance(wording.say("comparing_no_reviewer", lang))
    try:
        return ReviewCard(ReviewSession(study, reviewer, pairs, lang=lang))
    except NotesError as nothing:
        return Guidance(str(nothing))


# --- `sekom code`, `sekom adjudicate`: a notebook filled in for one person, opened in JupyterLab ------


CODING, ADJUDICATION = "01-code.ipynb", "03-adjudicate.ipynb"
FOLDER = Path(".sekom") / "coding"
ADJUDICATION_FOLDER = Path(".sekom") / "adjudication"


def open_coding(
    study: str | os.PathLike[str],
    coder: str,
    *,
    lang: str = "sv",
    browser: bool = True,
    **options: Any,
) -> int:
    """Open the coding notebook of one coder; return when JupyterLab has been closed.

    Parameters
    ----------
    study : the study's folder
    coder : the coder's id
    lang : ``"sv"`` or ``"en"``
    browser : whether to open the browser, or only to start JupyterLab and show its address
    **options : `again`, `warm_up`, `variables`, `sources` and `only`, as `coding.session.Session` takes them

    Returns
    -------
    int
        JupyterLab's exit code.

    Raises
    ------
    StudyError, DecisionError, CodebookError, NotesError
        If there is no study, the coder's id cannot be used, or an option names what is not there.
    MissingPackageError
        If JupyterLab is not installed.
    """
    desk = Desk.open(study, coder)
    Session(desk, lang=lang, **options)  # what cannot be coded is said here, before JupyterLab starts
    notebook = prepare_notebook(desk, lang=lang, **options)
    return _run_lab(notebook, desk.root, browser, coder)


def open_adjudication(
    study: Study,
    adjudicator: str,
    variable: str,
    *,
    lang: str = "sv",
    present: Sequence[str] = (),
    browser: bool = True,
) -> int:
    """Open the adjudication notebook of one adjudicator; return when JupyterLab has been closed.

    Parameters
    ----------
    study : Study
    adjudicator : the adjudicator's id
    variable : id of the variable whose disagreements are to be settled
    lang : ``"sv"`` or ``"en"``
    present : coders who sit beside the adjudicator and see the same
    browser : whether to open the browser, or only to start JupyterLab and show its address

    Returns
    -------
    int
        JupyterLab's exit code.

    Raises
    ------
    DecisionError, CodebookError, NotesError
        If the id cannot be used, there is no such variable, or nothing is there to settle.
    MissingPackageError
        If JupyterLab is not installed.
    """
    from sekom_analysis.coding.judging import AdjudicationSession

    # what cannot be settled is said here
    AdjudicationSession(study, adjudicator, variable, lang="en", present=present)
    values = {"variable": variable, "lang": lang, "present": list(present)}
    notebook = prepare_adjudication(study.root, adjudicator, **values)
    return _run_lab(notebook, study.root, browser, adjudicator)


def open_lab(folder: Path, *, browser: bool = True) -> int:
    """Open JupyterLab on the notebooks of a study, or of the first study in a folder of studies.

    Parameters
    ----------
    folder : the study, or the folder that holds studies; JupyterLab shows what is in it
    browser : whether to open the browser, or only to start JupyterLab and show its address

    Returns
    -------
    int
        JupyterLab's exit code.

    Raises
    ------
    StudyError
        If there are no notebooks in it.
    MissingPackageError
        If JupyterLab is not installed.
    """
    root = folder.resolve()
    found = [path for path in (root / "notebooks", *sorted(root.glob("*/notebooks"))) if path.is_dir()]
    if not found:
        msg = (
            f"'{folder}' has no notebooks, nor has a study in it. A study to try things on, with notebooks: "
            f"sekom new mystudy --sample, then sekom lab mystudy"
        )
        raise StudyError(msg)
    command, environment = _jupyter(root, f"lab/tree/{found[0].relative_to(root).as_posix()}", browser)
    _quiet_lab(root / ".sekom" / "lab")
    return _run(command, environment | _lab_settings(root / ".sekom" / "lab"))


def _run_lab(notebook: Path, root: Path, browser: bool, viewer: str) -> int:
    return _run(*lab_command(notebook, root, browser=browser, viewer=viewer))


def _run(command: list[str], environment: dict[str, str]) -> int:
    try:
        return subprocess.run(command, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 0


def prepare_notebook(desk: Desk, **values: Any) -> Path:
    """Put the coding notebook, with the coder filled in, into a folder of its own; return its path.

    The folder holds no log, so a coder who looks about in JupyterLab sees no
    other coder's answers, and what a notebook saves of its outputs stays out
    of the study.
    """
    return _prepare(CODING, desk.root / FOLDER / f"{desk.coder}.ipynb", {"coder": desk.coder, **values})


def prepare_adjudication(root: Path, adjudicator: str, **values: Any) -> Path:
    """Put the adjudication notebook, filled in for one adjudicator, in its place; return its path."""
    path = root / ADJUDICATION_FOLDER / f"{adjudicator}.ipynb"
    return _prepare(ADJUDICATION, path, {"adjudicator": adjudicator, **values})


def _prepare(name: str, path: Path, values: dict[str, Any]) -> Path:
    """Put a notebook of the package to a path, with values filled in; return the path."""
    book = json.loads(_template(name).read_text(encoding="utf-8"))
    book["cells"] = [_filled(cell, values) for cell in book["cells"]]
    if not _says_the_same(path, book):
        write_whole(path, json.dumps(book, ensure_ascii=False, indent=1).encode("utf-8"))
    _quiet_lab(path.parent)
    return path


def lab_command(
    notebook: Path, root: Path, *, browser: bool = True, viewer: str = ""
) -> tuple[list[str], dict[str, str]]:
    """Return the command that opens a notebook in JupyterLab, and the environment for it.

    Parameters
    ----------
    notebook : what is opened
    root : the study's folder
    browser : whether to open the browser
    viewer : the coder for whom it is opened; views in it then keep what they showed to whom

    Raises
    ------
    MissingPackageError
        If JupyterLab is not installed.
    """
    command, environment = _jupyter(notebook.parent, f"doc/tree/{notebook.name}", browser)
    names = {STUDY_VARIABLE: str(root), VIEWER_VARIABLE: viewer}
    return command, environment | _lab_settings(notebook.parent) | names


def _jupyter(root: Path, page: str, browser: bool) -> tuple[list[str], dict[str, str]]:
    """Return the command that opens a page of JupyterLab, whose terminals will find `sekom`."""
    with needing("notebooks"):
        import jupyterlab  # noqa: F401
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/{quote(page)}",
        *([] if browser else ["--no-browser"]),
    ]
    programs = os.pathsep.join(filter(None, [sysconfig.get_path("scripts"), os.environ.get("PATH")]))
    return command, os.environ | {"PATH": programs}


def _lab_settings(folder: Path) -> dict[str, str]:
    settings = [str(folder / "settings"), os.environ.get("JUPYTER_CONFIG_PATH")]
    return {"JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, settings))}


def _template(name: str) -> Path:
    """Return a notebook of an installed package, or of the checkout that the package runs from."""
    path = sample_folder() / "notebooks" / name
    if path.is_file():
        return path
    msg = f"The notebook {name} is missing from the installation; install sekom_analysis again."
    raise StudyError(msg)


def _filled(cell: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Fill values into the cell of parameters."""
    if "parameters" not in cell["metadata"].get("tags", []):
        return cell
    lines = "".join(cell["source"]).splitlines()
    for number, line in enumerate(lines):
        name = line.partition(" = ")[0]
        if name in values:
            _, mark, comment = line.partition("  #")
            lines[number] = f"{name} = {json.dumps(values[name])}{mark}{comment}"
    return {**cell, "source": "\n".join(lines)}


def _says_the_same(path: Path, book: dict[str, Any]) -> bool:
    """Whether a notebook is there already: one that is open must not change under the coder's hands."""
    try:
        there = json.loads(path.read_text(encoding="utf-8"))
        return [_source(cell) for cell in there["cells"]] == [_source(cell) for cell in book["cells"]]
    except (OSError, ValueError, KeyError):
        return False


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def _quiet_lab(folder: Path) -> None:
    """Turn off JupyterLab's question about news: it asks the network, and puzzles a coder."""
    settings = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    write_whole(folder / "settings" / "labconfig" / "page_config.json", json.dumps(settings).encode("utf-8"))
