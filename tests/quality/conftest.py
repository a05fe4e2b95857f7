"""Small studies for what is said of definitions, coders and findings."""

import pandas as pd
import pytest
import yaml

from sekom_analysis.study.study import Study

CODES = [{"id": c, "label": c.upper(), "definition": f"Definition of {c}"} for c in ("x", "y", "z")]


@pytest.fixture
def make_study(tmp_path):
    """Makes a study with a variable v, and answers given as texts: one letter a note, a space is unseen."""

    def make(answers, kind="single", n=30, name="s", **about):
        ids = [f"n{i:02}" for i in range(n)]
        notes = pd.DataFrame({"note_id": ids, "text": [f"text {i}" for i in range(n)]})
        variable = {"id": "v", "kind": kind, "label": "V"}
        variable |= {"range": [1, 5]} if kind == "scale" else {"codes": CODES}
        study = Study.create(tmp_path / name, notes=notes, codebook={"variables": [variable]})
        if about:
            path = study.root / "data" / "raw" / "study.yaml"
            said = yaml.safe_load(path.read_text(encoding="utf-8")) | about
            path.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
            study = Study.open(study.root)
        for coder, letters in answers.items():
            give(study, coder, letters)
        return study

    return make


def give(study, coder, letters, **fields):
    """Let a coder answer: one letter a note, a space is unseen."""
    given = [
        {"note_id": f"n{i:02}", "variable": "v", "codes": one, **fields}
        for i, one in enumerate(letters)
        if one != " "
    ]
    study.record(coder, given)


@pytest.fixture
def answer():
    """Lets a coder answer: ``answer(study, coder, "xy z")``."""
    return give


@pytest.fixture
def revise():
    """Changes the codebook of a study: ``revise(study, change)``; returns the study opened anew."""

    def change_codebook(study, change):
        path = study.root / "data" / "raw" / "codebook.yaml"
        book = yaml.safe_load(path.read_text(encoding="utf-8"))
        change(book["variables"][0])
        path.write_text(yaml.safe_dump(book, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return Study.open(study.root)

    return change_codebook


@pytest.fixture
def reflexive():
    """Returns a study that works reflexively from now on."""

    def turn(study):
        path = study.root / "data" / "raw" / "study.yaml"
        said = path.read_text(encoding="utf-8")
        path.write_text(said.replace("stance: codebook", "stance: reflexive"), encoding="utf-8")
        return Study.open(study.root)

    return turn
