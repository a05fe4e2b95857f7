"""Answers files that somebody edited by hand: the right state, a question or a refusal; never in silence."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sekom_analysis.basics.errors import DecisionError
from sekom_analysis.study.imports import Collected
from sekom_analysis.study.rows import note_hash, utc_text
from sekom_analysis.study.study import Study

START = datetime(2020, 3, 1, 9, tzinfo=UTC)
GIVEN = {  # (note, variable) -> codes and memo, in the order made
    ("n1", "valence"): (["hinder"], "för få; å, ä, ö"),
    ("n2", "valence"): (["mojlighet"], ""),
    ("n1", "themes"): (["tid", "vilja"], "“citat”"),
    ("n2", "themes"): ([], "rad 1\nrad 2"),
    ("n3", "goal"): (["4"], ""),
    ("007", "valence"): (["none_fits"], "🎈"),
}
Lines = list[str]


@pytest.fixture
def file(study, tmp_path) -> Path:
    """An answers file as the page wrote it."""
    lines = [
        {
            "event_id": f"e{n:015d}", "variable": variable, "event": "decide", "codes": codes,
            "certainty": "", "memo": memo, "pass": 1, "note_hash": note_hash(study.notes.at[note, "text"]),
            "codebook": study.codebook[variable].version, "at": utc_text(START + timedelta(minutes=n)),
            "key": study.note_keys[note],
        }
        for n, ((note, variable), (codes, memo)) in enumerate(GIVEN.items())
    ]  # fmt: skip
    head = {"file": "sekom-answers", "version": 1, "study": study.about.id, "coder": "anna", "copy": "c1"}
    head |= {"last_event": "", "page": utc_text(START), "written": utc_text(START + timedelta(hours=1))}
    head["events"] = len(lines)
    path = tmp_path / "svar-anna.jsonl"
    text = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in [head, *lines])
    path.write_bytes(text.encode("utf-8"))
    return path


def said(study: Study, coder: str = "anna") -> dict[tuple[str, str], tuple[str, str]]:
    table = study.decisions(coders=[coder]) if coder in study.coders else None
    if table is None:
        return {}
    cells = table[["note_id", "variable", "codes", "memo"]].itertuples(index=False, name=None)
    return {(note, variable): (codes, memo) for note, variable, codes, memo in cells}


WHOLE = {question: ("|".join(codes), memo) for question, (codes, memo) in GIVEN.items()}


def edited(line: str, **fields: object) -> str:
    return json.dumps(json.loads(line) | fields, ensure_ascii=False)


def field(number: int, **fields: object) -> Callable[[Lines], Lines]:
    """An edit of one line; 0 is the head."""
    return lambda lines: [edited(line, **fields) if n == number else line for n, line in enumerate(lines)]


def swapped(name: str) -> Callable[[Lines], Lines]:
    """An edit that gives two lines each other's cell."""

    def edit(lines: Lines) -> Lines:
        one, other = (json.loads(lines[n])[name] for n in (1, 2))
        return field(1, **{name: other})(field(2, **{name: one})(lines))

    return edit


def as_text(change: Callable[[str], str]) -> Callable[[Lines], bytes]:
    return lambda lines: change("\n".join(lines) + "\n").encode("utf-8")


def encoded(encoding: str, ends: str = "\r\n") -> Callable[[Lines], bytes]:
    return lambda lines: ("\r\n".join(lines) + "\r\n").replace("\r\n", ends).encode(encoding, "replace")


def quoted_by_excel(lines: Lines) -> bytes:
    doubled = (line.replace('"', '""') for line in lines)
    return "".join(f'"{line}"\r\n' for line in doubled).encode("utf-8-sig")


# name -> the edit, and what must come of it: "whole", "told: …" (whole, and told so) or what a refusal says.
EDITS: dict[str, tuple[Callable[[Lines], Lines | bytes], str]] = {
    "a line deleted": (lambda lines: lines[:3] + lines[4:], "it should have 6 decisions, and has 5"),
    "the last line deleted": (lambda lines: lines[:-1], "it should have 6 decisions, and has 5"),
    "all lines deleted": (lambda lines: lines[:1], "it should have 6 decisions, and has 0"),
    "the head deleted": (lambda lines: lines[1:], "it is not an answers file of a coding page"),
    "a line doubled": (lambda lines: [*lines, lines[2]], "whole"),
    "all lines doubled": (lambda lines: [*lines, *lines[1:]], "whole"),
    "lines in another order": (lambda lines: [lines[0], *lines[:0:-1]], "whole"),
    "blank lines": (lambda lines: [one for line in lines for one in (line, "", "  ")], "whole"),
    "a code that is none": (field(1, codes=["hindr"]), "does not have the code 'hindr'; it has: hinder"),
    "two codes of a single": (field(1, codes=["hinder", "mojlighet"]), "takes exactly one code"),
    "no code of a single": (field(1, codes=[]), "takes exactly one code"),
    "a number outside": (field(5, codes=["7"]), "a whole number from 1 to 5, not '7'"),
    "codes as text": (field(1, codes="hinder"), "row 2: a line that cannot be read"),
    "another variable": (field(1, variable="mood"), "there is no variable 'mood'; there are: valence"),
    "a question not asked": (field(1, variable="goal", codes=["3"]), "'goal' is not asked of this note"),
    "ids swapped": (swapped("event_id"), "whole"),
    "an id doubled": (field(2, event_id="e" + "0" * 15), "already belongs to another decision"),
    "an id that is none": (field(1, event_id="=1+1"), "'=1+1' cannot be an event_id"),
    "an id emptied": (field(1, event_id=""), "'' cannot be an event_id"),
    "keys swapped": (swapped("key"), "told: note 'n1' has changed"),
    "a key changed": (field(1, key="n123"), "no note with the key 'n123'"),
    "a note's id for a key": (field(1, key="n1"), "no note with the key 'n1'"),
    "a time before the page": (field(1, at="2019-01-01T00:00:00.000000Z"), "told: dated before the page was"),
    "a time to come": (field(1, at="2199-01-01T00:00:00.000000Z"), "told: the clock of the coder's computer"),
    "a time as people write it": (field(1, at="1 mars 2020"), "row 2: a line that cannot be read"),
    "an event that is none": (field(1, event="svar"), "event is one of decide, retract, skip, not 'svar'"),
    "a certainty that is none": (field(1, certainty="9"), "certainty is 1, 2 or 3"),
    "a number for a text": (field(1, memo=5), "row 2: a line that cannot be read"),
    "a memo too long": (field(1, memo="å" * 20_001), "the memo has 20001 characters; at most 20000 fit"),
    "pass 3": (field(1, **{"pass": 3}), "told: name a pass that they cannot be of"),
    "pass 7": (field(1, **{"pass": 7}), "pass is one of 0, 1, 2, 3, not '7'"),
    "another study": (field(0, study="en-annan"), "it belongs to the study 'en-annan'"),
    "another version": (field(0, version=2), "it is of version 2, and this program reads version 1"),
    "a coder who cannot be": (field(0, coder="Anna Ek"), "it does not say whose answers it holds"),
    "another coder": (field(0, coder="bo"), "bo"),
    "fewer said than there are": (field(0, events=2), "whole"),
    "more said than there are": (field(0, events=60), "it should have 60 decisions, and has 6"),
    "another kind of file": (field(0, file="answers"), "it is not an answers file of a coding page"),
    "two files in one": (lambda lines: [*lines, *lines], "told: 2 answers files were put into it"),
    "two files in one, of two": (
        lambda lines: [*lines, edited(lines[0], coder="bo"), *lines[1:]],
        "row 8: it holds the answers of 'bo'",
    ),
    "a JSON list": (as_text(lambda text: json.dumps([*map(json.loads, text.splitlines())])), "one JSON list"),
    "commas between": (as_text(lambda text: text.replace("}\n", "},\n")), "first line, which says whose"),
    "a comma too many": (lambda lines: [lines[0], *(f"{line}," for line in lines[1:])], "row 2: a line that"),
    "written out nicely": (
        as_text(lambda text: "\n".join(json.dumps(json.loads(x), indent=1) for x in text.splitlines())),
        "first line, which says whose",
    ),
    "quotes as Word makes them": (as_text(lambda text: text.replace('"', "”")), "first line, which says"),
    "cut in the middle": (as_text(lambda text: text[: len(text) * 2 // 3]), "it was cut off"),
    "cut in the head": (as_text(lambda text: text[:60]), "first line, which says whose"),
    "emptied": (lambda lines: b"", "it is not an answers file of a coding page"),
    "Windows line ends": (encoded("utf-8"), "whole"),
    "Windows, with a mark": (encoded("utf-8-sig"), "whole"),
    "Notepad's Unicode": (encoded("utf-16"), "whole"),
    "Notepad's ANSI": (encoded("cp1252"), "told: another program has saved it in another encoding"),
    "an old Mac's line ends": (encoded("utf-8", "\r"), "whole"),
    "saved by Excel": (quoted_by_excel, "first line, which says whose"),
    "words before it": (lambda lines: ["Hej! Här är svaren /Anna", *lines], "first line, which says whose"),
    "words behind it": (lambda lines: [*lines, "Hälsningar Anna"], "row 8: a line that cannot be read"),
}  # fmt: skip


def outcome(study: Study, path: Path) -> tuple[Collected | None, str]:
    """What collecting gives; a refusal changes nothing, and names file, place and what was saved."""
    before = {one: one.read_bytes() for one in study.root.rglob("*") if one.is_file()}
    try:
        return study.collect(path), ""
    except DecisionError as error:
        said = str(error)
    assert {one: one.read_bytes() for one in study.root.rglob("*") if one.is_file()} == before
    assert path.name in said
    assert "Nothing was saved" in said
    return None, said


@pytest.mark.parametrize("name", EDITS)
@pytest.mark.parametrize("is_here", [False, True], ids=["new", "collected before"])
def test_an_edited_file_ends_in_the_right_state_or_says_why_not(study, file, name, is_here):
    edit, wanted = EDITS[name]
    if is_here:
        study.collect(file)
    made = edit(file.read_text(encoding="utf-8").splitlines())
    file.write_bytes(made if isinstance(made, bytes) else ("\n".join(made) + "\n").encode("utf-8"))
    found, refused = outcome(study, file)
    if found is None:
        contradicts = is_here and "already belongs to another decision" in refused
        elsewhere = is_here and "are in the log of 'anna'" in refused
        assert (wanted != "whole" and wanted in refused) or contradicts or elsewhere, refused
        assert said(study) == (WHOLE if is_here else {})
        return
    if name == "another coder":
        assert (found.coder, said(study, "bo"), said(study)) == ("bo", WHOLE, {})
        return
    told = " ".join(problem.what for problem in [*found.remarks, *found.stale])
    assert wanted == "whole" or is_here or wanted.removeprefix("told: ") in told, told
    assert wanted.startswith(("whole", "told: "))
    if wanted == "whole" or is_here:
        assert said(study) == WHOLE
    assert len(said(study)) == len(WHOLE)


def test_there_are_forty_of_them():
    assert len(EDITS) >= 40


@pytest.mark.parametrize("seed", range(40))
def test_forty_random_edits_lose_and_change_nothing_in_silence(study, file, seed):
    """A few letters changed, taken out or put in anywhere: what the file said is said, or it is told."""
    rng = random.Random(seed)
    data = bytearray(file.read_bytes())
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(data))
        kind = rng.choice(("change", "out", "in"))
        if kind == "in":
            data.insert(place, rng.choice(b'",{}x0 \n'))
        elif kind == "out":
            del data[place : place + rng.randint(1, 9)]
        else:
            data[place] = rng.choice(b'",{}x0 \n')
    study.collect(file)
    before = said(study)
    file.write_bytes(bytes(data))
    found, refused = outcome(study, file)
    assert refused or said(study) == before or len(found.added) or found.remarks
    assert set(before.items()) <= set(said(study).items()) or len(found.replaced) or len(found.remarks)
