"""Names and texts that break programs, and a study that can carry any of them."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from sekom_analysis.study.study import Study

TEXTS = {
    "dollars": "Kostar i US$ och A$",
    "formula of dollars": r"kostnad_$_och_$ $\frac{$",
    "brackets": "[/x] [bold]fet[/bold] [red",
    "html": "</script></style></title><script>document.title = 'tagen'</script><b>&amp;&lt;",
    "comment": "<!--<script> \"citat\" och 'enkelt' -->",
    "typst": r'#panic("x") *a* _b_ $c$ @ref <etikett> \\ `kod` #import "x" // slut /* x',
    "markdown": '--- ![bild](x.png) **b** [l](http://x) <img src="x" onerror="a()"> ```{=html}',
    "mark": "\ufefföppning",
    "control": "a\x07b\x1b[2Jc\x1b]0;titel\x07d\x7fe\x9bf",
    "null": "a\x00b",
    "override": "\u202eomvänt\u202c slut \u2066inne",
    "no width": "a\u200bb\u2060c\u00add",
    "formula": '=HYPERLINK("http://x";"y")',
    "plus": "+46 70 123",
    "minus": "- en punkt",
    "at": "@SUM(A1)",
    "gaps": "%s %(a)s {x} {0} {{}} ${y}",
    "template": "{{ 7*7 }} {% raw %} {# x #}",
    "windows": r"C:\ny\text\u0041",
    "words": "nan None null true NaN inf 1e5",
}
"""Texts of titles, labels, definitions, memos and reasons; a note's cannot hold what is not to be seen."""

CODERS = [
    ["majority", "text", "note_id", "variable", "value"],
    ["coder", "codes", "pass", "row", "index"],
    ["consensus", "level_0", "all", "n", "share"],
    ["others", "disagreement", "n_coders", "both", "of"],
    ["nan", "none", "true", "1e5", "007"],
    ["code", "basis", "count", "memo", "by"],
    ["source", "stage", "notes", "coder_a", "of-1"],
]
VARIABLES = [
    ["coder", "note_id", "codes", "text", "index"],
    ["variable", "value", "pass", "nan", "source"],
    ["memo", "n", "count", "1e5", "all"],
]
CODES = [
    ["text", "nan", "none", "null", "true", "inf", "1e5", "007", "by"],
    ["coder", "note_id", "count", "code", "n", "na", "value", "majority", "unseen"],
]
STAGES = [["n", "source"], ["nan", "None"], ["stage", "code"]]
SOURCES = [["n", "source", "nan"], ["None", "all", "stage"]]


def neutral(names: list[str], mark: str) -> dict[str, str]:
    """Plain names for hostile ones, that sort as they do."""
    return {name: f"q{mark}{place:02}" for place, name in enumerate(sorted(names))}


def build(
    folder: Path,
    coders: list[str],
    variables: list[str],
    codes: list[str],
    stages: list[str],
    sources: list[str],
    said: Callable[[str], str] = lambda place: place,
    title: str = "Namn",
) -> Study:
    """A study of 24 notes with a variable of each kind, coded by all, adjudicated, merged, planned.

    The names given stand for themselves: whatever they are, everybody answers the same.
    """
    main, side, themes, goal, effort = variables
    present, wanted = stages
    notes = [
        {
            "note_id": f"L{number:02}",
            "text": f"Lapp {number} om {['tid', 'vilja', 'nyckeltal', 'samverkan'][number % 4]}",
            "stage": wanted if number % 3 == 0 else present,
            "source": sources[number % 3],
        }
        for number in range(1, 25)
    ]

    def code(name: str) -> dict[str, str]:
        return {"id": name, "label": said(f"kod {name}"), "definition": said(f"om {name}")}

    scale = {"kind": "scale", "stage": wanted, "range": [1, 5], "round": 1}
    book = {
        "title": said("kodbok"),
        "variables": [
            {"id": main, "kind": "single", "label": said("huvud"), "codes": list(map(code, codes[:4]))},
            {
                "id": side, "kind": "single", "stage": present, "label": said("sida"),
                "codes": list(map(code, codes[4:6])),
            },
            {"id": themes, "kind": "multiple", "label": said("teman"), "codes": list(map(code, codes[6:9]))},
            {"id": goal, "label": said("mål"), **scale},
            {"id": effort, "label": said("insats"), **scale},
        ],
    }  # fmt: skip
    study = Study.create(folder, notes=pd.DataFrame(notes), codebook=book, title=said(title))
    for place, coder in enumerate(coders):
        rng = random.Random(place)
        study.record(coder, list(_answers(notes, variables, codes, wanted, rng, said)))
    _settle(study, coders, main, codes, said)
    return Study.open(folder)


def _answers(
    notes: list[dict[str, str]], variables: list[str], codes: list[str], wanted: str,
    rng: random.Random, said: Callable[[str], str],
):  # fmt: skip
    main, side, themes, goal, effort = variables
    for number, note in enumerate(notes):
        own = {main: codes[number % 4 if rng.random() < 0.7 else rng.randrange(4)]}
        own[themes] = "|".join(sorted(code for code in codes[6:9] if rng.random() < 0.5))
        if note["stage"] == wanted:
            own |= {goal: str(rng.randint(1, 5)), effort: str(rng.randint(1, 5))}
        else:
            own[side] = codes[4 if rng.random() < 0.6 else 5]
        for name, answer in own.items():
            memo = said(f"minne {number}") if number % 5 == 0 else ""
            yield {"note_id": note["note_id"], "variable": name, "codes": answer, "memo": memo}


def _settle(study: Study, coders: list[str], main: str, codes: list[str], said: Callable[[str], str]) -> None:
    for note_id in ("L01", "L05"):
        study.adjudicate(coders[0], note_id, main, codes[0], reason=said("skäl"))
    study.merge("L06", into="L03", by=coders[1], reason=said("samma sak"))
    for reviewer in coders[:2]:
        study.judge_pair("L03", "L06", "same", by=reviewer, reason=said("lika"))
    columns = ("resources", "responsible", "start", "end", "status", "depends_on", "note")
    # A plan is a table, and none holds a NUL.
    told = {name: said(name).replace("\0", "") for name in ("resources", "responsible", "note")}
    dates = {"start": "2020-01", "end": "2020-06", "status": "planned", "depends_on": ""}
    row: Mapping[str, Any] = {"action": "L03", **{name: (told | dates)[name] for name in columns}}
    from sekom_analysis.actions.plan import write_plan

    write_plan(study, pd.DataFrame([row]))
