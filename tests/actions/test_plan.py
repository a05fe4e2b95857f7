"""The plan: read as people write it, checked whole, nothing of it lost, out to Excel and back."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from sekom_analysis.actions import plan as plan_module
from sekom_analysis.actions.plan import (
    FORMER,
    PLAN_FILE,
    check_plan,
    day_of,
    export_plan,
    import_plan,
    read_plan,
    write_plan,
)
from sekom_analysis.basics.errors import PlanError

HEAD = "action,resources,responsible,start,end,status,depends_on,note"


@pytest.fixture
def planned(study):
    """Write a plan's rows into the small study."""

    def write(*rows, head=HEAD):
        path = study.root / PLAN_FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([head, *rows]) + "\n", "utf-8")
        return study

    return write


def problems(study, **more):
    plan = read_plan(study)
    return [(one.row, one.what) for one in check_plan(plan, study.notes.index, **more)]


def test_the_samples_plan_is_that_of_the_minutes(sample_study):
    plan = read_plan(sample_study)
    notes = sample_study.notes.loc[plan["action"]]
    assert len(plan) == 6
    assert set(notes["source"]) == {"sommarmote-2023"}
    assert set(notes["stage"]) == {"D"}
    found = problems(sample_study)
    assert found == [(5, "nobody is responsible for 'M004'")]  # the minutes name nobody


def test_the_plan_is_no_coder(planned):
    study = planned("n1,,anna,,,,,")
    assert study.coders == []
    assert study.problems.empty


def test_a_study_without_a_plan_has_an_empty_one(study):
    plan = read_plan(study)
    assert plan.empty
    assert list(plan.columns[:8]) == HEAD.split(",")
    assert check_plan(plan, study.notes.index) == []


def test_a_plan_saved_by_swedish_excel_is_read(study):
    path = study.root / PLAN_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    text = f"{HEAD.replace(',', ';')};ort\r\nn1;;Åsa;2023-08;2023-11;Pågår;n2, n3;;Örebro\r\n007;;;;;;;;\r\n"
    path.write_bytes(text.encode("cp1252"))
    row = read_plan(study).loc[2]
    assert (row["responsible"], row["status"], row["depends_on"], row["ort"]) == (
        "Åsa",
        "ongoing",
        "n2|n3",
        "Örebro",
    )
    assert (str(row["start"].date()), str(row["end"].date())) == ("2023-08-01", "2023-11-30")
    assert read_plan(study).loc[3, "action"] == "007"


@pytest.mark.parametrize("text", ["2023-02-30", "2023-13", "hösten", "23-08-24", "2023/08/24", "0000-01"])
def test_what_is_no_date(text):
    assert day_of(text) is None


def test_everything_wrong_is_listed_at_once(planned):
    study = planned(
        "n1,,anna,2024-05-01,2024-04-01,planned,,",
        "n2,,,hösten,,nästan,,",
        "n9,,bo,,,,,",
        "n1,,bo,,,,,",
        ",,bo,,,,,",
        "n3,,,,,dropped,n7,",
    )
    assert problems(study) == [
        (2, "'n1' ends 2024-04-01, before it starts 2024-05-01"),
        (3, "'nästan' is not a status"),
        (3, "nobody is responsible for 'n2'"),
        (3, "start is 'hösten', which is not a date"),
        (4, "the study has no action 'n9'"),
        (5, "'n1' is already in row 2"),
        (6, "it does not name an action"),
        (7, "'n3' waits for 'n7', which is not in the plan"),
    ]


def test_a_start_before_what_it_waits_for_ends(planned):
    study = planned("n1,,a,2024-01-01,2024-03-31,,,", "n2,,b,2024-03-01,2024-06-30,,n1,")
    assert problems(study) == [(3, "'n2' starts 2024-03-01, but waits for 'n1', which ends 2024-03-31")]


def test_each_circle_is_told_once(planned):
    study = planned("n1,,a,,,,n2,", "n2,,a,,,,n3,", "n3,,a,,,,n1|n2,", "007,,a,,,,007,")
    assert problems(study) == [
        (2, "actions wait for each other in a circle: n1 → n2 → n3 → n1"),
        (3, "actions wait for each other in a circle: n2 → n3 → n2"),
        (5, "actions wait for each other in a circle: 007 → 007"),
    ]


def test_a_merged_action_is_named_by_what_stands(planned):
    study = planned("n1,,a,,,,,")
    assert problems(study, merged={"n1": "n2"}) == [(2, "'n1' was merged into 'n2'")]


def test_a_file_that_is_no_plan_is_refused(planned):
    study = planned("n1,anna", head="åtgärd,vem")
    with pytest.raises(
        PlanError, match=r"plan\.csv, row 1: it has no column 'action' \(it has: åtgärd, vem\)"
    ):
        read_plan(study)
    (study.root / PLAN_FILE).write_bytes(b"")
    with pytest.raises(PlanError, match="it is empty"):
        read_plan(study)


def test_what_was_written_reads_back_and_the_former_stays(planned):
    study = planned("n1,pengar,anna,2024-01,i vår,planned,n2,ja", "n2,,bo,,,,,")
    before = (study.root / PLAN_FILE).read_bytes()
    plan = read_plan(study)
    plan.loc[2, "note"] = 'text; med "tecken", å\noch rad'
    write_plan(study, plan)
    again = read_plan(study)
    pd.testing.assert_frame_equal(again, plan)
    assert again.loc[2, "said_end"] == "i vår"  # what is no date is kept as it was said
    kept = list((study.root / FORMER).iterdir())
    assert [path.read_bytes() for path in kept] == [before]
    assert study.problems.empty
    assert study.coders == []
    write_plan(study, again)
    assert len(list((study.root / FORMER).iterdir())) == 2


def test_a_table_that_is_no_plan_is_not_written(study):
    with pytest.raises(PlanError, match="lacks the columns resources, responsible"):
        write_plan(study, pd.DataFrame({"action": ["n1"]}))
    assert not (study.root / PLAN_FILE).exists()


def test_out_to_excel_and_in_again_changes_nothing(planned, tmp_path):
    study = planned("n1,,anna,2024-01-01,2024-02-01,done,,", "007,,bo,,,,n1,")
    before = (study.root / PLAN_FILE).read_bytes()
    path = export_plan(study, tmp_path / "plan.xlsx")
    sheet = openpyxl.load_workbook(path).active
    assert [cell.value for cell in sheet[3]][:3] == ["007", None, "bo"]
    assert sheet.cell(2, 9).value == study.notes.at["n1", "text"]
    assert import_plan(study, path) == ([], [], ["n1", "007"])
    assert (study.root / PLAN_FILE).read_bytes() == before
    assert not (study.root / FORMER).exists()


def edited(study, path: Path, edit) -> Path:
    book = openpyxl.load_workbook(export_plan(study, path))
    edit(book.active)
    book.save(path)
    return path


def test_new_rows_are_added_and_changed_ones_never_overwrite_unasked(planned, tmp_path):
    study = planned("n1,,anna,2024-01,2024-02-01,planned,,", "n2,,bo,,,,,")
    before = (study.root / PLAN_FILE).read_bytes()

    def edit(sheet):
        sheet["C3"] = "cia"
        sheet.append(["n3", None, "dan"])

    path = edited(study, tmp_path / "plan.xlsx", edit)
    with pytest.raises(PlanError, match=r"row 3: 'n2' differs \(responsible: 'bo' here, 'cia' there\)"):
        import_plan(study, path)
    assert (study.root / PLAN_FILE).read_bytes() == before
    done = import_plan(study, path, replace=True)
    assert (done.added, done.changed, done.same) == (["n3"], ["n2"], ["n1"])
    assert read_plan(study)["responsible"].tolist() == ["anna", "cia", "dan"]
    assert read_plan(study)["said_start"].tolist() == ["2024-01", "", ""]
    assert [kept.read_bytes() for kept in (study.root / FORMER).iterdir()] == [before]


def test_dates_that_excel_made_of_texts_are_dates(planned, tmp_path):
    study = planned("n1,,anna,,,,,")

    def edit(sheet):
        sheet.append(["n2", None, "bo", pd.Timestamp("2024-05-06").to_pydatetime()])

    import_plan(study, edited(study, tmp_path / "plan.xlsx", edit))
    assert read_plan(study)["said_start"].tolist() == ["", "2024-05-06"]


def test_rows_that_the_file_lacks_stay(planned, tmp_path):
    study = planned("n1,,anna,,,,,", "n2,,bo,,,,,")
    import_plan(study, edited(study, tmp_path / "plan.xlsx", lambda sheet: sheet.delete_rows(2)))
    assert read_plan(study)["action"].tolist() == ["n1", "n2"]


def test_a_file_about_unknown_actions_is_refused_whole(planned, tmp_path):
    study = planned("n1,,anna,,,,,")

    def edit(sheet):
        sheet.append(["n8", None, "bo"])
        sheet.append(["n2", None, "bo"])

    with pytest.raises(PlanError, match=r"row 3: the study has no action 'n8'"):
        import_plan(study, edited(study, tmp_path / "plan.xlsx", edit))
    assert read_plan(study)["action"].tolist() == ["n1"]


def test_every_status_has_its_words():
    words = [word for words in plan_module.STATUSES.values() for word in words]
    assert len(words) == len(set(words))
    assert all(plan_module.status_of(word.upper()) for word in words)
