from __future__ import annotations

import hashlib
from dataclasses import FrozenInstanceError

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekom_analysis.basics.wording import Problem, problem_lines, problems_table
from sekom_analysis.study.notes import check_notes, join_notes
from sekom_analysis.study.rows import note_hash


def table(rows, columns=("note_id", "text")):
    return pd.DataFrame(rows, columns=list(columns), dtype="str")


def read(rows, numbers, columns=("note_id", "text")):
    frame = table(rows, columns)
    return frame.set_axis(pd.Index(numbers, name="row"))


def whats(problems):
    return [(problem.row, problem.what) for problem in problems]


def test_good_notes_in_file_order_with_known_columns_first():
    columns = ["kommun", "text_en", "note_id", "stage", "text", "source"]
    rows = [
        ["Lund", "b", " 007 ", "B", " två  ord ", "x"],
        ["Umeå", "", "B001", "åtgärd", "en", ""],
    ]
    notes, problems = check_notes(table(rows, columns), "notes.csv")
    assert problems == []
    assert notes.index.name == "note_id"
    assert list(notes.index) == ["007", "B001"]
    assert list(notes.columns) == ["text", "source", "stage", "text_en", "kommun"]
    assert notes.columns.name is None
    assert notes.loc["007"].tolist() == [" två  ord ", "x", "B", "b", "Lund"]
    assert notes.loc["B001"].tolist() == ["en", "", "åtgärd", "", "Umeå"]
    assert {str(kind) for kind in notes.dtypes} == {"str"}
    assert notes.index.dtype == "str"


def test_every_problem_is_listed_with_the_row_of_the_file():
    rows = [
        ["B1", "a"],
        ["", "b"],
        ["B1", " "],
        ["B\u200b2", "c"],
        ["B\n3", "\u00a0"],
        ["B4", "d"],
        ["B1", "e"],
    ]
    notes, problems = check_notes(read(rows, [2, 3, 7, 8, 9, 10, 12]), "notes.xlsx")
    assert whats(problems) == [
        (3, "the note_id is empty"),
        (7, "the note_id 'B1' is already used in row 2"),
        (7, "the text is empty"),
        (8, r"the note_id 'B\u200b2' contains the invisible character U+200B"),
        (9, r"the note_id 'B\n3' contains the invisible character U+000A"),
        (9, "the text is empty"),
        (12, "the note_id 'B1' is already used in row 2"),
    ]
    assert {problem.file for problem in problems} == {"notes.xlsx"}
    assert all(problem.todo for problem in problems)
    assert list(notes.index) == ["B1", "B4"]


def test_ids_of_composed_and_decomposed_letters_are_the_same():
    _, problems = check_notes(table([["Å1", "a"], ["A\u030a1", "b"]]), "n.csv")
    assert whats(problems) == [(3, "the note_id 'Å1' is already used in row 2")]


@pytest.mark.parametrize(
    ("columns", "what", "todo"),
    [
        (
            ["Lapp-ID", "text"],
            "there is no column 'note_id' (found: 'Lapp-ID', 'text')",
            "rename the column 'Lapp-ID' to 'note_id'",
        ),
        (
            ["note_id", "Text"],
            "there is no column 'text' (found: 'note_id', 'Text')",
            "rename the column 'Text' to 'text'",
        ),
        (
            ["note_id", "x"],
            "there is no column 'text' (found: 'note_id', 'x')",
            "rename the column with what each note says to 'text', or add it",
        ),
    ],
)
def test_a_missing_column_says_what_was_found_and_what_to_rename(columns, what, todo):
    notes, problems = check_notes(table([["B1", "a"]], columns), "n.csv")
    assert problems_table(problems).to_numpy().tolist() == [["n.csv", 1, what, todo]]
    assert len(notes) == 0
    assert notes.index.name == "note_id"
    assert list(notes.columns) == ["text"]


def test_both_columns_missing_are_two_problems_and_ids_are_checked_without_texts():
    _, problems = check_notes(table([["a", "b"]], ["x", "y"]), "n.csv")
    assert [problem.what.split(" (")[0] for problem in problems] == [
        "there is no column 'note_id'",
        "there is no column 'text'",
    ]
    _, problems = check_notes(table([["B1"], ["B1"]], ["note_id"]), "n.csv")
    assert [problem.row for problem in problems] == [1, 3]


def test_doubled_columns_and_no_notes():
    _, problems = check_notes(table([["B1", "a", "b"]], ["note_id", "text", "text"]), "n.csv")
    assert whats(problems) == [(1, "several columns are named 'text'")]
    _, problems = check_notes(table([]), "n.csv")
    assert whats(problems) == [(None, "there are no notes in it")]


def test_the_same_id_in_two_files_names_both_places():
    one, two = read([["B1", "a"], ["B2", "b"]], [2, 4]), read([["B3", "c"], ["B2", "d"]], [2, 3])
    notes, problems = join_notes([("notes-a.csv", one), ("notes-b.xlsx", two)])
    assert problems_table(problems).to_numpy().tolist() == [
        [
            "notes-b.xlsx",
            3,
            "the note_id 'B2' is already used in notes-a.csv, row 4",
            "give one of the two notes another id, or remove one",
        ]
    ]
    assert notes["text"].to_dict() == {"B1": "a", "B2": "b", "B3": "c"}


def test_files_with_other_columns_join_with_empty_texts():
    one = table([["B1", "a", "x"]], ["note_id", "text", "kommun"])
    two = table([["D1", "b", "D"]], ["note_id", "text", "stage"])
    notes, problems = join_notes([("a.csv", one), ("b.csv", two)])
    assert problems == []
    assert list(notes.columns) == ["text", "stage", "kommun"]
    assert notes.to_numpy().tolist() == [["a", "", "x"], ["b", "D", ""]]
    assert {str(kind) for kind in notes.dtypes} == {"str"}


def test_no_tables_are_no_notes():
    notes, problems = join_notes([])
    assert problems == []
    assert notes.shape == (0, 1)


def test_a_frame_made_in_python_with_numbers_gaps_and_the_id_as_index():
    frame = pd.DataFrame({"text": ["a", None], "n": [1, 2]}, index=pd.Index([7, 8], name="note_id"))
    kept = frame.copy()
    notes, problems = check_notes(frame, "frame")
    assert whats(problems) == [(3, "the text is empty")]
    assert notes.reset_index().to_numpy().tolist() == [["7", "a", "1"]]
    pd.testing.assert_frame_equal(frame, kept)


def test_the_texts_na_and_nan_are_texts():
    notes, problems = check_notes(table([["NA", "nan"], ["None", "NA"]]), "n.csv")
    assert problems == []
    assert notes["text"].to_dict() == {"NA": "nan", "None": "NA"}


@given(
    st.lists(st.tuples(st.sampled_from(["", " ", "a", "b", "a\n", "c\t1"]), st.sampled_from(["", " ", "t"])))
)
def test_usable_and_listed_rows_partition_the_rows(rows):
    notes, problems = check_notes(table(rows), "n.csv")
    listed = {problem.row for problem in problems} - {None}
    assert len(notes) + len(listed) == len(rows)
    assert notes.index.is_unique
    assert (notes["text"].str.strip() != "").all()


def test_note_hash_is_h_and_eleven_digits_of_the_plain_text():
    assert (
        note_hash(" Två\r\n ord\u00a0här ") == "h" + hashlib.sha256("Två ord här".encode()).hexdigest()[:11]
    )
    assert note_hash("a\u030a") == note_hash("å")
    assert note_hash("a b") != note_hash("ab")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_note_hash_ignores_spacing_and_is_never_a_number(text):
    assert note_hash(f"  {text}\r\n") == note_hash(text)
    assert len(note_hash(text)) == 12
    assert note_hash(text)[0] == "h"


def test_problems_as_table_and_as_lines():
    problems = [
        Problem.of("a.csv", 3, "notes_no_id"),
        Problem.of("b.csv", None, "yaml_empty"),
    ]
    shown = problems_table(problems)
    assert list(shown.columns) == ["file", "row", "what", "todo"]
    assert shown["row"].tolist() == [3, pd.NA]
    assert shown["row"].dtype == "Int64"
    assert problems_table([]).dtypes.astype(str).to_dict() == shown.dtypes.astype(str).to_dict()
    assert problem_lines(problems) == (
        "- a.csv, row 3: the note_id is empty; give the note an id that no other note has.\n"
        "- b.csv: the file is empty; fill it in."
    )
    with pytest.raises(FrozenInstanceError):
        problems[0].row = 4
