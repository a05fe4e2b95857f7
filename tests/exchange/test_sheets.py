"""Coding sheets: what they hold and do not hold, what comes back, and what is refused."""

from __future__ import annotations

import io
import re
import zipfile

import pandas as pd
import pytest
import yaml
from openpyxl import load_workbook
from openpyxl.comments import Comment

from sekom_analysis.basics import wording
from sekom_analysis.basics.errors import DecisionError, NotesError, SekomError, TableError
from sekom_analysis.coding.session import Session
from sekom_analysis.exchange.sheet_file import is_coding_sheet
from sekom_analysis.exchange.sheet_reading import read_coding_sheet
from sekom_analysis.exchange.sheet_writing import write_coding_sheet
from sekom_analysis.study.rows import note_hash
from sekom_analysis.study.study import Study

from .conftest import CODEBOOK, NOTES, address, fill

FULL = {
    ("B1", "category/answer"): "Kunskap",
    ("B1", "category/certainty"): "Säker",
    ("B1", "category/memo"): "tydligt\nmen kort, åäö",
    ("B2", "category/answer"): "Ingen passar",
    ("B3", "category/answer"): "Resources",
    ("B3", "category/certainty"): 1,
    ("B4", "category/answer"): "roll",
    ("D1", "themes/code/filmer"): "x",
    ("D1", "themes/code/databas"): "X ",
    ("D1", "goal/answer"): 4,
    ("D2", "themes/none"): "x",
    ("D2", "goal/answer"): 1,
}
TAKEN = {
    ("B1", "category"): "kunskap",
    ("B2", "category"): "none_fits",
    ("B3", "category"): "resurser",
    ("B4", "category"): "roll",
    ("D1", "themes"): "filmer|databas",
    ("D1", "goal"): "4",
    ("D2", "themes"): "",
    ("D2", "goal"): "1",
}


def collect(study, path):
    """Record what a sheet brings; return how many events that were."""
    reading = read_coding_sheet(path, study.desk)
    assert reading.problems == []
    study.record(reading.coder, reading.events)
    return len(reading.events)


def standing(study):
    rows = study.decisions().to_dict("records")
    return {(row["note_id"], row["variable"]): row["codes"] for row in rows}


def everything(path):
    """Return all that a workbook holds, names of its parts included."""
    with zipfile.ZipFile(path) as archive:
        parts = (name + archive.read(name).decode("utf-8") for name in archive.namelist())
        return re.sub("&#([0-9]+);", lambda sign: chr(int(sign[1])), "\n".join(parts))  # as lxml writes them


# What it holds


def test_the_notes_stand_in_the_order_of_the_card_by_its_keys(study, blank):
    items = Session(study.desk("anna")).items
    for title, stage in (("Lappar B", "B"), ("Lappar D", "D")):
        sheet = load_workbook(blank)[title]
        keys = [str(cell.value).split(".")[0] for cell in sheet[_letter(sheet, "sekom/key")][5:]]
        assert keys == [item.key for item in items if item.note_id.startswith(stage)]
        assert len(keys) > 2


def _letter(sheet, mark):
    return next(cell.column_letter for cell in sheet[4] if cell.value == mark)


def test_two_coders_meet_the_notes_in_different_orders(tmp_path):
    notes = pd.DataFrame({"note_id": [f"n{n}" for n in range(40)], "text": [f"Lapp {n}" for n in range(40)]})
    book = {"variables": [{**CODEBOOK["variables"][0], "stage": None}]}
    study = Study.create(tmp_path / "study", notes=notes, codebook=book)
    paths = [write_coding_sheet(study.desk(coder), tmp_path / f"{coder}.xlsx") for coder in ("anna", "bo")]
    orders = [[cell.value for cell in load_workbook(path)["Lappar"]["B"][5:]] for path in paths]
    assert sorted(orders[0]) == sorted(orders[1]) == sorted(notes["text"])
    assert orders[0] != orders[1]
    assert orders[0] != list(notes["text"])


def test_it_gives_away_no_id_no_source_no_category_and_nothing_of_the_others(study, tmp_path):
    study.decide("bo", "B1", "category", "resurser", memo="Bos hemliga memo")
    study.decide("anna", "B1", "category", "kunskap", memo="mitt eget")
    content = everything(write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx"))
    assert "mitt eget" in content
    for secret in ("Bos hemliga memo", "hemlig-källa", "Rapportens ordning", "bo.csv"):
        assert secret not in content
    texts = re.findall(r"<t[^>]*>([^<]*)</t>", content)
    assert "Ojämn kunskapsnivå, åäö" in texts
    assert not {"B1", "B2", "D1", "bo"} & set(texts)


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_every_drop_down_refers_to_a_range_with_the_labels_of_the_language(study, tmp_path, lang):
    book = load_workbook(write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx", lang))
    choices = {}
    for sheet in book.worksheets:
        for rule in sheet.data_validations.dataValidation:
            if rule.type == "list":
                tab, area = rule.formula1.rsplit("!", 1)
                cells = book[tab.strip("'")][area.replace("$", "")]
                cells = cells if isinstance(cells, tuple) else ((cells,),)
                choices[str(rule.sqref), sheet.title] = [cell.value for (cell,) in cells]
            assert rule.showErrorMessage == (rule.type in ("whole", "custom"))  # free typing is read
    labels = {"sv": ["Kunskap", "Resurser", "Föreningens roll", "Ingen passar"]}
    labels["en"] = ["Knowledge", "Resources", "Role", "None fits"]
    assert labels[lang] in choices.values()
    assert ["x"] in choices.values()
    assert [wording.say(f"card_certainty_{n}", lang) for n in (1, 2, 3)] in choices.values()


def test_a_scale_takes_whole_numbers_between_its_ends(study, blank):
    book = load_workbook(blank)
    rules = book["Lappar D"].data_validations.dataValidation
    (rule,) = [rule for rule in rules if rule.type == "whole"]
    assert (rule.formula1, rule.formula2, rule.operator) == ("1", "5", "between")
    column = address(book, study, "D1", "goal/answer").column_letter
    assert str(rule.sqref) == f"{column}6:{column}8"  # in all rows, since they may be sorted


def test_heads_and_other_tabs_are_locked_and_no_password_is_set(study, blank):
    book = load_workbook(blank)
    for sheet in book.worksheets:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
    opened = {cell.row for row in book["Lappar D"] for cell in row if not cell.protection.locked}
    assert opened == {6, 7, 8}  # the rows of notes, and all their cells: test_sheets_sorted says why
    assert {
        cell.protection.locked for title in ("Kodbok", "Listor") for row in book[title] for cell in row
    } == {True}


def test_head_and_text_stay_in_view(blank):
    assert load_workbook(blank)["Lappar B"].freeze_panes == "C6"


def test_the_codebook_stands_on_its_tab_with_definitions_and_bounds(blank):
    texts = [cell.value for row in load_workbook(blank)["Kodbok"] for cell in row if cell.value]
    for text in (
        "Vad handlar lappen om?",
        "Vad man vet.",
        "Pengar.",
        "Ingen passar",
        "Ett heltal från 1 till 5.",
    ):
        assert text in texts
    assert "Målbild: Alla vet vad hållbarhet är" in texts


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_the_first_tab_says_in_five_lines_what_to_do(study, tmp_path, lang):
    guide = load_workbook(write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx", lang)).worksheets[0]
    assert [cell.value for cell in guide["A"] if cell.value] == ["1.", "2.", "3.", "4.", "5."]
    text = " ".join(str(cell.value) for cell in guide["B"] if cell.value)
    assert ".xlsx" in text
    assert {"sv": "tar inte tillbaka", "en": "does not take the answer back"}[lang] in text


def test_texts_that_look_like_formulas_are_texts(study, tmp_path):
    study.decide("anna", "B1", "category", "kunskap", memo="=1+1")
    path = write_coding_sheet(study.desk("anna"), tmp_path / "anna.xlsx")
    book = load_workbook(path)
    for note_id in ("B2", "B4"):
        cell = address(book, study, note_id, "sekom/text")
        assert (cell.value, cell.data_type) == (study.notes.at[note_id, "text"], "s")
    memo = address(book, study, "B1", "category/memo")
    assert (memo.value, memo.data_type, memo.number_format) == ("=1+1", "s", "@")
    assert collect(study, path) == 0


def test_the_gloss_is_beside_the_text_where_english_is_asked_for_else_after_the_questions(study, tmp_path):
    for lang, title, place in (("en", "Notes B", "C"), ("sv", "Lappar B", "G")):
        sheet = load_workbook(write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx", lang))[title]
        assert "Uneven level of knowledge" in [cell.value for cell in sheet[place]]


def test_stages_that_ask_the_same_share_a_tab_in_the_order_of_the_card(tmp_path):
    book = {"variables": [{**CODEBOOK["variables"][0], "stage": None}]}
    study = Study.create(tmp_path / "study", notes=NOTES, codebook=book)
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    titles = load_workbook(path).sheetnames
    assert titles == ["Läs först", "Lappar", "Kodbok", "Listor"]
    keys = [cell.value.split(".")[0] for cell in load_workbook(path)["Lappar"]["H"][5:]]
    assert keys == [item.key for item in Session(study.desk("anna")).items]


@pytest.mark.parametrize("stage", ["a/b:c[d]*?", "s" * 60, "' apostrof '", "Kodbok"])
def test_any_stage_gives_a_tab_a_name_that_excel_takes(tmp_path, stage):
    notes = NOTES.assign(stage=["B", "B", "B", "B", stage, stage, stage])
    variables = [CODEBOOK["variables"][0], {**CODEBOOK["variables"][1], "stage": stage}]
    study = Study.create(tmp_path / "study", notes=notes, codebook={"variables": variables})
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    titles = load_workbook(path).sheetnames
    assert len({title.casefold() for title in titles}) == 5
    assert all(len(title) <= 31 and not re.search(r"[\[\]:*?/\\]", title) for title in titles)
    assert read_coding_sheet(path, study.desk("anna")).problems == []


# What comes back


def test_what_was_filled_in_becomes_decisions(study, blank):
    assert collect(study, fill(blank, study, FULL)) == len(TAKEN)
    assert standing(study) == TAKEN
    decisions = study.decisions().set_index(["note_id", "variable"])
    assert set(decisions["via"]) == {"sheet"}
    assert set(decisions["pass"]) == {"1"}
    assert decisions.loc[("B1", "category"), "certainty"] == "3"
    assert decisions.loc[("B1", "category"), "memo"] == "tydligt\nmen kort, åäö"
    assert decisions.loc[("B3", "category"), "certainty"] == "1"
    assert decisions.loc[("D1", "goal"), "codebook"] == study.codebook["goal"].version
    assert study.problems.empty


def test_an_untouched_sheet_brings_nothing(study, blank):
    assert is_coding_sheet(blank)
    assert collect(study, blank) == 0
    assert standing(study) == {}


def test_earlier_answers_are_filled_in_and_come_back_as_nothing_new(study, blank, tmp_path):
    collect(study, fill(blank, study, FULL))
    again = write_coding_sheet(study.desk("anna"), tmp_path / "again.xlsx", "en")
    book = load_workbook(again)
    shown = {place: address(book, study, *place).value for place in FULL}
    assert shown == {
        **FULL,
        ("B1", "category/answer"): "Knowledge",
        ("B1", "category/certainty"): "Sure",
        ("B2", "category/answer"): "None fits",
        ("B3", "category/certainty"): "Unsure",
        ("B4", "category/answer"): "Role",
        ("D1", "themes/code/databas"): "x",
    }
    assert collect(study, again) == 0


def test_collected_twice_or_saved_again_it_adds_nothing(study, blank, tmp_path):
    back = fill(blank, study, FULL)
    collect(study, back)
    before = study.history()
    assert collect(study, back) == 0
    assert collect(study, fill(back, study, {}, tmp_path / "saved-again.xlsx")) == 0
    assert study.history().equals(before)


def test_the_same_file_gives_the_same_event_ids(study, blank):
    back = fill(blank, study, FULL)
    first, second = (read_coding_sheet(back, study.desk("anna")).events for _ in range(2))
    assert [event["event_id"] for event in first] == [event["event_id"] for event in second]
    assert len({event["event_id"] for event in first}) == len(TAKEN)


def test_a_sheet_collected_late_does_not_undo_what_came_after_its_first_collection(study, blank):
    back = fill(blank, study, {("B1", "category/answer"): "Kunskap"})
    collect(study, back)
    study.decide("anna", "B1", "category", "resurser")
    assert collect(study, back) == 0
    assert standing(study)[("B1", "category")] == "resurser"


def test_what_the_sheet_was_filled_in_with_does_not_undo_a_newer_answer(study, tmp_path):
    study.decide("anna", "B1", "category", "kunskap", via="card")
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    study.decide("anna", "B1", "category", "resurser", via="card")
    reading = read_coding_sheet(fill(path, study, {("B2", "category/answer"): "Kunskap"}), study.desk("anna"))
    assert [event["note_id"] for event in reading.events] == ["B2"]
    assert "answered differently elsewhere since" in reading.remarks[0].what


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_came_in_after_the_sheet_was_written_did_not_stand_in_it(study, tmp_path, kind):
    study.decide("anna", "B4", "category", "roll")
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    made = {
        "decided_at": "2020-03-01T09:00:00.000000Z",
        "codes": "kunskap",
        "variable": "category",
        "via": "page",
    }
    study.desk("anna").record([{**made, "note_id": note} for note in ("B1", "B2")], keep_times=True)
    study.decide("anna", "B1", "category", "resurser", via="page")
    back = fill(path, study, {("B1", "category/answer"): "Kunskap"})
    if kind == "csv":
        back = as_csv(back, "Lappar B")
    found = study.collect(back, dry_run=True, older=kind == "csv")  # a text table says no time
    assert [(row["note_id"], row["codes"]) for row in found.added.to_dict("records")] == [("B1", "kunskap")]
    assert not [problem for problem in found.remarks if "was cleared" in problem.what]


def as_csv(path, tab):
    rows = load_workbook(path)[tab].iter_rows(values_only=True)
    table = pd.DataFrame(["" if cell is None else str(cell) for cell in row] for row in rows)
    table.to_csv(path.with_suffix(".csv"), index=False, header=False, encoding="utf-8")
    return path.with_suffix(".csv")


def test_untouched_cells_do_not_undo_what_another_copy_of_the_sheet_changed(study, tmp_path):
    for note in ("B1", "B2"):
        study.decide("anna", note, "category", "kunskap", certainty=2)
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    changes = {("B1", "category/answer"): "Resurser", ("B2", "category/certainty"): "Säker"}
    study.collect(fill(path, study, changes, tmp_path / "home.xlsx"))
    work = fill(path, study, {("B3", "category/answer"): "Kunskap"}, tmp_path / "work.xlsx")
    found = study.collect(work)
    assert found.added["note_id"].tolist() == ["B3"]
    assert [problem.what.split(": ")[1] for problem in found.remarks] == [
        "it is as the sheet was written, and has been answered differently elsewhere since"
    ] * 2
    assert standing(study)[("B1", "category")] == "resurser"
    assert study.decisions().set_index("note_id").at["B2", "certainty"] == "3"


def test_a_sheet_sent_again_can_go_back_to_what_it_was_written_with(study, tmp_path):
    study.decide("anna", "B1", "category", "kunskap")
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    study.collect(fill(path, study, {("B1", "category/answer"): "Resurser"}))
    back = fill(path, study, {("B1", "category/answer"): "Kunskap", ("B1", "category/memo"): "ändå"})
    told = study.collect(back).remarks
    assert f"sekom collect {back} --older" in told[0].todo
    assert "a memo, 'ändå'" in told[1].what
    assert standing(study)[("B1", "category")] == "resurser"
    found = study.collect(back, older=True)
    assert (found.added["memo"].tolist(), list(found.remarks)) == (["ändå"], [])
    assert standing(study)[("B1", "category")] == "kunskap"
    again = study.collect(back)
    assert (len(again.added), again.known, list(again.remarks)) == (0, 1, [])


def test_a_sheet_made_from_the_one_that_changed_an_answer_can_put_it_back(study, tmp_path):
    study.decide("anna", "B1", "category", "kunskap")
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    more = {mark: text for mark, text in FULL.items() if mark[0] != "B1"}
    study.collect(
        fill(path, study, {**more, ("B1", "category/answer"): "Resurser"}, tmp_path / "monday.xlsx")
    )
    found = study.collect(fill(path, study, more, tmp_path / "tuesday.xlsx"))
    assert (found.replaced["new"].tolist(), list(found.remarks)) == (["kunskap"], [])


def test_an_emptied_cell_takes_nothing_back_and_is_remarked_on(study, tmp_path):
    study.decide("anna", "B1", "category", "kunskap", certainty=2, memo="varför")
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    emptied = fill(path, study, {("B1", "category/answer"): None})
    reading = read_coding_sheet(emptied, study.desk("anna"))
    assert (reading.events, reading.problems) == ([], [])
    assert "was cleared" in reading.remarks[0].what
    assert "'kunskap' still counts" in reading.remarks[0].todo


def test_a_changed_certainty_or_memo_is_news_an_emptied_one_is_not(study, tmp_path):
    study.decide("anna", "B1", "category", "kunskap", certainty=2, memo="varför")
    study.decide("anna", "B2", "category", "kunskap", certainty=2, memo="varför")
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    typed = {("B1", "category/certainty"): "Osäker", ("B2", "category/certainty"): None}
    reading = read_coding_sheet(fill(path, study, typed), study.desk("anna"))
    (event,) = reading.events
    assert (event["note_id"], event["certainty"], event["memo"]) == ("B1", "1", "varför")


@pytest.mark.parametrize("is_filled_in", [True, False])
@pytest.mark.parametrize(
    ("part", "typed", "kept"),
    [
        ("certainty", "Säker", ("3", "viktigt")),
        ("memo", "nytt", ("1", "nytt")),
        ("comment", "nytt", ("1", "nytt")),
    ],
)
def test_what_a_sheet_leaves_empty_beside_the_same_answer_stays(
    study, tmp_path, blank, part, typed, kept, is_filled_in
):
    memo = "viktigt" if part == "certainty" else ""
    study.decide("anna", "B1", "category", "kunskap", certainty=1, memo=memo, via="page")
    sheet = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx") if is_filled_in else blank
    empty = {("B1", "category/certainty"): None, ("B1", "category/memo"): None}
    answer = {("B1", "category/answer"): "Kunskap"}
    mark = ("B1", "category/memo" if part == "comment" else f"category/{part}")
    path = fill(sheet, study, {**empty, **answer, mark: None if part == "comment" else typed})
    if part == "comment":
        book = load_workbook(path)
        address(book, study, "B1", "category/answer").comment = Comment(typed, "Anna")
        book.save(path)
    (event,) = study.collect(path).added.to_dict("records")
    assert (event["codes"], event["certainty"], event["memo"]) == ("kunskap", *kept)


def test_certainty_and_memo_of_another_answer_or_text_do_not_stay(study, blank):
    study.decide("anna", "B1", "category", "resurser", certainty=1, memo="därför", via="page")
    study.decide(
        "anna", "B2", "category", "kunskap", certainty=1, memo="därför", via="page", note_hash="h00000000000"
    )
    given = {(note, "category/answer"): "Kunskap" for note in ("B1", "B2")}
    events = read_coding_sheet(fill(blank, study, given), study.desk).events
    assert [(event["certainty"], event["memo"]) for event in events] == [("", "")] * 2


def test_a_memo_without_an_answer_is_kept_as_left_open(study, blank, tmp_path):
    typed = {("B1", "category/memo"): "vet inte", ("B2", "category/certainty"): "Osäker"}
    back = fill(blank, study, typed)
    assert "there is no answer" in read_coding_sheet(back, study.desk).remarks[0].what
    assert collect(study, back) == 1
    assert standing(study) == {}
    assert study.skipped()[["note_id", "memo"]].values.tolist() == [["B1", "vet inte"]]
    again = write_coding_sheet(study.desk("anna"), tmp_path / "again.xlsx")
    assert address(load_workbook(again), study, "B1", "category/memo").value == "vet inte"
    assert collect(study, again) == 0


def test_rows_and_columns_may_have_moved(study, blank, tmp_path):
    book = load_workbook(fill(blank, study, FULL))
    sheet = book["Lappar B"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6)]
    for number, row in enumerate(reversed(rows), start=6):
        for place, value in enumerate(row, start=1):
            sheet.cell(number, place).value = value
            if isinstance(value, str) and place > 1:
                sheet.cell(number, place).data_type = "s"
    sheet.insert_cols(1)
    sheet.insert_rows(1)
    book.save(tmp_path / "moved.xlsx")
    collect(study, tmp_path / "moved.xlsx")
    assert standing(study) == TAKEN


def test_a_text_corrected_in_the_study_since_is_taken_with_the_text_that_was_seen(study, blank):
    back = fill(blank, study, {("B1", "category/answer"): "Kunskap", ("B2", "category/answer"): "Kunskap"})
    old = note_hash(study.notes.at["B1", "text"])
    changed = Study.open(_with_notes(study, lambda text: text.replace("Ojämn", "Mycket ojämn")))
    reading = read_coding_sheet(back, changed.desk("anna"))
    assert reading.problems == []
    (stale,) = reading.stale
    assert "'B1' has changed since the sheet was written" in stale.what
    changed.record("anna", reading.events)
    assert changed.decisions().set_index("note_id").loc["B1", "note_hash"] == old


def _with_notes(study, change):
    path = study.root / "data" / "raw" / "notes.csv"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return study.root


def _with_codebook(study, change):
    path = study.root / "data" / "raw" / "codebook.yaml"
    book = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(book["variables"])
    path.write_text(yaml.safe_dump(book, allow_unicode=True), encoding="utf-8")
    return Study.open(study.root)


def test_an_answer_counts_by_the_definition_that_the_coder_saw(study, blank):
    back = fill(blank, study, {("B1", "category/answer"): "Kunskap"})
    version = study.codebook["category"].version

    def rename_and_retire(variables):
        variables[0]["codes"][0] |= {"label": {"sv": "Vetande", "en": "Knowing"}, "retired": True}

    changed = _with_codebook(study, rename_and_retire)
    assert collect(changed, back) == 1
    decision = changed.decisions().iloc[0]
    assert (decision["codes"], decision["codebook"]) == ("kunskap", version)


def test_answers_by_a_definition_that_is_not_here_are_refused(study, blank):
    def swap(variables):
        first, second = variables[0]["codes"][:2]
        first["label"], second["label"] = second["label"], first["label"]

    version = study.codebook["category"].version
    back = fill(blank, study, {("B1", "category/answer"): "Kunskap", ("D1", "goal/answer"): 4})
    changed = _with_codebook(study, swap)
    kept = changed.root / f"data/coded/codebooks/{version}.yaml"
    away = kept.rename(kept.parents[3] / "away.yaml")
    (problem,) = read_coding_sheet(back, changed.desk).problems
    assert "1 filled cells of 'category' cannot be read" in problem.what
    assert "'Kunskap'" in problem.what
    assert f"copy data/coded/codebooks/{version}.yaml" in problem.todo
    assert changed.collect(back, keep_valid=True).added["note_id"].tolist() == ["D1"]
    away.rename(kept)
    assert Study.open(changed.root).collect(back).added["codes"].tolist() == ["kunskap"]


def test_answers_to_a_renamed_question_stay_in_the_sheet_until_it_is_back(study, blank):
    def rename(variables):
        variables[0]["id"] = "category_2"

    given = {(note, "category/answer"): "Kunskap" for note in ("B1", "B2")}
    (problem,) = read_coding_sheet(fill(blank, study, given), _with_codebook(study, rename).desk).problems
    assert "2 filled cells of 'category' cannot be read" in problem.what
    assert "the codebook has no variable 'category' now" in problem.what
    assert "its id 'category' again" in problem.todo


def test_an_earlier_answer_that_can_no_longer_be_chosen_is_left_out_and_stands(study, tmp_path):
    study.decide("anna", "B1", "category", "roll", memo="kvar")
    study.decide("anna", "D1", "themes", ["filmer", "databas"])

    def retire(variables):
        variables[0]["codes"][2]["retired"] = variables[1]["codes"][0]["retired"] = True

    changed = _with_codebook(study, retire)
    path = write_coding_sheet(changed.desk("anna"), tmp_path / "a.xlsx")
    book = load_workbook(path)
    assert address(book, changed, "B1", "category/answer").value is None
    assert address(book, changed, "D1", "themes/code/databas").value is None
    reading = read_coding_sheet(path, changed.desk("anna"))
    assert (reading.events, reading.problems, reading.remarks) == ([], [], [])


def test_labels_that_are_alike_carry_their_code(tmp_path):
    codes = [{"id": "a", "label": "Samma"}, {"id": "b", "label": "samma "}, {"id": "c", "label": "Annan"}]
    book = {"variables": [{"id": "v", "kind": "single", "label": "V", "codes": codes}]}
    study = Study.create(tmp_path / "study", notes=NOTES, codebook=book)
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    collect(study, fill(path, study, {("B1", "v/answer"): "samma [b]", ("B2", "v/answer"): "Annan"}))
    assert standing(study) == {("B1", "v"): "b", ("B2", "v"): "c"}
    reading = read_coding_sheet(fill(path, study, {("B3", "v/answer"): "Samma"}), study.desk)
    assert "'Samma' is not one of the answers" in reading.problems[0].what


# Into the log, all of it or nothing


def test_collecting_takes_a_sheet_as_it_takes_a_log(study, blank):
    back = fill(blank, study, FULL)
    shown = study.collect(back, dry_run=True)
    assert (len(shown.added), shown.known, shown.saved) == (len(TAKEN), 0, False)
    assert standing(study) == {}
    found = study.collect(back)
    assert (found.coder, len(found.added), found.saved) == ("anna", len(TAKEN), True)
    assert standing(study) == TAKEN
    cell = address(load_workbook(back), study, "D1", "goal/answer")
    assert found.added.set_index(["note_id", "variable"]).loc[("D1", "goal"), "row"] == cell.row
    again = study.collect(back)
    assert (len(again.added), again.known, again.refused) == (0, len(TAKEN), [])
    assert len(study.history()) == len(TAKEN)


def test_one_wrong_cell_stops_all_unless_the_valid_are_to_be_kept(study, blank):
    back = fill(blank, study, {**FULL, ("D2", "goal/answer"): 9})
    with pytest.raises(
        DecisionError, match=r"(?s)Nothing was saved.*cell [A-Z]+\d+ of the tab 'Lappar D': '9'"
    ):
        study.collect(back)
    assert standing(study) == {}
    found = study.collect(back, keep_valid=True)
    assert (len(found.added), len(found.refused)) == (len(TAKEN) - 1, 1)
    assert standing(study) == {place: codes for place, codes in TAKEN.items() if place != ("D2", "goal")}


def test_another_studys_sheet_is_never_kept_and_a_coder_may_be_given(study, blank, tmp_path):
    back = fill(blank, study, FULL)
    assert study.collect(back, coder="bo", dry_run=True).coder == "bo"
    other = Study.create(tmp_path / "other", notes=NOTES, codebook=CODEBOOK)
    with pytest.raises(DecisionError, match="it belongs to the study"):
        other.collect(back, keep_valid=True)
    assert other.coders == study.coders == []


def test_collecting_passes_on_what_is_worth_knowing(study, tmp_path):
    study.decide("anna", "B1", "category", "kunskap")
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    found = study.collect(fill(path, study, {("B1", "category/answer"): None}))
    assert ["was cleared" in remark.what for remark in found.remarks] == [True]


# What is refused

REFUSED = [
    (
        {("B1", "category/answer"): "Kunskapp"},
        "'Kunskapp' is not one of the answers to 'Kategori'",
        "Kunskap, Resurser",
    ),
    ({("D1", "goal/answer"): 6}, "'6' is not one of the answers to 'Målbild'", "from 1 to 5"),
    ({("D1", "goal/answer"): 2.5}, "'2.5' is not one of the answers", "from 1 to 5"),
    ({("D1", "themes/code/filmer"): "nej"}, "'nej' is not a mark", "allowed: x"),
    (
        {("D1", "themes/none"): "x", ("D1", "themes/code/databas"): "x"},
        "marked together with: Databas",
        "clear",
    ),
    (
        {("B1", "category/certainty"): "5", ("B1", "category/answer"): "Kunskap"},
        "'5' is not an answer to how sure",
        "1, 2, 3",
    ),
    ({("B1", "sekom/text"): "Något annat"}, "the text of the note was changed", "put the text back"),
    ({("B1", "sekom/key"): None}, "the key of the note is missing", "copy the row's key"),
    ({("B1", "sekom/key"): "B1"}, "'B1' is not the key of a note", "copy the row's key"),
    ({("B1", "sekom/key"): f"n{'0' * 20}.h{'0' * 11}"}, "the study has no note with the key", "was written"),
    ({("D3", "goal/answer"): 3}, "'3' answers 'goal', which is not asked of this note", "clear it"),
    (
        {("B1", "category/memo"): "m" * 20_001, ("B1", "category/answer"): "roll"},
        "20,001 characters",
        "20,000",
    ),
]


@pytest.mark.parametrize(("typed", "what", "allowed"), REFUSED)
def test_a_refusal_names_tab_cell_value_and_what_is_allowed(study, blank, typed, what, allowed):
    back = fill(blank, study, typed)
    (problem,) = read_coding_sheet(back, study.desk("anna")).problems
    assert what in problem.what
    assert allowed in problem.todo
    note_id, mark = next(iter(typed))
    if mark == "sekom/key":
        assert re.search(r"cell [G-J]\d+ of the tab 'Lappar B'", problem.what)
    else:
        cell = address(load_workbook(back), study, note_id, mark)
        assert f"cell {cell.coordinate} of the tab '{cell.parent.title}'" in problem.what
        assert problem.row == cell.row


def test_all_problems_come_at_once_and_good_answers_beside_them(study, blank):
    typed = {("B1", "category/answer"): "Kunskapp", ("D1", "goal/answer"): 9, ("D2", "goal/answer"): 2}
    reading = read_coding_sheet(fill(blank, study, typed), study.desk("anna"))
    assert len(reading.problems) == 2
    assert [(event["note_id"], event["codes"]) for event in reading.events] == [("D2", "2")]


def test_a_formula_is_no_answer_but_a_memo_may_look_like_one(study, blank, tmp_path):
    book = load_workbook(blank)
    address(book, study, "D1", "goal/answer").value = "=1+1"
    address(book, study, "B1", "category/answer").value = "Kunskap"
    address(book, study, "B1", "category/memo").value = "=1+1"
    book.save(tmp_path / "formula.xlsx")
    reading = read_coding_sheet(tmp_path / "formula.xlsx", study.desk("anna"))
    assert ["contains the formula '=1+1'" in problem.what for problem in reading.problems] == [True]
    assert [event["memo"] for event in reading.events] == ["=1+1"]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_memo_that_shows_an_error_is_refused_unless_the_log_says_so(study, tmp_path, kind):
    study.decide("anna", "B4", "category", "roll", memo="#NAME?", via="page")
    path = write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx")
    given = {(note, "category/answer"): "Kunskap" for note in ("B1", "B2", "B3")}
    memos = {
        ("B1", "category/memo"): "Err:509",
        ("B2", "category/memo"): "#NAMN?",
        ("B3", "category/memo"): "#1",
    }
    back = fill(path, study, {**given, **memos})
    reading = read_coding_sheet(as_csv(back, "Lappar B") if kind == "csv" else back, study.desk)
    assert {problem.what.split(": ", 1)[1].split("'")[1] for problem in reading.problems} == {
        "Err:509",
        "#NAMN?",
    }
    assert "type it again" in reading.problems[0].todo
    assert [event["memo"] for event in reading.events] == ["#1"]


def test_a_row_that_stands_twice_is_refused(study, blank, tmp_path):
    book = load_workbook(blank)
    sheet = book["Lappar B"]
    for place in range(1, sheet.max_column + 1):
        sheet.cell(10, place).value = sheet.cell(7, place).value
    book.save(tmp_path / "doubled.xlsx")
    (problem,) = read_coding_sheet(tmp_path / "doubled.xlsx", study.desk("anna")).problems
    assert "the same note is already in row 7 of the tab 'Lappar B'" in problem.what


def test_a_column_that_stands_twice_is_refused(study, blank, tmp_path):
    book = load_workbook(blank)
    sheet = book["Lappar B"]
    sheet.cell(4, sheet.max_column + 1).value = "category/answer"
    book.save(tmp_path / "doubled.xlsx")
    reading = read_coding_sheet(tmp_path / "doubled.xlsx", study.desk("anna"))
    assert "has two columns 'category/answer'" in reading.problems[0].what
    assert reading.events == []


def test_another_coders_sheet_and_another_studys_are_refused(study, blank, tmp_path):
    reading = read_coding_sheet(fill(blank, study, FULL), study.desk("bo"))
    assert "it is the sheet of 'anna'" in reading.problems[0].what
    other = Study.create(tmp_path / "other", notes=NOTES, codebook=CODEBOOK)
    reading = read_coding_sheet(blank, other.desk)
    assert "it belongs to the study" in reading.problems[0].what
    assert (reading.events, len(reading.problems)) == ([], 1)


def _workbook_without_ticket():
    from openpyxl import Workbook

    buffer = io.BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"PK\x03\x04 cut off", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 rest", "protected by a password"),
        (b"note_id;text", "not a workbook"),
        (b"", "empty"),
        (_workbook_without_ticket(), "not a coding sheet"),
    ],
    ids=["damaged", "password", "text", "empty", "other workbook"],
)
def test_what_is_no_coding_sheet_is_said_to_be_none(study, tmp_path, data, what):
    (tmp_path / "a.xlsx").write_bytes(data)
    reading = read_coding_sheet(tmp_path / "a.xlsx", study.desk)
    assert not is_coding_sheet(tmp_path / "a.xlsx")
    assert what in reading.problems[0].what
    assert reading.events == []


def test_a_sheet_that_cannot_be_written_says_why_and_leaves_nothing(study, tmp_path):
    with pytest.raises(TableError, match=r"a coding sheet is an .xlsx, not '.ods'"):
        write_coding_sheet(study.desk("anna"), tmp_path / "a.ods")
    with pytest.raises(SekomError, match="'fi'"):
        write_coding_sheet(study.desk("anna"), tmp_path / "a.xlsx", "fi")
    book = {"variables": [{**CODEBOOK["variables"][0], "stage": "X"}]}
    other = Study.create(tmp_path / "other", notes=NOTES, codebook=book)
    with pytest.raises(NotesError, match="No note is asked any question"):
        write_coding_sheet(other.desk("anna"), tmp_path / "a.xlsx")
    assert not (tmp_path / "a.xlsx").exists()


def test_the_definitions_that_a_sheet_shows_are_kept(study, blank):
    kept = {path.stem for path in (study.root / "data" / "coded" / "codebooks").glob("*.yaml")}
    assert {variable.version for variable in study.codebook.variables} <= kept


def test_answers_not_collected_yet_are_not_written_over(study, blank):
    back = fill(blank, study, FULL)
    before = back.read_bytes()
    with pytest.raises(TableError, match=r"with answers not collected yet \(8\); collect it first"):
        write_coding_sheet(study.desk("anna"), back)
    with pytest.raises(TableError, match="cannot be replaced: it is the sheet of 'anna'"):
        write_coding_sheet(study.desk("bo"), back)
    assert back.read_bytes() == before
    collect(study, back)
    write_coding_sheet(study.desk("anna"), back, "en")
    assert load_workbook(back).sheetnames[0] == "Read first"


@pytest.mark.parametrize("place", ["beside", "below", "comment", "emptied"])
def test_what_somebody_typed_is_not_written_over(study, blank, place):
    study.decide("anna", "B1", "category", "kunskap", via="page")
    write_coding_sheet(study.desk("anna"), blank)
    book = load_workbook(blank)
    sheet = book["Lappar B"]
    if place == "beside":
        sheet["Z3"] = "Min anmärkning"
    elif place == "below":
        sheet.cell(sheet.max_row + 3, 2).value = "Min anmärkning"
    elif place == "comment":
        address(book, study, "D1", "goal/answer").parent["A1"].comment = Comment("Min anmärkning", "Anna")
    else:
        address(book, study, "B1", "category/answer").value = None
    book.save(blank)
    before = blank.read_bytes()
    told = "was cleared" if place == "emptied" else "Min anmärkning"
    with pytest.raises(TableError, match=f"contains something that somebody typed: .*{told}.*; move it away"):
        write_coding_sheet(study.desk("anna"), blank)
    assert blank.read_bytes() == before


def test_a_sheet_that_nobody_touched_is_written_anew_when_the_log_has_changed(study, blank):
    for code in ("kunskap", "resurser", "roll"):
        study.decide("anna", "B1", "category", code, via="page")
        write_coding_sheet(study.desk("anna"), blank)
    assert read_coding_sheet(blank, study.desk).known == 1
