"""`sekom code`, `sekom adjudicate`, `sekom lab`: what is started, where, and for whom."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig

import pytest

from sekom_analysis.basics.errors import CodebookError, DecisionError, NotesError, SekomError, StudyError
from sekom_analysis.coding import opening


@pytest.fixture
def called(monkeypatch):
    """What is run instead of a server: it was closed by somebody."""
    seen = {}

    def run(command, env, check):
        seen.update(command=command, env=env)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(opening.subprocess, "run", run)
    return seen


def test_a_coders_card_is_served_alone_from_where_nobody_s_answers_lie(study, called):
    study.decide("bo", "n1", "valence", "hinder")
    options = {"again": 3, "variables": ["valence"], "lang": "en"}
    study.decide("anna", "n1", "valence", "hinder")
    assert opening.open_coding(study.root, "anna", browser=False, **options) == 0
    folder = study.root / ".sekom" / "coding"
    assert called["command"][:3] == [sys.executable, "-m", "jupyter_server"]
    assert f"--ServerApp.root_dir={folder}" in called["command"]
    assert "--ServerApp.default_url=/sekom/card" in called["command"]
    assert "--ServerApp.open_browser=False" in called["command"]
    assert not list(folder.rglob("*.csv"))
    card = json.loads(called["env"]["SEKOM_CARD"])
    assert card == {"study": str(study.root), "coder": "anna", "options": options}
    assert opening.begin_session(card).data()["coder"] == "anna"


def test_a_server_that_is_killed_is_started_again_where_the_open_card_looks_for_it(study, monkeypatch):
    ends, commands = [-9, 1, 0], []

    def run(command, _environment):
        commands.append(command)
        return ends[len(commands) - 1]

    monkeypatch.setattr(opening, "_run", run)
    monkeypatch.setattr(opening, "SOUND", 0.0)
    assert opening.open_coding(study.root, "anna") == 0
    assert ["--ServerApp.open_browser=True" in command for command in commands] == [True, False, False]
    ports = {part for command in commands for part in command if part.startswith("--ServerApp.port=")}
    assert len(ports) == 1


def test_a_server_that_cannot_start_is_not_started_for_ever(study, monkeypatch):
    for ends in ([1], [-9, 2], [-9, -9, -9, -9]):
        left = list(ends)
        monkeypatch.setattr(opening, "_run", lambda *_, left=left: left.pop(0))
        assert (opening.open_coding(study.root, "anna"), len(left)) == (ends[-1], 0)


def test_what_cannot_be_coded_is_said_before_a_server_starts(study, monkeypatch):
    monkeypatch.setattr(opening.subprocess, "run", lambda *_, **__: pytest.fail("a server was started"))
    with pytest.raises(DecisionError, match="'Anna' cannot be a coder's id"):
        opening.open_coding(study.root, "Anna")
    with pytest.raises(CodebookError, match="no variable 'vallence'"):
        opening.open_coding(study.root, "anna", variables=["vallence"])


def test_without_a_server_the_message_says_how_to_get_it_or_do_without(study, monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyter_server", None)
    with pytest.raises(
        SekomError, match=r'jupyter_server is not installed.*sekom page.*pip install "\.\[notebooks\]"'
    ):
        opening.open_coding(study.root, "anna")


def test_an_adjudicators_card_is_served_the_same_way(sample_study, called):
    assert opening.open_adjudication(sample_study, "anna", "valence", lang="en", browser=False) == 0
    card = json.loads(called["env"]["SEKOM_CARD"])
    options = {"lang": "en", "present": []}
    study = str(sample_study.root)
    assert card == {"study": study, "adjudicator": "anna", "variable": "valence", "options": options}
    assert f"--ServerApp.root_dir={sample_study.root / '.sekom' / 'coding'}" in called["command"]
    assert opening.begin_session(card).data()["card"] == "adjudication"


def test_what_cannot_be_settled_is_said_before_a_server_starts(study, monkeypatch):
    monkeypatch.setattr(opening.subprocess, "run", lambda *_, **__: pytest.fail("a server was started"))
    for adjudicator, variable, error, message in (
        ("Anna", "valence", DecisionError, "'Anna' cannot be"),
        ("anna", "vallence", CodebookError, "no variable 'vallence'"),
        ("anna", "valence", NotesError, "nothing to settle about Barrier or possibility"),
    ):
        with pytest.raises(error, match=message):
            opening.open_adjudication(study, adjudicator, variable)


@pytest.mark.parametrize("folder", [".", "mine"])
def test_jupyterlab_opens_on_a_study_or_on_a_folder_of_studies(folder, tmp_path, called):
    studies = tmp_path / "Åsas mapp (OneDrive – Ekeby)"
    (studies / "mine" / "notebooks").mkdir(parents=True)
    assert opening.open_lab(studies / folder, browser=False) == 0
    root = (studies / folder).resolve()
    assert called["command"][:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={root}" in called["command"]
    inside = "notebooks" if folder == "mine" else "mine/notebooks"
    assert f"--LabApp.default_url=/lab/tree/{inside}" in called["command"]
    assert called["env"]["PATH"].startswith(sysconfig.get_path("scripts"))  # a terminal there finds sekom
    assert called["env"]["JUPYTER_CONFIG_PATH"].startswith(str(root / ".sekom" / "lab" / "settings"))


def test_jupyterlab_is_not_opened_where_there_is_no_study(tmp_path):
    with pytest.raises(StudyError, match="sekom new mystudy --sample"):
        opening.open_lab(tmp_path)
    assert not list(tmp_path.iterdir())
