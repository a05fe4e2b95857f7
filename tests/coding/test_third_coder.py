"""A third coder begins after two have been adjudicated: blind, so all her answers count like anybody's."""

from __future__ import annotations

import html
import re

import krippendorff
import pandas as pd
import pytest
from typer.testing import CliRunner

import sekom_analysis as sa
from sekom_analysis.basics.wording import say
from sekom_analysis.cli import app
from sekom_analysis.coding import write_page
from sekom_analysis.coding.session import Session
from sekom_analysis.exchange import write_coding_sheet
from sekom_analysis.report import write_report
from sekom_analysis.results import work_out
from sekom_analysis.study.checks import progress_table

from ..exchange.conftest import fill
from .test_page_browser import Page

LABELS = {"hinder": ("Hinder", "Barrier"), "mojlighet": ("Möjlighet", "Possibility")}
CODEBOOK = {"variables": [{
    "id": "valence", "kind": "single", "none_fits": False, "label": {"sv": "Värde", "en": "Valence"},
    "codes": [{"id": code, "label": dict(zip(("sv", "en"), labels, strict=True))}
              for code, labels in LABELS.items()],
}]}  # fmt: skip
IDS = [f"n{number:02}" for number in range(1, 13)]
NOTES = pd.DataFrame({"note_id": IDS, "text": [f"Lapp nummer {number} om tid" for number in range(1, 13)]})
ANNA = dict(zip(IDS, ["hinder"] * 5 + ["mojlighet"] * 7, strict=True))
DISPUTED = ["n01", "n05", "n06", "n12"]
OTHER = {"hinder": "mojlighet", "mojlighet": "hinder"}
LATE = {note: OTHER[code] if note in DISPUTED else code for note, code in ANNA.items()}  # as Bo before her
# 24 values, 10 of one code and 14 of the other: 4 of 12 notes differ, and 2·10·14 of 24·23 would by chance.
ALPHA = 1 - (4 / 12) / (2 * 10 * 14 / (24 * 23))


@pytest.fixture
def settled(tmp_path) -> sa.Study:
    """Anna and Bo differ on four of twelve notes, which Anna has settled."""
    study = sa.Study.create(tmp_path / "tredje", notes=NOTES, codebook=CODEBOOK, title="Tredje kodaren")
    for note in IDS:
        study.decide("anna", note, "valence", ANNA[note])
        study.decide("bo", note, "valence", LATE[note])
    for note in DISPUTED:
        study.adjudicate("anna", note, "valence", ANNA[note], reason="så står det i kodboken")
    return study


def on_the_page(study, playwright, chromium, folder):
    desk = study.desk("cilla")
    page = Page(playwright, chromium, folder / "profile", write_page(desk, folder))
    for item in Session(desk).items:
        page.press("1" if LATE[item.note_id] == "hinder" else "2")
    page.wait_for_state()
    file = page.answers_file(folder)
    page.close()
    return file


def in_the_sheet(study, folder):
    sheet = write_coding_sheet(study.desk("cilla"), folder / "cilla.xlsx", lang="sv")
    return fill(sheet, study, {(note, "valence/answer"): LABELS[code][0] for note, code in LATE.items()})


def with_the_card(study):
    session = Session(study.desk("cilla"))
    (variable,) = session.data()["variables"]
    for number, (item, note) in enumerate(zip(session.items, session.data()["notes"], strict=True)):
        event = {
            "event_id": f"e{number:016d}", "note": note["key"], "variable": "valence", "event": "decide",
            "codes": [LATE[item.note_id]], "certainty": "", "memo": "", "pass": note["pass"],
            "note_hash": note["hash"], "codebook": variable["version"],
        }  # fmt: skip
        assert session.receive({"kind": "events", "events": [event]})[0]["kind"] == "saved"


def alpha_of_all_twelve(study) -> None:
    ratings = study.ratings("valence", ["anna", "cilla"])
    assert ratings.notna().all(axis=None)
    assert ratings["cilla"].to_dict() == LATE
    values = ratings.apply(lambda column: column.map(list(LABELS).index)).to_numpy(dtype=float).T
    assert sa.alpha(ratings) == pytest.approx(ALPHA) == pytest.approx(0.342857142857)
    assert krippendorff.alpha(values, level_of_measurement="nominal") == pytest.approx(ALPHA)
    assert sa.alpha(ratings.drop(index=DISPUTED)) == 1  # what agreement was over the easy ones alone
    row = progress_table(study).set_index("coder").loc["cilla"]
    assert row[["decided", "skipped", "unseen", "of"]].tolist() == [12, 0, 0, 12]
    assert study.problems.empty


def test_on_a_page_and_collected(settled, playwright, chromium, tmp_path):
    found = settled.collect(on_the_page(settled, playwright, chromium, tmp_path))
    assert set(found.added["pass"]) == {"1"}
    assert list(found.remarks) == []
    alpha_of_all_twelve(settled)


def test_in_a_sheet_and_collected(settled, tmp_path):
    found = settled.collect(in_the_sheet(settled, tmp_path))
    assert set(found.added["pass"]) == {"1"}
    assert list(found.remarks) == []
    alpha_of_all_twelve(settled)


def test_on_the_card(settled):
    with_the_card(settled)
    alpha_of_all_twelve(settled)
    session = Session(settled.desk("cilla"))
    assert session.n_left == 0


# --- the report ---------------------------------------------------------------------------------------------


def sentences(study, folder, lang) -> list[str]:
    """Every paragraph, item, caption and row of the report, as text."""
    pages = write_report(work_out(study, lang, 200), folder / f"report-{lang}")
    text = re.sub(r"<(style|script|svg)\b.*?</\1>", "", pages[0].read_text(encoding="utf-8"), flags=re.DOTALL)
    found = re.findall(
        r"<(p|li|figcaption|caption|tr|h2|h3)\b[^>]*>((?:(?!<\1\b).)*?)</\1>", text, flags=re.DOTALL
    )
    plain = [html.unescape(re.sub(r"<[^>]+>", "|", cells)) for _, cells in found]
    return [re.sub(r"[\s|]*\|[\s|]*", " | ", " ".join(one.split())).strip(" |") for one in plain]


ABOUT_CILLA = {
    "sv": [
        "”Lapp nummer 6 om tid” (n06) – anna: Möjlighet; bo: Hinder; cilla: Hinder",
        "”Lapp nummer 1 om tid” (n01) – anna: Hinder; bo: Möjlighet; cilla: Möjlighet",
        "Påstående | anna | bo | cilla",
        "Värde: α är 0,56 bland anna, bo och cilla.",
        "anna, bo och cilla har beslutat om alla eller några av de 12 lapparna. En lapp som en kodare "
        "inte har sett är ett saknat värde och aldrig ett svar. Att ingen kod passar, eller att inget av "
        "flera val gäller, är däremot svar.",
        "cilla | person | inte angivet | DAY",
        "Variabel | anna | bo | cilla | Av minst två, med kodbok | Alla lappar",
        "Det är inte angivet vad som var dolt för anna, bo och cilla.",
        "Först jämförs kodarna med varandra (anna, bo och cilla).",
        "Kodarna med varandra (anna, bo, cilla)",
        "Figur 3. | Värde: per kod (anna, bo, cilla)",
        "Figur 4. | Värde: vilka koder som förväxlas (anna, bo, cilla)",
        "Kod | anna | bo | cilla | BAR",
        "Lappar som räknas här: anna 12 av 12; bo 12 av 12; cilla 12 av 12; BAR 12 av 12.",
        "Påstående | anna | bo | cilla | BAR",
        "En lapps kod är den som mer än hälften av kodarna (anna, bo och cilla) valde, eller den som "
        "någon har avgjort med ett skäl. Vid lika röstetal blir lappen oavgjord. Att många valde samma "
        "kod gör den inte rätt: kodare som läser på samma sätt gör också samma fel.",
        "cilla | Möjlighet",
        "cilla | Möjlighet",
        "cilla | Hinder",
        "cilla | Hinder",
        "4 | Vilka slags bedömare det gäller | Med kodboken: 3 (anna (person), bo (person), cilla "
        "(person)).",
        "Hur många som kodar, och vilka | Med kodboken: 3 (anna (person), bo (person), cilla (person)).",
    ],
    "en": [
        "“Lapp nummer 6 om tid” (n06) – anna: Possibility; bo: Barrier; cilla: Barrier",
        "“Lapp nummer 1 om tid” (n01) – anna: Barrier; bo: Possibility; cilla: Possibility",
        "Statement | anna | bo | cilla",
        "Valence: α is 0.56 among anna, bo and cilla.",
        "anna, bo and cilla decided on all or some of the 12 notes. A note that a coder has not seen is a "
        "missing value and never an answer. That no code fits, or that none of several choices applies, "
        "is an answer.",
        "cilla | person | not stated | DAY",
        "Variable | anna | bo | cilla | By two or more, with codebook | All notes",
        "It is not stated what was hidden from anna, bo and cilla.",
        "First the coders are compared with each other (anna, bo and cilla).",
        "The coders with each other (anna, bo, cilla)",
        "Figure 3. | Valence: by code (anna, bo, cilla)",
        "Figure 4. | Valence: which codes are confused (anna, bo, cilla)",
        "Code | anna | bo | cilla | BAR",
        "Notes counted here: anna 12 of 12; bo 12 of 12; cilla 12 of 12; BAR 12 of 12.",
        "Statement | anna | bo | cilla | BAR",
        "A note's code is the one that more than half of the coders (anna, bo and cilla) chose, or the "
        "one that somebody settled with a reason. A tie leaves the note unresolved. That many chose a "
        "code does not make it right: coders who read alike err alike too.",
        "cilla | Possibility",
        "cilla | Possibility",
        "cilla | Barrier",
        "cilla | Barrier",
        "4 | What kind of raters it is about | With the codebook: 3 (anna (person), bo (person), cilla "
        "(person)).",
        "How many code, and who | With the codebook: 3 (anna (person), bo (person), cilla (person)).",
    ],
}  # fmt: skip
# What is told of her answers without her name: they came after the adjudications and make these stale.
STALE = {
    "sv": "Svar har ändrats eller kommit till sedan dess på 4 av lapparna (n01, n05, n06 och n12). "
    "Avgörandena gäller tills någon läser lapparna igen.",
    "en": "Answers have changed or been added since then on 4 of the notes (n01, n05, n06 and n12). "
    "The adjudications stand until somebody reads the notes again.",
}
NOT_OF_HER = re.compile(
    r"inte sedd|not seen|sedan andras|kunnat? se andras svar|others' answers could|saknar|lacks|har kvar|"
    r"before and after|före och efter|svarat annorlunda|answered otherwise|Osedda|Unseen|has left"
)


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_report_says_nothing_false_of_her(settled, tmp_path, lang):
    with_the_card(settled)
    said = sentences(settled, tmp_path, lang)
    days = settled.history("cilla")["decided_at"].str[:10]
    when = " – ".join(dict.fromkeys([days.min(), days.max()]))
    about = [one.replace(when, "DAY") for one in said if "cilla" in one]
    bar = say("figure_settled_adjudicated", lang, rule=say("figure_settled_most", lang, n=3), n=4)
    of_notes = {one[:3]: one for one in about if re.match(r"n\d\d \| ", one)}
    assert [one for one in about if one not in of_notes.values()] == [
        one.replace("BAR", bar) for one in ABOUT_CILLA[lang]
    ]
    for note, code in LATE.items():  # the table of all notes
        assert re.search(rf"{LABELS[code][lang == 'en']} \| [^|]*cilla", of_notes[note])
    assert STALE[lang] in said
    told = [one for one in said if NOT_OF_HER.search(one) and "cilla decided on" not in one]
    assert len(told) in (1, 2)  # that there are none of those decisions
    assert all(re.search(r"(andras svar|could be seen): 0[;,.]", one) for one in told)


# --- coders who did know what others said -------------------------------------------------------------------


@pytest.fixture
def with_those_who_knew(settled) -> sa.Study:
    """Dan sat beside when the four were settled; Eva was shown everything before she began."""
    for note in IDS[1:4]:  # before he sat there
        settled.decide("dan", note, "valence", ANNA[note])
    for note in DISPUTED:
        settled.adjudicate("anna", note, "valence", ANNA[note], reason="igen", present=["dan"])
    settled.log_shown("eva", by="report")
    for note in IDS:
        settled.decide("eva", note, "valence", ANNA[note])
        if note not in IDS[1:4]:
            settled.decide("dan", note, "valence", ANNA[note])
    return settled


def test_nothing_that_was_coded_is_called_not_seen_or_left(with_those_who_knew, tmp_path):
    study = with_those_who_knew
    assert study.history("dan")["pass"].value_counts().to_dict() == {"1": 8, "3": 4}
    assert set(study.history("eva")["pass"]) == {"3"}
    results = work_out(study, "en", 0)
    assert results.conduct.decided.loc["valence", ["anna", "dan", "eva"]].tolist() == [12, 8, 0]
    assert results.conduct.answered.loc["valence", ["anna", "dan", "eva"]].tolist() == [12, 12, 12]
    assert "unread" not in [departure.kind for departure in results.conduct.departures]
    assert "unread" not in [step.kind for step in results.steps]
    assert (results.alone, results.talked) == (["anna", "bo", "dan"], ["dan", "eva"])
    said = sentences(study, tmp_path, "en")
    assert not [one for one in said if "not seen" in one and not one.startswith("anna, bo and dan decided")]
    assert said.count("dan | Barrier (once others' answers could be seen)") == 2
    assert said.count("dan | Possibility (once others' answers could be seen)") == 2
    assert not [one for one in said if "dan | not" in one]
    (methods,) = [one for one in said if one.startswith("anna, bo and dan decided on")]
    assert methods.endswith(
        "Answers that dan and eva gave once others' answers could be seen are counted apart and are not part "
        "of the agreement."
    )
    assert "First the coders are compared with each other (anna, bo and dan)." in said
    rows = progress_table(study).set_index("coder")
    assert rows.loc[["dan", "eva"], "unseen"].tolist() == [0, 0]


def test_a_skipped_note_and_one_only_warmed_up_on_are_not_called_not_seen(settled, tmp_path):
    settled.decide("dan", "n02", "valence", "hinder")
    settled.desk("dan").skip("n01", "valence")
    settled.decide("dan", "n05", "valence", "hinder", **{"pass": 0})
    settled.decide("dan", "n06", "valence", "hinder")
    settled.retract("dan", "n06", "valence")
    said = sentences(settled, tmp_path, "en")
    of_dan = [one for one in said if re.fullmatch(r"dan \| [^|]+", one)]
    assert sorted(of_dan) == [
        "dan | answer taken back", "dan | no answer in the independent coding", "dan | not seen",
        "dan | skipped",
    ]  # fmt: skip


def test_negotiation_and_consensus_take_a_late_blind_coder_as_any_other(settled):
    with_the_card(settled)
    talk = sa.negotiation(settled, "valence", n_resamples=0)
    assert talk.n_talked == 0
    assert talk.coders.set_index("coder").loc["cilla", ["n_notes", "n_changed", "n_added"]].tolist() == [
        12,
        0,
        0,
    ]
    settled.decide("bo", "n01", "valence", ANNA["n01"])
    talk = sa.negotiation(settled, "valence", n_resamples=0)
    assert talk.coders.set_index("coder")["n_changed"].to_dict() == {"anna": 0, "bo": 1, "cilla": 0}
    bases = sa.consensus(settled.ratings("valence"))["basis"].value_counts().to_dict()
    assert bases == {"unanimous": 8, "majority": 4}


# --- who is shown what --------------------------------------------------------------------------------------


def test_a_coder_report_is_kept_as_shown_unless_only_the_researcher_reads_it(settled):
    run, study = CliRunner(), ["--study", str(settled.root)]
    asked = ["coder-report", "bo", "valence", "--resamples", "0", *study]
    assert run.invoke(app, [*asked, "--not-shown"]).exit_code == 0
    assert settled.shown().empty
    for _ in range(2):  # known is known
        assert run.invoke(app, asked).exit_code == 0
    (row,) = settled.shown().to_dict("records")
    assert (row["coder"], row["variables"], row["by"]) == ("bo", ["valence"], "coder-report")
    assert sorted(row["notes"]) == IDS
    assert settled.decide("bo", "n02", "valence", "mojlighet").pass_ == "3"
    listed = run.invoke(app, ["shown", "bo", *study])
    assert "coder-report: 12 notes, valence" in listed.output


def test_what_a_coder_was_shown_can_be_said_by_hand(settled):
    run, study = CliRunner(), ["--study", str(settled.root)]
    said = run.invoke(app, ["shown", "cilla", "--variable", "valence", "--notes", "n01,n02", *study])
    assert said.exit_code == 0, said.output
    with_the_card(settled)
    passes = settled.decisions().query("coder == 'cilla'").set_index("note_id")["pass"]
    assert passes[passes == "3"].index.sort_values().tolist() == ["n01", "n02"]
    wrong = run.invoke(app, ["shown", "cilla", "--notes", "n99", *study])
    assert wrong.exit_code != 0


@pytest.mark.parametrize("view", ["readings", "voices", "negotiation", "report"])
def test_views_keep_what_they_show_where_it_is_known_who_looks(settled, tmp_path, monkeypatch, view):
    monkeypatch.setenv("SEKOM_CODER", "cilla")
    {
        "readings": lambda: sa.readings(settled),
        "voices": lambda: sa.voices(settled, "valence"),
        "negotiation": lambda: sa.negotiation(settled, "valence", n_resamples=0),
        "report": lambda: write_report(work_out(settled, "en", 0), tmp_path / "report"),
    }[view]()
    monkeypatch.delenv("SEKOM_CODER")
    shown = {note for notes in settled.shown()["notes"] for note in notes}
    assert shown >= set(DISPUTED)
    assert settled.decide("cilla", "n01", "valence", "hinder").pass_ == "3"
