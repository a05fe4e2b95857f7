"""A codebook that changes in mid-coding: who is asked what again, on the card, the page and the sheet.

What is expected is worked out here, change by change, from the rules alone.
"""

from __future__ import annotations

import json
import random
import shutil
from datetime import UTC, datetime

import openpyxl
import pandas as pd
import pytest

from sekom_analysis.coding.page import page_data
from sekom_analysis.coding.session import Session
from sekom_analysis.exchange import read_coding_sheet, write_coding_sheet
from sekom_analysis.study import codebook_editing as editing
from sekom_analysis.study.codebook import Codebook
from sekom_analysis.study.shown import Changes, shown_variable
from sekom_analysis.study.study import Study

N_NOTES = 60
CODERS = ("anna", "bo", "cilla")
NOTES = [f"n{number:02}" for number in range(N_NOTES)]
NAMES = [
    "alm",
    "bok",
    "cypress",
    "ek",
    "fur",
    "gran",
    "hassel",
    "idegran",
    "jolster",
    "kastanj",
    "lind",
    "oxel",
]
WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def code(name, **parts):
    return {"id": name, "label": name.capitalize(), "definition": f"Det som hör till {name}", **parts}


def book(codes, **parts):
    return {"variables": [{"id": "v", "kind": "single", "label": "Tema", "codes": codes, **parts}]}


class Expected:
    """What the rules say, answer by answer and change by change; of versions and ledgers it knows nothing."""

    def __init__(self):
        self.now: dict[tuple[str, str], str] = {}  # what an answer counts as
        self.due: dict[tuple[str, str], str] = {}  # why it is to be looked at again, the weightiest reason

    def answered(self, coder, note, given):
        self.now[coder, note] = given
        self.due.pop((coder, note), None)

    def touch(self, why, is_touched):
        weights = ["split", "retired", "meaning", "added", "neighbour"]
        for cell, given in self.now.items():
            if is_touched(given):
                self.due[cell] = min(why, self.due.get(cell, why), key=weights.index)

    def called(self, old, new):
        self.now = {cell: new if given == old else given for cell, given in self.now.items()}

    def of(self, coder):
        return {note: why for (who, note), why in self.due.items() if who == coder}


class Story:
    """A study of which the codebook changes while three coders code it."""

    def __init__(self, folder):
        notes = pd.DataFrame(
            {"note_id": NOTES, "text": [f"Lapp {note}: något att tycka om" for note in NOTES]}
        )
        self.study = Study.create(
            folder / "study", notes=notes, codebook=book([code(name) for name in NAMES])
        )
        self.folder, self.expected, self.chance = folder, Expected(), random.Random(4)
        self.done: dict[str, int] = dict.fromkeys(CODERS, 0)

    def change(self, action, *given, **texts):
        self.study = getattr(editing, action)(self.study, *given, **texts).save("ove", "Så beslutade vi.")

    def code(self, n):
        """Let each coder answer so many more notes, and look again at one of those that are due."""
        codes = [*self.study.codebook["v"].code_ids, "none_fits"]
        for coder in CODERS:
            again = sorted(self.expected.of(coder))[:1]
            fresh = NOTES[self.done[coder] : self.done[coder] + n]
            self.done[coder] += n
            for note in [*again, *fresh]:
                given = self.chance.choice(codes)
                self.study.decide(coder, note, "v", given, via="page")
                self.expected.answered(coder, note, given)

    def tell(self):
        """Everything that can become of a codebook, with coding in between."""
        says, chosen = self.expected, lambda *codes: lambda given: given in codes
        yield
        self.change("rename", "v", "alm", "almar")
        says.called("alm", "almar")
        yield
        self.change("describe", "v", "ek", "wording", definition="Det som hör till ek.")
        yield
        self.change("merge", "v", ["fur", "gran"], "bok")
        says.called("fur", "bok")
        says.called("gran", "bok")
        yield
        self.change("describe", "v", "bok", "meaning", definition="Bara löv", exclude="Sly: se Hassel")
        says.touch("meaning", chosen("bok"))
        says.touch("neighbour", chosen("hassel"))
        yield
        self.change("split", "v", "cypress", [("cypress_hog", "Hög"), ("cypress_lag", "Låg")])
        says.touch("split", chosen("cypress"))
        yield
        self.change("add", "v", "pil", definition="Det som hör till pil")
        says.touch("added", chosen("none_fits"))
        yield
        self.change("retire", "v", "idegran")
        says.touch("retired", chosen("idegran"))
        yield
        self.change("rename", "v", "bok", "bokar", label="Bokar")
        says.called("bok", "bokar")
        yield
        self.change("describe", "v", "lind", "meaning", definition="Annat", exclude="Hit hör inte Oxel")
        says.touch("meaning", chosen("lind"))
        says.touch("neighbour", chosen("oxel"))
        yield


@pytest.fixture(scope="module")
def story(tmp_path_factory, in_node):
    """The whole story, with a look at the card, the page and the sheet after each change."""
    told = Story(tmp_path_factory.mktemp("story"))
    told.pages, told.seen, told.in_browsers = [], [], []
    for _ in told.tell():
        for coder in CODERS:
            expected, card = told.expected.of(coder), Session(told.study.desk(coder)).data()
            told.seen.append((coder, expected, by_note(told.study, coder, card["answers"])))
            found = in_browser(told, in_node, coder)
            told.in_browsers.append((coder, expected, *found, card, told.study))
        told.pages += [page_data(Session(told.study.desk(coder)), WHEN) for coder in CODERS]
        told.code(5)
    return told


def by_note(study, coder, answers):
    """Note -> why it is to be looked at again, of the answers that a card or page shows."""
    notes = {key: note for note, key in study.desk(coder).note_keys.items()}
    return {notes[key]: of["v"]["again"]["why"] for key, of in answers.items() if "again" in of.get("v", {})}


def on_card(study, coder):
    return by_note(study, coder, Session(study.desk(coder)).data()["answers"])


def test_the_card_asks_what_the_rules_name_after_each_change(story):
    assert len(story.seen) == 30
    for coder, expected, found in story.seen:
        assert found == expected, coder
    assert sum(len(expected) for _, expected, _ in story.seen) > 100
    whys = {why for _, expected, _ in story.seen for why in expected.values()}
    assert whys == {"split", "retired", "meaning", "added", "neighbour"}


def test_nothing_else_is_asked_in_the_end(story):
    for coder in CODERS:
        expected = story.expected.of(coder)
        assert on_card(story.study, coder) == expected
        session = Session(story.study.desk(coder), only="older")
        assert {item.note_id for item in session.items} == expected.keys()


def test_changes_tell_only_of_this_coder_s_answers_with_old_and_new_texts(story):
    for coder in CODERS:
        data = Session(story.study.desk(coder)).data()
        whys = {
            (of["v"]["again"]["why"], of["v"]["again"]["code"])
            for of in data["answers"].values()
            if "again" in of["v"]
        }
        assert {(change["why"], change["code"]) for change in data["changes"]} == whys
        lind = [one for one in data["changes"] if one["code"] == "lind"]
        for change in lind:
            assert change["label"] == "Lind"
            assert change["parts"] == [
                {"part": "definition", "before": "Det som hör till lind", "after": "Annat"},
                {"part": "exclude", "before": "", "after": "Hit hör inte Oxel"},
            ]
        assert "was" not in json.dumps([data["variables"], data["changes"]]).split('"')


def in_browser(story, in_node, coder):
    """What a page sent now shows where the browser holds all of a coder's answers, and the study none."""
    bare = story.folder / f"bare-{len(story.pages)}"
    if not bare.exists():
        shutil.copytree(
            story.study.root, bare, ignore=shutil.ignore_patterns(*(f"{one}.csv" for one in CODERS))
        )
    desk, keys = Study.open(bare).desk(coder), story.study.desk(coder).note_keys
    assert desk.history().empty
    assert keys == desk.note_keys
    data = page_data(Session(desk), datetime(2020, 1, 1, tzinfo=UTC))
    events = [
        {
            "note": keys[row["note_id"]],
            "codes": row["codes"].split("|"),
            "pass": 1,
            "at": row["decided_at"],
            **{name: row[name] for name in ("event_id", "variable", "event", "note_hash", "codebook")},
            **dict.fromkeys(("certainty", "memo"), ""),
        }
        for row in story.study.desk(coder).history(as_given=True).to_dict("records")
    ]
    told = story.folder / "browser.json"
    told.write_text(json.dumps({"data": data, "events": events}), encoding="utf-8")
    source = f"""
        import {{ readFileSync }} from "node:fs";
        const {{ data, events }} = JSON.parse(readFileSync({json.dumps(str(told))}, "utf-8"));
        console.log(JSON.stringify(standing(data, events)));"""
    return data, json.loads(in_node(source, "standing", "saving/progressfile.js"))


def as_shown(answers):
    """What is shown of each answer: what it counts as, and why it is to be looked at again."""
    parts = ("why", "code", "text")
    return {
        key: (of["v"]["event"], of["v"]["codes"], [of["v"].get("again", {}).get(part) for part in parts])
        for key, of in answers.items()
    }


def test_a_page_sent_anew_asks_the_same_of_answers_that_only_the_browser_holds(story):
    assert len(story.in_browsers) == 30
    for coder, expected, page, found, card, root in story.in_browsers:
        assert as_shown(found) == as_shown(card["answers"])
        assert by_note(root, coder, found) == expected
        told = [{name: value for name, value in one.items() if name != "weight"} for one in page["changes"]]
        assert all(change in told for change in card["changes"])
        assert not {"was", "from", "from_", "split_into"} & set(json.dumps(page["variables"]).split('"'))


def test_a_page_holds_no_more_of_earlier_versions_than_what_answers_count_as(story):
    page = story.pages[-1]
    (variable,) = page["variables"]
    assert (
        len(variable["earlier"])
        == len({version for of in story.pages for version in (of["variables"][0]["version"],)}) - 1
    )
    for of in variable["earlier"].values():
        assert of.keys() == {"counts", "again", "rest"}
    first = story.pages[0]["variables"][0]["version"]
    assert variable["earlier"][first]["counts"] == {
        "alm": "almar", "fur": "bokar", "gran": "bokar", "bok": "bokar", "cypress": None,
    }  # fmt: skip


@pytest.mark.parametrize("coder", CODERS)
def test_the_sheet_leaves_open_what_the_rules_name_and_takes_it_given_again(story, tmp_path, coder):
    desk, expected = story.study.desk(coder), story.expected.of(coder)
    path = write_coding_sheet(desk, tmp_path / f"{coder}.xlsx")
    assert read_coding_sheet(path, desk).events == []
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[1]
    marks = {cell.value: cell.column for cell in sheet[4] if cell.value}
    notes = {key: note for note, key in desk.note_keys.items()}
    rows = {
        notes[str(sheet.cell(row, marks["sekom/key"]).value).split(".")[0]]: row
        for row in range(6, sheet.max_row + 1)
    }
    answer = {note: sheet.cell(row, marks["v/answer"]) for note, row in rows.items()}
    remark = {note: sheet.cell(row, marks["sekom/remark"]).value for note, row in rows.items()}
    answered = {note for who, note in story.expected.now if who == coder}
    assert {note for note in rows if remark[note]} == expected.keys()
    assert {note for note in rows if answer[note].value} == answered - expected.keys()
    labels = {"hassel": "Hassel", "oxel": "Oxel", "lind": "Lind", "bokar": "Bokar"}
    still = {
        note: story.expected.now[coder, note]
        for note in expected
        if story.expected.now[coder, note] in labels
    }
    assert still
    for note, given in still.items():
        assert labels[given] in remark[note]
        answer[note].value = labels[given]
    guide = [
        cell.value
        for row in workbook.worksheets[0].iter_rows()
        for cell in row
        if isinstance(cell.value, str)
    ]
    assert "Vad har ändrats" in guide
    assert any(text.startswith("Lind – ") for text in guide) == any(
        given in ("lind", "oxel") for given in still.values()
    )
    workbook.save(path)
    reading = read_coding_sheet(path, desk)
    assert {event["note_id"]: event["codes"] for event in reading.events} == still
    assert {event["codebook"] for event in reading.events} == {story.study.codebook["v"].version}
    assert reading.problems == []
    copy = shutil.copytree(story.study.root, tmp_path / "copy")
    collected = Study.open(copy)
    collected.collect(path)
    assert on_card(Study.open(copy), coder).keys() == expected.keys() - still.keys()
    assert (
        read_coding_sheet(path, Study.open(copy).desk(coder)).events == []
    )  # the same file again says nothing new


def test_what_still_holds_is_asked_no_more(story, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(story.study.root, copy)
    study = Study.open(copy)
    session = Session(study.desk("anna"))
    data = session.data()
    due = {key: of["v"] for key, of in data["answers"].items() if "again" in of["v"]}
    hold = [key for key, answer in due.items() if answer["older"] and answer["again"]["why"] != "retired"]
    assert hold
    version = study.codebook["v"].version
    same = {"variable": "v", "event": "decide", "memo": "", "pass": 1, "codebook": version}
    events = [
        {**same, "event_id": f"e{number:016x}", "note": key, "codes": due[key]["codes"], "certainty": ""}
        for number, key in enumerate(hold)
    ]
    replies = session.receive({"kind": "events", "events": events})
    assert replies[0]["kind"] == "saved"
    left = Session(Study.open(copy).desk("anna")).data()
    assert {key for key, of in left["answers"].items() if "again" in of["v"]} == due.keys() - set(hold)


def test_each_code_keeps_its_key(story):
    first = {one["id"]: one["place"] for one in story.pages[0]["variables"][0]["codes"] if "place" in one}
    assert first == {name: number for number, name in enumerate(NAMES)}
    called = {"alm": "almar", "bok": "bokar"}
    for page in story.pages:
        place = {one["id"]: one["place"] for one in page["variables"][0]["codes"] if "place" in one}
        assert all(
            place.get(called.get(name, name), place.get(name, number)) == number
            for name, number in first.items()
        )
        assert len(set(place.values())) == len(place)
    assert (place["cypress_hog"], place["cypress_lag"]) == (12, 13)
    assert place["pil"] == 14


def test_a_code_put_first_takes_the_next_key_and_one_taken_out_by_hand_leaves_its_own():
    kept = [
        Codebook.model_validate(book([code(name) for name in names]))["v"]
        for names in (["a1", "b1"], ["z1", "a1", "b1"])
    ]
    now = Codebook.model_validate(book([code(name) for name in ("z1", "b1", "y1")]))["v"]
    places = {one["id"]: one.get("place") for one in shown_variable(now, "sv", kept)["codes"]}
    assert places == {"z1": 2, "b1": 1, "y1": 3, "none_fits": None}


def test_where_nothing_has_changed_nothing_is_told(tmp_path):
    notes = pd.DataFrame({"note_id": NOTES[:3], "text": ["En", "Två", "Tre"]})
    study = Study.create(tmp_path / "s", notes=notes, codebook=book([code("alm"), code("bok")]))
    study.decide("anna", "n00", "v", "alm")
    data = page_data(Session(study.desk("anna")), WHEN)
    assert data["changes"] == []
    assert data["variables"][0]["earlier"] == {}
    assert not any("again" in of["v"] for of in data["answers"].values())
    sheet = openpyxl.load_workbook(write_coding_sheet(study.desk("anna"), tmp_path / "s.xlsx"))
    assert "Vad har ändrats" not in [cell.value for row in sheet.worksheets[0].iter_rows() for cell in row]


def test_of_several_codes_the_weightiest_reason_counts_and_a_new_code_is_for_none(tmp_path, in_node):
    notes = pd.DataFrame({"note_id": NOTES[:4], "text": ["En", "Två", "Tre", "Fyra"]})
    names = ["alm", "bok", "ek"]
    study = Study.create(
        tmp_path / "s", notes=notes, codebook=book([code(name) for name in names], kind="multiple")
    )
    for note, given in zip(NOTES, (["alm", "ek"], ["ek"], [], ["bok"]), strict=False):
        study.decide("anna", note, "v", given)
    study = editing.describe(study, "v", "ek", "meaning", definition="Annat").save("ove", "Skäl")
    study = editing.retire(study, "v", "alm").save("ove", "Skäl")
    study = editing.add(study, "v", "pil").save("ove", "Skäl")
    study = editing.add(study, "v", "oxel").save("ove", "Skäl")
    assert on_card(study, "anna") == {"n00": "retired", "n01": "meaning", "n02": "added"}
    (added,) = (one for one in Session(study.desk("anna")).data()["changes"] if one["why"] == "added")
    assert added["label"] == "Pil, Oxel"
    earlier = Changes(study.codebook, study.holding, "sv").earlier("v")
    variable = {"id": "v", "version": study.codebook["v"].version, "earlier": earlier}
    version = study.decisions("v")["codebook"].iloc[0]
    cases = [{"codes": codes, "codebook": version} for codes in (["alm", "ek"], ["ek"], [], ["bok"])]
    source = f"const [v, cases] = {json.dumps([variable, cases])};"
    source += "for (const one of cases) console.log(countedNow(one, v).again?.why ?? '-');"
    assert in_node(source, "countedNow", "answering/again.js").split() == ["retired", "meaning", "added", "-"]
