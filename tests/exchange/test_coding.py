"""Coding as people keep it, taken into a study: whose, about which notes, and what was not taken."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import sekom_analysis as sa
from sekom_analysis.basics.errors import ExchangeError, SekomError
from sekom_analysis.exchange.registry import Outcome, Request, import_files
from sekom_analysis.formats.tables import read_table
from sekom_analysis.study.raw import open_raw
from tests.exchange.keepings import SHAPES, Made, made, person
from tests.test_kept_codebooks import open_document

CASES = Path(__file__).parents[3] / "shared" / "cases"
BOOK = {
    "variables": [
        {"id": "themes", "kind": "multiple", "label": "Teman", "codes": [
            {"id": "tid", "label": {"sv": "För lite tid", "en": "Lack of time"}},
            {"id": "vilja", "label": {"sv": "Vilja", "en": "Will"}},
            {"id": "mal", "label": {"sv": "Mål", "en": "Goals"}},
        ]},
        {"id": "valence", "kind": "single", "label": "Hinder", "codes": [
            {"id": "hinder", "label": "Hinder"}, {"id": "mojlighet", "label": "Möjlighet"},
        ]},
    ]
}  # fmt: skip
TEXTS = ["Ojämn nivå i stan", "Ont om tid", "Viljan finns här", "Ont om tid"]
FIRST = ["Hinder", "Hinder", "Möjlighet", "Möjlighet"]


@pytest.fixture
def study(tmp_path: Path) -> sa.Study:
    notes = pd.DataFrame({"note_id": ["n1", "n2", "n3", "n4"], "text": TEXTS})
    return sa.Study.create(tmp_path / "study", notes=notes, codebook=BOOK)


@pytest.fixture
def cases() -> Path:
    if not CASES.is_dir():
        pytest.skip("the cases are not on this machine")
    return CASES


def take(study: sa.Study, *paths: Path, coder: str | None = None) -> list[Outcome]:
    return import_files(Request(open_raw(study.root), paths[0], coder=coder), paths, "decisions")


def told(study: sa.Study) -> dict[tuple[str, str], str]:
    table = sa.Study.open(study.root).decisions()
    return {(r["note_id"], r["coder"]): r["codes"] for r in table.to_dict("records")}


def put(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_text("\n".join(rows), encoding="utf-8")
    return path


def test_where_files_are_read_together_none_is_taken_in_without_the_others(
    study: sa.Study, tmp_path: Path
) -> None:
    head = "note_id,coder,variable,codes"
    files = [put(tmp_path, f"{who}.csv", head, f"n1,{who},valence,hinder") for who in ("anna", "bo")]
    files.append(put(tmp_path, "min fil.csv", "note_id,coder", '"n1,cia'))
    with pytest.raises(SekomError, match=r"'min fil\.csv' could not be read") as caught:
        take(study, *files)
    assert "Taken in: none. Not taken in: 'anna.csv', 'bo.csv', 'min fil.csv'." in str(caught.value)
    assert told(study) == {}


def test_numbered_columns_in_a_file_per_coder_are_codes_of_each(study: sa.Study, tmp_path: Path) -> None:
    head = "text;Tema 1;Tema 2"
    rows = [
        f"{text};{codes}" for text, codes in zip(TEXTS, ["Tid?;", "tid;", "VILJA;mål", "Mål;"], strict=True)
    ]
    anna = put(tmp_path, "kodning-anna.csv", head, *rows)
    bo = put(tmp_path, "kodning-bo.csv", head, *(row.replace("Tid?", "för lite  tid") for row in rows))
    outcomes = take(study, anna, bo)
    assert told(study) == {
        ("n2", "anna"): "tid", ("n3", "anna"): "vilja|mal", ("n4", "anna"): "mal",
        ("n1", "bo"): "tid", ("n2", "bo"): "tid", ("n3", "bo"): "vilja|mal", ("n4", "bo"): "mal",
    }  # fmt: skip
    assert outcomes[0].material.remarks[0].what == (
        "Read 4 notes from 'kodning-anna.csv', 'kodning-bo.csv', told apart by the text in 'text'. "
        "2 coders, one file or sheet each: anna, bo. "
        "The columns 'Tema 1', 'Tema 2' were read as one coder's several codes. "
        "Repeated texts (1) were taken in their order"
    )
    refused = [one.what for outcome in outcomes for one in outcome.material.refused]
    assert refused == ["'Tid?' is not a code of 'themes' (row 2: Tid?)"]


def test_marks_are_codes_and_the_coder_is_who_was_named(study: sa.Study, tmp_path: Path) -> None:
    path = put(
        tmp_path, "marks.csv", "id;Vilja;Mål;för lite tid", "n1;1;0;1", "n2;0;0;0", "n3;;;", "N4 ;0;1;0"
    )
    take(study, path, coder="dora")
    assert told(study) == {("n1", "dora"): "vilja|tid", ("n2", "dora"): "", ("n4", "dora"): "mal"}


@pytest.mark.parametrize("rows", [
    [["Lapp", "anna", "bo"], *zip(TEXTS, FIRST, FIRST[1:] + FIRST[:1], strict=True)],
    [["Nr", "Kodare", "Hinder"], *((f"n{n + 1}", who, FIRST[(n + later) % 4]) for n in range(4)
                                   for later, who in enumerate(("anna", "bo")))],
])  # fmt: skip
def test_a_workbook_of_libreoffice_is_taken_in_as_one_of_excel(study, tmp_path, rows) -> None:
    pytest.importorskip("python_calamine")
    (tmp_path / "a.ods").write_bytes(open_document(rows))
    [outcome] = take(study, tmp_path / "a.ods")
    assert outcome.material.refused == []
    assert told(study) == {
        (f"n{n + 1}", who): {"Hinder": "hinder", "Möjlighet": "mojlighet"}[FIRST[(n + later) % 4]]
        for n in range(4)
        for later, who in enumerate(("anna", "bo"))
    }


def test_a_map_is_proposed_and_used_for_a_workbook_of_libreoffice(study, tmp_path) -> None:
    pytest.importorskip("python_calamine")
    path = tmp_path / "anna.ods"
    path.write_bytes(open_document([["Lapp", "Teman", "Kommentar"], *((t, "Vilja", "nja") for t in TEXTS)]))
    [outcome] = take(study, path)
    [proposal] = outcome.material.proposals
    import_files(Request(open_raw(study.root), path, map=proposal), [path], "decisions")
    assert told(study)["n3", "anna"] == "vilja"


def test_two_columns_of_one_coder_that_answer_a_question_otherwise_are_asked_about(study, tmp_path) -> None:
    before, after = ["Hinder", "Hinder", "", ""], ["", "Möjlighet", "Möjlighet", ""]
    rows = [f"{text},{one},{other}" for text, one, other in zip(TEXTS, before, after, strict=True)]
    [outcome] = take(study, put(tmp_path, "anna.csv", "Lapp,före,efter", *rows))
    assert told(study) == {}
    assert len(outcome.material.proposals) == 1  # a map to go through, instead of the last column's answer


def test_several_signs_in_a_cell_and_repeated_texts_in_order(study: sa.Study, tmp_path: Path) -> None:
    order = [1, 3, 0]
    cells = {0: "Vilja; mål | för lite tid", 1: "Vilja", 3: "Mål"}
    path = put(tmp_path, "a.csv", "text;Anna;Bo", *(f'{TEXTS[k]};"{cells[k]}";Vilja' for k in order))
    take(study, path)
    assert {note: codes for (note, who), codes in told(study).items() if who == "anna"} == {
        "n1": "vilja|mal|tid", "n2": "vilja", "n4": "mal"
    }  # fmt: skip


def test_two_names_for_one_coder_are_refused(study: sa.Study, tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", "id;Anna;Bo", "n1;vilja;vilja", "n2;mål;vilja", "n3;mål;vilja")
    with pytest.raises(ExchangeError, match="the coders are Anna, Bo, and --coder says dora"):
        take(study, path, coder="dora")


def test_what_is_not_taken_is_counted_with_reasons(study: sa.Study, tmp_path: Path) -> None:
    rows = ["n1;vilja;", "n2;mål;vilja", "x7;mål;", "x8;vilja;", "n3;nytt;"]
    [outcome] = take(study, put(tmp_path, "anna.csv", "id;kod 1;kod 2", *rows))
    assert [one.what for one in outcome.material.refused] == [
        "this is not one of the study's notes (2 times, first: row 4: x7)",
        "'nytt' is not a code of 'themes' (row 6: nytt)",
    ]


def test_a_codebook_is_drafted_of_all_coders_together(tmp_path: Path) -> None:
    notes = pd.DataFrame({"text": TEXTS})
    study = sa.Study.create(tmp_path / "s", notes=notes)
    anna = put(tmp_path, "anna.csv", "text;tema", *(f"{t};{c}" for t, c in zip(TEXTS, "xyxy", strict=True)))
    bo = put(tmp_path, "bo.csv", "text;tema", *(f"{t};{c}" for t, c in zip(TEXTS, "zyxY", strict=True)))
    outcomes = take(study, anna, bo)
    book = sa.Study.open(study.root).codebook
    assert [(one.id, one.kind, [code.id for code in one.codes]) for one in book.variables] == [
        ("tema", "single", ["x", "y", "z"])
    ]
    assert [len(outcome.material.decisions) for outcome in outcomes] == [4, 4]
    assert told(study)["N004", "bo"] == "y"
    assert not sa.Study.open(study.root).list_problems()


GENERATED = [
    (shape, kind) for kind, shapes in SHAPES.items() for shape in shapes if "nothing" not in shape.__name__
]


@pytest.mark.parametrize(("shape", "kind"), GENERATED, ids=[f"{s.__name__}-{k}" for s, k in GENERATED])
def test_any_shape_becomes_the_decisions_it_holds(
    shape: Callable[[Made, Path], list[Path]], kind: str, tmp_path: Path
) -> None:
    one = made(kind, 1)
    folder = tmp_path / "files"
    folder.mkdir()
    notes = pd.DataFrame({"note_id": one.ids, "text": one.texts})
    study = sa.Study.create(tmp_path / "s", notes=notes)
    outcomes = take(study, *shape(one, folder))
    assert sum(len(outcome.material.refused) for outcome in outcomes) == 0
    opened = sa.Study.open(study.root)
    [variable] = opened.codebook.variables
    assert variable.kind == kind
    decisions = opened.decisions()
    assert len(decisions) == int(one.answers.notna().sum().sum())
    ratings = opened.ratings(variable.id)
    level = {"single": "nominal", "multiple": "masi", "scale": "ordinal"}[kind]
    assert sa.alpha(ratings, level) == pytest.approx(sa.alpha(one.answers, level))
    assert len(ratings.columns) == len({person(c) for c in one.answers})


# --- the cases ----------------------------------------------------------------------------------------


def test_columns_of_marks(cases: Path, tmp_path: Path) -> None:
    texts = read_table(cases / "one-hot.xlsx")[["text"]]
    study = sa.Study.create(tmp_path / "s", notes=texts)
    take(study, cases / "one-hot.xlsx", coder="anna")
    opened = sa.Study.open(study.root)
    [variable] = opened.codebook.variables
    assert (opened.coders, variable.kind) == (["anna"], "multiple")
    assert sum(len(codes.split("|")) for codes in opened.decisions()["codes"]) == 8


def test_numbered_columns(cases: Path, tmp_path: Path) -> None:
    paths = [cases / "siblings-anna.csv", cases / "siblings-bo.csv"]
    study = sa.Study.create(tmp_path / "s", notes=pd.read_csv(paths[0], sep=";")[["text"]])
    take(study, *paths)
    opened = sa.Study.open(study.root)
    [variable] = opened.codebook.variables
    ratings = opened.ratings(variable.id)
    assert (list(ratings.columns), variable.kind) == (["anna", "bo"], "multiple")
    assert (len(ratings.dropna()), int((ratings["anna"] == ratings["bo"]).sum())) == (10, 9)


def test_repeated_texts(cases: Path, tmp_path: Path) -> None:
    path = cases / "repeated-texts.xlsx"
    study = sa.Study.create(tmp_path / "s", notes=path)
    take(study, path)
    opened = sa.Study.open(study.root)
    assert opened.decisions().groupby("coder").size().to_dict() == {"anna": 8, "bo": 8}
    ratings = opened.ratings(opened.codebook.variables[0].id)
    assert int((ratings["anna"] == ratings["bo"]).sum()) == 7


def test_levels_of_taguette_are_parted_by_a_dot(cases: Path, tmp_path: Path) -> None:
    book = {
        "variables": [
            {"id": "tema", "kind": "multiple", "label": "Tema",
             "codes": [{"id": "tid", "label": "Tid"}, {"id": "pengar", "label": "Pengar"}]}
        ]
    }  # fmt: skip
    notes = pd.DataFrame({"text": ["Tid saknas", "Pengar saknas"]})
    study = sa.Study.create(tmp_path / "s", notes=notes, codebook=book)
    path = tmp_path / "taguette-highlights.csv"
    path.write_bytes((cases / "taguette-highlights.csv").read_bytes())
    [outcome] = take(study, path)
    [proposal] = outcome.material.proposals
    assert 'path: "."' in proposal.read_text(encoding="utf-8")
