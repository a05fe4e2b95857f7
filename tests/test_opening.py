"""`sekom code`, `sekom adjudicate`: a notebook in a folder without logs, and how JupyterLab opens it."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig

import pytest

from sekom_analysis.basics.errors import CodebookError, DecisionError, NotesError, SekomError, StudyError
from sekom_analysis.coding import jupyter


def sources(path):
    return ["".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]


def test_the_notebook_names_the_coder_and_lies_where_nobody_s_answers_lie(study):
    study.decide("bo", "n1", "valence", "hinder")
    path = jupyter.prepare_notebook(study.desk("anna"), again=3, variables=["valence"], lang="en")
    parameters = sources(path)[2].splitlines()
    assert parameters[0] == 'coder = "anna"'
    assert 'lang = "en"  # "en": English' in parameters
    assert any(line.startswith('variables = ["valence"]  # ') for line in parameters)
    assert any(line.startswith("again = 3  # ") for line in parameters)
    assert not list(path.parent.rglob("*.csv"))
    compile("\n".join(parameters), "parameters", "exec")


def test_a_notebook_that_is_open_is_not_written_again_unless_it_differs(study):
    path = jupyter.prepare_notebook(study.desk("anna"))
    book = json.loads(path.read_text(encoding="utf-8"))
    book["cells"][-1]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["hej"]}]
    path.write_text(json.dumps(book), encoding="utf-8")
    jupyter.prepare_notebook(study.desk("anna"))
    assert json.loads(path.read_text(encoding="utf-8"))["cells"][-1]["outputs"]
    jupyter.prepare_notebook(study.desk("anna"), again=1)
    assert not json.loads(path.read_text(encoding="utf-8"))["cells"][-1]["outputs"]


def test_jupyterlab_is_asked_to_show_that_notebook_alone(study, monkeypatch):
    called = {}

    def run(command, env, check):
        called.update(command=command, env=env)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(jupyter.subprocess, "run", run)
    assert jupyter.open_coding(study.root, "anna", browser=False) == 0
    folder = study.root / ".sekom" / "coding"
    assert called["command"][:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={folder}" in called["command"]
    assert "--LabApp.default_url=/doc/tree/anna.ipynb" in called["command"]
    assert "--no-browser" in called["command"]
    assert called["env"]["SEKOM_STUDY"] == str(study.root)


def test_what_cannot_be_coded_is_said_before_jupyterlab_starts(study, monkeypatch):
    monkeypatch.setattr(jupyter.subprocess, "run", lambda *_, **__: pytest.fail("JupyterLab was started"))
    with pytest.raises(DecisionError, match="'Anna' cannot be a coder's id"):
        jupyter.open_coding(study.root, "Anna")
    with pytest.raises(CodebookError, match="no variable 'vallence'"):
        jupyter.open_coding(study.root, "anna", variables=["vallence"])


def test_without_jupyterlab_the_message_says_how_to_get_it_or_do_without(study, monkeypatch):
    monkeypatch.setitem(sys.modules, "jupyterlab", None)
    with pytest.raises(
        SekomError, match=r'jupyterlab is not installed.*sekom page.*pip install "\.\[notebooks\]"'
    ):
        jupyter.open_coding(study.root, "anna")


def test_an_adjudicators_notebook_names_who_and_what_and_opens_the_same_way(sample_study, monkeypatch):
    called = {}

    def run(command, env, check):
        called.update(command=command, env=env)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(jupyter.subprocess, "run", run)
    assert jupyter.open_adjudication(sample_study, "anna", "valence", lang="en", browser=False) == 0
    path = sample_study.root / ".sekom" / "adjudication" / "anna.ipynb"
    parameters = sources(path)[2].splitlines()
    assert parameters[0] == 'adjudicator = "anna"'
    assert parameters[1].startswith('variable = "valence"  # ')
    assert parameters[2] == 'lang = "en"  # "en": English'
    assert parameters[3].startswith("present = []  # ")
    assert called["env"]["SEKOM_CODER"] == "anna"  # what views show there is known to be shown to her
    assert not list(path.parent.rglob("*.csv"))
    assert f"--ServerApp.root_dir={path.parent}" in called["command"]
    assert "--LabApp.default_url=/doc/tree/anna.ipynb" in called["command"]
    assert called["env"]["SEKOM_STUDY"] == str(sample_study.root)


def test_what_cannot_be_settled_is_said_before_jupyterlab_starts(study, monkeypatch):
    monkeypatch.setattr(jupyter.subprocess, "run", lambda *_, **__: pytest.fail("JupyterLab was started"))
    for adjudicator, variable, error, message in (
        ("Anna", "valence", DecisionError, "'Anna' cannot be"),
        ("anna", "vallence", CodebookError, "no variable 'vallence'"),
        ("anna", "valence", NotesError, "nothing to settle about Barrier or possibility"),
    ):
        with pytest.raises(error, match=message):
            jupyter.open_adjudication(study, adjudicator, variable)


@pytest.mark.parametrize("folder", [".", "mine"])
def test_jupyterlab_opens_on_a_study_or_on_a_folder_of_studies(folder, tmp_path, monkeypatch):
    studies = tmp_path / "Åsas mapp (OneDrive – Ekeby)"
    (studies / "mine" / "notebooks").mkdir(parents=True)
    called = {}

    def run(command, env, check):
        called.update(command=command, env=env)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(jupyter.subprocess, "run", run)
    assert jupyter.open_lab(studies / folder, browser=False) == 0
    root = (studies / folder).resolve()
    assert f"--ServerApp.root_dir={root}" in called["command"]
    inside = "notebooks" if folder == "mine" else "mine/notebooks"
    assert f"--LabApp.default_url=/lab/tree/{inside}" in called["command"]
    assert called["env"]["PATH"].startswith(sysconfig.get_path("scripts"))  # a terminal there finds sekom
    assert (root / ".sekom" / "lab" / "settings").is_dir()


def test_jupyterlab_is_not_opened_where_there_is_no_study(tmp_path):
    with pytest.raises(StudyError, match="sekom new mystudy --sample"):
        jupyter.open_lab(tmp_path)
    assert not list(tmp_path.iterdir())
