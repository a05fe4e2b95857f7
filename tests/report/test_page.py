"""The page in a browser: what is found in its table of notes, what it asks for, and who can read it where."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import unicodedata
from collections import Counter, defaultdict

import pandas as pd
import pytest
from matplotlib.image import imread

from sekom_analysis.report import _tell_shown, page, render_page
from sekom_analysis.report.blocks import Figure, NoteTable, Section, Table, Text, for_paper
from sekom_analysis.report.sections import sections
from sekom_analysis.report.sections.notes import notes_section
from sekom_analysis.results import work_out
from sekom_analysis.study.study import Study
from tests.coding.browsers import KEYS, ChromiumTab, FirefoxPerson
from tests.coding.firefox import Firefox, firefox_path
from tests.coding.test_accessibility import axe
from tests.hostile import TEXTS

__all__ = ["axe"]  # a fixture
KEYS |= {"ArrowDown": "\ue015"}
DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
    '<path fill="var(--paper,#ffffff)" d="M0 0h9v9H0z"/></svg>'
)
ROWS = "[...document.querySelectorAll('.notes tbody tr')]"
LEFT = f"JSON.stringify({ROWS}.filter((row) => row.checkVisibility()).map((row) => row.cells[0].textContent))"


def page_of(results, shown=None) -> str:
    return render_page(results, defaultdict(lambda: page.picture_uri(DRAWING.encode())), shown)


@pytest.fixture(scope="module")
def results(sample_study):
    return work_out(sample_study, "sv", n_resamples=0)


@pytest.fixture(scope="module")
def file(results, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.sv.html"
    path.write_text(page_of(results), encoding="utf-8")
    return path


@pytest.fixture
def chrome(browser, tmp_path):
    """Open pages in Chromium, and look at the end what they asked for and said."""
    contexts, asked, said = [], [], []

    def opened(path, **settings):
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}} | settings))
        tab = contexts[-1].new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("console", lambda message: said.append(message.text))
        tab.on("dialog", lambda dialog: said.append(dialog.message))
        made = ChromiumTab(tab, tmp_path, said)
        made.goto(path if isinstance(path, str) else path.as_uri())
        return made

    yield opened
    for context in contexts:
        context.close()
    assert said == []
    assert all(url.startswith(("file:", "data:image/svg+xml")) for url in asked)
    assert len({url.partition("#")[0] for url in asked if url.startswith("file:")}) <= 1


@pytest.fixture
def fox(tmp_path):
    """Open a page in Firefox; it asks for nothing but itself."""
    firefox_path()
    running = []

    def opened(path):
        running.append(Firefox(tmp_path / "firefox"))
        tab = FirefoxPerson(running[-1]).tab()  # a tab of its own has the keys from the start
        tab.goto(path.as_uri())
        return tab

    yield opened
    for one in running:
        one.ask("1")  # whatever was said meanwhile arrives with the answer
        asked = {url.partition("#")[0] for url in one.requests}
        one.close()
        assert one.errors == []
        assert {url.partition(":")[0] for url in asked} <= {"file", "about", "data"}


# --- the table of notes -------------------------------------------------------------------------------


def folded(text: str) -> str:
    return "".join(
        sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign)
    ).lower()


def memos(results) -> pd.Series:
    """Note -> what coders wrote beside what the table shows, worked out here once more."""
    decisions = results.study.decisions()
    own = decisions[(decisions["pass"] == "1") & (decisions["memo"] != "")]
    own = own[own["variable"].isin(["valence", "category_b", "category_d", "themes"])]
    return own.groupby("note_id")["memo"].agg(" ".join).reindex(results.main.index, fill_value="")


def searched(results, *words: str) -> pd.Series:
    """Whether a note, its id or a memo on it has all the words."""
    notes = results.main
    whole = notes.index.to_series() + " " + notes["text"] + " " + memos(results)
    return whole.map(lambda text: all(folded(word) in folded(text) for word in words))


def came_to(results, variable: str, code: str) -> pd.Series:
    table = results.final[results.final["variable"] == variable]
    codes = table.set_index("note_id")["code"].reindex(results.main.index)
    return codes.map(lambda given: isinstance(given, str) and code in given.split("|")).astype(bool)


def chose(results, variable: str, coder: str | None, code: str | None) -> pd.Series:
    table = results.everybody[variable].reindex(results.main.index)
    chosen = table if coder is None else table[[coder] if coder in table.columns else []]
    has = (
        (lambda given: True)
        if code is None
        else (lambda given: code in given if isinstance(given, frozenset) else given == code)
    )
    return chosen.map(lambda given: isinstance(given, frozenset | str) and has(given)).any(axis=1)


def disputed(results) -> pd.Series:
    shown = ["valence", "category_b", "category_d", "themes"]
    found = {note for name in shown for note in results.disputed[name].index}
    return results.main.index.to_series().isin(found)


def ids(holds: pd.Series) -> list[str]:
    return holds.index[holds].tolist()


def tab_to(tab, held: str, most: int = 400) -> None:
    for _ in range(most):
        if tab.ask(f"Boolean(document.activeElement.matches({json.dumps(held)}))"):
            return
        tab.press("Tab")
    raise AssertionError(f"{most} tabs do not lead to {held}")


def choose(tab, name: str, text: str, most: int = 60) -> None:
    """Go to a list by Tab and down in it by the arrow, as far as an option."""
    tab_to(tab, f"select[data-filter={name}]")
    for _ in range(most):
        if tab.ask("document.activeElement.selectedOptions[0].textContent") == text:
            return
        tab.press("ArrowDown")
    raise AssertionError(f"{text!r} is not in the list")


def told(tab) -> str:
    return tab.ask("document.querySelector('.shown').textContent")


def by_keyboard(tab, results):
    """Filter step by step, by keys alone; after each what is left is what pandas says."""
    study = results.study
    label = study.codebook["category_b"].label_of("systemsyn")
    tab_to(tab, 'nav.side a[href="#alla-lappar"]')
    tab.press("Enter")
    tab_to(tab, ".finder input[type=search]")
    tab.press(*"HALLBARHET")
    left = searched(results, "hållbarhet")
    assert 1 < len(ids(left)) < 50
    assert json.loads(tab.ask(LEFT)) == ids(left)
    assert told(tab) == f"{len(ids(left))} av {len(results.main)} lappar"
    choose(tab, "category", label)
    left &= came_to(results, "category_b", "systemsyn")
    assert json.loads(tab.ask(LEFT)) == ids(left)
    choose(tab, "side", study.codebook["valence"].label_of("hinder"))
    left &= came_to(results, "valence", "hinder")
    assert json.loads(tab.ask(LEFT)) == ids(left) != []
    tab_to(tab, ".finder button")
    tab.press("Enter")
    assert told(tab) == f"{len(results.main)} av {len(results.main)} lappar"
    tab_to(tab, ".more button")  # more than are shown at once
    tab.press("Enter")
    assert json.loads(tab.ask(LEFT)) == results.main.index.tolist()
    assert (
        tab.ask(f"{ROWS}.indexOf(document.activeElement)") == 50
    )  # reading goes on with the first of the new


def the_rest_by_keyboard(tab, results):
    """Who chose what, and the filters that are on or off."""
    label = results.study.codebook["category_b"].label_of("samverkan")
    tab_to(tab, 'nav.side a[href="#alla-lappar"]')
    tab.press("Enter")
    choose(tab, "coder", "k3")
    choose(tab, "chose", label)
    left = chose(results, "category_b", "k3", "samverkan")
    assert json.loads(tab.ask(LEFT)) == ids(left) != []
    tab_to(tab, ".finder input[value=disputed]")
    tab.press(" ")
    left &= disputed(results)
    assert json.loads(tab.ask(LEFT)) == ids(left) != []


def test_the_notes_are_filtered_by_keyboard_in_chromium(chrome, file, results):
    by_keyboard(chrome(file), results)
    the_rest_by_keyboard(chrome(file), results)


@pytest.mark.browser
def test_the_notes_are_filtered_by_keyboard_in_firefox(fox, file, results):
    tab = fox(file)
    by_keyboard(tab, results)
    tab.goto("about:blank")
    tab.goto(file.as_uri())
    the_rest_by_keyboard(tab, results)


SET = """([name, value]) => {
  const finder = document.querySelector('.finder');
  finder.querySelector('button').click();
  const field = finder.querySelector(name);
  if (field.type === 'checkbox') field.checked = true; else field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  if (!document.querySelector('.more').hidden) document.querySelector('.more button').click();
}"""
OPTIONS = """(name) => [...document.querySelectorAll(`select[data-filter=${name}] option`)].slice(1)
  .map((one) => [one.value, one.textContent, one.parentElement.label ?? ''])"""


def test_every_option_finds_the_notes_that_pandas_finds(chrome, file, results):
    tab = chrome(file)
    variables = {one.label.sv: one for one in results.study.codebook.variables}
    n = Counter()
    for name, expected in (
        ("category", came_to),
        ("side", came_to),
        ("chose", lambda *one: chose(one[0], one[1], None, one[2])),
    ):
        for value, text, group in tab.page.evaluate(OPTIONS, name):
            variable = variables[group]
            code = next((one for one in variable.answers if variable.label_of(one) == text), None)
            if code is None:
                continue  # none of several
            tab.page.evaluate(SET, [f"select[data-filter={name}]", value])
            assert json.loads(tab.ask(LEFT)) == ids(expected(results, variable.id, code)), (name, text)
            n[name] += 1
    assert n["category"] >= 7 + 8
    assert n["side"] == 2
    assert n["chose"] >= 7 + 8 + 2
    shown = ["valence", "category_b", "category_d", "themes"]
    for value, coder, _ in tab.page.evaluate(OPTIONS, "coder"):
        tab.page.evaluate(SET, ["select[data-filter=coder]", value])
        answered = pd.concat([chose(results, name, coder, None) for name in shown], axis=1).any(axis=1)
        assert json.loads(tab.ask(LEFT)) == ids(answered)
    final = results.final[results.final["variable"].isin(shown)]
    unsettled = set(final.loc[final["basis"] == "unresolved", "note_id"])
    switches = {
        "disputed": disputed(results),
        "open": results.main.index.to_series().isin(unsettled),
        "memo": memos(results) != "",
    }
    for value, holds in switches.items():
        tab.page.evaluate(SET, [f"input[value={value}]", value])
        assert json.loads(tab.ask(LEFT)) == ids(holds) != []


def test_a_row_has_all_that_is_known_of_its_note(results):
    (table,) = [block for block in notes_section(results).blocks if isinstance(block, NoteTable)]
    row = next(row for row in table.rows if row.note_id == "B026")
    assert row.final == [("Samverkan", "majoritet"), ("Hinder", "eniga")]
    choices = dict(row.choices)
    assert {who.partition("\N{NO-BREAK SPACE}")[0] for who in choices["Samverkan"].split(", ")} == {
        "rapport-2016",
        "k1",
        "k2",
    }
    assert choices["Sekoms roll"].startswith("k3")
    assert row.marks == ["omstridd"]
    decisions = results.study.decisions("category_b")
    memo = decisions[(decisions["note_id"] == "B026") & (decisions["coder"] == "k1")]["memo"].item()
    assert ("k1", memo) in row.memos
    assert [row.note_id for row in table.rows] == results.main.index.tolist()


def test_where_nothing_may_be_quoted_a_row_has_the_id_alone(sample):
    path = sample.root / "data" / "raw" / "study.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "quotes: off\n", encoding="utf-8")
    (table,) = [
        b
        for b in notes_section(work_out(Study.open(sample.root), "sv", n_resamples=0)).blocks
        if isinstance(b, NoteTable)
    ]
    assert {row.text for row in table.rows} == {""}
    assert all(row.choices for row in table.rows)


def test_one_note_is_one_and_scales_alone_have_their_points(chrome, tmp_path):
    book = {"variables": [{"id": "nytta", "kind": "scale", "label": "Nytta", "range": [1, 5]}]}
    study = Study.create(tmp_path / "s", notes=pd.DataFrame({"text": ["Ensam"]}), codebook=book)
    for coder, score in (("anna", "4"), ("bo", "4"), ("cia", "2")):
        study.decide(coder, study.notes.index[0], "nytta", score)
    (tmp_path / "p.html").write_text(page_of(work_out(study, "sv", n_resamples=0)), encoding="utf-8")
    tab = chrome(tmp_path / "p.html")
    assert told(tab) == "1 av 1 lapp"
    told_of = tab.page.locator(".notes tbody p").all_text_contents()
    assert told_of == ["4 majoritet", "omstridd", "4 anna, bo", "2 cia"]


def test_a_thousand_notes_take_less_than_a_megabyte(tmp_path):
    codes = [{"id": f"k{n}", "label": f"En ganska lång kategori {n}"} for n in range(8)]
    sides = [{"id": "hinder", "label": "Hinder"}, {"id": "mojlighet", "label": "Möjlighet"}]
    book = {
        "variables": [
            {"id": "a", "kind": "single", "label": "A", "codes": codes},
            {"id": "b", "kind": "single", "label": "B", "codes": sides},
        ]
    }
    notes = pd.DataFrame(
        {
            "text": [
                f"{n} En lapp som är ungefär så lång som lappar brukar vara, med några ord till"
                for n in range(40)
            ]
        }
    )
    study = Study.create(tmp_path / "s", notes=notes, codebook=book)
    for place, coder in enumerate(("anna", "bertil", "cecilia", "david", "eva")):
        for n, note in enumerate(study.notes.index):
            study.decide(coder, note, "a", f"k{(n + (place == n % 5)) % 8}", certainty=1 + n % 3)
            study.decide(coder, note, "b", "hinder", certainty=3)
    results = work_out(study, "sv", n_resamples=0)
    with_table, without = page_of(results, [notes_section(results)]), page_of(results, [])
    assert (len(with_table.encode()) - len(without.encode())) / 40 * 1000 < 1_000_000


def test_who_is_shown_the_table_is_known_to_have_seen_it(results, monkeypatch):
    told_of = defaultdict(set)
    monkeypatch.setattr(
        type(results.study),
        "tell_shown",
        lambda self, notes, variables, by: told_of[variables[0]].update(notes),
    )
    shown = sections(results)
    _tell_shown(results, shown)
    assert told_of["category_b"] == set(results.everybody["category_b"].dropna(how="all").index)
    assert told_of["themes"] == set(results.everybody["themes"].dropna(how="all").index)
    told_of.clear()
    _tell_shown(results, for_paper(shown))
    assert 0 < len(told_of["category_b"]) < 50


# --- what is on the page, and what gets in ------------------------------------------------------------


def test_only_our_own_style_and_script_are_let_in(file):
    html = file.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)[1].replace("&#39;", "'")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == rules["base-uri"] == rules["form-action"] == "'none'"
    assert rules["img-src"] == "data:"
    for kind in ("style", "script"):
        ((_, text),) = re.findall(rf"<{kind}( type=\"module\")?>(.*?)</{kind}>", html, flags=re.S)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert rules[f"{kind}-src"] == f"'sha256-{digest}'"
    assert not re.search(
        r'<[^>]* (?:style|on[a-z]+)="', re.sub(r"<(style|script)\b.*?</\1>", "", html, flags=re.S)
    )


def test_a_script_from_elsewhere_does_not_run(browser, file, tmp_path):
    bad = "<script>document.title = 'tagen'</script><img src=x onerror=\"document.title = 'tagen'\"><img src=http://x.test/a>"
    (tmp_path / "p.html").write_text(
        file.read_text(encoding="utf-8").replace("<main", bad + "<main", 1), encoding="utf-8"
    )
    context = browser.new_context()
    tab, asked = context.new_page(), []
    tab.on("request", lambda request: asked.append(request))
    tab.goto((tmp_path / "p.html").as_uri())
    assert tab.title() != "tagen"
    assert tab.locator(".finder").is_visible()
    refused = [request.failure for request in asked if request.url.startswith("http")]
    assert set(refused) <= {"csp"}  # said to be asked for, and stopped before it left
    context.close()


def test_hostile_texts_stay_texts(chrome, tmp_path):
    texts = [text for text in TEXTS.values() if "\x00" not in text]
    codes = [{"id": f"k{n}", "label": text} for n, text in enumerate(texts)]
    notes = pd.DataFrame(
        {
            "text": [
                "</script><script>alert(1)</script>",
                '"><img src=x onerror=alert(1)>',
                "' onfocus='alert(1)' x='",
            ]
        }
    )
    book = {"variables": [{"id": "v", "kind": "single", "label": TEXTS["html"], "codes": codes}]}
    study = Study.create(tmp_path / "s", notes=notes, codebook=book, title=TEXTS["html"])
    for n, note in enumerate(study.notes.index):
        study.decide("anna", note, "v", f"k{n}", memo=TEXTS["html"])
        study.decide("bo", note, "v", f"k{n + 3}", memo=TEXTS["comment"])
    results = work_out(study, "sv", n_resamples=0)
    (tmp_path / "p.html").write_text(page_of(results), encoding="utf-8")
    tab = chrome(tmp_path / "p.html")
    assert tab.page.title() == TEXTS["html"]
    assert tab.ask("document.scripts.length") == 1
    attributes = "[...document.querySelectorAll('*')].flatMap((one) => one.getAttributeNames())"
    assert not [name for name in tab.ask(attributes) if name.startswith("on")]
    assert tab.page.locator(".notes td.words").all_text_contents() == notes["text"].tolist()
    assert f"anna: {TEXTS['html']}" in tab.page.locator(".notes .memo").all_text_contents()
    tab.page.locator("input[type=search]").fill("ONERROR=")
    assert json.loads(tab.ask(LEFT)) == [str(study.notes.index[1])]
    options = tab.page.locator("select[data-filter=chose] option").all_text_contents()
    assert TEXTS["html"] in options


def test_sections_of_one_name_and_all_figures_have_anchors_of_their_own(results):
    blocks = [Text("t"), Figure("a_b", "c", "c", lambda: None), Table("a_b", "c", ["x"], [["1"]])]
    html = page_of(results, [Section("Planen", blocks), Section("Planen", blocks), Section("…", blocks)])
    found = re.findall(r' id="([^"]*)"', html)
    assert len(found) == len(set(found))
    assert {"planen", "planen-2", "part", "fig-a-b", "fig-a-b-2", "table-a-b", "table-a-b-3"} <= set(found)
    assert set(re.findall(r'href="#([^"]*)"', html)) <= set(found)
    assert html.count('href="#planen-2"') == 2  # beside the page, and above it where it is narrow


# --- who can read it, and where -----------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing(chrome, axe, file, scheme, width):
    tab = chrome(file, color_scheme=scheme, viewport={"width": width, "height": 844})
    tab.page.evaluate(axe)
    found = tab.page.evaluate("axe.run()")["violations"]
    tab.page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    found += tab.page.evaluate("axe.run()")["violations"]
    assert [(one["id"], [node["html"][:90] for node in one["nodes"]][:3]) for one in found] == []
    assert tab.ask("document.documentElement.scrollWidth") <= width


def test_methods_are_folded_and_opened_by_who_follows_a_link_asks_or_prints(chrome, file):
    tab = chrome(file)
    is_open = "[...document.querySelectorAll('details.folded')].map((one) => one.open)"
    assert set(tab.ask(is_open)) == {False}
    tab.page.locator('nav.side a[href="#metodbilaga"]').click()
    tab.page.locator('nav.side .under a[href="#sa-gjordes-det"]').click()
    tab.wait(f"{is_open}.filter(Boolean).length === 1")
    assert tab.page.locator("#sa-gjordes-det").evaluate("one => one.closest('details').open")
    tab.page.emulate_media(media="print")
    tab.wait(f"{is_open}.every(Boolean)")
    assert tab.page.locator("nav:visible, .finder:visible, .notes:visible, button:visible").count() == 0
    tab.page.emulate_media(media="screen")
    tab.wait(f"{is_open}.filter(Boolean).length === 1")
    tab.page.get_by_role("button", name="Öppna alla").click()
    tab.wait(f"{is_open}.every(Boolean)")
    tab.page.get_by_role("button", name="Stäng alla").click()
    tab.wait(f"!{is_open}.some(Boolean)")


def test_a_note_is_found_where_a_link_leads_whatever_is_filtered(chrome, file):
    tab = chrome(file.as_uri() + "#note-d080")
    assert tab.page.locator("#note-d080").is_visible()
    tab.page.locator("input[type=search]").fill("finns inte alls")
    assert tab.ask(LEFT) == "[]"
    tab.page.evaluate("location.hash = '#note-b001'")
    tab.page.locator("#note-b001").wait_for()


def test_paper_has_the_methods_and_not_the_table(chrome, file):
    from pypdf import PdfReader

    pdf = PdfReader(io.BytesIO(chrome(file).page.pdf()))
    text = unicodedata.normalize("NFKC", " ".join(one.extract_text() for one in pdf.pages))
    assert "Krippendorff" in text
    assert "Sök i lappar" not in text


def test_without_scripts_the_whole_table_stands_there(chrome, file, results):
    tab = chrome(file, java_script_enabled=False)
    assert tab.page.locator(".notes tbody tr:visible").count() == len(results.main)
    assert tab.page.locator(".finder:visible, .theme:visible, .unfold:visible").count() == 0
    assert tab.page.locator("nav.side a").count() == tab.page.locator("h2:not(#before)").count()


def test_contents_stand_beside_the_page_and_folded_above_it_on_a_phone(chrome, file):
    wide = chrome(file)
    wide.page.locator("#planen").scroll_into_view_if_needed()
    wide.page.mouse.wheel(0, 600)
    wide.wait("document.querySelector('nav.side').getBoundingClientRect().top === 0")
    narrow = chrome(file, viewport={"width": 390, "height": 844})
    narrow.page.locator("nav.narrow summary").click()
    narrow.page.locator('nav.narrow a[href="#planen"]').click()
    narrow.page.locator("nav.narrow a").first.wait_for(state="hidden")
    assert 0 <= narrow.page.locator("#planen").bounding_box()["y"] < 200


def test_light_and_dark_are_the_systems_or_ones_own_and_figures_follow(chrome, file):
    def paper(tab):
        shot = imread(io.BytesIO(tab.page.locator("figure img").first.screenshot()), format="png")
        ground = tab.ask("getComputedStyle(document.documentElement).backgroundColor")
        middle = shot[shot.shape[0] // 2, shot.shape[1] // 2, :3]
        return tuple(round(255 * float(part)) for part in middle), ground

    light, dark = ((255, 255, 255), "rgb(255, 255, 255)"), ((20, 25, 28), "rgb(20, 25, 28)")
    tab = chrome(file, color_scheme="dark")
    assert paper(tab) == dark
    tab.page.get_by_role("button", name="Ljust").click()
    assert paper(tab) == light
    tab.page.get_by_role("button", name="Mörkt").click()
    tab.page.emulate_media(media="print")
    assert paper(tab) == light
    assert paper(chrome(file, color_scheme="light")) == light
