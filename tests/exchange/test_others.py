"""What others decided, in tables as their programs write them; sorted lists; codebooks in Excel."""

from __future__ import annotations

import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from openpyxl import Workbook

from sekom_analysis.basics.errors import ExchangeError, StudyError
from sekom_analysis.exchange.registry import Request, import_file
from sekom_analysis.exchange.studybook import study_from_list
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.codebook_table import (
    check_codebook_table,
    codebook_table,
    read_codebook_file,
    write_codebook_file,
)
from sekom_analysis.study.imports import imports
from sekom_analysis.study.raw import open_raw
from sekom_analysis.study.study import Study
from tests.conftest import CODEBOOK, NOTES
from tests.exchange.refi.test_round_trips import codebooks
from tests.test_cli import sekom

DOCCANO = "id,text,label,Comments\n1,Ojämn nivå,Tid#Vilja,\n2,För lite tid,Tid,hm\n"
QDAPY = (
    "zotqdaFormat,code,codeId,annotationKey,text,comment,codedBy,codedAt\n"
    "fragments/1,Ressourcen/Tid,c1,K1,Ojämn nivå,därför,ann,2026-06-08T09:03:00.000Z\n"
    "fragments/1,Vilja,c2,K2,Ojämn nivå,,ann,2026-06-08T09:04:00.000Z\n"
    "fragments/1,Tid,c2,K3,Viljan finns,,ben,2026-06-08T09:05:00.000Z\n"
)
MAP = "note: note\nwhose: anna\nanswers:\n  code: {variable: valence}\ncodes:\n  valence: {hinder: hinder}"
LONG = "lapp;kodare;variabel;kod\nn1;Cilla Å;Teman;tid\nn1;Cilla Å;Teman;vilja\nN3 ;Cilla Å;goal;4\n"


@pytest.fixture
def study(tmp_path) -> Study:
    return Study.create(tmp_path / "study", notes=NOTES, codebook=CODEBOOK)


def take(study, path, **given):
    return import_file(Request(open_raw(study.root), path, **given), "decisions")


def put(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def said(study) -> set[tuple[str, ...]]:
    table = study.decisions()[["note_id", "coder", "variable", "codes"]]
    return set(table.itertuples(index=False, name=None))


def workbook(path, rows, merge=()):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merge:
        book.active.merge_cells(cells)
    book.save(path)
    return path


# Tables of other programs


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("admin.csv", DOCCANO, {("n1", "admin", "themes", "tid|vilja"), ("007", "admin", "themes", "tid")}),
        ("fragments.csv", QDAPY, {("n1", "ann", "themes", "tid|vilja"), ("n2", "ben", "themes", "tid")}),
    ],
)
def test_a_table_is_taken_by_the_map_that_was_proposed(study, tmp_path, name, text, wanted):
    path = put(tmp_path, name, text)
    first = take(study, path)
    assert first.record is None
    assert first.material.proposals == [path.with_suffix(".map.yaml")]
    assert Study.open(study.root).decisions().empty
    assert not (study.root / "data/imports.csv").exists()
    outcome = take(study, path, map=path.with_suffix(".map.yaml"))
    opened = Study.open(study.root)
    assert said(opened) == wanted
    assert set(opened.decisions()["via"]) == {"import"}
    assert opened.problems.empty
    assert outcome.material.refused == []
    assert imports(opened)[["kind", "taken"]].values.tolist() == [["decisions", len(wanted)]]
    assert take(study, path, map=path.with_suffix(".map.yaml")).is_known


def test_what_is_beyond_doubt_needs_no_map(study, tmp_path):
    outcome = take(study, put(tmp_path, "long.tsv", LONG))
    assert said(Study.open(study.root)) == {
        ("n1", "cilla-a", "themes", "tid|vilja"),
        ("n3", "cilla-a", "goal", "4"),
    }
    assert (outcome.material.proposals, outcome.material.refused) == ([], [])


def test_times_and_memos_come_along(study, tmp_path):
    path = put(tmp_path, "fragments.csv", QDAPY)
    take(study, path)
    take(study, path, map=path.with_suffix(".map.yaml"))
    row = Study.open(study.root).decisions(coders=["ann"]).iloc[0]
    assert (row["decided_at"], row["memo"]) == ("2026-06-08T09:04:00.000000Z", "därför")


def test_what_is_doubtful_is_marked(study, tmp_path):
    path = put(tmp_path, "wide.csv", "note_id;Anna;Bo\nn1;Hinder;Öppet\nn2;Hindr;möjlighet\nx9;hinder;\n")
    said_ = [problem.what for problem in take(study, path).material.remarks]
    assert "note: 67% of its cells are notes of the study" in said_
    assert "codes → valence → Hindr: it is called 'hinder' here" in said_
    assert "codes → valence → Öppet: nothing here is called so" in said_
    text = path.with_suffix(".map.yaml").read_text(encoding="utf-8")
    assert '"Hindr": "hinder"  # doubtful: it is called' in text
    plain = yaml.safe_load(text)
    assert plain["answers"] == {
        "Anna": {"variable": "valence", "coder": "anna"},
        "Bo": {"variable": "valence", "coder": "bo"},
    }
    taken = take(study, path, map=path.with_suffix(".map.yaml")).material
    assert [problem.what for problem in taken.refused] == [
        "an answer to 'valence' without a code here (row 2: Öppet)",
        "this is not one of the study's notes (row 4: x9)",
    ]


def test_an_empty_cell_is_unseen_unless_the_map_says_otherwise(study, tmp_path):
    text = "note_id;Anna;Bo\nn1;tid;vilja\nn2;;tid\nx9;;tid\n"  # x9 is in doubt
    path = put(tmp_path, "wide.csv", text)
    take(study, path)
    map_ = path.with_suffix(".map.yaml")
    outcome = take(study, path, map=map_)
    assert "an empty cell is not an answer (row 3: Anna)" in [one.what for one in outcome.material.remarks]
    assert pd.isna(Study.open(study.root).ratings("themes").at["n2", "anna"])
    other = Study.create(tmp_path / "other", notes=NOTES, codebook=CODEBOOK)
    map_.write_text(map_.read_text("utf-8").replace('empty: "unseen"', 'empty: "none"'), encoding="utf-8")
    take(other, path, map=map_)
    assert Study.open(other.root).ratings("themes").at["n2", "anna"] == frozenset()


def test_nothing_is_chosen_between_two_answers(study, tmp_path):
    path = put(tmp_path, "long.csv", "note;coder;code\nn1;anna;hinder\nn1;anna;mojlighet\nn2;anna;hinder\n")
    take(study, path)
    outcome = take(study, path, map=path.with_suffix(".map.yaml"))
    assert said(Study.open(study.root)) == {("n2", "anna", "valence", "hinder")}
    (problem,) = outcome.material.refused
    assert problem.what == (
        "several answers of anna to 'valence', which takes one (note n1, row 2, 3: hinder, mojlighet)"
    )


def test_a_map_that_does_not_fit_names_every_fault(study, tmp_path):
    path = put(tmp_path, "a.csv", "note;code\nn1;hinder\n")
    map_ = put(
        tmp_path,
        "a.map.yaml",
        "note: lapp\nwhose: Anna\nanswers:\n  code: {variable: valens}\n",
    )
    with pytest.raises(ExchangeError) as caught:
        take(study, path, map=map_)
    for part in (
        "no column 'lapp'",
        "'Anna' cannot be a coder's id",
        "no variable 'valens'",
        "Nothing was saved",
    ):
        assert part in str(caught.value)
    with pytest.raises(ExchangeError, match=r"row 2: nots is not known here"):
        take(study, path, map=put(tmp_path, "b.yaml", "note: note\nnots: 1\nanswers: {}\n"))
    right = (
        "note: note\nwhose: anna\nanswers:\n  code: {variable: valence}\ncodes:\n  valence: {hinder: hindr}\n"
    )
    with pytest.raises(ExchangeError, match="'hinder' of 'valence' is to be 'hindr', which is not one"):
        take(study, path, map=put(tmp_path, "c.yaml", right))


def test_an_answer_that_the_map_does_not_know_is_not_guessed(study, tmp_path):
    path = put(tmp_path, "a.csv", "note;code\nn1;hinder\nn2;Hinder\n")
    outcome = take(study, path, map=put(tmp_path, "a.yaml", MAP))
    assert said(Study.open(study.root)) == {("n1", "anna", "valence", "hinder")}
    assert [problem.what for problem in outcome.material.refused] == [
        "the map does not know this answer to 'valence' (row 3: Hinder)"
    ]


def test_the_coder_can_be_named(study, tmp_path):
    path = put(tmp_path, "admin.csv", DOCCANO)
    take(study, path, coder="dora")
    map_ = path.with_suffix(".map.yaml")
    assert yaml.safe_load(map_.read_text(encoding="utf-8"))["whose"] == "dora"
    take(study, path, map=map_, coder="elin")
    assert Study.open(study.root).coders == ["elin"]


def test_a_proposal_is_never_written_over(study, tmp_path):
    path = put(tmp_path, "admin.csv", DOCCANO)
    take(study, path)
    with pytest.raises(ExchangeError, match=r"admin.map.yaml' is there already"):
        take(study, path)


@pytest.mark.parametrize(
    ("name", "data", "said_"),
    [
        ("a.csv", b"#FORMAT=WebAnno TSV 3.3\n\n1-1\t0-4\tOrd\t_\n", "a row for each word"),
        ("a.csv", b"a;b\n1;2\n", "no column has ids or texts of the study's notes"),
        ("a.csv", b"note;b\nn1;2\n", "no column has answers that the codebook knows"),
        (
            "a.csv",
            "note;code\nn1;å\n".encode() + b"n2;\xe5\n",
            "is not UTF-8, though the rest",
        ),
        ("a.csv", b"note;code\n" + b"x" * 5_000_001, "row 2: the line has 5,000,001 bytes"),
        ("a.xlsx", b"PK\x03\x04" + bytes(50), "it is damaged"),
    ],
)
def test_what_is_no_such_table_is_told(study, tmp_path, name, data, said_):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(ExchangeError, match=said_):
        take(study, tmp_path / name)
    assert not (tmp_path / "a.map.yaml").exists()


def test_merged_cells_belong_to_their_rows_and_never_to_two_coders(study, tmp_path):
    rows = [["note_id", "anna", "bo"], ["n1", "hinder", "hinder"], ["n2", None, "mojlighet"]]
    path = workbook(tmp_path / "down.xlsx", rows, ["B2:B3"])
    take(study, path)
    take(study, path, map=path.with_suffix(".map.yaml"))
    assert ("n2", "anna", "valence", "hinder") in said(Study.open(study.root))
    with pytest.raises(ExchangeError, match="row 2: the cells B2:C2 are merged, so it is not clear whose"):
        take(study, workbook(tmp_path / "across.xlsx", rows, ["B2:C2"]))


def test_decisions_from_the_command_line(study, tmp_path):
    path = put(tmp_path, "admin.csv", DOCCANO)
    code, out = sekom("import", path, "--as", "decisions", "--study", study.root)[:2]
    assert (code, "nothing was taken in yet" in out) == (0, True)
    map_ = path.with_suffix(".map.yaml")
    code, out = sekom("import", path, "--as", "decisions", "--map", map_, "--study", study.root)[:2]
    assert (code, "2 decisions of admin taken in" in out) == (0, True)


# A sorted list


def test_a_sorted_list_makes_a_codebook_and_a_first_coder(tmp_path):
    rows = [
        ["text", "Område"],
        ["Viljan finns", "Vilja & mod"],
        ["Tiden saknas", "För lite tid"],
        ["Ingen vet", None],
        ["Alla vill", "vilja  &  MOD"],
    ]
    path = workbook(tmp_path / "Lappar från Åsa.xlsx", rows)
    study, found = study_from_list(tmp_path / "made", path, "område")
    variable = study.codebook["omrade"]
    assert variable.label.sv == "Område"
    assert [(code.id, code.label.sv) for code in variable.codes] == [
        ("vilja_mod", "Vilja & mod"),
        ("for_lite_tid", "För lite tid"),
    ]
    assert study.coders == ["lappar-fran-asa"]
    assert study.about.coder("lappar-fran-asa").kind == "source"
    assert study.ratings("omrade")["lappar-fran-asa"].astype(object).fillna("-").tolist() == [
        "vilja_mod", "for_lite_tid", "-", "vilja_mod",
    ]  # fmt: skip
    assert study.problems.empty
    assert [problem.what for problem in found.remarks] == [
        "1 notes have no category",
        "'Vilja & mod', 'vilja & MOD' were taken for one category",
    ]
    assert imports(study)["kind"].tolist() == ["categories"]


def test_several_codes_in_a_cell_make_a_multiple_of_whoever_sorted(tmp_path):
    cells = ["Samverkan", "Ledning; Resurser", "Ledning; Resurser | kunskap", "", "Samverkan; Kunskap"]
    rows = [["text", "teman"], *([f"Lapp nummer {n}", cell] for n, cell in enumerate(cells))]
    path = workbook(tmp_path / "text.xlsx", rows)
    study, found = study_from_list(tmp_path / "made", path, "teman", coder="Karin")
    variable = study.codebook["teman"]
    assert (variable.kind, [code.id for code in variable.codes], study.coders) == (
        "multiple",
        ["samverkan", "ledning", "resurser", "kunskap"],
        ["karin"],
    )
    assert found.decisions["codes"].tolist() == [
        "samverkan",
        "ledning|resurser",
        "ledning|resurser|kunskap",
        "samverkan|kunskap",
    ]
    other, _ = study_from_list(tmp_path / "other", path, "teman")
    assert other.coders == ["coder-1"]


def test_who_sorted_is_named_on_the_command_line(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["text", "k"], ["Viljan finns", "Ja"], ["Nej tack", "Nej; ja"]])
    made = tmp_path / "made"
    code, out = sekom("new", made, "--notes", path, "--categories", "k", "--coder", "Karin")[:2]
    assert (code, "is now the coder 'karin'.\n" in out) == (0, True)
    assert Study.open(made).codebook["k"].kind == "multiple"
    assert sekom("new", tmp_path / "other", "--notes", path, "--coder", "Karin")[0] == 2


def test_a_column_that_is_none_leaves_nothing_behind(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["text", "k"], ["Viljan finns", None]])
    with pytest.raises(StudyError, match=r"has no column 'kategori'. Its columns: text, k"):
        study_from_list(tmp_path / "made", path, "kategori")
    with pytest.raises(StudyError, match="holds no category"):
        study_from_list(tmp_path / "made", path, "k")
    assert not (tmp_path / "made").exists()


def test_a_list_from_the_command_line(tmp_path):
    path = workbook(tmp_path / "a.xlsx", [["note_id", "text", "k"], ["7", "Viljan finns", "Ja"]])
    code, out = sekom("new", tmp_path / "made", "--notes", path, "--categories", "k")[:2]
    assert (code, "1 decisions of a" in out) == (0, True)
    assert sekom("new", tmp_path / "other", "--categories", "k")[0] == 2


# Codebooks in Excel


@settings(max_examples=30, suppress_health_check=list(HealthCheck))
@given(book=codebooks())
def test_any_codebook_comes_back_from_its_table(book):
    table = codebook_table(book)
    table.index = pd.RangeIndex(2, len(table) + 2, name="row")
    found, problems = check_codebook_table(table, "a.xlsx")
    assert problems == []
    assert found == book


def test_a_codebook_goes_out_to_excel_and_comes_back(study, tmp_path):
    path = tmp_path / "codebook.xlsx"
    assert sekom("export", path, "--layout", "codebook", "--study", study.root)[0] == 0
    assert read_codebook_file(path) == (study.codebook, [])
    code, out = sekom("new", tmp_path / "made", "--codebook", path)[:2]
    assert (code, "codebook.xlsx" in out) == (0, True)
    made = Study.open(tmp_path / "made")
    assert made.codebook == study.codebook
    assert set(made.problems["file"]) == {"codebook.xlsx"}  # the two notes of a new study have no stages


def test_two_codebooks_are_one_too_many(study, tmp_path):
    write_codebook_file(study.codebook, tmp_path / "codebook.xlsx").rename(
        study.root / "data/raw/codebook.xlsx"
    )
    problems = Study.open(study.root).problems
    assert problems["what"].tolist() == ["it is not read, since codebook.yaml is there too"]


def test_faults_of_a_codebook_in_excel_have_their_rows(tmp_path):
    rows = [
        ["variable", "kind", "code", "label", "range", "none_fits"],
        ["mål", "scale", None, "Mål", "1-5"],
        ["tema", "single", None, "Tema", None, "kanske"],
        [None, None, "tid", "Tid"],
        [None, None, "tid", "Tid igen"],
    ]
    path = workbook(tmp_path / "a.xlsx", rows)
    found, problems = read_codebook_file(path)
    assert found is None
    assert [(problem.row, problem.what.split(":")[0]) for problem in problems] == [
        (2, "variables 'mål' → id is 'mål'"),
        (3, "variables 'tema' → none_fits"),
        (5, "variables 'tema' → codes 'tid'"),
    ]
    with pytest.raises(StudyError, match=r"a.xlsx, Sheet, row 3: 'kanske' is neither yes nor no"):
        Study.create(tmp_path / "made", codebook=path)
    odd = workbook(tmp_path / "b.xlsx", [["variable", "koda"], ["a", "b"]])
    assert [p.what for p in read_codebook_file(odd)[1]] == [
        "the column 'koda' is not known here",
        "there is no column 'code'",
    ]


def test_swedish_headings_and_one_language_are_enough(tmp_path):
    rows = [["Variabel", "Kod", "Etikett", "Fråga"], ["tema", None, "Tema", "Vad?"], [None, "tid", "Tid"]]
    found, problems = read_codebook_file(workbook(tmp_path / "a.xlsx", rows))
    assert problems == []
    assert found == Codebook.model_validate(
        {
            "variables": [
                {
                    "id": "tema",
                    "kind": "single",
                    "label": "Tema",
                    "question": "Vad?",
                    "codes": [{"id": "tid", "label": "Tid"}],
                }
            ]
        }
    )
