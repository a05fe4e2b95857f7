"""What coders send back is taken once, with its times, or refused with every reason."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekom_analysis.basics.errors import DecisionError
from sekom_analysis.exchange.returned import coder_of
from sekom_analysis.formats.tables import write_table
from sekom_analysis.study.log import coder_log
from sekom_analysis.study.study import Study


@pytest.fixture
def away(study, tmp_path) -> Study:
    """The same study on the coder's own machine."""
    shutil.copytree(study.root, tmp_path / "away")
    return Study.open(tmp_path / "away")


def log_of(study: Study, coder: str = "anna") -> Path:
    return study.root / "data/coded" / f"{coder}.csv"


def state(study: Study, coder: str = "anna") -> list[tuple[str, ...]]:
    table = study.decisions(coders=[coder]) if coder in study.coders else study.decisions()
    columns = ["note_id", "variable", "pass", "codes", "memo", "decided_at", "note_hash", "codebook"]
    return sorted(table[columns].itertuples(index=False, name=None))


def tree(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def refusals(study: Study, path: Path, **how) -> list[str]:
    """What is refused, which must be the same in a dry run and for real, and must change nothing."""
    before = tree(study.root)
    dry = study.collect(path, dry_run=True, **how)
    with pytest.raises(DecisionError) as caught:
        study.collect(path, **how)
    assert tree(study.root) == before
    assert not dry.saved
    assert "Nothing was saved" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1 + len(dry.refused)
    assert all(problem.todo and problem.file == path.name for problem in dry.refused)
    return [f"{problem.row}: {problem.what}" for problem in dry.refused]


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new).encode())


# --- taking -------------------------------------------------------------------------------------------------


def test_a_log_comes_back_as_it_was_made(study, away):
    away.decide("anna", "n1", "valence", "hinder", certainty=2, memo='å; "citat"\nrad 2 🎈')
    away.decide("anna", "n1", "themes", [])
    away.retract("anna", "n1", "valence")
    away.decide("anna", "007", "valence", "none_fits")
    found = study.collect(log_of(away))
    assert (found.coder, len(found.added), found.known, found.saved) == ("anna", 4, 0, True)
    assert found.refused == found.stale == found.unfinished == []
    assert study.history("anna").drop(columns="row").equals(away.history("anna").drop(columns="row"))
    assert len(study.problems) == 0


def test_collecting_twice_adds_nothing(study, away):
    away.decide("anna", "n1", "valence", "hinder")
    study.collect(log_of(away))
    before = tree(study.root)
    found = study.collect(log_of(away))
    assert (len(found.added), found.known, found.saved) == (0, 1, True)
    assert tree(study.root) == before
    assert study.collect(log_of(study)).known == 1


def test_a_dry_run_shows_the_same_and_writes_nothing(study, away):
    away.decide("anna", "n1", "valence", "hinder")
    before = tree(study.root)
    dry = study.collect(log_of(away), dry_run=True)
    assert tree(study.root) == before
    assert study.coders == []
    real = study.collect(log_of(away))
    assert dry.added.equals(real.added)
    assert (dry.saved, real.saved) == (False, True)


ACTS = st.lists(
    st.tuples(
        st.sampled_from("AB"), st.sampled_from(["n1", "n2"]), st.sampled_from(["hinder", "mojlighet", ""])
    ),
    max_size=8,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(common=ACTS, apart=ACTS)
def test_two_copies_that_went_apart_give_the_union_either_way(study, tmp_path_factory, common, apart):
    base = tmp_path_factory.mktemp("copies")
    shutil.copytree(study.root, base / "A")
    copies = {"A": Study.open(base / "A")}
    act(copies, [("A", note, codes) for _, note, codes in common])
    shutil.copytree(base / "A", base / "B")
    copies["B"] = Study.open(base / "B")
    act(copies, apart)
    if not all(copy.coders for copy in copies.values()):
        return
    union = {event for copy in copies.values() for event in copy.history("anna")["event_id"]}
    for name in "AB":
        shutil.copytree(base / name, base / f"{name}-before")
    copies["A"].collect(base / "B-before/data/coded/anna.csv", same_person=True)
    copies["B"].collect(base / "A-before/data/coded/anna.csv", same_person=True)
    assert state(copies["A"]) == state(copies["B"])
    for copy in copies.values():
        assert sorted(copy.history("anna")["event_id"]) == sorted(union)
        assert len(copy.problems) == 0


def act(copies: dict[str, Study], acts: list[tuple[str, str, str]]) -> None:
    for name, note, codes in acts:
        if codes:
            copies[name].decide("anna", note, "valence", codes)
        else:
            copies[name].retract("anna", note, "valence")


def test_one_event_with_two_times_is_the_same_either_way(study, away):
    """A page sent its decision to both copies; the order of answers must not depend on who collects."""
    for copy, other in ((study, "hinder"), (away, "mojlighet")):
        copy.decide("anna", "n1", "valence", other)
        copy.decide("anna", "n1", "valence", "none_fits", event_id="page0001")
    shutil.copytree(study.root / "data/coded", study.root.parent / "before")
    study.collect(log_of(away))
    away.collect(study.root.parent / "before/anna.csv")
    assert state(study) == state(away)
    before = tree(study.root)
    study.collect(log_of(away))
    assert tree(study.root) == before


# --- as other programs save it ------------------------------------------------------------------------------


def as_excel(path: Path, encoding: str) -> bytes:
    """The log as Swedish Excel saves it again: semicolons, quotes only where they are needed, CRLF."""
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode(encoding, "replace")


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8-sig", "utf-8", "utf-16"])
def test_a_log_that_excel_saved_again_is_read(study, away, encoding):
    away.decide("anna", "n1", "valence", "hinder", memo='för få; a, b, c, d, "e"\nå')
    away.decide("anna", "n2", "valence", "mojlighet", memo=",,,;;;,,,,,,,,")
    log_of(away).write_bytes(as_excel(log_of(away), encoding))
    found = study.collect(log_of(away))
    assert found.added["memo"].tolist() == ['för få; a, b, c, d, "e"\nå', ",,,;;;,,,,,,,,"]


def test_letters_that_excel_lost_do_not_stop_what_is_known(study, away):
    for copy in (study, away):
        copy.decide("anna", "n1", "valence", "hinder", memo="🎈", event_id="card0001")
    away.decide("anna", "n2", "valence", "hinder")
    log_of(away).write_bytes(as_excel(log_of(away), "cp1252"))
    found = study.collect(log_of(away))
    assert (len(found.added), found.known) == (1, 1)
    assert "🎈" in study.decisions()["memo"].tolist()


@pytest.mark.parametrize("letters", ["cp1252", "mac_roman"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_a_memo_that_was_read_in_other_letters_and_saved_again_is_refused(
    study, away, tmp_path, letters, suffix
):
    memo = "för få åsikter"
    away.decide("anna", "n1", "valence", "hinder", memo=memo)
    away.decide("anna", "n2", "valence", "hinder", memo="Ã är en bokstav, é också")
    spoilt = memo.encode("utf-8").decode(letters)
    copy = tmp_path / f"anna.{suffix}"
    if suffix == "csv":
        copy.write_text(log_of(away).read_text(encoding="utf-8").replace(memo, spoilt), encoding="utf-8")
    else:
        table = away.history("anna").drop(columns=["coder", "row"])
        write_table(table.assign(memo=table["memo"].str.replace(memo, spoilt)), copy)
    (reason,) = refusals(study, copy)
    assert f"another program has spoilt its letters: '{spoilt}' was '{memo}'" in reason
    found = study.collect(copy, keep_valid=True)
    assert found.added["memo"].tolist() == ["Ã är en bokstav, é också"]


def test_a_log_saved_as_a_workbook_is_read(study, away, tmp_path):
    away.decide("anna", "007", "valence", "hinder", memo="rad 1\nrad 2 \\n")
    write_table(
        away.history("anna").drop(columns=["coder", "row"]).assign(memo=r"rad 1\nrad 2 \\n"),
        tmp_path / "anna.xlsx",
    )
    study.collect(tmp_path / "anna.xlsx")
    assert state(study) == state(away)


@pytest.mark.parametrize(
    ("name", "coder"),
    [
        ("anna.csv", "anna"),
        ("Anna.CSV", "anna"),
        ("anna (1).csv", "anna"),
        ("anna(2).csv", "anna"),
        ("anna (Annas konflikt 2024-05-01).csv", "anna"),
        ("anna-conflict-20240501-120000.csv", "anna"),
        ("anna.sync-conflict-20240501-120000-ABCDEF.csv", "anna"),
        ("anna - Kopia.csv", "anna"),
        ("anna - Kopia (2).csv", "anna"),
        ("Kopia av anna.csv", "anna"),
        ("Copy of anna.csv", "anna"),
        ("anna copy 2.csv", "anna"),
        ("k1.xlsx", "k1"),
        ("ny-kodare.csv", "ny-kodare"),
        ("anna-kopia.csv", "anna-kopia"),
        ("annas beslut.csv", ""),
        ("con.csv", ""),
        ("adjudicated.csv", ""),
        ("..csv", ""),
    ],
)
def test_whose_log_a_file_is_by_its_name(name, coder):
    assert coder_of(Path(name), ["anna", "k1", "anna-kopia"]) == coder


def test_a_name_that_tells_nothing_asks_for_the_coder(study, away):
    away.decide("anna", "n1", "valence", "hinder")
    path = log_of(away).rename(away.root / "från anna.csv")
    shutil.copytree(away.root / "data/coded/codebooks", away.root / "codebooks")
    with pytest.raises(DecisionError, match=r"does not say whose log it is; say so with coder=. Nothing"):
        study.collect(path)
    assert study.collect(path, coder="anna").coder == "anna"
    with pytest.raises(DecisionError, match="reserved name"):
        study.collect(path, coder="con")


# --- refusing -----------------------------------------------------------------------------------------------


def test_every_reason_is_listed_with_row_value_and_what_is_allowed(study, away):
    away.decide("anna", "n1", "valence", "hinder")
    away.decide("anna", "n2", "valence", "hinder", event_id="good0001")
    away.decide("anna", "007", "valence", "mojlighet")
    away.decide("anna", "n3", "goal", 4)
    away.decide("anna", "n1", "themes", "tid", certainty=1)
    path = log_of(away)
    edit(path, ",valence,hinder,", ",valence,hindr,")
    edit(path, "good0001,n2", "good0001,n9")
    edit(path, ",007,", ",7,")
    edit(path, ",goal,4,", ",goal,9,")
    edit(path, ",themes,tid,1,", ",teman,tid,5,")
    assert refusals(study, path) == [
        "2: variable 'valence' does not have the code 'hindr'; it has: hinder, mojlighet, none_fits",
        "3: there is no note 'n9'; its text is that of 'n2'",
        "3: variable 'valence' does not have the code 'hindr'; it has: hinder, mojlighet, none_fits",
        "4: there is no note '7'; its text is that of '007'",
        "5: variable 'goal' takes a whole number from 1 to 5, not '9'",
        "6: certainty is 1, 2 or 3 (or left out), not '5'",
        "6: there is no variable 'teman'",
    ]


def test_what_can_be_taken_is_taken_when_asked(study, away):
    away.decide("anna", "n1", "valence", "hinder")
    away.decide("anna", "n2", "valence", "mojlighet")
    away.decide("anna", "n3", "goal", 4)
    edit(log_of(away), "mojlighet", "m")
    found = study.collect(log_of(away), keep_valid=True)
    assert (found.added["note_id"].tolist(), len(found.refused), found.saved) == (["n1", "n3"], 1, True)
    assert study.decisions()["note_id"].tolist() == ["n1", "n3"]


def test_another_coders_log_is_refused(study, away):
    event = away.decide("bo", "n1", "valence", "hinder")
    study.collect(log_of(away, "bo"))
    copy = log_of(away, "bo").rename(log_of(away, "anna"))
    reason = ["None: 1 of its 1 decisions are in the log of 'bo'"]
    assert refusals(study, copy) == reason
    assert refusals(study, copy, keep_valid=True) == reason
    assert study.collect(copy, coder="bo").known == 1
    study.decide("anna", "n1", "valence", "mojlighet")
    assert study.collect(copy, coder="bo").known == 1
    assert event.event_id not in log_of(study, "anna").read_text(encoding="utf-8")


def test_another_studys_log_is_refused_even_if_its_notes_have_the_same_ids(study, tmp_path):
    notes = study.notes.reset_index().assign(text=["helt", "andra", "lappar", "här"])
    other = Study.create(tmp_path / "other", notes=notes, codebook=study.root / "data/raw/codebook.yaml")
    for note in ("n1", "n2", "007"):
        other.decide("anna", note, "valence", "hinder")
    reason = ["None: it seems to belong to another study: 0 of its 3 notes have a text of this one"]
    assert refusals(study, log_of(other)) == reason
    assert refusals(study, log_of(other), keep_valid=True) == reason


def test_a_changed_text_is_taken_with_what_was_seen_and_listed(study, away):
    for note in ("n1", "n2"):
        away.decide("anna", note, "valence", "hinder")
    away.decide("anna", "n1", "themes", [])
    edit(study.root / "data/raw/notes.csv", "Ojämn", "Ojämnare")
    study = Study.open(study.root)
    found = study.collect(log_of(away))
    assert [(problem.row, problem.what) for problem in found.stale] == [
        (2, "note 'n1' has changed since it was coded")
    ]
    assert state(study) == state(away)
    assert study.collect(log_of(away)).stale == []


def test_an_edited_log_is_refused_where_it_contradicts(study, away):
    for copy in (study, away):
        copy.decide("anna", "n1", "valence", "hinder", event_id="card0001")
    away.decide("anna", "n2", "valence", "hinder")
    text = log_of(away).read_text(encoding="utf-8")
    log_of(away).write_text(re.sub(r"(card0001.*?),hinder,", r"\1,mojlighet,", text), encoding="utf-8")
    assert refusals(study, log_of(away)) == [
        "2: codes is 'mojlighet', but in the log here the same decision says 'hinder'"
    ]
    assert len(study.collect(log_of(away), keep_valid=True).added) == 1
    assert study.ratings("valence").loc["n1", "anna"] == "hinder"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "there are no decisions in it"),
        (b"note_id;text\nn1;Hej\n", "none of its lines is from a coder's log"),
        (b"\xff\xd8\xff\xe0 a picture", "none of its lines is from a coder's log"),
    ],
)
def test_a_file_that_is_no_log(study, tmp_path, data, what):
    path = tmp_path / "anna.csv"
    path.write_bytes(data)
    assert refusals(study, path) == [f"None: {what}"]


def test_a_workbook_that_is_no_log(study, tmp_path):
    write_table(study.notes.reset_index(), tmp_path / "anna.xlsx")
    (reason,) = refusals(study, tmp_path / "anna.xlsx")
    assert reason.startswith("1: it is not a coder's log: there is no column 'decided_at', 'event_id'")


def test_a_line_that_says_something_unreadable_is_refused_and_one_cut_off_is_not(study, away):
    away.decide("anna", "n1", "valence", "hinder")
    whole = log_of(away).read_bytes()
    row = whole.splitlines()[1]
    for end in range(1, len(row)):
        log_of(away).write_bytes(whole + row[:end])
        found = study.collect(log_of(away), dry_run=True)
        assert found.refused == [] or end < 5, row[:end]
        assert len(found.added) == 1
        assert len(found.unfinished) + len(found.refused) == 1
    log_of(away).write_bytes(whole + row.replace(b"2", b"3", 1) + b"\n")
    (reason,) = refusals(study, log_of(away))
    assert reason.startswith("3: a line that cannot be read ('3")


# --- definitions --------------------------------------------------------------------------------------------


def other_definition(away: Study) -> Study:
    edit(away.root / "data/raw/codebook.yaml", "Hinder eller möjlighet", "Hinder?")
    edit(away.root / "data/raw/codebook.yaml", "id: mojlighet", "id: chans")
    return Study.open(away.root)


def test_definitions_beside_the_log_come_along(study, away):
    away = other_definition(away)
    event = away.decide("anna", "n1", "valence", "chans")
    study.collect(log_of(away))
    assert (study.root / "data/coded/codebooks" / f"{event.codebook}.yaml").exists()
    assert study.ratings("valence").loc["n1", "anna"] == "chans"
    assert study.retired_codes("valence") == ["chans"]


def test_a_definition_that_is_nowhere_is_asked_for_once(study, away):
    away = other_definition(away)
    event = away.decide("anna", "n1", "valence", "chans")
    away.decide("anna", "n2", "valence", "hinder")
    kept = away.root / "data/coded/codebooks" / f"{event.codebook}.yaml"
    text = kept.read_bytes()
    for damaged in (None, b"", text.replace(b"chans", b"mojlighet")):
        kept.unlink() if damaged is None else kept.write_bytes(damaged)
        assert refusals(study, log_of(away)) == [
            f"2: the definition {event.codebook} of 'valence', seen at 2 decisions, is not here"
        ]
    kept.write_bytes(text)
    assert len(study.collect(log_of(away)).added) == 2


def test_an_answer_must_fit_what_was_seen_then(study, away):
    away = other_definition(away)
    away.decide("anna", "n1", "valence", "chans")
    edit(log_of(away), "chans", "tur")
    assert refusals(study, log_of(away)) == [
        "2: variable 'valence' does not have the code 'tur'; it has: hinder, chans, none_fits"
    ]


def test_the_sample_collects_itself(sample, root):
    for coder in sample.coders:
        found = sample.collect(root / "data/coded" / f"{coder}.csv")
        assert (len(found.added), found.refused, found.stale) == (0, [], [])
        assert found.known == len(sample.history(coder))
        log_of(sample, coder).unlink()
        again = Study.open(sample.root)
        assert len(again.collect(root / "data/coded" / f"{coder}.csv").added) == found.known
        rows, were = (coder_log(study, coder).read()[0] for study in (sample.root, root))
        assert rows == were  # a log that is begun now has a column that those of the sample lack


def test_ids_that_lost_their_zeros_are_named_and_the_file_is_still_this_studys(study, away):
    away.decide("anna", "007", "valence", "hinder")
    edit(log_of(away), ",007,", ",7,")
    assert refusals(study, log_of(away)) == ["2: there is no note '7'; its text is that of '007'"]


def test_texts_that_were_this_studys_once_still_are(study, away):
    for coder, copy in (("bo", study), ("anna", away)):
        copy.decide(coder, "n1", "valence", "hinder")
    edit(study.root / "data/raw/notes.csv", "Ojämn", "Ojämnare")
    study = Study.open(study.root)
    found = study.collect(log_of(away))
    assert (len(found.added), len(found.stale)) == (1, 1)
