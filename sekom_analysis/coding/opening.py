"""`sekom code`, `sekom adjudicate`: a card in the browser, for one person. `sekom lab`: a study's notebooks.

The server of a card is a process of its own; it is told in an environment variable whose card it is.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sekom_analysis.basics.errors import StudyError, needing
from sekom_analysis.basics.files import write_whole
from sekom_analysis.coding.judging import AdjudicationSession
from sekom_analysis.coding.session import AnySession, Session
from sekom_analysis.coding.talking import TalkSession
from sekom_analysis.study.desk import Desk
from sekom_analysis.study.study import Study

FOLDER = Path(".sekom") / "coding"  # what the server calls its own: no log is in it
CARD_VARIABLE = "SEKOM_CARD"
UNUSED = (
    "jupyterlab",
    "jupyter_lsp",
    "jupyter_server_terminals",
    "notebook_shim",
)  # a card takes none of them
FIRST_PORT, N_PORTS = 8888, 50
SOUND = 5.0  # seconds: a server that ran so long could start
MOST_SHORT = 3  # so often in a row a server is started again that was killed before


def open_coding(
    study: str | os.PathLike[str],
    coder: str,
    *,
    lang: str = "sv",
    browser: bool = True,
    **options: Any,
) -> int:
    """Open the card of one coder in the browser; return when its server has been closed.

    Parameters
    ----------
    study : the study's folder
    coder : the coder's id
    lang : ``"sv"`` or ``"en"``
    browser : whether to open the browser, or only to show the address
    **options : `again`, `warm_up`, `variables`, `sources`, `only` and `training`,
        as `coding.session.Session` takes them

    Returns
    -------
    int
        The server's exit code.

    Raises
    ------
    StudyError, DecisionError, CodebookError, NotesError
        If there is no study, the coder's id cannot be used, or an option names what is not there.
    MissingPackageError
        If the Jupyter server is not installed.
    """
    desk = Desk.open(study, coder)
    Session(desk, lang=lang, **options)  # what cannot be coded is said here, before the server starts
    card = {"study": str(desk.root), "coder": coder, "options": {"lang": lang, **options}}
    return _serve(card, desk.root, browser)


def open_adjudication(
    study: Study,
    adjudicator: str,
    variable: str,
    *,
    lang: str = "sv",
    present: Sequence[str] = (),
    browser: bool = True,
) -> int:
    """Open the card of one adjudicator in the browser; return when its server has been closed.

    Parameters
    ----------
    study : Study
    adjudicator : the adjudicator's id
    variable : id of the variable whose disagreements are to be settled
    lang : ``"sv"`` or ``"en"``
    present : coders who sit beside the adjudicator and see the same
    browser : whether to open the browser, or only to show the address

    Returns
    -------
    int
        The server's exit code.

    Raises
    ------
    DecisionError, CodebookError, NotesError
        If the id cannot be used, there is no such variable, or nothing is there to settle.
    MissingPackageError
        If the Jupyter server is not installed.
    """
    AdjudicationSession(study, adjudicator, variable, lang="en", present=present)  # or says why not
    options = {"lang": lang, "present": list(present)}
    card = {"study": str(study.root), "adjudicator": adjudicator, "variable": variable, "options": options}
    return _serve(card, study.root, browser)


def open_talk(
    study: Study,
    variable: str,
    *,
    present: Sequence[str],
    lang: str = "sv",
    browser: bool = True,
) -> int:
    """Open the card of a meeting in the browser; return when its server has been closed.

    Parameters
    ----------
    study : Study
    variable : id of the variable that those present talk about
    present : the coders who are there
    lang : ``"sv"`` or ``"en"``
    browser : whether to open the browser, or only to show the address

    Returns
    -------
    int
        The server's exit code.

    Raises
    ------
    DecisionError, CodebookError, NotesError
        If somebody is no coder, there is no such variable, or there is no note that all present have answered
        and not alike.
    MissingPackageError
        If the Jupyter server is not installed.
    """
    TalkSession(study, variable, lang="en", present=present)  # or says why not
    options = {"lang": lang, "present": list(present)}
    return _serve({"study": str(study.root), "talk": variable, "options": options}, study.root, browser)


def begin_session(card: dict[str, Any]) -> AnySession:
    """Begin the session of the card that is to be opened, from what is on the disk now."""
    if "coder" in card:
        return Session(Desk.open(card["study"], card["coder"]), **card["options"])
    study = Study.open(card["study"])
    if "talk" in card:
        return TalkSession(study, card["talk"], **card["options"])
    return AdjudicationSession(study, card["adjudicator"], card["variable"], **card["options"])


# --- the server of a card -----------------------------------------------------------------------------


def card_command(
    card: dict[str, Any], root: Path, port: int, *, browser: bool = True
) -> tuple[list[str], dict[str, str]]:
    """Return the command that serves a card, and the environment for it.

    Parameters
    ----------
    card : whose card, of which study, and the options of its session
    root : the study's folder
    port : where it is served: what a browser keeps, it keeps for one port
    browser : whether to open the browser

    Raises
    ------
    MissingPackageError
        If the Jupyter server is not installed.
    """
    with needing("notebooks"):
        import jupyter_server  # noqa: F401

        from sekom_analysis.coding.serving import PATH
    folder = root / FOLDER
    extensions = {"ServerApp": {"jpserver_extensions": {__name__: True, **dict.fromkeys(UNUSED, False)}}}
    settings = folder / "settings"
    write_whole(settings / "jupyter_server_config.d" / "sekom.json", json.dumps(extensions).encode("utf-8"))
    command = [
        *(sys.executable, "-m", "jupyter_server"),
        f"--ServerApp.root_dir={folder}",
        f"--ServerApp.default_url=/{PATH}",
        f"--ServerApp.port={port}",
        f"--ServerApp.open_browser={browser}",
        "--ServerApp.reraise_server_extension_failures=True",
        "--ServerApp.log_level=WARN",
    ]
    return command, os.environ | _settings(settings) | {CARD_VARIABLE: json.dumps(card)}


def _serve(card: dict[str, Any], root: Path, browser: bool) -> int:
    """Serve a card until somebody closes it; where the server is killed, the card waits for the next one."""
    port, short = _free_port(), 0
    while True:
        began = time.monotonic()
        code = _run(*card_command(card, root, port, browser=browser))
        short = 0 if time.monotonic() - began >= SOUND else short + 1
        if code == 0 or short > MOST_SHORT or (code > 0 and short):  # below 0: killed, as POSIX says it
            return code
        browser = False  # the card is open


def _free_port() -> int:
    """Return the first port that is free; where all are taken the server looks for one itself."""
    for port in range(FIRST_PORT, FIRST_PORT + N_PORTS):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    return FIRST_PORT


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Name this module to the Jupyter server as one that adds to it."""
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Add the card that the environment names to a Jupyter server."""
    from sekom_analysis.coding.serving import serve

    card = json.loads(os.environ[CARD_VARIABLE])
    whose = {name: value for name, value in card.items() if name != "options"}
    serve(server, lambda: begin_session(card), json.dumps(whose, sort_keys=True))


# --- the notebooks ------------------------------------------------------------------------------------


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
    return _run(*lab_command(root, f"lab/tree/{found[0].relative_to(root).as_posix()}", browser=browser))


def lab_command(root: Path, page: str, *, browser: bool = True) -> tuple[list[str], dict[str, str]]:
    """Return the command that opens a page of JupyterLab, and the environment: its terminals find `sekom`.

    Parameters
    ----------
    root : the folder that JupyterLab shows
    page : what of it is opened, as ``lab/tree/notebooks``
    browser : whether to open the browser

    Raises
    ------
    MissingPackageError
        If JupyterLab is not installed.
    """
    with needing("notebooks"):
        import jupyterlab  # noqa: F401
    settings = root / ".sekom" / "lab" / "settings"
    # JupyterLab's question about news asks the network, and puzzles whoever opens it.
    quiet = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
    write_whole(settings / "labconfig" / "page_config.json", json.dumps(quiet).encode("utf-8"))
    command = [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url=/{quote(page)}",
        *([] if browser else ["--no-browser"]),
    ]
    programs = os.pathsep.join(filter(None, [sysconfig.get_path("scripts"), os.environ.get("PATH")]))
    return command, os.environ | {"PATH": programs} | _settings(settings)


def _settings(folder: Path) -> dict[str, str]:
    given = [str(folder), os.environ.get("JUPYTER_CONFIG_PATH")]
    return {"JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, given))}


def _run(command: list[str], environment: dict[str, str]) -> int:
    try:
        return subprocess.run(command, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 0
