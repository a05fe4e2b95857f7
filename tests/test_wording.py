"""Every text that a person sees exists in both languages and fills in the same values."""

import re
from collections import Counter

import pytest
import yaml

from sekom_analysis.basics.errors import SekomError
from sekom_analysis.basics.wording import number, say


@pytest.fixture(scope="module")
def texts(root):
    return wordings(root)


def wordings(root):
    """The whole table, from all its files."""
    files = (root / "sekom_analysis" / "basics" / "wordings").glob("*.yaml")
    return {k: v for file in files for k, v in yaml.safe_load(file.read_text(encoding="utf-8")).items()}


def holes(text):
    return sorted(set(re.findall(r"{(\w+)", text)))


def test_every_text_is_swedish_and_english(texts):
    odd = {key: sorted(pair) for key, pair in texts.items() if set(pair) != {"sv", "en"}}
    assert not odd


def test_both_languages_fill_in_the_same_values(texts):
    odd = [key for key, pair in texts.items() if holes(pair["sv"]) != holes(pair["en"])]
    assert not odd


def test_texts_are_calm(texts):
    assert not [key for key, pair in texts.items() if "!" in pair["sv"] + pair["en"]]


def keys_of(path):
    """Every key of a file as it is written, also one that a later one of the same name would hide."""
    pairs = yaml.compose(path.read_text(encoding="utf-8")).value
    return [key.value for key, _ in pairs], [[lang.value for lang, _ in texts.value] for _, texts in pairs]


def doubled(folder):
    """Keys that stand twice, within a file or in two of them, and languages that do within a key."""
    found = [keys_of(path) for path in sorted(folder.glob("*.yaml"))]
    times = Counter(key for keys, _ in found for key in keys)
    twice = [key for key, n in times.items() if n > 1]
    each = [pair for keys, texts in found for pair in zip(keys, texts, strict=True)]
    within = [key for key, languages in each if len(languages) != len(set(languages))]
    return sorted([*twice, *within]), sum(times.values())


def test_no_text_stands_twice(root):
    twice, n = doubled(root / "sekom_analysis" / "basics" / "wordings")
    assert n > 1000
    assert twice == []


def test_a_text_that_stands_twice_is_found(tmp_path):
    (tmp_path / "a.yaml").write_text(
        'once: {sv: a, en: b}\n"card_does 1–9": {sv: a, en: b}\nwithin: {sv: a, en: b, sv: c}\n'
        '"card_does 1–9":\n  sv: c\n  en: d\n',
        encoding="utf-8",
    )
    (tmp_path / "b.yaml").write_text("across: {sv: a, en: b}\n", encoding="utf-8")
    (tmp_path / "c.yaml").write_text("across: {sv: c, en: d}\n", encoding="utf-8")
    assert doubled(tmp_path) == (["across", "card_does 1–9", "within"], 6)


def test_a_language_without_texts_is_refused():
    with pytest.raises(SekomError, match=r"'fr'.*sv, en"):
        say("notes", "fr")


def test_numbers_are_written_as_in_the_language():
    assert number(1234.5, "sv", 1) == "1\u00a0234,5"
    assert number(1234.5, "en", 1) == "1,234.5"
    assert number(-0.25, "sv") == "−0,25"
    assert number(float("nan"), "en") == "–"
