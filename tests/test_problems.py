"""What is wrong in a study's files is told in the report's language: every kind of it, in both."""

from __future__ import annotations

import ast
import copy
import pickle
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest
import yaml

from sekom_analysis.actions.plan import PLAN_FILE, _overwritten, plan_problems
from sekom_analysis.basics.wording import Phrase, Problem, problem_lines, problems_table
from sekom_analysis.basics.yamlfile import check_data, parse_yaml
from sekom_analysis.formats import tables
from sekom_analysis.report import render_page
from sekom_analysis.results import work_out
from sekom_analysis.study.about import About, Coder, MoreCoders, Plan, Primary
from sekom_analysis.study.checks import study_problems
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.codebook_editing import review
from sekom_analysis.study.codebook_table import check_codebook_table
from sekom_analysis.study.imports import begin_import
from sekom_analysis.study.notes import check_notes
from sekom_analysis.study.raw import _read_yaml as read_about
from sekom_analysis.study.raw import open_raw, read_notes, read_raw
from sekom_analysis.study.rows import note_hash
from sekom_analysis.study.study import Study
from sekom_analysis.study.training import TrainingNote, read_training
from tests.test_coderlogs import every_kind as files_of_every_kind
from tests.test_wording import holes, wordings

KINDS = ("problem_", "fault_", "input_")
LOG_HEAD = "decided_at,event_id,note_id,note_hash,variable,codes,certainty,memo,codebook,pass,via,event"
PLAN = """\
action,resources,responsible,start,end,status,depends_on,note
n1,,anna,2024-05-01,2024-04-01,planned,,
n2,,,hösten,,nästan,007,
n8,,bo,,,,,
n1,,bo,,,,,
,,bo,,,,,
n3,,bo,2024-02-01,2024-03-01,,n7|n1,
007,,bo,2024-02-01,,,n2,
"""


def phrases(text: object) -> list[Phrase]:
    """A phrase and those inside it."""
    if not isinstance(text, Phrase):
        return []
    return [text, *(one for value in text.values.values() for one in phrases(value))]


def keys(problems: list[Problem]) -> set[str]:
    return {one.key for problem in problems for text in (problem.what, problem.todo) for one in phrases(text)}


def write(study: Study, name: str, text: str | bytes) -> None:
    path = study.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8") if isinstance(text, str) else text)


def log_line(number: int, note: str, variable: str, codes: str, *, seen: str = "", version: str = "") -> str:
    digest = seen or note_hash("Ojämn nivå")
    time = f"2026-01-02T00:00:{number:02}.000000Z"
    return f"{time},e{number:04},{note},{digest},{variable},{codes},,,{version},1,page,decide"


def damage_logs(study: Study) -> None:
    """Everything that can be wrong with what coders and others decided."""
    now = {variable.id: variable.version for variable in study.codebook.variables}
    lines = [
        log_line(1, "n9", "valence", "hinder", version=now["valence"]),
        log_line(2, "n1", "colour", "red"),
        log_line(3, "n1", "valence", "gammal", version=now["valence"]),
        log_line(4, "n3", "goal", "nio", version=now["goal"]),
        log_line(5, "n1", "themes", "tid|tid", version=now["themes"]),
        log_line(6, "n2", "valence", "hinder|mojlighet", version=now["valence"]),
        log_line(7, "n3", "valence", "mojlighet", seen="h00000000000", version="c00000000000"),
        "inte en rad",
        "i går,e0008,n1,h,valence,hinder,,,,1,page,decide",
        "2026-01-02T00:00:09.000000Z,?,n1,h,valence,hinder,,,,1,page,decide",
        "2026-01-02T00:00:10.000000Z,e0010,n1,h,valence,hinder,,,,7,page,decide",
        "2026-01-02T00:00:11.000000Z,e0011,n1,h,valence,hinder,,,,1,page,gissa",
        *(log_line(20 + at, note, "goal", "3") for at, note in enumerate(["n1", "n2", "007"])),
    ]
    write(study, "data/coded/anna.csv", "\n".join([LOG_HEAD, *lines]) + "\n")
    # Bo changes what eva settled, and dan's first answer is written as an earlier version would have it.
    late = [log_line(30, "n1", "themes", "tid"), log_line(40, "n1", "themes", "vilja")]
    write(study, "data/coded/bo.csv", "\n".join([LOG_HEAD, *late]) + "\n")
    first = log_line(31, "n1", "themes", "tid").replace(",1,page", ",3,page")
    write(study, "data/coded/dan.csv", "\n".join([LOG_HEAD, first]) + "\n")
    (study.root / "data/coded/stangd.csv").mkdir()
    for name in ("Anna Å.csv", "con.csv", "kopia.txt"):
        write(study, f"data/coded/{name}", "")
    at = "2026-01-01T00:00:0"
    ledger = f"{at}1.000000Z,a001,n1,h,valence,hinder,Skäl,eva,{{}},c,settle\n"
    ledger += f"{at}2.000000Z,a002,n2,h,valence,hinder,Skäl,eva,inget,c,settle\n"
    head = "decided_at,event_id,note_id,note_hash,variable,codes,reason,adjudicator,seen,codebook,event\n"
    ledger += "2026-01-02T00:00:35.000000Z,a003,n1,h,themes,tid,Skäl,eva,{},c,settle\n"
    write(study, "data/coded/adjudicated.csv", head + ledger)
    head = "decided_at,event_id,coder,variables,notes,by,event\n"
    write(study, "data/coded/.shown.csv", head + f"{at}1.000000Z,s001,anna,[],n1,talk,shown\n")
    head = "decided_at,event_id,note_id,into,text,reason,by,event\n"
    ledger = f"{at}1.000000Z,m001,n1,n2,,r,eva,merge\n{at}2.000000Z,m002,n2,n1,,r,eva,merge\n"
    ledger += f"{at}3.000000Z,m003,n9,n3,,r,eva,merge\n{at}4.000000Z,m004,n3,n1,,r,eva,split\n"
    write(study, "data/coded/merges.csv", head + ledger)
    head = "decided_at,event_id,note_a,hash_a,note_b,hash_b,judgement,reason,reviewer,event\n"
    ledger = f"{at}1.000000Z,p001,n1,h1,n2,h2,same,r,eva,judge\n"
    ledger += f"{at}2.000000Z,p002,n3,h1,n2,h2,same,r,eva,judge\n"
    write(study, "data/coded/pairs.csv", head + ledger)
    write(study, "data/coded/codebooks/c11111111111.yaml", "[")
    other = {"id": "w", "kind": "scale", "label": "W", "range": [1, 2]}
    write(study, "data/coded/codebooks/c22222222222.yaml", yaml.safe_dump(other))
    retire(study)


def retire(study: Study) -> None:
    """Take a code out that was chosen, ask of notes that are not there, and of stages that none has."""
    study.decide("bo", "n1", "valence", "mojlighet")
    path = study.root / "data/raw/codebook.yaml"
    book = yaml.safe_load(path.read_text(encoding="utf-8"))
    book["variables"][0]["codes"] = book["variables"][0]["codes"][:1]
    book["variables"].append(
        {"id": "extra", "kind": "scale", "label": "E", "range": [1, 3], "notes": list("abcde"), "stage": "Z"}
    )
    path.write_text(yaml.safe_dump(book), encoding="utf-8")
    write(study, "data/raw/codebook.xlsx", b"")
    write(study, "data/raw/codebook.ods", b"")


def cut_off(study: Study) -> None:
    for name in ("ett.txt", "två.txt"):
        write(study, name, name)
        path = study.root / "data/raw" / f"notes-{name[0]}.csv"
        begin_import(study.root, study.root / name, "outline", [path])
    write(study, "data/raw/notes-e.csv", "note_id;text\nx1;Möte\n")


ABOUTS = {
    "empty": "",
    "no yaml": "id: [broken",
    "a sign": "id: a\x07",
    "deep": "[" * 700,
    "large": "#" * 2_000_001,
    "many parts": "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    + "".join(
        f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
        for before, name in zip("abcd", "bcde", strict=True)
    ),
    "many problems": "".join(f"odd{n}: 1\n" for n in range(150)),
    "no number": "id: a\ntitle: b\nseed: !!float .inf",
    "no key": "1: x\nid: a\ntitle: b",
    "a tag": "id: a\ntitle: b\nseed: !!int x",
    "bytes": "title: å".encode("cp1252"),
    "all wrong": """
id: ""
title: [x]
title: true
seed: ten
seedd: 1
stance: guess
main_sources: {a: 1}
coders: [k1]
plan: {floor: -7, n_notes: 1.5, prespecified: perhaps, primary: {nominal: 3}, below_floor: 12}
variables: [{id: a, codes: [{id: x}, {id: x}]}, {id: a}]
""",
    "more wrong": f"id: a\nseed: '{'9' * 5000}'\nreadable: []\nplan: {{floor: 7, n_notes: [1]}}\n",
    "too many digits": f"id: a\nseed: {'9' * 5000}\n",
    "and more": "id: a\ntitle: t\ngoal: true\nplan: {floor: x, n_notes: many}\n",
    "a list": "- id: a\n",
    "no end": f"id: a\ntitle: t\nseed: {'9' * 400}.0\nmain_sources: null\n1: x\n",
    "floor": "id: a\ntitle: t\nplan: {floor: [1]}\n",
}
BOOKS = [
    "variables: [{id: 'A B', kind: scale, label: V, range: [1, 2]}]",
    "variables: [{id: a, kind: scale, label: V, range: 5}]",
    "variables: [{id: a, kind: scale, label: V, range: många}]",
    "variables: [{id: a, kind: single, label: V}]",
    "variables: [{id: a, kind: single, label: V, codes: [{id: x, label: X}], codes_from: b, range: [1, 2]}]",
    "variables: [{id: a, kind: scale, label: V, codes: [{id: none_fits, label: X}], none_fits: true}]",
    "variables: [{id: a, kind: multiple, label: V, codes: [{id: x, label: X}, {id: x, label: X}]}]",
    "variables: [" + ", ".join(["{id: flag, kind: scale, label: V, range: [1, 2]}"] * 2) + "]",
    "variables: [{id: a, kind: single, label: V, codes_from: b}]",
    "variables: [{id: a, kind: single, label: V, codes: [{id: x, label: X, was: [y, z], split_into: [q]}, "
    "{id: y, label: Y, was: z}]}]",
    "variables: [{id: a, kind: scale, label: V, range: [1, 2], labels: [låg, hög]}]",
    "variables: [{id: a, kind: scale, label: V, range: [1, 2], labels: {låg: x, 1: x, '+1': x, 2: }}]",
    "variables: [{id: a, kind: scale, label: V, range: [1, 2], labels: {3: x}}]",
    "variables: [{id: a, kind: single, label: V, codes: [{id: x, label: X}], labels: {1: x}}]",
]
NOTES = [
    [["note_id", "text"], ["n\u200b1", "a"], ["", " "], ["n2", "a"], ["n2", "a"]],
    [["note_id", "text", "x", "x"]],
    [["lapp", "innehåll"]],
    [["x"], ["y"]],
]
PLANS = {
    "columns": "vem,när\na,b\n",
    "empty": "",
    "workbook": b"PK\x03\x04rest",
    "zeros": b"a\0b",
    "utf-8": "action,responsible\nn1,åäö\n".encode() + b"\xff",
    "utf-16": b"\xff\xfea\0\n",
    "windows": b"action\nn1\x81\n",
    "after quote": 'action,note\nn1,"a"b\n',
    "open quote": 'action,note\nn1,"a\n',
    "names": "action,,note,note\nn1,a,b,c\n",
    "cells": "action,note,status\nn1,a,planned,b\nn1\n",
}


def told(study: Study) -> list[Problem]:
    found = Study.open(study.root)
    return [*found.list_problems(), *plan_problems(found)]


def changed_texts(folder: Path) -> list[Problem]:
    """Problems of a codebook in which a text was changed by hand, before and after somebody spoke of it."""
    codes = [{"id": "a", "label": "A"}, {"id": "b", "label": "B"}]
    book = {"variables": [{"id": "v", "kind": "single", "label": "V", "codes": codes}]}
    changed = Study.create(folder / "changed", codebook=book)
    for note, code in zip(changed.notes.index, "ab", strict=False):
        changed.decide("anna", note, "v", code)
    codes[0]["label"] = book["variables"][0]["label"] = "W"
    write(changed, "data/raw/codebook.yaml", yaml.safe_dump(book))
    found = told(changed)
    review(Study.open(changed.root), "v", ["", "a"], "meaning").save("anna", "Nytt")
    return [*found, *told(changed)]


@pytest.fixture
def every_kind(study, tmp_path, monkeypatch) -> list[Problem]:
    """Problems of every kind, each from a file that has it."""
    write(study, str(PLAN_FILE), PLAN)
    damage_logs(study)
    cut_off(study)
    found = told(study)
    for text in ("secret 9f\n", f"secret {'9f' * 32}\nsecret 9f\n"):
        write(study, "data/coded/.secret", text)
        found += told(study)
    secret = study.root / "data/coded/.secret"
    secret.unlink()
    assert Study.open(study.root).note_keys  # a new one is made, and marked
    secret.unlink()
    found += told(study)
    about = study.root / "data/raw/study.yaml"
    sound = about.read_bytes()
    about.write_bytes(sound + b"bar: anan\ncoders: {con: {}}\n")
    found += study_problems(open_raw(study.root))
    about.write_bytes(sound + b"context: [Roll, note_id, text]\ncluster: Bord\n")
    found += read_raw(study.root)[1]
    for text in ABOUTS.values():
        write(study, "data/raw/study.yaml", text)
        found += read_about(about, About)[1]
    about.write_bytes(sound)
    (study.root / "data/raw/coders-a.yaml").mkdir()
    (study.root / "data/raw/coders-b.yaml").symlink_to("nowhere")
    for text in PLANS.values():
        write(study, str(PLAN_FILE), text)
        found += plan_problems(study)
    for constant in ("LARGEST_FILE", "LONGEST_LINE"):
        with monkeypatch.context() as patch:
            patch.setattr(tables, constant, 10)
            found += plan_problems(study)
    found += _overwritten(pd.DataFrame({"action": ["n1"]}, index=[2]), {"n1": ["start"]}, "plan.xlsx")
    (study.root / PLAN_FILE).unlink()
    (study.root / PLAN_FILE).mkdir()
    found += plan_problems(study) + read_raw(study.root)[1]
    found += tables.check_table(study.root / "none.csv")[1]
    found += tables.check_table(study.root / ("x" * 5000))[1]
    monkeypatch.setattr(tables.Path, "read_bytes", _forbidden)
    found += tables.check_table(study.root / "data/raw/notes.csv")[1]
    monkeypatch.undo()
    joined = study.root / "data/raw/notes.csv"
    joined.write_text("note_id;text\nn1;Ojämn nivå\n", encoding="utf-8")
    found += study_problems(open_raw(study.root))
    found += files_of_every_kind(tmp_path / "files")
    found += [one for text in BOOKS for one in parse_yaml(text, Codebook, "codebook.yaml")[1]]
    found += check_codebook_table(pd.DataFrame([["", "", ""]], columns=["colours", "kod", "code"]), "b.csv")[
        1
    ]
    found += [
        one for rows in NOTES for one in check_notes(pd.DataFrame(rows[1:], columns=rows[0]), "n.csv")[1]
    ]
    found += changed_texts(tmp_path) + training_of_every_kind()
    (tmp_path / "no notes").mkdir()
    return [*found, *read_notes(tmp_path / "no notes")[1]]


def training_of_every_kind():
    """What can be wrong with the notes of a reference discussion."""
    codes = [{"id": "a", "label": "A"}]
    tone = {"id": "tone", "kind": "single", "label": "Ton", "codes": codes}
    book = Codebook.model_validate({"variables": [tone, {**tone, "id": "later", "notes": ["n2"]}]})
    notes = pd.DataFrame({"text": ["Ojämn nivå", "Samma", "Samma"]}, index=["n1", "n2", "n3"])
    answers = [
        ("none", {"tone": "a"}),
        ("Samma", {"tone": "a"}),
        ("n1", {"other": "a"}),
        ("n1", {"later": "a"}),
    ]
    answers += [("n1", {"tone": None}), ("n1", {"tone": "z"})]
    said = [{"note": note, "answers": given} for note, given in answers]
    said.append({"note": "n2", "answers": {"tone": "a"}, "why": {"later": "Så."}})
    return read_training([TrainingNote.model_validate(one) for one in said], notes, book, "study.yaml")[1]


def _forbidden(path):
    raise PermissionError(13, "not allowed", str(path))


@pytest.mark.posix
def test_every_kind_of_problem_is_told_in_both_languages(every_kind, root):
    file = root / "sekom_analysis/basics/wordings/problems.yaml"
    known = {key for key in yaml.safe_load(file.read_text(encoding="utf-8")) if key.startswith(KINDS)}
    assert {key for key in keys(every_kind) if key.startswith(KINDS)} == known
    for problem in every_kind:
        assert problem.in_("en")[2:] == (problem.what, problem.todo)
        for text in (problem.what, problem.todo):
            assert isinstance(text, Phrase), problem
            # Each phrase inside another is told in the language of the whole.
            english = {str(one) for one in phrases(text) if one != one.in_("sv")}
            assert not [words for words in english if len(words) > 4 and words in text.in_("sv")], text
        assert problem.in_("sv").todo != problem.todo


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_report_tells_problems_in_its_own_language(study, lang):
    write(study, str(PLAN_FILE), PLAN)
    damage_logs(study)
    (study.root / "data/coded/stangd.csv").rmdir()  # a log that cannot be read at all stops the report
    found = told(study)
    assert len(found) > 30
    assert {f"problem_plan_{kind}" for kind in ("nobody", "circle", "too_early")} <= keys(found)
    results = work_out(Study.open(study.root), lang, n_resamples=0)
    page = render_page(results, defaultdict(lambda: "data:,"))
    other = "en" if lang == "sv" else "sv"
    for problem in found:
        assert _on(page, problem.in_(lang).what), problem.in_(lang)
        assert _on(page, problem.in_(lang).todo), problem.in_(lang)
        assert not _on(page, problem.in_(other).todo), problem.in_(other)


def _on(page: str, text: str) -> bool:
    from html import escape

    return escape(text).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page


def test_a_table_of_problems_is_told_in_a_language(study):
    one = Problem.of("plan.csv", 5, "plan_nobody", action="n1")
    assert problem_lines([one]) == (
        "- plan.csv, row 5: nobody is responsible for 'n1'; write who is, in the column 'responsible'."
    )
    assert problems_table([one])["what"].tolist() == ["nobody is responsible for 'n1'"]
    assert problems_table([one], "sv")["what"].tolist() == ["ingen ansvarar för ”n1”"]


@pytest.mark.parametrize("again", [copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
def test_a_copied_problem_still_tells_itself(again):
    one = Problem.of("anna.csv", 2, "damaged_line", fault=Phrase("fault_time", text="i går"), line="x")
    assert again(one) == one
    assert again(one).in_("sv") == one.in_("sv")
    assert "ingen tid" in again(one).in_("sv").what


VALUES = ["", "x", 3, 2.5, -3, 9e99, float("inf"), 10**400, "9" * 5000, True, None, [], [1], [[1]], {}]
VALUES += [{"a": 1}, {"sv": [1], "en": "x"}, {"sv": "a", "en": "b", "fr": "c"}, {1: 2}, [None], {"a": {}}]
PLACES = {
    About: [(name,) for name in About.model_fields]
    + [("reviewers", "k", name) for name in Coder.model_fields]
    + [("plan", name) for name in Plan.model_fields]
    + [("plan", "primary", name) for name in Primary.model_fields],
    MoreCoders: [("coders", "k", name) for name in Coder.model_fields],
}


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:30])
def test_whatever_stands_in_a_study_file_is_told_in_both_languages(value):
    for model, paths in PLACES.items():
        for path in paths:
            data = value
            for step in reversed(path):
                data = {step: data}
            for problem in check_data(data, model, "study.yaml", lambda _: 1)[1]:
                assert isinstance(problem.what, Phrase), problem
                inner = problem.what.values.get("reason", Phrase("notes"))
                assert isinstance(inner, Phrase), problem


# --- every problem has its words from the tables -------------------------------------------------------


# What makes a problem, a fault or a phrase: which argument names its kind, and how the key begins.
MAKERS = {
    "Problem.of": (2, "problem_"), "Fault.of": (1, "fault_"), "Phrase": (0, ""), "refusal": (1, "problem_"),
    **dict.fromkeys(["self.refuse", "self._refuse", "self._remark", "self._odd"], (1, "problem_")),
    "self.refusal": ("kind", "problem_"),
    **dict.fromkeys(["remarks.add", "refused.add", "self._problem"], (0, "problem_")),
}  # fmt: skip
WITH_A_PLACE = ("self._odd", "self.refuse", "self._refuse", "self._remark")  # they give it themselves


def calls(source: str) -> list[ast.Call]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]


def made_in_place(source: str) -> list[str]:
    """Problems and faults whose words are written where they are made."""
    makers = ("Problem", "Fault", "wording.Problem", "wording.Fault")
    return [ast.unparse(call) for call in calls(source) if ast.unparse(call.func) in makers]


def keys_named(source: str) -> list[tuple[str, set[str] | None]]:
    """Keys that are named where something is made, with the values given there; None if not all are seen."""
    found = []
    for call in calls(source):
        maker = ast.unparse(call.func)
        maker = maker if maker in MAKERS else ".".join(maker.split(".")[-2:]).replace("_remarks.", "remarks.")
        place, prefix = MAKERS.get(maker, (None, ""))
        words = {word.arg: word.value for word in call.keywords}
        node = words.get("kind") if place == "kind" else None
        if isinstance(place, int) and len(call.args) > place:
            node = call.args[place]
        nodes = [node.body, node.orelse] if isinstance(node, ast.IfExp) else [node]
        kinds = [one.value for one in nodes if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        values = None if None in words else {*words, *(["place"] if maker in WITH_A_PLACE else [])}
        ends = [""] if maker == "Phrase" else ["", "_todo"]
        found += [(f"{prefix}{kind}{end}", values) for kind in kinds for end in ends]
    return found


def odd_keys(source: str, known: dict[str, str]) -> list[str]:
    """Keys that are named and have no text, or whose text has a value that is not given."""
    return [
        key
        for key, values in keys_named(source)
        if key not in known or (values is not None and not values.issuperset(holes(known[key])))
    ]


def test_no_problem_has_words_of_its_own(root):
    files = sorted((root / "sekom_analysis").rglob("*.py"))
    assert [made for file in files for made in made_in_place(file.read_text(encoding="utf-8"))] == []
    assert made_in_place('yield Problem(file, 1, f"no {what}", "mend it")')


def test_every_kind_that_is_named_has_its_texts_and_their_values(root):
    known = {key: pair["en"] for key, pair in wordings(root).items()}
    sources = [file.read_text(encoding="utf-8") for file in sorted((root / "sekom_analysis").rglob("*.py"))]
    assert [key for source in sources for key in odd_keys(source, known)] == []
    assert sum(len(keys_named(source)) for source in sources) > 500
    assert odd_keys('Problem.of(file, 1, "no_such_kind")', known)
    assert odd_keys('Problem.of(file, 1, "yaml_doubled")', known) == ["problem_yaml_doubled"]
