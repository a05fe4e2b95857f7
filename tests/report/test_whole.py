"""The report as a whole: its appendices read back, one decision changes what hangs on it, no typed number."""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from dataclasses import replace

import pandas as pd
import pytest

from sekom_analysis import alpha, voices
from sekom_analysis.basics import wording
from sekom_analysis.basics.errors import StanceError
from sekom_analysis.exchange.outline import read_outline
from sekom_analysis.exchange.outline.lines import LIMITS, tidy, word_lines
from sekom_analysis.report import render_page
from sekom_analysis.report.blocks import Bullets
from sekom_analysis.report.documents import write_docx
from sekom_analysis.report.sections import numbers, sections
from sekom_analysis.report.sections.contents import appendix_sections
from sekom_analysis.results import Results, work_out
from sekom_analysis.results.conduct import guidelines
from sekom_analysis.study.making import create_sample
from sekom_analysis.study.study import Study
from tests.conftest import CODEBOOK
from tests.test_wording import wordings

SOURCE, READERS = "rapport-2016", ["k1", "k2", "k3"]
BAR = "avgjorda koder (det som mer än hälften av de 3 kodarna valde)"


def page_of(results: Results, form: str = "html") -> str:
    return render_page(results, defaultdict(lambda: "none.png"), sections(results), form)


def parts_of(page: str) -> dict[str, str]:
    """Heading -> what stands under it, as one text, figures' alternative texts at its end."""
    parts = {}
    for part in re.split(r"<h2[^>]*>", page)[1:]:
        heading, _, body = part.partition("</h2>")
        alts = " ".join(re.findall(r'alt="([^"]*)"', body))
        parts[heading] = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)) + alts
    return parts


def with_notes(study: Study) -> Study:
    """The study, its report with all notes at the end."""
    path = study.root / "data/raw/study.yaml"
    path.write_text(path.read_text(encoding="utf-8") + "appendix: notes\n", encoding="utf-8")
    return Study.open(study.root)


@pytest.fixture(scope="module")
def before(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "s"
    create_sample(folder)
    return work_out(with_notes(Study.open(folder)), "sv", n_resamples=0)


@pytest.fixture(scope="module")
def word(before, tmp_path_factory):
    path = tmp_path_factory.mktemp("word") / "report.sv.docx"
    return write_docx(page_of(before, "docx"), path, "Titel", "sv")


def settled_by_hand(study: Study, variable: str) -> dict[str, str]:
    """Note -> what more than half of the readers chose."""
    table = study.ratings(variable, READERS, study.main_notes).astype(object)
    said = {note: [code for code in row if isinstance(code, str)] for note, row in table.iterrows()}
    most = {note: Counter(codes).most_common(1)[0] for note, codes in said.items() if codes}
    return {note: code for note, (code, n) in most.items() if 2 * n > len(said[note])}


def sorted_notes(study: Study) -> list[tuple[str, ...]]:
    """What is settled: text, stage, subcategory, codes."""
    found = []
    settled = [settled_by_hand(study, name) for name in ("valence", "category_b", "category_d")]
    for note_id, note in study.main_notes.iterrows():
        codes = [one[note_id] for one in settled if note_id in one]
        found.append((tidy(note["text"]), note["stage"], note["subcategory"], *codes))
    return sorted(found)


def read_notes(outline) -> list[tuple[str, ...]]:
    order = ["valence", "category_b", "category_d"]
    found = []
    for note_id, note in outline.notes.iterrows():
        theirs = outline.decisions[outline.decisions["note_id"] == note_id].set_index("variable")["codes"]
        codes = [theirs[name] for name in order if name in theirs.index]
        found.append((note["text"], note["stage"], note["subcategory"], *codes))
    return sorted(found)


def test_the_appendices_in_word_give_back_the_notes_and_their_categories(before, word):
    outline = read_outline(word, codebook=before.study.codebook)
    assert read_notes(outline) == sorted_notes(before.study)
    assert outline.problems == []
    assert set(outline.doubtful["text"]) == {"Utan samlad kod"}  # what is not settled is under no code


def test_the_appendices_as_text_give_back_the_same(before, word, tmp_path):
    headings = read_outline(word, codebook=before.study.codebook).headings
    lines, _ = word_lines(word.read_bytes(), word.name, LIMITS)
    text = tmp_path / "report.txt"
    said = ["- " + line.text if line.is_item else line.text for line in lines]
    text.write_text("\n".join(said), encoding="utf-8")
    found = read_notes(read_outline(text, headings, codebook=before.study.codebook))
    # One note says no more than a heading does ("Nyckeltal"): without styles nothing tells them apart.
    assert found == [note for note in sorted_notes(before.study) if note[0] != "Nyckeltal"]


# What hangs on how one reader coded a note of the present state; all else must stay as it was.
CHANGED = {
    "Vad lapparna handlar om", "Nuläget (B), kategori för kategori", "Hur väl kodarna stämmer överens",
    "Lapparna som kodarna är mest oeniga om", "Håller resultatet vem som än har kodat?",
    "Definitioner att skärpa", "Vad åtgärderna svarar mot", "Kodarna och kodboken", "Slutliga koder",
    "Alla lappar", "Bilaga 1",
}  # fmt: skip


def test_one_decision_changes_all_that_hangs_on_it_and_nothing_else(before, tmp_path):
    create_sample(tmp_path / "s")
    study = with_notes(Study.open(tmp_path / "s"))
    note, was, now = "B026", "samverkan", "sekoms_roll"  # which k3 had chosen alone
    assert study.ratings("category_b", READERS, [note]).loc[note].tolist() == [was, was, now]
    last_day = study.decisions()["decided_at"].max()[:10]  # the checklists say from when to when was coded
    event = {
        "note_id": note,
        "variable": "category_b",
        "codes": now,
        "decided_at": f"{last_day}T23:59:59.000000Z",
    }
    study.desk("k1").record([event], keep_times=True)
    after = work_out(study, "sv", n_resamples=0)
    old, new = parts_of(page_of(before)), parts_of(page_of(after))
    assert {name for name in new if old.get(name) != new[name]} == CHANGED
    assert old.keys() == new.keys()
    for results, page in ((before, old), (after, new)):
        _check_counts(results, page)
        _check_agreement(results, page)
        _check_statements(results, page)
    assert _counts(before)[was] - _counts(after)[was] == 1
    assert _counts(after)[now] - _counts(before)[now] == 1


def _counts(results):
    """How many notes are settled as each category, counted here."""
    return Counter(settled_by_hand(results.study, "category_b").values())


def _check_counts(results, page):
    """Figure's text, table, chapter and appendix say what the decisions come to."""
    study = results.study
    counts, variable = _counts(results), study.codebook["category_b"]
    top = max(variable.code_ids, key=lambda code: counts[code])
    assert (
        f"Flest lappar enligt {BAR}: {variable.label_of(top)} ({counts[top]})."
        in page["Vad lapparna handlar om"]
    )
    category, valence = (settled_by_hand(study, name) for name in ("category_b", "valence"))
    pairs = Counter((code, valence.get(note)) for note, code in category.items())
    for code in variable.code_ids:
        label, n = variable.label_of(code), counts[code]
        sides = [pairs[code, side] for side in ("hinder", "mojlighet")]
        row = re.search(rf" {label} ((?:[0-9]+ ?){{10}})", page["Vad lapparna handlar om"])[1].split()
        assert [int(row[4]), int(row[9])] == sides
        said = "lapp." if n == 1 else "lappar."
        chapter = page["Nuläget (B), kategori för kategori"]
        assert re.search(rf"{label} {n} {said} Hinder: {sides[0]}\b.*? Möjlighet: {sides[1]}\b", chapter)


def _check_agreement(results, page):
    """The sentence, the table and the figure's text say what α is, worked out here once more."""
    alphas = []
    for coder in results.independent:
        ratings = results.study.ratings("category_b", [coder, SOURCE], results.main)
        alphas.append(alpha(ratings))
    low, high = (wording.number(value) for value in (min(alphas), max(alphas)))
    part = page["Hur väl kodarna stämmer överens"]
    assert f"Mot {SOURCE}: α mellan {low} och {high}" in part or f"{low} och {high}" in part
    for value in alphas:
        assert wording.number(value) in part


def _check_statements(results, page):
    counts, variable = _counts(results), results.study.codebook["category_b"]
    largest = [code for code in variable.code_ids if counts[code] == max(counts.values())]
    words = " och ".join(variable.label_of(code) for code in largest)
    start = f"{words} är den största koden" if len(largest) == 1 else f"{words} är lika stora och störst"
    assert start in page["Håller resultatet vem som än har kodat?"]


# Numbers that belong to a text: what a level is called, what a key is, what a caution warns of.
NAMED = {
    "agreement_few_notes": {"50", "85", "99"},
    "agreement_few_beside": {"10"},
    "report_program_refused": {"30"},
    "sheet_step_typed": {"3", "14"},
    "report_programs_text": {"2025"},
    "agreement_uneven": {"85", "99"},
    "agreement_uneven_clusters": {"88", "96"},
    "report_reading": {"0", "1", "0,667", "0,800", "0.667", "0.800"},
    "card_number_hint": {"1"},  # the first note's
    "card_number_none": {"1"},
    "adjudicate_no_such_side": {"0"},  # a key
    "compare_hints": {"1", "2", "3"},
    "refi_certainty": {"1", "2", "3"},
    "report_saturation_reached": {"2020"},  # the year of what is cited
    "report_saturation_not_reached": {"2020"},
}
# Of one note, and of one hour, there is a wording of its own.
OF_ONE = re.compile(r"card_list_\w+_one|page_hour")
# What is wrong in a file, and what is allowed there: nothing that was worked out.
OF_FILES = ("problem_", "fault_", "input_")
PART_OF_A_NAME = r"AC1|ICC\([AC],[1k]\)|95 ?%|95-procentiga?t?|\{[^}]*\}"


def test_no_number_stands_in_a_text(root):
    texts = wordings(root)
    texts |= {"checklists": {"sv": asked_in("sv"), "en": asked_in("en")}}
    odd = {}
    for key, pair in texts.items():
        for lang, text in pair.items():
            found = set(re.findall(r"[0-9]+(?:[.,][0-9]+)?", re.sub(PART_OF_A_NAME, "", text)))
            if OF_ONE.fullmatch(key):
                found -= {"1"}
            if found - NAMED.get(key, set()) and not key.startswith(OF_FILES):
                odd[key, lang] = found
    assert odd == {}


def asked_in(lang: str) -> str:
    return " ".join(item[lang] for one in guidelines() for item in one["items"])


NAMES = {"report.html.j2", "utf-8", "ac1", "icc_a_1", "data:image/svg+xml;base64,", ".6g"}
NAMES |= {"page.html.j2", "'sha256-"}


def test_no_number_stands_in_the_sections_own_code(root):
    """Numbers in a section's texts come from results: its strings hold none."""
    odd = []
    for path in sorted((root / "sekom_analysis" / "report").rglob("*.py")):
        if path.name in ("docs.py", "documents.py"):  # sizes in points and percent, a date
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.body[0].value) for node in ast.walk(tree) if _has_docstring(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
                odd += [(path.name, node.value)] if re.search(r"[0-9]", node.value) else []
    assert {value for _, value in odd} <= NAMES


def _has_docstring(node: ast.AST) -> bool:
    is_scope = isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    return is_scope and ast.get_docstring(node) is not None


def test_a_heading_s_words_as_a_note_and_notes_without_code_or_subcategory(study, tmp_path):
    notes = study.notes.assign(subcategory=["Tid", "", "", "Tid"])
    notes.loc["n2", "text"], notes.loc["007", "text"] = "Hinder", "Tid"
    path = tmp_path / "named"
    made = Study.create(path, notes=notes.reset_index(), codebook=CODEBOOK)
    for note_id, codes in (("n1", "hinder mojlighet"), ("n2", "hinder hinder"), ("007", "hinder hinder")):
        for coder, code in zip(("anna", "bo"), codes.split(), strict=True):
            made.decide(coder, note_id, "valence", code)
    results = work_out(with_notes(made), "sv", n_resamples=0)
    word = write_docx(page_of(results, "docx"), tmp_path / "r.docx", "T", "sv")
    outline = read_outline(word, codebook=made.codebook)
    decided = outline.decisions.set_index("note_id")["codes"]
    found = {
        (note["text"], note["stage"], note["subcategory"], decided.get(note_id, ""))
        for note_id, note in outline.notes.iterrows()
    }
    assert found == {
        ("Ojämn nivå", "B", "Tid", ""),
        ("Hinder", "B", "", "hinder"),
        ("Tid", "B", "Tid", "hinder"),
        ("Ta fram nyckeltal", "", "", ""),  # nobody coded a variable of its stage: no heading tells it
    }


def test_a_study_that_nobody_coded_lists_its_notes_and_nothing_else(study):
    results = work_out(with_notes(study), "sv", n_resamples=0)
    headings = [section.heading for section in sections(results) if section.blocks]
    assert headings == ["Syfte, material och målbild", "Bilaga 1", "Bilaga 2"]
    shown = [text for one in appendix_sections(results) for block in one.blocks
             if isinstance(block, Bullets) for text in block.items]  # fmt: skip
    assert sorted(shown) == sorted(study.notes["text"])


def test_a_reflexive_study_shows_purpose_and_appendices_and_measures_nothing(sample):
    path = sample.root / "data" / "raw" / "study.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("stance: codebook", "stance: reflexive"), "utf-8"
    )
    results = work_out(with_notes(sample), "en", n_resamples=0)
    headings = [section.heading for section in sections(results)]
    assert headings[0] == "Purpose, material and goal"
    assert headings[-2:] == ["Appendix 1", "Appendix 2"]
    assert results.voices == {}
    assert results.checklists == []
    assert results.steps == []
    with pytest.raises(StanceError):
        voices(results.study, "category_b")


@pytest.mark.parametrize(
    ("n", "told"), [(1, "1 sak i studiens filer behöver ses över; den"), (2, "2 saker i studiens filer")]
)
def test_one_thing_to_look_at_is_one(before, n, told):
    problem = dict.fromkeys(before.problems.columns, "x")
    found = replace(before, problems=pd.DataFrame([problem] * n))
    assert any(line.startswith(told) for line in numbers.before(found))
