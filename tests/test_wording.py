"""Every text that a person sees exists in both languages and fills in the same values."""

import re

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


def test_no_text_stands_twice(root):
    files = (root / "sekom_analysis" / "basics" / "wordings").glob("*.yaml")
    keys = [key for file in files for key in re.findall(r"(?m)^(\w+):", file.read_text(encoding="utf-8"))]
    assert len(keys) > 1000
    assert len(keys) == len(set(keys))


def test_a_language_without_texts_is_refused():
    with pytest.raises(SekomError, match=r"'fr'.*sv, en"):
        say("notes", "fr")


def test_numbers_are_written_as_in_the_language():
    assert number(1234.5, "sv", 1) == "1\u00a0234,5"
    assert number(1234.5, "en", 1) == "1,234.5"
    assert number(-0.25, "sv") == "−0,25"
    assert number(float("nan"), "en") == "–"
