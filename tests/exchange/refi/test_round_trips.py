"""What we write we read as it was: any text, any codebook, any decisions, in both layouts."""

from __future__ import annotations

import itertools
import unicodedata
import zipfile

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sekom_analysis.exchange.refi import (
    read_codebook_qdc,
    read_project_qdpx,
    write_codebook_qdc,
    write_project_qdpx,
)
from sekom_analysis.exchange.refi.words import pack, unpack
from sekom_analysis.study.about import About
from sekom_analysis.study.codebook import NONE_FITS, Codebook
from sekom_analysis.study.raw import Raw
from sekom_analysis.study.rows import note_hash
from sekom_analysis.study.selections import words_of
from sekom_analysis.study.study import Study

KEYS = ["note_id", "coder", "variable", "pass"]
LAYOUTS = ["per-coder", "shared"]
numbers = itertools.count()

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
        "😀 e\u0301 å\u030a\ttab",
        "två\r\nrader\rslut",
        "\ufeffbom",
        "a\x07b\x00c",
        '"citat"',
        "[1]",
        " x ",
        "k: v",
    ]
)
texts = any_text.filter(str.strip)
bilinguals = texts | st.fixed_dictionaries({"sv": any_text, "en": any_text})
ids = st.from_regex(r"[a-z0-9_]{1,6}", fullmatch=True).filter(lambda text: text not in ("flag", NONE_FITS))
note_ids = (
    st.text(st.characters(exclude_categories=["Cc", "Cf", "Cs", "Zl", "Zp"]), min_size=1, max_size=8)
    .map(lambda text: unicodedata.normalize("NFC", text.strip()))
    .filter(bool)
)
codes = st.lists(
    st.fixed_dictionaries(
        {"id": ids, "label": bilinguals},
        optional={
            "definition": bilinguals,
            "include": bilinguals,
            "exclude": bilinguals,
            "example": bilinguals,
            "colour": st.from_regex(r"#[0-9a-f]{6}", fullmatch=True),
            "retired": st.booleans(),
        },
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda code: code["id"],
)

labels = bilinguals.filter(
    lambda text: all(map(str.strip, [text] if isinstance(text, str) else text.values()))
)


@st.composite
def variables(draw, id_, lenders):
    """One variable of any kind; perhaps with the codes of another."""
    variable = {"id": id_, "kind": draw(st.sampled_from(["single", "multiple", "scale"]))}
    variable["label"] = draw(bilinguals)
    if draw(st.booleans()):
        variable["question"] = draw(bilinguals)
    if draw(st.booleans()):
        variable["stage"] = draw(st.lists(st.sampled_from(["B", "D", "a, b", ""]), max_size=2, unique=True))
    if draw(st.booleans()):
        variable["round"] = draw(st.integers(-5, 100))
    if variable["kind"] == "scale":
        low = draw(st.integers(-3, 3))
        high = low + draw(st.integers(1, 6))
        variable["range"] = [low, high]
        if draw(st.booleans()):
            variable["labels"] = draw(st.dictionaries(st.integers(low, high), labels, max_size=3))
    elif lenders and draw(st.booleans()):
        variable["codes_from"] = draw(st.sampled_from(lenders))
    else:
        variable["codes"] = draw(codes)
    if variable["kind"] == "single" and draw(st.booleans()):
        variable["none_fits"] = draw(st.booleans())
    return variable


@st.composite
def codebooks(draw):
    made = []
    for id_ in draw(st.lists(ids, min_size=1, max_size=4, unique=True)):
        lenders = [variable["id"] for variable in made if "codes" in variable]
        made.append(draw(variables(id_, lenders)))
    book = {"variables": made}
    for label in ("title", "goal"):
        if draw(st.booleans()):
            book[label] = draw(bilinguals)
    return Codebook.model_validate(book)


@st.composite
def studies(draw, folder):
    """A study with any texts in which a few coders decided anything that can be decided."""
    book = draw(codebooks())
    names = draw(st.lists(note_ids, min_size=1, max_size=4, unique=True))
    columns = draw(st.lists(st.sampled_from(["source", "stage", "Eget: fält", "rad\nbyte"]), unique=True))
    notes = pd.DataFrame(
        {name: [draw(texts if name == "text" else any_text) for _ in names] for name in ["text", *columns]},
        index=pd.Index(names, name="note_id", dtype="str"),
        dtype="str",
    )
    root = folder / str(next(numbers))
    about = About.model_validate({"id": draw(texts), "title": draw(bilinguals), "seed": 3})
    study = Study(Raw(root, about, book, notes, []))
    for coder in draw(st.lists(st.sampled_from(["anna", "bo-2", "k_1"]), max_size=3, unique=True)):
        events = [draw(events_of(study, note)) for note in names for _ in range(draw(st.integers(0, 4)))]
        study.record(coder, [event for event in events if event])
    return study


@st.composite
def events_of(draw, study, note):
    """One decision on a note, if any of its variables is asked of it."""
    stage = study.notes.at[note, "stage"] if "stage" in study.notes.columns else None
    asked = [variable for variable in study.codebook.variables if variable.applies_to(note, stage)]
    asked = [variable for variable in asked if variable.answers] + [study.codebook["flag"]]
    variable = draw(st.sampled_from(asked))
    several = st.lists(st.sampled_from(variable.answers), unique=True)
    answer = draw(several if variable.kind == "multiple" else st.sampled_from(variable.answers))
    return {
        "note_id": note,
        "variable": variable.id,
        "codes": answer,
        "certainty": draw(st.sampled_from([None, 1, 2, 3])),
        "memo": draw(st.just("") | any_text),
        "pass": draw(st.sampled_from([0, 1, 1, 1, 2, 3])),
        "words": draw(words_in(study.notes.at[note, "text"])),
    }


@st.composite
def words_in(draw, text):
    """Words of a note: none, any, or all of it."""
    places = st.integers(0, len(text))
    pairs = st.lists(st.tuples(places, places).map(sorted).filter(lambda pair: pair[0] < pair[1]), max_size=2)
    return words_of(draw(pairs | st.just([(0, len(text))])))


def in_order(decisions):
    return decisions.sort_values(KEYS, ignore_index=True).astype("str")


def assert_same(study, path):
    read = read_project_qdpx(path)
    pd.testing.assert_frame_equal(read.notes, study.notes)
    assert Codebook.model_validate(read.codebook) == study.codebook
    ours = study.decisions()[list(read.decisions.columns)]
    pd.testing.assert_frame_equal(in_order(read.decisions), in_order(ours))
    assert list(read.coders) == study.coders
    assert About.model_validate(read.about) == study.about.model_copy(update={"seed": 0})  # it stays here
    assert read.warnings == ()
    assert read.losses == ()


@given(st.data(), st.sampled_from(LAYOUTS), st.sampled_from(["sv", "en"]))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_a_study_comes_back_from_a_project_as_it_was(memory_path, valid, data, layout, lang):
    study = data.draw(studies(memory_path))
    path = memory_path / "study.qdpx"
    write_project_qdpx(study, path, layout, lang=lang)
    assert_same(study, path)
    assert valid(path) == []


@given(codebooks(), st.sampled_from(["sv", "en"]))
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_codebook_comes_back_as_it_was(memory_path, valid, book, lang):
    path = memory_path / "book.qdc"
    lost = write_codebook_qdc(book, path, lang=lang)
    read = read_codebook_qdc(path)
    assert Codebook.model_validate(read.codebook).variables == book.variables
    assert read.warnings == ()
    assert {loss.what for loss in lost} >= {
        f"the codebook's {name}" for name in ("title", "goal") if getattr(book, name) is not None
    }
    assert valid(path) == []


@given(st.dictionaries(texts, any_text | st.lists(any_text), max_size=4))
def test_labelled_lines_hold_any_text(values):
    packed = pack("code", values)
    assert unpack(packed) == ("code", values, [])
    assert unpack(packed.replace("\n", "\r\n") + "\r\n") == ("code", values, [])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_sample_comes_back_as_it_was(sample_study, tmp_path, layout, valid):
    path = tmp_path / "sample.qdpx"
    write_project_qdpx(sample_study, path, layout)
    assert_same(sample_study, path)
    assert valid(path) == []


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_study_gives_the_same_bytes(study, tmp_path, layout):
    for coder, note in (("anna", "n1"), ("bo", "n1"), ("bo", "007")):
        study.decide(coder, note, "valence", "hinder", memo="därför")
    one, two = tmp_path / "one.qdpx", tmp_path / "two.qdpx"
    write_project_qdpx(study, one, layout)
    write_project_qdpx(Study.open(study.root), two, layout)
    assert one.read_bytes() == two.read_bytes()
    study.decide("anna", "n2", "valence", "hinder")
    write_project_qdpx(study, two, layout)
    assert one.read_bytes() != two.read_bytes()


def test_texts_are_plain_for_others_and_exact_for_us(tmp_path):
    text = "\ufeffe\u0301n lapp\r\nmed\x07 ljud 😀"
    notes = pd.DataFrame({"text": [text]}, index=pd.Index(["n1"], name="note_id", dtype="str"), dtype="str")
    about = About.model_validate({"id": "x", "title": "x"})
    book = Codebook.model_validate(
        {"variables": [{"id": "goal", "kind": "scale", "label": "Mål", "range": [1, 5]}]}
    )
    lost = write_project_qdpx(Study(Raw(tmp_path, about, book, notes, [])), tmp_path / "a.qdpx")
    with zipfile.ZipFile(tmp_path / "a.qdpx") as archive:
        (name,) = [name for name in archive.namelist() if name.startswith("sources/")]
        assert archive.read(name) == "én lapp\nmed ljud 😀".encode()
    assert read_project_qdpx(tmp_path / "a.qdpx").notes.at["n1", "text"] == text
    assert note_hash("én lapp\nmed 😀") == note_hash("e\u0301n lapp\r\nmed 😀")
    assert [loss.number for loss in lost if "uncomposed" in loss.what] == [1]
