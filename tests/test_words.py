"""Words as lemmas: what a reader of Swedish would expect of them."""

from __future__ import annotations

import pytest

from sekom_analysis.basics.errors import SekomError
from sekom_analysis.basics.wording import lemmas


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Kommunerna och kommunens politiker", ["kommun", "kommun", "politiker"]),
        ("Hållbarhetsprinciperna", ["hållbarhetsprincip"]),  # a compound that no dictionary has
        ("Kärnuppdraget går först", ["kärnuppdrag", "först"]),
        ("Mejllistor, CERO-modellen", ["mejllista", "cero-modell"]),
        ("Inte med, och 2016!", []),
        ("", []),
    ],
)
def test_swedish(text, words):
    assert lemmas([text]) == [words]


def test_a_name_loses_its_genitive_only_where_the_texts_have_it_without():
    assert lemmas(["Sekoms budget", "Sekom är"]) == [["sekom", "budget"], ["sekom"]]
    assert lemmas(["Sekoms budget"]) == [["sekoms", "budget"]]


def test_english():
    assert lemmas(["The municipalities have goals"], "en") == [["municipality", "goal"]]


def test_a_language_without_words_is_refused():
    with pytest.raises(SekomError, match="fi"):
        lemmas(["Kunnat"], "fi")
