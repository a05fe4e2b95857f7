"""What a coding page holds and does not hold, whatever the notes say."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import UTC, datetime
from html import unescape

import pandas as pd
import pytest

import sekom_analysis as sa
from sekom_analysis.basics import wording
from sekom_analysis.basics.errors import NotesError, NotSavedError
from sekom_analysis.coding import page as coding_page
from sekom_analysis.coding import write_page
from sekom_analysis.coding.page import script
from sekom_analysis.coding.session import Session

from .conftest import MODULES, scratch_study

HOSTILE = {
    "h1": "</script><script>document.title = 'taken'</script>",
    "h2": "<!--<script> \"quoted\" and 'single' & &amp; &lt;",
    "h3": "👩‍👩‍👧 🇸🇪 åäö e\u0301",
    "h4": "مرحبا بالعالم \u202eomvänt\u202c slut",
    "h5": "lång " * 1000,
    "h6": "=1+1 \u2028 \u2029 \\u003c ${x} `y` \\",
    "h7": "rad ett\nrad två",
}


@pytest.fixture
def hostile_desk(tmp_path):
    notes = pd.DataFrame({"note_id": list(HOSTILE), "text": list(HOSTILE.values())})
    codes = [{"id": "good", "label": "Bra <b>", "definition": "</style>"}, {"id": "bad", "label": "Dåligt"}]
    tone = {"id": "tone", "kind": "single", "label": "Ton </script>", "codes": codes}
    codebook = {"variables": [tone]}
    return sa.Study.create(tmp_path / "hostile", notes=notes, codebook=codebook, title="H").desk("anna")


@pytest.fixture
def big_study(study_root):
    """The sample's codebook and a thousand notes, longer than the sample's and with translations."""
    notes = pd.DataFrame({"note_id": [f"n{number}" for number in range(1000)], "stage": ["B", "D"] * 500})
    notes["text"] = [
        f"{number} " + "En mening som på en lapp, med å, ä och ö. " * 4 for number in range(1000)
    ]
    notes["text_en"] = "A sentence as on a note, once more. " * 4
    notes.to_csv(study_root / "data" / "raw" / "notes.csv", index=False, encoding="utf-8")
    return sa.Study.open(study_root)


def text_of(path):
    return path.read_bytes().decode("utf-8")


def parts(html, tag):
    return re.findall(rf"<{tag}(?: [^>]*)?>(.*?)</{tag}>", html, flags=re.S)


def data_of(html):
    return json.loads(parts(html, "script")[0])


def test_the_policy_lets_nothing_in_but_the_page_s_own_script_and_style(sample, tmp_path):
    html = text_of(write_page(sample.desk("anna"), tmp_path))
    policy = unescape(re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1])
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    _, code = parts(html, "script")
    (style,) = parts(html, "style")
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (code, style)]
    assert rules == {
        "default-src": "'none'",
        "script-src": f"'sha256-{hashes[0]}'",
        "style-src": f"'sha256-{hashes[1]}'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert html.index("Content-Security-Policy") < html.index("<style>")


def test_the_page_names_no_address_and_fetches_nothing(sample, tmp_path):
    html = text_of(write_page(sample.desk("anna"), tmp_path))
    assert re.findall(r"https?://", html) == []
    assert re.findall(r"<(?:link|img|iframe|object|embed|form|base|a)\b", html) == []
    assert (
        re.findall(r"\b(?:fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts)\b", html) == []
    )
    assert re.findall(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval)\b", html) == []


@pytest.fixture
def busy_root(study_root):
    """A study in which others have answered, and in which each thing to be kept from a coder is marked."""
    path = study_root / "data" / "raw" / "notes.csv"
    notes = pd.read_csv(path, dtype=str, keep_default_na=False)
    for column in ("note_id", "source", "subcategory"):
        notes[column] = f"hush-{column}-" + notes[column]
    notes["table"] = "hush-table"
    notes.to_csv(path, index=False, encoding="utf-8")
    study = sa.Study.open(study_root)
    for note_id in study.notes_asked("category_b")[:20]:
        study.decide("bertil", note_id, "category_b", "kunskap", memo="hush-bertil")
    study.decide("anna", study.notes_asked("valence")[0], "valence", "hinder", memo="annas egen")
    return study_root


def test_the_page_holds_this_coder_s_answers_nobody_else_s_no_id_no_source(busy_root, tmp_path):
    desk = sa.Desk.open(busy_root, "anna")
    html = text_of(write_page(desk, tmp_path))
    assert "hush" not in html
    assert "bertil" not in html
    data = data_of(html)
    (answers,) = data["answers"].values()
    assert answers["valence"]["codes"] == ["hinder"]
    assert answers["valence"]["memo"] == "annas egen"
    assert answers["valence"]["at"] == desk.history()["decided_at"].iloc[-1]
    assert {name for note in data["notes"] for name in note} == {
        "key", "text", "gloss", "context", "hash", "pass", "variables"}  # fmt: skip


def test_the_order_is_the_coder_s_own(sample, tmp_path):
    desk = sample.desk("anna")
    mine = data_of(text_of(write_page(desk, tmp_path)))["notes"]
    theirs = data_of(text_of(write_page(sample.desk("bertil"), tmp_path)))["notes"]
    assert [note["key"] for note in mine] == [item.key for item in Session(desk).items]
    assert [note["text"] for note in mine] != list(desk.notes["text"])
    assert [note["key"] for note in mine] != [note["key"] for note in theirs]
    assert {note["key"] for note in mine} == {note["key"] for note in theirs}


def test_hostile_texts_stay_data(hostile_desk, tmp_path):
    html = text_of(write_page(hostile_desk, tmp_path))
    assert sorted(note["text"] for note in data_of(html)["notes"]) == sorted(hostile_desk.notes["text"])
    assert html.count("</script>") == 2
    assert html.count("<script") == 2
    assert html.count("</style>") == 1
    assert "\u2028" not in html


def test_scripts_and_styles_cannot_end_their_own_element():
    code, style = script(coding_page.SCRIPT), script(*coding_page.PAGE_STYLES)
    assert not re.search(r"</script|<!--|<script", code, flags=re.I)
    assert "</" not in style
    assert not re.search(r"url\(|@import", style)
    assert "\r" not in code + style


def test_the_same_study_gives_the_same_page(sample):
    made = datetime(2026, 3, 1, 9, tzinfo=UTC)
    one, other = (
        coding_page.page_html(coding_page.page_data(Session(sample.desk("anna")), made)) for _ in range(2)
    )
    assert one == other
    assert data_of(one)["made"] == data_of(one)["floor"] == "2026-03-01T09:00:00.000000Z"


def test_a_clock_that_runs_behind_cannot_come_before_what_was_decided(sample):
    event = sample.decide("anna", sample.notes_asked("valence")[0], "valence", "hinder")
    long_ago = datetime(2001, 1, 1, tzinfo=UTC)
    data = coding_page.page_data(Session(sample.desk("anna")), long_ago)
    assert data["floor"] == event.decided_at


def test_the_page_names_the_newest_event_it_was_written_with(sample):
    made = datetime(2026, 3, 1, 9, tzinfo=UTC)
    data = coding_page.page_data(Session(sample.desk("anna")), made)
    assert data["last_event"] == ""
    event = sample.decide("anna", sample.notes_asked("valence")[0], "valence", "hinder")
    shown = coding_page.page_data(Session(sample.desk("anna")), made)["last_event"]
    assert sample.desk("anna").event_of(shown) == event.event_id


def test_the_page_is_addressed_to_the_coder_by_name(study_root):
    made = datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert coding_page.page_data(Session(sa.Desk.open(study_root, "anna")), made)["who"] == "Anna"
    about = study_root / "data" / "raw" / "study.yaml"
    named = about.read_text(encoding="utf-8").replace("coders:\n", "coders:\n  anna: {name: Anna Åberg}\n")
    assert named.count("Anna Åberg") == 1
    about.write_text(named, encoding="utf-8")
    assert coding_page.page_data(Session(sa.Desk.open(study_root, "anna")), made)["who"] == "Anna Åberg"


@pytest.mark.parametrize(
    ("study_id", "expected"),
    [
        ("sekom-2016", "svar-sekom-2016-anna.jsonl"),
        ("Ångest & oro / 2025: höst?", "svar-Angest-oro-2025-host-anna.jsonl"),
        ("../..\\con", "svar-con-anna.jsonl"),
        ("研究", "svar-anna.jsonl"),
        ("0123456789ab", "svar-Min-studie-anna.jsonl"),  # a random id says nothing to anybody
    ],
)
def test_the_answers_file_is_named_after_study_and_coder(tmp_path, study_id, expected):
    scratch_study(tmp_path / "Min studie")
    about = tmp_path / "Min studie" / "data" / "raw" / "study.yaml"
    lines = about.read_text(encoding="utf-8").splitlines()
    lines = [f"id: {json.dumps(study_id)}" if line.startswith("id:") else line for line in lines]
    about.write_text("\n".join(lines), encoding="utf-8")
    session = Session(sa.Desk.open(tmp_path / "Min studie", "anna"))
    assert coding_page.page_data(session, datetime(2026, 3, 1, 9, tzinfo=UTC))["file"] == expected


def test_definitions_are_kept_when_the_page_is_written(sample, tmp_path):
    for path in (sample.root / "data" / "coded" / "codebooks").glob("*.yaml"):
        path.unlink()
    html = text_of(write_page(sample.desk("anna"), tmp_path))
    versions = {variable["version"] for variable in data_of(html)["variables"]}
    kept = {path.stem for path in (sample.root / "data" / "coded" / "codebooks").glob("*.yaml")}
    assert versions <= kept


def test_a_thousand_notes_stay_under_a_megabyte(big_study, tmp_path):
    path = write_page(big_study.desk("anna"), tmp_path)
    assert len(data_of(text_of(path))["notes"]) == 1000
    assert path.stat().st_size < 1_000_000


def test_the_file_is_named_as_asked_or_after_the_coder(sample, tmp_path):
    desk = sample.desk("anna")
    assert write_page(desk, tmp_path).name == "koda-anna.html"
    assert write_page(desk, tmp_path, lang="en").name == "code-anna.html"
    assert write_page(desk, tmp_path / "min sida.html") == tmp_path / "min sida.html"


def test_what_cannot_be_written_says_so(sample, tmp_path):
    with pytest.raises(NotesError, match="No note has the source 'x'"):
        write_page(sample.desk("anna"), tmp_path, sources=["x"])
    (tmp_path / "a file").write_text("", encoding="utf-8")
    with pytest.raises(NotSavedError, match="the page cannot be written"):
        write_page(sample.desk("anna"), tmp_path / "a file" / "page.html")


def test_a_second_time_is_blind_to_the_first(sample, tmp_path):
    note = sample.notes_asked("valence")[0]
    sample.decide("anna", note, "valence", "hinder", memo="första gången")
    html = text_of(write_page(sample.desk("anna"), tmp_path, again=1, variables=["valence"]))
    data = data_of(html)
    assert data["answers"] == {}
    assert data["pass"] == 2
    assert "första gången" not in html


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_guide_names_what_the_page_shows_and_its_pictures_are_there(root, lang):
    guide = (root / "docs" / f"coders-guide.{lang}.md").read_text(encoding="utf-8")
    for name in ("download", "open", "clear"):
        label = wording.say(f"page_{name}", lang).removesuffix("…")
        assert f"**{label}**" in guide, label
    study, coder = {"sv": ("STUDIE-", "DITT-NAMN"), "en": ("STUDY-", "YOUR-NAME")}[lang]
    assert wording.say("page_file", lang, study=study, coder=coder) in guide
    for picture in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", guide):
        assert (root / "docs" / picture).is_file(), picture
    assert len(guide.split()) < 800, "one page"


def test_the_guides_name_every_key_that_the_card_knows(root):
    known = re.search(r"const COMMANDS = \{(.*?)\};", text_of(MODULES / "answering" / "keys.js"), flags=re.S)[
        1
    ]
    keys = {quoted or bare for quoted, bare in re.findall(r'(?:"([^"]+)"|\b(\w+)): "', known)}
    assert {".", ",", "/", "?", "Enter", "Escape", "PageUp", " "} < keys
    signs = {f"Arrow{name}": sign for name, sign in zip(("Left", "Right", "Up", "Down"), "←→↑↓", strict=True)}
    signs |= {"PageUp": "PgUp", "PageDown": "PgDn", "Escape": "Esc", "’": "'"}
    for lang, space in {"sv": "Mellanslag", "en": "Space"}.items():
        guide = (root / "docs" / f"coders-guide.{lang}.md").read_text(encoding="utf-8")
        caps = {(signs | {" ": space}).get(key, key) for key in keys}
        assert caps <= set(re.findall(r"`([^`]+)`", guide))
