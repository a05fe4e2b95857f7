"""Words of notes as lemmas: Swedish or English, compounds kept whole, small words left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from sekom_analysis.wording import check_language

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SHORTEST_PART = 3  # letters of either part of a compound


def lemmas(texts: Sequence[str], lang: str = "sv") -> list[list[str]]:
    """Return the words of each text as lemmas, in their order, small words left out.

    Parameters
    ----------
    texts : N texts
    lang : language of the texts, ``"sv"`` or ``"en"``

    Returns
    -------
    list of N lists. A compound stays one word, with its last part as the lemma says
    (hållbarhetsprinciperna → hållbarhetsprincip). A word that no dictionary has stays as it is,
    without a genitive s if the texts also have it so.

    Examples
    --------
    >>> lemmas(["Kommunernas nyckeltal mäter inte hållbarhetsprinciperna"])
    [['kommun', 'nyckeltal', 'mäta', 'hållbarhetsprincip']]
    """
    check_language(lang)
    found = [[word.lower() for word in _WORD.findall(text)] for text in texts]
    seen = {word for words in found for word in words}
    lemma = {word: _lemma(word, lang) for word in seen}
    names = {
        word: word[:-1] for word in seen if lemma[word] == word and word[:-1] in seen and word[-1] == "s"
    }
    small = _small_words(lang)
    kept = ([names.get(word, lemma[word]) for word in words if word not in small] for words in found)
    return [[word for word in words if word not in small and len(word) > 1] for words in kept]


@lru_cache(maxsize=100_000)
def _lemma(word: str, lang: str) -> str:
    from simplemma import is_known, lemmatize

    if "-" in word:
        head, _, last = word.rpartition("-")
        return f"{head}-{_lemma(last, lang)}"
    if is_known(word, lang) or lang != "sv":
        return lemmatize(word, lang).lower()
    for start in range(_SHORTEST_PART, len(word) - _SHORTEST_PART):  # the longest last part that is a word
        part = word[start:]
        if is_known(part, lang):
            return word[:start] + lemmatize(part, lang).lower()
    return word


@lru_cache(maxsize=4)
def _small_words(lang: str) -> frozenset[str]:
    import yaml

    text = files("sekom_analysis").joinpath("stopwords.yaml").read_text(encoding="utf-8")
    return frozenset(yaml.safe_load(text)[lang].split())
