"""Training: notes of a reference discussion, answered in pass 0, never in agreement and met nowhere else."""

from __future__ import annotations

import pytest

import sekom_analysis as sa
from sekom_analysis.basics.errors import NotesError
from sekom_analysis.cli import app
from sekom_analysis.coding.page import write_page
from sekom_analysis.coding.session import Session
from sekom_analysis.exchange import layout
from sekom_analysis.study.checks import progress_table

from .test_page import data_of, text_of
from .test_session import sent

WRITTEN = """
training:
- note: B003
  answers: {valence: hinder}
  why: {sv: Tiden räcker inte., en: There is not the time.}
- note: B001
  answers: {valence: mojlighet, category_b: resurser}
  why: {category_b: Pengar nämns.}
"""


def write(root, text):
    about = root / "data" / "raw" / "study.yaml"
    about.write_text(about.read_text(encoding="utf-8") + text, encoding="utf-8")
    return root


@pytest.fixture
def root(study_root):
    return write(study_root, WRITTEN)


def test_it_asks_the_notes_as_written_and_only_what_has_a_reference(root):
    session = Session(sa.Desk.open(root, "anna"), training=True)
    assert [(item.note_id, item.variables, item.pass_) for item in session.items] == [
        ("B003", ("valence",), 0),
        ("B001", ("valence", "category_b"), 0),
    ]
    data = session.data()
    first, second = (note["key"] for note in data["notes"])
    assert data["training"] == {
        first: {"valence": {"codes": ["hinder"], "why": "Tiden räcker inte."}},
        second: {
            "valence": {"codes": ["mojlighet"], "why": ""},
            "category_b": {"codes": ["resurser"], "why": "Pengar nämns."},
        },
    }
    assert data["texts"]["place_pass_0"] == "Träning: lapp {n} av {all}"


def test_answers_are_kept_as_pass_0_and_are_in_no_rating(root):
    for number, coder in enumerate(("anna", "bertil")):
        session = Session(sa.Desk.open(root, coder), training=True)
        session.receive({"kind": "events", "events": [sent(session, 0, "valence", ["hinder"], number)]})
        assert list(session.desk.decisions()["pass"]) == ["0"]
    study = sa.Study.open(root)
    ratings = study.ratings("valence", coders=["anna", "bertil"])
    assert ratings.notna().to_numpy().sum() == 0
    table = progress_table(study).set_index(["coder", "variable"])
    assert table.loc[("anna", "valence"), "decided"] == 0
    assert table.loc[("anna", "valence"), "unseen"] == len(study.notes_asked("valence")) - 2
    assert (
        study.ratings("valence", coders=["anna", "bertil"], passes=(0,)).loc["B003"].tolist()
        == ["hinder"] * 2
    )


def test_nobody_meets_the_notes_otherwise_and_no_reference_leaks(root, tmp_path):
    desk = sa.Desk.open(root, "anna")
    session = Session(desk)
    trained = {"B001", "B003"}
    assert not trained & {item.note_id for item in session.items}
    assert not trained & {item.note_id for item in Session(desk, warm_up=300).items}
    assert not trained & {row.note_id for tab in layout.tabs_of(desk) for row in tab.rows}
    html = text_of(write_page(desk, tmp_path))
    assert "training" not in data_of(html)
    assert "Tiden räcker inte." not in html


def test_notes_trained_on_are_no_part_of_a_warm_up_begun(root):
    session = Session(sa.Desk.open(root, "anna"), training=True)
    session.receive({"kind": "events", "events": [sent(session, 0, "valence", ["hinder"])]})
    fresh = [item.note_id for item in Session(sa.Desk.open(root, "bertil"), warm_up=5).items]
    assert [item.note_id for item in Session(sa.Desk.open(root, "anna"), warm_up=5).items] == fresh


@pytest.mark.parametrize(
    ("written", "what"),
    [
        ("note: B999, answers: {valence: hinder}", "there is no note 'B999'"),
        (
            "note: B001, answers: {mood: hinder}",
            "names a variable 'mood' that does not exist; there are valence",
        ),
        ("note: B001, answers: {category_d: ledning}", "'category_d' is not asked of the note 'B001'"),
        ("note: B001, answers: {valence: slott}", "slott"),
        ("note: B001, answers: {valence: }", "has no answer to 'valence'"),
        (
            "note: B001, answers: {valence: hinder}, why: {category_b: Ja}",
            "is about 'category_b', which has no",
        ),
    ],
)
def test_what_cannot_be_used_is_listed_and_the_rest_is(study_root, written, what):
    root = write(study_root, f"training:\n- {{{written}}}\n- {{note: B003, answers: {{valence: hinder}}}}\n")
    study = sa.Study.open(root)
    (said,) = [told for told in study.problems["what"] if "training" in told]
    assert what in said
    assert "B003" in study.desk("anna").training


def test_a_text_names_a_note_too_unless_two_have_it(study_root):
    text = sa.Study.open(study_root).notes.at["B001", "text"]
    root = write(study_root, f'training:\n- {{note: "{text}", answers: {{valence: hinder}}}}\n')
    assert list(sa.Desk.open(root, "anna").training) == ["B001"]


def test_without_any_it_says_how_to_write_them(study_root):
    with pytest.raises(NotesError, match="Write there, for example:\ntraining:\n- note: B001"):
        Session(sa.Desk.open(study_root, "anna"), training=True)


def test_it_goes_with_no_other_pass(root):
    with pytest.raises(NotesError, match="do not go together; choose one"):
        Session(sa.Desk.open(root, "anna"), training=True, again=2)


def test_a_page_to_train_on_has_a_name_of_its_own(root, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        app(["page", "anna", "--training", "--study", str(root)])
    assert ended.value.code == 0
    data = data_of(text_of(tmp_path / "study-anna.training.html"))
    assert (len(data["notes"]), data["pass"], len(data["training"])) == (2, 0, 2)
    assert "study-anna.training.html" in capsys.readouterr().out
