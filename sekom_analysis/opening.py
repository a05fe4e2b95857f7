"""`sekom code`, `sekom adjudicate`: a notebook filled in for one person, opened in JupyterLab.

It lies in a folder where nobody's answers lie, and what it saves of its outputs stays out of the study.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sekom_analysis.coding.session import Session
from sekom_analysis.desk import Desk
from sekom_analysis.errors import SekomError, StudyError
from sekom_analysis.files import write_whole
from sekom_analysis.raw import STUDY_VARIABLE, VIEWER_VARIABLE

if TYPE_CHECKING:
    from sekom_analysis.study import Study

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
    SekomError
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
    SekomError
        If JupyterLab is not installed.
    """
    from sekom_analysis.coding.adjudication import AdjudicationSession

    # what cannot be settled is said here
    AdjudicationSession(study, adjudicator, variable, lang="en", present=present)
    values = {"variable": variable, "lang": lang, "present": list(present)}
    notebook = prepare_adjudication(study.root, adjudicator, **values)
    return _run_lab(notebook, study.root, browser, adjudicator)


def _run_lab(notebook: Path, root: Path, browser: bool, viewer: str) -> int:
    command, environment = lab_command(notebook, root, browser=browser, viewer=viewer)
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
    SekomError
        If JupyterLab is not installed.
    """
    missing = [name for name in ("jupyterlab", "anywidget") if find_spec(name) is None]
    if missing:
        msg = (
            f"{' and '.join(missing)} cannot be found, so the card cannot be shown. Install it with: "
            f'pip install "sekom_analysis[notebooks]"   Or code without Jupyter: sekom page, sekom sheet.'
        )
        raise SekomError(msg)
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={notebook.parent}",
        f"--LabApp.default_url=/doc/tree/{notebook.name}",
        *([] if browser else ["--no-browser"]),
    ]
    settings = os.pathsep.join(
        filter(None, [str(notebook.parent / "settings"), os.environ.get("JUPYTER_CONFIG_PATH")])
    )
    names = {STUDY_VARIABLE: str(root), VIEWER_VARIABLE: viewer, "JUPYTER_CONFIG_PATH": settings}
    return command, os.environ | names


def _template(name: str) -> Path:
    """Return a notebook of an installed package, or of the checkout that the package runs from."""
    package = Path(__file__).parent
    for folder in (package / "sample" / "notebooks", package.parent / "notebooks"):
        if (folder / name).is_file():
            return folder / name
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
